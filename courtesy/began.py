"""When a recording began: local time by the clock on the wall, as a naive `datetime`.

It is told by an earlier result, by the file's name, or by what the recorder wrote into the file,
in this order. The time at which a file was last changed tells nothing: copying sets it anew.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import PureWindowsPath

from courtesy.records import Seconds

# Years have four digits: in 261122 nobody can tell the year from the day. The digits before and
# after must end there, so that no piece of a longer number is taken for a date.
_DATES = (
    r"(?P<year>20[0-9]{2})(?P<sep>[-_. ]?)(?P<month>[0-9]{2})(?P=sep)(?P<day>[0-9]{2})",
    r"(?P<year>20[0-9]{2})年(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})[日号號]",
)
_TIMES = (
    # 090000, also right after the date
    r"[-_. T@]{0,3}(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})(?![0-9])",
    r"T(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?![0-9])",
    # Four digits are as often a running number, which seldom reaches 0600 in a day.
    r"[-_ ](?P<hour>0[6-9]|1[0-9]|2[0-3])(?P<minute>[0-9]{2})(?![0-9])",
    r"(?:[-_. T@]{1,3}| at )(?P<hour>[0-9]{1,2})(?P<colon>[-_.:h])(?P<minute>[0-9]{2})"
    r"(?:(?:(?P=colon)|m)(?P<second>[0-9]{2}))?(?![0-9])[ms]?(?:[ _]?(?P<half>[AaPp][Mm])\b)?",
    r"[-_. ]{0,3}(?P<half>上午|下午)?(?P<hour>[0-9]{1,2})[时時点點](?!半)"
    r"(?:(?P<minute>[0-9]{1,2})分?(?:(?P<second>[0-9]{1,2})秒?)?)?(?![0-9])",
)
# A zone is written behind a T only; elsewhere +0800 may be anything.
_ZONE = r"(?:(?<=[0-9])(?:[.,][0-9]{1,9})?(?P<zone>Z(?![A-Za-z])|\+[0-9]{2}:?[0-9]{2}(?![0-9])))?"
_PATTERNS = tuple(
    re.compile(rf"(?<![0-9]){date}{time}{_ZONE}") for date in _DATES for time in _TIMES
)
# A recorder whose clock was never set says 1904, 1970 or the like.
_FIRST_YEAR = 2000


def by_name(path: str) -> datetime | None:
    """Return the date and time that a file is named by; None where it is not, or not possibly.

    A date without a time is no beginning.

    >>> by_name("3号窗口_20261122_090000.wav")
    datetime.datetime(2026, 11, 22, 9, 0)
    >>> by_name("2026年11月22日下午2时30分.m4a")
    datetime.datetime(2026, 11, 22, 14, 30)
    >>> by_name("20261122.wav"), by_name("20261322_090000.wav"), by_name("20261122_0003.wav")
    (None, None, None)
    """
    return next((moment for moment, _, _ in _found(_name(path))), None)


def place(path: str) -> str:
    """Return what a path says besides date and time: recordings of one window have it in common.

    What follows the time belongs to it only if it has a letter: else it is a running number. Five
    digits or more are no window either, but a caller or a running number. A path that names no time
    stands for itself.

    >>> place("hall/3号窗口_20261122_090000_001.wav") == place("hall/3号窗口_20261122_093000.wav")
    True
    >>> place("hall/20261122_090000_4号窗口.wav")
    'hall/_4号窗口'
    """
    name = _name(path)
    _, start, end = next(_found(name), (None, 0, 0))
    if not end:
        return path
    folder = path[: len(path) - len(PureWindowsPath(path).name)]
    rest = name[end:] if any(char.isalpha() for char in name[end:]) else ""
    return folder + re.sub("[0-9]{5,}", "", name[:start] + rest)


def by_metadata(*tags: Mapping[str, str]) -> datetime | None:
    """Return the time that a recorder wrote into a file; None where there is none to believe.

    Args:
        tags: of the container and of its track, as FFmpeg names them. `creation_time` is UTC there;
            in a Broadcast Wave file it is a time of day, local, beside a `date`.
    """
    for tag in tags:
        written = tag.get("creation_time", "")
        local = re.fullmatch(r"[0-9]{2}:[0-9]{2}:[0-9]{2}", written)
        moment = read(f"{tag.get('date', '')}T{written}") if local else read(written, utc=True)
        if moment and moment.year >= _FIRST_YEAR:
            return moment
    return None


def read(text: str, *, utc: bool = False) -> datetime | None:
    """Read date and time as ISO 8601 has them, and make the time local; None for anything else.

    Args:
        text: 2026-11-22T09:00:00, with or without a zone.
        utc: whether a time without a zone is UTC; else it is local already.
    """
    try:
        moment = datetime.fromisoformat(text)
        if len(text) <= len("2026-11-22"):  # a day, which would be read as its midnight
            return None
        if utc and moment.tzinfo is None:
            moment = datetime.fromisoformat(text + "Z")
        return _local(moment)
    except (ValueError, OverflowError, OSError):
        return None


def of_interaction(
    began: datetime | None, start: Seconds | None, *, first: bool
) -> datetime | None:
    """Return when an interaction began; None where it is not known.

    Args:
        began: when its recording did.
        start: seconds from there; None in a transcript without times.
        first: whether it is the first one of the recording, which begins with it.
    """
    if began is None or (start is None and not first):
        return None
    try:
        return began + timedelta(seconds=start or 0.0)
    except OverflowError:  # a damaged transcript may hold any number
        return None


def _local(moment: datetime) -> datetime:
    return moment.astimezone().replace(tzinfo=None) if moment.tzinfo else moment


def _name(path: str) -> str:
    # Results are read on other systems than they were made on; this class knows both separators.
    # Full-width digits and colons, as Chinese keyboards give them, count like the others.
    name = unicodedata.normalize("NFKC", PureWindowsPath(path).name)
    return re.sub(r"\.[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*\Z", "", name)


def _found(name: str) -> Iterator[tuple[datetime, int, int]]:
    """Yield each possible date with a time in a name, from left to right, and where it stands."""
    hits = (hit for pattern in _PATTERNS for hit in pattern.finditer(name))
    for hit in sorted(hits, key=lambda hit: (hit.start(), -hit.end())):
        moment = _moment(hit)
        if moment:
            yield moment, hit.start(), hit.end()


def _moment(hit: re.Match[str]) -> datetime | None:
    part = hit.groupdict()
    hour = int(part["hour"])
    half = (part.get("half") or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in {"pm", "下午"} else 0)
    try:
        moment = datetime(
            year=int(part["year"]),
            month=int(part["month"]),
            day=int(part["day"]),
            hour=hour,
            minute=int(part["minute"] or 0),
            second=int(part.get("second") or 0),
        )
        zone = part["zone"]
        if zone and "T" in hit[0]:
            moment = _local(datetime.fromisoformat(f"{moment.isoformat()}{zone}"))
    except (ValueError, OverflowError, OSError):
        return None
    return moment
