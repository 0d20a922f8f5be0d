"""Where live sound comes from: a microphone, or a file played as if it were one.

A source gives blocks of 96 ms, one after the other without a hole: where sound was lost, a `Gap`
says so, and how much. What comes after the first block does not ask where it came from.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from courtesy.messages import Text
from courtesy.records import Seconds
from courtesy.speech.decode import RATE, Samples, open_recording
from courtesy.speech.voice import FRAME

BLOCK: Final = 3 * FRAME  # samples: 96 ms


@dataclass(frozen=True, slots=True)
class Gap:
    """Sound that was not heard.

    Attributes:
        seconds: how much of it.
        why: what happened.
    """

    seconds: Seconds
    why: Text


@dataclass(frozen=True, slots=True)
class Trouble:
    """Nothing comes at the moment; it is told once, and over when the next block comes.

    Attributes:
        why: what is known of it.
    """

    why: Text


@dataclass(frozen=True, slots=True)
class Break:
    """Nobody listens, since somebody wants it so; the `Gap` that follows tells how long."""


@dataclass(frozen=True, slots=True)
class InputLevel:
    """How strong the sound comes in; told at the start, and when what is wrong with it changes.

    Attributes:
        level: of the loudest, dBFS.
        noise: of the quietest, dBFS.
        complaint: what is wrong, and what to do; None where nothing is.
    """

    level: float
    noise: float
    complaint: Text | None = None


Item = Samples | Gap | Trouble | Break | InputLevel

ON_BREAK: Final = Text("休息", "on a break")


class Source(Protocol):
    """What gives sound.

    Attributes:
        name: for people.
        channels: 1 or 2.
        waits: whether it goes on only when what it gave was taken; else who is slow falls behind.
    """

    name: str
    channels: int
    waits: bool

    @property
    def whole(self) -> bool:
        """Whether it has come to its own end, and was not closed before."""
        ...

    @property
    def paused(self) -> bool:
        """Whether there is a break."""
        ...

    def blocks(self) -> Iterator[Item]:
        """Yield blocks of shape (channels, 1536), 16 kHz, -1 to 1; the last before anything else,
        or before the end, may be shorter.

        Raises:
            CourtesyError: it cannot go on at all.
        """
        ...

    def pause(self) -> None:
        """Hear nothing until `resume`: `blocks` yields `Break`, and a `Gap` when it goes on."""

    def resume(self) -> None:
        """Go on after a break."""

    def close(self) -> None:
        """Let go of it; `blocks` ends."""


class FileSource:
    """A recording, played at some pace."""

    def __init__(
        self,
        path: Path,
        pace: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Open the file.

        Args:
            path: of any kind that PyAV decodes.
            pace: how many times as fast as it was recorded; 0 is as fast as it is taken.
            clock: seconds; another one in tests.
            sleep: waits so many of them.

        Raises:
            InputError: it cannot be read.
        """
        self._decoding = open_recording(path)
        self._pace = pace
        self._clock = clock
        self._sleep = sleep
        self._closed = False
        self._break = threading.Event()
        self.name = path.name
        self.channels = self._decoding.channels
        self.waits = pace == 0

    @property
    def whole(self) -> bool:
        """Whether it was played to its end, which the file must have."""
        return self._decoding.whole and not self._closed

    @property
    def paused(self) -> bool:
        """Whether there is a break."""
        return self._break.is_set()

    def blocks(self) -> Iterator[Item]:
        """Yield the sound, each block when it would have been recorded."""
        lost = 0  # samples, during a break
        for block in self._played():
            if self._break.is_set():
                if not lost:
                    yield Break()
                lost += block.shape[1]
                continue
            if lost:
                yield Gap(lost / RATE, ON_BREAK)
                lost = 0
            yield block

    def _played(self) -> Iterator[Samples]:
        began, given = self._clock(), 0
        for large in self._decoding.blocks():
            for at in range(0, large.shape[1], BLOCK):
                block = large[:, at : at + BLOCK]
                given += block.shape[1]
                if self._pace:
                    early = began + given / RATE / self._pace - self._clock()
                    if early > 0:
                        self._sleep(early)
                if self._closed:
                    return
                yield block

    def pause(self) -> None:
        """Let what is played go by unheard."""
        self._break.set()

    def resume(self) -> None:
        """Hear it again."""
        self._break.clear()

    def close(self) -> None:
        """Stop playing."""
        self._closed = True
