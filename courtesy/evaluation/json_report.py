"""An evaluation for programs: `courtesy-eval/1`.

Every figure comes with the counts it is made of and its 95 % interval; what is undefined, because
there was no case of it, is null. `turns` says of each turn what became of it, so that a later run
can be held against this one.
"""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from courtesy.errors import InputError
from courtesy.evaluation.boundaries import WITHIN
from courtesy.evaluation.claims import TOLERANCE, home
from courtesy.evaluation.confusions import Confusion
from courtesy.evaluation.evaluation import Evaluation
from courtesy.evaluation.files import Dialogue, sha256
from courtesy.evaluation.intervals import RESAMPLES, SEED, Scored
from courtesy.evaluation.json_figures import (
    calibration_dict,
    errors_dict,
    group_dict,
    rate_dict,
    rule_dict,
    scored_dict,
    share_dict,
)
from courtesy.evaluation.outcome import Outcome
from courtesy.evaluation.rules import verdicts_right
from courtesy.evaluation.speakers import RoleTime
from courtesy.evaluation.summary import Innocents, NearMisses, Result
from courtesy.messages import Lang
from courtesy.report.json_report import plain, versions
from courtesy.report.plain import number

SCHEMA: Final = "courtesy-eval/1"


def as_dict(evaluation: Evaluation, lang: Lang) -> dict[str, Any]:
    """Return an evaluation as dicts, lists, strings, finite numbers and None.

    Args:
        evaluation: what was found.
        lang: the language of sentences.
    """
    by_ear = any(result.condition.by_ear for result in evaluation.results)
    document = {
        "schema": SCHEMA,
        "made_by": versions(evaluation.made_by),
        "method": {
            "roles": evaluation.options.roles,
            "layers": list(evaluation.options.layers),
            "tolerance_seconds": TOLERANCE,
            "boundary_seconds": WITHIN,
            "confidence_level": 0.95,
            "resamples": RESAMPLES,
            "seed": SEED,
        },
        "complete": evaluation.complete,
        "done": evaluation.done,
        "planned": evaluation.planned,
        "checksum": evaluation.checksum,
        "gold": [_dialogue(one, by_ear) for one in evaluation.dialogues],
        "conditions": [_condition(result, lang) for result in evaluation.results],
    }
    found: dict[str, Any] = plain(document)
    return found


def to_json(document: Mapping[str, Any]) -> str:
    """Return a document that `as_dict` made as text that ends with a newline."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _dialogue(one: Dialogue, by_ear: bool) -> dict[str, Any]:
    sound = one.sound if by_ear else None
    return {
        "name": one.name,
        "path": str(one.path),
        "sha256": one.checksum,
        "encounters": len(one.gold.encounters),
        "turns": len(one.gold.turns),
        "timed": one.gold.timed,
        "courtesies": "gold"
        if any(turn.courtesies is not None for turn in one.gold.turns)
        else "own matcher",
        "sound": None if sound is None else {"path": str(sound), "sha256": _checksum(sound)},
    }


def _checksum(path: Path) -> str | None:
    """Return a recording's checksum; None where it has gone, which must not cost the results."""
    try:
        return sha256(path)
    except InputError:
        return None


