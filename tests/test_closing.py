"""A day's recording takes the place of what was judged live: all of it at once, and it is told."""

import contextlib
import dataclasses
import io
import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from fakes import SAMPLES, FakeRecogniser, GoldRecogniser, decoded
from rich.console import Console
from stored import command
from test_keeper import BEGAN, LEFT, morning
from test_live import MORNING

from courtesy.cli import closing as printed
from courtesy.config import Settings
from courtesy.errors import DamagedRecording, StoreError
from courtesy.live.clips import Clips
from courtesy.live.closing import Breach, Brief, close_day, compare, day_of
from courtesy.live.desk import Desk
from courtesy.live.ear import Ear, Recognition
from courtesy.live.events import Closed
from courtesy.live.keeper import Keeper, store_opener
from courtesy.live.recorder import Recorder
from courtesy.live.session import happenings, tell
from courtesy.live.sitting import Sitting
from courtesy.live.source import FileSource
from courtesy.messages import Text
from courtesy.pipeline import Pipeline
from courtesy.records import Clip, Heard, Scorecard
from courtesy.speech.decode import RATE, Samples
from courtesy.speech.flac import in_16_bits, write_flac
from courtesy.speech.following import Following
from courtesy.speech.recognise import WhisperRecogniser
from courtesy.speech.settling import Settling
from courtesy.store import Database, open_database, superseding, tables
from courtesy.store.clips import clips_of
from courtesy.store.content import digest
from courtesy.store.superseding import unclosed

Make = Callable[..., Pipeline]
SITTING = Sitting("麦克风", BEGAN, 2, "一号厅", "3号窗口", "王芳")


@pytest.fixture(scope="module")
def cards(make_pipeline: Make) -> list[Scorecard]:
    """Give a morning's interactions, as they close at a counter."""
    return morning(make_pipeline)


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    """Give a morning's sound."""
    return decoded(MORNING.with_suffix(".opus"))


@pytest.fixture(scope="module")
def pipeline(make_pipeline: Make) -> Pipeline:
    """Give what hears a morning's words in its sound."""
    gold = tomllib.loads(MORNING.read_text(encoding="utf-8"))
    turns = [turn for part in gold["interaction"] for turn in part["turn"]]
    made = make_pipeline(GoldRecogniser({"clerk": "left", "turn": turns}), LEFT)
    made.prepare()
    hear, known = made.hear, {}

    def once(path: Path, progress: object = None) -> tuple[Heard, ...]:
        """Hear a file, and the same content only once: it takes a while."""
        content = digest(path) if path.exists() else ""
        if content not in known:
            known[content] = hear(path)
        return tuple(dataclasses.replace(one, path=str(path)) for one in known[content])

    made.hear = once
    return made


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, sound: np.ndarray) -> Path:
    """Give the file of a morning, as the recorder leaves it."""
    with Recorder(SITTING, tmp_path_factory.mktemp("sound"), lambda _: None) as recorder:
        for at in range(0, sound.shape[1], 160_000):
            recorder.keep(sound[:, at : at + 160_000])
    return recorder.file


@pytest.fixture
def file(recorded: Path, tmp_path: Path) -> Path:
    """Give a file of one's own."""
    target = tmp_path / recorded.name
    target.write_bytes(recorded.read_bytes())
    return target


@pytest.fixture
def live(
    database: Database,
    db_url: str,
    pipeline: Pipeline,
    cards: list[Scorecard],
    file: Path,
) -> Database:
    """Give a store with what was judged live, a clip of each, and the day's sound."""

    def clip(card: Scorecard) -> list[Clip]:
        path = file.with_name(f"clip{card.interaction.id}.flac")
        write_flac(path, np.zeros((2, 99), np.int16))
        return [Clip(str(path), card.interaction.start, card.interaction.end)]

    opener = store_opener(db_url)
    with Keeper(SITTING, opener, pipeline.made_by, lambda _: None, clip, file) as keeper:
        for card in cards:
            keeper.take(Closed(0.0, card), 0.0)
    return database


def nobody(error: StoreError) -> None:
    raise AssertionError(error)


def counting(database: Database) -> list[tuple[str, int]]:
    """Return the recordings that count, with how many interactions each has."""
    with database.reading() as connection:
        rows = connection.execute(
            sa.select(tables.recordings.c.path, sa.func.count())
            .select_from(tables.interactions.join(tables.results).join(tables.recordings))
            .where(tables.results.c.current)
            .group_by(tables.recordings.c.id)
            .order_by(tables.recordings.c.id)
        )
        return [tuple(row) for row in rows]


