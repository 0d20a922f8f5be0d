"""The lists of a hall: the built-in ones, its own in front of them, and the same with a change."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from courtesy.config import Settings
from courtesy.errors import LexiconError, reason
from courtesy.folders import lexicon_dir
from courtesy.lexicon import Lexicon
from courtesy.lexicon.check import check
from courtesy.lexicon.load import load_lexicon, read_lexicon
from courtesy.matching.matcher import Matcher
from courtesy.messages import Text
from courtesy.pipeline import Pipeline, load_pipeline
from courtesy.records import Utterance


@dataclass(frozen=True, slots=True)
class Lists:
    """What is judged by.

    Attributes:
        own: the hall's folders of lists; the last of them is written into.
        rubric: a rubric file or a name; None takes what the folders have.
        settings: of every stage.
    """

    own: tuple[Path, ...] = ()
    rubric: Path | None = None
    settings: Settings = field(default_factory=Settings)

    @property
    def folders(self) -> tuple[Path, ...]:
        """All folders that hold a list, the built-in one first; an own one may be empty yet."""
        return (lexicon_dir(), *(folder for folder in self.own if _holds_lists(folder)))

    def load(self) -> Lexicon:
        """Read all lists.

        Raises:
            LexiconError: one cannot be read or breaks its format.
        """
        return load_lexicon(self.folders)

    def pipeline(self) -> Pipeline:
        """Return what judges by them.

        Raises:
            LexiconError: a list or the rubric breaks its format.
        """
        return load_pipeline(self.settings, self.folders[1:], self.rubric)

    def target(self, file: Path) -> Path:
        """Return where a list of some name is written.

        Raises:
            LexiconError: the hall has no folder of its own.
        """
        if not self.own:
            raise LexiconError(
                Text(
                    "自带的词库不改。请用 courtesy review serve --lexicons 我的词库/ 指明自己的"
                    "词库文件夹，再采纳。",
                    "The built-in lists are not changed. Name a folder of your own with "
                    "courtesy review serve --lexicons my-lexicons/ and accept it then.",
                )
            )
        return self.own[-1] / file.name

    @contextmanager
    def changed(self, file: Path, text: str) -> Iterator["Lists"]:
        """Give the same lists with another text in one of them, while it is entered.

        Args:
            file: the list as it is read now; only its name counts.
            text: what is to stand in it.
        """
        with tempfile.TemporaryDirectory(prefix="courtesy-lists-") as folder:
            (Path(folder) / file.name).write_text(text, encoding="utf-8")
            yield Lists((*self.own, Path(folder)), self.rubric, self.settings)

    def faults(self) -> tuple[Text, ...]:
        """Return what the linter calls an error, a sentence each.

        Raises:
            LexiconError: there is nothing to look at.
        """
        reading = read_lexicon(self.folders)
        matcher = Matcher(reading.lexicon, self.settings.matching)

        def finds(sentence: str) -> set[str]:
            found = matcher.match([Utterance(0, sentence, "clerk")])
            return {match.phrase_id for match in found if match.counted}

        return tuple(
            Text(
                f"{one.file.name} 第 {one.line} 行 {one.entry}：{one.text.zh}",
                f"{one.file.name} line {one.line} {one.entry}: {one.text.en}",
            )
            for one in check(self.folders, finds)
            if one.level == "error"
        )


def _holds_lists(folder: Path) -> bool:
    return any(folder.glob("*.toml"))


def read(file: Path) -> str:
    """Return the text of a list.

    Raises:
        LexiconError: it cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(file, Text("读不了", "cannot be read"), error) from error


def write(file: Path, text: str | None) -> None:
    """Write a list as a whole, or leave what was there; None takes the file away.

    Raises:
        LexiconError: it cannot be written.
    """
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        if text is None:
            file.unlink(missing_ok=True)
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8", newline="\n") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise _unusable(file, Text("写不了，词库没有动", "cannot be written; nothing was changed"),
                        error) from error  # fmt: skip


def _unusable(file: Path, what: Text, error: OSError | UnicodeDecodeError) -> LexiconError:
    why = reason(error) if isinstance(error, OSError) else Text("不是 UTF-8", "it is not UTF-8")
    return LexiconError(
        Text(f"词库 {file} {what.zh}：{why.zh}。", f"The list {file} {what.en}: {why.en}.")
    )
