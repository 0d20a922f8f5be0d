"""What closes at a counter is in the store, whole; a store that is away costs nothing."""

import dataclasses
import itertools
import json
import multiprocessing
import sqlite3
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from stored import command
from test_live import MORNING, closed, live
from test_store import same

from courtesy.began import by_name
from courtesy.config import LiveOptions, Settings
from courtesy.errors import StoreError
from courtesy.live.desk import Desk
from courtesy.live.ear import Load
from courtesy.live.events import Closed
from courtesy.live.keeper import Keeper, alone, store_opener
from courtesy.live.sitting import Sitting
from courtesy.live.source import ON_BREAK, Gap
from courtesy.messages import LANGUAGES, Text
from courtesy.pipeline import Pipeline
from courtesy.records import MadeBy, Removed, Scorecard, Utterance
from courtesy.store import Database, open_database, reading, tables

Make = Callable[..., Pipeline]
BEGAN = datetime(2026, 11, 23, 9)
SITTING = Sitting("麦克风", BEGAN, 2, "一号厅", "3号窗口", "王芳")
LEFT = Settings().with_changes(dialogue={"clerk": "left"})


def morning(make_pipeline: Make) -> list[Scorecard]:
    """Return a morning's interactions, as they close at a counter."""
    gold = tomllib.loads(MORNING.read_text(encoding="utf-8"))
    turns = [turn for part in gold["interaction"] for turn in part["turn"]]
    said = [
        Utterance(i, t["text"], "unknown", t["start"], t["end"], 0.95, int(t["role"] != "clerk"))
        for i, t in enumerate(sorted(turns, key=lambda t: t["start"]))
    ]
    desk = Desk(make_pipeline(settings=LEFT), LiveOptions(), 2, BEGAN, "live")
    found = closed([*live(desk, said), *desk.end(said[-1].end + 1)])
    assert len(found) > 3
    return found


@pytest.fixture(scope="module")
def cards(make_pipeline: Make) -> list[Scorecard]:
    """Give a morning's interactions."""
    return morning(make_pipeline)


def kept(
    cards: Sequence[Scorecard],
    pipeline: Pipeline,
    open_store: Callable[[], Database],
    complain: Callable[[Text], object] = lambda _: None,
) -> Keeper:
    """Let a keeper take what closes, until its end."""
    with Keeper(SITTING, open_store, pipeline.made_by, complain) as keeper:
        for card in cards:
            keeper.take(Closed(0.0, card), 0.0)
    return keeper


@pytest.fixture
def full(database: Database, db_url: str, make_pipeline: Make, cards: list[Scorecard]) -> Database:
    """Give a store with what was judged live."""
    keeper = kept(cards, make_pipeline(settings=LEFT), store_opener(db_url))
    assert keeper.kept == len(cards)
    return database


def count(database: Database, table: sa.Table) -> int:
    with database.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table))


# --- what is kept ---------------------------------------------------------------------------------


def test_each_interaction_comes_out_as_it_closed(full: Database, cards: list[Scorecard]) -> None:
    with full.reading() as connection:
        rows = connection.execute(
            sa.select(tables.results.c.id, tables.recordings)
            .select_from(tables.results.join(tables.recordings))
            .order_by(tables.recordings.c.part)
        ).all()
        assert [row.part for row in rows] == [card.interaction.id for card in cards]
        assert {(row.hall, row.window, row.clerk) for row in rows} == {
            ("一号厅", "3号窗口", "王芳")
        }
        assert {row.began for row in rows} == {BEGAN}
        assert {row.path for row in rows} == {"3号窗口_20261123_090000"}
        for row, card in zip(rows, cards, strict=True):
            stored = reading.recording(connection, row.id)
            assert same(stored, alone(card, SITTING))
            assert [u.id for u in stored.heard.utterances] == list(
                range(len(stored.heard.utterances))
            )
            assert stored.scorecards[0].score == card.score
            assert stored.scorecards[0].interaction.start == card.interaction.start


