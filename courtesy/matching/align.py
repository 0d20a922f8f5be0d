"""Phrases laid against stretches of text: where each fits best, and at what cost.

A semi-global alignment (Sellers 1980): the phrase must be used up, the text may begin and end
anywhere. No library at hand takes graded costs for substitutions, which is the whole point here.
Many pairs are aligned together, so that each step is one operation on arrays. All costs are
multiples of 1/256, so that sums are exact and ties fall the same way whatever the order.

Inside, a cost and where its alignment starts are one whole number: the cost, in 1/256, in the upper
bits, the start in the lower. So the least of several numbers brings its start along, and ties are
broken by what stands in the bits between.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from courtesy.lexicon import SLOT, Form
from courtesy.matching.sounds import Costs, CostTable, left_out
from courtesy.text.syllables import toned

Ints = npt.NDArray[np.int32]
Cells = npt.NDArray[np.int64]

# A character inside a slot costs next to nothing, so that the shortest reading wins.
IN_SLOT = 1 / 128
# Longest text a slot takes: 不动产登记交易服务大厅 has eleven characters.
LONGEST_SLOT = 14
# Rows of a pattern that are no character of the phrase.
_SLOT_ROW = -1
_NO_ROW = -2
# Dearer than any alignment, and exact.
_BEYOND = 4096.0
# One stretch of text may hold a phrase several times: 再见再见.
_MOST_PLACES = 3
# The bits of a cell: 16 for the start, 16 to break ties, the rest for the cost.
_COST = 1 << 32
_UNIT = 256 * _COST
_LEFT_OUT = 1 << 16
_COLUMN = 1 << 17
_START = (1 << 16) - 1
_KEPT = ~(_COST - 1) | _START
_MOST_CELL = int(_BEYOND) * _UNIT


@dataclass(frozen=True, slots=True)
class Patterns:
    """Forms made ready to be aligned.

    Attributes:
        rows: for each character its row in the cost table, or the mark of a slot; another mark
            behind the end of a shorter form; shape (forms, n).
        dropped: what leaving it out costs; shape (forms, n).
        lengths: shape (forms,).
    """

    rows: Ints
    dropped: Costs
    lengths: Ints

    def of(self, numbers: npt.NDArray[np.int64]) -> "Patterns":
        """Return some of the forms, no wider than the longest of them."""
        lengths = self.lengths[numbers]
        most = int(lengths.max(initial=0))
        return Patterns(self.rows[numbers, :most], self.dropped[numbers, :most], lengths)


@dataclass(frozen=True, slots=True)
class Places:
    """Where patterns fit, one entry a place.

    Attributes:
        pair: which of the given pairs, shape (k,).
        start: first character in the pair's stretch, shape (k,).
        end: one past the last, shape (k,).
        cost: shape (k,); 0 when it is the form itself.
    """

    pair: Ints
    start: Ints
    end: Ints
    cost: Costs


def patterns(forms: Sequence[Form], table: CostTable) -> Patterns:
    """Return forms as rows of the cost table."""
    lengths = np.array([len(form.text) for form in forms], np.int32)
    rows = np.full((len(forms), lengths.max(initial=0)), _NO_ROW, np.int32)
    dropped = np.zeros(rows.shape, np.float32)
    for i, form in enumerate(forms):
        rows[i, : len(form.text)] = [
            _SLOT_ROW if char == SLOT else table.row(char, sound)
            for char, sound in zip(form.text, sounds_of(form), strict=True)
        ]
        dropped[i, : len(form.text)] = [0.0 if c == SLOT else left_out(c) for c in form.text]
    return Patterns(rows, dropped, lengths)


def sounds_of(form: Form) -> tuple[str, ...]:
    """Return the form's syllables with their tones; a slot is `SLOT`."""
    out: list[str] = []
    for i, part in enumerate(form.text.split(SLOT)):
        out += ([SLOT] if i else []) + list(toned(part))
    return tuple(out)


