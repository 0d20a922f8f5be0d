"""What scoring again changes, in sum: few figures are in memory, however many recordings."""

import heapq
import itertools
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from courtesy.cli.common import T, say
from courtesy.cli.comparison import changed_rules, score_of
from courtesy.messages import Text
from courtesy.records import Recording, Scorecard, Verdict
from courtesy.report.names import rule_name, verdict_name
from courtesy.report.plain import visible
from courtesy.report.view import worst_verdict

if TYPE_CHECKING:
    from rich.console import Console

    from courtesy.batch.rescoring import Again

_SHOWN: Final = 12  # of the largest changes
Pair = tuple[Scorecard, Scorecard]


@dataclass(slots=True)
class Changes:
    """What changes between two ways to score.

    Attributes:
        recordings: judged anew.
        same: recordings that these versions had judged already.
        interactions: in both.
        changed: of these, with another score, grade or verdict.
        apart: interactions that are divided otherwise now, and have no fellow.
        decisions: of reviewers, about what was found before.
        scores: how many have a score both times; their sums before and after follow.
        verdicts: how often a rule's verdict went from one to another.
    """

    recordings: int = 0
    same: int = 0
    interactions: int = 0
    changed: int = 0
    apart: int = 0
    decisions: int = 0
    scores: int = 0
    before: float = 0.0
    after: float = 0.0
    verdicts: Counter[tuple[str, Verdict | None, Verdict | None]] = field(default_factory=Counter)
    _largest: list[tuple[float, int, str, Pair]] = field(default_factory=list)
    _count: "itertools.count[int]" = field(default_factory=itertools.count)

    def add(self, one: "Again") -> None:
        """Take a recording in."""
        old, new = one.before.recording, one.after
        self.recordings += 1
        self.decisions += one.before.decisions
        pairs = pairs_of(old, new)
        self.interactions += len(pairs)
        self.apart += len(old.scorecards) + len(new.scorecards) - 2 * len(pairs)
        for pair in pairs:
            self._compare(old.heard.path, pair)

    def _compare(self, path: str, pair: Pair) -> None:
        old, new = pair
        if old.score is not None and new.score is not None:
            self.scores += 1
            self.before += old.score
            self.after += new.score
        for rule in {f.rule: None for f in (*old.findings, *new.findings)}:
            first, second = _verdict(old, rule), _verdict(new, rule)
            if first != second:
                self.verdicts[rule, first, second] += 1
        if old.score == new.score and not changed_rules(old, new):
            return
        self.changed += 1
        # One that has a score only once changes more than any that has it twice.
        both = old.score is not None and new.score is not None
        size = abs((old.score or 0.0) - (new.score or 0.0)) + (0.0 if both else 1000.0)
        row = (size if old.score != new.score else 0.0, -next(self._count), path, pair)
        push = heapq.heappush if len(self._largest) < _SHOWN else heapq.heappushpop
        push(self._largest, row)

    def largest(self) -> list[tuple[str, Scorecard, Scorecard]]:
        """Return the interactions that change most, and their recordings' paths."""
        return [(path, *pair) for _, _, path, pair in sorted(self._largest, reverse=True)]


def pairs_of(old: Recording, new: Recording) -> list[Pair]:
    """Return the interactions that begin with the same utterance both times."""
    by_first = {_first(card): card for card in new.scorecards}
    return [(card, by_first[_first(card)]) for card in old.scorecards if _first(card) in by_first]


def _first(card: Scorecard) -> int | None:
    return min((u.id for u in card.interaction.utterances), default=None)


def _verdict(card: Scorecard, rule: str) -> Verdict | None:
    found = worst_verdict(card, rule)
    return found[0] if found else None


def print_changes(console: "Console", found: Changes) -> None:
    """Print the largest changes, the verdicts that change by rule, and all of it together."""
    from rich.table import Table

    if found.changed:
        table = Table(box=None, pad_edge=False)
        for head in (T("录音", "Recording"), "#", T("原来", "Before"), T("现在", "After"),
                     T("变了的", "Changed")):  # fmt: skip
            table.add_column(head)
        for path, old, new in found.largest():
            rules = ", ".join(changed_rules(old, new))
            name = visible(Path(path).name)
            number = str(old.interaction.id + 1)
            table.add_row(name, number, score_of(old), score_of(new), rules)
        console.print(table)
    if found.verdicts:
        table = Table(box=None, pad_edge=False)
        for head in (T("规则", "Rule"), T("原来", "Before"), T("现在", "After")):
            table.add_column(head)
        table.add_column(T("次数", "Times"), justify="right")
        for (rule, old_one, new_one), count in found.verdicts.most_common():
            names = (named(old_one, rule), named(new_one, rule))
            table.add_row(visible(say(rule_name(rule))), *names, str(count))
        console.print(table)
    console.print(say(_sum(found)), highlight=False, markup=False, soft_wrap=True)


def named(verdict: Verdict | None, rule: str) -> str:
    """Return what a verdict of a rule is called; a dash where there is none."""
    return "–" if verdict is None else say(verdict_name(verdict, rule))


def _sum(found: Changes) -> Text:
    told = Text(
        f"{found.recordings} 个录音，{found.interactions} 次办理，{found.changed} 次有变化",
        f"{found.recordings} recordings, {found.interactions} interactions, {found.changed} "
        "changed",
    )
    if found.scores:
        first, second = found.before / found.scores, found.after / found.scores
        means = f"{first:.1f} → {second:.1f}"
        told = Text(f"{told.zh}；平均 {means}", f"{told.en}; mean {means}")
    told = Text(f"{told.zh}。", f"{told.en}.")
    if found.apart:
        told += Text(
            f"另有 {found.apart} 次划分得不一样了。", f"{found.apart} are divided otherwise now."
        )
    if found.same:
        told += Text(
            f"{found.same} 个录音已是这些版本评的。",
            f"{found.same} recordings were judged by these versions already.",
        )
    if found.decisions:
        told += Text(
            f"{found.decisions} 条复核意见：所指的判定还在的，继续有效。",
            f"Decisions of reviewers: {found.decisions}; they go on where their finding is still "
            "there.",
        )
    return told
