"""What went wrong comes back when it is due; nothing of it enters an appraisal."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from drills import built_in, marker
from stored import RUDE, command

from courtesy.cli import drill as drill_command
from courtesy.drill.marking import Answer
from courtesy.drill.memory import exercise_for, next_due, remember, take_breaches
from courtesy.drill.session import Walk
from courtesy.store import Database, practising, tables
from courtesy.store.opening import open_database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OWN = {"cards", "practices", "walks", "classes", "members", "assignments", "certificates"}


def walked(*answers: str) -> Walk:
    walk = Walk(built_in()["gongjijin-leaves-window"])
    for text in answers:
        walk.answer(marker(), Answer(text))
    return walk


RIGHT = ("请您稍等，我马上回来。", "对不起，让您久等了。")
WRONG = ("自己找。", "对不起，请您稍等。", "对不起，让您久等了。")


def contents(database: Database) -> dict[str, list[Any]]:
    """Return all rows of all tables that practice does not own."""
    with database.reading() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(sa.select(table))))
            for table in tables.metadata.sorted_tables
            if table.name not in OWN
        }


@pytest.fixture
def desk(tmp_path: Path, kept_desk: Path) -> Iterator[Database]:
    """Give a store of results, of which one clerk's flags with a phrase are confirmed."""
    file = tmp_path / "desk.sqlite3"
    shutil.copy(kept_desk, file)
    with open_database(str(file)) as database:
        flags = tables.flags.c
        with database.writing() as connection:
            connection.execute(
                sa.update(tables.flags)
                .where(flags.clerk == RUDE, flags.phrase_id != "")
                .values(state="confirmed")
            )
        yield database


def test_what_went_right_from_the_beginning_needs_no_card(database: Database) -> None:
    with database.writing() as connection:
        remember(connection, "李", walked(*RIGHT), NOW)
    assert next_due(database, "李", NOW + timedelta(days=999)) is None


def test_what_went_wrong_comes_back_later_and_not_at_once(database: Database) -> None:
    with database.writing() as connection:
        remember(connection, "李", walked(*WRONG), NOW)
    assert next_due(database, "李", NOW) is None
    assert next_due(database, "李", NOW + timedelta(days=1)) is not None
    assert next_due(database, "王", NOW + timedelta(days=1)) is None


def test_what_is_remembered_stays_away_longer_and_longer(database: Database) -> None:
    with database.writing() as connection:
        remember(connection, "李", walked(*WRONG), NOW)
    gaps, at = [], NOW
    for _ in range(4):
        with database.reading() as connection:
            card = practising.card(connection, "李", "forbidden-find-it-yourself")
        assert card
        gaps.append(card.due - at.timestamp())
        at = datetime.fromtimestamp(card.due, UTC)
        with database.writing() as connection:
            remember(connection, "李", walked(*RIGHT), at)
    assert gaps == sorted(gaps)
    assert gaps[-1] > 24 * 3600 > gaps[0]


def test_the_longest_due_comes_first(database: Database) -> None:
    with database.writing() as connection:
        for at, item in enumerate(["c", "a", "b"]):
            practising.put_card(connection, "李", practising.Card(item, 100.0 - at, "{}"))
        first = practising.next_card(connection, "李", 200.0)
        nothing = practising.next_card(connection, "李", 50.0)
    assert first
    assert first.item == "b"
    assert nothing is None


def test_the_next_card_is_found_by_the_index(tmp_path: Path) -> None:
    # SQLite's plan does not hang on what is in the table.
    with open_database(str(tmp_path / "x.sqlite3")) as own, own.reading() as connection:
        plan = connection.execute(
            sa.text("EXPLAIN QUERY PLAN SELECT item, due FROM cards WHERE person = 'x' "
                    "AND due <= 3 ORDER BY due LIMIT 1")
        ).fetchall()  # fmt: skip
    assert len(plan) == 1
    assert "ix_cards_person_due" in plan[0][-1]


def test_a_finished_drill_is_kept(database: Database) -> None:
    with database.writing() as connection:
        remember(connection, "李", walked(*WRONG), NOW)
    with database.reading() as connection:
        (kept,) = practising.practices(connection, ["李"])
        assert practising.practices(connection, ["王"]) == ()
    assert kept.scenario == "gongjijin-leaves-window"
    assert [turn["answer"] for turn in kept.turns] == list(WRONG)


def test_confirmed_breaches_are_due_once(desk: Database) -> None:
    with desk.reading() as connection:
        confirmed = practising.confirmed(connection, RUDE)
    assert confirmed
    assert take_breaches(desk, "李", RUDE, NOW) == len(confirmed)
    assert next_due(desk, "李", NOW) in confirmed
    assert take_breaches(desk, "李", RUDE, NOW) == 0


def test_a_breach_that_is_only_suspected_is_nobodys_exercise(desk: Database) -> None:
    with desk.writing() as connection:
        connection.execute(sa.update(tables.flags).values(state="waiting"))
    assert take_breaches(desk, "李", RUDE, NOW) == 0
    assert take_breaches(desk, "李", "", NOW) == 0


def test_practice_touches_nothing_that_people_are_judged_by(desk: Database) -> None:
    before = contents(desk)
    assert before["results"]
    take_breaches(desk, "李", RUDE, NOW)
    with desk.writing() as connection:
        remember(connection, RUDE, walked(*WRONG), NOW)
    assert contents(desk) == before


def test_no_table_of_results_refers_to_practice() -> None:
    for table in tables.metadata.sorted_tables:
        others = {key.column.table.name for key in table.foreign_keys}
        allowed = OWN | {"accounts"} if table.name in OWN else others - OWN
        assert others <= allowed


def test_every_phrase_that_can_be_confirmed_has_an_exercise() -> None:
    scenarios, lexicon = tuple(built_in().values()), marker().lexicon
    for phrase in lexicon.phrases:
        if phrase.polarity == "forbidden":
            found = exercise_for(phrase.id, scenarios, lexicon)
            assert found, phrase.id
            assert any(phrase.id in step.tempt for step in found.steps)


def test_what_is_due_is_practised_in_the_terminal(
    monkeypatch: pytest.MonkeyPatch, desk: Database
) -> None:
    monkeypatch.setattr(drill_command, "make_marker", lambda _: marker())
    options = ("drill", "--typed", "--person", "李", "--due", "--db", desk.address)
    nothing = command(*options)
    assert nothing.exit_code == 2
    assert "Nothing is due" in nothing.output
    shown = command(*options, "--clerk", RUDE, answer=":q\n")
    assert shown.exit_code == 0
    assert "Customer:" in shown.output
