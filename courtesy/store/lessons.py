"""What people decided, handed out to learn from; see `courtesy.lessons`."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from courtesy.lessons import Lesson
from courtesy.records import Span
from courtesy.reviews import State, why_rejected
from courtesy.store import tables
from courtesy.store.histories import histories
from courtesy.store.purging import wordless
from courtesy.store.queueing import choices

_flags, _matches = tables.flags.c, tables.matches.c
_utterances, _corrections = tables.utterances.c, tables.corrections.c

# Decisions about a phrase that are learned from, the last ones: what was decided years ago was
# decided about other lists.
MOST: Final = 2000
_SIDES: Final = ("confirmed", "rejected")
_MANY: Final = 400  # rows a statement names


def mark(connection: sa.Connection) -> tuple[Any, ...]:
    """Return what changes whenever people decide something, or results come in."""
    return tuple(
        connection.scalar(query)
        for query in (
            sa.select(sa.func.max(tables.decisions.c.id)),
            sa.select(sa.func.max(tables.corrections.c.id)),
            sa.select(sa.func.max(tables.appeals.c.id)),
            sa.select(sa.func.max(tables.appeals.c.judged)),
            sa.select(sa.func.max(tables.flagged.c.result_id)),
        )
    )


def counts(connection: sa.Connection) -> dict[str, tuple[int, int]]:
    """Return how many flags of each phrase are confirmed and rejected, by the phrase's id.

    What is under appeal, disputed or unsure is neither. An appeal that was answered is the last
    word, since it makes the state.
    """
    found = {}
    for phrase in filter(None, choices(connection)["phrase_id"]):
        # Each looks through an index for the few that were decided.
        confirmed, rejected = (
            connection.scalar(
                sa.select(sa.func.count()).where(_flags.phrase_id == phrase, _flags.state == side)
            )
            or 0
            for side in _SIDES
        )
        if confirmed or rejected:
            found[phrase] = confirmed, rejected
    return found


def lessons(connection: sa.Connection, phrase: str) -> tuple[Lesson, ...]:
    """Return what people decided about a phrase, the last `MOST` of it.

    Left out is what has no words any more.
    """
    rows = _rows(connection, phrase)
    flags = sorted({row.id for row in rows})
    past = histories(connection, flags)
    typed = _typed(connection, sorted({row.recording_id for row in rows}))
    own: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        own[row.id].append(row)
    found = []
    for flag in flags:
        # The same phrase may stand in one utterance twice.
        row = own[flag][min(own[flag][0].nth, len(own[flag]) - 1)]
        rejected = row.state == "rejected"
        found.append(
            Lesson(
                flag=flag,
                recording=row.recording_id,
                outcome=row.state,
                why=why_rejected(past[flag].decisions, past[flag].appeal) if rejected else "",
                said=row.said,
                span=Span(*row.details["span"]),
                how=row.how,
                confidence=row.confidence,
                likeness=row.likeness,
                typed=typed.get((row.recording_id, row.utterance)),
            )
        )
    return tuple(found)


def talks(connection: sa.Connection, phrase: str, most: int) -> list[int]:
    """Return the rows of the last recordings in which a phrase is flagged.

    Args:
        connection: to read from.
        phrase: its id; empty takes recordings whatever is flagged in them.
        most: how many.
    """
    own = tables.recordings.c
    query = sa.select(own.id).where(sa.not_(wordless()), tables.counting())
    if phrase:
        flagged = sa.select(_flags.recording_id).where(
            _flags.phrase_id == phrase, _flags.state != "gone"
        )
        query = query.where(own.id.in_(flagged))
    return list(connection.scalars(query.order_by(own.id.desc()).limit(most)))


def flags_of(
    connection: sa.Connection, recording: int
) -> dict[tuple[str, str, int], tuple[int, State]]:
    """Return the flags of a recording: rule, phrase and utterance, with row and state."""
    rows = connection.execute(
        sa.select(_flags.rule, _flags.phrase_id, _flags.utterance, _flags.id, _flags.state)
        .where(_flags.recording_id == recording)
        .order_by(_flags.nth.desc())
    )
    return {(rule, phrase, at): (number, state) for rule, phrase, at, number, state in rows}


def _rows(connection: sa.Connection, phrase: str) -> Sequence[Any]:
    some = (
        sa.select(_flags.id)
        .where(_flags.phrase_id == phrase, _flags.state.in_(_SIDES))
        .order_by(_flags.id.desc())
        .limit(MOST)
        .subquery()
    )
    both = (
        tables.flags.join(some, some.c.id == _flags.id)
        .join(
            tables.matches,
            sa.and_(
                _matches.result_id == _flags.result_id,
                _matches.interaction == _flags.interaction,
                _matches.phrase_id == _flags.phrase_id,
                _matches.utterance == _flags.utterance,
            ),
        )
        .join(
            tables.utterances,
            sa.and_(
                _utterances.recording_id == _flags.recording_id,
                _utterances.number == _flags.utterance,
            ),
        )
    )
    return connection.execute(
        sa.select(
            _flags.id,
            _flags.recording_id,
            _flags.state,
            _flags.nth,
            _flags.utterance,
            _utterances.heard.label("said"),
            _matches.how,
            _matches.confidence,
            _matches.likeness,
            _matches.details,
        )
        .select_from(both)
        .order_by(_flags.id, _matches.number)
    ).all()


def _typed(connection: sa.Connection, recordings: Sequence[int]) -> dict[tuple[int, int], str]:
    """Return what utterances say as people corrected them, the last word of each."""
    found = {}
    for at in range(0, len(recordings), _MANY):
        rows = connection.execute(
            sa.select(_corrections.recording_id, _corrections.utterance, _corrections.heard)
            .where(
                _corrections.recording_id.in_(recordings[at : at + _MANY]),
                _corrections.heard.is_not(None),
            )
            .order_by(_corrections.id)
        )
        found.update({(recording, utterance): heard for recording, utterance, heard in rows})
    return found
