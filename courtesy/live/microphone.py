"""A microphone, watched: what stops is noticed, said, and opened again, and what was lost is told.

PortAudio says nothing when a device is unplugged or its server goes away; the buffers just stop.
"""

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from courtesy.errors import UsageError
from courtesy.live.source import BLOCK, ON_BREAK, Break, Gap, Item, Trouble
from courtesy.messages import Text
from courtesy.records import Seconds
from courtesy.speech.decode import Samples
from courtesy.speech.resample import Resampler

# Seconds without a buffer after which the device is taken to be gone; and between two attempts.
STALE: Final = 1.0
_FIRST: Final = 4.0  # a server may take a while to wake a device up
_AGAIN: Final = 1.0
_BUFFERED: Final = 60.0  # seconds of sound that wait when nobody takes them
_OVERFLOWED = Text("声音来得太快，没来得及收", "the sound came too fast to be taken")
_GONE = Text("麦克风断了", "the microphone was gone")


@dataclass(frozen=True, slots=True)
class Device:
    """An input that there is.

    Attributes:
        name: with which it is chosen.
        interface: of the system that it is reached by.
        channels: at most.
        rate: samples a second that it is used to.
        usual: whether the system takes it where none is named.
    """

    name: str
    interface: str
    channels: int
    rate: float
    usual: bool


def devices() -> tuple[Device, ...]:
    """Return the inputs of this machine.

    Raises:
        UsageError: sounddevice or PortAudio is not installed.
    """
    sd = _sounddevice()
    usual = sd.default.device[0]
    interfaces = sd.query_hostapis()
    return tuple(
        Device(
            str(one["name"]),
            str(interfaces[one["hostapi"]]["name"]),
            int(one["max_input_channels"]),
            float(one["default_samplerate"]),
            one["index"] == usual,
        )
        for one in sd.query_devices()
        if one["max_input_channels"] > 0
    )


class Microphone:
    """One input device; see `Source`."""

    waits = False
    whole = False

    def __init__(self, device: str | None = None, channels: int | None = None) -> None:
        """Find the device.

        Args:
            device: part of its name; None takes the system's.
            channels: 1 or 2; None takes two where there are exactly two.

        Raises:
            UsageError: there is no such device, or it has no such channels.
        """
        found = _find(device)
        self.name = found.name
        self.channels = channels or (2 if found.channels == 2 else 1)
        if self.channels > found.channels:
            raise UsageError(
                Text(
                    f"{found.name} 只有 {found.channels} 个声道。请改用 --channels 1。",
                    f"{found.name} has only {found.channels} channel. Use --channels 1.",
                )
            )
        self._named = device is not None
        self._closed = threading.Event()
        self._listens = threading.Event()  # unless there is a break
        self._listens.set()

    @property
    def paused(self) -> bool:
        """Whether there is a break, in which the device is closed."""
        return not self._listens.is_set()

    def pause(self) -> None:
        """Close the device until `resume`."""
        self._listens.clear()

    def resume(self) -> None:
        """Open it again."""
        self._listens.set()

    def close(self) -> None:
        """Stop listening."""
        self._closed.set()
        self._listens.set()

    def blocks(self) -> Iterator[Item]:
        """Yield what the device hears; where it is gone, try to open it until it is back."""
        last: float | None = None
        told = False
        while not self._closed.is_set():
            if self.paused:
                yield Break()
                since = time.monotonic()
                self._listens.wait()
                yield Gap(time.monotonic() - since, ON_BREAK)
                last = None
                continue
            try:
                taking = _Taking(self.name if self._named else None, self.channels)
            except _Refusal as refusal:
                if not told:
                    yield Trouble(refusal.why)
                    told = True
                last = last or time.monotonic()
                self._closed.wait(_AGAIN)
                continue
            with taking:
                if last is not None:
                    yield Gap(time.monotonic() - last, _GONE)
                told = False
                yield from taking.blocks(self._closed, self._listens)
            last = taking.last
            if self.paused:
                last = None
            elif not self._closed.is_set():
                yield Trouble(_GONE)
                told = True


