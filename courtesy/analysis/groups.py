"""Which interactions are compared with which: by hour, weekday, load, and ends of the day."""

import functools
import operator
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import fmean, median
from typing import Final, Literal, TypeVar

from courtesy.began import place
from courtesy.messages import Text
from courtesy.records import Judged

_place = functools.cache(place)  # a recording has many interactions
Kind = Literal["hour", "weekday", "load", "ends"]
_Key = TypeVar("_Key", bound=Hashable)

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


@dataclass(frozen=True, slots=True)
class Visit:
    """A customer's coming, wherever and however it was judged.

    Attributes:
        place: what its recording has in common with others of the same window.
        began: local time.
        score: 0 to 100; None where it could not be judged.
        day: at which place, on which day.
        hour: and in which hour of it.
    """

    place: str
    began: datetime
    score: float | None
    day: tuple[str, date] = field(init=False)
    hour: tuple[str, date, int] = field(init=False)

    def __post_init__(self) -> None:
        """Make once what it is put together by again and again."""
        today = self.began.date()
        object.__setattr__(self, "day", (self.place, today))
        object.__setattr__(self, "hour", (self.place, today, self.began.hour))


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
                round(fmean(visit.score for visit in those if visit.score is not None), 6)
                for those in _together(visits, self.together).values()
            ]
            for _, visits in self.groups
        ]


def place_of(one: Judged) -> str:
    """Return at which window an interaction was, by what is known of it or by its path."""
    if one.whose.window:
        return f"{one.whose.hall}/{one.whose.window}"
    return _place(one.path)


_hour_of_place = operator.attrgetter("hour")
_day_of_place = operator.attrgetter("day")


def groupings(visits: Sequence[Visit]) -> tuple[Grouping, ...]:
    """Return the four ways in which visits are compared.

    Args:
        visits: with and without a score: those without were served too, and others waited.
    """
    scored = [visit for visit in visits if visit.score is not None]
    hours = _sorted(scored, lambda visit: visit.began.hour, _hour)
    weekdays = _sorted(scored, lambda visit: visit.began.weekday(), lambda day: _WEEKDAYS[day])
    return (
        Grouping("hour", hours, _hour_of_place),
        # What makes a day special is so at all windows.
        Grouping("weekday", weekdays, lambda visit: visit.began.date()),
        _by_load(visits, scored),
        _by_ends(visits, scored),
    )


def _hour(hour: int) -> Text:
    name = f"{hour:02d}:00–{hour + 1:02d}:00"
    return Text(name, name)


def _sorted(
    visits: Iterable[Visit], key: Callable[[Visit], int], name: Callable[[int], Text]
) -> tuple[tuple[Text, tuple[Visit, ...]], ...]:
    found: Mapping[int, list[Visit]] = _together(visits, key)
    return tuple((name(one), tuple(found[one])) for one in sorted(found))


def _by_load(visits: Sequence[Visit], scored: Sequence[Visit]) -> Grouping:
    """Part quiet hours from busy ones at their median load.

    The load of an hour is how many visits began in it, at one place on one day.
    """
    load = Counter(map(_hour_of_place, visits))
    hours = [load[hour] for hour in set(map(_hour_of_place, scored))]
    if not hours:
        return Grouping("load", (), _hour_of_place)
    # Where more than half are as busy as any, the quieter ones are compared with those.
    middle = median(hours)
    busy = min((many for many in hours if many > middle), default=max(hours))
    groups = _sorted(
        scored,
        lambda visit: int(load[_hour_of_place(visit)] >= busy),
        lambda is_busy: (
            Text(f"忙时（每小时 {busy} 位以上）", f"busy ({busy} an hour or more)")
            if is_busy
            else Text(f"闲时（每小时不到 {busy} 位）", f"quiet (fewer than {busy} an hour)")
        ),
    )
    return Grouping("load", groups, _hour_of_place)


def _by_ends(visits: Sequence[Visit], scored: Sequence[Visit]) -> Grouping:
    """Part the first and the last half hour of each day at each place from the rest of it."""
    days = _together(visits, _day_of_place)
    first = {day: min(v.began for v in those) for day, those in days.items()}
    last = {day: max(v.began for v in those) for day, those in days.items()}

    def part(visit: Visit) -> int:
        day = _day_of_place(visit)
        if visit.began < first[day] + HALF_HOUR:
            return 0
        return 2 if visit.began > last[day] - HALF_HOUR else 1

    names = (
        Text("头半小时", "first half hour"),
        Text("其余时间", "rest of the day"),
        Text("末半小时", "last half hour"),
    )
    long_enough = [
        visit
        for visit in scored
        if last[_day_of_place(visit)] - first[_day_of_place(visit)] >= _DAY_WITH_A_MIDDLE
    ]
    groups = _sorted(long_enough, part, lambda at: names[at])
    return Grouping("ends", groups, _day_of_place, len(scored) - len(long_enough))


def _together(visits: Iterable[Visit], key: Callable[[Visit], _Key]) -> dict[_Key, list[Visit]]:
    found: dict[_Key, list[Visit]] = defaultdict(list)
    for visit in visits:
        found[key(visit)].append(visit)
    return found
