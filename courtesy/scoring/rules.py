"""The rules: each looks at one interaction and says pass, fail, not applicable or unsure, and why.

What is missing weighs as much as what is heard. A courtesy that was perhaps said (a near match,
words the recogniser was not sure of) gives "unsure", never "fail".
"""

from collections.abc import Callable, Iterable, Sequence

from courtesy.messages import Text
from courtesy.records import Finding, Interaction, Match, Utterance
from courtesy.scoring.requests import requests
from courtesy.scoring.rubric import Rule

# A courtesy of this confidence counts (`MatchOptions.credit`).
ENOUGH = 0.8
_BESIDE = 3.0  # seconds in which unheard words may have been the missing ones
# Likeness that mishearing may take away, where the recogniser held nothing of it to be right.
MISHEARD = 0.5
# Below this the recogniser was not sure of an utterance, so what it lacks proves nothing.
SURE = 0.5
# From this confidence a phrase short of counting is worth a person's ear.
WORTH_HEARING = 0.5

Judge = Callable[[Interaction, Rule], tuple[Finding, ...]]


def greeting(interaction: Interaction, rule: Rule) -> tuple[Finding, ...]:
    """Judge 来有迎声: a greeting in the clerk's first turn or first seconds."""
    if interaction.mode == "phone":
        return (_na(rule, Text("电话接听不按窗口问候评", "a telephone call, not a counter")),)
    opening = _first_turn(interaction, rule.settings["within_seconds"])
    return (_wanted(interaction, rule, opening, ("greeting",), Text("开头", "opening")),)


def farewell(interaction: Interaction, rule: Rule) -> tuple[Finding, ...]:
    """Judge 走有送声: the clerk's last words hold a farewell."""
    if not interaction.ended:
        return (_na(rule, Text("录音里没有看到办理结束", "the interaction is not seen to end")),)
    return (
        _wanted(interaction, rule, _last_turn(interaction), ("farewell",), Text("结尾", "closing")),
    )


def please(interaction: Interaction, rule: Rule) -> tuple[Finding, ...]:
    """Judge “请”字当头: enough of the clerk's requests carry 请, 麻烦 or 劳驾."""
    counts = [(u, *requests(u.heard)) for u in _clerk(interaction)]
    polite = sum(p for _, p, _ in counts)
    without = [u for u, _, bare in counts if bare]
    bare = sum(b for _, _, b in counts)
    total = polite + bare
    if not total:
        return (_na(rule, Text("没有要求群众做什么", "nothing was asked of the customer")),)
    reason = Text(
        f"{total} 次要求里有 {polite} 次用了“请”", f"{polite} of {total} requests carry 请"
    )
    if polite >= rule.settings["share"] * total:
        return (Finding(rule.id, "pass", 0.0, reason),)
    if all(_unsure_of(u) for u in without):
        return (
            _unsure(
                rule, reason + Text("，但识别没有把握", "but the recogniser was not sure"), without
            ),
        )
    return (_fail(rule, reason, without),)


def thanks_reply(interaction: Interaction, rule: Rule) -> tuple[Finding, ...]:
    """Judge 谢有回应: each time the customer thanks, the clerk answers."""
    thanks = [
        m for m in interaction.matches
        if m.list == "thanks" and m.standing == "customer" and m.confidence >= WORTH_HEARING
    ]  # fmt: skip
    said = [u for u in interaction.utterances if u.id in {m.utterance for m in thanks}]
    turns = [u for u in said if not _unsure_of(u)]
    if not turns:
        return (_na(rule, Text("群众没有道谢", "the customer did not thank")),)
    answers: list[Match] = []
    unanswered: list[Utterance] = []
    for turn in turns:
        reply = _reply(interaction, turn, rule.settings["within_seconds"])
        found = _matches(interaction, reply, ("thanks_reply",))
        answers += found
        if not any(m.counted for m in found):
            unanswered.append(turn)
    if not unanswered:
        return (
            _pass(rule, Text("群众道谢，有回应", "the customer's thanks were answered"), answers),
        )
    if _cut_off(interaction, unanswered[-1]):
        return (
            _unsure(
                rule,
                Text("道谢之后录音就结束了", "the recording ends after the thanks"),
                unanswered,
            ),
        )
    if _perhaps(answers, interaction.utterances):
        return (
            _unsure(
                rule,
                Text("像是有回应，但听不确切", "perhaps answered, not clearly heard"),
                unanswered,
            ),
        )
    return (
        _fail(
            rule, Text("群众道谢，没有回应", "the customer's thanks were not answered"), unanswered
        ),
    )


