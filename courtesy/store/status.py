"""What a database holds, in figures."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from courtesy.errors import StoreError
from courtesy.records import MadeBy
from courtesy.store import files, migrate, reading, tables
from courtesy.store.database import Database


@dataclass(frozen=True, slots=True)
class Versions:
    """Versions that made results.

    Attributes:
        made_by: the versions.
        results: how many they made.
        current: how many of these count.
    """

    made_by: MadeBy
    results: int
    current: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a database.

    Attributes:
        files: how many are in each state.
        recordings: how many were kept; what was judged live goes out when its recording comes in.
        hours: of them, together.
        utterances: what was said in them.
        interactions: of the results that count.
        results: all, those that no longer count among them.
        decisions: of people, about findings.
        first: when the earliest recording began, local time; None where no beginning is known.
        last: the same of the latest.
        versions: what made the results, those that count most often first.
    """

    files: dict[str, int]
    recordings: int
    hours: float
    utterances: int
    interactions: int
    results: int
    decisions: int
    first: datetime | None
    last: datetime | None
    versions: tuple[Versions, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """A database and the version of its tables.

    Attributes:
        url: where it is, without the password.
        revision: of its tables.
        newest: the one that this program needs.
        bytes: on disk.
        contents: None where the tables are of another version.
    """

    url: str
    revision: str
    newest: str
    bytes: int
    contents: Contents | None


def look(database: Database) -> Status:
    """Return what a database holds.

    Raises:
        StoreError: it cannot be used.
    """
    revision, newest = database.revision() or "", migrate.newest()
    contents = None
    if revision == newest:
        with database.reading() as connection:
            contents = _contents(connection)
    return Status(database.url, revision, newest, size(database), contents)


def size(database: Database) -> int:
    """Return how many bytes a database takes on disk, what is not yet written back included.

    Raises:
        StoreError: it cannot be used.
    """
    file = database.file
    if file is None:
        with database.reading() as connection:
            wanted = sa.func.pg_database_size(sa.func.current_database())
            return int(connection.scalar(sa.select(wanted)) or 0)
    parts = (file, file.with_name(f"{file.name}-wal"))
    return sum(part.stat().st_size for part in parts if part.exists())


def latest(database: Database) -> datetime | None:
    """Return when the latest interaction that is kept began, local time; None if there is none.

    Raises:
        StoreError: it cannot be used.
    """
    with database.reading() as connection:
        began: datetime | None = connection.scalar(
            sa.select(sa.func.max(tables.interactions.c.began))
        )
        return began


def is_whole(database: Database) -> bool:
    """Tell whether every page of a SQLite file can be read; a server looks after itself.

    It takes a second for some hundred megabytes.

    Raises:
        StoreError: it cannot be looked at now, such as while another program holds it.
    """
    if not database.on_sqlite:
        return True
    try:
        with database.reading() as connection:
            return connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() == "ok"
    except StoreError as error:
        if error.passing:  # locked, or away for a while: that says nothing of its pages
            raise
        return False


def _contents(connection: sa.Connection) -> Contents:
    def count(table: sa.Table) -> int:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0

    recordings, results = tables.recordings.c, tables.results.c
    seconds, first, last, many = connection.execute(
        sa.select(
            sa.func.sum(recordings.duration),
            sa.func.min(recordings.began),
            sa.func.max(recordings.began),
            sa.func.count(),
        ).where(tables.counting())
    ).one()
    said = (
        sa.select(sa.func.count())
        .select_from(tables.utterances.join(tables.recordings))
        .where(tables.counting())
    )
    current = sa.select(sa.func.count()).select_from(
        tables.interactions.join(tables.results, results.id == tables.interactions.c.result_id)
    )
    return Contents(
        files=files.counts(connection),
        recordings=many,
        hours=(seconds or 0.0) / 3600,
        utterances=connection.scalar(said) or 0,
        interactions=connection.scalar(current.where(results.current)) or 0,
        results=count(tables.results),
        decisions=count(tables.decisions),
        first=first,
        last=last,
        versions=_versions(connection),
    )


def _versions(connection: sa.Connection) -> tuple[Versions, ...]:
    results = tables.results.c
    counts = (
        sa.select(
            results.versions_id,
            sa.func.count().label("all"),
            sa.func.sum(sa.case((results.current, 1), else_=0)).label("current"),
        )
        .group_by(results.versions_id)
        .subquery()
    )
    rows = connection.execute(
        sa.select(tables.versions, counts.c["all"], counts.c["current"])
        .join(counts, counts.c.versions_id == tables.versions.c.id)
        .order_by(counts.c["current"].desc(), tables.versions.c.id.desc())
    )
    return tuple(
        Versions(reading.made_by(row), row._mapping["all"], row._mapping["current"]) for row in rows
    )
