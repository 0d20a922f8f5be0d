"""The rubric: which rules there are, what they cost, and what a score is called.

A rubric is a TOML file that a quality manager can edit; lexicons/rubrics/window.toml shows every
part. `rubric_file` reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from courtesy.messages import Text
from courtesy.records import Match, Mode, Scale
from courtesy.scoring.conditions import Condition
from courtesy.scoring.hours import Hours

SEVERITIES = ("minor", "serious", "fatal")
MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the rubric.

    Attributes:
        id: its name in findings.
        title: its name for people.
        sources: documents and clauses it comes from.
        points: taken off when it fails; by severity where it forbids phrases, else under "".
        bonus: added when it passes.
        modes: where it applies.
        want: what must be there.
        each: what it is judged for, every time; None for once an interaction.
        share: of those times, how many must be good, 0 to 1.
        forbid: what must not happen.
        lists: forbidden lists of the lexicon whose phrases it judges; "" stands for all that no
            other rule judges.
        taken: lists that other rules judge.
        only_if: without it the rule does not apply.
        hours: when an interaction must begin for the rule to apply; empty for the whole day.
        when_ended: whether it applies only to interactions that are seen to end.
        most: points that its breaches may take off together.
        fatal: whether failing leaves no points at all.
        info: whether it only informs, and never fails anybody.
        texts: reasons of its own: "done", "missing", "none", "found".
        line: of its entry in the file, from 1.
    """

    id: str
    title: Text
    sources: tuple[str, ...] = ()
    points: Mapping[str, float] = field(default_factory=dict)
    bonus: float = 0.0
    modes: tuple[Mode, ...] = MODES
    want: Condition | None = None
    each: Condition | None = None
    share: float = 1.0
    forbid: Condition | None = None
    lists: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()
    only_if: Condition | None = None
    hours: tuple[Hours, ...] = ()
    when_ended: bool = False
    most: float = 100.0
    fatal: bool = False
    info: bool = False
    texts: Mapping[str, Text] = field(default_factory=dict)
    line: int = 0

    @property
    def phrases_by_severity(self) -> bool:
        """Whether it judges the lexicon's forbidden phrases, each by itself."""
        return bool(self.lists)

    def forbids(self, match: Match) -> bool:
        """Tell whether it judges a phrase; a hall's own forbidden lists go where "" stands."""
        if match.polarity != "forbidden":
            return False
        return match.list in self.lists or ("" in self.lists and match.list not in self.taken)


@dataclass(frozen=True, slots=True)
class Grade:
    """A name for the scores from `at_least` upwards."""

    at_least: float
    title: Text


@dataclass(frozen=True, slots=True)
class Rubric:
    """Rules, grades and the base they start from.

    Attributes:
        name: of the rubric.
        title: its name for people.
        stamp: name, version and checksum over everything that went into it.
        base: points before anything is taken off.
        rules: in the order in which findings are listed.
        grades: the highest first.
        file: where it was read from.
    """

    name: str
    title: Text
    stamp: str
    base: float
    rules: tuple[Rule, ...]
    grades: tuple[Grade, ...]
    file: Path = Path()

    @property
    def scale(self) -> Scale:
        """What scores are reckoned from, and what they are called."""
        return Scale(self.base, tuple((g.at_least, g.title) for g in self.grades))

    def grade(self, score: float) -> Text:
        """Return what the rubric calls a score."""
        return next(g.title for g in self.grades if score >= g.at_least)

    def __getitem__(self, rule_id: str) -> Rule:
        """Return the rule of that id.

        Raises:
            KeyError: there is none.
        """
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)
