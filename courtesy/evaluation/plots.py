"""The pictures of an evaluation, as SVG that stands in the page itself.

Words in them are text, so that they take the page's own fonts and can be searched: matplotlib need
not have a Chinese font. Nothing is placed by the width of a word.
"""

import contextlib
import io
import os
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from courtesy.evaluation.calibration import Calibration
from courtesy.evaluation.evaluation import Evaluation
from courtesy.evaluation.hearing import Side
from courtesy.evaluation.measure import FORBIDDEN
from courtesy.evaluation.summary import ALL, POLITE, Result
from courtesy.evaluation.words import LAYERS, SIDES, words
from courtesy.folders import cache_dir
from courtesy.messages import Lang

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INK: Final = "#1c2330"
_SOFT: Final = "#566072"
_LINE: Final = "#d9dde4"
# Told apart by people who see colours differently, and by their marks without any colour.
_COLOURS: Final = ("#b3261e", "#1b6e3c", "#2f6fb5", "#b8742a")
_MARKS: Final = ("o", "s", "D", "^")
_SIDES: Final[tuple[Side, ...]] = ("all", "clerk", "customer")
_SETTINGS: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "courtesy",  # the same figures give the same bytes
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.size": 10.0,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _SOFT,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": _LINE,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_PROLOGUE: Final = re.compile(r"\A.*?(?=<svg)", re.DOTALL)
_METADATA: Final = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_FONT: Final = re.compile(r"(font: [^;\"']*?px) [^;\"]*")

Point = tuple[float, float, float]
"""A value and the ends of its interval."""


def plots(evaluation: Evaluation, lang: Lang) -> dict[str, str]:
    """Draw an evaluation.

    Returns:
        SVG by name: "f1", "errors", "layers forbidden", "layers polite", and "calibration NAME" for
        each condition; those of which there is nothing to show are left out.
    """
    # A service account may have no home, and matplotlib would warn of every run.
    os.environ.setdefault("MPLCONFIGDIR", str(cache_dir() / "matplotlib"))
    import matplotlib as mpl

    # Where no font has a character its width is a guess, which nothing here depends on.
    with warnings.catch_warnings(), mpl.rc_context(_SETTINGS):
        warnings.simplefilter("ignore")
        drawn: dict[str, Figure | None] = {
            "f1": _f1(evaluation, lang),
            "errors": _errors(evaluation, lang),
            **{f"layers {g}": _layers(evaluation, g, lang) for g in (FORBIDDEN, POLITE)},
        }
        for result in evaluation.results:
            drawn[f"calibration {result.condition.name}"] = _calibration(result, lang)
        return {
            name: _svg(figure, f"p{number}-")
            for number, (name, figure) in enumerate(drawn.items())
            if figure is not None
        }


def _f1(evaluation: Evaluation, lang: Lang) -> "Figure | None":
    w = words(lang)
    series = {
        w["forbidden"]: [_scored_points(r, FORBIDDEN) for r in evaluation.results],
        w["by_turn"]: [
            _percent(r.by_turn.scored.f1, r.by_turn.scored.f1_interval) for r in evaluation.results
        ],
        w["polite"]: [_scored_points(r, POLITE) for r in evaluation.results],
        w["all"]: [_scored_points(r, ALL) for r in evaluation.results],
    }
    return _points(w["plot_f1"], [r.condition.name for r in evaluation.results], series)


def _errors(evaluation: Evaluation, lang: Lang) -> "Figure | None":
    heard = [r for r in evaluation.results if r.errors]
    series = {
        SIDES[side].say(lang): [
            _percent(rate.value, rate.interval)
            if (rate := r.errors.get(("characters", side)))
            else None
            for r in heard
        ]
        for side in _SIDES
    }
    title = words(lang)["plot_errors"]
    return _points(title, [r.condition.name for r in heard], series, top=None)


def _layers(evaluation: Evaluation, group: str, lang: Lang) -> "Figure | None":
    w = words(lang)
    results = [
        r for r in evaluation.results if any(one[group].f1 is not None for one in r.layers.values())
    ]
    if not results:
        return None
    series = {
        LAYERS[layer].say(lang): [
            _percent(r.layers[layer][group].f1, r.layers[layer][group].f1_interval) for r in results
        ]
        for layer in results[0].layers
    }
    title = f"{w['plot_layers']}{w['colon']}{w[group]}"
    return _points(title, [r.condition.name for r in results], series)


