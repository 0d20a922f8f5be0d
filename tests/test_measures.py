"""What is heard in how people speak: each kind of event, and what comes near it and is none."""

import dataclasses

import pytest

from courtesy.config import MeasureOptions
from courtesy.dialogue.measures import events, habit
from courtesy.messages import Text
from courtesy.records import Event, Removed, SoundQuality, Utterance
from courtesy.text.questions import is_question

OPTIONS = MeasureOptions()
LONG = "请把身份证和户口本交给我看一下"  # 15 characters


def said(*lines: tuple) -> tuple[Utterance, ...]:
    """Make utterances of (role, text, start, end) or with a loudness at the end; not padded."""
    made = []
    for number, (role, text, start, end, *loudness) in enumerate(lines):
        loud = loudness[0] if loudness else None
        pad = OPTIONS.padding if loudness else 0.0
        made.append(
            Utterance(number, text, role, start - pad, end + pad, quality=0.9, loudness=loud)
        )
    return tuple(made)


def found(kind: str, utterances: tuple[Utterance, ...], **more: object) -> list[Event]:
    return [e for e in events(utterances, OPTIONS, **more) if e.kind == kind]  # type: ignore[arg-type]


# --- silence --------------------------------------------------------------------------------------


def test_a_long_silence_is_a_gap() -> None:
    talk = said(("customer", "办社保卡", 0, 2), ("clerk", "好的", 15, 16))
    (gap,) = found("gap", talk)
    assert (gap.start, gap.end, gap.value, gap.utterances) == (2, 15, 13.0, (0, 1))
    assert gap.role == "unknown"
    assert "13" in gap.text.zh
    assert "13" in gap.text.en


def test_a_short_silence_is_none() -> None:
    assert not found("gap", said(("customer", "办社保卡", 0, 2), ("clerk", "好的", 11.9, 13)))


def test_while_somebody_speaks_on_there_is_no_silence() -> None:
    talk = said(("customer", LONG, 0, 30), ("clerk", "嗯", 1, 2), ("clerk", "好的", 31, 32))
    assert not found("gap", talk)


def test_speech_that_was_not_understood_is_no_silence() -> None:
    talk = said(("customer", "办社保卡", 0, 2), ("clerk", "好的", 15, 16))
    lost = [Removed("", 8.0, 10.0, Text("没有听清", "not clear"), 0)]
    assert not found("gap", talk, lost=lost)


# --- at once --------------------------------------------------------------------------------------


def test_two_at_once_overlap() -> None:
    talk = said(("customer", "我想问一下这个怎么办", 0, 5), ("clerk", "你先去那边取号", 3, 7))
    (overlap,) = found("overlap", talk)
    assert (overlap.start, overlap.end, overlap.value, overlap.role) == (3, 5, 2.0, "clerk")
    assert not found("interruption", talk), "the customer did not give way"


def test_who_makes_the_other_stop_interrupts() -> None:
    talk = said(("customer", "我想问一下这个", 0, 3.6), ("clerk", "你先去那边取号", 3, 7))
    (cut,) = found("interruption", talk)
    assert (cut.role, cut.start, cut.value, cut.utterances) == ("clerk", 3, 0.6, (0, 1))


@pytest.mark.parametrize("text", ["嗯", "好的。", "嗯嗯，好。", "對對對", "是的"])
def test_a_sign_of_listening_interrupts_nobody(text: str) -> None:
    talk = said(("customer", "我想问一下这个", 0, 3.6), ("clerk", text, 3, 4))
    assert not found("interruption", talk)
    assert not found("overlap", talk)


@pytest.mark.parametrize(
    "second",
    [
        ("clerk", "你先去那边取号", 3.4, 7),  # at the very end: how people take turns
        ("clerk", "你先去那边取号", 3.7, 7),  # after it
        ("clerk", "你先去那边", 2.8, 3.4),  # the other one goes on
        ("customer", "你先去那边取号", 3, 7),  # the same side
        ("unknown", "你先去那边取号", 3, 7),
    ],
)
def test_what_comes_near_an_interruption(second: tuple) -> None:
    assert not found("interruption", said(("customer", "我想问一下这个", 0, 3.6), second))


def test_the_padding_of_two_utterances_is_no_overlap() -> None:
    # Heard in sound, 0.2 s of padding on either side: they only touch.
    talk = said(("customer", "我想问一下这个", 0, 3, -20.0), ("clerk", "你先取号", 3, 5, -20.0))
    assert talk[0].end > talk[1].start  # type: ignore[operator]
    assert not found("overlap", talk)
    assert not found("interruption", talk)


# --- pace and loudness ----------------------------------------------------------------------------


