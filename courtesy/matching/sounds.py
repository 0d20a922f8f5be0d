"""How far apart two syllables are, in what Mandarin speakers and recognisers confuse.

Costs run from 0 (the same) to 1 (nothing in common). A negation that was heard where the phrase
has none is never overlooked; one that the phrase has may have been misheard, which is worse than
most.
"""

import functools

SAME_SOUND = 0.05  # another character of the same toneless syllable
_NEAR = 0.3
_BOTH_NEAR = 0.5
_SHARED_FINAL = 0.7
_SHARED_INITIAL = 0.85
NEVER = 9.0
_NEGATION_LOST = 1.2

_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
_NEAR_INITIALS = {
    frozenset(pair)
    for pair in (
        ("zh", "z"),
        ("ch", "c"),
        ("sh", "s"),
        ("n", "l"),
        ("r", "l"),
        ("f", "h"),
        ("b", "p"),
        ("d", "t"),
        ("g", "k"),
        ("j", "q"),
        ("zh", "ch"),
        ("z", "c"),
        ("j", "zh"),
        ("q", "ch"),
        ("x", "sh"),
        ("h", "w"),
    )
}
_NEAR_FINALS = {
    frozenset(pair)
    for pair in (
        ("an", "ang"),
        ("en", "eng"),
        ("in", "ing"),
        ("uan", "uang"),
        ("ian", "iang"),
        ("un", "ong"),
        ("ia", "ie"),
        ("uo", "o"),
        ("e", "o"),
        ("ai", "ei"),
        ("ao", "ou"),
        ("ui", "ei"),
    )
}
NEGATIONS = frozenset("不没别未勿无非")
# Left out, added or misheard without changing what is said.
FILLERS = frozenset("嗯啊呃哦噢喔唉哎诶欸呀哈呢吧吗么了的地得这那个就也都先再一下儿")
FILLER = 0.3
# Who is meant: leaving a pronoun out is common in speech, swapping persons turns the meaning.
_PERSON = {"我": 1, "咱": 1, "俺": 1, "你": 2, "您": 2, "他": 3}
_PRONOUN = 0.5
_LOST = 1.5
_COURTEOUS = frozenset("您请")
# Written differently from clip to clip by the recogniser itself.
_TWINS = {
    frozenset("您你"): 0.1,
    frozenset("那哪"): 0.05,
    frozenset("吗嘛"): 0.0,
    frozenset("吗么"): 0.05,
}


@functools.lru_cache(maxsize=65536)
def substitution(phrase: str, phrase_sound: str, heard: str, heard_sound: str) -> float:
    """Return the cost of hearing one character for another.

    Args:
        phrase: the character of the phrase.
        phrase_sound: its toneless syllable.
        heard: the character in the text.
        heard_sound: its toneless syllable.

    >>> substitution("见", "jian", "建", "jian"), substitution("能", "neng", "不", "bu")
    (0.05, 9.0)
    """
    if phrase == heard:
        return 0.0
    twin = _TWINS.get(frozenset((phrase, heard)))
    if twin is not None:
        return twin
    if phrase_sound == heard_sound:
        return SAME_SOUND
    if heard in NEGATIONS:
        return _SHARED_FINAL if phrase in NEGATIONS else NEVER
    if phrase in NEGATIONS:
        return _NEGATION_LOST
    if phrase in _PERSON and heard in _PERSON:
        return NEVER
    return sound_distance(phrase_sound, heard_sound)


@functools.lru_cache(maxsize=65536)
def sound_distance(one: str, other: str) -> float:
    """Return the distance of two toneless syllables, 0 to 1.

    >>> sound_distance("shi", "si"), sound_distance("ban", "bang"), sound_distance("ma", "qu")
    (0.3, 0.3, 1.0)
    """
    if one == other:
        return 0.0
    (i1, f1), (i2, f2) = parts(one), parts(other)
    near_i = frozenset((i1, i2)) in _NEAR_INITIALS
    near_f = frozenset((f1, f2)) in _NEAR_FINALS
    if (i1 == i2 and near_f) or (f1 == f2 and near_i):
        return _NEAR
    if near_i and near_f:
        return _BOTH_NEAR
    if f1 == f2:
        return _SHARED_FINAL
    return _SHARED_INITIAL if i1 == i2 and i1 else 1.0


@functools.lru_cache(maxsize=4096)
def parts(syllable: str) -> tuple[str, str]:
    """Split a syllable into initial and final; either may be empty.

    >>> parts("zhuang"), parts("an")
    (('zh', 'uang'), ('', 'an'))
    """
    for initial in _INITIALS:
        if syllable.startswith(initial) and len(syllable) > len(initial):
            return initial, syllable[len(initial) :]
    return "", syllable


@functools.lru_cache(maxsize=4096)
def folded(syllable: str) -> str:
    """Return one syllable for all that are near it, to look for candidates coarsely.

    >>> folded("zhang"), folded("lin"), folded("huang")
    ('zan', 'nin', 'fuan')
    """
    initial, final = parts(syllable)
    initial = {
        "zh": "z",
        "ch": "c",
        "sh": "s",
        "l": "n",
        "r": "n",
        "h": "f",
        "p": "b",
        "t": "d",
        "k": "g",
    }.get(initial, initial)
    return initial + (final.removesuffix("g") if final.endswith("ng") else final)


def added(char: str) -> float:
    """Return the cost of a character that was said and is not in the phrase."""
    return _lonely(char, 1.0)


def left_out(char: str) -> float:
    """Return the cost of a character of the phrase that was not said.

    Recognisers swap sounds more often than they lose them, so a lost word of content is held to
    be one that was never said. And without its 您 or 请 a courtesy is none (办什么业务).
    """
    if char in _COURTEOUS:
        return 1.0 if char == "您" else _LOST
    return _lonely(char, _LOST)


def _lonely(char: str, content: float) -> float:
    if char in NEGATIONS:
        return NEVER
    if char in _PERSON:
        return _PRONOUN
    return FILLER if char in FILLERS else content


def persons_differ(phrase: str, heard: str) -> bool:
    """Tell whether two characters are pronouns of different persons."""
    return phrase in _PERSON and heard in _PERSON and _PERSON[phrase] != _PERSON[heard]
