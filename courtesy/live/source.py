"""Where live sound comes from: a microphone, or a file played as if it were one.

A source gives blocks of 96 ms, one after the other without a hole: where sound was lost, a `Gap`
says so, and how much. What comes after the first block does not ask where it came from.
"""

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

    def blocks(self) -> Iterator[Samples | Gap | Trouble]:
        """Yield blocks of shape (channels, 1536), 16 kHz, -1 to 1; only the last may be shorter.

        Raises:
            CourtesyError: it cannot go on at all.
        """
        ...

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
        self.name = path.name
        self.channels = self._decoding.channels
        self.waits = pace == 0

    @property
    def whole(self) -> bool:
        """Whether it was played to its end, which the file must have."""
        return self._decoding.whole and not self._closed

    def blocks(self) -> Iterator[Samples | Gap | Trouble]:
        """Yield the sound, each block when it would have been recorded."""
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

    def close(self) -> None:
        """Stop playing."""
        self._closed = True
