"""Listening while people talk: the same findings as a recording's, and in time."""

import contextlib
import dataclasses
import itertools
import json
import threading
import tomllib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from fakes import SAMPLES, FakeEncoder, FakeRecogniser, transcribed, voice
from typer.testing import CliRunner

from courtesy.cli import app
from courtesy.config import LiveOptions, Settings, SpeechOptions
from courtesy.errors import OutputError, SpeechError
from courtesy.live.as_json import as_dict
from courtesy.live.desk import Desk
from courtesy.live.ear import (
    GIVES_WAY,
    Ear,
    Load,
    Missed,
    Notice,
    Passed,
    Recognition,
    Result,
    Settled,
)
from courtesy.live.events import Alert, Closed, LiveEvent, Prompt, Revised, Said, Withdrawn
from courtesy.live.events_file import EventsFile
from courtesy.live.session import happenings
from courtesy.live.source import BLOCK, Break, FileSource, Gap, Item, Trouble
from courtesy.messages import LANGUAGES, Text
from courtesy.pipeline import Pipeline
from courtesy.records import Heard, Recording, Scorecard, Utterance, Word
from courtesy.speech.decode import RATE, Samples, open_recording
from courtesy.speech.recognise import Transcribed
from courtesy.speech.second import Ask
from courtesy.speech.settling import Settling
from courtesy.speech.voice import Speech, find_speech
from courtesy.speech.voiceprints import keep, make_print
from courtesy.speech.voices import Voices
from courtesy.speech.windows import pack

MORNING = SAMPLES / "session" / "morning.toml"
BEGAN = datetime(2026, 11, 23, 9)
POLITE = ("clerk", "您好，请问您办理什么业务？"), ("customer", "我想查一下社保。")
LATER = ("clerk", "请出示您的身份证。"), ("customer", "给你。"), ("clerk", "请稍等。")


def talk(*turns: tuple[str, str], start: float = 0.0) -> list[Utterance]:
    """Return what is said one after the other, three seconds each; the clerk is on the left."""
    return [
        Utterance(0, text, "unknown", at, at + 3, 0.95, int(who != "clerk"))
        for at, (who, text) in zip(itertools.count(start, 4.0), turns)
    ]


@pytest.fixture
def desk(make_pipeline: Callable[..., Pipeline]) -> Desk:
    settings = Settings().with_changes(dialogue={"clerk": "left"})
    return Desk(make_pipeline(settings=settings), LiveOptions(), 2, BEGAN, "live")


def live(desk: Desk, said: Sequence[Utterance], until: float | None = None) -> list[LiveEvent]:
    """Let talk happen: each utterance is known half a second after its end; time passes between."""
    out: list[LiveEvent] = []
    waiting = sorted(said, key=lambda u: u.end or 0.0)
    now, last = 0.0, max(u.end or 0.0 for u in said) + 1
    while now < (until or last):
        now += 0.25
        while waiting and (waiting[0].end or 0.0) + 0.5 <= now:
            out += desk.hear(waiting.pop(0), now)
        speaking = tuple(
            next((u.start for u in said if u.channel == c and u.start <= now < u.end + 0.4), None)
            for c in (0, 1)
        )
        pending = tuple(u.channel for u in waiting if u.end < now)
        out += desk.tick(Passed(now, speaking, pending))
    return out


def verdicts(cards: Sequence[Scorecard]) -> list[tuple[int, tuple[tuple[str, str], ...]]]:
    return [
        (len(c.interaction.utterances), tuple((f.rule, f.verdict) for f in c.findings))
        for c in cards
    ]


def closed(events: Sequence[LiveEvent]) -> list[Scorecard]:
    return [event.card for event in events if isinstance(event, Closed)]


def test_a_morning_is_judged_as_its_recording_is(
    desk: Desk, judge: Callable[[Heard], Recording]
) -> None:
    gold = tomllib.loads(MORNING.read_text(encoding="utf-8"))
    turns = [turn for part in gold["interaction"] for turn in part["turn"]]
    said = [
        Utterance(i, t["text"], "unknown", t["start"], t["end"], 0.95, int(t["role"] != "clerk"))
        for i, t in enumerate(sorted(turns, key=lambda t: t["start"]))
    ]
    events = live(desk, said)
    events += desk.end(said[-1].end + 1)
    whole = judge(Heard("x", tuple(said), duration=said[-1].end, channels=2, began=BEGAN))
    assert verdicts(closed(events))[:-1] == verdicts(whole.scorecards)[:-1]
    counted = [
        (m.phrase_id, m.start)
        for card in whole.scorecards for m in card.interaction.matches
        if m.counted and m.polarity == "forbidden"
    ]  # fmt: skip
    alerts = [(e.match.phrase_id, e.match.start) for e in events if isinstance(e, Alert)]
    assert sorted(alerts) == sorted(counted)
    # Two or three utterances of the next customer are enough to know that the last one is gone.
    assert all(event.t - event.card.interaction.end < 90 for event in events
               if isinstance(event, Closed))  # fmt: skip


