"""Flags that wait for people: which, how many, in which order."""

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import sqlalchemy as sa

from courtesy.records import Seconds, Verdict
from courtesy.reviews import State
from courtesy.store import tables

_flags = tables.flags.c
_findings, _utterances = tables.findings.c, tables.utterances.c
_accounts = tables.accounts.c

PAGE: Final = 50
ANY: Final = "*"  # phrase, whichever it is
CHOSEN_BY: Final = ("hall", "window", "clerk", "rule", "phrase_id")
_SHOWN: Final = 300  # characters of an utterance in a list
_WEEKS: Final = 106  # hours that are asked for one by one; two years
_COUNTED: Final = 1_000  # beyond which nobody wants to know the number


# The most urgent first, among equals the newest: as an index read backwards gives them.
_FIRST: Final = (_flags.rank.desc(), _flags.id.desc())


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which flags are asked for; an empty field asks for all.

    Attributes:
        states: any of these.
        hall: its name.
        window: number or name.
        clerk: name or number.
        rule: its id.
        phrase: its id; `ANY` asks for all that are about a phrase.
        verdict: fail, or unsure.
        severity: of the phrase.
        first: day.
        last: day, itself included.
        weekday: 0 is Monday.
        hour: of the day, 0 to 23.
        least: confidence, 0 to 1.
        most: likewise.
        assigned: to this account.
        free: at this time nobody's, UTC; what somebody took and left lying is everybody's again.
        plan: that has drawn them, by its row.
        not_by: leaves out what this account has decided about, which is to be decided by another.
    """

    states: Sequence[State] = ()
    hall: str = ""
    window: str = ""
    clerk: str = ""
    rule: str = ""
    phrase: str = ""
    verdict: str = ""
    severity: str = ""
    first: date | None = None
    last: date | None = None
    weekday: int | None = None
    hour: int | None = None
    least: float | None = None
    most: float | None = None
    assigned: int | None = None
    free: datetime | None = None
    plan: int | None = None
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
        assigned_until: when it is everybody's again, UTC; None where it was given by a supervisor.
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
    assigned_until: datetime | None
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
        assigned: who is to look at it; empty where everybody may.
    """

    flag: Flag
    said: str
    reason_zh: str
    reason_en: str
    start: Seconds | None
    assigned: str


def flag(connection: sa.Connection, number: int) -> Flag | None:
    """Return a flag; None where there is none of that number."""
    if not 0 <= number < 2**63:  # no database has such rows, or can be asked for them
        return None
    row = connection.execute(_select().where(_flags.id == number)).one_or_none()
    return None if row is None else _flag(row)


def listed(
    connection: sa.Connection,
    wanted: Wanted,
    after: tuple[float, int] | None = None,
    *,
    many: bool = False,
) -> tuple[Listed, ...]:
    """Return one page of flags, the most urgent first.

    Args:
        connection: to read from.
        wanted: which.
        after: rank and row of the last one of the page before; None for the first page.
        many: whether there are many (see `count`), so that a page is soon found by going through
            all in their order; few are quicker found by their days, and then put in order.
    """
    # First which, from an index alone, which has each state in its order; then what is in them.
    states = [dataclasses.replace(wanted, states=(one,)) for one in wanted.states] or [wanted]
    each = [sa.select(_flags.id, _flags.rank).where(*_conditions(s, in_order=many)) for s in states]
    if after:
        each = [one.where(sa.tuple_(_flags.rank, _flags.id) < sa.tuple_(*after)) for one in each]
    first = [one.order_by(*_FIRST).limit(PAGE).subquery() for one in each]
    own = sa.union_all(*(sa.select(one.c.id) for one in first))
    return tuple(itertools.islice(_shown(connection, own), PAGE))


def some(connection: sa.Connection, numbers: Sequence[int]) -> dict[int, Listed]:
    """Return flags as they are listed, by their rows."""
    return {one.flag.id: one for one in _shown(connection, numbers)}


def count(connection: sa.Connection, wanted: Wanted) -> tuple[int, bool]:
    """Return how many flags there are, and whether there are more than that."""
    some = sa.select(_flags.id).where(*_conditions(wanted)).limit(_COUNTED + 1).subquery()
    found = connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0
    return min(found, _COUNTED), found > _COUNTED


def numbers(
    connection: sa.Connection, wanted: Wanted, count: int, *, not_about: str = ""
) -> tuple[int, ...]:
    """Return the rows of the most urgent flags.

    Args:
        connection: to read from.
        wanted: among which.
        count: at most.
        not_about: leaves out this clerk's.
    """
    query = sa.select(_flags.id).where(*_conditions(wanted))
    if not_about:
        query = query.where(_flags.clerk != not_about)
    return tuple(connection.scalars(query.order_by(*_FIRST).limit(count)))


def choices(connection: sa.Connection) -> dict[str, tuple[str, ...]]:
    """Return the values by which flags can be chosen, by the column's name."""
    return {name: values(connection, _flags[name]) for name in CHOSEN_BY}


def phrase_names(connection: sa.Connection, phrases: Iterable[str]) -> dict[str, str]:
    """Return what phrases say, by their ids; those that no result holds any more are left out."""
    matches = tables.matches.c
    both = tables.flags.join(
        tables.matches,
        sa.and_(
            matches.result_id == _flags.result_id,
            matches.interaction == _flags.interaction,
            matches.phrase_id == _flags.phrase_id,
        ),
    )
    found = {
        phrase: connection.scalar(
            sa.select(matches.phrase).select_from(both).where(_flags.phrase_id == phrase).limit(1)
        )
        for phrase in phrases
    }
    return {phrase: name for phrase, name in found.items() if name}