def test_evidence_points_to_the_same_words(cards: list[Scorecard]) -> None:
    for card in cards:
        (own,) = alone(card, SITTING).scorecards
        before = {u.id: u.heard for u in card.interaction.utterances}
        after = {u.id: u.heard for u in own.interaction.utterances}
        for old, new in (
            (card.interaction.matches, own.interaction.matches),
            (card.findings, own.findings),
            (card.interaction.events, own.interaction.events),
        ):
            assert [said(one, before) for one in old] == [said(one, after) for one in new]


def said(one: object, words: dict[int, str]) -> list[str]:
    if hasattr(one, "utterance"):
        return [words[one.utterance]]
    return [words[i] for i in one.utterances]


def test_words_that_were_not_made_out_stay_with_their_interaction(
    database: Database, db_url: str, make_pipeline: Make, cards: list[Scorecard]
) -> None:
    lost = Removed("", 3.0, 4.0, Text("听不清", "not made out"), 0)
    one = dataclasses.replace(cards[0].interaction, lost=(lost,))
    card = dataclasses.replace(cards[0], interaction=one)
    kept([card], make_pipeline(settings=LEFT), store_opener(db_url))
    with database.reading() as connection:
        stored = reading.recording(connection, connection.scalar(sa.select(tables.results.c.id)))
    assert stored.scorecards[0].interaction.lost == (lost,)


def test_what_kept_it_from_being_heard_stands_beside_it(
    database: Database, db_url: str, make_pipeline: Make, cards: list[Scorecard]
) -> None:
    first, second, third = cards[:3]
    gone = Text("麦克风断了", "the microphone was gone")
    with Keeper(SITTING, store_opener(db_url), make_pipeline().made_by, lambda _: None) as keeper:
        keeper.take(Gap(2.0, gone), first.interaction.start + 1)
        keeper.take(Closed(0.0, first), 0.0)
        keeper.take(Load(("early", "search"), 5.0), second.interaction.start + 1)
        keeper.take(Closed(0.0, second), 0.0)
        keeper.take(Load((), 0.5), second.interaction.end + 1)
        keeper.take(Gap(600.0, ON_BREAK), second.interaction.end + 2)
        keeper.take(Closed(0.0, third), 0.0)
    with database.reading() as connection:
        notes = [
            [note.en for note in reading.recording(connection, number).heard.notes]
            for number in connection.scalars(
                sa.select(tables.results.c.id)
                .join(tables.recordings)
                .order_by(tables.recordings.c.part)
            )
        ]
    assert notes == [
        ["2.0 s were not heard: the microphone was gone"],
        ["too slow a machine: simpler recognition"],
        [],
    ]


def test_it_is_in_reports_exports_and_figures(
    full: Database, db_url: str, cards: list[Scorecard], tmp_path: Path
) -> None:
    out = tmp_path / "all.jsonl"
    assert command("db", "export", "--out", out, "--db", db_url).exit_code == 0
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [row["score"] for row in rows] == [card.score for card in cards]
    assert {row["window"] for row in rows} == {"3号窗口"}
    figures = command("report", "--db", db_url, "--window", "3号窗口", "--json").stdout
    assert json.loads(figures)
    status = command("db", "status", "--db", db_url).stdout
    assert "2026-11-23 – 2026-11-23" in status
    hours = sum(c.interaction.end - c.interaction.start for c in cards) / 3600
    assert f"{len(cards)} ({hours:,.1f} hours)" in status
    assert full.url


def test_it_can_be_scored_again_and_is_not_divided_again(
    full: Database, db_url: str, cards: list[Scorecard], tmp_path: Path
) -> None:
    config = tmp_path / "courtesy.toml"
    config.write_text('[dialogue]\nclerk = "left"\n', encoding="utf-8")
    again = ("rescore", "--db", db_url, "--config", config)
    told = command(*again).stdout
    assert f"{len(cards)} recordings were judged by these versions already" in told
    told = command(*again, "--rubric", "strict", "--write", "--yes").stdout
    assert f"{len(cards)} recordings, {len(cards)} interactions" in told
    assert "divided otherwise" not in told
    with full.reading() as connection:
        rows = connection.execute(
            sa.select(tables.interactions.c.start, tables.interactions.c.ended)
            .select_from(tables.interactions.join(tables.results).join(tables.recordings))
            .where(tables.results.c.current)
            .order_by(tables.recordings.c.part)
        ).all()
    assert [tuple(row) for row in rows] == [
        (card.interaction.start, card.interaction.ended) for card in cards
    ]


