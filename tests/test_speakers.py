"""One channel: voices are told apart, the clerk is recognised; it blames nobody else."""

import dataclasses
import itertools
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from fakes import SAMPLES, FakeEncoder, GoldRecogniser, decoded, read_gold, voice, write_sound
from hypothesis import given
from hypothesis import strategies as st

from courtesy.config import DialogueOptions, Settings
from courtesy.dialogue.chain import tell
from courtesy.dialogue.corrections import correct
from courtesy.dialogue.roles import assign
from courtesy.dialogue.speakers import tell_apart
from courtesy.dialogue.words import leanings
from courtesy.errors import UsageError
from courtesy.matching.matcher import Matcher
from courtesy.messages import Text
from courtesy.pipeline import Pipeline
from courtesy.records import Heard, Recording, Utterance
from courtesy.speech.voiceprints import keep, make_print

CLERK, CUSTOMER, THIRD = 0, 1, 2
Line = tuple[int | None, str]
TALK: tuple[Line, ...] = (
    (CLERK, "您好，请问您办理什么业务？"),
    (CUSTOMER, "我想查一下社保，要带什么？"),
    (CLERK, "请出示您的身份证。"),
    (CUSTOMER, "我带了，给你。"),
    (CLERK, "请稍等，我帮您查。"),
    (CUSTOMER, "好的，谢谢。"),
    (CLERK, "不客气，请慢走。"),
)
RUDE = "你有病吧，这不归我管"


def said(
    *lines: Line, channel: int | None = None, start: float = 0.0, seconds: float = 2.4
) -> tuple[Utterance, ...]:
    """Make utterances of (person, text); a person None has no voice."""
    return tuple(
        Utterance(
            i, text, "unknown", start + i * 3.0, start + i * 3.0 + seconds, 0.9, channel,
            voice=() if who is None else voice(who, i),
        )
        for i, (who, text) in enumerate(lines)
    )  # fmt: skip


def roles(
    matcher: Matcher,
    utterances: Sequence[Utterance],
    prints: Sequence[Sequence[float]] = (),
    options: DialogueOptions | None = None,
) -> tuple[list[str], Text | None]:
    matches = matcher.match(utterances)
    given, note = assign(utterances, matches, options or DialogueOptions(), prints)
    assert [u.id for u in given] == [u.id for u in utterances]
    return [u.role for u in given], note


def expected(lines: Sequence[Line]) -> list[str]:
    return ["clerk" if who == CLERK else "customer" for who, _ in lines]


# --- telling voices apart -------------------------------------------------------------------------


@pytest.mark.parametrize("people", [[0, 1], [0, 0, 0, 1], [0, 1, 2], [3, 1, 2, 0]])
def test_each_voice_is_one_speaker(people: list[int]) -> None:
    who = people * 4
    speakers = tell_apart(said(*((p, "好") for p in who)))
    found = sorted(sorted({who[i] for i in s.utterances}) for s in speakers)
    assert found == [[p] for p in sorted(set(people))]
    assert sum(len(s.utterances) for s in speakers) == len(who)


@pytest.mark.parametrize("likeness", [0.95, 0.7, 0.5])
def test_one_voice_however_it_varies_is_one_speaker(likeness: float) -> None:
    lines = tuple(
        dataclasses.replace(u, voice=voice(0, i, likeness))
        for i, u in enumerate(said(*[(0, "好")] * 12))
    )
    assert len(tell_apart(lines)) == 1


def test_nothing_to_tell_apart() -> None:
    assert tell_apart(()) == ()
    assert tell_apart(said((None, "好"), (None, "好"))) == ()
    assert tell_apart(said((0, "嗯"), (1, "哦"), seconds=0.6)) == ()
    (only,) = tell_apart(said((0, "好")))
    assert only.utterances == (0,)


def test_a_long_day_is_told_apart_in_time() -> None:
    speakers = tell_apart(said(*((i % 2, "好") for i in range(900))))
    assert len(speakers) == 2


# --- who is the clerk -----------------------------------------------------------------------------


def test_words_say_which_voice_is_the_clerk_s(matcher: Matcher) -> None:
    found, note = roles(matcher, said(*TALK))
    assert found == expected(TALK)
    assert note is not None
    assert "%" in note.zh
    assert "%" in note.en
    assert "words" in note.en


def test_the_confidence_is_stated_for_each_utterance(matcher: Matcher) -> None:
    lines = said(*TALK)
    given, _ = assign(lines, matcher.match(lines), DialogueOptions())
    assert all(u.role_confidence is not None and u.role_confidence >= 0.8 for u in given)


