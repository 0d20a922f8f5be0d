"""One interaction with all that was made of it."""

from dataclasses import dataclass

import sqlalchemy as sa

from courtesy.messages import Text
from courtesy.records import Clip, Finding, MadeBy, Match, Mode, Seconds, Utterance
from courtesy.reviews import State
from courtesy.store import reading, showing, tables
from courtesy.store.clips import clips_of
from courtesy.store.listing import Place
from courtesy.store.showing import Correction

_recordings, _results = tables.recordings.c, tables.results.c
_interactions, _amended, _flags = tables.interactions.c, tables.amended.c, tables.flags.c


@dataclass(frozen=True, slots=True)
class Talk:
    """An interaction.

    Attributes:
        place: where it stands among others.
        recording: its row.
        current: whether it counts; another result may have taken its place.
        path: of the recording.
        clips: sound of it that courtesy recorded itself.
        hall: name; empty where it is not known, as the next two.
        window: number or name.
        clerk: name or number.
        start: seconds from the start of the recording; None without times.
        end: likewise.
        mode: at the counter, or on the telephone.
        score: as it counts now; None where it has none.
        heard: the program's own score, before people decided about its flags; None likewise.
        grade: as it counts now; None likewise.
        note: why it has no score; None where there is nothing to say.
        utterances: none where the words are gone.
        matches: phrases that were found.
        findings: of each rule.
        flags: row and state of the flag of a finding, by the finding's place in `findings`.
        corrections: the last for each utterance.
        second_looks: who has decided about each flag of the recording that is to be looked at by a
            second one.
        made_by: the versions.
    """

    place: Place
    recording: int
    current: bool
    path: str
    clips: tuple[Clip, ...]
    hall: str
    window: str
    clerk: str
    start: Seconds | None
    end: Seconds | None
    mode: Mode
    score: float | None
    heard: float | None
    grade: Text | None
    note: Text | None
    utterances: tuple[Utterance, ...]
    matches: tuple[Match, ...]
    findings: tuple[Finding, ...]
    flags: dict[int, tuple[int, State]]
    corrections: tuple[Correction, ...]
    second_looks: tuple[frozenset[int], ...]
    made_by: MadeBy | None


def talk(connection: sa.Connection, result: int, number: int) -> Talk | None:
    """Return an interaction; None where there is none of that number."""
    row = showing.interaction(connection, result, number)
    if row is None:
        return None
    own = connection.execute(
        sa.select(tables.recordings, _results.current)
        .join(tables.results, _results.recording_id == _recordings.id)
        .where(_results.id == result)
    ).one()
    amended = connection.execute(
        sa.select(tables.amended).where(
            _amended.result_id == result, _amended.interaction == number
        )
    ).one_or_none()
    now = amended or row
    said = showing.rows_of(connection, tables.matches, result, number)
    judged = showing.rows_of(connection, tables.findings, result, number)
    return Talk(
        place=Place(row.began, result, number),
        recording=own.id,
        current=own.current,
        path=own.path,
        clips=clips_of(connection, own.id),
        hall=own.hall,
        window=own.window,
        clerk=own.clerk,
        start=row.start,
        end=row.end,
        mode=row.mode,
        score=now.score,
        heard=row.score,
        grade=reading.both(now.grade_zh, now.grade_en),
        note=reading.both(row.note_zh, row.note_en),
        utterances=tuple(showing.said(connection, own.id, row)),
        matches=tuple(map(reading.match, said)),
        findings=tuple(map(reading.finding, judged)),
        flags=_held(connection, result, number),
        corrections=tuple(showing.corrections(connection, own.id)),
        second_looks=showing.second_looks(connection, own.id),
        made_by=showing.made_by(connection, result),
    )


def _held(connection: sa.Connection, result: int, number: int) -> dict[int, tuple[int, State]]:
    rows = connection.execute(
        sa.select(_flags.finding, _flags.id, _flags.state).where(
            _flags.result_id == result, _flags.interaction == number, _flags.state != "gone"
        )
    )
    return {finding: (flag, state) for finding, flag, state in rows}
