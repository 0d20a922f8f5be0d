"""Two voices, learnt from utterances that are each likely to be the one's or the other's."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from courtesy.dialogue.chain import Numbers
from courtesy.dialogue.speakers import LONG_ENOUGH, seconds, unit
from courtesy.records import Utterance

_LONGEST: Final = 4.0  # seconds; a longer utterance tells no more about a voice
# One voice differs from itself by so much, as if so many utterances had shown it. With less, chance
# cuts one voice in two.
_SPREAD: Final = 0.09
_SHOWN: Final = 2.0
_MOST_VOICE: Final = 4.0
# A third voice is by such a cosine less like both of the two than they are like themselves.
_THIRD: Final = 0.25


class TwoVoices:
    """The voices of one part of a recording."""

    def __init__(self, utterances: Sequence[Utterance]) -> None:
        self.there = np.array([bool(u.voice) for u in utterances])
        own = [u for u in utterances if u.voice]
        self.vectors = np.array([u.voice for u in own], np.float64)
        length = np.array([seconds(u) for u in own])
        self.weights = np.minimum(length, _LONGEST)
        self._trust = np.minimum(1.0, length / LONG_ENOUGH)

    def first_guess(self) -> Numbers:
        """Return two groups by voice alone: in which way the voices differ most.

        Returns:
            how likely each utterance is in the one group, 0 to 1, shape (n,).
        """
        away = self.vectors - np.average(self.vectors, axis=0, weights=self.weights)
        _, _, ways = np.linalg.svd(away * np.sqrt(self.weights)[:, None], full_matrices=False)
        along = away @ ways[0]
        guess = np.full(len(self.there), 0.5)
        guess[self.there] = 1 / (1 + np.exp(-3 * along / max(float(along.std()), 1e-9)))
        return guess

    def middles(self, clerk: Numbers) -> tuple[Numbers, Numbers]:
        """Return the clerk's voice and the customer's, by how likely each utterance is whose."""
        own = self.weights * clerk[self.there]
        return unit(own @ self.vectors), unit((self.weights - own) @ self.vectors)

    def compare(self, clerk: Numbers) -> tuple[Numbers, Numbers]:
        """Return how near each utterance's voice is to the clerk's and to the customer's.

        Its own share in either is left out, or every voice would be like itself.

        Returns:
            cosines, shape (n,) each.
        """
        share = self.weights * clerk[self.there]
        near = []
        for own in (share, self.weights - share):
            rest = own @ self.vectors - own[:, None] * self.vectors
            length = np.maximum(np.linalg.norm(rest, axis=1), 1e-9)
            near.append((rest * self.vectors).sum(axis=1) / length)
        return near[0], near[1]

    def evidence(self, clerk: Numbers) -> tuple[Numbers, float]:
        """Return what each voice tells when the voices are learnt from such roles.

        Args:
            clerk: how likely each utterance is the clerk's, 0 to 1.

        Returns:
            natural logarithms of likelihood ratios, one for each utterance, with or without a
            voice; and by how many times their spread the two voices are apart, 0 or more.
        """
        out = np.zeros(len(self.there))
        to_clerk, to_other = self.compare(clerk)
        place = to_clerk - to_other
        shares = (self.weights * clerk[self.there], self.weights * (1 - clerk[self.there]))
        if min(share.sum() for share in shares) < 1:
            return out, 0.0
        means = [float(share @ place / share.sum()) for share in shares]
        if means[0] <= means[1]:
            return out, 0.0
        spread = sum(
            share @ np.square(place - mean) for share, mean in zip(shares, means, strict=True)
        ) / float(self.weights.sum())
        count = len(place)
        spread = (_SHOWN * _SPREAD**2 + count * spread) / (_SHOWN + count)
        apart = means[0] - means[1]
        told = (place - sum(means) / 2) * apart / spread
        out[self.there] = np.clip(told * self._trust, -_MOST_VOICE, _MOST_VOICE)
        return out, apart / float(np.sqrt(spread))

    def strangers(self, clerk: Numbers) -> NDArray[np.bool_]:
        """Tell which voices are neither the clerk's nor the customer's, shape (n,)."""
        out = np.zeros(len(self.there), bool)
        near = np.maximum(*self.compare(clerk))
        out[self.there] = (near < float(np.median(near)) - _THIRD) & (self._trust >= 1)
        return out