def test_who_is_not_greeted_is_told_while_there_is_time(desk: Desk) -> None:
    said = talk(("customer", "你好，我想查一下社保缴了多少年。"), ("customer", "我带了身份证。"),
                ("clerk", "身份证给我。"), ("customer", "给你，要多久？"))  # fmt: skip
    prompts = [e for e in live(desk, said) if isinstance(e, Prompt)]
    assert [p.kind for p in prompts] == ["greeting"]
    assert prompts[0].due == 6.0
    assert prompts[0].t - prompts[0].due <= 1.5


def test_nobody_is_reminded_of_what_was_said(desk: Desk) -> None:
    said = talk(*POLITE, *LATER, ("clerk", "查到了，您缴了十二年。"), ("customer", "好的，谢谢。"),
                ("clerk", "不客气，请慢走，再见。"))  # fmt: skip
    assert not [e for e in live(desk, said, until=60) if isinstance(e, Prompt)]


def test_a_clerk_who_is_just_speaking_is_not_reminded_to_greet(desk: Desk) -> None:
    said = talk(("customer", "我想查一下社保。"))
    said += [Utterance(0, "您好，请坐，请问有什么可以帮您？", "unknown", 5.5, 11.0, 0.95, 0)]
    said += talk(*LATER[:2], start=12.0)
    events = [*live(desk, said)]
    assert not [e for e in events if isinstance(e, Prompt)]


def test_a_customer_who_leaves_without_a_farewell_is_told_while_there_is_time(desk: Desk) -> None:
    said = talk(*POLITE, *LATER, ("clerk", "查到了，您缴了十二年。"), ("customer", "好，再见。"))
    prompts = [e for e in live(desk, said, until=40) if isinstance(e, Prompt)]
    assert [p.kind for p in prompts] == ["farewell"]
    assert prompts[0].t - said[-1].end <= 3.5


def test_thanks_that_get_no_word_are_to_be_answered(desk: Desk) -> None:
    said = talk(*POLITE, *LATER, ("clerk", "查到了，您缴了十二年。"), ("customer", "谢谢您。"))
    prompts = [e for e in live(desk, said, until=said[-1].end + 8) if isinstance(e, Prompt)]
    assert "thanks_reply" in [p.kind for p in prompts]


@pytest.mark.parametrize("reply", ["布克期。", "下一步您到三号窗口。"])
def test_who_said_anything_after_thanks_is_not_reminded_of_them(desk: Desk, reply: str) -> None:
    said = talk(*POLITE, *LATER, ("clerk", "查到了，您缴了十二年。"), ("customer", "谢谢您。"),
                ("clerk", reply), ("customer", "好的。"))  # fmt: skip
    prompts = [e for e in live(desk, said, until=said[-1].end + 8) if isinstance(e, Prompt)]
    assert "thanks_reply" not in [p.kind for p in prompts]


def test_what_may_still_go_on_is_alerted_at_once_and_taken_back_if_it_comes_to_nothing(
    desk: Desk,
) -> None:
    first = talk(*POLITE, ("clerk", "我不知道。"), ("clerk", "虽然这不归我管。"))
    list(live(desk, first[:2]))
    early = list(desk.glance(dataclasses.replace(first[2], heard="这不归我管"), 9.0))
    assert [(e.sure, e.match.phrase_id) for e in early if isinstance(e, Alert)] == [
        (False, "forbidden-not-my-job")
    ]
    whole = dataclasses.replace(first[2], heard="虽然不归我管，我帮您问一下。")
    after = list(desk.hear(whole, 11.5))
    assert [type(e) for e in after if isinstance(e, Alert | Withdrawn)] == [Withdrawn]
    assert not [e for e in desk.hear(dataclasses.replace(whole, start=20, end=22), 23.0)
                if isinstance(e, Alert | Withdrawn)]  # fmt: skip


