"""Sound that is kept at a counter: what was heard, no more than asked for, for its owner only."""

import dataclasses
import errno
import threading
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from fakes import SAMPLES, FakeRecogniser, decoded, noise, tone
from test_live import LATER, POLITE, Script, Writes, talk

from courtesy.began import by_name
from courtesy.config import LiveOptions, Settings, SpeechOptions
from courtesy.errors import OutputError
from courtesy.live.clips import Clips, Ring, faults
from courtesy.live.desk import Desk
from courtesy.live.ear import Ear, Passed, Recognition
from courtesy.live.events import Alert, Closed, LiveEvent
from courtesy.live.recorder import Recorder
from courtesy.live.sitting import Sitting
from courtesy.live.source import BLOCK, FileSource, Gap
from courtesy.messages import LANGUAGES, Text
from courtesy.pipeline import Pipeline
from courtesy.records import Clip, Scorecard, Utterance
from courtesy.speech.decode import RATE, Samples, open_recording
from courtesy.speech.flac import FlacWriter, in_16_bits, write_flac

BEGAN = datetime(2026, 11, 23, 9)
SITTING = Sitting("麦克风", BEGAN, 1, window="3号窗口")
SPOKEN = SAMPLES / "counter" / "shebao-good.opus"


def in_blocks(sound: Samples) -> list[Samples]:
    sound = np.atleast_2d(sound)
    return [sound[:, at : at + BLOCK] for at in range(0, sound.shape[1], BLOCK)]


def record(
    sound: Sequence[Samples | int],
    folder: Path,
    complain: Callable[[Text], object] = lambda _: None,
    sitting: Sitting = SITTING,
) -> Recorder:
    with Recorder(sitting, folder, complain) as recorder:
        for block in sound:
            recorder.keep(block)
    return recorder


# --- the whole session ----------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 2])
def test_the_file_holds_the_samples_that_were_heard(channels: int, tmp_path: Path) -> None:
    heard = np.stack([noise(20.0, 0.2, seed) for seed in range(channels)])
    heard[:, :4] = [-1.0, 1.0, 0.0, -0.5]
    heard = (in_16_bits(heard) / np.float32(32768)).astype(np.float32)  # as a microphone gives it
    sitting = dataclasses.replace(SITTING, channels=channels)
    recorder = record(in_blocks(heard), tmp_path, sitting=sitting)
    assert np.array_equal(decoded(recorder.file), heard)
    assert recorder.whole
    opened = open_recording(recorder.file)
    assert opened.whole
    assert opened.declared == 20.0


def test_the_file_is_named_by_its_beginning_and_is_its_owners(
    tmp_path: Path, make_pipeline: Callable[..., Pipeline]
) -> None:
    recorder = record(in_blocks(tone(2.0)), tmp_path / "new")
    assert recorder.file.stat().st_mode & 0o077 == 0
    assert recorder.file.parent.stat().st_mode & 0o077 == 0
    (heard,) = make_pipeline(FakeRecogniser(["您好"])).hear(recorder.file)
    assert heard.began == BEGAN
    again = record(in_blocks(tone(1.0)), tmp_path / "new")
    assert again.file != recorder.file


def test_what_was_lost_is_silence_of_the_same_length(tmp_path: Path) -> None:
    piece = tone(2.0)
    recorder = record([*in_blocks(piece), 90 * RATE, *in_blocks(piece), 7 * RATE], tmp_path)
    found = decoded(recorder.file)[0]
    assert len(found) == 101 * RATE
    assert not found[2 * RATE : 92 * RATE].any()
    assert np.abs(found[92 * RATE : 94 * RATE] - piece).max() < 1e-4


def test_the_ear_gives_all_it_hears(tmp_path: Path) -> None:
    sound = [b for b in FileSource(SPOKEN, pace=0).blocks() if isinstance(b, np.ndarray)]
    sitting = dataclasses.replace(SITTING, channels=2)
    gap = Gap(3.0, Text("断了", "gone"))
    with Recorder(sitting, tmp_path, lambda _: None) as recorder:
        ear = Ear(
            Script([*sound, gap, *sound]),
            Recognition(Writes()),
            SpeechOptions(),
            keep=recorder.keep,
        )
        last = max(n.now for n in ear.notices() if isinstance(n, Passed))
    found = decoded(recorder.file)
    assert found.shape[1] / RATE == pytest.approx(last)
    size = sum(b.shape[1] for b in sound)
    assert np.abs(found[:, :size] - np.concatenate(sound, axis=1)).max() <= 1 / 32768
    assert np.array_equal(found[:, :size], found[:, size + 3 * RATE :])


@pytest.mark.parametrize("less", [0, 1, 700])
def test_a_power_cut_costs_seconds_and_is_seen(less: int, tmp_path: Path) -> None:
    """What is on the disk at some moment, perhaps with a half-written end, can be heard."""
    sound = noise(30.0, 0.1)
    recorder = Recorder(SITTING, tmp_path, lambda _: None)
    with recorder:
        for block in in_blocks(sound):
            recorder.keep(block)
        wait_until(lambda: recorder._waiting.empty())
        torn = recorder.file.read_bytes()
    cut = tmp_path / "cut.flac"
    cut.write_bytes(torn[: len(torn) - less])
    opened = open_recording(cut)
    assert not opened.whole
    found = np.concatenate(list(opened.blocks()), axis=1)[0]
    assert 27.0 < len(found) / RATE <= 30.0
    assert np.abs(found - sound[: len(found)]).max() < 1e-4


