"""The files of a batch: which there are, who is at which, and what became of each.

    waiting ─► working ─┬─► done
       ▲                ├─► waiting    its worker died, or it failed and is tried again
       └────────────────┴─► failed     set aside with its reason

A worker holds a file by a lease that it renews. Whoever finds a lease run out may take the file
over; should the first one come back, what it brings is there already and is dropped, since a
recording is kept once by its content.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from courtesy.messages import Text
from courtesy.records import Fault
from courtesy.store.tables import DONE, FAILED, WAITING, WORKING, files, recordings

LEASE: Final = 120.0  # seconds
ATTEMPTS: Final = 3
# A file at which the program broke off so often is what breaks it.
BREAKS: Final = 20
_MANY: Final = 500  # paths a statement names


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as it was found.

    Attributes:
        path: absolute.
        size: bytes.
        changed: time of its last change, nanoseconds.
        hall: name; empty where it is not known, as the next two.
        window: number or name.
        clerk: name or number.
        began: local time; None where it is not known.
    """

    path: str
    size: int
    changed: int
    hall: str = ""
    window: str = ""
    clerk: str = ""
    began: datetime | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A file that a worker holds.

    Attributes:
        number: its row.
        listed: as it was found.
        attempts: how often it was tried, this time included.
    """

    number: int
    listed: Listed
    attempts: int

    @property
    def path(self) -> Path:
        """Where it is."""
        return Path(self.listed.path)


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was set aside.

    Attributes:
        path: of the file.
        attempts: how often it was tried.
        fault: why.
    """

    path: str
    attempts: int
    fault: Fault


def enlist(connection: sa.Connection, found: Iterable[Listed]) -> tuple[int, int]:
    """Add files that are new; one whose size or time has changed is to be done again.

    What is known of an old file is not taken away: an empty hall leaves the one it has.

    Returns:
        how many are new, and how many have changed.
    """
    found = list(found)
    known = _known(connection, [one.path for one in found])
    fresh: list[dict[str, Any]] = []
    changed = 0
    for one in found:
        values = {name: getattr(one, name) for name in _LISTED}
        old = known.get(one.path)
        if old is None:
            fresh.append(values | {"state": WAITING, "attempts": 0, "added": _now()})
        elif (old.size, old.changed) != (one.size, one.changed):
            changed += 1
            kept = {name: value for name, value in values.items() if value not in {"", None}}
            connection.execute(sa.update(files).where(files.c.id == old.id).values(**kept, **_ANEW))
    if fresh:
        connection.execute(sa.insert(files), fresh)
    return len(fresh), changed


def _known(connection: sa.Connection, paths: Sequence[str]) -> dict[str, Any]:
    columns = (files.c.path, files.c.id, files.c.size, files.c.changed)
    found: dict[str, Any] = {}
    for start in range(0, len(paths), _MANY):
        some = sa.select(*columns).where(files.c.path.in_(paths[start : start + _MANY]))
        found |= {row.path: row for row in connection.execute(some)}
    return found


_LISTED = ("path", "size", "changed", "hall", "window", "clerk", "began")
_FREE: Final[dict[str, Any]] = {"worker": None, "lease": None}
_NO_ERROR: Final[dict[str, Any]] = {"error_kind": None, "error_zh": None, "error_en": None}
_ANEW: Final[dict[str, Any]] = {
    "state": WAITING, "attempts": 0, "content": None, **_FREE, **_NO_ERROR,
}  # fmt: skip


def is_work(connection: sa.Connection, now: float | None = None) -> bool:
    """Tell whether there is a file to take."""
    now = _clock(connection) if now is None else now
    return connection.scalar(sa.select(sa.literal(1)).where(_free(now)).limit(1)) is not None


def _free(now: float) -> sa.ColumnElement[bool]:
    held = sa.and_(files.c.state == WORKING, files.c.lease < now)
    return sa.or_(files.c.state == WAITING, held)


