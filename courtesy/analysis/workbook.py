"""The report as a workbook: real numbers, one sheet a table."""

import importlib.util
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from unicodedata import east_asian_width

from courtesy.analysis import csv_table, facts, sections
from courtesy.analysis.members import Figures
from courtesy.analysis.summary import Summary
from courtesy.analysis.tables import missed, severity
from courtesy.analysis.words import BY, LEFT, SECTIONS, STEPS, TITLES, words
from courtesy.errors import UsageError
from courtesy.messages import Lang, Text
from courtesy.report.csv_report import harmless
from courtesy.report.names import rule_name
from courtesy.report.plain import number, visible

Cell = str | float | int | date | datetime | None
_NARROWEST, _WIDEST = 8, 60
_SHARE: Final = "0.0%"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet.

    Attributes:
        title: its name.
        head: a name for each column.
        rows: the cells.
        shares: columns that hold shares of 0 to 1, from 0.
    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    shares: Sequence[int] = ()


def need_openpyxl() -> None:
    """Make sure that openpyxl is there.

    Raises:
        UsageError: it is not; the message says how to get it.
    """
    if importlib.util.find_spec("openpyxl") is None:
        raise UsageError(
            Text(
                "写 XLSX 需要 openpyxl。请运行 pip install 'courtesy[batch]'，或用 --csv。",
                "XLSX needs openpyxl. Run pip install 'courtesy[batch]', or use --csv.",
            )
        )


def to_xlsx(summary: Summary, lang: Lang) -> bytes:
    """Return a workbook.

    Args:
        summary: what there is to say.
        lang: of everything but what was said.

    Raises:
        UsageError: openpyxl is not installed.
    """
    return written(sheets(summary, lang))


