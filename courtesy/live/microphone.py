"""A microphone, watched: what stops is noticed, said, and opened again, and what was lost is told.

PortAudio says nothing when a device is unplugged or its server goes away; the buffers just stop.
"""

import threading
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import Any, Final

import numpy as np

from courtesy.errors import UsageError
from courtesy.live.devices import Device, Refusal, away, devices, find, find_again, open_input
from courtesy.live.devices import sounddevice as _sounddevice
from courtesy.live.elapsed import Elapsed, since_boot
from courtesy.live.source import BLOCK, ON_BREAK, Break, Gap, Item, Trouble
from courtesy.messages import Text
from courtesy.records import Seconds
from courtesy.speech.decode import RATE, Samples
from courtesy.speech.resample import Resampler

__all__ = ["Device", "Microphone", "devices"]

# Seconds without a buffer after which the device is taken to be gone; and between two attempts.
STALE: Final = 1.0
_FIRST: Final = 3.0  # a server may take two to wake a device up
_AGAIN: Final = 1.0
_LOOK: Final = 0.1
_BUFFERED: Final = 60.0  # seconds of sound that wait when nobody takes them
_OVERFLOWED = Text("声音来得太快，没来得及收", "the sound came too fast to be taken")
_DROPPED = Text(
    "有一段声音没有送到：电脑休眠过，或者忙不过来",
    "a stretch of sound never came: the machine slept, or was too busy",
)
_GONE = Text("麦克风断了", "the microphone was gone")


