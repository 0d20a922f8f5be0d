"""Phrases in utterances: found, seen in their context, and said to count or not, and why."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from courtesy.config import MatchOptions
from courtesy.lexicon import SLOT, Lexicon
from courtesy.matching import context
from courtesy.matching.confidence import Evidence
from courtesy.matching.confidence import confidence as probability
from courtesy.matching.exclusions import ends_clause
from courtesy.matching.find import Finder
from courtesy.matching.hits import Hit
from courtesy.matching.reasons import explained, short_of
from courtesy.matching.sounds import FILLERS, NEGATIONS
from courtesy.matching.trace import as_said, slot_spans, trace
from courtesy.matching.turns import Around, Clock, around, goes_on, together
from courtesy.messages import Text
from courtesy.records import How, Match, NormText, Question, Span, Standing, Utterance, Word
from courtesy.text.normalize import normalize
from courtesy.text.pauses import with_pauses
from courtesy.text.script import simplify, traditionalize

# Below these the recogniser was not sure enough of its words to base an accusation on them, or a
# credit: of the courtesies that it wrote word for word at 0.3 to 0.6 the tuning set holds all but
# one in sixty, of those under 0.3 seven in eight.
_SURE = 0.45
_SURE_OF_COURTESY = 0.3
# Likeness from which the sound is asked, and from which it need not be asked for a courtesy: an
# answer takes as long as recognising a second of speech.
_ASKED = 0.6
_PLAIN = 0.9
# The least answer that makes an accusation.
_GAIN = -3.0
# Characters of a phrase on either side of a breath, and of a phrase that may hold one.
_SIDE = 2
_LONG = 5


@dataclass(frozen=True, slots=True)
class _Said:
    """One utterance and what is looked up in it for every hit.

    Attributes:
        utterance: as it was heard.
        norm: its text.
        clock: when its characters were said.
        whole: the text with what the same person says right before and after.
        shift: where in that its own text begins.
    """

    utterance: Utterance
    norm: NormText
    clock: Clock
    whole: NormText
    shift: int


def _said(utterance: Utterance, norm: NormText, near: Around, hits: Sequence[Hit]) -> _Said:
    # What stands around an utterance matters to accusations alone.
    whole, shift = near.within(norm) if any(hit.forbids for hit in hits) else (norm, 0)
    return _Said(utterance, norm, Clock(utterance), whole, shift)


class Matcher:
    """The lexicon made ready; one serves any number of utterances."""

    def __init__(self, lexicon: Lexicon, options: MatchOptions) -> None:
        self._options = options
        self._finder = Finder(lexicon, options)

    def match(self, utterances: Iterable[Utterance]) -> tuple[Match, ...]:
        """Return what is found in the utterances of one interaction, in order, numbered from 0."""
        said = list(utterances)
        norms = [with_pauses(normalize(u.heard), u.words) for u in said]
        hits: list[tuple[Hit, ...]] = [()] * len(said)
        # What a person typed was not misheard, so hints are of no use there.
        for deep in (False, True):
            own = [i for i, u in enumerate(said) if (u.quality is not None) is deep]
            found = self._finder.find([norms[i] for i in own], deep=deep)
            for i, one in zip(own, found, strict=True):
                hits[i] = one
        over = defaultdict[int, list[Match]](list)
        for i, whole, match in self._over_the_ends(said, norms):
            # What goes on in the next utterance explains more than its parts.
            hits[i] = tuple(h for h in hits[i] if not _part(h, whole, 0))
            hits[i + 1] = tuple(h for h in hits[i + 1] if not _part(h, whole, len(norms[i].text)))
            over[i].append(match)
        kept: list[Match] = []
        for i, (utterance, norm) in enumerate(zip(said, norms, strict=True)):
            if not hits[i] and i not in over:
                continue
            place = _said(utterance, norm, around(said, i), hits[i])
            here: list[tuple[int, Match | Hit]] = [(match.span.start, match) for match in over[i]]
            here += [(norm.starts[hit.span.start], hit) for hit in hits[i]]
            for _, item in sorted(here, key=lambda pair: pair[0]):
                # Numbered when it is made: copying a match costs as much as making it.
                match = (
                    self._judge(place, item, len(kept))
                    if isinstance(item, Hit)
                    else dataclasses.replace(item, id=len(kept))
                )
                if match.likeness >= self._doubt(match) or match.counted:
                    kept.append(match)
        return tuple(kept)

    def _over_the_ends(
        self, said: Sequence[Utterance], norms: Sequence[NormText]
    ) -> list[tuple[int, Hit, Match]]:
        """Return the phrases that begin in one utterance and end in the next: 有牌子……自己看。

        A match is said to stand in the first of the two; its times cover both.

        Returns:
            the first utterance's place, the hit in both together, and the match.
        """
        places = [i for i in range(len(said) - 1) if goes_on(said[i], said[i + 1])]
        both = [together(said[i], said[i + 1]) for i in places]
        joined = [with_pauses(normalize(u.heard), u.words) for u in both]
        out: list[tuple[int, Hit, Match]] = []
        taken = (-1, 0)  # an utterance, and how much of it a phrase has taken already
        found = self._finder.find(joined, deep=True)
        for i, one, norm, hits in zip(places, both, joined, found, strict=True):
            seam = len(norms[i].text)
            for hit in hits:
                if not self._goes_over(hit, norm, seam):
                    continue
                if taken[0] == i and hit.span.start < taken[1]:
                    continue
                near = Around(around(said, i).before)
                match = self._judge(_said(one, norm, near, [hit]), hit, 0)
                if match.standing == "near":
                    continue
                taken = (i + 1, hit.span.end - seam)
                out.append((i, hit, _in_first(match, said[i].heard, one.heard)))
        return out

    def _goes_over(self, hit: Hit, norm: NormText, seam: int) -> bool:
        """Tell whether a phrase goes on over the end of an utterance.

        A breath may put words together that were not meant together (你要，不要脸部识别),
        so a good part of a long phrase must stand on either side, and the second must end there.
        """
        inside = hit.span.start + _SIDE <= seam <= hit.span.end - _SIDE
        if not inside or hit.excluded or hit.phrase.severity == "fatal":
            return False
        long = hit.form.literal >= _LONG
        return long and self._finder.enough(hit) and ends_clause(norm, hit.span)

    def _doubt(self, match: Match) -> float:
        """Return the likeness from which a match is kept though it does not count."""
        polite = match.polarity == "polite"
        return self._options.hint if polite else self._options.doubt

    def questions(self, text: str, words: Sequence[Word]) -> tuple[Question, ...]:
        """Return what the sound is to be asked again: phrases that were heard almost.

        Args:
            text: one utterance as it was heard.
            words: its words with their times.
        """
        norm = with_pauses(normalize(text), words)
        (hits,) = self._finder.find([norm], deep=True)
        asked: dict[Question, None] = {}
        for hit in hits:
            # The very words need no question; of words that sound the same the sound cannot tell
            # which were meant; and what is excluded stays so whatever was said.
            if hit.cost and hit.how != "phonetic" and not hit.excluded and _askable(hit, norm):
                span = norm.back(hit.span)
                wording = _wording(norm, hit)
                if wording != text[span.start : span.end]:
                    asked[Question(span, wording)] = None
        return tuple(asked)

    def _judge(self, said: _Said, hit: Hit, number: int) -> Match:
        utterance, norm = said.utterance, said.norm
        where = norm.back(hit.span)
        evidence = evidence_of(utterance, norm, hit, said.clock)
        # A transcript is taken at its word: nothing in it was misheard.
        typed = utterance.quality is None
        confidence = hit.likeness if typed else self._sure(hit, evidence)
        undone = _undone(said, hit)
        standing, why = self._verdict(utterance, hit, undone, confidence, evidence)
        start, end = said.clock.times(where)
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
            how=_how(hit, self._finder.needed(hit.phrase), evidence),
            slots=_slots(utterance, norm, hit),
            likeness=round(hit.likeness, 3),
            confidence=round(confidence, 3),
            standing=standing,
            why=why,
        )

    def _sure(self, hit: Hit, evidence: Evidence) -> float:
        """Return how likely it is that a phrase was said, which only the sound can raise."""
        needed = self._finder.needed(hit.phrase)
        short = hit.likeness < needed and evidence.gain is None
        # The sound must come near to saying the phrase before it accuses.
        denied = hit.forbids and hit.likeness < needed and (evidence.gain or 0.0) < _GAIN
        sure = _SURE if hit.forbids else _SURE_OF_COURTESY
        doubtful = short or denied or evidence.probability < sure
        return min(probability(evidence), needed - 0.01 if doubtful else 1.0)

    def _verdict(
        self,
        utterance: Utterance,
        hit: Hit,
        undone: Text | None,
        confidence: float,
        evidence: Evidence,
    ) -> tuple[Standing, Text]:
        if hit.excluded:
            return "excluded", hit.excluded
        if undone:
            return "context", undone
        if utterance.role == "customer":
            return "customer", Text("是群众说的", "the customer said it")
        needed = self._finder.needed(hit.phrase)
        # A few words that are only like it accuse nobody, whatever the sound says.
        if confidence < needed or hit.brief:
            return "near", short_of(hit, needed, confidence, evidence)
        if utterance.role == "unknown":
            return "unknown", Text("不能确定是谁说的", "it is not known who said it")
        return "counted", explained(hit, needed, confidence, evidence)


def _undone(said: _Said, hit: Hit) -> Text | None:
    """Return what turns a phrase's meaning round, in the utterance and around it."""
    if not hit.forbids:
        return context.unmeant(said.norm, hit.span)
    if said.utterance.role == "customer":
        return None
    span = Span(hit.span.start + said.shift, hit.span.end + said.shift)
    bare, helped = hit.phrase.reach == "clause", hit.phrase.excused_by_help
    reason = context.undone(said.whole, span, bare=bare, helped=helped)
    if not reason and hit.phrase.severity == "fatal":
        # Who draws breath begins anew.
        return context.aimed_at_nobody(said.norm, hit.span)
    return reason


