"""Syllables, one for each character: what a recogniser seldom gets wrong."""

import functools
from typing import Any

# Of a character's readings the first few are alive; the rest are names and classical Chinese.
_LIVING = 3


@functools.lru_cache(maxsize=8192)
def syllables(text: str) -> tuple[str, ...]:
    """Return one toneless syllable a character; what has none (a letter) stands for itself.

    Args:
        text: normalized text, without marks.

    >>> syllables("您好a区")
    ('nin', 'hao', 'a', 'qu')
    """
    return tuple(toneless(sound) for sound in toned(text))


@functools.lru_cache(maxsize=8192)
def toned(text: str) -> tuple[str, ...]:
    """Return the same with the tone behind each syllable, 5 for the neutral one.

    A character of several readings gets the one that its neighbours ask for.

    >>> toned("怎么还不明白")
    ('zen3', 'me5', 'hai2', 'bu4', 'ming2', 'bai2')
    """
    from pypinyin import Style, lazy_pinyin

    options: dict[str, Any] = {
        "style": Style.TONE3,
        "neutral_tone_with_five": True,
        "errors": _by_character,
    }
    found = tuple(lazy_pinyin(text, **options))
    if len(found) == len(text):
        return found
    # pypinyin treats some rare characters as no text at all; by single characters nothing shifts.
    return tuple((lazy_pinyin(char, **options) or [char])[0] for char in text)


@functools.lru_cache(maxsize=65536)
def readings(char: str) -> tuple[str, ...]:
    """Return the ways to read one character, with tones, the commonest first; none for a letter.

    >>> readings("行"), readings("a")
    (('xing2', 'hang2', 'heng2'), ())
    """
    from pypinyin import Style, pinyin

    found: list[list[str]] = pinyin(
        char,
        style=Style.TONE3,
        heteronym=True,
        neutral_tone_with_five=True,
        errors="ignore",
    )
    return tuple(dict.fromkeys(found[0]))[:_LIVING] if found else ()


def toneless(sound: str) -> str:
    """Return a syllable without its tone; what is no syllable as it is.

    >>> toneless("hao3"), toneless("3")
    ('hao', '3')
    """
    return sound[:-1] if len(sound) > 1 and sound[-1] in "12345" else sound


# pypinyin takes lists here (its README says so), though its types do not.
_by_character: Any = list
