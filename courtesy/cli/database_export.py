"""`courtesy db export`: what was found, as one file for spreadsheets, statistics and programs."""

from pathlib import Path
from typing import Annotated

import typer

from courtesy.cli import options
from courtesy.cli.common import LANG, T, errors, fail
from courtesy.errors import CourtesyError, UsageError
from courtesy.messages import Text

HELP = T(
    "把每次接待导出成一行：CSV、XLSX、Parquet 或 JSON Lines。文件里有听到的话，请妥善保管。\n\n"
    "例：courtesy db export --out 十一月.xlsx --since 2026-11-01 --until 2026-11-30 --hall 一号厅",
    "Write one row an interaction: CSV, XLSX, Parquet or JSON Lines. The file holds what people "
    "said; take care of it.\n\n"
    "Example: courtesy db export --out november.xlsx --since 2026-11-01 --until 2026-11-30",
)


def export(
    out: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help=T("写到哪个文件", "the file to write"),
        ),
    ],
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="csv|xlsx|parquet|jsonl",
            help=T("格式，默认看文件名的结尾", "form; default: as the file's name ends"),
        ),
    ] = None,
    since: options.Since = None,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help=T("只要到这一天为止的录音", "only recordings up to this day, itself included"),
        ),
    ] = None,
    hall: Annotated[
        str | None, typer.Option(metavar="NAME", help=T("只要这个大厅的", "only of this hall"))
    ] = None,
    window: Annotated[
        str | None, typer.Option(metavar="NAME", help=T("只要这个窗口的", "only of this window"))
    ] = None,
    clerk: Annotated[
        str | None,
        typer.Option(metavar="NAME", help=T("只要这个工作人员的", "only of this clerk")),
    ] = None,
    db: options.DatabaseUrl = None,
) -> None:
    """Write the interactions that count and that are asked for."""
    from courtesy.collected import Choice
    from courtesy.report import export as writer
    from courtesy.store import exporting, open_database

    try:
        chosen = _form(form, out)
        first, last = options.day("--since", since), options.day("--until", until)
        choice = Choice(first, last, hall, window, clerk)
        with open_database(db, make=False) as database, database.reading() as connection:
            rules = exporting.rules(connection, choice)
            found = exporting.interactions(connection, choice)
            count = writer.export(out, chosen, found, rules, LANG)
    except CourtesyError as error:
        fail(error)
    told = T(f"{count} 次接待已写到 {out}。", f"{count} interactions were written to {out}.")
    errors().print(told, markup=False, soft_wrap=True)  # the file may be /dev/stdout


def _form(form: str | None, out: Path) -> str:
    """Return the form that is asked for, by name or by the file's ending.

    Raises:
        UsageError: there is no such form.
    """
    from courtesy.report.export import FORMATS, form_of

    chosen = form or form_of(out)
    if chosen not in FORMATS:
        raise UsageError(
            Text(
                f"--format 应为 {'、'.join(FORMATS)} 之一，或给文件名这样的结尾。",
                f"--format must be one of {', '.join(FORMATS)}, or the file's name end so.",
            )
        )
    return chosen