def breaches(interaction: Interaction, rule: Rule) -> tuple[Finding, ...]:
    """Judge 服务忌语 and 侮辱威胁: a finding for each phrase the clerk said, or that none was."""
    findings: list[Finding] = []
    left = rule.settings["most"]
    for same in _once_each(m for m in interaction.matches if _judged_by(rule, m)):
        match = same[0]
        words = "…".join(m.heard for m in same)
        quoted = Text(f"“{words}”（{match.phrase}）", f"“{words}” ({match.phrase})")
        if match.counted:
            points = min(rule.points[match.severity], left)
            left -= points
            reason = Text(f"说了{quoted.zh}", f"said {quoted.en}")
            if points < rule.points[match.severity]:
                reason += Text("；此项已扣到上限", "(the rule takes no more points off)")
            findings.append(_finding(rule, "fail", reason, same, 0.0 - points))
        elif match.standing == "unknown":
            reason = Text(
                f"听到{quoted.zh}，但不知道是谁说的", f"heard {quoted.en}, but not who said it"
            )
            findings.append(_finding(rule, "unsure", reason, same))
        elif match.standing == "near" and match.confidence >= WORTH_HEARING:
            reason = Text(f"像是{quoted.zh}，请听录音", f"perhaps {quoted.en}; listen to it")
            findings.append(_finding(rule, "unsure", reason, same))
    if findings:
        return tuple(findings)
    return (Finding(rule.id, "pass", 0.0, Text("没有听到", "none was heard")),)


def _judged_by(rule: Rule, match: Match) -> bool:
    """Tell whether a rule judges a phrase; a hall's own forbidden lists go with the forbidden."""
    if match.polarity != "forbidden":
        return False
    return match.list == rule.id or (rule.id == "forbidden" and match.list != "abuse")


def _once_each(matches: Iterable[Match]) -> list[list[Match]]:
    """Group matches that are parts of one phrase said once: 你有完没完 and 有意见找领导去."""
    groups: list[list[Match]] = []
    for match in matches:
        for group in groups:
            last = group[-1]
            same = last.phrase_id == match.phrase_id and last.standing == match.standing
            # Two utterances without a third between them may be one sentence with a breath in it.
            if same and last.role == match.role and match.utterance - last.utterance <= 1:
                group.append(match)
                break
        else:
            groups.append([match])
    return groups


JUDGES: dict[str, Judge] = {
    "greeting": greeting,
    "farewell": farewell,
    "please": please,
    "thanks_reply": thanks_reply,
    "forbidden": breaches,
    "abuse": breaches,
}


def _wanted(
    interaction: Interaction,
    rule: Rule,
    where: Sequence[Utterance],
    lists: tuple[str, ...],
    what: Text,
) -> Finding:
    """Judge that a phrase of some list is said in some utterances of the clerk."""
    found = _matches(interaction, where, lists)
    counted = [m for m in found if m.counted]
    if counted:
        best = max(counted, key=lambda m: m.confidence)
        return _pass(
            rule, Text(f"{what.zh}说了“{best.heard}”", f"{what.en}: said “{best.heard}”"), [best]
        )
    near = _perhaps(found, where)
    if near:
        reason = Text(
            f"{what.zh}像是“{near[0].phrase}”，听不确切",
            f"{what.en}: perhaps “{near[0].phrase}”, not clearly heard",
        )
        return _finding(rule, "unsure", reason, near)
    if any(m.standing == "unknown" and m.list in lists for m in interaction.matches):
        reason = Text(
            f"{what.zh}有这句话，但不知道是谁说的", f"{what.en}: said, but not known by whom"
        )
        return _unsure(rule, reason, where)
    if any(_unsure_of(u) for u in where) or _lost_beside(interaction, where):
        reason = Text(f"{what.zh}没有听清", f"the {what.en} was not clearly heard")
        return _unsure(rule, reason, where)
    return _fail(rule, Text(f"{what.zh}没有听到", f"none heard in the {what.en}"), where)


def _perhaps(matches: Sequence[Match], where: Sequence[Utterance]) -> list[Match]:
    """Return the courtesies that were perhaps said: mishearing could account for what they lack.

    The recogniser's own probability of an utterance tells how much of it is misheard. Of a
    transcript nothing is, so that there a near miss is a miss.
    """
    least = {
        u.id: ENOUGH - MISHEARD * (1 - (1.0 if u.quality is None else u.quality)) for u in where
    }
    return [
        m for m in matches
        if m.standing == "near" and m.likeness >= least.get(m.utterance, ENOUGH)
    ]  # fmt: skip


