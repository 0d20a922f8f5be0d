"""A proposal on its way into the hall's own folder, and out of it again."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from courtesy.errors import LexiconError, Overtaken
from courtesy.learning.changing import put_in, take_out, threshold_in
from courtesy.learning.lists import changed, lexicon_of, read, target
from courtesy.lessons import Kind
from courtesy.lists.shelf import Shelf
from courtesy.messages import Text


@dataclass(frozen=True, slots=True)
class Edit:
    """A list as it is to be written.

    Attributes:
        file: in the hall's own folder.
        text: what is to stand in it.
        before: the threshold that is replaced; empty where there was none.
    """

    file: Path
    text: str
    before: str = ""


def draft(shelf: Shelf, kind: Kind, phrase: str, value: str) -> Edit:
    """Return the list in force with a change in it.

    The file is the one that is read now, which may be a built-in one: it is not to be written.

    Raises:
        LexiconError: there is no such entry, or it has that already.
    """
    file = _file(shelf, phrase)
    text = read(file)
    before = threshold_in(text, phrase) if kind == "threshold" else ""
    return Edit(file, put_in(text, phrase, kind, value), before)


def accepted(
    shelf: Shelf, kind: Kind, phrase: str, value: str, effect: Mapping[str, Any] | None
) -> Edit:
    """Return what is to be written where a proposal is accepted.

    Args:
        shelf: the lists in force.
        kind: of the change.
        phrase: id.
        value: the threshold, or the wording.
        effect: what the change would do, as the person saw it; see `effects`.

    Raises:
        LexiconError: there is no folder to write into, or the linter refuses the changed list.
        Overtaken: the lists are not those by which its effect was worked out.
    """
    found = draft(shelf, kind, phrase, value)
    file = target(shelf, found.file)
    if effect is None or effect["lexicons"] != lexicon_of(shelf).digest:
        raise Overtaken(
            Text(
                "词库已变，这条建议的影响还在重新计算。请稍候再看。",
                "The lists have changed, and what this would do is being worked out anew. Look "
                "again in a while.",
            )
        )
    if effect["refused"]:
        zh, en = effect["refused"]
        raise LexiconError(
            Text(f"改了以后词库检查不通过：{zh}", f"The changed list fails the check: {en}")
        )
    return Edit(file, found.text, found.before)


def withdrawn(shelf: Shelf, kind: Kind, phrase: str, value: str, before: str) -> Edit:
    """Return what is to be written where an accepted proposal is undone.

    Args:
        shelf: the lists in force.
        kind: of the change.
        phrase: id.
        value: the threshold, or the wording.
        before: the threshold that was replaced.

    Raises:
        LexiconError: the entry was changed since, or the list could not be read without it.
    """
    file = target(shelf, _file(shelf, phrase))
    text = take_out(read(file), phrase, kind, value, before)
    with changed(shelf, file, text) as others:
        lexicon_of(others)
    return Edit(file, text)


def _file(shelf: Shelf, phrase: str) -> Path:
    try:
        return lexicon_of(shelf)[phrase].file
    except KeyError:
        raise LexiconError(
            Text(f"词库里没有 {phrase} 这一条了。", f"The lists have no entry {phrase} any more.")
        ) from None
