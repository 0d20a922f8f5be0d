"""Drills that are answered by speaking: through the microphone, and from a recording."""

import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import IN_CI
from drills import BYE, HEAD, marker, scenario_file
from fakes import SAMPLES, transcribed, write_sound
from pulse import Pulse

import courtesy
from courtesy.cli.drill_practice import Spoken
from courtesy.config import SpeechOptions
from courtesy.drill.hearing import Hearer, Listening
from courtesy.drill.reading import load_scenarios
from courtesy.drill.voices import installed_voice, recorded
from courtesy.errors import InputError, OutputError, SpeechError
from courtesy.live.ear import Recognition
from courtesy.live.source import BLOCK
from courtesy.messages import Text
from courtesy.speech.decode import RATE, open_recording
from courtesy.speech.following import Following
from courtesy.speech.recognise import Transcribed, WhisperRecogniser
from courtesy.speech.voice import Speech

ROOT = Path(courtesy.__file__).resolve().parents[1]
GREETED = (0.3, 3.3)  # 您好，请问您要办什么业务？
OPENING = """[[scenario.step]]
id = "opening"
customer = "（走到窗口前）"
require = ["greeting"]
model = "您好，请问您办什么业务？"
next = {otherwise = "bye"}
"""
WAIT = 60.0


@pytest.fixture(scope="module")
def greeting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a clerk's greeting, cut from a sample."""
    talk = open_recording(SAMPLES / "counter" / "shebao-good.opus")
    sound = np.concatenate([block[0] for block in talk.between(*GREETED)])
    return write_sound(tmp_path_factory.mktemp("said") / "greeting.wav", sound)


def test_a_recorded_answer_is_marked_by_what_is_heard(
    greeting: Path, recogniser: WhisperRecogniser, tmp_path: Path
) -> None:
    (scenario,) = load_scenarios([scenario_file(tmp_path, HEAD + OPENING + BYE)])[-1:]
    hearer, step = Hearer(Following(recogniser), SpeechOptions()), scenario.step("opening")
    answer = hearer.hear(greeting, marker().questions(step))
    mark = marker().mark(scenario, step, answer)
    assert mark.outcome == "right", answer.text
    assert 0 < answer.response_seconds < 1
    assert 3 < mark.pace < 8
    assert -40 < mark.loudness < -10
    bye = marker().mark(scenario, scenario.step("bye"), answer)
    assert bye.outcome == "missing"


def test_silence_is_no_answer_and_a_muted_microphone_no_silence(
    recogniser: WhisperRecogniser, tmp_path: Path
) -> None:
    hearer = Hearer(Following(recogniser), SpeechOptions())
    quiet = np.random.default_rng(1).normal(0, 1e-3, 3 * RATE).astype(np.float32)
    answer = hearer.hear(write_sound(tmp_path / "quiet.wav", quiet))
    assert (answer.text, answer.unclear) == ("", False)
    with pytest.raises(InputError, match="muted"):
        hearer.hear(write_sound(tmp_path / "muted.wav", np.zeros(3 * RATE, np.float32)))


def test_what_was_said_and_not_understood_is_no_silence(
    recogniser: WhisperRecogniser, tmp_path: Path, greeting: Path
) -> None:
    class Deaf(Following):
        def hear(self, speech: Speech, *_: object, **__: object) -> Transcribed:
            return transcribed("", speech)

    assert Hearer(Deaf(recogniser), SpeechOptions()).hear(greeting).unclear


class Muted:
    """A microphone of which nothing comes; a second of it takes no time."""

    name, channels, waits, whole = "Mic", 1, True, False

    def __init__(self) -> None:
        self.seconds, self.paused, self.closed = 0.0, False, False

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def close(self) -> None:
        self.closed = True

    def blocks(self) -> Iterator[np.ndarray]:
        while not self.closed:
            if self.paused:
                time.sleep(0.01)
                continue
            self.seconds += BLOCK / RATE
            yield np.zeros((1, BLOCK), np.float32)


def test_a_microphone_that_lets_nothing_through_is_asked_again_before_it_is_given_up(
    recogniser: WhisperRecogniser,
) -> None:
    source, told = Muted(), []
    recognition = Recognition(Following(recogniser))
    with Listening(source, recognition, SpeechOptions(), clock=lambda: source.seconds) as listening:
        for _ in range(2):
            assert listening.answer(troubled=told.append).unclear
        with pytest.raises(InputError, match="Mic"):
            listening.answer(troubled=told.append)
    assert len(told) == 2


