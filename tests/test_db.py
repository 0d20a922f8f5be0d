"""`courtesy db`: looked at, upgraded, backed up, exported and purged, as people call it."""

import csv
import io
import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from fakes import talk
from stored import TRANSCRIPTS, command, count, keep_file

from courtesy.errors import OutputError
from courtesy.messages import Text
from courtesy.pipeline import Pipeline
from courtesy.records import Finding, Kept, MadeBy, Match, Span
from courtesy.report import export as writer
from courtesy.store import Database, files, migrate, open_database, tables
from courtesy.store.files import Listed

Make = Callable[..., Pipeline]
ENDINGS = ["csv", "xlsx", "parquet", "jsonl"]


# --- status ---------------------------------------------------------------------------------------


def test_status_tells_what_there_is(db_url: str, full: Database) -> None:
    with full.writing() as connection:
        files.enlist(connection, [Listed("/waits.wav", 1, 1)])
    out = command("db", "status", "--db", db_url).stdout
    rows = {line.split("  ")[0]: line for line in out.splitlines()}
    assert migrate.newest() in rows["Version"]
    assert f"done {len(TRANSCRIPTS)}, waiting 1, in work 0, failed 0" in rows["Files"]
    assert "2026-11-01 – 2026-11-06" in rows["Period"]
    assert str(count(full, tables.utterances)) in rows["Utterances"]
    assert "window 3 (" in " ".join(out.split())
    assert "6 results, 6 count" in " ".join(out.split())
    assert "MB" in rows["Size"]


def test_status_of_an_empty_store(db_url: str, database: Database) -> None:
    out = command("db", "status", "--db", db_url).stdout
    assert "0.0 hours" in out
    assert database.revision() == migrate.newest()


def test_without_a_database_every_command_says_so(tmp_path: Path) -> None:
    missing = tmp_path / "no.sqlite3"
    for arguments in (
        ("status",), ("upgrade",), ("backup", tmp_path / "b"), ("export", "--out", "a.csv"),
        ("purge", "--before", "2026-01-01"),
    ):  # fmt: skip
        result = command("db", *arguments, "--db", missing)
        assert result.exit_code == 1
        assert "There is no database" in result.stderr
    assert not list(tmp_path.iterdir())


# --- upgrade --------------------------------------------------------------------------------------


