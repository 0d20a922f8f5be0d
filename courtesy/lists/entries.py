"""What the lists and the rubric say, entry by entry, as people read and search it."""

import functools
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from courtesy.errors import LexiconError
from courtesy.lexicon.load import header_lines, load_lexicon
from courtesy.lists.bounds import broken
from courtesy.lists.shelf import RUBRIC_FILE, Shelf
from courtesy.messages import Text
from courtesy.scoring.describe import sentences
from courtesy.scoring.rubric_file import load_rubric
from courtesy.text.normalize import normalize

_LISTS: Final = ("forms", "variants", "except", "hit", "miss", "sources")


@dataclass(frozen=True, slots=True)
class Entry:
    """A phrase of a list as it is written.

    Attributes:
        file: name of its file.
        line: of its `[[phrase]]`, from 1.
        id: unique over all files.
        text: the canonical phrase.
        list: name of the list.
        kind: "polite" or "forbidden".
        severity: "minor", "serious" or "fatal"; empty for a courtesy.
        sources: documents and clauses.
        forms: notations of what the source sanctions.
        variants: notations of other ways of saying it.
        excepts: innocent texts that undo a match.
        hits: sentences that must match.
        misses: sentences that must not.
        span: "clause" where it counts only when it fills its clause.
    """

    file: str
    line: int
    id: str
    text: str
    list: str
    kind: str
    severity: str
    sources: tuple[str, ...]
    forms: tuple[str, ...]
    variants: tuple[str, ...]
    excepts: tuple[str, ...]
    hits: tuple[str, ...]
    misses: tuple[str, ...]
    span: str
    _sought: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Told:
    """A rule of the rubric in words.

    Attributes:
        id: of the rule.
        line: in its file, from 1; 0 where another file has it.
        title: its name for people.
        says: what it asks, when it applies, what it costs.
        sources: documents and clauses.
    """

    id: str
    line: int
    title: Text
    says: tuple[Text, ...]
    sources: tuple[str, ...]


@functools.lru_cache(maxsize=64)
def entries_of(name: str, text: str) -> tuple[Entry, ...]:
    """Return the phrases of a text, in its order; none where it cannot be read."""
    table = _table(text)
    found, lines = table.get("phrase", []), header_lines(text)
    if not isinstance(found, list) or len(found) != len(lines):
        return ()
    pairs = zip(found, lines, strict=True)
    return tuple(_entry(name, table, one, line) for one, line in pairs if isinstance(one, dict))


def _entry(name: str, table: Mapping[str, Any], one: Mapping[str, Any], line: int) -> Entry:
    texts = {key: _strings(one.get(key)) for key in _LISTS}
    kind = str(table.get("kind", ""))
    said = (str(one.get("text", "")), *(t for key in _LISTS for t in texts[key]))
    return Entry(
        file=name,
        line=line,
        id=str(one.get("id", "")),
        text=str(one.get("text", "")),
        list=str(table.get("list", "")),
        kind=kind,
        severity=str(one.get("severity", "serious" if kind == "forbidden" else "")),
        sources=texts["sources"],
        forms=texts["forms"],
        variants=texts["variants"],
        excepts=texts["except"],
        hits=texts["hit"],
        misses=texts["miss"],
        span=str(one.get("span", "anywhere")),
        _sought="\n".join([str(one.get("id", "")).casefold(), *map(_plain, said)]),
    )


def sought(entries: Iterable[Entry], search: str, severity: str = "") -> Iterator[Entry]:
    """Yield the phrases in whose words, id, sentences or sources all that is asked for stands.

    Args:
        entries: to look among.
        search: words with spaces between them, in either script; empty asks for all.
        severity: that they have; empty asks for all.
    """
    wanted = [(word.casefold(), _plain(word)) for word in search.split()]
    for one in entries:
        there = all(raw in one._sought or (plain and plain in one._sought) for raw, plain in wanted)
        if there and severity in {"", one.severity}:
            yield one


def _plain(text: str) -> str:
    return normalize(text).text or text.casefold()


def _strings(value: object) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def rules_of(shelf: Shelf, text: str) -> tuple[Told, ...]:
    """Return the rules of a rubric's text in words; none where it breaks the format."""
    with shelf.with_draft(RUBRIC_FILE, text) as folders:
        file = Path(folders[-1]) / RUBRIC_FILE
        try:
            rubric = load_rubric(file)
            titles = load_lexicon(shelf.folders).titles
        except LexiconError:
            return ()
    return tuple(
        Told(
            id=rule.id,
            line=rule.line,
            title=rule.title,
            says=tuple(sentences(rule, titles)),
            sources=rule.sources,
        )
        for rule in rubric.rules
    )


def title_of(text: str) -> Text | None:
    """Return a list's own title; None where it has none."""
    title = _table(text).get("title")
    if not isinstance(title, dict):
        return None
    zh, en = title.get("zh"), title.get("en")
    return Text(zh, en) if isinstance(zh, str) and isinstance(en, str) else None


def kind_of(text: str) -> str:
    """Return what kind of list it is: polite, forbidden or wordings; empty where it is none."""
    return str(_table(text).get("kind", ""))


def _table(text: str) -> dict[str, Any]:
    return {} if broken(text) else tomllib.loads(text)
