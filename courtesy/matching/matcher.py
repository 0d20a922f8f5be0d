"""Phrases in utterances: found, seen in their context, and said to count or not, and why."""

from collections.abc import Iterable

from courtesy.config import MatchOptions
from courtesy.lexicon import Lexicon
from courtesy.matching.context import undone, unmeant
from courtesy.matching.find import Finder, Hit
from courtesy.messages import Text
from courtesy.records import Match, NormText, Span, Standing, Utterance
from courtesy.text.normalize import normalize

# Below this the recogniser was not sure enough to base an accusation on its words.
_SURE = 0.45


class Matcher:
    """The lexicon made ready; one serves any number of utterances."""

    def __init__(self, lexicon: Lexicon, options: MatchOptions) -> None:
        self._options = options
        self._finder = Finder(lexicon, options)

    def match(self, utterances: Iterable[Utterance]) -> tuple[Match, ...]:
        """Return what is found in the utterances of one interaction, in order, numbered from 0."""
        said = list(utterances)
        norms = [normalize(utterance.heard) for utterance in said]
        hits: list[tuple[Hit, ...]] = [()] * len(said)
        # What a person typed was not misheard, so hints are of no use there.
        for deep in (False, True):
            own = [i for i, u in enumerate(said) if (u.quality is not None) is deep]
            found = self._finder.find([norms[i] for i in own], deep=deep)
            for i, one in zip(own, found, strict=True):
                hits[i] = one
        pairs = ((u, n, hit) for u, n, own in zip(said, norms, hits, strict=True) for hit in own)
        return tuple(self._judge(number, *pair) for number, pair in enumerate(pairs))

    def _judge(self, number: int, utterance: Utterance, norm: NormText, hit: Hit) -> Match:
        where = norm.back(hit.span)
        confidence = self._confidence(utterance, hit)
        standing, why = self._verdict(utterance, norm, hit, confidence)
        start, end = _times(utterance, where)
        return Match(
            id=number,
            list=hit.phrase.list,
            polarity=hit.phrase.polarity,
            phrase=hit.phrase.text,
            phrase_id=hit.phrase.id,
            sources=hit.phrase.sources,
            severity=hit.phrase.severity,
            heard=utterance.heard[where.start : where.end],
            span=where,
            utterance=utterance.id,
            role=utterance.role,
            start=start,
            end=end,
            how=hit.how,
            confidence=round(confidence, 3),
            standing=standing,
            why=why,
        )

    def _confidence(self, utterance: Utterance, hit: Hit) -> float:
        """Weaken a match on words of which the recogniser itself was not sure."""
        if utterance.quality is None or utterance.quality >= _SURE:
            return hit.likeness
        return min(hit.likeness, self._options.credit - 0.01)

    def _verdict(
        self, utterance: Utterance, norm: NormText, hit: Hit, confidence: float
    ) -> tuple[Standing, Text]:
        if hit.excluded:
            return "excluded", hit.excluded
        forbidden = hit.phrase.polarity == "forbidden"
        if forbidden and utterance.role == "customer":
            return "customer", Text("是群众说的", "the customer said it")
        if forbidden:
            reason = undone(
                norm,
                hit.span,
                bare=hit.phrase.reach == "clause",
                helped=hit.phrase.excused_by_help,
            )
        else:
            reason = unmeant(norm, hit.span)
        if reason:
            return "context", reason
        if utterance.role == "customer":
            return "customer", Text("是群众说的", "the customer said it")
        needed = self._finder.needed(hit.phrase)
        if confidence < needed:
            return "near", Text(
                f"只有 {confidence:.0%} 像，不到 {needed:.0%}",
                f"only {confidence:.0%} alike, under {needed:.0%}",
            )
        if utterance.role == "unknown":
            return "unknown", Text("不能确定是谁说的", "it is not known who said it")
        return "counted", _explained(hit)


def _explained(hit: Hit) -> Text:
    how = {
        "exact": Text("字字相同", "word for word"),
        "phonetic": Text("读音相同", "the same sound"),
        "fuzzy": Text(f"{hit.likeness:.0%} 像", f"{hit.likeness:.0%} alike"),
        "wording": Text("是同一意思的说法", "another wording of it"),
        "audio": Text("声音支持", "the sound supports it"),
    }
    return how[hit.how]


def _times(utterance: Utterance, where: Span) -> tuple[float | None, float | None]:
    """Return the time of some characters of an utterance, from its words where it has them."""
    at, inside = 0, []
    # The words joined are the text but for the space trimmed at its ends.
    text = "".join(word.text for word in utterance.words)
    shift = len(text) - len(text.lstrip())
    for word in utterance.words:
        if at - shift < where.end and where.start < at + len(word.text) - shift:
            inside.append(word)
        at += len(word.text)
    if not inside:
        return utterance.start, utterance.end
    return round(inside[0].start, 2), round(inside[-1].end, 2)
