"""What a report of an evaluation holds, in order; the terminal and the page show the same."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from courtesy.evaluation.against import Against, Change, Delta
from courtesy.evaluation.condition_grids import grids
from courtesy.evaluation.evaluation import Evaluation
from courtesy.evaluation.rules import verdicts_right
from courtesy.evaluation.summary import POLITE, Result
from courtesy.evaluation.words import (
    STATES,
    UNDEFINED,
    an_hour,
    error_rate,
    f1,
    figure_name,
    share,
    words,
)
from courtesy.messages import Lang, Text
from courtesy.records import Verdict
from courtesy.report import names
from courtesy.report.grid import Grid
from courtesy.report.plain import clock

_MOST_CHANGES: Final = 20
# The figures of a comparison that a terminal shows, and what they are called; the page has all.
_FIRST: Final = {
    ("errors", "characters", "all"): ("character_errors",),
    ("lists", "forbidden", "precision"): ("forbidden", "precision"),
    ("lists", "forbidden", "recall"): ("forbidden", "recall"),
    ("lists", "forbidden", "f1"): ("forbidden", "f1"),
    ("forbidden_by_turn", "recall"): ("breach_found",),
    ("forbidden_by_turn", "other_words"): ("breach_found", "other_words"),
    ("groups", "polite", "precision"): ("polite", "precision"),
    ("groups", "polite", "recall"): ("polite", "recall"),
    ("groups", "polite", "f1"): ("polite", "f1"),
    ("innocents", "clerk_turns"): ("clerk_turns",),
    ("innocents", "an_hour"): ("false_an_hour",),
    ("verdicts_right",): ("verdicts_right",),
    ("calibration", "all", "expected_error"): ("expected_error",),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a report.

    Attributes:
        title: its heading.
        facts: sentences under it.
        grids: tables under those.
        condition: the name of the condition it is about; empty for all of them.
    """

    title: str
    facts: tuple[str, ...]
    grids: tuple[Grid, ...]
    condition: str = ""


def sections(evaluation: Evaluation, compared: Against | None, lang: Lang) -> tuple[Section, ...]:
    """Return the parts of a report: overview, comparison, each condition, the gold files."""
    w = words(lang)
    parts = [Section(w["overview"], tuple(_facts(evaluation, lang)), (_overview(evaluation, w),))]
    if compared:
        parts.append(_against(compared, lang, w))
    for result in evaluation.results:
        name = result.condition.name
        facts = (_extent(result, lang), *(_failure(result, lang, w)))
        title = f"{name}{w['colon']}{result.condition.describe().say(lang)}"
        parts.append(Section(title, facts, grids(evaluation, result, lang), name))
    parts.append(Section(w["gold"], (), (_gold(evaluation, w),)))
    return tuple(parts)


def made_by(evaluation: Evaluation, lang: Lang) -> list[tuple[str, str]]:
    """Return the versions and settings behind the figures, by name."""
    w = words(lang)
    made = evaluation.made_by
    settings = [f"{s}.{n} = {v}" for s, values in made.options.items() for n, v in values.items()]
    return [
        (w["program"], f"courtesy {made.courtesy}"),
        (w["model"], made.model or w["no_model"]),
        (w["lexicons"], made.lexicons),
        (w["rubric"], made.rubric),
        (w["roles"], w[f"roles_{evaluation.options.roles}"]),
        (w["all_gold"], f"SHA-256 {evaluation.checksum}"),
        (w["settings"], ", ".join(settings)),
    ]


def _facts(evaluation: Evaluation, lang: Lang) -> Iterator[str]:
    w = words(lang)
    files = len(evaluation.dialogues)
    turns = sum(len(one.gold.turns) for one in evaluation.dialogues)
    encounters = sum(len(one.gold.encounters) for one in evaluation.dialogues)
    yield Text(
        f"{files} 份标准答案，{encounters} 次接待，{turns} 句话"
        f"（校验和 {evaluation.checksum[:12]}）；说话人{w[f'roles_{evaluation.options.roles}']}。",
        f"{files} gold files, {encounters} interactions, {turns} turns (checksum "
        f"{evaluation.checksum[:12]}); roles {w[f'roles_{evaluation.options.roles}']}.",
    ).say(lang)
    if not evaluation.complete:
        yield Text(
            f"没有评完：{evaluation.planned} 次里完成了 {evaluation.done} 次，数字只算完成的。",
            f"Stopped before its end: {evaluation.done} of {evaluation.planned} were evaluated, "
            "and the figures are over these alone.",
        ).say(lang)


