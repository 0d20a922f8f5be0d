"""The microphone itself: sound played at a counter, through a sound server, PortAudio and ALSA."""

import json
import queue
import subprocess
import sys
import threading
import time
import tomllib
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from fakes import SAMPLES
from pulse import Pulse, stop

import courtesy
from courtesy.speech.decode import RATE, open_recording

TESTS = Path(__file__).parent
ROOT = Path(courtesy.__file__).resolve().parents[1]
SPOKEN = SAMPLES / "counter" / "shebao-good.opus"
RUDE = SAMPLES / "counter" / "shuiwu-poor.opus"
NOTICED = 2.0  # seconds until trouble must be told
WAIT = 60.0  # seconds, for what takes as long as it takes

Event = dict[str, Any]
Sound = npt.NDArray[np.float32]


class Program:
    """A program that listens and prints events; those are stamped when they come."""

    def __init__(self, pulse: Pulse, words: list[str], **more: str) -> None:
        environ = pulse.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | more
        self.process = subprocess.Popen(
            [sys.executable, *words],
            env=environ, text=True, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.events: list[Event] = []
        self._coming: queue.Queue[Event] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            if not line.endswith("\n"):  # killed in the middle of it
                break
            self._coming.put({"at": time.time()} | json.loads(line))
        self._coming.put({"event": "gone", "at": time.time()})

    def until(self, kind: str) -> Event:
        """Return the next event of a kind."""
        until = time.monotonic() + WAIT
        while True:
            try:
                event = self._coming.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                pytest.fail(f"no {kind}: {self.events}")
            self.events.append(event)
            if event["event"] == kind:
                return event
            assert event["event"] != "gone", self.events

    def all(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["event"] == kind]

    def say(self, word: str) -> None:
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@pytest.fixture
def counter(pulse: Pulse) -> Pulse:
    """Give the server as it is in the morning, whatever a test before did to it."""
    pulse.restart()
    return pulse


Listen = Callable[..., Program]


@pytest.fixture
def listen(counter: Pulse, tmp_path: Path) -> Iterator[Listen]:
    """Begin to listen; the sound goes to a file."""
    begun: list[Program] = []

    def begin(**more: str) -> Program:
        sound = str(tmp_path / "heard")
        begun.append(Program(counter, [str(TESTS / "listens.py")], SOUND=sound, **more))
        return begun[-1]

    yield begin
    for program in begun:
        program.end()


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give eight seconds of talk in a hall, whose every moment is unlike every other."""
    sound = np.concatenate([b[0] for b in open_recording(SPOKEN).blocks()])[: 8 * RATE]
    hall = np.random.default_rng(1).standard_normal(len(sound)).astype(np.float32)
    # Low enough for any resampler to leave it as it is.
    sound += np.convolve(hall, np.hanning(16).astype(np.float32), "same") * np.float32(0.016)
    return write(tmp_path_factory.mktemp("spoken") / "spoken.wav", sound)


def write(path: Path, sound: Sound) -> Path:
    """Write sound of shape (n,) or (channels, n)."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if sound.ndim == 1 else len(sound))
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound.T, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def played(path: Path) -> Sound:
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32767


def finished(program: Program, tmp_path: Path) -> Sound:
    """Close the microphone and return what it heard."""
    program.say("close")
    program.until("over")
    return np.fromfile(tmp_path / "heard", np.float32)


def places(sound: Sound, heard: Sound, piece: float = 2.0) -> list[tuple[float, float]]:
    """Return where in what was heard each piece of a sound lies, in seconds, and how alike it is.

    A piece that lies elsewhere than those before it would mean a hole, or sound heard twice.
    """
    size, found = round(piece * RATE), []
    for at in range(0, len(sound) - size + 1, size):
        part = sound[at : at + size]
        length = len(heard) + size
        product = np.fft.irfft(np.fft.rfft(heard, length) * np.conj(np.fft.rfft(part, length)))
        place = int(product[: len(heard)].argmax())
        there = heard[place : place + size]
        alike = float(part[: len(there)] @ there)
        alike /= float(np.linalg.norm(part) * np.linalg.norm(there)) + 1e-9
        found.append(((place - at) / RATE, alike))
    return found


def assert_in_one_piece(sound: Sound, heard: Sound) -> None:
    found = places(sound, heard)
    first = found[0][0]
    # The server itself slips by a sample now and then, which makes shrill sounds unlike.
    assert all(abs(at - first) < 0.005 and alike > 0.8 for at, alike in found), found


def test_what_is_said_at_the_counter_arrives_whole(
    counter: Pulse, listen: Listen, spoken: Path, tmp_path: Path
) -> None:
    program = listen()
    program.until("sound")
    counter.play(spoken).wait(WAIT)
    time.sleep(0.5)
    heard = finished(program, tmp_path)
    assert_in_one_piece(played(spoken), heard)
    # As loud as it was.
    assert np.abs(heard).max() == pytest.approx(np.abs(played(spoken)).max(), rel=0.15)
    assert not program.all("gap")
    assert not program.all("trouble")


def gone_and_back(
    program: Program, leaves: Callable[[], None], returns: Callable[[], None], away: float
) -> None:
    """Have the microphone go away and come back, and look at what is told of it."""
    program.until("sound")
    time.sleep(1.0)
    left = time.time()
    leaves()
    trouble = program.until("trouble")
    assert trouble["at"] - left < NOTICED
    time.sleep(max(0.0, left + away - time.time()))
    returns()
    gap = program.until("gap")
    back = program.until("sound")
    assert back["at"] - left > away
    assert gap["seconds"] == pytest.approx(back["at"] - left, abs=1.0)


@pytest.mark.parametrize("what", ["unplugged", "asleep", "server killed"])
def test_a_microphone_that_goes_away_is_told_and_heard_again(
    counter: Pulse, listen: Listen, spoken: Path, tmp_path: Path, what: str
) -> None:
    leaves, returns = {
        "unplugged": (counter.unplug, counter.plug),
        "asleep": (lambda: counter.suspend(True), lambda: counter.suspend(False)),
        "server killed": (counter.kill, counter.start),
    }[what]
    program = listen()
    gone_and_back(program, leaves, returns, away=3.0)
    counter.play(spoken).wait(WAIT)
    time.sleep(0.5)
    assert_in_one_piece(played(spoken), finished(program, tmp_path))
    assert len(program.all("gap")) == 1


def test_sound_that_is_missing_without_a_word_is_told(
    counter: Pulse, listen: Listen, tmp_path: Path
) -> None:
    program = listen()
    program.until("sound")
    time.sleep(1.5)
    began = time.time()
    counter.suspend(True)  # for less than it takes to be noticed
    time.sleep(0.5)
    counter.suspend(False)
    lasted = time.time() - began
    gap = program.until("gap")
    assert gap["at"] - began - lasted < NOTICED
    assert gap["seconds"] == pytest.approx(lasted, abs=0.5)
    time.sleep(1.5)
    finished(program, tmp_path)
    assert len(program.all("gap")) == 1


def test_a_process_that_was_stopped_hears_what_was_kept_for_it(
    counter: Pulse, listen: Listen, spoken: Path, tmp_path: Path
) -> None:
    program = listen()
    program.until("sound")
    playing = counter.play(spoken)
    time.sleep(3.0)
    stop(program.process, 4.0)
    playing.wait(WAIT)
    time.sleep(0.5)
    heard = finished(program, tmp_path)
    assert_in_one_piece(played(spoken), heard)
    assert not program.all("gap")
    assert not program.all("trouble")


def test_a_dead_microphone_is_refused(listen: Listen) -> None:
    program = listen(CHECKED="1")
    asked = program.until("trouble")
    assert "say something" in asked["why"]
    refused = program.until("refused")
    assert "courtesy live --devices" in refused["why"]
    assert program.process.wait(WAIT) == 0


def test_a_live_one_is_measured_and_clipping_refused(
    counter: Pulse, listen: Listen, spoken: Path, tmp_path: Path
) -> None:
    program = listen(CHECKED="1")
    program.until("trouble")
    playing = counter.play(spoken)
    level = program.until("input")
    assert level["why"] is None
    assert -45 < level["level"] < -5
    playing.wait(WAIT)
    time.sleep(0.5)
    assert_in_one_piece(played(spoken), finished(program, tmp_path))

    counter.play(write(tmp_path / "loud.wav", played(spoken) * 60))
    refused = listen(CHECKED="1").until("refused")
    assert "gain down" in refused["why"]


def test_a_break_is_not_heard_and_after_it_everything_is(
    counter: Pulse, listen: Listen, spoken: Path, tmp_path: Path
) -> None:
    program = listen()
    program.until("sound")
    time.sleep(1.0)
    before = time.time()
    program.say("pause")
    assert program.until("break")["at"] - before < NOTICED
    counter.play(spoken)  # nobody's business
    time.sleep(3.0)
    program.say("resume")
    gap = program.until("gap")
    assert gap["seconds"] == pytest.approx(program.until("sound")["at"] - before, abs=1.0)
    counter.hush()
    resumed = time.time()
    counter.play(spoken).wait(WAIT)
    time.sleep(0.5)
    lasted = time.time() - resumed + 0.5  # what is heard lags and leads a little
    heard = finished(program, tmp_path)
    assert_in_one_piece(played(spoken), heard[-round(lasted * RATE) :])
    assert not program.all("trouble")


def forbidden(recording: Path) -> set[str]:
    gold = tomllib.loads(recording.with_suffix(".toml").read_text(encoding="utf-8"))
    return {phrase for turn in gold["turn"] for phrase in turn.get("forbidden", ())}


@pytest.mark.model
def test_the_command_hears_a_counter_whose_microphone_is_pulled_out_and_plugged_in_again(
    counter: Pulse, model_folder: Path, tmp_path: Path
) -> None:
    sound = np.concatenate(list(open_recording(RUDE).blocks()), axis=1)
    recording = write(tmp_path / "rude.wav", sound)
    # The models lie in the folder of the user, which is another one here.
    environ = {"COURTESY_MODELS": str(model_folder.parent)}
    words = ["-m", "courtesy", "live", "--lang", "en", "--device", "default", "--channels", "2"]
    program = Program(counter, [*words, "--events", "-"], **environ)
    try:
        # Somebody must be there, or the microphone counts as dead.
        counter.play(recording)
        program.until("alert")
        counter.hush()
        counter.unplug()
        program.until("trouble")
        time.sleep(3.0)
        counter.plug()
        time.sleep(3.0)
        counter.play(recording)
        gap = program.until("gap")
        assert gap["seconds"] > 3
        program.until("utterance")
        program.until("alert")
    finally:
        program.end()
    said = {event["match"]["phrase"] for event in program.all("alert")}
    assert said & forbidden(RUDE)