class _Refusal(Exception):
    """The device cannot be opened now."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


class _Taking:
    """An open device."""

    def __init__(self, name: str | None, channels: int) -> None:
        sd = _sounddevice()
        # The list of devices is made once; only this makes it again.
        sd._terminate()
        sd._initialize()
        self._waiting: queue.Queue[tuple[Samples, bool]] = queue.Queue()
        self._lost = 0  # frames
        self._channels = channels
        self.last = time.monotonic()
        try:
            device = _find(name).name if name else None
            info = sd.query_devices(device, "input")
            self._rate = round(info["default_samplerate"])
            self._most = _BUFFERED * self._rate
            self._stream = sd.InputStream(
                device=device,
                channels=channels,
                samplerate=self._rate,
                dtype="float32",
                callback=self._take,
            )
            self._stream.start()
        except (sd.PortAudioError, UsageError, ValueError) as error:
            why = str(error).splitlines()[0]
            raise _Refusal(
                Text(f"麦克风打不开：{why}", f"the microphone cannot be opened: {why}")
            ) from error

    def __enter__(self) -> "_Taking":
        return self

    def __exit__(self, *_: object) -> None:
        sd = _sounddevice()
        try:
            self._stream.abort(ignore_errors=True)
            self._stream.close(ignore_errors=True)
        except sd.PortAudioError:
            pass  # it is gone, which is why we are here

    def _take(self, sound: Any, frames: int, _time: Any, status: Any) -> None:
        """Copy and leave: PortAudio waits for this."""
        if self._waiting.qsize() * frames > self._most:
            self._lost += frames
            return
        self._waiting.put_nowait((sound.T.copy(), bool(status.input_overflow)))

    def blocks(self, closed: threading.Event, listens: threading.Event) -> Iterator[Samples | Gap]:
        """Yield blocks until the device stops, or nobody wants them."""
        resampler = Resampler(self._rate, self._channels)
        held = np.zeros((self._channels, 0), np.float32)
        patience = _FIRST
        while listens.is_set() and not closed.is_set():
            try:
                sound, overflowed = self._waiting.get(timeout=patience)
            except queue.Empty:
                return
            self.last, patience = time.monotonic(), STALE
            held = np.concatenate([held, resampler.feed(sound)], axis=1)
            lost, self._lost = self._lost, 0
            while held.shape[1] >= BLOCK:
                yield np.clip(held[:, :BLOCK], -1.0, 1.0)
                held = held[:, BLOCK:]
            if lost or overflowed:
                yield Gap(_seconds(lost, self._rate), _OVERFLOWED)


def _seconds(frames: int, rate: int) -> Seconds:
    return frames / rate


def _find(name: str | None) -> Device:
    """Return a device by a part of its name; the system's where none is asked for.

    Raises:
        UsageError: there is none, or several.
    """
    known = devices()
    if not known:
        raise UsageError(
            Text(
                "这台机器上没有麦克风。请接上麦克风，或用 --source 播放录音。",
                "There is no microphone on this machine. Plug one in, or play a recording with "
                "--source.",
            )
        )
    if name is None:
        return next((one for one in known if one.usual), known[0])
    same = [one for one in known if one.name == name]
    found = same or [one for one in known if name.casefold() in one.name.casefold()]
    if not found:
        raise UsageError(
            Text(
                f"没有叫“{name}”的麦克风。courtesy live --devices 列出所有的。",
                f"There is no microphone called “{name}”. courtesy live --devices lists them.",
            )
        )
    return found[0]


def _sounddevice() -> Any:
    try:
        import sounddevice
    except (ModuleNotFoundError, OSError) as error:
        raise UsageError(
            Text(
                "听麦克风需要 sounddevice 和 PortAudio：pip install 'courtesy[live]'；"
                "Debian 另装 libportaudio2。",
                "Listening to a microphone needs sounddevice and PortAudio: "
                "pip install 'courtesy[live]'; on Debian libportaudio2 as well.",
            )
        ) from error
    return sounddevice
