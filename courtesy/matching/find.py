"""Where the lexicon's phrases stand in a text, and how near they come; nothing is judged here.

rapidfuzz looks for candidates over syllables in which all that sound alike are one; each candidate
is then aligned with graded costs.
"""

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from courtesy.config import MatchOptions
from courtesy.lexicon import SLOT, Form, Lexicon, Phrase
from courtesy.matching.align import Fit, fits
from courtesy.matching.sounds import SAME_SOUND, folded, persons_differ
from courtesy.records import How, NormText, Span
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


@dataclass(frozen=True, slots=True)
class Hit:
    """One phrase at one place.

    Attributes:
        phrase: of the lexicon.
        form: the form of it that fits.
        fit: where, and at what cost.
        likeness: 0 to 1; 1 when the text is the form.
        how: by which comparison it was found.
    """

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


class Finder:
    """The lexicon made ready to be found; one serves any number of texts."""

    def __init__(self, lexicon: Lexicon, options: MatchOptions) -> None:
        self._options = options
        self._tokens = tokenizer(lexicon.words)
        self._codes: dict[str, str] = {}
        self._prepared: list[_Prepared] = []
        self._coarse: list[str] = []
        # The same words are looked at twice: before roles are known, and with them.
        self.find = functools.lru_cache(maxsize=4096)(self._find)
        for phrase in lexicon.phrases:
            for form in phrase.forms:
                most = (1 - self._kept(phrase)) * _weight(phrase, form)
                self._prepared.append(_Prepared(phrase, form, most))
                self._coarse.append(self._encode(_longest_part(form)))

    def _find(self, norm: NormText) -> tuple[Hit, ...]:
        """Return the best reading of each stretch of text, one a list, in order of place."""
        if not norm.text:
            return ()
        sounds = syllables(norm.text)
        words = self._tokens.cut(norm.text)
        hits: dict[tuple[str, str, Span], Hit] = {}
        for window in _windows(len(norm.text)):
            coarse = self._encode(sounds[window.start : window.end])
            candidates = process.extract(
                coarse, self._coarse, scorer=fuzz.partial_ratio, score_cutoff=_CANDIDATE, limit=None
            )
            for _, _, index in candidates:
                for hit in self._close_look(self._prepared[index], norm, sounds, window, words):
                    hits[hit.phrase.id, hit.form.text, hit.fit.span] = hit
        return tuple(self._best(hits.values()))

    def _close_look(
        self,
        one: _Prepared,
        norm: NormText,
        sounds: tuple[str, ...],
        window: Span,
        words: tuple[Span, ...],
    ) -> list[Hit]:
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
            out.append(Hit(one.phrase, one.form, fit, max(0.0, likeness), how))
        return [hit for hit in out if hit.likeness >= self._kept(one.phrase)]

    def _best(self, hits: Iterable[Hit]) -> list[Hit]:
        """Keep, of hits that overlap within a list, the one that explains most.

        A courtesy inside a forbidden phrase (等一下 in 急什么等一下) is none.
        """
        kept: list[Hit] = []
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

    def needed(self, phrase: Phrase) -> float:
        """Return the confidence from which a phrase counts."""
        return self._options.blame if phrase.polarity == "forbidden" else self._options.credit

    def _rank(self, hit: Hit) -> tuple[bool, float, int]:
        """Order hits: those near enough to count first, then by how much they explain."""
        near = hit.likeness >= self.needed(hit.phrase)
        return not near, -hit.likeness * len(hit.fit.span), hit.fit.span.start

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


def _misheard(hit: Hit, said: list[Hit]) -> bool:
    """Tell whether a forbidden phrase is only near to words that are a plain courtesy."""
    if hit.phrase.polarity == "polite" or hit.how == "exact" or not hit.fit.cost:
        return False
    return any(hit.fit.span.overlaps(courtesy.fit.span) for courtesy in said)


def _inside(courtesy: Hit, blame: Hit) -> bool:
    """Tell whether a courtesy lies within a forbidden phrase."""
    inner, outer = courtesy.fit.span, blame.fit.span
    polite = courtesy.phrase.polarity == "polite"
    return polite and outer.start <= inner.start and inner.end <= outer.end
