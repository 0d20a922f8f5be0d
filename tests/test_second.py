"""The sound asked again: what is asked, what the answer may do, and that it is read rightly."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from fakes import SAMPLES, decoded
from hypothesis import given
from hypothesis import strategies as st

from courtesy.lexicon import SLOT, Lexicon
from courtesy.matching.confidence import Evidence, confidence
from courtesy.matching.matcher import Matcher
from courtesy.records import Asked, Match, Question, Role, Span, Utterance, Word
from courtesy.speech.decode import RATE
from courtesy.speech.recognise import Recogniser
from courtesy.speech.second import SecondListening
from courtesy.speech.voice import Speech
from courtesy.text.script import simplify, traditionalize

STEP = 0.2  # seconds a character
FOR_IT = (0.5, 0.0, -1.0)  # gains: the sound makes the phrase about as likely as what was heard
AGAINST_IT = (-9.0, -14.0)

# What was heard, the phrase that is not far from it, and what is to be asked.
ACCUSATIONS = [
    ("找谁都没有", "找谁都没用", "找谁都没用"),
    ("快点，我要下雨了", "快点，我要下班了", "快点，我要下班了"),
    ("就下班了明天晚来。", "下班了，明天再来", "下班了明天再来"),
    ("那个有牌子，自己拿", "有牌子，自己看", "有牌子，自己看"),
    ("急死么，等一下", "急什么等一下", "急什么，等一下"),
]
COURTESIES = [
    ("请您慢点", "请慢走", "请您慢走"),
    ("请收好您的村料", "请保管好您的资料", "请收好您的资料"),
    ("请您稍等一点", "他（她）……，请您稍等一会儿……", "请您稍等一会"),
]
HOMOPHONES = ["这布贵我管。", "下般了，明天在来", "你有玩没玩，有意见找领到去", "再件", "您号"]
# Heard are three characters that sound like an accusation as short.
BRIEF = ["少废找", "少翻我", "气开", "靠便站"]

Ears = Callable[..., Utterance]


def spoken(text: str, sure: float) -> tuple[Word, ...]:
    return tuple(Word(c, i * STEP, (i + 1) * STEP, sure) for i, c in enumerate(text))


@pytest.fixture
def hear(matcher: Matcher) -> Ears:
    """Make an utterance; given a gain, every question about it is answered with that."""

    def make(
        text: str, gain: float | None = None, *, sure: float = 0.9, role: Role = "clerk"
    ) -> Utterance:
        words = spoken(text, sure)
        questions = matcher.questions(text, words) if gain is not None else ()
        asked = tuple(Asked(q.span, q.wording, gain or 0.0) for q in questions)
        return Utterance(0, text, role, 0.0, len(text) * STEP, sure, 0, words, asked)

    return make


@pytest.fixture
def found(matcher: Matcher, hear: Ears) -> Callable[..., Match]:
    """Find one phrase in what was heard."""

    def find(phrase: str, text: str, gain: float | None = None, **how: object) -> Match:
        (match,) = [m for m in matcher.match([hear(text, gain, **how)]) if m.phrase == phrase]
        return match

    return find


# --- what is asked --------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "phrase", "wording"), ACCUSATIONS + COURTESIES)
def test_what_came_near_is_asked_with_marks_as_they_were_heard(
    matcher: Matcher, text: str, phrase: str, wording: str
) -> None:
    asked = {q.wording: q for q in matcher.questions(text, ())}
    assert wording in asked
    span = asked[wording].span
    repaired = text[: span.start] + wording + text[span.end :]
    (match,) = [m for m in matcher.match([Utterance(0, repaired)]) if m.phrase == phrase]
    assert match.how in ("exact", "wording")


@pytest.mark.parametrize(("text", "phrase", "wording"), ACCUSATIONS + COURTESIES)
def test_it_is_asked_in_the_script_that_was_heard(
    matcher: Matcher, text: str, phrase: str, wording: str
) -> None:
    plain = matcher.questions(text, ())
    other = matcher.questions(traditionalize(text), ())
    assert [q.span for q in other] == [q.span for q in plain]
    assert [simplify(q.wording) for q in other] == [q.wording for q in plain]
    assert traditionalize(wording) in [q.wording for q in other]


def test_the_very_words_of_an_accusation_ask_nothing(matcher: Matcher, lexicon: Lexicon) -> None:
    texts = {p.text for p in lexicon.phrases if p.polarity == "forbidden" and "×" not in p.text}
    assert len(texts) > 40
    for text in texts:
        assert matcher.questions(text, ()) == (), text
        assert matcher.questions(traditionalize(text), ()) == (), text


@pytest.mark.parametrize("text", HOMOPHONES)
def test_what_sounds_the_same_asks_nothing(matcher: Matcher, text: str) -> None:
    """Of words that sound alike the sound cannot tell which were meant."""
    assert matcher.questions(text, ()) == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "。",
        "今天天气不错",
        "您着急什么时候用",
        "这不归我管理",
        "您油饼吧",
        "归我管",
        "找谁都有用",
        "您讲得我都懂",
    ],
)
def test_what_is_none_whatever_the_sound_says_is_not_asked(matcher: Matcher, text: str) -> None:
    """Excluded, without its negation, an insult, or nothing like it."""
    assert matcher.questions(text, ()) == ()


HEARD = st.lists(
    st.sampled_from([text for text, _, _ in ACCUSATIONS + COURTESIES])
    | st.sampled_from([*HOMOPHONES, *BRIEF, "您好，", "請到３號窗口", "嗯", "😀", "a1", "。"]),
    max_size=5,
).map("".join)


@given(HEARD)
def test_every_question_is_about_some_of_the_words(matcher: Matcher, text: str) -> None:
    questions = matcher.questions(text, spoken(text, 0.9))
    assert len(set(questions)) == len(questions)
    for question in questions:
        assert 0 <= question.span.start < question.span.end <= len(text)
        assert question.wording
        assert question.wording != text[question.span.start : question.span.end]
        assert SLOT not in question.wording


# --- what an answer may do ------------------------------------------------------------------------


@pytest.mark.parametrize("gain", FOR_IT)
@pytest.mark.parametrize(("text", "phrase", "_wording"), ACCUSATIONS + COURTESIES)
def test_what_the_sound_supports_counts(
    found: Callable[..., Match], text: str, phrase: str, _wording: str, gain: float
) -> None:
    alone, match = found(phrase, text), found(phrase, text, gain)
    assert match.counted
    assert match.confidence > alone.confidence
    assert match.likeness == alone.likeness < 1
    if not alone.counted:
        assert match.how == "audio"
        assert "再听一遍" in match.why.zh
        assert "listened to again" in match.why.en


@pytest.mark.parametrize("gain", AGAINST_IT)
@pytest.mark.parametrize(("text", "phrase", "_wording"), ACCUSATIONS + COURTESIES)
def test_what_the_sound_is_against_does_not(
    found: Callable[..., Match], text: str, phrase: str, _wording: str, gain: float
) -> None:
    match = found(phrase, text, gain)
    assert (match.standing, match.counted) == ("near", False)
    assert match.confidence < 0.7
    assert "声音不支持" in match.why.zh
    assert "the sound is against it" in match.why.en


@pytest.mark.parametrize(("text", "phrase", "_wording"), ACCUSATIONS + COURTESIES[:2])
def test_without_an_answer_it_stays_what_it_was(
    found: Callable[..., Match], text: str, phrase: str, _wording: str
) -> None:
    match = found(phrase, text)
    assert (match.standing, match.counted) == ("near", False)
    assert match.how != "audio"
    assert "再听一遍" not in match.why.zh


@pytest.mark.parametrize(("text", "phrase", "wording"), ACCUSATIONS)
def test_an_answer_about_something_else_says_nothing(
    matcher: Matcher, hear: Ears, text: str, phrase: str, wording: str
) -> None:
    plain, whole = hear(text), Span(0, len(text))
    elsewhere = Span(len(text) - 1, len(text))
    for asked in (Asked(whole, "别的话", 1.0), Asked(elsewhere, wording, 1.0)):
        other = Utterance(0, text, "clerk", 0.0, plain.end, plain.quality, 0, plain.words, (asked,))
        assert matcher.match([other]) == matcher.match([plain])


@pytest.mark.parametrize("gain", [1.0, -14.0])
@pytest.mark.parametrize(
    ("text", "wording"), [("这布贵我管。", "这不归我管"), ("下般了，明天在来", "下班了，明天再来")]
)
def test_an_answer_about_what_sounds_the_same_says_nothing(
    matcher: Matcher, hear: Ears, text: str, wording: str, gain: float
) -> None:
    plain = hear(text)
    asked = (Asked(Span(0, len(wording)), wording, gain),)
    other = Utterance(0, text, "clerk", 0.0, plain.end, plain.quality, 0, plain.words, asked)
    assert matcher.match([other]) == matcher.match([plain])
    assert [m.how for m in matcher.match([other])] == ["phonetic"]


@pytest.mark.parametrize("role", ["customer", "unknown"])
@pytest.mark.parametrize(("text", "phrase", "_wording"), ACCUSATIONS)
def test_the_sound_accuses_nobody_but_the_clerk(
    found: Callable[..., Match], text: str, phrase: str, _wording: str, role: Role
) -> None:
    assert not found(phrase, text, 0.5, role=role).counted


@pytest.mark.parametrize("text", BRIEF)
def test_a_few_characters_never_count_by_their_sound_alone(
    matcher: Matcher, hear: Ears, text: str
) -> None:
    for gain in (*FOR_IT, 1.0, 20.0):
        matches = matcher.match([hear(text, gain, sure=1.0)])
        assert [m.standing for m in matches if m.polarity == "forbidden"] == ["near"]


@pytest.mark.parametrize(("text", "phrase", "_wording"), ACCUSATIONS)
def test_words_that_were_hardly_heard_are_not_made_surer_by_the_sound(
    found: Callable[..., Match], text: str, phrase: str, _wording: str
) -> None:
    assert not found(phrase, text, 1.0, sure=0.3).counted


@pytest.mark.parametrize(("text", "phrase", "_wording"), ACCUSATIONS + COURTESIES)
def test_more_support_is_never_less_sure(
    found: Callable[..., Match], text: str, phrase: str, _wording: str
) -> None:
    sure = [found(phrase, text, gain).confidence for gain in (-20, -14, -9, -5, -3, -1, 0, 1, 5)]
    assert sure == sorted(sure)
    heard = [found(phrase, text, 0.5, sure=p).confidence for p in (0.0, 0.2, 0.44, 0.46, 0.7, 1.0)]
    assert heard == sorted(heard)


EVIDENCE = st.builds(
    Evidence,
    likeness=st.floats(0, 1),
    probability=st.floats(0, 1),
    length=st.integers(1, 40),
    gain=st.none() | st.floats(-200, 50),
)


@given(EVIDENCE)
def test_a_confidence_is_a_probability(evidence: Evidence) -> None:
    assert 0 <= confidence(evidence) <= 1


@given(EVIDENCE, st.floats(0, 1))
def test_a_word_that_was_heard_less_surely_is_no_better_evidence(
    evidence: Evidence, other: float
) -> None:
    changed = Evidence(evidence.likeness, other, evidence.length, evidence.gain)
    low, high = sorted((evidence, changed), key=lambda e: e.probability)
    assert confidence(low) <= confidence(high) + 1e-12


@given(EVIDENCE, st.floats(-200, 50), st.floats(-200, 50))
def test_a_higher_gain_is_no_worse_evidence(evidence: Evidence, one: float, other: float) -> None:
    low, high = (
        confidence(Evidence(evidence.likeness, evidence.probability, evidence.length, gain))
        for gain in sorted((one, other))
    )
    assert low <= high + 1e-12


@given(EVIDENCE, st.floats(0, 1))
def test_more_like_it_is_no_worse_evidence(evidence: Evidence, other: float) -> None:
    changed = Evidence(other, evidence.probability, evidence.length, evidence.gain)
    low, high = sorted((evidence, changed), key=lambda e: e.likeness)
    assert confidence(low) <= confidence(high) + 1e-12


# --- the model that answers -----------------------------------------------------------------------


MELS = 80


class Model:
    """Holds each character for as probable as it is told, and keeps what it was asked."""

    def __init__(self, probable: dict[str, float] | None = None, usual: float = 1.0) -> None:
        self.model = self
        self.probable = probable or {}
        self.usual = usual
        self.n_mels = MELS
        # Of each row the window, the frames of it that were shown, and the text.
        self.calls: list[list[tuple[int, list[int], str]]] = []

    def align(
        self,
        sound: object,
        start: list[int],
        texts: list[list[int]],
        frames: list[int],
        median_filter_width: int,
    ) -> list[SimpleNamespace]:
        assert start == Letters.sot_sequence
        assert median_filter_width == 1
        shown = np.asarray(sound)
        # As many frames as this would be encoded first.
        assert shown.shape[1] != MELS
        assert frames == [2 * shown.shape[1]] * len(texts)
        windows, numbers = shown[:, 0, 0].astype(int), shown[:, :, 1].astype(int)
        read = ["".join(map(chr, text)) for text in texts]
        self.calls.append(list(zip(windows.tolist(), numbers.tolist(), read, strict=True)))
        return [
            SimpleNamespace(text_token_probs=[self.probable.get(c, self.usual) for c in text])
            for text in read
        ]


class Letters:
    """A tokenizer of single characters."""

    sot_sequence = (50258, 50260, 50359)

    def encode(self, text: str) -> list[int]:
        return [ord(char) for char in text]


def encoded(windows: int) -> object:
    """Return an encoder's output whose frames hold the number of their window and their own."""
    import ctranslate2

    numbers = np.indices((windows, 1500), np.float32)
    return ctranslate2.StorageView.from_array(np.ascontiguousarray(np.moveaxis(numbers, 0, 2)))