def test_who_waits_too_long_for_others_is_told(
    recogniser: WhisperRecogniser, greeting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courtesy.drill.hearing._QUEUE", 0.0)
    begun, go_on = threading.Event(), threading.Event()

    class Slow(Following):
        def hear(self, speech: Speech, *_: object, **__: object) -> Transcribed:
            begun.set()
            assert go_on.wait(WAIT)
            return transcribed("您好", speech)

    hearer = Hearer(Slow(recogniser), SpeechOptions())
    other = threading.Thread(target=hearer.hear, args=[greeting])
    other.start()
    assert begun.wait(WAIT)
    with pytest.raises(SpeechError, match="Too many"):
        hearer.hear(greeting)
    go_on.set()
    other.join(WAIT)
    assert hearer.hear(greeting).text == "您好"


class Shown:
    """What a drill shows, without a screen."""

    def __init__(self) -> None:
        self.told: list[Text] = []

    def trouble(self, why: Text) -> None:
        self.told.append(why)


def test_a_voice_that_fails_is_told_once_and_ctrl_c_leaves(tmp_path: Path) -> None:
    (scenario,) = load_scenarios([scenario_file(tmp_path, HEAD + BYE)])[-1:]
    step = scenario.step("bye")

    class Broken:
        def read(self, words: str, file: Path) -> None:
            raise OutputError(Text("读不出来。", "It fails."))

    class Interrupted:
        def read(self, words: str, file: Path) -> None:
            raise KeyboardInterrupt

    screen = Shown()
    answers = Spoken(screen, None, Broken())
    assert answers.put(scenario, step)
    assert answers.put(scenario, step)
    assert len(screen.told) == 1
    assert not Spoken(screen, None, Interrupted()).put(scenario, step)


class Terminal:
    """`courtesy drill` in a process whose microphone is the tests' own."""

    def __init__(self, pulse: Pulse, *options: str) -> None:
        environ = pulse.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "courtesy", "--lang", "en", "drill", *options],
            env=environ, text=True, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.shown: list[str] = []
        self._coming: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self._coming.put(line)

    def until(self, words: str) -> str:
        """Return the next line that has these words."""
        until = time.monotonic() + WAIT
        while True:
            try:
                line = self._coming.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                pytest.fail(f"no {words!r}: {''.join(self.shown)}")
            self.shown.append(line)
            if words in line:
                return line

    def type(self, words: str) -> None:
        self.process.stdin.write(f"{words}\n")
        self.process.stdin.flush()


@pytest.fixture
def counter(pulse: Pulse, model_folder: Path) -> Iterator[Pulse]:
    """Give the sound server as it is in the morning."""
    pulse.environ["COURTESY_MODELS"] = str(model_folder.parent)
    pulse.restart()
    yield pulse
    pulse.hush()


def test_a_drill_is_spoken_through_the_microphone(
    counter: Pulse, greeting: Path, tmp_path: Path
) -> None:
    own = scenario_file(tmp_path, HEAD + OPENING + BYE)
    options = ("--scenarios", str(own), "--scenario", "one", "--no-voice", "--person", "li")
    drill = Terminal(counter, *options, "--db", str(tmp_path / "drills.sqlite3"))
    try:
        drill.until("● answer")
        counter.play(greeting)
        assert "请问" in drill.until("Heard:")
        drill.until("right · 100")
        # The farewell is forgotten; what is said again after the model is not counted.
        drill.until("● answer")
        counter.play(greeting)
        drill.until("something is missing")
        drill.until("您慢走")
        drill.type("")
        assert "1 of 2 answers right" in drill.until("Done")
        assert drill.process.wait(WAIT) == 0
    finally:
        drill.process.kill()
        drill.process.communicate()


def test_lines_are_played_from_beside_the_scenario(tmp_path: Path, greeting: Path) -> None:
    (scenario,) = load_scenarios([scenario_file(tmp_path, HEAD + OPENING + BYE)])[-1:]
    step = scenario.step("opening")
    assert recorded(scenario, step) is None
    (tmp_path / "sound").mkdir()
    there = tmp_path / "sound" / "one.opening.wav"
    there.write_bytes(greeting.read_bytes())
    assert recorded(scenario, step) == there
    assert recorded(scenario, step, model=True) is None


def test_a_voice_of_the_system_reads_a_line(tmp_path: Path) -> None:
    voice = installed_voice()
    if voice is None:
        if IN_CI:
            pytest.fail("needs a Mandarin voice (apt-get install espeak-ng)")
        pytest.skip("no Mandarin voice is installed (apt-get install espeak-ng)")
    voice.read("您好，请问办什么业务？", tmp_path / "line.wav")
    sound = np.concatenate([b[0] for b in open_recording(tmp_path / "line.wav").blocks()])
    assert len(sound) > RATE
    assert np.abs(sound).max() > 0.05
