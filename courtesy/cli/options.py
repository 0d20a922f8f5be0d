"""Options that several commands take, declared once so that they read the same everywhere."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from courtesy.cli.common import T
from courtesy.errors import UsageError
from courtesy.messages import Text

Inputs = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH...",
        show_default=False,
        help=T(
            "录音、文字稿（txt srt vtt jsonl json）或文件夹",
            "recordings, transcripts (txt srt vtt jsonl json) or folders",
        ),
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help=T("输出 JSON", "print JSON"))]
AsJsonLines = Annotated[
    bool,
    typer.Option("--jsonl", help=T("每个录音一行 JSON", "print JSON, one recording a line")),
]
AsCsv = Annotated[
    bool,
    typer.Option("--csv", help=T("输出 CSV，每次接待一行", "print CSV, one interaction a line")),
]
HtmlFile = Annotated[
    Path | None,
    typer.Option("--html", metavar="FILE", help=T("另写一份网页报告", "also write a page")),
]
OutFolder = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help=T("把 JSON、CSV、网页都写进文件夹", "write JSON, CSV and the page into a folder"),
    ),
]
Clerk = Annotated[
    str | None,
    typer.Option(
        metavar="auto|left|right",
        help=T("双声道录音里工作人员的声道", "the clerk's channel in stereo recordings"),
    ),
]
ClerkVoice = Annotated[
    str | None,
    typer.Option(
        "--clerk-voice",
        metavar="NAME",
        help=T("工作人员的声纹，见 voice list", "the clerk's voiceprint, see voice list"),
    ),
]
Correct = Annotated[
    str | None,
    typer.Option(
        metavar="swap|ID=ROLE",
        help=T(
            "改正角色：swap 全部对调，或 3=clerk,7-9=customer",
            "correct roles: swap all, or 3=clerk,7-9=customer",
        ),
    ),
]
ModeOption = Annotated[
    str | None,
    typer.Option(metavar="auto|counter|phone", help=T("窗口还是电话", "counter or telephone")),
]
ModelOption = Annotated[
    str | None,
    typer.Option(metavar="NAME|DIR", help=T("语音模型", "speech model")),
]
DeviceOption = Annotated[
    str | None,
    typer.Option(metavar="auto|cpu|cuda", help=T("用哪种处理器", "processor to use")),
]
OwnLexicons = Annotated[
    list[Path] | None,
    typer.Option(
        "--lexicons",
        metavar="DIR",
        help=T("自己的词库文件夹，可多次给出", "own lexicon folder; may be repeated"),
    ),
]
RubricFile = Annotated[
    Path | None,
    typer.Option(
        metavar="NAME|FILE",
        help=T(
            "评分规则：自带的 window、telephone、strict、training，或规则文件",
            "rubric: window, telephone, strict, training, or a file",
        ),
    ),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help=T("设置文件", "settings file")),
]
Near = Annotated[
    bool,
    typer.Option(
        "--near",
        help=T(
            "在表格和网页里也列出差一点命中的用语",
            "also list, in table and page, what almost matched",
        ),
    ),
]
ScriptOption = Annotated[
    str,
    typer.Option(metavar="hans|hant", help=T("显示简体还是繁体", "script to show phrases in")),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="URL",
        envvar="COURTESY_DB",
        show_envvar=False,
        help=T(
            "数据库：SQLite 文件，或 postgresql+psycopg://…；也可用 COURTESY_DB",
            "database: a SQLite file or postgresql+psycopg://…; COURTESY_DB does the same",
        ),
    ),
]
Since = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        help=T("只要这一天起的录音，如 2026-11-22", "only recordings from this day on: 2026-11-22"),
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help=T("不再询问", "do not ask again"))]


def day(option: str, value: str | None) -> date | None:
    """Return the day that an option names; None where it is not given.

    Raises:
        UsageError: there is no such day.
    """
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise UsageError(
            Text(
                f"{option} {value} 不是日期。应如 2026-11-22。",
                f"{option} {value} is no date. Write it as 2026-11-22.",
            )
        ) from error
