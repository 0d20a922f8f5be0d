"""The figures of some interactions, and of each clerk, window or hall beside those of all.

Nobody is ranked: by their means alone, who had the fewest customers would stand first or last. It
is only said of whom the scores are lower or higher than all together by more than chance explains.
"""

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from courtesy.analysis.figures import mean_interval
from courtesy.analysis.groups import place_of
from courtesy.messages import Text
from courtesy.records import Judged, Verdict, Whose

By = Literal["clerk", "window", "hall"]
Standing = Literal["", "few", "below", "above"]
# On fewer interactions, or days, nothing is said of anybody.
LEAST_SCORED: Final = 20
LEAST_DAYS: Final = 5

UNKNOWN: Final[dict[By, Text]] = {
    "clerk": Text("不知道是谁", "clerk not known"),
    "window": Text("不知道窗口", "window not known"),
    "hall": Text("不知道大厅", "hall not known"),
}


@dataclass(slots=True)
class Cell:
    """Interactions of one recording and one day, counted once for all that is reckoned of them.

    Attributes:
        whose: hall, window and clerk.
        place: the window; the recording itself where no time is known, since what it has in common
            with others is not known either.
        day: None where it is not known.
        interactions: how many, with and without a score.
        scored: how many have a score.
        total: of the scores.
        grades: how many got each grade, and the best score among them.
    """

    whose: Whose
    place: str
    day: date | None
    interactions: int = 0
    scored: int = 0
    total: float = 0.0
    grades: dict[Text, tuple[int, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figures:
    """What is reckoned of some interactions.

    Attributes:
        interactions: how many, with and without a score.
        scored: how many have a score.
        days: on how many days at a window these were; one recording without a time is a day.
        mean: of the scores; None where there is none.
        interval: where the mean lies with 95 % confidence, those of one day at one window taken
            together; None where so few cannot tell.
        grades: how many got each grade, the best first.
    """

    interactions: int
    scored: int
    days: int
    mean: float | None
    interval: tuple[float, float] | None
    grades: tuple[tuple[Text, int], ...]

    @property
    def few(self) -> bool:
        """Whether these are too few to speak of anybody."""
        return self.scored < LEAST_SCORED or self.days < LEAST_DAYS or self.interval is None


@dataclass(frozen=True, slots=True)
class Share:
    """How often a rule was kept.

    Attributes:
        kept: in how many interactions.
        missed: in how many it was not.
        unsure: in how many nobody can tell without listening.
    """

    kept: int = 0
    missed: int = 0
    unsure: int = 0

    @property
    def applied(self) -> int:
        """In how many it applied and could be told."""
        return self.kept + self.missed

    @property
    def missing(self) -> float | None:
        """The share of those in which it was not kept, 0 to 1; None where it never applied."""
        return self.missed / self.applied if self.applied else None


@dataclass(frozen=True, slots=True)
class Member:
    """A clerk, a window or a hall.

    Attributes:
        whose: what is known of it.
        name: what it is called.
        figures: of its interactions.
        standing: "below" or "above" where its interval lies wholly below or above that of all;
            "few" where it has too few to be compared; "" otherwise.
        rules: how often each rule was kept.
    """

    whose: Whose
    name: Text
    figures: Figures
    standing: Standing
    rules: Mapping[str, Share] = field(default_factory=dict)


def cells(judged: Iterable[Judged]) -> list[Cell]:
    """Put interactions of one recording and one day together.

    Args:
        judged: without talk that belongs to no customer.
    """
    found: dict[tuple[str, date | None, Whose], Cell] = {}
    for one in judged:
        key = (one.path, one.began.date() if one.began else None, one.whose)
        cell = found.get(key)
        if cell is None:
            cell = found[key] = Cell(one.whose, place_of(one) if one.began else one.path, key[1])
        cell.interactions += 1
        if one.score is None:
            continue
        cell.scored += 1
        cell.total += one.score
        if one.grade is not None:
            many, best = cell.grades.get(one.grade, (0, one.score))
            cell.grades[one.grade] = many + 1, max(best, one.score)
    return list(found.values())


def figures(cells: Iterable[Cell]) -> Figures:
    """Return what is reckoned of some interactions."""
    interactions = 0
    days: dict[tuple[str, date | None], tuple[int, float]] = {}
    grades: dict[Text, tuple[int, float]] = {}
    for cell in cells:
        interactions += cell.interactions
        if cell.scored:
            many, total = days.get((cell.place, cell.day), (0, 0.0))
            days[cell.place, cell.day] = many + cell.scored, total + cell.total
        for grade, (count, best) in cell.grades.items():
            before, highest = grades.get(grade, (0, best))
            grades[grade] = before + count, max(highest, best)
    scored = sum(many for many, _ in days.values())
    order = sorted(grades, key=lambda grade: (-grades[grade][1], grade.zh))
    return Figures(
        interactions=interactions,
        scored=scored,
        days=len(days),
        mean=sum(total for _, total in days.values()) / scored if scored else None,
        interval=mean_interval(days.values()),
        grades=tuple((grade, grades[grade][0]) for grade in order),
    )


def known(cells: Iterable[Cell]) -> By | None:
    """Return by what interactions can be told apart: the finest that is known of any."""
    whose = {cell.whose for cell in cells}
    by: tuple[By, ...] = ("clerk", "window", "hall")
    return next((one for one in by if any(getattr(each, one) for each in whose)), None)


def members(
    cells: Iterable[Cell],
    verdicts: Mapping[tuple[Whose, str], Mapping[Verdict, int]],
    by: By,
    everybody: Figures,
) -> tuple[Member, ...]:
    """Return each clerk, window or hall, by name; what is known of none stands last.

    Args:
        cells: interactions.
        verdicts: as they were collected.
        by: what they are put together by. Those of one name in two halls are two.
        everybody: the figures of all.
    """
    found: dict[Whose, list[Cell]] = defaultdict(list)
    for cell in cells:
        found[only(cell.whose, by)].append(cell)
    rules: dict[Whose, dict[str, Counter[Verdict]]] = defaultdict(lambda: defaultdict(Counter))
    for (whose, rule), counts in verdicts.items():
        rules[only(whose, by)][rule].update(counts)
    several = len({whose.hall for whose in found if getattr(whose, by)}) > 1
    made = []
    for whose, theirs in found.items():
        own = figures(theirs)
        made.append(
            Member(
                whose=whose,
                name=_name(whose, by, hall=several),
                figures=own,
                standing=_standing(own, everybody) if getattr(whose, by) else "",
                rules={rule: share(counts) for rule, counts in rules[whose].items()},
            )
        )
    return tuple(sorted(made, key=lambda one: (not getattr(one.whose, by), *_order(one.whose))))


def share(counts: Mapping[Verdict, int]) -> Share:
    """Return how often a rule was kept, by its verdicts."""
    return Share(counts.get("pass", 0), counts.get("fail", 0), counts.get("unsure", 0))


@functools.lru_cache(maxsize=10_000)  # asked for each day of each clerk anew
def only(whose: Whose, by: By) -> Whose:
    """Keep what tells members apart, and the hall they are in."""
    if not getattr(whose, by):
        return Whose()
    return Whose(
        whose.hall, whose.window if by == "window" else "", whose.clerk if by == "clerk" else ""
    )


def _name(whose: Whose, by: By, *, hall: bool) -> Text:
    own = getattr(whose, by)
    if not own:
        return UNKNOWN[by]
    name = f"{whose.hall} {own}".strip() if hall and by != "hall" else own
    return Text(name, name)


def _standing(own: Figures, everybody: Figures) -> Standing:
    if own.few:
        return "few"
    if own.interval is None or everybody.interval is None:
        return ""
    if own.interval[1] < everybody.interval[0]:
        return "below"
    return "above" if own.interval[0] > everybody.interval[1] else ""


def _order(whose: Whose) -> list[list[tuple[int, str]]]:
    """Return what puts names in order: 窗口 2 before 窗口 10."""
    return [
        [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]
        for name in whose
    ]
