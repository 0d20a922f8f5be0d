"""What the overview says of some days, reckoned from what the store has counted beforehand.

Means, intervals and who is who are those of `courtesy report`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from courtesy.analysis.members import By, Cell, Figures, Member, Share, figures, members, only
from courtesy.records import Whose
from courtesy.report.names import is_prohibition
from courtesy.store import queueing
from courtesy.store.tallying import Tally, daily, known_days, totals

Step = tuple[date, date]  # a day or a week: its first day and its last, themselves included
_Shifts = Mapping[Whose, Sequence[tuple[date, Tally]]]  # their days
MOST_DAYS: Final = 731
_BY_DAY: Final = 31  # days; more are shown by week
_MOST: Final = 20  # phrases and rules that are told one by one
# What these rules find is told phrase by phrase.
_BY_PHRASE: Final = frozenset({"forbidden", "abuse"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What an overview is asked for.

    Attributes:
        first: day.
        last: day, itself included.
        hall: its name; empty for all, as the next two.
        window: number or name.
        clerk: name or number.
    """

    first: date
    last: date
    hall: str = ""
    window: str = ""
    clerk: str = ""

    @property
    def step(self) -> Literal["day", "week"]:
        """What a point of a line is."""
        return "day" if (self.last - self.first).days < _BY_DAY else "week"

    @property
    def whose(self) -> dict[str, str]:
        """Hall, window and clerk by these names."""
        return {"hall": self.hall, "window": self.window, "clerk": self.clerk}

    def around(self, day: date) -> Step:
        """Return the step that a day belongs to, as far as it is asked for."""
        if self.step == "day":
            return day, day
        monday = day - timedelta(days=day.weekday())
        return max(monday, self.first), min(monday + timedelta(days=6), self.last)


@dataclass(frozen=True, slots=True)
class Point:
    """A day or a week of a line.

    Attributes:
        step: which.
        scored: interactions with a score.
        mean: of their scores, 0 to 100.
    """

    step: Step
    scored: int
    mean: float


@dataclass(frozen=True, slots=True)
class Line:
    """A clerk, a window or a hall over the days.

    Attributes:
        member: who or what it is, and its figures.
        passed: how many of its scores are not low.
        points: only where there is a score.
    """

    member: Member
    passed: int
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of a weekday, all of those days together.

    Attributes:
        weekday: 0 is Monday.
        hour: 0 to 23.
        interactions: with and without a score.
        said: forbidden phrases that count.
    """

    weekday: int
    hour: int
    interactions: int
    said: int

    @property
    def share(self) -> float | None:
        """How many phrases an interaction has; None where there was none."""
        return self.said / self.interactions if self.interactions else None


@dataclass(frozen=True, slots=True)
class Breach:
    """What should not be said, or happen, and how often it was.

    Attributes:
        phrase: its id; empty where it is a rule that is about no phrase.
        rule: likewise.
        name: what it says; empty where no result holds it any more.
        times: how often.
    """

    phrase: str
    rule: str
    name: str
    times: int


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the page says.

    Attributes:
        asked: for what.
        figures: of all interactions.
        passed: how many scores are not low.
        said: forbidden phrases that count.
        flags: how many are in each state.
        lines: of clerks, windows and halls.
        hours: those with an interaction.
        breaches: the most frequent first.
        missed: how often each courtesy was kept, the most missed first.
        known: the first and the last day of which the store has anything; None for none.
    """

    asked: Asked
    figures: Figures
    passed: int
    said: int
    flags: Mapping[str, int]
    lines: Mapping[By, tuple[Line, ...]]
    hours: tuple[Hour, ...]
    breaches: tuple[Breach, ...]
    missed: tuple[tuple[str, Share], ...]
    known: tuple[date, date] | None


def reckon(
    connection: Any, asked: Asked, by: Sequence[By] = ("clerk", "window", "hall")
) -> Overview:
    """Reckon what an overview says.

    Args:
        connection: to read from.
        asked: which days, and whose.
        by: whom it has lines of.
    """
    shifts = daily(connection, asked.first, asked.last, asked.whose)
    cells = _cells(shifts)
    steps = {cell.day: asked.around(cell.day) for cell in cells if cell.day}
    everybody = figures(cells)
    rules = {
        rule: Share(one.good, one.bad, one.doubt)
        for (rule,), one in _counts(connection, asked, "rule", "name").items()
    }
    hours = tuple(_hours(connection, asked))
    states = _counts(connection, asked, "flag", "name")
    return Overview(
        asked=asked,
        figures=everybody,
        passed=sum(one.good for days in shifts.values() for _, one in days),
        said=sum(hour.said for hour in hours),
        flags={state: one.bad for (state,), one in states.items()},
        lines={one: _lines(shifts, steps, members(cells, {}, one, everybody), one) for one in by},
        hours=hours,
        breaches=_breaches(connection, asked, rules),
        missed=tuple(_missed(rules)),
        known=known_days(connection),
    )