@pytest.mark.parametrize("more", [(), ("--keep-scores",)])
def test_it_can_be_purged(
    more: tuple[str, ...], full: Database, db_url: str, cards: list[Scorecard]
) -> None:
    day = ("db", "purge", "--db", db_url, "--yes", *more, "--before")
    assert "There are no recordings" in command(*day, "2026-11-23").stdout
    assert f"Deleted from {len(cards)} recordings" in command(*day, "2026-11-24").stdout
    assert count(full, tables.utterances) == 0
    assert count(full, tables.interactions) == (len(cards) if more else 0)


def _keep_for_ever(url: str, cards: list[Scorecard]) -> None:
    made_by = MadeBy("0", None, "l", "window 3 (r)")
    with Keeper(SITTING, store_opener(url), lambda: made_by, print) as keeper:
        for number in itertools.count():
            one = cards[number % len(cards)]
            numbered = dataclasses.replace(one.interaction, id=number)
            keeper.take(Closed(0.0, dataclasses.replace(one, interaction=numbered)), 0.0)
            time.sleep(0.001)


def test_a_power_cut_leaves_whole_interactions(tmp_path: Path, cards: list[Scorecard]) -> None:
    url = str(tmp_path / "courtesy.sqlite3")
    open_database(url).close()
    writes = multiprocessing.get_context("spawn").Process(target=_keep_for_ever, args=(url, cards))
    writes.start()
    with open_database(url) as database:
        for _ in range(600):
            if count(database, tables.recordings) > 5:
                break
            time.sleep(0.05)
        writes.kill()
        writes.join()
        with database.reading() as connection:
            parts = list(connection.scalars(sa.select(tables.recordings.c.part)))
            results = list(
                connection.execute(
                    sa.select(tables.results.c.id, tables.recordings.c.part).select_from(
                        tables.results.join(tables.recordings)
                    )
                )
            )
            assert len(parts) == len(results) > 5
            for result, part in results:
                (card,) = reading.recording(connection, result).scorecards
                assert card.score == cards[part % len(cards)].score
                assert len(card.findings) == len(cards[part % len(cards)].findings)


# --- a store that is away -------------------------------------------------------------------------


