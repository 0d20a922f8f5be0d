"""Voiceprints of clerks: personal data, in one protected file that can be listed and erased.

The file lies in the user's data folder, readable by its owner alone where the system knows that,
written whole or not at all. A print is good for the encoder that made it and no other.
"""

import dataclasses
import json
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from courtesy import folders
from courtesy.errors import FULL_DISK, VoiceError, reason
from courtesy.messages import Text
from courtesy.records import Seconds
from courtesy.speech.voices.encoder import join, shares

FILE = "voiceprints.json"
SCHEMA = 1
_WAIT = 10.0  # seconds for another process to finish writing
_NAME = re.compile(r"\w[\w .·-]{0,63}")


@dataclass(frozen=True, slots=True)
class Voiceprint:
    """The voice of one clerk.

    Attributes:
        clerk: what the clerk is called here.
        encoder: name and checksum of what made it.
        voice: the middle of the clips' vectors, length 1.
        clips: how many stretches of speech it was made from.
        seconds: how long they are together.
        enrolled: the day, as 2026-11-22.
    """

    clerk: str
    encoder: str
    voice: tuple[float, ...] = dataclasses.field(repr=False)
    clips: int
    seconds: Seconds
    enrolled: str


def store_file() -> Path:
    """Return where voiceprints are kept: `COURTESY_VOICEPRINTS`, else a file in the data folder.

    It need not exist.
    """
    named = os.environ.get("COURTESY_VOICEPRINTS")
    return Path(named) if named else folders.data_dir() / FILE


def voiceprints() -> tuple[Voiceprint, ...]:
    """Return every voiceprint, by name.

    Raises:
        VoiceError: the file cannot be read or is not one of ours.
    """
    path = store_file()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        table = json.loads(text)
        if table["schema"] != SCHEMA:
            raise ValueError(f"schema = {table['schema']}")
        found = [_print(entry) for entry in table["voiceprints"]]
    except (ValueError, KeyError, TypeError) as error:
        raise VoiceError(
            Text(
                f"声纹文件 {path} 已损坏。请从备份恢复；没有备份，就用 courtesy voice erase --all "
                "清空，再重新登记。",
                f"The voiceprint file {path} is damaged. Restore it from a backup; without one, "
                "empty it with courtesy voice erase --all and enrol again.",
            )
        ) from error
    return tuple(sorted(found, key=lambda p: p.clerk))


def keep(new: Voiceprint) -> None:
    """Keep a voiceprint, in place of an older one of the same clerk.

    Raises:
        VoiceError: the name cannot be used, or the file cannot be read or written.
    """
    check_name(new.clerk)
    with _locked():
        others = [p for p in voiceprints() if p.clerk != new.clerk]
        _write([*others, new])


def erase(clerk: str | None) -> tuple[str, ...]:
    """Erase the voiceprint of one clerk, or all of them.

    Args:
        clerk: None erases all, and the file itself, even one that cannot be read.

    Returns:
        whose were erased.

    Raises:
        VoiceError: there is none of that name, or the file cannot be read or written.
    """
    with _locked():
        if clerk is None:
            names: tuple[str, ...] = ()
            with suppress(VoiceError):
                names = tuple(p.clerk for p in voiceprints())
            _remove(store_file())
            return names
        _write([p for p in voiceprints() if p.clerk != find(clerk).clerk])
    return (clerk,)


def find(clerk: str, encoder: str | None = None) -> Voiceprint:
    """Return the voiceprint of a clerk.

    Args:
        clerk: the name.
        encoder: the encoder it is to be compared with; None does not ask.

    Raises:
        VoiceError: there is none, or it was made by another encoder.
    """
    known = voiceprints()
    found = next((p for p in known if p.clerk == clerk), None)
    if found is None:
        names = Text("无", "nobody")
        if known:
            names = Text("、".join(p.clerk for p in known), ", ".join(p.clerk for p in known))
        raise VoiceError(
            Text(
                f"没有 {clerk} 的声纹；已登记：{names.zh}。请用 courtesy voice enrol 登记。",
                f"There is no voiceprint of {clerk}; enrolled: {names.en}. "
                "Use courtesy voice enrol.",
            )
        )
    if encoder is not None and found.encoder != encoder:
        raise VoiceError(
            Text(
                f"{clerk} 的声纹由 {found.encoder} 生成，与现在的 {encoder} 不能比较。"
                "请重新登记（courtesy voice enrol）。",
                f"The voiceprint of {clerk} was made by {found.encoder} and cannot be compared "
                f"with {encoder}. Enrol the clerk again (courtesy voice enrol).",
            )
        )
    return found


