"""Batches: which files there are, what is known of them, and that nothing is lost or done twice."""

import contextlib
import multiprocessing
import os
import random
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from fakes import FakeRecogniser, noise, talk, write_sound
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from courtesy.batch import alive
from courtesy.batch.manifest import read_manifest
from courtesy.batch.pattern import Pattern, Told
from courtesy.batch.sources import Looks, find
from courtesy.batch.worker import Worker
from courtesy.cli import app
from courtesy.errors import CourtesyError, InputError, SpeechError, UsageError
from courtesy.messages import LANGUAGES, Text
from courtesy.pipeline import Pipeline
from courtesy.records import Fault, Recording
from courtesy.speech.recognise import Transcribed
from courtesy.speech.second import Ask
from courtesy.speech.voice import Speech
from courtesy.store import Database, files, open_database, tables

Make = Callable[..., Pipeline]


class Notes:
    """A watcher that remembers."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.again: list[str] = []
        self.bad: list[str] = []
        self.twins: list[str] = []

    def heard(self, path: Path, seconds: float, whole: float | None) -> None: ...

    def kept(self, path: Path, recordings: list[Recording]) -> None:
        self.done.append(path.name)

    def same(self, path: Path) -> None:
        self.twins.append(path.name)

    def failed(self, path: Path, fault: Fault, *, again: bool) -> None:
        (self.again if again else self.bad).append(path.name)

    def waiting(self, error: CourtesyError) -> None: ...


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the locks of these workers apart from those of anybody else."""
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setattr(alive.folders, "cache_dir", lambda: folder)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(str(tmp_path / "store.sqlite3"))
    yield opened
    opened.close()


def talk_files(folder: Path, count: int) -> list[Path]:
    """Write so many transcripts, each different, good and bad."""
    folder.mkdir(exist_ok=True)
    made = []
    for number in range(count):
        greeting = "您好，请问您办什么业务？" if number % 2 else "什么事？"
        lines = [
            f"工作人员：{greeting}",
            f"群众：我是第{number}号，来查社保。",
            f"工作人员：{'请稍等，一共十二年。' if number % 3 else '不归我管。'}",
            "群众：谢谢。",
            "工作人员：不客气，请慢走。",
        ]
        path = folder / f"{number:04}.txt"
        path.write_text("\n".join(lines), encoding="utf-8")
        made.append(path)
    return made


def enlist(database: Database, *places: Path) -> None:
    with database.writing() as connection:
        files.enlist(connection, find(places).files)


def kept(database: Database) -> dict[str, tuple]:
    """Return of each content what counts: scores, and what was found."""
    t = tables
    with database.reading() as connection:
        rows = connection.execute(
            sa.select(t.recordings.c.content, t.interactions.c.score, t.findings)
            .join(t.results, t.results.c.recording_id == t.recordings.c.id)
            .join(t.interactions, t.interactions.c.result_id == t.results.c.id)
            .join(
                t.findings,
                (t.findings.c.result_id == t.interactions.c.result_id)
                & (t.findings.c.interaction == t.interactions.c.number),
            )
            .where(t.results.c.current)
            .order_by(t.findings.c.interaction, t.findings.c.number)
        )
        found: dict[str, list] = {}
        for content, score, _, *finding in rows:
            found.setdefault(content, []).append((score, *finding))
    return {content: tuple(map(str, rows)) for content, rows in found.items()}


def states(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return files.counts(connection)


def assert_as_undisturbed(database: Database, make: Make, folder: Path) -> None:
    """Check that all of a folder is kept, once, as one run that nothing disturbed keeps it."""
    with open_database(str(folder.parent / "quiet.sqlite3")) as quiet:
        enlist(quiet, folder)
        Worker(quiet, make(), Notes()).run()
        assert states(database) == states(quiet)
        assert kept(database) == kept(quiet)
        for table in (tables.recordings, tables.results):
            count = sa.select(sa.func.count()).select_from(table)
            with database.reading() as here, quiet.reading() as there:
                assert here.scalar(count) == there.scalar(count)


# --- what there is --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "path", "told"),
    [
        (
            "{hall}/{window}/{clerk}_{date}_{time}",
            "/in/朝阳/3号/王芳_2026-11-22_09-05-30.wav",
            Told("朝阳", "3号", "王芳", datetime(2026, 11, 22, 9, 5, 30)),
        ),
        (
            "W{window}-{date}{time}",
            "W12-202611220905.mp3",
            Told("", "12", "", datetime(2026, 11, 22, 9, 5)),
        ),
        ("{clerk} {any}", "李四 上午.opus", Told("", "", "李四")),
        ("{window}/{any}", "rec.wav", None),
        ("{date}_{time}", "20261399_0905.wav", None),
    ],
)  # fmt: skip
def test_a_pattern_reads_names(pattern: str, path: str, told: Told | None) -> None:
    assert Pattern(pattern).read(Path(path)) == told