@dataclass(frozen=True, slots=True)
class Shift:
    """What one clerk at one window did in all of the days.

    Attributes:
        whose: hall, window and clerk.
        figures: of the interactions.
        passed: how many scores are not low.
        said: forbidden phrases that count.
        waiting: flags that nobody has decided about.
        rules: how often each was kept.
    """

    whose: Whose
    figures: Figures
    passed: int
    said: int
    waiting: int
    rules: Mapping[str, Share]


def by_shift(connection: Any, asked: Asked) -> tuple[Shift, ...]:
    """Return what each clerk did at each window, in the order of their names."""
    keys = Whose._fields
    said = _counts(connection, asked, "said", *keys)
    flags = _counts(connection, asked, "flag", *keys, "name")
    kept: dict[tuple[str, ...], dict[str, Share]] = defaultdict(dict)
    for (*whose, rule), one in _counts(connection, asked, "rule", *keys, "name").items():
        kept[tuple(whose)][rule] = Share(one.good, one.bad, one.doubt)
    shifts = daily(connection, asked.first, asked.last, asked.whose)
    return tuple(
        Shift(
            whose=whose,
            figures=figures(_cells({whose: days})),
            passed=sum(one.good for _, one in days),
            said=said.get(whose, Tally()).bad,
            waiting=flags.get((*whose, "waiting"), Tally()).bad,
            rules=kept[whose],
        )
        for whose, days in sorted(shifts.items())
    )


def _counts(connection: Any, asked: Asked, kind: Any, *by: str) -> dict[tuple[Any, ...], Tally]:
    return totals(connection, kind, by, asked.first, asked.last, asked.whose)


def _cells(shifts: _Shifts) -> list[Cell]:
    """Return days at windows as the report counts them."""
    return [
        Cell(
            whose=whose,
            place=f"{whose.hall}/{whose.window}"
            if whose.window
            else f"{whose.hall}//{whose.clerk}",
            day=day,
            interactions=one.good + one.bad + one.doubt,
            scored=one.good + one.bad,
            total=one.total,
        )
        for whose, days in shifts.items()
        for day, one in days
    ]


def _lines(
    shifts: _Shifts, steps: Mapping[date, Step], everyone: Iterable[Member], by: By
) -> tuple[Line, ...]:
    """Return the lines of those that are known; `steps` is which one each day belongs to."""
    # Of each member and step: how many have a score, their sum, how many are not low. Sums by hand:
    # there are thousands, and twenty people may look at once.
    theirs: dict[Whose, dict[Step, list[float]]] = defaultdict(dict)
    for whose, days in shifts.items():
        own = theirs[only(whose, by)]
        for day, one in days:
            sums = own.setdefault(steps[day], [0, 0.0, 0])
            sums[0] += one.good + one.bad
            sums[1] += one.total
            sums[2] += one.good
    found = []
    for member in everyone:
        if getattr(member.whose, by):
            own = theirs[member.whose]
            points = tuple(
                Point(step, int(scored), total / scored)
                for step, (scored, total, _) in sorted(own.items())
                if scored
            )
            passed = int(sum(sums[2] for sums in own.values()))
            found.append(Line(member, passed, points))
    return tuple(found)


def _hours(connection: Any, asked: Asked) -> Iterable[Hour]:
    seen = _counts(connection, asked, "score", "weekday", "hour")
    said = _counts(connection, asked, "said", "weekday", "hour")
    for at in sorted({*seen, *said}):
        one = seen.get(at, Tally())
        weekday, hour = at
        many = one.good + one.bad + one.doubt
        yield Hour(int(weekday), hour, many, said.get(at, Tally()).bad)


def _breaches(connection: Any, asked: Asked, rules: Mapping[str, Share]) -> tuple[Breach, ...]:
    phrases = {
        phrase: one.bad for (phrase,), one in _counts(connection, asked, "phrase", "name").items()
    }
    found = [Breach(phrase, "", "", times) for phrase, times in phrases.items()]
    found += [
        Breach("", rule, "", share.missed)
        for rule, share in rules.items()
        if is_prohibition(rule) and rule not in _BY_PHRASE and share.missed
    ]
    found = sorted(found, key=lambda one: (-one.times, one.phrase, one.rule))[:_MOST]
    named = queueing.phrase_names(connection, [one.phrase for one in found if one.phrase])
    return tuple(
        Breach(one.phrase, one.rule, named.get(one.phrase, ""), one.times) for one in found
    )


def _missed(rules: Mapping[str, Share]) -> Iterable[tuple[str, Share]]:
    """Yield the courtesies that were missed, the greatest number first."""
    asked = ((rule, share) for rule, share in rules.items() if not is_prohibition(rule))
    missed = [(rule, share) for rule, share in asked if share.missed]
    return sorted(missed, key=lambda item: (-item[1].missed, item[0]))[:_MOST]
