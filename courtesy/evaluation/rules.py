"""Verdicts against gold, rule by rule."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from courtesy.evaluation.intervals import Scored, Share, scored
from courtesy.evaluation.measure import Judged, breaches
from courtesy.evaluation.outcome import Outcome
from courtesy.records import Verdict


@dataclass(frozen=True, slots=True)
class RuleResult:
    """How one rule was judged.

    Attributes:
        rule: its id.
        confusion: how often a gold verdict was given which verdict; None where the program had no
            scorecard for the encounter.
        fails: "fail" as a thing found; "unsure" finds nothing and accuses nobody.
        right: verdicts that agree with gold.
        accuses: failed, though the rule was kept or does not apply.
        overlooks: passed or not judged, though the rule was broken.
    """

    rule: str
    confusion: Mapping[tuple[Verdict, Verdict | None], int]
    fails: Scored
    right: Share
    accuses: Share
    overlooks: Share


def rule_results(outcomes: Sequence[Outcome], rules: Iterable[str]) -> tuple[RuleResult, ...]:
    """Judge every rule that the program has and some gold file judges, in the program's order."""
    found = []
    for rule in rules:
        by_dialogue = [[j for j in one.judged if j.rule == rule] for one in outcomes]
        if any(by_dialogue):
            found.append(_result(rule, by_dialogue))
    return tuple(found)


def verdicts_right(results: Iterable[RuleResult]) -> Share:
    """Return the share of right verdicts over several rules."""
    rights = [result.right for result in results]
    return Share(sum(r.part for r in rights), sum(r.whole for r in rights))


def _result(rule: str, by_dialogue: Sequence[Sequence[Judged]]) -> RuleResult:
    judged = [one for own in by_dialogue for one in own]
    kept = sum(one.gold in {"pass", "na"} for one in judged)
    broken = sum(one.gold == "fail" for one in judged)
    return RuleResult(
        rule=rule,
        confusion=Counter((one.gold, one.given) for one in judged),
        fails=scored([breaches(own, rule) for own in by_dialogue]),
        right=Share(sum(one.right for one in judged), len(judged)),
        accuses=Share(sum(one.accuses for one in judged), kept),
        overlooks=Share(sum(one.overlooks for one in judged), broken),
    )
