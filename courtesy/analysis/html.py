"""The report as one HTML page that needs nothing else: no network, no script, no other file."""

import base64
import hashlib
from typing import Any, Final

from courtesy.analysis import facts, pictures, tables
from courtesy.analysis.sections import facts as compared
from courtesy.analysis.sections import grid, remark
from courtesy.analysis.summary import Summary
from courtesy.analysis.words import BY, SECTIONS, STEPS, TITLES, words
from courtesy.collected import Phrase, Quote
from courtesy.messages import Lang
from courtesy.report.names import rule_name
from courtesy.report.plain import clean, visible
from courtesy.report.rendering import resource, template

_PACKAGE: Final = "courtesy.analysis"
_FAILED: Final = 50  # files that are listed


def to_html(summary: Summary, lang: Lang) -> str:
    """Return a whole page.

    Args:
        summary: what there is to say.
        lang: of everything but what was said.
    """
    styles = [resource("courtesy.report", "score.css"), resource(_PACKAGE, "even.css")]
    style = "".join([*styles, resource(_PACKAGE, "report.css")])
    # A browser takes the page's line ends for "\n" before it makes its own sum.
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    page = template(_PACKAGE, "report.html.j2").render(
        lang=lang,
        w=words(lang),
        style=style,
        digest=digest,
        asked=facts.asked(summary).say(lang),
        headline=facts.headline(summary).say(lang),
        cautions=[caution.say(lang) for caution in facts.cautions(summary)],
        everybody=summary.everybody,
        grades=_grades(summary, lang),
        members=_members(summary, lang),
        trend=_trend(summary, lang),
        rules=_rules(summary, lang),
        phrases=[_phrase(one, lang) for one in summary.collected.phrases],
        unscored=_unscored(summary, lang),
        titles={name: title.say(lang) for name, title in SECTIONS.items()},
        even_facts=[fact.say(lang) for fact in compared(summary.even_handed)],
        parts=_comparisons(summary, lang),
        made_by=summary.made_by,
        rubrics=[rubric for rubric in summary.collected.rubrics if rubric],
        source=summary.collected.source,
        say=lambda text: visible(text.say(lang)),
        visible=visible,
    )
    return clean(page)


def _grades(summary: Summary, lang: Lang) -> list[dict[str, Any]]:
    """Return the grades as pieces of a bar, the best first."""
    found = summary.everybody.grades
    whole = sum(many for _, many in found)
    pieces, start = [], 0.0
    for number, (grade, many) in enumerate(found):
        wide = many / whole * 100
        pieces.append(
            {
                "name": grade.say(lang),
                "many": many,
                "share": tables.part(many / whole),
                "x": round(start, 2),
                "width": round(wide, 2),
                "shade": round(1 - 0.75 * number / max(len(found) - 1, 1), 2),
            }
        )
        start += wide
    return pieces


def _members(summary: Summary, lang: Lang) -> dict[str, Any] | None:
    if not summary.by or not summary.everybody.scored:
        return None
    marked = facts.marked(summary)
    return {
        "title": BY[summary.by].say(lang),
        "sentence": marked.say(lang) if marked else "",
        "scores": tables.scores(summary, lang),
        "standings": [*(one.standing for one in summary.members), ""],
        "marks": pictures.of_members(summary.members, summary.everybody, lang),
        "kept": tables.kept(summary, lang),
        "grades": len(summary.everybody.grades),
    }


def _trend(summary: Summary, lang: Lang) -> dict[str, Any] | None:
    # One point is no course.
    if summary.trend is None or len(summary.trend.points) < 2 or not summary.everybody.scored:
        return None
    return {
        "title": STEPS[summary.trend.step].say(lang),
        "course": pictures.course(summary.trend.points, lang),
        "grid": tables.trend(summary, lang),
        "high": pictures.SCORES_HIGH,
        "bars": pictures.BARS_HIGH,
    }


def _rules(summary: Summary, lang: Lang) -> dict[str, Any]:
    found = tables.missed(summary)
    grid = tables.rules(summary, lang)
    return {
        "head": grid.head,
        "rows": [
            {"cells": cells, "wide": round((share.missing or 0.0) * 100, 1)}
            for cells, (_, share) in zip(grid.rows, found, strict=True)
        ],
        "names": [rule_name(rule).say(lang) for rule, _ in found],
    }


def _phrase(one: Phrase, lang: Lang) -> dict[str, Any]:
    return {
        "phrase": one.phrase,
        "severity": tables.severity(one.severity, lang),
        "times": one.times,
        "quotes": [
            {"parts": _around(quote), "where": tables.where(quote, lang)} for quote in one.quotes
        ],
    }


def _around(quote: Quote) -> tuple[str, str, str]:
    """Return what stands before the words that were heard, these, and what stands after them."""
    before, found, after = quote.sentence.partition(quote.heard)
    if found:
        return before, quote.heard, after
    # A phrase may go on in the next utterance.
    return "", quote.heard, f"（{quote.sentence}）" if quote.sentence else ""


def _unscored(summary: Summary, lang: Lang) -> dict[str, Any]:
    failed = summary.collected.failed
    told = facts.failures(summary)
    return {
        "grids": [g for g in (tables.unscored(summary, lang), tables.failed(summary, lang)) if g],
        "told": told.say(lang) if told else "",
        "files": [(one.path, one.fault.message.say(lang)) for one in failed[:_FAILED]],
        "more": max(0, len(failed) - _FAILED),
    }


def _comparisons(summary: Summary, lang: Lang) -> list[dict[str, Any]]:
    comparisons = summary.even_handed.comparisons
    return [
        {
            "made": made,
            "title": TITLES[made.kind].say(lang),
            "sentence": _unbroken(made.sentence.say(lang)),
            "remark": text.say(lang) if (text := remark(made)) else "",
            "grid": grid(made, lang),
            "picture": drawn,
        }
        for made, drawn in zip(comparisons, pictures.pictures(comparisons, lang), strict=True)
    ]


def _unbroken(sentence: str) -> str:
    return sentence.replace("p = ", "p\u00a0=\u00a0").replace("p < ", "p\u00a0<\u00a0")