def test_pace_is_characters_a_minute() -> None:
    (pace,) = found("pace", said(("clerk", LONG, 10, 13)))
    assert pace.value == 300.0
    assert pace.role == "clerk"
    assert not found("fast", said(("clerk", LONG, 10, 13)))


def test_a_few_characters_have_no_pace() -> None:
    assert not found("pace", said(("clerk", "好的好的", 0, 0.2)))


def test_fast_by_itself_or_by_habit() -> None:
    assert found("fast", said(("clerk", LONG, 0, 2)))
    slow = [("clerk", LONG, 10.0 * i, 10.0 * i + 5) for i in range(4)]  # 180 a minute
    (fast,) = found("fast", said(*slow, ("clerk", LONG, 50, 53)))
    assert fast.value == 300.0
    assert "180" in fast.text.en
    assert not found("fast", said(*slow, ("clerk", LONG, 50, 54))), "a third faster is no haste"
    assert not found("fast", said(*slow[:2], ("clerk", LONG, 50, 53))), "two are no habit"


def steady(role: str, loudness: float, count: int = 4) -> list[tuple]:
    return [(role, "我看一下", 5.0 * i, 5.0 * i + 1, loudness) for i in range(count)]


def test_loud_is_against_the_speaker_s_own_habit() -> None:
    (loud,) = found("loud", said(*steady("clerk", -30.0), ("clerk", "你听我说", 30, 31, -22.0)))
    assert (loud.value, loud.role, loud.utterances) == (8.0, "clerk", (4,))
    # The customer's microphone is nearer: louder than the clerk, and as always.
    talk = said(*steady("clerk", -30.0), *steady("customer", -20.0))
    assert not found("loud", talk)
    assert not found("loud", said(*steady("clerk", -30.0), ("clerk", "你听我说", 30, 31, -25.0)))
    assert not found("loud", said(("clerk", "好", 0, 1, -30.0), ("clerk", "你听", 2, 3, -10.0)))


def test_the_clerk_s_habit_is_that_of_the_whole_recording() -> None:
    shouting = said(*steady("clerk", -15.0))
    others = [dataclasses.replace(u, id=u.id + 9) for u in said(*steady("clerk", -30.0, 6))]
    assert not found("loud", shouting)
    usual = habit([*shouting, *others], OPTIONS)
    assert len(found("loud", shouting, clerk=usual)) == 4


# --- questions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "要带什么", "能办吗", "那我呢", "怎么办理", "多少钱", "在哪儿交", "几点下班",
        "能不能今天办", "有没有表", "要帶什麼證件", "可以走了？", "是不是這裡",
    ],
)  # fmt: skip
def test_what_asks(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "没什么",
        "我这几天都来",
        "哪怕等一天",
        "还没好呢",
        "我来办卡",
        "不怎么急",
        "差不多了",
        "好嘞",
    ],
)
def test_what_asks_nothing(text: str) -> None:
    assert not is_question(text)


def test_how_long_a_question_waits() -> None:
    talk = said(("customer", "要带什么", 0, 2), ("clerk", "带身份证", 6.5, 8))
    (response,) = found("response", talk)
    assert (response.start, response.end, response.value) == (2, 6.5, 4.5)
    assert response.utterances == (0, 1)


def test_a_customer_who_goes_on_has_not_finished_asking() -> None:
    talk = said(
        ("customer", "要带什么", 0, 2), ("customer", "我上次没问清楚", 3, 5), ("clerk", "证", 6, 7)
    )  # fmt: skip
    assert [e.value for e in found("response", talk)] == [1.0]
    # Asked again after a while, it waited from the first time on, and both times are told.
    twice = said(
        ("customer", "有人吗", 0, 1), ("customer", "喂有人吗", 10, 11), ("clerk", "来了", 12, 13)
    )
    assert [e.value for e in found("response", twice)] == [11.0, 1.0]


def test_an_answer_that_begins_before_the_end_waits_for_nothing() -> None:
    talk = said(("customer", "要带什么证件来", 0, 3), ("clerk", "带身份证", 2.5, 5))
    assert [e.value for e in found("response", talk)] == [0.0]


def test_no_answer_at_all() -> None:
    talk = said(("clerk", "您好", 0, 1), ("customer", "要带什么", 2, 4), ("customer", "喂", 20, 21))
    (none,) = found("unanswered", talk)
    assert (none.start, none.value, none.utterances) == (4, 17.0, (1,))


def test_words_of_nobody_known_may_be_the_answer() -> None:
    talk = said(("customer", "要带什么", 2, 4), ("unknown", "身份证", 6, 7))
    assert not found("unanswered", talk)
    assert not found("response", talk)