def _condition(result: Result, lang: Lang) -> dict[str, Any]:
    encounters, cards = result.interactions
    return {
        "name": result.condition.name,
        "meaning": result.condition.describe().say(lang),
        "dialogues": len(result.outcomes),
        "hours": number(result.hours, 5),
        "failed": [
            {"dialogue": name, "kind": fault.kind, "message": fault.message.say(lang)}
            for name, fault in result.failed.items()
        ],
        "errors": {
            unit: {
                side: errors_dict(rate) for (u, side), rate in result.errors.items() if u == unit
            }
            for unit in dict.fromkeys(unit for unit, _ in result.errors)
        },
        "lists": {name: scored_dict(one) for name, one in result.lists.items()},
        "groups": {name: scored_dict(one) for name, one in result.groups.items()},
        "forbidden_by_turn": {
            **scored_dict(result.by_turn.scored),
            "verbatim": share_dict(result.by_turn.verbatim),
            "other_words": share_dict(result.by_turn.other_words),
        },
        "innocents": _innocents(result.innocents),
        "verdicts_right": share_dict(verdicts_right(result.rules)),
        "rules": {rule.rule: rule_dict(rule) for rule in result.rules},
        "calibration": {name: calibration_dict(one) for name, one in result.calibration.items()},
        "confusions": [_confusion(one, lang) for one in result.confusions],
        "interactions": {
            "gold": encounters,
            "found": cards,
            "dialogues_right": share_dict(result.split_right),
            "boundaries": _boundaries(result.boundaries),
        },
        "clerk_channel": share_dict(result.clerk_found),
        "roles": _roles(result.roles),
        "near_misses": [_near(one, lang) for one in result.near],
        "layers": {
            layer: {group: scored_dict(one) for group, one in groups.items()}
            for layer, groups in result.layers.items()
        },
        "speakers": [group_dict(one) for one in result.speakers],
        "verdicts": [
            {"where": one.where, "rule": one.rule, "gold": one.gold, "given": one.given}
            for outcome in result.outcomes
            for one in outcome.judged
        ],
        "turns": [turn for outcome in result.outcomes for turn in _turns(outcome)],
    }


def _boundaries(scored: Scored) -> dict[str, Any]:
    """Return how well they are found; what is said of a phrase is there of a boundary."""
    figures = scored_dict(scored)
    return {"there": figures.pop("said"), **figures}


def _roles(roles: RoleTime) -> dict[str, Any]:
    shares = roles.shares or (None, None, None)
    return {
        name: {"seconds": number(getattr(roles, name), 1), "value": number(share, 4)}
        for name, share in zip(("right", "wrong", "unknown"), shares, strict=True)
    }


def _innocents(innocents: Innocents) -> dict[str, Any]:
    return {
        "clerk_turns": share_dict(innocents.clerk_turns),
        "customer_turns": share_dict(innocents.customer_turns),
        "an_hour": rate_dict(innocents.an_hour),
        "accusations": [dataclasses.asdict(one) for one in innocents.accusations],
    }


def _confusion(one: Confusion, lang: Lang) -> dict[str, Any]:
    return {
        "list": one.list,
        "phrase": one.phrase,
        "said": one.said,
        "found": one.found,
        "false": one.wrong,
        "examples": [
            {**dataclasses.asdict(example), "why": example.why and example.why.say(lang)}
            for example in one.examples
        ],
    }


def _near(one: NearMisses, lang: Lang) -> dict[str, Any]:
    return {
        "polarity": one.polarity,
        "standing": one.standing,
        "reason": one.reason.say(lang),
        "count": one.count,
        "said": one.right,
    }


def _turns(outcome: Outcome) -> Iterable[dict[str, Any]]:
    phrases: dict[int | None, list[dict[str, str]]] = {}

    def note(turn: int | None, listed: str, phrase: str, became: str) -> None:
        entry = {"list": listed, "phrase": phrase, "outcome": became}
        phrases.setdefault(turn, []).append(entry)

    for _, one in outcome.pairing.right:
        note(one.turn, one.list, one.phrase, "right")
    for one in outcome.pairing.missed:
        note(one.turn, one.list, one.phrase, "missed")
    for claim in outcome.pairing.wrong:
        note(home(claim, outcome.truth.turns), claim.list, claim.phrase, "false")
    for turn in outcome.turns:
        yield {
            "dialogue": outcome.truth.name,
            "turn": turn.number,
            "role": turn.role,
            "said": turn.said,
            "heard": turn.heard,
            "forbidden": list(turn.forbidden),
            "verbatim": turn.verbatim if turn.forbidden else None,
            "accused_of": [claim.phrase for claim in turn.accused_of],
            "outcome": turn.kind,
            "phrases": phrases.get(turn.number, []),
        }
    if None in phrases:  # what was claimed where nobody speaks
        yield {"dialogue": outcome.truth.name, "turn": None, "phrases": phrases[None]}
