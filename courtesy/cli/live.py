"""`courtesy live`: listening at the counter while people talk."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from courtesy.cli import options
from courtesy.cli.common import T, console, fail
from courtesy.errors import CourtesyError, UsageError
from courtesy.messages import Text

if TYPE_CHECKING:
    from courtesy.cli.live_run import Plan
    from courtesy.live.source import Source

HELP = T(
    """守在窗口边听：该问好没问好、说了忌语，当时就提醒；每次接待一结束就评分、入库。

    空格键休息，再按一次继续；q 或 Ctrl-C 结束。

    例：courtesy live --window 3

    例：courtesy live --page 8765 --supervisor

    例：courtesy live --source 录音.wav --pace 4 --events -""",
    """Listen at the counter and help at once: what is missing, what must not be said. Each
    interaction is scored and kept as it closes.

    The space bar begins and ends a break; q or Ctrl-C ends the day.

    Example: courtesy live --window 3

    Example: courtesy live --page 8765 --supervisor

    Example: courtesy live --source recording.wav --pace 4 --events -""",
)


def live(  # noqa: D103 - its help is HELP, in the language of the run
    list_devices: Annotated[
        bool, typer.Option("--devices", help=T("列出麦克风", "list the microphones"))
    ] = False,
    device: Annotated[
        str | None,
        typer.Option(metavar="NAME", help=T("麦克风的名称或一部分", "the microphone, by name")),
    ] = None,
    channels: Annotated[
        int | None,
        typer.Option(help=T("几个声道", "channels of the microphone"), min=1, max=2),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=T(
                "播放录音，当作麦克风；不给 --db 就不入库",
                "play a recording as if it were the microphone; kept only with --db",
            ),
        ),
    ] = None,
    pace: Annotated[
        float,
        typer.Option(
            help=T("几倍速播放；0 为尽快", "how many times as fast; 0 is as fast as it goes"),
            min=0.0,
        ),
    ] = 1.0,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet", help=T("不提醒，只记录", "remind and alert nobody; only keep the results")
        ),
    ] = False,
    supervisor: Annotated[
        bool,
        typer.Option(
            "--supervisor",
            help=T(
                "提醒只发给网页、webhook 和事件，不在本屏显示",
                "alerts go to page, webhook and events, not to this screen",
            ),
        ),
    ] = False,
    bell: Annotated[
        bool, typer.Option("--bell", help=T("提醒时响铃", "ring the bell with alerts and prompts"))
    ] = False,
    plain: Annotated[bool, typer.Option("--no-color", help=T("不用颜色", "no colours"))] = False,
    events: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|-",
            help=T("每件事一行 JSON", "write what happens as JSON, a line each"),
        ),
    ] = None,
    page: Annotated[
        int | None,
        typer.Option(
            metavar="PORT",
            help=T("在本机开一个网页", "show a page on this machine"),
            min=0,
            max=65535,
        ),
    ] = None,
    webhook: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help=T(
                "把提醒和结果发给别的程序，签名密钥在 COURTESY_WEBHOOK_SECRET",
                "send alerts and results to another program, signed by COURTESY_WEBHOOK_SECRET",
            ),
        ),
    ] = None,
    hall: Annotated[
        str, typer.Option(metavar="NAME", help=T("大厅，随结果入库", "the hall, kept with results"))
    ] = "",
    window: Annotated[
        str, typer.Option(metavar="NAME", help=T("窗口", "the window, likewise"))
    ] = "",
    clerk_name: Annotated[
        str, typer.Option(metavar="NAME", help=T("工作人员", "the clerk, likewise"))
    ] = "",
    keep_sound: Annotated[
        str | None,
        typer.Option(
            metavar="nothing|clips|day",
            help=T(
                "留不留声音：不留、只留有问题的片段、全天",
                "sound that is kept: none, of what failed, the whole day",
            ),
        ),
    ] = None,
    db: options.DatabaseUrl = None,
    no_store: Annotated[
        bool, typer.Option("--no-store", help=T("结果不入库", "keep no results"))
    ] = False,
    close_days: Annotated[
        bool,
        typer.Option(
            "--close-days",
            help=T(
                "给断电时没收尾的录音补评分，然后退出",
                "score days that a power cut left unclosed, and exit",
            ),
        ),
    ] = False,
    clerk: options.Clerk = None,
    clerk_voice: options.ClerkVoice = None,
    mode: options.ModeOption = None,
    model: options.ModelOption = None,
    lexicons: options.OwnLexicons = None,
    rubric: options.RubricFile = None,
    config: options.ConfigFile = None,
) -> None:
    from courtesy.cli.live_run import Plan, close_left_days, run
    from courtesy.config import load_settings

    try:
        if list_devices:
            _list_devices()
            return
        settings = load_settings(config).with_changes(
            dialogue={"clerk": clerk, "clerk_voice": clerk_voice, "mode": mode},
            # One utterance is heard at a time, and on all cores.
            speech={"model": model, "workers": 1, "batch_size": 1},
            live={"keep_sound": keep_sound},
        )
        plan = Plan(
            settings=settings,
            lexicons=lexicons or [],
            rubric=rubric,
            database=db,
            # What is tried out with a recording is nobody's day.
            stored=not no_store and (source is None or db is not None),
            hall=hall,
            window=window,
            clerk=clerk_name,
            events=events,
            page=page,
            webhook=webhook,
            quiet=quiet,
            supervisor=supervisor,
            bell=bell,
            plain=plain,
        )
        if close_days:
            close_left_days(plan)
            return
        _check(plan)
        run(_source(source, pace, device, channels), plan)
    except CourtesyError as error:
        fail(error)


def _check(plan: "Plan") -> None:
    """Refuse what cannot be meant.

    Raises:
        UsageError: options that do not go together.
    """
    told = plan.events or plan.webhook or plan.page is not None
    if plan.supervisor and not told:
        raise UsageError(
            Text(
                "--supervisor 要有地方可发：请加 --page、--webhook 或 --events。",
                "--supervisor needs somewhere to send to: add --page, --webhook or --events.",
            )
        )
    if not plan.stored and plan.settings.live.keep_sound != "nothing":
        raise UsageError(
            Text(
                "声音只和结果一起保存，到期才能一起删除：请给出 --db，或用 --keep-sound nothing。",
                "Sound is kept with its results, so that it is purged with them: give --db, or "
                "--keep-sound nothing.",
            )
        )


def _source(file: Path | None, pace: float, device: str | None, channels: int | None) -> "Source":
    from courtesy.live.checked import Checked
    from courtesy.live.microphone import Microphone
    from courtesy.live.source import FileSource

    # A recording that is silent or clipped cannot be mended; a microphone can.
    if file:
        return Checked(FileSource(file, pace), refuse=False)
    return Checked(Microphone(device, channels), refuse=True)


def _list_devices() -> None:
    from rich.table import Table

    from courtesy.live.microphone import devices

    found = devices()
    if not found:
        typer.echo(T("这台机器上没有麦克风。", "There is no microphone on this machine."))
        return
    table = Table(box=None, pad_edge=False)
    for head in (T("麦克风", "Microphone"), T("接口", "Interface"), T("声道", "Channels")):
        table.add_column(head, overflow="fold")
    for one in found:
        mark = T("（默认）", " (default)") if one.usual else ""
        table.add_row(f"{one.name}{mark}", one.interface, str(one.channels))
    console().print(table)
