"""Where the lists in force are, and a folder of drafts that stands before them for a while."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from courtesy.config import Settings
from courtesy.errors import LexiconError, reason
from courtesy.folders import lexicon_dir, rubric_file
from courtesy.lexicon.load import RUBRIC_FILE, lexicon_files
from courtesy.messages import Text

__all__ = ["RUBRIC_FILE", "Shelf", "is_name"]

# A name that is the same on every system, leads into no other folder and hides nothing.
_NAME: Final = re.compile(r"(?!\.)[\w.-]{1,80}(?<!\.)\.toml", re.ASCII | re.IGNORECASE)
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")


def is_name(name: str) -> bool:
    """Tell whether a file of a list may have a name.

    >>> is_name("hall.toml"), is_name("../hall.toml"), is_name("大厅.toml"), is_name("hall")
    (True, False, True, False)
    """
    return bool(_NAME.fullmatch(_CHINESE.sub("x", name)))


@dataclass(frozen=True, slots=True)
class Shelf:
    """The lists and the rubric in force.

    Attributes:
        own: the user's own folders, read after the built-in one; the last of them is edited.
        settings: by which phrases are matched and past talk is judged.
    """

    own: tuple[Path, ...] = ()
    settings: Settings = field(default_factory=Settings)

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that hold lists, in the order in which they are read."""
        return (lexicon_dir(), *(f for f in self.own if any(f.glob("*.toml"))))

    @property
    def edited(self) -> Path | None:
        """The folder that is edited; None where the user has none."""
        return self.own[-1] if self.own else None

    def files(self) -> dict[str, Path]:
        """Return the files in force by their names, the rubric last."""
        found = {file.name: file for file in lexicon_files(self.folders)}
        return found | {RUBRIC_FILE: self.rubric()}

    def rubric(self) -> Path:
        """Return the file of the rubric in force: that of the last folder that has one."""
        own = [f / RUBRIC_FILE for f in self.own if (f / RUBRIC_FILE).is_file()]
        return own[-1] if own else rubric_file("window")

    def is_own(self, file: Path) -> bool:
        """Tell whether a file is in the folder that is edited."""
        return file.parent == self.edited

    def text(self, name: str) -> str | None:
        """Return the text in force of a file, its lines ending in one way; None if there is none.

        Raises:
            LexiconError: it cannot be read, or is not UTF-8.
        """
        file = self.files().get(name)
        if file is None:
            return None
        try:
            raw = file.read_bytes()
            text = raw.decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            why = reason(error)
            raise LexiconError(
                Text(
                    f"{file} 不能在这里打开：{why.zh}。请用文本编辑器改正，存为 UTF-8。",
                    f"{file} cannot be opened here: {why.en}. Correct it with a text editor, and "
                    "save it as UTF-8.",
                )
            ) from error
        return text.replace("\r\n", "\n").replace("\r", "\n")

    @contextmanager
    def with_draft(self, name: str, text: str) -> Iterator[Sequence[Path]]:
        """Give the folders as they would be with a draft in force; the last one holds it alone."""
        with tempfile.TemporaryDirectory(prefix="courtesy-lists-") as made:
            folder = Path(made)
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
            yield (*self.folders, folder)
