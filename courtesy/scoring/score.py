"""A scorecard: the findings of every rule, the points they take, and the score that is left."""

import dataclasses

from courtesy.config import FairnessOptions
from courtesy.messages import Text
from courtesy.records import Finding, Interaction, Scorecard
from courtesy.scoring.fairness import NO_BASIS, unfair
from courtesy.scoring.rubric import Rubric, Rule
from courtesy.scoring.rules import breaches, judge

_USUAL = FairnessOptions()


def score(
    interaction: Interaction, rubric: Rubric, fairness: FairnessOptions = _USUAL
) -> Scorecard:
    """Judge one interaction, whose matches are in it.

    The score is the rubric's base with every finding's points added, kept within 0 and 100; anyone
    can add them up again.

    Args:
        interaction: with its matches, and the clerk's sound where there is sound.
        rubric: the rules.
        fairness: what the sound must be like to judge at all.
    """
    nobody = _unheard(interaction)
    why_not = nobody or unfair(interaction, fairness)
    if why_not:
        each = nobody or NO_BASIS
        findings = tuple(
            f for rule in rubric.rules for f in _without_judging(interaction, rule, each)
        )
        return Scorecard(interaction, findings, None, None, scorable=False, note=why_not)
    findings = tuple(f for rule in rubric.rules for f in _judged(interaction, rule, rubric))
    points = round(min(100.0, max(0.0, rubric.base + sum(f.points for f in findings))), 2)
    return Scorecard(interaction, findings, points, rubric.grade(points), scorable=True)


def _judged(interaction: Interaction, rule: Rule, rubric: Rubric) -> tuple[Finding, ...]:
    """Return a rule's findings; one that only informs fails nobody."""
    findings = judge(interaction, rule)
    if rule.info:
        return tuple(
            dataclasses.replace(f, verdict="na") if f.verdict == "fail" else f for f in findings
        )
    if rule.fatal and any(f.verdict == "fail" for f in findings):
        return (_all_of_it(findings[0], rubric), *findings[1:])
    return findings


def _all_of_it(finding: Finding, rubric: Rubric) -> Finding:
    everything = rubric.base + sum(rule.bonus for rule in rubric.rules)
    more = Text("；这一条犯了就是零分", "; this rule leaves no points")
    return dataclasses.replace(finding, points=-everything, reason=finding.reason + more)


def _unheard(interaction: Interaction) -> Text | None:
    """Return why there is nobody to judge; None when there is."""
    if interaction.aside:
        return Text(
            "这里没有群众：是同事之间的谈话，或叫了号没有人来",
            "there is no customer here: colleagues talk, or a called number does not come",
        )
    clerk = [u for u in interaction.utterances if u.role == "clerk"]
    if any(u.role == "unknown" for u in interaction.utterances) and not clerk:
        return Text("不知道哪些话是工作人员说的", "it is not known which words are the clerk's")
    if not clerk:
        return Text("没有听到工作人员说话", "the clerk was not heard")
    return None


def _without_judging(interaction: Interaction, rule: Rule, why: Text) -> tuple[Finding, ...]:
    """Say of a rule that it cannot be judged; phrases that were heard stay to be listened to."""
    heard = breaches(interaction, rule) if rule.lists else ()
    phrases = tuple(f for f in heard if f.matches)
    # Nothing heard in poor sound does not mean that nothing was said.
    if not phrases and (why is NO_BASIS or not heard):
        return (Finding(rule.id, "unsure", 0.0, why),)
    return tuple(_doubted(f, why) if f.verdict == "fail" else f for f in phrases or heard)


def _doubted(finding: Finding, why: Text) -> Finding:
    reason = finding.reason + Text(f"；但{why.zh}，请听录音", f"but {why.en}; listen to it")
    return dataclasses.replace(finding, verdict="unsure", points=0.0, reason=reason)
