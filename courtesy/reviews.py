"""What people make of what the program flags: who may decide, what they decide, what then stands.

A flag is an accusation that waits for a person. What becomes of it is told here from its history
alone, so that the pages, the reports and the tests cannot disagree about it.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

Role = Literal["clerk", "reviewer", "supervisor", "trainer", "administrator"]
Outcome = Literal["confirmed", "rejected", "unsure"]
# Why a flag is rejected.
Why = Literal["", "words", "person", "quoted", "context", "sound"]
Part = Literal["first", "second", "final"]
State = Literal[
    "waiting",  # nobody has looked at it
    "second",  # one has, and another one is to, without knowing what the first one said
    "disputed",  # they differ, and a supervisor is to tell
    "confirmed",
    "rejected",
    "unsure",
    "appealed",  # the clerk objects, and nobody has answered yet
    "gone",  # the program does not say so any more
]

# Those that do not count against a clerk, whatever the program says.
NOT_COUNTED: Final[frozenset[State]] = frozenset({"disputed", "rejected", "unsure", "appealed"})
# Those that do: what nobody has decided about yet is still the program's word.
COUNTED: Final[frozenset[State]] = frozenset({"waiting", "second", "confirmed"})
OPEN: Final[frozenset[State]] = frozenset({"waiting", "second", "disputed", "appealed"})
DECIDED: Final[frozenset[State]] = frozenset({"confirmed", "rejected", "unsure"})


@dataclass(frozen=True, slots=True)
class Decision:
    """What one person said of a flag.

    Attributes:
        by: the account.
        part: which look it was.
        outcome: None takes back what the same person said before.
        why: where it is rejected.
        note: in their own words.
        at: UTC.
    """

    by: int
    part: Part
    outcome: Outcome | None
    why: Why = ""
    note: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Appeal:
    """A clerk's objection.

    Attributes:
        by: the account.
        reason: in their own words.
        at: UTC.
        until: by when it is to be answered, UTC.
        upheld: whether the flag stands; None where nobody has answered yet.
        judge: the account that answered.
        answer: in its owner's own words.
        judged: UTC.
        withdrawn: by the clerk, UTC; None where it was not.
    """

    by: int
    reason: str
    at: datetime
    until: datetime
    upheld: bool | None = None
    judge: int | None = None
    answer: str = ""
    judged: datetime | None = None
    withdrawn: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether it waits for an answer."""
        return self.upheld is None and self.withdrawn is None


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long people have.

    Attributes:
        appeal: for a clerk to object, since a flag was confirmed.
        answer: for others to answer that.
    """

    appeal: timedelta
    answer: timedelta


def standing(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Return the decisions that were not taken back, in their order.

    >>> one, two = Decision(1, "first", "confirmed"), Decision(2, "second", "rejected")
    >>> standing([one, Decision(1, "first", None), two]) == (two,)
    True
    """
    kept: list[Decision] = []
    for one in decisions:
        own = [d for d in kept if d.by == one.by and d.part == one.part]
        if own:  # somebody who decides anew has changed their mind
            kept.remove(own[-1])
        if one.outcome:
            kept.append(one)
    return tuple(kept)


def state(decisions: Iterable[Decision], appeal: Appeal | None, *, twice: bool) -> State:
    """Return what stands after all that people did.

    Args:
        decisions: in their order.
        appeal: the clerk's, if there is one.
        twice: whether two people are to look at it, neither knowing what the other said.

    >>> one, other = Decision(1, "first", "confirmed"), Decision(2, "second", "unsure")
    >>> state([one], None, twice=True)
    'second'
    >>> state([one, other], None, twice=True)
    'disputed'
    """
    if appeal and not appeal.withdrawn:
        if appeal.upheld is None:
            return "appealed"
        return "confirmed" if appeal.upheld else "rejected"
    kept = standing(decisions)
    last = [one.outcome for one in kept if one.part == "final"]
    if last and last[-1]:
        return last[-1]
    looks = [one.outcome for one in kept if one.part != "final" and one.outcome]
    if not looks:
        return "waiting"
    if twice and len(looks) == 1:
        return "second"
    return looks[0] if len(set(looks)) == 1 else "disputed"


def next_part(now: State) -> Part | None:
    """Return which look the next decision is; None where none is to be made."""
    parts: dict[State, Part] = {"waiting": "first", "second": "second", "disputed": "final"}
    return parts.get(now)


@dataclass(frozen=True, slots=True)
class Kappa:
    """How far two agree beyond chance.

    Attributes:
        value: Cohen's kappa, -1 to 1.
        error: its standard error.
    """

    value: float
    error: float

    @property
    def interval(self) -> tuple[float, float]:
        """95 %, within -1 and 1."""
        half = 1.96 * self.error
        return max(-1.0, self.value - half), min(1.0, self.value + half)


def kappa(pairs: Sequence[tuple[str, str]]) -> Kappa | None:
    """Return how far two agree beyond chance; None where it is undefined.

    Sources: Cohen (1960), A coefficient of agreement for nominal scales; for the error Fleiss,
    Cohen and Everitt (1969), Large sample standard errors of kappa and weighted kappa.

    >>> alike, unlike = [("a", "a")] * 20 + [("b", "b")] * 15, [("a", "b")] * 5 + [("b", "a")] * 10
    >>> found = kappa([*alike, *unlike])
    >>> round(found.value, 2), [round(end, 2) for end in found.interval]
    (0.4, [0.15, 0.65])
    """
    count = len(pairs)
    seen = {pair: number / count for pair, number in Counter(pairs).items()}
    names = {name for pair in pairs for name in pair}
    first = {name: sum(p for (one, _), p in seen.items() if one == name) for name in names}
    second = {name: sum(p for (_, other), p in seen.items() if other == name) for name in names}
    chance = sum(first[name] * second[name] for name in names)
    if not count or chance > 1.0 - 1e-9:  # all say the same of everything
        return None
    value = (sum(seen.get((name, name), 0.0) for name in names) - chance) / (1.0 - chance)
    alike = sum(
        seen.get((name, name), 0.0) * (1.0 - (first[name] + second[name]) * (1.0 - value)) ** 2
        for name in names
    )
    unlike = sum(
        p * (second[one] + first[other]) ** 2 for (one, other), p in seen.items() if one != other
    )
    spread = alike + (1.0 - value) ** 2 * unlike - (value - chance * (1.0 - value)) ** 2
    return Kappa(value, math.sqrt(max(0.0, spread) / count) / (1.0 - chance))
