"""Fair to clerks: blind second looks, appeals from both sides, agreement, and the whole history."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from desks import Desk, desk_of, refused
from fastapi.testclient import TestClient

from courtesy.store import accounts, tables

_flags = tables.flags.c


@pytest.fixture
def desk(kept_desk: Path, tmp_path: Path) -> Iterator[Desk]:
    with desk_of(kept_desk, tmp_path) as found:
        yield found


def own(desk: Desk) -> int:
    """Return a flag that is held against the clerk."""
    return desk.flag(_flags.clerk == desk.staff["clerk"].clerk)


def decide(client: TestClient, flag: int, outcome: str = "confirmed", **more: str) -> Any:
    one = client.get(f"/api/findings/{flag}").json()
    given = {"revision": one["revision"], "outcome": outcome, **more}
    return client.post(f"/api/findings/{flag}/decision", json=given)


def appeal(client: TestClient, flag: int, reason: str = "我在念规定") -> Any:
    revision = client.get(f"/api/findings/{flag}").json()["revision"]
    return client.post(
        f"/api/findings/{flag}/appeal", json={"revision": revision, "reason": reason}
    )


def answer(client: TestClient, flag: int, *, upheld: bool) -> Any:
    revision = client.get(f"/api/findings/{flag}").json()["revision"]
    given = {"revision": revision, "upheld": upheld, "answer": "又听了一遍"}
    return client.post(f"/api/findings/{flag}/answer", json=given)


def appeals(client: TestClient, kind: str = "open") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/api/appeals?kind={kind}").json()["appeals"]
    return found


def supervisor(desk: Desk, name: str) -> TestClient:
    """Give the browser of one more supervisor."""
    with desk.store.writing() as connection:
        desk.staff[name] = accounts.add(connection, name, "-", "supervisor")
    return desk.browser(name)


# --- the second look ------------------------------------------------------------------------------


@pytest.fixture
def twice(desk: Desk) -> int:
    """Have the first of two people decide and say all there is to say; return the flag."""
    flag = own(desk)
    with desk.store.writing() as connection:
        connection.execute(sa.update(tables.flags).values(twice=True))
    first = desk.browser("reviewer")
    path = f"/api/findings/{flag}"
    said = first.get(path).json()["utterances"][0]["id"]
    assert first.post(f"{path}/comments", json={"text": "很清楚-1"}).status_code == 201
    changed = {"utterance": said, "heard": "很清楚-2"}
    assert first.post(f"{path}/corrections", json=changed).status_code == 201
    assert (
        decide(first, flag, "rejected", why="quoted", note="很清楚-3").json()["state"] == "second"
    )
    return flag


def place_of(desk: Desk, flag: int) -> str:
    with desk.store.reading() as connection:
        wanted = sa.select(_flags.result_id, _flags.interaction).where(_flags.id == flag)
        return "-".join(map(str, connection.execute(wanted).one()))


@pytest.mark.parametrize("role", ["second", "supervisor", "clerk"])
def test_who_is_to_look_second_learns_nothing_of_the_first_look(
    desk: Desk, twice: int, role: str
) -> None:
    with desk.store.writing() as connection:
        desk.staff["second"] = accounts.add(connection, "second", "-", "reviewer")
    client = desk.browser(role)
    with desk.store.reading() as connection:
        own = sa.select(_flags.recording_id).where(_flags.id == twice).scalar_subquery()
        beside = list(connection.scalars(sa.select(_flags.id).where(_flags.recording_id == own)))
    assert len(beside) > 1
    paths = [*(f"/api/findings/{flag}" for flag in beside)]
    paths += [
        f"/api/findings/{twice}", "/api/findings?state=second", "/api/findings?state=rejected",
        "/api/appeals", "/appeals", "/api/agreement", "/agreement", "/api/plans", "/findings",
        f"/findings/{twice}", "/api/audit", "/api/overview", "/overview", "/api/interactions",
        f"/api/interactions/{place_of(desk, twice)}",
    ]  # fmt: skip
    for path in paths:
        text = client.get(path).text
        assert "很清楚" not in text, path
        assert "quoted" not in text or not path.startswith("/api/"), path
    one = client.get(f"/api/findings/{twice}").json()
    assert one["history"] == []
    assert all(said["corrected"] is None for said in one["utterances"])
    if role != "clerk":
        (row,) = client.get("/api/findings?state=second").json()["findings"]
        assert row["assigned"] == ""
    if role == "supervisor":
        assert client.get("/api/agreement").json()["rules"] == []


def test_who_looked_first_still_sees_it_and_both_see_all_in_the_end(desk: Desk, twice: int) -> None:
    first, second = desk.browser("reviewer"), desk.browser("supervisor")
    assert "很清楚-3" in first.get(f"/api/findings/{twice}").text
    assert decide(second, twice).json()["state"] == "disputed"
    told = second.get(f"/api/findings/{twice}").json()["history"]
    assert [one["kind"] for one in told] == ["comment", "correction", "decision", "decision"]
    assert [one["by"] for one in told] == ["reviewer"] * 3 + ["supervisor"]


def test_who_took_back_their_look_is_as_blind_as_anybody(desk: Desk, twice: int) -> None:
    client, other = desk.browser("reviewer"), supervisor(desk, "qian")
    revision = client.get(f"/api/findings/{twice}").json()["revision"]
    client.delete(f"/api/findings/{twice}/decision?revision={revision}")
    assert decide(other, twice, note="很清楚-4").json()["state"] == "second"
    assert "很清楚-4" not in client.get(f"/api/findings/{twice}").text


# --- appeals --------------------------------------------------------------------------------------


def test_a_clerk_sees_until_when_they_may_appeal(desk: Desk) -> None:
    flag, clerk = own(desk), desk.browser("clerk")
    assert appeals(clerk, "possible") == []
    decide(desk.browser("reviewer"), flag)
    (one,) = appeals(clerk, "possible")
    assert one["id"] == flag
    left = datetime.fromisoformat(one["until"]) - datetime.now(UTC).replace(tzinfo=None)
    assert timedelta(days=6) < left <= timedelta(days=7)
    assert clerk.get(f"/api/findings/{flag}").json()["appeal_until"] == one["until"]
    assert str(one["until"])[:10] in clerk.get("/appeals?kind=possible").text


def test_after_the_deadline_there_is_nothing_left_to_appeal(desk: Desk) -> None:
    flag, clerk = own(desk), desk.browser("clerk")
    decide(desk.browser("reviewer"), flag)
    with desk.store.writing() as connection:
        long_ago = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=8)
        connection.execute(sa.update(tables.decisions).values(at=long_ago))
    assert appeals(clerk, "possible") == []
    assert "7" in refused(appeal(clerk, flag), 409, "review")


def test_an_appeal_goes_from_the_clerk_to_somebody_who_has_not_decided(desk: Desk) -> None:
    flag, clerk = own(desk), desk.browser("clerk")
    involved, other = desk.browser("supervisor"), supervisor(desk, "qian")
    decide(involved, flag)
    assert appeal(clerk, flag).json()["state"] == "appealed"
    assert [(one["may_answer"], one["decided_by"]) for one in appeals(involved)] == [
        (False, ["supervisor"])
    ]
    (waiting,) = appeals(other)
    assert waiting["may_answer"]
    assert waiting["appeal"]["reason"] == "我在念规定"
    assert [one["id"] for one in appeals(clerk)] == [flag]
    refused(answer(involved, flag, upheld=True), 409, "review")
    assert answer(other, flag, upheld=False).json()["state"] == "rejected"
    assert appeals(other) == appeals(clerk) == []
    (settled,) = appeals(clerk, "answered")
    assert (settled["appeal"]["upheld"], settled["appeal"]["judge"]) == (False, "qian")
    told = clerk.get(f"/api/findings/{flag}").json()["history"]
    assert [one["kind"] for one in told] == ["decision", "appeal", "answer"]


def test_it_is_said_that_nobody_is_left_to_judge(desk: Desk) -> None:
    flag = own(desk)
    decide(desk.browser("supervisor"), flag)
    appeal(desk.browser("clerk"), flag)
    (one,) = appeals(desk.browser("administrator"))
    assert one["nobody_may"]
    assert "courtesy review users add" in desk.browser("supervisor").get("/appeals").text


def test_an_appeal_is_withdrawn_and_stays_in_the_history(desk: Desk) -> None:
    flag, clerk = own(desk), desk.browser("clerk")
    decide(desk.browser("reviewer"), flag)
    appeal(clerk, flag)
    path = f"/api/findings/{flag}"
    revision = clerk.get(path).json()["revision"]
    gone = clerk.delete(f"{path}/appeal?revision={revision}")
    assert gone.json()["state"] == "confirmed"
    assert [one["kind"] for one in clerk.get(path).json()["history"]] == [
        "decision", "appeal", "withdrawal",
    ]  # fmt: skip
    assert [one["id"] for one in appeals(clerk, "answered")] == [flag]
    refused(answer(desk.browser("supervisor"), flag, upheld=True), 409, "review")
    refused(clerk.delete(f"{path}/appeal?revision={gone.json()['revision']}"), 409, "review")


def test_a_clerk_sees_their_own_appeals_only(desk: Desk) -> None:
    decide(desk.browser("reviewer"), own(desk))
    appeal(desk.browser("clerk"), own_appealed(desk))
    with desk.store.writing() as connection:
        desk.staff["other"] = accounts.add(connection, "other", "-", "clerk", clerk="工号0")
    other = desk.browser("other")
    assert [appeals(other, kind) for kind in ("open", "answered", "possible")] == [[], [], []]


def own_appealed(desk: Desk) -> int:
    with desk.store.reading() as connection:
        wanted = sa.select(_flags.id).where(_flags.state == "confirmed")
        return int(connection.scalars(wanted).one())


# --- agreement ------------------------------------------------------------------------------------


def test_people_and_the_program_are_compared_by_rule(desk: Desk) -> None:
    reviewer = desk.browser("reviewer")
    rows = reviewer.get("/api/findings?rule=forbidden").json()["findings"][:5]
    for row, outcome in zip(rows, ("confirmed",) * 3 + ("rejected", "unsure"), strict=True):
        decide(reviewer, row["id"], outcome)
    client = desk.browser("supervisor")
    (rule,) = client.get("/api/agreement").json()["rules"]
    assert (rule["confirmed"], rule["rejected"], rule["unsure"]) == (3, 1, 1)
    assert rule["precision"] == 0.75
    # Wilson's interval of 3 in 4.
    assert rule["interval"] == pytest.approx([0.3006, 0.9544], abs=1e-3)
    page = client.get("/agreement").text
    assert re.search(r"75 % \(30–95 %\)", page)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert client.get(f"/api/agreement?first={today}&last={today}").json()["rules"] == [rule]
    assert client.get("/api/agreement?last=2020-01-01").json()["rules"] == []


def test_reviewers_are_compared_where_both_looked(desk: Desk) -> None:
    with desk.store.writing() as connection:
        connection.execute(sa.update(tables.flags).values(twice=True))
        number = connection.scalar(sa.select(sa.func.count()).select_from(tables.flags))
    one, other = desk.browser("reviewer"), desk.browser("supervisor")
    rows = one.get("/api/findings").json()["findings"]
    assert len(rows) == number >= 30
    for at, row in enumerate(rows):
        decide(one, row["id"], "rejected" if at % 3 else "confirmed")
        decide(other, row["id"], "confirmed" if at % 6 in {0, 1, 3} else "rejected")
    found = other.get("/api/agreement").json()["reviewers"]
    assert found["looked"] == number
    low, high = found["interval"]
    assert 0 < low < found["kappa"] < found["same"] < high <= 1
    for row in rows[:5]:
        revision = other.get(f"/api/findings/{row['id']}").json()["revision"]
        other.delete(f"/api/findings/{row['id']}/decision?revision={revision}")
    fewer = other.get("/api/agreement").json()["reviewers"]
    assert fewer["looked"] == number - 5
    assert fewer["kappa"] is None
