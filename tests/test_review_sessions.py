"""Who is signed in, for how long, and what ends it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from desks import PASSWORD, Desk, desk_of, refused
from fastapi.testclient import TestClient
from stored import command

from courtesy.cli.common import T
from courtesy.review.access import COOKIE
from courtesy.review.app import make_app
from courtesy.store import accounts, tables

MINUTE, HOUR = 60.0, 3600.0
Clock = Callable[[float], None]


@pytest.fixture
def desk(kept_desk: Path, tmp_path: Path) -> Iterator[Desk]:
    with desk_of(kept_desk, tmp_path, attempts=3) as found:
        yield found


@pytest.fixture
def forward(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Give what moves the desk's clock on, by seconds."""
    real, ahead = time.time, 0.0

    def move(seconds: float) -> None:
        nonlocal ahead
        ahead += seconds

    monkeypatch.setattr(time, "time", lambda: real() + ahead)
    return move


def sign_in(client: TestClient, name: str = "reviewer", password: str = PASSWORD) -> Any:
    return client.post("/api/session", json={"name": name, "password": password})


def in_(client: TestClient) -> bool:
    status = client.get("/api/session").status_code
    assert status in {200, 401}
    return status == 200


def test_a_session_ends_when_nobody_uses_it(desk: Desk, forward: Clock) -> None:
    used, idle = desk.browser("reviewer"), desk.browser("supervisor")
    for _ in range(4):
        forward(20 * MINUTE)
        assert in_(used)
    assert not in_(idle)


def test_every_session_ends_after_a_day_s_work(desk: Desk, forward: Clock) -> None:
    client = desk.browser("reviewer")
    for _ in range(47):
        forward(15 * MINUTE)
        assert in_(client)
    forward(16 * MINUTE)
    assert not in_(client)


def test_who_signs_in_gets_another_session_and_the_one_before_ends(desk: Desk) -> None:
    client, thief = desk.browser(""), desk.browser("")
    # Whoever knows what the browser had before knows nothing of use.
    client.cookies.set(COOKIE, "of somebody else's choosing")
    tokens = {"of somebody else's choosing"}
    for _ in range(2):
        answer = sign_in(client)
        assert answer.status_code == 200
        tokens.add(answer.cookies[COOKIE])
    assert len(tokens) == 3
    client.cookies.clear()
    for token in tokens - {answer.cookies[COOKIE]}:
        thief.cookies.clear()
        thief.cookies.set(COOKIE, token)
        assert not in_(thief)


def test_signing_out_ends_it_in_every_tab(desk: Desk) -> None:
    client, tab = desk.browser("reviewer"), desk.browser("")
    tab.cookies.set(COOKIE, client.cookies[COOKIE])
    assert in_(tab)
    answer = client.delete("/api/session")
    assert answer.status_code == 204
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert not in_(tab)
    assert client.delete("/api/session").status_code == 204, "twice is as good as once"


@pytest.mark.parametrize(
    "change",
    [
        lambda c, one: accounts.close(c, one),
        lambda c, one: accounts.change(c, one, role="trainer"),
        lambda c, one: accounts.change(c, one, password="-"),
    ],
    ids=["closed", "role", "password"],
)
def test_an_account_that_is_changed_is_signed_out_everywhere(
    desk: Desk, change: Callable[[sa.Connection, accounts.Account], None]
) -> None:
    one, other, bystander = (desk.browser(name) for name in ("reviewer", "reviewer", "supervisor"))
    with desk.store.writing() as connection:
        change(connection, desk.staff["reviewer"])
    assert (in_(one), in_(other), in_(bystander)) == (False, False, True)


def test_a_closed_account_does_not_get_in_again(desk: Desk) -> None:
    with desk.store.writing() as connection:
        accounts.close(connection, desk.staff["reviewer"])
    refused(sign_in(desk.browser("")), 401, "wrong password")


def test_guesses_are_counted_by_name_and_by_address_and_forgotten(
    desk: Desk, forward: Clock
) -> None:
    client = desk.browser("")
    for _ in range(3):
        refused(sign_in(client, password="a guess"), 401, "wrong password")
    refused(sign_in(client, " REVIEWER "), 429, "too many attempts")
    for at in range(27):
        refused(sign_in(client, f"name{at}", "a guess"), 401, "wrong password")
    refused(sign_in(client, "supervisor"), 429, "too many attempts")
    forward(16 * MINUTE)
    assert sign_in(client).status_code == 200


def test_who_is_signed_in_goes_on_while_somebody_else_guesses(desk: Desk) -> None:
    client = desk.browser("reviewer")
    for _ in range(4):
        sign_in(desk.browser(""), password="a guess")
    assert in_(client)


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
def test_the_cookie_is_kept_from_scripts_and_other_sites(desk: Desk, *, secure: bool) -> None:
    app = make_app(desk.store, desk.app.state.office.options, secure=secure)
    with TestClient(app, headers={"origin": "http://testserver"}) as client:
        cookie = sign_in(client).headers["set-cookie"].lower()
    flags = {part.strip().partition("=")[0]: part.partition("=")[2] for part in cookie.split(";")}
    assert "httponly" in flags
    assert flags["samesite"] == "strict"
    assert flags["path"] == "/"
    assert "domain" not in flags
    assert ("secure" in flags) == secure


def test_what_is_kept_of_a_session_and_of_a_password_opens_nothing(desk: Desk) -> None:
    client = desk.browser("")
    token = sign_in(client).cookies[COOKIE]
    with desk.store.reading() as connection:
        kept = [
            str(row)
            for table in (tables.sessions, tables.accounts, tables.audit, tables.attempts)
            for row in connection.execute(sa.select(table))
        ]
        (digest,) = connection.scalars(sa.select(tables.sessions.c.token)).all()
    assert not any(secret in row for row in kept for secret in (token, PASSWORD))
    client.cookies.clear()
    client.cookies.set(COOKIE, digest)
    assert not in_(client)


@pytest.mark.parametrize("password", ["", "short", "x" * 9, "x" * 257])
def test_a_password_is_neither_short_nor_endless(kept_desk: Path, password: str) -> None:
    made = command("review", "users", "add", "new", "--db", kept_desk, answer=f"{password}\n")
    assert made.exit_code != 0
    assert T("10 至 256", "10 to 256") in made.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "hall.example"])
def test_other_machines_are_served_with_encryption_or_on_request_only(
    kept_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    served = []
    monkeypatch.setattr("uvicorn.run", lambda app, **given: served.append((app, given)))
    desk_of(kept_desk, tmp_path).store.close()
    serve = ("review", "serve", "--db", tmp_path / "desk.sqlite3", "--host", host)
    told = command(*serve)
    assert told.exit_code == 2
    assert "--tls-cert" in told.stderr
    certificate = tmp_path / "hall.pem"
    half = command(*serve, "--tls-cert", certificate)
    assert half.exit_code == 2
    assert command(*serve, "--tls-cert", certificate, "--tls-key", certificate).exit_code == 2
    assert not served
    certificate.touch()
    assert command(*serve, "--tls-cert", certificate, "--tls-key", certificate).exit_code == 0
    assert command(*serve, "--without-tls").exit_code == 0
    assert [app.state.office.secure for app, _ in served] == [True, False]
