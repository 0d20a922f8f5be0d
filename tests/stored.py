"""A store with something in it, and the commands as people call them."""

import dataclasses
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from fakes import SAMPLES, GoldRecogniser, read_gold
from typer.testing import CliRunner, Result

from courtesy.cli import app
from courtesy.pipeline import Pipeline
from courtesy.records import Heard
from courtesy.reviews import Role
from courtesy.store import Database, accounts, files, tables
from courtesy.store.accounts import Account
from courtesy.store.content import digest
from courtesy.store.files import Listed
from courtesy.store.saving import Origin, keep
from courtesy.transcripts import read_transcripts

TRANSCRIPTS = sorted((SAMPLES / "transcripts").iterdir())
# The clerk of a transcript with forbidden phrases.
RUDE = next(f"工号{at}" for at, path in enumerate(TRANSCRIPTS) if "poor" in path.name)
# One a day, in the order of their names.
DAYS = [datetime(2026, 11, day, 9, 30) for day in range(1, 1 + len(TRANSCRIPTS))]


def command(*arguments: object, answer: str | None = None) -> Result:
    """Run a command in this process; a fault of the program's own is raised."""
    result = CliRunner().invoke(app, [*map(str, arguments)], input=answer)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def keep_file(
    database: Database, pipeline: Pipeline, path: Path, heard: tuple[Heard, ...], *told: object
) -> None:
    """Keep what was heard in a file, as a worker does."""
    content, stat = digest(path), path.stat()
    with database.writing() as connection:
        listed = Listed(str(path), stat.st_size, stat.st_mtime_ns, *told)
        files.enlist(connection, [listed])
        job = files.claim(connection, "test")
        assert job
        hall, window, clerk, began = told or ("", "", "", None)
        origin = Origin(content, str(path), hall, window, clerk)
        found = [pipeline.judge(dataclasses.replace(one, began=began)) for one in heard]
        keep(connection, origin, found, pipeline.made_by())
        files.done(connection, job, content)


def keep_transcripts(database: Database, pipeline: Pipeline) -> None:
    """Keep the sample transcripts, one a day from 1 November 2026, at two windows."""
    for at, (path, began) in enumerate(zip(TRANSCRIPTS, DAYS, strict=True)):
        told = ("一号厅", f"{at % 2 + 1}号", f"工号{at}", began)
        keep_file(database, pipeline, path, read_transcripts(path), *told)


def keep_sound(database: Database, make_pipeline: Callable[..., Pipeline], name: str) -> None:
    """Keep a sample recording, heard as its gold file has it."""
    path = SAMPLES / "counter" / f"{name}.opus"
    pipeline = make_pipeline(GoldRecogniser(read_gold(path.with_suffix(".toml"))))
    pipeline.prepare()
    keep_file(database, pipeline, path, pipeline.hear(path))


def hide_a_word(database: Database, flag: int) -> tuple[float, float]:
    """Hide a word of what a flag is about, as if it were personal; return when it is said."""
    own, flags = tables.utterances.c, tables.flags.c
    with database.writing() as connection:
        row = connection.execute(
            sa.select(tables.utterances)
            .join(
                tables.flags,
                sa.and_(flags.recording_id == own.recording_id, flags.utterance == own.number),
            )
            .where(flags.id == flag)
        ).one()
        words = [list(word) for word in row.details["words"]]
        words[2][0] = "某"
        heard = "".join(word[0] for word in words).strip()
        connection.execute(
            sa.update(tables.utterances)
            .where(own.recording_id == row.recording_id, own.number == row.number)
            .values(heard=heard, details=row.details | {"words": words})
        )
    start, end = words[2][1:3]
    return start, end


def people(database: Database) -> dict[str, Account]:
    """Make two reviewers, a supervisor, and the clerk of the last transcript; by their names."""
    roles: dict[str, Role] = {"li": "reviewer", "wang": "reviewer", "zhao": "supervisor",
                              "chen": "clerk"}  # fmt: skip
    with database.writing() as connection:
        return {
            name: accounts.add(connection, name, "-", role, clerk=RUDE if role == "clerk" else "")
            for name, role in roles.items()
        }


def count(database: Database, table: sa.Table) -> int:
    """Return how many rows a table has."""
    with database.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
