"""What is sent to the desk, or lies in its store, to do harm: it is shown as text, or refused."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from desks import HERE, SITE, Desk, desk_of, desk_over, refused
from stored import command
from test_review_roles import routes

from courtesy.cli.common import T
from courtesy.pipeline import Pipeline
from courtesy.review import guard
from courtesy.store import Database, accounts, audit, tables
from courtesy.store.flagging import catch_up
from courtesy.store.opening import open_database

SCRIPT = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
TURNED = "\u202e你好\u202c"
ENGLISH = {"accept-language": "en"}
LONG = "好" * 1_000_000


@pytest.fixture
def desk(kept_desk: Path, tmp_path: Path) -> Iterator[Desk]:
    with desk_of(kept_desk, tmp_path) as found:
        yield found


def change(desk: Desk, table: sa.Table, **values: Any) -> None:
    with desk.store.writing() as connection:
        connection.execute(sa.update(table).values(**values))


def trail(desk: Desk) -> int:
    with desk.store.reading() as connection:
        return audit.verify(connection).entries


def pages(desk: Desk) -> list[str]:
    """Return the address of every page, however many there come to be."""
    found = {path for method, path in routes(desk.app) if method == "GET"}
    number = str(desk.flag())
    return sorted(
        path.replace("{number}", number)
        for path in found
        if not path.startswith(("/api/", "/lang/")) and path.count("{") <= path.count("{number}")
    )


# --- what is shown --------------------------------------------------------------------------------


def test_markup_is_text_on_every_page(desk: Desk) -> None:
    for table in (tables.flags, tables.recordings):
        change(desk, table, hall=SCRIPT, window=SCRIPT, clerk=SCRIPT)
    change(desk, tables.accounts, title=SCRIPT)
    change(desk, tables.utterances, heard=SCRIPT)
    for role in ("reviewer", "supervisor", "administrator", "trainer"):
        client = desk.browser(role)
        for path in pages(desk):
            page = client.get(path).text
            assert SCRIPT not in page
            assert "<img src=x" not in page


def test_marks_that_turn_a_line_around_show(desk: Desk) -> None:
    change(desk, tables.flags, hall=TURNED)
    change(desk, tables.accounts, title=TURNED)
    client = desk.browser("supervisor")
    for path in pages(desk):
        page = client.get(path).text
        # As the value of a choice it goes back to the server, and is not shown.
        assert page.count("\u202e") == page.count(f'value="{TURNED}"')


def test_a_sentence_without_end_is_shown_whole_and_in_a_list_begun(desk: Desk) -> None:
    client = desk.browser("reviewer")
    number = desk.flag(tables.flags.c.phrase_id == "")
    said = tables.utterances.c
    with desk.store.writing() as connection:
        where = connection.execute(
            sa.select(tables.flags.c.recording_id, tables.flags.c.utterance).where(
                tables.flags.c.id == number
            )
        ).one()
        own = said.recording_id == where.recording_id, said.number == where.utterance
        connection.execute(sa.update(tables.utterances).where(*own).values(heard=LONG))
    listed = client.get("/api/findings")
    assert "好好好" in listed.text
    assert len(listed.content) < 200_000
    whole = client.get(f"/api/findings/{number}").json()["utterances"]
    assert max(len(one["heard"]) for one in whole) == len(LONG)


@pytest.mark.parametrize("text", [SCRIPT, TURNED, "a\0b", "\x1b[31m"])
def test_a_comment_is_kept_as_it_was_written(desk: Desk, text: str) -> None:
    client = desk.browser("reviewer")
    path = f"/api/findings/{desk.flag()}"
    assert client.post(f"{path}/comments", json={"text": text}).status_code == 201
    (kept,) = client.get(path).json()["history"]
    assert kept["text"] == text.replace("\0", "\ufffd")


def test_no_text_that_a_database_cannot_hold_breaks_it(
    database: Database, make_pipeline: Callable[..., Pipeline]
) -> None:
    """On SQLite, and on PostgreSQL, which takes less."""
    from stored import RUDE, TRANSCRIPTS, keep_file

    from courtesy.transcripts import read_transcripts

    keep_file(database, make_pipeline(), TRANSCRIPTS[0], read_transcripts(TRANSCRIPTS[0]))
    catch_up(database, 0.0)
    with database.writing() as connection:
        accounts.add(connection, "reviewer", "-", "reviewer", clerk=RUDE)
    with desk_over(database) as desk:
        client = desk.browser("reviewer")
        for name in ("hall", "window", "clerk", "rule", "phrase"):
            answer = client.get("/api/findings", params={name: "a\0b"})
            assert (answer.status_code, answer.json()["count"]) == (200, 0)
        sent = {"name": "a\0b", "password": "a\0b"}
        refused(client.post("/api/session", json=sent), 401, "wrong password")
        path = f"/api/findings/{desk.flag()}"
        assert client.post(f"{path}/comments", json={"text": "a\0b"}).status_code == 201
        for number in (2**63 - 1, 2**63, 10**30, -1, -(2**70)):
            refused(client.get(f"/api/findings/{number}"), 404, "not found")
        for asked in ("last=9999-12-31", "first=0001-01-01", f"after=1.0,{10**17}"):
            assert client.get(f"/api/findings?{asked}").status_code == 200


# --- what is sent ---------------------------------------------------------------------------------


def test_more_than_anybody_types_is_refused_unread(desk: Desk) -> None:
    client = desk.browser("reviewer")
    path = f"/api/findings/{desk.flag()}/comments"
    before = trail(desk)
    refused(client.post(path, json={"text": "好" * 2001}), 422, "invalid")
    refused(client.post(path, json={"text": LONG}), 413, "too large")

    def piece_by_piece() -> Iterator[bytes]:
        """Tell no length beforehand; who reads all of it fails."""
        yield b'{"text": "'
        for _ in range(20):
            yield b"a" * (guard.LARGEST // 10)

    sent = client.post(path, content=piece_by_piece(), headers={"content-type": "application/json"})
    refused(sent, 413, "too large")
    announced = client.post(path, json={"text": "x"}, headers={"content-length": "9" * 30})
    refused(announced, 413, "too large")
    assert trail(desk) == before


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain", '{"text": "x"}'),
        ("application/x-www-form-urlencoded", "text=x"),
        ("application/json", '{"text": "x"'),
        ("application/json", '{"text": "\\ud800"}'),
        ("application/json", '["x"]'),
        ("application/json", '{"text": "x", "by": "zhao"}'),
        ("application/json", '{"text": NaN}'),
        ("application/json", b'{"text": "\xff"}'),
    ],
)
def test_what_is_no_form_of_the_desk_s_is_refused(desk: Desk, kind: str, body: str) -> None:
    client, before = desk.browser("reviewer"), trail(desk)
    path = f"/api/findings/{desk.flag()}/comments"
    answer = client.post(path, content=body, headers={"content-type": kind})
    assert answer.status_code in {400, 422}
    refused(answer, answer.status_code, "invalid")
    assert trail(desk) == before


@pytest.mark.parametrize(
    ("sent", "zh", "en"),
    [
        ({}, "text 缺少", "text is missing"),
        ({"text": ""}, "text 至少要 1 个字符", "text needs at least 1 characters"),
        ({"text": 7}, "text 应为文字", "text must be a text"),
        ({"text": "x", TURNED: 1}, "没有这一项", "is not known"),
        ([], "正文 应为 JSON 对象", "the body must be a JSON object"),
    ],
)
def test_what_is_wrong_is_told_in_the_reader_s_language(
    desk: Desk, sent: Any, zh: str, en: str
) -> None:
    client = desk.browser("reviewer")
    path = f"/api/findings/{desk.flag()}/comments"
    for lang, wanted in (("zh", zh), ("en", en)):
        answer = client.post(path, json=sent, headers={"accept-language": lang})
        told = refused(answer, 422, "invalid")
        assert wanted in told
        assert "\u202e" not in told
        assert "Input" not in told


@pytest.mark.parametrize("headers", [{"origin": "http://elsewhere"}, {}], ids=["other", "none"])
def test_no_write_is_done_for_another_site(desk: Desk, headers: dict[str, str]) -> None:
    writes = [key for key in routes(desk.app) if key[0] != "GET"]
    assert writes
    before = trail(desk)
    for method, path in writes:
        client = desk.browser("supervisor")
        for name in HERE:
            del client.headers[name]
        address = path.replace("{number}", str(desk.flag()))
        answer = client.request(method, address, headers=headers)
        if answer.status_code != 422 or method == "DELETE":
            refused(answer, 403, "another site")
    assert trail(desk) == before


def test_a_decision_about_what_was_not_seen_is_refused(desk: Desk) -> None:
    client, number = desk.browser("reviewer"), desk.flag()
    path = f"/api/findings/{number}/decision"
    for revision in (1, 2**31 - 1):
        sent = {"revision": revision, "outcome": "confirmed"}
        refused(client.post(path, json=sent), 409, "overtaken")
    refused(client.post(path, json={"revision": -1, "outcome": "confirmed"}), 422, "invalid")
    assert client.get(f"/api/findings/{number}").json()["history"] == []


# --- sound ----------------------------------------------------------------------------------------


@pytest.fixture
def heard(desk: Desk) -> str:
    """Give the address of a flag's sound."""
    whose = sa.select(tables.recordings.c.id).where(tables.recordings.c.duration.is_not(None))
    own = tables.flags.c
    return f"/api/findings/{desk.flag(own.recording_id.in_(whose), own.hall == '')}/sound"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("bytes=0-", 206),
        ("bytes=-1", 206),
        ("bytes=0-99999999999", 206),
        ("bytes=99999999999-", 416),
        ("bytes=-0", 416),
        ("bytes=5-2", 200),
        ("bytes=0-1,5-6", 200),
        ("bytes=" + "9" * 5000 + "-", 200),
        ("bytes=٣-٤".encode(), 200),
        ("bytes=a-b", 200),
        ("bytes=-", 200),
        ("seconds=0-1", 200),
        ("", 200),
    ],
)
def test_a_range_is_answered_or_passed_over(
    desk: Desk, heard: str, asked: str, status: int
) -> None:
    answer = desk.browser("reviewer").get(heard, headers={"range": asked})
    assert answer.status_code == status
    if status != 416:
        assert answer.headers["content-type"] == "audio/wav"
        assert answer.content


