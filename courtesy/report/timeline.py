"""The picture of one recording: who speaks when, and where to listen again.

All positions are shares of the recording's length in per cent, so that the picture stretches to
any width while its letters keep their size.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from courtesy.messages import Lang, Text
from courtesy.records import Recording, Role, Verdict
from courtesy.report import names, words
from courtesy.report.plain import clock, visible

_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
_MOST_TICKS: Final = 6
_LEAST_WIDTH: Final = 0.3
_FLAG_WIDTH: Final = 5.0
_MOST_LEVELS: Final = 5
# With more interactions than this, what went well would hide what did not.
_MOST_PRAISED: Final = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time.

    Attributes:
        x: where it begins, in per cent.
        width: in per cent.
        title: what a pointer that rests on it shows.
    """

    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class Lane:
    """All that one speaker says.

    Attributes:
        role: which speaker.
        label: what the speaker is called.
        bars: one an utterance.
    """

    role: Role
    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """A finding at its time.

    Attributes:
        x: in per cent.
        verdict: decides the colour.
        mark: says the same without colour.
        title: rule and reason.
        level: how many rows down it stands, so that findings of one moment do not cover each other.
    """

    x: float
    verdict: Verdict
    mark: str
    title: str
    level: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A time on the axis."""

    x: float
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything on one picture.

    Attributes:
        title: for those who cannot see it.
        lanes: speakers who are heard, clerk first.
        good: findings that passed; empty where there would be too many.
        look: findings to listen to again.
        interactions: the stretches of the interactions.
        ticks: the axis.
    """

    title: str
    lanes: tuple[Lane, ...]
    good: tuple[Flag, ...]
    look: tuple[Flag, ...]
    interactions: tuple[Bar, ...]
    ticks: tuple[Tick, ...]


def flag_rows(flags: Iterable[Flag]) -> int:
    """Return how many rows the flags of one line need."""
    return max((flag.level for flag in flags), default=0) + 1


def timeline(recording: Recording, lang: Lang) -> Timeline | None:
    """Lay out a recording's picture; None for a transcript without times."""
    timed = [u for u in recording.heard.utterances if u.start is not None and u.end is not None]
    total = max([recording.heard.duration or 0.0, *(u.end or 0.0 for u in timed)])
    if not timed or total <= 0:
        return None
    lanes = []
    for role, name in names.ROLES.items():
        bars = tuple(
            _bar(u.start, u.end, total, f"{clock(u.start)} {name.say(lang)} {visible(u.heard)}")
            for u in timed
            if u.role == role
        )
        if bars:
            lanes.append(Lane(role, name.say(lang), bars))
    few = len(recording.scorecards) <= _MOST_PRAISED
    look = _flags(recording, ("fail", "unsure"), total, lang)
    counts = {lane.role: len(lane.bars) for lane in lanes}
    title = words.timeline_title(counts.get("clerk", 0), counts.get("customer", 0), len(look))
    return Timeline(
        title=title.say(lang),
        lanes=tuple(lanes),
        good=_flags(recording, ("pass",), total, lang) if few else (),
        look=look,
        interactions=tuple(_interactions(recording, total, lang)),
        ticks=_ticks(total),
    )


def _interactions(recording: Recording, total: float, lang: Lang) -> Iterable[Bar]:
    for card in recording.scorecards:
        interaction = card.interaction
        if interaction.start is not None:
            name = names.interaction_name(interaction.id).say(lang)
            yield _bar(interaction.start, interaction.end, total, name)


def _flags(
    recording: Recording, verdicts: tuple[Verdict, ...], total: float, lang: Lang
) -> tuple[Flag, ...]:
    found: list[Flag] = []
    taken: list[float] = []
    findings = [f for card in recording.scorecards for f in card.findings]
    for finding in sorted(findings, key=lambda f: f.start or 0.0):
        if finding.verdict not in verdicts or finding.start is None:
            continue
        rule = names.rule_name(finding.rule)
        verdict = names.verdict_name(finding.verdict, finding.rule)
        told = rule + Text("：", ":") + verdict + Text("。", "–") + finding.reason
        title = f"{clock(finding.start)} {told.say(lang)}"
        at = _share(finding.start, total)
        found.append(
            Flag(at, finding.verdict, names.MARKS[finding.verdict], title, _level(at, taken))
        )
    return tuple(found)


def _level(at: float, taken: list[float]) -> int:
    """Return the first row with room at `at` and take it; `taken` has each row's last flag."""
    for level, last in enumerate(taken):
        if abs(at - last) >= _FLAG_WIDTH:
            taken[level] = at
            return level
    if len(taken) == _MOST_LEVELS:
        return _MOST_LEVELS - 1
    taken.append(at)
    return len(taken) - 1


def _ticks(total: float) -> tuple[Tick, ...]:
    step = next((s for s in _STEPS if total / s <= _MOST_TICKS), total)
    ticks = []
    at = 0.0
    while at <= total:
        x = _share(at, total)
        # The first and the last label would reach over the edge if they stood in the middle.
        anchor = "start" if x < 4 else "end" if x > 96 else "middle"
        ticks.append(Tick(x, clock(at).removesuffix(".0"), anchor))
        at += step
    return tuple(ticks)


def _bar(start: float | None, end: float | None, total: float, title: str) -> Bar:
    left, right = _share(start or 0.0, total), _share(end or 0.0, total)
    return Bar(left, round(max(right - left, _LEAST_WIDTH), 2), title)


def _share(seconds: float, total: float) -> float:
    return round(min(max(seconds / total, 0.0), 1.0) * 100, 2)
