"""Rubric files of schema 1, which named six rules that were written in Python.

They get what each rule looks for from the built-in window rubric and keep their own points and
numbers.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from courtesy.messages import Text
from courtesy.scoring.conditions import Seek
from courtesy.scoring.rubric import Rubric, Rule
from courtesy.scoring.rubric_toml import (
    Entry,
    fault_at,
    is_amount,
    line_of_rule,
    points_of,
    sources_of,
    tables_of,
    title_of,
    unknown_keys,
)

# Numbers that a rule of schema 1 might set.
_OLD_NUMBERS: dict[str, tuple[str, ...]] = {
    "greeting": ("within_seconds",),
    "farewell": (),
    "please": ("share",),
    "thanks_reply": ("within_seconds",),
    "forbidden": ("most",),
    "abuse": ("most",),
}


def first_rules(file: Path, raw: bytes, table: Mapping[str, Any], now: Rubric) -> list[Rule]:
    """Return the rules of a file of schema 1.

    Args:
        file: to name in errors.
        raw: its bytes.
        table: what they hold.
        now: the window rubric, which says what each rule looks for.

    Raises:
        LexiconError: it breaks its format.
    """
    rules: list[Rule] = []
    for entry in tables_of(file, table, "rule"):
        name = str(entry.get("id"))
        line = line_of_rule(raw, name)
        if name not in _OLD_NUMBERS:
            known = ", ".join(_OLD_NUMBERS)
            what = Text(f"不认识的规则；可用：{known}", f"unknown rule; known: {known}")
            raise fault_at(file, line, repr(name), what)
        if any(rule.id == name for rule in rules):
            raise fault_at(file, line, name, Text("规则重复", "the rule stands twice"))
        numbers = _OLD_NUMBERS[name]
        unknown = sorted(set(entry) - {"id", "title", "sources", "points", *numbers})
        if unknown:
            known_keys = frozenset({"id", "title", "sources", "points", *numbers})
            raise fault_at(file, line, name, unknown_keys(unknown, known_keys))
        base = now[name]
        kept = Entry({**entry, "lists": sorted(base.lists)}, file, line)
        rule = replace(
            base,
            title=title_of(file, line, name, entry),
            sources=sources_of(kept),
            points=points_of(kept),
            line=line,
        )
        for key in numbers:
            if key in entry:
                rule = _with_number(rule, key, entry[key], file)
        rules.append(rule)
    return rules


def _with_number(rule: Rule, key: str, value: object, file: Path) -> Rule:
    if not is_amount(value):
        raise fault_at(
            file, rule.line, rule.id, Text("数值应不小于 0", "numbers must be 0 or more")
        )
    number = float(str(value))
    if key == "share":
        return replace(rule, share=number)
    if key == "most":
        return replace(rule, most=number)
    assert isinstance(rule.want, Seek)
    return replace(rule, want=replace(rule.want, seconds=number))
