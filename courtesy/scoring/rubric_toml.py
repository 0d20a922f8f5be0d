"""What a rubric file is made of: tables, titles, points, and errors that name file, line and entry.

Every function raises `LexiconError` for what is not as it should be.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from courtesy.errors import LexiconError, reason
from courtesy.messages import Text
from courtesy.scoring.rubric import SEVERITIES


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule as it stands in a file, with what it took over from another."""

    table: Mapping[str, Any]
    file: Path
    line: int


def read_table(file: Path) -> tuple[bytes, dict[str, Any]]:
    """Return the bytes of a file and what they hold.

    Raises:
        LexiconError: it cannot be read or is no TOML.
    """
    try:
        raw = file.read_bytes()
        return raw, tomllib.loads(raw.decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        why = reason(error)
        raise LexiconError(
            Text(f"读不了评分规则 {file}：{why.zh}。", f"Cannot read the rubric {file}: {why.en}.")
        ) from error


def tables_of(
    file: Path, table: Mapping[str, Any], key: str, *, needed: bool = True
) -> list[dict[str, Any]]:
    """Return the entries [[key]]; an empty list where they may be missing."""
    found = table.get(key, [] if not needed else None)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise fault_at(file, 0, key, Text(f"应写成 [[{key}]]", f"must be written as [[{key}]]"))
    return found


def title_of(file: Path, line: int, name: str, entry: Mapping[str, Any]) -> Text:
    """Return the entry's name for people, in both languages."""
    title = entry.get("title")
    if not isinstance(title, dict) or not all(isinstance(title.get(k), str) for k in ("zh", "en")):
        what = Text(
            '缺少 title = {zh = "…", en = "…"}', '`title = {zh = "…", en = "…"}` is missing'
        )
        raise fault_at(file, line, name, what)
    return Text(title["zh"], title["en"])


def word_of(file: Path, table: Mapping[str, Any], key: str) -> str:
    """Return a word that has to be there."""
    value = table.get(key)
    if not isinstance(value, str) or not value:
        what = Text(f"缺少 {key} 或类型不对", f"`{key}` is missing or of the wrong type")
        raise fault_at(file, 0, key, what)
    return value


def points_of(entry: Entry) -> dict[str, float]:
    """Return what a rule takes off; by severity where it forbids phrases."""
    table, name = entry.table, str(entry.table["id"])
    by_severity = bool(table.get("lists"))
    default = 0 if table.get("info") or "bonus" in table else None
    points = table.get("points", default)
    given: dict[str, Any] = points if isinstance(points, dict) else {"": points}
    wanted = SEVERITIES if by_severity else ("",)
    if set(given) != set(wanted) or not all(is_amount(p) for p in given.values()):
        shape = "{minor = 10, serious = 20, fatal = 40}" if by_severity else "10"
        what = Text(
            f"points 应写成 {shape}，不小于 0", f"`points` must look like {shape}, 0 or more"
        )
        raise fault_at(entry.file, entry.line, name, what)
    return {key: float(value) for key, value in given.items()}


def sources_of(entry: Entry) -> tuple[str, ...]:
    """Return the documents and clauses a rule comes from."""
    sources = entry.table.get("sources", [])
    if not isinstance(sources, list) or not all(isinstance(s, str) for s in sources):
        what = Text("sources 应为字符串列表", "`sources` must be a list of strings")
        raise fault_at(entry.file, entry.line, str(entry.table["id"]), what)
    return tuple(sources)


def unknown_keys(unknown: Iterable[str], known: frozenset[str]) -> Text:
    """Say which keys mean nothing here, and which there are."""
    names, keys = ", ".join(sorted(known)), ", ".join(unknown)
    return Text(f"不认识的键：{keys}；可用：{names}", f"unknown key: {keys}; known: {names}")


def is_amount(value: object) -> bool:
    """Tell whether a value is a number of 0 or more."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6


def line_of(raw: bytes, key: str) -> int:
    """Return the line on which a key is set, from 1; 0 where it cannot be told."""
    return _first(raw, rf"\s*{re.escape(key)}\s*=")


def line_of_rule(raw: bytes, name: object) -> int:
    """Return the line on which a rule is named, from 1; 0 where it cannot be told."""
    return _first(raw, rf"""\s*id\s*=\s*["']{re.escape(str(name))}["']""")


def _first(raw: bytes, pattern: str) -> int:
    lines = raw.decode("utf-8-sig").splitlines()
    return next((n for n, line in enumerate(lines, start=1) if re.match(pattern, line)), 0)


def fault_at(file: Path, line: int, entry: str, what: Text) -> LexiconError:
    """Return the error for one entry; it names the file and, where it is known, the line."""
    place = f"{file}:{line}" if line else str(file)
    return LexiconError(
        Text(
            f"评分规则有误 {place}（{entry}）：{what.zh}。",
            f"Rubric error {place} ({entry}): {what.en}.",
        )
    )
