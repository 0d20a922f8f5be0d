"""Means, intervals and tests. The statistics are scipy's; here they are chosen.

* The interval of a mean is Student's. A bootstrap of few values is too narrow, since it never draws
  what was not seen, and scores pile up at 100, where few values are often all the same.
* The test compares means: analysis of variance, which for two groups is Student's t. Groups have
  about as many values each (most days have most hours), and there it holds its level though scores
  are skewed and vary more in one group than in another. Tried on simulated counters where nobody is
  treated otherwise, Welch's variants found differences in up to 15 % of them and this one in 8 % at
  most, most often in 3 to 6. Tests by ranks are wrong here: the mean of an hour with one customer
  is spread otherwise than that of an hour with ten, and ranks take that for a difference.
* Several tests at once are corrected by Holm's method: the chance that even one of them finds what
  is not there stays at 5 %, however they depend on each other.
"""

import importlib.util
import math
from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import Final

from courtesy.errors import UsageError
from courtesy.messages import Text

LEVEL: Final = 0.95
ALPHA: Final = 0.05
# Of a range of scores; an interval of the mean cannot leave it.
_LOWEST, _HIGHEST = 0.0, 100.0
_NOTHING: Final = 1e-9


def need_scipy() -> None:
    """Make sure that scipy is there.

    Raises:
        UsageError: it is not; the message says how to get it.
    """
    if importlib.util.find_spec("scipy") is None:
        raise UsageError(
            Text(
                "没有安装 scipy。请运行 pip install 'courtesy[report]'。",
                "scipy is not installed. Run pip install 'courtesy[report]'.",
            )
        )


def interval(values: Sequence[float]) -> tuple[float, float] | None:
    """Return where the mean lies with 95 % confidence.

    Args:
        values: scores, 0 to 100.

    Returns:
        its ends, 0 to 100; None for fewer than two values, or where all are the same: a width of
        nothing would claim more than so few can tell.
    """
    if len(values) < 2 or len(set(values)) < 2:
        return None
    return mean_interval((1, value) for value in values)


def mean_interval(groups: Iterable[tuple[int, float]]) -> tuple[float, float] | None:
    """Return where the mean of all values lies with 95 % confidence, if those of a group are alike.

    Many values of one day say less than as many of many days. The error is therefore reckoned from
    what whole groups add to the mean or take from it (a mean of clusters); where each group has one
    value, this is Student's interval.

    Args:
        groups: of each group, how many scores it has and their sum.

    Returns:
        its ends, 0 to 100; None for fewer than two groups, or where nothing varies.
    """
    found = list(groups)
    count = sum(many for many, _ in found)
    if len(found) < 2:
        return None
    mean = sum(total for _, total in found) / count
    off = sum((total - many * mean) ** 2 for many, total in found)
    error = math.sqrt(off * len(found) / (len(found) - 1)) / count
    if error < _NOTHING:
        return None
    # All that is needed of scipy.stats, which takes a second to load.
    from scipy.special import stdtrit

    reach = error * float(stdtrit(len(found) - 1, (1 + LEVEL) / 2))
    return max(_LOWEST, mean - reach), min(_HIGHEST, mean + reach)


def chance(groups: Sequence[Sequence[float]]) -> float | None:
    """Return how likely differences like these are where there is none: the test's p.

    Args:
        groups: at least two, of two scores or more each, that do not depend on each other.

    Returns:
        0 to 1; None where all scores are the same.
    """
    if len({value for group in groups for value in group}) < 2:
        return None
    if all(len(set(group)) == 1 for group in groups):
        from scipy import stats

        # Each group all of one score, and not all of the same: here ranks lose nothing.
        return float(stats.kruskal(*groups).pvalue)
    from scipy.special import fdtrc

    values = [value for group in groups for value in group]
    mean = fmean(values)
    between = sum(len(group) * (fmean(group) - mean) ** 2 for group in groups)
    within = sum(_off(group) for group in groups)
    freedom = len(groups) - 1, len(values) - len(groups)
    return float(fdtrc(*freedom, (between / freedom[0]) / (within / freedom[1])))


def _off(values: Sequence[float]) -> float:
    mean = fmean(values)
    return sum((value - mean) ** 2 for value in values)


def holm(chances: Sequence[float]) -> list[float]:
    """Correct several tests for having been made together.

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03, 0.5])]
    [0.04, 0.09, 0.09, 0.5]
    """
    corrected = [0.0] * len(chances)
    reached = 0.0
    for rank, at in enumerate(sorted(range(len(chances)), key=lambda i: chances[i])):
        reached = max(reached, min(1.0, (len(chances) - rank) * chances[at]))
        corrected[at] = reached
    return corrected
