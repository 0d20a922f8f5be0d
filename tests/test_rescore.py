"""`courtesy rescore`: what is stored, judged again without sound."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from fakes import talk, voice
from stored import TRANSCRIPTS, command, keep_file, keep_sound, keep_transcripts

from courtesy.batch.rescoring import Again, as_heard, judge_again
from courtesy.cli.changes import pairs_of
from courtesy.config import Settings
from courtesy.pipeline import Pipeline
from courtesy.records import MadeBy, Recording, Utterance
from courtesy.store import Database, reading, tables
from courtesy.store.again import numbers

Make = Callable[..., Pipeline]


def count(database: Database, table: sa.Table) -> int:
    with database.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table))


def current(database: Database) -> list[tuple[int, str]]:
    """Return recording and rubric of each result that counts."""
    with database.reading() as connection:
        rows = connection.execute(
            sa.select(tables.results.c.recording_id, tables.versions.c.rubric)
            .join(tables.versions)
            .where(tables.results.c.current)
            .order_by(tables.results.c.recording_id)
        )
        return [(number, rubric.partition(" ")[0]) for number, rubric in rows]


def judged_twice(database: Database, pipeline: Pipeline) -> list[tuple[Recording, Recording]]:
    """Return each stored recording, and the same judged again."""
    found = []
    with database.reading() as connection:
        for number in numbers(connection):
            result = connection.scalar(
                sa.select(tables.results.c.id).where(tables.results.c.recording_id == number)
            )
            before = reading.recording(connection, result)
            details = connection.scalar(
                sa.select(tables.recordings.c.details).where(tables.recordings.c.id == number)
            )
            parts = [c.interaction for c in before.scorecards] if details["voices"] else ()
            found.append((before, pipeline.judge_again(before.heard, parts)))
    return found


# --- the same versions give the same --------------------------------------------------------------


def test_transcripts_judged_again_give_the_same(database: Database, make_pipeline: Make) -> None:
    pipeline = make_pipeline()
    keep_transcripts(database, pipeline)
    for before, after in judged_twice(database, pipeline):
        assert dataclasses.replace(after, readings=()) == before


@pytest.mark.parametrize("name", ["yibao-poor", "rexian-phone", "gongjijin-mixed"])
def test_recordings_judged_again_give_the_same(
    name: str, database: Database, make_pipeline: Make
) -> None:
    keep_sound(database, make_pipeline, name)
    ((before, after),) = judged_twice(database, make_pipeline())
    assert before.scorecards[0].score is not None
    assert before.heard.notes
    assert dataclasses.replace(after, readings=()) == before


MONO = [
    ("clerk", "您好，请问您办理什么业务？"), ("customer", "我想办社保卡，要带什么？"),
    ("clerk", "请您出示身份证。"), ("customer", "我的身份证在这里，谢谢。"),
    ("clerk", "不客气，请慢走，再见。"),
]  # fmt: skip


def spoken(voices: bool) -> tuple[Utterance, ...]:
    """Return talk on one channel, two customers after each other."""
    found = []
    for i, (who, text) in enumerate(MONO + MONO):
        start = 6.0 * i + (4.0 if i >= len(MONO) else 0.0)
        own = voice(0 if who == "clerk" else 1 + i // len(MONO), i)
        found.append(
            Utterance(i, text, "unknown", start, start + 5.0, 0.9, voice=own if voices else ())
        )
    return tuple(found)


@pytest.mark.parametrize("voices", [True, False])
def test_one_channel_judged_again_gives_the_same(
    voices: bool, database: Database, make_pipeline: Make, tmp_path: Path
) -> None:
    file = tmp_path / "mono.wav"
    file.write_bytes(b"")
    pipeline = make_pipeline()
    heard = dataclasses.replace(
        talk(path=str(file)), utterances=spoken(voices), duration=70.0, channels=1
    )
    keep_file(database, pipeline, file, (heard,))
    ((before, after),) = judged_twice(database, pipeline)
    assert any(u.role == "clerk" for u in before.heard.utterances) is voices
    assert len(before.heard.notes) == 1
    assert dataclasses.replace(after, readings=()) == before


def test_a_channel_with_another_voice_stays_nobodys(
    database: Database, make_pipeline: Make, tmp_path: Path
) -> None:
    file = tmp_path / "stereo.wav"
    file.write_bytes(b"")
    said = [
        dataclasses.replace(u, channel=0 if who == "clerk" else 1)
        for u, (who, _) in zip(spoken(True), MONO + MONO, strict=True)
    ]
    at = len(said)
    said.append(
        Utterance(at, "你烦不烦，问了多少遍了！", "unknown", 70.0, 76.0, 0.9, 0, voice=voice(7))
    )
    heard = dataclasses.replace(
        talk(path=str(file)), utterances=tuple(said), duration=80.0, channels=2
    )
    pipeline = make_pipeline()
    keep_file(database, pipeline, file, (heard,))
    ((before, after),) = judged_twice(database, pipeline)
    assert before.heard.utterances[at].role == "unknown"
    assert dataclasses.replace(after, readings=()) == before


def test_the_same_versions_leave_nothing_to_do(
    db_url: str, database: Database, make_pipeline: Make
) -> None:
    keep_transcripts(database, make_pipeline())
    keep_sound(database, make_pipeline, "yibao-poor")
    before = count(database, tables.results)
    out = command("rescore", "--db", db_url, "--write", "--yes").stdout
    assert "0 recordings, 0 interactions, 0 changed" in out
    assert f"{len(TRANSCRIPTS) + 1} recordings were judged by these versions already" in out
    assert count(database, tables.results) == before


# --- other versions -------------------------------------------------------------------------------


def test_without_write_nothing_is_written(
    db_url: str, database: Database, make_pipeline: Make
) -> None:
    keep_transcripts(database, make_pipeline())
    result = command("rescore", "--db", db_url, "--rubric", "strict")
    assert result.exit_code == 0
    assert f"{len(TRANSCRIPTS)} recordings, " in result.stdout
    assert "mean " in result.stdout
    assert "yibao-poor.hant.txt" in result.stdout
    assert "--write" in result.stderr
    assert {rubric for _, rubric in current(database)} == {"window"}
    assert count(database, tables.results) == len(TRANSCRIPTS)


def test_verdicts_that_change_are_counted_by_rule(
    db_url: str, database: Database, make_pipeline: Make, tmp_path: Path
) -> None:
    keep_transcripts(database, make_pipeline())
    own = tmp_path / "own.toml"
    own.write_text(
        'schema = 2\nextends = "window"\nname = "own"\nversion = "1"\nwithout = ["greeting"]\n',
        encoding="utf-8",
    )
    out = command("rescore", "--db", db_url, "--rubric", own).stdout
    rows = [line.split() for line in out.splitlines() if line.startswith("Greeting on arrival")]
    assert ["Greeting", "on", "arrival", "passed", "–", "3"] in rows
    assert sum(int(row[-1]) for row in rows) == len(TRANSCRIPTS)


def test_a_refusal_writes_nothing_and_a_yes_keeps_the_old_beside_the_new(
    db_url: str, database: Database, make_pipeline: Make
) -> None:
    keep_transcripts(database, make_pipeline())
    arguments = ("rescore", "--db", db_url, "--rubric", "strict", "--write")
    assert command(*arguments, answer="n\n").exit_code == 1
    assert {rubric for _, rubric in current(database)} == {"window"}
    assert command(*arguments, answer="y\n").exit_code == 0
    assert [rubric for _, rubric in current(database)] == ["strict"] * len(TRANSCRIPTS)
    assert count(database, tables.results) == 2 * len(TRANSCRIPTS)
    again = command(*arguments, "--yes").stdout
    assert f"{len(TRANSCRIPTS)} recordings were judged by these versions already" in again


def test_going_back_lets_the_old_result_count_again(
    db_url: str, database: Database, make_pipeline: Make
) -> None:
    keep_transcripts(database, make_pipeline())
    with database.reading() as connection:
        first = list(connection.scalars(sa.select(tables.results.c.id)))
    command("rescore", "--db", db_url, "--rubric", "strict", "--write", "--yes")
    command("rescore", "--db", db_url, "--rubric", "window", "--write", "--yes")
    with database.reading() as connection:
        counting = sa.select(tables.results.c.id).where(tables.results.c.current)
        assert sorted(connection.scalars(counting)) == first
    assert count(database, tables.results) == 2 * len(TRANSCRIPTS)


def test_only_since_a_day(db_url: str, database: Database, make_pipeline: Make) -> None:
    keep_transcripts(database, make_pipeline())
    arguments = ("rescore", "--db", db_url, "--rubric", "strict", "--write", "--yes")
    command(*arguments, "--since", "2026-11-05")
    rubrics = [rubric for _, rubric in current(database)]
    assert rubrics == ["window"] * 4 + ["strict"] * 2
    wrong = command(*arguments, "--since", "gestern")
    assert wrong.exit_code == 2
    assert "2026-11-22" in wrong.stderr


def test_broken_off_it_goes_on_where_it_was(
    db_url: str, database: Database, make_pipeline: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_transcripts(database, make_pipeline())
    judged = []

    def interrupted(*arguments: object) -> Again | None:
        judged.append(arguments)
        if len(judged) == 3:
            raise KeyboardInterrupt
        return judge_again(*arguments)

    monkeypatch.setattr("courtesy.batch.rescoring.judge_again", interrupted)
    arguments = ("rescore", "--db", db_url, "--rubric", "strict", "--write", "--yes")
    stopped = command(*arguments)
    assert stopped.exit_code == 130
    assert "run it again" in stopped.stderr
    assert [rubric for _, rubric in current(database)].count("strict") == 2
    out = command(*arguments).stdout
    assert f"{len(TRANSCRIPTS) - 2} recordings, " in out
    assert "2 recordings were judged by these versions already" in out


def test_the_model_that_heard_stays_named(
    db_url: str, database: Database, make_pipeline: Make
) -> None:
    keep_sound(database, make_pipeline, "yibao-poor")
    command("rescore", "--db", db_url, "--rubric", "strict", "--write", "--yes")
    with database.reading() as connection:
        models = connection.scalars(
            sa.select(tables.versions.c.model).order_by(tables.versions.c.id)
        )
        assert list(models) == ["fake", "fake"]


def test_what_was_heard_by_stays_among_the_versions() -> None:
    options = {k: dict(v) for k, v in dataclasses.asdict(Settings()).items()}
    then = {**options, "speech": {**options["speech"], "model": "small"},
            "dialogue": {**options["dialogue"], "clerk": "left", "gap_seconds": 10.0}}  # fmt: skip
    made = as_heard(MadeBy("2", None, "l", "r", options), MadeBy("1", "small (1)", "k", "q", then))
    assert made.model == "small (1)"
    assert made.courtesy == "2"
    assert made.options["speech"]["model"] == "small"
    assert made.options["dialogue"]["clerk"] == "left"
    assert made.options["dialogue"]["gap_seconds"] == Settings().dialogue.gap_seconds


def test_a_setting_that_divides_otherwise_is_counted_apart(
    db_url: str, database: Database, make_pipeline: Make, tmp_path: Path
) -> None:
    file = tmp_path / "day.txt"
    file.write_text("x", encoding="utf-8")
    lines = [
        ("clerk", "您好，请问您办理什么业务？", 0.0, 3.0),
        ("customer", "我办社保卡。", 4.0, 6.0),
        ("clerk", "好了，请慢走，再见。", 7.0, 9.0),
        ("clerk", "您好，请问您办理什么业务？", 60.0, 63.0),
        ("customer", "我查公积金。", 64.0, 66.0),
        ("clerk", "好了，请慢走，再见。", 67.0, 69.0),
    ]
    keep_file(database, make_pipeline(), file, (talk(*lines, path=str(file)),))
    settings = tmp_path / "courtesy.toml"
    settings.write_text("[dialogue]\nshort_gap_seconds = 300\ngap_seconds = 600\n", "utf-8")
    out = command("rescore", "--db", db_url, "--config", settings).stdout
    assert "1 recordings, 1 interactions" in out
    assert "1 are divided otherwise now" in out


def test_interactions_are_held_beside_each_other_by_where_they_begin(
    make_pipeline: Make,
) -> None:
    judge = make_pipeline().judge
    one = judge(talk(("clerk", "您好。"), ("customer", "我办卡。")))
    assert pairs_of(one, one) == [(one.scorecards[0], one.scorecards[0])]
    assert pairs_of(one, dataclasses.replace(one, scorecards=())) == []
