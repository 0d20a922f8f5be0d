"""The confidence a phrase is to need, where what was rejected lies below what was confirmed.

Criterion: of all thresholds that keep at least `KEEPS` of the confirmed matches, the one that drops
the most of those in which something else had been said; of several alike, the lowest.

A threshold chosen on some decisions fits these better than the next ones. So it is chosen again
without a part of the recordings, and tried on that part, for each part in turn (leave-one-out where
there are no more than `PARTS` recordings). Only where even so it drops a greater share of the
rejected than of the confirmed, beyond what chance explains (their 95 % intervals do not meet), and
more rejected ones than confirmed ones, is it proposed.
"""

import bisect
import math
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from courtesy.evaluation.intervals import Share
from courtesy.learning.precision import FEWEST
from courtesy.lessons import Lesson

KEEPS: Final = 0.9
PARTS: Final = 20
# No wording of ours comes nearer to its phrase than this; a higher threshold would undo them all.
_HIGHEST: Final = 0.94


@dataclass(frozen=True, slots=True)
class Split:
    """What a threshold does to some decisions.

    Attributes:
        dropped: rejected matches that would not count any more.
        rejected: of so many.
        lost: confirmed matches that would not count any more.
        confirmed: of so many.
    """

    dropped: int
    rejected: int
    lost: int
    confirmed: int

    @property
    def telling(self) -> bool:
        """Whether it tells the two apart, beyond chance."""
        drops, loses = Share(self.dropped, self.rejected), Share(self.lost, self.confirmed)
        if drops.interval is None or loses.interval is None or self.dropped <= self.lost:
            return False
        return drops.interval[0] > loses.interval[1]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold with its grounds.

    Attributes:
        value: 0 to 1.
        now: what is needed today.
        seen: what it does to the decisions it was chosen on.
        unseen: what thresholds chosen in the same way did to those they were not chosen on.
        parts: how many times something was left out.
    """

    value: float
    now: float
    seen: Split
    unseen: Split
    parts: int


def threshold(lessons: Iterable[Lesson], now: float) -> Threshold | None:
    """Return the confidence that a phrase is to need; None where the decisions are no reason.

    Args:
        lessons: the decisions about the phrase. Those rejected for another reason than that
            something else was said are left out: confidence says nothing about them.
        now: the confidence it needs today; what lies below was found by other lists.
    """
    own = [one for one in lessons if (one.confirmed or one.why == "words") and one.sure >= now]
    if len(own) < FEWEST:
        return None
    value = _chosen(own, now)
    parts = _parts(own)
    if value is None or len(parts) < 2:
        return None
    unseen = Split(0, 0, 0, 0)
    for at, part in enumerate(parts):
        rest = [one for other, some in enumerate(parts) if other != at for one in some]
        unseen = _added(unseen, _split(part, _chosen(rest, now)))
    if not unseen.telling:
        return None
    return Threshold(value, now, _split(own, value), unseen, len(parts))


def _chosen(lessons: Sequence[Lesson], now: float) -> float | None:
    """Return the threshold by the criterion; None where none drops anything."""
    good = sorted(one.sure for one in lessons if one.confirmed)
    bad = sorted(one.sure for one in lessons if not one.confirmed)
    best: tuple[int, float] | None = None
    for value in _between(sorted({*good, *bad}), now):
        lost, dropped = bisect.bisect_left(good, value), bisect.bisect_left(bad, value)
        if dropped and lost <= (1 - KEEPS) * len(good) and (best is None or dropped > best[0]):
            best = dropped, value
    return best[1] if best else None


def _between(values: Sequence[float], now: float) -> list[float]:
    """Return thresholds in the middle between neighbouring values, in whole hundredths if possible.

    The last lies above all of them, where there is room.
    """
    found = []
    for low, high in zip(values, [*values[1:], 1.0], strict=True):
        middle = (low + high) / 2
        rounded = math.ceil(100 * middle) / 100
        value = rounded if low < rounded <= high else round(middle, 3)
        if low < value <= high and now < value <= _HIGHEST:
            found.append(value)
    return found


def _parts(lessons: Iterable[Lesson]) -> list[list[Lesson]]:
    """Divide decisions so that all of one recording stay together."""
    numbers = sorted({one.recording for one in lessons})
    own = len(numbers) <= PARTS
    parts: dict[int, list[Lesson]] = {}
    for one in lessons:
        part = one.recording if own else zlib.crc32(str(one.recording).encode()) % PARTS
        parts.setdefault(part, []).append(one)
    return [parts[part] for part in sorted(parts)]


def _split(lessons: Iterable[Lesson], value: float | None) -> Split:
    counts = {(confirmed, below): 0 for confirmed in (True, False) for below in (True, False)}
    for one in lessons:
        counts[one.confirmed, value is not None and one.sure < value] += 1
    return Split(
        dropped=counts[False, True],
        rejected=counts[False, True] + counts[False, False],
        lost=counts[True, True],
        confirmed=counts[True, True] + counts[True, False],
    )


def _added(one: Split, other: Split) -> Split:
    return Split(
        one.dropped + other.dropped,
        one.rejected + other.rejected,
        one.lost + other.lost,
        one.confirmed + other.confirmed,
    )
