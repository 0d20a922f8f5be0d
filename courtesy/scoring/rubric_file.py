"""Reading rubric files: their format, what one takes over from another, and older ones.

Schema 2 says what each rule looks for. Schema 1 named six rules that were written in Python; such a
file gets their description from the built-in window rubric and keeps its own points and numbers.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from courtesy.errors import LexiconError, reason
from courtesy.folders import rubric_file, rubric_names
from courtesy.messages import Text
from courtesy.scoring.conditions import Condition, ConditionError, Joined, Seek, parse
from courtesy.scoring.hours import Hours, HoursError
from courtesy.scoring.hours import parse as parse_hours
from courtesy.scoring.rubric import MODES, SEVERITIES, Grade, Rubric, Rule

SCHEMA = 2
_OLD = 1
_HEAD = frozenset(
    {"schema", "name", "version", "title", "base", "grade", "rule", "extends", "without"}
)
_RULE = frozenset(
    {"id", "title", "sources", "points", "bonus", "modes", "want", "each", "share", "forbid",
     "lists", "only_if", "hours", "when_ended", "most", "fatal", "info", "texts"}
)  # fmt: skip
_TEXTS = frozenset({"done", "missing", "none", "found"})
# Numbers that a rule of schema 1 might set.
_OLD_NUMBERS: dict[str, tuple[str, ...]] = {
    "greeting": ("within_seconds",),
    "farewell": (),
    "please": ("share",),
    "thanks_reply": ("within_seconds",),
    "forbidden": ("most",),
    "abuse": ("most",),
}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One rule as it stands in a file, with what it took over from another."""

    table: Mapping[str, Any]
    file: Path
    line: int


def find_rubric(name: str | Path) -> Path:
    """Return the rubric file that is meant: a file, or a built-in one by its name.

    Raises:
        LexiconError: there is neither.
    """
    path, built_in = Path(name), rubric_file(str(name))
    if path.exists():
        return path
    if len(path.parts) == 1 and built_in.is_file():
        return built_in
    known = rubric_names()
    raise LexiconError(
        Text(
            f"没有评分规则 {name}：既不是文件，也不是自带的（{'、'.join(known)}）。",
            f"There is no rubric {name}: no file, and none of the built-in ones "
            f"({', '.join(known)}).",
        )
    )


def load_rubric(file: Path) -> Rubric:
    """Read a rubric file, of this schema or of an earlier one.

    Raises:
        LexiconError: it cannot be read or breaks the format; file, line and entry are named.
    """
    raw, table = _table(file)
    if table.get("schema") == _OLD:
        return _of_old(file, raw, table)
    head, entries, raws = _with_base(file, raw, table, ())
    rules = tuple(_rule(entry) for entry in entries)
    taken = frozenset(name for rule in rules for name in rule.lists if name)
    return _rubric(file, head, [replace(rule, taken=taken) for rule in rules], raws)


def _rubric(
    file: Path, head: Mapping[str, Any], rules: Iterable[Rule], raws: Iterable[bytes]
) -> Rubric:
    digest = hashlib.sha256(b"".join(raws)).hexdigest()[:12]
    if not _positive(head.get("base")):
        raise _fault(file, 0, "base", Text("base 应为不小于 0 的数", "`base` must be 0 or more"))
    grades = sorted(
        (_grade(file, g) for g in _tables(file, head, "grade")), key=lambda g: -g.at_least
    )
    if not grades or grades[-1].at_least > 0:
        what = Text("要有一档 at_least = 0", "one grade must have at_least = 0")
        raise _fault(file, 0, "grade", what)
    name, version = _word(file, head, "name"), _word(file, head, "version")
    return Rubric(
        name=name,
        title=_title(file, 0, "title", head) if "title" in head else Text(name, name),
        stamp=f"{name} {version} ({digest})",
        base=float(head["base"]),
        rules=tuple(rules),
        grades=tuple(grades),
        file=file,
    )