def _calibration(result: Result, lang: Lang) -> "Figure | None":
    """Draw confidence against truth, with the number of matches in each bin below it."""
    w = words(lang)
    shown = {
        w[name]: one
        for name in (FORBIDDEN, POLITE)
        if (one := result.calibration.get(name)) and one.count
    }
    if not shown:
        return None
    figure = _figure(4.6, 4.6)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    figure.subplots_adjust(left=0.13, right=0.97, top=0.9, bottom=0.11, hspace=0.12)
    above.plot([0, 100], [0, 100], color=_SOFT, linestyle=":", label=w["perfect"])
    for number, (name, one) in enumerate(shown.items()):
        _reliability(above, below, one, name, number)
    _title(above, w["plot_calibration"])
    above.set_ylim(-3, 103)
    above.set_xlim(-2, 102)
    above.set_ylabel(f"{w['share_right']} %", rotation_mode="anchor")
    below.set_ylabel(w["matches"], rotation_mode="anchor")
    below.set_xlabel(f"{w['bin']} %")
    above.legend(frameon=False, loc="upper left")
    return figure


def _reliability(above: "Axes", below: "Axes", one: Calibration, name: str, number: int) -> None:
    bins = [b for b in one.bins if b.confidence is not None]
    x = [(b.confidence or 0.0) * 100 for b in bins]
    y = [b.right / b.count * 100 for b in bins]
    colour, mark = _COLOURS[number], _MARKS[number]
    above.plot(x, y, color=colour, marker=mark, label=f"{name} (n = {one.count})")
    offset = (number - 0.5) * 3.6
    at = [b.low * 100 + 5 + offset for b in bins]
    below.bar(at, [b.count for b in bins], width=3.4, color=colour)
    for left, b in zip(at, bins, strict=True):
        below.annotate(
            str(b.count), (left, b.count), ha="center", va="bottom", fontsize=7,
            textcoords="offset points", xytext=(0, 1),
        )  # fmt: skip
    below.margins(y=0.25)


def _points(
    title: str,
    labels: Sequence[str],
    series: Mapping[str, Sequence[Point | None]],
    top: float | None = 103.0,
) -> "Figure | None":
    """Draw values with their intervals side by side, a group for each label."""
    there = {name: points for name, points in series.items() if any(points)}
    if not there:
        return None
    figure = _figure(max(5.0, 1.3 * len(labels) + 1.6), 3.6)
    axes = figure.subplots()
    figure.subplots_adjust(left=0.09, right=0.98, top=0.74, bottom=0.1)
    step = 0.7 / len(there)
    for number, (name, points) in enumerate(there.items()):
        shown = [(at, point) for at, point in enumerate(points) if point]
        x = [at + (number - (len(there) - 1) / 2) * step for at, _ in shown]
        y = [value for _, (value, _, _) in shown]
        # Drawn again and again a figure may never come as high as it is, by a hair.
        low = [max(0.0, value - low) for _, (value, low, _) in shown]
        high = [max(0.0, high - value) for _, (value, _, high) in shown]
        axes.errorbar(
            x,
            y,
            yerr=[low, high],
            fmt=_MARKS[number],
            color=_COLOURS[number],
            capsize=3,
            label=name,
        )
    axes.set_xticks(range(len(labels)), labels)
    axes.set_xlim(-0.6, len(labels) - 0.4)
    axes.grid(visible=False, axis="x")
    axes.set_ylim(0 if top is None else -3, top)
    _title(axes, title, pad=44)
    axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1.02), ncols=2, borderaxespad=0)
    return figure


def _figure(width: float, height: float) -> "Figure":
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height))


def _title(axes: "Axes", title: str, pad: float = 8) -> None:
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold", pad=pad)


def _scored_points(result: Result, name: str) -> Point | None:
    scored = result.lists.get(name) or result.groups.get(name)
    return _percent(scored.f1, scored.f1_interval) if scored else None


def _percent(value: float | None, interval: tuple[float, float] | None) -> Point | None:
    if value is None or interval is None:
        return None
    return value * 100, interval[0] * 100, interval[1] * 100


def _svg(figure: "Figure", prefix: str) -> str:
    """Write a figure as an SVG element whose ids are its own on the page."""
    out = io.StringIO()
    with _quiet():
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = _METADATA.sub("", _PROLOGUE.sub("", out.getvalue()))
    for before, after in (
        ('id="', f'id="{prefix}'),
        ("url(#", f"url(#{prefix}"),
        ('href="#', f'href="#{prefix}'),
    ):
        text = text.replace(before, after)
    return _FONT.sub(r"\1 inherit", text)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep matplotlib from logging which fonts it looked for."""
    import logging

    logger = logging.getLogger("matplotlib.font_manager")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
