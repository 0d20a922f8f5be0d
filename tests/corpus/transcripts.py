"""Writing the sample transcripts in the formats that a hall may already have.

Runs in the throw-away environment of README.md only. Nothing in the product imports this module.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

CLERK = "工作人员"
SPEAKERS = {"clerk": CLERK, "customer": "群众"}
SPEAKERS_HANT = {"clerk": "工作人員", "customer": "顧客"}

Turns = Sequence[Mapping[str, Any]]


def _clock(seconds: float, point: str) -> str:
    """Return a subtitle time, hh:mm:ss and thousandths after `point`."""
    thousandths = round(seconds * 1000)
    minutes, thousandths = divmod(thousandths, 60_000)
    hours, minutes = divmod(minutes, 60)
    whole, thousandths = divmod(thousandths, 1000)
    return f"{hours:02}:{minutes:02}:{whole:02}{point}{thousandths:03}"


def _lines(turns: Turns, speakers: Mapping[str, str]) -> str:
    """Return one line a turn, the speaker before a full-width colon."""
    return "".join(f"{speakers[turn['role']]}：{turn['text']}\n" for turn in turns)


def plain(turns: Turns) -> str:
    """Return a plain transcript in simplified script."""
    return _lines(turns, SPEAKERS)


def traditional(turns: Turns) -> str:
    """Return a plain transcript in Traditional script."""
    import opencc

    converter = opencc.OpenCC("s2tw")
    return _lines(
        [{**turn, "text": converter.convert(turn["text"])} for turn in turns], SPEAKERS_HANT
    )


def subrip(turns: Turns) -> str:
    """Return SubRip subtitles with the speaker before a colon."""
    return "\n".join(
        f"{number}\n{_clock(turn['start'], ',')} --> {_clock(turn['end'], ',')}\n"
        f"{SPEAKERS[turn['role']]}：{turn['text']}\n"
        for number, turn in enumerate(turns, start=1)
    )


def webvtt(turns: Turns) -> str:
    """Return WebVTT subtitles with the speaker before a colon."""
    return "WEBVTT\n\n" + "\n".join(
        f"{_clock(turn['start'], '.')} --> {_clock(turn['end'], '.')}\n"
        f"{SPEAKERS[turn['role']]}：{turn['text']}\n"
        for turn in turns
    )


def json_lines(turns: Turns) -> str:
    """Return one JSON object a line: role, text, start and end in seconds."""
    return "".join(
        json.dumps({key: turn[key] for key in ("role", "text", "start", "end")}, ensure_ascii=False)
        + "\n"
        for turn in turns
    )


def write_all(folder: Path, dialogues: Mapping[str, Turns]) -> None:
    """Write the six sample transcripts.

    Args:
        folder: Where they go.
        dialogues: The turns by the dialogue's id, with times filled in.
    """
    texts = {
        "shebao-good.txt": plain(dialogues["shebao-good"]),
        "yibao-poor.hant.txt": traditional(dialogues["yibao-poor"]),
        "huji-mixed.srt": subrip(dialogues["huji-mixed"]),
        "cheguan-mixed.vtt": webvtt(dialogues["cheguan-mixed"]),
        "churujing-good.jsonl": json_lines(dialogues["churujing-good"]),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    encoded = plain(dialogues["shuiwu-poor"]).encode("gb18030")
    (folder / "shuiwu-poor.gb18030.txt").write_bytes(encoded)
