"""What a rule looks for, as the rubric file says it: who, what, where, how often.

    {list = "greeting", by = "clerk", in = "opening"}
    {act = "question", by = "customer"}
    {event = "gap", over = 25}
    {all = [{list = "apology", near_seconds = 15}, {any = [{act = "reason"}, {act = "place"}]}]}
    {not = {pattern = "小朋友"}}

Only the description is here; `seek` looks.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from courtesy.messages import Text
from courtesy.records import EventKind
from courtesy.scoring.acts import ACTS

By = Literal["clerk", "customer", "anybody"]
Part = Literal["opening", "closing", "first_sentence"]
# What is found in the sound and the times.
EVENTS: frozenset[str] = frozenset(get_args(EventKind))
_WHAT = ("list", "phrase", "act", "pattern", "event", "speech")
_AROUND = ("after_seconds", "before_seconds", "near_seconds", "same")
_WITHIN = ("first_seconds", "last_seconds", "first_turns", "last_turns")
_NUMBERS = (*_AROUND[:3], *_WITHIN, "within_seconds", "over", "under", "at_least")
_KNOWN = frozenset({*_WHAT, *_AROUND, *_NUMBERS, "by", "in"})
_JOINED = ("all", "any", "not")


class ConditionError(ValueError):
    """Raised for a condition that cannot be understood.

    Attributes:
        what: what is wrong and what was expected.
    """

    def __init__(self, what: Text) -> None:
        super().__init__(what.en)
        self.what = what


@dataclass(frozen=True, slots=True)
class Seek:
    """One thing to look for.

    Attributes:
        lists: of the lexicon; empty where something else is looked for.
        phrases: ids of the lexicon's phrases.
        act: what is done (`acts.ACTS`).
        pattern: over the normalized words of an utterance.
        event: of the sound or the times.
        by: who does it.
        part: of the interaction.
        around: where it must stand with regard to what the rule is judged for: "after", "before",
            "near" and how many seconds away, "same" for the same utterance; None for anywhere.
        seconds: of `around`.
        within: "first_seconds", "last_seconds", "first_turns", "last_turns" and how many.
        over: least value of an event.
        under: value that an event must stay below.
        at_least: how often.
    """

    lists: frozenset[str] = frozenset()
    phrases: frozenset[str] = frozenset()
    act: str = ""
    pattern: re.Pattern[str] | None = None
    event: str = ""
    by: By = "clerk"
    part: Part | None = None
    around: str | None = None
    seconds: float = 0.0
    within: tuple[str, float] | None = None
    over: float | None = None
    under: float | None = None
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class Joined:
    """Several conditions: all of them, any of them, or not the one.

    Attributes:
        how: "all", "any" or "not".
        parts: one for "not".
    """

    how: Literal["all", "any", "not"]
    parts: tuple["Condition", ...] = field(default=())


Condition = Seek | Joined


def parse(table: object) -> Condition:
    """Read a condition.

    Raises:
        ConditionError: it is not one.
    """
    if not isinstance(table, dict):
        raise ConditionError(
            Text("条件应写成 {list = …} 之类", "a condition must be a table like {list = …}")
        )
    joined = [how for how in _JOINED if how in table]
    if joined:
        return _joined(joined[0], table)
    unknown = sorted(set(table) - _KNOWN)
    if unknown:
        known = ", ".join(sorted({*_KNOWN, *_JOINED}))
        raise ConditionError(
            Text(
                f"不认识的键 {', '.join(unknown)}；可用：{known}",
                f"unknown key {', '.join(unknown)}; known: {known}",
            )
        )
    what = [key for key in _WHAT if key in table]
    if len(what) != 1:
        choices = ", ".join(_WHAT)
        raise ConditionError(Text(f"要有且只有一项：{choices}", f"needs exactly one of {choices}"))
    for key in _NUMBERS:
        if key in table and not _number(table[key]):
            raise ConditionError(
                Text(f"{key} 应为不小于 0 的数", f"`{key}` must be a number, 0 or more")
            )
    return _seek(what[0], table)


def _joined(how: str, table: Mapping[str, Any]) -> Joined:
    if len(table) > 1:
        raise ConditionError(Text(f"{how} 旁边不能再有别的键", f"nothing may stand beside `{how}`"))
    inner = [table[how]] if how == "not" else table[how]
    if not isinstance(inner, list) or not inner:
        raise ConditionError(Text(f"{how} 应为条件的列表", f"`{how}` must be a list of conditions"))
    return Joined(how, tuple(parse(one) for one in inner))  # type: ignore[arg-type]


def _seek(what: str, table: Mapping[str, Any]) -> Seek:
    value = table[what]
    by = _one_of(table, "by", get_args(By), "clerk")
    part = _one_of(table, "in", get_args(Part), None)
    around = [key for key in _AROUND if key in table]
    within = [key for key in _WITHIN if key in table]
    if len(around) > 1 or len(within) > 1 or (part and (around or within)) or (around and within):
        raise ConditionError(
            Text("位置只能写一种", "only one place may be given: in, first…, last…, after…, …")
        )
    if "within_seconds" in table and part != "opening":
        raise ConditionError(
            Text(
                'within_seconds 只用于 in = "opening"', '`within_seconds` goes with in = "opening"'
            )
        )
    if ("over" in table or "under" in table) and what != "event":
        raise ConditionError(Text("over、under 只用于 event", "`over` and `under` go with `event`"))
    name, seconds = _around(around, table)
    if part == "opening":
        seconds = float(table.get("within_seconds", 0.0))
    return Seek(
        lists=_names(value, what) if what == "list" else frozenset(),
        phrases=_names(value, what) if what == "phrase" else frozenset(),
        act=_known(value, "act", ACTS) if what == "act" else "",
        pattern=_pattern(value) if what == "pattern" else None,
        event=_known(value, "event", EVENTS) if what == "event" else "",
        by=by,
        part=part,
        around=name,
        seconds=seconds,
        within=(within[0], float(table[within[0]])) if within else None,
        over=table.get("over"),
        under=table.get("under"),
        at_least=int(table.get("at_least", 1)),
    )


def _around(keys: list[str], table: Mapping[str, Any]) -> tuple[str | None, float]:
    if not keys:
        return None, 0.0
    if keys[0] == "same":
        if table["same"] is not True:
            raise ConditionError(Text("same 只能为 true", "`same` can only be true"))
        return "same", 0.0
    return keys[0].removesuffix("_seconds"), float(table[keys[0]])


def _names(value: object, key: str) -> frozenset[str]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        raise ConditionError(
            Text(f"{key} 应为名字或名字的列表", f"`{key}` must be a name or a list of names")
        )
    return frozenset(names)


def _known(value: object, key: str, known: frozenset[str]) -> str:
    if not isinstance(value, str) or value not in known:
        choices = ", ".join(sorted(known))
        raise ConditionError(
            Text(f"{key} 应为其中之一：{choices}", f"`{key}` must be one of {choices}")
        )
    return value


def _pattern(value: object) -> re.Pattern[str]:
    try:
        return re.compile(str(value))
    except (re.error, OverflowError, RecursionError) as error:
        raise ConditionError(
            Text(f"pattern 不是正则表达式：{error}", f"`pattern` is no regular expression: {error}")
        ) from error


def _one_of(table: Mapping[str, Any], key: str, choices: tuple[str, ...], default: Any) -> Any:
    value = table.get(key, default)
    if value is not default and value not in choices:
        known = ", ".join(choices)
        raise ConditionError(
            Text(f"{key} 应为其中之一：{known}", f"`{key}` must be one of {known}")
        )
    return value


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6


def seeks(condition: Condition | None) -> Iterator[Seek]:
    """Yield every single thing that a condition looks for."""
    if isinstance(condition, Seek):
        yield condition
    elif isinstance(condition, Joined):
        for part in condition.parts:
            yield from seeks(part)


def occasions(each: Condition | None) -> Iterator[Seek]:
    """Yield what a rule is judged for: of `all` only the first, as the others stand around it."""
    if isinstance(each, Joined):
        for part in each.parts[:1] if each.how == "all" else each.parts:
            yield from occasions(part)
    else:
        yield from seeks(each)
