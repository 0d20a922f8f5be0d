"""`courtesy doctor`: what it sees of a machine, and what it says is to be done."""

import json
import os
import sqlite3
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from stored import command

from courtesy.doctor import program, surroundings
from courtesy.errors import StoreError
from courtesy.messages import Text
from courtesy.store import Database
from courtesy.store.opening import open_database

NAMES = {
    "python", "libraries", "extras", "settings", "lists", "model", "processor", "microphone",
    "disk", "database", "permissions", "clock", "fonts", "terminal",
}  # fmt: skip


def told(*arguments: object) -> tuple[int, dict[str, dict[str, Any]]]:
    """Return the exit code, and each check by its name."""
    done = command("doctor", "--json", *arguments)
    found = json.loads(done.stdout)
    assert found["schema"] == 1
    return done.exit_code, {one["name"]: one for one in found["checks"]}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Give a database with its tables."""
    file = tmp_path / "courtesy.sqlite3"
    open_database(str(file)).close()
    return file


def test_a_sound_machine_is_said_to_be_one(store: Path, model_folder: Path) -> None:
    code, checks = told("--db", store, "--model", model_folder)
    assert set(checks) == NAMES
    assert code == 0, checks
    assert {name for name, one in checks.items() if one["health"] == "fault"} == set()
    assert checks["permissions"]["health"] == "good"
    shown = command("doctor", "--db", store, "--model", model_folder)
    assert shown.exit_code == 0
    assert "✓ " in shown.stdout
    assert str(store.name) in shown.stdout.replace("\n", "")


def test_a_model_that_is_missing_or_altered_is_told_with_its_remedy(
    store: Path, model_folder: Path, tmp_path: Path
) -> None:
    code, checks = told("--db", store, "--model", "nosuch")
    assert (code, checks["model"]["health"]) == (1, "fault")
    assert "courtesy models pull base" in checks["model"]["found"]
    broken = tmp_path / "base"
    broken.mkdir()
    for file in model_folder.iterdir():
        content = file.read_bytes()
        if file.name == "config.json":
            content = content.replace(b" ", b"\n", 1)  # as long as it was
        (broken / file.name).write_bytes(content)
    code, checks = told("--db", store, "--model", broken)
    assert (code, checks["model"]["health"]) == (1, "fault")
    assert "config.json" in checks["model"]["found"]


def test_settings_that_make_no_sense_hide_nothing_else(store: Path, tmp_path: Path) -> None:
    config = tmp_path / "courtesy.toml"
    config.write_text("[speech]\nbeam = 5\n", encoding="utf-8")
    code, checks = told("--db", store, "--config", config)
    assert (code, checks["settings"]["health"]) == (1, "fault")
    assert "beam" in checks["settings"]["found"]
    assert set(checks) == NAMES


def test_a_broken_list_is_a_fault(store: Path, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("[[phrase]]\nid = 3\n", encoding="utf-8")
    code, checks = told("--db", store, "--lexicons", tmp_path)
    assert (code, checks["lists"]["health"]) == (1, "fault")
    assert "own.toml" in checks["lists"]["found"]


def test_a_database_of_another_version_is_told_with_its_remedy(store: Path) -> None:
    for revision, todo in (("0003", "courtesy db upgrade"), ("9999", "courtesy")):
        with sqlite3.connect(store) as connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        connection.close()
        code, checks = told("--db", store)
        assert (code, checks["database"]["health"]) == (1, "fault")
        assert revision in checks["database"]["found"]
        assert todo in checks["database"]["found"]


def test_a_damaged_database_is_noticed(store: Path) -> None:
    content = bytearray(store.read_bytes())
    size = int.from_bytes(content[16:18], "big")
    last = len(content) // size
    content[(last - 8) * size : (last - 1) * size] = b"\xa5" * size * 7
    store.write_bytes(content)
    code, checks = told("--db", store)
    assert (code, checks["database"]["health"]) == (1, "fault")


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps folders, not files, to their users")
def test_a_database_that_others_can_read_is_told(store: Path) -> None:
    store.chmod(0o644)
    code, checks = told("--db", store)
    assert (code, checks["permissions"]["health"]) == (0, "warning")
    assert f"chmod 600 {store}" in checks["permissions"]["todo"]


def test_no_database_yet_is_no_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    _, checks = told()
    assert checks["database"]["health"] == "good"
    assert not list(tmp_path.rglob("*.sqlite3"))  # it only looked


@pytest.mark.parametrize(
    ("requirement", "lacking"),
    [
        ("numpy>=1", []),
        ("numpy>=99", ["numpy"]),
        ("no-such-library>=1", ["no-such-library"]),
        ("no-such-library>=1; extra == 'live'", ["no-such-library"]),
        ("no-such-library>=1; python_version < '3'", []),
        ("courtesy[batch]; extra == 'live'", []),
    ],
)
def test_a_library_that_does_not_fit_is_named(requirement: str, lacking: list[str]) -> None:
    assert [one.split()[0] for one in program.lacks(requirement)] == lacking


def test_where_a_library_is_missing_that_is_said_and_not_tripped_over(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        program, "lacks", lambda one: ["ctranslate2"] if "ctranslate2" in one else []
    )
    monkeypatch.setitem(sys.modules, "ctranslate2", None)
    code, checks = told("--db", store)
    assert (code, checks["libraries"]["health"]) == (1, "fault")
    assert "ctranslate2" in checks["libraries"]["found"]
    assert "model" not in checks


def test_a_database_that_is_locked_is_not_called_damaged(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = StoreError(Text("锁住", "it is locked"), passing=True)

    def held(_: Database) -> None:
        raise locked

    monkeypatch.setattr(Database, "reading", held)
    _, checks = told("--db", store)
    assert checks["database"]["found"] == "it is locked"


NOW, CHINA = datetime(2030, 5, 6, 9, 0), timedelta(hours=8)


@pytest.mark.parametrize(
    ("now", "offset", "latest", "health"),
    [
        (NOW, CHINA, None, "good"),
        (NOW, CHINA, NOW - timedelta(days=1), "good"),
        (NOW, CHINA, NOW + timedelta(minutes=5), "good"),  # another machine's clock
        (NOW, CHINA, NOW + timedelta(days=1), "fault"),
        (datetime(2001, 1, 1), CHINA, None, "fault"),
        (NOW, timedelta(), None, "warning"),
    ],
)
def test_a_clock_that_is_wrong_is_noticed(
    now: datetime, offset: timedelta, latest: datetime | None, health: str
) -> None:
    assert surroundings.clock(now, offset, latest).health == health


def test_a_full_disk_is_a_fault(monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    usage = type("Usage", (), {"free": 3e8})
    monkeypatch.setattr(surroundings.shutil, "disk_usage", lambda _: usage)
    code, checks = told("--db", store)
    assert (code, checks["disk"]["health"]) == (1, "fault")
    assert "courtesy db purge" in checks["disk"]["todo"]


@pytest.mark.parametrize(
    ("encoding", "fits"), [("utf-8", True), ("gb18030", True), ("cp437", False), (None, False)]
)
def test_a_terminal_that_cannot_show_chinese_is_noticed(encoding: str | None, fits: bool) -> None:
    assert program.shows_chinese(encoding) is fits
