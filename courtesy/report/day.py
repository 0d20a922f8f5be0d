"""The picture of a long recording: one row an hour, so that a whole day is seen at one look.

All positions along a row are shares of an hour in per cent, so that the picture stretches to any
width while its letters keep their size. What a colour says, a number, a mark
or an outline says too.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from courtesy.messages import Lang, Text
from courtesy.records import Finding, Recording, Role, Scorecard, Seconds
from courtesy.report import names, words
from courtesy.report.plain import clock, grade_points
from courtesy.report.timeline import Bar
from courtesy.report.view import Tone, score_tone

HOUR: Final = 3600.0
# A shorter recording has room for all its words in one row: `timeline`.
SHORTEST: Final = 1500.0
_LEAST_WIDTH: Final = 0.1
# Pauses shorter than this are part of the talk, seconds.
_BREATH: Final = 2.0
# Findings nearer than this to each other share one mark, in per cent of an hour.
_MARK_WIDTH: Final = 2.5
# Width from which a score can be read inside its interaction, in per cent.
_SCORE_WIDTH: Final = 2.6

Look = Literal["counter", "phone", "aside"]


@dataclass(frozen=True, slots=True)
class Visit:
    """An interaction, as far as it lies in one hour.

    Attributes:
        bar: where, and what it is.
        number: of the interaction, to link to its scorecard.
        tone: colour of its score; "" where it has none.
        look: outline: customers, telephone calls and asides differ in it.
        score: written inside; "" where there is none or no room.
        inner: whether it lies inside another, as a telephone call does that interrupts.
        outer: whether another lies inside it.
    """

    bar: Bar
    number: int
    tone: Tone
    look: Look
    score: str
    inner: bool = False
    outer: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Findings of about one moment.

    Attributes:
        x: in per cent.
        verdict: the gravest, "fail" or "unsure".
        mark: says the same without colour.
        count: how many there are; "" for one.
        title: all of them.
    """

    x: float
    verdict: Literal["fail", "unsure"]
    mark: str
    count: str
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """One hour.

    Attributes:
        label: when it begins.
        end: where the recording ends in it, in per cent; 100 but for the last.
        visits: interactions and asides.
        clerk: the clerk's talk.
        others: everybody else's.
        marks: findings to listen to again.
    """

    label: str
    end: float
    visits: tuple[Visit, ...]
    clerk: tuple[Bar, ...]
    others: tuple[Bar, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """Everything on one picture.

    Attributes:
        title: for those who cannot see it.
        rows: one an hour.
        minutes: the axis, position and label.
    """

    title: str
    rows: tuple[Row, ...]
    minutes: tuple[tuple[float, str], ...]


def day(recording: Recording, lang: Lang) -> Day | None:
    """Lay out a recording's picture; None where it is short or has no times."""
    ends = [u.end for u in recording.heard.utterances if u.end is not None]
    total = max([recording.heard.duration or 0.0, *ends])
    if not ends or total < SHORTEST:
        return None
    cards = [card for card in recording.scorecards if card.interaction.start is not None]
    rows = tuple(
        _row(recording, cards, hour * HOUR, total, lang) for hour in range(math.ceil(total / HOUR))
    )
    asides = sum(card.interaction.aside for card in cards)
    title = words.day_title(
        clock(round(total)).removesuffix(".0"),
        len(cards) - asides,
        asides,
        sum(len(r.marks) for r in rows),
    )
    minutes = tuple((round(m / 0.6, 2), f":{m:02}") for m in range(0, 61, 10))
    return Day(title.say(lang), rows, minutes)


def _row(
    recording: Recording, cards: Sequence[Scorecard], begin: Seconds, total: Seconds, lang: Lang
) -> Row:
    return Row(
        label=f"{begin / HOUR:.0f}:00",
        end=_share(total - begin),
        visits=tuple(v for card in cards if (v := _visit(card, cards, begin, lang))),
        clerk=tuple(_talk(recording, begin, "clerk", lang)),
        others=tuple(_talk(recording, begin, None, lang)),
        marks=tuple(_marks(cards, begin, lang)),
    )


def _visit(card: Scorecard, cards: Sequence[Scorecard], begin: Seconds, lang: Lang) -> Visit | None:
    one = card.interaction
    bar = _bar(one.start or 0.0, one.end or 0.0, begin)
    if bar is None:
        return None
    look: Look = "aside" if one.aside else one.mode
    score = grade_points(card.score) if card.score is not None else ""
    told = names.interaction_name(one.id)
    told += Text(" · ", " · ") + (names.ASIDE if one.aside else names.MODES[one.mode])
    if card.grade is not None:
        told += Text(f" · {score} ", f" · {score} ") + card.grade
    elif card.note is not None and not one.aside:
        told += Text(" · ", " · ") + card.note
    when = f"{clock(one.start)}–{clock(one.end)} {told.say(lang)}"
    inner = any(_holds(other, card) for other in cards)
    within = [other.interaction.start or 0.0 for other in cards if _holds(card, other)]
    # Where another lies inside, the score stands before it.
    room = _share(min(within) - begin) - bar.x if within else bar.width
    shown = score if room >= _SCORE_WIDTH and not inner else ""
    whole = Bar(bar.x, bar.width, when)
    return Visit(whole, one.id, score_tone(card.score), look, shown, inner, bool(within))


def _holds(outer: Scorecard, inner: Scorecard) -> bool:
    """Tell whether one goes on before and after another."""
    a, b = outer.interaction, inner.interaction
    return (a.start or 0) < (b.start or 0) and (b.end or 0) < (a.end or 0)


def _talk(recording: Recording, begin: Seconds, role: Role | None, lang: Lang) -> Iterator[Bar]:
    """Yield stretches of talk of one role, or of everybody but the clerk."""
    spans: list[list[Seconds]] = []
    for u in recording.heard.utterances:
        own = u.role == role if role else u.role != "clerk"
        if not own or u.start is None or u.end is None:
            continue
        if spans and u.start - spans[-1][1] < _BREATH:
            spans[-1][1] = max(spans[-1][1], u.end)
        else:
            spans.append([u.start, u.end])
    name = (names.ROLES["clerk"] if role else words.OTHERS).say(lang)
    for start, end in spans:
        bar = _bar(start, end, begin)
        if bar:
            yield Bar(bar.x, bar.width, f"{clock(start)} {name}")


def _marks(cards: Iterable[Scorecard], begin: Seconds, lang: Lang) -> Iterator[Mark]:
    found = [
        (f.start, f)
        for card in cards
        if not card.interaction.aside
        for f in card.findings
        if f.verdict in {"fail", "unsure"} and f.start is not None
        if begin <= f.start < begin + HOUR
    ]
    found.sort(key=lambda pair: pair[0])
    group: list[Finding] = []
    for start, finding in found:
        if group and _share(start - (group[0].start or 0.0)) >= _MARK_WIDTH:
            yield _mark(group, begin, lang)
            group = []
        group.append(finding)
    if group:
        yield _mark(group, begin, lang)


def _mark(group: Sequence[Finding], begin: Seconds, lang: Lang) -> Mark:
    verdict: Literal["fail", "unsure"] = (
        "fail" if any(f.verdict == "fail" for f in group) else "unsure"
    )
    lines = []
    for f in group:
        told = names.rule_name(f.rule) + Text("：", ": ") + names.verdict_name(f.verdict, f.rule)
        lines.append(f"{clock(f.start)} {(told + Text('。', ' – ') + f.reason).say(lang)}")
    at = _share((group[0].start or 0.0) - begin)
    count = str(len(group)) if len(group) > 1 else ""
    return Mark(at, verdict, names.MARKS[verdict], count, "\n".join(lines))


def _bar(start: Seconds, end: Seconds, begin: Seconds) -> Bar | None:
    """Return the part of a stretch that lies in an hour; None where there is none."""
    left, right = max(start, begin), min(end, begin + HOUR)
    if left >= begin + HOUR or right <= begin:
        return None
    x, width = _share(left - begin), _share(right - begin) - _share(left - begin)
    return Bar(x, round(max(width, _LEAST_WIDTH), 2), "")


def _share(seconds: Seconds) -> float:
    return round(min(max(seconds / HOUR, 0.0), 1.0) * 100, 2)
