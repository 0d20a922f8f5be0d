"""Hours of the day in which a rule applies: "09:00-12:00", overnight too: "22:00-06:00"."""

import re
from dataclasses import dataclass
from datetime import datetime

from courtesy.messages import Text

_SPAN = re.compile(
    r"([0-9]{1,2})[:：]([0-9]{2}) *[-–—~～至] *([0-9]{1,2})[:：]([0-9]{2})", re.ASCII
)
_DAY = 24 * 60


class HoursError(ValueError):
    """Raised when hours are not written as they should be.

    Attributes:
        what: what was found and what is expected.
    """

    def __init__(self, what: Text) -> None:
        super().__init__(what.en)
        self.what = what


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of the day by the clock on the wall.

    Attributes:
        start: minutes from midnight, 0 to 1439.
        end: minutes from midnight, 0 to 1440; it does not belong to the stretch. Less than `start`
            where midnight lies between; equal for a stretch without any time in it.
    """

    start: int
    end: int

    @property
    def empty(self) -> bool:
        """Whether no time lies within."""
        return self.start == self.end

    def holds(self, moment: datetime) -> bool:
        """Tell whether a time lies within.

        >>> night = parse(["22:00-06:00"])[0]
        >>> [night.holds(datetime(2026, 11, 22, hour)) for hour in (21, 22, 0, 6)]
        [False, True, True, False]
        """
        minute = moment.hour * 60 + moment.minute
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end

    def __str__(self) -> str:
        """Return it as it is read: 09:00–12:00."""
        (h, m), (h2, m2) = divmod(self.start, 60), divmod(self.end, 60)
        return f"{h:02d}:{m:02d}–{h2:02d}:{m2:02d}"


def parse(value: object) -> tuple[Hours, ...]:
    """Read hours as a rubric has them.

    Args:
        value: a list of "HH:MM-HH:MM"; none in it stands for the whole day.

    Raises:
        HoursError: it is not that.
    """
    if not isinstance(value, list):
        raise _fault(value)
    return tuple(_span(one) for one in value)


def _span(value: object) -> Hours:
    hit = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if hit is None:
        raise _fault(value)
    hour, minute, hour2, minute2 = map(int, hit.groups())
    span = Hours(hour * 60 + minute, hour2 * 60 + minute2)
    if minute > 59 or minute2 > 59 or span.start >= _DAY or span.end > _DAY:
        raise _fault(value)
    return span


def _fault(value: object) -> HoursError:
    return HoursError(
        Text(
            f'hours 里的 {value!r} 不对，应为 ["09:00-12:00", "14:00-17:00"] 这样的列表'
            "（00:00 到 24:00，可以过夜：22:00-06:00）",
            f"{value!r} in `hours` is wrong: expected a list such as "
            '["09:00-12:00", "14:00-17:00"] (00:00 to 24:00; overnight: 22:00-06:00)',
        )
    )
