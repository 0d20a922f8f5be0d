"""Finding the lexicon's phrases in an utterance.

rapidfuzz looks for candidates over syllables in which all that sound alike are one; each candidate
is then aligned with graded costs, and what stands around it is looked at.
"""

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from courtesy.config import MatchOptions
from courtesy.lexicon import SLOT, Form, Lexicon, Phrase
from courtesy.matching.align import Fit, fits
from courtesy.matching.context import undone, unmeant
from courtesy.matching.sounds import SAME_SOUND, folded, persons_differ
from courtesy.messages import Text
from courtesy.records import How, Match, NormText, Span, Standing, Utterance
from courtesy.text.normalize import normalize
from courtesy.text.syllables import syllables
from courtesy.text.tokens import tokenizer

# Coarse likeness, 0 to 100, from which a form is looked at closely: it must let pass every form
# that the alignment would take, and at 60 it does (two of five syllables may differ).
_CANDIDATE = 60.0
# Characters looked at together, and how many of them the next look sees again: more than any phrase
# with its slots filled.
_WINDOW = 120
_OVERLAP = 60
# A phrase this short is believed only when it is exact or stands alone.
_SHORT = 2
# Insults are short and sound like harmless words (白痴 and 白吃), so sound alone does not do.
_INSULT = 6
# A wording of ours, not of the sources, is worth a little less.
_WORDING = 0.95
# What may stand beside a phrase that has to fill its clause.
_EDGE_BEFORE = frozenset("我也这个那真都就啊嗯哎唉呃他说")
_EDGE_AFTER = frozenset("啊呀呢吧了的嘛哦吗哈")
# Below this the recogniser was not sure enough to base an accusation on its words.
_SURE = 0.45


@dataclass(frozen=True, slots=True)
class _Hit:
    phrase: Phrase
    form: Form
    fit: Fit
    likeness: float
    how: How


@dataclass(frozen=True, slots=True)
class _Prepared:
    phrase: Phrase
    form: Form
    most: float


