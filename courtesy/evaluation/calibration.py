"""Whether the program's confidence means what it says: of matches at 80 %, are 80 % right?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from courtesy.evaluation.claims import TOLERANCE, shared_time
from courtesy.evaluation.truth import Truth
from courtesy.records import Match, Polarity, Recording

BINS: Final = 10
# What its context undoes or the customer says is not claimed at all.
_CLAIMED: Final = frozenset({"counted", "near", "unknown"})


@dataclass(frozen=True, slots=True)
class Trial:
    """One match, and whether it was right.

    Attributes:
        list: of the lexicon.
        polarity: whether saying it is good or bad.
        confidence: 0 to 1.
        right: whether the clerk really said the phrase there.
    """

    list: str
    polarity: Polarity
    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Matches of like confidence.

    Attributes:
        low: lower bound of the confidence.
        high: upper bound.
        count: how many they are.
        right: how many of them were right.
        confidence: their mean confidence; None where there are none.
    """

    low: float
    high: float
    count: int
    right: int
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Confidence against truth.

    Attributes:
        bins: ten, in rising order.
        count: matches in all.
        error: expected calibration error, 0 to 1; None where there are no matches.
        brier: mean squared difference between confidence and truth; None likewise.
    """

    bins: tuple[Bin, ...]
    count: int
    error: float | None
    brier: float | None


def trials_of(truth: Truth, recording: Recording) -> tuple[Trial, ...]:
    """Return the matches of a recording whose confidence can be tested.

    A match by an unknown speaker in a customer's turn is left out: what customers say stands in
    no gold file, so it can be neither right nor wrong.
    """
    found = []
    for card in recording.scorecards:
        for match in card.interaction.matches:
            if match.standing not in _CLAIMED or _perhaps_the_customer_s(match, truth):
                continue
            right = is_right(truth, match)
            found.append(Trial(match.list, match.polarity, match.confidence, right))
    return tuple(found)


def is_right(truth: Truth, match: Match) -> bool:
    """Tell whether the clerk really says a match's phrase where it was found."""
    return any(
        (one.polarity, one.phrase) == (match.polarity, match.phrase)
        and _common(match, truth, one.turn) > -TOLERANCE
        for one in truth.instances
    )


def calibration(trials: Iterable[Trial]) -> Calibration:
    """Put trials into ten bins of confidence."""
    all_of_them = tuple(trials)
    groups: list[list[Trial]] = [[] for _ in range(BINS)]
    for trial in all_of_them:
        groups[min(int(trial.confidence * BINS), BINS - 1)].append(trial)
    bins = tuple(_bin(number, group) for number, group in enumerate(groups))
    count = len(all_of_them)
    if not count:
        return Calibration(bins, 0, None, None)
    error = sum(abs(b.confidence * b.count - b.right) for b in bins if b.confidence is not None)
    brier = sum((t.confidence - t.right) ** 2 for t in all_of_them)
    return Calibration(bins, count, error / count, brier / count)


def _bin(number: int, trials: Sequence[Trial]) -> Bin:
    mean = sum(t.confidence for t in trials) / len(trials) if trials else None
    right = sum(t.right for t in trials)
    return Bin(number / BINS, (number + 1) / BINS, len(trials), right, mean)


def _perhaps_the_customer_s(match: Match, truth: Truth) -> bool:
    if match.role != "unknown":
        return False
    turns = range(len(truth.turns))
    nearest = max(turns, key=lambda number: _common(match, truth, number), default=None)
    return nearest is not None and truth.turns[nearest].role != "clerk"


def _common(match: Match, truth: Truth, turn: int) -> float:
    return shared_time(match.start or 0.0, match.end or 0.0, truth.turns[turn])