def values(connection: sa.Connection, column: sa.ColumnElement[str]) -> tuple[str, ...]:
    """Return the values of a column, stepping through its index from each to the next.

    Over a million flags DISTINCT would look at each.
    """
    found = sa.select(sa.func.min(column).label("value")).cte("found", recursive=True)
    following = sa.select(sa.func.min(column)).where(column > found.c.value).scalar_subquery()
    found = found.union_all(sa.select(following).where(found.c.value.is_not(None)))
    known = sa.select(found.c.value).where(found.c.value.is_not(None))
    return tuple(sorted(connection.scalars(known)))


def _conditions(wanted: Wanted, *, in_order: bool = False) -> list[sa.ColumnElement[bool]]:
    # What is computed has no index, which leaves the one that has the order.
    began, confidence = (
        sa.func.coalesce(column, column) if in_order else column
        for column in (_flags.began, _flags.confidence)
    )
    same = {
        _flags.hall: wanted.hall,
        _flags.window: wanted.window,
        _flags.clerk: wanted.clerk,
        _flags.rule: wanted.rule,
        _flags.phrase_id: "" if wanted.phrase == ANY else wanted.phrase,
        _flags.verdict: wanted.verdict,
        _flags.severity: wanted.severity,
        _flags.assigned_id: wanted.assigned,
    }
    found = [column == value for column, value in same.items() if value]
    if wanted.states:
        found.append(_flags.state.in_(wanted.states))
    if wanted.first:
        found.append(began >= datetime.combine(wanted.first, time.min))
    if wanted.last and wanted.last < date.max:
        found.append(began < datetime.combine(wanted.last + timedelta(days=1), time.min))
    found += _hours(wanted, in_order=in_order)
    if wanted.phrase == ANY:
        found.append(_flags.phrase_id != "")
    if wanted.least is not None:
        found.append(confidence >= wanted.least)
    if wanted.most is not None:
        found.append(confidence <= wanted.most)
    if wanted.free is not None:
        lapsed = _flags.assigned_until < wanted.free
        found.append(sa.or_(_flags.assigned_id.is_(None), lapsed))
    if wanted.plan is not None:
        drawn = tables.drawn.c
        by_plan = sa.select(drawn.flag_id).where(
            drawn.flag_id == _flags.id, drawn.plan_id == wanted.plan
        )
        found.append(sa.exists(by_plan))
    if wanted.not_by is not None:
        own = sa.select(tables.decisions.c.id).where(
            tables.decisions.c.flag_id == _flags.id,
            tables.decisions.c.account_id == wanted.not_by,
        )
        found.append(sa.not_(sa.exists(own)))
    return found


def _hours(wanted: Wanted, *, in_order: bool) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on weekday and hour; databases count days from Sunday."""
    days, hours = wanted.weekday, wanted.hour
    found = []
    if days is not None:
        found.append(sa.extract("dow", _flags.began) == (days + 1) % 7)
    if hours is not None:
        found.append(sa.extract("hour", _flags.began) == hours)
    if days is None or hours is None or not wanted.first or not wanted.last or in_order:
        return found
    # Few: those hours one by one, which an index has.
    monday = wanted.first - timedelta(days=wanted.first.weekday())
    weeks = (wanted.last - monday).days // 7 + 1
    if not 0 < weeks <= _WEEKS:
        return found
    first = datetime.combine(monday + timedelta(days=days), time(hours))
    starts = [first + timedelta(weeks=week) for week in range(weeks)]
    own = tables.flags.alias()
    each = (
        sa.select(own.c.id).where(own.c.began >= at, own.c.began < at + timedelta(hours=1))
        for at in starts
    )
    return [_flags.id.in_(sa.union_all(*each))]


def _shown(
    connection: sa.Connection, numbers: Sequence[int] | sa.CompoundSelect[Any]
) -> Iterator[Listed]:
    said = sa.func.substr(_utterances.heard, 1, _SHOWN).label("heard")
    owner = sa.func.coalesce(sa.func.nullif(_accounts.title, ""), _accounts.name, "")
    query = _select(
        _findings.reason_zh, _findings.reason_en, _findings.start, said, owner.label("owner")
    )
    rows = connection.execute(
        query.select_from(_joined()).where(_flags.id.in_(numbers)).order_by(*_FIRST)
    )
    for row in rows:
        reasons = row.reason_zh or "", row.reason_en or ""
        yield Listed(_flag(row), row.heard or "", *reasons, row.start, row.owner)


def _joined() -> sa.FromClause:
    assigned = _accounts.id == _flags.assigned_id
    return (
        tables.flags.outerjoin(tables.accounts, assigned)
        .outerjoin(
            tables.findings,
            sa.and_(
                _findings.result_id == _flags.result_id,
                _findings.interaction == _flags.interaction,
                _findings.number == _flags.finding,
            ),
        )
        .outerjoin(
            tables.utterances,
            sa.and_(
                _utterances.recording_id == _flags.recording_id,
                _utterances.number == _flags.utterance,
            ),
        )
    )


_NAMES: Final = ("id", "recording_id", "rule", "phrase_id", "utterance", "result_id", "interaction",
                 "finding", "verdict", "severity", "confidence", "hall", "window", "clerk", "began",
                 "state", "rank", "twice", "assigned_id", "assigned_until", "revision")  # fmt: skip


def _select(*more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return sa.select(*(_flags[name] for name in _NAMES), *more)


def _flag(row: Any) -> Flag:
    return Flag(*row[: len(_NAMES)])
