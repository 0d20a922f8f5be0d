"""`courtesy db`: what the database holds; brought up to date, backed up, taken out of, purged."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from courtesy.cli import database_export, database_purge, options
from courtesy.cli.common import T, console, fail, say
from courtesy.errors import CourtesyError, StoreError
from courtesy.messages import Text

if TYPE_CHECKING:
    from courtesy.store import Database
    from courtesy.store.status import Contents, Status

app = typer.Typer(
    no_args_is_help=True,
    help=T(
        "数据库：查看、升级、备份、导出、清理。",
        "The database: look at it, upgrade, back up, export, purge.",
    ),
)
app.command("export", help=database_export.HELP)(database_export.export)
app.command("purge", help=database_purge.HELP)(database_purge.purge)


@app.command(
    "status",
    help=T(
        "数据库里有什么：文件、录音、接待次数、大小、版本。\n\n例：courtesy db status",
        "What the database holds: files, recordings, interactions, its size and versions.\n\n"
        "Example: courtesy db status",
    ),
)
def status(db: options.DatabaseUrl = None) -> None:
    """Print a table."""
    from courtesy.store.opening import find_database
    from courtesy.store.status import look

    try:
        with find_database(db) as database:
            found = look(database)
    except CourtesyError as error:
        fail(error)
    _print_status(found)


@app.command(
    "upgrade",
    help=T(
        "把数据库升到本程序要的版本；SQLite 先自动备份。\n\n例：courtesy db upgrade",
        "Bring the database to the version that this program needs; SQLite is backed up first.\n\n"
        "Example: courtesy db upgrade",
    ),
)
def upgrade(db: options.DatabaseUrl = None) -> None:
    """Upgrade the tables, after a backup where that can be made."""
    from courtesy.store import migrate
    from courtesy.store.opening import find_database

    try:
        with find_database(db) as database:
            before = database.revision()
            if before == migrate.newest():
                _line(Text(f"已是版本 {before}，不用升级。", f"It is of version {before} already."))
                return
            if before not in migrate.revisions():
                raise StoreError(
                    Text(
                        f"数据库 {database.url} 的版本 {before} 比本程序的新。请升级 courtesy。",
                        f"The database {database.url} is of version {before}, newer than this "
                        "program. Install a newer courtesy.",
                    )
                )
            _back_up_beside(database)
            old, new = database.upgrade()
    except CourtesyError as error:
        fail(error)
    _line(Text(f"已从版本 {old} 升到 {new}。", f"Upgraded from version {old} to {new}."))


@app.command(
    "backup",
    help=T(
        "把 SQLite 数据库备份成一个文件；别的程序照常写。\n\n例：courtesy db backup 备份.sqlite3",
        "Copy a SQLite database into a file while others go on writing.\n\n"
        "Example: courtesy db backup backup.sqlite3",
    ),
)
def backup(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            show_default=False,
            help=T("还没有的文件", "a file that is not there yet"),
        ),
    ],
    db: options.DatabaseUrl = None,
) -> None:
    """Copy it; a file that is there is left alone."""
    from courtesy.cli.progress import ProgressBar
    from courtesy.store.opening import find_database
    from courtesy.store.upkeep import back_up

    try:
        with find_database(db) as database, ProgressBar(1) as bar:
            tell = bar.of(0, file.name)
            back_up(database, file, lambda share: tell(share, 1.0))
    except CourtesyError as error:
        fail(error)
    _line(Text(f"已备份到 {file}。", f"Backed up to {file}."))


def _back_up_beside(database: "Database") -> None:
    from courtesy.store.upkeep import back_up, free_name

    file = database.file
    if file is None:
        return
    copy = free_name(file, "backup")
    back_up(database, copy)
    _line(Text(f"已先备份到 {copy}。", f"Backed up to {copy} first."))


def _print_status(found: "Status") -> None:
    from rich.table import Table

    from courtesy.report.plain import visible

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    version = found.revision
    if found.revision != found.newest:
        version += T(
            f"（本程序要 {found.newest}；请运行 courtesy db upgrade）",
            f" (this program needs {found.newest}; run courtesy db upgrade)",
        )
    rows = [
        (T("数据库", "Database"), found.url),
        (T("版本", "Version"), version),
        (T("大小", "Size"), f"{found.bytes / 1e6:,.1f} MB"),
        *(_contents(found.contents) if found.contents else ()),
    ]
    for name, value in rows:
        table.add_row(name, visible(value))
    console().print(table)


def _contents(held: "Contents") -> list[tuple[str, str]]:
    states = {
        "done": T("完成", "done"),
        "waiting": T("等待", "waiting"),
        "working": T("进行中", "in work"),
        "failed": T("失败", "failed"),
    }
    counts = [f"{name} {held.files.get(state, 0):,}" for state, name in states.items()]
    period = f"{held.first:%Y-%m-%d} – {held.last:%Y-%m-%d}" if held.first and held.last else "–"
    hours = T(f"{held.hours:,.1f} 小时", f"{held.hours:,.1f} hours")
    rows = [
        (T("文件", "Files"), ", ".join(counts)),
        (T("录音", "Recordings"), f"{held.recordings:,} ({hours})"),
        (T("时间范围", "Period"), period),
        (T("话语", "Utterances"), f"{held.utterances:,}"),
        (T("接待", "Interactions"), f"{held.interactions:,}"),
        (T("评分结果", "Results"), f"{held.results:,}"),
        (T("复核意见", "Decisions"), f"{held.decisions:,}"),
    ]
    for one in held.versions:
        by = one.made_by
        model = by.model or T("文字稿", "transcripts")
        made = f"courtesy {by.courtesy}, {model}, {by.lexicons}, {by.rubric}"
        count = T(
            f"{one.results:,} 个结果，{one.current:,} 个有效",
            f"{one.results:,} results, {one.current:,} count",
        )
        rows.append((T("评分版本", "Made by"), f"{made}: {count}"))
    return rows


def _line(text: Text) -> None:
    console().print(say(text), markup=False, soft_wrap=True)
