"""What every source has in common: how it tells its progress, how it fails, what it accepts."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from courtesy.messages import Text
from courtesy.speech.models.files import FileSpec

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pull has come.

    Attributes:
        stage: "wait" (another pull of this model runs), "fetch" or "check".
        source: kind of the source; empty while waiting.
        done: bytes.
        total: bytes; 0 when unknown.
    """

    stage: Literal["wait", "fetch", "check"]
    source: str = ""
    done: int = 0
    total: int = 0


Report = Callable[[Progress], None]


def ignore(_: Progress) -> None:
    """Report to nobody."""


class SourceError(Exception):
    """Raised when one source did not work; another may."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def accept(part: Path, target: Path, file: FileSpec) -> None:
    """Give a file its name if it holds what it should; else delete it, as it cannot be resumed.

    Raises:
        SourceError: it holds something else.
    """
    if not file.describes(part):
        size = part.stat().st_size
        part.unlink()
        raise SourceError(
            Text(
                f"{file.name} 与清单中的校验值不符（{size} 字节），已删除",
                f"{file.name} does not match the checksum in the list ({size} bytes); deleted",
            )
        )
    part.replace(target)