def laid_out(window: list[str]) -> list[tuple[float, float]]:
    """Return where utterances of a second a character lie, two seconds apart."""
    starts = [sum(len(text) + 2.0 for text in window[:i]) for i in range(len(window))]
    return [(start, start + len(text)) for start, text in zip(starts, window, strict=True)]


def answers(
    model: Model,
    windows: list[list[str]],
    ask: Callable[[str, Sequence[Word]], Sequence[Question]],
    batch_size: int = 8,
) -> list[list[tuple[Asked, ...]]]:
    second = SecondListening(model, Letters(), batch_size)
    words = [[spoken(text, 0.9) for text in window] for window in windows]
    return second.answers(words, encoded(len(windows)), [laid_out(w) for w in windows], ask)


def replaced(text: str, was: str, wording: str) -> list[Question]:
    at = text.find(was)
    return [Question(Span(at, at + len(was)), wording)] if at >= 0 else []


def test_a_gain_is_the_difference_of_the_logarithms() -> None:
    model = Model({"有": 0.5, "用": 0.25})
    (((answer,),),) = answers(model, [["找谁都没有"]], lambda t, _: replaced(t, "没有", "没用"))
    assert answer == Asked(Span(3, 5), "没用", round(math.log(0.25 / 0.5), 2))


def test_an_utterance_is_asked_alone_and_what_was_heard_only_once() -> None:
    """Neither the words before it nor the sound around it is shown, but for the window's end."""
    model = Model()
    windows = [["您好。", "找谁都没有，走吧", "再见"]]

    def ask(text: str, _: Sequence[Word]) -> list[Question]:
        return replaced(text, "没有", "没用") + replaced(text, "谁", "他")

    answers(model, windows, ask)
    frames = [*range(round((5 - 0.3) * 50), round((13 + 0.3) * 50)), *range(1450, 1500)]
    texts = ["找谁都没有，走吧", "找谁都没用，走吧", "找他都没有，走吧"]
    assert model.calls == [[(0, frames, text) for text in texts]]


