"""Read a transcript file, whatever its layout and encoding.

Words that somebody said are never dropped: what cannot be understood is refused with its line.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from courtesy.errors import unreadable
from courtesy.messages import Text
from courtesy.records import Heard
from courtesy.transcripts.encodings import decode
from courtesy.transcripts.json_turns import read_json, read_jsonl
from courtesy.transcripts.plain import read_plain
from courtesy.transcripts.subtitles import read_srt, read_vtt
from courtesy.transcripts.turns import Place, quote

__all__ = ["is_transcript", "read_transcript", "read_transcripts"]

_READERS: dict[str, Callable[[str, str], tuple[Heard, ...]]] = {
    ".txt": read_plain,
    ".srt": read_srt,
    ".vtt": read_vtt,
    ".jsonl": read_jsonl,
    ".json": read_json,
}


def is_transcript(path: Path) -> bool:
    """Tell by the ending of its name whether a file is read as a transcript."""
    return path.suffix.lower() in _READERS


def read_transcript(path: Path, shown: str | None = None) -> Heard:
    """Read a transcript that holds one recording.

    Args:
        path: the file.
        shown: what to call it in results and messages; the path itself by default.

    Raises:
        NotReadable: the file is missing or may not be read.
        NotATranscript: it cannot be understood, or it holds several recordings.
    """
    heard = read_transcripts(path, shown)
    if len(heard) > 1:
        raise Place(shown or str(path)).refuse(
            Text(zh=f"其中有 {len(heard)} 个录音", en=f"it holds {len(heard)} recordings"),
            Text(zh="一个录音", en="one recording"),
        )
    return heard[0]


def read_transcripts(path: Path, shown: str | None = None) -> tuple[Heard, ...]:
    """Read every recording a transcript holds: one, except in this program's own JSON.

    Args:
        path: the file; the ending of its name says which layout it has.
        shown: what to call it in results and messages; the path itself by default.

    Returns:
        One or more, never none. Only a recording from this program's JSON can be without
        utterances: it was listened to and nobody spoke.

    Raises:
        NotReadable: the file is missing or may not be read.
        NotATranscript: its encoding or layout cannot be understood; names the line.
    """
    name = shown or str(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise Place(name).refuse(
            Text(zh=f"扩展名 {quote(path.suffix)}", en=f"the ending {quote(path.suffix)}"),
            Text(zh="、".join(_READERS), en=", ".join(_READERS)),
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(name, error) from error
    text, encoding = decode(data, name, always_utf8=path.suffix.lower() in {".json", ".jsonl"})
    heard = reader(text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"), name)
    if encoding is None:
        return heard
    note = Text(zh=f"{name} 按 {encoding} 编码读取。", en=f"{name} was read as {encoding}.")
    return tuple(replace(one, notes=(note, *one.notes)) for one in heard)
