"""All that is kept about a flag, for one who is to decide about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from courtesy.messages import Text
from courtesy.records import Clip, Finding, MadeBy, Match, Role, Seconds, Utterance
from courtesy.store import accounts, reading, tables
from courtesy.store.clips import clips_of
from courtesy.store.histories import History, histories
from courtesy.store.queueing import Flag

_recordings, _results = tables.recordings.c, tables.results.c
_interactions, _utterances = tables.interactions.c, tables.utterances.c


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said about a flag.

    Attributes:
        by: the account.
        text: in their own words.
        at: UTC.
    """

    by: int
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Correction:
    """What an utterance says, or who says it, as a person heard it.

    Attributes:
        utterance: its number.
        heard: None leaves it.
        role: likewise.
        by: the account.
    """

    utterance: int
    heard: str | None
    role: Role | None
    by: int


@dataclass(frozen=True, slots=True)
class Case:
    """A flag with its interaction, and what people did with it.

    Attributes:
        flag: the flag.
        path: of the recording.
        duration: of the recording, seconds; None without times.
        clips: sound of it that courtesy recorded itself.
        utterances: of the interaction; none where the words are gone, or the flag is.
        matches: of the interaction.
        finding: what the program says; None where it does not any more.
        score: of the interaction; None where it has none.
        grade: likewise.
        made_by: the versions; None where there is no result any more.
        history: decisions and appeal.
        comments: in their order.
        corrections: the last for each utterance.
        names: of the accounts in all of it.
    """

    flag: Flag
    path: str
    duration: Seconds | None
    clips: tuple[Clip, ...]
    utterances: tuple[Utterance, ...]
    matches: tuple[Match, ...]
    finding: Finding | None
    score: float | None
    grade: Text | None
    made_by: MadeBy | None
    history: History
    comments: tuple[Comment, ...]
    corrections: tuple[Correction, ...]
    names: dict[int, str]


def case(connection: sa.Connection, one: Flag) -> Case:
    """Return all that is kept about a flag."""
    recording = connection.execute(
        sa.select(_recordings.path, _recordings.duration).where(_recordings.id == one.recording)
    ).one()
    row = _interaction(connection, one)
    findings = _of(connection, tables.findings, one)
    history = histories(connection, [one.id])[one.id]
    comments = tuple(_comments(connection, one.id))
    corrected = tuple(corrections(connection, one.recording))
    people = {d.by for d in history.decisions} | {c.by for c in comments}
    people |= {c.by for c in corrected}
    if history.appeal:
        people |= {history.appeal.by, *([history.appeal.judge] if history.appeal.judge else [])}
    return Case(
        flag=one,
        path=recording.path,
        duration=recording.duration,
        clips=clips_of(connection, one.recording),
        utterances=tuple(_said(connection, one, row)),
        matches=tuple(reading.match(values) for values in _of(connection, tables.matches, one)),
        finding=next(
            (reading.finding(values) for values in findings if values[0] == one.finding), None
        ),
        score=row.score if row else None,
        grade=reading.both(row.grade_zh, row.grade_en) if row else None,
        made_by=_made_by(connection, one.result),
        history=history,
        comments=comments,
        corrections=corrected,
        names=accounts.names(connection, sorted(people)),
    )


def _interaction(connection: sa.Connection, one: Flag) -> Any:
    """Return the row of a flag's interaction; None where there is none."""
    return connection.execute(
        sa.select(tables.interactions).where(
            _interactions.result_id == one.result, _interactions.number == one.interaction
        )
    ).one_or_none()


def _said(connection: sa.Connection, one: Flag, row: Any) -> Iterator[Utterance]:
    if row is None or row.first is None:
        return
    own = set(row.details["utterances"])
    rows = connection.execute(
        sa.select(tables.utterances)
        .where(
            _utterances.recording_id == one.recording,
            _utterances.number.between(row.first, row.last),
        )
        .order_by(_utterances.number)
    )
    yield from (reading.utterance(said) for said in rows if said.number in own)


def _of(connection: sa.Connection, table: sa.Table, one: Flag) -> list[Any]:
    """Return the rows of a flag's interaction, from their number on."""
    rows = connection.execute(
        sa.select(table)
        .where(table.c.result_id == one.result, table.c.interaction == one.interaction)
        .order_by(table.c.number)
    )
    return [values[2:] for values in rows]


def _made_by(connection: sa.Connection, result: int | None) -> MadeBy | None:
    row = connection.execute(
        sa.select(tables.versions)
        .join(tables.results, _results.versions_id == tables.versions.c.id)
        .where(_results.id == result)
    ).one_or_none()
    return None if row is None else reading.made_by(row)


def _comments(connection: sa.Connection, flag: int) -> Iterator[Comment]:
    own = tables.comments.c
    rows = connection.execute(
        sa.select(own.account_id, own.text, own.at).where(own.flag_id == flag).order_by(own.id)
    )
    return (Comment(*row) for row in rows)


def corrections(connection: sa.Connection, recording: int) -> Iterator[Correction]:
    """Yield the last of each utterance, what it says and who says it taken together."""
    own = tables.corrections.c
    rows = connection.execute(
        sa.select(own.utterance, own.heard, own.role, own.account_id)
        .where(own.recording_id == recording)
        .order_by(own.id)
    )
    last: dict[int, Correction] = {}
    for utterance, heard, role, by in rows:
        before = last.get(utterance)
        last[utterance] = Correction(
            utterance,
            heard if heard is not None or before is None else before.heard,
            role if role is not None or before is None else before.role,
            by,
        )
    return iter(last.values())
