"""Versions of lists and of the rubric: what people save, what takes effect, what was found.

Nothing is overwritten: who saves adds a version, and so does who brings an earlier one back. The
newest version is the draft, unless it is what stands in the folder.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from courtesy.errors import Overtaken, ReviewError
from courtesy.messages import Text
from courtesy.store import audit, tables
from courtesy.store.accounts import Account

_versions = tables.list_versions.c
_savers, _takers = tables.accounts.alias("savers"), tables.accounts.alias("takers")
SHOWN: Final = 200  # versions of a file that are listed


@dataclass(frozen=True, slots=True)
class Version:
    """A text that a file had, or was to have.

    Attributes:
        file: name of the file.
        number: of the file's versions, from 1.
        sha256: of the text in UTF-8.
        by: who saved it; empty where it was found in the folder.
        at: UTC.
        why: in their own words.
        restored: the version of which it is a copy.
        taken: when it took effect, UTC; None where it never did.
        taken_by: who let it take effect; empty where it was found so.
        taken_why: in their own words.
    """

    file: str
    number: int
    sha256: str
    by: str
    at: datetime
    why: str
    restored: int | None
    taken: datetime | None
    taken_by: str
    taken_why: str


def checksum(text: str) -> str:
    """Return the SHA-256 of a text, as it is kept."""
    return hashlib.sha256((tables.fit(text) or "").encode("utf-8")).hexdigest()


def history(connection: sa.Connection, file: str) -> tuple[Version, ...]:
    """Return the versions of a file, the newest first."""
    rows = connection.execute(_query(_versions.file == file).limit(SHOWN))
    return tuple(_version(row) for row in rows)


def newest(connection: sa.Connection, file: str) -> Version | None:
    """Return the newest version of a file; None where it was never edited here."""
    row = connection.execute(_query(_versions.file == file).limit(1)).one_or_none()
    return None if row is None else _version(row)


def newest_of_all(connection: sa.Connection) -> dict[str, Version]:
    """Return the newest version of every file that has one, by its name."""
    last = sa.select(_versions.file, sa.func.max(_versions.number)).group_by(_versions.file)
    rows = connection.execute(_query(sa.tuple_(_versions.file, _versions.number).in_(last)))
    return {row.file: _version(row) for row in rows}


def text_of(connection: sa.Connection, file: str, number: int) -> str | None:
    """Return the text of a version; None where there is none of that number."""
    return connection.scalar(
        sa.select(_versions.text).where(_versions.file == file, _versions.number == number)
    )


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody wants to keep.

    Attributes:
        text: of the file.
        revision: the newest version that they have seen; 0 where there was none.
        why: in their own words.
        restored: the version of which it is a copy.
    """

    text: str
    revision: int
    why: str = ""
    restored: int | None = None


def save(
    connection: sa.Connection, by: Account, file: str, edit: Edit, there: str | None
) -> Version:
    """Keep a text as the newest version of a file.

    Args:
        connection: on which it is written.
        by: who saves it.
        file: name of the file.
        edit: what they want to keep.
        there: the text that is in force; None where there is no such file yet.

    Raises:
        Overtaken: there is a newer one, or the file was changed in its folder meanwhile.
        ReviewError: it is the same text as the newest one.
    """
    last = _agree(connection, file, edit.revision, there)
    if last and last.sha256 == checksum(edit.text):
        raise ReviewError(
            Text(
                f"和第 {last.number} 版一样，没有要保存的。",
                f"It is the same as version {last.number}; there is nothing to save.",
            )
        )
    values = {"account_id": by.id, "why": edit.why, "restored": edit.restored}
    made = _add(connection, file, edit.text, (last.number if last else 0) + 1, values)
    told: dict[str, Any] = {"version": made.number, "sha256": made.sha256, "why": edit.why}
    if edit.restored is not None:
        told["restored"] = edit.restored
    audit.note(connection, by.name, "save list", file, told)
    return made


