"""`courtesy db`: what the database holds; brought up to date, backed up, taken out of, purged."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from courtesy.cli import database_export, options
from courtesy.cli.common import EXIT_FAULTY, T, console, errors, fail, say
from courtesy.errors import CourtesyError, StoreError
from courtesy.messages import Text

if TYPE_CHECKING:
    from datetime import date

    from courtesy.store import Database
    from courtesy.store.clips import Deleted
    from courtesy.store.purging import Old
    from courtesy.store.status import Contents, Status

app = typer.Typer(
    no_args_is_help=True,
    help=T(
        "数据库：查看、升级、备份、导出、清理。",
        "The database: look at it, upgrade, back up, export, purge.",
    ),
)
app.command("export", help=database_export.HELP)(database_export.export)


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


@app.command(
    "purge",
    help=T(
        "删除某一天以前的录音结果；--keep-scores 只删原话，保留得分。删除的不会再被评分。\n\n"
        "例：courtesy db purge --before 2026-01-01 --keep-scores",
        "Delete what is kept of recordings before a day; --keep-scores deletes the words only. "
        "What is deleted is not scored again.\n\n"
        "Example: courtesy db purge --before 2026-01-01 --keep-scores",
    ),
)
def purge(
    before: Annotated[
        str,
        typer.Option(
            metavar="DATE",
            show_default=False,
            help=T("这一天以前的，如 2026-01-01", "older than this day: 2026-01-01"),
        ),
    ],
    keep_scores: Annotated[
        bool,
        typer.Option(
            "--keep-scores", help=T("只删说过的话，保留得分", "delete the words, keep the scores")
        ),
    ] = False,
    yes: options.Yes = False,
    db: options.DatabaseUrl = None,
) -> None:
    """Delete after asking; a refusal deletes nothing."""
    from courtesy.store import open_database

    try:
        day = options.day("--before", before)
        assert day is not None
        with open_database(db, make=False) as database:
            _purge(database, day, keep_scores=keep_scores, yes=yes)
    except CourtesyError as error:
        fail(error)


def _purge(database: "Database", day: "date", *, keep_scores: bool, yes: bool) -> None:
    from courtesy.store.purging import old
    from courtesy.store.purging import purge as take_out

    with database.reading() as connection:
        found = old(connection, day, keep_scores=keep_scores)
    if not found.recordings:
        _line(Text(f"没有 {day} 以前的录音。", f"There are no recordings before {day}."))
        return
    _line(_what_goes(found, day, keep_scores=keep_scores))
    if not yes:
        typer.confirm(T("删除？不能恢复", "Delete it? It cannot be undone"), abort=True)
    with database.writing() as connection:
        taken = take_out(connection, day, keep_scores=keep_scores)
    _line(
        Text(
            f"已删除 {taken.recordings} 个录音的内容。",
            f"Deleted from {taken.recordings} recordings.",
        )
    )
    _tell_of_sound(taken.sound)
    _wipe(database)
    if taken.sound.stuck:
        raise typer.Exit(EXIT_FAULTY)


def _tell_of_sound(sound: "Deleted") -> None:
    """Say what became of the sound that was recorded at the counter."""
    if sound.files:
        _line(Text(f"已删除 {sound.files} 个声音文件。", f"Deleted {sound.files} files of sound."))
    for why in sound.why:
        errors().print(say(why), style="red", markup=False, soft_wrap=True)
    for host in dict.fromkeys(host for host, _ in sound.elsewhere):
        files = [path for there, path in sound.elsewhere if there == host]
        left = Text(
            f"{len(files)} 个声音文件是 {host} 录的，从这里看不到（如 {files[0]}）；"
            "如果还在，请到那台机器上删除。",
            f"{len(files)} files of sound were recorded on {host} and cannot be seen from here "
            f"(such as {files[0]}); delete them there if they are left.",
        )
        errors().print(say(left), style="yellow", markup=False, soft_wrap=True)


def _what_goes(found: "Old", day: "date", *, keep_scores: bool) -> Text:
    told = Text(
        f"{day} 以前有 {found.recordings} 个录音（{found.first:%Y-%m-%d} 至 "
        f"{found.last:%Y-%m-%d}，{found.hours:.1f} 小时，{found.interactions} 次接待）。",
        f"Before {day} there are {found.recordings} recordings ({found.first:%Y-%m-%d} to "
        f"{found.last:%Y-%m-%d}, {found.hours:.1f} hours, {found.interactions} interactions).",
    )
    if found.clips:
        told += Text(
            f"在窗口录下的 {found.clips} 个声音文件也会删除。",
            f"{found.clips} files of sound recorded at the counter go as well.",
        )
    if keep_scores:
        return told + Text(
            "说过的话会删除，得分、结果和等次保留；以后不能再重新评分。",
            "What was said goes; scores, verdicts and grades stay. They cannot be scored again.",
        )
    return told + Text(
        f"全部会删除，包括 {found.decisions} 条复核意见。",
        f"All of it goes, {found.decisions} decisions of reviewers included.",
    )


def _wipe(database: "Database") -> None:
    """Have what was deleted overwritten, or say why it is not."""
    from courtesy.store.upkeep import wipe

    left = Text(
        "以前的备份里还有，请一并处理。",
        "Earlier backups still hold it; see to those as well.",
    )
    if not database.on_sqlite:
        left += Text(
            "PostgreSQL 会逐渐覆盖删除的内容；要马上清除，请运行 VACUUM FULL。",
            "PostgreSQL overwrites it in time; to have it gone at once, run VACUUM FULL.",
        )
    elif not wipe(database):
        left += Text(
            "另一个程序正在读数据库，文件里可能还有残留；请在它结束后再运行一次。",
            "Another program is reading the database, so that some may be left in its files; "
            "run this again after it has ended.",
        )
    errors().print(say(left), style="yellow", markup=False, soft_wrap=True)


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