def test_a_first_word_that_is_taken_to_begin_early_is_alerted_at_once(desk: Desk) -> None:
    said = talk(*POLITE, ("clerk", "这不归我管。"))
    list(live(desk, said[:2]))
    words = tuple(Word(c, said[2].start - 0.2 + 0.3 * i, said[2].start + 0.3 * (i + 1), 0.9)
                  for i, c in enumerate("这不归我管"))  # fmt: skip
    early = dataclasses.replace(said[2], heard="这不归我管", words=words)
    assert [e.match.start < said[2].start for e in desk.glance(early, 9.0)] == [True]


def test_what_breaks_off_in_the_middle_of_a_word_is_not_relied_on_to_its_end(desk: Desk) -> None:
    said = talk(*POLITE, ("clerk", "这不归我管，我只管收材料。"))
    list(live(desk, said[:2]))
    going_on = dataclasses.replace(said[2], heard="这不归我管")
    assert not list(desk.glance(going_on, 9.0, paused=False))
    assert list(desk.glance(going_on, 9.0, paused=True))


def test_what_was_alerted_early_is_not_alerted_again(desk: Desk) -> None:
    said = talk(*POLITE, ("clerk", "这不归我管，你去问别人。"))
    list(live(desk, said[:2]))
    early = [e for e in desk.glance(dataclasses.replace(said[2], heard="这不归我管"), 9.0)
             if isinstance(e, Alert)]  # fmt: skip
    assert len(early) == 1
    later = [e for e in desk.hear(said[2], 11.5) if isinstance(e, Alert | Withdrawn)]
    assert "forbidden-not-my-job" not in [e.match.phrase_id for e in later]


def settled(desk: Desk, said: Sequence[Utterance], now: float, **changes: str) -> list[LiveEvent]:
    """Let utterances be heard once more; `changes` says which ones then say something else."""
    window = [Speech(u.start, u.end, u.channel, np.zeros(0, np.float32)) for u in said]
    again = [
        dataclasses.replace(u, heard=changes.get(f"u{i}", u.heard)) for i, u in enumerate(said)
    ]
    return list(desk.settle(window, list(zip(window, again, strict=True)), now))


def test_what_is_heard_in_the_end_counts(desk: Desk) -> None:
    desk.settles = True
    said = talk(*POLITE, ("clerk", "这不归我管。"), ("customer", "好吧，再见。"))
    first = live(desk, said)
    assert [e.match.phrase_id for e in first if isinstance(e, Alert)] == ["forbidden-not-my-job"]
    after = settled(desk, said, 30.0, u2="这个归我管。")
    assert [e.utterance.heard for e in after if isinstance(e, Revised)] == ["这个归我管。"]
    assert [e.match.phrase_id for e in after if isinstance(e, Withdrawn)] == [
        "forbidden-not-my-job"
    ]
    (card,) = closed(list(desk.end(31.0)))
    assert not [m for m in card.interaction.matches if m.severity and m.counted]


def test_what_was_only_heard_in_the_end_is_alerted_late_and_counts(desk: Desk) -> None:
    desk.settles = True
    said = talk(*POLITE, ("clerk", "这个我看看。"), ("customer", "好吧，再见。"))
    assert not [e for e in live(desk, said) if isinstance(e, Alert)]
    after = settled(desk, said, 30.0, u2="这不归我管。")
    assert [e.match.phrase_id for e in after if isinstance(e, Alert)] == ["forbidden-not-my-job"]


def test_nobody_is_closed_before_all_was_heard_in_the_end(desk: Desk) -> None:
    desk.settles = True
    first = talk(*POLITE, *LATER, ("customer", "好，谢谢，再见。"), ("clerk", "不客气，再见。"))
    second = talk(("clerk", "您好，请问您办什么业务？"), ("customer", "办护照。"),
                  ("clerk", "请出示身份证。"), ("customer", "给。"),
                  start=first[-1].end + 20)  # fmt: skip
    assert not closed(live(desk, [*first, *second]))
    now = second[-1].end + 1
    assert not closed(settled(desk, first[:4], now))
    (card,) = closed(settled(desk, first[4:], now))
    assert len(card.interaction.utterances) == len(first)


