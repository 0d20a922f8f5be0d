"""What is wrong with a rubric though its format is right: it names what is not there, or cannot be.

Errors make a rule useless; warnings are probably not what was meant.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from courtesy.messages import Text
from courtesy.scoring.conditions import Condition, Joined, occasions, seeks
from courtesy.scoring.rubric import Rubric, Rule


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong.

    Attributes:
        level: "error" or "warning".
        rule: its id; empty for the rubric as a whole.
        line: of the rule in the file, from 1; 0 where it is not known.
        text: what is wrong and what to do.
    """

    level: Literal["error", "warning"]
    rule: str
    line: int
    text: Text


def check(
    rubric: Rubric, lists: Iterable[str], forbidden: Iterable[str], phrases: Iterable[str]
) -> list[Complaint]:
    """Return what is wrong with a rubric, given the lexicon it is used with.

    Args:
        rubric: to look at.
        lists: names of the lexicon's lists.
        forbidden: those of them that hold forbidden phrases.
        phrases: ids of the lexicon's phrases.
    """
    known, bad, ids = frozenset(lists), frozenset(forbidden), frozenset(phrases)
    found = [
        Complaint(level, rule.id, rule.line, text)
        for rule in rubric.rules
        for level, text in _flaws(rule, known, bad, ids)
    ]
    return found + [Complaint("warning", "", 0, text) for text in _of_the_whole(rubric, bad)]


def _flaws(
    rule: Rule, lists: frozenset[str], forbidden: frozenset[str], phrases: frozenset[str]
) -> Iterator[tuple[Literal["error", "warning"], Text]]:
    for name in sorted({n for n in rule.lists if n} - forbidden):
        choices = ", ".join(sorted(forbidden))
        yield (
            "error",
            Text(
                f"没有名为 {name} 的忌语词表；有 {choices}",
                f"there is no forbidden list {name}; there are {choices}",
            ),
        )
    wanted = [rule.want, rule.each, rule.forbid, rule.only_if]
    for seek in (s for condition in wanted for s in seeks(condition)):
        for name in sorted(seek.lists - lists):
            choices = ", ".join(sorted(lists))
            yield (
                "error",
                Text(
                    f"没有名为 {name} 的词表；有 {choices}",
                    f"there is no list {name}; there are {choices}",
                ),
            )
        for name in sorted(seek.phrases - phrases):
            yield (
                "error",
                Text(
                    f"词库里没有 {name} 这一条；courtesy lexicon list 列出全部",
                    f"the lexicon has no phrase {name}; `courtesy lexicon list` shows all",
                ),
            )
        if seek.over is not None and seek.under is not None and seek.over >= seek.under:
            yield (
                "error",
                Text(
                    "over 不小于 under，永远不会有",
                    "`over` is not below `under`, so it never happens",
                ),
            )
    yield from _places(rule)
    yield from _times(rule)
    if rule.only_if and rule.want and _opposite(rule.only_if, rule.want):
        yield (
            "error",
            Text("only_if 和 want 相反，永远做不到", "`only_if` and `want` contradict each other"),
        )
    if not rule.info and not rule.bonus and not rule.fatal and not any(rule.points.values()):
        yield (
            "warning",
            Text(
                "不扣分也不加分；只作参考请写 info = true",
                "takes and gives no points; write info = true if it only informs",
            ),
        )


def _places(rule: Rule) -> Iterator[tuple[Literal["error", "warning"], Text]]:
    anchored = [s for s in seeks(rule.want) if s.around]
    if anchored and not rule.each:
        yield (
            "error",
            Text(
                "没有 each，之前、之后、同一句就没有所指",
                "without `each` there is nothing to be before, after, near or the same as",
            ),
        )
    unanchored = [*occasions(rule.each), *seeks(rule.forbid), *seeks(rule.only_if)]
    if any(s.around for s in unanchored):
        yield (
            "error",
            Text(
                "each、forbid、only_if 里不能用之前、之后、同一句",
                "`each`, `forbid` and `only_if` have nothing to be before, after or near",
            ),
        )
    for seek in seeks(rule.want):
        others = [each.by for each in occasions(rule.each)]
        if seek.around == "same" and others and seek.by not in others and "anybody" not in others:
            yield (
                "error",
                Text("同一句话不会出自另一个人", "the same sentence is never somebody else's"),
            )


def _times(rule: Rule) -> Iterator[tuple[Literal["error", "warning"], Text]]:
    empty = [str(span) for span in rule.hours if span.empty]
    if empty:
        what = Text(
            f"hours 里的 {'、'.join(empty)} 起止相同，没有时间在里面；整天请写 00:00-24:00",
            f"{', '.join(empty)} in `hours` begins when it ends and holds no time; "
            "write 00:00-24:00 for a whole day",
        )
        yield ("error" if len(empty) == len(rule.hours) else "warning"), what
    if rule.hours and any(rule.lists):
        names = ", ".join(sorted(name for name in rule.lists if name))
        yield (
            "warning",
            Text(
                f"有 hours，规定时段以外就没有规则管词表 {names}",
                f"with `hours`, no rule judges the list {names} at other times",
            ),
        )


def _opposite(one: Condition, other: Condition) -> bool:
    """Tell whether one condition is the other's negation."""
    return any(
        isinstance(a, Joined) and a.how == "not" and a.parts[0] == b
        for a, b in ((one, other), (other, one))
    )


def _of_the_whole(rubric: Rubric, forbidden: frozenset[str]) -> Iterator[Text]:
    judged = {name for rule in rubric.rules for name in rule.lists}
    if "" not in judged:
        for name in sorted(forbidden - judged):
            yield Text(
                f"忌语词表 {name} 没有一条规则管",
                f"no rule judges the forbidden list {name}",
            )
    names = [grade.at_least for grade in rubric.grades]
    for least in sorted({n for n in names if names.count(n) > 1}):
        yield Text(f"有两档都从 {least:g} 起", f"two grades begin at {least:g}")
    for grade in rubric.grades:
        if grade.at_least > 100:
            yield Text(
                f"{grade.title.zh}从 {grade.at_least:g} 起，但分数最高 100",
                f"{grade.title.en} begins at {grade.at_least:g}, but no score is above 100",
            )
    seen: dict[tuple[object, ...], str] = {}
    for rule in rubric.rules:
        key = (rule.want, rule.each, rule.forbid, rule.lists, rule.modes, rule.only_if, rule.hours)
        if key in seen:
            yield Text(
                f"{rule.id} 和 {seen[key]} 查的是同一件事，会扣两次",
                f"{rule.id} and {seen[key]} look for the same thing and take points twice",
            )
        seen.setdefault(key, rule.id)
