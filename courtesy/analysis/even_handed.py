"""五个一样: is everybody treated alike, whether it is busy or quiet, early or late?

Scores are compared by hour of the day, by weekday, between quiet and busy hours, and between the
ends of a day and the rest of it. A difference says that scores differ, never why: other clerks,
other business and other recordings may be behind it.

Interactions of one hour and one day resemble each other: one clerk in one mood. A test that took
each for itself would find differences that are not there, so all those of one hour at one window
(for hours and loads) or of one day (for weekdays and the ends of days) make one value, their mean.
What days are like weighs on all hours alike where all hours of a day are recorded; where busy days
are other days than quiet ones, the comparison of loads cannot tell the two apart.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import fmean
from typing import Final, Literal

from courtesy.analysis.figures import ALPHA, chance, holm, interval, need_scipy
from courtesy.analysis.groups import Grouping, Kind, groupings, visits
from courtesy.messages import Text
from courtesy.records import Judged

# Fewer values say nothing of how they vary, and nobody should be spoken of on so few.
LEAST: Final = 5

Answer = Literal["different", "chance", "same", "few"]
Unit = Literal["hour", "day"]
Left = Literal["aside", "unscored", "no_time"]

_BETWEEN: Final[dict[Kind, Text]] = {
    "hour": Text("不同钟点之间", "between hours of the day"),
    "weekday": Text("一周各天之间", "between weekdays"),
    "load": Text("忙时与闲时之间", "between quiet and busy hours"),
    "ends": Text("头半小时、末半小时与其余时间之间", "between the ends and the rest of the day"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Interactions that have something in common.

    Attributes:
        name: what that is.
        interactions: how many there are.
        values: of how many hours, or days, each with its mean score.
        mean: of these values, 0 to 100.
        interval: where the mean lies with 95 % confidence; None where so few cannot tell.
        compared: whether these are enough to enter the test (`LEAST`).
    """

    name: Text
    interactions: int
    values: int
    mean: float
    interval: tuple[float, float] | None
    compared: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """One way of putting interactions into groups, and whether these differ.

    Attributes:
        kind: what they are put together by.
        unit: what makes one value: an hour at a window, or a day.
        groups: in their natural order.
        left_out: interactions that belong to no group.
        answer: "different" (more than chance), "chance" (no more than chance would make), "same"
            (all scores are equal) or "few" (too few to tell).
        p: of the test, corrected for making several; None where there was none.
        difference: points between the highest and the lowest mean of the groups compared; None
            where fewer than two are.
        sentence: the answer in words.
    """

    kind: Kind
    unit: Unit
    groups: tuple[Group, ...]
    left_out: int
    answer: Answer
    p: float | None
    difference: float | None
    sentence: Text


@dataclass(frozen=True, slots=True)
class EvenHanded:
    """All of it.

    Attributes:
        interactions: how many were compared.
        days: on how many days they were.
        first: the first of these; None where there is none.
        last: the last.
        left_out: how many were not compared, by why: no customer, no score, no known time.
        comparisons: hour, weekday, load, ends of the day; none where nothing could be compared.
    """

    interactions: int
    days: int
    first: date | None
    last: date | None
    left_out: dict[Left, int]
    comparisons: tuple[Comparison, ...]


def even_handed(judged: Iterable[Judged]) -> EvenHanded:
    """Compare the scores of many interactions; a pure function.

    Args:
        judged: in any order. Those without a score or a known time are counted and left out; but
            customers without a score add to the load of their hour.

    Raises:
        UsageError: scipy is not installed.
    """
    need_scipy()
    everything = list(judged)
    left: Counter[Left] = Counter()
    for one in everything:
        if one.aside:
            left["aside"] += 1
        elif one.score is None:
            left["unscored"] += 1
        elif one.began is None:
            left["no_time"] += 1
    came = visits(everything)
    scored = [visit for visit in came if visit.score is not None]
    dates = {visit.date for visit in scored}
    return EvenHanded(
        interactions=len(scored),
        days=len(dates),
        first=date.fromordinal(min(dates)) if dates else None,
        last=date.fromordinal(max(dates)) if dates else None,
        left_out=dict(left),
        comparisons=_compared(groupings(came)) if scored else (),
    )


