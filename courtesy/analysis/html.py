"""The report as one HTML page that needs nothing else: no network, no script, no other file."""

import base64
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from courtesy.analysis.even_handed import Comparison, EvenHanded, Group
from courtesy.analysis.sections import Source, facts, grid, remark, span
from courtesy.analysis.words import TITLES, words
from courtesy.messages import Lang
from courtesy.report.plain import clean, visible
from courtesy.report.rendering import resource, template

_PACKAGE: Final = "courtesy.analysis"
_HIGHEST: Final = 100.0
# Points between marks of the axis, the first that needs no more than `_MARKS` of them.
_STEPS: Final = (5, 10, 20)
_MARKS: Final = 6
_LEAST_RANGE: Final = 20.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One group in the picture; all in per cent of its width.

    Attributes:
        group: what it shows.
        told: the same in words, for those who cannot see it.
        at: where the mean is.
        low: where the interval begins; None without one.
        high: where it ends.
    """

    group: Group
    told: str
    at: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Picture:
    """Means with their intervals, one line a group.

    Attributes:
        marks: the groups.
        axis: scores and where they stand, in per cent.
        start: the score at which the axis begins.
    """

    marks: tuple[Mark, ...]
    axis: tuple[tuple[str, float], ...]
    start: str


def to_html(found: EvenHanded, source: Source, lang: Lang) -> str:
    """Return a whole page.

    Args:
        found: what was compared.
        source: where it comes from.
        lang: of everything.
    """
    style = resource("courtesy.report", "score.css") + resource(_PACKAGE, "even.css")
    # A browser takes the page's line ends for "\n" before it makes its own sum.
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    page = template(_PACKAGE, "even.html.j2").render(
        lang=lang,
        w=words(lang),
        style=style,
        digest=digest,
        facts=[fact.say(lang) for fact in facts(found, source)],
        parts=[
            {
                "made": made,
                "title": TITLES[made.kind].say(lang),
                "sentence": _unbroken(made.sentence.say(lang)),
                "remark": text.say(lang) if (text := remark(made)) else "",
                "grid": grid(made, lang),
                "picture": drawn,
            }
            for made, drawn in zip(
                found.comparisons, pictures(found.comparisons, lang), strict=True
            )
        ],
        source=source,
        say=lambda text: visible(text.say(lang)),
        visible=visible,
    )
    return clean(page)


def pictures(comparisons: Sequence[Comparison], lang: Lang) -> list[Picture | None]:
    """Place the groups of comparisons on one axis; None for a comparison without groups.

    The axis ends at 100 and begins near the lowest interval, but leaves 20 points at least: from 0
    on, what differs would be hard to see, and on too few points chance would look like much.
    """
    groups = [group for made in comparisons for group in made.groups]
    ends = [group.interval[0] if group.interval else group.mean for group in groups]
    lowest = min([*ends, _HIGHEST - _LEAST_RANGE])
    step = next((s for s in _STEPS if (_HIGHEST - lowest) / s <= _MARKS - 1), _STEPS[-1])
    start = max(0.0, math.floor(lowest / step) * step)

    def at(score: float) -> float:
        return round((score - start) / (_HIGHEST - start) * 100, 2)

    def mark(group: Group) -> Mark:
        low, high = group.interval or (None, None)
        return Mark(
            group=group,
            told=f"{group.name.say(lang)} {group.mean:.1f} ({span(group)})",
            at=at(group.mean),
            low=None if low is None else at(low),
            high=None if high is None else at(high),
        )

    scores = [start + n * step for n in range(round((_HIGHEST - start) / step) + 1)]
    axis = tuple((f"{score:g}", at(score)) for score in scores)
    return [
        Picture(tuple(map(mark, made.groups)), axis, f"{start:g}") if made.groups else None
        for made in comparisons
    ]


def _unbroken(sentence: str) -> str:
    return sentence.replace("p = ", "p\u00a0=\u00a0").replace("p < ", "p\u00a0<\u00a0")
