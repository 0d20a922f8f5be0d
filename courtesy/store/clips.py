"""Sound that courtesy recorded itself: where it is, and its deletion.

What is deleted here are files, which no transaction brings back: they go first, and their rows with
the rest. One that is interrupted leaves rows whose files are gone, and can be done again.
"""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from courtesy.errors import reason
from courtesy.messages import Text
from courtesy.records import Clip
from courtesy.store import tables
from courtesy.store.inserting import insert

_clips = tables.clips.c


@dataclass(frozen=True, slots=True)
class Deleted:
    """What became of files.

    Attributes:
        files: how many were deleted; those that were gone already do not count.
        stuck: recordings' rows whose files are there and cannot be deleted.
        why: a sentence for each file that cannot be deleted.
        elsewhere: files that another machine wrote and that cannot be seen from here, with its
            name.
    """

    files: int = 0
    stuck: frozenset[int] = frozenset()
    why: tuple[Text, ...] = ()
    elsewhere: tuple[tuple[str, str], ...] = ()


def keep_clips(connection: sa.Connection, recording: int, clips: Sequence[Clip]) -> None:
    """Add sound to a recording.

    Args:
        connection: on which all of it is written.
        recording: its row.
        clips: the sound; the files may yet be to be written.
    """
    own = _clips.recording_id == recording
    last = connection.scalar(sa.select(sa.func.max(_clips.number)).where(own))
    first, host = 0 if last is None else last + 1, platform.node()
    rows = ((recording, n, c.start, c.end, c.path, host) for n, c in enumerate(clips, first))
    insert(connection, tables.clips, rows)


def clips_of(connection: sa.Connection, recording: int) -> tuple[Clip, ...]:
    """Return what sound of a recording is kept."""
    rows = connection.execute(
        sa.select(_clips.path, _clips.start, _clips.end)
        .where(_clips.recording_id == recording)
        .order_by(_clips.number)
    )
    return tuple(Clip(*row) for row in rows)


def count(connection: sa.Connection, wanted: sa.ColumnElement[bool]) -> int:
    """Return how many files some recordings have.

    Args:
        connection: to read from.
        wanted: the condition on recordings.
    """
    joined = tables.clips.join(tables.recordings)
    return connection.scalar(sa.select(sa.func.count()).select_from(joined).where(wanted)) or 0


def delete(connection: sa.Connection, wanted: sa.ColumnElement[bool]) -> Deleted:
    """Delete the files of some recordings, and their rows where the files are gone.

    Args:
        connection: on which the rows are deleted.
        wanted: the condition on recordings.
    """
    rows = connection.execute(
        sa.select(_clips.recording_id, _clips.number, _clips.path, _clips.host)
        .select_from(tables.clips.join(tables.recordings))
        .where(wanted)
    )
    files, here = 0, platform.node()
    stuck: set[int] = set()
    why: list[Text] = []
    elsewhere: list[tuple[str, str]] = []
    for recording, number, path, host in list(rows):
        try:
            Path(path).unlink()
            files += 1
        except FileNotFoundError:
            if host != here:
                elsewhere.append((host, path))
        except OSError as error:
            stuck.add(recording)
            why.append(_undeletable(path, error))
            continue
        one = (_clips.recording_id == recording, _clips.number == number)
        connection.execute(sa.delete(tables.clips).where(*one))
    return Deleted(files, frozenset(stuck), tuple(why), tuple(elsewhere))


def _undeletable(path: str, error: OSError) -> Text:
    told = reason(error)
    return Text(
        f"删不掉 {path}：{told.zh}，它所属的录音也没有删。请关掉正在用它的程序再运行一次。",
        f"{path} cannot be deleted: {told.en}, and what belongs to it was left as well. Close the "
        "program that uses it and run this again.",
    )
