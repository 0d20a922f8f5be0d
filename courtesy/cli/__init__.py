"""The command line: one small module a command. Each parses, calls one function, prints."""

import errno
import os
import sys
from typing import NoReturn

import typer

from courtesy import __version__
from courtesy.cli import (
    batch,
    database,
    doctor,
    drill,
    evaluate,
    lexicon,
    live,
    models,
    report,
    rescore,
    review,
    rubric,
    score,
    voice,
)
from courtesy.cli.common import EXIT_FAULTY, EXIT_USAGE, LANG, T, language_first, localized
from courtesy.cli.extras import missing
from courtesy.errors import FULL_DISK, CourtesyError, OutputError, UsageError, reason
from courtesy.messages import Text

__all__ = ["app", "main"]

app = typer.Typer(
    name="courtesy",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=T(
        "政务服务窗口文明用语检查：听录音，找问候、文明用语和服务忌语，逐次评分。全部在本机完成。",
        "Checks courtesy at government service counters: hears recordings, finds greetings, "
        "courtesies and forbidden phrases, scores each interaction. All on this machine.",
    ),
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"courtesy {__version__}")
        raise typer.Exit


@app.callback()
def root(
    lang: str = typer.Option(
        LANG, "--lang", metavar="zh|en", help=T("界面语言，默认随系统", "language of the program")
    ),
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help=T("显示版本", "show the version")
    ),
) -> None:
    """Take the options before a command; `--lang` was read before anything was declared."""
    if lang not in {"zh", "en"}:
        raise typer.BadParameter(T("可选 zh 或 en", "choose zh or en"), param_hint="--lang")


app.command("score", help=score.HELP)(score.score)
app.command("report", help=report.HELP)(report.report)
app.command("eval", help=evaluate.HELP)(evaluate.evaluate)
app.command("live", help=live.HELP)(live.live)
app.add_typer(drill.app, name="drill")
app.add_typer(batch.app, name="batch")
app.command("rescore", help=rescore.HELP)(rescore.rescore)
app.add_typer(review.app, name="review")
app.add_typer(database.app, name="db")
app.add_typer(lexicon.app, name="lexicon")
app.add_typer(rubric.app, name="rubric")
app.add_typer(models.app, name="models")
app.add_typer(voice.app, name="voice")
app.command("doctor", help=doctor.HELP)(doctor.doctor)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A console in another code page must not end a run over a character it cannot show.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        try:
            localized(app, LANG)(args=language_first(sys.argv[1:]))
        finally:
            sys.stdout.flush()
    except ModuleNotFoundError as error:
        told = missing(error)
        if told is None:
            raise
        _end(told)
    except OSError as error:
        # Of a file of ours, whoever opened it tells, and names it; this is where `>` led.
        if error.errno not in FULL_DISK | {errno.EIO} or error.filename is not None:
            raise
        _end(_not_taken(error))


def _not_taken(error: OSError) -> OutputError:
    why = reason(error)
    return OutputError(
        Text(
            f"输出没有写完：{why.zh}。请腾出空间，或让输出写到别处，再运行一次。",
            f"The output was not written to its end: {why.en}. Free some space, or lead the "
            "output elsewhere, and run it again.",
        )
    )


def _end(error: CourtesyError) -> NoReturn:
    typer.echo(error.say(LANG), err=True)
    # What still waits for standard output has nowhere to go, and Python would try once more.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(EXIT_USAGE if isinstance(error, UsageError) else EXIT_FAULTY)
