"""`courtesy db purge`: what was kept long enough goes, all of it, and that is shown."""

import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fakes import SAMPLES, talk
from stored import TRANSCRIPTS, command, count, keep_file, keep_sound
from test_store import work

from courtesy.pipeline import Pipeline
from courtesy.records import Clip
from courtesy.speech.voiceprints import Voiceprint, keep, voiceprints
from courtesy.store import Database, files, open_database, tables
from courtesy.store.clips import keep_clips

Make = Callable[..., Pipeline]


def test_a_refusal_purges_nothing(db_url: str, full: Database) -> None:
    result = command("db", "purge", "--before", "2026-11-04", "--db", db_url, answer="n\n")
    assert result.exit_code == 1
    assert "there are 3 recordings (2026-11-01 to 2026-11-03" in " ".join(result.stdout.split())
    assert count(full, tables.recordings) == len(TRANSCRIPTS)


def test_what_is_older_goes_with_all_that_hangs_on_it(db_url: str, full: Database) -> None:
    result = command("db", "purge", "--before", "2026-11-04", "--db", db_url, "--yes")
    assert result.exit_code == 0
    assert "Deleted from 3 recordings" in result.stdout
    assert "Earlier backups" in result.stderr
    with full.reading() as connection:
        began = sorted(connection.scalars(sa.select(tables.recordings.c.began)))
        assert [one.day for one in began] == [4, 5, 6]
        left = set(connection.scalars(sa.select(tables.recordings.c.id)))
        assert set(connection.scalars(sa.select(tables.utterances.c.recording_id))) == left
        results = set(connection.scalars(sa.select(tables.results.c.id)))
        assert set(connection.scalars(sa.select(tables.findings.c.result_id))) <= results
        assert len(results) == 3
        assert files.counts(connection) == {"done": len(TRANSCRIPTS)}
    again = command("db", "purge", "--before", "2026-11-04", "--db", db_url, "--yes")
    assert "There are no recordings before" in again.stdout


def test_where_no_beginning_is_known_the_day_it_was_added_counts(
    db_url: str, database: Database, make_pipeline: Make
) -> None:
    keep_sound(database, make_pipeline, "yibao-poor")
    day = ("db", "purge", "--db", db_url, "--yes", "--before")
    assert "There are no recordings" in command(*day, "2026-01-01").stdout
    assert "Deleted from 1" in command(*day, "2999-01-01").stdout


@pytest.mark.parametrize("more", [(), ("--keep-scores",)])
def test_what_was_purged_is_not_scored_again(
    more: tuple[str, ...], db_url: str, database: Database, make_pipeline: Make, tmp_path: Path
) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    shutil.copy(SAMPLES / "transcripts" / "shebao-good.txt", folder)
    assert work(database, make_pipeline(), folder) == ["kept shebao-good.txt"]
    command("db", "purge", "--before", "2999-01-01", "--db", db_url, "--yes", *more)
    assert work(database, make_pipeline(), folder) == []
    shutil.copy(folder / "shebao-good.txt", folder / "copy.txt")
    assert work(database, make_pipeline(), folder) == ["same copy.txt"]
    assert count(database, tables.utterances) == 0


def test_words_go_and_scores_stay(db_url: str, full: Database) -> None:
    def scores() -> list[tuple]:
        with full.reading() as connection:
            one, finding = tables.interactions.c, tables.findings.c
            rows = connection.execute(sa.select(one.score, one.grade_zh).order_by(one.result_id))
            verdicts = connection.execute(
                sa.select(finding.rule, finding.verdict, finding.points).order_by(
                    finding.result_id, finding.interaction, finding.number
                )
            )
            return [*map(tuple, rows), *map(tuple, verdicts)]

    with full.reading() as connection:
        said = list(connection.scalars(sa.select(tables.utterances.c.heard)))
    before = scores()
    command("db", "purge", "--before", "2026-12-01", "--keep-scores", "--db", db_url, "--yes")
    assert scores() == before
    assert not left(full, said)
    assert count(full, tables.utterances) == 0
    assert count(full, tables.matches) > 0
    again = ("db", "purge", "--before", "2026-12-01", "--keep-scores", "--db", db_url, "--yes")
    assert "There are no recordings" in command(*again).stdout
    assert "0 recordings" in command("rescore", "--db", db_url, "--rubric", "strict").stdout


def left(database: Database, said: list[str]) -> list[str]:
    """Return what is still somewhere in the rows of what was said; phrases of the lexicon apart."""
    with database.reading() as connection:
        rows = "\n".join(
            str([cell for name, cell in row._mapping.items() if name != "phrase"])
            for table in tables.metadata.sorted_tables
            for row in connection.execute(sa.select(table))
        )
    return [text for text in said if len(text) > 1 and text in rows]