def test_the_next_customer_is_looked_after_before_the_last_one_is_closed(desk: Desk) -> None:
    desk.settles = True
    first = talk(*POLITE, *LATER, ("customer", "好，谢谢，再见。"), ("clerk", "不客气，再见。"))
    second = talk(("customer", "你好，我要办护照。"), ("clerk", "身份证给我。"),
                  ("customer", "给，要多久？"), ("clerk", "十天。"),
                  start=first[-1].end + 20)  # fmt: skip
    events = live(desk, [*first, *second])
    assert not closed(events)
    (prompt,) = (e for e in events if isinstance(e, Prompt) and e.kind == "greeting")
    assert second[1].start < second[0].start + 6 < prompt.due == second[1].end  # just spoken
    assert prompt.t - second[0].start < 14


def test_windows_are_heard_again_as_a_recording_s_are() -> None:
    sound = blocks(SPOKEN)
    again: list[list[Speech]] = []

    class Recognises:
        name = "fake"

        def transcribe(
            self, speech: Sequence[Speech], ask: Ask | None = None
        ) -> Iterator[Transcribed]:
            again.append(list(speech))
            return (transcribed("您好", one) for one in speech)

    recognition = Recognition(Writes(), settling=Settling(Recognises()))
    notices = list(Ear(Script(sound), recognition, SpeechOptions()).notices())
    whole = list(pack(find_speech(iter(sound), SpeechOptions())))
    assert [[s.start for s in window] for window in again] == [
        [s.start for s in window] for window in whole
    ]
    windows = [n.window for n in notices if isinstance(n, Settled)]
    assert [[s.start for s in w] for w in windows] == [[s.start for s in w] for w in whole]


def test_a_customer_who_took_leave_and_says_nothing_more_is_taken_to_be_gone(desk: Desk) -> None:
    said = talk(*POLITE, *LATER, ("clerk", "查到了，您缴了十二年。"), ("customer", "好，再见。"))
    events = live(desk, said, until=said[-1].end + 29)
    assert not closed(events)
    assert desk.running is not None
    events = list(desk.tick(Passed(said[-1].end + 31, (None, None))))
    assert len(closed(events)) == 1
    assert desk.running is None


def test_a_customer_whose_clerk_went_for_papers_is_still_the_same(desk: Desk) -> None:
    said = talk(*POLITE, *LATER)
    more = talk(("clerk", "让您久等了，证明打好了。"), ("customer", "谢谢。"),
                ("clerk", "不客气，再见。"), start=said[-1].end + 200)  # fmt: skip
    events = live(desk, [*said, *more])
    events += desk.end(more[-1].end + 1)
    assert [len(card.interaction.utterances) for card in closed(events)] == [len(said + more)]


def test_a_customer_who_does_not_come_back_is_gone_some_time(desk: Desk) -> None:
    said = talk(*POLITE, *LATER, ("customer", "好的。"))
    assert not closed(live(desk, said, until=said[-1].end + 500))
    assert closed(list(desk.tick(Passed(said[-1].end + 601, (None, None)))))


