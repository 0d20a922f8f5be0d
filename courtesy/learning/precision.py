"""How often a phrase was found rightly, as people decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from courtesy.evaluation.intervals import Share

# With fewer decisions the 95 % interval may be wider than half of all there is (at 11 decisions 51
# points, at 12 49), and nothing is proposed on what could as well be the opposite.
FEWEST: Final = 12


@dataclass(frozen=True, slots=True)
class Precision:
    """What people decided about a phrase.

    Attributes:
        phrase: its id.
        confirmed: how many flags of it stand.
        rejected: how many do not.
    """

    phrase: str
    confirmed: int
    rejected: int

    @property
    def decided(self) -> int:
        """How many were decided either way."""
        return self.confirmed + self.rejected

    @property
    def share(self) -> Share:
        """Confirmed of all that were decided, with Wilson's interval."""
        return Share(self.confirmed, self.decided)

    @property
    def few(self) -> bool:
        """Whether they are too few to say anything."""
        return self.decided < FEWEST


def worst_first(found: Iterable[Precision]) -> list[Precision]:
    """Order phrases by what is certain about them; those of which too little is known come last.

    One rejection of one is less bad than ten of twenty, so the upper end of the interval counts.
    """
    return sorted(found, key=lambda one: (one.few, _upper(one), -one.rejected, one.phrase))


def _upper(one: Precision) -> float:
    interval = one.share.interval
    return interval[1] if interval else 1.0
