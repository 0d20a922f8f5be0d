"""Sound that came, compared with the time that passed: what is lost shows though nobody says so.

A machine that sleeps, a process that is stopped, a sound server that drops what it cannot deliver:
the sound goes on afterwards as if nothing had been. Only a clock tells.
"""

import sys
import time
from typing import Final

from courtesy.records import Seconds

# Less than this is no loss but the unevenness of any clock.
LEAST: Final = 0.15
_FLAGGED: Final = 0.04  # where the system itself says that something was lost
# What is late may still come. It is lost when for so long nothing of it has been made up for.
SETTLED: Final = 1.0
_MADE_UP: Final = 0.02
# A device's clock may go wrong by 100 ppm, a network's time bends the machine's by 500 more.
_DRIFT: Final = 1e-3


def since_boot() -> Seconds:
    """Return the time on a clock that goes on while the machine sleeps."""
    # On Windows the usual one does; elsewhere it stands still.
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    if clock is None and sys.platform == "darwin":
        clock = time.CLOCK_MONOTONIC
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class Elapsed:
    """What one open device owes, told from when its buffers come.

    Each buffer lags behind the clock, never by less than the device's own delay. That least lag is
    the base; it follows the drift of two clocks. Sound that is lost raises the lag for good, sound
    that is late only until it is there.

    Attributes:
        undecided: frames, of the latest, that come after a loss, if it is one.
    """

    def __init__(self, rate: int) -> None:
        """Begin with the next buffer.

        Args:
            rate: frames a second.
        """
        self._rate = rate
        self._began: Seconds | None = None
        self._frames = 0
        self._base: Seconds = 0.0
        self._flagged = 0  # frames for which the system's word counts
        self._low: Seconds | None = None  # the least lag since something seems lost
        self._since: Seconds = 0.0  # when it was last made up for
        self.undecided = 0

    @property
    def owed(self) -> Seconds:
        """How much seems lost and may still come."""
        return 0.0 if self._low is None else self._low - self._base

    def take(self, frames: int, now: Seconds, *, flagged: bool = False) -> Seconds:
        """Count a buffer, and return how much sound is now known to be lost; mostly 0.

        Where something is, it was lost before the last `undecided` frames, this buffer's included.

        Args:
            frames: that came.
            now: when, by a clock that does not stop.
            flagged: whether the system says that some were lost.
        """
        if self._low is None:
            self.undecided = 0
        if self._began is None:
            self._began = now - frames / self._rate
        self._frames += frames
        # By the sound, not by the clock: hours of sleep are no drift.
        self._base += _DRIFT * frames / self._rate
        self._flagged = 2 * self._rate if flagged else max(0, self._flagged - frames)
        lag = now - self._began - self._frames / self._rate
        if lag <= self._base + (_FLAGGED if self._flagged else LEAST):
            self._base = min(self._base, lag)
            self._low = None
            self.undecided = 0
            return 0.0
        return self._suspect(frames, lag, now)

    def _suspect(self, frames: int, lag: Seconds, now: Seconds) -> Seconds:
        if self._low is None:
            self._low, self._since, self.undecided = lag, now, frames
        elif lag < self._low - _MADE_UP:
            # It catches up: up to here nothing is missing.
            self._low, self._since, self.undecided = lag, now, 0
        else:
            self.undecided += frames
        if now - self._since < SETTLED:
            return 0.0
        lost, self._base, self._low = self._low - self._base, self._low, None
        return lost
