"""What people practised: their cards, and the drills they finished.

It reads what reviewers confirmed, and writes nothing outside its own three tables.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from courtesy.store import tables

_cards = tables.cards.c
_flags = tables.flags.c
_practices = tables.practices.c
_walks = tables.walks.c


@dataclass(frozen=True, slots=True)
class Card:
    """What one person is to remember.

    Attributes:
        item: id of a phrase.
        due: seconds since 1970.
        memory: the scheduler's own state, JSON.
        breaches: how many confirmed breaches were counted in.
    """

    item: str
    due: float
    memory: str
    breaches: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What a drill that came to its end was worth.

    Attributes:
        person: who practised.
        scenario: its id.
        at: UTC, without a zone.
        points: 0 to 100.
    """

    person: str
    scenario: str
    at: datetime
    points: float

    @property
    def day(self) -> date:
        """On which it was, by this machine's clock."""
        return day_of(self.at)


@dataclass(frozen=True, slots=True)
class Practice(Result):
    """A drill that came to its end, with all that was said in it.

    Attributes:
        turns: steps, answers and marks, as they were told.
        spoken: whether it was answered by the microphone.
        assignment: for which it was done; None where it was free.
        examination: whether that was one. All others are nobody's business but the trainer's.
    """

    turns: list[dict[str, Any]]
    spoken: bool = False
    assignment: int | None = None
    examination: bool = False


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A drill that was left in the middle.

    Attributes:
        state: as JSON has it.
        assignment: for which it is done; None where it is free.
        examination: whether that is one.
    """

    state: dict[str, Any]
    assignment: int | None = None
    examination: bool = False


def day_of(at: datetime) -> date:
    """Return the day of a time in UTC, without a zone, by this machine's clock."""
    return at.replace(tzinfo=UTC).astimezone().date()


def today() -> date:
    """Return the day by this machine's clock."""
    return datetime.now(UTC).astimezone().date()


def card(connection: sa.Connection, person: str, item: str) -> Card | None:
    """Return a person's card for a phrase; None where there is none."""
    return _first(connection, _of(person).where(_cards.item == item))


def next_card(connection: sa.Connection, person: str, now: float) -> Card | None:
    """Return the card that has been due longest; None where none is.

    Args:
        connection: to read on.
        person: whose.
        now: seconds since 1970.
    """
    due = _of(person).where(_cards.due <= now).order_by(_cards.due).limit(1)
    return _first(connection, due)


def due(connection: sa.Connection, person: str, now: float) -> int:
    """Return how many cards are due.

    Args:
        connection: to read on.
        person: whose.
        now: seconds since 1970.
    """
    wanted = sa.and_(_cards.person == person, _cards.due <= now)
    return connection.scalar(sa.select(sa.func.count()).where(wanted)) or 0


def put_card(connection: sa.Connection, person: str, one: Card) -> None:
    """Keep a card, in place of the one that was there."""
    row = {"person": person, "item": one.item, "due": one.due, "memory": one.memory,
           "breaches": one.breaches}  # fmt: skip
    same = (_cards.person == person) & (_cards.item == one.item)
    if not connection.execute(sa.update(tables.cards).where(same).values(row)).rowcount:
        connection.execute(sa.insert(tables.cards).values(row))


def confirmed(connection: sa.Connection, clerk: str) -> Mapping[str, int]:
    """Return how often reviewers confirmed that a clerk said each forbidden phrase.

    Args:
        connection: to read on.
        clerk: as recordings name them; empty is nobody.
    """
    if not clerk:
        return {}
    rows = connection.execute(
        sa.select(_flags.phrase_id, sa.func.count())
        .where(_flags.clerk == clerk, _flags.state == "confirmed", _flags.phrase_id != "")
        .group_by(_flags.phrase_id)
        .order_by(_flags.phrase_id)
    )
    return {phrase: count for phrase, count in rows}  # noqa: C416 - rows are no pairs to mypy


