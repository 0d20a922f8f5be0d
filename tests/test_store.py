"""The store: what goes in comes out the same, on SQLite and on PostgreSQL; nothing is half kept."""

import dataclasses
import multiprocessing
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from fakes import SAMPLES, FakeRecogniser, talk, tone, write_sound
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courtesy.batch.sources import find
from courtesy.batch.worker import Worker
from courtesy.errors import StoreError, UsageError
from courtesy.messages import Text
from courtesy.pipeline import Pipeline
from courtesy.records import (
    Asked,
    Clip,
    Event,
    Fault,
    Finding,
    Heard,
    Interaction,
    MadeBy,
    Match,
    Recording,
    Removed,
    Scorecard,
    SoundQuality,
    Span,
    Utterance,
    Word,
)
from courtesy.store import Database, again, files, migrate, open_database, reading, tables
from courtesy.store.clips import clips_of, keep_clips
from courtesy.store.files import Job, Listed
from courtesy.store.opening import find_database
from courtesy.store.saving import Origin, keep, keep_result
from courtesy.transcripts import read_transcripts

MADE_BY = MadeBy("0", "base (1)", "l", "window 2 (r)", {"speech": {"model": "base"}})
OTHER = dataclasses.replace(MADE_BY, rubric="strict 1 (s)")
TRANSCRIPTS = sorted((SAMPLES / "transcripts").iterdir())


def kept(database: Database, recording: Recording, content: str = "c" * 64) -> int:
    """Keep a recording and return the row of its result."""
    with database.writing() as connection:
        origin = Origin(content, recording.heard.path, "大厅", "3", "王芳")
        assert keep(connection, origin, [recording], MADE_BY) == 1
        return connection.scalar(sa.select(sa.func.max(tables.results.c.id)))


def write(database: Database) -> None:
    with database.writing() as connection:
        files.enlist(connection, [Listed("/a", 1, 1)])


def write_into(url: str) -> None:
    with open_database(url) as database:
        write(database)


def read(database: Database, result: int) -> Recording:
    with database.reading() as connection:
        return reading.recording(connection, result)


def same(stored: Recording, recording: Recording) -> bool:
    """Tell whether a stored recording is the one that was kept; readings and voices are not."""
    heard = recording.heard
    utterances = {u.id: dataclasses.replace(u, voice=()) for u in heard.utterances}
    cards = tuple(
        dataclasses.replace(
            card,
            interaction=dataclasses.replace(
                card.interaction,
                utterances=tuple(utterances[u.id] for u in card.interaction.utterances),
            ),
        )
        for card in recording.scorecards
    )
    heard = dataclasses.replace(heard, utterances=tuple(utterances.values()))
    return stored == Recording(heard, scorecards=cards)


# --- round trips ----------------------------------------------------------------------------------


@pytest.mark.parametrize("file", TRANSCRIPTS, ids=lambda f: f.name)
def test_a_transcript_comes_out_as_it_went_in(
    file: Path, database: Database, judge: Callable[[Heard], Recording]
) -> None:
    recording = judge(read_transcripts(file)[0])
    assert same(read(database, kept(database, recording)), recording)


