"""What goes wrong around a batch, and that it costs nothing: the same results, one clear sentence.

Power cuts (kill -9) and Ray's faults are in `test_batch` and `test_cluster`.
"""

import errno
import os
import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from databases import PostgreSQL
from fakes import FakeRecogniser, noise, write_sound
from stored import command
from test_batch import Make, Notes, assert_as_undisturbed, enlist, kept, states, talk_files
from typer.testing import Result

from courtesy.batch import alive
from courtesy.batch import run as batch_run
from courtesy.batch import worker as workers
from courtesy.batch.manifest import read_manifest
from courtesy.batch.sources import find
from courtesy.batch.worker import Worker
from courtesy.errors import CourtesyError, NotReadable, OutputError, StoreError, Unreachable
from courtesy.messages import LANGUAGES, Lang, Text
from courtesy.records import Recording
from courtesy.speech.decode import open_recording
from courtesy.store import Database, files, open_database, opening, patience
from courtesy.store.files import Listed

COUNT = 12


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make_pipeline: Make) -> None:
    """Wait for less long than for a real server, and keep the locks of these workers apart."""
    (tmp_path / "cache").mkdir()
    monkeypatch.setattr(alive.folders, "cache_dir", lambda: tmp_path / "cache")
    monkeypatch.setattr(patience, "PAUSE", 0.01)
    monkeypatch.setattr(patience, "LONGEST_PAUSE", 0.02)
    monkeypatch.setattr(batch_run, "LOOK", 0.05)
    monkeypatch.setattr("courtesy.pipeline.load_pipeline", lambda *_: make_pipeline())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder of transcripts."""
    talk_files(tmp_path / "in", COUNT)
    return tmp_path / "in"


@pytest.fixture(scope="module")
def _server(postgresql: PostgreSQL) -> Iterator[PostgreSQL]:
    del postgresql  # it is there, or this is skipped; that one is others' as well
    with PostgreSQL() as server:
        yield server


_names = iter(f"faults{n}" for n in range(1000))


@pytest.fixture
def server(_server: PostgreSQL) -> PostgreSQL:
    """Give a PostgreSQL that a test may stop, and starts again."""
    return _server


def run(place: Path, url: object) -> Result:
    return command("batch", "run", place, "--db", url)


def said(result: Result, *words: str, code: int = 1) -> None:
    """Check that a run ended with one sentence that holds these words."""
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    last = result.output.strip().splitlines()[-1]
    assert all(word in last for word in words), result.output


# --- PostgreSQL comes and goes --------------------------------------------------------------------


class Disturbing(Notes):
    """Does something when so many files are done, and something else when that is noticed."""

    def __init__(
        self, at: int, disturb: Callable[[], object], mend: Callable[[], object] = bool
    ) -> None:
        super().__init__()
        self.at, self.disturb, self.mend = at, disturb, mend
        self.waits: list[CourtesyError] = []

    def kept(self, path: Path, recordings: list[Recording]) -> None:
        super().kept(path, recordings)
        if len(self.done) == self.at:
            self.disturb()

    def waiting(self, error: CourtesyError) -> None:
        self.waits.append(error)
        if len(self.waits) == 3:
            self.mend()


@pytest.mark.parametrize("long", [False, True], ids=["at once", "after a while"])
def test_a_server_that_starts_anew_during_a_run_costs_nothing(
    long: bool, server: PostgreSQL, make_pipeline: Make, folder: Path
) -> None:
    def disturb() -> None:
        server.stop()
        if not long:
            server.start()

    notes = Disturbing(5, disturb, server.start if long else bool)
    with open_database(server.new_database(next(_names))) as database:
        enlist(database, folder)
        Worker(database, make_pipeline(), notes).run()
        assert bool(notes.waits) == long, "it is told of, where there was anything to wait for"
        assert sorted(notes.done) == [f"{n:04}.txt" for n in range(COUNT)], "none was heard twice"
        assert_as_undisturbed(database, make_pipeline, folder)
    for lang in LANGUAGES:
        assert all(re.search("check the server|请检查数据库服务", e.say(lang)) for e in notes.waits)


def test_a_server_that_goes_away_before_the_first_file_is_waited_for(
    server: PostgreSQL, make_pipeline: Make, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.new_database(next(_names))
    waits: list[CourtesyError] = []

    def open_and_stop(*arguments: object) -> Database:
        opened = open_database(*arguments)
        server.stop()
        return opened

    def waiting(_display: object, error: CourtesyError) -> None:
        waits.append(error)
        if len(waits) == 2:
            server.start()

    with monkeypatch.context() as patched:
        patched.setattr("courtesy.store.open_database", open_and_stop)
        patched.setattr("courtesy.cli.batch_display.Display.waiting", waiting)
        result = run(folder, url)
    assert result.exit_code == 0, result.output
    assert waits
    with open_database(url) as database:
        assert_as_undisturbed(database, make_pipeline, folder)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_server_that_is_not_up_yet_is_named_and_the_next_run_does_it(
    lang: Lang, server: PostgreSQL, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courtesy.cli.common.LANG", lang)
    url = server.new_database(next(_names))
    server.stop()
    try:
        refused = run(folder, url)
    finally:
        server.start()
    said(refused, url.partition("?")[0], "check the server" if lang == "en" else "请检查数据库服务")
    assert run(folder, url).exit_code == 0


def test_a_file_that_was_given_to_us_in_an_answer_that_was_lost_is_done(
    make_pipeline: Make, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, lost = Worker._claim, []

    def lossy(self: Worker) -> files.Job | None:
        job = claim(self)
        if len(lost) < 3:
            lost.append(job)
            raise StoreError(Text("断了", "broken"), passing=True)
        return job

    monkeypatch.setattr(Worker, "_claim", lossy)
    with open_database(str(tmp_path / "x.sqlite3")) as database:
        enlist(database, folder)
        Worker(database, make_pipeline(), Notes()).run()
        assert_as_undisturbed(database, make_pipeline, folder)


# --- a store that cannot be written ---------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_store_that_may_only_be_read_is_named(
    lang: Lang, db_url: str, make_pipeline: Make, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courtesy.cli.common.LANG", lang)
    with open_database(db_url) as database:
        read_only = f"sqlite:///file:{db_url}?mode=ro&uri=true"
        if not database.on_sqlite:
            read_only = f"{db_url}&options=-cdefault_transaction_read_only%3Don"
        refused = run(folder, read_only)
        said(refused, "can be read and not written" if lang == "en" else "只能读，不能写")
        assert run(folder, db_url).exit_code == 0
        assert_as_undisturbed(database, make_pipeline, folder)


def _fill_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    connect, most = opening._on_connect, []

    def small(connection: sqlite3.Connection, record: object) -> None:
        connect(connection, record)
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        most.append(pages)
        connection.execute(f"PRAGMA max_page_count = {most[0]}")

    monkeypatch.setattr(opening, "_on_connect", small)


def _fill_postgresql(database: Database) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF NEW.path LIKE '%%0005.txt' THEN RAISE 'No space left' USING ERRCODE = '53100'; "
            "END IF; RETURN NEW; END $$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER full_disk BEFORE INSERT ON recordings "
            "FOR EACH ROW EXECUTE FUNCTION full_disk()"
        )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_on_a_full_disk_a_run_ends_and_the_next_one_goes_on(
    lang: Lang, db_url: str, make_pipeline: Make, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courtesy.cli.common.LANG", lang)
    with open_database(db_url) as database:
        with monkeypatch.context() as patched:
            if database.on_sqlite:
                _fill_sqlite(patched)
            else:
                _fill_postgresql(database)
            refused = run(folder, db_url)
        said(refused, "the disk is full" if lang == "en" else "磁盘已满")
        assert set(states(database)) <= {"waiting", "done"}, "what was in hand is free again"
        assert states(database)["waiting"]
        if not database.on_sqlite:
            with database.writing() as connection:
                connection.exec_driver_sql("DROP TRIGGER full_disk ON recordings")
        assert run(folder, db_url).exit_code == 0
        assert_as_undisturbed(database, make_pipeline, folder)


def test_a_lock_that_cannot_be_made_is_named(
    make_pipeline: Make, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "there")

    monkeypatch.setattr("filelock.FileLock.acquire", full)
    with open_database(str(tmp_path / "x.sqlite3")) as database:
        enlist(database, folder)
        with pytest.raises(OutputError, match="disk is full") as refused:
            Worker(database, make_pipeline(), Notes()).run()
        assert "磁盘已满" in refused.value.say("zh")


# --- a store that somebody else holds -------------------------------------------------------------

_HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Let another process hold `x.sqlite3`; give what ends that."""
    file = tmp_path / "x.sqlite3"
    open_database(str(file)).close()
    monkeypatch.setattr(opening, "BUSY", 0.02)
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout
    assert holder.stdout.readline()
    yield holder.communicate
    if holder.poll() is None:
        holder.communicate()


