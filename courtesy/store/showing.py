"""All that is kept about a flag, for one who is to decide about it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from courtesy.messages import Text
from courtesy.records import Clip, Finding, MadeBy, Match, Role, Seconds, Utterance
from courtesy.reviews import standing
from courtesy.store import accounts, reading, tables
from courtesy.store.clips import clips_of
from courtesy.store.histories import History, histories
from courtesy.store.purging import wordless
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
        at: UTC.
    """

    utterance: int
    heard: str | None
    role: Role | None
    by: int
    at: datetime


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
        changes: all corrections of this interaction, in their order.
        second_looks: who has decided about each flag of the recording that is to be looked at by a
            second one.
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
    changes: tuple[Correction, ...]
    second_looks: tuple[frozenset[int], ...]
    names: dict[int, str]

    def corrections(self, by: int | None = None) -> dict[int, Correction]:
        """Return the last correction of each utterance: anybody's, or one account's."""
        known = (one for one in self.changes if by is None or one.by == by)
        return {one.utterance: one for one in _last_of_each(known)}

    def said_now(self) -> Iterator[Utterance]:
        """Yield the utterances as people have corrected them."""
        better = self.corrections()
        for said in self.utterances:
            one = better.get(said.id)
            if one is None:
                yield said
            else:
                heard = said.heard if one.heard is None else one.heard
                yield replace(said, heard=heard, role=one.role or said.role)


def case(connection: sa.Connection, one: Flag) -> Case:
    """Return all that is kept about a flag."""
    recording = connection.execute(
        sa.select(_recordings.path, _recordings.duration).where(_recordings.id == one.recording)
    ).one()
    row = interaction(connection, one.result, one.interaction)
    findings = rows_of(connection, tables.findings, one.result, one.interaction)
    said_there = rows_of(connection, tables.matches, one.result, one.interaction)
    history = histories(connection, [one.id])[one.id]
    comments = tuple(_comments(connection, one.id))
    changes = tuple(_changes(connection, one.recording))
    utterances = tuple(said(connection, one.recording, row))
    people = {d.by for d in history.decisions} | {c.by for c in comments}
    people |= {c.by for c in changes}
    if history.appeal:
        people |= {history.appeal.by, *([history.appeal.judge] if history.appeal.judge else [])}
    return Case(
        flag=one,
        path=recording.path,
        duration=recording.duration,
        clips=clips_of(connection, one.recording),
        utterances=utterances,
        matches=tuple(map(reading.match, said_there)),
        finding=next(
            (reading.finding(values) for values in findings if values[0] == one.finding), None
        ),
        score=row.score if row else None,
        grade=reading.both(row.grade_zh, row.grade_en) if row else None,
        made_by=made_by(connection, one.result),
        history=history,
        comments=comments,
        changes=tuple(c for c in changes if c.utterance in {one.id for one in utterances}),
        second_looks=second_looks(connection, one.recording),
        names=accounts.names(connection, sorted(people)),
    )


def interaction(connection: sa.Connection, result: int | None, number: int | None) -> Any:
    """Return the row of an interaction; None where there is none."""
    return connection.execute(
        sa.select(tables.interactions).where(
            _interactions.result_id == result, _interactions.number == number
        )
    ).one_or_none()


def said(connection: sa.Connection, recording: int, row: Any) -> Iterator[Utterance]:
    """Yield the utterances of an interaction's row; none where there is no row."""
    if row is None or row.first is None:
        return
    own = set(row.details["utterances"])
    rows = connection.execute(
        sa.select(tables.utterances)
        .where(
            _utterances.recording_id == recording,
            _utterances.number.between(row.first, row.last),
        )
        .order_by(_utterances.number)
    )
    yield from (reading.utterance(one) for one in rows if one.number in own)


def said_between(
    connection: sa.Connection, recording: int, start: Seconds, end: Seconds
) -> tuple[Utterance, ...] | None:
    """Return what anybody said in a stretch of a recording; None where its words are gone."""
    if connection.scalar(sa.select(_recordings.id).where(_recordings.id == recording, wordless())):
        return None
    rows = connection.execute(
        sa.select(tables.utterances)
        .where(
            _utterances.recording_id == recording, _utterances.start < end, _utterances.end > start
        )
        .order_by(_utterances.number)
    )
    return tuple(map(reading.utterance, rows))


def rows_of(
    connection: sa.Connection, table: sa.Table, result: int | None, number: int | None
) -> list[Any]:
    """Return the rows of an interaction's findings or matches, from their number on."""
    rows = connection.execute(
        sa.select(table)
        .where(table.c.result_id == result, table.c.interaction == number)
        .order_by(table.c.number)
    )
    return [values[2:] for values in rows]


def made_by(connection: sa.Connection, result: int | None) -> MadeBy | None:
    """Return the versions that made a result; None where there is none."""
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


def second_looks(connection: sa.Connection, recording: int) -> tuple[frozenset[int], ...]:
    """Return who has decided about each flag of a recording that waits for its second look."""
    own = tables.flags.c
    wanted = sa.select(own.id).where(own.recording_id == recording, own.state == "second")
    found = histories(connection, list(connection.scalars(wanted)))
    return tuple(
        frozenset(decision.by for decision in standing(past.decisions)) for past in found.values()
    )


def corrections(connection: sa.Connection, recording: int) -> Iterator[Correction]:
    """Yield the last of each utterance, what it says and who says it taken together."""
    return _last_of_each(_changes(connection, recording))


def _changes(connection: sa.Connection, recording: int) -> Iterator[Correction]:
    """Yield all corrections of a recording, in their order."""
    own = tables.corrections.c
    rows = connection.execute(
        sa.select(own.utterance, own.heard, own.role, own.account_id, own.at)
        .where(own.recording_id == recording)
        .order_by(own.id)
    )
    return (Correction(*row) for row in rows)


def _last_of_each(changes: Iterable[Correction]) -> Iterator[Correction]:
    """Yield the last of each utterance, what it says and who says it taken together."""
    last: dict[int, Correction] = {}
    for one in changes:
        before = last.get(one.utterance)
        last[one.utterance] = (
            one
            if before is None
            else replace(
                one,
                heard=before.heard if one.heard is None else one.heard,
                role=before.role if one.role is None else one.role,
            )
        )
    return iter(last.values())