class Matcher:
    """The lexicon made ready; one serves any number of utterances."""

    def __init__(self, lexicon: Lexicon, options: MatchOptions) -> None:
        self._options = options
        self._tokens = tokenizer(lexicon.words)
        self._codes: dict[str, str] = {}
        self._prepared: list[_Prepared] = []
        self._coarse: list[str] = []
        # The same words are looked at twice: before roles are known, and with them.
        self._cached = functools.lru_cache(maxsize=4096)(self._find)
        for phrase in lexicon.phrases:
            for form in phrase.forms:
                most = (1 - self._kept(phrase)) * _weight(phrase, form)
                self._prepared.append(_Prepared(phrase, form, most))
                self._coarse.append(self._encode(_longest_part(form)))

    def match(self, utterances: Iterable[Utterance]) -> tuple[Match, ...]:
        """Return what is found in the utterances of one interaction, in order, numbered from 0."""
        found: list[Match] = []
        for utterance in utterances:
            norm = normalize(utterance.heard)
            for hit in self._cached(norm):
                found.append(self._judge(len(found), utterance, norm, hit))
        return tuple(found)

    def _find(self, norm: NormText) -> tuple[_Hit, ...]:
        """Return the best reading of each stretch of text, one a list, in order of place."""
        if not norm.text:
            return ()
        sounds = syllables(norm.text)
        words = self._tokens.cut(norm.text)
        hits: set[_Hit] = set()
        for window in _windows(len(norm.text)):
            coarse = self._encode(sounds[window.start : window.end])
            candidates = process.extract(
                coarse, self._coarse, scorer=fuzz.partial_ratio, score_cutoff=_CANDIDATE, limit=None
            )
            for _, _, index in candidates:
                hits.update(self._close_look(self._prepared[index], norm, sounds, window, words))
        return tuple(self._best(hits))

    def _close_look(
        self,
        one: _Prepared,
        norm: NormText,
        sounds: tuple[str, ...],
        window: Span,
        words: tuple[Span, ...],
    ) -> list[_Hit]:
        out = []
        part = slice(window.start, window.end)
        for inside in fits(one.form, norm.text[part], sounds[part], one.most):
            fit = inside.moved(window.start)
            likeness = 1 - fit.cost / _weight(one.phrase, one.form)
            heard = norm.text[fit.span.start : fit.span.end]
            how = _how(one.form, heard, fit)
            if not one.form.sanctioned:
                likeness, how = likeness * _WORDING, "wording"
            exact = heard == one.form.text
            if not exact and one.form.literal <= _SHORT and not _alone(norm, fit.span):
                continue
            if not exact and one.phrase.severity == "fatal" and one.form.literal <= _INSULT:
                continue
            if _another_person(one.form, norm, fit.span):
                continue
            if one.phrase.reach == "clause" and not _alone(norm, fit.span):
                continue
            if _cuts_a_word(one.phrase, words, fit.span) or _excepted(one.phrase, norm, fit.span):
                continue
            out.append(_Hit(one.phrase, one.form, fit, max(0.0, likeness), how))
        return [hit for hit in out if hit.likeness >= self._kept(one.phrase)]

    def _best(self, hits: Iterable[_Hit]) -> list[_Hit]:
        """Keep, of hits that overlap within a list, the one that explains most.

        A courtesy inside a forbidden phrase (等一下 in 急什么等一下) is none.
        """
        kept: list[_Hit] = []
        for hit in sorted(hits, key=self._rank):
            rivals = [k for k in kept if k.fit.span.overlaps(hit.fit.span)]
            if any(k.phrase.list == hit.phrase.list for k in rivals):
                continue
            kept.append(hit)
        said = [h for h in kept if h.phrase.polarity == "polite" and h.fit.cost == 0]
        kept = [h for h in kept if not _misheard(h, said)]
        blames = [
            h
            for h in kept
            if h.phrase.polarity == "forbidden" and h.likeness >= self._options.blame
        ]
        clean = [h for h in kept if h in blames or not any(_inside(h, b) for b in blames)]
        return sorted(clean, key=lambda h: (h.fit.span.start, h.fit.span.end))

    def _kept(self, phrase: Phrase) -> float:
        return self._options.doubt if phrase.polarity == "forbidden" else self._options.hint

    def _needed(self, phrase: Phrase) -> float:
        return self._options.blame if phrase.polarity == "forbidden" else self._options.credit

    def _rank(self, hit: _Hit) -> tuple[bool, float, int]:
        """Order hits: those near enough to count first, then by how much they explain."""
        near = hit.likeness >= self._needed(hit.phrase)
        return not near, -hit.likeness * len(hit.fit.span), hit.fit.span.start

    def _judge(self, number: int, utterance: Utterance, norm: NormText, hit: _Hit) -> Match:
        where = norm.back(hit.fit.span)
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

    def _confidence(self, utterance: Utterance, hit: _Hit) -> float:
        """Weaken a match on words of which the recogniser itself was not sure."""
        if utterance.quality is None or utterance.quality >= _SURE:
            return hit.likeness
        return min(hit.likeness, self._options.credit - 0.01)

    def _verdict(
        self, utterance: Utterance, norm: NormText, hit: _Hit, confidence: float
    ) -> tuple[Standing, Text]:
        forbidden = hit.phrase.polarity == "forbidden"
        if utterance.role == "customer":
            return "customer", Text("是群众说的", "the customer said it")
        if forbidden:
            reason = undone(
                norm,
                hit.fit.span,
                bare=hit.phrase.reach == "clause",
                helped=hit.phrase.excused_by_help,
            )
        else:
            reason = unmeant(norm, hit.fit.span)
        if reason:
            return "context", reason
        needed = self._needed(hit.phrase)
        if confidence < needed:
            return "near", Text(
                f"只有 {confidence:.0%} 像，不到 {needed:.0%}",
                f"only {confidence:.0%} alike, under {needed:.0%}",
            )
        if utterance.role == "unknown":
            return "unknown", Text("不能确定是谁说的", "it is not known who said it")
        return "counted", _explained(hit)

    def _encode(self, sounds: Iterable[str]) -> str:
        """Write syllables as single characters, so that rapidfuzz compares whole syllables."""
        return "".join(
            self._codes.setdefault(folded(sound), chr(0xF0000 + len(self._codes)))
            for sound in sounds
        )


