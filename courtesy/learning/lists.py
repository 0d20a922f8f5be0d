"""The lists of a hall: what judges by them, what the linter says of them, read and written."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from courtesy.errors import LexiconError, reason
from courtesy.lexicon import Lexicon
from courtesy.lexicon.check import check
from courtesy.lexicon.load import load_lexicon, read_lexicon
from courtesy.lists.shelf import Shelf
from courtesy.matching.matcher import Matcher
from courtesy.messages import Text
from courtesy.pipeline import Pipeline, load_pipeline
from courtesy.records import Utterance


def lexicon_of(shelf: Shelf) -> Lexicon:
    """Read all lists.

    Raises:
        LexiconError: one cannot be read or breaks its format.
    """
    return load_lexicon(shelf.folders)


def digest_of(shelf: Shelf) -> str:
    """Return the checksum of all lists.

    Raises:
        LexiconError: one cannot be read or breaks its format.
    """
    return lexicon_of(shelf).digest


def pipeline_of(shelf: Shelf) -> Pipeline:
    """Return what judges by the lists.

    Raises:
        LexiconError: a list or the rubric breaks its format.
    """
    return load_pipeline(shelf.settings, shelf.folders[1:])


def finder_of(shelf: Shelf) -> Callable[[str], set[str]]:
    """Return what tells which phrases count when a clerk says a sentence.

    Entries with flaws are left out.

    Raises:
        LexiconError: there is nothing to read.
    """
    lexicon = read_lexicon(shelf.folders).lexicon
    matcher = Matcher(lexicon, shelf.settings.matching)
    # All examples looked up together take a third of the time; what was found is remembered.
    examples = (text for phrase in lexicon.phrases for text in (*phrase.hits, *phrase.misses))
    matcher.match(Utterance(at, text, "clerk") for at, text in enumerate(examples))

    def finds(sentence: str) -> set[str]:
        found = matcher.match([Utterance(0, sentence, "clerk")])
        return {match.phrase_id for match in found if match.counted}

    return finds


def faults(shelf: Shelf) -> tuple[Text, ...]:
    """Return what the linter calls an error, a sentence each.

    Raises:
        LexiconError: there is nothing to look at.
    """
    finds = finder_of(shelf)
    return tuple(
        Text(
            f"{one.file.name} 第 {one.line} 行 {one.entry}：{one.text.zh}",
            f"{one.file.name} line {one.line} {one.entry}: {one.text.en}",
        )
        for one in check(shelf.folders, finds)
        if one.level == "error"
    )


@contextmanager
def changed(shelf: Shelf, file: Path, text: str) -> Iterator[Shelf]:
    """Give the same lists with another text in one of them, while it is entered.

    Args:
        shelf: the lists in force.
        file: the list that is changed; only its name counts.
        text: what is to stand in it.
    """
    with shelf.with_draft(file.name, text) as folders:
        yield replace(shelf, own=tuple(folders[1:]))


def target(shelf: Shelf, file: Path) -> Path:
    """Return where a list of some name is written: in the hall's own folder.

    Raises:
        LexiconError: it has none.
    """
    if shelf.edited is None:
        raise LexiconError(
            Text(
                "自带的词库不改。请用 courtesy review serve --lexicons 我的词库/ 指明自己的"
                "词库文件夹，再采纳。",
                "The built-in lists are not changed. Name a folder of your own with "
                "courtesy review serve --lexicons my-lexicons/ and accept it then.",
            )
        )
    return shelf.edited / file.name


def read(file: Path) -> str:
    """Return the text of a list.

    Raises:
        LexiconError: it cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(file, Text("读不了", "cannot be read"), error) from error


def write(file: Path, text: str) -> None:
    """Write a list as a whole, or leave what was there.

    Raises:
        LexiconError: it cannot be written.
    """
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8", newline="\n") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    except OSError as error:
        with suppress(OSError):  # where not even that was there
            beside.unlink()
        what = Text("写不了，没有改动", "cannot be written and is as it was")
        raise _unusable(file, what, error) from error


@contextmanager
def put_back(file: Path) -> Iterator[None]:
    """Have a list as it was before where what is entered does not come to its end.

    Raises:
        LexiconError: what was there cannot be read, or not be put back.
    """
    before = read(file) if file.is_file() else None
    done = False
    try:
        yield
        done = True
    finally:
        if not done and before is not None:
            write(file, before)
        elif not done:
            with suppress(OSError):  # it never came to be there
                file.unlink()


def _unusable(file: Path, what: Text, error: OSError | UnicodeDecodeError) -> LexiconError:
    why = reason(error)
    return LexiconError(
        Text(f"词库 {file} {what.zh}：{why.zh}。", f"The list {file} {what.en}: {why.en}.")
    )