def test_on_one_channel_an_enrolled_voice_tells_who_the_clerk_is(
    make_pipeline: Callable[..., Pipeline], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COURTESY_VOICEPRINTS", str(tmp_path / "voiceprints.json"))
    clips = [(voice(1, i), 5.0) for i in range(4)]
    keep(make_print("张三", FakeEncoder.name, clips, "2026-11-22"))
    settings = Settings().with_changes(dialogue={"clerk_voice": "张三"})
    pipeline = make_pipeline(FakeRecogniser([]), settings)
    pipeline._encoder = FakeEncoder([])
    pipeline.prepare()
    desk = Desk(pipeline, LiveOptions(), 1, BEGAN, "live")
    turns = (
        ("customer", "我想查一下社保缴了多少年。"), ("clerk", "什么事？"),
        ("customer", "查社保，我带了身份证。"), ("clerk", "拿来看看。"),
        ("customer", "你看这个要不要？"), ("clerk", "这不归我管，你去问别人。"),
        ("customer", "这不归我管？那归谁管？"), ("clerk", "下一个。"),
    )  # fmt: skip
    said = [
        dataclasses.replace(u, channel=None, voice=voice(1 if u.channel == 0 else 2, 10 + i))
        for i, u in enumerate(talk(*turns))
    ]
    events = live(desk, said)
    (card,) = closed([*events, *desk.end(said[-1].end + 1)])
    assert [u.role for u in card.interaction.utterances] == [who for who, _ in turns]
    alerted = {e.match.start for e in events if isinstance(e, Alert)}
    assert said[5].start in alerted
    assert said[6].start not in alerted


@pytest.mark.parametrize("lang", LANGUAGES)
def test_events_are_json_of_known_names(desk: Desk, lang: str) -> None:
    said = talk(("customer", "查社保。"), ("clerk", "这不归我管。"), ("customer", "那谁管？"))
    events = [*live(desk, said), *desk.end(20.0)]
    lines = [json.loads(json.dumps(as_dict(event, 20.0, lang))) for event in events]
    assert {line["event"] for line in lines} >= {"utterance", "alert", "prompt", "interaction"}
    assert all(isinstance(line["t"], float) for line in lines)


class Script:
    """A source of what it is told."""

    name = "script"
    channels = 1
    waits = False
    whole = True
    paused = False

    def __init__(self, items: Sequence[Item | threading.Event]) -> None:
        self.items = items
        self.closed = threading.Event()

    def blocks(self) -> Iterator[Item]:
        for item in self.items:
            if self.closed.is_set():
                return
            if isinstance(item, threading.Event):
                assert item.wait(30)
            else:
                yield item

    def pause(self) -> None:
        raise NotImplementedError

    resume = pause

    def close(self) -> None:
        self.closed.set()


class Writes:
    """Follows a stream and writes how long each stretch is; fails or waits when it is told to."""

    def __init__(self, does: Callable[[Speech], None] = lambda _: None) -> None:
        self.does = does
        self.heard: list[Speech] = []
        self.hasty: list[bool] = []

    def hear(
        self, speech: Speech, ask: Ask | None = None, *, in_haste: bool = False
    ) -> Transcribed:
        self.does(speech)
        self.heard.append(speech)
        self.hasty.append(in_haste)
        return transcribed("您好", speech)

    def forget(self) -> None:
        pass


def blocks(path: Path) -> list[Samples]:
    source = FileSource(path, pace=0)
    return [one for one in source.blocks() if isinstance(one, np.ndarray)]


SPOKEN = SAMPLES / "counter" / "shebao-good.opus"


def test_a_file_is_cut_live_as_it_is_cut_whole() -> None:
    whole = list(find_speech(open_recording(SPOKEN).blocks(), SpeechOptions()))
    notices = list(
        Ear(FileSource(SPOKEN, pace=0), Recognition(Writes()), SpeechOptions()).notices()
    )
    final = [n.heard.speech for n in notices if isinstance(n, Result) and n.heard.speech.final]
    assert [(s.start, s.end, s.channel) for s in final] == [
        (s.start, s.end, s.channel) for s in whole
    ]
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(final, whole, strict=True))


def test_who_talks_on_is_heard_in_the_meantime() -> None:
    said = list(find_speech(iter(blocks(SPOKEN)), SpeechOptions(), early=True))
    long = next(s for s in said if s.final and s.end - s.start > 3.0)
    looks = [s for s in said if not s.paused and long.start == s.start]
    assert len(looks) >= 2
    assert all(not s.final and s.end < long.end for s in looks)
    assert max(np.diff([s.end for s in looks])) < 1.0
    assert np.array_equal(looks[-1].samples, long.samples[: len(looks[-1].samples)])


def test_a_file_is_played_at_its_pace() -> None:
    slept: list[float] = []
    source = FileSource(SPOKEN, pace=4.0, clock=lambda: sum(slept), sleep=slept.append)
    length = sum(b.shape[1] for b in source.blocks() if isinstance(b, np.ndarray)) / RATE
    assert sum(slept) == pytest.approx(length / 4)


def test_a_gap_is_told_and_time_goes_on_after_it() -> None:
    sound = blocks(SPOKEN)
    gap = Gap(30.0, Text("麦克风断了", "the microphone was gone"))
    notices = list(
        Ear(Script([*sound, gap, *sound]), Recognition(Writes()), SpeechOptions()).notices()
    )
    assert gap in notices
    starts = [n.heard.speech.start for n in notices if isinstance(n, Result)
              and n.heard.speech.final]  # fmt: skip
    half = len(starts) // 2
    length = sum(b.shape[1] for b in sound) / RATE
    assert starts[half:] == pytest.approx([s + length + 30.0 for s in starts[:half]], abs=0.1)
    assert max(n.now for n in notices if isinstance(n, Passed)) == pytest.approx(2 * length + 30)


