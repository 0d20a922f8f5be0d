"""What earlier versions wrote is opened by this one, and nothing of it is lost."""

import hashlib
import json
import lzma
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from desks import PASSWORD, desk_over
from stored import command

from courtesy.store import migrate
from courtesy.store.opening import open_database

STORES = Path(__file__).parent / "data" / "stores"
KEPT = sorted(STORES.glob("*.sqlite3.xz"))
TALK = Path(__file__).parent.parent / "samples" / "transcripts" / "yibao-poor.hant.txt"
# What must be the same afterwards, whatever tables it lies in.
LASTING = {
    "recordings": "select content, path, hall, \"window\", clerk from recordings order by id",
    "words": "select recording_id, number, role, heard from utterances order by 1, 2",
    "scores": "select result_id, number, score, grade_zh from interactions order by 1, 2",
    "findings": "select * from findings order by 1, 2, 3",
}  # fmt: skip
DECIDED = "select flag_id, account_id, outcome, why, note, at from decisions order by id"


@pytest.fixture(params=KEPT, ids=lambda file: file.name.partition(".")[0])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Unpack a store of an earlier version."""
    file = tmp_path / "old.sqlite3"
    file.write_bytes(lzma.decompress(request.param.read_bytes()))
    return file


@pytest.fixture
def upgraded(old: Path) -> tuple[Path, dict[str, list[Any]]]:
    """Bring it up to date; give it, and what was in it."""
    before = held(old)
    done = command("db", "upgrade", "--db", old)
    assert done.exit_code == 0, done.stderr
    return old, before


def held(file: Path) -> dict[str, list[Any]]:
    connection = sqlite3.connect(file)
    try:
        version = connection.execute("select version_num from alembic_version").fetchone()[0]
        wanted = LASTING | ({"decisions": DECIDED} if version >= "0003" else {})
        return {name: connection.execute(query).fetchall() for name, query in wanted.items()}
    finally:
        connection.close()


def test_the_stores_are_those_that_were_written() -> None:
    sums = dict(
        reversed(line.split()) for line in (STORES / "SHA256SUMS").read_text("utf-8").splitlines()
    )
    assert {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in KEPT} == sums
    earlier = [one for one in sorted(migrate.revisions()) if one != migrate.newest()]
    assert [name.partition(".")[0] for name in sorted(sums)] == earlier


def test_it_is_refused_with_the_remedy_until_it_is_upgraded(old: Path) -> None:
    before = old.read_bytes()
    refused = command("report", "--db", old)
    assert refused.exit_code != 0
    assert "courtesy db upgrade" in refused.stderr.replace("\n", " ")
    assert old.read_bytes() == before


def test_nothing_is_lost(upgraded: tuple[Path, dict[str, list[Any]]]) -> None:
    file, before = upgraded
    after = held(file)
    assert len(before["recordings"]) == 3
    assert {name: after[name] for name in before} == before


@pytest.mark.parametrize("old", [file for file in KEPT if file.name > "0003"], indirect=True)
def test_what_people_decided_still_counts(upgraded: tuple[Path, dict[str, list[Any]]]) -> None:
    file, before = upgraded
    with desk_over(open_database(str(file))) as desk, desk.browser() as client:
        signed_in = client.post("/api/session", json={"name": "li", "password": PASSWORD})
        assert signed_in.status_code == 200, signed_in.text
        for flag, _, outcome, *_ in before["decisions"]:
            assert client.get(f"/api/findings/{flag}").json()["state"] == outcome
        (first, *_), *_ = before["decisions"]
        history = json.dumps(client.get(f"/api/findings/{first}").json(), ensure_ascii=False)
        assert "请再听一遍" in history
    assert command("review", "audit", "verify", "--db", file).exit_code == 0


def test_it_goes_on_being_used(upgraded: tuple[Path, dict[str, list[Any]]]) -> None:
    """It is reported from, scored again and added to."""
    file, _ = upgraded
    assert command("report", "--db", file).exit_code == 0
    again = command("rescore", "--db", file, "--write", "--yes")
    assert again.exit_code == 0, again.stderr
    added = command("batch", "run", TALK, "--db", file)
    assert added.exit_code == 0, added.stderr
    assert len(held(file)["recordings"]) == 4
