"""Where in a text a form may stand: found by short pieces of it, without looking at every form.

A form of n syllables in which k may be wrong, cut into k + 1 pieces, has at least one piece that is
whole (the pigeonhole principle; Navarro 2001, "A guided tour to approximate string matching").
Pieces are looked up in a table, so that the time hardly depends on how many forms there are.
Syllables that sound alike count as the same here, and hesitations are passed over.

Two neighbouring syllables stand nearly everywhere: of ten thousand phrases ten have a piece at any
character. So a place must pass two tests more. First, which of the form's other syllables stand
near, in any order: one operation on bits. Then rapidfuzz counts how many of its syllables stand
there in their order: the longest common subsequence.
"""

import functools
import itertools
import operator
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
Bits = npt.NDArray[np.uint64]

# Codes of syllables start above the one of the mark that stands between texts, which no text holds.
_BETWEEN = 1
_MARK = "\0"
# Syllables are packed into one integer, this many bits each; there are some 250 folded ones.
_BITS = 10
_LONGEST_PIECE = 6
# Sounds of hesitation, anywhere in a phrase or in what was said.
_HESITATION = dict.fromkeys(map(ord, "嗯啊呃哦噢喔唉哎诶欸呀哈"))
_SHORTEST_PIECE = 2
# Bits for the syllables before a piece, and as many for those behind it.
_BITS_A_SIDE = 32
# How far around a piece its form may reach; a form takes the first that is far enough. The last is
# for all that are longer, of which hardly any piece is met by chance.
_REACHES = (6, 8, 11, 16, 32, 128)
# How many bits are set in each number of sixteen bits. (NumPy counts them from version 2 on.)
_SET = np.array([number.bit_count() for number in range(1 << 16)], np.uint8)

# A piece's key, its form, its place in that, and as in `_Pieces` the others and the known.
_Entry = tuple[int, int, int, int, int]


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
        others: bits of the form's other syllables, before the piece and behind it; shape (p,).
        known: syllables for which there is no bit to look for: the piece's own and those that share
            a bit with another; shape (p,).
    """

    shape: tuple[int, ...]
    keys: Ints
    first: Ints
    form: Ints
    offset: Ints
    others: Bits
    known: Ints


class Index:
    """The forms of a lexicon made ready to be looked up."""

    def __init__(self, forms: Sequence[Form], *, deep: bool = False) -> None:
        """Cut the forms to pieces.

        Args:
            forms: numbered from 0.
            deep: find also what shares little more than two neighbouring syllables with a form.
        """
        self._codes = Codes()
        found: dict[tuple[int, ...], list[_Entry]] = {}
        before, behind, wrong, shared, coded = [], [], [], [], []
        for number, form in enumerate(forms):
            at, part = _longest_part(form)
            codes = self._codes.of(part.translate(_HESITATION) or part).tolist()
            coded.append(codes)
            errors = _errors(len(codes), deep=deep)
            before.append(form.text.count(SLOT, 0, at))
            behind.append(form.text.count(SLOT, at + len(part)))
            wrong.append(errors)
            shared.append(max(1, len(codes) - max(errors, 1 if len(codes) == 3 else 0)))
            for offset, shape, piece in _pieces(codes, errors, deep=deep):
                others, known = _others(codes, offset, shape, piece)
                entry = (_packed(piece), number, at + offset, others, known)
                found.setdefault(shape, []).append(entry)
        self._tables = [_table(shape, entries) for shape, entries in found.items()]
        slack = 2 + np.array(wrong, np.int64)
        self._shared = np.array(shared, np.int64)
        length = np.array([len(form.text) for form in forms], np.int64)
        self._before = slack + np.array(before, np.int64) * LONGEST_SLOT
        self._behind = length + slack + np.array(behind, np.int64) * LONGEST_SLOT
        reach = np.maximum(self._before, self._behind)
        self._reach = np.minimum(np.searchsorted(_REACHES, reach), len(_REACHES) - 1)
        self._coarse = list(map(_written, coded))

    def find(self, texts: Sequence[str]) -> Candidates:
        """Return where forms may stand in the texts, in order of texts and places."""
        fluent = [text.translate(_HESITATION) for text in texts]
        ends = np.array([len(text) for text in fluent], np.int64)
        # A mark stands before each text, and enough of them at the end for the longest piece.
        stream = self._codes.of(_MARK.join(["", *fluent]) + _MARK * (_LONGEST_PIECE + 1))
        starts = np.cumsum(np.append(0, ends[:-1] + 1)) + 1 if len(ends) else ends
        # The mark before a text belongs to it.
        text_at = np.repeat(np.arange(len(ends)), ends + 1)
        text_at = np.append(text_at, np.full(len(stream) - len(text_at), max(0, len(ends) - 1)))
        most = _held(ends)[text_at] if len(ends) else np.zeros(len(stream), np.int64)
        near = _near(stream)
        found = [self._look_up(table, stream, near, most) for table in self._tables]
        none = np.zeros(0, np.int64)
        form, piece, offset = (
            np.concatenate(column) for column in zip((none, none, none), *found, strict=True)
        )
        text = text_at[piece]
        place = piece - offset - starts[text]
        form, text, place = _merged(form, text, place)
        start = np.clip(place - self._before[form], 0, ends[text])
        end = np.clip(place + self._behind[form], start, ends[text])
        good = self._shares_enough(form, starts[text] + start, starts[text] + end, stream)
        places = Candidates(form[good], text[good], start[good], end[good])
        return _with_hesitation(places, texts, fluent)

    def _look_up(
        self, table: _Pieces, stream: Ints, near: Bits, most: Ints
    ) -> tuple[Ints, Ints, Ints]:
        """Return forms of which a piece stands in the stream, where, and where in the form.

        Args:
            table: the pieces.
            stream: codes of all texts, shape (n,).
            near: what stands around each character, shape (reaches, n).
            most: how many syllables of a form are enough for the text of each, shape (n,).
        """
        count = len(stream) - table.shape[-1]
        packed = np.zeros(count, np.int64)
        for at in table.shape:
            packed = packed << _BITS | stream[at : at + count]
        found = np.minimum(np.searchsorted(table.keys, packed), len(table.keys) - 1)
        piece = np.flatnonzero(table.keys[found] == packed)
        first, last = table.first[found[piece]], table.first[found[piece] + 1]
        number = last - first
        # Each place is repeated for every form of its key.
        entry = np.arange(number.sum()) + np.repeat(first - np.cumsum(number) + number, number)
        piece = np.repeat(piece, number)
        form = table.form[entry]
        around = near.ravel()[self._reach[form] * len(stream) + piece]
        there = _count(around & table.others[entry]) + table.known[entry]
        good = np.flatnonzero(there >= np.minimum(self._shared[form], most[piece]))
        return form[good], piece[good], table.offset[entry[good]]

    def _shares_enough(self, form: Ints, start: Ints, end: Ints, stream: Ints) -> Ints:
        """Return which stretches hold enough of their form's syllables, in their order."""
        written = _written(stream)
        shared = process.cpdist(
            list(map(self._coarse.__getitem__, form.tolist())),
            [written[a:b] for a, b in zip(start.tolist(), end.tolist(), strict=True)],
            scorer=LCSseq.similarity,
        )
        return np.flatnonzero(shared >= np.minimum(self._shared[form], _held(end - start)))


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


