"""How people's practice goes, by person and by what they were to say, over time."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from courtesy.store.practising import Practice

Outcome = Literal["said", "close", "missing", "breach"]


@dataclass(slots=True)
class Progress:
    """What came of some drills.

    Attributes:
        drills: how many there were.
        spoken: how many of them were answered by the microphone.
        points: of each, 0 to 100.
        weeks: their mean points, by the Monday of their week.
        outcomes: of each requirement and each forbidden phrase, how often it came to what.
    """

    drills: int = 0
    spoken: int = 0
    points: list[float] = field(default_factory=list)
    weeks: dict[date, list[float]] = field(default_factory=dict)
    outcomes: dict[str, Counter[Outcome]] = field(default_factory=dict)

    @property
    def mean(self) -> float | None:
        """Mean of the points; None where there are none."""
        return round(sum(self.points) / len(self.points), 1) if self.points else None

    def by_week(self) -> dict[date, float]:
        """Return the mean points of each week in which there was something."""
        return {day: round(sum(some) / len(some), 1) for day, some in sorted(self.weeks.items())}

    def add(self, one: Practice) -> None:
        """Count a drill in."""
        self.drills += 1
        self.spoken += one.spoken
        self.points.append(one.points)
        day = one.day
        self.weeks.setdefault(day - timedelta(days=day.weekday()), []).append(one.points)
        for name, outcome in outcomes(one.turns):
            self.outcomes.setdefault(name, Counter())[outcome] += 1


def outcomes(turns: Iterable[Mapping[str, Any]]) -> list[tuple[str, Outcome]]:
    """Return what became of each requirement, and each forbidden phrase that was said.

    Args:
        turns: as they are kept. A requirement is named as scenarios name it, a forbidden phrase by
            its id.
    """
    found: list[tuple[str, Outcome]] = []
    for turn in turns:
        found += [(one["ref"], one["verdict"]) for one in turn["mark"]["wanted"]]
        found += [(one["phrase_id"], "breach") for one in turn["mark"]["breaches"]]
    return found


def of_people(practices: Iterable[Practice]) -> dict[str, Progress]:
    """Return how it goes with each person who practised."""
    found: dict[str, Progress] = {}
    for one in practices:
        found.setdefault(one.person, Progress()).add(one)
    return found


def together(practices: Iterable[Practice]) -> Progress:
    """Return how it goes with all of them."""
    found = Progress()
    for one in practices:
        found.add(one)
    return found
