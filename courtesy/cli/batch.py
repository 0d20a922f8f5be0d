"""`courtesy batch`: many recordings into the store, and what could not be scored."""

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from courtesy.cli import options
from courtesy.cli.common import EXIT_FAULTY, T, console, errors, fail, say
from courtesy.errors import CourtesyError
from courtesy.messages import Text

if TYPE_CHECKING:
    from courtesy.batch.cluster import Cluster, Share, Task
    from courtesy.store import Database

app = typer.Typer(
    no_args_is_help=True,
    help=T(
        "成批评分：整个文件夹、清单，随时可停，接着再来。",
        "Score in bulk: whole folders or a manifest; stop at any time, go on later.",
    ),
)

_INTERRUPTED = 130


@app.command(
    "run",
    help=T(
        "把文件夹或清单里的录音都评分，存进数据库。\n\n"
        "停了、断电了都没关系：再运行一次就接着做，不会漏，也不会重复。\n\n"
        "例：courtesy batch run 录音/ --pattern '{hall}/{window}/{clerk}_{date}_{time}'\n\n"
        "例：courtesy batch run 清单.xlsx --db postgresql+psycopg://courtesy@db/courtesy",
        "Score all recordings of a folder or a manifest into the database.\n\n"
        "Stopped, or the power fails: run it again and it goes on; nothing is lost or done twice."
        "\n\nExample: courtesy batch run recordings/ "
        "--pattern '{hall}/{window}/{clerk}_{date}_{time}'\n\n"
        "Example: courtesy batch run manifest.xlsx "
        "--db postgresql+psycopg://courtesy@db/courtesy",
    ),
)
def run(
    places: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER|MANIFEST...",
            show_default=False,
            help=T("文件夹、文件，或 CSV/XLSX 清单", "folders, files, or CSV/XLSX manifests"),
        ),
    ],
    db: options.DatabaseUrl = None,
    pattern: Annotated[
        str | None,
        typer.Option(
            metavar="PATTERN",
            help=T(
                "文件怎样命名：{hall} {window} {clerk} {date} {time} {any}",
                "how files are named: {hall} {window} {clerk} {date} {time} {any}",
            ),
        ),
    ] = None,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch",
            help=T("一直看着文件夹，来一个评一个", "keep looking at the folders for new files"),
        ),
    ] = False,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="auto|ADDRESS",
            help=T("在 Ray 集群上做，多台机器", "work on a Ray cluster, many machines"),
        ),
    ] = None,
    cpus: Annotated[
        float,
        typer.Option(help=T("每个工作进程占几个核（--ray）", "cores a worker (--ray)"), min=0.1),
    ] = 2.0,
    gpus: Annotated[
        float,
        typer.Option(
            help=T("每个工作进程占几分之几显卡（--ray）", "share of a GPU a worker (--ray)"),
            min=0.0,
        ),
    ] = 0.0,
    clerk: options.Clerk = None,
    mode: options.ModeOption = None,
    model: options.ModelOption = None,
    device: options.DeviceOption = None,
    lexicons: options.OwnLexicons = None,
    rubric: options.RubricFile = None,
    config: options.ConfigFile = None,
) -> None:
    """Find the files, enlist them, and work until none is left."""
    from courtesy.batch.cluster import Share, Task
    from courtesy.batch.pattern import Pattern
    from courtesy.batch.run import SETTLED, Batch, Works
    from courtesy.batch.sources import Looks
    from courtesy.batch.worker import Worker
    from courtesy.cli.batch_display import Display
    from courtesy.config import load_settings
    from courtesy.pipeline import load_pipeline
    from courtesy.store import open_database

    try:
        settings = load_settings(config).with_changes(
            dialogue={"clerk": clerk, "mode": mode}, speech={"model": model, "device": device}
        )
        shape = Pattern(pattern) if pattern else None
        pipeline = load_pipeline(settings, lexicons or [], rubric)
        with open_database(db) as database:
            with Display(database) as display, contextlib.ExitStack() as stack:
                worker: Works = Worker(database, pipeline, display)
                if ray:
                    # Every machine reads them by the same path.
                    own = tuple(folder.absolute() for folder in lexicons or [])
                    rules = rubric.absolute() if rubric and rubric.exists() else rubric
                    task = Task(database.address, settings, own, rules)
                    worker = _on_cluster(
                        ray, database, task, Share(cpus, gpus), stack, display.waiting
                    )
                looks = Looks(places, shape, SETTLED if watch else 0.0)
                batch = Batch(worker, database, looks, display)
                faults = batch.run(watch=watch)
                counts = batch.counts()
            _summarise(database.url, counts, faults=faults)
    except KeyboardInterrupt:
        errors().print(
            T("已停止。再运行一次就接着做。", "Stopped. Run it again to go on."), style="yellow"
        )
        raise typer.Exit(_INTERRUPTED) from None
    except CourtesyError as error:
        fail(error)