@pytest.mark.parametrize("name", ["../../../../etc/passwd", "/etc/passwd", "/dev/zero", "\0", "."])
def test_no_file_is_served_that_is_no_sound(desk: Desk, heard: str, name: str) -> None:
    change(desk, tables.recordings, path=name)
    answer = desk.browser("reviewer").get(heard)
    refused(answer, 404, "no sound")
    assert "root:" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/static//etc/passwd",
        "/api/findings/..%2f..%2fetc%2fpasswd/sound",
        "/api/findings/1/sound/../../../../etc/passwd",
    ],
)
def test_no_address_leads_out_of_its_folder(desk: Desk, path: str) -> None:
    answer = desk.browser("reviewer").get(path)
    assert answer.status_code in {404, 422}
    assert "root:" not in answer.text
    assert "make_app" not in answer.text


def test_nobody_is_led_to_another_site(desk: Desk) -> None:
    client = desk.browser("")
    for back in ("//elsewhere", "/\\elsewhere", "https://elsewhere", "/\t/elsewhere", "\r\nX: y"):
        answer = client.get("/lang/zh", params={"back": back}, follow_redirects=False)
        assert answer.headers["location"] in {"/", "/%09/elsewhere"}


# --- a store that cannot be used ------------------------------------------------------------------


def test_a_locked_store_is_read_on_and_soon_told(kept_desk: Path, tmp_path: Path) -> None:
    desk_of(kept_desk, tmp_path).store.close()
    file = tmp_path / "desk.sqlite3"
    with desk_over(open_database(str(file), busy=0.05)) as desk:
        path = f"/api/findings/{desk.flag()}"
        client, later = desk.browser("reviewer"), desk.browser("")
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert client.get(path).status_code == 200, "who reads is not kept from it"
        answer = client.post(f"{path}/comments", json={"text": "很清楚"}, headers=ENGLISH)
        assert "try again" in refused(answer, 503, "store")
        assert int(answer.headers["retry-after"]) > 0
        sent = {"name": "reviewer", "password": "not the password"}
        refused(later.post("/api/session", json=sent), 503, "store")
        other.execute("ROLLBACK")
        other.close()
        assert client.get(path).json()["history"] == []
        assert client.post(f"{path}/comments", json={"text": "很清楚"}).status_code == 201


