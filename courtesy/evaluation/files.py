"""Which dialogues there are to evaluate: gold files, and the sound that lies beside them."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from courtesy.errors import InputError, NotReadable, UsageError, unreadable
from courtesy.evaluation.conditions import CLEAN, TEXT, Condition
from courtesy.evaluation.gold import Gold, make_gold, read_table
from courtesy.inputs import RECORDINGS
from courtesy.messages import Text

# A folder may hold other TOML files (settings, a cast list); these keys make one a gold file.
_GOLD_KEYS = ("turn", "interaction")


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A gold file and its sound.

    Attributes:
        name: the gold's id, or the file's path where two share an id.
        path: of the gold file.
        gold: what it says.
        checksum: SHA-256 of the gold file.
        sound: None where there is none.
    """

    name: str
    path: Path
    gold: Gold
    checksum: str
    sound: Path | None


def find_dialogues(paths: Iterable[Path], sound: Path | None = None) -> tuple[Dialogue, ...]:
    """Read every gold file that the paths stand for, each once, those of a folder in order of name.

    Args:
        paths: gold files, and folders to look for them in.
        sound: a folder that holds the recordings; None looks beside each gold file.

    Raises:
        InputError: a path is missing, a named file is no gold file, or a folder has none.
    """
    if sound is not None and not sound.is_dir():
        raise NotReadable(
            Text(
                f"--sound {sound} 不是文件夹。请给出录音所在的文件夹。",
                f"--sound {sound} is not a folder. Name the folder that holds the recordings.",
            )
        )
    found: dict[Path, Dialogue] = {}
    for path in paths:
        for file, gold in _of_folder(path) if path.is_dir() else [(path, _read(path))]:
            recording = _sound_of(file, sound or file.parent)
            found[file.resolve()] = Dialogue(gold.id, file, gold, sha256(file), recording)
    shared = Counter(dialogue.name for dialogue in found.values())
    return tuple(
        one
        if shared[one.name] == 1
        else Dialogue(str(one.path), one.path, one.gold, one.checksum, one.sound)
        for one in found.values()
    )


def usual_conditions(dialogues: Sequence[Dialogue]) -> tuple[Condition, ...]:
    """Return what is evaluated where nothing is asked for: text, and sound where there is some."""
    return (TEXT, CLEAN) if any(can_be_heard(one) for one in dialogues) else (TEXT,)


def can_be_heard(dialogue: Dialogue) -> bool:
    """Tell whether a dialogue can be evaluated by ear: it has sound, and its turns have times."""
    return dialogue.sound is not None and dialogue.gold.timed


def check_sound(
    chosen: Sequence[Dialogue], everything: Sequence[Dialogue], conditions: Iterable[Condition]
) -> None:
    """Make sure that everything that is asked for can be heard.

    Args:
        chosen: what is evaluated.
        everything: what babble may be made of.
        conditions: what is asked for.

    Raises:
        InputError: a recording is missing, or a gold file has no times to hold it against.
        UsageError: there is nothing to make babble of.
    """
    wanted = [c for c in conditions if c.by_ear]
    for one in chosen if wanted else ():
        if one.sound is None:
            raise _no_sound(one, wanted[0])
        if not one.gold.timed:
            raise _no_times(one, wanted[0])
    for condition in wanted:
        if needs_voices(condition) and sum(one.sound is not None for one in everything) < 2:
            raise UsageError(
                Text(
                    f"--at {condition.name}：人声嘈杂由其他录音混成，至少要有两段录音。",
                    f"--at {condition.name}: babble is made of the other recordings; "
                    "give two of them at least.",
                )
            )


def needs_voices(condition: Condition) -> bool:
    """Tell whether a condition is made of other recordings."""
    return condition.level is not None and condition.noise in {"babble", "hall"}


def sha256(path: Path) -> str:
    """Return a file's checksum.

    Raises:
        NotReadable: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise unreadable(path, error) from error


def _read(path: Path) -> Gold:
    return make_gold(read_table(path), path)


def _of_folder(folder: Path) -> Iterator[tuple[Path, Gold]]:
    found = False
    for file in sorted(_toml_files(folder)):
        table = read_table(file)
        if any(key in table for key in _GOLD_KEYS):
            found = True
            yield file, make_gold(table, file)
    if not found:
        raise NotReadable(
            Text(
                f"文件夹 {folder} 里没有标准答案（带 [[turn]] 的 .toml）。"
                "格式见 samples/README.md。",
                f"The folder {folder} holds no gold file (a .toml with [[turn]]). "
                "See samples/README.md for the format.",
            )
        )


def _toml_files(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise unreadable(error.filename or folder, error) from error

    for here, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and name.lower().endswith(".toml"):
                yield Path(here) / name


def _sound_of(file: Path, folder: Path) -> Path | None:
    try:
        beside = sorted(folder.iterdir())
    except OSError as error:
        raise unreadable(folder, error) from error
    return next(
        (one for one in beside if one.stem == file.stem and one.suffix.lower() in RECORDINGS), None
    )


def _no_sound(one: Dialogue, condition: Condition) -> InputError:
    return InputError(
        Text(
            f"--at {condition.name} 要听录音，但 {one.path} 没有：请把 {one.path.stem}.wav"
            "（或 .opus 等）放在它旁边，用 --sound 指明文件夹，或只用 --at text。",
            f"--at {condition.name} needs sound and {one.path} has none: put "
            f"{one.path.stem}.wav (or .opus …) beside it, name a folder with --sound, or evaluate "
            "with --at text alone.",
        )
    )


def _no_times(one: Dialogue, condition: Condition) -> InputError:
    return InputError(
        Text(
            f"--at {condition.name} 要对时间，但 {one.path} 的各句没有 start 和 end："
            "请补上，或只用 --at text。",
            f"--at {condition.name} is held against times and the turns of {one.path} have no "
            "start and end: add them, or evaluate with --at text alone.",
        )
    )