def _askable(hit: Hit, norm: NormText) -> bool:
    """Tell whether the sound is worth asking, and may be.

    A courtesy is asked for only where the words leave it open. For an accusation nothing may have
    been said in between, and nothing negated: of 您讲什么我都懂 nobody asks whether it was 不懂.
    """
    if not hit.forbids:
        return _ASKED <= hit.likeness < _PLAIN
    steps = trace(hit.form, hit.heard)
    between = any(not s.phrase and s.heard not in FILLERS for s in steps)
    negated = any(s.phrase in NEGATIONS and s.heard not in NEGATIONS for s in steps)
    return not between and not negated and hit.likeness >= _ASKED


def _in_first(match: Match, first: str, both: str) -> Match:
    """Return a match over two utterances as one in the first of them."""
    span = Span(match.span.start, len(first))
    rest = both[len(first) + 1 : match.span.end]
    why = match.why + Text(f"；下一句接着说“{rest}”", f"; it goes on “{rest}”")
    return dataclasses.replace(match, span=span, heard=first[span.start :], why=why)


def _part(hit: Hit, whole: Hit, shift: int) -> bool:
    """Tell whether a hit is a part of one that goes on over the end of an utterance."""
    span = Span(hit.span.start + shift, hit.span.end + shift)
    return hit.phrase.list == whole.phrase.list and span.overlaps(whole.span)