def test_the_clerk_s_questions_wait_for_no_clerk() -> None:
    assert not found("response", said(("clerk", "办什么", 0, 1), ("clerk", "说话", 5, 6)))


# --- quarrels -------------------------------------------------------------------------------------

CALM = [
    ("clerk", "您慢慢说", 0, 1, -30.0), ("customer", "我来办卡", 2, 3, -28.0),
    ("clerk", "我看一下", 4, 5, -30.0), ("customer", "麻烦你了", 6, 7, -28.0),
    ("clerk", "请等一下", 8, 9, -30.0), ("customer", "我等着呢", 10, 11, -28.0),
    ("clerk", "我查一下", 12, 13, -30.0), ("customer", "好我等你", 14, 15, -28.0),
]  # fmt: skip
LOUD_CUSTOMER = ("customer", "你这是什么态度", 40.0, 43.0, -18.0)
LOUD_CLERK = ("clerk", "我什么态度了", 42.0, 44.0, -20.0)


def test_both_loud_and_over_each_other_quarrel() -> None:
    (quarrel,) = found("quarrel", said(*CALM, LOUD_CUSTOMER, LOUD_CLERK))
    assert quarrel.value == 3.0
    assert quarrel.utterances == (8, 9)
    assert (quarrel.start, quarrel.end) == (40, 44)
    assert "10 dB" in quarrel.text.en
    assert "1.0 s" in quarrel.text.en
    assert "争吵" in quarrel.text.zh


def test_loud_against_fast_is_a_quarrel_too() -> None:
    fast = ("clerk", "我跟你说了多少遍了你怎么不听", 44.0, 45.5, -30.0)
    (quarrel,) = found("quarrel", said(*CALM, LOUD_CUSTOMER, fast))
    assert "characters a minute" in quarrel.text.en


@pytest.mark.parametrize(
    "lines",
    [
        # A clerk who stays calm, even over the customer's words, does not quarrel.
        [LOUD_CUSTOMER, ("clerk", "您先听我说好吗", 42.0, 44.0, -30.0)],
        # Loud both, one after the other: perhaps the hall is loud.
        [LOUD_CUSTOMER, ("clerk", "我什么态度了", 44.0, 46.0, -20.0)],
        # Not close together.
        [LOUD_CUSTOMER, ("clerk", "我什么态度了你说清楚点", 60.0, 61.0, -20.0)],
        # At once, and calm.
        [("customer", "我放这里了", 40.0, 43.0, -28.0), ("clerk", "放那里就行了", 42, 44, -30.0)],
    ],
)
def test_what_comes_near_a_quarrel(lines: list[tuple]) -> None:
    assert not found("quarrel", said(*CALM, *lines))


# --- noise ----------------------------------------------------------------------------------------


def noisy(talk: tuple[Utterance, ...], noise: float) -> tuple[Utterance, ...]:
    sound = SoundQuality(None, 2.0, -20.0, noise, 0.0, 0)
    return tuple(dataclasses.replace(u, sound=sound) for u in talk)


def test_in_noise_times_and_loudness_are_the_noise_s() -> None:
    talk = said(*CALM, LOUD_CUSTOMER, LOUD_CLERK)
    assert found("quarrel", noisy(talk, -60.0))
    assert not events(noisy(talk, -25.0), OPTIONS)[1:], "only the long silence is left"


def test_what_was_not_understood_may_have_been_the_answer() -> None:
    lost = [Removed("", 5.0, 6.0, Text("没有听清", "not clear"), 0)]
    before = [Removed("", 0.5, 1.0, Text("没有听清", "not clear"), 0)]
    late = said(("customer", "要带什么", 2, 4), ("clerk", "带身份证", 9, 10))
    assert not found("response", late, lost=lost)
    assert found("response", late, lost=before)
    never = said(("customer", "要带什么", 2, 4), ("customer", "喂", 8, 9))
    assert not found("unanswered", never, lost=lost)
    assert found("unanswered", never, lost=before)


# --- all together ---------------------------------------------------------------------------------


def test_talk_without_times_has_no_events() -> None:
    talk = tuple(Utterance(i, LONG, "clerk") for i in range(5))
    assert events(talk, OPTIONS) == ()
    assert events((), OPTIONS) == ()


def test_events_come_in_order_and_whole_in_both_languages() -> None:
    made = events(said(*CALM, LOUD_CUSTOMER, LOUD_CLERK, ("clerk", "要带什么", 90, 91)), OPTIONS)
    assert [e.start for e in made] == sorted(e.start for e in made)
    assert all(e.end >= e.start for e in made)
    assert all(e.text.zh and e.text.en for e in made)
