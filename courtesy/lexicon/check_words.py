"""The ordinary words of the dictionary, asked whether a form could be part of them.

`Tokens` decides what a word is, as it does when phrases are matched: a form that it would cut
through is safe from being found there, so only readings that it lets pass are reported.
"""

import functools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from courtesy.lexicon.phrases import Form
from courtesy.records import Span
from courtesy.text.syllables import syllables
from courtesy.text.tokens import tokenizer

# Occurrences in jieba's dictionary from which a word is ordinary; for sounds, quite ordinary.
_ORDINARY = 100
_FAMILIAR = 300
# From here a single character is a word people say, and not only a part of words.
_SINGLE = 10_000
# Of the words that begin or end with some characters, the commonest tell enough.
_COMMONEST = 12
_LONGEST = 3


@dataclass(frozen=True, slots=True)
class _Dictionary:
    words: tuple[str, ...]
    beginning: dict[str, list[str]]
    ending: dict[str, list[str]]
    sounding: dict[tuple[str, ...], list[str]]


class Ordinary:
    """The ordinary words near some forms; the dictionary itself is read once."""

    def __init__(self, words: tuple[str, ...], forms: Iterable[str]) -> None:
        """Look through the dictionary.

        Args:
            words: words of the trade, which the tokenizer keeps whole.
            forms: the texts that will be asked for; only short ones matter.
        """
        self._tokens = tokenizer(words)
        self._known = _dictionary(words)
        self._holding: dict[str, list[str]] = {f: [] for f in forms if 1 < len(f) <= _LONGEST}
        for word in self._known.words:
            for part in {word[i : i + size] for size in (2, 3) for i in range(len(word))}:
                if part != word and part in self._holding:
                    self._holding[part].append(word)

    def containing(self, form: str, excepts: Sequence[str]) -> tuple[str, ...]:
        """Return the longer words that hold the form, the commonest first.

        Args:
            form: two or three characters.
            excepts: texts that undo a match; words in which they do so are left out.
        """
        return tuple(
            word
            for word in self._holding.get(form, ())
            if not _undone(word, word.find(form), form, excepts)
        )

    def across(self, form: str, excepts: Sequence[str]) -> tuple[str, ...]:
        """Return texts of two words over whose seam the tokenizer reads the form.

        Args:
            form: two or three characters.
            excepts: texts that undo a match; texts in which they do so are left out.
        """
        found: dict[str, None] = {}
        for size in range(1, len(form)):
            for first in self._words(self._known.ending, form[:size]):
                for second in self._words(self._known.beginning, form[size:]):
                    text, at = first + second, len(first) - size
                    if (
                        text != form
                        and not _undone(text, at, form, excepts)
                        and not self._cuts(text, Span(at, at + len(form)))
                    ):
                        found[text] = None
        return tuple(found)

    def sounding_like(self, form: Form, excepts: Sequence[str]) -> tuple[str, ...]:
        """Return the other words of the same toneless syllables, the commonest first.

        Args:
            form: two or three characters.
            excepts: texts that undo a match; words in which they do so are left out.
        """
        return tuple(
            word
            for word in self._known.sounding.get(form.syllables, ())
            if word != form.text and not _undone(word, 0, word, excepts)
        )

    def _words(self, by_part: dict[str, list[str]], part: str) -> list[str]:
        single = len(part) == 1 and self._tokens.frequency(part) >= _SINGLE
        return [*([part] if single else []), *by_part.get(part, [])[:_COMMONEST]]

    def _cuts(self, text: str, span: Span) -> bool:
        """Tell whether a word of the text lies partly inside the span, or it inside a word."""
        return any(
            word.overlaps(span) and not (span.start <= word.start and word.end <= span.end)
            for word in self._tokens.cut(text)
        )


@functools.lru_cache(maxsize=2)
def _dictionary(words: tuple[str, ...]) -> _Dictionary:
    """Return the ordinary words, the commonest first, and by their edges and their sounds."""
    tokens = tokenizer(words)
    common = sorted(tokens.common_words(_ORDINARY), key=lambda w: (-tokens.frequency(w), w))
    beginning: dict[str, list[str]] = defaultdict(list)
    ending: dict[str, list[str]] = defaultdict(list)
    sounding: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for word in common:
        for size in range(1, min(len(word), _LONGEST - 1) + 1):
            beginning[word[:size]].append(word)
            ending[word[-size:]].append(word)
        if len(word) <= _LONGEST and tokens.frequency(word) >= _FAMILIAR:
            sounding[syllables(word)].append(word)
    return _Dictionary(tuple(common), beginning, ending, sounding)


def _undone(text: str, at: int, form: str, excepts: Sequence[str]) -> bool:
    """Tell whether one of `excepts` stands in the text where it would undo the form."""
    span = Span(at, at + len(form))
    for innocent in excepts:
        start = text.find(innocent)
        while start >= 0:
            if Span(start, start + len(innocent)).overlaps(span):
                return True
            start = text.find(innocent, start + 1)
    return False
