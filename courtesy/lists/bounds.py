"""What a text may hold at all, looked at before any parser or matcher is given it.

TOML that is made to hurt takes parsers minutes, or more depth than Python has; a short notation may
stand for millions of forms; marks that turn the direction of reading around make a phrase look like
another one.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from courtesy.lists.patterns import dangerous
from courtesy.messages import Text

LONGEST: Final = 2**17  # characters of a text; a request holds them even as \uXXXX
_LINES: Final = 10_000
_DEPTH: Final = 20  # of brackets in one another
_DOTS: Final = 40  # on a line, outside of strings: each could open one more table
_STRING: Final = 1000  # characters of a string
_FORMS: Final = 10_000  # that a file may spell out to; all built-in lists together have 1,400
_EXAMPLES: Final = 3000  # sentences of a file
_QUIET: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL
)
_AT_LINE: Final = re.compile(r"at line (\d+)")
# Beside tab and line end no unseen character has a meaning in a list.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs"})


@dataclass(frozen=True, slots=True)
class Told:
    """Something about a place in a text.

    Attributes:
        line: from 1; 0 for the text as a whole.
        level: "error" for what keeps it from taking effect.
        entry: id of the phrase or the rule; empty where none is meant.
        text: what it is and what to do about it.
        file: another file that is meant; empty for the text itself.
    """

    line: int
    level: Literal["error", "warning"]
    entry: str
    text: Text
    file: str = ""


def broken(text: str) -> Told | None:
    """Return the first thing for which a text is not even parsed; None where there is none."""
    if len(text) > LONGEST or text.count("\n") > _LINES:
        return _error(
            0,
            Text(
                f"太长了：最多 {LONGEST} 个字、{_LINES} 行。请分成几个词库。",
                f"Too long: {LONGEST} characters and {_LINES} lines at most. Make several lists "
                "of it.",
            ),
        )
    return next(_unseen(text), None) or next(_structure(text), None) or _parsed(text)


def _unseen(text: str) -> Iterator[Told]:
    if text.isascii() and text.isprintable():
        return
    for number, line in enumerate(text.split("\n"), start=1):
        for at, one in enumerate(line, start=1):
            if one != "\t" and unicodedata.category(one) in _UNSEEN:
                code = f"U+{ord(one):04X}"
                yield _error(
                    number,
                    Text(
                        f"第 {at} 个字符看不见（{code}），会使这一行看上去是别的意思；请删去。",
                        f"Character {at} cannot be seen ({code}) and could make the line look like "
                        "something else; delete it.",
                    ),
                )


def _structure(text: str) -> Iterator[Told]:
    """Yield where brackets or dots pile up; strings and comments hold what they like."""
    bare = _QUIET.sub(lambda found: '""' + "\n" * found[0].count("\n"), text)
    depth = 0
    for number, line in enumerate(bare.split("\n"), start=1):
        for one in line:
            depth += (one in "[{") - (one in "]}")
            if depth > _DEPTH:
                yield _error(
                    number,
                    Text(f"括号套得超过 {_DEPTH} 层。", f"Brackets stand {_DEPTH} deep and more."),
                )
                return
        if line.count(".") > _DOTS:
            yield _error(
                number, Text("这一行的点太多了。", "There are too many dots on this line.")
            )


def _parsed(text: str) -> Told | None:
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        hit = _AT_LINE.search(str(error))
        line = int(hit[1]) if hit else text.count("\n") + 1
        return _error(line, Text(f"不是正确的 TOML（{error}）。", f"Not valid TOML ({error})."))
    return next(_amounts(table), None) or next(_patterns(table, text), None)


def _amounts(table: dict[str, Any]) -> Iterator[Told]:
    entries = table.get("phrase")
    forms = examples = 0
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict):
            continue
        for key, value in entry.items():
            strings = [one for one in _listed(value) if isinstance(one, str)]
            if any(len(one) > _STRING for one in strings):
                name = str(entry.get("id", ""))
                yield Told(
                    0,
                    "error",
                    name,
                    Text(
                        f"{name} 的 {key} 有一句超过 {_STRING} 个字。",
                        f"`{key}` of {name} has a text of more than {_STRING} characters.",
                    ),
                )
                return
            examples += len(strings) if key in {"hit", "miss"} else 0
            spelt = key in {"forms", "variants", "text"}
            forms += sum(map(_spelt_out, strings)) if spelt else 0
    if forms > _FORMS or examples > _EXAMPLES:
        yield _error(
            0,
            Text(
                f"太多了：一个词库最多 {_FORMS} 种说法、{_EXAMPLES} 句例句。请分成几个词库。",
                f"Too much: a list may have {_FORMS} forms and {_EXAMPLES} example sentences. "
                "Make several lists of it.",
            ),
        )


def _patterns(table: object, text: str) -> Iterator[Told]:
    """Yield the patterns, however deep, that could take longer than anybody waits."""
    if isinstance(table, list):
        for one in table:
            yield from _patterns(one, text)
    elif isinstance(table, dict):
        for key, value in table.items():
            why = dangerous(value) if key == "pattern" and isinstance(value, str) else None
            if why:
                line = text.count("\n", 0, max(text.find(value), 0)) + 1
                yield _error(
                    line,
                    Text(
                        f"pattern“{value[:60]}”不能用：{why.zh}。",
                        f"The pattern “{value[:60]}” cannot be used: {why.en}.",
                    ),
                )
            yield from _patterns(value, text)


def _spelt_out(notation: str) -> int:
    """Return how many texts a notation stands for, without spelling them out.

    >>> _spelt_out("{请|您}稍[微]等"), _spelt_out("[[a]b]")
    (4, 3)
    """
    stack = [(0, 1)]  # alternatives so far, and what the running one stands for
    for one in notation:
        done, now = stack[-1]
        if one in "[{":
            stack.append((1 if one == "[" else 0, 1))
        elif one == "|":
            stack[-1] = (done + now, 1)
        elif one in "]}" and len(stack) > 1:
            stack.pop()
            before, running = stack[-1]
            stack[-1] = (before, min(running * (done + now), 10**9))
    return stack[0][0] + stack[0][1]


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _error(line: int, text: Text) -> Told:
    return Told(line, "error", "", text)