def test_a_voiceprint_decides_where_words_do_not(matcher: Matcher) -> None:
    lines = tuple((who, f"那个第{'一二三四五六七'[i]}个是这样") for i, (who, _) in enumerate(TALK))
    assert set(roles(matcher, said(*lines))[0]) == {"unknown"}
    found, note = roles(matcher, said(*lines), [voice(CLERK, 9)])
    assert found == expected(lines)
    assert note is not None
    assert "voiceprint" in note.en


def test_a_wrong_enrolment_makes_nobody_the_clerk(matcher: Matcher) -> None:
    """The print is the customer's: words and print disagree, so the roles stay open."""
    found, note = roles(matcher, said(*TALK), [voice(CUSTOMER, 9)])
    assert set(found) == {"unknown"}
    assert note is not None
    assert "somebody else may be enrolled" in note.en


def test_the_print_of_somebody_absent_changes_little(matcher: Matcher) -> None:
    found, _ = roles(matcher, said(*TALK), [voice(THIRD, 9)])
    assert set(zip(found, expected(TALK), strict=True)) <= {
        ("clerk", "clerk"), ("customer", "customer"), ("unknown", "clerk"), ("unknown", "customer"),
    }  # fmt: skip


def test_a_single_voice_may_be_anybody_s(matcher: Matcher) -> None:
    lines = [(CLERK, text) for _, text in TALK]
    found, note = roles(matcher, said(*lines))
    assert set(found) == {"unknown"}
    assert note is not None
    assert "only one voice" in note.en


def test_a_single_voice_that_is_enrolled_is_known(matcher: Matcher) -> None:
    lines = [line for line in TALK if line[0] == CLERK]
    assert set(roles(matcher, said(*lines), [voice(CLERK, 9)])[0]) == {"clerk"}
    assert set(roles(matcher, said(*lines), [voice(THIRD, 9)])[0]) == {"unknown"}


def test_nobody_becomes_the_clerk_by_swearing(matcher: Matcher) -> None:
    lines = [(who, RUDE if who == CUSTOMER else "嗯嗯") for who, _ in TALK]
    assert "clerk" not in roles(matcher, said(*lines))[0]


@pytest.mark.parametrize("role", ["customer", "unknown"])
def test_of_three_speakers_only_one_is_the_clerk(matcher: Matcher, role: str) -> None:
    """A companion or a child talks like a customer, a colleague like a clerk or like nobody."""
    third = "我要带什么？多少钱？" if role == "customer" else "这个嘛，看情况。"
    lines = (*TALK, (THIRD, third), (THIRD, third), *TALK)
    found, _ = roles(matcher, said(*lines))
    at_third = [r for r, (who, _) in zip(found, lines, strict=True) if who == THIRD]
    assert set(at_third) <= {role, "unknown"}
    assert [r for r, (w, _) in zip(found, lines, strict=True) if w == CLERK] == ["clerk"] * 8


def test_a_colleague_who_talks_like_a_clerk_is_nobody(matcher: Matcher) -> None:
    colleague = [(THIRD, RUDE), (THIRD, "请让一下，下一位。")]
    lines = (*TALK, *colleague, *TALK)
    found, _ = roles(matcher, said(*lines))
    assert {r for r, (who, _) in zip(found, lines, strict=True) if who == THIRD} == {"unknown"}


def test_short_words_without_a_voice_of_their_own_stay_open(matcher: Matcher) -> None:
    lines = (*TALK, (None, "嗯"))
    assert roles(matcher, said(*lines))[0] == [*expected(TALK), "unknown"]


def test_the_clerk_of_one_customer_is_known_again_with_the_next(matcher: Matcher) -> None:
    quiet = [(CLERK if i % 2 else THIRD, "就那样，就这样。") for i in range(6)]
    first, second = said(*TALK), said(*quiet, start=100.0)
    second = tuple(dataclasses.replace(u, id=u.id + len(first)) for u in second)
    found, note = roles(matcher, (*first, *second))
    assert found[: len(first)] == expected(TALK)
    assert [r for r, (who, _) in zip(found[len(first) :], quiet, strict=True) if who == CLERK] == [
        "clerk"
    ] * 3
    assert note is not None


def test_in_sound_without_voices_roles_stay_open(matcher: Matcher) -> None:
    found, note = roles(matcher, said(*((None, text) for _, text in TALK)))
    assert set(found) == {"unknown"}
    assert note is not None
    assert "Not scored" in note.en


def test_voices_that_are_much_alike_are_told_apart_with_the_words(matcher: Matcher) -> None:
    lines = (*TALK, *TALK)
    both = tuple(
        dataclasses.replace(u, voice=voice(who or 0, u.id, 0.3))
        for u, (who, _) in zip(said(*lines), lines, strict=True)
    )
    assert len(tell_apart(both)) == 1
    assert roles(matcher, both)[0] == expected(lines)


