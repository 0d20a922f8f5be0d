"""What the name of a file tells: hall, window, clerk and when the recording began.

A pattern is a path with names in braces, such as `{hall}/{window}/{clerk}_{date}_{time}`. It is
held against the end of the path, without the file's own ending.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Final

from courtesy.errors import UsageError
from courtesy.messages import Text

NAMES: Final = ("hall", "window", "clerk", "date", "time", "any")
_FIELD = re.compile(r"\{([^{}]*)\}")
_SHAPES = {
    "date": r"\d{4}[-_.年]?\d{1,2}[-_.月]?\d{1,2}日?",
    "time": r"\d{1,2}[-_.:：时]?\d{2}(?:[-_.:：分]?\d{2})?秒?",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a recording besides its sound; empty where it is not known.

    Attributes:
        hall: its name.
        window: number or name.
        clerk: name or number.
        began: local time.
    """

    hall: str = ""
    window: str = ""
    clerk: str = ""
    began: datetime | None = None


class Pattern:
    """How the files of a hall are named."""

    def __init__(self, text: str) -> None:
        """Read a pattern.

        Raises:
            UsageError: it has names that mean nothing here, none at all, or one twice.
        """
        names = _FIELD.findall(text)
        wrong = [n for n in names if n not in NAMES or (n != "any" and names.count(n) > 1)]
        if wrong or not names:
            known = ", ".join(f"{{{name}}}" for name in NAMES)
            got = f"{{{wrong[0]}}}" if wrong else text
            raise UsageError(
                Text(
                    f"--pattern 看不懂 {got}；可用的名字各一次：{known}。"
                    "例如 {hall}/{window}/{clerk}_{date}_{time}。",
                    f"--pattern: {got} makes no sense; the names are {known}, each once. "
                    "For example {hall}/{window}/{clerk}_{date}_{time}.",
                )
            )
        pieces = _FIELD.split(text.replace("\\", "/"))
        # A date or a time may run into what stands beside it; the others end at a slash.
        made = [
            re.escape(piece) if at % 2 == 0 else self._field(piece)
            for at, piece in enumerate(pieces)
        ]
        self._shape = re.compile(f"(?:^|/){''.join(made)}$")

    @staticmethod
    def _field(name: str) -> str:
        return "[^/]*?" if name == "any" else f"(?P<{name}>{_SHAPES.get(name, '[^/]+?')})"

    def read(self, path: Path) -> Told | None:
        """Return what a path tells; None where it is not named so.

        >>> Pattern("{window}/{clerk}_{date}_{time}").read(Path("/d/3号/王芳_20261122_0905.wav"))
        Told(hall='', window='3号', clerk='王芳', began=datetime.datetime(2026, 11, 22, 9, 5))
        """
        found = self._shape.search(path.with_suffix("").as_posix())
        if not found:
            return None
        told = found.groupdict(default="")
        try:
            began = _began(told.get("date", ""), told.get("time", ""))
        except ValueError:
            return None
        return Told(told.get("hall", ""), told.get("window", ""), told.get("clerk", ""), began)


def _began(day: str, clock: str) -> datetime | None:
    """Return the moment; None where either is not told.

    Raises:
        ValueError: there is no such moment.
    """
    if not day or not clock:
        return None
    parts = re.fullmatch(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?", day)
    hours = re.fullmatch(r"(\d{1,2})\D?(\d{2})\D?(\d{2})?\D?", clock)
    if not parts or not hours:
        raise ValueError(f"{day} {clock}")
    year, month, number = (int(part) for part in parts.groups())
    hour, minute, second = (int(part or 0) for part in hours.groups())
    return datetime.combine(date(year, month, number), time(hour, minute, second))
