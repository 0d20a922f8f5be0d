"""What two rubrics differ in, and what that does to scores."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import mean
from typing import Protocol

from rich.console import Console
from rich.table import Table

from courtesy.cli.common import T, say
from courtesy.messages import Text
from courtesy.records import Recording, Scorecard
from courtesy.report.plain import visible
from courtesy.scoring.describe import sentences
from courtesy.scoring.rubric import Rubric


def print_rules(console: Console, before: Rubric, after: Rubric, lists: Mapping[str, Text]) -> None:
    """Print the rules that are new, gone or changed."""
    old = {rule.id: [say(s) for s in sentences(rule, lists)] for rule in before.rules}
    new = {rule.id: [say(s) for s in sentences(rule, lists)] for rule in after.rules}
    for name in dict.fromkeys([*old, *new]):
        if name not in new:
            console.print(f"- {name}: {' '.join(old[name])}", markup=False, highlight=False)
        elif name not in old:
            console.print(f"+ {name}: {' '.join(new[name])}", markup=False, highlight=False)
        elif old[name] != new[name]:
            console.print(f"~ {name}", markup=False, highlight=False)
            for sign, told, others in (("-", old[name], new[name]), ("+", new[name], old[name])):
                changed = [one for one in told if one not in others]
                for one in changed:
                    console.print(f"    {sign} {one}", markup=False, highlight=False)
    if before.base != after.base:
        label = T("起评分", "Base")
        console.print(f"{label}: {before.base:g} → {after.base:g}", highlight=False)


def print_scores(
    console: Console, before: Rubric, after: Rubric, judged: Iterable[tuple[Recording, Recording]]
) -> None:
    """Print each interaction whose score or grade changes, and all of them together.

    Args:
        console: to print on.
        before: the one rubric.
        after: the other.
        judged: each recording by either.
    """
    table = Table(box=None, pad_edge=False)
    for head in (T("录音", "Recording"), "#", before.name, after.name, T("变了的", "Changed")):
        table.add_column(head)
    pairs = [
        (old.heard.path, a, b)
        for old, new in judged
        for a, b in zip(old.scorecards, new.scorecards, strict=True)
    ]
    for path, a, b in pairs:
        changed = changed_rules(a, b)
        if a.score != b.score or changed:
            place = str(a.interaction.id + 1)
            table.add_row(
                visible(Path(path).name), place, score_of(a), score_of(b), ", ".join(changed)
            )
    if table.row_count:
        console.print(table)
    scores = [
        (a.score, b.score) for _, a, b in pairs if a.score is not None and b.score is not None
    ]
    told = T(
        f"{len(pairs)} 次办理，{table.row_count} 次有变化",
        f"{len(pairs)} interactions, {table.row_count} changed",
    )
    if scores:
        first, second = mean(a for a, _ in scores), mean(b for _, b in scores)
        told += T(f"；平均 {first:.1f} → {second:.1f}", f"; mean {first:.1f} → {second:.1f}")
    console.print(told + T("。", "."), highlight=False)


class HasScore(Protocol):
    """An interaction, or what is compared of one."""

    @property
    def score(self) -> float | None:
        """0 to 100; None where it has none."""

    @property
    def grade(self) -> Text | None:
        """Its name."""


def score_of(card: HasScore) -> str:
    """Return a score and its grade; a dash where there is none."""
    return "–" if card.score is None or card.grade is None else f"{card.score:g} {say(card.grade)}"


def changed_rules(a: Scorecard, b: Scorecard) -> list[str]:
    """Return the rules whose verdicts or points differ, but for those that nothing was held by."""
    found: dict[str, list[tuple[str, float]]] = {}
    other: dict[str, list[tuple[str, float]]] = {}
    for card, into in ((a, found), (b, other)):
        for finding in card.findings:
            into.setdefault(finding.rule, []).append((finding.verdict, finding.points))
    return [
        name
        for name in dict.fromkeys([*found, *other])
        if found.get(name) != other.get(name)
        and not {v for v, _ in found.get(name, []) + other.get(name, [])} <= {"na", "pass"}
    ]
