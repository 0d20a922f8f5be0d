"""Whether roles are right, by time: the right one, the wrong one, or none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from courtesy.evaluation.claims import turn_of
from courtesy.evaluation.gold import Turn
from courtesy.records import Seconds, Utterance


@dataclass(frozen=True, slots=True)
class RoleTime:
    """How long was spoken in roles that are right, wrong or open.

    Attributes:
        right: seconds of utterances with the role of the turn they share most time with.
        wrong: with another: the clerk taken for a customer, or the other way round.
        unknown: without a role.
    """

    right: Seconds = 0.0
    wrong: Seconds = 0.0
    unknown: Seconds = 0.0

    def __add__(self, other: "RoleTime") -> "RoleTime":
        """Add two."""
        return RoleTime(
            self.right + other.right, self.wrong + other.wrong, self.unknown + other.unknown
        )

    @property
    def shares(self) -> tuple[float, float, float] | None:
        """Shares right, wrong and unknown, 0 to 1; None where nobody spoke."""
        whole = self.right + self.wrong + self.unknown
        return (self.right / whole, self.wrong / whole, self.unknown / whole) if whole else None


def role_time(utterances: Iterable[Utterance], turns: Sequence[Turn]) -> RoleTime:
    """Hold roles against gold. What is heard where nobody speaks has no right role."""
    total = RoleTime()
    for utterance in utterances:
        turn = turn_of(utterance, turns)
        if turn is None or turns[turn].role == "unknown":
            continue
        long = (utterance.end or 0.0) - (utterance.start or 0.0)
        if utterance.role == "unknown":
            total += RoleTime(unknown=long)
        elif utterance.role == turns[turn].role:
            total += RoleTime(right=long)
        else:
            total += RoleTime(wrong=long)
    return total
