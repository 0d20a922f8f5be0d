"""Where the lexicon's phrases stand in texts, and how near they come; nothing is judged here.

Candidates are looked up by short pieces of the forms, then aligned with graded costs, all texts
together; what remains is looked at one by one, the best first.
"""

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from courtesy.config import MatchOptions
from courtesy.lexicon import SLOT, Form, Lexicon, Phrase
from courtesy.matching.align import Ints, Pattern, align, pattern
from courtesy.matching.candidates import Candidates, Index
from courtesy.matching.exclusions import Exclusions
from courtesy.matching.hits import Hit
from courtesy.matching.sounds import SAME_SOUND, Costs, CostTable
from courtesy.matching.wordings import by_word, other_wordings
from courtesy.records import How, NormText, Span
from courtesy.text.tokens import tokenizer

# A wording of ours, not of the sources, is worth a little less; each further word swapped, less.
_WORDING = 0.94
_SWAP = 0.02
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
        tokens = tokenizer(lexicon.words)
        self._exclusions = Exclusions(tokens)
        self._costs = CostTable()
        classes = by_word(lexicon.classes)
        self._prepared = [
            _Prepared(phrase, form, pattern(form, self._costs), _weight(phrase, form), _worth(form))
            for phrase in lexicon.phrases
            for form in (*phrase.forms, *other_wordings(phrase, classes, tokens))
        ]
        self._forbidden = np.array(
            [one.phrase.polarity == "forbidden" for one in self._prepared], bool
        )
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

    def _most(self, *, deep: bool) -> Costs:
        """Return for each form the highest cost at which it is kept, shape (forms,)."""
        polite = self._options.hint if deep else self._options.doubt
        forbidden = self._options.ask if deep else self._options.doubt
        kept = np.where(self._forbidden, forbidden, polite)
        worth = np.array([one.worth for one in self._prepared], np.float32)
        return ((1 - kept / worth) * self._weights + 1e-6).astype(np.float32)

    def _fit(
        self,
        places: Candidates,
        columns: Ints,
        begins: npt.NDArray[np.int64],
        most: Costs,
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
            reason = self._exclusions.reason(norm, hit)
            if reason is None:
                kept.append(hit)
            elif not any(hit.span.overlaps(other.span) for other in excluded):
                excluded.append(dataclasses.replace(hit, excluded=reason))
        said = [h for h in kept if not h.forbids and h.cost == 0]
        clean = [h for h in kept if not _misheard(h, said)]
        blames = [h for h in clean if h.forbids and self.enough(h)]
        clean = [h for h in clean if h in blames or not any(_inside(h, b) for b in blames)]
        clean.sort(key=lambda h: (h.span.start, h.span.end))
        free = [h for h in excluded if not any(h.span.overlaps(other.span) for other in clean)]
        return (*clean, *free)

    def _hits(self, norm: NormText, fits: list[tuple[int, Span, float]]) -> Iterator[Hit]:
        for number, span, cost in dict.fromkeys(fits):
            one = self._prepared[number]
            heard = norm.text[span.start : span.end]
            likeness = max(0.0, (1 - cost / one.weight) * one.worth)
            how = _how(one.form, heard, cost) if one.form.sanctioned else "wording"
            yield Hit(one.phrase, one.form, span, heard, cost, likeness, how)

    def needed(self, phrase: Phrase) -> float:
        """Return the confidence from which a phrase counts."""
        forbidden = phrase.polarity == "forbidden"
        return self._options.blame if forbidden else self._options.credit

    def enough(self, hit: Hit) -> bool:
        """Tell whether the words alone are near enough to count."""
        return hit.likeness >= self.needed(hit.phrase) and not hit.brief

    def _rank(self, hit: Hit) -> tuple[bool, float, int]:
        """Order hits: those near enough to count first, then by how much they explain."""
        return not self.enough(hit), -hit.likeness * len(hit.span), hit.span.start


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


def _misheard(hit: Hit, said: list[Hit]) -> bool:
    """Tell whether a forbidden phrase is only near to words that are a plain courtesy."""
    if not hit.forbids or hit.how == "exact" or not hit.cost:
        return False
    return any(hit.span.overlaps(courtesy.span) for courtesy in said)


def _inside(courtesy: Hit, blame: Hit) -> bool:
    """Tell whether a courtesy lies within a forbidden phrase."""
    inner, outer = courtesy.span, blame.span
    return not courtesy.forbids and outer.start <= inner.start and inner.end <= outer.end