def test_voices_that_tell_nothing_do_not_mislead(matcher: Matcher) -> None:
    """Every utterance in another voice: nobody knows who is who, whatever is said."""
    lines = tuple(
        dataclasses.replace(u, voice=voice(0, u.id, 0.0)) for u in said(*(TALK + TALK + TALK))
    )
    found, _ = roles(matcher, lines)
    true = expected(TALK + TALK + TALK)
    assert all(one in {"unknown", other} for one, other in zip(found, true, strict=True))


def test_a_forbidden_phrase_is_no_evidence_of_the_clerk(matcher: Matcher) -> None:
    for text in (RUDE, "不知道，你去问别人", "急什么，等一下", "有牌子，自己看"):
        (heard,) = said((None, text))
        matches = matcher.match([heard])
        assert any(m.polarity == "forbidden" for m in matches)
        (leaning,) = leanings([heard], matches)
        assert leaning < 1, text


# --- transcripts without roles --------------------------------------------------------------------


def read(*texts: str) -> tuple[Utterance, ...]:
    return tuple(Utterance(i, text) for i, text in enumerate(texts))


def test_a_transcript_without_roles_gets_them_by_words_and_turns(matcher: Matcher) -> None:
    found, note = roles(matcher, read(*(text for _, text in TALK)))
    assert all(one in {"unknown", other} for one, other in zip(found, expected(TALK), strict=True))
    assert found.count("unknown") < 2
    assert note is not None
    assert "transcript without roles" in note.en
    assert "文字稿没有角色" in note.zh


def test_a_transcript_that_tells_nothing_stays_open(matcher: Matcher) -> None:
    found, note = roles(matcher, read("就那样", "嗯", "这样啊", "嗯嗯"))
    assert set(found) == {"unknown"}
    assert note is not None
    assert "Not scored" in note.en


def test_roles_that_a_transcript_has_are_kept(matcher: Matcher) -> None:
    lines = tuple(
        dataclasses.replace(u, role="customer" if i == 0 else "unknown")
        for i, u in enumerate(read(*(text for _, text in TALK)))
    )
    assert roles(matcher, lines) == (["customer"] + ["unknown"] * 6, None)


@given(
    st.lists(st.floats(-3, 3), min_size=1, max_size=7),
    st.floats(0.05, 0.95),
)
def test_the_chain_agrees_with_counting_every_way(evidence: list[float], change: float) -> None:
    """An obvious oracle: every way to give roles to the utterances, one after the other."""
    weight = np.zeros(len(evidence))
    total = 0.0
    for way in itertools.product((1, -1), repeat=len(evidence)):
        own = float(np.prod([np.exp(s * e / 2) for s, e in zip(way, evidence, strict=True)])) / 2
        for one, other in itertools.pairwise(way):
            own *= change if one != other else 1 - change
        total += own
        weight += own * (np.array(way) > 0)
    told = tell(evidence, [change] * (len(evidence) - 1))
    assert told.clerk == pytest.approx(weight / total, abs=1e-9)
    assert told.total == pytest.approx(np.log(total), abs=1e-9)


# --- two channels ---------------------------------------------------------------------------------


def stereo(*lines: tuple[int, int, str]) -> tuple[Utterance, ...]:
    """Make utterances of (person, channel, text)."""
    return tuple(
        dataclasses.replace(u, channel=channel)
        for u, (_, channel, _) in zip(said(*((w, t) for w, _, t in lines)), lines, strict=True)
    )


def test_a_voiceprint_finds_the_channel_where_words_do_not(matcher: Matcher) -> None:
    lines = stereo(*((who, 1 - who, f"就那样{i}") for i, (who, _) in enumerate(TALK)))
    assert set(roles(matcher, lines)[0]) == {"unknown"}
    found, note = roles(matcher, lines, [voice(CLERK, 9)])
    assert found == expected(TALK)
    assert note is not None
    assert "right" in note.en


def test_print_and_words_on_different_channels_leave_it_open(matcher: Matcher) -> None:
    found, note = roles(matcher, stereo(*((w, w, t) for w, t in TALK)), [voice(CUSTOMER, 9)])
    assert set(found) == {"unknown"}
    assert note is not None
    assert "--clerk" in note.en


def test_swapped_channels_are_pointed_out(matcher: Matcher) -> None:
    lines = stereo(*((who, who, text) for who, text in TALK))
    _, note = roles(matcher, lines, options=DialogueOptions(clerk="right"))
    assert note is not None
    assert "swapped" in note.en
    assert "接反" in note.zh
    assert roles(matcher, lines, options=DialogueOptions(clerk="left"))[1] is None


def test_a_dead_channel_is_heard_as_one_channel(matcher: Matcher) -> None:
    found, note = roles(matcher, said(*TALK, channel=1))
    assert found == expected(TALK)
    assert note is not None
    assert set(roles(matcher, said(*((None, t) for _, t in TALK), channel=1))[0]) == {"unknown"}


