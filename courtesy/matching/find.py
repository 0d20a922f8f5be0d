"""Where the lexicon's phrases stand in texts, and how near they come; nothing is judged here.

Candidates are looked up by short pieces of the forms, then aligned with graded costs, all texts
together; what remains is looked at one by one, the best first. Of three places that fit two are
taken by a better one already, so a hit is only made of what stands free.
"""

import bisect
import dataclasses
import functools
import itertools
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from courtesy.config import MatchOptions
from courtesy.lexicon import SLOT, Form, Lexicon, Phrase
from courtesy.matching.align import Ints, align, patterns
from courtesy.matching.candidates import Candidates, Index
from courtesy.matching.exclusions import Exclusions
from courtesy.matching.hits import Hit
from courtesy.matching.sounds import SAME_SOUND, Costs, CostTable
from courtesy.matching.wordings import by_word, other_wordings
from courtesy.records import How, NormText, Span
from courtesy.text.tokens import tokenizer

Numbers = npt.NDArray[np.int64]

# A wording of ours, not of the sources, is worth a little less; each further word swapped, less.
_WORDING = 0.94
_SWAP = 0.02
# Characters looked up together, and pairs aligned together: bounds the memory.
_AT_ONCE = 20_000
_PAIRS = 2_000
# Forms up to each of these lengths are aligned together.
_LENGTHS = np.array([3, 4, 5, 6, 8, 10, 13, 18])
# Results kept for texts that come again: the same words are looked at before roles are known and
# with them, and 好的，谢谢 all day.
_REMEMBERED = 20_000


# What makes two texts the same: what was heard, where the speaker paused, how deep to look.
_Key = tuple[str, tuple[int, ...], tuple[int, ...], bool]


@dataclass(frozen=True, slots=True)
class _Prepared:
    phrase: Phrase
    form: Form
    weight: int
    worth: float


# One place where a form fits: its number, the first character, one past the last, cost, likeness.
_Fit = tuple[int, int, int, float, float]


@dataclass(frozen=True, slots=True)
class _Fits:
    """Where forms fit well enough, one entry a place; all of shape (k,).

    Attributes:
        form: number of the form.
        text: number of the text.
        start: first character.
        end: one past the last.
        cost: what the alignment costs.
        likeness: 0 to 1.
    """

    form: Numbers
    text: Numbers
    start: Numbers
    end: Numbers
    cost: npt.NDArray[np.float64]
    likeness: npt.NDArray[np.float64]

    def columns(self) -> tuple[npt.NDArray[Any], ...]:
        """Return the arrays in the order of the attributes."""
        return self.form, self.text, self.start, self.end, self.cost, self.likeness

    def at(self, order: Numbers) -> "_Fits":
        """Return some of them, or all in another order."""
        return _Fits(*(column[order] for column in self.columns()))

    def rows(self) -> list[_Fit]:
        """Return them one by one."""
        columns = (self.form, self.start, self.end, self.cost, self.likeness)
        return list(zip(*(column.tolist() for column in columns), strict=True))


class _Taken:
    """Which characters of a text something stands on already."""

    def __init__(self, length: int) -> None:
        self._marks = bytearray(length)

    def add(self, span: Span) -> None:
        self._marks[span.start : span.end] = b"\1" * len(span)

    def touches(self, start: int, end: int) -> bool:
        return self._marks.find(1, start, end) >= 0


