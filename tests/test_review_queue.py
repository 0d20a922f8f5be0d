"""The queue: filters that people keep, samples that are drawn, whose a flag is."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from desks import Browse, opened, staff_of
from stored import RUDE, keep_sound, keep_transcripts

from courtesy.errors import ReviewError
from courtesy.pipeline import Pipeline
from courtesy.store import Database, accounts, assigning, queueing, sampling, tables
from courtesy.store.accounts import Account
from courtesy.store.flagging import catch_up
from courtesy.store.queueing import Wanted

LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def store(database: Database, make_pipeline: Callable[..., Pipeline]) -> Database:
    keep_transcripts(database, make_pipeline())
    catch_up(database, 0.0)
    return database


@pytest.fixture
def staff(store: Database) -> dict[str, Account]:
    return staff_of(store)


@pytest.fixture
def desk(store: Database, staff: dict[str, Account]) -> Iterator[Browse]:
    with opened(store) as browser:
        yield browser


def flags(store: Database, **wanted: object) -> tuple[int, ...]:
    with store.reading() as connection:
        return queueing.numbers(connection, Wanted(**wanted), 10_000)  # type: ignore[arg-type]


# --- samples --------------------------------------------------------------------------------------


def made(store: Database, by: Account, kind: sampling.Kind, share: float = 1.0) -> int:
    with store.writing() as connection:
        return sampling.make(connection, by, f"{kind} {share}", kind, share, LONG_AGO)


def test_a_sample_holds_at_least_one_flag_of_every_clerk_and_week(
    store: Database, staff: dict[str, Account]
) -> None:
    plan = made(store, staff["zhao"], "random", 0.05)
    with store.reading() as connection:
        rows = connection.execute(
            sa.select(tables.flags.c.id, tables.flags.c.clerk, tables.flags.c.began)
        ).all()
    weeks = {(r.clerk, r.began.isocalendar()[:2]) for r in rows}
    drawn = set(flags(store, plan=plan))
    assert {(r.clerk, r.began.isocalendar()[:2]) for r in rows if r.id in drawn} == weeks
    assert len(drawn) < len(rows)


def test_what_is_drawn_is_drawn_again_by_anybody_and_another_plan_draws_others(
    store: Database, staff: dict[str, Account]
) -> None:
    flags_of_one = [{"id": number, "clerk": "x", "began": datetime(2026, 11, 2, 9)}
                    for number in range(1000, 1200)]  # fmt: skip
    with store.writing() as connection:
        (recording,) = connection.execute(sa.select(tables.recordings.c.id).limit(1)).one()
        connection.execute(
            sa.insert(tables.flags),
            [one | {"recording_id": recording, "rule": "x", "utterance": one["id"],
                    "verdict": "fail", "state": "waiting", "rank": 0.0, "twice": False}
             for one in flags_of_one],
        )  # fmt: skip
    first, other = (made(store, staff["zhao"], "random", share) for share in (0.1, 0.10001))
    once = flags(store, plan=first, clerk="x")
    assert len(once) == 20
    assert flags(store, plan=other, clerk="x") != once
    with store.writing() as connection:
        connection.execute(sa.delete(tables.drawn))
        connection.execute(sa.update(tables.plans).values(seen=0))
        sampling.draw(connection)
    assert flags(store, plan=first, clerk="x") == once


def test_all_that_is_fatal_is_drawn_and_so_is_what_comes_later(
    store: Database, staff: dict[str, Account], make_pipeline: Callable[..., Pipeline]
) -> None:
    plan = made(store, staff["zhao"], "fatal")
    assert set(flags(store, plan=plan)) == set(flags(store, severity="fatal"))
    keep_sound(store, make_pipeline, "shuiwu-poor")
    catch_up(store, 0.0)
    with store.writing() as connection:
        connection.execute(sa.update(tables.flags).where(tables.flags.c.began.is_(None)).values(
            began=datetime(2026, 11, 20, 9), severity="fatal"))  # fmt: skip
        count = sampling.draw(connection)
    assert count > 0
    assert set(flags(store, plan=plan)) == set(flags(store, severity="fatal"))


def test_a_plan_that_has_ended_draws_no_more_and_keeps_what_it_drew(
    store: Database, staff: dict[str, Account]
) -> None:
    plan = made(store, staff["zhao"], "random")
    before = flags(store, plan=plan)
    with store.writing() as connection:
        assert sampling.close(connection, staff["zhao"], plan)
        assert not sampling.close(connection, staff["zhao"], plan)
        connection.execute(sa.update(tables.plans).values(seen=0))
        connection.execute(sa.delete(tables.drawn).where(tables.drawn.c.flag_id == before[0]))
        assert sampling.draw(connection) == 0
        (one,) = sampling.plans(connection)
    assert not one.open
    assert (one.drawn, one.decided) == (len(before) - 1, 0)


def test_two_plans_do_not_have_one_name(store: Database, staff: dict[str, Account]) -> None:
    made(store, staff["zhao"], "near")
    with pytest.raises(ReviewError, match="already"):
        made(store, staff["zhao"], "near")


# --- whose they are -------------------------------------------------------------------------------


def test_what_one_takes_the_other_does_not_get_until_it_lapses(
    store: Database, staff: dict[str, Account]
) -> None:
    li, wang = staff["li"], staff["wang"]
    with store.writing() as connection:
        assert assigning.take(connection, li, Wanted(), 5) == 5
        assert assigning.take(connection, wang, Wanted(), 5) == 5
    mine, theirs = flags(store, assigned=li.id), flags(store, assigned=wang.id)
    assert not set(mine) & set(theirs)
    # The most urgent ones first.
    assert {*mine, *theirs} == set(flags(store)[:10])
    with store.writing() as connection:
        connection.execute(
            sa.update(tables.flags)
            .where(tables.flags.c.assigned_id == li.id)
            .values(assigned_until=datetime.now() - timedelta(days=2))
        )
        assigning.take(connection, wang, Wanted(), 5)
    assert set(mine) <= set(flags(store, assigned=wang.id))


def test_what_a_supervisor_gives_does_not_lapse(store: Database, staff: dict[str, Account]) -> None:
    chosen = flags(store)[:3]
    with store.writing() as connection:
        assert assigning.give(connection, staff["zhao"], chosen, staff["wang"]) == 3
        assigning.take(connection, staff["li"], Wanted(), 500)
    assert set(flags(store, assigned=staff["wang"].id)) == set(chosen)
    with store.writing() as connection:
        assigning.give(connection, staff["zhao"], chosen, None)
    assert not flags(store, assigned=staff["wang"].id)


def test_nobody_is_given_their_own_words_or_what_they_may_not_decide(
    store: Database, staff: dict[str, Account]
) -> None:
    own = flags(store, clerk=RUDE)
    with store.writing() as connection:
        accounts.change(connection, staff["wang"], clerk=RUDE)
        wang = accounts.known(connection, "wang")
        with pytest.raises(ReviewError, match="own words"):
            assigning.give(connection, staff["zhao"], own, wang)
        with pytest.raises(ReviewError, match="may not decide"):
            assigning.give(connection, staff["zhao"], own, staff["chen"])
        assigning.take(connection, wang, Wanted(), 500)
    assert not set(flags(store, assigned=wang.id)) & set(own)


# --- at the desk ----------------------------------------------------------------------------------


def test_a_filter_is_its_owner_s_alone(desk: Browse) -> None:
    li, wang = desk("li"), desk("wang")
    kept = {"name": "税务 忌语", "query": "state=waiting&rule=forbidden&hall=%E4%B8%80"}
    one = li.post("/api/filters", json=kept).json()
    assert li.get("/api/filters").json() == [one] == [kept | {"id": one["id"]}]
    assert wang.get("/api/filters").json() == []
    assert wang.delete(f"/api/filters/{one['id']}").status_code == 404
    changed = li.post("/api/filters", json=kept | {"query": "state=second"}).json()
    assert li.get("/api/filters").json() == [changed]
    assert li.delete(f"/api/filters/{one['id']}").status_code == 204
    assert li.get("/api/filters").json() == []


@pytest.mark.parametrize("query", ['"><script>', "a b", "x" * 1001])
def test_a_filter_holds_nothing_but_a_query(desk: Browse, query: str) -> None:
    answer = desk("li").post("/api/filters", json={"name": "x", "query": query})
    assert answer.status_code == 422


def test_a_supervisor_draws_gives_and_a_reviewer_finds_their_own(
    desk: Browse,
) -> None:
    zhao, li = desk("zhao"), desk("li")
    given = {"name": "严重忌语", "kind": "fatal", "since": "2020-01-01"}
    assert zhao.post("/api/plans", json=given).status_code == 201
    (plan,) = li.get("/api/plans").json()
    drawn = li.get("/api/findings", params={"plan": plan["id"]}).json()["findings"]
    assert len(drawn) == plan["drawn"] > 0
    assert {one["severity"] for one in drawn} == {"fatal"}
    assert "严重忌语" in li.get("/findings").text
    numbers = [one["id"] for one in drawn]
    told = zhao.post("/api/assignments", json={"flags": numbers, "to": "li"})
    assert told.json() == {"count": len(numbers)}
    mine = li.get("/api/findings", params={"whose": "mine"}).json()["findings"]
    assert [one["id"] for one in mine] == numbers
    free = li.get("/api/findings", params={"whose": "free"}).json()["findings"]
    assert not {one["id"] for one in free} & set(numbers)
    taken = li.post("/api/taken", json={"count": 3}).json()["count"]
    assert li.get("/api/findings", params={"whose": "mine"}).json()["count"] == len(numbers) + taken


def test_a_clerk_s_page_names_no_other_clerk(desk: Browse) -> None:
    page = desk("chen").get("/findings").text
    others = {f"工号{number}" for number in range(10)} - {RUDE}
    assert not any(f"{other}<" in page or f'"{other}"' in page for other in others)
    assert any(f'"{other}"' in desk("li").get("/findings").text for other in others)
