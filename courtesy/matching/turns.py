"""What one person goes on saying: voice activity cuts a sentence wherever somebody breathes."""

import bisect
import dataclasses
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from courtesy.records import NormText, Seconds, Span, Utterance, Word
from courtesy.text.normalize import normalize

# Silence after which the next words may still belong to the same phrase, and after which they may
# still take back or excuse what was said.
_BREATH: Seconds = 1.0
_AFTERTHOUGHT: Seconds = 2.0
# A recogniser ends each stretch as if a sentence ended there.
_STOPS = " ，。,.、"


@dataclass(frozen=True, slots=True)
class Around:
    """What the same person says right before and after an utterance.

    Attributes:
        before: text as heard; empty where somebody else spoke, or nobody.
        after: likewise.
    """

    before: str = ""
    after: str = ""

    def within(self, norm: NormText) -> tuple[NormText, int]:
        """Return the utterance with what stands around it, and where in that it begins."""
        if not self.before and not self.after:
            return norm, 0
        before = self.before.rstrip(_STOPS)
        shift = len(normalize(before).text)
        whole = normalize(before + norm.original + self.after)
        # A number may be read otherwise beside other digits; then the text by itself must do.
        if whole.text[shift : shift + len(norm.text)] != norm.text:
            return norm, 0
        return whole, shift


def around(said: Sequence[Utterance], at: int) -> Around:
    """Return what stands around one utterance of an interaction.

    What nobody is known to have said counts as the same person's: it may excuse what it follows.
    """
    own = said[at]
    before = said[at - 1] if at else None
    after = said[at + 1] if at + 1 < len(said) else None
    return Around(
        before.heard if before and _maybe_within(before, own) else "",
        after.heard if after and _maybe_within(own, after) else "",
    )


def goes_on(one: Utterance, other: Utterance) -> bool:
    """Tell whether one utterance that was heard goes on in the next, after a breath."""
    by_ear = one.quality is not None and other.quality is not None
    return by_ear and _within(one, other, _BREATH)


def _maybe_within(one: Utterance, other: Utterance) -> bool:
    """Tell whether the same person may add an afterthought, as far as roles are known."""
    known = {one.role, other.role} - {"unknown"}
    return len(known) < 2 and one.channel == other.channel and _soon(one, other, _AFTERTHOUGHT)


def _within(one: Utterance, other: Utterance, most: Seconds) -> bool:
    """Tell whether the same person speaks on after so long a silence at most.

    The lines of a transcript without times stand for themselves.
    """
    same = (one.role, one.channel) == (other.role, other.channel)
    return same and _soon(one, other, most)


def _soon(one: Utterance, other: Utterance, most: Seconds) -> bool:
    return one.end is not None and other.start is not None and other.start - one.end <= most


def together(one: Utterance, other: Utterance) -> Utterance:
    """Return two utterances as one, with a comma between."""
    comma = (Word("，", one.end or 0.0, one.end or 0.0, 1.0),)
    # Words joined are the text but for the space at its ends, which now stands in the middle.
    first, second = _trimmed(one.words), _trimmed(other.words)
    words = (*first, *comma, *second) if first and second else ()
    return dataclasses.replace(
        one,
        heard=f"{one.heard}，{other.heard}",
        end=other.end,
        quality=min(one.quality or 0.0, other.quality or 0.0),
        words=words,
        asked=(),
    )


def _trimmed(words: Sequence[Word]) -> tuple[Word, ...]:
    out = list(words)
    if out:
        out[0] = dataclasses.replace(out[0], text=out[0].text.lstrip())
        out[-1] = dataclasses.replace(out[-1], text=out[-1].text.rstrip())
    return tuple(out)


class Clock:
    """When the characters of one utterance were said, from its words where it has them."""

    def __init__(self, utterance: Utterance) -> None:
        self._utterance = utterance
        # The words joined are the text but for the space trimmed at its ends.
        text = "".join(word.text for word in utterance.words)
        shift = len(text) - len(text.lstrip())
        lengths = (len(word.text) for word in utterance.words)
        self._edges = list(itertools.accumulate(lengths, initial=-shift))

    def words(self, where: Span) -> tuple[Word, ...]:
        """Return the words that hold some characters of the utterance."""
        first = bisect.bisect_right(self._edges, where.start, lo=1) - 1
        last = bisect.bisect_left(self._edges, where.end, hi=len(self._edges) - 1)
        return self._utterance.words[first:last]

    def times(self, where: Span) -> tuple[float | None, float | None]:
        """Return the time of some characters of the utterance."""
        inside = self.words(where)
        if not inside:
            return self._utterance.start, self._utterance.end
        return round(inside[0].start, 2), round(inside[-1].end, 2)
