"""`courtesy rescore`: what is stored, judged by other lexicons, another rubric or thresholds."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from courtesy.cli import options
from courtesy.cli.common import LANG, T, console, errors, fail, say
from courtesy.errors import CourtesyError
from courtesy.messages import Text

if TYPE_CHECKING:
    from datetime import date

    from courtesy.batch.rescoring import Again
    from courtesy.cli.changes import Changes
    from courtesy.pipeline import Pipeline
    from courtesy.store import Database

HELP = T(
    "换了词库、规则或设置，给已存的文字稿重新评分，不用再听录音。先看变化，加 --write 才写入；"
    "原来的结果保留。中途停了，再运行一次就接着做。\n\n"
    "例：courtesy rescore --rubric strict --since 2026-11-01\n\n"
    "例：courtesy rescore --rubric strict --write",
    "Score stored transcripts again by other lexicons, another rubric or settings; nothing is "
    "listened to. Shows what changes, and writes with --write; earlier results are kept. Stopped, "
    "it goes on where it was.\n\n"
    "Example: courtesy rescore --rubric strict --since 2026-11-01\n\n"
    "Example: courtesy rescore --rubric strict --write",
)
_INTERRUPTED = 130


def rescore(
    db: options.DatabaseUrl = None,
    lexicons: options.OwnLexicons = None,
    rubric: options.RubricFile = None,
    config: options.ConfigFile = None,
    mode: options.ModeOption = None,
    since: options.Since = None,
    write: Annotated[
        bool,
        typer.Option(
            "--write/--dry-run",
            help=T("写入，还是只看变化", "let the new scores count, or only show what changes"),
        ),
    ] = False,
    yes: options.Yes = False,
) -> None:
    """Judge again, show what that changes, and let it count after asking."""
    from courtesy.config import load_settings
    from courtesy.pipeline import load_pipeline
    from courtesy.store import open_database

    try:
        settings = load_settings(config).with_changes(dialogue={"mode": mode})
        day = options.day("--since", since)
        pipeline = load_pipeline(settings, lexicons or [], rubric)
        with open_database(db, make=False) as database:
            _rescore(database, pipeline, day, write=write, yes=yes)
    except KeyboardInterrupt:
        errors().print(
            T("已停止。写入的都完整；再运行一次就接着做。",
              "Stopped. What was written is whole; run it again to go on."),
            style="yellow",
        )  # fmt: skip
        raise typer.Exit(_INTERRUPTED) from None
    except CourtesyError as error:
        fail(error)


def _rescore(
    database: "Database", pipeline: "Pipeline", since: "date | None", *, write: bool, yes: bool
) -> None:
    from courtesy.cli.changes import print_changes
    from courtesy.store.again import numbers

    with database.reading() as connection:
        wanted = numbers(connection, since)
    # Where nobody waits to look at it first, once through is enough.
    found = _run(database, pipeline, wanted, write=write and yes)
    print_changes(console(), found)
    if not found.recordings:
        return
    if not write:
        told = Text("还没有写入；加 --write 才写入。", "Nothing was written; --write does that.")
        errors().print(told.say(LANG), style="yellow", markup=False)
        return
    if not yes:
        typer.confirm(T("让新的得分生效？", "Let the new scores count?"), abort=True)
        found = _run(database, pipeline, wanted, write=True)
    done = Text(f"{found.recordings} 个录音已更新。", f"{found.recordings} recordings are done.")
    console().print(say(done), markup=False, soft_wrap=True)


def _run(
    database: "Database", pipeline: "Pipeline", wanted: list[int], *, write: bool
) -> "Changes":
    """Judge recordings again, one transaction each where they are written."""
    from courtesy.batch.rescoring import keep_again
    from courtesy.cli.changes import Changes

    found = Changes()
    for one in _again(database, pipeline, wanted):
        if one is None:
            found.same += 1
        elif not write or keep_again(database, one):
            found.add(one)
    return found


def _again(
    database: "Database", pipeline: "Pipeline", wanted: list[int]
) -> "Iterator[Again | None]":
    from courtesy.batch.rescoring import judge_again
    from courtesy.cli.progress import ProgressBar

    with ProgressBar(len(wanted)) as bar:
        for at, number in enumerate(wanted):
            bar.of(at, "")
            yield judge_again(database, pipeline, number)
