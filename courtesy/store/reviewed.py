"""Recordings about which people decided something, with all that is known of what was said."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from courtesy.lessons import Reviewed, Ruling, Said, Session
from courtesy.reviews import why_rejected
from courtesy.store import tables
from courtesy.store.histories import histories
from courtesy.store.purging import wordless
from courtesy.store.showing import corrections

_flags, _recordings, _results = tables.flags.c, tables.recordings.c, tables.results.c
_interactions, _utterances = tables.interactions.c, tables.utterances.c
_matches = tables.matches.c


def sessions(
    connection: sa.Connection, first: date | None = None, last: date | None = None
) -> Iterator[Session]:
    """Yield the recordings in which a flag was confirmed or rejected, in order.

    Args:
        connection: to read from.
        first: day; None takes all.
        last: day, itself included; likewise.
    """
    wanted = [_flags.state.in_(("confirmed", "rejected")), sa.not_(wordless())]
    if first:
        wanted.append(_flags.began >= datetime.combine(first, time.min))
    if last and last < date.max:
        wanted.append(_flags.began < datetime.combine(last + timedelta(days=1), time.min))
    both = tables.flags.join(tables.recordings)
    numbers = connection.scalars(
        sa.select(_flags.recording_id)
        .select_from(both)
        .where(*wanted)
        .distinct()
        .order_by(_flags.recording_id)
    ).all()
    for number in numbers:
        yield _session(connection, number)


def _session(connection: sa.Connection, number: int) -> Session:
    row = connection.execute(sa.select(tables.recordings).where(_recordings.id == number)).one()
    said = _said(connection, number)
    rulings = _rulings(connection, number)
    parts = connection.execute(
        sa.select(tables.interactions)
        .join(tables.results, _results.id == _interactions.result_id)
        .where(_results.recording_id == number, _results.current)
        .order_by(_interactions.number)
    )
    return Session(
        number=number,
        path=row.path,
        began=row.began,
        whose={name: row._mapping[name] for name in ("hall", "window", "clerk")},
        interactions=tuple(
            Reviewed(
                mode=part.mode,
                said=tuple(said[at] for at in part.details["utterances"] if at in said),
                rulings=tuple(rulings[part.number]),
                aside=part.aside,
            )
            for part in parts
        ),
    )


def _said(connection: sa.Connection, number: int) -> dict[int, Said]:
    corrected = {one.utterance: one for one in corrections(connection, number)}
    rows = connection.execute(
        sa.select(tables.utterances)
        .where(_utterances.recording_id == number)
        .order_by(_utterances.number)
    )
    found = {}
    for row in rows:
        own = corrected.get(row.number)
        typed, told = (own.heard, own.role) if own else (None, None)
        found[row.number] = Said(
            number=row.number,
            role=told or row.role,
            text=row.heard if typed is None else typed,
            start=row.start,
            end=row.end,
            typed=typed is not None,
            told=told is not None,
        )
    return found


def _rulings(connection: sa.Connection, number: int) -> dict[int, list[Ruling]]:
    """Return what stands of the flags of a recording, by interaction."""
    rows: Sequence[Any] = connection.execute(
        sa.select(tables.flags)
        .where(_flags.recording_id == number, _flags.state != "gone")
        .order_by(_flags.id)
    ).all()
    past = histories(connection, [row.id for row in rows])
    names = _names(connection, {row.result_id for row in rows})
    found: dict[int, list[Ruling]] = defaultdict(list)
    for row in rows:
        why = why_rejected(past[row.id].decisions, past[row.id].appeal)
        rejected = why if row.state == "rejected" else ""
        phrase = names.get(row.phrase_id, row.phrase_id)
        found[row.interaction].append(Ruling(row.rule, phrase, row.utterance, row.state, rejected))
    return found


def _names(connection: sa.Connection, results: set[int]) -> dict[str, str]:
    rows = connection.execute(
        sa.select(_matches.phrase_id, _matches.phrase)
        .where(_matches.result_id.in_(results))
        .distinct()
    )
    return {row.phrase_id: row.phrase for row in rows}
