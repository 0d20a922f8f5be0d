"""The desk's answers: who gets what, and what is refused."""

import io
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from desks import HERE, PASSWORD, SITE, Browse, opened, staff_of
from fastapi.testclient import TestClient
from stored import keep_sound, keep_transcripts

from courtesy.config import ReviewOptions
from courtesy.pipeline import Pipeline
from courtesy.review.access import COOKIE, MAY
from courtesy.review.app import make_app
from courtesy.store import Database, accounts
from courtesy.store.accounts import Account
from courtesy.store.flagging import catch_up

Make = Callable[..., Pipeline]


@pytest.fixture
def db_url(tmp_path: Path) -> str:
    """Give a SQLite file: what the desk asks of a store is tested on PostgreSQL as well."""
    return str(tmp_path / "courtesy.sqlite3")


@pytest.fixture
def staff(database: Database) -> dict[str, Account]:
    return staff_of(database)


@pytest.fixture
def store(database: Database, make_pipeline: Make) -> Database:
    keep_transcripts(database, make_pipeline())
    keep_sound(database, make_pipeline, "shuiwu-poor")
    catch_up(database, 0.0)
    return database


@pytest.fixture
def desk(store: Database, staff: dict[str, Account]) -> Iterator[Browse]:
    with opened(store) as browser:
        yield browser


def waiting(client: TestClient, **chosen: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/findings", params=chosen)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["findings"]
    return found


def refused(answer: Any, status: int, kind: str) -> str:
    """Return the sentence of a refusal, whose shape is always the same."""
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"error"}
    assert set(answer.json()["error"]) == {"kind", "message"}
    assert answer.json()["error"]["kind"] == kind
    message: str = answer.json()["error"]["message"]
    return message


# --- signing in -----------------------------------------------------------------------------------


def test_nobody_sees_anything_who_is_not_signed_in(desk: Browse) -> None:
    client = desk("")
    for path in ("/api/findings", "/api/findings/1", "/api/findings/1/sound", "/api/session"):
        refused(client.get(path), 401, "not signed in")
    page = client.get("/findings", follow_redirects=False)
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?back=/findings")


def test_name_and_password_must_belong_together_and_neither_is_told(desk: Browse) -> None:
    client = desk("")
    told = {
        refused(client.post("/api/session", json={"name": n, "password": p}), 401, "wrong password")
        for n, p in (("li", "not the password"), ("nobody", PASSWORD))
    }
    assert len(told) == 1
    assert COOKIE not in client.cookies


def test_who_guesses_too_often_has_to_wait(desk: Browse) -> None:
    client = desk("")
    for _ in range(3):
        client.post("/api/session", json={"name": "li", "password": "guess after guess"})
    right = {"name": "LI", "password": PASSWORD}
    refused(client.post("/api/session", json=right), 429, "too many attempts")
    other = {"name": "wang", "password": PASSWORD}
    assert client.post("/api/session", json=other).status_code == 200