def test_the_recording_counts_in_place_of_what_was_live(
    live: Database,
    db_url: str,
    pipeline: Pipeline,
    file: Path,
    cards: list,
    tmp_path: Path,
) -> None:
    assert counting(live) == [(SITTING.name, 1)] * len(cards)
    found = close_day(live, pipeline, day_of(SITTING, file), nobody)
    ((path, many),) = counting(live)
    assert path == str(file)
    assert found.superseded == len(cards)
    with live.reading() as connection:
        row = connection.execute(
            sa.select(tables.recordings).where(tables.recordings.c.path == str(file))
        ).one()
        assert (row.hall, row.window, row.clerk, row.began) == ("一号厅", "3号窗口", "王芳", BEGAN)
        assert clips_of(connection, row.id) == (Clip(str(file)),)
    out = tmp_path / "all.jsonl"
    command("db", "export", "--out", out, "--db", db_url)
    assert len(out.read_text("utf-8").splitlines()) == many
    status = command("db", "status", "--db", db_url).stdout
    assert f"1 ({row.duration / 3600:,.1f} hours)" in status
    assert f"{many:,}" in next(line for line in status.splitlines() if "Interactions" in line)
    told = command("rescore", "--db", db_url, "--rubric", "strict", "--write", "--yes").stdout
    assert "1 recordings, " in told
    assert counting(live) == [(str(file), many)]
    report = json.loads(command("report", "--db", db_url, "--json").stdout)
    assert f'"interactions": {many}' in json.dumps(report)


def test_the_same_words_give_nearly_the_same(
    live: Database,
    pipeline: Pipeline,
    file: Path,
    cards: list,
) -> None:
    found = close_day(live, pipeline, day_of(SITTING, file), nobody)
    assert sum(p.live is not None and p.file is not None for p in found.pairs) >= len(cards) - 1
    # What was said to be one thing live is never another by the file; it may have become unsure,
    # since the sound has noises that were not among the words.
    differing = [one for pair in found.pairs for one in pair.differing]
    assert all("unsure" in verdicts or None in verdicts for _, *verdicts in differing)
    assert found.equal / found.findings > 0.7
    assert not found.only_live
    assert not found.only_file


