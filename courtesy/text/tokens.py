"""Words by jieba, to see whether a phrase stands by itself or inside a longer ordinary word."""

import functools
import logging
from typing import Any

from courtesy.folders import cache_dir
from courtesy.records import Span


class Tokens:
    """A jieba tokenizer of its own, so that no other user of the library is affected.

    Its cache is read with `marshal`, which trusts what it reads; so it lies in a folder that only
    the user can write to, not in the shared temporary folder as jieba would have it.
    """

    def __init__(self, words: tuple[str, ...] = ()) -> None:
        import jieba

        plain = dictionary()
        self._jieba: Any = jieba.Tokenizer()
        self._jieba.FREQ, self._jieba.total = dict(plain.FREQ), plain.total
        self._jieba.initialized = True
        for word in words:
            # Without a frequency jieba chooses one that keeps the word whole.
            self._jieba.add_word(word)

    def cut(self, text: str) -> tuple[Span, ...]:
        """Return the words of a normalized text as spans that cover it without gaps.

        New words are not guessed (HMM off): guessing glues neighbours together.
        """
        return tuple(Span(a, b) for _, a, b in self._jieba.tokenize(text, HMM=False))

    def frequency(self, word: str) -> int:
        """Return how often the dictionary has seen `word`; 0 when it does not hold it."""
        return int(self._jieba.FREQ.get(word) or 0)

    def common_words(self, at_least: int) -> tuple[str, ...]:
        """Return the dictionary's words of at least that frequency and two characters."""
        items = self._jieba.FREQ.items()
        return tuple(word for word, count in items if count >= at_least and len(word) > 1)


@functools.lru_cache(maxsize=4)
def tokenizer(words: tuple[str, ...] = ()) -> Tokens:
    """Return the tokenizer that knows `words`, made once."""
    return Tokens(words)


@functools.cache
def dictionary() -> Any:
    """Return jieba's own dictionary; loading it takes a second, copying it hardly any time."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    plain = jieba.Tokenizer()
    plain.tmp_dir = str(cache_dir())
    plain.cache_file = "jieba.cache"
    plain.initialize()
    return plain