def test_who_waits_at_the_desk_does_not_wait_as_long_as_a_batch(
    kept_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = []

    def run(app: Any, **_: Any) -> None:
        with app.state.office.database.driver() as connection:
            waits.extend(connection.execute("PRAGMA busy_timeout").fetchone())

    monkeypatch.setattr("uvicorn.run", run)
    desk_of(kept_desk, tmp_path).store.close()
    assert command("review", "serve", "--db", tmp_path / "desk.sqlite3").exit_code == 0
    assert 0 < waits[0] <= 10_000


def test_a_store_that_may_only_be_read_is_read(kept_desk: Path, tmp_path: Path) -> None:
    with desk_of(kept_desk, tmp_path) as writable:
        token = writable.token("reviewer")
    url = f"sqlite:///file:{tmp_path / 'desk.sqlite3'}?mode=ro&uri=true"
    with desk_over(open_database(url)) as desk:
        client = desk.browser("")
        client.cookies.set("courtesy_session", token)
        path = f"/api/findings/{desk.flag()}"
        assert client.get(path).status_code == 200
        answer = client.post(f"{path}/comments", json={"text": "很清楚"}, headers=ENGLISH)
        assert "can be read and not written" in refused(answer, 503, "store")


def test_a_store_of_a_later_version_is_not_opened(kept_desk: Path, tmp_path: Path) -> None:
    desk_of(kept_desk, tmp_path).store.close()
    file = tmp_path / "desk.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = file.read_bytes()
    told = command("review", "serve", "--db", file)
    assert told.exit_code != 0
    assert T("请升级 courtesy", "Install a newer courtesy") in told.stderr
    assert file.read_bytes() == before


def test_what_nobody_thought_of_is_one_sentence_and_shows_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        message = "the secret of the store"
        raise RuntimeError(message)

    monkeypatch.setattr("courtesy.store.queueing.listed", broken)
    monkeypatch.setattr("courtesy.store.queueing.choices", broken)
    client = desk.browser("reviewer", raise_server_exceptions=False)
    for path in ("/api/findings", "/findings"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
    refused(client.get("/api/findings"), 500, "fault")


def test_every_answer_carries_what_keeps_a_page_to_itself(desk: Desk) -> None:
    client = desk.browser("reviewer")
    asked = {
        "/sign-in": 200, "/findings": 200, "/api/findings": 200, "/nothing": 404,
        "/api/nothing": 404, "/api/findings/abc": 422, "/static/desk.css": 200,
        "/static/nothing": 404,
    }  # fmt: skip
    answers = [(client.get(path), status) for path, status in asked.items()]
    answers.append((client.put("/api/findings"), 403))
    answers.append((client.put("/api/findings", headers={"origin": SITE}), 405))
    answers.append((desk.browser("").get("/api/findings"), 401))
    for answer, status in answers:
        headers = answer.headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "microphone=()" in headers["permissions-policy"]
        own = str(answer.url).startswith(f"{SITE}/static/")
        assert headers["cache-control"] == ("no-cache" if own else "no-store")
        assert answer.status_code == status or answer.status_code == 405
