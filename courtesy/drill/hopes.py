"""Asking the sound of a spoken answer for what its step is about.

In a recording nobody knows what a clerk is going to say. In practice it is known what the step asks
for and what it tempts towards, so of these phrases the sound is asked even where the words that
were written down are far from them. Nothing is primed: the recogniser has written what it held to
be likeliest before anything is asked.
"""

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from courtesy.drill.nearness import beside
from courtesy.lexicon import SLOT, Form, Phrase
from courtesy.matching.confidence import Evidence, confidence
from courtesy.records import Asked, Question, Utterance
from courtesy.text.normalize import normalize
from courtesy.text.script import simplify, traditionalize
from courtesy.text.syllables import syllables

# How far apart words and phrase may be, in syllables for each syllable of the phrase.
_FAR: Final = 0.5
# Phrases that one utterance is asked for, the nearest ones.
_MOST: Final = 12
_SHORTEST: Final = 2


@dataclass(frozen=True, slots=True)
class Hope:
    """A phrase that may have been said in place of some words.

    Attributes:
        phrase: which.
        question: the words, and the wording that may have been said there.
        likeness: of the two, 0 to 1.
        length: characters of the wording.
    """

    phrase: Phrase
    question: Question
    likeness: float
    length: int

    @property
    def rank(self) -> tuple[float, int]:
        """By which the nearest is told; of two that are as near the longer one says more."""
        return self.likeness, self.length


def hopes(text: str, phrases: Iterable[Phrase]) -> tuple[Hope, ...]:
    """Return what an utterance may have been instead, the nearest first.

    Args:
        text: as it was heard.
        phrases: that are hoped or feared for.
    """
    norm = normalize(text)
    if not norm.text:
        return ()
    found = []
    # In the script in which it was heard.
    write = str if simplify(text) == text else traditionalize
    for phrase in phrases:
        best: Hope | None = None
        for form in _forms(phrase):
            distance, pairs, place = beside(
                form.text, form.syllables, norm.text, _sounds(norm.text)
            )
            likeness = 1 - distance / len(form.text)
            # The sound hardly tells whether a 请 was said, so it must have been heard.
            impolite = any(p.slip == "dropped" and p.wanted == "请" for p in pairs)
            if likeness == 1 or likeness < 1 - _FAR or impolite or not place:
                continue
            question = Question(norm.back(place), write(form.text))
            one = Hope(phrase, question, likeness, len(form.text))
            if best is None or one.rank > best.rank:
                best = one
        if best:
            found.append(best)
    found.sort(key=lambda one: one.rank, reverse=True)
    return tuple(found[:_MOST])


def heard_by_sound(utterances: Sequence[Utterance], phrase: Phrase) -> tuple[float, str]:
    """Return how likely it is that a phrase was said where other words were written down.

    Args:
        utterances: of an answer, with what their sound answered.
        phrase: which.

    Returns:
        the probability, and the words that were written down; 0 and none where nobody asked.
    """
    best: tuple[float, str] = 0.0, ""
    for one in utterances:
        for hope in hopes(one.heard, [phrase]):
            asked = _answer(one.asked, hope.question)
            if asked is not None:
                evidence = Evidence(hope.likeness, one.quality or 0.0, hope.length, asked.gain)
                span = hope.question.span
                best = max(best, (confidence(evidence), one.heard[span.start : span.end]))
    return best


def _answer(answers: Iterable[Asked], question: Question) -> Asked | None:
    same = (question.span, question.wording)
    return next((a for a in answers if (a.span, a.wording) == same), None)


def _forms(phrase: Phrase) -> Iterator[Form]:
    for form in phrase.forms:
        if SLOT not in form.text and len(form.text) >= _SHORTEST:
            yield form


@functools.lru_cache(maxsize=64)
def _sounds(text: str) -> tuple[str, ...]:
    return syllables(text)
