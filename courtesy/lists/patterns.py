"""Which regular expressions a rubric may hold: those that never take long, whatever was said.

Python's matcher tries one way after the other, and some patterns have more ways than anybody can
wait for: a repeated group with a choice or a repetition in it, as in (a+)+ or (a|a)*. Whoever reads
a pattern of that kind into force stops every scoring of every hall.
"""

import re
from typing import Final

from courtesy.messages import Text

_LONGEST: Final = 200  # characters of a pattern
_REPEATS: Final = 3  # without a limit; each multiplies by the length of what was said
_MOST: Final = 50  # times that something may be repeated where there is a limit
# One thing after the other: what is escaped, a set of characters, a repetition, a bracket, …
_TOKEN: Final = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(?P<least>\d*)(?P<and>,?)(?P<most>\d*)\}|.", re.DOTALL
)


def dangerous(pattern: str) -> Text | None:
    """Return why a pattern may not be used; None where it may.

    >>> dangerous("[您你](?!们|好)") is None
    True
    >>> dangerous("(您+)+好") is None
    False
    """
    if len(pattern) > _LONGEST:
        return Text(f"最长 {_LONGEST} 个字", f"it may have {_LONGEST} characters at most")
    unlimited = 0
    groups = [False]  # of those that are open, whether a choice or a repetition is in it
    closed = False  # the same of a group that has just been closed
    for found in _TOKEN.finditer(pattern):
        token, most = found[0], found["most"]
        many = token in {"*", "+"} or (most is not None and token != "{}")
        if many and closed:
            return Text(
                "括号里已有重复或选择（| * + ?），括号后面不能再重复",
                "a group with a repetition or a choice in it (| * + ?) may not be repeated",
            )
        if max(_numbers(found["least"], most)) > _MOST:
            return Text(f"最多重复 {_MOST} 次", f"nothing may be repeated over {_MOST} times")
        unlimited += token in {"*", "+"} or (bool(found["and"]) and not most)
        opens = pattern[: found.start()].endswith("(")  # as in (?:
        groups[-1] |= many or token == "|" or (token == "?" and not opens)
        closed = _nested(groups, token)
    if unlimited > _REPEATS:
        return Text(
            f"最多 {_REPEATS} 处没有上限的重复", f"at most {_REPEATS} repetitions without a limit"
        )
    return None


def _nested(groups: list[bool], token: str) -> bool:
    """Open or close a group; return whether a choice or a repetition is in one that is closed."""
    if token == "(":
        groups.append(False)
    if token != ")" or len(groups) == 1:
        return False
    closed = groups.pop()
    groups[-1] |= closed
    return closed


def _numbers(*written: str | None) -> list[int]:
    return [int(one) if one and one.isdecimal() else 0 for one in written]
