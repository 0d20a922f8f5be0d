"""A desk with something to review, and browsers in which somebody is signed in already."""

import functools
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, get_args

import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from stored import RUDE, keep_sound, keep_transcripts, people

from courtesy.config import ReviewOptions
from courtesy.lists.shelf import Shelf
from courtesy.pipeline import Pipeline
from courtesy.review.access import COOKIE
from courtesy.review.app import make_app
from courtesy.review.passwords import digest
from courtesy.reviews import Role
from courtesy.store import Database, accounts, tables
from courtesy.store.accounts import Account
from courtesy.store.flagging import catch_up
from courtesy.store.opening import open_database

PASSWORD = "correct horse battery"
SITE = "http://testserver"
HERE = {"origin": SITE, "sec-fetch-site": "same-origin"}
ROLES: tuple[Role, ...] = get_args(Role)
Browse = Callable[[str], TestClient]

_digest = functools.cache(digest)  # made to be slow


@dataclass
class Desk:
    """An application over a store of its own.

    Attributes:
        store: what it shows.
        app: the application.
        staff: an account of each role, by the role's name; the clerk is in the recordings.
    """

    store: Database
    app: FastAPI
    staff: dict[str, Account]
    _open: list[TestClient] = field(default_factory=list)

    def browser(self, role: str = "", **more: Any) -> TestClient:
        """Give a browser in which somebody of a role is signed in; "" is nobody."""
        client = TestClient(self.app, base_url=SITE, headers=HERE, **more)
        self._open.append(client)
        if role:
            client.cookies.set(COOKIE, self.token(role))
        return client

    def token(self, role: str) -> str:
        """Begin a session, without a password."""
        with self.store.writing() as connection:
            return accounts.begin_session(connection, self.staff[role], time.time())

    def flag(self, *conditions: sa.ColumnElement[bool]) -> int:
        """Return the first flag that waits and fulfils some conditions."""
        with self.store.reading() as connection:
            own = tables.flags.c
            wanted = sa.select(own.id).where(own.state == "waiting", *conditions).order_by(own.id)
            found = connection.scalars(wanted).first()
        assert isinstance(found, int)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._open:
            client.close()
        self.store.close()


def make_store(file: Path, make_pipeline: Callable[..., Pipeline]) -> None:
    """Make a store: transcripts and sound that are flagged, and an account of each role."""
    with open_database(str(file)) as database:
        keep_transcripts(database, make_pipeline())
        keep_sound(database, make_pipeline, "shuiwu-poor")
        kept = _digest(PASSWORD)
        with database.writing() as connection:
            for role in ROLES:
                accounts.add(connection, role, kept, role, clerk=RUDE if role == "clerk" else "")
        catch_up(database, 0.0)


def desk_of(kept: Path, folder: Path, shelf: Shelf | None = None, **options: Any) -> Desk:
    """Give a desk over a copy of a store."""
    file = folder / "desk.sqlite3"
    shutil.copy(kept, file)
    return desk_over(open_database(str(file)), shelf, **options)


def desk_over(database: Database, shelf: Shelf | None = None, **options: Any) -> Desk:
    """Give a desk over a store."""
    with database.reading() as connection:
        staff = {one.name: one for one in accounts.everybody(connection)}
    app = make_app(database, ReviewOptions(twice=0.0, **options), shelf=shelf)
    return Desk(database, app, staff)


def staff_of(database: Database) -> dict[str, Account]:
    """Make people of every role who may sign in; by their names."""
    found = people(database)
    with database.writing() as connection:
        for role in ("administrator", "trainer"):
            found[role] = accounts.add(connection, role, "-", role)
        for one in found.values():
            accounts.change(connection, one, password=_digest(PASSWORD))
    return found


@contextmanager
def opened(store: Database, **options: Any) -> Iterator[Browse]:
    """Give a browser in which somebody has signed in; "" is nobody."""
    app = make_app(store, ReviewOptions(twice=0.0, attempts=3, **options))
    with ExitStack() as open_ones:

        def browser(name: str) -> TestClient:
            client = TestClient(app, base_url=SITE, headers=HERE)
            open_ones.callback(client.close)
            if name:
                found = client.post("/api/session", json={"name": name, "password": PASSWORD})
                assert found.status_code == 200, found.text
            return client

        yield browser


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve an application on a port of its own; give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def refused(answer: Any, status: int, kind: str) -> str:
    """Return the sentence of a refusal, whose shape is always the same."""
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"error"}
    assert set(answer.json()["error"]) == {"kind", "message"}
    assert answer.json()["error"]["kind"] == kind
    message: str = answer.json()["error"]["message"]
    return message
