"""How a database is found, made where there is none, and looked at before it is used."""

import time
import uuid
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event, exc

from courtesy import folders
from courtesy.errors import StoreError, UsageError
from courtesy.messages import Text
from courtesy.records import Seconds
from courtesy.store import inserting, migrate
from courtesy.store.complaints import BUSY
from courtesy.store.database import WRITES, Database

FILE: Final = "courtesy.sqlite3"
# How long a process waits for another one that makes the tables at the same moment, in seconds.
_MAKING: Final = 15.0


def open_database(
    url: str | None = None, *, make: bool = True, busy: Seconds | None = None
) -> Database:
    """Open a database whose tables are up to date; a new one is made where there is none.

    Args:
        url: as SQLAlchemy has it, or the path of a SQLite file; None is the user's own file.
        make: whether a new one may be made.
        busy: how long SQLite waits for another process to finish writing, seconds; None is long.

    Raises:
        UsageError: the URL makes no sense, or the driver it needs is not installed.
        StoreError: it cannot be used, or its tables are of another version.
    """
    database = find_database(url, make=make, busy=busy)
    try:
        _bring_up(database)
    except StoreError:
        database.close()
        raise
    return database


def _bring_up(database: Database) -> None:
    now = database.revision()
    if now is None:
        _make_tables(database)
    elif now != migrate.newest():
        known = now in migrate.revisions()
        todo = (
            Text("请先备份，再运行 courtesy db upgrade", "Back it up, then run courtesy db upgrade")
            if known
            else Text("请升级 courtesy", "Install a newer courtesy")
        )
        raise StoreError(
            Text(
                f"数据库 {database.url} 的版本是 {now}，本程序要 {migrate.newest()}。{todo.zh}。",
                f"The database {database.url} is of version {now}, this program needs "
                f"{migrate.newest()}. {todo.en}.",
            )
        )


def find_database(
    url: str | None = None, *, make: bool = False, busy: Seconds | None = None
) -> Database:
    """Return a database whatever the version of its tables; it has none where it is to be made.

    Args:
        url: as `open_database` takes it.
        make: whether it may be missing, or be without tables.
        busy: as `open_database` takes it.

    Raises:
        UsageError: the URL makes no sense, or the driver it needs is not installed.
        StoreError: it is missing, cannot be used, or is another program's.
    """
    database = Database(_engine(url, busy))
    try:
        _look_at(database, make=make)
    except StoreError:
        database.close()
        raise
    return database


def _look_at(database: Database, *, make: bool) -> None:
    file = database.file
    if file is not None and not file.exists():
        if not make:
            raise _nothing(str(file))
        _make_file(file)
    if database.revision() is None:
        if not make:
            raise _nothing(database.url)
        if file is not None and set(database.tables()) - {migrate.VERSIONS}:
            raise StoreError(
                Text(
                    f"{file} 是别的程序的数据库。请用 --db 换一个位置。",
                    f"{file} is the database of another program. Name another place with --db.",
                )
            )


def _nothing(where: str) -> StoreError:
    return StoreError(
        Text(
            f"没有数据库 {where}。请先用 courtesy batch run 评分，或用 --db 指明位置。",
            f"There is no database {where}. Score with courtesy batch run first, or name "
            "another with --db.",
        )
    )


def _make_tables(database: Database) -> None:
    """Make the tables, unless another process makes them at the same moment."""
    until = time.monotonic() + _MAKING
    while True:
        try:
            # First, or one that is killed between the two leaves it off for good.
            database.write_ahead()
            database.upgrade()
        except StoreError as error:
            if database.revision() == migrate.newest():
                return
            if time.monotonic() > until or not (error.passing or database.tables()):
                raise
            time.sleep(0.2)
        else:
            return


def default_file() -> Path:
    """Return where the user's own database is kept."""
    return folders.data_dir() / FILE


def _engine(url: str | None, busy: Seconds | None) -> sa.Engine:
    named = url or str(default_file())
    try:
        where = sa.make_url(named if "://" in named else f"sqlite:///{Path(named).absolute()}")
        if where.get_backend_name() not in {"sqlite", "postgresql"}:
            raise exc.ArgumentError(where.get_backend_name())
        engine = sa.create_engine(
            where,
            connect_args=(
                {"timeout": BUSY if busy is None else busy, "check_same_thread": False}
                if where.get_backend_name() == "sqlite"
                else {"application_name": f"courtesy-{uuid.uuid4().hex[:8]}"}
            ),
            pool_pre_ping=True,
        )
    except (exc.ArgumentError, exc.NoSuchModuleError, ImportError) as error:
        raise UsageError(
            Text(
                f"--db {named} 用不了（{error}）。应为 SQLite 文件的路径，或 "
                "postgresql+psycopg://用户@主机/库名（需要 pip install 'courtesy[postgres]'）。",
                f"--db {named} cannot be used ({error}). It must be the path of a SQLite file, or "
                "postgresql+psycopg://user@host/name (pip install 'courtesy[postgres]').",
            )
        ) from error
    inserting.prepare(engine)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _record: object) -> None:
    """Set up a new connection to SQLite: transactions are ours to begin, keys are checked."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")  # what was said to be kept outlasts a power cut
    cursor.execute("PRAGMA cache_size = -65536")
    cursor.execute("PRAGMA secure_delete = ON")  # what people said is not left in free pages
    cursor.close()


def _on_begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _make_file(file: Path) -> None:
    """Make an empty file that others cannot read: it will hold what people said."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
    except OSError as error:
        raise StoreError(
            Text(
                f"建不了数据库 {file}：{error.strerror}。请检查权限，或用 --db 换一处。",
                f"The database {file} cannot be made: {error.strerror}. Check the permissions, or "
                "name another place with --db.",
            )
        ) from error
