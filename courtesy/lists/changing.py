"""One phrase changed in the text of its file: nothing but its own lines, comments kept."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import tomlkit
from tomlkit.items import AoT, Array, Table

from courtesy.errors import LexiconError
from courtesy.lexicon.load import header_lines
from courtesy.lists.bounds import broken
from courtesy.messages import Text

Severity = Literal["minor", "serious", "fatal"]
# Where a phrase's ways of saying it, innocent texts and example sentences stand.
Key = Literal["variants", "except", "hit", "miss"]


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of a phrase.

    Attributes:
        phrase: its id.
        add: texts that are put at the end of a list, each with its key.
        drop: texts that are taken out of one.
        severity: None leaves it as it is.
    """

    phrase: str
    add: Sequence[tuple[Key, str]] = ()
    drop: Sequence[tuple[Key, str]] = ()
    severity: Severity | None = None


def changed(text: str, change: Change) -> str:
    """Return the text of a file with one of its phrases changed.

    Raises:
        LexiconError: the text is not whole TOML, or there is no such phrase.
    """
    before = _entries(text)
    start, end = _place(text, before, change.phrase)
    document = tomlkit.parse(text[start:end])
    entries = document.get("phrase")
    assert isinstance(entries, AoT)
    entry = entries[0]
    for key, one in change.drop:
        found = entry.get(key)
        if isinstance(found, Array) and one in found:
            found.remove(one)
            if not found:
                entry.remove(key)
    for key, one in change.add:
        _add(entry, key, one)
    if change.severity:
        entry["severity"] = change.severity
    after = text[:start] + tomlkit.dumps(document) + text[end:]
    now = _entries(after)
    others = [one for one in before if one.get("id") != change.phrase]
    if others != [one for one in now if one.get("id") != change.phrase] or len(now) != len(before):
        raise LexiconError(
            Text(
                f"{change.phrase} 的写法太特别，不能用表格改；请直接改文字。",
                f"{change.phrase} is written in too special a way for the form; change the text "
                "itself.",
            )
        )
    return after


def _entries(text: str) -> list[dict[str, Any]]:
    fault = broken(text)
    if fault:
        zh = f"第 {fault.line} 行要先改正：" if fault.line else ""
        en = f"Correct line {fault.line} first: " if fault.line else ""
        raise LexiconError(Text(f"{zh}{fault.text.zh}", f"{en}{fault.text.en}"))
    found = tomllib.loads(text).get("phrase", [])
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _place(text: str, entries: Sequence[dict[str, Any]], phrase: str) -> tuple[int, int]:
    """Return where a phrase begins and ends; what is said before the next one is the next one's."""
    headers = header_lines(text)
    names = [one.get("id") for one in entries]
    if len(headers) != len(names) or names.count(phrase) != 1:
        raise LexiconError(
            Text(f"这里没有 {phrase} 这一条。", f"There is no phrase {phrase} here.")
        )
    at = names.index(phrase)
    lines = text.splitlines(keepends=True)
    first = headers[at] - 1
    last = headers[at + 1] - 1 if at + 1 < len(headers) else len(lines)
    while last > first and lines[last - 1].lstrip()[:1] in {"", "#"}:
        last -= 1
    start = sum(map(len, lines[:first]))
    return start, start + sum(map(len, lines[first:last]))


def _add(entry: Table, key: Key, one: str) -> None:
    found = entry.get(key)
    if found is None:
        made = tomlkit.array()
        made.append(one)
        entry.add(key, made)
    elif isinstance(found, Array) and one not in found:
        found.append(one)
