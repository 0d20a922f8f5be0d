"""The tables of one condition."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, get_args

from courtesy.evaluation.calibration import Bin
from courtesy.evaluation.confusions import Confusion, Example
from courtesy.evaluation.evaluation import Evaluation
from courtesy.evaluation.groups import FIGURES, Figure
from courtesy.evaluation.hearing import Side, Unit
from courtesy.evaluation.intervals import ErrorRate, Scored, Share
from courtesy.evaluation.rules import RuleResult
from courtesy.evaluation.summary import Accusation, Result
from courtesy.evaluation.words import (
    LAYERS,
    SIDES,
    TRAITS,
    UNDEFINED,
    an_hour,
    error_rate,
    f1,
    fraction,
    share,
    words,
)
from courtesy.messages import Lang, Text
from courtesy.records import Verdict
from courtesy.report import names
from courtesy.report.grid import Grid
from courtesy.report.plain import clock

_MOST: Final = 8
_OWN: Final = " *"
_ROLES: Final = ("roles_right", "roles_wrong", "roles_unknown")


def grids(evaluation: Evaluation, result: Result, lang: Lang) -> tuple[Grid, ...]:
    """Return every table of a condition that has something in it, in the order they are read in."""
    w = words(lang)
    tables = (
        _hearing(result, lang, w),
        _phrases(evaluation, result, lang, w),
        _turns(result, w),
        _boundaries(result, w),
        _rules(result, lang, w),
        _confusion(result, lang, w),
        _calibration(result, w),
        _bins(result, w),
        _layers(result, lang, w),
        _speakers(result, lang, w),
        _accusations(result, lang, w),
        _confusions(evaluation, result, lang, w),
        _near(result, lang, w),
    )
    return tuple(table for table in tables if table.rows)


def _hearing(result: Result, lang: Lang, w: Mapping[str, str]) -> Grid:
    sides = [side for side in get_args(Side) if ("characters", side) in result.errors]
    rows = tuple(
        (
            SIDES[side].say(lang),
            str(result.errors["characters", side].length),
            *(error_rate(result.errors.get((unit, side))) for unit in get_args(Unit)),
        )
        for side in sides
    )
    head = (w["side"], w["said"], w["character_errors"], w["syllable_errors"])
    return Grid(w["hearing"], head, rows)


def _phrases(evaluation: Evaluation, result: Result, lang: Lang, w: Mapping[str, str]) -> Grid:
    def own(listed: str) -> bool:
        """Tell whether some dialogue was held against the program's own findings."""
        polarity = result.polarities[listed]
        return any(one.truth.own(listed, polarity) for one in result.outcomes)

    rows = []
    for listed, scored in result.lists.items():
        title = evaluation.titles.get(listed, Text(listed, listed)).say(lang)
        rows.append(_scored_row(title + (_OWN if own(listed) else ""), scored))
    rows += [_scored_row(w[name], scored) for name, scored in result.groups.items()]
    head = (w["list"], w["said"], w["found"], w["false"], w["precision"], w["recall"], w["f1"])
    # Where nothing was said and nothing claimed, a row of dashes says nothing.
    shown = tuple(row for row in rows if row[1:4] != ("0", "0", "0"))
    starred = any(row[0].endswith(_OWN) for row in shown)
    return Grid(w["phrases"], head, shown, w["phrases_note"] if starred else "")


def _scored_row(name: str, scored: Scored) -> tuple[str, ...]:
    tally = scored.tally
    return (
        name,
        str(tally.right + tally.missed),
        str(tally.right),
        str(tally.wrong),
        share(scored.precision),
        share(scored.recall),
        f1(scored),
    )


