"""A database, and the connections to it; `opening` makes it.

SQLite needs no set-up; PostgreSQL is for several machines. But for these two modules, this room is
the same for both.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import sqlalchemy as sa
from sqlalchemy import exc

from courtesy.errors import StoreError
from courtesy.store import migrate
from courtesy.store.complaints import is_passing, sentence

# Marks a connection that will write, so that its transactions begin by saying so.
WRITES = "courtesy_writes"


class Database:
    """One database, and the connections to it.

    Attributes:
        url: where it is, without the password.
        address: where it is, to open it with from another process.
    """

    def __init__(self, engine: sa.Engine) -> None:
        """Take an engine; `opening` makes one."""
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
        if not self.on_sqlite or not name or name == ":memory:":
            return None
        return Path(name.removeprefix("file:"))  # SQLite's own URLs begin so

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one state of the data from beginning to end.

        Raises:
            StoreError: the database cannot be used.
        """
        engine = self._engine
        if not self.on_sqlite:  # PostgreSQL would show each statement what is new since the last
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with self._said(), engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a connection on which all is kept together, or nothing when the block fails.

        Raises:
            StoreError: the database cannot be used.
        """
        # Told before it begins, or SQLite could refuse a transaction that begins by reading.
        writes = self._engine.execution_options(**{WRITES: True})
        with self._said(), writes.begin() as connection:
            yield connection

    def upgrade(self) -> tuple[str | None, str]:
        """Bring the tables up to date.

        Returns:
            the revision before, None for a new database, and the one after.

        Raises:
            StoreError: it was made by a later version, or cannot be used.
        """
        writes = self._engine.execution_options(**{WRITES: True})
        with self._said(), writes.connect() as connection:
            return migrate.upgrade(connection)

    def write_ahead(self) -> None:
        """Let one process write while others read (SQLite's WAL); the file remembers it."""
        if self.on_sqlite:
            with self.driver() as connection:
                connection.execute("PRAGMA journal_mode = WAL")

    @contextmanager
    def driver(self) -> Iterator[sqlite3.Connection]:
        """Give SQLite's own connection, for what can be done outside of transactions only.

        Raises:
            StoreError: the database cannot be used.
        """
        with self._said(), self._engine.connect() as connection:
            connection.rollback()
            own = connection.connection.driver_connection
            assert isinstance(own, sqlite3.Connection)
            try:
                yield own
            except sqlite3.Error as error:
                raise StoreError(sentence(self.url, error), passing=is_passing(error)) from error

    def revision(self) -> str | None:
        """Return the revision of its tables; None where there are none yet.

        Raises:
            StoreError: the database cannot be used.
        """
        with self._said(), self._engine.connect() as connection:
            return migrate.current(connection)

    def tables(self) -> list[str]:
        """Return the names of its tables, whoever made them.

        Raises:
            StoreError: the database cannot be used.
        """
        with self._said(), self._engine.connect() as connection:
            return sa.inspect(connection).get_table_names()

    def __enter__(self) -> Self:
        """Return it; leaving the block closes all connections."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except exc.DBAPIError as error:
            broken = error.connection_invalidated or isinstance(error, exc.OperationalError)
            # Where it is no IntegrityError: then somebody else has just kept the same.
            passing = isinstance(error, exc.IntegrityError) or is_passing(error.orig, broken=broken)
            raise StoreError(
                sentence(self.url, error.orig, broken=broken), passing=passing
            ) from error
