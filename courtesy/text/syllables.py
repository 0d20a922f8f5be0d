"""Toneless syllables, one for each character: what a recogniser seldom gets wrong."""

import functools
from typing import Any


@functools.lru_cache(maxsize=8192)
def syllables(text: str) -> tuple[str, ...]:
    """Return one toneless syllable a character; what has none (a letter) stands for itself.

    Args:
        text: normalized text, without marks.

    >>> syllables("您好a区")
    ('nin', 'hao', 'a', 'qu')
    """
    from pypinyin import lazy_pinyin

    found = tuple(lazy_pinyin(text, errors=_by_character))
    if len(found) == len(text):
        return found
    # pypinyin treats some rare characters as no text at all; by single characters nothing shifts.
    return tuple((lazy_pinyin(c, errors=_by_character) or [c])[0] for c in text)


# pypinyin takes lists here (its README says so), though its types do not.
_by_character: Any = list
