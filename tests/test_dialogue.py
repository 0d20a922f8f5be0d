"""Where one customer's business ends and the next one's begins, and who speaks."""

import dataclasses
from collections.abc import Callable
from typing import Literal

import pytest
from fakes import gold_files, gold_talk, read_gold, talk

from courtesy.config import DialogueOptions
from courtesy.dialogue.interactions import choose_mode, split
from courtesy.dialogue.roles import assign
from courtesy.matching.matcher import Matcher
from courtesy.records import Heard, Interaction, Recording, Utterance

OPTIONS = DialogueOptions()

Split = Callable[..., tuple[Interaction, ...]]


@pytest.fixture
def parts(matcher: Matcher) -> Split:
    def make(heard: Heard, options: DialogueOptions = OPTIONS) -> tuple[Interaction, ...]:
        return split(heard.utterances, matcher.match(heard.utterances), options)

    return make


def at(seconds: float) -> Heard:
    """Two customers, with so much silence between them and no word of greeting or farewell."""
    return talk(
        ("customer", "我想查一下社保。", 0.0, 2.0),
        ("clerk", "一共十二年。", 3.0, 5.0),
        ("customer", "我想开一张发票。", 5.0 + seconds, 7.0 + seconds),
        ("clerk", "好的，马上。", 8.0 + seconds, 9.0 + seconds),
    )


@pytest.mark.parametrize(("gap", "count"), [(1.0, 1), (10.0, 1), (29.0, 1), (30.5, 2), (300.0, 2)])
def test_a_long_silence_divides(parts: Split, gap: float, count: int) -> None:
    assert len(parts(at(gap))) == count


def test_the_silences_are_settings(parts: Split) -> None:
    assert len(parts(at(12.0), DialogueOptions(gap_seconds=10.0))) == 2
    assert len(parts(at(100.0), DialogueOptions(gap_seconds=120.0))) == 1


@pytest.mark.parametrize(("gap", "count"), [(0.3, 1), (6.0, 2), (9.0, 2)])
@pytest.mark.parametrize("last", ["请慢走，再见。", "再见。", "您慢走。"])
def test_a_shorter_silence_divides_after_a_farewell(
    parts: Split, gap: float, count: int, last: str
) -> None:
    heard = talk(
        ("customer", "我想查一下社保。", 0.0, 2.0),
        ("clerk", last, 3.0, 5.0),
        ("customer", "我来开发票。", 5.0 + gap, 7.0 + gap),
    )
    assert len(parts(heard)) == count


@pytest.mark.parametrize(("gap", "count"), [(0.3, 1), (3.0, 2), (9.0, 2)])
def test_a_shorter_silence_divides_before_a_greeting(parts: Split, gap: float, count: int) -> None:
    heard = talk(
        ("customer", "我想查一下社保。", 0.0, 2.0),
        ("clerk", "一共十二年。", 3.0, 5.0),
        ("clerk", "您好，请问您办理什么业务？", 5.0 + gap, 7.0 + gap),
    )
    assert len(parts(heard)) == count


def test_someone_who_goes_on_talking_bridges_a_silence(parts: Split) -> None:
    """The silence is measured from the last word of anybody, not from the utterance before."""
    heard = talk(
        ("customer", "我说来话长。", 0.0, 60.0),
        ("clerk", "嗯。", 5.0, 6.0),
        ("clerk", "好的。", 61.0, 62.0),
    )
    assert len(parts(heard)) == 1


def test_without_times_nothing_is_divided(parts: Split) -> None:
    heard = talk(
        ("clerk", "再见。"), ("clerk", "您好。"), ("customer", "再见。"), ("clerk", "您好。")
    )
    (only,) = parts(heard)
    assert (only.start, only.end) == (None, None)


def test_some_times_are_enough_to_go_on(parts: Split) -> None:
    heard = talk(
        ("clerk", "您好。", 0.0, None), ("customer", "查社保。"), ("clerk", "好。", 100.0, 101.0)
    )
    assert sum(len(i.utterances) for i in parts(heard)) == 3


def test_no_talk_no_interactions(parts: Split) -> None:
    assert parts(talk()) == ()


def test_everything_said_is_in_exactly_one_interaction(parts: Split) -> None:
    heard = talk(*(("clerk", "您好。再见。", t * 11.0, t * 11.0 + 1) for t in range(9)))
    found = parts(heard)
    assert [i.id for i in found] == list(range(len(found)))
    assert [u.id for i in found for u in i.utterances] == list(range(9))


@pytest.mark.parametrize(
    ("last", "ended"),
    [
        ("请慢走，再见。", True),
        ("好的。", True),
        ("您稍等。", False),
        ("我查一下。", False),
        ("您带身份证了吗？", False),
    ],
)
def test_a_recording_that_stops_in_the_middle(parts: Split, last: str, ended: bool) -> None:
    (only,) = parts(talk(("customer", "查社保。", 0.0, 1.0), ("clerk", last, 2.0, 3.0)))
    assert only.ended is ended


def test_the_long_session_falls_into_its_five_customers(parts: Split) -> None:
    import tomllib

    from fakes import SAMPLES

    session = tomllib.loads((SAMPLES / "session" / "morning.toml").read_text(encoding="utf-8"))
    turns = [(i, t) for i, part in enumerate(session["interaction"]) for t in part["turn"]]
    heard = talk(*((t["role"], t["text"], t["start"], t["end"]) for _, t in turns))
    found = parts(heard)
    assert len(found) == 5
    got = [i.id for i in found for _ in i.utterances]
    assert got == [i for i, _ in turns]


