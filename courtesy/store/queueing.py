"""Flags that wait for people: which, how many, in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import sqlalchemy as sa

from courtesy.records import Seconds, Verdict
from courtesy.reviews import State
from courtesy.store import tables

_flags = tables.flags.c
_findings, _utterances = tables.findings.c, tables.utterances.c

PAGE: Final = 50
_SHOWN: Final = 300  # characters of an utterance in a list
_COUNTED: Final = 10_000  # beyond which nobody wants to know the number


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which flags are asked for; an empty field asks for all.

    Attributes:
        states: any of these.
        hall: its name.
        window: number or name.
        clerk: name or number.
        rule: its id.
        phrase: its id.
        severity: of the phrase.
        first: day.
        last: day, itself included.
        least: confidence, 0 to 1.
        most: likewise.
        assigned: to this account.
        not_by: leaves out what this account has decided about, which is to be decided by another.
    """

    states: Sequence[State] = ()
    hall: str = ""
    window: str = ""
    clerk: str = ""
    rule: str = ""
    phrase: str = ""
    severity: str = ""
    first: date | None = None
    last: date | None = None
    least: float | None = None
    most: float | None = None
    assigned: int | None = None
    not_by: int | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that is held against a clerk, or perhaps.

    Attributes:
        id: its row.
        recording: its row.
        rule: id.
        phrase: id of the phrase; empty where something is missing.
        utterance: where it was said, or with which its interaction begins.
        result: row of the result that says so; None where none does any more.
        interaction: number in it.
        finding: number in that.
        verdict: fail, or unsure.
        severity: of the phrase; empty likewise.
        confidence: that it was said, 0 to 1; None likewise.
        hall: name; empty where it is not known, as the next two.
        window: number or name.
        clerk: name or number.
        began: its interaction, local time.
        state: what people made of it.
        rank: the higher the sooner it is to be looked at.
        twice: whether two people are to look at it.
        assigned: account; None where everybody may take it.
        revision: of what people did with it.
    """

    id: int
    recording: int
    rule: str
    phrase: str
    utterance: int
    result: int | None
    interaction: int | None
    finding: int | None
    verdict: Verdict
    severity: str
    confidence: float | None
    hall: str
    window: str
    clerk: str
    began: datetime | None
    state: State
    rank: float
    twice: bool
    assigned: int | None
    revision: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A flag in a list, with what a reader wants to see of it.

    Attributes:
        flag: the flag.
        said: the utterance, as it was heard, or its beginning; empty where the words are gone.
        reason_zh: why the program says so; empty where it does not any more.
        reason_en: likewise.
        start: seconds from the start of the recording; None without times.
    """

    flag: Flag
    said: str
    reason_zh: str
    reason_en: str
    start: Seconds | None


def flag(connection: sa.Connection, number: int) -> Flag | None:
    """Return a flag; None where there is none of that number."""
    if not 0 <= number < 2**63:  # no database has such rows, or can be asked for them
        return None
    row = connection.execute(_select().where(_flags.id == number)).one_or_none()
    return None if row is None else _flag(row)


def listed(
    connection: sa.Connection, wanted: Wanted, after: tuple[float, int] | None = None
) -> tuple[Listed, ...]:
    """Return one page of flags, the most urgent first.

    Args:
        connection: to read from.
        wanted: which.
        after: rank and row of the last one of the page before; None for the first page.
    """
    said = sa.func.substr(_utterances.heard, 1, _SHOWN).label("heard")
    query = _select(_findings.reason_zh, _findings.reason_en, _findings.start, said)
    query = query.select_from(_joined()).where(*_conditions(wanted))
    if after:
        rank, number = after
        query = query.where(
            sa.or_(_flags.rank < rank, sa.and_(_flags.rank == rank, _flags.id > number))
        )
    rows = connection.execute(query.order_by(_flags.rank.desc(), _flags.id).limit(PAGE))
    return tuple(
        Listed(_flag(row), row.heard or "", row.reason_zh or "", row.reason_en or "", row.start)
        for row in rows
    )


def count(connection: sa.Connection, wanted: Wanted) -> tuple[int, bool]:
    """Return how many flags there are, and whether there are more than that."""
    some = sa.select(_flags.id).where(*_conditions(wanted)).limit(_COUNTED + 1).subquery()
    found = connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0
    return min(found, _COUNTED), found > _COUNTED


def next_after(
    connection: sa.Connection, wanted: Wanted, after: tuple[float, int] | None
) -> int | None:
    """Return the row of the flag to look at next; None where there is none."""
    query = sa.select(_flags.id).where(*_conditions(wanted))
    if after:
        rank, number = after
        query = query.where(
            sa.or_(_flags.rank < rank, sa.and_(_flags.rank == rank, _flags.id > number))
        )
    return connection.scalar(query.order_by(_flags.rank.desc(), _flags.id).limit(1))


def choices(connection: sa.Connection) -> dict[str, tuple[str, ...]]:
    """Return the values by which flags can be chosen, by the column's name."""
    return {
        name: tuple(connection.scalars(sa.select(_flags[name]).distinct().order_by(_flags[name])))
        for name in ("hall", "window", "clerk", "rule", "phrase_id")
    }


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    same = {
        _flags.hall: wanted.hall,
        _flags.window: wanted.window,
        _flags.clerk: wanted.clerk,
        _flags.rule: wanted.rule,
        _flags.phrase_id: wanted.phrase,
        _flags.severity: wanted.severity,
        _flags.assigned_id: wanted.assigned,
    }
    found = [column == value for column, value in same.items() if value]
    if wanted.states:
        found.append(_flags.state.in_(wanted.states))
    if wanted.first:
        found.append(_flags.began >= datetime.combine(wanted.first, time.min))
    if wanted.last and wanted.last < date.max:
        found.append(_flags.began < datetime.combine(wanted.last + timedelta(days=1), time.min))
    if wanted.least is not None:
        found.append(_flags.confidence >= wanted.least)
    if wanted.most is not None:
        found.append(_flags.confidence <= wanted.most)
    if wanted.not_by is not None:
        own = sa.select(tables.decisions.c.id).where(
            tables.decisions.c.flag_id == _flags.id,
            tables.decisions.c.account_id == wanted.not_by,
        )
        found.append(sa.not_(sa.exists(own)))
    return found


def _joined() -> sa.FromClause:
    return tables.flags.outerjoin(
        tables.findings,
        sa.and_(
            _findings.result_id == _flags.result_id,
            _findings.interaction == _flags.interaction,
            _findings.number == _flags.finding,
        ),
    ).outerjoin(
        tables.utterances,
        sa.and_(
            _utterances.recording_id == _flags.recording_id,
            _utterances.number == _flags.utterance,
        ),
    )


_NAMES: Final = ("id", "recording_id", "rule", "phrase_id", "utterance", "result_id", "interaction",
                 "finding", "verdict", "severity", "confidence", "hall", "window", "clerk", "began",
                 "state", "rank", "twice", "assigned_id", "revision")  # fmt: skip


def _select(*more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return sa.select(*(_flags[name] for name in _NAMES), *more)


def _flag(row: Any) -> Flag:
    return Flag(*row[: len(_NAMES)])