def test_after_a_purge_the_words_are_in_no_file(file: Path, make_pipeline: Make) -> None:
    rare = "独一无二的话：麒麟窗口"
    with open_database(str(file)) as database:
        heard = (talk(("clerk", f"{rare}，您好。")),)
        keep_file(database, make_pipeline(), SAMPLES / "README.md", heard)
    parts = [file, file.with_name(f"{file.name}-wal")]
    assert any(rare.encode() in part.read_bytes() for part in parts if part.exists())
    result = command("db", "purge", "--before", "2999-01-01", "--db", file, "--yes")
    assert result.exit_code == 0
    assert not any(rare.encode() in part.read_bytes() for part in parts if part.exists())


def test_what_others_still_read_is_said(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("courtesy.store.upkeep._READERS", 50)
    with open_database(str(file)) as reader, reader.reading() as connection:
        connection.scalar(sa.select(sa.func.count()).select_from(tables.recordings))
        result = command("db", "purge", "--before", "2026-11-03", "--db", file, "--yes")
    assert result.exit_code == 0
    assert "Another program is reading" in result.stderr


# --- by kind, as the settings say -----------------------------------------------------------------


def days_since(day: int) -> int:
    """Return how many days ago a day of November 2026 was."""
    return (date.today() - date(2026, 11, day)).days


def settings(folder: Path, **days: int) -> Path:
    file = folder / "courtesy.toml"
    lines = [f"{kind} = {many}" for kind, many in days.items()]
    file.write_text("[retention]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return file


def keep_clip(database: Database, day: int, file: Path) -> Path:
    """Keep a file of sound with the recording of a day of November."""
    file.write_bytes(b"sound")
    with database.writing() as connection:
        number = connection.scalar(
            sa.select(tables.recordings.c.id).where(
                sa.func.date(tables.recordings.c.began) == date(2026, 11, day).isoformat()
                if database.on_sqlite
                else sa.cast(tables.recordings.c.began, sa.Date) == date(2026, 11, day)
            )
        )
        keep_clips(connection, number, [Clip(str(file))])
    return file


def test_each_kind_goes_when_its_time_is_over(db_url: str, full: Database, tmp_path: Path) -> None:
    clips = [keep_clip(full, day, tmp_path / f"{day}.flac") for day in range(1, 7)]
    # Of six days, one a recording: 1 and 2 go whole, 3 and 4 lose their words, 5 its sound.
    config = settings(tmp_path, scores=days_since(3), words=days_since(5), sound=days_since(6))
    proof = tmp_path / "proof.json"
    result = command("db", "purge", "--config", config, "--db", db_url, "--yes", "--proof", proof)
    assert result.exit_code == 0, result.stderr
    assert [clip.exists() for clip in clips] == [False] * 5 + [True]
    with full.reading() as connection:
        rows = connection.execute(sa.select(tables.recordings.c.began, tables.recordings.c.id))
        began = {row.began: row.id for row in rows}
        assert sorted(one.day for one in began) == [3, 4, 5, 6]
        talking = set(connection.scalars(sa.select(tables.utterances.c.recording_id)))
        assert {one.day for one, number in began.items() if number in talking} == {5, 6}
        assert connection.scalar(sa.select(sa.func.count()).select_from(tables.interactions)) >= 4
    told = json.loads(proof.read_text(encoding="utf-8"))
    assert told["schema"] == "courtesy-purge/1"
    assert [(one["kind"], one["recordings"], one["files"]) for one in told["taken"]] == [
        ("scores", 2, 2), ("words", 2, 2), ("sound", 1, 1),
    ]  # fmt: skip
    again = command("db", "purge", "--config", config, "--db", db_url, "--yes")
    assert again.stdout.count("There are no recordings") == 3


def test_without_a_day_and_without_settings_nothing_is_guessed(
    db_url: str, full: Database, tmp_path: Path
) -> None:
    config = settings(tmp_path, words=0)
    for more in ((), ("--keep-scores",), ("--only-sound",)):
        result = command("db", "purge", *more, "--config", config, "--db", db_url, "--yes")
        assert result.exit_code == 2
        assert "--before" in result.stderr
    assert count(full, tables.recordings) == len(TRANSCRIPTS)


@pytest.mark.parametrize("days", [-1, 10**9])
def test_days_that_make_no_sense_are_refused(
    db_url: str, full: Database, tmp_path: Path, days: int
) -> None:
    config = settings(tmp_path, words=days)
    result = command("db", "purge", "--config", config, "--db", db_url, "--yes")
    assert result.exit_code == 2
    assert "words" in result.stderr


def test_two_kinds_at_once_are_refused(db_url: str, full: Database) -> None:
    more = ("--keep-scores", "--only-sound", "--before", "2999-01-01")
    result = command("db", "purge", *more, "--db", db_url, "--yes")
    assert result.exit_code == 2
    assert "--only-sound" in result.stderr
    assert count(full, tables.recordings) == len(TRANSCRIPTS)


def test_only_sound_goes(db_url: str, full: Database, tmp_path: Path) -> None:
    clips = [keep_clip(full, day, tmp_path / f"{day}.flac") for day in (1, 4)]
    said = count(full, tables.utterances)
    day = ("--before", "2026-11-04", "--only-sound")
    result = command("db", "purge", *day, "--db", db_url, "--yes")
    assert result.exit_code == 0
    assert [clip.exists() for clip in clips] == [False, True]
    assert count(full, tables.clips) == 1
    assert count(full, tables.utterances) == said
    again = command("db", "purge", *day, "--db", db_url, "--yes")
    assert "There are no recordings" in again.stdout


def test_old_voiceprints_go(
    db_url: str, full: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURTESY_VOICEPRINTS", str(tmp_path / "voices.json"))
    today = date.today()
    for clerk, age in (("陈", 400), ("李", 10)):
        day = (today - timedelta(days=age)).isoformat()
        keep(Voiceprint(clerk, "dvector", (1.0, 0.0), 3, 30.0, day))
    proof = tmp_path / "proof.json"
    config = settings(tmp_path, voiceprints=365)
    refused = command("db", "purge", "--config", config, "--db", db_url, answer="n\n")
    assert refused.exit_code == 1
    assert len(voiceprints()) == 2
    result = command("db", "purge", "--config", config, "--db", db_url, "--yes", "--proof", proof)
    assert result.exit_code == 0, result.stderr
    assert [one.clerk for one in voiceprints()] == ["李"]
    assert json.loads(proof.read_text(encoding="utf-8"))["voiceprints"] == 1
    assert count(full, tables.recordings) == len(TRANSCRIPTS)


# --- shown ----------------------------------------------------------------------------------------


def proved(db_url: str, folder: Path, *more: object) -> dict[str, Any]:
    file = folder / "proof.json"
    result = command("db", "purge", *more, "--db", db_url, "--yes", "--proof", file)
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def test_a_proof_says_that_no_sentence_is_left(db_url: str, full: Database, tmp_path: Path) -> None:
    told = proved(db_url, tmp_path, "--before", "2026-11-04")
    assert told["overwritten"] is full.on_sqlite
    if full.on_sqlite:
        assert told["searched"]["sentences"] >= 10
        assert told["searched"]["left"] == 0
        assert told["searched"]["files"][0] == Path(db_url).name
    else:
        assert told["searched"] is None
    (taken,) = told["taken"]
    assert (taken["recordings"], taken["first"][:10], taken["last"][:10]) == (
        3, "2026-11-01", "2026-11-03",
    )  # fmt: skip


def test_a_sentence_that_is_held_elsewhere_is_counted(tmp_path: Path, make_pipeline: Make) -> None:
    """Else a proof would prove nothing."""
    file = tmp_path / "courtesy.sqlite3"
    rare = "独一无二的话：麒麟窗口今天不开"
    with open_database(str(file)) as database:
        keep_file(database, make_pipeline(), SAMPLES / "README.md", (talk(("clerk", rare)),))
        with database.writing() as connection:
            files.enlist(connection, [files.Listed(f"/{rare}.wav", 1, 1)])
    told = proved(str(file), tmp_path, "--before", "2999-01-01")
    assert told["searched"]["left"] == 1


def test_the_trail_tells_of_a_purge(db_url: str, full: Database) -> None:
    command("db", "purge", "--before", "2026-11-04", "--keep-scores", "--db", db_url, "--yes")
    with full.reading() as connection:
        entry = connection.execute(sa.select(tables.audit)).one()
    assert (entry.action, entry.subject) == ("purge", "words before 2026-11-04")
    assert json.loads(entry.details) == {"files": 0, "recordings": 3}


def test_where_no_proof_can_be_written_nothing_goes(
    db_url: str, full: Database, tmp_path: Path
) -> None:
    proof = tmp_path / "no" / "proof.json"
    result = command(
        "db", "purge", "--before", "2999-01-01", "--db", db_url, "--yes", "--proof", proof
    )
    assert result.exit_code == 2
    assert str(proof.parent) in result.stderr
    assert count(full, tables.recordings) == len(TRANSCRIPTS)