class Microphone:
    """One input device; see `Source`. After `Trouble` a `Gap` comes before the next block."""

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
        found = find(device)
        self.name = found.name
        self.channels = channels or (2 if found.channels == 2 else 1)
        if self.channels > found.channels:
            raise UsageError(
                Text(
                    f"{found.name} 只有 {found.channels} 个声道。请改用 --channels 1。",
                    f"{found.name} has only {found.channels} channel. Use --channels 1.",
                )
            )
        self._asked = device
        self._paused = False
        self._closed = False
        self._changed = threading.Condition()

    @property
    def paused(self) -> bool:
        """Whether there is a break, in which the device is closed."""
        return self._paused

    def pause(self) -> None:
        """Close the device until `resume`."""
        with self._changed:
            self._paused = True
            self._changed.notify_all()

    def resume(self) -> None:
        """Open it again."""
        with self._changed:
            self._paused = False
            self._changed.notify_all()

    def close(self) -> None:
        """Stop listening."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _wanted(self) -> bool:
        return not self._paused and not self._closed

    def blocks(self) -> Iterator[Item]:
        """Yield what the device hears; where it is gone, try to open it until it is back."""
        hole = _Hole()
        while not self._closed:
            if self._paused:
                yield from hole.reaches(ON_BREAK)
                yield Break()
                with self._changed:
                    self._changed.wait_for(lambda: self._closed or not self._paused)
                continue
            try:
                device = find_again(self._asked, self.name)
                taking = _Taking(device, self.channels)
            except Refusal as refusal:
                yield from hole.reaches(_GONE)
                yield from hole.tell(refusal.why)
                with self._changed:
                    self._changed.wait_for(lambda: not self._wanted(), _AGAIN)
                continue
            self.name = device.name
            with taking:
                yield from self._heard(taking, hole)

    def _heard(self, taking: "_Taking", hole: "_Hole") -> Iterator[Item]:
        for item in taking.blocks(self._wanted):
            yield from hole.ends(taking.began)
            yield item
        if taking.until is not None:
            hole.begins(taking.until, _GONE if taking.ended else ON_BREAK)
        if taking.ended:  # told before it is closed, which may take its time
            yield from hole.reaches(_GONE)
            yield from hole.tell(away(self.name))


class _Hole:
    """What was not heard since the last sound."""

    def __init__(self) -> None:
        self._start = since_boot()
        self._since: Seconds | None = None  # None where nothing is missing
        self._why = _GONE
        self._told: set[Text] = set()

    def begins(self, since: Seconds, why: Text) -> None:
        self._since, self._why = since, why

    def reaches(self, why: Text) -> Iterator[Gap]:
        """Have all that is missing from now on another reason."""
        now = since_boot()
        if self._since is not None and self._why is not why:
            yield Gap(now - self._since, self._why)
            self._since = now
        self._since = self._start if self._since is None else self._since  # nothing came yet
        self._why = why

    def ends(self, at: Seconds) -> Iterator[Gap]:
        if self._since is not None:
            yield Gap(max(0.0, at - self._since), self._why)
        self._since = None
        self._told.clear()

    def tell(self, why: Text) -> Iterator[Trouble]:
        """Yield trouble, once for each reason."""
        if why not in self._told:
            self._told.add(why)
            yield Trouble(why)


class _Taking:
    """An open device.

    Attributes:
        began: when its first sound did.
        until: when its last sound ended; None where there was none.
        ended: whether it stopped by itself.
    """

    def __init__(self, device: Device, channels: int) -> None:
        # Each buffer with how many frames had to be left out before it, whether the system says
        # that more are missing, and when it came. None: there will be no more.
        self._waiting: SimpleQueue[tuple[Samples, int, bool, Seconds] | None] = SimpleQueue()
        self._left_out = 0
        self._channels = channels
        self._most = float("inf")
        self.began: Seconds = 0.0
        self.until: Seconds | None = None
        self.ended = False
        self._stream, self._rate = open_input(device, channels, self._take, self._finished)
        self._most = _BUFFERED * self._rate
        self._held = np.zeros((channels, 0), np.float32)

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
            self._left_out += frames
            return
        left_out, self._left_out = self._left_out, 0
        flagged = bool(status.input_overflow)
        self._waiting.put((sound.T.copy(), left_out, flagged, since_boot()))

    def _finished(self) -> None:
        self._waiting.put(None)

    def blocks(self, wanted: Callable[[], bool]) -> Iterator[Samples | Gap]:
        """Yield blocks until the device stops, or nobody wants them."""
        resampler = Resampler(self._rate, self._channels)
        elapsed = Elapsed(self._rate)
        while wanted():
            got = self._next(wanted)
            if got is None:
                break
            sound, left_out, flagged, at = got
            frames = sound.shape[1]
            if self.until is None:
                self.began = at - frames / self._rate
            self.until = at
            if left_out:
                yield from self._split(0, Gap(left_out / self._rate, _OVERFLOWED))
            lost = elapsed.take(left_out + frames, at, flagged=flagged)
            self._held = np.concatenate([self._held, resampler.feed(sound)], axis=1)
            # What may come after a loss waits until that is known.
            undecided = round(elapsed.undecided * RATE / self._rate)
            if lost:
                yield from self._split(undecided, Gap(lost, _DROPPED))
                undecided = 0
            yield from self._whole(self._held.shape[1] - undecided)
        if self.until is not None:
            self.until -= elapsed.owed
        yield from self._split(0)

    def _next(self, wanted: Callable[[], bool]) -> tuple[Samples, int, bool, Seconds] | None:
        """Return what comes next; None where nothing does.

        Looks are counted, and not the time: to a process that was stopped all buffers seem late.
        """
        for _ in range(round((_FIRST if self.until is None else STALE) / _LOOK)):
            try:
                got = self._waiting.get(timeout=_LOOK)
            except Empty:
                if not wanted():
                    return None
                continue
            self.ended = got is None
            return got
        self.ended = True
        return None

    def _whole(self, count: int) -> Iterator[Samples]:
        """Yield whole blocks of the first `count` samples held."""
        while count >= BLOCK:
            yield np.clip(self._held[:, :BLOCK], -1.0, 1.0)
            self._held = self._held[:, BLOCK:]
            count -= BLOCK

    def _split(self, after: int, gap: Gap | None = None) -> Iterator[Samples | Gap]:
        """Yield all but the last `after` samples held, the last block perhaps short, and a gap."""
        count = max(0, self._held.shape[1] - after)
        yield from self._whole(count)
        rest = count % BLOCK
        if rest:
            yield np.clip(self._held[:, :rest], -1.0, 1.0)
            self._held = self._held[:, rest:]
        if gap:
            yield gap
