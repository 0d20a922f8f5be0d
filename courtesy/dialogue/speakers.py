"""Speakers of one channel: which utterances were said by the same voice.

Voices are unit vectors; how near two are is their cosine. Utterances are joined into groups, the
nearest two groups first, until the nearest two are too far apart to be one person. Short
utterances make poor vectors: they come last, to the group they are nearest to, or to none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from courtesy.records import Seconds, Utterance

# How much nearer the utterances of a group must be to each other than to the other group, as a
# share of the distance to the other (the silhouette, 0 to 1). Two synthetic speakers come to 0.44
# and more, one speaker cut in two to 0.39 and less.
APART = 0.42
# Padding of 0.2 s on either side included: a second of speech.
LONG_ENOUGH: Seconds = 1.4
# A voice must be heard this long to be a speaker of its own; less is a cough, a child's shout, or
# two people at once.
_SPEAKER: Seconds = 2.0
_MOST_GROUPS = 8  # among which two speakers and what is neither are looked for
_MOST = 400  # utterances grouped at once; time grows with the square


@dataclass(frozen=True, slots=True)
class Speaker:
    """One voice among others.

    Attributes:
        utterances: positions in what was grouped, in order.
        voice: the middle of their vectors, length 1.
        seconds: how long they are together.
    """

    utterances: tuple[int, ...]
    voice: NDArray[np.float64]
    seconds: Seconds


def tell_apart(utterances: Sequence[Utterance], apart: float = APART) -> tuple[Speaker, ...]:
    """Group utterances by voice.

    Args:
        utterances: of one part of a recording, in order of time; those without a voice are left
            out.
        apart: the least silhouette of speakers that are different people, 0 to 1.

    Returns:
        speakers, the one heard longest first; a single one where the voices do not fall into
        groups; none where no utterance has a voice.
    """
    usable = [i for i, u in enumerate(utterances) if u.voice and seconds(u) >= LONG_ENOUGH]
    usable = sorted(usable, key=lambda i: -seconds(utterances[i]))[:_MOST]
    if not usable:
        return ()
    vectors = np.array([utterances[i].voice for i in usable], np.float64)
    lengths = np.array([seconds(utterances[i]) for i in usable])
    groups = _apart(vectors @ vectors.T, lengths, list(range(len(usable))), apart)
    speakers = [_speaker([usable[k] for k in group], utterances) for group in groups]
    return tuple(sorted(speakers, key=lambda s: -s.seconds))


def seconds(utterance: Utterance) -> Seconds:
    """Return how long an utterance is; 0 without times."""
    if utterance.start is None or utterance.end is None:
        return 0.0
    return utterance.end - utterance.start


def unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a vector of length 1 in the same direction; zeros where there is none."""
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length if length > 1e-9 else np.zeros_like(vector))


def middle(vectors: Sequence[Sequence[float]], weights: Sequence[float]) -> NDArray[np.float64]:
    """Return the unit vector in the middle of some; zeros where they cancel out."""
    return unit(np.average(np.asarray(vectors, np.float64), axis=0, weights=weights))


def _speaker(group: Sequence[int], utterances: Sequence[Utterance]) -> Speaker:
    own = [utterances[i] for i in group]
    lengths = [seconds(u) for u in own]
    return Speaker(tuple(sorted(group)), middle([u.voice for u in own], lengths), sum(lengths))


def _apart(
    near: NDArray[np.float64], lengths: NDArray[np.float64], whole: list[int], apart: float
) -> list[list[int]]:
    """Divide a group into some that are clearly apart, and those again; else leave it whole.

    Args:
        near: nearness of each pair of utterances, shape (n, n).
        lengths: seconds of each, shape (n,).
        whole: positions.
        apart: the least silhouette.
    """
    best, found = apart, [whole]
    for cut in _cuts(near[np.ix_(whole, whole)]):
        groups = [[whole[k] for k in group] for group in cut]
        # Groups too small to be a speaker belong to nobody: a cough, two people at once.
        large = [group for group in groups if lengths[group].sum() >= _SPEAKER]
        if len(large) > 1:
            clear = _silhouette(near, large, lengths)
            if clear > best:
                best, found = clear, large
    if len(found) == 1:
        return found
    return [part for group in found for part in _apart(near, lengths, group, apart)]


def _cuts(near: NDArray[np.float64]) -> list[list[list[int]]]:
    """Join the nearest two groups again and again; their nearness is the mean over all pairs.

    Args:
        near: nearness of each pair, shape (n, n).

    Returns:
        the groups, as positions, before each of the last few times that two are joined.
    """
    groups = [[i] for i in range(len(near))]
    totals = near.copy()  # sums of nearness over the pairs of two groups
    np.fill_diagonal(totals, -np.inf)
    sizes = np.ones(len(near))
    cuts = []
    while len(groups) > 1:
        if len(groups) <= _MOST_GROUPS:
            cuts.append([list(group) for group in groups])
        means = totals / np.outer(sizes, sizes)
        one, other = sorted(int(k) for k in np.unravel_index(int(np.argmax(means)), means.shape))
        groups[one] += groups.pop(other)
        totals[one] += totals[other]
        totals[:, one] += totals[:, other]
        totals[one, one] = -np.inf
        totals = np.delete(np.delete(totals, other, 0), other, 1)
        sizes[one] += sizes[other]
        sizes = np.delete(sizes, other)
    return cuts


def _silhouette(
    near: NDArray[np.float64], groups: Sequence[Sequence[int]], lengths: NDArray[np.float64]
) -> float:
    """Return how clearly groups stand apart: 1 at most, 0 or less where they do not.

    Args:
        near: nearness of each pair, shape (n, n).
        groups: as positions.
        lengths: weights, shape (n,).
    """
    total = 0.0
    for group in groups:
        rivals = [g for g in groups if g is not group]
        for i in group:
            others = [k for k in group if k != i]
            if others:  # one utterance alone is near to nothing
                own = 1 - float(np.average(near[i, others], weights=lengths[others]))
                away = 1 - max(float(np.average(near[i, g], weights=lengths[g])) for g in rivals)
                total += float(lengths[i]) * (away - own) / max(own, away, 1e-9)
    return total / float(sum(lengths[group].sum() for group in groups))
