"""The database: opened, brought up to date, and its errors said in one sentence each.

SQLite needs no set-up; PostgreSQL is for several machines. Everything else in this room is the same
for both.
"""

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc

from courtesy import folders
from courtesy.errors import StoreError, UsageError
from courtesy.messages import Text
from courtesy.store import migrate

FILE = "courtesy.sqlite3"
# How long SQLite waits for another process to finish writing, in seconds.
_BUSY = 60.0
_WRITES = "courtesy_writes"
_SQLITE: dict[int, Text] = {
    sqlite3.SQLITE_FULL: Text(
        "磁盘已满，已有的数据没有动；请腾出空间再试",
        "the disk is full and what was in it is untouched; make room and try again",
    ),
    sqlite3.SQLITE_READONLY: Text(
        "只能读，不能写；请检查文件和所在文件夹的权限",
        "it can be read and not written; check the permissions of the file and its folder",
    ),
    sqlite3.SQLITE_CANTOPEN: Text(
        "打不开；请检查路径和权限", "it cannot be opened; check the path and its permissions"
    ),
    sqlite3.SQLITE_BUSY: Text(
        f"另一个程序占用了 {_BUSY:.0f} 秒以上；请等它结束再试",
        f"another program has held it for more than {_BUSY:.0f} s; try again after it",
    ),
    sqlite3.SQLITE_NOTADB: Text(
        "不是数据库；请换一个路径，或从备份恢复",
        "it is no database; name another path, or restore a backup",
    ),
    sqlite3.SQLITE_CORRUPT: Text(
        "已损坏；请从备份恢复（courtesy db backup）",
        "it is damaged; restore a backup (courtesy db backup)",
    ),
    sqlite3.SQLITE_IOERR: Text(
        "磁盘读写出错；请检查磁盘或网络连接",
        "the disk failed to read or write; check the disk or the network",
    ),
}


class Database:
    """One database, and the connections to it.

    Attributes:
        url: where it is, without the password.
        address: where it is, to open it with from another process.
    """

    def __init__(self, engine: sa.Engine) -> None:
        """Take an engine; `open_database` makes one."""
        self._engine = engine
        self.url = engine.url.render_as_string(hide_password=True)
        self.address = engine.url.render_as_string(hide_password=False)

    @property
    def on_sqlite(self) -> bool:
        """Whether it is a file of SQLite's."""
        return self._engine.dialect.name == "sqlite"

    @property
    def file(self) -> Path | None:
        """The file, where it is one."""
        name = self._engine.url.database
        return Path(name) if self.on_sqlite and name else None

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one state of the data from beginning to end.

        Raises:
            StoreError: the database cannot be used.
        """
        with self._said(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a connection on which all is kept together, or nothing when the block fails.

        Raises:
            StoreError: the database cannot be used.
        """
        # Told before it begins, or SQLite could refuse a transaction that begins by reading.
        writes = self._engine.execution_options(**{_WRITES: True})
        with self._said(), writes.begin() as connection:
            yield connection

    def upgrade(self) -> tuple[str | None, str]:
        """Bring the tables up to date.

        Returns:
            the revision before, None for a new database, and the one after.

        Raises:
            StoreError: it was made by a later version, or cannot be used.
        """
        with self._said(), self._engine.connect() as connection:
            return migrate.upgrade(connection)

    def write_ahead(self) -> None:
        """Let one process write while others read (SQLite's WAL); the file remembers it."""
        if self.on_sqlite:
            with self._said(), self._engine.connect() as connection:
                connection.rollback()
                connection.connection.driver_connection.execute("PRAGMA journal_mode = WAL")  # type: ignore[union-attr]

    def revision(self) -> str | None:
        """Return the revision of its tables; None where there are none yet.

        Raises:
            StoreError: the database cannot be used.
        """
        with self._said(), self._engine.connect() as connection:
            return migrate.current(connection)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except exc.DBAPIError as error:
            raise StoreError(_sentence(self.url, error), passing=_passing(error)) from error


def open_database(url: str | None = None, *, make: bool = True) -> Database:
    """Open a database whose tables are up to date; a new one is made where there is none.

    Args:
        url: as SQLAlchemy has it, or the path of a SQLite file; None is the user's own file.
        make: whether a new one may be made.

    Raises:
        UsageError: the URL makes no sense, or the driver it needs is not installed.
        StoreError: it cannot be used, or its tables are of another version.
    """
    database = Database(_engine(url))
    file = database.file
    if file is not None and not file.exists():
        if not make:
            raise StoreError(
                Text(
                    f"没有数据库 {file}。请先用 courtesy batch run 评分，或用 --db 指明位置。",
                    f"There is no database {file}. Score with courtesy batch run first, or name "
                    "another with --db.",
                )
            )
        _make_folder(file.parent)
    now = database.revision()
    if now is None:
        database.upgrade()
        database.write_ahead()
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
    return database


def default_file() -> Path:
    """Return where the user's own database is kept."""
    return folders.data_dir() / FILE


def _engine(url: str | None) -> sa.Engine:
    named = url or str(default_file())
    try:
        where = sa.make_url(named if "://" in named else f"sqlite:///{Path(named).absolute()}")
        if where.get_backend_name() not in {"sqlite", "postgresql"}:
            raise exc.ArgumentError(where.get_backend_name())
        engine = sa.create_engine(
            where,
            connect_args=(
                {"timeout": _BUSY, "check_same_thread": False}
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
    cursor.close()


def _on_begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(
            Text(
                f"建不了数据库的文件夹 {folder}：{error.strerror}。请检查权限，或用 --db 换一处。",
                f"The folder of the database {folder} cannot be made: {error.strerror}. Check the "
                "permissions, or name another place with --db.",
            )
        ) from error


def _passing(error: exc.DBAPIError) -> bool:
    if isinstance(error, exc.IntegrityError):
        return True  # somebody else has just kept the same
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR}
    return error.connection_invalidated or isinstance(error, exc.OperationalError)


def _sentence(url: str, error: exc.DBAPIError) -> Text:
    why = Text(str(error.orig), str(error.orig))
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        why = _SQLITE.get(code & 0xFF, why)
    elif error.connection_invalidated or isinstance(error, exc.OperationalError):
        first = str(error.orig).strip().splitlines()[0]
        why = Text(
            f"连接不上或断开了（{first}）；请检查数据库服务和网络",
            f"the connection failed or broke ({first}); check the server and the network",
        )
    return Text(f"数据库 {url}：{why.zh}。", f"The database {url}: {why.en}.")
