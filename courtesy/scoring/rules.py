"""Judging one rule over one interaction: passed, failed, not applicable or unsure, and why."""

from collections.abc import Iterable, Iterator, Sequence

from courtesy.messages import Text
from courtesy.records import Finding, Interaction, Match, Utterance
from courtesy.scoring.conditions import Condition, Seek, seeks
from courtesy.scoring.places import look_in
from courtesy.scoring.rubric import Rule
from courtesy.scoring.seek import WORTH_HEARING, Found, events, happens, look, unsure_of

_PARTS = {
    "opening": Text("开头", "opening"),
    "closing": Text("结尾", "closing"),
    "first_sentence": Text("第一句", "first sentence"),
}


def judge(interaction: Interaction, rule: Rule) -> tuple[Finding, ...]:
    """Judge one rule: one finding, or one for each breach of a rule that forbids phrases."""
    why_not = _not_for(interaction, rule)
    if why_not:
        return (Finding(rule.id, "na", 0.0, why_not),)
    if rule.phrases_by_severity:
        return breaches(interaction, rule)
    if rule.forbid:
        return (_forbidden(interaction, rule),)
    if rule.each:
        return (_each(interaction, rule),)
    return (_once(interaction, rule),)


def _not_for(interaction: Interaction, rule: Rule) -> Text | None:
    """Return why a rule does not apply; None where it does."""
    if interaction.mode not in rule.modes:
        return (
            Text("电话接听不评这一条", "a telephone call, not a counter")
            if interaction.mode == "phone"
            else Text("不是电话", "not a telephone call")
        )
    if rule.hours:
        why_not = _not_at(interaction, rule)
        if why_not:
            return why_not
    if rule.when_ended and not interaction.ended:
        return Text("录音里没有看到办理结束", "the interaction is not seen to end")
    if rule.only_if and look(interaction, rule.only_if).answer == "no":
        return rule.texts.get("none") or Text("没有这种情况", "there was no occasion")
    return None


def _not_at(interaction: Interaction, rule: Rule) -> Text | None:
    """Return why a rule does not apply at this hour; None where it does.

    An unknown hour costs nobody points. It is no doubt to be settled by listening either: no sound
    tells the time, so a rule that may not apply does not.
    """
    if interaction.began is None:
        return Text(
            "不知道是几点开始的，这一条只评规定的时段",
            "it is not known when this began, and the rule is for certain hours",
        )
    if any(span.holds(interaction.began) for span in rule.hours):
        return None
    spans, at = [str(span) for span in rule.hours], f"{interaction.began:%H:%M}"
    return Text(
        f"{at} 开始，这一条只评 {'、'.join(spans)}",
        f"began at {at}, and the rule is for {' and '.join(spans)}",
    )


def _once(interaction: Interaction, rule: Rule) -> Finding:
    """Judge what is wanted once in an interaction."""
    assert rule.want is not None
    found = look(interaction, rule.want)
    where = next((_PARTS[s.part] for s in seeks(rule.want) if s.part), None)
    if found.answer == "yes":
        why = found.why or Text("做到了", "done")
        return _finding(rule, "pass", _at(where, rule.texts.get("done") or why), found)
    if found.answer == "perhaps":
        why = found.why or Text("听不确切", "not clearly heard")
        return _finding(rule, "unsure", _at(where, why), found)
    missing = rule.texts.get("missing")
    if not missing:
        missing = (
            Text(f"{where.zh}没有听到", f"none heard in the {where.en}")
            if where
            else Text("没有听到", "none was heard")
        )
    return _finding(rule, "fail", missing, found)


def _at(where: Text | None, why: Text) -> Text:
    return Text(f"{where.zh}{why.zh}", f"{where.en}: {why.en}") if where else why


def _each(interaction: Interaction, rule: Rule) -> Finding:
    """Judge what is wanted each time something happens: enough times, and not too few."""
    assert rule.want is not None
    assert rule.each is not None
    anchors = _occasions(interaction, rule.each)
    if not anchors:
        none = rule.texts.get("none") or Text("没有这种情况", "there was no occasion")
        return Finding(rule.id, "na", 0.0, none)
    found = [(anchor, look(interaction, rule.want, anchor)) for anchor in anchors]
    # What must stand in the same utterance is not lost where a recording ends after it.
    later = any(seek.around != "same" for seek in seeks(rule.want))
    done = [one for _, one in found if one.answer == "yes"]
    missing = [u for anchor, one in found if one.answer != "yes" for u in anchor]
    doubtful = [
        anchor for anchor, one in found
        if one.answer == "perhaps"
        or (one.answer == "no" and (
            (later and _cut_off(interaction, anchor)) or any(map(unsure_of, anchor))
        ))
    ]  # fmt: skip
    needed = rule.share * len(found)
    counts = {"done": len(done), "total": len(found)}
    if len(done) >= needed:
        reason = _filled(rule, "done", counts, f"{len(found)} 次里 {len(done)} 次做到了",
                         f"{len(done)} of {len(found)} times")  # fmt: skip
        matches = tuple(m for one in done for m in one.matches)
        utterances = tuple(u for one in done for u in one.utterances)
        return _finding(rule, "pass", reason, Found("yes", None, matches, utterances))
    reason = _filled(rule, "missing", counts, f"{len(found)} 次里只有 {len(done)} 次做到了",
                     f"only {len(done)} of {len(found)} times")  # fmt: skip
    if len(done) + len(doubtful) >= needed:
        evidence = [u for anchor in doubtful for u in anchor]
        doubt = reason + Text("，但听不确切", ", though that was not clearly heard")
        return _finding(rule, "unsure", doubt, Found("perhaps", None, (), tuple(evidence)))
    return _finding(rule, "fail", reason, Found("no", None, (), tuple(missing)))


