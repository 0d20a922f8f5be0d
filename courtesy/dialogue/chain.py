"""Who speaks, utterance after utterance: a chain of two states, the clerk and the customer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Told:
    """What a chain tells.

    Attributes:
        clerk: how likely the clerk says each utterance, 0 to 1, shape (n,).
        turns: how likely the speaker changes before each but the first, 0 to 1, shape (n - 1,).
        total: natural logarithm of how likely everything together is.
    """

    clerk: Numbers
    turns: Numbers
    total: float


def tell(evidence: Sequence[float] | Numbers, changes: Sequence[float] | Numbers) -> Told:
    """Join what each utterance tells by itself with who speaks before and after it.

    Args:
        evidence: of each utterance, the natural logarithm of how much likelier it is the clerk's
            than the customer's, shape (n,); n is 1 at least.
        changes: how likely the speaker changes before each but the first, 0 to 1, exclusive, shape
            (n - 1,).

    >>> told = tell([3.0, 0.0, 0.0], [0.9, 0.9])
    >>> told.clerk.round(2).tolist(), told.turns.round(2).tolist()
    ([0.95, 0.14, 0.79], [0.9, 0.9])
    """
    own = np.asarray(evidence, np.float64)
    change = np.asarray(changes, np.float64)
    # Columns: clerk, customer. Half of the evidence speaks for the one, half against the other, so
    # that evidence of either sign weighs the same in the total.
    states = np.stack([own / 2, -own / 2], axis=1)
    stay, go = np.log1p(-change), np.log(change)
    ahead = np.empty_like(states)
    ahead[0] = states[0] + np.log(0.5)
    for i in range(1, len(states)):
        ahead[i] = states[i] + _onward(ahead[i - 1], stay[i - 1], go[i - 1])
    back = np.zeros_like(states)
    for i in range(len(states) - 2, -1, -1):
        back[i] = _onward(back[i + 1] + states[i + 1], stay[i], go[i])
    total = float(np.logaddexp(*ahead[-1]))
    clerk = np.exp(ahead[:, 0] + back[:, 0] - total)
    after = states[1:] + back[1:]
    crossed = np.logaddexp(ahead[:-1, 0] + after[:, 1], ahead[:-1, 1] + after[:, 0])
    return Told(clerk, np.exp(crossed + go - total), total)


def _onward(state: Numbers, stay: float, go: float) -> Numbers:
    """Return what two states make of the next ones."""
    return np.asarray(np.logaddexp(state + stay, state[::-1] + go))
