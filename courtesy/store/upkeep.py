"""A copy of a database while others write to it, and what was taken out of it really gone."""

import contextlib
import itertools
import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from courtesy.errors import OutputError, StoreError, UsageError, reason
from courtesy.messages import Text
from courtesy.store.complaints import sentence
from courtesy.store.database import Database

_READERS: Final = 3000  # milliseconds for others to end what they read
_PAGES: Final = 4096  # copied before the next look at the clock and at Ctrl-C


def back_up(
    database: Database, target: Path, progress: Callable[[float], object] | None = None
) -> None:
    """Copy a SQLite database, as it is at one moment, while others may write to it.

    Args:
        database: which.
        target: a file that is not there yet.
        progress: told what share is copied, 0 to 1.

    Raises:
        UsageError: it is on PostgreSQL, which has a program of its own for that.
        OutputError: the target is there already, or cannot be written; nothing is left there.
        StoreError: the database cannot be read.
    """
    if not database.on_sqlite:
        raise UsageError(
            Text(
                f"PostgreSQL 数据库请用它自带的程序备份：pg_dump {_plain_url(database)}。",
                "PostgreSQL brings its own program for backups: run "
                f"pg_dump {_plain_url(database)}.",
            )
        )
    with _beside(target) as temporary, database.driver() as source:
        # The state of this moment, however long the copying takes.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        try:
            _copy(source, temporary, target, progress)
        finally:
            source.execute("ROLLBACK")


def free_name(file: Path, word: str) -> Path:
    """Return a name beside a file that is not taken: with a word and the time in it."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for number in itertools.count(1):
        more = f"-{number}" if number > 1 else ""
        name = file.with_name(f"{file.stem}-{word}-{stamp}{more}{file.suffix}")
        if not name.exists():
            break
    return name


def wipe(database: Database) -> bool:
    """Write a SQLite database anew, so that nothing of what was deleted is left in its file.

    Returns:
        whether that is so; others may still be reading what was there before, and PostgreSQL
        overwrites it in its own time.

    Raises:
        StoreError: it cannot be done, such as when another program writes all the time.
    """
    if not database.on_sqlite:
        return False
    with database.driver() as connection:
        connection.execute("VACUUM")
        # Who reads may do so for hours; that is said and not waited for.
        connection.execute(f"PRAGMA busy_timeout = {_READERS}")
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy


def _plain_url(database: Database) -> str:
    """Return a URL without a driver's name, as PostgreSQL's own programs take it."""
    where = sa.make_url(database.url).set(drivername="postgresql", password=None)
    return where.render_as_string()


def _copy(
    source: sqlite3.Connection,
    temporary: Path,
    target: Path,
    progress: Callable[[float], object] | None,
) -> None:
    def told(_status: int, left: int, pages: int) -> None:
        if progress and pages:
            progress(1 - left / pages)

    try:
        with closing(sqlite3.connect(temporary)) as copy:
            source.backup(copy, pages=_PAGES, progress=told)
            (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise OutputError(sentence(target, error)) from error
    if found != "ok":
        raise StoreError(
            Text(
                f"数据库已损坏（{found}），没有备份。请从以前的备份恢复。",
                f"The database is damaged ({found}) and was not backed up. Restore an earlier "
                "backup.",
            )
        )


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Give an empty file that becomes the target, unless the block fails.

    Raises:
        OutputError: the target is there already, or cannot be made.
    """
    temporary = target.absolute().parent / f".courtesy-{os.getpid()}-{secrets.token_hex(4)}.tmp"
    try:
        if target.exists():
            raise FileExistsError
        temporary.touch(mode=0o600, exist_ok=False)
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        _name(temporary, target)
    except FileExistsError as error:
        raise OutputError(
            Text(
                f"{target} 已经存在，没有覆盖。请换一个文件名。",
                f"{target} is there already and was left alone. Name another file.",
            )
        ) from error
    except OSError as error:
        why = reason(error)
        raise OutputError(
            Text(
                f"没有写成 {target}：{why.zh}。请换一个位置再试。",
                f"{target} was not written: {why.en}. Try another place.",
            )
        ) from error
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                temporary.with_name(temporary.name + ending).unlink(missing_ok=True)


def _name(temporary: Path, target: Path) -> None:
    try:
        # Unlike a rename, a link never takes the place of a file that came meanwhile.
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links, such as a memory stick's
        if target.exists():
            raise FileExistsError from None
        temporary.rename(target)