def test_what_is_said_in_a_break_is_not_heard() -> None:
    source = FileSource(SPOKEN, pace=0)
    given: list[Item] = []
    for item in source.blocks():
        given.append(item)
        if len(given) == 100:
            source.pause()
        elif isinstance(item, Break):
            # What follows is taken when the next item is asked for, which is after the break.
            threading.Timer(0.02, source.resume).start()
    assert [type(one) for one in given[98:102]] == [np.ndarray, np.ndarray, Break, Gap]
    whole = sum(one.shape[1] for one in blocks(SPOKEN)) / RATE
    heard = sum(one.shape[1] for one in given if isinstance(one, np.ndarray)) / RATE
    lost = sum(one.seconds for one in given if isinstance(one, Gap))
    assert heard + lost == pytest.approx(whole)


def test_a_break_closes_the_interaction_and_is_told_after_what_was_said_before(
    make_pipeline: Callable[..., Pipeline],
) -> None:
    sound = blocks(SPOKEN)
    rest = [Break(), Gap(600.0, Text("休息", "on a break"))]
    ear = Ear(Script([*sound, *rest, *sound]), Recognition(Writes()), SpeechOptions())
    desk = Desk(make_pipeline(), LiveOptions(), 2, BEGAN, "live")
    events = [e for e in happenings(ear, desk, Voices(None)) if not isinstance(e, Passed)]
    at = events.index(Break())
    assert len([e for e in events[:at] if isinstance(e, Closed)]) == 1
    assert len([e for e in events[at:] if isinstance(e, Closed)]) == 1


def test_what_was_said_before_the_microphone_went_away_does_not_wait_for_it_to_come_back() -> None:
    sound = blocks(SPOKEN)
    ends = [s.end for s in find_speech(iter(sound), SpeechOptions())]
    at = int((ends[0] + 0.1) * RATE / BLOCK)  # before its pause is over
    heard, gone = threading.Event(), Text("麦克风断了", "the microphone was gone")
    script = Script([*sound[:at], Trouble(gone), heard, Gap(60.0, gone), *sound[at:]])
    follows = Writes(lambda speech: speech.final and heard.set())
    notices = list(Ear(script, Recognition(follows), SpeechOptions()).notices())
    first = next(i for i, n in enumerate(notices) if isinstance(n, Result) and n.heard.speech.final)
    order = [i for i, n in enumerate(notices) if isinstance(n, Trouble | Gap)]
    assert order[0] < first < order[1]


def test_who_stops_asking_leaves_no_thread_behind(make_pipeline: Callable[..., Pipeline]) -> None:
    ear = Ear(FileSource(SPOKEN, pace=0), Recognition(Writes()), SpeechOptions())
    desk = Desk(make_pipeline(), LiveOptions(), 2, BEGAN, "live")
    before = set(threading.enumerate())
    with contextlib.closing(happenings(ear, desk, Voices(None))) as happening:
        next(happening)
        own = set(threading.enumerate()) - before
        assert own
    assert not own & set(threading.enumerate())


def test_a_recogniser_that_fails_once_costs_one_utterance(
    make_pipeline: Callable[..., Pipeline],
) -> None:
    failed: list[Speech] = []

    def fail_once(speech: Speech) -> None:
        if speech.final and not failed:
            failed.append(speech)
            raise SpeechError(Text("坏了", "broken"))

    ear = Ear(Script(blocks(SPOKEN)), Recognition(Writes(fail_once)), SpeechOptions())
    desk = Desk(make_pipeline(), LiveOptions(), 2, BEGAN, "live")
    events = list(happenings(ear, desk, Voices(None)))
    missed = [e for e in events if isinstance(e, Missed)]
    assert [m.speech.start for m in missed] == [failed[0].start]
    assert len([e for e in events if isinstance(e, Said)]) > 10


def test_a_recogniser_that_always_fails_is_no_silence() -> None:
    def fail(_: Speech) -> None:
        raise SpeechError(Text("坏了", "broken"))

    with pytest.raises(SpeechError, match="broken"):
        list(Ear(Script(blocks(SPOKEN)), Recognition(Writes(fail)), SpeechOptions()).notices())


