"""One row a clerk, window or hall, for spreadsheets and statistics offices."""

import csv
import io

from courtesy.analysis.members import Figures, Share
from courtesy.analysis.summary import Summary
from courtesy.analysis.words import STANDINGS, kept_name, words
from courtesy.messages import Lang
from courtesy.records import Whose
from courtesy.report.csv_report import Cell, harmless
from courtesy.report.plain import number


def to_csv(summary: Summary, lang: Lang) -> str:
    """Return a table with one row a member; one of all where nothing tells them apart.

    The text carries no byte-order mark: write it with `write_text(path, text, bom=True)`.

    Args:
        summary: what there is to say.
        lang: of headings.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([harmless(name) for name in head(summary, lang)])
    for cells in rows(summary, lang):
        writer.writerow([harmless(cell) for cell in cells])
    return out.getvalue()


def head(summary: Summary, lang: Lang) -> list[str]:
    """Return a name for each column."""
    w = words(lang)
    names = ("hall", "window", "clerk", "interactions", "scored", "days", "mean", "low", "high",
             "standing")  # fmt: skip
    shares = (f"{kept_name(rule).say(lang)} {w['kept']}" for rule in summary.rules)
    return [
        *(w[name] for name in names),
        *(grade.say(lang) for grade, _ in summary.everybody.grades),
        *shares,
    ]


def rows(summary: Summary, lang: Lang) -> list[list[Cell]]:
    """Return the cells of each member, numbers as numbers."""
    if not summary.members:
        return [_row(summary, Whose(), summary.everybody, "", dict(summary.rules))]
    return [
        _row(summary, one.whose, one.figures, STANDINGS[one.standing].say(lang), dict(one.rules))
        for one in summary.members
    ]


def _row(
    summary: Summary, whose: Whose, found: Figures, standing: str, rules: dict[str, Share]
) -> list[Cell]:
    low, high = found.interval or (None, None)
    many = dict(found.grades)
    kept = (rules.get(rule, Share()).missing for rule in summary.rules)
    return [
        *whose,
        found.interactions,
        found.scored,
        found.days,
        number(found.mean, 2),
        number(low, 2),
        number(high, 2),
        standing,
        *(many.get(grade, 0) for grade, _ in summary.everybody.grades),
        *(None if missed is None else round(1 - missed, 4) for missed in kept),
    ]
