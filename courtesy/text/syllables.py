"""Toneless syllables, one for each character: what a recogniser seldom gets wrong."""

import functools


@functools.lru_cache(maxsize=8192)
def syllables(text: str) -> tuple[str, ...]:
    """Return one toneless syllable a character; what has none (a letter) stands for itself.

    Args:
        text: normalized text, without marks.

    >>> syllables("您好a区")
    ('nin', 'hao', 'a', 'qu')
    """
    from pypinyin import lazy_pinyin

    found = tuple(lazy_pinyin(text, errors=list, v_to_u=False))
    if len(found) == len(text):
        return found
    # pypinyin treats some rare characters as no text at all; by single characters nothing shifts.
    return tuple((lazy_pinyin(c, errors=list) or [c])[0] for c in text)
