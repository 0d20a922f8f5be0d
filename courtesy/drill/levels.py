"""What somebody can do for certain, as far as practice shows it; certificates rest on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from courtesy.drill.scenarios import Scenario
from courtesy.messages import Text
from courtesy.store.practising import Result

# Points of a drill that show it, and for how many days they do.
ENOUGH: Final = 90.0
LASTS: Final = 180
# Scenarios of each situation in which it is shown, or all where there are fewer.
EACH: Final = 2


@dataclass(frozen=True, slots=True)
class Level:
    """A level, which holds all that are before it.

    Attributes:
        id: short, for programs.
        name: for people.
        situations: that come with it.
    """

    id: str
    name: Text
    situations: tuple[str, ...]


LEVELS: Final = (
    Level("basic", Text("基础", "Basic"), ("opening", "waiting", "thanks", "telephone")),
    Level(
        "skilled",
        Text("熟练", "Skilled"),
        ("refusing", "apologising", "directing", "closing-time", "misunderstanding"),
    ),
    Level("expert", Text("优秀", "Expert"), ("elderly", "angry", "complaint")),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far somebody is with a level.

    Attributes:
        level: which.
        shown: of each situation, in how many scenarios it is shown.
        wanted: of each situation, in how many it has to be.
        until: the last day on which the level is held; None where it is not.
    """

    level: Level
    shown: Mapping[str, int]
    wanted: Mapping[str, int]
    until: date | None

    @property
    def held(self) -> bool:
        """Whether all of it is shown."""
        return self.until is not None


def shows(done: Result, today: date) -> bool:
    """Tell whether a drill shows that somebody can do it, and still does."""
    return done.points >= ENOUGH and _end(done) >= today


def _end(done: Result) -> date:
    return done.day + timedelta(days=LASTS)


def standings(
    latest: Iterable[Result], scenarios: Iterable[Scenario], today: date
) -> tuple[Standing, ...]:
    """Return how far somebody is with each level.

    A situation is shown in a scenario whose last drill had enough points, and is not too long ago.
    What went wrong afterwards takes it back.

    Args:
        latest: the last result of each scenario that they practised.
        scenarios: that there are.
        today: the day it is told for.
    """
    last = {one.scenario: one for one in latest}
    ends: dict[str, list[date]] = {}
    there: dict[str, int] = {}
    for scenario in scenarios:
        there[scenario.situation] = there.get(scenario.situation, 0) + 1
        done = last.get(scenario.id)
        if done and shows(done, today):
            ends.setdefault(scenario.situation, []).append(_end(done))
    found: list[Standing] = []
    sofar: tuple[str, ...] = ()
    for level in LEVELS:
        sofar = (*sofar, *level.situations)
        wanted = {name: min(EACH, there.get(name, 0)) for name in sofar}
        # The best ones count: it is held as long as enough of them do.
        best = {name: sorted(ends.get(name, ()), reverse=True)[: wanted[name]] for name in sofar}
        shown = {name: len(best[name]) for name in sofar}
        whole = all(shown[name] == wanted[name] for name in sofar) and any(best.values())
        until = min(end for some in best.values() for end in some) if whole else None
        found.append(Standing(level, shown, wanted, until))
    return tuple(found)