def _turns(result: Result, w: Mapping[str, str]) -> Grid:
    by_turn, innocents = result.by_turn, result.innocents
    encounters, cards = result.interactions
    shares = (
        ("breach_found", by_turn.scored.recall),
        ("verbatim", by_turn.verbatim),
        ("other_words", by_turn.other_words),
        ("turn_precision", by_turn.scored.precision),
        ("clerk_turns", innocents.clerk_turns),
        ("customer_turns", innocents.customer_turns),
    )
    rows = [(w[name], fraction(one), share(one)) for name, one in shares]
    rows.append((w["false_an_hour"], str(innocents.an_hour.count), an_hour(innocents.an_hour)))
    split = w["split_right"].format(found=cards, gold=encounters)
    rows.append((split, *_both(result.split_right)))
    if result.clerk_found.whole:
        rows.append((w["clerk_found"], *_both(result.clerk_found)))
    times = (result.roles.right, result.roles.wrong, result.roles.unknown)
    for name, time, part in zip(_ROLES, times, result.roles.shares or (), strict=False):
        rows.append((w[name], clock(time), f"{part * 100:.1f}%"))
    if result.failed:
        rows.append((w["failed"], *_both(Share(len(result.failed), len(result.outcomes)))))
    return Grid(w["turns"], (w["measure"], w["count"], w["share"]), tuple(rows))


def _boundaries(result: Result, w: Mapping[str, str]) -> Grid:
    """Show where interactions begin and end; single dialogues that stayed whole say nothing."""
    scored = result.boundaries
    head = ("", w["there"], w["found"], w["false"], w["precision"], w["recall"], w["f1"])
    rows = (_scored_row(w["starts_ends"], scored),) if scored.f1 is not None else ()
    return Grid(w["boundaries"], head, rows, w["boundaries_note"])


def _both(one: Share) -> tuple[str, str]:
    return fraction(one), share(one)


def _rules(result: Result, lang: Lang, w: Mapping[str, str]) -> Grid:
    head = (
        w["rule"], w["right"], w["broken_found"], w["fail_right"], w["f1"], w["accuses"],
        w["overlooks"],
    )  # fmt: skip
    rows = tuple(
        (
            names.rule_name(one.rule).say(lang),
            fraction(one.right),
            fraction(one.fails.recall),
            fraction(one.fails.precision),
            f1(one.fails),
            fraction(one.accuses),
            fraction(one.overlooks),
        )
        for one in result.rules
    )
    return Grid(w["rules"], head, rows, w["rules_note"])


def _confusion(result: Result, lang: Lang, w: Mapping[str, str]) -> Grid:
    rows = tuple(
        (names.rule_name(one.rule).say(lang), "; ".join(_verdicts(one, lang, w)))
        for one in result.rules
    )
    title = f"{w['rules']}{w['colon']}{w['confusion']}"
    return Grid(title, (w["rule"], w["confusion"]), rows, wordy=True, page_only=True)


def _verdicts(one: RuleResult, lang: Lang, w: Mapping[str, str]) -> Iterator[str]:
    order = get_args(Verdict)

    def name(verdict: Verdict | None) -> str:
        if verdict is None:
            return UNDEFINED
        return names.verdict_name(verdict, one.rule).say(lang)

    for (gold, given), count in sorted(
        one.confusion.items(),
        key=lambda entry: [order.index(v) if v else len(order) for v in entry[0]],
    ):
        yield f"{name(gold)} → {name(given)} {count}"


def _calibration(result: Result, w: Mapping[str, str]) -> Grid:
    rows = tuple(
        (w[name], str(one.count), f"{one.error:.3f}", f"{one.brier:.3f}")
        for name, one in result.calibration.items()
        if one.error is not None and one.brier is not None
    )
    head = (w["group"], w["matches"], w["expected_error"], w["brier"])
    return Grid(w["calibration"], head, rows, w["calibration_note"])


def _bins(result: Result, w: Mapping[str, str]) -> Grid:
    rows = tuple(
        (w[name], *_bin(one))
        for name, group in result.calibration.items()
        for one in group.bins
        if one.count
    )
    head = (w["group"], w["bin"], w["matches"], w["mean"], w["share_right"])
    return Grid(w["bins"], head, rows, page_only=True)


def _bin(one: Bin) -> tuple[str, ...]:
    mean = UNDEFINED if one.confidence is None else f"{one.confidence:.2f}"
    return f"{one.low:.1f}–{one.high:.1f}", str(one.count), mean, share(Share(one.right, one.count))