def wait_until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        threading.Event().wait(0.01)
    pytest.fail("it never came to that")


class Full:
    """A file on a disk that gets full."""

    def __init__(self, file: object, room: int) -> None:
        self.file, self.room = file, room

    def write(self, data: bytes) -> int:
        self.room -= len(data)
        if self.room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self.file.write(data)

    def __getattr__(self, name: str) -> object:
        return getattr(self.file, name)


def test_a_full_disk_is_told_once_and_listening_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open

    def small(self: Path, mode: str = "r", **options: object) -> object:
        file = opened(self, mode, **options)
        return Full(file, 200_000) if mode == "r+b" else file

    monkeypatch.setattr(Path, "open", small)
    told: list[Text] = []
    with Recorder(SITTING, tmp_path, told.append) as recorder:
        for block in in_blocks(noise(30.0, 0.2)):
            recorder.keep(block)
        wait_until(lambda: not recorder.whole)
        for block in in_blocks(noise(120.0)):
            recorder.keep(block)
    monkeypatch.undo()
    assert len(told) == 1
    assert "the disk is full" in told[0].en
    assert all(str(recorder.file) in told[0].say(lang) for lang in LANGUAGES)
    assert decoded(recorder.file).shape[1] > 3 * RATE
    assert not open_recording(recorder.file).whole


def test_a_disk_that_stands_still_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courtesy.live.recorder._WAITING", 5)
    monkeypatch.setattr("courtesy.live.recorder._PATIENCE", 0.05)
    moves = threading.Event()
    monkeypatch.setattr(FlacWriter, "write", lambda *_: moves.wait(20) and None)
    told: list[Text] = []
    with Recorder(SITTING, tmp_path, told.append) as recorder:
        for block in in_blocks(tone(60.0)):
            recorder.keep(block)
        assert not recorder.whole
        moves.set()
    assert len(told) == 1
    assert "too slow" in told[0].en


def test_a_folder_that_cannot_be_is_said_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="sound_folder"):
        Recorder(SITTING, tmp_path / "file", lambda _: None)


def test_a_clip_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FlacWriter, "write", fail)
    with pytest.raises(OSError, match="No space"):
        write_flac(tmp_path / "a.flac", np.zeros((1, 99), np.int16))
    assert not list(tmp_path.iterdir())


# --- clips ----------------------------------------------------------------------------------------


def test_the_ring_gives_back_what_it_holds_and_takes_no_more_memory() -> None:
    ring = Ring(2, seconds=5.0)
    counted = np.arange(60 * RATE, dtype=np.float32) % 30_000 / 32_768
    tracemalloc.start()
    for block in in_blocks(np.stack([counted, -counted])):
        ring.keep(block)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 40e6  # of the sound itself
    assert ring.end == 60.0
    start, sound = ring.cut(56.0, 58.5)
    assert start == 56.0
    first = 56 * RATE
    assert np.array_equal(sound[0], np.arange(first, first + int(2.5 * RATE)) % 30_000)
    assert np.array_equal(sound[1], -sound[0])
    assert ring.cut(10.0, 20.0) is None
    assert ring.cut(61.0, 62.0) is None
    assert ring.cut(50.0, 56.0)[0] == 55.0  # what is left of it


def test_a_gap_in_the_ring_is_silence() -> None:
    ring = Ring(1, seconds=4.0)
    ring.keep(np.full((1, 3 * RATE), 0.5, np.float32))
    ring.keep(RATE)
    _, sound = ring.cut(2.0, 4.0)
    assert sound[0, :RATE].all()
    assert not sound[0, RATE:].any()
    ring.keep(100 * RATE)
    start, sound = ring.cut(0.0, 200.0)
    assert start == 100.0
    assert not sound.any()


@pytest.fixture
def desk(make_pipeline: Callable[..., Pipeline]) -> Desk:
    settings = Settings().with_changes(dialogue={"clerk": "left"})
    return Desk(make_pipeline(settings=settings), LiveOptions(), 2, BEGAN, "live")


def happen(
    desk: Desk, clips: Clips, said: Sequence[Utterance], until: float
) -> Iterator[tuple[LiveEvent | Passed, float]]:
    """Let talk and its sound happen, a second at a time; second n of the sound has the value n."""
    waiting = sorted(said, key=lambda u: u.end or 0.0)
    for second in range(int(until)):
        clips.ring.keep(np.full((2, RATE), second / 32_768, np.float32))
        now = second + 1.0
        while waiting and (waiting[0].end or 0.0) + 0.5 <= now:
            yield from ((event, now) for event in desk.hear(waiting.pop(0), now))
        passed = Passed(now, (None, None), tuple(u.channel for u in waiting if u.end < now))
        yield passed, now
        yield from ((event, now) for event in desk.tick(passed))
    yield from ((event, until) for event in desk.end(until))


