"""Options that only `courtesy eval` takes."""

from pathlib import Path
from typing import Annotated

import typer

from courtesy.cli.common import T

GoldFiles = Annotated[
    list[Path],
    typer.Argument(
        metavar="GOLD...",
        show_default=False,
        help=T(
            "标准答案（.toml）或它们的文件夹；同名的录音在旁边",
            "gold files (.toml) or folders of them; sound of the same name lies beside each",
        ),
    ),
]
At = Annotated[
    list[str] | None,
    typer.Option(
        "--at",
        metavar="CONDITION",
        show_default=False,
        help=T(
            "条件，可多次给出：text、clean，或用 + 连接 10db、pink、white、babble、hall、phone、"
            "reverb、mono；默认 text，有录音再加 clean",
            "condition, may be repeated: text, clean, or 10db, pink, white, babble, hall, phone, "
            "reverb, mono joined by +; by default text, and clean where there is sound",
        ),
    ),
]
SoundFolder = Annotated[
    Path | None,
    typer.Option("--sound", metavar="DIR", help=T("录音所在的文件夹", "folder of the recordings")),
]
RolesOption = Annotated[
    str,
    typer.Option(
        "--roles",
        metavar="heard|gold",
        help=T(
            "谁在说话由程序判断，还是取自标准答案",
            "whether the program finds out who speaks, or the gold files tell it",
        ),
    ),
]
CompareOption = Annotated[
    str | None,
    typer.Option(
        "--compare",
        metavar="LAYERS",
        help=T(
            "比较各层匹配：exact,fuzzy,phonetic,full",
            "compare layers of matching: exact,fuzzy,phonetic,full",
        ),
    ),
]
AgainstOption = Annotated[
    Path | None,
    typer.Option(
        "--against",
        metavar="FILE",
        help=T("与上次的 JSON 比较", "compare with the JSON of an earlier run"),
    ),
]
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit", metavar="N", help=T("只评前 N 段对话", "evaluate the first N dialogues")
    ),
]
EvaluationFolder = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help=T("把表格、JSON、网页都写进文件夹", "write table, JSON and the page into a folder"),
    ),
]
