"""What PortAudio does in ways that no sound server can be made to: a fake one is told to."""

import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from courtesy.errors import UsageError
from courtesy.live import microphone as module
from courtesy.live.microphone import Microphone
from courtesy.live.source import Break, Gap, Item, Trouble
from courtesy.messages import LANGUAGES
from courtesy.speech.decode import RATE

WAIT = 30.0  # seconds, on a machine that is busy


class PortAudioError(Exception):
    pass


class Stream:
    """Gives 100 buffers of a tone as soon as it is started, and then what it is made to."""

    def __init__(self, system: "System", asked: dict[str, Any]) -> None:
        self.system, self.asked = system, asked

    def start(self) -> None:
        for _ in range(100):
            self.give()
        self.system.stream = self

    def give(self, overflow: bool = False) -> None:
        count = self.asked["samplerate"] // 100
        sound = np.full((count, self.asked["channels"]), 0.1, np.float32)
        self.asked["callback"](sound, count, None, types.SimpleNamespace(input_overflow=overflow))

    def end(self) -> None:
        self.asked["finished_callback"]()

    def abort(self, ignore_errors: bool = True) -> None:
        self.system.closed.set()

    close = abort


class System:
    """Stands for sounddevice."""

    PortAudioError = PortAudioError
    _initialized = 1

    def __init__(self, *names: str) -> None:
        self.names = list(names)
        self.fails: Callable[[dict[str, Any]], Exception | None] | None = None
        self.opened: list[dict[str, Any]] = []
        self.stream: Stream | None = None
        self.closed = threading.Event()
        self.default = types.SimpleNamespace(device=(0, 0))
        self.listed: list[str] = list(names)

    def InputStream(self, **asked: Any) -> Stream:  # noqa: N802
        refused = self.fails and self.fails(asked)
        self.opened.append(asked)
        if refused:
            raise refused
        return Stream(self, asked)

    def _terminate(self) -> None:
        self._initialized -= 1

    def _initialize(self) -> None:
        self._initialized += 1
        self.listed = list(self.names)

    def query_hostapis(self) -> list[dict[str, Any]]:
        return [{"name": "ALSA"}]

    def query_devices(self) -> list[dict[str, Any]]:
        return [
            {"index": i, "name": name, "hostapi": 0, "default_samplerate": 44100.0,
             "max_input_channels": 1 if "Mic" in name else 0}
            for i, name in enumerate(self.listed)
        ]  # fmt: skip


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    made = System("Speaker", "Mic (hw:1,0)")
    monkeypatch.setitem(sys.modules, "sounddevice", made)
    monkeypatch.setattr(module, "_AGAIN", 0.05)
    return made


class Hearing:
    """Takes what a microphone gives, in a thread of its own."""

    def __init__(self, microphone: Microphone) -> None:
        self.microphone = microphone
        self.items: list[Item] = []
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        for item in self.microphone.blocks():
            self.items.append(item)

    def until(self, enough: Callable[[list[Item]], object]) -> None:
        until = time.monotonic() + WAIT
        while not enough(list(self.items)):
            assert time.monotonic() < until, self.items
            time.sleep(0.01)

    def kinds(self) -> list[type]:
        kinds = [type(item) for item in self.items]
        return [k for i, k in enumerate(kinds) if i == 0 or kinds[i - 1] is not k]

    def end(self) -> None:
        self.microphone.close()
        self.thread.join(WAIT)
        assert not self.thread.is_alive()


@pytest.fixture
def hear() -> Iterator[Callable[[Microphone], Hearing]]:
    begun: list[Hearing] = []

    def begin(microphone: Microphone) -> Hearing:
        begun.append(Hearing(microphone))
        return begun[-1]

    yield begin
    for one in begun:
        one.end()


Hear = Callable[[Microphone], Hearing]


def heard(items: list[Item]) -> float:
    return sum(one.shape[1] for one in items if isinstance(one, np.ndarray)) / RATE


def on_break(items: list[Item]) -> bool:
    return any(isinstance(one, Break) for one in items)


def why(items: list[Item], kind: type[Gap | Trouble]) -> list[str]:
    return [one.why.en for one in items if isinstance(one, kind)]


def test_a_rate_that_is_refused_gives_way_to_others(system: System, hear: Hear) -> None:
    def only_48000(asked: dict[str, Any]) -> Exception | None:
        code = -9996 if asked["samplerate"] == 16000 else -9997
        return PortAudioError("Invalid", code) if asked["samplerate"] != 48000 else None

    system.fails = only_48000
    hearing = hear(Microphone())
    hearing.until(lambda items: heard(items) > 0.9)
    assert [asked["samplerate"] for asked in system.opened] == [44100, 16000, 48000]
    assert not why(hearing.items, Trouble)


@pytest.mark.parametrize(
    "error",
    [
        PortAudioError("Device unavailable", -9985),
        PortAudioError("Unanticipated host error", -9999, (0, -2004287478, "")),
        PortAudioError("Unanticipated host error", -9999, (0, 4, "already allocated")),
    ],
)
def test_a_device_that_another_program_holds_is_told_and_taken_when_it_is_free(
    system: System, hear: Hear, error: PortAudioError
) -> None:
    system.fails = lambda _: error
    hearing = hear(Microphone("mic"))
    hearing.until(lambda _: len(system.opened) > 3)
    system.fails = None
    hearing.until(lambda items: heard(items) > 0.9)
    (told,) = [one for one in hearing.items if isinstance(one, Trouble)]
    assert "another program is using Mic" in told.why.en
    assert all(told.why.say(lang) for lang in LANGUAGES)
    assert hearing.kinds() == [Trouble, Gap, np.ndarray]