def take(
    connection: sa.Connection, by: Account, file: str, revision: int, there: str | None, why: str
) -> None:
    """Note that the newest version of a file takes effect; whoever calls writes the file.

    Raises:
        Overtaken: there is a newer one, or the file was changed in its folder meanwhile.
        ReviewError: it is in force already, or was never saved.
    """
    last = _agree(connection, file, revision, there)
    if last is None or (there is not None and last.sha256 == checksum(there)):
        raise ReviewError(
            Text("没有保存过的改动可以生效。", "There is no saved change that could take effect.")
        )
    own = sa.and_(_versions.file == file, _versions.number == last.number)
    values = {"taken": _now(), "taken_id": by.id, "taken_why": why}
    connection.execute(sa.update(tables.list_versions).where(own).values(**values))
    told = {"version": last.number, "sha256": last.sha256, "why": why}
    if there is not None:
        told["before"] = checksum(there)
    audit.note(connection, by.name, "put list in force", file, told)


def _agree(
    connection: sa.Connection, file: str, revision: int, there: str | None
) -> Version | None:
    """Return the newest version, once it is certain that it is the one somebody has seen.

    What is in force is kept as a version before anything is saved over it.
    """
    _lock(connection)
    last = newest(connection, file)
    if (last.number if last else 0) != revision:
        assert last is not None or revision
        raise _overtaken(last)
    if there is None or _in_force(connection, file) == checksum(there):
        return last
    if last is None:
        return _add(connection, file, there, 1, {"taken": _now()})
    raise Overtaken(
        Text(
            f"词库文件夹里的 {file} 在别处改过了，和这里记下的不一样。请先点“收下文件里的改动”；"
            "您写的还在。",
            f"{file} was changed in its folder, elsewhere than on this desk. Take that change in "
            "first; what you wrote is still here.",
        )
    )


def take_in(connection: sa.Connection, by: Account, file: str, there: str) -> Version:
    """Keep what was found in the folder as the newest version of a file."""
    _lock(connection)
    last = newest(connection, file)
    made = _add(connection, file, there, (last.number if last else 0) + 1, {"taken": _now()})
    told = {"version": made.number, "sha256": made.sha256}
    audit.note(connection, by.name, "take list in", file, told)
    return made


def changed_elsewhere(connection: sa.Connection, file: str, there: str | None) -> bool:
    """Tell whether what stands in the folder is not what took effect last on the desk."""
    if there is None:
        return False
    last = _in_force(connection, file)
    never = last is None and newest(connection, file) is None
    return not never and last != checksum(there)


def _in_force(connection: sa.Connection, file: str) -> str | None:
    """Return the checksum of what took effect last; None where nothing ever did."""
    return connection.scalar(
        sa.select(_versions.sha256)
        .where(_versions.file == file, _versions.taken.is_not(None))
        .order_by(_versions.taken.desc(), _versions.number.desc())
        .limit(1)
    )


def _overtaken(last: Version | None) -> Overtaken:
    if last is None:
        return Overtaken(
            Text("没有这个版本，请重新打开。", "There is no such version; open the list anew.")
        )
    who = last.by or "–"
    return Overtaken(
        Text(
            f"{who} 已存了第 {last.number} 版，您看到的不是最新的。您写的还在，没有保存。",
            f"{who} has saved version {last.number} meanwhile. What you wrote is still here and "
            "was not saved.",
        )
    )


def _add(
    connection: sa.Connection, file: str, text: str, number: int, values: dict[str, Any]
) -> Version:
    own = {"file": file, "number": number, "text": text, "sha256": checksum(text), "at": _now()}
    connection.execute(sa.insert(tables.list_versions).values(**own, **values))
    made = newest(connection, file)
    assert made is not None
    return made


def _query(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    names = [c for c in tables.list_versions.c if c.name not in {"text", "account_id", "taken_id"}]
    both = tables.list_versions.outerjoin(_savers, _savers.c.id == _versions.account_id).outerjoin(
        _takers, _takers.c.id == _versions.taken_id
    )
    return (
        sa.select(*names, _savers.c.name.label("by"), _takers.c.name.label("taken_by"))
        .select_from(both)
        .where(*conditions)
        .order_by(_versions.file, _versions.number.desc())
    )


def _version(row: Any) -> Version:
    values = {name: row._mapping[name] for name in Version.__slots__}
    times = {name: values[name] and values[name].replace(tzinfo=UTC) for name in ("at", "taken")}
    return Version(**values | times | {"by": row.by or "", "taken_by": row.taken_by or ""})


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _lock(connection: sa.Connection) -> None:
    """Let nobody else add a version until this one is kept; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE list_versions IN SHARE ROW EXCLUSIVE MODE"))