def test_a_store_that_another_holds_keeps_nobody_waiting(
    tmp_path: Path, make_pipeline: Make, cards: list[Scorecard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courtesy.store.opening.BUSY", 0.05)
    monkeypatch.setattr("courtesy.store.patience.PAUSE", 0.05)
    file = tmp_path / "courtesy.sqlite3"
    open_database(str(file)).close()
    holder = sqlite3.connect(file, isolation_level=None)
    told: list[Text] = []
    away = threading.Event()

    def complain(text: Text) -> None:
        told.append(text)
        away.set()

    pipeline = make_pipeline(settings=LEFT)
    with Keeper(SITTING, store_opener(str(file)), pipeline.made_by, complain) as keeper:
        holder.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        for card in cards:
            keeper.take(Closed(0.0, card), 0.0)
        assert time.monotonic() - began < 1.0
        assert away.wait(20)
        assert keeper.kept == 0
        time.sleep(0.5)  # several attempts
        holder.execute("ROLLBACK")
        holder.close()
    assert len(told) == 2
    assert "another program has held it" in told[0].en
    assert "back" in told[1].en
    assert all(text.say(lang) for text in told for lang in LANGUAGES)
    with open_database(str(file)) as database:
        assert count(database, tables.interactions) == len(cards)


def test_a_store_that_is_away_at_the_start_may_come_later(
    database: Database, db_url: str, make_pipeline: Make, cards: list[Scorecard]
) -> None:
    attempts, told = [], []

    def opened() -> Database:
        attempts.append(1)
        if len(attempts) < 3:
            raise StoreError(Text("连不上。", "It cannot be reached."), passing=True)
        return open_database(db_url)

    keeper = kept(cards, make_pipeline(settings=LEFT), opened, told.append)
    assert keeper.kept == len(cards) == count(database, tables.results)
    assert len(told) == 2


def test_one_that_cannot_be_stored_holds_up_no_other(
    database: Database,
    db_url: str,
    make_pipeline: Make,
    cards: list[Scorecard],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("courtesy.live.keeper._LAST", 0.5)
    monkeypatch.setattr("courtesy.folders.data_dir", lambda: tmp_path)
    findings = (*cards[0].findings, dataclasses.replace(cards[0].findings[0], rule=None))
    bad = dataclasses.replace(cards[0], findings=findings)
    keeper = kept([bad, *cards[1:]], make_pipeline(settings=LEFT), store_opener(db_url))
    assert keeper.kept == len(cards) - 1 == count(database, tables.recordings)
    assert len(keeper.aside) == 1


@pytest.mark.parametrize("most", [500, 2])
def test_what_cannot_be_stored_is_in_a_file_that_report_reads(
    most: int,
    make_pipeline: Make,
    cards: list[Scorecard],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("courtesy.live.keeper._LAST", 0.2)
    monkeypatch.setattr("courtesy.live.keeper._MOST", most)
    monkeypatch.setattr("courtesy.folders.data_dir", lambda: tmp_path / "new")
    told: list[Text] = []

    def away() -> Database:
        raise StoreError(Text("连不上。", "It cannot be reached."), passing=True)

    keeper = kept(cards, make_pipeline(settings=LEFT), away, told.append)
    assert keeper.kept == 0
    assert len(told) == 1 + len(keeper.aside)
    assert all(str(file) in text.en for file, text in zip(keeper.aside, told[1:], strict=True))
    assert all(file.stat().st_mode & 0o077 == 0 for file in keeper.aside if sys.platform != "win32")
    scores = [
        one["score"]
        for file in keeper.aside
        for recording in json.loads(file.read_text(encoding="utf-8"))["recordings"]
        for one in recording["interactions"]
    ]
    assert sorted(map(str, scores)) == sorted(str(card.score) for card in cards)
    assert command("report", *keeper.aside, "--json").exit_code == 0


def test_a_store_that_cannot_be_used_ends_the_program_at_the_start(
    tmp_path: Path, make_pipeline: Make
) -> None:
    other = tmp_path / "notes.txt"
    other.write_bytes(b"no database " * 1000)
    with pytest.raises(StoreError, match="it is no database"):
        kept([], make_pipeline(), store_opener(str(other)))


def test_without_the_extra_it_is_one_sentence() -> None:
    code = (
        "import sys\n"
        "sys.modules['sqlalchemy'] = None\n"
        "from courtesy.errors import UsageError\n"
        "from courtesy.live.keeper import store_opener\n"
        "import courtesy.live.clips, courtesy.live.closing, courtesy.live.recorder\n"
        "try:\n    store_opener(None)()\n"
        "except UsageError as error:\n    print(error.text.en)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    assert "sqlalchemy" in done.stdout
    assert "courtesy[batch]" in done.stdout
    assert "--no-store" in done.stdout


@pytest.mark.parametrize(
    ("window", "source", "name"),
    [
        ("3号窗口", "USB", "3号窗口_20261123_090000"),
        ("", "USB: Mic (2-)", "USB_ Mic (2-)_20261123_090000"),
        ("", "上午_20250101_101010.wav", "live_20261123_090000"),
        ("A/B\\..", "USB", "A_B_20261123_090000"),
        ("", "", "20261123_090000"),
    ],
)
def test_a_sitting_is_named_so_that_every_system_takes_it(
    window: str, source: str, name: str
) -> None:
    sitting = Sitting(source, BEGAN, 1, window=window)
    assert sitting.name == name
    assert by_name(f"{name}.flac") == BEGAN
    assert sitting.content != Sitting(source, BEGAN, 1, window=window).content
