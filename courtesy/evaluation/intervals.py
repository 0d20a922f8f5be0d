"""Figures with what they may be off by: every one says how many cases it rests on.

All intervals are for 95 %. Shares have Wilson's, counts per hour Garwood's, and what is made of
several counts (F1, error rates) is drawn again and again over dialogues, since the turns of one
dialogue are not independent of each other.
"""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from courtesy.evaluation.measure import Tally, total

RESAMPLES: Final = 1000
SEED: Final = 20261122
_TAIL: Final = 0.025
_Z: Final = NormalDist().inv_cdf(1 - _TAIL)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many.

    Attributes:
        part: the cases in question.
        whole: all cases.
    """

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """0 to 1; None where there is no case."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's score interval; None likewise.

        >>> [round(x, 4) for x in Share(8, 10).interval]
        [0.4902, 0.9433]
        """
        if not self.whole:
            return None
        n, p = self.whole, self.part / self.whole
        middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z / (1 + _Z**2 / n) * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in so many hours.

    Attributes:
        count: how often it happened.
        hours: how long was listened.
    """

    count: int
    hours: float

    @property
    def value(self) -> float | None:
        """Times an hour; None where nothing was listened to."""
        return self.count / self.hours if self.hours else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Garwood's exact interval for a Poisson count; None likewise.

        Its ends are the means under which as many, or as few, would be seen in one case of forty.
        """
        if not self.hours:
            return None
        low = _poisson_mean(self.count - 1, 1 - _TAIL) if self.count else 0.0
        high = _poisson_mean(self.count, _TAIL)
        return low / self.hours, high / self.hours


@dataclass(frozen=True, slots=True)
class Scored:
    """Precision, recall and F1 of one thing over some dialogues.

    Attributes:
        tally: over all of them.
        dialogues: how many they are.
        f1_interval: over dialogues drawn again; None where F1 is undefined.
    """

    tally: Tally
    dialogues: int
    f1_interval: tuple[float, float] | None

    @property
    def precision(self) -> Share:
        """Share of what was found that was said."""
        return Share(self.tally.right, self.tally.right + self.tally.wrong)

    @property
    def recall(self) -> Share:
        """Share of what was said that was found."""
        return Share(self.tally.right, self.tally.right + self.tally.missed)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of the two, 0 to 1; None where nothing was said and nothing found."""
        return _f1(self.tally)


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """Errors against the length of what was said; may exceed 1 where much was made up.

    Attributes:
        wrong: substituted, left out and put in.
        length: of the true words.
        dialogues: over how many.
        interval: over dialogues drawn again; None where nothing was said.
    """

    wrong: int
    length: int
    dialogues: int
    interval: tuple[float, float] | None

    @property
    def value(self) -> float | None:
        """Errors a character; None where nothing was said."""
        return self.wrong / self.length if self.length else None


def scored(tallies: Sequence[Tally]) -> Scored:
    """Put together the tallies of several dialogues, one each."""
    whole = total(tallies)
    if _f1(whole) is None:
        return Scored(whole, len(tallies), None)
    counts = np.array([[t.right, t.wrong, t.missed] for t in tallies], dtype=np.float64)
    right, wrong, missed = counts[_draws(len(tallies))].sum(axis=1).T
    below = 2 * right + wrong + missed
    drawn = 2 * right[below > 0] / below[below > 0]
    return Scored(whole, len(tallies), percentiles(drawn))


def error_rate(pairs: Sequence[tuple[int, int]]) -> ErrorRate:
    """Put together (errors, length) of several dialogues."""
    wrong, length = sum(w for w, _ in pairs), sum(n for _, n in pairs)
    if not length:
        return ErrorRate(wrong, length, len(pairs), None)
    drawn = drawn_rates(pairs)
    return ErrorRate(wrong, length, len(pairs), percentiles(drawn[~np.isnan(drawn)]))


def drawn_rates(pairs: Sequence[tuple[int, int]], series: int = 0) -> NDArray[np.float64]:
    """Return the error rate of each of `RESAMPLES` drawings of dialogues; NaN where none has words.

    Args:
        pairs: (errors, length) of each dialogue.
        series: of draws; figures of the same dialogues share one, and differ by their counts alone.
    """
    counts = np.array(pairs, dtype=np.float64)
    errors, lengths = counts[_draws(len(pairs), series)].sum(axis=1).T
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(lengths > 0, errors / lengths, np.nan)


def _f1(tally: Tally) -> float | None:
    below = 2 * tally.right + tally.wrong + tally.missed
    return 2 * tally.right / below if below else None


@functools.lru_cache(maxsize=64)
def _draws(dialogues: int, series: int = 0) -> NDArray[np.int64]:
    # The same draws for every figure, so that two figures of one run differ by their counts alone.
    return np.random.default_rng(SEED + series).integers(0, dialogues, (RESAMPLES, dialogues))


def percentiles(drawn: NDArray[np.float64]) -> tuple[float, float]:
    """Return the two ends between which 95 % of some drawings lie."""
    low, high = np.quantile(drawn, [_TAIL, 1 - _TAIL])
    return float(low), float(high)


def _poisson_mean(count: int, share: float) -> float:
    """Return the mean under which at most `count` is seen in that share of cases.

    >>> round(_poisson_mean(0, 0.025), 4), round(_poisson_mean(10, 0.025), 4)
    (3.6889, 18.3904)
    """
    low, high = 0.0, count + 10 * math.sqrt(count + 1) + 10
    for _ in range(60):
        middle = (low + high) / 2
        terms = (
            math.exp(k * math.log(middle) - middle - math.lgamma(k + 1)) for k in range(count + 1)
        )
        low, high = (middle, high) if sum(terms) > share else (low, middle)
    return (low + high) / 2