def _compared(found: Sequence[Grouping]) -> tuple[Comparison, ...]:
    """Test each grouping, and correct the tests for having been made together."""
    values = [one.values() for one in found]
    enough = [[group for group in groups if len(group) >= LEAST] for groups in values]
    tests = [chance(groups) if len(groups) > 1 else None for groups in enough]
    corrected = iter(holm([p for p in tests if p is not None]))
    return tuple(
        _comparison(one, groups, None if p is None else next(corrected))
        for one, groups, p in zip(found, values, tests, strict=True)
    )


def _comparison(
    grouping: Grouping, values: Sequence[Sequence[float]], p: float | None
) -> Comparison:
    groups = tuple(
        Group(
            name=name,
            interactions=len(those),
            values=len(scores),
            mean=fmean(scores),
            interval=interval(scores),
            compared=len(scores) >= LEAST,
        )
        for (name, those), scores in zip(grouping.groups, values, strict=True)
    )
    compared = sorted((group for group in groups if group.compared), key=lambda group: group.mean)
    answer: Answer = (
        "few" if len(compared) < 2
        else "same" if p is None
        else "different" if p < ALPHA
        else "chance"
    )  # fmt: skip
    made = Comparison(
        kind=grouping.kind,
        unit="hour" if grouping.kind in {"hour", "load"} else "day",
        groups=groups,
        left_out=grouping.left_out,
        answer=answer,
        p=p,
        difference=compared[-1].mean - compared[0].mean if len(compared) > 1 else None,
        sentence=Text("", ""),
    )
    return replace(made, sentence=_sentence(made, compared))


def _sentence(made: Comparison, compared: Sequence[Group]) -> Text:
    between = _BETWEEN[made.kind]
    if made.answer == "few":
        unit = Text("小时", "hours") if made.unit == "hour" else Text("天", "days")
        return Text(
            f"{between.zh}还比不出来：至少要有两组各 {LEAST} {unit.zh}的接待，"
            f"现在够数的有 {len(compared)} 组。",
            f"Too few to compare {between.en}: at least two groups need {LEAST} {unit.en} each, "
            f"and {len(compared)} have as many.",
        )
    low, high = compared[0], compared[-1]
    if made.answer == "same":
        return Text(
            f"{between.zh}没有差别：得分全是 {low.mean:g}。",
            f"No difference {between.en}: every score is {low.mean:g}.",
        )
    apart, p = f"{high.mean - low.mean:.1f}", _p(made.p or 0.0)
    if made.answer == "chance":
        return Text(
            f"{between.zh}看不出超出偶然的差别：平均分最多相差 {apart}（{p}）。",
            f"No more difference {between.en} than chance would make: the means are at most "
            f"{apart} points apart ({p}).",
        )
    lowest, highest = Text("最低的是", "lowest is "), Text("最高的是", "highest is ")
    if len(compared) == 2:  # of two there is no lowest
        lowest = highest = Text("", "")
    return Text(
        f"{between.zh}的差别超出偶然：{lowest.zh}{low.name.zh}，平均 {low.mean:.1f}；"
        f"{highest.zh}{high.name.zh}，平均 {high.mean:.1f}；相差 {apart} 分（{p}）。",
        f"More difference {between.en} than chance would make: {lowest.en}{low.name.en} with a "
        f"mean of {low.mean:.1f}, {highest.en}{high.name.en} with {high.mean:.1f}, {apart} points "
        f"apart ({p}).",
    )


def _p(value: float) -> str:
    return (
        "p < 0.001" if value < 0.001 else f"p = {value:.3f}" if value < 0.1 else f"p = {value:.2f}"
    )
