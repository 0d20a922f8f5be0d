"""Scores in the course of time: by day, week or month, as long as the period is."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from courtesy.analysis.members import Cell, Figures, figures
from courtesy.messages import Text

Step = Literal["day", "week", "month"]
# The longest periods that are shown by day and by week, in days.
_BY_DAY: Final = 31
_BY_WEEK: Final = 184


@dataclass(frozen=True, slots=True)
class Point:
    """One day, week or month.

    Attributes:
        first: its first day.
        name: as people call it.
        figures: of its interactions; of none where nobody came.
    """

    first: date
    name: Text
    figures: Figures


@dataclass(frozen=True, slots=True)
class Trend:
    """Scores in the course of time.

    Attributes:
        step: what each point stands for.
        points: from the first one with an interaction to the last, none left out.
    """

    step: Step
    points: tuple[Point, ...]


def trend(cells: Iterable[Cell]) -> Trend | None:
    """Return the course of scores; None where no time is known."""
    dated = [(cell.day, cell) for cell in cells if cell.day is not None]
    if not dated:
        return None
    first, last = min(day for day, _ in dated), max(day for day, _ in dated)
    days = (last - first).days + 1
    step: Step = "day" if days <= _BY_DAY else "week" if days <= _BY_WEEK else "month"
    begins = _BEGINS[step]
    found: dict[date, list[Cell]] = defaultdict(list)
    for day, cell in dated:
        found[begins(day)].append(cell)
    points = []
    at = begins(first)
    while at <= last:
        points.append(Point(at, _name(at, step), figures(found.get(at, ()))))
        # Far enough to be in the next one, and not in the one after it.
        at = begins(at + timedelta(days={"day": 1, "week": 7, "month": 31}[step]))
    return Trend(step, tuple(points))


_BEGINS: Final[dict[Step, Callable[[date], date]]] = {
    "day": lambda day: day,
    "week": lambda day: day - timedelta(days=day.weekday()),
    "month": lambda day: day.replace(day=1),
}


def _name(first: date, step: Step) -> Text:
    day = f"{first:%m-%d}"
    if step == "month":
        month = f"{first:%Y-%m}"
        return Text(month, month)
    return Text(f"{day} 起", f"from {day}") if step == "week" else Text(day, day)