def _windows(length: int) -> Iterator[Span]:
    """Cover a text with overlapping windows, so that work grows no faster than its length."""
    yield Span(0, min(length, _WINDOW))
    for start in range(_WINDOW - _OVERLAP, length - _OVERLAP, _WINDOW - _OVERLAP):
        yield Span(start, min(length, start + _WINDOW))


def _cuts_a_word(phrase: Phrase, words: tuple[Span, ...], span: Span) -> bool:
    """Tell whether the match cuts an ordinary word in two, as 急什么 does in 着急什么.

    A courtesy may lie whole inside a longer word (谢谢 in 谢谢您); an accusation may not.
    """
    for word in words:
        if not word.overlaps(span) or (span.start <= word.start and word.end <= span.end):
            continue
        whole = word.start <= span.start and span.end <= word.end
        if not whole or phrase.polarity == "forbidden":
            return True
    return False


def _longest_part(form: Form) -> list[str]:
    parts: list[list[str]] = [[]]
    for sound in form.syllables:
        if sound == SLOT:
            parts.append([])
        else:
            parts[-1].append(sound)
    return max(parts, key=len)


def _weight(phrase: Phrase, form: Form) -> int:
    """Return what a cost is measured against: less than the form's length.

    The same slip is worse in a short phrase, and not only in proportion: of three characters with
    one wrong there are many (你好什么, 你吼什么), of nine with one wrong there is hardly another.
    An accusation is held to more than a credit.
    """
    return max(1, form.literal - (2 if phrase.polarity == "forbidden" else 1))


def _another_person(form: Form, norm: NormText, span: Span) -> bool:
    """Tell whether another person stands where the phrase's own pronoun was left out."""
    if not span.start or norm.text[span.start] == form.text[0]:
        return False
    return persons_differ(form.text[0], norm.text[span.start - 1])


def _how(form: Form, heard: str, fit: Fit) -> How:
    if heard == form.text or (SLOT in form.text and fit.cost < SAME_SOUND):
        return "exact"
    return (
        "phonetic"
        if len(heard) == len(form.text) and fit.cost <= SAME_SOUND * form.literal + 1e-9
        else "fuzzy"
    )


def _alone(norm: NormText, span: Span) -> bool:
    """Tell whether the span fills its clause, small words at the edges aside."""
    start = max((c.start for c in norm.clauses if c.start <= span.start), default=0)
    end = min((c.end for c in norm.clauses if c.end >= span.end), default=len(norm.text))
    before, after = norm.text[start : span.start], norm.text[span.end : end]
    return set(before) <= _EDGE_BEFORE and len(before) <= 3 and set(after) <= _EDGE_AFTER


def _excepted(phrase: Phrase, norm: NormText, span: Span) -> bool:
    for innocent in phrase.excepts:
        at = norm.text.find(innocent)
        while at >= 0:
            if Span(at, at + len(innocent)).overlaps(span):
                return True
            at = norm.text.find(innocent, at + 1)
    return False


def _misheard(hit: _Hit, said: list[_Hit]) -> bool:
    """Tell whether a forbidden phrase is only near to words that are a plain courtesy."""
    if hit.phrase.polarity == "polite" or hit.how == "exact" or not hit.fit.cost:
        return False
    return any(hit.fit.span.overlaps(courtesy.fit.span) for courtesy in said)


def _inside(courtesy: _Hit, blame: _Hit) -> bool:
    """Tell whether a courtesy lies within a forbidden phrase."""
    inner, outer = courtesy.fit.span, blame.fit.span
    polite = courtesy.phrase.polarity == "polite"
    return polite and outer.start <= inner.start and inner.end <= outer.end


def _explained(hit: _Hit) -> Text:
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