def _wording(norm: NormText, hit: Hit) -> str:
    """Return what would stand there if the phrase had been said, in the script that was heard."""
    wording = as_said(hit.form, norm, hit.span)
    return wording if simplify(norm.original) == norm.original else traditionalize(wording)


def _how(hit: Hit, needed: float, evidence: Evidence) -> How:
    """Return how a match was found: by the sound where the words alone would not have done."""
    return "audio" if evidence.gain is not None and hit.likeness < needed else hit.how


def _slots(utterance: Utterance, norm: NormText, hit: Hit) -> tuple[str, ...]:
    """Return what was said in the phrase's slots, as it was heard."""
    if SLOT not in hit.form.text:
        return ()
    found = []
    for span in slot_spans(hit.form, norm, hit.span):
        where = norm.back(span)
        found.append(utterance.heard[where.start : where.end])
    return tuple(found)


def evidence_of(utterance: Utterance, norm: NormText, hit: Hit, clock: Clock) -> Evidence:
    """Return what speaks for a hit in an utterance that was heard."""
    where = norm.back(hit.span)
    # Of words that sound the same the sound cannot tell which were meant.
    by_ear = hit.how != "phonetic"
    wording = _wording(norm, hit) if by_ear and utterance.asked else ""
    asked = [a for a in utterance.asked if by_ear and (a.span, a.wording) == (where, wording)]
    inside = clock.words(where)
    weight = sum(len(word.text) for word in inside)
    sure = sum(len(word.text) * word.probability for word in inside) / weight if weight else None
    return Evidence(
        likeness=hit.likeness,
        probability=(utterance.quality or 0.0) if sure is None else sure,
        length=hit.form.literal,
        gain=asked[0].gain if asked else None,
    )
