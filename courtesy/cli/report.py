"""`courtesy report`: what many interactions together show, from the store or from result files."""

import contextlib
import gc
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from courtesy.cli import options
from courtesy.cli.common import LANG, T, console, fail
from courtesy.errors import CourtesyError, UsageError
from courtesy.messages import Text

if TYPE_CHECKING:  # the real imports wait for the command to run: `courtesy --help` must be quick
    from courtesy.analysis.summary import Summary
    from courtesy.collected import Choice, Collected

HELP = T(
    """统计许多次接待：人员和窗口、逐日变化、常见的不足、服务忌语、五个一样。不重新评分。

    默认读数据库（courtesy batch run 存的）；给出结果文件就读文件。

    例：courtesy report --since 2026-11-01 --until 2026-11-30 --html 十一月.html --xlsx 十一月.xlsx

    例：courtesy report 结果/ --html 报告.html""",
    """Report on many interactions: clerks and windows, the course of time, what is missed most,
    forbidden phrases, even-handedness. Nothing is scored anew.

    Reads the database that courtesy batch run fills, or the result files that are named.

    Example: courtesy report --since 2026-11-01 --until 2026-11-30 --html nov.html --xlsx nov.xlsx

    Example: courtesy report results/ --html report.html""",
)

ResultFiles = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[RESULT]...",
        show_default=False,
        help=T(
            "courtesy score 写出的结果（JSON）或文件夹；默认读数据库",
            "results of courtesy score (JSON), or folders of them; default: the database",
        ),
    ),
]
Since = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        help=T("只要这一天起的接待，如 2026-11-22", "only interactions from this day on"),
    ),
]
Until = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        help=T("只要到这一天为止的接待", "only interactions up to this day, itself included"),
    ),
]
Hall = Annotated[
    str | None, typer.Option(metavar="NAME", help=T("只要这个大厅的", "only of this hall"))
]
Window = Annotated[
    str | None, typer.Option(metavar="NAME", help=T("只要这个窗口的", "only of this window"))
]
Clerk = Annotated[
    str | None, typer.Option(metavar="NAME", help=T("只要这个工作人员的", "only of this clerk"))
]
By = Annotated[
    str | None,
    typer.Option(
        metavar="clerk|window|hall",
        help=T("表格按什么分：默认看知道什么", "rows of the table; default: what is known"),
    ),
]
XlsxFile = Annotated[
    Path | None,
    typer.Option("--xlsx", metavar="FILE", help=T("另写一份工作簿", "also write a workbook")),
]
CsvFile = Annotated[
    Path | None,
    typer.Option(
        "--csv",
        metavar="FILE",
        help=T(
            "另写 CSV，每个人员、窗口或大厅一行",
            "also write CSV, a row for each clerk, window or hall",
        ),
    ),
]


def report(  # noqa: D103 - its help is HELP, in the language of the run
    ctx: typer.Context,
    results: ResultFiles = None,
    db: options.DatabaseUrl = None,
    since: Since = None,
    until: Until = None,
    hall: Hall = None,
    window: Window = None,
    clerk: Clerk = None,
    by: By = None,
    html: options.HtmlFile = None,
    xlsx: XlsxFile = None,
    csv: CsvFile = None,
    as_json: options.AsJson = False,
) -> None:
    from courtesy import __version__
    from courtesy.analysis.summary import summarise
    from courtesy.collected import Choice
    from courtesy.report.writing import check_writable

    try:
        rows = _by(by)
        first, last = options.day("--since", since), options.day("--until", until)
        if first and last and last < first:
            raise UsageError(
                Text(f"--until {last} 早于 --since {first}。", f"--until {last} is before {first}.")
            )
        for file in (html, xlsx, csv):
            if file:
                check_writable(file)
        choice = Choice(first, last, hall, window, clerk)
        if results and _given(ctx, "db"):
            raise UsageError(
                Text("结果文件和 --db 只能给一样。", "Give result files or --db, and not both.")
            )
        with _keeping_all():
            found = _of_files(results, choice) if results else _of_store(db, choice)
            summary = summarise(found, __version__, rows)
            _write(summary, html, xlsx, csv)
            _show(summary, as_json=as_json)
    except CourtesyError as error:
        fail(error)


@contextlib.contextmanager
def _keeping_all() -> Iterator[None]:
    """Let nobody look for garbage: hundreds of thousands of values are made and all are needed.

    Looking through them again and again takes a fifth of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _of_files(results: list[Path], choice: "Choice") -> "Collected":
    from courtesy.results import read_results

    return read_results(results).collected(choice)


def _of_store(db: str | None, choice: "Choice") -> "Collected":
    import importlib.util

    if importlib.util.find_spec("sqlalchemy") is None:
        raise UsageError(
            Text(
                "读数据库需要 pip install 'courtesy[batch]'；也可以给出结果文件。",
                "The database needs pip install 'courtesy[batch]'; or name result files.",
            )
        )
    from courtesy.store import open_database
    from courtesy.store.collecting import collect

    database = open_database(db, make=False)
    try:
        return collect(database, choice)
    finally:
        database.close()


def _write(summary: "Summary", html: Path | None, xlsx: Path | None, csv: Path | None) -> None:
    from courtesy.report.writing import write_bytes, write_text

    if html:
        from courtesy.analysis.html import to_html

        write_text(html, to_html(summary, LANG))
    if xlsx:
        from courtesy.analysis.workbook import to_xlsx

        write_bytes(xlsx, to_xlsx(summary, LANG))
    if csv:
        from courtesy.analysis.csv_table import to_csv

        write_text(csv, to_csv(summary, LANG), bom=True)


def _show(summary: "Summary", *, as_json: bool) -> None:
    if as_json:
        from courtesy.analysis.json_report import to_json

        sys.stdout.write(to_json(summary, LANG))
        return
    from courtesy.analysis.terminal import print_report
    from courtesy.report.page import Page
    from courtesy.report.plain import identity

    print_report(summary, Page(console(), LANG, identity))


def _given(ctx: typer.Context, name: str) -> bool:
    """Tell whether an option stands on the command line; the environment asks for nothing."""
    source: Any = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _by(value: str | None) -> Literal["clerk", "window", "hall"] | None:
    for known in ("clerk", "window", "hall"):
        if value == known:
            return known
    if value is None:
        return None
    raise UsageError(
        Text(
            f"--by {value} 不认识。可以是 clerk（人员）、window（窗口）、hall（大厅）。",
            f"--by {value} is unknown. It can be clerk, window or hall.",
        )
    )
