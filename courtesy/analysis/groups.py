"""Which interactions are compared with which: by hour, weekday, load, and ends of the day."""

import functools
import operator
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, median
from typing import Final, Literal, NamedTuple, TypeVar

from courtesy.began import place
from courtesy.messages import Text
from courtesy.records import Judged

_place = functools.cache(place)  # a recording has many interactions
Kind = Literal["hour", "weekday", "load", "ends"]
_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")

HALF_HOUR: Final = timedelta(minutes=30)
# A shorter day has no middle to compare its ends with.
_DAY_WITH_A_MIDDLE: Final = 3 * HALF_HOUR
_WEEKDAYS: Final = (
    Text("周一", "Monday"),
    Text("周二", "Tuesday"),
    Text("周三", "Wednesday"),
    Text("周四", "Thursday"),
    Text("周五", "Friday"),
    Text("周六", "Saturday"),
    Text("周日", "Sunday"),
)


class Visit(NamedTuple):
    """A customer's coming, wherever and however it was judged.

    Days and hours are numbers: visits are put together by them again and again.

    Attributes:
        began: local time.
        score: 0 to 100; None where it could not be judged.
        date: as `datetime.date.toordinal` numbers it.
        day: numbers the place and the date; which recordings have a place in common is told by
            `place_of`.
        hour: numbers the hour of that day at that place: 24 for each day, and those before it.
    """

    began: datetime
    score: float | None
    date: int
    day: int
    hour: int


@dataclass(frozen=True, slots=True)
class Grouping:
    """Visits put together in order to be compared.

    Attributes:
        kind: what they are put together by.
        groups: the name of each and its visits, all with a score, in their natural order.
        together: what visits have in common that make up one value: an hour or a day.
        left_out: how many with a score belong to none.
    """

    kind: Kind
    groups: tuple[tuple[Text, tuple[Visit, ...]], ...]
    together: Callable[[Visit], Hashable]
    left_out: int = 0

    def values(self) -> list[list[float]]:
        """Return the values of each group: the mean score of each hour, or each day, in it."""
        return [
            [
                # Rounded, or means of the same scores in another order might differ by a hair.
                round(fmean(scores), 6)
                for scores in _together(
                    map(self.together, visits), (v.score for v in visits if v.score is not None)
                ).values()
            ]
            for _, visits in self.groups
        ]


def place_of(one: Judged) -> str:
    """Return at which window an interaction was, by what is known of it or by its path."""
    if one.whose.window:
        return f"{one.whose.hall}/{one.whose.window}"
    return _place(one.path)


def visits(judged: Iterable[Judged]) -> list[Visit]:
    """Return the visits of customers whose time is known, with and without a score."""
    days: dict[tuple[str, int], int] = {}
    found = []
    for one in judged:
        if one.began is not None and not one.aside:
            date = one.began.toordinal()
            day = days.setdefault((place_of(one), date), len(days))
            found.append(Visit(one.began, one.score, date, day, 24 * day + one.began.hour))
    return found


_date, _day, _hour_of_day = map(operator.attrgetter, ("date", "day", "hour"))


def groupings(visits: Sequence[Visit]) -> tuple[Grouping, ...]:
    """Return the four ways in which visits are compared.

    Args:
        visits: with and without a score: those without were served too, and others waited.
    """
    scored = [visit for visit in visits if visit.score is not None]
    hours = _sorted(scored, (visit.hour % 24 for visit in scored), _hour)
    # The first of January of the year 1, which is numbered 1, was a Monday.
    weekdays = _sorted(scored, ((visit.date - 1) % 7 for visit in scored), _WEEKDAYS.__getitem__)
    return (
        Grouping("hour", hours, _hour_of_day),
        # What makes a day special is so at all windows.
        Grouping("weekday", weekdays, _date),
        _by_load(visits, scored),
        _by_ends(visits, scored),
    )


def _hour(hour: int) -> Text:
    name = f"{hour:02d}:00–{hour + 1:02d}:00"
    return Text(name, name)


def _sorted(
    visits: Iterable[Visit], keys: Iterable[int], name: Callable[[int], Text]
) -> tuple[tuple[Text, tuple[Visit, ...]], ...]:
    found = _together(keys, visits)
    return tuple((name(one), tuple(found[one])) for one in sorted(found))


def _by_load(visits: Sequence[Visit], scored: Sequence[Visit]) -> Grouping:
    """Part quiet hours from busy ones at their median load.

    The load of an hour is how many visits began in it, at one place on one day.
    """
    load = Counter(map(_hour_of_day, visits))
    hours = [load[hour] for hour in set(map(_hour_of_day, scored))]
    if not hours:
        return Grouping("load", (), _hour_of_day)
    # Where more than half are as busy as any, the quieter ones are compared with those.
    middle = median(hours)
    busy = min((many for many in hours if many > middle), default=max(hours))
    groups = _sorted(
        scored,
        (int(load[visit.hour] >= busy) for visit in scored),
        lambda is_busy: (
            Text(f"忙时（每小时 {busy} 位以上）", f"busy ({busy} an hour or more)")
            if is_busy
            else Text(f"闲时（每小时不到 {busy} 位）", f"quiet (fewer than {busy} an hour)")
        ),
    )
    return Grouping("load", groups, _hour_of_day)


def _by_ends(visits: Sequence[Visit], scored: Sequence[Visit]) -> Grouping:
    """Part the first and the last half hour of each day at each place from the rest of it."""
    days = _together(map(_day, visits), (visit.began for visit in visits))
    first = {day: min(those) for day, those in days.items()}
    last = {day: max(those) for day, those in days.items()}
    early = {day: began + HALF_HOUR for day, began in first.items()}
    late = {day: began - HALF_HOUR for day, began in last.items()}

    def part(visit: Visit) -> int:
        if visit.began < early[visit.day]:
            return 0
        return 2 if visit.began > late[visit.day] else 1

    names = (
        Text("头半小时", "first half hour"),
        Text("其余时间", "rest of the day"),
        Text("末半小时", "last half hour"),
    )
    whole = {day for day in days if last[day] - first[day] >= _DAY_WITH_A_MIDDLE}
    long_enough = [visit for visit in scored if visit.day in whole]
    groups = _sorted(long_enough, map(part, long_enough), names.__getitem__)
    return Grouping("ends", groups, _day, len(scored) - len(long_enough))


def _together(keys: Iterable[_Key], values: Iterable[_Value]) -> dict[_Key, list[_Value]]:
    """Put values together that have the same key."""
    found: dict[_Key, list[_Value]] = defaultdict(list)
    for key, value in zip(keys, values, strict=True):
        found[key].append(value)
    return found
