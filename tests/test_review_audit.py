"""The trail: who did what, and whoever changes it afterwards is seen."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from desks import Desk, desk_of, refused
from stored import command

from courtesy.cli.common import T
from courtesy.store import Database, audit, tables

COUNT = 6


@pytest.fixture
def trail(database: Database) -> list[str]:
    """Write some entries, each kept by itself; return their checksums."""
    for at in range(COUNT):
        with database.writing() as connection:
            audit.note(connection, "li", "comment", f"flag {at}", {"text": f"第 {at} 条"})
    return checksums(database)


def checksums(database: Database) -> list[str]:
    with database.reading() as connection:
        own = tables.audit.c
        return list(connection.scalars(sa.select(own.own).order_by(own.id)))


def told(database: Database, noted: str = "") -> audit.Verified:
    with database.reading() as connection:
        return audit.verify(connection, noted)


def rows(connection: sa.Connection) -> list[dict[str, Any]]:
    found = connection.execute(sa.select(tables.audit).order_by(tables.audit.c.id))
    return [dict(row._mapping) for row in found]


def changed(connection: sa.Connection) -> None:
    own = tables.audit.c
    connection.execute(sa.update(tables.audit).where(own.id == 3).values(by="zhang"))


def changed_with_its_checksum(connection: sa.Connection) -> None:
    own, row = tables.audit.c, rows(connection)[2]
    values = {name: row[name] for name in ("at", "by", "action", "subject", "details")}
    values["by"] = "zhang"
    made = audit._checksum(values, row["before"])
    connection.execute(sa.update(tables.audit).where(own.id == 3).values(by="zhang", own=made))


def removed(connection: sa.Connection) -> None:
    connection.execute(sa.delete(tables.audit).where(tables.audit.c.id == 3))


def removed_from_the_beginning(connection: sa.Connection) -> None:
    connection.execute(sa.delete(tables.audit).where(tables.audit.c.id <= 3))


def inserted(connection: sa.Connection) -> None:
    row = rows(connection)[2]
    connection.execute(sa.update(tables.audit).values(id=tables.audit.c.id + 100))
    connection.execute(sa.insert(tables.audit).values(row | {"id": 3, "before": "x"}))


def reordered(connection: sa.Connection) -> None:
    own = tables.audit.c
    for before, after in ((3, 99), (4, 3), (99, 4)):
        connection.execute(sa.update(tables.audit).where(own.id == before).values(id=after))


@pytest.mark.parametrize(
    "change",
    [changed, changed_with_its_checksum, removed, removed_from_the_beginning, inserted, reordered],
)
@pytest.mark.usefixtures("trail")
def test_what_was_changed_is_found(
    database: Database, change: Callable[[sa.Connection], None]
) -> None:
    assert told(database).whole
    with database.writing() as connection:
        change(connection)
    found = told(database)
    assert not found.whole
    assert found.broken is not None
    assert found.entries < COUNT


def test_an_end_that_was_cut_off_is_found_with_the_checksum_that_was_noted(
    database: Database, trail: list[str]
) -> None:
    assert all(told(database, noted).whole for noted in ("", *trail))
    with database.writing() as connection:
        connection.execute(sa.delete(tables.audit).where(tables.audit.c.id > COUNT - 2))
    assert told(database).whole, "by itself it cannot be seen"
    found = told(database, trail[-1])
    assert (found.whole, found.cut, found.broken) == (False, True, None)
    with database.writing() as connection:
        audit.note(connection, "li", "comment", "flag 9")
    assert not told(database, trail[-1]).whole
    assert told(database, trail[1]).whole, "what is noted may be of long ago"


def test_the_command_tells_of_it_with_its_exit_code(kept_desk: Path, tmp_path: Path) -> None:
    verify = ("review", "audit", "verify", "--db", tmp_path / "desk.sqlite3")
    with desk_of(kept_desk, tmp_path) as desk:
        for text in ("一", "二"):
            sent = {"text": text}
            desk.browser("reviewer").post(f"/api/findings/{desk.flag()}/comments", json=sent)
        last = checksums(desk.store)[-1]
        whole = command(*verify, "--last", last)
        assert (whole.exit_code, last in whole.stdout) == (0, True)
        with desk.store.writing() as connection:
            connection.execute(sa.delete(tables.audit).where(tables.audit.c.own == last))
        assert command(*verify).exit_code == 0
        cut = command(*verify, "--last", last)
        assert cut.exit_code == 1
        assert T("末尾被删过", "cut off") in cut.stderr


# --- the page -------------------------------------------------------------------------------------


@pytest.fixture
def desk(kept_desk: Path, tmp_path: Path) -> Iterator[Desk]:
    with desk_of(kept_desk, tmp_path) as found:
        with found.store.writing() as connection:
            for at in range(2 * audit.PAGE + 10):
                by, action = ("li", "decide") if at % 2 else ("wang", "comment")
                audit.note(connection, by, action, f"flag {at % 7}", {"note": "很清楚"})
        yield found


def entries(desk: Desk, **asked: object) -> list[dict[str, Any]]:
    answer = desk.browser("administrator").get("/api/audit", params=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["entries"]
    return found


def test_the_trail_is_read_page_by_page_the_last_first(desk: Desk) -> None:
    client = desk.browser("administrator")
    found, after = [], None
    while True:
        asked = {"before": after} if after else {}
        answer = client.get("/api/audit", params=asked).json()
        found += [one["id"] for one in answer["entries"]]
        after = answer["next"]
        if after is None:
            break
    assert found == list(range(found[0], 0, -1))
    assert len(found) >= 2 * audit.PAGE + 10


def test_the_trail_is_chosen_by_what_it_holds(desk: Desk) -> None:
    assert {one["by"] for one in entries(desk, by="li")} == {"li"}
    assert {one["action"] for one in entries(desk, action="comment")} == {"comment"}
    assert {one["subject"] for one in entries(desk, subject="flag 3")} == {"flag 3"}
    both = entries(desk, by="li", subject="flag 3")
    assert both
    assert all((one["by"], one["subject"]) == ("li", "flag 3") for one in both)
    with desk.store.writing() as connection:
        own, late = tables.audit.c, "2026-11-03T23:59:59.999+00:00"
        connection.execute(sa.update(tables.audit).where(own.id <= 4).values(at=late))
    assert len(entries(desk, first="2026-11-03", last="2026-11-03")) == 4
    assert not entries(desk, last="2026-11-02")
    assert not entries(desk, by="nobody")


def test_the_administrator_sees_whether_it_was_changed(desk: Desk) -> None:
    client = desk.browser("administrator")
    found = client.get("/api/audit/verified").json()
    assert found["whole"]
    assert found["last"] == checksums(desk.store)[-1]
    assert found["last"] in found["message"]
    other = client.get("/api/audit/verified", params={"noted": "0" * 63 + "1"}).json()
    assert not other["whole"]
    refused(client.get("/api/audit/verified", params={"noted": "'"}), 422, "invalid")
    with desk.store.writing() as connection:
        changed(connection)
    assert not client.get("/api/audit/verified").json()["whole"]


def test_every_write_leaves_an_entry(desk: Desk) -> None:
    number, client = desk.flag(), desk.browser("reviewer")
    path = f"/api/findings/{number}"
    client.post(f"{path}/comments", json={"text": "再听"})
    client.post(f"{path}/decision", json={"revision": 0, "outcome": "unsure"})
    client.delete(f"{path}/decision", params={"revision": 1})
    own = entries(desk, by="reviewer", subject=f"flag {number}")
    assert [one["action"] for one in own] == ["take back", "decide", "comment"]
