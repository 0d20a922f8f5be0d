"""Where interactions begin and end, held against gold: within five seconds, or not found."""

import itertools
from collections.abc import Iterable, Sequence
from typing import Final, Literal

from courtesy.evaluation.gold import Gold
from courtesy.evaluation.measure import Tally
from courtesy.records import Recording, Seconds

WITHIN: Final = 5.0
Edge = tuple[Literal["start", "end"], Seconds]


def boundaries(gold: Gold, recording: Recording) -> Tally:
    """Count the starts and ends of interactions that were found, made up and missed.

    A start is found by a start and an end by an end, each by one only. Where the first interaction
    of the recording starts and the last one ends needs no finding, so it is not counted when found;
    talk that belongs to no customer has no boundaries of its own.
    """
    there = list(_edges((e.start, e.end) for e in gold.encounters))
    spans = [
        (card.interaction.start, card.interaction.end)
        for card in recording.scorecards
        if not card.interaction.aside
    ]
    given = list(_edges((a, b) for a, b in spans if a is not None and b is not None))
    free = {
        min((e for e in there if e[0] == "start"), key=lambda e: e[1], default=None),
        max((e for e in there if e[0] == "end"), key=lambda e: e[1], default=None),
    }
    pairs = _pairs(there, given)
    found = {there[t] for t, _ in pairs}
    return Tally(
        right=sum(edge in found and edge not in free for edge in there),
        wrong=len(given) - len(pairs),
        missed=sum(edge not in found and edge not in free for edge in there),
    )


def _edges(spans: Iterable[tuple[Seconds, Seconds]]) -> Iterable[Edge]:
    for start, end in spans:
        yield "start", start
        yield "end", end


def _pairs(there: Sequence[Edge], given: Sequence[Edge]) -> list[tuple[int, int]]:
    """Pair edges of one kind, nearest first, each once at most."""
    near = sorted(
        (abs(one[1] - other[1]), t, g)
        for (t, one), (g, other) in itertools.product(enumerate(there), enumerate(given))
        if one[0] == other[0] and abs(one[1] - other[1]) <= WITHIN
    )
    pairs: list[tuple[int, int]] = []
    taken: set[tuple[str, int]] = set()
    for _, t, g in near:
        if not taken & {("there", t), ("given", g)}:
            taken |= {("there", t), ("given", g)}
            pairs.append((t, g))
    return pairs
