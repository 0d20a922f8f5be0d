"""Where things stand in the page's pictures, in per cent of their width; nothing of their looks."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from courtesy.analysis.even_handed import Comparison, Group
from courtesy.analysis.facts import span
from courtesy.analysis.members import Figures, Member
from courtesy.analysis.trend import Point
from courtesy.messages import Lang, Text

_HIGHEST: Final = 100.0
# Points between marks of the axis, the first that needs no more than `_MARKS` of them.
_STEPS: Final = (5, 10, 20)
_MARKS: Final = 6
_LEAST_RANGE: Final = 20.0
# The course of scores: pixels from top to bottom of the scores, and of the bars below them.
SCORES_HIGH: Final = 120
BARS_HIGH: Final = 44
_LABELS: Final = 6


@dataclass(frozen=True, slots=True)
class Axis:
    """Scores along a picture, up to 100.

    Attributes:
        start: the score at which it begins.
        marks: scores and where they stand, in per cent.
    """

    start: float
    marks: tuple[tuple[str, float], ...]

    def at(self, score: float) -> float:
        """Return where a score stands, in per cent."""
        return round((score - self.start) / (_HIGHEST - self.start) * 100, 2)

    @property
    def named(self) -> str:
        """The score at which it begins, as people write it."""
        return f"{self.start:g}"


@dataclass(frozen=True, slots=True)
class Mark:
    """A mean with its interval; all in per cent of the picture.

    Attributes:
        name: what it shows.
        told: the same in words, for those who cannot see it.
        compared: whether there is enough of it to be compared.
        at: where the mean is.
        low: where the interval begins; None without one.
        high: where it ends.
    """

    name: Text
    told: str
    compared: bool
    at: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Picture:
    """Means with their intervals, one line a group.

    Attributes:
        marks: the groups.
        axis: the scores.
    """

    marks: tuple[Mark, ...]
    axis: Axis


@dataclass(frozen=True, slots=True)
class Dot:
    """A day, week or month in the course of scores.

    Attributes:
        told: it in words.
        label: its name where there is room for it; else empty.
        x: its middle, in per cent of the width.
        y: pixels from the top to its mean; None where there is none.
        top: pixels from the top to the upper end of its interval; None without one.
        bottom: the same for the lower end.
        bar: pixels that the bar of its interactions is high.
    """

    told: str
    label: str
    x: float
    y: float | None
    top: float | None
    bottom: float | None
    bar: float


@dataclass(frozen=True, slots=True)
class Course:
    """Scores in the course of time.

    Attributes:
        dots: from left to right.
        lines: of each stretch without a gap, what joins the means: SVG's path, 100 wide.
        marks: scores and how many pixels from the top they stand.
        width: of a bar, in per cent.
        most: interactions of the highest bar.
    """

    dots: tuple[Dot, ...]
    lines: tuple[str, ...]
    marks: tuple[tuple[str, float], ...]
    width: float
    most: int


def axis(lows: Iterable[float]) -> Axis:
    """Return an axis on which all of these have a place.

    It ends at 100 and begins near the lowest, but leaves 20 points at least: from 0 on, what
    differs would be hard to see, and on too few points chance would look like much.
    """
    lowest = min([*lows, _HIGHEST - _LEAST_RANGE])
    step = next((s for s in _STEPS if (_HIGHEST - lowest) / s <= _MARKS - 1), _STEPS[-1])
    start = max(0.0, math.floor(lowest / step) * step)
    made = Axis(start, ())
    scores = [start + n * step for n in range(round((_HIGHEST - start) / step) + 1)]
    return Axis(start, tuple((f"{score:g}", made.at(score)) for score in scores))


def pictures(comparisons: Sequence[Comparison], lang: Lang) -> list[Picture | None]:
    """Place the groups of comparisons on one axis; None for a comparison without groups."""
    groups = [group for made in comparisons for group in made.groups]
    own = axis(group.interval[0] if group.interval else group.mean for group in groups)
    return [
        Picture(tuple(_of_group(group, own, lang) for group in made.groups), own)
        if made.groups
        else None
        for made in comparisons
    ]


def of_members(members: Sequence[Member], everybody: Figures, lang: Lang) -> list[Mark | None]:
    """Place members and, last, all of them on one axis; None for one without a score."""
    found = [
        *((one.name, one.figures, not one.figures.few) for one in members),
        (Text("", ""), everybody, True),
    ]
    own = axis(
        figures.interval[0] if figures.interval else figures.mean
        for _, figures, _ in found
        if figures.mean is not None
    )
    return [
        None
        if figures.mean is None
        else _mark((name, figures.mean, figures.interval), own, lang, compared=compared)
        for name, figures, compared in found
    ]


def _of_group(group: Group, own: Axis, lang: Lang) -> Mark:
    return _mark((group.name, group.mean, group.interval), own, lang, compared=group.compared)


def _mark(
    what: tuple[Text, float, tuple[float, float] | None], own: Axis, lang: Lang, *, compared: bool
) -> Mark:
    name, mean, interval = what
    low, high = interval or (None, None)
    return Mark(
        name=name,
        told=f"{name.say(lang)} {mean:.1f} ({span(interval)})".strip(),
        compared=compared,
        at=own.at(mean),
        low=None if low is None else own.at(low),
        high=None if high is None else own.at(high),
    )


def course(points: Sequence[Point], lang: Lang) -> Course:
    """Place the course of scores."""
    found = [one.figures for one in points]
    own = axis(f.interval[0] if f.interval else f.mean for f in found if f.mean is not None)
    most = max((f.interactions for f in found), default=0)
    every = -(-len(points) // _LABELS)

    def down(score: float) -> float:
        return round(SCORES_HIGH * (1 - own.at(score) / 100), 1)

    def dot(number: int, point: Point) -> Dot:
        f = point.figures
        mean = "–" if f.mean is None else f"{f.mean:.1f} ({span(f.interval)})"
        return Dot(
            told=f"{point.name.say(lang)}: {mean}, {f.interactions}",
            label=point.name.zh.removesuffix(" 起") if number % every == 0 else "",
            x=round((number + 0.5) / len(points) * 100, 2),
            y=None if f.mean is None else down(f.mean),
            top=f.interval and down(f.interval[1]),
            bottom=f.interval and down(f.interval[0]),
            bar=round(BARS_HIGH * f.interactions / most, 1) if most else 0.0,
        )

    dots = tuple(dot(number, point) for number, point in enumerate(points))
    return Course(
        dots=dots,
        lines=tuple(_lines(dots)),
        marks=tuple((name, round(SCORES_HIGH * (1 - x / 100), 1)) for name, x in own.marks),
        width=round(70 / max(len(points), 1), 2),
        most=most,
    )


def _lines(dots: Iterable[Dot]) -> Iterable[str]:
    """Yield what joins the dots; where there is no mean the line is broken."""
    stretch: list[str] = []
    for one in (*dots, None):
        if one is not None and one.y is not None:
            stretch.append(f"{one.x} {one.y}")
            continue
        if len(stretch) > 1:
            yield "M" + " L".join(stretch)
        stretch = []