def test_a_session_ends_when_its_owner_signs_out_is_closed_or_does_nothing(
    desk: Browse, store: Database, staff: dict[str, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, shut, idle = desk("li"), desk("wang"), desk("zhao")
    assert out.delete("/api/session").status_code == 204
    refused(out.get("/api/findings"), 401, "not signed in")
    with store.writing() as connection:
        accounts.close(connection, staff["wang"])
    refused(shut.get("/api/findings"), 401, "not signed in")
    import time

    later = time.time() + 31 * 60
    monkeypatch.setattr("courtesy.review.access.time.time", lambda: later)
    refused(idle.get("/api/findings"), 401, "not signed in")


def test_the_cookie_is_for_this_site_s_own_requests_only(desk: Browse) -> None:
    client = desk("")
    answer = client.post("/api/session", json={"name": "li", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    token = client.cookies[COOKIE]
    assert token not in "".join(str(row) for row in rows_of(desk))


def rows_of(desk: Browse) -> list[Any]:
    import sqlalchemy as sa

    from courtesy.store import tables

    store = desk("").app.state.office.database  # type: ignore[attr-defined]
    with store.reading() as connection:
        return list(connection.execute(sa.select(tables.sessions)))


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://elsewhere"},
        {"origin": "null"},
        {"origin": SITE, "sec-fetch-site": "cross-site"},
        {"origin": ""},
    ],
)
def test_a_page_of_another_site_changes_nothing(desk: Browse, headers: dict[str, str]) -> None:
    client = desk("li")
    one = waiting(client)[0]
    sent = {"revision": one["revision"], "outcome": "confirmed"}
    answer = client.post(f"/api/findings/{one['id']}/decision", json=sent, headers=headers)
    refused(answer, 403, "another site")
    assert one in waiting(client)


# --- roles ----------------------------------------------------------------------------------------

ROLES = {"li": "reviewer", "zhao": "supervisor", "chen": "clerk", "administrator": "administrator",
         "trainer": "trainer"}  # fmt: skip
ACTIONS = {
    "decide": ("post", "decision", {"outcome": "confirmed"}),
    "look": ("post", "comments", {"text": "请再听一遍"}),
    "appeal": ("post", "appeal", {"reason": "我在念规定"}),
    "settle": ("post", "answer", {"upheld": True, "answer": "维持"}),
}


@pytest.mark.parametrize("name", ROLES)
@pytest.mark.parametrize("action", ACTIONS)
def test_each_role_does_what_it_may_and_nothing_else(
    desk: Browse, staff: dict[str, Account], name: str, action: str
) -> None:
    one = waiting(desk("zhao"), clerk=staff[name].clerk)[0]
    method, path, sent = ACTIONS[action]
    body = sent if action == "look" else sent | {"revision": one["revision"]}
    answer = desk(name).request(method, f"/api/findings/{one['id']}/{path}", json=body)
    if ROLES[name] in MAY[action]:
        assert answer.status_code in {200, 201, 409}, answer.text
    else:
        refused(answer, 403, "forbidden")


def test_a_clerk_sees_their_own_only(desk: Browse, staff: dict[str, Account]) -> None:
    everything = waiting(desk("zhao"))
    own = [one["id"] for one in everything if one["clerk"] == staff["chen"].clerk]
    assert own
    clerk = desk("chen")
    assert [one["id"] for one in waiting(clerk, clerk="工号0")] == own
    other = next(one["id"] for one in everything if one["id"] not in own)
    refused(clerk.get(f"/api/findings/{other}"), 403, "forbidden")
    refused(clerk.get(f"/api/findings/{other}/sound"), 403, "forbidden")


# --- deciding -------------------------------------------------------------------------------------


def test_a_flag_is_shown_with_all_that_is_needed_to_decide(desk: Browse) -> None:
    client = desk("li")
    one = next(one for one in waiting(client) if one["phrase"])
    found = client.get(f"/api/findings/{one['id']}").json()
    (evidence,) = found["evidence"]
    assert evidence["source"]
    assert evidence["why"]
    said = next(u for u in found["utterances"] if u["id"] == evidence["utterance"])
    start, end = next(m["span"] for m in said["marks"] if m["evidence"])
    assert said["heard"][start:end] == evidence["heard"]
    assert found["place"] is None or found["place"][0] < found["place"][1]
    assert found["part"] == "first"


def test_a_decision_is_made_taken_back_and_made_by_one_only(desk: Browse) -> None:
    li, wang = desk("li"), desk("wang")
    one = waiting(li)[0]
    path = f"/api/findings/{one['id']}/decision"
    seen = {"revision": one["revision"]}
    first = li.post(path, json=seen | {"outcome": "rejected", "why": "quoted", "note": "念规定"})
    assert first.json() == {"state": "rejected", "revision": one["revision"] + 1}
    late = wang.post(path, json=seen | {"outcome": "confirmed"})
    refused(late, 409, "overtaken")
    history = wang.get(f"/api/findings/{one['id']}").json()["history"]
    assert [(h["kind"], h["outcome"], h["why"], h["text"]) for h in history] == [
        ("decision", "rejected", "quoted", "念规定")
    ]
    back = li.delete(path, params={"revision": one["revision"] + 1})
    assert back.json()["state"] == "waiting"
    assert one["id"] in [w["id"] for w in waiting(wang)]


def test_the_second_look_is_blind(store: Database, staff: dict[str, Account]) -> None:
    import sqlalchemy as sa

    from courtesy.store import tables

    with store.writing() as connection:
        connection.execute(sa.update(tables.flags).values(twice=True))
    app = make_app(store, ReviewOptions())
    li, wang = (TestClient(app, base_url=SITE, headers=HERE) for _ in range(2))
    for client, name in ((li, "li"), (wang, "wang")):
        client.post("/api/session", json={"name": name, "password": PASSWORD})
    one = waiting(li)[0]
    sent = {"revision": one["revision"], "outcome": "confirmed", "note": "很清楚"}
    state = li.post(f"/api/findings/{one['id']}/decision", json=sent).json()["state"]
    assert state == "second"
    assert not waiting(li, state="second")
    (seen,) = waiting(wang, state="second")
    found = wang.get(f"/api/findings/{seen['id']}").json()
    assert found["history"] == []
    assert "很清楚" not in str(found)


def test_a_correction_is_shown_beside_what_was_heard(desk: Browse) -> None:
    client = desk("li")
    one = waiting(client)[0]
    path = f"/api/findings/{one['id']}"
    said = client.get(path).json()["utterances"][0]
    for sent in ({"heard": "您好，请坐。"}, {"role": "clerk"}):
        made = client.post(f"{path}/corrections", json={"utterance": said["id"]} | sent)
        assert made.status_code == 201
    after = client.get(path).json()["utterances"][0]
    assert after["heard"] == said["heard"]
    assert after["corrected"] == {"heard": "您好，请坐。", "role": "clerk", "by": "li"}
    wrong = client.post(f"{path}/corrections", json={"utterance": 10**6, "heard": "x"})
    refused(wrong, 409, "review")


def test_swapped_roles_are_shown_and_swapped_back(desk: Browse) -> None:
    client = desk("li")
    path = f"/api/findings/{waiting(client)[0]['id']}"

    def roles() -> list[str]:
        said = client.get(path).json()["utterances"]
        return [(one["corrected"] or {}).get("role") or one["role"] for one in said]

    before = roles()
    other = {"clerk": "customer", "customer": "clerk"}
    assert client.post(f"{path}/roles").json()["count"] == len(before)
    assert roles() == [other[role] for role in before]
    client.post(f"{path}/roles")
    assert roles() == before


# --- sound ----------------------------------------------------------------------------------------


def with_sound(client: TestClient) -> dict[str, Any]:
    found = (one for one in waiting(client) if one["start"] is not None and one["phrase"])
    return next(one for one in found if one["hall"] == "")


def test_the_sound_around_a_phrase_is_played_whole_and_in_parts(desk: Browse) -> None:
    client = desk("li")
    one = with_sound(client)
    path = f"/api/findings/{one['id']}"
    place = client.get(path).json()["place"]
    whole = client.get(f"{path}/sound")
    assert whole.headers["content-type"] == "audio/wav"
    with wave.open(io.BytesIO(whole.content)) as file:
        seconds = file.getnframes() / file.getframerate()
    assert seconds == pytest.approx(place[1] - place[0] + 8.0, abs=4.1)
    part = client.get(f"{path}/sound", headers={"range": "bytes=10-19"})
    assert part.status_code == 206
    assert part.content == whole.content[10:20]
    last = client.get(f"{path}/sound", headers={"range": "bytes=-5"})
    assert last.content == whole.content[-5:]
    beyond = client.get(f"{path}/sound", headers={"range": f"bytes={len(whole.content)}-"})
    assert beyond.status_code == 416


def test_a_sound_that_is_gone_is_one_sentence(desk: Browse, store: Database) -> None:
    import sqlalchemy as sa

    from courtesy.store import tables

    client = desk("li")
    one = with_sound(client)
    with store.writing() as connection:
        connection.execute(sa.update(tables.recordings).values(path="/gone/../etc/passwd"))
    told = refused(client.get(f"/api/findings/{one['id']}/sound"), 404, "no sound")
    assert "/gone/" in told


# --- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/findings/999999", 404),
        ("/api/findings/99999999999999999999999", 404),
        ("/api/findings/abc", 422),
        ("/api/findings?state=nonsense", 422),
        ("/api/findings?after=1;drop", 422),
        ("/api/findings?least=7", 422),
        ("/api/nothing", 404),
        ("/nothing", 404),
    ],
)
def test_what_makes_no_sense_is_told(desk: Browse, path: str, status: int) -> None:
    answer = desk("li").get(path)
    assert answer.status_code == status
    if path.startswith("/api/"):
        assert answer.json()["error"]["message"]
    else:
        assert "<html" in answer.text


def test_every_answer_says_what_a_page_may_do(desk: Browse) -> None:
    client = desk("li")
    for path in ("/sign-in", "/api/findings", "/nothing", "/api/nothing"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