@pytest.fixture
def newer_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let the program need one version more than it did when the database was made."""
    newest, folder = migrate.newest(), tmp_path / "migrations"
    shutil.copytree(migrate._HERE, folder)
    (folder / "versions" / "9999_next.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision = '9999'\ndown_revision = '{newest}'\n\n\n"
        "def upgrade():\n    op.add_column('files', sa.Column('more', sa.Text()))\n"
    )
    monkeypatch.setattr(migrate, "_HERE", folder)


@pytest.mark.usefixtures("newer_program")
def test_an_older_database_is_backed_up_and_upgraded(
    db_url: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(migrate, "_HERE", Path(migrate.__file__).parent / "migrations")
        database = request.getfixturevalue("full")
    told = command("db", "status", "--db", db_url).stdout
    assert "run courtesy db upgrade" in " ".join(told.split())
    out = command("db", "upgrade", "--db", db_url).stdout
    assert f"from version {migrate.revisions()[1]} to 9999" in out
    assert count(database, tables.recordings) == len(TRANSCRIPTS)
    if database.file:
        (copy,) = database.file.parent.glob("*-backup-*")
        assert str(copy) in " ".join(out.split())
        with sqlite3.connect(copy) as connection:
            (held,) = connection.execute("SELECT count(*) FROM recordings").fetchone()
        connection.close()
        assert held == len(TRANSCRIPTS)
    assert "already" in command("db", "upgrade", "--db", db_url).stdout


def test_a_database_of_a_newer_program_is_not_touched(db_url: str, database: Database) -> None:
    with database.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'abcd'"))
    result = command("db", "upgrade", "--db", db_url)
    assert result.exit_code == 1
    assert "newer" in result.stderr
    assert database.revision() == "abcd"


# --- backup ---------------------------------------------------------------------------------------


def test_a_backup_is_a_whole_database_while_others_write(file: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with open_database(str(file)) as database:
            for i in itertools.count():
                if stop.is_set():
                    return
                with database.writing() as connection:
                    files.enlist(connection, [Listed(f"/{i}", i, 1)])

    writes = threading.Thread(target=write)
    writes.start()
    try:
        result = command("db", "backup", tmp_path / "copy", "--db", file)
    finally:
        stop.set()
        writes.join()
    assert result.exit_code == 0
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0
    with open_database(str(tmp_path / "copy"), make=False) as copy:
        assert count(copy, tables.recordings) == len(TRANSCRIPTS)
    assert {p.name for p in tmp_path.iterdir()} <= {
        "copy", "copy-wal", "copy-shm", file.name, f"{file.name}-wal", f"{file.name}-shm",
    }  # fmt: skip


def test_a_backup_overwrites_nothing(file: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("mine")
    result = command("db", "backup", there, "--db", file)
    assert result.exit_code == 1
    assert "is there already" in result.stderr
    assert there.read_text() == "mine"


@pytest.mark.parametrize("target", ["no/folder/copy", "full"])
def test_of_a_backup_that_fails_nothing_stays(
    target: str, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(tmp_path.iterdir())
    if target == "full":
        opened = sqlite3.connect

        def small(*arguments: object, **options: object) -> sqlite3.Connection:
            connection = opened(*arguments, **options)
            connection.execute("PRAGMA max_page_count = 2")
            return connection

        monkeypatch.setattr("courtesy.store.upkeep.sqlite3.connect", small)
    result = command("db", "backup", tmp_path / target, "--db", file)
    assert result.exit_code == 1
    assert "full" in result.stderr or "no such" in result.stderr
    assert set(tmp_path.iterdir()) == before


def test_for_postgresql_its_own_program_is_named(postgresql: object, tmp_path: Path) -> None:
    url = postgresql.new_database("backups")
    open_database(url).close()
    result = command("db", "backup", tmp_path / "copy", "--db", url)
    assert result.exit_code == 2
    assert "pg_dump postgresql://" in result.stderr
    assert not (tmp_path / "copy").exists()


# --- export ---------------------------------------------------------------------------------------


def test_a_table_for_people(db_url: str, full: Database, tmp_path: Path) -> None:
    out = tmp_path / "all.csv"
    result = command("db", "export", "--out", out, "--db", db_url)
    assert "6 interactions were written" in result.stderr
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    assert len(rows) == len(TRANSCRIPTS)
    (poor,) = [row for row in rows if "yibao-poor" in row["File"]]
    assert poor["Hall"] == "一号厅"
    assert poor["Clerk"] == "工号5"
    assert poor["Began"].startswith("2026-11-06 09:30")
    assert poor["Forbidden phrases"].startswith("found")
    assert float(poor["Forbidden phrases (Points)"]) < 0
    assert "：“" in poor["Forbidden phrases heard"] or ": “" in poor["Forbidden phrases heard"]
    assert poor["Rubric"].startswith("window 3")
    assert poor["Speech model"] == ""
    assert full.on_sqlite or rows


def test_lines_may_go_down_a_pipe(file: Path) -> None:
    arguments = ("db", "export", "--db", file, "--out", "/dev/stdout", "--format", "jsonl")
    done = subprocess.run(
        [sys.executable, "-m", "courtesy", *map(str, arguments)],
        capture_output=True, encoding="utf-8", check=True, env=os.environ | {"PYTHONUTF8": "1"},
    )  # fmt: skip
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == len(TRANSCRIPTS)


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_form_holds_every_interaction(
    ending: str, db_url: str, full: Database, tmp_path: Path
) -> None:
    out = tmp_path / f"all.{ending}"
    assert command("db", "export", "--out", out, "--db", db_url).exit_code == 0
    assert len(read_back(out)) == len(TRANSCRIPTS)
    with full.reading() as connection:
        scores = set(connection.scalars(sa.select(tables.interactions.c.score)))
    name = "Score" if ending in {"csv", "xlsx"} else "score"
    assert {float(row[name]) for row in read_back(out)} == scores


def read_back(file: Path) -> list[dict]:
    """Return the rows of an exported file."""
    if file.suffix == ".csv":
        return list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    if file.suffix == ".parquet":
        return pq.read_table(file).to_pylist()
    if file.suffix == ".jsonl":
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    book = openpyxl.load_workbook(file)
    head, *rows = (tuple(c.value for c in row) for sheet in book for row in sheet.iter_rows())
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_lines_hold_findings_and_matches_in_full(
    db_url: str, full: Database, tmp_path: Path
) -> None:
    out = tmp_path / "all.jsonl"
    command("db", "export", "--out", out, "--db", db_url)
    rows = read_back(out)
    assert sum(len(row["matches"]) for row in rows) == count(full, tables.matches)
    assert sum(len(row["findings"]) for row in rows) == count(full, tables.findings)
    assert rows[0]["schema"] == "courtesy-kept/1"
    (poor,) = [row for row in rows if "yibao-poor" in row["path"]]
    counted = [m for m in poor["matches"] if m["counted"] and m["list"] == "forbidden"]
    assert all(m["heard"] in poor["sentences"][str(m["utterance"])] for m in counted)
    assert poor["made_by"]["rubric"].startswith("window")


def test_parquet_keeps_types(db_url: str, full: Database, tmp_path: Path) -> None:
    out = tmp_path / "all.parquet"
    command("db", "export", "--out", out, "--db", db_url)
    rows = read_back(out)
    assert full.url
    assert rows[0]["began"] == datetime(2026, 11, 1, 9, 30)
    (poor,) = [row for row in rows if "yibao-poor" in row["path"]]
    assert poor["forbidden_verdict"] == "fail"
    assert poor["forbidden_points"] < 0
    assert all(one["phrase"] and one["sentence"] for one in poor["forbidden"])


@pytest.mark.parametrize(
    ("options", "days"),
    [
        (("--since", "2026-11-03"), [3, 4, 5, 6]),
        (("--until", "2026-11-03"), [1, 2, 3]),
        (("--since", "2026-11-02", "--until", "2026-11-02"), [2]),
        (("--window", "1号"), [1, 3, 5]),
        (("--hall", "二号厅"), []),
        (("--clerk", "工号3"), [4]),
    ],
)
def test_what_is_asked_for(
    options: tuple[str, ...], days: list[int], db_url: str, full: Database, tmp_path: Path
) -> None:
    out = tmp_path / "some.parquet"
    assert command("db", "export", "--out", out, "--db", db_url, *options).exit_code == 0
    assert sorted(row["began"].day for row in read_back(out)) == days
    assert full.url


def test_what_a_clerk_said_is_no_formula(
    db_url: str, database: Database, make_pipeline: Make, tmp_path: Path
) -> None:
    file = tmp_path / "=cmd().txt"
    file.write_text("x", encoding="utf-8")
    heard = talk(("clerk", "您好。"), path="=1+1")
    told = ("+厅", "-1", "@王", datetime(2026, 1, 1))
    keep_file(database, make_pipeline(), file, (heard,), *told)
    for ending in ("csv", "xlsx"):
        out = tmp_path / f"out.{ending}"
        command("db", "export", "--out", out, "--db", db_url)
        (row,) = read_back(out)
        cells = [str(row[name]) for name in ("File", "Hall", "Window", "Clerk")]
        assert cells == ["'=1+1", "'+厅", "'-1", "'@王"]
    command("db", "export", "--out", tmp_path / "out.parquet", "--db", db_url)
    assert read_back(tmp_path / "out.parquet")[0]["path"] == "=1+1"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--out", "a.doc"), "--format must be one of"),
        (("--out", "a.csv", "--format", "doc"), "--format must be one of"),
        (("--out", "a.csv", "--until", "31.12."), "is no date"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[str, ...], told: str, file: Path) -> None:
    result = command("db", "export", *arguments, "--db", file)
    assert result.exit_code == 2
    assert told in result.stderr


@pytest.mark.parametrize("ending", ["xlsx", "parquet"])
def test_a_library_that_is_missing_is_named(
    ending: str, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = {"xlsx": "openpyxl", "parquet": "pyarrow"}[ending]
    monkeypatch.setitem(__import__("sys").modules, library, None)
    out = tmp_path / f"out.{ending}"
    result = command("db", "export", "--out", out, "--db", file)
    assert result.exit_code == 2
    assert "pip install 'courtesy[" in result.stderr
    assert not out.exists()


def many(number: int) -> Iterator[Kept]:
    """Yield interactions without a store."""
    match = Match(0, "forbidden", "forbidden", "别来烦我", "f1", ("S0",), "serious", "别来烦我",
                  Span(0, 4), 1, "clerk", 1.0, 2.0, "exact", 0.99, "counted",
                  Text("计入", "counted"))  # fmt: skip
    finding = Finding("forbidden", "fail", -20.0, Text("说了", "said"), 1.0, 2.0, (0,), (1,))
    made_by = MadeBy("0", "base (1)", "l", "window 3 (r)")
    for i in range(number):
        yield Kept(
            f"/录音/{i}.wav", "厅", "1", "王", datetime(2026, 1, 1), 0, 0.0, 60.0, "counter", False,
            80.0, Text("称职", "competent"), True, None, (finding,), (match,),
            {1: "别来烦我了"}, made_by,
        )  # fmt: skip


@pytest.mark.parametrize("ending", ENDINGS)
def test_many_interactions_are_not_all_in_memory(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_GROUP", 200)

    def peak(number: int) -> int:
        tracemalloc.start()
        writer.export(tmp_path / f"out.{ending}", ending, many(number), ("forbidden",), "zh")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)  # what is loaded once
    assert peak(3_000) < peak(1_000) * 1.3 + 5e5


def test_a_workbook_goes_on_in_another_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_SHEET", 4)
    out = tmp_path / "out.xlsx"
    assert writer.export(out, "xlsx", many(9), ("forbidden",), "en") == 9
    book = openpyxl.load_workbook(out)
    assert [(sheet.title, sheet.max_row) for sheet in book] == [("1", 5), ("2", 5), ("3", 2)]


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_export_that_breaks_off_leaves_what_was_there(ending: str, tmp_path: Path) -> None:
    def broken() -> Iterator[Kept]:
        yield from many(3)
        raise OSError(28, "No space left on device")

    out = tmp_path / f"out.{ending}"
    out.write_text("earlier")
    with pytest.raises(OutputError, match="disk is full"):
        writer.export(out, ending, broken(), ("forbidden",), "zh")
    assert out.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [out]