def known_prints(clerk: str, encoder: str) -> tuple[tuple[float, ...], ...]:
    """Return the voices that may be the clerk's.

    Args:
        clerk: the clerk's name; empty returns all that this encoder has made.
        encoder: what they are to be compared with.

    Raises:
        VoiceError: there is no such print, it was made by another encoder, or the file is damaged.
    """
    if clerk:
        return (find(clerk, encoder).voice,)
    return tuple(p.voice for p in voiceprints() if p.encoder == encoder)


def check_name(clerk: str) -> None:
    """Check that a clerk can be called so.

    Raises:
        VoiceError: the name is empty, too long, or holds unusual characters.
    """
    if not _NAME.fullmatch(clerk):
        raise VoiceError(
            Text(
                f"{clerk!r} 不能作名字：用 1 到 64 个字母、汉字、数字。",
                f"{clerk!r} is no name: use 1 to 64 letters, ideographs or digits.",
            )
        )


def make_print(
    clerk: str,
    encoder: str,
    clips: Sequence[tuple[Sequence[float], Seconds]],
    day: str,
) -> Voiceprint:
    """Make a voiceprint of clips.

    Args:
        clerk: the name.
        encoder: what made the vectors.
        clips: vector and seconds of each; at least one.
        day: as 2026-11-22.
    """
    voice = join([v for v, _ in clips], [s for _, s in clips])
    return Voiceprint(clerk, encoder, voice, len(clips), round(sum(s for _, s in clips), 1), day)


def resembling(new: Voiceprint) -> list[tuple[str, float]]:
    """Return the other clerks of the same encoder and how near their voices are, nearest first."""
    others = [p for p in voiceprints() if p.clerk != new.clerk and p.encoder == new.encoder]
    return sorted(((p.clerk, shares(p.voice, new.voice)) for p in others), key=lambda x: -x[1])


def _print(entry: dict[str, object]) -> Voiceprint:
    voice = entry["voice"]
    if not isinstance(voice, list) or not voice:
        raise ValueError("a voiceprint without a voice")
    return Voiceprint(
        clerk=str(entry["clerk"]),
        encoder=str(entry["encoder"]),
        voice=tuple(float(v) for v in voice),
        clips=int(str(entry["clips"])),
        seconds=float(str(entry["seconds"])),
        enrolled=str(entry["enrolled"]),
    )


def _write(prints: Sequence[Voiceprint]) -> None:
    """Replace the file; what a reader sees is the old one or the new one, never a part."""
    path = store_file()
    entries = [dataclasses.asdict(p) for p in prints]
    text = json.dumps({"schema": SCHEMA, "voiceprints": entries}, ensure_ascii=False)
    # mkstemp makes it with mode 0600 before anything is in it.
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    for part in path.parent.glob(f".{path.name}.*"):
        if part.suffix != ".lock":
            part.unlink(missing_ok=True)  # what a killed process left half-written


@contextmanager
def _locked() -> Iterator[None]:
    """Let one process at a time change the file; errors of the disk become one sentence."""
    path = store_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(path.parent / f".{path.name}.lock", timeout=_WAIT, mode=0o600):
            yield
    except Timeout as error:
        raise VoiceError(
            Text(
                f"另一个程序正在写声纹文件 {path}。请等它写完再试。",
                f"Another process is writing the voiceprint file {path}. Try again after it.",
            )
        ) from error
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> VoiceError:
    why = reason(error)
    todo = Text("请检查路径和权限", "Check the path and its permissions")
    if error.errno in FULL_DISK:
        todo = Text("原来的声纹没有动；请腾出空间再试", "What was in it is untouched; make room")
    return VoiceError(
        Text(
            f"声纹文件 {path} 读写不了：{why.zh}。{todo.zh}。",
            f"The voiceprint file {path} cannot be read or written: {why.en}. {todo.en}.",
        )
    )
