"""Reading rubric files: their format, and what one takes over from another.

Schema 2 says what each rule looks for; `rubric_first` reads files of schema 1.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from courtesy.errors import LexiconError
from courtesy.folders import rubric_file, rubric_names
from courtesy.messages import Text
from courtesy.scoring.conditions import Condition, ConditionError, Seek, parse
from courtesy.scoring.hours import Hours, HoursError
from courtesy.scoring.hours import parse as parse_hours
from courtesy.scoring.rubric import MODES, Grade, Rubric, Rule
from courtesy.scoring.rubric_first import first_rules
from courtesy.scoring.rubric_toml import (
    Entry,
    fault_at,
    is_amount,
    line_of,
    line_of_rule,
    points_of,
    read_table,
    sources_of,
    tables_of,
    title_of,
    unknown_keys,
    word_of,
)

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
    raw, table = read_table(file)
    if table.get("schema") == _OLD:
        first = first_rules(file, raw, table, load_rubric(rubric_file("window")))
        return _rubric(file, table, first, [raw])
    head, entries, raws = _with_base(file, raw, table, ())
    rules = tuple(_rule(entry) for entry in entries)
    taken = frozenset(name for rule in rules for name in rule.lists if name)
    return _rubric(file, head, [replace(rule, taken=taken) for rule in rules], raws)


def _rubric(
    file: Path, head: Mapping[str, Any], rules: Iterable[Rule], raws: Iterable[bytes]
) -> Rubric:
    digest = hashlib.sha256(b"".join(raws)).hexdigest()[:12]
    if not is_amount(head.get("base")):
        raise fault_at(file, 0, "base", Text("base 应为不小于 0 的数", "`base` must be 0 or more"))
    grades = sorted(
        (_grade(file, g) for g in tables_of(file, head, "grade")), key=lambda g: -g.at_least
    )
    if not grades or grades[-1].at_least > 0:
        what = Text("要有一档 at_least = 0", "one grade must have at_least = 0")
        raise fault_at(file, 0, "grade", what)
    name, version = word_of(file, head, "name"), word_of(file, head, "version")
    return Rubric(
        name=name,
        title=title_of(file, 0, "title", head) if "title" in head else Text(name, name),
        stamp=f"{name} {version} ({digest})",
        base=float(head["base"]),
        rules=tuple(rules),
        grades=tuple(grades),
        file=file,
    )


def _with_base(
    file: Path, raw: bytes, table: Mapping[str, Any], seen: tuple[Path, ...]
) -> tuple[dict[str, Any], list[Entry], list[bytes]]:
    """Return a file's head and entries with those of the file it extends, and the bytes of both."""
    if table.get("schema") != SCHEMA:
        raise fault_at(file, 0, "schema", Text(f"应为 {SCHEMA}", f"must be {SCHEMA}"))
    unknown = sorted(set(table) - _HEAD)
    if unknown:
        raise fault_at(file, line_of(raw, unknown[0]), unknown[0], unknown_keys(unknown, _HEAD))
    head: dict[str, Any] = {}
    entries: dict[str, Entry] = {}
    raws = [raw]
    if "extends" in table:
        base = _base_of(file, raw, table)
        if base in (file, *seen):
            what = Text("extends 绕回了自己", "`extends` leads back to itself")
            raise fault_at(file, line_of(raw, "extends"), "extends", what)
        other = read_table(base)
        head, taken, more = _with_base(base, *other, (*seen, file))
        entries = {str(entry.table["id"]): entry for entry in taken}
        raws += more
    head |= {key: value for key, value in table.items() if key not in {"rule", "without"}}
    without = table.get("without", [])
    for name in without if isinstance(without, list) else [without]:
        if not isinstance(name, str) or name not in entries:
            what = Text(
                f"without 里的 {name} 本来就没有", f"`without` names {name}, which is not there"
            )
            raise fault_at(file, line_of(raw, "without"), "without", what)
        del entries[name]
    own: set[str] = set()
    for entry in tables_of(file, table, "rule", needed="extends" not in table):
        name = entry.get("id")
        line = line_of_rule(raw, name)
        if not isinstance(name, str) or not name:
            raise fault_at(file, line, "rule", Text("缺少 id", "`id` is missing"))
        if name in own:
            raise fault_at(file, line, name, Text("规则重复", "the rule stands twice"))
        own.add(name)
        before = entries[name].table if name in entries else {}
        entries[name] = Entry({**before, **entry}, file, line)
    return head, list(entries.values()), raws


