"""Interactions that count: which, how many, the latest first."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal

import sqlalchemy as sa

from courtesy.records import Mode
from courtesy.reviews import COUNTED
from courtesy.store import tables
from courtesy.store.tallying import LOW

_recordings, _results = tables.recordings.c, tables.results.c
_interactions, _amended, _flags = tables.interactions.c, tables.amended.c, tables.flags.c

PAGE: Final = 50
_RARE: Final = 1_000  # flags
_COUNTED: Final = 1_000  # beyond which nobody wants to know the number
Scored = Literal["", "scored", "passed", "low", "none"]


@dataclass(frozen=True, slots=True)
class Sought:
    """Which interactions are asked for; an empty field asks for all.

    Attributes:
        hall: its name.
        window: number or name.
        clerk: name or number.
        first: day.
        last: day, itself included.
        scored: any score, one that passes, one that does not, or none at all.
        least: score, 0 to 100.
        most: likewise.
        missed: a rule that was not kept, as it counts now.
        timeless: those of which nobody knows when they were, and no others.
    """

    hall: str = ""
    window: str = ""
    clerk: str = ""
    first: date | None = None
    last: date | None = None
    scored: Scored = ""
    least: float | None = None
    most: float | None = None
    missed: str = ""
    timeless: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where an interaction stands in the list.

    Attributes:
        began: local time; None where it is not known.
        result: its row.
        number: within that.
    """

    began: datetime | None
    result: int
    number: int


@dataclass(frozen=True, slots=True)
class Row:
    """An interaction in a list.

    Attributes:
        place: where it stands.
        hall: name; empty where it is not known, as the next two.
        window: number or name.
        clerk: name or number.
        seconds: how long it took; None without times.
        mode: at the counter, or on the telephone.
        score: as it counts now; None where it has none.
        grade: in Chinese and in English; None likewise.
        note: likewise: why it has no score.
        flags: how many count or wait.
    """

    place: Place
    hall: str
    window: str
    clerk: str
    seconds: float | None
    mode: Mode
    score: float | None
    grade: tuple[str | None, str | None]
    note: tuple[str | None, str | None]
    flags: int


def listed(
    connection: sa.Connection, sought: Sought, after: Place | None = None
) -> tuple[Row, ...]:
    """Return one page of interactions, the latest first.

    Args:
        connection: to read from.
        sought: which.
        after: the last one of the page before; None for the first page.
    """
    score, grades = _score(), (_now("grade_zh"), _now("grade_en"))
    held = sa.select(sa.func.count()).where(
        _flags.result_id == _interactions.result_id,
        _flags.interaction == _interactions.number,
        _flags.state.in_(COUNTED),
    )
    names = ("began", "result_id", "number", "start", "end", "mode", "note_zh", "note_en")
    query = (
        sa.select(
            *(_interactions[name] for name in names),
            *(_recordings[name] for name in ("hall", "window", "clerk")),
            score.label("now"),
            *(one.label(f"grade{at}") for at, one in enumerate(grades)),
            held.scalar_subquery().label("held"),
        )
        .select_from(_joined())
        .where(*_conditions(sought), *_missed(connection, sought))
    )
    if after:
        query = query.where(*_beyond(after))
    order = (_interactions.began, _interactions.result_id, _interactions.number)
    own = order[1:] if sought.timeless else order
    rows = connection.execute(query.order_by(*(one.desc() for one in own)).limit(PAGE))
    return tuple(
        Row(
            Place(row.began, row.result_id, row.number),
            row.hall,
            row.window,
            row.clerk,
            None if row.start is None or row.end is None else row.end - row.start,
            row.mode,
            row.now,
            (row.grade0, row.grade1),
            (row.note_zh, row.note_en),
            row.held,
        )
        for row in rows
    )


def count(connection: sa.Connection, sought: Sought) -> tuple[int, bool]:
    """Return how many interactions there are, and whether there are more than that."""
    some = (
        sa.select(sa.literal(1))
        .select_from(_joined())
        .where(*_conditions(sought), *_missed(connection, sought))
    )
    within = some.limit(_COUNTED + 1).subquery()
    found = connection.scalar(sa.select(sa.func.count()).select_from(within)) or 0
    return min(found, _COUNTED), found > _COUNTED


def _joined() -> sa.FromClause:
    amended = sa.and_(
        _amended.result_id == _interactions.result_id,
        _amended.interaction == _interactions.number,
    )
    both = tables.interactions.join(tables.results).join(tables.recordings)
    return both.outerjoin(tables.amended, amended)


def _score() -> sa.ColumnElement[Any]:
    return _now("score")


def _now(name: str) -> sa.ColumnElement[Any]:
    """Return a column as people amended it."""
    return sa.func.coalesce(_amended[name], _interactions[name])


def _conditions(sought: Sought) -> list[sa.ColumnElement[bool]]:
    same = {
        _recordings.hall: sought.hall,
        _recordings.window: sought.window,
        _recordings.clerk: sought.clerk,
    }
    found = [_results.current, sa.not_(_interactions.aside)]
    found += [column == value for column, value in same.items() if value]
    began = _interactions.began
    found.append(began.is_(None) if sought.timeless else began.is_not(None))
    if sought.first:
        found.append(began >= datetime.combine(sought.first, time.min))
    if sought.last and sought.last < date.max:
        found.append(began < datetime.combine(sought.last + timedelta(days=1), time.min))
    score = _score()
    told: dict[Scored, sa.ColumnElement[bool]] = {
        "scored": score.is_not(None),
        "passed": score >= LOW,
        "low": score < LOW,
        "none": _interactions.score.is_(None),  # nobody gives one to what has none
    }
    if sought.scored:
        found.append(told[sought.scored])
    if sought.least is not None:
        found.append(score >= sought.least)
    if sought.most is not None:
        found.append(score <= sought.most)
    return found


def _missed(connection: sa.Connection, sought: Sought) -> list[sa.ColumnElement[bool]]:
    """Return the condition that a rule was not kept, as far as nobody has decided otherwise."""
    if not sought.missed:
        return []
    broken = (_flags.rule == sought.missed, _flags.verdict == "fail", _flags.state.in_(COUNTED))
    place = (_flags.result_id, _flags.interaction)
    own = (_interactions.result_id, _interactions.number)
    some = sa.select(sa.literal(1)).where(*broken).limit(_RARE + 1).subquery()
    if (connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0) <= _RARE:
        # Few are quicker found by their flags than by looking at all interactions.
        return [sa.tuple_(*own).in_(sa.select(*place).where(*broken, place[0].is_not(None)))]
    here = (one == other for one, other in zip(place, own, strict=True))
    return [sa.exists(sa.select(_flags.id).where(*here, *broken))]


def _beyond(after: Place) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on what stands further down than a place."""
    result, number = _interactions.result_id, _interactions.number
    below = sa.or_(result < after.result, sa.and_(result == after.result, number < after.number))
    if after.began is None:
        return [below]
    began = _interactions.began
    # The first of them is what an index is good for.
    return [began <= after.began, sa.or_(began < after.began, below)]