def test_until_it_is_stored_the_live_results_count(
    live: Database, pipeline: Pipeline, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = counting(live)
    keep = superseding.keep

    def full(*arguments: object) -> int:
        keep(*arguments)
        raise StoreError(Text("磁盘已满。", "The disk is full."))

    monkeypatch.setattr(superseding, "keep", full)
    with pytest.raises(StoreError, match="full"):
        close_day(live, pipeline, day_of(SITTING, file), nobody)
    assert counting(live) == before


def test_a_store_that_is_away_for_a_while_is_waited_for(
    live: Database, pipeline: Pipeline, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courtesy.store.patience.PAUSE", 0.01)
    keep, told = superseding.keep, []

    def away(*arguments: object) -> int:
        keep(*arguments)
        if not told:
            raise StoreError(Text("连不上。", "It is away."), passing=True)
        return 0

    monkeypatch.setattr(superseding, "keep", away)
    close_day(live, pipeline, day_of(SITTING, file), told.append)
    assert len(told) == 1
    assert [path for path, _ in counting(live)] == [str(file)]


def test_a_file_that_holds_less_than_was_heard_changes_nothing(
    live: Database, pipeline: Pipeline, make_pipeline: Make, file: Path, sound: np.ndarray
) -> None:
    before = counting(live)
    file.unlink()
    write_flac(file, in_16_bits(sound[:, : sound.shape[1] // 2]))
    with pytest.raises(DamagedRecording, match="heard live"):
        close_day(live, pipeline, day_of(SITTING, file), nobody)
    with live.reading() as connection:
        assert not unclosed(connection), "it is not tried again at every start"
    deaf = make_pipeline(FakeRecogniser([]), LEFT)
    with pytest.raises(DamagedRecording, match="heard live"):
        close_day(live, deaf, day_of(SITTING, file), nobody)
    file.unlink()
    with pytest.raises(Exception, match="cannot be read"):
        close_day(live, pipeline, day_of(SITTING, file), nobody)
    assert counting(live) == before


def test_what_a_power_cut_left_is_found(live: Database, pipeline: Pipeline, file: Path) -> None:
    with live.reading() as connection:
        (day,) = unclosed(connection)
    assert day == day_of(SITTING, file)
    file.write_bytes(file.read_bytes()[:-3000])  # its end, with the last word's echo
    close_day(live, pipeline, day, nobody)
    assert [path for path, _ in counting(live)] == [str(file)]
    with live.reading() as connection:
        assert not unclosed(connection)


def test_done_twice_it_is_done_once(live: Database, pipeline: Pipeline, file: Path) -> None:
    close_day(live, pipeline, day_of(SITTING, file), nobody)
    once = counting(live)
    close_day(live, pipeline, day_of(SITTING, file), nobody)
    assert counting(live) == once


@pytest.mark.parametrize("more", [(), ("--keep-scores",)])
@pytest.mark.parametrize("closed", [True, False])
def test_a_purge_takes_all_sound(
    more: tuple[str, ...],
    closed: bool,
    live: Database,
    db_url: str,
    pipeline: Pipeline,
    file: Path,
    cards: list,
) -> None:
    if closed:
        close_day(live, pipeline, day_of(SITTING, file), nobody)
    file.with_name("clip1.flac").unlink()  # somebody was there before
    out = command("db", "purge", "--before", "2026-11-24", "--db", db_url, "--yes", *more).stdout
    assert f"{len(cards) + 1} files of sound recorded at the counter go as well" in out
    assert f"Deleted {len(cards)} files of sound" in out
    assert not list(file.parent.glob("*.flac"))
    with live.reading() as connection:
        assert not connection.scalar(sa.select(sa.func.count()).select_from(tables.clips))


def test_what_belongs_to_a_file_that_cannot_be_deleted_stays(
    live: Database,
    db_url: str,
    file: Path,
    cards: list,
) -> None:
    stuck = file.with_name("clip1.flac")
    stuck.unlink()
    stuck.mkdir()  # what no file's deletion takes away
    result = command("db", "purge", "--before", "2026-11-24", "--db", db_url, "--yes")
    assert result.exit_code == 1
    assert str(stuck) in result.stderr
    assert f"Deleted from {len(cards) - 1} recordings" in result.stdout
    assert len(counting(live)) == 1
    stuck.rmdir()
    result = command("db", "purge", "--before", "2026-11-24", "--db", db_url, "--yes")
    assert "Deleted from 1 recordings" in result.stdout


def test_sound_on_another_machine_is_told(
    live: Database,
    db_url: str,
    file: Path,
    cards: list,
) -> None:
    with live.writing() as connection:
        connection.execute(sa.update(tables.clips).values(host="window-3"))
    file.with_name("clip1.flac").unlink()
    result = command("db", "purge", "--before", "2026-11-24", "--db", db_url, "--yes")
    assert "window-3" in result.stderr
    assert "clip1.flac" in result.stderr
    assert f"Deleted {len(cards)} files" in result.stdout  # a share that both see


@pytest.mark.model
def test_a_counter_from_the_sound_to_the_store(
    tmp_path: Path, make_pipeline: Make, recogniser: WhisperRecogniser
) -> None:
    """All of it together, with the real model; the file's sound is what was heard live."""
    settings = Settings().with_changes(
        dialogue={"clerk": "left"}, speech={"workers": 1, "batch_size": 1},
        live={"keep_sound": "day"},
    )  # fmt: skip
    pipeline = make_pipeline(recogniser, settings)
    pipeline.prepare()
    source = FileSource(SAMPLES / "counter" / "yibao-poor.opus", pace=0)
    sitting = Sitting(source.name, BEGAN, source.channels, window="3")
    url, told = str(tmp_path / "courtesy.sqlite3"), []
    with contextlib.ExitStack() as stack:
        recorder = stack.enter_context(Recorder(sitting, tmp_path / "sound", told.append))
        clips = stack.enter_context(Clips(sitting, tmp_path / "sound", told.append))
        keeper = stack.enter_context(
            Keeper(
                sitting, store_opener(url), pipeline.made_by, told.append, clips.of, recorder.file
            )
        )

        def keep(block: Samples | int) -> None:
            recorder.keep(block)
            clips.ring.keep(block)

        recognition = Recognition(Following(recogniser), pipeline.questions, Settling(recogniser))
        ear = Ear(source, recognition, settings.speech, keep)
        desk = Desk(pipeline, settings.live, source.channels, BEGAN, sitting.name, settles=True)
        tell(happenings(ear, desk, pipeline.voices()), [clips, keeper])
    assert recorder.whole
    assert (keeper.kept, told) == (1, [])
    with open_database(url) as database:
        with database.reading() as connection:
            (number,) = connection.scalars(sa.select(tables.recordings.c.id))
            kept = clips_of(connection, number)
        assert kept[0] == Clip(str(recorder.file))
        assert len(kept) > 1
        assert all(0 < decoded(Path(c.path)).shape[1] <= 20 * RATE for c in kept[1:])
        found = close_day(database, pipeline, day_of(sitting, recorder.file), nobody)
        assert [path for path, _ in counting(database)] == [str(recorder.file)]
    assert [(p.live is None, p.file is None) for p in found.pairs] == [(False, False)]
    assert found.equal == found.findings > 0
    assert not found.only_live
    assert not found.only_file
    assert command("db", "purge", "--before", "2026-11-24", "--db", url, "--yes").exit_code == 0
    assert not list((tmp_path / "sound").rglob("*.flac"))


# --- what differs ---------------------------------------------------------------------------------


def brief(number: int, start: float, end: float, *said: float, **verdicts: str) -> Brief:
    breaches = tuple(Breach("这不归我管", "not-my-job", at, "这不归我管") for at in said)
    grade = Text("称职", "competent")
    return Brief(number, start, end, 80.0, grade, verdicts, breaches)


LIVE = [
    brief(0, 0, 60, greeting="pass", farewell="fail"),
    brief(1, 70, 130, 80.0, greeting="pass", forbidden="fail"),
    brief(2, 300, 320, greeting="fail"),
]
FILE = [
    brief(0, 1, 60, greeting="pass", farewell="pass"),
    brief(1, 70, 128, 80.9, 100.0, greeting="pass", forbidden="fail"),
    brief(2, 140, 200, 150.0, greeting="pass", forbidden="fail"),
]


def test_interactions_are_paired_by_their_times() -> None:
    found = compare(LIVE, FILE)
    numbers = [(p.live and p.live.number, p.file and p.file.number) for p in found.pairs]
    assert numbers == [(0, 0), (1, 1), (None, 2), (2, None)]
    assert [p.differing for p in found.pairs] == [
        (("farewell", "fail", "pass"),),
        (),
        (("greeting", None, "pass"), ("forbidden", None, "fail")),
        (("greeting", "fail", None),),
    ]
    assert (found.equal, found.findings) == (3, 7)
    assert [b.start for b in found.only_file] == [100.0, 150.0]
    assert found.only_live == ()
    assert [b.start for b in compare(FILE, LIVE).only_live] == [100.0, 150.0]


def test_one_that_the_file_divides_has_one_fellow() -> None:
    whole, first, second = brief(0, 0, 100), brief(0, 0, 60), brief(1, 62, 100)
    found = compare([whole], [first, second])
    assert [(p.live is not None, p.file and p.file.number) for p in found.pairs] == [
        (True, 0),
        (False, 1),
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_differs_is_printed(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("closing", "changes", "comparison", "common"):
        monkeypatch.setattr(f"courtesy.cli.{module}.T", lambda zh, en: zh if lang == "zh" else en,
                            raising=False)  # fmt: skip
        monkeypatch.setattr(f"courtesy.cli.{module}.say", lambda text: text.say(lang),
                            raising=False)  # fmt: skip
    out = io.StringIO()
    found = dataclasses.replace(compare(LIVE, FILE), decisions=2)
    printed.print_closing(Console(file=out, width=120), found)
    told = out.getvalue()
    words = {
        "zh": ("走有送声 未做到 → 通过", "只有一边有这次接待", "只在录音里听到：01:40.0",
               "42.9% 相同", "2 条复核意见", "以录音的结果为准"),
        "en": ("Farewell on leaving not done → passed", "by one of the two only",
               "Only in the recording: 01:40.0", "42.9% equal", "2 decisions", "count"),
    }[lang]  # fmt: skip
    for word in words:
        assert word in told, told


def test_nothing_was_said_and_nothing_differs() -> None:
    out = io.StringIO()
    printed.print_closing(Console(file=out), compare([], []))
    assert "0" in out.getvalue()
    assert compare([], []).findings == 0