def test_a_device_that_takes_no_rate_at_all_is_told(system: System, hear: Hear) -> None:
    system.fails = lambda _: PortAudioError("Invalid sample rate", -9997)
    hearing = hear(Microphone())
    hearing.until(lambda items: why(items, Trouble))
    assert "sample rate" in why(hearing.items, Trouble)[0]


@pytest.mark.parametrize("name", ["Mic (hw:1,0)", "Mic (hw:2,0)", "2- Mic"])
def test_a_device_that_is_plugged_in_elsewhere_is_found(
    system: System, hear: Hear, name: str
) -> None:
    hearing = hear(Microphone("mic"))
    hearing.until(lambda items: heard(items) > 0.9)
    system.names = ["Speaker"]
    system.stream.end()
    hearing.until(lambda items: why(items, Trouble))
    system.names = ["Speaker", "HDMI", name]
    hearing.until(lambda items: heard(items) > 1.9)
    assert system.opened[-1]["device"] == 2
    assert hearing.kinds() == [np.ndarray, Trouble, Gap, np.ndarray]
    assert len(why(hearing.items, Trouble)) == 1


def test_the_same_device_is_taken_again_where_others_fit_as_well(
    system: System, hear: Hear
) -> None:
    hearing = hear(Microphone("hw:1"))
    hearing.until(lambda items: heard(items) > 0.9)
    system.names = ["Mic of the camera (hw:1,0)", "Mic (hw:2,0)"]
    system.stream.end()
    hearing.until(lambda items: heard(items) > 1.9)
    assert system.opened[-1]["device"] == 1


def test_a_break_closes_the_device_and_ends_when_asked(system: System, hear: Hear) -> None:
    microphone = Microphone()
    hearing = hear(microphone)
    hearing.until(lambda items: heard(items) > 0.9)
    microphone.pause()
    hearing.until(on_break)
    assert system.closed.is_set()
    assert microphone.paused
    microphone.resume()
    hearing.until(lambda items: heard(items) > 1.9)
    assert hearing.kinds() == [np.ndarray, Break, Gap, np.ndarray]
    assert why(hearing.items, Gap) == ["on a break"]


def test_a_break_before_the_start(system: System, hear: Hear) -> None:
    microphone = Microphone()
    microphone.pause()
    hearing = hear(microphone)
    hearing.until(on_break)
    assert not system.opened
    microphone.resume()
    hearing.until(lambda items: heard(items) > 0.9)
    assert hearing.kinds() == [Break, Gap, np.ndarray]


def test_a_break_while_the_device_is_gone(system: System, hear: Hear) -> None:
    microphone = Microphone("mic")
    hearing = hear(microphone)
    hearing.until(lambda items: heard(items) > 0.9)
    system.names = []
    system.stream.end()
    hearing.until(lambda items: why(items, Trouble))
    microphone.pause()
    hearing.until(on_break)
    microphone.resume()
    hearing.until(lambda items: len(why(items, Gap)) == 2)  # it is still not there
    system.names = ["Mic (hw:1,0)"]
    hearing.until(lambda items: heard(items) > 1.9)
    gone = "the microphone was gone"
    assert why(hearing.items, Gap) == [gone, "on a break", gone]


def test_closed_in_a_break_it_is_over(system: System, hear: Hear) -> None:
    microphone = Microphone()
    hearing = hear(microphone)
    hearing.until(lambda items: heard(items) > 0.9)
    microphone.pause()
    hearing.until(on_break)
    hearing.end()
    assert hearing.kinds() == [np.ndarray, Break]


def test_closed_while_it_is_gone_it_is_over(system: System, hear: Hear) -> None:
    hearing = hear(Microphone("mic"))
    system.names = []
    hearing.until(lambda items: heard(items) > 0.9)
    system.stream.end()
    hearing.until(lambda items: why(items, Trouble))
    hearing.end()


def test_a_clock_that_jumped_is_sound_that_was_lost(
    system: System, hear: Hear, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept = 0.0
    true = module.since_boot
    monkeypatch.setattr(module, "since_boot", lambda: true() + slept)
    hearing = hear(Microphone())
    hearing.until(lambda items: heard(items) > 0.9)
    slept = 3600.0  # the machine was asleep, and the device goes on as if nothing had been
    pace = threading.Event()
    for _ in range(150):
        pace.wait(0.01)
        system.stream.give()
    hearing.until(lambda items: heard(items) > 2.3)
    (gap,) = [one for one in hearing.items if isinstance(one, Gap)]
    assert gap.seconds == pytest.approx(3600, abs=5)
    assert "slept" in gap.why.en


def test_a_reader_that_is_too_slow_is_told_what_it_missed_where_it_missed_it(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BUFFERED", 2.0)
    blocks = Microphone().blocks()
    got = [next(blocks)]
    for _ in range(400):  # 4 seconds, of which one and the 2 that wait are kept
        system.stream.give()
    while heard(got) < 1.9:
        got.append(next(blocks))
    assert not why(got, Gap)
    system.stream.give()
    while not why(got, Gap):
        got.append(next(blocks))
    gap = got[-1]
    assert isinstance(gap, Gap)
    assert heard(got) + gap.seconds == pytest.approx(5.0, abs=0.2)


def test_no_such_device_is_one_sentence(system: System) -> None:
    with pytest.raises(UsageError, match="courtesy live --devices"):
        Microphone("Telephone")