def claim(connection: sa.Connection, worker: str, now: float | None = None) -> Job | None:
    """Take the file that was tried least, of those the largest; None where none is free.

    Args:
        connection: that writes.
        worker: who takes it.
        now: seconds since 1970; None asks the clock that all share.
    """
    now = _clock(connection) if now is None else now
    # What failed waits for the rest. The largest first, so that no machine is left with a long one
    # at the end.
    order = (files.c.attempts, files.c.size.desc(), files.c.id)
    first = sa.select(files).where(_free(now)).order_by(*order).limit(1)
    row = connection.execute(first.with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        return None
    if row.attempts >= BREAKS:
        broke = Text(
            f"处理它时程序中断了 {row.attempts} 次",
            f"the program broke off {row.attempts} times while it was at it",
        )
        failed(connection, _job(row), Fault("broken", broke), final=True)
        return claim(connection, worker, now)
    connection.execute(
        sa.update(files)
        .where(files.c.id == row.id)
        .values(state=WORKING, worker=worker, lease=now + LEASE, attempts=row.attempts + 1)
    )
    return _job(row)


def _job(row: Any) -> Job:
    listed = Listed(**{name: getattr(row, name) for name in _LISTED})
    return Job(row.id, listed, row.attempts + 1)


def renew(connection: sa.Connection, worker: str, now: float | None = None) -> None:
    """Hold on to all that a worker has."""
    now = _clock(connection) if now is None else now
    connection.execute(
        sa.update(files)
        .where(files.c.worker == worker, files.c.state == WORKING)
        .values(lease=now + LEASE)
    )


def shorten_leases(connection: sa.Connection, now: float | None = None) -> None:
    """Let no lease reach further than from now: one that does is from before a clock went back.

    Who lives renews it long before; who is dead would hold the file until the clock is there again.
    """
    now = _clock(connection) if now is None else now
    connection.execute(
        sa.update(files)
        .where(files.c.state == WORKING, files.c.lease > now + LEASE)
        .values(lease=now + LEASE)
    )


def _clock(connection: sa.Connection) -> float:
    """Return seconds since 1970 by a clock that all workers share: their machines' may differ."""
    if connection.dialect.name == "sqlite":  # they are all on one machine
        return time.time()
    now = sa.extract("epoch", sa.func.clock_timestamp())
    return float(connection.scalar(sa.select(now)) or 0.0)


def give_back(connection: sa.Connection, worker: str, *, tried: bool) -> int:
    """Let others take what a worker holds.

    Args:
        connection: that writes.
        worker: who stops, or is dead.
        tried: whether it counts as tried: what a worker died of may be what it held.

    Returns:
        how many files that are.
    """
    held = sa.and_(files.c.worker == worker, files.c.state == WORKING)
    given = sa.update(files).where(held).values(state=WAITING, **_FREE)
    if not tried:
        given = given.values(attempts=files.c.attempts - 1)
    return connection.execute(given).rowcount


def held(connection: sa.Connection) -> set[int]:
    """Return the rows of the files that somebody is at."""
    return set(connection.scalars(sa.select(files.c.id).where(files.c.state == WORKING)))


def workers(connection: sa.Connection) -> list[str]:
    """Return who holds files."""
    held = sa.select(files.c.worker).where(files.c.state == WORKING).distinct()
    return [str(name) for name in connection.scalars(held)]


def known_content(connection: sa.Connection, content: str) -> bool:
    """Tell whether a recording with these bytes was kept before, be it that it was purged since."""
    kept = sa.exists().where(recordings.c.content == content)
    was_kept = sa.exists().where(files.c.content == content, files.c.state == DONE)
    return bool(connection.scalar(sa.select(sa.or_(kept, was_kept))))


def done(connection: sa.Connection, job: Job, content: str) -> None:
    """Note that a file's recordings are kept."""
    connection.execute(
        sa.update(files)
        .where(files.c.id == job.number)
        .values(state=DONE, content=content, **_FREE, **_NO_ERROR)
    )


def failed(connection: sa.Connection, job: Job, fault: Fault, *, final: bool = False) -> bool:
    """Note that a file failed; it is tried again unless that is final or was often enough.

    Returns:
        whether it is tried again.
    """
    final = final or job.attempts >= ATTEMPTS
    connection.execute(
        sa.update(files)
        .where(files.c.id == job.number)
        .values(
            state=FAILED if final else WAITING,
            error_kind=fault.kind,
            error_zh=fault.message.zh,
            error_en=fault.message.en,
            **_FREE,
        )
    )
    return not final


def failures(connection: sa.Connection) -> list[Failure]:
    """Return what was set aside, by path."""
    rows = connection.execute(
        sa.select(files).where(files.c.state == FAILED).order_by(files.c.path)
    )
    return [
        Failure(r.path, r.attempts, Fault(r.error_kind, Text(r.error_zh, r.error_en))) for r in rows
    ]


def try_again(
    connection: sa.Connection, paths: Sequence[str] = (), *, kind: str | None = None
) -> int:
    """Take files that were set aside up again.

    Args:
        connection: that writes.
        paths: which; empty takes all.
        kind: of the fault for which they were set aside; None takes any.

    Returns:
        how many.
    """
    wanted = sa.update(files).where(files.c.state == FAILED)
    if paths:
        wanted = wanted.where(files.c.path.in_(paths))
    if kind:
        wanted = wanted.where(files.c.error_kind == kind)
    return connection.execute(wanted.values(**_ANEW)).rowcount


def counts(connection: sa.Connection) -> dict[str, int]:
    """Return how many files are in each state."""
    rows = connection.execute(sa.select(files.c.state, sa.func.count()).group_by(files.c.state))
    return {str(state): int(count) for state, count in rows}


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
