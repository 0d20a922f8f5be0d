"""Small conversions that every report shares: text that is safe to show, times, numbers."""

import math
from collections.abc import Callable
from typing import Final

Converter = Callable[[str], str]
"""Puts a phrase or a reading into the script the reader asked for."""

NO_TIME: Final = "—"
REPLACEMENT: Final = "\ufffd"

_SURROGATES: Final = dict.fromkeys(range(0xD800, 0xE000), REPLACEMENT)
_SPACES: Final = dict.fromkeys(map(ord, "\t\n\r\v\f\u0085\u2028\u2029"), " ")
_CONTROLS: Final = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), REPLACEMENT)
# Marks that turn the reading direction around could make a sentence look like another one.
_BIDI: Final = dict.fromkeys(
    (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), REPLACEMENT
)
_INVISIBLE: Final = {**_SURROGATES, **_CONTROLS, **_SPACES, **_BIDI}


def identity(text: str) -> str:
    """Return the text as it is: the converter where none is asked for."""
    return text


def clean(text: str) -> str:
    """Replace lone surrogates, which no encoding can write, and leave all else.

    They come from file names that are not UTF-8 and from damaged transcripts.
    """
    # None of them can be printed, and the quick look spares nearly all texts the slow one.
    return text if text.isprintable() else text.translate(_SURROGATES)


def visible(text: str) -> str:
    r"""Return the text with nothing in it that moves a cursor, ends a line or turns the direction.

    Each character becomes exactly one, so spans in `text` hold in the result.

    >>> visible("您好\x1b[31m")
    '您好�[31m'
    """
    return text.translate(_INVISIBLE)


def number(value: float | None, digits: int = 3) -> float | None:
    """Round a measured number; None where it is missing or is no number."""
    if value is None or not math.isfinite(value):
        return None
    return round(value, digits)


def clock(seconds: float | None) -> str:
    """Return a time as people read it on a player.

    >>> clock(59.97), clock(3725.2), clock(None)
    ('01:00.0', '1:02:05.2', '—')
    """
    if seconds is None or not math.isfinite(seconds):
        return NO_TIME
    # Rounded before it is divided, or 59.97 would show as 00:60.0.
    tenths = round(max(seconds, 0.0) * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}:{minutes:02d}" if hours else f"{minutes:02d}"
    return f"{head}:{rest // 10:02d}.{rest % 10}"


def period(start: float | None, end: float | None) -> str:
    """Return two times with a dash between; one dash alone when neither is known."""
    if start is None and end is None:
        return NO_TIME
    return f"{clock(start)}–{clock(end)}"


def points(value: float) -> str:
    """Return points with their sign; nothing where none are given or taken.

    >>> points(-10.0), points(2.5), points(0.0)
    ('-10', '+2.5', '')
    """
    rounded = round(value, 2)
    return f"{rounded:+g}" if rounded else ""


def percent(share: float) -> str:
    """Return a share of 0 to 1 in per cent, never rounded up to a certainty it has not.

    >>> percent(0.934), percent(0.999), percent(1.0)
    ('93%', '99%', '100%')
    """
    return "100%" if share >= 1 else f"{min(round(share * 100), 99)}%"


def grade_points(score: float) -> str:
    """Return a score without zeros that say nothing.

    >>> grade_points(57.5), grade_points(100.0)
    ('57.5', '100')
    """
    return f"{round(score, 1):g}"
