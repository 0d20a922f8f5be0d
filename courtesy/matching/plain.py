"""Simple matchers to compare the program's own with; only `evaluation` uses them.

Each looks for the words that the sources have and takes what it finds: no costs by sound, no
context, no wordings of ours. What the program brings over them is what its own matcher brings.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from rapidfuzz import fuzz

from courtesy.lexicon import SLOT, Lexicon, Phrase
from courtesy.records import Span
from courtesy.text.normalize import normalize
from courtesy.text.syllables import syllables

Plain = Literal["exact", "fuzzy", "phonetic"]

# Likeness, 0 to 100, that counts: where such a matcher does best on the samples, by and large.
_ENOUGH: Final = 80.0
_LONGEST_SLOT: Final = 14


@dataclass(frozen=True, slots=True)
class PlainHit:
    """A phrase at a place.

    Attributes:
        phrase: of the lexicon.
        span: characters of the normalized text.
        likeness: 0 to 1.
    """

    phrase: Phrase
    span: Span
    likeness: float


@dataclass(frozen=True, slots=True)
class _Prepared:
    phrase: Phrase
    pattern: re.Pattern[str]
    characters: str
    sounds: str


class PlainMatcher:
    """The lexicon's sanctioned forms made ready; one serves any number of texts."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._codes: dict[str, str] = {}
        self._forms: list[_Prepared] = []
        slot = f".{{1,{_LONGEST_SLOT}}}"
        for phrase in lexicon.phrases:
            for form in phrase.forms:
                if form.sanctioned:
                    pattern = re.compile(slot.join(map(re.escape, form.text.split(SLOT))))
                    sounds = [sound for sound in form.syllables if sound != SLOT]
                    characters = form.text.replace(SLOT, "")
                    self._forms.append(_Prepared(phrase, pattern, characters, self._coded(sounds)))

    def find(self, layer: Plain, heard: str) -> tuple[PlainHit, ...]:
        """Return what is found in an utterance, of overlapping finds of one list the best.

        Args:
            layer: "exact" looks for the very words; "fuzzy" for characters and "phonetic" for
                toneless syllables of which rapidfuzz's partial ratio is 80 or more.
            heard: the utterance as heard.
        """
        text = normalize(heard).text
        if layer == "exact":
            return _best(self._exact(text))
        coded = self._coded(syllables(text)) if layer == "phonetic" else text
        return _best(self._alike(layer, coded))

    def _exact(self, text: str) -> Iterator[PlainHit]:
        for form in self._forms:
            for hit in form.pattern.finditer(text):
                yield PlainHit(form.phrase, Span(*hit.span()), 1.0)

    def _alike(self, layer: Plain, text: str) -> Iterator[PlainHit]:
        for form in self._forms:
            wanted = form.sounds if layer == "phonetic" else form.characters
            for span, likeness in _places(wanted, text, 0):
                yield PlainHit(form.phrase, span, likeness)

    def _coded(self, sounds: Iterable[str]) -> str:
        """Write syllables as single characters, so that rapidfuzz compares whole syllables."""
        return "".join(
            self._codes.setdefault(sound, chr(0xF0000 + len(self._codes))) for sound in sounds
        )


def _places(wanted: str, text: str, shift: int) -> Iterator[tuple[Span, float]]:
    """Yield every place where a form is alike enough, none overlapping."""
    if len(text) < len(wanted):
        # There a partial ratio would find the text in the form: 您 alone would be all of 您好.
        whole = fuzz.ratio(wanted, text)
        if text and whole >= _ENOUGH:
            yield Span(shift, shift + len(text)), whole / 100
        return
    found = fuzz.partial_ratio_alignment(wanted, text, score_cutoff=_ENOUGH)
    if found is None:
        return
    start, end = found.dest_start, found.dest_end
    yield Span(shift + start, shift + end), found.score / 100
    for rest, at in ((text[:start], 0), (text[end:], end)):
        if len(rest) >= len(wanted):
            yield from _places(wanted, rest, shift + at)


def _best(hits: Iterable[PlainHit]) -> tuple[PlainHit, ...]:
    """Keep, of hits that overlap within a list, the one that explains most."""
    kept: list[PlainHit] = []
    ranked = sorted(
        hits, key=lambda h: (-h.likeness * len(h.span), -h.likeness, h.span.start, h.phrase.id)
    )
    for hit in ranked:
        rivals = (k for k in kept if k.phrase.list == hit.phrase.list)
        if not any(hit.span.overlaps(rival.span) for rival in rivals):
            kept.append(hit)
    return tuple(sorted(kept, key=lambda h: (h.span.start, h.span.end)))
