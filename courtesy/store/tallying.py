"""What an overview counts, counted beforehand by day, hour and whose it is."""

import dataclasses
import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal

import sqlalchemy as sa

from courtesy.records import Whose
from courtesy.reviews import COUNTED
from courtesy.store import tables, verdicts
from courtesy.store.inserting import insert

_recordings, _results = tables.recordings.c, tables.results.c
_interactions, _amended = tables.interactions.c, tables.amended.c
_flags, _tallies = tables.flags.c, tables.tallies.c

# Scores and what was said are kept apart by hour, the others by day alone.
Kind = Literal[
    "score",  # of interactions; in doubt are those that have none
    "said",  # forbidden phrases, all together
    "rule",  # in how many interactions that have a score it was kept or not
    "phrase",  # how often each forbidden one was said
    "flag",  # how many are in each state
]
_WEEKDAY: Final = (sa.extract("dow", _tallies.day) + 6) % 7  # databases begin with Sunday
LOW: Final = 60.0  # a score below this is a bad one, as the sources grade them


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """One day of somebody at a window: what is counted together.

    Attributes:
        day: the day.
        whose: hall, window and clerk.
    """

    day: date
    whose: Whose


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted.

    Attributes:
        good: passed, or scores that are not bad.
        bad: failed, said, or bad scores.
        doubt: could not be told, or have no score.
        total: of the scores.
    """

    good: int = 0
    bad: int = 0
    doubt: int = 0
    total: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        """Return both together."""
        return Tally(
            self.good + other.good,
            self.bad + other.bad,
            self.doubt + other.doubt,
            self.total + other.total,
        )


_Counts = dict[tuple[int, Kind, str], Tally]


def shifts_of(connection: sa.Connection, recordings: Iterable[int]) -> set[Shift]:
    """Return the days and windows that some recordings are of, whichever result of them counts."""
    rows = connection.execute(
        sa.select(sa.func.date(_interactions.began), *(_recordings[name] for name in Whose._fields))
        .select_from(tables.interactions.join(tables.results).join(tables.recordings))
        .where(_recordings.id.in_(list(recordings)), _interactions.began.is_not(None))
        .distinct()
    )
    return {Shift(_day(day), Whose(*whose)) for day, *whose in rows}


def tally(connection: sa.Connection, shifts: Iterable[Shift]) -> None:
    """Count some days and windows anew."""
    for shift in shifts:
        own = [_tallies.day == shift.day, *_whose(_tallies, shift.whose)]
        connection.execute(sa.delete(tables.tallies).where(*own))
        counts = _counted(connection, shift)
        insert(
            connection,
            tables.tallies,
            (
                (kind, shift.day, *shift.whose, hour, name, *dataclasses.astuple(one))
                for (hour, kind, name), one in counts.items()
            ),
        )


def _counted(connection: sa.Connection, shift: Shift) -> _Counts:
    found: _Counts = defaultdict(Tally)
    for hour, kind, name, one in (*_judged(connection, shift), *_held(connection, shift)):
        found[hour, kind, name] += one
    return found


def _judged(connection: sa.Connection, shift: Shift) -> Iterator[tuple[int, Kind, str, Tally]]:
    """Yield the score and the verdicts of each interaction, as people amended them."""
    both = (
        tables.interactions.join(tables.results)
        .join(tables.recordings)
        .outerjoin(
            tables.amended,
            sa.and_(
                _amended.result_id == _interactions.result_id,
                _amended.interaction == _interactions.number,
            ),
        )
    )
    rows = connection.execute(
        sa.select(
            _interactions.began,
            sa.func.coalesce(_amended.verdicts, _interactions.verdicts),
            sa.func.coalesce(_amended.score, _interactions.score),
            _results.rules,
        )
        .select_from(both)
        .where(
            _results.current,
            sa.not_(_interactions.aside),
            *_on(_interactions.began, shift.day),
            *_whose(_recordings, shift.whose),
        )
    )
    for began, letters, score, rules in rows:
        if score is None:
            yield began.hour, "score", "", Tally(doubt=1)
            continue
        low = score < LOW
        yield began.hour, "score", "", Tally(good=not low, bad=int(low), total=score)
        for rule, counts in verdicts.counts(rules, [letters]).items():
            one = Counter(counts)
            if one["pass"] or one["fail"] or one["unsure"]:
                yield 0, "rule", rule, Tally(one["pass"], one["fail"], one["unsure"])


def _held(connection: sa.Connection, shift: Shift) -> Iterator[tuple[int, Kind, str, Tally]]:
    """Yield what is held against somebody: each flag's state, and the phrases that count."""
    place = (_flags.recording_id, _flags.phrase_id, _flags.utterance, _flags.nth)
    rows = connection.execute(
        sa.select(_flags.began, _flags.state, _flags.verdict, *place).where(
            *_on(_flags.began, shift.day), *_whose(_flags, shift.whose)
        )
    )
    seen = set()
    for began, state, verdict, recording, phrase, *where in rows:
        yield 0, "flag", state, Tally(bad=1)
        # Two rules may be broken by the same words, which were said once.
        key = (recording, phrase, *where)
        if not phrase or verdict != "fail" or state not in COUNTED or key in seen:
            continue
        seen.add(key)
        yield began.hour, "said", "", Tally(bad=1)
        yield 0, "phrase", phrase, Tally(bad=1)


