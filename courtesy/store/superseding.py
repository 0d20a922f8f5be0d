"""What was judged live at a counter, and its recording, which takes its place.

The live results stay beside those that count, as earlier results of a recording do; they are
interactions of recordings of which no result counts.
"""

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from courtesy.records import Clip, MadeBy, Recording
from courtesy.store import again, tables
from courtesy.store.saving import Origin, keep

_recordings, _results, _clips = tables.recordings.c, tables.results.c, tables.clips.c


@dataclass(frozen=True, slots=True)
class Day:
    """A live session whose whole sound is in a file.

    Attributes:
        path: of the file.
        content: by which the store knows the session.
        began: local time.
        hall: its name; empty where it is not known, as the next two.
        window: number or name.
        clerk: name or number.
    """

    path: str
    content: str
    began: datetime | None
    hall: str = ""
    window: str = ""
    clerk: str = ""


def unclosed(connection: sa.Connection) -> tuple[Day, ...]:
    """Return sessions of this machine whose files are yet to be scored, as after a power cut."""
    names = ("content", "began", "hall", "window", "clerk")
    rows = connection.execute(
        sa.select(_clips.path, *(_recordings[name] for name in names))
        .select_from(tables.clips.join(tables.recordings))
        .where(_clips.start.is_(None), _clips.host == platform.node(), tables.counting(), _alone())
        .order_by(_recordings.id)
    )
    return tuple(day for row in rows if Path((day := Day(*row)).path).is_file())


def give_up(connection: sa.Connection, day: Day) -> None:
    """Note that a file does not hold all of its session; it goes on being purged with it.

    Args:
        connection: to write on.
        day: the session.
    """
    whole = (_clips.path == day.path, _clips.start.is_(None))
    connection.execute(sa.update(tables.clips).where(*whole).values(start=0.0))


def live(connection: sa.Connection, content: str) -> Iterator[again.Judged]:
    """Yield what counts of a live session, an interaction each, in their order."""
    numbers = connection.scalars(
        sa.select(_recordings.id).where(_recordings.content == content).order_by(_recordings.part)
    )
    for number in list(numbers):
        one = again.judged(connection, number)
        if one is not None:
            yield one


def supersede(
    connection: sa.Connection, day: Day, content: str, after: Recording, made_by: MadeBy
) -> int:
    """Let a recording count in place of the live session that it is the sound of.

    Args:
        connection: on which all of it is written: until then the live results count.
        day: the session.
        content: checksum of its file.
        after: what was made of it.
        made_by: the versions.

    Returns:
        how many results no longer count.
    """
    # The file goes when its own recording is purged.
    whole = (_clips.path == day.path, _clips.start.is_(None))
    connection.execute(sa.delete(tables.clips).where(*whole))
    origin = Origin(content, day.path, day.hall, day.window, day.clerk)
    keep(connection, origin, [after], made_by, [Clip(day.path)])
    session = sa.select(_recordings.id).where(_recordings.content == day.content)
    old = sa.update(tables.results).where(_results.recording_id.in_(session), _results.current)
    return connection.execute(old.values(current=False)).rowcount


def _alone() -> sa.ColumnElement[bool]:
    """Return the condition that a recording is an interaction that was judged live."""
    return sa.cast(_recordings.details, sa.Text).contains('"alone": true')