def shown(start: float, end: float) -> list[int]:
    """Return the frames that are shown for an utterance at such a place in a window, seconds."""
    model = Model()
    second = SecondListening(model, Letters(), 8)
    asked = [Question(Span(0, 1), "乙")]
    second.answers([[spoken("甲", 1.0)]], encoded(1), [[(start, end)]], lambda *_: asked)
    (((_, frames, _), _),) = model.calls
    return frames


@pytest.mark.parametrize("frames", [MELS - 1, MELS, MELS + 1])
def test_what_is_shown_is_never_taken_for_something_to_encode(frames: int) -> None:
    """As CTranslate2 would if there were as many frames as the encoder takes numbers for one."""
    edges = 2 * 0.3 + 1.0
    assert len(shown(5.0, 5.0 + frames / 50 - edges)) == frames - (frames == MELS)


@pytest.mark.parametrize(
    ("place", "frames"),
    [
        ((0.0, 1.0), [*range(65), *range(1450, 1500)]),
        ((25.0, 29.2), [*range(1235, 1500)]),
        ((28.0, 30.0), [*range(1385, 1500)]),
        ((0.0, 31.0), [*range(1500)]),
    ],
)
def test_at_the_ends_of_a_window_nothing_is_shown_twice(
    place: tuple[float, float], frames: list[int]
) -> None:
    assert shown(*place) == frames