@pytest.mark.parametrize("pattern", ["", "nothing", "{colour}", "{hall}{hall}"])
def test_a_pattern_that_makes_no_sense_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match="--pattern"):
        Pattern(pattern)


@given(st.text())
def test_no_name_breaks_a_pattern(name: str) -> None:
    Pattern("{hall}/{window}_{clerk}_{date}_{time}").read(Path(f"a/{name}.wav"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_manifest_tells_what_is_known(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "清单.csv"
    file.write_text(
        "录音,大厅,窗口,姓名,开始时间\n"
        "a.wav,政务服务中心大厅,3,王芳,2026-11-22 09:05\n"
        "b/c.wav,,,,\n",
        encoding=encoding,
    )
    first, second = read_manifest(file)
    assert first.path == tmp_path / "a.wav"
    assert first.told == Told("政务服务中心大厅", "3", "王芳", datetime(2026, 11, 22, 9, 5))
    assert second.path == tmp_path / "b" / "c.wav"
    assert second.told == Told()


def test_a_workbook_is_a_manifest_too(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["file", "window", "clerk", "began"])
    book.active.append(["a.wav", 3, 1007.0, datetime(2026, 11, 22, 9, 5)])
    book.save(tmp_path / "list.xlsx")
    (entry,) = read_manifest(tmp_path / "list.xlsx")
    assert entry.told == Told("", "3", "1007", datetime(2026, 11, 22, 9, 5))


@pytest.mark.parametrize(
    ("text", "named"),
    [("a,b\n1,2\n", "first row"), ("path,began\na.wav,gestern\n", "row 2"), ("", "first row")],
)
def test_what_is_wrong_in_a_manifest_is_named(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "list.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=named):
        list(read_manifest(file))


def test_a_workbook_that_is_none_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    (tmp_path / "list.xlsx").write_text("path\n", encoding="utf-8")
    with pytest.raises(InputError, match="XLSX"):
        list(read_manifest(tmp_path / "list.xlsx"))


def test_files_that_still_grow_are_left_alone(tmp_path: Path) -> None:
    old, new = talk_files(tmp_path / "in", 2)
    os.utime(old, (time.time() - 60, time.time() - 60))
    found = find([tmp_path / "in"], settled=10.0)
    assert [Path(one.path) for one in found.files] == [old]
    assert found.growing == (new,)


def test_a_place_that_is_watched_tells_only_what_is_new_or_changed(tmp_path: Path) -> None:
    old, bad = talk_files(tmp_path / "in", 2)
    looks = Looks([tmp_path / "in"])

    def told() -> list[str]:
        return [Path(one.path).name for one in looks.look().files]

    assert told() == [old.name, bad.name]
    assert told() == []
    bad.write_text("工作人员：您好。", encoding="utf-8")
    assert told() == [bad.name]
    other = tmp_path / "other.txt"
    other.write_bytes(old.read_bytes())
    os.utime(other, (1, 1))
    other.replace(old)  # another file of the same name and length
    (tmp_path / "in" / "new.txt").write_text("群众：你好。", encoding="utf-8")
    assert told() == sorted(["new.txt", old.name])
    old.unlink()
    assert told() == []


def test_links_to_a_file_are_the_file(tmp_path: Path) -> None:
    (file,) = talk_files(tmp_path / "in", 1)
    try:
        (tmp_path / "in" / "a-link.txt").symlink_to(file)
        (tmp_path / "folder").symlink_to(tmp_path / "in", target_is_directory=True)
    except OSError:
        pytest.skip("this system makes no links")
    found = find([tmp_path / "in"]).files + find([tmp_path / "folder"]).files
    assert {one.path for one in found} == {str(file.resolve())}


# --- working --------------------------------------------------------------------------------------


def test_everything_is_done_once(make_pipeline: Make, database: Database, tmp_path: Path) -> None:
    made = talk_files(tmp_path / "in", 6)
    (tmp_path / "in" / "again.txt").write_bytes(made[2].read_bytes())
    notes = Notes()
    for _ in range(2):
        enlist(database, tmp_path / "in")
        Worker(database, make_pipeline(), notes).run()
    assert sorted([*notes.done, *notes.twins]) == sorted([p.name for p in made] + ["again.txt"])
    assert len(notes.twins) == 1
    assert states(database) == {"done": 7}
    assert len(kept(database)) == 6


def test_a_file_that_was_changed_is_done_again(
    make_pipeline: Make, database: Database, tmp_path: Path
) -> None:
    (file,) = talk_files(tmp_path / "in", 1)
    for text in (None, "工作人员：您好。\n群众：你好。"):
        if text:
            file.write_text(text, encoding="utf-8")
        enlist(database, tmp_path / "in")
        Worker(database, make_pipeline(), Notes()).run()
    assert len(kept(database)) == 2


def test_a_bad_file_is_tried_again_and_set_aside_with_its_reason(
    make_pipeline: Make, database: Database, tmp_path: Path
) -> None:
    talk_files(tmp_path / "in", 3)
    (tmp_path / "in" / "bad.json").write_text("{", encoding="utf-8")
    notes = Notes()
    enlist(database, tmp_path / "in")
    Worker(database, make_pipeline(), notes).run()
    assert notes.again == ["bad.json"] * (files.ATTEMPTS - 1)
    assert notes.bad == ["bad.json"]
    assert len(notes.done) == 3
    with database.reading() as connection:
        (failure,) = files.failures(connection)
    assert failure.path.endswith("bad.json")
    assert all("bad.json" in failure.fault.message.say(lang) for lang in LANGUAGES)
    with database.writing() as connection:
        assert files.try_again(connection) == 1
    assert states(database) == {"done": 3, "waiting": 1}


def test_what_is_known_of_a_file_is_kept_with_it(
    make_pipeline: Make, database: Database, tmp_path: Path
) -> None:
    talk_files(tmp_path / "3号", 1)[0].rename(tmp_path / "3号" / "王芳_20261122_0905.txt")
    found = find([tmp_path / "3号"], Pattern("{window}/{clerk}_{date}_{time}"))
    with database.writing() as connection:
        files.enlist(connection, found.files)
    Worker(database, make_pipeline(), Notes()).run()
    with database.reading() as connection:
        row = connection.execute(sa.select(tables.recordings)).one()
        began = connection.scalar(sa.select(tables.interactions.c.began))
    assert (row.window, row.clerk, row.began) == ("3号", "王芳", datetime(2026, 11, 22, 9, 5))
    assert began == row.began


class Choking(FakeRecogniser):
    """Fails at one length of sound, as a model may at one recording."""

    def transcribe(self, speech: Iterable[Speech], ask: Ask | None = None) -> Iterator[Transcribed]:
        for piece in speech:
            if piece.end > 4.0:
                raise SpeechError(Text("不行", "no"))
            yield from super().transcribe([piece], ask)


def test_what_the_recogniser_fails_at_costs_the_others_nothing(
    make_pipeline: Make, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Loud noise is no speech to the detector, so that here all sound is speech.
    monkeypatch.setattr(
        "courtesy.speech.voice.VoiceActivity.probabilities",
        lambda self, samples: np.ones(len(samples) // 512, np.float32),
    )
    for name, seconds in (("a", 2.0), ("b", 3.0), ("long", 6.0), ("c", 3.5)):
        write_sound(tmp_path / f"{name}.wav", noise(seconds, 0.1 + seconds / 100))
    notes = Notes()
    enlist(database, tmp_path)
    Worker(database, make_pipeline(Choking(lambda piece: "您好")), notes).run()
    assert sorted(notes.done) == ["a.wav", "b.wav", "c.wav"]
    assert notes.bad == ["long.wav"]


def test_two_workers_at_once_do_everything_once(make_pipeline: Make, tmp_path: Path) -> None:
    talk_files(tmp_path / "in", 40)
    url = str(tmp_path / "store.sqlite3")
    first = open_database(url)
    enlist(first, tmp_path / "in")
    notes = [Notes(), Notes()]
    pipelines = [make_pipeline(), make_pipeline()]
    threads = [
        threading.Thread(target=Worker(open_database(url), pipeline, note).run)
        for pipeline, note in zip(pipelines, notes, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(notes[0].done + notes[1].done) == [f"{n:04}.txt" for n in range(40)]
    assert all(note.done for note in notes)
    assert len(kept(first)) == 40


def test_a_lease_that_ran_out_is_taken_over_and_the_clock_may_go_back(
    database: Database, tmp_path: Path
) -> None:
    talk_files(tmp_path / "in", 1)
    enlist(database, tmp_path / "in")
    with database.writing() as connection:
        assert files.claim(connection, "elsewhere:1", now=1000.0)
        assert files.claim(connection, "here:1", now=1000.0 + files.LEASE - 1) is None
        assert files.claim(connection, "here:1", now=10.0) is None
        files.renew(connection, "elsewhere:1", now=1100.0)
        assert files.claim(connection, "here:1", now=1100.0 + files.LEASE - 1) is None
        assert files.claim(connection, "here:1", now=1101.0 + files.LEASE)


def test_what_breaks_the_program_again_and_again_is_set_aside(
    database: Database, tmp_path: Path
) -> None:
    talk_files(tmp_path / "in", 1)
    enlist(database, tmp_path / "in")
    for _ in range(files.BREAKS):
        with database.writing() as connection:
            assert files.claim(connection, "here:1")
            files.give_back(connection, "here:1", tried=True)
    with database.writing() as connection:
        assert files.claim(connection, "here:1") is None
        (failure,) = files.failures(connection)
    assert failure.fault.kind == "broken"


# --- killed ---------------------------------------------------------------------------------------


class Busy(Notes):
    """A watcher that says when the first file is done."""

    def __init__(self, busy: threading.Event) -> None:
        super().__init__()
        self.busy = busy

    def kept(self, path: Path, recordings: list[Recording]) -> None:
        self.busy.set()


def _work(url: str, cache: str, make: Make, busy: threading.Event) -> None:
    """Work in a process that may be killed."""
    alive.folders.cache_dir = lambda: Path(cache)
    database = open_database(url)
    alive.free_the_dead(database, Notes().waiting)
    Worker(database, make(), Busy(busy)).run()


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and kill")
def test_killed_fifty_times_nothing_is_lost_and_nothing_done_twice(
    make_pipeline: Make, tmp_path: Path
) -> None:
    count, url = 300, str(tmp_path / "killed.sqlite3")
    talk_files(tmp_path / "in", count)
    stormy = open_database(url)
    enlist(stormy, tmp_path / "in")
    make_pipeline().judge(talk(("clerk", "您好")))
    # Forked, a worker has loaded all of that; each makes a pipeline and a connection of its own.
    context = multiprocessing.get_context("fork")
    rng, kills = random.Random(1), 0
    while kills < 50:
        stormy.close()
        busy = context.Event()
        process = context.Process(
            target=_work, args=(url, str(tmp_path / "cache"), make_pipeline, busy)
        )
        process.start()
        # However slow the machine, each gets something done: a file at which every worker dies
        # would rightly be set aside.
        while process.is_alive() and not busy.wait(0.05):
            pass
        time.sleep(rng.uniform(0, 0.2))
        if process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
            process.join()
        else:  # a fast machine, which has done all
            process.join()
            assert process.exitcode == 0
            count += 100
            talk_files(tmp_path / "in", count)
            enlist(stormy, tmp_path / "in")
    alive.free_the_dead(stormy, Notes().waiting)
    assert states(stormy).get("done"), "nothing was done between the kills"
    Worker(stormy, make_pipeline(), Notes()).run()
    assert_as_undisturbed(stormy, make_pipeline, tmp_path / "in")
    with stormy.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


# --- the command ----------------------------------------------------------------------------------


def courtesy(*words: object, lang: str = "en") -> Result:
    return CliRunner().invoke(app, list(map(str, words)), env={"COLUMNS": "200"})


def test_the_command_scores_and_tells_what_failed(tmp_path: Path) -> None:
    talk_files(tmp_path / "in", 2)
    (tmp_path / "in" / "bad.json").write_text("{", encoding="utf-8")
    db = tmp_path / "x.sqlite3"
    first = courtesy("batch", "run", tmp_path / "in", "--db", db)
    assert first.exit_code == 1
    assert "bad.json" in first.output
    again = courtesy("batch", "run", tmp_path / "in", "--db", db)
    assert again.exit_code == 1
    assert "0001.txt" not in again.output
    failed = courtesy("batch", "failures", "--db", db)
    assert "bad.json" in failed.stdout
    (tmp_path / "in" / "bad.json").unlink()
    talk_files(tmp_path / "in", 3)
    with contextlib.closing(open_database(str(db))) as database:
        assert states(database)["done"] == 2


def test_what_is_not_scored_says_why(tmp_path: Path) -> None:
    write_sound(tmp_path / "silent.wav", np.zeros((1, 48_000), np.float32))
    (tmp_path / "alone.txt").write_text("群众：有人吗？", encoding="utf-8")
    result = courtesy("batch", "run", tmp_path, "--db", tmp_path / "x.sqlite3")
    assert result.exit_code == 0, result.output
    said = "".join(result.output.split())
    assert re.search(r"silent\.wav:(not ?scored|未评分)[:：].{8,}", said), said
    assert re.search(r"alone\.txt:(not ?scored|未评分)[:：].{5,}", said), said


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        (("batch", "run", "in", "--db", "mysql://x/y"), 2, "postgresql"),
        (("batch", "run", "in", "--pattern", "{colour}", "--db", "x.sqlite3"), 2, "colour"),
        (("batch", "failures", "--db", "nothere.sqlite3"), 1, "nothere"),
        (("batch", "run", "nowhere", "--db", "x.sqlite3"), 1, "nowhere"),
    ],
)
def test_bad_input_gets_one_sentence(
    words: tuple[str, ...], code: int, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    talk_files(tmp_path / "in", 1)
    result = courtesy(*words)
    assert result.exit_code == code, result.output
    assert named in result.output
    assert "Traceback" not in result.output
