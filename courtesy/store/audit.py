"""Who did what, so that nobody can change it afterwards unseen.

Each entry holds a checksum over itself and the one before it. Whoever changes, takes out or puts in
an entry would have to write all that follow anew; who keeps the last checksum elsewhere (`courtesy
review audit verify` prints it) sees that too.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from courtesy.store import tables

_audit = tables.audit.c
FIRST: Final = "0" * 64  # what the first entry holds in place of the one before it
_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of looking at all entries.

    Attributes:
        entries: how many are as they were written, from the first on.
        last: checksum of the last of them.
        broken: the number of the first that is not; None where all are.
    """

    entries: int
    last: str
    broken: int | None


def note(
    connection: sa.Connection,
    by: str,
    action: str,
    subject: str,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write an entry, together with what it tells of.

    Args:
        connection: on which that is written; two who write at once follow one another.
        by: the account's name; "" for the command line.
        action: what was done, for example "decide".
        subject: what with, for example "flag 12".
        details: what else is worth knowing.
    """
    _lock(connection)
    before = connection.scalar(sa.select(_audit.own).order_by(_audit.id.desc()).limit(1)) or FIRST
    values = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "by": tables.fit(by) or "",
        "action": action,
        "subject": tables.fit(subject) or "",
        "details": tables.fit(json.dumps(details or {}, ensure_ascii=False, sort_keys=True)) or "",
    }
    connection.execute(
        sa.insert(tables.audit).values(**values, before=before, own=_checksum(values, before))
    )


def verify(connection: sa.Connection) -> Verified:
    """Look at every entry."""
    count, before, last = 0, FIRST, 0
    names = ("at", "by", "action", "subject", "details")
    while True:
        some = connection.execute(
            sa.select(tables.audit).where(_audit.id > last).order_by(_audit.id).limit(_AT_ONCE)
        ).all()
        for row in some:
            values = {name: row._mapping[name] for name in names}
            if row.before != before or row.own != _checksum(values, before):
                return Verified(count, before, row.id)
            count, before, last = count + 1, row.own, row.id
        if len(some) < _AT_ONCE:
            return Verified(count, before, None)


def _checksum(values: Mapping[str, str], before: str) -> str:
    # As JSON, or two fields could give what two others give.
    text = json.dumps([before, *(values[name] for name in sorted(values))], ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _lock(connection: sa.Connection) -> None:
    """Let nobody else write an entry until this one is kept; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE"))
