"""The report for programs: `courtesy-report/1`."""

import json
from collections.abc import Mapping
from typing import Any, Final

from courtesy.analysis.even_handed import LEAST, Comparison, EvenHanded, Group
from courtesy.analysis.facts import cautions
from courtesy.analysis.figures import ALPHA, LEVEL
from courtesy.analysis.members import Figures, Member, Share
from courtesy.analysis.sections import facts
from courtesy.analysis.summary import Summary
from courtesy.analysis.trend import Trend
from courtesy.analysis.words import LEFT
from courtesy.collected import Phrase
from courtesy.messages import Lang
from courtesy.report.json_report import plain
from courtesy.report.plain import number

SCHEMA: Final = "courtesy-report/1"


def to_json(summary: Summary, lang: Lang) -> str:
    """Return a report as one JSON document that ends with a newline."""
    document = plain(as_dict(summary, lang))
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def as_dict(summary: Summary, lang: Lang) -> dict[str, Any]:
    """Return a report as dicts, lists, strings, finite numbers and None.

    Args:
        summary: what there is to say.
        lang: the language of sentences and names; what is in both has `_zh` and `_en` as well.
    """
    collected, found = summary.collected, summary.even_handed
    return {
        "schema": SCHEMA,
        "made_by": {"courtesy": summary.made_by, "rubrics": list(collected.rubrics)},
        "notes": [note.say(lang) for note in (*facts(found), *cautions(summary))],
        "choice": _choice(summary),
        "everybody": {
            **_figures(summary.everybody, lang),
            "asides": summary.asides,
            "without_time": collected.timeless,
            "rules": _rules(summary.rules),
        },
        "by": summary.by,
        "members": [_member(one, lang) for one in summary.members],
        "trend": summary.trend and _trend(summary.trend, lang),
        "phrases": [_phrase(one) for one in collected.phrases],
        "unscored": [
            {"reason": why.say(lang), "reason_zh": why.zh, "reason_en": why.en, "interactions": n}
            for why, n in summary.unscored
        ],
        "failed": [
            {"path": one.path, "kind": one.fault.kind, "message": one.fault.message.say(lang)}
            for one in collected.failed
        ],
        "even_handed": _even_handed(found, lang),
    }


def _choice(summary: Summary) -> dict[str, Any]:
    choice = summary.collected.choice
    return {
        "since": choice.since and choice.since.isoformat(),
        "until": choice.until and choice.until.isoformat(),
        "hall": choice.hall,
        "window": choice.window,
        "clerk": choice.clerk,
        "first": summary.first and summary.first.isoformat(),
        "last": summary.last and summary.last.isoformat(),
    }


def _figures(found: Figures, lang: Lang) -> dict[str, Any]:
    return {
        "interactions": found.interactions,
        "scored": found.scored,
        "days": found.days,
        "mean": number(found.mean, 2),
        "interval": found.interval and [number(end, 2) for end in found.interval],
        "grades": [
            {"grade": name.say(lang), "grade_zh": name.zh, "grade_en": name.en, "interactions": n}
            for name, n in found.grades
        ],
    }


def _rules(found: Mapping[str, Share]) -> dict[str, Any]:
    return {
        rule: {"kept": share.kept, "missed": share.missed, "unsure": share.unsure}
        for rule, share in found.items()
    }


def _member(one: Member, lang: Lang) -> dict[str, Any]:
    return {
        "name": one.name.say(lang),
        **one.whose._asdict(),
        **_figures(one.figures, lang),
        "standing": one.standing or None,
        "rules": _rules(one.rules),
    }


def _trend(found: Trend, lang: Lang) -> dict[str, Any]:
    return {
        "step": found.step,
        "points": [
            {"first": point.first.isoformat(), **_figures(point.figures, lang)}
            for point in found.points
        ],
    }


def _phrase(one: Phrase) -> dict[str, Any]:
    return {
        "phrase_id": one.id,
        "phrase": one.phrase,
        "severity": one.severity,
        "times": one.times,
        "latest": [
            {
                "heard": quote.heard,
                "sentence": quote.sentence,
                **quote.whose._asdict(),
                "began": quote.began and quote.began.isoformat(timespec="seconds"),
                "path": quote.path,
                "start": number(quote.start),
            }
            for quote in one.quotes
        ],
    }


def _even_handed(found: EvenHanded, lang: Lang) -> dict[str, Any]:
    return {
        "interactions": found.interactions,
        "days": found.days,
        "first": found.first and found.first.isoformat(),
        "last": found.last and found.last.isoformat(),
        "left_out": {why: found.left_out.get(why, 0) for why in LEFT},
        "method": {
            "test": "one-way analysis of variance",
            "correction": "holm",
            "alpha": ALPHA,
            "confidence_level": LEVEL,
            "least_values": LEAST,
        },
        "comparisons": [_comparison(made, lang) for made in found.comparisons],
    }


def _comparison(made: Comparison, lang: Lang) -> dict[str, Any]:
    return {
        "by": made.kind,
        "unit": made.unit,
        "answer": made.answer,
        "p": made.p and float(f"{made.p:.3g}"),
        "difference": number(made.difference, 2),
        "sentence": made.sentence.say(lang),
        "sentence_zh": made.sentence.zh,
        "sentence_en": made.sentence.en,
        "left_out": made.left_out,
        "groups": [_group(group, lang) for group in made.groups],
    }


def _group(group: Group, lang: Lang) -> dict[str, Any]:
    return {
        "name": group.name.say(lang),
        "name_zh": group.name.zh,
        "name_en": group.name.en,
        "interactions": group.interactions,
        "values": group.values,
        "mean": number(group.mean, 2),
        "interval": group.interval and [number(end, 2) for end in group.interval],
        "compared": group.compared,
    }