def align(
    patterns: Patterns,
    stretches: Ints,
    most: Costs,
    substitutions: Costs,
    additions: Costs,
) -> Places:
    """Lay each pattern against its stretch of text.

    Args:
        patterns: one a pair, b of them, of about the same length.
        stretches: columns of the cost table, shape (b, width); -1 behind the end of a text.
        most: highest cost that is still a fit, shape (b,).
        substitutions: the cost table.
        additions: what each column costs where the phrase has none.

    Returns:
        the places that cost no more, for each pair the best first and none of them overlapping.
    """
    # One row a character of text: pairs lie side by side, and each operation goes over all of them.
    # What stands behind the end of a text is aligned too, and thrown away at the end: nothing flows
    # back from there.
    heard = np.ascontiguousarray(np.maximum(stretches, 0).T, np.int64)
    column = np.arange(len(heard) + 1, dtype=np.int64)[:, None]
    paid = np.zeros((len(heard) + 1, heard.shape[1]), np.int64)
    np.cumsum(_cells(additions)[heard], axis=0, out=paid[1:])
    # Of equal ways the one from the last column wins, which adds the least.
    lift = (len(heard) - column) * _COLUMN - paid
    dropped = _cells(patterns.dropped) + _LEFT_OUT
    costs = np.broadcast_to(column, paid.shape).copy()
    for i in range(patterns.rows.shape[1]):
        row = patterns.rows[:, i]
        swap = _cells(substitutions[np.maximum(row, 0), heard])
        fresh = _step(costs, swap, dropped[:, i], lift, paid)
        costs = fresh if (row >= 0).all() else np.where(row >= 0, fresh, costs)
        slots = np.flatnonzero(row == _SLOT_ROW)
        if len(slots):
            costs[:, slots] = _spread(costs[:, slots])
    # Only pairs that fit somewhere are looked at further.
    ends = np.where((costs & _START) < column, costs, _MOST_CELL)
    ends[1:][stretches.T < 0] = _MOST_CELL
    fits = np.flatnonzero(ends.min(axis=0) // _COST <= most * 256)
    ends = ends[:, fits].T
    found = _places(
        (ends // _COST / 256).astype(np.float32), (ends & _START).astype(np.int32), most[fits]
    )
    return Places(fits[found.pair].astype(np.int32), found.start, found.end, found.cost)


def _cells(costs: Costs) -> Cells:
    """Return costs as they are added to cells, same shape."""
    return (costs * np.float64(_UNIT)).astype(np.int64)


def _step(costs: Cells, swap: Cells, dropped: Cells, lift: Cells, paid: Cells) -> Cells:
    """Take one character of the phrase: swapped, left out, or with text added behind it.

    Args:
        costs: of the phrase so far, ending before each column; shape (width + 1, b).
        swap: of the character for each of the text; shape (width, b).
        dropped: of leaving it out, which loses a tie; shape (b,).
        lift: `paid` taken off, and a column's rank in ties; shape (width + 1, b).
        paid: of adding all text up to each column; shape (width + 1, b).
    """
    best = costs + dropped
    np.minimum(best[1:], costs[:-1] + swap, out=best[1:])
    # Adding characters from column k to j costs paid[j] - paid[k]: a running minimum of best - paid
    # finds the cheapest k.
    best += lift
    np.minimum.accumulate(best, axis=0, out=best)
    best += paid
    best &= _KEPT
    return best


def _spread(costs: Cells) -> Cells:
    """Let a slot take characters after each end, shape (width + 1, slots)."""
    run = np.zeros(costs.shape[1], np.int64)
    through_slot = int(IN_SLOT * _UNIT)
    for j in range(1, len(costs)):
        through = costs[j - 1] + through_slot
        # A slot before anything has matched would only stretch the match to the left.
        takes = (
            ((costs[j - 1] & _START) < j - 1)
            & (run < LONGEST_SLOT)
            & (through // _COST < costs[j] // _COST)
        )
        costs[j] = np.where(takes, through, costs[j])
        run = np.where(takes, run + 1, 0)
    return costs


def _places(costs: Costs, starts: Ints, most: Costs) -> Places:
    """Return where pairs fit: costs of ending before each column and where that starts, (b, n)."""
    column = np.arange(costs.shape[1], dtype=np.int32)
    open_ends = costs
    pairs, begins, ends, prices = [], [], [], []
    left = np.arange(len(costs), dtype=np.int32)
    for _ in range(_MOST_PLACES):
        end = np.argmin(open_ends, axis=1).astype(np.int32)
        here = np.arange(len(left))
        cost, start = open_ends[here, end], starts[left, end]
        good = cost <= most[left]
        left, end, start, cost, open_ends = (
            left[good], end[good], start[good], cost[good], open_ends[good],
        )  # fmt: skip
        if not len(left):
            break
        pairs.append(left)
        begins.append(start)
        ends.append(end)
        prices.append(cost)
        overlap = (starts[left] < end[:, None]) & (column > start[:, None])
        open_ends = np.where(overlap, _BEYOND, open_ends)
    if not pairs:
        none = np.zeros(0, np.int32)
        return Places(none, none, none, np.zeros(0, np.float32))
    return Places(
        np.concatenate(pairs), np.concatenate(begins), np.concatenate(ends), np.concatenate(prices)
    )
