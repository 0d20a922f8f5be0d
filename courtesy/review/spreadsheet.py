"""The overview as a file: a table for statistics offices, a workbook for everybody."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from courtesy.analysis.members import Figures
from courtesy.analysis.words import STANDINGS, kept_name
from courtesy.analysis.workbook import Cell, Sheet, written
from courtesy.messages import Lang
from courtesy.report.csv_report import harmless
from courtesy.report.names import rule_name
from courtesy.report.plain import number, visible
from courtesy.review.reckoning import Line, Overview, Shift
from courtesy.review.wording import words

TYPES: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FIGURES: Final = ("interactions", "scored", "days", "mean", "low_end", "high_end")


def to_csv(shifts: Sequence[Shift], lang: Lang) -> bytes:
    """Return a table with one row a clerk and window.

    Args:
        shifts: the rows.
        lang: of headings.
    """
    return as_csv(_shifts(shifts, lang))


def as_csv(sheet: Sheet) -> bytes:
    """Return a sheet as a table, with a mark by which Excel knows UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in (sheet.head, *sheet.rows):
        writer.writerow([_shown(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(found: Overview, shifts: Sequence[Shift], lang: Lang) -> bytes:
    """Return a workbook with a sheet for each part of the page.

    Args:
        found: what the page says.
        shifts: what each clerk did at each window.
        lang: of everything but names.

    Raises:
        UsageError: openpyxl is not installed.
    """
    return written(_sheets(found, shifts, lang))


def _sheets(found: Overview, shifts: Sequence[Shift], lang: Lang) -> Iterator[Sheet]:
    w = words(lang)
    yield _total(found, lang)
    yield _shifts(shifts, lang)
    for by, title in (("clerk", w["clerks"]), ("window", w["windows"]), ("hall", w["halls"])):
        lines = found.lines[by]  # type: ignore[index]
        yield _lines(title, lines, lang)
    yield _points(found, lang)
    yield Sheet(
        w["hours"],
        [w[name] for name in ("weekday", "hour", "interactions", "said", "said_share")],
        [
            [w[f"weekday_{one.weekday}"], one.hour, one.interactions, one.said, number(one.share)]
            for one in found.hours
        ],
    )
    yield Sheet(
        w["breaches"],
        [w["breach"], w["times"]],
        [
            [one.name or one.phrase or rule_name(one.rule).say(lang), one.times]
            for one in found.breaches
        ],
    )
    yield Sheet(
        w["missed"],
        [w[name] for name in ("courtesy", "missed_times", "applied", "missed_share")],
        [
            [rule_name(rule).say(lang), share.missed, share.applied, number(share.missing, 4)]
            for rule, share in found.missed
        ],
        (3,),
    )


def _total(found: Overview, lang: Lang) -> Sheet:
    w, asked = words(lang), found.asked
    rows: list[tuple[Cell, Cell]] = [
        (w["first"], asked.first),
        (w["last"], asked.last),
        *((w[name], value) for name, value in asked.whose.items() if value),
        *((w[name], cell) for name, cell in zip(_FIGURES, _figures(found.figures), strict=True)),
        (w["passed"], found.passed),
        (w["said"], found.said),
        *((w[state], many) for state, many in sorted(found.flags.items())),
        ("", w["overview_hint"]),
    ]
    return Sheet(w["overview"], (w["overview"], ""), rows)


def _shifts(shifts: Iterable[Shift], lang: Lang) -> Sheet:
    w, own = words(lang), list(shifts)
    rules = list(dict.fromkeys(rule for one in own for rule in one.rules))
    names = ("hall", "window", "clerk", *_FIGURES, "passed", "said", "waiting")
    head = [*(w[name] for name in names), *(kept_name(rule).say(lang) for rule in rules)]
    rows = []
    for one in own:
        missing = (one.rules[rule].missing if rule in one.rules else None for rule in rules)
        kept = (None if share is None else round(1 - share, 4) for share in missing)
        counts = (one.passed, one.said, one.waiting)
        rows.append([*one.whose, *_figures(one.figures), *counts, *kept])
    return Sheet(w["shifts"], head, rows, range(len(names), len(head)))


def _lines(title: str, lines: Sequence[Line], lang: Lang) -> Sheet:
    w = words(lang)
    return Sheet(
        title,
        [w["name_of"], *(w[name] for name in _FIGURES), w["passed"], w["standing"]],
        [
            [
                one.member.name.say(lang),
                *_figures(one.member.figures),
                one.passed,
                STANDINGS[one.member.standing].say(lang),
            ]
            for one in lines
        ],
    )


def _points(found: Overview, lang: Lang) -> Sheet:
    w = words(lang)
    return Sheet(
        w["trend"],
        [w[name] for name in ("name_of", "first", "last", "scored", "mean")],
        [
            [one.member.name.say(lang), *point.step, point.scored, number(point.mean, 2)]
            for one in (*found.lines["clerk"], *found.lines["window"])
            for point in one.points
        ],
    )


def _figures(found: Figures) -> list[Cell]:
    low, high = found.interval or (None, None)
    counts = (found.interactions, found.scored, found.days)
    return [*counts, *(number(value, 2) for value in (found.mean, low, high))]


def _shown(cell: Cell) -> Cell:
    return harmless(visible(cell)) if isinstance(cell, str) else cell