def _layers(result: Result, lang: Lang, w: Mapping[str, str]) -> Grid:
    rows = tuple(
        (f"{LAYERS[layer].say(lang)} · {w[group]}", *_scored_row("", scored)[1:])
        for group in dict.fromkeys(g for groups in result.layers.values() for g in groups)
        for layer, groups in result.layers.items()
        if (scored := groups[group]).f1 is not None
    )
    head = (w["layer"], w["said"], w["found"], w["false"], w["precision"], w["recall"], w["f1"])
    return Grid(w["layers"], head, rows, w["layers_note"])


def _speakers(result: Result, lang: Lang, w: Mapping[str, str]) -> Grid:
    rows = tuple(
        (
            f"{TRAITS.get(one.trait, Text(one.trait, one.trait)).say(lang)} · {one.value}",
            str(one.dialogues),
            *(_beside(one.figures[name]) for name in FIGURES),
        )
        for one in result.speakers
    )
    head = (w["clerk_is"], w["dialogues"], *(w[name] for name in FIGURES))
    return Grid(w["speakers"], head, rows, w["speakers_note"])


def _beside(one: Figure) -> str:
    """Return a figure, and how far it is from that of the rest, in per cent."""
    if one.own.value is None:
        return UNDEFINED
    digits = 1 if isinstance(one.own, ErrorRate) else 0
    own = f"{one.own.value * 100:.{digits}f}%"
    if one.difference is None:
        return own
    apart, (low, high) = one.difference
    signed = [f"{value * 100:+.{digits}f}".replace("-", "−") for value in (apart, low, high)]
    return f"{own}{_OWN if one.differs else ''} {signed[0]} ({signed[1]} … {signed[2]})"


def _accusations(result: Result, lang: Lang, w: Mapping[str, str]) -> Grid:
    rows = tuple(_accusation(one, lang, w) for one in result.innocents.accusations)
    head = (w["place"], w["phrase"], w["accusation"])
    return Grid(w["accusations"], head, rows, left=3, wordy=True, most=2 * _MOST)


def _accusation(one: Accusation, lang: Lang, w: Mapping[str, str]) -> tuple[str, ...]:
    who = names.ROLES[one.role] if one.role in names.ROLES else Text(w["nobody"], w["nobody"])
    place = f"{_place(one.dialogue, one.turn)} {who.say(lang)}"
    return place, f"“{one.phrase}”", f"“{one.said or w['nobody']}” ← “{one.heard}”"


def _confusions(evaluation: Evaluation, result: Result, lang: Lang, w: Mapping[str, str]) -> Grid:
    head = (w["list"], w["said"], w["found"], w["false"], w["phrase"] + " · " + w["examples"])
    rows = tuple(_confusion_row(evaluation, one, lang, w) for one in result.confusions)
    return Grid(w["confusions"], head, rows, wordy=True, most=_MOST)


def _confusion_row(
    evaluation: Evaluation, one: Confusion, lang: Lang, w: Mapping[str, str]
) -> tuple[str, ...]:
    title = evaluation.titles.get(one.list, Text(one.list, one.list)).say(lang)
    examples = _examples(one.examples, lang, w)
    counts = (str(one.said), str(one.found), str(one.wrong))
    return title, *counts, "\n".join([f"“{one.phrase}”", *examples])


def _examples(examples: Iterable[Example], lang: Lang, w: Mapping[str, str]) -> Iterator[str]:
    for one in examples:
        said = f"“{one.said}”" if one.said else w["nobody"]
        heard = f"“{one.heard}”" if one.heard else w["nothing_heard"]
        why = f"; {one.why.say(lang)}" if one.why else ""
        yield f"{said} ← {heard} ({_place(one.dialogue, one.turn)}{why})"


def _place(dialogue: str, turn: int | None) -> str:
    return dialogue if turn is None else f"{dialogue} #{turn + 1}"


def _near(result: Result, lang: Lang, w: Mapping[str, str]) -> Grid:
    rows = tuple(
        (
            names.list_name("", one.polarity).say(lang),
            one.reason.say(lang),
            str(one.count),
            str(one.right),
        )
        for one in result.near
    )
    head = (w["group"], w["reason"], w["count"], w["really_said"])
    return Grid(w["near"], head, rows, left=2)