def _table(file: Path) -> tuple[bytes, dict[str, Any]]:
    try:
        raw = file.read_bytes()
        return raw, tomllib.loads(raw.decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        why = reason(error)
        raise LexiconError(
            Text(f"读不了评分规则 {file}：{why.zh}。", f"Cannot read the rubric {file}: {why.en}.")
        ) from error


def _with_base(
    file: Path, raw: bytes, table: Mapping[str, Any], seen: tuple[Path, ...]
) -> tuple[dict[str, Any], list[_Entry], list[bytes]]:
    """Return a file's head and entries with those of the file it extends, and the bytes of both."""
    if table.get("schema") != SCHEMA:
        raise _fault(file, 0, "schema", Text(f"应为 {SCHEMA}", f"must be {SCHEMA}"))
    unknown = sorted(set(table) - _HEAD)
    if unknown:
        raise _fault(file, _line(raw, unknown[0]), unknown[0], _unknown(unknown, _HEAD))
    head: dict[str, Any] = {}
    entries: dict[str, _Entry] = {}
    raws = [raw]
    if "extends" in table:
        named = _word(file, table, "extends")
        beside = file.with_name(f"{named}.toml")
        base = beside if beside.is_file() else rubric_file(named)
        if base in (file, *seen):
            what = Text("extends 绕回了自己", "`extends` leads back to itself")
            raise _fault(file, _line(raw, "extends"), "extends", what)
        other = _table(base)
        head, taken, more = _with_base(base, *other, (*seen, file))
        entries = {str(entry.table["id"]): entry for entry in taken}
        raws += more
    head |= {key: value for key, value in table.items() if key not in {"rule", "without"}}
    for name in table.get("without", []):
        if name not in entries:
            what = Text(
                f"without 里的 {name} 本来就没有", f"`without` names {name}, which is not there"
            )
            raise _fault(file, _line(raw, "without"), "without", what)
        del entries[name]
    own: set[str] = set()
    for entry in _tables(file, table, "rule", needed="extends" not in table):
        name = entry.get("id")
        line = _line_of_rule(raw, name)
        if not isinstance(name, str) or not name:
            raise _fault(file, line, "rule", Text("缺少 id", "`id` is missing"))
        if name in own:
            raise _fault(file, line, name, Text("规则重复", "the rule stands twice"))
        own.add(name)
        before = entries[name].table if name in entries else {}
        entries[name] = _Entry({**before, **entry}, file, line)
    return head, list(entries.values()), raws


def _rule(entry: _Entry) -> Rule:
    table, name = entry.table, str(entry.table["id"])

    def fault(what: Text) -> LexiconError:
        return _fault(entry.file, entry.line, name, what)

    unknown = sorted(set(table) - _RULE)
    if unknown:
        raise fault(_unknown(unknown, _RULE))
    want, each = _condition(entry, "want"), _condition(entry, "each")
    forbid, only_if = _condition(entry, "forbid"), _condition(entry, "only_if")
    lists = table.get("lists", [])
    if sum(bool(x) for x in (want, forbid, lists)) != 1:
        raise fault(
            Text("want、forbid、lists 要有且只有一项", "needs exactly one of want, forbid, lists")
        )
    if isinstance(each, Joined) and (
        each.how != "any" or not all(isinstance(part, Seek) for part in each.parts)
    ):
        raise fault(
            Text("each 只能是单个条件，或 any 几个", "`each` must be one condition, or any of some")
        )
    if each and not want:
        raise fault(Text("有 each 就要有 want", "`each` needs a `want`"))
    for key, most in (("share", 1.0), ("most", 1e6), ("bonus", 1e6)):
        if key in table and not (_positive(table[key]) and table[key] <= most):
            raise fault(Text(f"{key} 应为 0 到 {most:g}", f"`{key}` must be 0 to {most:g}"))
    modes = table.get("modes", list(MODES))
    if not isinstance(modes, list) or not modes or not set(modes) <= set(MODES):
        known = ", ".join(MODES)
        raise fault(Text(f"modes 应取自 {known}", f"`modes` must be of {known}"))
    return Rule(
        id=name,
        title=_title(entry.file, entry.line, name, table),
        sources=_sources(entry),
        points=_points(entry),
        bonus=float(table.get("bonus", 0.0)),
        modes=tuple(modes),
        want=want,
        each=each,
        share=float(table.get("share", 1.0)),
        forbid=forbid,
        lists=frozenset("" if one == "others" else str(one) for one in lists),
        only_if=only_if,
        hours=_hours(entry),
        when_ended=table.get("when_ended") is True,
        most=float(table.get("most", 1e6)),
        fatal=table.get("fatal") is True,
        info=table.get("info") is True,
        texts=_own_texts(entry),
        line=entry.line,
    )


def _condition(entry: _Entry, key: str) -> Condition | None:
    if key not in entry.table:
        return None
    try:
        return parse(entry.table[key])
    except ConditionError as error:
        what = Text(f"{key}：{error.what.zh}", f"{key}: {error.what.en}")
        raise _fault(entry.file, entry.line, str(entry.table["id"]), what) from error


def _hours(entry: _Entry) -> tuple[Hours, ...]:
    try:
        return parse_hours(entry.table.get("hours", []))
    except HoursError as error:
        raise _fault(entry.file, entry.line, str(entry.table["id"]), error.what) from error


def _points(entry: _Entry) -> dict[str, float]:
    table, name = entry.table, str(entry.table["id"])
    by_severity = bool(table.get("lists"))
    default = 0 if table.get("info") or "bonus" in table else None
    points = table.get("points", default)
    given: dict[str, Any] = points if isinstance(points, dict) else {"": points}
    wanted = SEVERITIES if by_severity else ("",)
    if set(given) != set(wanted) or not all(_positive(p) for p in given.values()):
        shape = "{minor = 10, serious = 20, fatal = 40}" if by_severity else "10"
        what = Text(
            f"points 应写成 {shape}，不小于 0", f"`points` must look like {shape}, 0 or more"
        )
        raise _fault(entry.file, entry.line, name, what)
    return {key: float(value) for key, value in given.items()}


def _sources(entry: _Entry) -> tuple[str, ...]:
    sources = entry.table.get("sources", [])
    if not isinstance(sources, list) or not all(isinstance(s, str) for s in sources):
        what = Text("sources 应为字符串列表", "`sources` must be a list of strings")
        raise _fault(entry.file, entry.line, str(entry.table["id"]), what)
    return tuple(sources)


def _own_texts(entry: _Entry) -> dict[str, Text]:
    texts = entry.table.get("texts", {})
    name = str(entry.table["id"])
    if not isinstance(texts, dict) or not set(texts) <= _TEXTS:
        known = ", ".join(sorted(_TEXTS))
        what = Text(f"texts 里只能有 {known}", f"`texts` may hold only {known}")
        raise _fault(entry.file, entry.line, name, what)
    return {
        key: _title(entry.file, entry.line, name, {"title": value}) for key, value in texts.items()
    }


def _of_old(file: Path, raw: bytes, table: Mapping[str, Any]) -> Rubric:
    """Make a rubric of a file of schema 1."""
    now = load_rubric(rubric_file("window"))
    rules: list[Rule] = []
    for entry in _tables(file, table, "rule"):
        name = str(entry.get("id"))
        line = _line_of_rule(raw, name)
        if name not in _OLD_NUMBERS:
            known = ", ".join(_OLD_NUMBERS)
            what = Text(f"不认识的规则；可用：{known}", f"unknown rule; known: {known}")
            raise _fault(file, line, repr(name), what)
        if any(rule.id == name for rule in rules):
            raise _fault(file, line, name, Text("规则重复", "the rule stands twice"))
        numbers = _OLD_NUMBERS[name]
        unknown = sorted(set(entry) - {"id", "title", "sources", "points", *numbers})
        if unknown:
            known_keys = frozenset({"id", "title", "sources", "points", *numbers})
            raise _fault(file, line, name, _unknown(unknown, known_keys))
        base = now[name]
        kept = _Entry({**entry, "lists": sorted(base.lists)}, file, line)
        rule = replace(
            base,
            title=_title(file, line, name, entry),
            sources=_sources(kept),
            points=_points(kept),
            line=line,
        )
        for key in numbers:
            if key in entry:
                rule = _with_number(rule, key, entry[key], file)
        rules.append(rule)
    return _rubric(file, table, rules, [raw])


def _with_number(rule: Rule, key: str, value: object, file: Path) -> Rule:
    if not _positive(value):
        raise _fault(file, rule.line, rule.id, Text("数值应不小于 0", "numbers must be 0 or more"))
    number = float(str(value))
    if key == "share":
        return replace(rule, share=number)
    if key == "most":
        return replace(rule, most=number)
    assert isinstance(rule.want, Seek)
    return replace(rule, want=replace(rule.want, seconds=number))


def _tables(
    file: Path, table: Mapping[str, Any], key: str, *, needed: bool = True
) -> list[dict[str, Any]]:
    found = table.get(key, [] if not needed else None)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _fault(file, 0, key, Text(f"应写成 [[{key}]]", f"must be written as [[{key}]]"))
    return found


def _grade(file: Path, entry: Mapping[str, Any]) -> Grade:
    at_least = entry.get("at_least")
    if not _positive(at_least):
        what = Text("at_least 应为不小于 0 的数", "`at_least` must be a number, 0 or more")
        raise _fault(file, 0, "grade", what)
    return Grade(float(str(at_least)), _title(file, 0, "grade", entry))


def _title(file: Path, line: int, name: str, entry: Mapping[str, Any]) -> Text:
    title = entry.get("title")
    if not isinstance(title, dict) or not all(isinstance(title.get(k), str) for k in ("zh", "en")):
        what = Text(
            '缺少 title = {zh = "…", en = "…"}', '`title = {zh = "…", en = "…"}` is missing'
        )
        raise _fault(file, line, name, what)
    return Text(title["zh"], title["en"])


def _word(file: Path, table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        what = Text(f"缺少 {key} 或类型不对", f"`{key}` is missing or of the wrong type")
        raise _fault(file, 0, key, what)
    return value


def _unknown(unknown: Iterable[str], known: frozenset[str]) -> Text:
    names, keys = ", ".join(sorted(known)), ", ".join(unknown)
    return Text(f"不认识的键：{keys}；可用：{names}", f"unknown key: {keys}; known: {names}")


def _positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6


def _line(raw: bytes, key: str) -> int:
    """Return the line on which a key is set, from 1; 0 where it cannot be told."""
    return _first(raw, rf"\s*{re.escape(key)}\s*=")


def _line_of_rule(raw: bytes, name: object) -> int:
    return _first(raw, rf"""\s*id\s*=\s*["']{re.escape(str(name))}["']""")


def _first(raw: bytes, pattern: str) -> int:
    lines = raw.decode("utf-8-sig").splitlines()
    return next((n for n, line in enumerate(lines, start=1) if re.match(pattern, line)), 0)


def _fault(file: Path, line: int, entry: str, what: Text) -> LexiconError:
    place = f"{file}:{line}" if line else str(file)
    return LexiconError(
        Text(
            f"评分规则有误 {place}（{entry}）：{what.zh}。",
            f"Rubric error {place} ({entry}): {what.en}.",
        )
    )