class Finder:
    """The lexicon made ready to be found; one serves any number of texts, and of threads."""

    def __init__(self, lexicon: Lexicon, options: MatchOptions) -> None:
        self._options = options
        tokens = tokenizer(lexicon.words)
        self._exclusions = Exclusions(tokens)
        self._costs = CostTable()
        classes = by_word(lexicon.classes)
        self._prepared = [
            _Prepared(phrase, form, _weight(phrase, form), _worth(form))
            for phrase in lexicon.phrases
            for form in (*phrase.forms, *other_wordings(phrase, classes, tokens))
        ]
        self._forbidden = np.array(
            [one.phrase.polarity == "forbidden" for one in self._prepared], bool
        )
        self._patterns = patterns([one.form for one in self._prepared], self._costs)
        self._weights = np.array([one.weight for one in self._prepared], np.float32)
        self._worths = np.array([one.worth for one in self._prepared], np.float64)
        needed = [self.needed(one.phrase) for one in self._prepared]
        self._needed = np.array(needed, np.float64)
        self._known: dict[_Key, tuple[Hit, ...]] = {}
        self._index = functools.cache(self._make_index)
        # What is learned on the way (costs of new characters) is written from one thread at a time:
        # several recognisers ask at once, and a cost in another character's column is a phrase that
        # is not found any more.
        self._learning = threading.Lock()

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
        with self._learning:
            return self._find(norms, deep=deep)

    def _find(self, norms: Sequence[NormText], *, deep: bool) -> list[tuple[Hit, ...]]:
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
        columns = self._costs.columns("".join(norm.text for norm in norms))
        begins = np.cumsum([0, *(len(norm.text) for norm in norms)])
        most = self._most(deep=deep)
        parts = [
            self._fit(part, columns, begins[part.text], most[part.form])
            for part in self._alike(places)
        ]
        if not parts:
            return [()] * len(norms)
        columns_of = zip(*(part.columns() for part in parts), strict=True)
        fits = self._ranked(norms, _Fits(*map(np.concatenate, columns_of)))
        rows = fits.rows()
        edges = np.searchsorted(fits.text, np.arange(len(norms) + 1)).tolist()
        return [
            self._choose(norm, rows[first:last])
            for norm, (first, last) in zip(norms, itertools.pairwise(edges), strict=True)
        ]

    def _alike(self, places: Candidates) -> Iterator[Candidates]:
        """Group candidates that are best aligned together: of like length and like width."""
        size = np.searchsorted(_LENGTHS, self._patterns.lengths[places.form])
        order = np.lexsort((places.end - places.start, size))
        edges = np.flatnonzero(np.diff(size[order])) + 1
        for group in np.split(order, edges):
            for start in range(0, len(group), _PAIRS):
                part = group[start : start + _PAIRS]
                yield Candidates(
                    places.form[part], places.text[part], places.start[part], places.end[part]
                )

    def _most(self, *, deep: bool) -> Costs:
        """Return for each form the highest cost at which it is kept, shape (forms,)."""
        polite = self._options.hint if deep else self._options.doubt
        forbidden = self._options.ask if deep else self._options.doubt
        kept = np.where(self._forbidden, forbidden, polite)
        worth = self._worths.astype(np.float32)
        return ((1 - kept / worth) * self._weights + 1e-6).astype(np.float32)

    def _fit(self, places: Candidates, columns: Ints, begins: Numbers, most: Costs) -> _Fits:
        """Align candidates with their stretches and return what fits.

        Args:
            places: the candidates.
            columns: of all texts together, in the cost table.
            begins: where each candidate's text begins there.
            most: the highest cost for each candidate's form.
        """
        width = places.end - places.start
        at = np.arange(int(width.max()))
        inside = np.minimum((begins + places.start)[:, None] + at, len(columns) - 1)
        stretches = np.where(at < width[:, None], columns[inside], -1).astype(np.int32)
        found = align(
            self._patterns.of(places.form),
            stretches,
            most,
            self._costs.substitutions,
            self._costs.additions,
        )
        start, form = places.start[found.pair], places.form[found.pair]
        cost = found.cost.astype(np.float64)
        likeness = np.maximum(0.0, (1 - cost / self._weights[form]) * self._worths[form])
        return _Fits(
            form, places.text[found.pair], start + found.start, start + found.end, cost, likeness
        )

    def _ranked(self, norms: Sequence[NormText], fits: _Fits) -> _Fits:
        """Order what fits text by text, what explains most first.

        Those near enough to count come first, then those that are longer and more alike.
        """
        enough = fits.likeness >= self._needed[fits.form]
        # An accusation may be too short for what stands there; there are few of them.
        accused = np.flatnonzero(enough & self._forbidden[fits.form])
        few = fits.at(accused)
        for i, text, fit in zip(accused, few.text, few.rows(), strict=True):
            enough[i] = self.enough(self._hit(norms[text], fit))
        explained = fits.likeness * (fits.end - fits.start)
        return fits.at(np.lexsort((fits.start, -explained, ~enough, fits.text)))

    def _choose(self, norm: NormText, fits: Iterable[_Fit]) -> tuple[Hit, ...]:
        """Keep, of hits that overlap within a list, the one that explains most.

        A courtesy inside a forbidden phrase (等一下 in 急什么等一下) is none.

        Args:
            norm: the text.
            fits: what explains most first.
        """
        kept: list[Hit] = []
        excluded: list[Hit] = []
        taken = defaultdict[str, _Taken](lambda: _Taken(len(norm.text)))
        out = _Taken(len(norm.text))
        for fit in fits:
            own = taken[self._prepared[fit[0]].phrase.list]
            if own.touches(*fit[1:3]):
                continue
            hit = self._hit(norm, fit)
            reason = self._exclusions.reason(norm, hit)
            if reason is None:
                kept.append(hit)
                own.add(hit.span)
            elif not out.touches(*fit[1:3]):
                excluded.append(dataclasses.replace(hit, excluded=reason))
                out.add(hit.span)
        if any(hit.forbids for hit in kept):
            kept = self._settled(norm, kept)
        kept.sort(key=lambda h: (h.span.start, h.span.end))
        if not excluded:
            return tuple(kept)
        clean = _Taken(len(norm.text))
        for hit in kept:
            clean.add(hit.span)
        free = [hit for hit in excluded if not clean.touches(hit.span.start, hit.span.end)]
        return (*kept, *free)

    def _settled(self, norm: NormText, kept: list[Hit]) -> list[Hit]:
        """Return what is left where courtesies and forbidden phrases stand on the same words."""
        said = _Taken(len(norm.text))
        for hit in kept:
            if not hit.forbids and hit.cost == 0:
                said.add(hit.span)
        clean = [hit for hit in kept if not _misheard(hit, said)]
        blames = sorted((h.span.start, h.span.end) for h in clean if h.forbids and self.enough(h))
        starts = [start for start, _ in blames]
        # The farthest end of all that begin so early: what ends no later lies inside one of them.
        ends = [0, *itertools.accumulate((end for _, end in blames), max)]
        return [
            hit
            for hit in clean
            if hit.forbids or hit.span.end > ends[bisect.bisect_right(starts, hit.span.start)]
        ]

    def _hit(self, norm: NormText, fit: _Fit) -> Hit:
        number, start, end, cost, likeness = fit
        one = self._prepared[number]
        heard = norm.text[start:end]
        how = _how(one.form, heard, cost) if one.form.sanctioned else "wording"
        return Hit(one.phrase, one.form, Span(start, end), heard, cost, likeness, how)

    def needed(self, phrase: Phrase) -> float:
        """Return the confidence from which a phrase counts."""
        forbidden = phrase.polarity == "forbidden"
        usual = self._options.blame if forbidden else self._options.credit
        return max(usual, phrase.threshold or 0.0)

    def enough(self, hit: Hit) -> bool:
        """Tell whether the words alone are near enough to count."""
        return hit.likeness >= self.needed(hit.phrase) and not hit.brief


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


def _how(form: Form, heard: str, cost: float) -> How:
    if heard == form.text or (SLOT in form.text and cost < SAME_SOUND):
        return "exact"
    return (
        "phonetic"
        if len(heard) == len(form.text) and cost <= SAME_SOUND * form.literal + 1e-9
        else "fuzzy"
    )


def _misheard(hit: Hit, said: _Taken) -> bool:
    """Tell whether a forbidden phrase is only near to words that are a plain courtesy."""
    if not hit.forbids or hit.how == "exact" or not hit.cost:
        return False
    return said.touches(hit.span.start, hit.span.end)