def test_a_machine_that_is_too_slow_gives_way_in_the_stated_order_and_says_so() -> None:
    sound = blocks(SPOKEN)
    behind = threading.Event()
    follows = Writes(lambda _: behind.wait(30) and None)
    notices: list[Notice] = []
    for notice in Ear(Script([*sound] * 2), Recognition(follows), SpeechOptions()).notices():
        notices.append(notice)
        if isinstance(notice, Passed) and notice.now > 40:
            behind.set()  # by now everything waits
    loads = [n for n in notices if isinstance(n, Load)]
    order = [way for _, way in GIVES_WAY if way != "model"]  # there is no smaller one
    assert all(list(load.given) == order[: len(load.given)] for load in loads)
    worst = max(loads, key=lambda load: len(load.given))
    assert list(worst.given) == order
    missed = [n for n in notices if isinstance(n, Missed)]
    assert missed
    for lang in LANGUAGES:
        assert all(m.why.say(lang) for m in missed)
        assert as_dict(worst, 40.0, lang)["text"]


def test_a_smaller_model_takes_over_and_gives_back() -> None:
    sound = blocks(SPOKEN)
    ends = [s.end for s in find_speech(iter(sound), SpeechOptions())]
    behind, taken = threading.Event(), threading.Event()
    follows = Writes(lambda _: behind.wait(30) and None)
    small = Writes(lambda _: taken.set())
    at = int((ends[1] + 10) * RATE / BLOCK)
    # The second utterance waits ten seconds, for which a smaller model is taken.
    script = Script([*sound[:at], taken, *sound[at:]])
    for notice in Ear(
        script, Recognition(follows, smaller=lambda: small), SpeechOptions()
    ).notices():
        if isinstance(notice, Passed) and notice.now > ends[1] + 9.8:
            behind.set()
    assert small.heard
    assert follows.heard[-1].start > small.heard[-1].start  # the last one is not late


def test_what_was_not_heard_is_not_called_missing(make_pipeline: Callable[..., Pipeline]) -> None:
    settings = Settings().with_changes(dialogue={"clerk": "left"})
    said = talk(("customer", "你好，我想查一下社保缴了多少年。"), ("clerk", "身份证给我。"),
                ("customer", "给你。"), ("clerk", "缴了十二年。"), ("customer", "好，谢谢，再见。"),
                start=35.0)  # fmt: skip
    found = {}
    for gap in (None, Gap(30.0, Text("麦克风断了", "the microphone was gone"))):
        desk = Desk(make_pipeline(settings=settings), LiveOptions(), 2, BEGAN, "live")
        if gap:
            desk.lose(4.0, gap)
        events = [event for one in said for event in desk.hear(one, one.end + 1)]
        (card,) = closed([*events, *desk.end(said[-1].end + 1)])
        found[gap is None] = {f.rule: f.verdict for f in card.findings}["greeting"]
    assert found == {True: "fail", False: "unsure"}


@pytest.mark.model
def test_the_command_hears_live_what_the_file_holds(tmp_path: Path, model_folder: Path) -> None:
    events = tmp_path / "events.jsonl"
    file = str(SPOKEN)
    done = CliRunner().invoke(
        app, ["live", "--source", file, "--pace", "0", "--events", str(events)]
    )
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in events.read_text(encoding="utf-8").splitlines()]
    ended = [line["interaction"] for line in lines if line["event"] == "interaction"]
    scored = CliRunner().invoke(app, ["score", "--json", file])
    (whole,) = json.loads(scored.stdout)["recordings"][0]["interactions"]
    assert len(ended) == 1
    same = {f["rule"]: f["verdict"] for f in whole["findings"]}
    assert {f["rule"]: f["verdict"] for f in ended[0]["findings"]} == same
    rude = {m["phrase_id"] for m in whole["matches"] if m["counted"] and m["severity"]}
    assert {line["match"]["phrase_id"] for line in lines if line["event"] == "alert"} == rude


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a disk that is always full")
def test_events_that_cannot_be_written_are_one_sentence_also_when_they_are_closed() -> None:
    with (
        pytest.raises(OutputError, match="/dev/full") as told,
        EventsFile("/dev/full", "en") as file,
    ):
        file.take(Break(), 0.0)
    assert "full" in told.value.text.en


def test_a_source_that_is_not_there_is_one_sentence() -> None:
    done = CliRunner().invoke(app, ["live", "--source", "nowhere.wav"])
    assert done.exit_code == 1
    assert "nowhere.wav" in done.output
    assert "Traceback" not in done.output