def test_what_comes_behind_speaks_too_and_what_came_before_does_not() -> None:
    """A wrong wording makes what follows it less likely as well; what came before is the same."""
    model = Model({"前": 0.001, "后": 0.5, "甲": 0.1, "乙": 0.2, "丙": 0.4})
    (((answer,),),) = answers(model, [["前甲后"]], lambda t, _: replaced(t, "甲", "乙丙"))
    assert answer.gain == round(math.log(0.2 * 0.4 * 0.5) - math.log(0.1 * 0.5), 2)


def test_what_the_model_holds_impossible_is_very_unlikely_and_no_more() -> None:
    model = Model({"用": 0.0, "有": 1.0})
    (((answer,),),) = answers(model, [["没有"]], lambda t, _: replaced(t, "有", "用"))
    assert -20 < answer.gain < -5
    model = Model({"用": 1.0, "有": 0.0})
    (((answer,),),) = answers(model, [["没有"]], lambda t, _: replaced(t, "有", "用"))
    assert 5 < answer.gain < 20


def test_every_answer_goes_to_the_utterance_that_was_asked_about() -> None:
    windows = [["一甲", "二"], [], ["三", "四甲", "五甲甲"], ["六甲"]]
    model = Model({"甲": 0.5})

    def ask(text: str, words: Sequence[Word]) -> list[Question]:
        assert "".join(word.text for word in words) == text
        places = [i for i, char in enumerate(text) if char == "甲"]
        return [Question(Span(i, i + 1), text[0]) for i in places]

    for batch_size in (1, 2, 3, 8):
        model.calls.clear()
        out = answers(model, windows, ask, batch_size)
        assert [[len(own) for own in window] for window in out] == [[1, 0], [], [0, 1, 2], [1]]
        for window, texts in zip(out, windows, strict=True):
            for own, text in zip(window, texts, strict=True):
                assert {a.wording for a in own} <= {text[0]}
                assert [a.span.start for a in own] == sorted(a.span.start for a in own)
                assert all(text[a.span.start : a.span.end] == "甲" for a in own)
                assert all(a.gain == round(math.log(2), 2) for a in own)
        assert all(len(call) <= batch_size for call in model.calls)
        rows = [row for call in model.calls for row in call]
        # Of each utterance what was heard, and as many texts as there are questions.
        assert [window for window, _, _ in rows] == [0] * 2 + [2] * 5 + [3] * 2