def clipped(
    desk: Desk, folder: Path, said: Sequence[Utterance], until: float
) -> tuple[list[tuple[Scorecard, tuple[Clip, ...]]], list[Text]]:
    """Return what closes with its clips, and what was complained of."""
    told: list[Text] = []
    found = []
    with Clips(dataclasses.replace(SITTING, channels=2), folder, told.append) as clips:
        for event, now in happen(desk, clips, said, until):
            clips.take(event, now)
            if isinstance(event, Closed):
                found.append((event.card, clips.of(event.card)))
    return found, told


RUDE = [*POLITE, ("clerk", "我不知道，这不归我管。"), ("customer", "那我找谁？")]
MEEK = [*POLITE, *LATER, ("clerk", "查到了，您缴了十二年。"), ("customer", "好的，谢谢。"),
        ("clerk", "不客气，请慢走，再见。")]  # fmt: skip


def breach(card: Scorecard) -> tuple[float, float]:
    ((start, end),) = {(f.start, f.end) for f in faults(card) if f.rule == "forbidden"}
    return start, end


def test_what_must_not_be_said_can_be_listened_to(desk: Desk, tmp_path: Path) -> None:
    ((card, clips),), told = clipped(desk, tmp_path, talk(*RUDE), 30)
    start, end = breach(card)
    one = next(c for c in clips if c.start <= start and end <= c.end)
    assert (one.start, one.end) == (pytest.approx(start - 2), pytest.approx(end + 2))
    file = Path(one.path)
    assert file.stat().st_mode & 0o077 == 0
    assert by_name(one.path) == BEGAN + timedelta(seconds=int(one.start))
    sound = np.rint(decoded(file) * 32_768)
    assert sound.shape == (2, round((one.end - one.start) * RATE))
    assert (sound[0, 0], sound[1, -1]) == (int(one.start), int(one.end - 0.001))
    assert not told


def test_an_interaction_may_last_longer_than_the_ring(desk: Desk, tmp_path: Path) -> None:
    said = talk(*RUDE)
    # The customer's business goes on for a long while, without a pause that would end it.
    said += talk(*[("customer", "我再看看这个表怎么填。"), ("clerk", "好的，您慢慢填。")] * 60,
                 start=16.0)  # fmt: skip
    found, _ = clipped(desk, tmp_path, said, said[-1].end + 5)
    card, clips = found[0]
    assert card.interaction.end - card.interaction.start > 300
    start, end = breach(card)
    one = next(c for c in clips if c.start <= start and end <= c.end)
    assert np.rint(decoded(Path(one.path)) * 32_768)[0, 0] == int(one.start)


def test_of_what_is_found_no_fault_with_nothing_is_kept(desk: Desk, tmp_path: Path) -> None:
    found, _ = clipped(desk, tmp_path, talk(*MEEK), 60)
    ((card, clips),) = found
    assert not faults(card)
    assert not clips
    assert not list(tmp_path.rglob("*.flac"))


def test_an_alert_that_comes_to_nothing_leaves_no_sound(desk: Desk, tmp_path: Path) -> None:
    said = talk(*POLITE, ("clerk", "虽然不归我管，我帮您问一下。"))
    early = dataclasses.replace(said[2], heard="这不归我管")
    told: list[Text] = []
    with Clips(dataclasses.replace(SITTING, channels=2), tmp_path, told.append) as clips:
        for event, now in happen(desk, clips, said[:2], 10):
            if not isinstance(event, Closed):
                clips.take(event, now)
        desk.running = None
        alerts = [e for e in desk.glance(early, 10.5) if isinstance(e, Alert)]
        assert alerts
        for event in [*alerts, *desk.hear(said[2], 11.5), *desk.end(12.0)]:
            clips.take(event, 12.0)
    assert not [f for f in tmp_path.rglob("*.flac") if "forbidden" in f.name]


def test_of_long_evidence_twenty_seconds_are_kept(desk: Desk, tmp_path: Path) -> None:
    ((card, _),), _ = clipped(desk, tmp_path / "a", talk(*RUDE), 30)
    long = tuple(
        dataclasses.replace(f, end=f.start + 100.0) if f.rule == "forbidden" else f
        for f in card.findings
    )
    card = dataclasses.replace(card, findings=long)
    with Clips(dataclasses.replace(SITTING, channels=2), tmp_path / "b", lambda _: None) as clips:
        clips.ring.keep(150 * RATE)
        clips.take(Closed(150.0, card), 150.0)
        (one,) = [c for c in clips.of(card) if c.start == pytest.approx(breach(card)[0] - 2)]
    assert one.end - one.start == 20.0


def test_clips_that_cannot_be_written_are_told_once(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FlacWriter, "write", fail)
    said = [u for i in range(3) for u in talk(*RUDE, start=100.0 * i)]
    found, told = clipped(desk, tmp_path, said, 300)
    assert len(found) == 3
    assert len(told) == 1
    assert all("sound_folder" in told[0].say(lang) for lang in LANGUAGES)
