"""`courtesy voice`: keep, show and erase the voiceprints of clerks."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from courtesy.cli.common import LANG, T, console, errors, fail
from courtesy.errors import CourtesyError, UsageError
from courtesy.messages import Text

if TYPE_CHECKING:  # the real import waits for a command to run: `courtesy --help` must be quick
    from courtesy.speech.enrolment import Enrolled

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help=T(
        """声纹：登记、查看、删除工作人员的声纹。声纹是个人信息，只存在本机。

        例：courtesy voice enrol 张三 张三1.wav 张三2.wav""",
        """Voiceprints of clerks: enrol, list, erase. They are personal data and stay here.

        Example: courtesy voice enrol Zhang zhang1.wav zhang2.wav""",
    ),
)

ENROL = T(
    """用只有此人说话的录音登记声纹；合计至少 10 秒，最好 30 秒以上。

    例：courtesy voice enrol 张三 张三1.wav 张三2.wav""",
    """Enrol a clerk's voice from recordings of this person alone: 10 s of speech at least.

    Example: courtesy voice enrol Zhang zhang1.wav zhang2.wav""",
)
LIST = T(
    """列出已登记的声纹。

    例：courtesy voice list""",
    """List who is enrolled.

    Example: courtesy voice list""",
)
ERASE = T(
    """删除一个人的或全部的声纹，不能恢复。

    例：courtesy voice erase 张三

    例：courtesy voice erase --all --yes""",
    """Erase the voiceprint of one clerk, or all; it cannot be undone.

    Example: courtesy voice erase Zhang

    Example: courtesy voice erase --all --yes""",
)

Clerk = Annotated[str, typer.Argument(metavar="CLERK", help=T("工作人员的名字", "clerk's name"))]


@app.command(help=ENROL)
def enrol(
    clerk: Clerk,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help=T("录音文件", "recordings")),
    ],
    side: Annotated[
        str,
        typer.Option(
            "--clerk",
            metavar="both|left|right",
            help=T("双声道录音里此人的声道", "this person's channel in stereo recordings"),
        ),
    ] = "both",
    encoder: Annotated[
        str,
        typer.Option(
            metavar="auto|dvector|campplus",
            help=T("用哪个声纹模型", "which speaker encoder to use"),
        ),
    ] = "auto",
) -> None:
    """Keep a voiceprint and say how good it is."""
    from courtesy.speech.enrolment import SIDES, enrol_clerk
    from courtesy.speech.voices import load_encoder

    try:
        _choose("--clerk", side, tuple(SIDES))
        _choose("--encoder", encoder, ("auto", "dvector", "campplus"))
        done = enrol_clerk(clerk, files, load_encoder(encoder), SIDES[side])
    except CourtesyError as error:
        fail(error)
    _report(done)


@app.command("list", help=LIST)
def list_voices() -> None:
    """Print a table of the voiceprints, without what is in them."""
    from rich.markup import escape
    from rich.table import Table

    from courtesy.speech.voiceprints import store_file, voiceprints

    try:
        found = voiceprints()
    except CourtesyError as error:
        fail(error)
    if not found:
        _line(Text("没有登记声纹。", "Nobody is enrolled."))
        return
    table = Table(caption=escape(str(store_file())))
    heads = (("工作人员", "clerk"), ("声纹模型", "encoder"), ("段数", "clips"), ("秒", "seconds"))
    for zh, en in (*heads, ("登记日期", "enrolled")):
        table.add_column(T(zh, en), overflow="fold")
    for one in found:
        row = (one.clerk, one.encoder, str(one.clips), f"{one.seconds:.0f}", one.enrolled)
        table.add_row(*map(escape, row))
    console().print(table)


@app.command(help=ERASE)
def erase(
    clerk: Annotated[
        str | None,
        typer.Argument(metavar="CLERK", help=T("工作人员的名字", "clerk's name")),
    ] = None,
    everyone: Annotated[
        bool, typer.Option("--all", help=T("删除全部声纹", "erase all voiceprints"))
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help=T("不再询问", "do not ask again"))] = False,
) -> None:
    """Erase after asking; a refusal erases nothing."""
    from courtesy.speech import voiceprints

    try:
        if (clerk is None) != everyone:
            raise UsageError(
                Text("请给出一个名字，或 --all，二者取一。", "Give either a name or --all.")
            )
        if clerk is not None:
            voiceprints.find(clerk)
        if not yes:
            what = clerk or T("全部声纹", "all voiceprints")
            typer.confirm(
                T(f"删除 {what}？不能恢复", f"Erase {what}? It cannot be undone"), abort=True
            )
        gone = voiceprints.erase(clerk)
    except CourtesyError as error:
        fail(error)
    names = Text("、".join(gone) or "无", ", ".join(gone) or "none")
    _line(Text(f"已删除声纹：{names.zh}。", f"Erased voiceprints: {names.en}."))


def _report(done: "Enrolled") -> None:
    new = done.voiceprint
    _line(
        Text(
            f"已登记 {new.clerk}：{new.clips} 段，{new.seconds:.0f} 秒，{new.encoder}。"
            f"评分时用 --clerk-voice {new.clerk}。",
            f"Enrolled {new.clerk}: {new.clips} clips, {new.seconds:.0f} s, {new.encoder}. "
            f"Score with --clerk-voice {new.clerk}.",
        )
    )
    for warning in done.warnings:
        errors().print(warning.say(LANG), style="yellow", markup=False, soft_wrap=True)


def _choose(option: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        names = ", ".join(known)
        raise UsageError(Text(f"{option} 应为 {names} 之一。", f"{option} must be one of {names}."))


def _line(text: Text) -> None:
    console().print(text.say(LANG), markup=False, soft_wrap=True)