def _on_cluster(
    address: str,
    database: "Database",
    task: "Task",
    share: "Share",
    stack: contextlib.ExitStack,
    waiting: Callable[[CourtesyError], object],
) -> "Cluster":
    """Join a Ray cluster, which is left when the stack closes."""
    from courtesy.batch.cluster import Cluster, check_store, connect, hosts, leave

    connect(address)
    stack.callback(leave)
    check_store(database, hosts())
    return Cluster(database, task, share, waiting)


@app.command(
    "failures",
    help=T(
        "列出没能评分的录音和原因。\n\n例：courtesy batch failures",
        "List the recordings that could not be scored, and why.\n\n"
        "Example: courtesy batch failures",
    ),
)
def failures(db: options.DatabaseUrl = None) -> None:
    """Print a line for each."""
    from rich.table import Table

    from courtesy.report.plain import visible
    from courtesy.store import files, open_database

    try:
        with open_database(db, make=False) as database, database.reading() as connection:
            found = files.failures(connection)
    except CourtesyError as error:
        fail(error)
    if not found:
        typer.echo(T("没有。", "None."))
        return
    table = Table(box=None, pad_edge=False)
    for head in (T("文件", "File"), T("试过", "Tried"), T("原因", "Reason")):
        table.add_column(head, overflow="fold")
    for one in found:
        table.add_row(visible(one.path), str(one.attempts), visible(say(one.fault.message)))
    console().print(table)
    typer.echo(
        T("改好后：courtesy batch retry", "When they are mended: courtesy batch retry"), err=True
    )


@app.command(
    "retry",
    help=T(
        "让没能评分的录音下次再试。\n\n例：courtesy batch retry",
        "Have the recordings that failed tried again by the next run.\n\n"
        "Example: courtesy batch retry",
    ),
)
def retry(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help=T("默认全部", "default: all")),
    ] = None,
    db: options.DatabaseUrl = None,
) -> None:
    """Put them back in line."""
    from courtesy.store import files, open_database

    try:
        with open_database(db, make=False) as database, database.writing() as connection:
            count = files.try_again(connection, [str(path.resolve()) for path in paths or []])
    except CourtesyError as error:
        fail(error)
    typer.echo(T(f"{count} 个会再试。", f"{count} will be tried again."))


@app.command(
    "plan",
    help=T(
        "要多少台机器、多少磁盘：按实测的速度推算。\n\n例：courtesy batch plan 10000 --hours 8",
        "How many machines and how much disk it takes, by measured speed.\n\n"
        "Example: courtesy batch plan 10000 --hours 8",
    ),
)
def plan(
    windows: Annotated[int, typer.Argument(help=T("几个窗口", "windows"), min=1)],
    hours: Annotated[
        float, typer.Option(help=T("每天录几小时", "hours of recording a day"), min=0.1, max=24)
    ] = 8.0,
    days: Annotated[
        int, typer.Option(help=T("一年几个工作日", "working days a year"), min=1, max=366)
    ] = 250,
    work: Annotated[
        float,
        typer.Option(help=T("机器每天可用几小时", "hours a day the machines work"), min=1, max=24),
    ] = 20.0,
    kbps: Annotated[
        float, typer.Option(help=T("录音的码率，kbit/s", "of the recordings, kbit/s"), min=1)
    ] = 32.0,
    keep: Annotated[
        int, typer.Option(help=T("录音保存几天", "days recordings are kept"), min=0)
    ] = 90,
    speed: Annotated[
        float | None,
        typer.Option(
            help=T(
                "你的机器每小时能听几小时，默认用实测的",
                "hours of sound an hour on your machine, by default what was measured",
            ),
            min=0.01,
        ),
    ] = None,
) -> None:
    """Print what a load needs."""
    import dataclasses

    from courtesy.batch import plan as plans

    load = plans.Load(windows, hours, days, work, kbps, keep)
    by = plans.measured()
    if speed is not None:
        own = Text("你的机器", "your machine")
        by = dataclasses.replace(by, hours_an_hour=speed, machine=own)
    for one in plans.sentences(load, plans.plan(load, by), by):
        typer.echo(say(one))


def _summarise(url: str, counts: dict[str, int], *, faults: int) -> None:
    done, bad = counts.get("done", 0), counts.get("failed", 0)
    told = Text(
        f"数据库 {url}：完成 {done} 个，失败 {bad} 个。",
        f"Database {url}: {done} done, {bad} failed.",
    )
    if bad:
        told += Text("原因见 courtesy batch failures。", "See courtesy batch failures.")
    print(say(told), file=sys.stderr)  # noqa: T201 - not a result
    if bad or faults:
        raise typer.Exit(EXIT_FAULTY)
