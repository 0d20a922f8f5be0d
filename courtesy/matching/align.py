"""Phrases laid against stretches of text: where each fits best, and at what cost.

A semi-global alignment (Sellers 1980): the phrase must be used up, the text may begin and end
anywhere. No library at hand takes graded costs for substitutions, which is the whole point here.
Many pairs are aligned together, so that each step is one operation on arrays. All costs are
multiples of 1/256, so that sums are exact and ties fall the same way whatever the order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from courtesy.lexicon import SLOT, Form
from courtesy.matching.sounds import Costs, CostTable, left_out
from courtesy.text.syllables import toned

Ints = npt.NDArray[np.int32]

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


@dataclass(frozen=True, slots=True)
class Pattern:
    """A form made ready to be aligned.

    Attributes:
        rows: for each character its row in the cost table, or the mark of a slot; shape (n,).
        dropped: what leaving it out costs; shape (n,).
    """

    rows: Ints
    dropped: Costs


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


def pattern(form: Form, table: CostTable) -> Pattern:
    """Return a form as rows of the cost table."""
    rows = [
        _SLOT_ROW if char == SLOT else table.row(char, sound)
        for char, sound in zip(form.text, sounds_of(form), strict=True)
    ]
    dropped = [0.0 if char == SLOT else left_out(char) for char in form.text]
    return Pattern(np.array(rows, np.int32), np.array(dropped, np.float32))


def sounds_of(form: Form) -> tuple[str, ...]:
    """Return the form's syllables with their tones; a slot is `SLOT`."""
    out: list[str] = []
    for i, part in enumerate(form.text.split(SLOT)):
        out += ([SLOT] if i else []) + list(toned(part))
    return tuple(out)


def align(
    patterns: Sequence[Pattern],
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
    length = max(len(p.rows) for p in patterns)
    rows = np.full((len(patterns), length), _NO_ROW, np.int32)
    dropped = np.zeros((len(patterns), length), np.float32)
    for i, one in enumerate(patterns):
        rows[i, : len(one.rows)] = one.rows
        dropped[i, : len(one.rows)] = one.dropped
    outside = stretches < 0
    added = np.where(outside, _BEYOND, additions[np.maximum(stretches, 0)])
    paid = np.zeros((len(patterns), stretches.shape[1] + 1), np.float32)
    np.cumsum(added, axis=1, out=paid[:, 1:])
    costs = np.zeros_like(paid)
    starts = np.broadcast_to(np.arange(paid.shape[1], dtype=np.int32), paid.shape).copy()
    for i in range(length):
        row = rows[:, i]
        swap = substitutions[np.maximum(row, 0)[:, None], np.maximum(stretches, 0)]
        swap[outside] = _BEYOND
        new_costs, new_starts = _step(costs, starts, swap, dropped[:, i, None], paid)
        live = (row >= 0)[:, None]
        costs, starts = np.where(live, new_costs, costs), np.where(live, new_starts, starts)
        slots = np.flatnonzero(row == _SLOT_ROW)
        if len(slots):
            costs[slots], starts[slots] = _spread(costs[slots], starts[slots], outside[slots])
    return _places(costs, starts, most)


def _step(
    costs: Costs, starts: Ints, swap: Costs, dropped: Costs, paid: Costs
) -> tuple[Costs, Ints]:
    """Take one character of the phrase: swapped, left out, or with text added behind it."""
    step, without = costs[:, :-1] + swap, costs[:, 1:] + dropped
    best = np.concatenate([costs[:, :1] + dropped, np.minimum(step, without)], axis=1)
    source = np.concatenate(
        [starts[:, :1], np.where(step <= without, starts[:, :-1], starts[:, 1:])], axis=1
    )
    # Adding characters from column k to j costs paid[j] - paid[k]: a running minimum of best - paid
    # finds the cheapest k, and the last of those that are equal, which adds the least.
    lifted = best - paid
    running = np.minimum.accumulate(lifted, axis=1)
    column = np.arange(paid.shape[1], dtype=np.int32)
    last = np.maximum.accumulate(np.where(lifted <= running, column, 0), axis=1)
    return running + paid, np.take_along_axis(source, last, axis=1)


def _spread(costs: Costs, starts: Ints, outside: npt.NDArray[np.bool_]) -> tuple[Costs, Ints]:
    """Let a slot take characters after each end."""
    run = np.zeros_like(starts)
    for j in range(1, costs.shape[1]):
        through = costs[:, j - 1] + IN_SLOT
        # A slot before anything has matched would only stretch the match to the left.
        takes = (
            (starts[:, j - 1] < j - 1)
            & (run[:, j - 1] < LONGEST_SLOT)
            & (through < costs[:, j])
            & ~outside[:, j - 1]
        )
        costs[:, j] = np.where(takes, through, costs[:, j])
        starts[:, j] = np.where(takes, starts[:, j - 1], starts[:, j])
        run[:, j] = np.where(takes, run[:, j - 1] + 1, 0)
    return costs, starts


def _places(costs: Costs, starts: Ints, most: Costs) -> Places:
    column = np.arange(costs.shape[1], dtype=np.int32)
    open_ends = np.where(starts < column, costs, _BEYOND)
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