def unfinished(
    connection: sa.Connection, person: str, *, to_write: bool = False
) -> Unfinished | None:
    """Return the drill that a person left in the middle; None where there is none.

    Args:
        connection: to read on.
        person: whose.
        to_write: whether nobody else may change it before this transaction ends.
    """
    query = (
        sa.select(_walks.state, _walks.assignment_id, tables.assignments.c.examination)
        .select_from(tables.walks.outerjoin(tables.assignments))
        .where(_walks.person == person)
    )
    if to_write:
        query = query.with_for_update(of=tables.walks)
    row = connection.execute(query).first()
    if row is None:
        return None
    return Unfinished(json.loads(row.state), row.assignment_id, bool(row.examination))


def leave(
    connection: sa.Connection,
    person: str,
    state: Mapping[str, Any],
    assignment: int | None = None,
) -> None:
    """Keep a drill to go on with later, in place of any other of that person's."""
    row = {
        "person": person,
        "state": json.dumps(state, ensure_ascii=False),
        "assignment_id": assignment,
        "at": datetime.now(UTC).replace(tzinfo=None),
    }
    if not connection.execute(
        sa.update(tables.walks).where(_walks.person == person).values(row)
    ).rowcount:
        connection.execute(sa.insert(tables.walks).values(row))


def forget(connection: sa.Connection, person: str) -> None:
    """Have a person go on with nothing."""
    connection.execute(sa.delete(tables.walks).where(_walks.person == person))


def keep_practice(connection: sa.Connection, one: Practice) -> None:
    """Keep a drill that came to its end; it is unfinished no more."""
    forget(connection, one.person)
    connection.execute(
        sa.insert(tables.practices).values(
            person=one.person,
            scenario=one.scenario,
            at=one.at,
            points=one.points,
            turns=json.dumps(one.turns, ensure_ascii=False),
            spoken=one.spoken,
            assignment_id=one.assignment,
            examination=one.examination,
        )
    )


def practices(
    connection: sa.Connection,
    people: Collection[str],
    most: int = 50,
    *,
    since: datetime | None = None,
    examinations: bool = False,
) -> tuple[Practice, ...]:
    """Return people's drills, the latest first.

    Args:
        connection: to read on.
        people: whose.
        most: how many at most.
        since: UTC without a zone, before which nothing is wanted; None wants all.
        examinations: whether only these are wanted.
    """
    query = sa.select(tables.practices).where(_practices.person.in_(people))
    if since:
        query = query.where(_practices.at >= since)
    if examinations:
        query = query.where(_practices.examination)
    rows = connection.execute(
        query.order_by(_practices.at.desc(), _practices.id.desc()).limit(most)
    )
    return tuple(
        Practice(
            r.person, r.scenario, r.at, r.points, json.loads(r.turns), bool(r.spoken),
            r.assignment_id, bool(r.examination),
        )
        for r in rows
    )  # fmt: skip


def latest(connection: sa.Connection, people: Collection[str]) -> tuple[Result, ...]:
    """Return the last result of each scenario that each of some people practised."""
    order = sa.func.row_number().over(
        partition_by=(_practices.person, _practices.scenario),
        order_by=(_practices.at.desc(), _practices.id.desc()),
    )
    numbered = (
        sa.select(
            _practices.person, _practices.scenario, _practices.at, _practices.points,
            order.label("order"),
        )
        .where(_practices.person.in_(people))
        .subquery()
    )  # fmt: skip
    wanted = numbered.c.order == 1
    columns = [numbered.c[name] for name in ("person", "scenario", "at", "points")]
    return tuple(Result(*row) for row in connection.execute(sa.select(*columns).where(wanted)))


def _of(person: str) -> Any:
    return sa.select(_cards.item, _cards.due, _cards.memory, _cards.breaches).where(
        _cards.person == person
    )


def _first(connection: sa.Connection, query: Any) -> Card | None:
    row = connection.execute(query).first()
    return Card(row.item, row.due, row.memory, row.breaches) if row else None
