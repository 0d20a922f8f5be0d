"""A scorecard: the findings of every rule, the points they take, and the score that is left."""

from statistics import median

from courtesy.messages import Text
from courtesy.records import Finding, Interaction, Scorecard
from courtesy.scoring.rubric import Rubric, Rule
from courtesy.scoring.rules import JUDGES, breaches

# Recognition worse than this on the whole is no basis for judging anybody.
FAIR = 0.4


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
    findings = tuple(f for rule in rubric.rules for f in JUDGES[rule.id](interaction, rule))
    points = round(min(100.0, max(0.0, rubric.base + sum(f.points for f in findings))), 2)
    return Scorecard(interaction, findings, points, rubric.grade(points), scorable=True)


def _unfair(interaction: Interaction) -> Text | None:
    """Return why the interaction cannot be judged fairly; None when it can."""
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
    sure = [u.quality for u in clerk if u.quality is not None]
    if sure and median(sure) < FAIR:
        return Text("声音太差，听不清", "the sound is too poor to understand")
    return None


def _without_judging(interaction: Interaction, rule: Rule, why: Text) -> tuple[Finding, ...]:
    """Say of a rule that it cannot be judged; phrases that were heard stay to be listened to."""
    if JUDGES[rule.id] is breaches:
        heard = breaches(interaction, rule)
        if all(f.verdict in {"unsure", "pass"} for f in heard):
            return heard
    return (Finding(rule.id, "unsure", 0.0, why),)