number = st.floats(-1e9, 1e9) | st.just(0.1) | st.just(1e-300)
maybe = st.none() | number
# What PostgreSQL and SQLite can hold alike; the rest has a test of its own.
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
text = st.builds(Text, words, words)
span = st.builds(Span, st.integers(0, 9), st.integers(9, 20))
sound = st.builds(
    SoundQuality, st.none() | st.integers(0, 1), number, number, number, number,
    st.integers(0, 9), maybe,
)  # fmt: skip
moment = st.none() | st.datetimes()
role = st.sampled_from(["clerk", "customer", "unknown"])


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    """Make a recording of all that a recording may hold."""
    utterances = tuple(
        Utterance(
            i, draw(words), draw(role), draw(maybe), draw(maybe), draw(maybe),
            draw(st.none() | st.integers(0, 1)),
            tuple(draw(st.lists(st.builds(Word, words, number, number, number), max_size=2))),
            tuple(draw(st.lists(st.builds(Asked, span, words, number), max_size=2))),
            draw(maybe), draw(st.none() | sound), (1.0, 0.0), draw(maybe),
        )
        for i in range(draw(st.integers(0, 3)))
    )  # fmt: skip
    removed = tuple(
        draw(st.lists(st.builds(Removed, words, number, number, text), max_size=2, unique=True))
    )
    heard = Heard(
        draw(words.filter(bool)), utterances, removed, draw(maybe), draw(st.none() | st.just(2)),
        draw(st.booleans()), tuple(draw(st.lists(text, max_size=2))),
        tuple(draw(st.lists(sound, max_size=2))), draw(moment),
    )  # fmt: skip
    match = Match(
        0, "forbidden", "forbidden", draw(words), draw(words), tuple(draw(st.lists(words))),
        "serious", draw(words), draw(span), 0, "clerk", draw(maybe), draw(maybe), "fuzzy",
        draw(number), "near", draw(text), draw(number), tuple(draw(st.lists(words))),
    )  # fmt: skip
    event = Event("gap", "unknown", draw(number), draw(number), draw(number), (0, 1), draw(text))
    interaction = Interaction(
        0, utterances, "phone", draw(st.booleans()), (match,), removed,
        draw(st.none() | sound), (event,), draw(st.booleans()), draw(moment),
    )  # fmt: skip
    finding = Finding(
        draw(words), "fail", draw(number), draw(text), draw(maybe), draw(maybe), (0,), (1, 2)
    )
    bare = Finding("abuse", "pass", 0.0, draw(text))
    card = Scorecard(
        interaction, (finding, bare), draw(maybe), draw(st.none() | text), draw(st.booleans()),
        draw(st.none() | text),
    )  # fmt: skip
    return Recording(heard, scorecards=(card,))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(recordings())
def test_whatever_it_holds_comes_out_as_it_went_in(
    database: Database, recording: Recording
) -> None:
    with database.writing() as connection:
        connection.execute(sa.delete(tables.recordings))
    assert same(read(database, kept(database, recording)), recording)


def test_what_contradicts_itself_is_said_and_not_kept(
    database: Database, judge: Callable[[Heard], Recording]
) -> None:
    recording = judge(read_transcripts(TRANSCRIPTS[0])[0])
    twice = dataclasses.replace(recording, scorecards=recording.scorecards * 2)
    with pytest.raises(StoreError):
        kept(database, twice)
    with database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(tables.recordings)) == 0
    assert same(read(database, kept(database, recording)), recording)  # it goes on


def test_what_no_text_can_hold_shows_as_a_mark(
    database: Database, judge: Callable[[Heard], Recording]
) -> None:
    odd = "你好\0，再\udc80见" * 3
    recording = judge(talk(("clerk", odd), path=f"{'长' * 300}.txt"))
    (said,) = read(database, kept(database, recording)).heard.utterances
    assert said.heard == odd.replace("\0", "\ufffd").replace("\udc80", "\ufffd")


def test_names_may_be_long(database: Database) -> None:
    long = "很长的名字" * 100
    with database.writing() as connection:
        files.enlist(connection, [Listed("/a", 1, 1, long, long, long)])
        job = files.claim(connection, f"{'host.' * 40}:1")
    assert job
    assert job.listed.hall == long


def test_of_voices_nothing_is_kept(database: Database, judge: Callable[[Heard], Recording]) -> None:
    recording = judge(talk(("clerk", "您好。")))
    voice = (0.123456789, 0.987654321)
    (one,) = recording.heard.utterances
    heard = dataclasses.replace(
        recording.heard, utterances=(dataclasses.replace(one, voice=voice),)
    )
    kept(database, dataclasses.replace(recording, heard=heard))
    with database.reading() as connection:
        rows = [
            str(row)
            for table in tables.metadata.sorted_tables
            for row in connection.execute(sa.select(table))
        ]
        assert connection.scalar(sa.select(tables.recordings.c.details))["voices"] is True
    assert "123456789" not in "".join(rows)