def _occasions(interaction: Interaction, each: Condition) -> list[tuple[Utterance, ...]]:
    """Return what a rule is judged for, each as the utterances it is made of, in order.

    Of `all` the first is the occasion, if the others are found around it.
    """
    found: dict[tuple[int, ...], tuple[Utterance, ...]] = {}
    for anchor in _anchors(interaction, each):
        found[tuple(u.id for u in anchor)] = anchor
    return [found[ids] for ids in sorted(found)]


def _anchors(interaction: Interaction, each: Condition) -> Iterator[tuple[Utterance, ...]]:
    if isinstance(each, Seek):
        yield from _events(interaction, each) if each.event else _said(interaction, each)
    elif each.how == "all":
        first, *others = each.parts
        for anchor in _anchors(interaction, first):
            if all(look(interaction, one, anchor).answer == "yes" for one in others):
                yield anchor
    else:
        for part in each.parts:
            yield from _anchors(interaction, part)


def _events(interaction: Interaction, each: Seek) -> Iterator[tuple[Utterance, ...]]:
    by_id = {u.id: u for u in interaction.utterances}
    for event in events(interaction, each):
        anchor = tuple(by_id[i] for i in event.utterances if i in by_id)
        if anchor:
            yield anchor


def _said(interaction: Interaction, each: Seek) -> Iterator[tuple[Utterance, ...]]:
    for utterance in look_in(interaction, each):
        # What the other hardly said asks for nothing.
        heard = each.by == "clerk" or not unsure_of(utterance)
        if heard and happens(interaction, each, utterance):
            yield (utterance,)


def _cut_off(interaction: Interaction, anchor: Sequence[Utterance]) -> bool:
    """Tell whether nothing at all follows: what is missing may not have been recorded.

    Where the interaction is seen to end, whoever spoke last had nothing to add.
    """
    last = interaction.utterances[-1]
    over = interaction.ended and last.role == "clerk"
    return last.id == anchor[-1].id and last.start is not None and not over


def _forbidden(interaction: Interaction, rule: Rule) -> Finding:
    """Judge what must not happen, other than phrases of the lexicon."""
    assert rule.forbid is not None
    found = look(interaction, rule.forbid)
    if found.answer == "yes":
        reason = rule.texts.get("found") or found.why or Text("有这种情况", "it happened")
        return _finding(rule, "fail", reason, found)
    if found.answer == "perhaps" and found.matches:
        return _finding(rule, "unsure", found.why or Text("听不确切", "not clearly heard"), found)
    none = rule.texts.get("none") or Text("没有听到", "none was heard")
    return Finding(rule.id, "pass", 0.0, none)


def breaches(interaction: Interaction, rule: Rule) -> tuple[Finding, ...]:
    """Judge 服务忌语 and 侮辱威胁: a finding for each phrase the clerk said, or that none was."""
    findings: list[Finding] = []
    left = rule.most
    for same in _once_each(m for m in interaction.matches if rule.forbids(m)):
        match = same[0]
        words = "…".join(m.heard for m in same)
        quoted = Text(f"“{words}”（{match.phrase}）", f"“{words}” ({match.phrase})")
        evidence = Found("yes", None, tuple(same))
        if match.counted:
            points = min(rule.points[match.severity], left)
            left -= points
            reason = Text(f"说了{quoted.zh}", f"said {quoted.en}")
            if points < rule.points[match.severity]:
                reason += Text("；此项已扣到上限", "(the rule takes no more points off)")
            findings.append(_finding(rule, "fail", reason, evidence, 0.0 - points))
        elif match.standing == "unknown":
            reason = Text(
                f"听到{quoted.zh}，但不知道是谁说的", f"heard {quoted.en}, but not who said it"
            )
            findings.append(_finding(rule, "unsure", reason, evidence))
        elif match.standing == "near" and match.confidence >= WORTH_HEARING:
            reason = Text(f"像是{quoted.zh}，请听录音", f"perhaps {quoted.en}; listen to it")
            findings.append(_finding(rule, "unsure", reason, evidence))
    if findings:
        return tuple(findings)
    return (Finding(rule.id, "pass", 0.0, Text("没有听到", "none was heard")),)


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


def _filled(rule: Rule, name: str, counts: dict[str, int], zh: str, en: str) -> Text:
    text = rule.texts.get(name)
    return Text(text.zh.format(**counts), text.en.format(**counts)) if text else Text(zh, en)


def _finding(
    rule: Rule, verdict: str, reason: Text, found: Found, points: float | None = None
) -> Finding:
    if points is None:
        points = {"fail": 0.0 - rule.points.get("", 0.0), "pass": rule.bonus}.get(verdict, 0.0)
    evidence: list[Match | Utterance] = [*found.matches, *found.utterances]
    starts = [one.start for one in evidence if one.start is not None]
    ends = [one.end for one in evidence if one.end is not None]
    ids = {m.utterance for m in found.matches} | {u.id for u in found.utterances}
    return Finding(
        rule=rule.id,
        verdict=verdict,  # type: ignore[arg-type]
        points=points,
        reason=reason,
        start=found.start if found.start is not None else min(starts, default=None),
        end=found.end if found.end is not None else max(ends, default=None),
        matches=tuple(m.id for m in found.matches),
        utterances=tuple(sorted(ids)),
    )