def _others(
    codes: Sequence[int], offset: int, shape: tuple[int, ...], piece: Sequence[int]
) -> tuple[int, int]:
    """Return bits of the syllables beside a piece, and how many of a form's have none there."""
    own = {offset + at for at, code in zip(shape, piece, strict=True) if code != _BETWEEN}
    before = [_bit(code) << _BITS_A_SIDE for code in codes[:offset]]
    behind = [_bit(codes[at]) for at in range(offset, len(codes)) if at not in own]
    bits = functools.reduce(operator.or_, before + behind, 0)
    return bits, len(codes) - bits.bit_count()


def _bit(code: int) -> int:
    return 1 << code % _BITS_A_SIDE


def _table(shape: tuple[int, ...], entries: list[_Entry]) -> _Pieces:
    entries.sort()
    key, form, offset, others, known = zip(*entries, strict=True)
    keys, first = np.unique(np.array(key, np.int64), return_index=True)
    return _Pieces(
        shape,
        keys,
        np.append(first, len(key)),
        np.array(form, np.int64),
        np.array(offset, np.int64),
        np.array(others, np.uint64),
        np.array(known, np.int64),
    )


def _near(stream: Ints) -> Bits:
    """Return bits of what stands near each character, for each of `_REACHES`.

    Returns:
        shape (reaches, n); the lower bits for what stands behind it, the upper for before.
    """
    bits = np.uint64(1) << (stream % _BITS_A_SIDE).astype(np.uint64)
    none = np.zeros(1, np.uint64)
    out = []
    for reach in _REACHES:
        behind = np.append(_any_of_next(bits, reach)[1:], none)
        before = np.append(none, _any_of_next(bits[::-1], reach)[:0:-1])
        out.append(before << np.uint64(_BITS_A_SIDE) | behind)
    return np.array(out)


def _any_of_next(bits: Bits, width: int) -> Bits:
    """Return for each element all bits of itself and those behind it, `width` of them, shape (n,).

    Each round doubles how many are taken together.
    """
    out, done = bits.copy(), 1
    while done < width:
        step = min(done, width - done)
        out[:-step] |= out[step:].copy()
        done += step
    return out


def _held(length: Ints) -> Ints:
    """Return how many of a form's syllables are enough in so short a text or stretch, shape (n,).

    It can hold no more than itself.
    """
    return (2 * length + 2) // 3


def _written(codes: npt.ArrayLike) -> str:
    """Write codes as characters, so that rapidfuzz compares whole syllables."""
    return np.asarray(codes, "<u4").tobytes().decode("utf-32-le")


def _count(bits: npt.NDArray[np.unsignedinteger]) -> Ints:
    """Return how many bits of each number are set, shape (n,)."""
    parts = bits.view(np.uint16).reshape(len(bits), bits.itemsize // 2)
    counts: Ints = np.sum([_SET[part] for part in parts.T], axis=0, dtype=np.int64)
    return counts


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
    pairs = zip(texts, fluent, strict=True)
    hesitant = np.array([len(text) != len(rest) for text, rest in pairs], bool)[found.text]
    for i in np.flatnonzero(hesitant).tolist():
        number = found.text[i]
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