def test_where_nothing_is_asked_the_model_is_left_alone() -> None:
    model = Model()
    second = SecondListening(model, Letters(), 8)
    words = [[spoken("您好", 0.9), ()], []]
    # What is no sound at all would fail if it were touched.
    assert second.answers(words, object(), [[(0.0, 1.0)] * 2, []], lambda _, __: ()) == [
        [(), ()],
        [],
    ]
    assert second.answers([], object(), [], lambda _, __: ()) == []
    assert model.calls == []


@given(
    st.lists(st.lists(st.text("甲乙丙丁", max_size=6), max_size=3), max_size=3),
    st.lists(st.floats(0.01, 1), min_size=4, max_size=4),
    st.text("甲乙丙丁", max_size=3),
    st.integers(1, 9),
)
def test_gains_are_those_of_the_slow_way(
    windows: list[list[str]], likely: list[float], wording: str, batch_size: int
) -> None:
    probable = dict(zip("甲乙丙丁", likely, strict=True))

    def log(text: str) -> float:
        return sum(math.log(probable[char]) for char in text)

    def ask(text: str, _: Sequence[Word]) -> list[Question]:
        return [Question(Span(a, b), wording) for a, b in pairwise(range(0, len(text) + 1, 2))]

    out = answers(Model(probable), windows, ask, batch_size)
    for window, texts in zip(out, windows, strict=True):
        for own, text in zip(window, texts, strict=True):
            wanted = ask(text, ())
            assert [(a.span, a.wording) for a in own] == [(q.span, q.wording) for q in wanted]
            for answer in own:
                rest = text[answer.span.start :]
                instead = wording + text[answer.span.end :]
                assert answer.gain == pytest.approx(log(instead) - log(rest), abs=0.0051)


@pytest.mark.model
def test_what_was_said_is_likelier_than_what_was_not(recogniser: Recogniser) -> None:
    """快点 in 快点，我要下班了 is heard rightly in the sample; 有牌子 in 有牌子，自己看 is not."""
    sound = decoded(SAMPLES / "counter" / "shuiwu-poor.opus")[1]  # the clerk's channel
    wrong = ["慢點", "有办法", "有椅子", "请您稍等"]

    def ask(text: str, _: Sequence[Word]) -> list[Question]:
        beginning = text.replace("，", ",").partition(",")[0]
        return [Question(Span(0, len(beginning)), w) for w in (beginning, "有牌子", *wrong)]

    told: list[list[float]] = []
    for start, end in ((43.5, 45.7), (6.8, 9.1)):
        piece = Speech(start, end, None, sound[round(start * RATE) : round(end * RATE)])
        (result,) = recogniser.transcribe([piece], ask)
        told.append([answer.gain for answer in result.asked])
    (heard, *leaving), (_, sign, *others) = told
    assert heard == pytest.approx(0, abs=1e-6)
    assert all(gain < -5 for gain in leaving)
    assert all(gain < sign - 5 for gain in others)