# --- counter or telephone -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opening", "mode"),
    [
        ("您好，这里是政务服务热线，请讲。", "phone"),
        ("您好，政务服务热线，工号零三七为您服务。", "phone"),
        ("这里是市民服务中心。", "phone"),
        ("您好，请问您要办什么业务？", "counter"),
        ("您好，请坐。", "counter"),
        ("您请讲一下情况。", "counter"),
    ],
)
def test_the_opening_tells_the_telephone(opening: str, mode: Literal["phone", "counter"]) -> None:
    heard = talk(("clerk", opening), ("customer", "我想问一下。"))
    assert choose_mode(heard.utterances, "auto") == mode


def test_the_mode_may_be_told() -> None:
    heard = talk(("clerk", "您好，请问您要办什么业务？"))
    assert choose_mode(heard.utterances, "phone") == "phone"
    assert choose_mode(talk(("clerk", "这里是服务热线中心")).utterances, "counter") == "counter"


def test_a_customer_who_mentions_the_telephone_is_still_at_the_counter() -> None:
    heard = talk(("customer", "电话里说这里是办证中心，让我来的。"), ("clerk", "您好。"))
    assert choose_mode(heard.utterances, "auto") == "counter"


@pytest.mark.parametrize("file", gold_files(), ids=lambda p: p.stem)
def test_the_mode_of_the_samples(judge: Callable[[Heard], Recording], file) -> None:
    gold = read_gold(file)
    (card,) = judge(gold_talk(gold)).scorecards
    assert card.interaction.mode == gold["mode"]


# --- roles ----------------------------------------------------------------------------------------


def on_channels(*lines: tuple[int | None, str]) -> tuple[Utterance, ...]:
    return tuple(
        Utterance(i, text, "unknown", i * 3.0, i * 3.0 + 2, 0.9, channel)
        for i, (channel, text) in enumerate(lines)
    )


def roles(matcher: Matcher, said: tuple[Utterance, ...], options: DialogueOptions = OPTIONS):
    utterances, note = assign(said, matcher.match(said), options)
    assert [dataclasses.replace(u, role="unknown") for u in utterances] == [
        dataclasses.replace(u, role="unknown") for u in said
    ]
    return [u.role for u in utterances], note


TALK = (
    "您好，请问您办理什么业务？",
    "我想查一下社保。",
    "请出示您的身份证。",
    "给您，谢谢。",
    "不客气，再见。",
)


@pytest.mark.parametrize("clerk", [0, 1])
def test_the_clerk_s_channel_is_known_by_what_is_said(matcher: Matcher, clerk: int) -> None:
    lines = [(clerk if i % 2 == 0 else 1 - clerk, text) for i, text in enumerate(TALK)]
    found, note = roles(matcher, on_channels(*lines))
    assert found == ["clerk", "customer", "clerk", "customer", "clerk"]
    assert note is not None
    assert ("左", "右")[clerk] in note.zh
    assert ("left", "right")[clerk] in note.en


@pytest.mark.parametrize("file", gold_files(), ids=lambda p: p.stem)
def test_the_clerk_s_channel_of_the_samples(matcher: Matcher, file) -> None:
    """Good clerks and poor ones: a clerk without a courteous word is found as well."""
    gold = read_gold(file)
    clerk = 0 if gold["clerk"] == "left" else 1
    lines = [(clerk if t["role"] == "clerk" else 1 - clerk, t["text"]) for t in gold["turn"]]
    found, _ = roles(matcher, on_channels(*lines))
    assert found == [t["role"] for t in gold["turn"]]


def test_the_channel_may_be_told(matcher: Matcher) -> None:
    lines = on_channels((0, "嗯。"), (1, "好。"))
    assert roles(matcher, lines, DialogueOptions(clerk="left"))[0] == ["clerk", "customer"]
    assert roles(matcher, lines, DialogueOptions(clerk="right"))[0] == ["customer", "clerk"]


@pytest.mark.parametrize(
    "lines", [((0, "嗯。"), (1, "好。")), ((0, "您好。"), (1, "您好。")), ((1, "好。"),)]
)
def test_where_it_is_not_clear_nobody_is_the_clerk(
    matcher: Matcher, lines: tuple[tuple[int, str], ...]
) -> None:
    found, note = roles(matcher, on_channels(*lines))
    assert set(found) == {"unknown"}
    assert note is not None
    assert "--clerk left" in note.zh
    assert "--clerk left" in note.en


def test_on_one_channel_nobody_is_told_apart(matcher: Matcher) -> None:
    found, note = roles(matcher, on_channels(*((None, text) for text in TALK)))
    assert set(found) == {"unknown"}
    assert note is not None


def test_roles_of_a_transcript_stay(matcher: Matcher) -> None:
    heard = talk(
        ("customer", "您好，请问您要办什么业务？"), ("clerk", "我想查社保。"), ("unknown", "好。")
    )
    utterances, note = assign(heard.utterances, matcher.match(heard.utterances), OPTIONS)
    assert (utterances, note) == (heard.utterances, None)


def test_nothing_said_needs_no_note(matcher: Matcher) -> None:
    assert assign((), (), OPTIONS) == ((), None)


def test_in_a_short_recording_a_second_visit_must_be_surer_than_in_a_long_one(parts: Split) -> None:
    lines = [
        ("customer", "我想查一下社保。", 0.0, 2.0),
        ("clerk", "再见。", 3.0, 5.0),
        ("customer", "我来开发票。", 8.0, 10.0),
    ]
    assert len(parts(talk(*lines))) == 1
    later = [("clerk", "请稍等。", 14.0, 15.0), ("customer", "好。", 330.0, 331.0)]
    assert len(parts(talk(*lines, *later))) >= 2
