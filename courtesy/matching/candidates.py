"""Where in a text a form may stand: found by short pieces of it, without looking at every form.

A form of n syllables in which k may be wrong, cut into k + 1 pieces, has at least one piece that is
whole (the pigeonhole principle; Navarro 2001, "A guided tour to approximate string matching").
Pieces are looked up in a table, so that the time hardly depends on how many forms there are.
Syllables that sound alike count as the same here, and hesitations are passed over; rapidfuzz then
counts how many of the form's syllables each place holds in their order.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import LCSseq

from courtesy.lexicon import SLOT, Form
from courtesy.matching.align import LONGEST_SLOT
from courtesy.matching.sounds import CODE_POINTS, code_points, folded
from courtesy.text.syllables import readings, toneless

Ints = npt.NDArray[np.int64]

# Codes of syllables start above the one of the mark that stands between texts, which no text holds.
_BETWEEN = 1
_MARK = "\0"
# Syllables are packed into one integer, this many bits each; there are some 250 folded ones.
_BITS = 10
_LONGEST_PIECE = 6
# Sounds of hesitation, anywhere in a phrase or in what was said.
_HESITATION = dict.fromkeys(map(ord, "嗯啊呃哦噢喔唉哎诶欸呀哈"))
_SHORTEST_PIECE = 2


@dataclass(frozen=True, slots=True)
class Candidates:
    """Places to look at closely, one entry a place.

    Attributes:
        form: number of the form, shape (k,).
        text: number of the text, shape (k,).
        start: first character of the stretch to look at, shape (k,).
        end: one past its last, shape (k,).
    """

    form: Ints
    text: Ints
    start: Ints
    end: Ints


class Codes:
    """One small number for all syllables that sound alike; letters have numbers of their own."""

    def __init__(self) -> None:
        self._by_sound: dict[str, int] = {}
        self._table = np.zeros(CODE_POINTS, np.uint16)
        self._table[ord(_MARK)] = _BETWEEN

    def of(self, text: str) -> Ints:
        """Return the code of each character by its commonest reading, shape (n,)."""
        points = code_points(text)
        codes = self._table[points]
        if not codes.all():
            for point in np.unique(points[codes == 0]).tolist():
                self._table[point] = self._new(chr(point))
            codes = self._table[points]
        return codes.astype(np.int64)

    def _new(self, char: str) -> int:
        found = readings(char)
        sound = folded(toneless(found[0])) if found else char
        # Beyond the syllables there is room for the letters and digits; the rest share.
        most = (1 << _BITS) - 1
        return min(self._by_sound.setdefault(sound, len(self._by_sound) + 2), most)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Pieces of one shape, by their codes.

    Attributes:
        shape: which syllables of a stretch make the piece, for example (0, 1) or (0, 2).
        keys: packed codes, sorted, no two alike; shape (m,).
        first: where the forms of each key begin in the arrays below; shape (m + 1,).
        form: number of the form; shape (p,).
        offset: where the piece stands in the form; shape (p,).
    """

    shape: tuple[int, ...]
    keys: Ints
    first: Ints
    form: Ints
    offset: Ints