# --- what is kept once, what stays ----------------------------------------------------------------


def test_the_same_content_is_kept_once(
    database: Database, judge: Callable[[Heard], Recording]
) -> None:
    recording = judge(talk(("clerk", "您好。")))
    first = kept(database, recording)
    with database.writing() as connection:
        assert keep(connection, Origin("c" * 64, "other"), [recording], MADE_BY) == 0
        assert connection.scalar(sa.select(sa.func.count()).select_from(tables.recordings)) == 1
        assert connection.scalar(sa.select(tables.results.c.id)) == first


def test_two_that_keep_the_same_at_once_keep_it_once(
    database: Database, judge: Callable[[Heard], Recording]
) -> None:
    recording = judge(talk(("clerk", "您好。")))
    gate, errors = threading.Barrier(2), []

    def keep_it() -> None:
        gate.wait()
        try:
            with database.writing() as connection:
                keep(connection, Origin("c" * 64, "a"), [recording], MADE_BY)
        except StoreError as error:
            errors.append(error)

    threads = [threading.Thread(target=keep_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(error.passing for error in errors), "the worker tries again and finds it there"
    with database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(tables.recordings)) == 1


def test_a_new_result_counts_and_the_old_one_stays(
    database: Database, judge: Callable[[Heard], Recording]
) -> None:
    recording = judge(talk(("clerk", "您好。")))
    first = kept(database, recording)
    with database.writing() as connection:
        number = connection.scalar(sa.select(tables.recordings.c.id))
        second = keep_result(connection, number, recording, OTHER)
        rows = connection.execute(
            sa.select(tables.results.c.id, tables.results.c.current).order_by(tables.results.c.id)
        )
        assert [tuple(row) for row in rows] == [(first, False), (second, True)]


def test_a_block_that_fails_keeps_nothing(
    database: Database, judge: Callable[[Heard], Recording]
) -> None:
    recording = judge(talk(("clerk", "您好。")))
    bad = dataclasses.replace(recording, heard=dataclasses.replace(recording.heard, path=None))
    with pytest.raises(StoreError), database.writing() as connection:
        keep(connection, Origin("c" * 64, "a"), [recording, bad], MADE_BY)
    with database.reading() as connection:
        for table in (tables.recordings, tables.utterances, tables.versions):
            assert not connection.scalar(sa.select(sa.func.count()).select_from(table))


def test_reading_sees_one_state_from_beginning_to_end(database: Database) -> None:
    with database.reading() as connection:
        assert files.counts(connection) == {}
        with database.writing() as other:
            files.enlist(other, [Listed("/a", 1, 1)])
        assert files.counts(connection) == {}
    with database.reading() as connection:
        assert files.counts(connection) == {"waiting": 1}


def test_files_are_handed_out_once(database: Database) -> None:
    with database.writing() as connection:
        files.enlist(connection, [Listed(f"/{i}", i, 1) for i in range(40)])
    taken: list[Job] = []

    def work(name: str) -> None:
        while True:
            with database.writing() as connection:
                job = files.claim(connection, name)
            if job is None:
                return
            taken.append(job)

    threads = [threading.Thread(target=work, args=(f"w{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(job.listed.path for job in taken) == sorted(f"/{i}" for i in range(40))


def test_a_lease_that_ran_out_is_taken_over(database: Database) -> None:
    with database.writing() as connection:
        files.enlist(connection, [Listed("/a", 1, 1)])
        assert files.claim(connection, "one", now=0.0)
        assert files.claim(connection, "two", now=files.LEASE - 1) is None
        files.renew(connection, "one", now=files.LEASE - 1)
        assert files.claim(connection, "two", now=files.LEASE + 1) is None
        taken = files.claim(connection, "two", now=2 * files.LEASE)
        assert taken
        assert taken.attempts == 2
        assert files.failed(connection, taken, Fault("k", Text("坏", "bad")))
        third = files.claim(connection, "two")
        assert third
        assert not files.failed(connection, third, Fault("k", Text("坏", "bad")))
        assert [f.path for f in files.failures(connection)] == ["/a"]
        assert files.try_again(connection) == 1


def test_transcripts_beside_recordings_name_no_model(
    database: Database, make_pipeline: Callable[..., Pipeline], tmp_path: Path
) -> None:
    write_sound(tmp_path / "a.wav", tone(3.0))
    (tmp_path / "b.txt").write_text("工作人员：您好。\n", encoding="utf-8")
    pipeline = make_pipeline(FakeRecogniser(["您好"]))
    pipeline.prepare()
    work(database, pipeline, tmp_path)
    with database.reading() as connection:
        rows = connection.execute(
            sa.select(tables.recordings.c.path, tables.versions.c.model)
            .select_from(tables.results.join(tables.recordings).join(tables.versions))
            .order_by(tables.recordings.c.path)
        )
        assert [(Path(p).name, model) for p, model in rows] == [("a.wav", "fake"), ("b.txt", None)]


class Quiet:
    """Watches a batch and says nothing."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def heard(self, *_: object) -> None: ...

    def kept(self, path: Path, _recordings: object) -> None:
        self.told.append(f"kept {path.name}")

    def same(self, path: Path) -> None:
        self.told.append(f"same {path.name}")

    def failed(self, path: Path, _fault: Fault, *, again: bool) -> None:
        self.told.append(f"failed {path.name}{' again' * again}")

    def waiting(self, _error: StoreError) -> None:
        self.told.append("waiting")


def work(database: Database, pipeline: Pipeline, folder: Path) -> list[str]:
    """Run a batch over a folder and return what became of its files."""
    with database.writing() as connection:
        files.enlist(connection, find([folder]).files)
    watcher = Quiet()
    Worker(database, pipeline, watcher).run()
    return sorted(watcher.told)


@pytest.mark.skipif(os.name == "nt", reason="file names are Unicode there")
def test_a_file_whose_name_no_database_can_hold_is_named_and_passed_over(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xb0\xa1.txt")).write_text("工作人员：您好。", encoding="utf-8")
    (tmp_path / "good.txt").write_text("工作人员：您好。", encoding="utf-8")
    found = find([tmp_path])
    assert [Path(f.path).name for f in found.files] == ["good.txt"]
    assert "UTF-8" in found.faults[0].say("en")


# --- versions of the tables -----------------------------------------------------------------------


def test_migrations_give_the_tables_as_they_are_declared(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with database.reading() as connection:
        context = MigrationContext.configure(
            connection,
            # An empty default on SQLite looks like none to Alembic.
            opts={"compare_type": True, "compare_server_default": not database.on_sqlite},
        )
        assert compare_metadata(context, tables.metadata) == []
    assert database.revision() == migrate.newest() == migrate.revisions()[0]


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Let the program know one more migration."""

    def add(body: str) -> None:
        folder = tmp_path / "migrations"
        if not folder.exists():
            shutil.copytree(migrate._HERE, folder)
        text = (
            "import sqlalchemy as sa\nfrom alembic import op\n"
            f"revision = '9999'\ndown_revision = '{newest}'\n\n\ndef upgrade():\n    {body}\n"
        )
        (folder / "versions" / "9999_next.py").write_text(text)
        monkeypatch.setattr(migrate, "_HERE", folder)

    newest = migrate.newest()
    return add


def test_a_store_of_the_first_version_loses_nothing_and_takes_clips(
    db_url: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    judge: Callable[[Heard], Recording],
) -> None:
    first = tmp_path / "first"
    shutil.copytree(migrate._HERE, first)
    for later in set(first.glob("versions/0*.py")) - set(first.glob("versions/0001*.py")):
        later.unlink()
    recording = judge(read_transcripts(TRANSCRIPTS[0])[0])
    with monkeypatch.context() as earlier:
        earlier.setattr(migrate, "_HERE", first)
        with open_database(db_url) as database:
            # As that version kept it: it knew of no clips, and of nothing that was judged live.
            earlier.setattr("courtesy.store.saving.keep_clips", lambda *_: None)
            result = kept(database, recording)
            with database.writing() as connection:
                details = connection.scalar(sa.select(tables.recordings.c.details))
                del details["alone"]
                connection.execute(sa.update(tables.recordings).values(details=details))
            assert database.revision() == "0001"
    with pytest.raises(StoreError, match="courtesy db upgrade"):
        open_database(db_url)
    with find_database(db_url) as database:
        assert database.upgrade() == ("0001", migrate.newest())
    with open_database(db_url) as database:
        assert same(read(database, result), recording)
        with database.writing() as connection:
            (number,) = again.numbers(connection)
            assert not again.judged(connection, number).divided
            keep_clips(connection, number, [Clip("/a.flac", 1.0, 2.0), Clip("/b.flac")])
            keep_clips(connection, number, [Clip("/c.flac")])
            assert [c.path for c in clips_of(connection, number)] == [
                "/a.flac", "/b.flac", "/c.flac",
            ]  # fmt: skip
            connection.execute(sa.delete(tables.recordings))
            assert not clips_of(connection, number)


ADD = "op.add_column('files', sa.Column('more', sa.Text()))"


def test_an_older_database_is_refused_and_upgraded(
    database: Database, db_url: str, next_version: Callable[[str], None]
) -> None:
    before = database.revision()
    next_version(ADD)
    with pytest.raises(StoreError, match="courtesy db upgrade"):
        open_database(db_url)
    assert database.upgrade() == (before, "9999")
    with database.reading() as connection:
        columns = {c["name"] for c in sa.inspect(connection).get_columns("files")}
    assert "more" in columns


def test_a_migration_that_breaks_off_has_not_happened(
    database: Database, db_url: str, next_version: Callable[[str], None]
) -> None:
    before = database.revision()
    next_version(f"{ADD}; op.execute('UPDATE files SET hall = 1'); raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        database.upgrade()
    assert database.revision() == before
    with database.reading() as connection:
        columns = {c["name"] for c in sa.inspect(connection).get_columns("files")}
    assert "more" not in columns
    next_version(ADD)
    assert database.upgrade() == (before, "9999")


def _upgrade(url: str, scripts: Path) -> None:
    migrate._HERE = scripts
    find_database(url).upgrade()


def test_a_migration_that_is_killed_is_gone_on_with_where_it_was(
    database: Database, db_url: str, next_version: Callable[[str], None], tmp_path: Path
) -> None:
    next_version(ADD)
    folder = tmp_path / "migrations"
    (folder / "versions" / "99999_last.py").write_text(
        "import os\nimport sqlalchemy as sa\nfrom alembic import op\n"
        "revision = '99999'\ndown_revision = '9999'\n\n\ndef upgrade():\n"
        "    op.add_column('files', sa.Column('last', sa.Text()))\n"
        f"    if not os.path.exists({str(tmp_path / 'mended')!r}):\n        os._exit(9)\n"
    )
    killed = multiprocessing.get_context("spawn").Process(target=_upgrade, args=(db_url, folder))
    killed.start()
    killed.join()
    assert killed.exitcode == 9
    assert database.revision() == "9999", "what was whole before stays"
    with pytest.raises(StoreError, match="courtesy db upgrade"):
        open_database(db_url)
    (tmp_path / "mended").touch()
    assert database.upgrade() == ("9999", "99999")
    with database.reading() as connection:
        columns = {c["name"] for c in sa.inspect(connection).get_columns("files")}
    assert {"more", "last"} <= columns
    open_database(db_url).close()


def test_a_database_whose_making_was_killed_is_made_by_the_next_run(db_url: str) -> None:
    # How far one gets: Alembic's own table comes by itself.
    with find_database(db_url, make=True) as database, database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
    with open_database(db_url) as database:
        assert database.revision() == migrate.newest()
        if database.on_sqlite:
            with database.driver() as connection:
                (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
            assert mode == "wal", "who reads does not wait for who writes"


def test_a_newer_database_is_refused(database: Database, db_url: str) -> None:
    with database.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'abcd'"))
    with pytest.raises(StoreError, match="newer courtesy"):
        open_database(db_url)


def _open(url: str, gate: object, out: object) -> None:
    gate.wait()
    try:
        open_database(url).close()
        out.put("made")
    except StoreError as error:
        out.put(str(error))


def test_several_may_make_the_tables_at_once(db_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    gate, out = context.Barrier(3), context.Queue()
    workers = [context.Process(target=_open, args=(db_url, gate, out)) for _ in range(3)]
    for worker in workers:
        worker.start()
    assert [out.get(timeout=60) for _ in workers] == ["made"] * 3
    for worker in workers:
        worker.join()


# --- what can be wrong with it --------------------------------------------------------------------


def test_without_a_database_there_is_nothing_to_read(db_url: str) -> None:
    with pytest.raises(StoreError, match="There is no database"):
        open_database(db_url, make=False)
    with pytest.raises(StoreError, match="There is no database"):
        find_database(db_url)


@pytest.mark.parametrize("url", ["mysql://host/name", "postgresql+nosuch://h/n", "oracle://x"])
def test_other_kinds_of_databases_are_refused(url: str) -> None:
    with pytest.raises(UsageError, match="--db"):
        open_database(url)


def test_a_server_that_is_not_there_is_said_and_passes(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="the connection failed") as refused:
        open_database(f"postgresql+psycopg://me:secret@/x?host={tmp_path}")
    assert refused.value.passing
    assert "secret" not in refused.value.say("zh")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a SQLite file with the tables."""
    file = tmp_path / "courtesy.sqlite3"
    open_database(str(file)).close()
    return file


def test_a_new_file_is_its_owners_alone(file: Path) -> None:
    assert file.stat().st_mode & 0o077 == 0


def test_what_is_no_database_is_said(tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_bytes(b"no database " * 1000)
    with pytest.raises(StoreError, match="it is no database"):
        open_database(str(other))
    assert other.read_bytes() == b"no database " * 1000


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "places.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE moz_places (id)")
    connection.close()
    with pytest.raises(StoreError, match="another program"):
        open_database(str(other))
    with sqlite3.connect(other) as connection:
        assert [r[0] for r in connection.execute("SELECT name FROM sqlite_master")] == [
            "moz_places"
        ]
    connection.close()


def test_a_database_that_is_damaged_is_said(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    file.write_bytes(bytes(data))
    with pytest.raises(StoreError, match="damaged"):
        write_into(str(file))


def test_a_database_that_may_only_be_read_is_said(file: Path) -> None:
    database = open_database(f"sqlite:///file:{file}?mode=ro&uri=true")
    with pytest.raises(StoreError, match="can be read and not written") as refused:
        write(database)
    assert not refused.value.passing
    database.close()


def test_a_database_that_another_holds_is_said_and_passes(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courtesy.store.opening.BUSY", 0.1)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    database = open_database(str(file))
    with pytest.raises(StoreError, match="another program has held it") as refused:
        write(database)
    assert refused.value.passing
    with database.reading() as connection:
        assert files.counts(connection) == {}, "who only reads does not wait"
    holder.execute("ROLLBACK")
    holder.close()
    database.close()


@pytest.fixture
def full(file: Path) -> Iterator[Database]:
    """Give a database that may not grow, as on a full disk."""
    database = open_database(str(file))

    @sa.event.listens_for(database._engine, "connect")
    def limit(connection: sqlite3.Connection, _record: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    database.close()
    yield database
    database.close()


def test_on_a_full_disk_nothing_is_half_kept(
    full: Database, judge: Callable[[Heard], Recording]
) -> None:
    recording = judge(talk(*(("clerk", "您好，请坐。" * 50) for _ in range(40))))
    with pytest.raises(StoreError, match="the disk is full") as refused:
        kept(full, recording)
    assert not refused.value.passing
    with full.reading() as connection:
        assert not connection.scalar(sa.select(sa.func.count()).select_from(tables.recordings))