def test_a_colleague_at_the_clerk_s_microphone_is_nobody(matcher: Matcher) -> None:
    lines = [(who, who, text) for who, text in TALK] + [(THIRD, 0, RUDE), (THIRD, 0, "下班了")]
    found, note = roles(matcher, stereo(*lines), [voice(CLERK, 9)])
    assert found == [*expected(TALK), "unknown", "unknown"]
    assert note is not None
    assert "another voice" in note.en


# --- the whole road -------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "clerk"), [("shebao-good", ""), ("yibao-poor", "张三")])
def test_a_mono_recording_is_scored_with_voices_and_not_without(
    make_pipeline: Callable[..., Pipeline],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path,
    name: str,
    clerk: str,
) -> None:
    """A clerk without a courteous word needs a voiceprint to be known."""
    monkeypatch.setenv("COURTESY_VOICEPRINTS", str(tmp_path / "voiceprints.json"))
    if clerk:
        clips = [(voice(CLERK, i), 5.0) for i in range(4)]
        keep(make_print(clerk, FakeEncoder.name, clips, "2026-11-22"))
    file = SAMPLES / "counter" / f"{name}.opus"
    gold = read_gold(file.with_suffix(".toml"))
    mono = write_sound(tmp_path / "mono.wav", decoded(file).mean(axis=0))

    def scored(encoder: bool) -> Recording:
        recogniser = GoldRecogniser(gold)
        options = DialogueOptions(clerk_voice=clerk) if encoder else DialogueOptions(voices="off")
        settings = Settings(dialogue=options)
        pipeline = make_pipeline(recogniser, settings)
        if encoder:
            pipeline._encoder = FakeEncoder(_who(gold, recogniser))
        (recording,) = pipeline.run(mono)
        assert recording.error is None
        return recording

    (card,) = scored(encoder=False).scorecards
    assert not card.scorable
    assert all(f.points == 0 for f in card.findings)
    recording = scored(encoder=True)
    given = [u.role for u in recording.heard.utterances]
    assert given.count("clerk") > 3
    assert given.count("customer") > 3
    assert all(u.role != "clerk" or _true(gold, u) == "clerk" for u in recording.heard.utterances)


def _who(gold: dict, recogniser: GoldRecogniser):
    for piece in recogniser.wordy():
        yield CLERK if _true(gold, piece) == "clerk" else CUSTOMER


def _true(gold: dict, piece) -> str:
    shares = {"clerk": 0.0, "customer": 0.0}
    for turn in gold["turn"]:
        shares[turn["role"]] += max(
            0, min(turn["end"], piece.end) - max(turn["start"], piece.start)
        )
    return max(shares, key=lambda role: shares[role])


# --- corrections ----------------------------------------------------------------------------------


def test_roles_are_corrected_and_the_score_follows(judge: Callable[[Heard], Recording]) -> None:
    lines = said((None, "您好，请问您办理什么业务？"), (None, "我想查社保。"), (None, RUDE))
    heard = correct(lines, "0=clerk, 1-2=customer")
    assert [u.role for u in heard] == ["clerk", "customer", "customer"]
    (card,) = judge(Heard("a.json", heard)).scorecards
    assert not any(m.counted and m.polarity == "forbidden" for m in card.interaction.matches)
    (card,) = judge(Heard("a.json", correct(heard, "2=clerk"))).scorecards
    assert any(m.counted and m.polarity == "forbidden" for m in card.interaction.matches)


def test_roles_are_swapped_whole() -> None:
    lines = correct(said((None, "a"), (None, "b"), (None, "c")), "0=clerk,1=customer")
    assert [u.role for u in correct(lines, "swap")] == ["customer", "clerk", "unknown"]
    assert correct(correct(lines, "swap"), "swap") == lines
    assert correct(lines, "") == lines


@pytest.mark.parametrize("text", ["9=clerk", "x", "1=boss", "2-1", "1=clerk;2=clerk", "-1=clerk"])
def test_corrections_that_make_no_sense(text: str) -> None:
    with pytest.raises(UsageError, match="--correct"):
        correct(said((None, "a"), (None, "b")), text)


def test_the_silhouette_needs_no_special_numbers() -> None:
    """Vectors that are all the same, or opposite, divide by nothing."""
    same = tuple(dataclasses.replace(u, voice=(1.0, 0.0)) for u in said(*[(0, "好")] * 4))
    assert len(tell_apart(same)) == 1
    two = tuple(
        dataclasses.replace(u, voice=(1.0, 0.0) if i % 2 else (-1.0, 0.0))
        for i, u in enumerate(said(*[(0, "好")] * 6))
    )
    assert len(tell_apart(two)) == 2
    assert np.isfinite([s.seconds for s in tell_apart(two)]).all()