class Index:
    """The forms of a lexicon made ready to be looked up."""

    def __init__(self, forms: Sequence[Form], *, deep: bool = False) -> None:
        """Cut the forms to pieces.

        Args:
            forms: numbered from 0.
            deep: find also what shares little more than two neighbouring syllables with a form.
        """
        self._codes = Codes()
        self._coarse: list[str] = []
        found: dict[tuple[int, ...], list[tuple[int, int, int]]] = {}
        before, behind, wrong, shared = [], [], [], []
        for number, form in enumerate(forms):
            at, part = _longest_part(form)
            codes = self._codes.of(part.translate(_HESITATION) or part).tolist()
            self._coarse.append(_written(codes))
            errors = _errors(len(codes), deep=deep)
            before.append(form.text.count(SLOT, 0, at))
            behind.append(form.text.count(SLOT, at + len(part)))
            wrong.append(errors)
            shared.append(max(1, len(codes) - max(errors, 1 if len(codes) == 3 else 0)))
            for offset, shape, piece in _pieces(codes, errors, deep=deep):
                found.setdefault(shape, []).append((_packed(piece), number, at + offset))
        self._tables = [_table(shape, entries) for shape, entries in found.items()]
        slack = 2 + np.array(wrong, np.int64)
        self._shared = np.array(shared, np.int64)
        length = np.array([len(form.text) for form in forms], np.int64)
        self._before = slack + np.array(before, np.int64) * LONGEST_SLOT
        self._behind = length + slack + np.array(behind, np.int64) * LONGEST_SLOT

    def find(self, texts: Sequence[str]) -> Candidates:
        """Return where forms may stand in the texts, in order of texts and places."""
        fluent = [text.translate(_HESITATION) for text in texts]
        ends = np.array([len(text) for text in fluent], np.int64)
        # A mark stands before each text, and enough of them at the end for the longest piece.
        stream = self._codes.of(_MARK.join(["", *fluent]) + _MARK * (_LONGEST_PIECE + 1))
        starts = np.cumsum(np.append(0, ends[:-1] + 1)) + 1 if len(ends) else ends
        found = [_look_up(table, stream) for table in self._tables]
        none = np.zeros(0, np.int64)
        form, piece, offset = (
            np.concatenate(column) for column in zip((none, none, none), *found, strict=True)
        )
        # The mark before a text belongs to it.
        text = np.searchsorted(starts, piece + 1, side="right") - 1
        text = np.clip(text, 0, max(0, len(texts) - 1))
        place = piece - offset - starts[text]
        form, text, place = _merged(form, text, place)
        start = np.clip(place - self._before[form], 0, ends[text])
        end = np.clip(place + self._behind[form], start, ends[text])
        good = self._shares_enough(form, starts[text] + start, starts[text] + end, stream)
        places = Candidates(form[good], text[good], start[good], end[good])
        return _with_hesitation(places, texts, fluent)

    def _shares_enough(self, form: Ints, start: Ints, end: Ints, stream: Ints) -> Ints:
        """Return which stretches hold enough of their form's syllables, in their order."""
        written = _written(stream)
        shared = process.cpdist(
            list(map(self._coarse.__getitem__, form.tolist())),
            [written[a:b] for a, b in zip(start.tolist(), end.tolist(), strict=True)],
            scorer=LCSseq.similarity,
        )
        # A text shorter than the form can hold no more than itself.
        enough = np.minimum(self._shared[form], (2 * (end - start) + 2) // 3)
        return np.flatnonzero(shared >= enough)


def _errors(length: int, *, deep: bool) -> int:
    """Return how many syllables of a form may be wrong."""
    if deep:
        return length * 2 // 5
    return 0 if length <= 3 else length // 3


def _pieces(
    codes: Sequence[int], errors: int, *, deep: bool
) -> Iterable[tuple[int, tuple[int, ...], list[int]]]:
    """Yield pieces of a form, one of which is whole where no more than `errors` are wrong.

    Yields:
        where the piece stands in the form, its shape, and its codes.
    """
    size = len(codes)
    if 3 < size < 6 or (deep and size == 3):
        # Too short to cut: two syllables side by side, or one apart too.
        for gap in (1, 2) if deep else (1,):
            for at in range(size - gap):
                yield at, (0, gap), [codes[at], codes[at + gap]]
        return
    if size == 3:
        # One may be lost where the text itself begins or ends.
        yield 0, (0, 1, 2), [codes[0], codes[1], _BETWEEN]
        yield 0, (0, 1, 2), [_BETWEEN, codes[1], codes[2]]
    count = max(1, min(errors + 1, size // _SHORTEST_PIECE))
    edges = [size * i // count for i in range(count + 1)]
    for start, end in itertools.pairwise(edges):
        piece = list(codes[start : min(end, start + _LONGEST_PIECE)])
        if piece:
            yield start, tuple(range(len(piece))), piece


def _packed(codes: Iterable[int]) -> int:
    key = 0
    for code in codes:
        key = key << _BITS | code
    return key


def _table(shape: tuple[int, ...], entries: list[tuple[int, int, int]]) -> _Pieces:
    entries.sort()
    key, form, offset = (np.array(column, np.int64) for column in zip(*entries, strict=True))
    keys, first = np.unique(key, return_index=True)
    return _Pieces(shape, keys, np.append(first, len(key)), form, offset)


def _look_up(table: _Pieces, stream: Ints) -> tuple[Ints, Ints, Ints]:
    """Return each form of which a piece stands in the stream, where, and where in the form."""
    count = len(stream) - table.shape[-1]
    packed = np.zeros(count, np.int64)
    for at in table.shape:
        packed = packed << _BITS | stream[at : at + count]
    found = np.minimum(np.searchsorted(table.keys, packed), len(table.keys) - 1)
    place = np.flatnonzero(table.keys[found] == packed)
    first, last = table.first[found[place]], table.first[found[place] + 1]
    number = last - first
    # Each place is repeated for every form of its key.
    entry = np.arange(number.sum()) + np.repeat(first - np.cumsum(number) + number, number)
    return table.form[entry], np.repeat(place, number), table.offset[entry]


def _merged(form: Ints, text: Ints, place: Ints) -> tuple[Ints, Ints, Ints]:
    """Return each form once where several of its pieces ask for nearly the same place."""
    if not len(form):
        return form, text, place
    near = place // 3
    near -= near.min()
    # One number for all three, which sorts much faster than three columns.
    key = (text * (form.max() + 1) + form) * (near.max() + 1) + near
    _, first = np.unique(key, return_index=True)
    return form[first], text[first], place[first]


def _with_hesitation(found: Candidates, texts: Sequence[str], fluent: Sequence[str]) -> Candidates:
    """Return the same places in texts that still hold their hesitations, those at the edges too."""
    start, end = found.start.copy(), found.end.copy()
    kept: dict[int, list[int]] = {}
    for i, number in enumerate(found.text.tolist()):
        if len(texts[number]) == len(fluent[number]):
            continue
        if number not in kept:
            chars = enumerate(texts[number])
            fluently = [at for at, char in chars if ord(char) not in _HESITATION]
            kept[number] = [-1, *fluently, len(texts[number])]
        own = kept[number]
        start[i], end[i] = own[start[i]] + 1, own[end[i] + 1]
    return Candidates(found.form, found.text, start, end)


def _longest_part(form: Form) -> tuple[int, str]:
    """Return the longest stretch without a slot, and where it begins in the form."""
    at, best = 0, (0, "")
    for part in form.text.split(SLOT):
        if len(part) > len(best[1]):
            best = at, part
        at += len(part) + 1
    return best


def _written(codes: npt.ArrayLike) -> str:
    """Write codes as characters, so that rapidfuzz compares whole syllables."""
    return np.asarray(codes, "<u4").tobytes().decode("utf-32-le")
