"""What people practised: their cards, and the drills they finished.

It reads what reviewers confirmed, and writes nothing outside its own two tables.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from courtesy.store import tables

_cards = tables.cards.c
_flags = tables.flags.c
_practices = tables.practices.c


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
class Practice:
    """A drill that came to its end.

    Attributes:
        scenario: its id.
        at: UTC, without a zone.
        points: 0 to 100.
        turns: steps, answers and marks, as they were told.
    """

    scenario: str
    at: datetime
    points: float
    turns: list[dict[str, Any]]


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


def keep_practice(
    connection: sa.Connection, person: str, scenario: str, points: float,
    turns: Sequence[Mapping[str, Any]],
) -> None:  # fmt: skip
    """Keep a drill that came to its end."""
    connection.execute(
        sa.insert(tables.practices).values(
            person=person,
            scenario=scenario,
            at=datetime.now(UTC).replace(tzinfo=None),
            points=points,
            turns=json.dumps(list(turns), ensure_ascii=False),
        )
    )


def practices(connection: sa.Connection, person: str, most: int = 50) -> tuple[Practice, ...]:
    """Return a person's drills, the latest first.

    Args:
        connection: to read on.
        person: whose.
        most: how many at most.
    """
    rows = connection.execute(
        sa.select(_practices.scenario, _practices.at, _practices.points, _practices.turns)
        .where(_practices.person == person)
        .order_by(_practices.at.desc(), _practices.id.desc())
        .limit(most)
    )
    return tuple(Practice(r.scenario, r.at, r.points, json.loads(r.turns)) for r in rows)


def _of(person: str) -> Any:
    return sa.select(_cards.item, _cards.due, _cards.memory, _cards.breaches).where(
        _cards.person == person
    )


def _first(connection: sa.Connection, query: Any) -> Card | None:
    row = connection.execute(query).first()
    return Card(row.item, row.due, row.memory, row.breaches) if row else None
