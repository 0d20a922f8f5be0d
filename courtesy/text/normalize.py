"""From what was heard to `NormText`: one script, one width, digits as spoken, marks taken out.

Every character keeps the span of the original it came from, so that a phrase found in the
normalized text can be shown in the words and the script that were heard.
"""

import functools
import itertools
import re
import unicodedata

from courtesy.records import NormText, Span
from courtesy.text.script import simplify

_DIGITS = "零一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_STOPS = frozenset('，。！？；：、,.!?;:…—\n\r\t"“”‘’「」『』《》()（）')
_NUMBER = re.compile(r"[0-9]+")
# Numbers this long or longer are read digit by digit: telephone, card and queue numbers.
_READ_AS_DIGITS = 5
# One written form for characters that sound the same and mean the same here.
_FOLD = str.maketrans({"她": "他", "它": "他", "祂": "他", "〇": "零", "○": "零", "嘛": "吗"})


# Ideographs and usual marks alone: nothing to fold and no number to read.
_ORDINARY = re.compile(f"[一-鿋{''.join(map(re.escape, sorted(_STOPS)))}]*")
_RUN = re.compile("[一-鿋]+")


@functools.lru_cache(maxsize=4096)
def normalize(original: str) -> NormText:
    """Normalize one utterance.

    >>> norm = normalize("請到３號窗口，謝謝！")
    >>> norm.text
    '请到三号窗口谢谢'
    >>> norm.original[norm.back(Span(2, 6)).start : norm.back(Span(2, 6)).end]
    '３號窗口'
    >>> [norm.text[c.start:c.end] for c in norm.clauses]
    ['请到三号窗口', '谢谢']
    """
    if _ORDINARY.fullmatch(original):
        return _ordinary(original)
    chars, origins = _fold_width(original)
    simplified = simplify("".join(chars)).translate(_FOLD)
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    breaks: set[int] = set()
    at = 0
    while at < len(simplified):
        number = _NUMBER.match(simplified, at)
        if number:
            reading = _read_number(number.group(), simplified[number.end() : number.end() + 1])
            text.extend(reading)
            starts += [origins[at]] * len(reading)
            ends += [origins[number.end() - 1] + 1] * len(reading)
            at = number.end()
            continue
        char = simplified[at]
        if char.isalnum():
            text.append(char)
            starts.append(origins[at])
            ends.append(origins[at] + 1)
        elif char in _STOPS or (char.isspace() and _space_is_a_pause(simplified, at)):
            breaks.add(len(text))
        at += 1
    return NormText(
        original, "".join(text), tuple(starts), tuple(ends), _clauses(len(text), breaks)
    )


def _ordinary(original: str) -> NormText:
    """Normalize a text of ideographs and marks, as nearly all transcripts are: the quick way."""
    runs = [hit.span() for hit in _RUN.finditer(original)]
    starts = tuple(itertools.chain.from_iterable(itertools.starmap(range, runs)))
    ends = tuple(itertools.chain.from_iterable(range(a + 1, b + 1) for a, b in runs))
    simplified = simplify(original).translate(_FOLD)
    at, clauses = 0, []
    for start, end in runs:
        clauses.append(Span(at, at + end - start))
        at += end - start
    text = "".join(simplified[start:end] for start, end in runs)
    return NormText(original, text, starts, ends, tuple(clauses))


def _fold_width(original: str) -> tuple[list[str], list[int]]:
    """Return characters of normal width in lower case, and where the original of each stands."""
    chars: list[str] = []
    origins: list[int] = []
    for i, char in enumerate(original):
        # Marks are looked up as they stand: NFKC would turn ： into : and … into three dots.
        folded = char if char in _STOPS else unicodedata.normalize("NFKC", char).lower()
        chars.extend(folded)
        origins.extend([i] * len(folded))
    return chars, origins


def _read_number(digits: str, following: str) -> str:
    """Read a number the way people say it at a counter.

    >>> _read_number("12", "号"), _read_number("2026", "年"), _read_number("110", "元")
    ('十二', '二零二六', '一百一十')
    """
    year = following == "年" and len(digits) == 4
    if len(digits) >= _READ_AS_DIGITS or digits.startswith("0") or year:
        return "".join(_DIGITS[int(d)] for d in digits)
    out = ""
    for position, digit in enumerate(reversed(digits)):
        if digit != "0":
            out = _DIGITS[int(digit)] + _UNITS[position] + out
        elif out and not out.startswith("零"):
            out = "零" + out
    return out.removeprefix("一") if out.startswith("一十") else out


def _space_is_a_pause(text: str, at: int) -> bool:
    """Tell a recogniser's pause (您好 请问) from spaced-out typing (您 好)."""
    before = text[max(0, at - 2) : at]
    after = text[at + 1 : at + 3]
    return len(before.strip()) == 2 and len(after.strip()) == 2 and not (before + after).isascii()


def _clauses(length: int, breaks: set[int]) -> tuple[Span, ...]:
    edges = sorted({0, length} | {b for b in breaks if 0 < b < length})
    return tuple(Span(a, b) for a, b in itertools.pairwise(edges))
