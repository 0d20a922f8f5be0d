"""One row an interaction, for spreadsheets and statistics offices."""

import csv
import io
from typing import Final

from courtesy.messages import Lang
from courtesy.records import Run, Scorecard, Verdict
from courtesy.report.names import MODES, rule_name, verdict_name
from courtesy.report.plain import Converter, clean, clock, identity, number
from courtesy.report.view import Row, forbidden_said, rows, rules_of, worst_verdict
from courtesy.report.words import words

# What spreadsheets take for the beginning of a formula, full-width forms too, since East Asian
# versions of Excel accept those.
_FORMULA: Final = frozenset("=+-@＝＋－＠")

Cell = str | float | int | None


def to_csv(run: Run, lang: Lang, *, convert: Converter = identity) -> str:
    """Return a table with one row an interaction, and one for each recording without any.

    The text carries no byte-order mark: write it with `write_text(path, text, bom=True)`, or Excel
    takes it for GBK and shows the Chinese wrongly.

    Args:
        run: what was found.
        lang: the language of headings and verdicts.
        convert: puts phrases into the reader's script.
    """
    rules = rules_of(run)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([harmless(name) for name in _head(rules, lang)])
    for row in rows(run):
        writer.writerow([harmless(cell) for cell in _cells(row, rules, lang, convert)])
    return out.getvalue()


def _head(rules: tuple[str, ...], lang: Lang) -> list[str]:
    w = words(lang)
    fixed = ("file", "interaction", "start", "end", "mode", "score", "grade", "scorable", "note")
    return [
        *(w[name] for name in fixed),
        *(rule_name(rule).say(lang) for rule in rules),
        w["forbidden_count"],
        w["forbidden_said"],
        w["error"],
    ]


def _cells(row: Row, rules: tuple[str, ...], lang: Lang, convert: Converter) -> list[Cell]:
    error = row.error.message.say(lang) if row.error else ""
    card = row.card
    if card is None:
        return [row.path, *[""] * (8 + len(rules) + 2), error]
    w = words(lang)
    interaction = card.interaction
    said = [f"{convert(m.phrase)} ({clock(m.start)})" for m in forbidden_said(card)]
    return [
        row.path,
        interaction.id + 1,
        number(interaction.start),
        number(interaction.end),
        MODES[interaction.mode].say(lang),
        number(card.score),
        card.grade.say(lang) if card.grade else "",
        w["yes"] if card.scorable else w["no"],
        card.note.say(lang) if card.note else "",
        *(_verdict(card, rule, lang) for rule in rules),
        len(said),
        w["comma"].join(said),
        error,
    ]


def _verdict(card: Scorecard, rule: str, lang: Lang) -> str:
    return told_verdict(worst_verdict(card, rule), rule, lang)


def told_verdict(found: tuple[Verdict, int] | None, rule: str, lang: Lang) -> str:
    """Return a rule's gravest verdict in words, with how often it was given."""
    if found is None:
        return ""
    verdict, times = found
    name = verdict_name(verdict, rule).say(lang)
    return f"{name} ×{times}" if times > 1 else name


def harmless(cell: Cell) -> Cell:
    """Keep a spreadsheet from running a text: an apostrophe before it makes it a text for good."""
    if not isinstance(cell, str):
        return cell
    text = clean(cell).replace("\0", "")
    begins = text.lstrip()[:1]
    return "'" + text if begins in _FORMULA or text[:1] in {"\t", "\r", "\n"} else text
