"""Verdicts held against gold: which were right, and who was wrongly failed or passed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from courtesy.evaluation.gold import Encounter, Gold
from courtesy.records import Finding, Recording, Scorecard, Seconds, Verdict

# Where a rule has several findings, the gravest speaks for it.
_GRAVEST: tuple[Verdict, ...] = ("fail", "unsure", "pass", "na")
FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Tally:
    """Things found against things there.

    Attributes:
        right: found and there.
        wrong: found and not there.
        missed: there and not found.
    """

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Add two tallies."""
        return Tally(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float | None:
        """Share of what was found that is there, 0 to 1; None where nothing was found."""
        found = self.right + self.wrong
        return self.right / found if found else None

    @property
    def recall(self) -> float | None:
        """Share of what is there that was found, 0 to 1; None where nothing is there."""
        there = self.right + self.missed
        return self.right / there if there else None


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule in one encounter.

    Attributes:
        where: the gold file's id, with the encounter's number from 1 where there are several.
        rule: its id.
        gold: the right verdict.
        given: the program's; None where it has no scorecard for the encounter.
        reason: the program's, in English; empty likewise.
    """

    where: str
    rule: str
    gold: Verdict
    given: Verdict | None
    reason: str = ""

    @property
    def right(self) -> bool:
        """Whether the two agree."""
        return self.gold == self.given

    @property
    def accuses(self) -> bool:
        """Whether the clerk was failed for a rule that was kept or does not apply."""
        return self.given == "fail" and self.gold in {"pass", "na"}

    @property
    def overlooks(self) -> bool:
        """Whether the clerk was passed though the rule was broken."""
        return self.gold == "fail" and self.given in {"pass", "na"}


def verdicts(gold: Gold, recording: Recording) -> tuple[Judged, ...]:
    """Hold one recording's verdicts against its gold file; one that failed has judged nothing."""
    judged: list[Judged] = []
    cards = [card for card in recording.scorecards if not card.interaction.aside]
    pairs = pair(gold.encounters, cards)
    for number, (encounter, card) in enumerate(pairs, start=1):
        where = f"{gold.id} {number}" if len(gold.encounters) > 1 else gold.id
        for rule, right in encounter.rules.items():
            finding = gravest(card, rule) if card else None
            judged.append(
                Judged(where, rule, right, finding.verdict, finding.reason.en)
                if finding
                else Judged(where, rule, right, None)
            )
    return tuple(judged)


def total(tallies: Iterable[Tally]) -> Tally:
    """Add tallies; an empty one where there are none."""
    return reduce(Tally.__add__, tallies, Tally())


def pair(
    encounters: Sequence[Encounter], cards: Sequence[Scorecard]
) -> tuple[tuple[Encounter, Scorecard | None], ...]:
    """Give each encounter the scorecard that shares most of its time, each card once at most.

    One encounter and one card without times belong together.
    """
    if len(encounters) == len(cards) == 1:
        return ((encounters[0], cards[0]),)
    shares = sorted(
        (
            (_shared(encounter, card), e, c)
            for e, encounter in enumerate(encounters)
            for c, card in enumerate(cards)
        ),
        key=lambda share: (-share[0], share[1], share[2]),
    )
    chosen: dict[int, int] = {}
    for shared, e, c in shares:
        if shared > 0 and e not in chosen and c not in chosen.values():
            chosen[e] = c
    return tuple(
        (encounter, cards[chosen[e]] if e in chosen else None)
        for e, encounter in enumerate(encounters)
    )


def gravest(card: Scorecard, rule: str) -> Finding | None:
    """Return a rule's gravest finding; None where the rubric does not have the rule."""
    own = [finding for finding in card.findings if finding.rule == rule]
    return min(own, key=lambda finding: _GRAVEST.index(finding.verdict), default=None)


def breaches(judged: Iterable[Judged], rule: str) -> Tally:
    """Count a rule's breaches: an encounter that breaks it is one, however often.

    "unsure" is no accusation, so it misses a breach and wrongs nobody.
    """
    own = [one for one in judged if one.rule == rule]
    right = sum(one.gold == "fail" == one.given for one in own)
    wrong = sum(one.gold != "fail" == one.given for one in own)
    return Tally(right, wrong, sum(one.gold == "fail" for one in own) - right)


def _shared(encounter: Encounter, card: Scorecard) -> Seconds:
    start, end = card.interaction.start, card.interaction.end
    if start is None or end is None:
        return 0.0
    return max(0.0, min(end, encounter.end) - max(start, encounter.start))