def _lost_beside(interaction: Interaction, where: Sequence[Utterance]) -> bool:
    """Tell whether sound without words lies among or right beside some utterances."""
    times = [t for u in where for t in (u.start, u.end) if t is not None]
    if not times:
        return bool(interaction.lost)
    start, end = min(times) - _BESIDE, max(times) + _BESIDE
    return any(r.end > start and r.start < end for r in interaction.lost)


def _clerk(interaction: Interaction) -> list[Utterance]:
    return [u for u in interaction.utterances if u.role == "clerk"]


def _first_turn(interaction: Interaction, within: float) -> list[Utterance]:
    """Return the clerk's utterances before the customer answers, and those of the first seconds."""
    out: list[Utterance] = []
    turn_over = False
    began: float | None = None
    for utterance in interaction.utterances:
        if utterance.role != "clerk":
            turn_over = turn_over or bool(out)
            continue
        if began is None:
            began = utterance.start
        early = (
            utterance.start is not None and began is not None and utterance.start - began < within
        )
        if turn_over and not early:
            break
        out.append(utterance)
    return out


def _last_turn(interaction: Interaction) -> list[Utterance]:
    """Return the clerk's last words: all since the customer's last turn but one began.

    A farewell may come before the customer's own (请慢走 / 谢谢 / 不客气).
    """
    said = interaction.utterances
    turns = [
        i
        for i, u in enumerate(said)
        if u.role != "clerk" and (i == 0 or said[i - 1].role == "clerk")
    ]
    after = turns[-2] if len(turns) > 1 else 0
    closing = [u for i, u in enumerate(said) if u.role == "clerk" and i >= after]
    return closing if len(turns) > 1 else closing[-2:]


def _reply(interaction: Interaction, thanks: Utterance, within: float) -> list[Utterance]:
    """Return the clerk's next turn after the thanks, as far as it begins soon enough.

    The clock starts when the customer, who may go on talking, has finished.
    """
    out: list[Utterance] = []
    finished = thanks.end
    for utterance in interaction.utterances:
        overlaps = utterance.id < thanks.id and (utterance.end or 0) > (thanks.start or 0) > 0
        if utterance.role == "clerk" and (utterance.id > thanks.id or overlaps):
            began = utterance.start
            if began is not None and finished is not None and began - finished > within:
                break
            out.append(utterance)
        elif utterance.id > thanks.id and utterance.role != "clerk":
            if out:
                break
            finished = utterance.end
    return out


def _cut_off(interaction: Interaction, thanks: Utterance) -> bool:
    """Tell whether nothing at all follows the thanks: the answer may not have been recorded."""
    return interaction.utterances[-1].id == thanks.id and thanks.start is not None


def _matches(
    interaction: Interaction, where: Sequence[Utterance], lists: tuple[str, ...]
) -> list[Match]:
    ids = {u.id for u in where}
    return [m for m in interaction.matches if m.list in lists and m.utterance in ids]


def _unsure_of(utterance: Utterance) -> bool:
    return utterance.quality is not None and utterance.quality < SURE


def _na(rule: Rule, reason: Text) -> Finding:
    return Finding(rule.id, "na", 0.0, reason)


def _pass(rule: Rule, reason: Text, matches: Sequence[Match]) -> Finding:
    return _finding(rule, "pass", reason, matches)


def _unsure(rule: Rule, reason: Text, where: Sequence[Utterance]) -> Finding:
    return _placed(
        Finding(rule.id, "unsure", 0.0, reason, utterances=tuple(u.id for u in where)), where
    )


def _fail(rule: Rule, reason: Text, where: Sequence[Utterance]) -> Finding:
    points = -rule.points[""]
    return _placed(
        Finding(rule.id, "fail", points, reason, utterances=tuple(u.id for u in where)), where
    )


def _placed(finding: Finding, where: Sequence[Utterance]) -> Finding:
    starts = [u.start for u in where if u.start is not None]
    ends = [u.end for u in where if u.end is not None]
    if not starts or not ends:
        return finding
    return Finding(
        finding.rule, finding.verdict, finding.points, finding.reason, min(starts), max(ends),
        finding.matches, finding.utterances,
    )  # fmt: skip


def _finding(
    rule: Rule, verdict: str, reason: Text, matches: Sequence[Match], points: float = 0.0
) -> Finding:
    starts = [m.start for m in matches if m.start is not None]
    ends = [m.end for m in matches if m.end is not None]
    return Finding(
        rule=rule.id,
        verdict=verdict,  # type: ignore[arg-type]
        points=points,
        reason=reason,
        start=min(starts) if starts else None,
        end=max(ends) if ends else None,
        matches=tuple(m.id for m in matches),
        utterances=tuple(sorted({m.utterance for m in matches})),
    )
