"""Who did what, so that nobody can change it afterwards unseen.

Each entry holds a checksum over itself and the one before it. Whoever changes, takes out or puts in
an entry would have to write all that follow anew; who keeps the last checksum elsewhere (`courtesy
review audit verify` prints it) sees that too.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from courtesy.messages import Text
from courtesy.store import tables

_audit = tables.audit.c
FIRST: Final = "0" * 64  # what the first entry holds in place of the one before it
PAGE: Final = 100
_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was done.

    Attributes:
        id: its number.
        at: UTC, ISO 8601.
        by: the account's name; empty for the command line, and where nobody was signed in.
        action: what was done.
        subject: what with.
        details: what else is worth knowing, JSON.
        own: its checksum.
    """

    id: int
    at: str
    by: str
    action: str
    subject: str
    details: str
    own: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries are asked for; an empty field asks for all.

    Attributes:
        by: the account's name.
        action: what was done.
        subject: what with, in full.
        first: day, UTC.
        last: day, UTC, itself included.
    """

    by: str = ""
    action: str = ""
    subject: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of looking at all entries.

    Attributes:
        entries: how many are as they were written, from the first on.
        last: checksum of the last of them.
        broken: the number of the first that is not; None where all are.
        cut: whether a checksum that was noted earlier is among none of them any more, so that
            entries are missing at the end, or all was written anew.
    """

    entries: int
    last: str
    broken: int | None
    cut: bool = False

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, as far as can be seen."""
        return self.broken is None and not self.cut

    def told(self) -> Text:
        """Return it as a sentence."""
        if self.broken is not None:
            return Text(
                f"第 {self.broken} 条被改过，或它前面少了一条；之前的 {self.entries} 条完好。",
                f"Entry {self.broken} was changed, or one before it is missing; the "
                f"{self.entries} before are whole.",
            )
        if self.cut:
            return Text(
                f"现有的 {self.entries} 条前后相接，但记下的校验码不在其中：末尾被删过，"
                "或整个重写过。",
                f"The {self.entries} entries follow one another, but the checksum that was noted "
                "is none of theirs: the end was cut off, or all was written anew.",
            )
        return Text(
            f"{self.entries} 条，全部完好；最后的校验码 {self.last}。",
            f"{self.entries} entries, all whole; the last checksum is {self.last}.",
        )


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


def listed(connection: sa.Connection, asked: Asked, before: int | None = None) -> tuple[Entry, ...]:
    """Return one page of entries, the last ones first.

    Args:
        connection: to read from.
        asked: which.
        before: number of the last one of the page before; None for the first page.
    """
    same = {_audit.by: asked.by, _audit.action: asked.action, _audit.subject: asked.subject}
    conditions = [column == value for column, value in same.items() if value]
    if asked.first:
        conditions.append(_audit.at >= asked.first.isoformat())
    if asked.last and asked.last < date.max:
        conditions.append(_audit.at < (asked.last + timedelta(days=1)).isoformat())
    if before is not None:
        conditions.append(_audit.id < before)
    columns = [_audit[name] for name in Entry.__slots__]
    rows = connection.execute(
        sa.select(*columns).where(*conditions).order_by(_audit.id.desc()).limit(PAGE)
    )
    return tuple(Entry(*row) for row in rows)


def verify(connection: sa.Connection, noted: str = "") -> Verified:
    """Look at every entry.

    Args:
        connection: to read from.
        noted: the last checksum of an earlier time; empty where none was noted.
    """
    count, before, last, found = 0, FIRST, 0, noted in {"", FIRST}
    names = ("at", "by", "action", "subject", "details")
    while True:
        some = connection.execute(
            sa.select(tables.audit).where(_audit.id > last).order_by(_audit.id).limit(_AT_ONCE)
        ).all()
        for row in some:
            values = {name: row._mapping[name] for name in names}
            if row.before != before or row.own != _checksum(values, before):
                return Verified(count, before, row.id, not found)
            count, before, last = count + 1, row.own, row.id
            found = found or row.own == noted
        if len(some) < _AT_ONCE:
            return Verified(count, before, None, not found)


def _checksum(values: Mapping[str, str], before: str) -> str:
    # As JSON, or two fields could give what two others give.
    text = json.dumps([before, *(values[name] for name in sorted(values))], ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _lock(connection: sa.Connection) -> None:
    """Let nobody else write an entry until this one is kept; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE"))