def test_a_store_that_another_program_holds_for_a_while_is_waited_for(
    held: Callable[[], None],
    make_pipeline: Make,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits = Disturbing(0, bool, held)
    monkeypatch.setattr(
        "courtesy.cli.batch_display.Display.waiting", lambda _, error: waits.waiting(error)
    )
    assert run(folder, tmp_path / "x.sqlite3").exit_code == 0
    assert len(waits.waits) >= 3
    with open_database(str(tmp_path / "x.sqlite3")) as database:
        assert_as_undisturbed(database, make_pipeline, folder)


def test_a_store_that_another_program_never_gives_back_is_named(
    held: Callable[[], None], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PATIENCE", 0.1)
    said(run(folder, tmp_path / "x.sqlite3"), "another program has held it", "x.sqlite3")
    held()
    assert run(folder, tmp_path / "x.sqlite3").exit_code == 0


# --- storage that stalls --------------------------------------------------------------------------


def _failing(names: set[str], times: int, code: int) -> Callable[[Path], str]:
    """Return a `digest` that cannot read these files so often; empty means all."""
    left = [times]

    def digest(path: Path) -> str:
        if (not names or path.name in names) and left[0]:
            left[0] -= 1
            raise OSError(code, os.strerror(code), str(path))
        return workers_digest(path)

    return digest


workers_digest = workers.digest


@pytest.mark.parametrize("code", [errno.EIO, errno.ESTALE, errno.ETIMEDOUT])
def test_storage_that_is_away_for_a_while_sets_nothing_aside(
    code: int,
    make_pipeline: Make,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "digest", _failing(set(), 2 * COUNT, code))
    notes = Disturbing(0, bool)
    with open_database(str(tmp_path / "x.sqlite3")) as database:
        enlist(database, folder)
        Worker(database, make_pipeline(), notes).run()
        assert len(notes.waits) == 2 * COUNT, "it rests after each"
        assert notes.bad == []
        assert_as_undisturbed(database, make_pipeline, folder)
    for lang, word in (("zh", "网络"), ("en", "network")):
        assert word in notes.waits[0].say(lang)


def test_what_storage_kept_from_being_read_is_named_and_tried_again_by_the_next_run(
    make_pipeline: Make, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = str(tmp_path / "x.sqlite3")
    with monkeypatch.context() as patched:
        patched.setattr(workers, "digest", _failing({"0004.txt"}, 1000, errno.EIO))
        result = run(folder, url)
        assert result.exit_code == 1
        assert "0004.txt" in result.output
        with open_database(url) as database:
            assert states(database) == {"done": COUNT - 1, "failed": 1}
    assert "network" in " ".join(command("batch", "failures", "--db", url).output.split())
    assert run(folder, url).exit_code == 0
    with open_database(url) as database:
        assert_as_undisturbed(database, make_pipeline, folder)


def test_a_read_that_stalls_and_goes_on_is_only_late(
    make_pipeline: Make, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stalls, goes_on = threading.Event(), threading.Event()

    def digest(path: Path) -> str:
        if path.name == "0003.txt":
            stalls.set()
            goes_on.wait()
        return workers_digest(path)

    monkeypatch.setattr(workers, "digest", digest)
    notes = Notes()
    with open_database(str(tmp_path / "x.sqlite3")) as database:
        enlist(database, folder)
        thread = threading.Thread(target=Worker(database, make_pipeline(), notes).run)
        thread.start()
        stalls.wait()
        with open_database(str(tmp_path / "x.sqlite3")) as other:  # it does the rest meanwhile
            Worker(other, make_pipeline(), notes).run()
        assert states(database) == {"done": COUNT - 1, "working": 1}
        goes_on.set()
        thread.join()
        assert len(notes.done) == COUNT
        assert_as_undisturbed(database, make_pipeline, folder)


@pytest.mark.parametrize("first", [True, False], ids=["when opened", "on the way"])
def test_a_recording_that_storage_fails_to_give_is_not_called_damaged(
    first: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import av

    path = write_sound(tmp_path / "a.wav", noise(30.0))
    opened, read, made = av.open, Path.open, []

    class Stale:
        def __init__(self) -> None:
            self._file = read(path, "rb")
            made.append(self._file)

        def read(self, size: int) -> bytes:
            if first or self._file.tell() > 100_000:
                raise OSError(errno.ESTALE, "Stale file handle")
            return self._file.read(size)

        def seek(self, *where: int) -> int:
            return self._file.seek(*where)

        def tell(self) -> int:
            return self._file.tell()

        def __enter__(self) -> "Stale":
            return self

        def __exit__(self, *_: object) -> None:
            self._file.close()

    monkeypatch.setattr(av, "open", lambda _path, **options: opened(Stale(), **options))
    headers = iter([True] if first else [False, True])

    def stale_open(self: Path, *arguments: object) -> object:
        return Stale() if self == path and next(headers, True) else read(self, *arguments)

    monkeypatch.setattr(Path, "open", stale_open)
    with pytest.raises(Unreachable, match="network") as refused:
        list(open_recording(path).blocks())
    assert "请检查磁盘和网络" in refused.value.say("zh")
    for file in made:
        file.close()


def test_a_manifest_that_storage_fails_to_give_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = tmp_path / "list.csv"
    manifest.write_text("path\n", encoding="utf-8")

    def stale(self: Path) -> bytes:
        raise OSError(errno.ESTALE, "Stale file handle", str(self))

    monkeypatch.setattr(Path, "read_bytes", stale)
    with pytest.raises(NotReadable, match="network"):
        list(read_manifest(manifest))
    assert "list.csv" in find([manifest]).faults[0].say("zh")


# --- a corrupt recording in the middle ------------------------------------------------------------


def test_a_corrupt_recording_costs_the_others_nothing(
    make_pipeline: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "courtesy.speech.voice.VoiceActivity.probabilities",
        lambda self, samples: np.ones(len(samples) // 512, np.float32),
    )
    (tmp_path / "in").mkdir()
    for number in range(5):
        write_sound(tmp_path / "in" / f"{number}.wav", noise(4.0 + number, 0.1, seed=number))
    bad = tmp_path / "in" / "2.wav"
    bad.write_bytes(bad.read_bytes()[:60_000])
    (tmp_path / "in" / "3.opus").write_bytes(b"OggS" + bytes(5000))

    def make() -> object:
        return make_pipeline(FakeRecogniser(lambda piece: "您好"))

    notes = Notes()
    with open_database(str(tmp_path / "x.sqlite3")) as database:
        enlist(database, tmp_path / "in")
        Worker(database, make(), notes).run()
        assert sorted(notes.done) == ["0.wav", "1.wav", "3.wav", "4.wav"]
        assert sorted(notes.bad) == ["2.wav", "3.opus"]
        with database.reading() as connection:
            for failure in files.failures(connection):
                assert all(Path(failure.path).name in failure.fault.message.say(lang)
                           for lang in LANGUAGES)  # fmt: skip
        for path in (bad, tmp_path / "in" / "3.opus"):
            path.unlink()
        with open_database(str(tmp_path / "good.sqlite3")) as good:
            enlist(good, tmp_path / "in")
            Worker(good, make(), Notes()).run()
            assert states(good) == {"done": 4}
            assert kept(good) == kept(database)


# --- clocks and others ----------------------------------------------------------------------------


def test_a_clock_that_goes_back_holds_nothing_up(
    make_pipeline: Make, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    now, started = [time.time() + 86_400.0], time.monotonic()
    clock = lambda: now[0] + 500 * (time.monotonic() - started)  # noqa: E731 - minutes in a moment
    monkeypatch.setattr(files.time, "time", clock)
    url = str(tmp_path / "x.sqlite3")
    with open_database(url) as database:
        enlist(database, folder)
        with database.writing() as connection:
            assert files.claim(connection, "elsewhere:1"), "which then dies"

        def back() -> None:
            now[0] -= 86_400.0

        notes = Disturbing(4, back)
        Worker(database, make_pipeline(), notes).run()
        assert len(set(notes.done)) >= COUNT - 1
        result = run(folder, url)
        assert result.exit_code == 0, result.output
        assert "1 " in result.output, "it says for what it waits"
        assert_as_undisturbed(database, make_pipeline, folder)


def test_on_a_server_machines_with_other_clocks_take_nothing_from_each_other(
    postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_database(postgresql.new_database(next(_names))) as database:
        with database.writing() as connection:
            files.enlist(connection, [Listed("/a", 1, 1)])
            assert files.claim(connection, "one:1")
        monkeypatch.setattr(files.time, "time", lambda: 9e9)
        with database.writing() as connection:
            assert files.claim(connection, "fast:1") is None


def test_what_another_machine_holds_under_the_name_of_this_one_is_left_to_it(
    make_pipeline: Make, folder: Path, tmp_path: Path
) -> None:
    with open_database(str(tmp_path / "x.sqlite3")) as database:
        enlist(database, folder)
        with database.writing() as connection:
            assert files.claim(connection, alive.new_name())
        assert alive.free_the_dead(database, Notes().waiting) == 0


def test_two_runs_started_at_once_do_everything_once(
    db_url: str, make_pipeline: Make, folder: Path
) -> None:
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "courtesy", "batch", "run", str(folder), "--db", db_url],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
            env=os.environ | {"PYTHONUTF8": "1", "COURTESY_LANG": "en"},
        )
        for _ in range(2)
    ]  # fmt: skip
    out = [one.communicate()[0] for one in runs]
    assert [one.returncode for one in runs] == [0, 0], out
    lines = [line for text in out for line in text.splitlines() if ".txt: " in line]
    assert len(lines) == COUNT, "each was heard by one of them"
    assert all(f"{COUNT} done, 0 failed" in text for text in out), "both end when all is done"
    with open_database(db_url) as database:
        assert_as_undisturbed(database, make_pipeline, folder)


def test_two_runs_that_find_the_same_files_at_once_both_go_on(
    postgresql: PostgreSQL, make_pipeline: Make, folder: Path
) -> None:
    url = postgresql.new_database(next(_names))
    results: list[Result] = []
    waits = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                    "AND datname = current_database()")  # fmt: skip
    with open_database(url) as database:
        second = threading.Thread(target=lambda: results.append(run(folder, url)))
        with database.writing() as connection:
            files.enlist(connection, find([folder]).files)
            second.start()
            while not _scalar(database, waits):
                assert second.is_alive()
        second.join()
        assert results[0].exit_code == 0, results[0].output
        assert_as_undisturbed(database, make_pipeline, folder)


def _scalar(database: Database, what: sa.TextClause) -> object:
    with database.reading() as connection:
        return connection.scalar(what)
