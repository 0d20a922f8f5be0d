"""Where the lexicon's phrases stand in texts, and how near they come; nothing is judged here.

Candidates are looked up by short pieces of the forms, then aligned with graded costs, all texts
together; what remains is looked at one by one, the best first.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from courtesy.config import MatchOptions
from courtesy.lexicon import SLOT, Form, Lexicon, Phrase
from courtesy.matching.align import Pattern, align, pattern
from courtesy.matching.candidates import Candidates, Index
from courtesy.matching.sounds import SAME_SOUND, CostTable, persons_differ
from courtesy.matching.wordings import by_word, other_wordings
from courtesy.messages import Text
from courtesy.records import How, NormText, Span
from courtesy.text.tokens import tokenizer

# A phrase this short is believed only when it is exact or stands alone.
_SHORT = 2
# An accusation this short is made only of the very words: 挤什么 sounds like 急什么.
BRIEF = 3
# Insults are short and sound like harmless words (白痴 and 白吃), so sound alone does not do.
_INSULT = 6
# A wording of ours, not of the sources, is worth a little less; each further word swapped, less.
_WORDING = 0.94
_SWAP = 0.02
# Words of the dictionary that are longer are names and sayings.
_LONGEST_WORD = 6
# What may stand beside a phrase that has to fill its clause.
_EDGE_BEFORE = frozenset("我你您也这个那真都就先啊嗯哎唉呃他说")
_EDGE_AFTER = frozenset("啊呀呢吧了的嘛哦吗哈")
# What is asked or named after 不知道 and 不清楚 is no refusal.
_ASKS = re.compile(
    "[谁哪几吗您你]|什么|怎么|怎样|多少|[是能可]否|与否|何时|还是|没有|有无|(.)[不没]\\1|多[大久长远]|的"
)
_IGNORANT = re.compile("知道|清楚|晓得")
# Characters looked up together, and pairs aligned together: bounds the memory.
_AT_ONCE = 20_000
_PAIRS = 4_000
# Forms up to each of these lengths are aligned together.
_LENGTHS = np.array([3, 4, 5, 6, 8, 10, 13, 18])
# Results kept for texts that come again: the same words are looked at before roles are known and
# with them, and 好的，谢谢 all day.
_REMEMBERED = 20_000


# What makes two texts the same: what was heard, where the speaker paused, how deep to look.
_Key = tuple[str, tuple[int, ...], tuple[int, ...], bool]


@dataclass(frozen=True, slots=True)
class Hit:
    """One phrase at one place.

    Attributes:
        phrase: of the lexicon.
        form: the form of it that fits.
        span: where, in the normalized text.
        cost: what the alignment costs, 0 when it is the form itself.
        likeness: 0 to 1; 1 when the text is the form.
        how: by which comparison it was found.
        excluded: why it is no match though near enough; None for a match.
    """

    phrase: Phrase
    form: Form
    span: Span
    cost: float
    likeness: float
    how: How
    excluded: Text | None = None


@dataclass(frozen=True, slots=True)
class _Prepared:
    phrase: Phrase
    form: Form
    pattern: Pattern
    weight: int
    worth: float


class Finder:
    """The lexicon made ready to be found; one serves any number of texts."""

    def __init__(self, lexicon: Lexicon, options: MatchOptions) -> None:
        self._options = options
        self._tokens = tokenizer(lexicon.words)
        # Clauses come again and again; cutting them into words is dear.
        self._words = functools.lru_cache(maxsize=_REMEMBERED)(self._tokens.cut)
        self._costs = CostTable()
        classes = by_word(lexicon.classes)
        self._prepared = [
            _Prepared(phrase, form, pattern(form, self._costs), _weight(phrase, form), _worth(form))
            for phrase in lexicon.phrases
            for form in (*phrase.forms, *other_wordings(phrase, classes, self._tokens))
        ]
        self._forbidden = np.array([_forbids(one.phrase) for one in self._prepared], bool)
        self._weights = np.array([one.weight for one in self._prepared], np.float32)
        self._lengths = np.array([len(one.form.text) for one in self._prepared], np.int64)
        self._known: dict[_Key, tuple[Hit, ...]] = {}
        self._index = functools.cache(self._make_index)

    def _make_index(self, deep: bool) -> Index:
        return Index([one.form for one in self._prepared], deep=deep)

    def find(self, norms: Sequence[NormText], *, deep: bool = False) -> list[tuple[Hit, ...]]:
        """Return the best reading of each stretch of each text, one a list, in order of place.

        Args:
            norms: the texts.
            deep: keep also what is no more than a hint of a courtesy; for texts that were heard,
                where what seems missing may have been misheard.

        Returns:
            for each text its hits; behind them those that were excluded, the most alike first.
        """
        keys = [(norm.original, norm.pauses, norm.breaths, deep) for norm in norms]
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        known = self._known
        fresh = {k: n for k, n in zip(keys, norms, strict=True) if n.text and k not in known}
        for batch in _batches(fresh.items()):
            found = self._look([norm for _, norm in batch], deep=deep)
            known.update(zip((key for key, _ in batch), found, strict=True))
        return [known.get(key, ()) for key in keys]

    def _look(self, norms: Sequence[NormText], *, deep: bool) -> list[tuple[Hit, ...]]:
        places = self._index(deep).find([norm.text for norm in norms])
        fits: list[list[tuple[int, Span, float]]] = [[] for _ in norms]
        columns = self._costs.columns("".join(norm.text for norm in norms))
        begins = np.cumsum([0, *(len(norm.text) for norm in norms)])
        most = self._most(deep=deep)
        for part in self._alike(places):
            self._fit(part, columns, begins[part.text], most, fits)
        return [self._choose(norm, own) for norm, own in zip(norms, fits, strict=True)]

    def _alike(self, places: Candidates) -> Iterator[Candidates]:
        """Group candidates that are best aligned together: of like length and like width."""
        size = np.searchsorted(_LENGTHS, self._lengths[places.form])
        order = np.lexsort((places.end - places.start, size))
        edges = np.flatnonzero(np.diff(size[order])) + 1
        for group in np.split(order, edges):
            for start in range(0, len(group), _PAIRS):
                part = group[start : start + _PAIRS]
                yield Candidates(
                    places.form[part], places.text[part], places.start[part], places.end[part]
                )

    def _most(self, *, deep: bool) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
        """Return for each form the highest cost at which it is kept, shape (forms,)."""
        polite = self._options.hint if deep else self._options.doubt
        forbidden = self._options.ask if deep else self._options.doubt
        kept = np.where(self._forbidden, forbidden, polite)
        worth = np.array([one.worth for one in self._prepared], np.float32)
        return ((1 - kept / worth) * self._weights + 1e-6).astype(np.float32)

    def _fit(
        self,
        places: Candidates,
        columns: "np.ndarray[tuple[int], np.dtype[np.int32]]",
        begins: "np.ndarray[tuple[int], np.dtype[np.int64]]",
        most: "np.ndarray[tuple[int], np.dtype[np.float32]]",
        fits: list[list[tuple[int, Span, float]]],
    ) -> None:
        """Align candidates with their stretches and add what fits to the lists of their texts.

        Args:
            places: the candidates.
            columns: of all texts together, in the cost table.
            begins: where each candidate's text begins there.
            most: for each form the highest cost.
            fits: for each text what fits: form, span and cost.
        """
        width = places.end - places.start
        at = np.arange(int(width.max()))
        inside = np.minimum((begins + places.start)[:, None] + at, len(columns) - 1)
        stretches = np.where(at < width[:, None], columns[inside], -1).astype(np.int32)
        forms, texts, starts = (a.tolist() for a in (places.form, places.text, places.start))
        found = align(
            [self._prepared[form].pattern for form in forms],
            stretches,
            most[places.form],
            self._costs.substitutions,
            self._costs.additions,
        )
        for i, start, end, cost in zip(
            found.pair.tolist(), found.start.tolist(), found.end.tolist(), found.cost.tolist(),
            strict=True,
        ):  # fmt: skip
            span = Span(starts[i] + start, starts[i] + end)
            fits[texts[i]].append((forms[i], span, cost))

    def _choose(self, norm: NormText, fits: list[tuple[int, Span, float]]) -> tuple[Hit, ...]:
        """Keep, of hits that overlap within a list, the one that explains most.

        A courtesy inside a forbidden phrase (等一下 in 急什么等一下) is none.
        """
        kept: list[Hit] = []
        excluded: list[Hit] = []
        for hit in sorted(self._hits(norm, fits), key=self._rank):
            if any(k.phrase.list == hit.phrase.list and k.span.overlaps(hit.span) for k in kept):
                continue
            reason = self._exclusion(norm, hit)
            if reason is None:
                kept.append(hit)
            elif not any(hit.span.overlaps(other.span) for other in excluded):
                excluded.append(_because(hit, reason))
        said = [h for h in kept if not _forbids(h.phrase) and h.cost == 0]
        clean = [h for h in kept if not _misheard(h, said)]
        blames = [h for h in clean if _forbids(h.phrase) and h.likeness >= self._options.blame]
        clean = [h for h in clean if h in blames or not any(_inside(h, b) for b in blames)]
        clean.sort(key=lambda h: (h.span.start, h.span.end))
        free = [h for h in excluded if not any(h.span.overlaps(other.span) for other in clean)]
        return (*clean, *free)

    def _hits(self, norm: NormText, fits: list[tuple[int, Span, float]]) -> Iterator[Hit]:
        for number, span, cost in dict.fromkeys(fits):
            one = self._prepared[number]
            heard = norm.text[span.start : span.end]
            likeness = max(0.0, (1 - cost / one.weight) * one.worth)
            if one.form.literal <= BRIEF and _forbids(one.phrase) and heard != one.form.text:
                likeness = min(likeness, self._options.blame - 0.01)
            how = _how(one.form, heard, cost) if one.form.sanctioned else "wording"
            yield Hit(one.phrase, one.form, span, cost, likeness, how)

    def needed(self, phrase: Phrase) -> float:
        """Return the confidence from which a phrase counts."""
        return self._options.blame if _forbids(phrase) else self._options.credit

    def _rank(self, hit: Hit) -> tuple[bool, float, int]:
        """Order hits: those near enough to count first, then by how much they explain."""
        near = hit.likeness >= self.needed(hit.phrase)
        return not near, -hit.likeness * len(hit.span), hit.span.start

    def _exclusion(self, norm: NormText, hit: Hit) -> Text | None:
        """Return why a hit is no match though near enough; None when it is one."""
        form, span = hit.form, hit.span
        exact = norm.text[span.start : span.end] == form.text
        fatal = hit.phrase.severity == "fatal"
        if not exact and form.literal <= _SHORT and not _alone(norm, span):
            return Text("太短，又不是原话", "too short to be more than like it")
        if not exact and fatal and form.literal <= _INSULT:
            return Text("骂人的话要字字相同才算", "an insult must be word for word")
        heard = norm.text[span.start : span.end]
        if _forbids(hit.phrase) and "您" in heard and "您" not in form.text and "你" in form.text:
            return Text("说的是“您”，这句忌语说的是“你”", "it says 您, where the phrase has 你")
        if _another_person(form, norm, span):
            return Text("说的是另一个人", "it is about another person")
        if hit.phrase.reach == "clause" and not _alone(norm, span):
            return Text("只是句子的一部分，不是单独说的", "part of a sentence, not said by itself")
        if _forbids(hit.phrase) and self._pauses_in_a_word(hit, norm):
            return Text("当中有停顿，断在词里", "there is a pause inside one of its words")
        if self._cuts_a_word(hit.phrase, norm, span):
            return Text("是一个普通词的一部分", "it is part of an ordinary word")
        if _excepted(hit.phrase, norm, span):
            return Text("词库说明这样说不算", "the lexicon says that this is harmless")
        return None

    def _cuts_a_word(self, phrase: Phrase, norm: NormText, span: Span) -> bool:
        """Tell whether the match cuts an ordinary word in two, as 急什么 does in 着急什么.

        A courtesy may lie whole inside a longer word (谢谢 in 谢谢您); an accusation may not.
        """
        for clause in norm.clauses:
            if not clause.overlaps(span) or not self._may_cut(norm.text, clause, span):
                continue
            for word in self._words(norm.text[clause.start : clause.end]):
                start, end = word.start + clause.start, word.end + clause.start
                if end <= span.start or start >= span.end:
                    continue
                if span.start <= start and end <= span.end:
                    continue
                whole = start <= span.start and span.end <= end
                if not whole or _forbids(phrase):
                    return True
        return False

    def _may_cut(self, text: str, clause: Span, span: Span) -> bool:
        """Tell whether the dictionary has a word over an edge of the span: quicker than cutting."""
        edges = [edge for edge in (span.start, span.end) if clause.start < edge < clause.end]
        return any(
            self._tokens.frequency(text[start:end])
            for edge in edges
            for start in range(max(clause.start, edge - _LONGEST_WORD), edge)
            for end in range(edge + 1, min(clause.end, start + _LONGEST_WORD) + 1)
        )

    def _pauses_in_a_word(self, hit: Hit, norm: NormText) -> bool:
        """Tell whether a clause ends inside a word of the phrase: 还好，意思说 for 还好意思说."""
        pauses = [c.end for c in norm.clauses if hit.span.start < c.end < hit.span.end]
        words = [hit.form.text[w.start : w.end] for w in self._words(hit.form.text) if len(w) > 1]
        # The two sides of a pause together make a word that the phrase holds as one.
        return any(
            norm.text[pause - left : pause - left + len(word)] == word
            for pause in pauses
            for word in words
            for left in range(1, len(word))
        )


def _batches(norms: Iterable[tuple[_Key, NormText]]) -> Iterator[list[tuple[_Key, NormText]]]:
    """Group texts so that each group has a bounded number of characters, one text at least."""
    batch: list[tuple[_Key, NormText]] = []
    size = 0
    for key, norm in norms:
        batch.append((key, norm))
        size += len(norm.text)
        if size >= _AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _forbids(phrase: Phrase) -> bool:
    return phrase.polarity == "forbidden"


def _because(hit: Hit, reason: Text) -> Hit:
    return Hit(hit.phrase, hit.form, hit.span, hit.cost, hit.likeness, hit.how, reason)


def _worth(form: Form) -> float:
    if form.sanctioned:
        return 1.0
    return _WORDING - _SWAP * max(0, len(form.swapped) - 1)


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


def _how(form: Form, heard: str, cost: float) -> How:
    if heard == form.text or (SLOT in form.text and cost < SAME_SOUND):
        return "exact"
    return (
        "phonetic"
        if len(heard) == len(form.text) and cost <= SAME_SOUND * form.literal + 1e-9
        else "fuzzy"
    )


def _alone(norm: NormText, span: Span) -> bool:
    """Tell whether the span fills its clause, small words at the edges aside.

    A clause ends at a mark or where the speaker paused, and at a breath too, unless what follows
    may be what is not known (不知道，孩子跟谁姓).
    """
    ignorant = _IGNORANT.search(norm.text, span.start, span.end) is not None
    start = max(edge for edge in _edges(norm) if edge <= span.start)
    before = norm.text[start : span.start]
    if not (set(before) <= _EDGE_BEFORE and len(before) <= 3):
        return False
    if not ignorant:
        return ends_clause(norm, span)
    end = min(edge for edge in _edges(norm) if edge >= span.end)
    mark = min((c.end for c in norm.clauses if c.end >= span.end), default=len(norm.text))
    return set(norm.text[span.end : end]) <= _EDGE_AFTER and not _ASKS.search(norm.text, end, mark)


def ends_clause(norm: NormText, span: Span) -> bool:
    """Tell whether the span ends its clause, particles aside, with a mark, a pause or a breath."""
    edges = _edges(norm) | set(norm.breaths)
    end = min(edge for edge in edges if edge >= span.end)
    return set(norm.text[span.end : end]) <= _EDGE_AFTER


def _edges(norm: NormText) -> set[int]:
    return {0, len(norm.text), *norm.pauses, *(c.start for c in norm.clauses)}


def _excepted(phrase: Phrase, norm: NormText, span: Span) -> bool:
    for innocent in phrase.excepts:
        at = norm.text.find(innocent)
        while at >= 0:
            found = Span(at, at + len(innocent))
            if found.overlaps(span) and not _paused(norm, found):
                return True
            at = norm.text.find(innocent, at + 1)
    return False


def _paused(norm: NormText, innocent: Span) -> bool:
    """Tell whether a pause parts one last character from an innocent text.

    没用上 is one word; 没用，上面规定的 is not.
    """
    last = innocent.end - 1
    return last in norm.breaths or any(clause.start == last for clause in norm.clauses)


def _misheard(hit: Hit, said: list[Hit]) -> bool:
    """Tell whether a forbidden phrase is only near to words that are a plain courtesy."""
    if hit.phrase.polarity == "polite" or hit.how == "exact" or not hit.cost:
        return False
    return any(hit.span.overlaps(courtesy.span) for courtesy in said)


def _inside(courtesy: Hit, blame: Hit) -> bool:
    """Tell whether a courtesy lies within a forbidden phrase."""
    inner, outer = courtesy.span, blame.span
    polite = courtesy.phrase.polarity == "polite"
    return polite and outer.start <= inner.start and inner.end <= outer.end
