"""What is left of what was deleted: looked for in the database's own files, byte by byte."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from courtesy.errors import StoreError, reason
from courtesy.messages import Text
from courtesy.store import tables
from courtesy.store.database import Database
from courtesy.store.purging import Step, concerned

_MOST: Final = 50  # sentences that are looked for
# Characters of one: shorter ones are said again and again, longer ones may be spread over pages.
_SHORTEST, _LONGEST = 8, 40
_AT_ONCE: Final = 1 << 24  # bytes
_said, _recordings = tables.utterances.c, tables.recordings.c


@dataclass(frozen=True, slots=True)
class Searched:
    """What became of looking for sentences that were deleted.

    Attributes:
        sentences: how many were looked for.
        left: how many are still there.
        files: in which they were looked for, by name.
    """

    sentences: int
    left: int
    files: tuple[str, ...]


def sentences(connection: sa.Connection, step: Step) -> tuple[str, ...]:
    """Return some of the longest sentences that a purge will take and that nothing else holds.

    Args:
        connection: to read from, before the purge.
        step: as `purge` takes it.
    """
    if step.kind == "sound":
        return ()
    spoken = tables.utterances.join(tables.recordings)
    going = concerned(step)
    found = connection.scalars(
        sa.select(_said.heard)
        .select_from(spoken)
        .where(going, sa.func.length(_said.heard) >= _SHORTEST)
        .group_by(_said.heard)
        .order_by(sa.func.length(_said.heard).desc())
        .limit(2 * _MOST)
    ).all()
    staying = set(
        connection.scalars(
            sa.select(_said.heard).select_from(spoken).where(_said.heard.in_(found), sa.not_(going))
        )
    )
    return tuple(one for one in found if one not in staying)[:_MOST]


def search(database: Database, sought: Iterable[str]) -> Searched | None:
    """Look for sentences in the files of a database: its pages, free ones too, and its log.

    Args:
        database: on SQLite; a server's files are not ours to read, and None is returned.
        sought: as `sentences` gave them before the purge.

    Raises:
        StoreError: the files cannot be read.
    """
    file = database.file
    if file is None:
        return None
    wanted = {one[:_LONGEST].encode() for one in sought}
    there = [
        part
        for ending in ("", "-wal", "-journal")
        if (part := file.with_name(f"{file.name}{ending}")).exists()
    ]
    left = set[bytes]()
    for part in there:
        left |= _left_in(part, wanted - left)
    return Searched(len(wanted), len(left), tuple(part.name for part in there))


def _left_in(file: Path, sought: set[bytes]) -> set[bytes]:
    found = set[bytes]()
    reach = max(map(len, sought), default=1) - 1
    try:
        with file.open("rb") as source:
            before = b""
            while block := source.read(_AT_ONCE):
                whole = before + block
                found |= {one for one in sought - found if one in whole}
                before = whole[-reach:] if reach else b""
    except OSError as error:
        why = reason(error)
        raise StoreError(
            Text(
                f"读不了 {file}：{why.zh}，看不出是否清除干净。",
                f"{file} cannot be read: {why.en}; whether all is gone cannot be told.",
            )
        ) from error
    return found
