"""A scorecard: the findings of every rule, the points they take, and the score that is left."""

from dataclasses import replace
from statistics import median

from courtesy.messages import Text
from courtesy.records import Finding, Interaction, Scorecard
from courtesy.scoring.rubric import Rubric, Rule
from courtesy.scoring.rules import breaches, judge

# Recognition worse than this on the whole is no basis for judging anybody.
FAIR = 0.4
# More than any base and bonus can make up for.
_EVERYTHING = 1000.0


def score(interaction: Interaction, rubric: Rubric) -> Scorecard:
    """Judge one interaction, whose matches are in it.

    The score is the rubric's base with every finding's points added, kept within 0 and 100; anyone
    can add them up again.
    """
    why_not = _unfair(interaction)
    if why_not:
        findings = tuple(
            f for rule in rubric.rules for f in _without_judging(interaction, rule, why_not)
        )
        return Scorecard(interaction, findings, None, None, scorable=False, note=why_not)
    findings = tuple(f for rule in rubric.rules for f in _judged(interaction, rule))
    points = round(min(100.0, max(0.0, rubric.base + sum(f.points for f in findings))), 2)
    return Scorecard(interaction, findings, points, rubric.grade(points), scorable=True)


def _judged(interaction: Interaction, rule: Rule) -> tuple[Finding, ...]:
    """Return a rule's findings; one that only informs fails nobody."""
    findings = judge(interaction, rule)
    if rule.info:
        return tuple(replace(f, verdict="na") if f.verdict == "fail" else f for f in findings)
    if rule.fatal and any(f.verdict == "fail" for f in findings):
        return (_all_of_it(findings[0]), *findings[1:])
    return findings


def _all_of_it(finding: Finding) -> Finding:
    more = Text("；这一条犯了就是零分", "; this rule leaves no points")
    return replace(finding, points=-_EVERYTHING, reason=finding.reason + more)


def _unfair(interaction: Interaction) -> Text | None:
    """Return why the interaction cannot be judged fairly; None when it can."""
    clerk = [u for u in interaction.utterances if u.role == "clerk"]
    if any(u.role == "unknown" for u in interaction.utterances) and not clerk:
        return Text("不知道哪些话是工作人员说的", "it is not known which words are the clerk's")
    if not clerk:
        return Text("没有听到工作人员说话", "the clerk was not heard")
    sure = [u.quality for u in clerk if u.quality is not None]
    if sure and median(sure) < FAIR:
        return Text("声音太差，听不清", "the sound is too poor to understand")
    return None


def _without_judging(interaction: Interaction, rule: Rule, why: Text) -> tuple[Finding, ...]:
    """Say of a rule that it cannot be judged; phrases that were heard stay to be listened to."""
    if rule.lists:
        heard = breaches(interaction, rule)
        if all(f.verdict in {"unsure", "pass"} for f in heard):
            return heard
    return (Finding(rule.id, "unsure", 0.0, why),)
