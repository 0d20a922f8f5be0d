"""Whether some clerks are judged worse than others: the same figures by what gold says of them.

A gold file may say who speaks (`speaker = {sex = "女", accent = "四川"}`). Each such group is held
against all clerks of whom something else is said there, so that no pair is picked for being the
farthest apart.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from courtesy.evaluation.intervals import ErrorRate, Share, drawn_rates, error_rate, percentiles
from courtesy.evaluation.outcome import Outcome

Interval = tuple[float, float]
# Higher is worse of the first two, better of the others.
FIGURES: Final = ("character_errors", "clerk_turns", "breach_found", "polite", "verdicts_right")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a group, beside the same of the rest.

    Attributes:
        own: of the group.
        rest: of those of whom something else is said.
        difference: own less rest, and what it may be off by, at 95 %; None where either has no
            case.
    """

    own: Share | ErrorRate
    rest: Share | ErrorRate
    difference: tuple[float, Interval] | None

    @property
    def differs(self) -> bool:
        """Whether the two differ for certain: the interval leaves out 0."""
        return self.difference is not None and not (
            self.difference[1][0] <= 0 <= self.difference[1][1]
        )


@dataclass(frozen=True, slots=True)
class Group:
    """Clerks of whom gold says the same.

    Attributes:
        trait: what is said of them: "sex", "accent" or whatever gold files call it.
        value: what they have in common there.
        dialogues: of theirs.
        figures: by the names in `FIGURES`.
    """

    trait: str
    value: str
    dialogues: int
    figures: Mapping[str, Figure]


def groups(outcomes: Sequence[Outcome], polite: Iterable[str]) -> tuple[Group, ...]:
    """Return every group that has others beside it, by trait and value.

    Args:
        outcomes: one a dialogue.
        polite: the lists of courtesies.
    """
    polite = list(polite)
    found = []
    for trait in sorted({name for one in outcomes for name in one.truth.gold.speaker}):
        told = [one for one in outcomes if trait in one.truth.gold.speaker]
        values = {one.truth.gold.speaker[trait] for one in told}
        for value in sorted(values) if len(values) > 1 else ():
            own = [one for one in told if one.truth.gold.speaker[trait] == value]
            rest = [one for one in told if one.truth.gold.speaker[trait] != value]
            found.append(Group(trait, value, len(own), _figures(own, rest, polite)))
    return tuple(found)


def _figures(
    own: Sequence[Outcome], rest: Sequence[Outcome], polite: Sequence[str]
) -> dict[str, Figure]:
    shares = [_shares(part, polite) for part in (own, rest)]
    found = {name: _of_shares(shares[0][name], shares[1][name]) for name in FIGURES[1:]}
    return {FIGURES[0]: _of_errors(_errors(own), _errors(rest)), **found}


def _errors(outcomes: Sequence[Outcome]) -> list[tuple[int, int]]:
    return [
        (e.wrong, e.length)
        for one in outcomes
        for e in one.errors
        if (e.unit, e.side) == ("characters", "clerk")
    ]


def _shares(outcomes: Sequence[Outcome], polite: Sequence[str]) -> dict[str, Share]:
    kinds = [turn.kind for one in outcomes for turn in one.turns]
    said = [one.tally(polite) for one in outcomes]
    right = sum(one.right for one in said)
    judged = [one for outcome in outcomes for one in outcome.judged]
    accused, found = kinds.count("accused"), kinds.count("found")
    return {
        "clerk_turns": Share(accused, accused + kinds.count("clear")),
        "breach_found": Share(found, found + kinds.count("missed")),
        "polite": Share(right, right + sum(one.missed for one in said)),
        "verdicts_right": Share(sum(one.right for one in judged), len(judged)),
    }


def _of_shares(own: Share, rest: Share) -> Figure:
    """Hold two shares against each other: Newcombe (1998), method 10."""
    if own.value is None or rest.value is None or not own.interval or not rest.interval:
        return Figure(own, rest, None)
    p, (low, high) = own.value, own.interval
    q, (least, most) = rest.value, rest.interval
    between = p - q - math.hypot(p - low, most - q), p - q + math.hypot(high - p, q - least)
    return Figure(own, rest, (p - q, between))


def _of_errors(own: list[tuple[int, int]], rest: list[tuple[int, int]]) -> Figure:
    """Hold two error rates against each other, their dialogues drawn again and again."""
    rates = error_rate(own), error_rate(rest)
    if rates[0].value is None or rates[1].value is None:
        return Figure(*rates, None)
    drawn = drawn_rates(own, 0) - drawn_rates(rest, 1)
    return Figure(*rates, (rates[0].value - rates[1].value, percentiles(drawn[~np.isnan(drawn)])))
