"""The desk without a browser: its application, and people who are signed in."""

import contextlib
import functools
from collections.abc import Callable, Iterator

from fastapi.testclient import TestClient
from stored import people

from courtesy.config import ReviewOptions
from courtesy.review.app import make_app
from courtesy.review.passwords import digest
from courtesy.store import Database, accounts
from courtesy.store.accounts import Account

PASSWORD = "correct horse battery"
SITE = "http://testserver"
HERE = {"origin": SITE, "sec-fetch-site": "same-origin"}
Desk = Callable[[str], TestClient]

_digest = functools.cache(digest)  # made to be slow


def staff_of(database: Database) -> dict[str, Account]:
    """Make people of every role who may sign in; by their names."""
    found = people(database)
    with database.writing() as connection:
        for role in ("administrator", "trainer"):
            found[role] = accounts.add(connection, role, "-", role)
        for one in found.values():
            accounts.change(connection, one, password=_digest(PASSWORD))
    return found


@contextlib.contextmanager
def opened(store: Database, **options: object) -> Iterator[Desk]:
    """Give a browser in which somebody is signed in; "" is nobody."""
    app = make_app(store, ReviewOptions(twice=0.0, attempts=3, **options))  # type: ignore[arg-type]
    with contextlib.ExitStack() as open_ones:

        def browser(name: str) -> TestClient:
            client = TestClient(app, base_url=SITE, headers=HERE)
            open_ones.callback(client.close)
            if name:
                found = client.post("/api/session", json={"name": name, "password": PASSWORD})
                assert found.status_code == 200, found.text
            return client

        yield browser
