"""How far people agree: two who looked at the same, and people with the program."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from courtesy.reviews import Outcome, standing
from courtesy.store import tables
from courtesy.store.histories import histories

_flags, _decisions = tables.flags.c, tables.decisions.c


@dataclass(frozen=True, slots=True)
class Agreed:
    """What people made of one rule's flags.

    Attributes:
        rule: its id.
        confirmed: how many stand.
        rejected: how many do not.
        unsure: of how many nobody can tell.
    """

    rule: str
    confirmed: int
    rejected: int
    unsure: int


def looks(
    connection: sa.Connection, first: date | None = None, last: date | None = None
) -> list[tuple[Outcome, Outcome]]:
    """Return what two people said who both looked, the second without knowing of the first.

    Args:
        connection: to read from.
        first: day on which the second one decided, UTC; None for all.
        last: likewise, itself included.
    """
    wanted = sa.select(_decisions.flag_id).where(_decisions.part == "second", *_days(first, last))
    numbers = sorted(set(connection.scalars(wanted)))
    return list(_pairs(connection, numbers))


def _pairs(connection: sa.Connection, numbers: list[int]) -> Iterator[tuple[Outcome, Outcome]]:
    for past in histories(connection, numbers).values():
        said = {one.part: one.outcome for one in standing(past.decisions)}
        one, other = said.get("first"), said.get("second")
        if one and other:
            yield one, other


def with_people(
    connection: sa.Connection, first: date | None = None, last: date | None = None
) -> tuple[Agreed, ...]:
    """Return what people made of what the program flagged, by rule.

    A flag under appeal, or about which two differ, is in none of the numbers.

    Args:
        connection: to read from.
        first: day on which somebody decided about it, UTC; None for all.
        last: likewise, itself included.
    """
    decided = ("confirmed", "rejected", "unsure")
    query = sa.select(_flags.rule, _flags.state, sa.func.count()).where(_flags.state.in_(decided))
    if first or last:
        in_time = sa.select(_decisions.id).where(
            _decisions.flag_id == _flags.id,
            _decisions.part.in_(("first", "second", "final")),
            *_days(first, last),
        )
        # Half the time that a list of all of them takes.
        query = query.where(in_time.exists())
    rows = connection.execute(query.group_by(_flags.rule, _flags.state))
    found: dict[str, dict[str, int]] = {}
    for rule, state, count in rows:
        found.setdefault(rule, {})[state] = count
    return tuple(
        Agreed(rule, *(counts.get(state, 0) for state in decided))
        for rule, counts in sorted(found.items())
    )


def _days(first: date | None, last: date | None) -> list[sa.ColumnElement[bool]]:
    found = []
    if first:
        found.append(_decisions.at >= datetime.combine(first, time.min))
    if last and last < date.max:
        found.append(_decisions.at < datetime.combine(last + timedelta(days=1), time.min))
    return found
