"""What an utterance is about: its rarer words, and how alike two stretches of talk are."""

import functools
import math
from collections.abc import Iterable, Mapping
from typing import Final

from courtesy.text.tokens import tokenizer

# jieba counts some sixty million words; what is commoner than this is not about anything.
_ALL: Final = 6e7
_LEAST: Final = 7.0


def topic_words(text: str) -> Mapping[str, float]:
    """Return the words of a normalized text that say what it is about, each with its weight.

    The weight is the word's surprise in bits of the natural logarithm, 7 (one word in a thousand)
    to some 17. Words of one character carry too little.
    """
    tokens = tokenizer()
    words = {text[span.start : span.end] for span in tokens.cut(text) if len(span) > 1}
    return {word: weight for word in words if (weight := _weight(word)) >= _LEAST}


def likeness(before: Iterable[Mapping[str, float]], after: Iterable[Mapping[str, float]]) -> float:
    """Return how much of what the lighter side is about the other is about too, 0 to 1."""
    one, other = _together(before), _together(after)
    lighter = min(sum(one.values()), sum(other.values()))
    shared = sum(weight for word, weight in one.items() if word in other)
    return min(1.0, shared / lighter) if lighter else 0.0


def weight_of(stretch: Iterable[Mapping[str, float]]) -> float:
    """Return how much there is to go by."""
    return sum(_together(stretch).values())


def _together(stretch: Iterable[Mapping[str, float]]) -> dict[str, float]:
    words: dict[str, float] = {}
    for one in stretch:
        words.update(one)
    return words


@functools.cache
def _weight(word: str) -> float:
    return math.log(_ALL / max(1, tokenizer().frequency(word)))
