"""The report for programs: `courtesy-report/1`."""

import json
from typing import Any, Final

from courtesy.analysis.even_handed import LEAST, Comparison, EvenHanded, Group
from courtesy.analysis.figures import ALPHA, LEVEL
from courtesy.analysis.sections import Source, facts
from courtesy.analysis.words import LEFT
from courtesy.messages import Lang
from courtesy.report.json_report import plain
from courtesy.report.plain import number

SCHEMA: Final = "courtesy-report/1"


def to_json(found: EvenHanded, source: Source, lang: Lang) -> str:
    """Return a report as one JSON document that ends with a newline."""
    document = plain(as_dict(found, source, lang))
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def as_dict(found: EvenHanded, source: Source, lang: Lang) -> dict[str, Any]:
    """Return a report as dicts, lists, strings, finite numbers and None.

    Args:
        found: what was compared.
        source: where it comes from.
        lang: the language of sentences; those of comparisons are there in both as well.
    """
    return {
        "schema": SCHEMA,
        "made_by": {"courtesy": source.made_by, "rubrics": list(source.rubrics)},
        "notes": [note.say(lang) for note in facts(found, source)],
        "even_handed": {
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
        },
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
