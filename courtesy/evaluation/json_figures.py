"""Figures as JSON has them: the value, its 95 % interval, and the counts it is made of."""

from typing import Any

from courtesy.evaluation.calibration import Calibration
from courtesy.evaluation.groups import Group
from courtesy.evaluation.intervals import ErrorRate, Rate, Scored, Share
from courtesy.evaluation.rules import RuleResult
from courtesy.report.plain import number


def share_dict(share: Share) -> dict[str, Any]:
    """Return a share."""
    return {
        "value": number(share.value, 4),
        **_interval(share.interval),
        "part": share.part,
        "whole": share.whole,
    }


def rate_dict(rate: Rate) -> dict[str, Any]:
    """Return a count per hour."""
    return {
        "value": number(rate.value, 4),
        **_interval(rate.interval),
        "count": rate.count,
        "hours": number(rate.hours, 5),
    }


def scored_dict(scored: Scored) -> dict[str, Any]:
    """Return precision, recall and F1."""
    tally = scored.tally
    return {
        "said": tally.right + tally.missed,
        "right": tally.right,
        "missed": tally.missed,
        "false": tally.wrong,
        "precision": share_dict(scored.precision),
        "recall": share_dict(scored.recall),
        "f1": {
            "value": number(scored.f1, 4),
            **_interval(scored.f1_interval),
            "dialogues": scored.dialogues,
        },
    }


def errors_dict(rate: ErrorRate) -> dict[str, Any]:
    """Return an error rate."""
    return {
        "value": number(rate.value, 4),
        **_interval(rate.interval),
        "wrong": rate.wrong,
        "length": rate.length,
        "dialogues": rate.dialogues,
    }


def rule_dict(rule: RuleResult) -> dict[str, Any]:
    """Return how a rule was judged; "none" is where there was no scorecard."""
    confusion: dict[str, dict[str, int]] = {}
    for (gold, given), count in rule.confusion.items():
        confusion.setdefault(gold, {})[given or "none"] = count
    return {
        "confusion": confusion,
        "right": share_dict(rule.right),
        "fails": scored_dict(rule.fails),
        "accuses": share_dict(rule.accuses),
        "overlooks": share_dict(rule.overlooks),
    }


def group_dict(group: Group) -> dict[str, Any]:
    """Return a group of clerks: each figure, the same of the rest, and how far they are apart."""
    figures = {}
    for name, one in group.figures.items():
        difference, interval = one.difference or (None, None)
        figures[name] = {
            "own": _either(one.own),
            "rest": _either(one.rest),
            "difference": {"value": number(difference, 4), **_interval(interval)},
            "differs": one.differs,
        }
    return {
        "trait": group.trait,
        "value": group.value,
        "dialogues": group.dialogues,
        "figures": figures,
    }


def _either(one: Share | ErrorRate) -> dict[str, Any]:
    return share_dict(one) if isinstance(one, Share) else errors_dict(one)


def calibration_dict(one: Calibration) -> dict[str, Any]:
    """Return confidence against truth."""
    return {
        "matches": one.count,
        "expected_error": number(one.error, 4),
        "brier": number(one.brier, 4),
        "bins": [
            {
                "low": b.low,
                "high": b.high,
                "matches": b.count,
                "right": b.right,
                "confidence": number(b.confidence, 4),
            }
            for b in one.bins
        ],
    }


def _interval(interval: tuple[float, float] | None) -> dict[str, float | None]:
    low, high = interval or (None, None)
    return {"low": number(low, 4), "high": number(high, 4)}