def written(sheets: Iterable[Sheet]) -> bytes:
    """Return a workbook of some sheets; there must be one at least.

    Raises:
        UsageError: openpyxl is not installed.
    """
    need_openpyxl()
    import openpyxl
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    book.remove(book.active)
    for made in sheets:
        sheet = book.create_sheet(made.title)
        sheet.append([_shown(name) for name in made.head])
        for row in made.rows:
            sheet.append([_shown(cell) for cell in row])
        sheet.freeze_panes = "B2"
        sheet.row_dimensions[1].height = 30
        for cell in sheet[1]:
            cell.font = Font(bold=True)
            cell.alignment = Alignment(wrap_text=True, vertical="center")
        for at in made.shares:
            for cell in sheet[get_column_letter(at + 1)][1:]:
                cell.number_format = _SHARE
        for at, width in enumerate(_widths(made)):
            sheet.column_dimensions[get_column_letter(at + 1)].width = width
        _to_print(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheets(summary: Summary, lang: Lang) -> Iterator[Sheet]:
    """Yield the sheets, none of them without rows."""
    made = [
        _overview(summary, lang),
        _members(summary, lang),
        _trend(summary, lang),
        _rules(summary, lang),
        _phrases(summary, lang),
        _unscored(summary, lang),
        _even_handed(summary, lang),
    ]
    yield from (sheet for sheet in made if sheet.rows)


def _overview(summary: Summary, lang: Lang) -> Sheet:
    w, everybody, collected = words(lang), summary.everybody, summary.collected
    low, high = everybody.interval or (None, None)
    rows: list[tuple[Cell, Cell]] = [
        (w["when"], facts.asked(summary).say(lang)),
        (w["interactions"], everybody.interactions),
        (w["scored"], everybody.scored),
        (w["mean"], number(everybody.mean, 2)),
        (w["low"], number(low, 2)),
        (w["high"], number(high, 2)),
        *((grade.say(lang), many) for grade, many in everybody.grades),
        *(("", caution.say(lang)) for caution in facts.cautions(summary)),
        ("", w["hint"]),
        *(("", w[name]) for name in ("how_members", "how_rules") if summary.members),
        (w["program"], f"courtesy {summary.made_by}"),
        *((w["rubric"], rubric) for rubric in collected.rubrics),
    ]
    return Sheet(w["overview"], (w["overview"], ""), rows)


def _members(summary: Summary, lang: Lang) -> Sheet:
    head = csv_table.head(summary, lang)
    shares = range(len(head) - len(summary.rules), len(head))
    title = BY[summary.by].say(lang) if summary.by else words(lang)["all"]
    return Sheet(title, head, csv_table.rows(summary, lang), shares)


def _trend(summary: Summary, lang: Lang) -> Sheet:
    w = words(lang)
    names = ("when", "interactions", "scored", "days", "mean", "low", "high")
    points = summary.trend.points if summary.trend else ()
    return Sheet(
        STEPS[summary.trend.step if summary.trend else "day"].say(lang),
        [w[name] for name in names],
        [[point.first, *_cells(point.figures)] for point in points],
    )


def _cells(found: Figures) -> list[Cell]:
    low, high = found.interval or (None, None)
    return [
        found.interactions,
        found.scored,
        found.days,
        *(number(value, 2) for value in (found.mean, low, high)),
    ]


def _rules(summary: Summary, lang: Lang) -> Sheet:
    w = words(lang)
    names = ("rule", "missed", "applied", "share", "unsure")
    return Sheet(
        SECTIONS["rules"].say(lang),
        [w[name] for name in names],
        [
            [rule_name(rule).say(lang), share.missed, share.applied, share.missing, share.unsure]
            for rule, share in missed(summary)
        ],
        (3,),
    )


def _phrases(summary: Summary, lang: Lang) -> Sheet:
    w = words(lang)
    names = ("phrase", "severity", "times", "sentence", "heard", "when", "hall", "window", "clerk",
             "file", "at_seconds")  # fmt: skip
    return Sheet(
        SECTIONS["phrases"].say(lang),
        [w[name] for name in names],
        [
            [
                one.phrase,
                severity(one.severity, lang),
                one.times,
                quote.sentence,
                quote.heard,
                quote.began and quote.began.replace(microsecond=0),
                *quote.whose,
                quote.path,
                number(quote.start, 1),
            ]
            for one in summary.collected.phrases
            for quote in one.quotes
        ],
    )


def _unscored(summary: Summary, lang: Lang) -> Sheet:
    w = words(lang)
    rows: list[list[Cell]] = [[why.say(lang), many, ""] for why, many in summary.unscored]
    rows += [[one.fault.message.say(lang), None, one.path] for one in summary.collected.failed]
    head = (w["reason"], w["interactions"], w["file"])
    return Sheet(SECTIONS["unscored"].say(lang), head, rows)


def _even_handed(summary: Summary, lang: Lang) -> Sheet:
    w = words(lang)
    rows: list[list[Cell]] = []
    for made in summary.even_handed.comparisons:
        rows.append([TITLES[made.kind].say(lang), made.sentence.say(lang)])
        for group in made.groups:
            low, high = group.interval or (None, None)
            figures = (number(value, 2) for value in (group.mean, low, high))
            rows.append([group.name.say(lang), "", group.interactions, group.values, *figures])
    left = summary.even_handed.left_out
    rows += [[LEFT[why].say(lang), "", many] for why, many in left.items()]
    rows += [["", fact.say(lang)] for fact in sections.facts(summary.even_handed)]
    values = f"{w['hours']}{w['comma']}{w['days']}"
    names = (w["group"], "", w["interactions"], values, w["mean"], w["low"], w["high"])
    return Sheet(w["even_handed"].split("：")[0].split(":")[0], names, rows)


def _shown(cell: Cell) -> Any:
    """Return a cell that a workbook can hold: no control characters, and nothing that it runs."""
    return harmless(visible(cell)) if isinstance(cell, str) else cell


def _widths(made: Sheet) -> Iterator[float]:
    for column in zip(*_filled(made), strict=True):
        # Heads may go on in a second line.
        wanted = [_width(column[0]) / 2, *map(_width, column[1:])]
        yield min(_WIDEST, max(_NARROWEST, max(wanted) + 2))


def _filled(made: Sheet) -> list[list[Cell]]:
    return [[*row, *[None] * (len(made.head) - len(row))] for row in (made.head, *made.rows)]


def _width(cell: Cell) -> int:
    if isinstance(cell, datetime):
        return len("2026-11-22 09:00:00")
    if isinstance(cell, float):
        return 6
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in str(cell or ""))


def _to_print(sheet: Any) -> None:
    """Let it fit the width of a page, lying, with its head on each."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