def totals(
    connection: sa.Connection,
    kind: Kind,
    by: Iterable[str],
    first: date,
    last: date,
    whose: Mapping[str, str],
) -> dict[tuple[Any, ...], Tally]:
    """Return what was counted over some days.

    Args:
        connection: to read from.
        kind: what.
        by: what it is kept apart by: a column of `tallies`, or "weekday", of which 0 is Monday.
        first: day.
        last: day, itself included.
        whose: hall, window or clerk; an empty value asks for all.
    """
    columns = [_WEEKDAY if name == "weekday" else _tallies[name] for name in by]
    sums = [sa.func.sum(_tallies[name]) for name in ("good", "bad", "doubt", "total")]
    named = [_tallies[name] == value for name, value in whose.items() if value]
    rows = connection.execute(
        sa.select(*columns, *sums)
        .where(_tallies.kind == kind, _tallies.day.between(first, last), *named)
        .group_by(*columns)
    )
    return {tuple(row[: len(columns)]): Tally(*row[len(columns) :]) for row in rows}


def daily(
    connection: sa.Connection, first: date, last: date, whose: Mapping[str, str]
) -> dict[Whose, list[tuple[date, Tally]]]:
    """Return the scores of each day, by hall, window and clerk.

    A row for every day would be thousands, and for each of them a thread waits for whichever other
    one is at work: the days of a row are therefore written into one text.

    Args:
        connection: to read from.
        first: day.
        last: day, itself included.
        whose: hall, window or clerk; an empty value asks for all.
    """
    keys = [_tallies[name] for name in Whose._fields]
    sums = [sa.func.sum(_tallies[name]) for name in ("good", "bad", "doubt", "total")]
    named = [_tallies[name] == value for name, value in whose.items() if value]
    by_day = (
        sa.select(*keys, _words(_tallies.day, *sums).label("counts"))
        .where(_tallies.kind == "score", _tallies.day.between(first, last), *named)
        .group_by(_tallies.day, *keys)
        .subquery()
    )
    who = [by_day.c[name] for name in Whose._fields]
    rows = connection.execute(
        sa.select(*who, sa.func.aggregate_strings(by_day.c.counts, "\n")).group_by(*who)
    )
    return {Whose(*names): sorted(map(_day_and_tally, days.splitlines())) for *names, days in rows}


def _words(*columns: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """Return some columns as one text."""
    first, *others = (sa.cast(one, sa.String) for one in columns)
    return functools.reduce(lambda text, one: text + " " + one, others, first)


def _day_and_tally(text: str) -> tuple[date, Tally]:
    day, good, bad, doubt, total = text.split()
    return date.fromisoformat(day), Tally(int(good), int(bad), int(doubt), float(total))


def known_days(connection: sa.Connection) -> tuple[date, date] | None:
    """Return the first and the last day of which something is counted; None where nothing is."""
    own = _tallies.kind == "score"
    first, last = (
        connection.scalar(sa.select(one(_tallies.day)).where(own))
        for one in (sa.func.min, sa.func.max)
    )
    return (_day(first), _day(last)) if first and last else None


def _whose(columns: Any, whose: Whose) -> list[sa.ColumnElement[bool]]:
    return [columns[name] == value for name, value in whose._asdict().items()]


def _on(column: sa.ColumnElement[datetime], day: date) -> list[sa.ColumnElement[bool]]:
    start = datetime.combine(day, time.min)
    return [column >= start, column < start + timedelta(days=1)]


def _day(found: date | str) -> date:
    return date.fromisoformat(found) if isinstance(found, str) else found