def _base_of(file: Path, raw: bytes, table: Mapping[str, Any]) -> Path:
    """Return the file that one extends; it may not exist."""
    named = word_of(file, table, "extends")
    if set(named) & set("/\\:\0"):
        what = Text("extends 只写名字，不写路径", "`extends` takes a name, not a path")
        raise fault_at(file, line_of(raw, "extends"), "extends", what)
    beside = file.with_name(f"{named}.toml")
    return beside if beside.is_file() else rubric_file(named)


def _is_occasion(each: Condition) -> bool:
    """Tell whether a condition says what a rule is judged for."""
    if isinstance(each, Seek):
        return True
    if each.how == "any":
        return all(_is_occasion(part) for part in each.parts)
    return each.how == "all" and _is_occasion(each.parts[0])


def _rule(entry: Entry) -> Rule:
    table, name = entry.table, str(entry.table["id"])

    def fault(what: Text) -> LexiconError:
        return fault_at(entry.file, entry.line, name, what)

    unknown = sorted(set(table) - _RULE)
    if unknown:
        raise fault(unknown_keys(unknown, _RULE))
    want, each = _condition(entry, "want"), _condition(entry, "each")
    forbid, only_if = _condition(entry, "forbid"), _condition(entry, "only_if")
    lists = table.get("lists", [])
    if not isinstance(lists, list):
        raise fault(Text("lists 应为名字的列表", "`lists` must be a list of names"))
    if sum(bool(x) for x in (want, forbid, lists)) != 1:
        raise fault(
            Text("want、forbid、lists 要有且只有一项", "needs exactly one of want, forbid, lists")
        )
    if each and not _is_occasion(each):
        raise fault(
            Text(
                "each 只能是单个条件、any 几个，或 all（第一个是所指，其余在它周围）",
                "`each` must be one condition, any of some, or all: the first and what is around",
            )
        )
    if each and not want:
        raise fault(Text("有 each 就要有 want", "`each` needs a `want`"))
    for key, most in (("share", 1.0), ("most", 1e6), ("bonus", 1e6)):
        if key in table and not (is_amount(table[key]) and table[key] <= most):
            raise fault(Text(f"{key} 应为 0 到 {most:g}", f"`{key}` must be 0 to {most:g}"))
    modes = table.get("modes", list(MODES))
    if not isinstance(modes, list) or not modes or not all(mode in MODES for mode in modes):
        known = ", ".join(MODES)
        raise fault(Text(f"modes 应取自 {known}", f"`modes` must be of {known}"))
    return Rule(
        id=name,
        title=title_of(entry.file, entry.line, name, table),
        sources=sources_of(entry),
        points=points_of(entry),
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


def _condition(entry: Entry, key: str) -> Condition | None:
    if key not in entry.table:
        return None
    try:
        return parse(entry.table[key])
    except ConditionError as error:
        what = Text(f"{key}：{error.what.zh}", f"{key}: {error.what.en}")
        raise fault_at(entry.file, entry.line, str(entry.table["id"]), what) from error


def _hours(entry: Entry) -> tuple[Hours, ...]:
    try:
        return parse_hours(entry.table.get("hours", []))
    except HoursError as error:
        raise fault_at(entry.file, entry.line, str(entry.table["id"]), error.what) from error


def _own_texts(entry: Entry) -> dict[str, Text]:
    texts = entry.table.get("texts", {})
    name = str(entry.table["id"])
    if not isinstance(texts, dict) or not set(texts) <= _TEXTS:
        known = ", ".join(sorted(_TEXTS))
        what = Text(f"texts 里只能有 {known}", f"`texts` may hold only {known}")
        raise fault_at(entry.file, entry.line, name, what)
    return {
        key: title_of(entry.file, entry.line, name, {"title": value})
        for key, value in texts.items()
    }


def _grade(file: Path, entry: Mapping[str, Any]) -> Grade:
    at_least = entry.get("at_least")
    if not is_amount(at_least):
        what = Text("at_least 应为不小于 0 的数", "`at_least` must be a number, 0 or more")
        raise fault_at(file, 0, "grade", what)
    return Grade(float(str(at_least)), title_of(file, 0, "grade", entry))