def _extent(result: Result, lang: Lang) -> str:
    w = words(lang)
    turns = sum(len(one.turns) for one in result.outcomes)
    dialogues = Text(f"{len(result.outcomes)} 段对话", f"{len(result.outcomes)} dialogues")
    spoken = Text(f"{turns} 句话", f"{turns} turns")
    parts = [dialogues.say(lang), spoken.say(lang)]
    if result.condition.by_ear:
        parts.append(f"{w['hours']} {clock(result.hours * 3600)}")
    elif not all(one.truth.gold.timed for one in result.outcomes):
        parts.append(w["laid_out"])
    return " · ".join(parts)


def _failure(result: Result, lang: Lang, w: Mapping[str, str]) -> Iterator[str]:
    for name, fault in result.failed.items():
        yield f"{w['failed']}{w['colon']}{name} – {fault.message.say(lang)}"


def _overview(evaluation: Evaluation, w: Mapping[str, str]) -> Grid:
    keys = (
        "condition", "dialogues", "character_errors", "forbidden_f1", "turns_found", "polite_f1",
        "an_hour", "verdicts_right",
    )  # fmt: skip
    rows = []
    for result in evaluation.results:
        forbidden = result.lists.get("forbidden")
        rows.append(
            (
                result.condition.name,
                str(len(result.outcomes)),
                error_rate(result.errors.get(("characters", "all"))),
                f1(forbidden) if forbidden else UNDEFINED,
                share(result.by_turn.scored.recall),
                f1(result.groups[POLITE]),
                an_hour(result.innocents.an_hour),
                share(verdicts_right(result.rules)),
            )
        )
    return Grid("", tuple(w[key] for key in keys), tuple(rows), w["hint"])


def _against(compared: Against, lang: Lang, w: Mapping[str, str]) -> Section:
    head = (w["condition"], w["figure"], w["before"], w["now"], w["change"])
    there = [one for one in compared.deltas if (one.before, one.now) != (None, None)]
    rows = [_delta(one, figure_name(one.figure)) for one in there if one.before != one.now]
    first = [
        _delta(one, " ".join(w[word] for word in _FIRST[one.figure]))
        for one in there
        if one.figure in _FIRST
    ]
    lists = [
        _changes(w[key], [c for c in compared.changes if c.better is better], lang, w)
        for key, better in (("worse", False), ("better", True))
    ]
    facts = [compared.earlier, *(note.say(lang) for note in compared.notes)]
    if there and not compared.changes:
        facts.append(w["no_change"])
    tables = [Grid("", head, tuple(first), left=2)] if first else []
    tables += [table for table in lists if table.rows]
    if rows:
        title = w["moved"]
        tables.append(Grid(title, head, tuple(rows), left=2, page_only=True))
    return Section(w["against"], tuple(facts), tuple(tables))


def _delta(one: Delta, name: str) -> tuple[str, ...]:
    return one.condition, name, _number(one.before), _number(one.now), _signed(one.change)


def _changes(title: str, changes: Iterable[Change], lang: Lang, w: Mapping[str, str]) -> Grid:
    rows = tuple(
        (
            one.condition,
            one.dialogue if one.turn is None else f"{one.dialogue} #{one.turn + 1}",
            f"{_state(one.before, one.what, lang)} → {_state(one.now, one.what, lang)}",
            f"“{one.what}”" + (f"{w['colon']}{one.said}" if one.said else "")
            if one.before in STATES and one.now in STATES
            else names.rule_name(one.what).say(lang),
        )
        for one in changes
    )
    head = (w["condition"], w["place"], w["change"], w["what"])
    return Grid(f"{title} ({len(rows)})", head, rows, left=3, wordy=True, most=_MOST_CHANGES)


_VERDICTS: Final[dict[str, Verdict]] = {v: v for v in names.VERDICT_ORDER}


def _state(state: str, what: str, lang: Lang) -> str:
    if state in _VERDICTS:
        return names.verdict_name(_VERDICTS[state], what).say(lang)
    return STATES[state].say(lang) if state in STATES else state


def _gold(evaluation: Evaluation, w: Mapping[str, str]) -> Grid:
    head = (w["name"], w["encounters"], w["turn_count"], w["courtesies"], w["checksum"])
    rows = tuple(
        (
            one.name,
            str(len(one.gold.encounters)),
            str(len(one.gold.turns)),
            "gold" if any(turn.courtesies is not None for turn in one.gold.turns) else UNDEFINED,
            one.checksum[:12],
        )
        for one in evaluation.dialogues
    )
    return Grid(w["gold"], head, rows, w["gold_note"], page_only=True)


def _number(value: float | None) -> str:
    return UNDEFINED if value is None else f"{value:.3f}"


def _signed(value: float | None) -> str:
    if not value:
        return UNDEFINED if value is None else "0"
    # A true minus sign stands as wide as the digits do.
    return f"{value:+.3f}".replace("-", "−")
