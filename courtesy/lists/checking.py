"""A draft looked at as `courtesy lexicon check` and `courtesy rubric check` would, if in force."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from courtesy.errors import LexiconError
from courtesy.lexicon.check import Complaint, check
from courtesy.lexicon.load import Reading, read_lexicon
from courtesy.lexicon.phrases import Lexicon
from courtesy.lists.bounds import Told, broken
from courtesy.lists.shelf import RUBRIC_FILE, Shelf
from courtesy.matching.matcher import Matcher
from courtesy.messages import Text
from courtesy.records import Utterance
from courtesy.scoring import rubric_check
from courtesy.scoring.rubric_file import load_rubric

_PLACE: Final = re.compile(r"\.toml:(\d+)")


def checked(shelf: Shelf, name: str, text: str, *, whole: bool = False) -> tuple[Told, ...]:
    """Return what is wrong with a draft, in order of its lines.

    Faults that other files have with it, and not without it, are among them.

    Args:
        shelf: the lists in force.
        name: of the file.
        text: of the draft.
        whole: whether the examples of all lists are tried, as is done before it takes effect; they
            take seconds. Else those of the draft alone.
    """
    first = broken(text)
    if first:
        return (first,)
    with shelf.with_draft(name, text) as folders:
        drafts = folders[-1]
        if name == RUBRIC_FILE:
            found = list(_of_rubric(drafts / name, read_lexicon(folders).lexicon))
        else:
            found = list(_of_lists(shelf, folders, name, whole=whole))
    return tuple(sorted(found, key=lambda one: (one.file != "", one.file, one.line, one.level)))


def passes(found: Sequence[Told]) -> bool:
    """Tell whether nothing keeps a draft from taking effect."""
    return all(one.level != "error" for one in found)


def _of_lists(shelf: Shelf, folders: Sequence[Path], name: str, *, whole: bool) -> Iterator[Told]:
    draft = folders[-1] / name
    reading = read_lexicon(folders)
    complaints = _complaints(shelf, folders, reading, None if whole else draft)
    elsewhere = []
    for one in complaints:
        if one.file == draft:
            yield Told(one.line, one.level, one.entry, one.text)
        elif one.level == "error":
            elsewhere.append(Told(one.line, one.level, one.entry, one.text, one.file.name))
    elsewhere += _rubric_with(shelf.rubric(), reading.lexicon)
    if elsewhere:  # what is wrong without the draft as well is not the draft's fault
        before = read_lexicon(shelf.folders)
        known = Counter(
            (one.file.name, one.entry)
            for one in _complaints(shelf, shelf.folders, before, None if whole else draft)
            if one.level == "error"
        )
        known += Counter((o.file, o.entry) for o in _rubric_with(shelf.rubric(), before.lexicon))
        # By number, not by their words, which name lines and lists that the draft may have changed.
        now = Counter((one.file, one.entry) for one in elsewhere)
        more = now - known
        yield from (one for one in elsewhere if (one.file, one.entry) in more)


def _complaints(
    shelf: Shelf, folders: Sequence[Path], reading: Reading, examples: Path | None
) -> tuple[Complaint, ...]:
    return check(folders, finder(reading.lexicon, shelf), examples)


def finder(lexicon: Lexicon, shelf: Shelf) -> Callable[[str], set[str]]:
    """Return what tells which phrases count when a clerk says a sentence."""
    matcher = Matcher(lexicon, shelf.settings.matching)

    def finds(sentence: str) -> set[str]:
        matches = matcher.match([Utterance(0, sentence, "clerk")])
        return {match.phrase_id for match in matches if match.counted}

    return finds


def _of_rubric(file: Path, lexicon: Lexicon) -> Iterator[Told]:
    try:
        rubric = load_rubric(file)
    except LexiconError as error:
        hit = _PLACE.search(error.text.en)
        place = f"{file.parent}/"
        said = Text(error.text.zh.replace(place, ""), error.text.en.replace(place, ""))
        yield Told(int(hit[1]) if hit else 1, "error", "", said)
        return
    for one in rubric_check.check(rubric, *_names(lexicon)):
        yield Told(one.line, one.level, one.rule, Text(f"{one.text.zh}。", f"{one.text.en}."))


def _rubric_with(file: Path, lexicon: Lexicon) -> list[Told]:
    """Return what the rubric in force asks for that a lexicon does not have."""
    try:
        rubric = load_rubric(file)
    except LexiconError:
        return []  # that is so with and without the draft
    return [
        Told(one.line, "error", one.rule, Text(f"{one.text.zh}。", f"{one.text.en}."), file.name)
        for one in rubric_check.check(rubric, *_names(lexicon))
        if one.level == "error"
    ]


def _names(lexicon: Lexicon) -> tuple[set[str], set[str], set[str]]:
    return (
        {phrase.list for phrase in lexicon.phrases},
        {phrase.list for phrase in lexicon.phrases if phrase.polarity == "forbidden"},
        {phrase.id for phrase in lexicon.phrases},
    )
