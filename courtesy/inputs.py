"""Which files a path stands for: a named file itself, of a folder what looks like an input."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from courtesy.errors import InputError, NotReadable, unreadable
from courtesy.messages import Text

# Sound and video as recorders, telephones and cameras name them; a named file may end otherwise.
RECORDINGS = frozenset(
    {
        ".wav",
        ".wave",
        ".flac",
        ".mp3",
        ".m4a",
        ".aac",
        ".ogg",
        ".oga",
        ".opus",
        ".amr",
        ".awb",
        ".3gp",
        ".3gpp",
        ".wma",
        ".aif",
        ".aiff",
        ".au",
        ".caf",
        ".ape",
        ".mka",
        ".mp4",
        ".m4v",
        ".mov",
        ".mkv",
        ".webm",
        ".avi",
        ".wmv",
        ".flv",
        ".mpg",
        ".mpeg",
        ".ts",
        ".mts",
        ".m2ts",
        ".vob",
    }
)
TRANSCRIPTS = frozenset({".txt", ".srt", ".vtt", ".jsonl", ".json"})


@dataclass(frozen=True, slots=True)
class Input:
    """One thing to score, or one path that could not be looked into.

    Attributes:
        path: as it will be shown.
        fault: why there is nothing to score there; None for a file.
        whole: where it really is, links followed; empty for a path that could not be looked into.
    """

    path: Path
    fault: InputError | None = None
    whole: str = ""


def find_inputs(paths: Iterable[Path]) -> Iterator[Input]:
    """Yield what the paths stand for, each file once, those of a folder in order of name.

    Hidden files and folders are passed over. A folder that cannot be opened, or in which there is
    nothing to score, gives an input with a fault, so that it is listed and the rest goes on.
    """
    seen: set[str] = set()
    for path in paths:
        is_folder = os.path.isdir(path)  # noqa: PTH112 - Path.is_dir raises where it may not look
        for one in _of_folder(path) if is_folder else [Input(path, None, os.path.realpath(path))]:
            whole = one.whole or os.path.realpath(one.path)
            if whole not in seen:
                seen.add(whole)
                yield one


def _of_folder(folder: Path) -> list[Input]:
    faults: list[Input] = []

    def refuse(error: OSError) -> None:
        where = error.filename or folder
        faults.append(Input(Path(where), unreadable(where, error)))

    found: list[Input] = []
    for here, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        wanted = [name for name in names if not name.startswith(".") and _looks_right(name)]
        if wanted:
            # Asked once: to follow every file's path from the root takes ten questions a file,
            # which a share on the network answers slowly.
            real = os.path.realpath(here)
            found += [Input(Path(here, name), None, _whole(real, name)) for name in wanted]
    if not found and not faults:
        text = Text(
            f"文件夹 {folder} 里没有录音或文字稿。请检查路径。",
            f"The folder {folder} holds no recording and no transcript. Check the path.",
        )
        faults.append(Input(folder, NotReadable(text)))
    return sorted(found + faults, key=lambda one: one.path)


def _whole(folder: str, name: str) -> str:
    file = os.path.join(folder, name)  # noqa: PTH118 - paths as texts take a tenth of the time
    return os.path.realpath(file) if os.path.islink(file) else file  # noqa: PTH114


def _looks_right(name: str) -> bool:
    suffix = Path(name).suffix.lower()
    return suffix in RECORDINGS or suffix in TRANSCRIPTS
