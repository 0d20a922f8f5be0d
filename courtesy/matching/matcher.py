"""Phrases in utterances: found, seen in their context, and said to count or not, and why."""

import dataclasses
from collections.abc import Iterable, Sequence

from courtesy.config import MatchOptions
from courtesy.lexicon import SLOT, Lexicon
from courtesy.matching.confidence import Evidence
from courtesy.matching.confidence import confidence as probability
from courtesy.matching.context import undone, unmeant
from courtesy.matching.find import BRIEF, Finder, Hit
from courtesy.matching.trace import as_said, slot_spans
from courtesy.messages import Text
from courtesy.records import How, Match, NormText, Question, Span, Standing, Utterance, Word
from courtesy.text.normalize import normalize
from courtesy.text.pauses import with_pauses
from courtesy.text.script import simplify, traditionalize

# Below this the recogniser was not sure enough of its words to base anything on them.
_SURE = 0.45
# Seconds after which one person's next words may still belong to the same phrase.
_BREATH = 1.0
# Natural logarithm: the sound makes the words that were written down this much likelier.
_AGAINST = -8.0


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
        judged: list[Match] = []
        for i, (utterance, norm) in enumerate(zip(said, norms, strict=True)):
            over = self._over_the_end(said[i : i + 2])
            # What goes on in the next utterance explains more than its parts.
            for whole, _ in over:
                hits[i] = tuple(h for h in hits[i] if not _part(h, whole, 0))
                hits[i + 1] = tuple(h for h in hits[i + 1] if not _part(h, whole, len(norm.text)))
            judged += [match for _, match in over]
            judged += [self._judge(0, utterance, norm, hit) for hit in hits[i]]
        judged.sort(key=lambda m: m.utterance)
        kept = [match for match in judged if match.likeness >= self._doubt(match) or match.counted]
        return tuple(dataclasses.replace(match, id=i) for i, match in enumerate(kept))

    def _over_the_end(self, pair: Sequence[Utterance]) -> list[tuple[Hit, Match]]:
        """Return the phrases that begin in one utterance and end in the next: 有牌子……自己看。

        A match is said to stand in the first of the two; its times cover both.
        """
        if len(pair) < 2 or not _goes_on(*pair):
            return []
        first, both = pair[0], _together(*pair)
        norm = with_pauses(normalize(both.heard), both.words)
        seam = len(normalize(first.heard).text)
        out = []
        for hit in self._finder.find([norm], deep=True)[0]:
            over = hit.span.start < seam < hit.span.end and not hit.excluded
            if over and hit.likeness >= self._finder.needed(hit.phrase):
                match = self._judge(0, both, norm, hit)
                span = Span(match.span.start, len(first.heard))
                goes_on = both.heard[span.end + 1 : match.span.end]
                why = match.why + Text(f"；下一句接着说“{goes_on}”", f"; it goes on “{goes_on}”")
                heard = first.heard[span.start : span.end]
                out.append((hit, dataclasses.replace(match, span=span, heard=heard, why=why)))
        return out

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
            if hit.cost and hit.how != "phonetic" and not hit.excluded:
                span = norm.back(hit.span)
                wording = _wording(norm, hit)
                if wording != text[span.start : span.end]:
                    asked[Question(span, wording)] = None
        return tuple(asked)

    def _judge(self, number: int, utterance: Utterance, norm: NormText, hit: Hit) -> Match:
        where = norm.back(hit.span)
        evidence = evidence_of(utterance, norm, hit)
        # A transcript is taken at its word: nothing in it was misheard.
        confidence = hit.likeness if utterance.quality is None else self._sure(hit, evidence)
        standing, why = self._verdict(utterance, norm, hit, confidence, evidence)
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
        # A few words that are only like it accuse nobody, whatever the sound says.
        brief = hit.cost > 0 and hit.form.literal <= BRIEF and hit.phrase.polarity == "forbidden"
        most = needed - 0.01 if short or brief or evidence.probability < _SURE else 1.0
        return min(probability(evidence), most)

    def _verdict(
        self,
        utterance: Utterance,
        norm: NormText,
        hit: Hit,
        confidence: float,
        evidence: Evidence,
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
            return "near", _short_of(hit, needed, confidence, evidence)
        if utterance.role == "unknown":
            return "unknown", Text("不能确定是谁说的", "it is not known who said it")
        return "counted", _explained(hit, needed, evidence)


def _goes_on(one: Utterance, other: Utterance) -> bool:
    """Tell whether one utterance that was heard goes on in the next, after a breath."""
    if one.quality is None or other.quality is None or one.end is None or other.start is None:
        return False
    same = (one.role, one.channel) == (other.role, other.channel)
    return same and other.start - one.end <= _BREATH


def _together(one: Utterance, other: Utterance) -> Utterance:
    """Return two utterances as one, with a comma between."""
    comma = (Word("，", one.end or 0.0, one.end or 0.0, 1.0),)
    words = (*one.words, *comma, *other.words) if one.words and other.words else ()
    return dataclasses.replace(
        one,
        heard=f"{one.heard}，{other.heard}",
        end=other.end,
        quality=min(one.quality or 0.0, other.quality or 0.0),
        words=words,
        asked=(),
    )


def _part(hit: Hit, whole: Hit, shift: int) -> bool:
    """Tell whether a hit is a part of one that goes on over the end of an utterance."""
    span = Span(hit.span.start + shift, hit.span.end + shift)
    return hit.phrase.polarity == whole.phrase.polarity and span.overlaps(whole.span)


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


def evidence_of(utterance: Utterance, norm: NormText, hit: Hit) -> Evidence:
    """Return what speaks for a hit in an utterance that was heard."""
    where = norm.back(hit.span)
    asked = [a for a in utterance.asked if a.span == where and a.wording == _wording(norm, hit)]
    if hit.how == "phonetic":
        asked = []
    inside = _words_in(utterance, where)
    weight = sum(len(word.text) for word in inside)
    sure = sum(len(word.text) * word.probability for word in inside) / weight if weight else None
    return Evidence(
        likeness=hit.likeness,
        probability=(utterance.quality or 0.0) if sure is None else sure,
        length=hit.form.literal,
        gain=asked[0].gain if asked else None,
    )


def _short_of(hit: Hit, needed: float, confidence: float, evidence: Evidence) -> Text:
    """Say why a hit does not count though nothing but its likelihood speaks against it."""
    if hit.likeness < needed:
        reason = Text(
            f"只有 {hit.likeness:.0%} 像，不到 {needed:.0%}",
            f"only {hit.likeness:.0%} alike, under {needed:.0%}",
        )
    else:
        reason = Text("字词像，但识别没有把握", "the words are like it, but were not surely heard")
    if evidence.gain is None:
        return reason
    if evidence.gain < _AGAINST:
        return reason + Text(
            "；再听一遍，声音不支持", "; listened to again, the sound is against it"
        )
    return reason + Text(
        f"；再听一遍，把握 {confidence:.0%}", f"; listened to again, {confidence:.0%} sure"
    )


def _explained(hit: Hit, needed: float, evidence: Evidence) -> Text:
    if evidence.gain is not None and hit.likeness < needed:
        return Text(
            f"写出来只有 {hit.likeness:.0%} 像，再听一遍，声音支持",
            f"only {hit.likeness:.0%} alike as written; listened to again, the sound supports it",
        )
    swapped = "、".join(f"{was}→{word}" for word, was in hit.form.swapped)
    how = {
        "exact": Text("字字相同", "word for word"),
        "phonetic": Text("读音相同", "the same sound"),
        "fuzzy": Text(f"{hit.likeness:.0%} 像", f"{hit.likeness:.0%} alike"),
        "wording": Text("是同一意思的说法", "another wording of it"),
    }
    words = Text(f"（{swapped}）", f" ({swapped})") if swapped else Text("", "")
    said = how[hit.how]
    return Text(said.zh + words.zh, said.en + words.en)


def _words_in(utterance: Utterance, where: Span) -> list[Word]:
    """Return the words that hold some characters of the utterance."""
    at, inside = 0, []
    # The words joined are the text but for the space trimmed at its ends.
    text = "".join(word.text for word in utterance.words)
    shift = len(text) - len(text.lstrip())
    for word in utterance.words:
        if at - shift < where.end and where.start < at + len(word.text) - shift:
            inside.append(word)
        at += len(word.text)
    return inside


def _times(utterance: Utterance, where: Span) -> tuple[float | None, float | None]:
    """Return the time of some characters of an utterance, from its words where it has them."""
    inside = _words_in(utterance, where)
    if not inside:
        return utterance.start, utterance.end
    return round(inside[0].start, 2), round(inside[-1].end, 2)
