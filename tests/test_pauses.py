"""Where somebody paused, from the times of the words; and what a pause makes of the words."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtesy.matching.matcher import Matcher
from courtesy.records import NormText, Seconds, Utterance, Word
from courtesy.text.normalize import normalize
from courtesy.text.pauses import with_pauses
from courtesy.text.script import traditionalize

QUICK, SLOW = 0.2, 0.4  # seconds a character
SHORT, LONG = 0.3, 0.6  # silence in a breath, and in a pause, of somebody quick


def words(marked: str, step: Seconds = QUICK, join: str = "") -> tuple[Word, ...]:
    """Return words of a text in which ' is a breath and | a pause.

    Args:
        marked: the text; a word a character, and none for a mark of silence.
        step: seconds a character takes.
        join: characters that belong to the word before them.
    """
    out: list[Word] = []
    at = 10.0
    for char in marked:
        if char in "'|":
            at += SHORT if char == "'" else LONG
        elif char in join and out:
            last = out[-1]
            out[-1] = Word(last.text + char, last.start, last.end + step, last.probability)
            at += step
        else:
            out.append(Word(char, at, at + step, 0.95))
            at += step
    return tuple(out)


def paused(marked: str, step: Seconds = QUICK, join: str = "") -> NormText:
    said = words(marked, step, join)
    return with_pauses(normalize("".join(word.text for word in said).strip()), said)


def shown(norm: NormText) -> str:
    """Write a text with its pauses and breaths, as `words` reads it."""
    mark = {**dict.fromkeys(norm.breaths, "'"), **dict.fromkeys(norm.pauses, "|")}
    return "".join(mark.get(i, "") + char for i, char in enumerate(norm.text))


@pytest.mark.parametrize(
    "marked",
    [
        "不知道",
        "不知道孩子跟谁姓",
        "不知道|下一个",
        "不知道'下一个",
        "您好|请坐'您要办什么|业务",
        "请您到十二号窗口'谢谢",
    ],
)
def test_pauses_and_breaths_are_where_they_were_made(marked: str) -> None:
    assert shown(paused(marked)) == marked


def test_every_pause_is_a_breath_too() -> None:
    norm = paused("您好|请坐'请讲")
    assert (norm.pauses, norm.breaths) == ((2,), (2, 4))


@pytest.mark.parametrize(
    ("marked", "wanted"),
    [
        ("不知道'下一个", "不知道下一个"),  # what is a breath of the quick is nothing of the slow
        ("不知道|下一个", "不知道|下一个"),
        ("请您到三号窗口办理", "请您到三号窗口办理"),
    ],
)
def test_slow_speakers_pause_longer(marked: str, wanted: str) -> None:
    assert shown(paused(marked, SLOW)) == wanted


def test_a_slow_speaker_without_pauses_has_none() -> None:
    for step in (0.05, 0.2, 0.4, 0.8, 2.0):
        assert shown(paused("请您在这里签一下名字", step)) == "请您在这里签一下名字"


@pytest.mark.parametrize(
    ("marked", "wanted"),
    [
        ("不知道|，下一个", "不知道|下一个"),  # a mark is timed after the pause
        ("不知道，|下一个", "不知道|下一个"),
        ("請到12號窗口|謝謝", "请到十二号窗口|谢谢"),
        ("請到三號窗口'謝謝", "请到三号窗口'谢谢"),
        ("排A03號|請坐", "排a零三号|请坐"),
        ("２０２６年|五月", "二零二六年|五月"),
    ],
)
def test_pauses_stand_in_the_text_as_it_is_read(marked: str, wanted: str) -> None:
    assert shown(paused(marked)) == wanted


@pytest.mark.parametrize("marked", ["您好|请问您要办什么业务", "我不知道'你去问保安"])
def test_either_script_has_the_same_pauses(marked: str) -> None:
    assert shown(paused(traditionalize(marked))) == shown(paused(marked)) == marked


def test_words_of_several_characters_do_not_hide_a_pause() -> None:
    assert shown(paused("不知道|下一个", join="知个")) == "不知道|下一个"


def test_space_around_the_words_moves_nothing() -> None:
    plain = words("不知道|下一个")
    first, last = plain[0], plain[-1]
    spaced = (
        Word("  " + first.text, first.start, first.end, 0.9),
        *plain[1:-1],
        Word(last.text + " ", last.start, last.end, 0.9),
    )
    norm = normalize("不知道下一个")
    assert with_pauses(norm, spaced) == with_pauses(norm, plain)
    assert with_pauses(norm, plain).pauses == (3,)


@pytest.mark.parametrize(
    "heard", ["不知道下一", "不知道下一个。", "不知道 下一个", "我不知道下一个", ""]
)
def test_words_of_another_text_tell_of_no_pauses(heard: str) -> None:
    norm = normalize(heard)
    assert with_pauses(norm, words("不知道|下一个")) is norm


def test_without_words_there_are_no_pauses() -> None:
    for heard in ("", "。", "不知道，下一个"):
        norm = normalize(heard)
        assert with_pauses(norm, ()) is norm


@pytest.mark.parametrize("heard", ["。", "嗯", "😀", "…"])
def test_one_character_or_none_has_no_pauses(heard: str) -> None:
    assert paused(heard).breaths == ()


@given(
    st.lists(
        st.tuples(st.sampled_from("不知道请您12，。a 號😀"), st.floats(0, 3), st.floats(0, 3)),
        max_size=12,
    )
)
def test_whatever_the_times_pauses_stand_between_characters(
    said: list[tuple[str, float, float]],
) -> None:
    spoken = tuple(Word(char, start, start + length, 0.9) for char, start, length in said)
    norm = normalize("".join(char for char, _, _ in said).strip())
    out = with_pauses(norm, spoken)
    assert (out.text, out.starts, out.ends) == (norm.text, norm.starts, norm.ends)
    assert set(out.pauses) <= set(out.breaths)
    assert list(out.breaths) == sorted(set(out.breaths))
    assert all(0 < at < len(norm.text) for at in out.breaths)
    assert with_pauses(norm, spoken) == out


@given(st.floats(0, 3000), st.lists(st.floats(0.05, 2), min_size=2, max_size=12))
def test_when_it_was_said_does_not_matter(later: float, lengths: list[float]) -> None:
    """Whole sixteenths of a second, so that sums are exact."""
    ends, at = [], 0.0
    for length in lengths:
        at += round(length * 16) / 16
        ends.append(at)
    shift = round(later)
    text = "请您到窗口办理业务谢谢合作"[: len(ends)]
    first, second = (
        with_pauses(
            normalize(text),
            tuple(Word(c, e + by, e + by, 0.9) for c, e in zip(text, ends, strict=True)),
        )
        for by in (0, shift)
    )
    assert first == second


# --- what a pause makes of the words --------------------------------------------------------------


@pytest.fixture
def blamed(matcher: Matcher) -> Callable[..., list[str]]:
    """Name what counts against a clerk who was heard to say a text with these pauses."""

    def find(marked: str, step: Seconds = QUICK) -> list[str]:
        said = words(marked, step)
        text = "".join(word.text for word in said)
        heard = Utterance(0, text, "clerk", said[0].start, said[-1].end, 0.95, 0, said)
        found = matcher.match([heard])
        return [m.phrase for m in found if m.polarity == "forbidden" and m.counted]

    return find


@pytest.mark.parametrize(
    ("marked", "phrase"),
    [
        ("不知道|下一个", "不知道"),
        ("不知道|下一個", "不知道"),
        ("不清楚|别挡着", "不清楚"),
        ("这个我不知道|往后站", "不知道"),
        ("自己看|下一个", "自己看"),
        ("自己找'后面还有人", "自己找"),
        ("急什么'前面还有人", "急什么"),
        ("下一个|急什么", "急什么"),
        ("一边去'别挡着", "一边待着去"),
    ],
)
def test_alone_before_a_pause_it_is_a_refusal(
    blamed: Callable[..., list[str]], marked: str, phrase: str
) -> None:
    assert blamed(marked) == [phrase]
    assert blamed(marked.replace("'", "").replace("|", "")) == []


@pytest.mark.parametrize(
    "marked",
    [
        "不知道孩子跟谁姓",
        "不知道'孩子跟谁姓",
        "不知道|孩子跟谁姓",
        "我不知道'您带没带户口本",
        "不清楚'具体是几号",
        "不知道'下一个",  # a breath is not enough after what may be followed by what is not known
        "您自己看'有没有错",
        "不知道|我帮您问一下",
        "这个不清楚|请您稍等",
    ],
)
def test_with_what_is_not_known_or_help_behind_it_is_none(
    blamed: Callable[..., list[str]], marked: str
) -> None:
    assert blamed(marked) == []


def test_what_is_usual_for_the_slow_ends_no_clause(blamed: Callable[..., list[str]]) -> None:
    assert blamed("自己看'下一个") == ["自己看"]
    assert blamed("自己看'下一个", SLOW) == []
    assert blamed("自己看|下一个", SLOW) == ["自己看"]


def test_a_pause_does_not_part_a_long_phrase(blamed: Callable[..., list[str]]) -> None:
    for marked in ("有牌子|自己看", "我不知道|这不归我管", "快下班了'明天再来"):
        assert len(blamed(marked)) == 1


def test_the_same_words_with_and_without_a_pause_are_told_apart(
    blamed: Callable[..., list[str]],
) -> None:
    """What is remembered of one must not be given out for the other."""
    for _ in range(2):
        assert blamed("不知道|往后站") == ["不知道"]
        assert blamed("不知道往后站") == []
        assert blamed("不知道'往后站") == []
