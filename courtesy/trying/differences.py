"""Two judgements of one recording held against each other, finding by finding."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from courtesy.messages import Text
from courtesy.records import Finding, Recording, Scorecard, Verdict

Kind = Literal["came", "went", "changed"]
_SENTENCE: Final = 300  # characters of what was said
_Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """A finding that comes, goes, or is judged otherwise.

    Attributes:
        kind: which of these.
        rule: its id.
        before: verdict; None where there was none.
        after: the same afterwards.
        points: what it gives more, or takes more where it is below 0.
        phrase: that was said; empty where something is missing.
        phrase_id: of that phrase.
        sentence: what was said, or with what the interaction begins where something is missing.
        reason: of the finding as it would be, or as it was where it goes.
    """

    kind: Kind
    rule: str
    before: Verdict | None
    after: Verdict | None
    points: float
    phrase: str
    phrase_id: str
    sentence: str
    reason: Text

    @property
    def accuses(self) -> bool:
        """Whether the clerk is held to have done wrong who was not before."""
        return self.after == "fail" and self.before != "fail"


@dataclass(slots=True)
class Summary:
    """Differences of many recordings, in sum.

    Attributes:
        interactions: judged both ways.
        changed: of these, with another score.
        apart: that are divided otherwise, and have no fellow.
        scored: how many have a score both ways; their sums before and after follow.
        kinds: how many findings come, go, are judged otherwise.
        accusations: findings that fail and did not before; `cleared` the other way round.
        phrases: by id, how many more findings it has; below 0 how many fewer.
    """

    interactions: int = 0
    changed: int = 0
    apart: int = 0
    scored: int = 0
    before: float = 0.0
    after: float = 0.0
    kinds: dict[Kind, int] = field(default_factory=lambda: {"came": 0, "went": 0, "changed": 0})
    accusations: int = 0
    cleared: int = 0

    def add(self, old: Recording, new: Recording) -> list[Difference]:
        """Take in a recording; return how its findings differ."""
        first = {_first(card): card for card in new.scorecards}
        pairs = [(card, first[_first(card)]) for card in old.scorecards if _first(card) in first]
        self.interactions += len(pairs)
        self.apart += len(old.scorecards) + len(new.scorecards) - 2 * len(pairs)
        for one, other in pairs:
            self.changed += one.score != other.score
            if one.score is not None and other.score is not None:
                self.scored += 1
                self.before += one.score
                self.after += other.score
        found = list(differences(old, new))
        for difference in found:
            self.kinds[difference.kind] += 1
            self.accusations += difference.accuses
            self.cleared += difference.before == "fail" and difference.after != "fail"
        return found


def differences(old: Recording, new: Recording) -> Iterator[Difference]:
    """Yield how the findings of one recording differ between two judgements."""
    before, after = _by_key(old), _by_key(new)
    for key in dict.fromkeys([*before, *after]):
        yield from _paired(before.get(key, []), after.get(key, []))


@dataclass(frozen=True, slots=True)
class _Placed:
    """A finding with what was said, and where."""

    finding: Finding
    phrase: str
    phrase_id: str
    utterance: int
    sentence: str


def _by_key(recording: Recording) -> dict[_Key, list[_Placed]]:
    found: dict[_Key, list[_Placed]] = defaultdict(list)
    for card in recording.scorecards:
        for finding in card.findings:
            if finding.verdict != "na":
                found[_first(card), finding.rule].append(_placed(card, finding))
    return found


def _placed(card: Scorecard, finding: Finding) -> _Placed:
    said = {u.id: u.heard for u in card.interaction.utterances}
    named = set(finding.matches)
    evidence = [match for match in card.interaction.matches if match.id in named]
    forbidden = next((match for match in evidence if match.polarity == "forbidden"), None)
    at = forbidden.utterance if forbidden else (*finding.utterances, _first(card))[0]
    return _Placed(
        finding=finding,
        phrase=forbidden.phrase if forbidden else "",
        phrase_id=forbidden.phrase_id if forbidden else "",
        utterance=at,
        sentence=said.get(at, "")[:_SENTENCE],
    )


def _paired(before: list[_Placed], after: list[_Placed]) -> Iterator[Difference]:
    """Yield what becomes of the findings of one rule in one interaction."""
    left = list(after)
    gone = []
    for one in before:
        same = next((other for other in left if _same(one, other)), None)
        if same is None:
            gone.append(one)
        else:
            left.remove(same)
    for one in gone:
        # Of the same phrase or at the same place if there is one, else whatever the rule says now.
        nearest = sorted(
            left,
            key=lambda other: (
                other.phrase_id != one.phrase_id,
                other.utterance != one.utterance,
            ),
        )
        fellow = nearest[0] if nearest else None
        if fellow:
            left.remove(fellow)
        yield _difference(one, fellow)
    yield from (_difference(None, other) for other in left)


def _same(one: _Placed, other: _Placed) -> bool:
    a, b = one.finding, other.finding
    return (a.verdict, a.points, one.utterance, one.phrase_id) == (
        b.verdict, b.points, other.utterance, other.phrase_id
    )  # fmt: skip


def _difference(one: _Placed | None, other: _Placed | None) -> Difference:
    # Where nothing of the kind was said the rule passes; a phrase that is found then is a new one.
    came = one is None or bool(other and other.phrase_id and not one.phrase_id)
    went = other is None or bool(one and one.phrase_id and not other.phrase_id)
    shown = one if went else other
    assert shown is not None
    old, new = one and one.finding, other and other.finding
    return Difference(
        kind="came" if came else "went" if went else "changed",
        rule=shown.finding.rule,
        before=old.verdict if old else None,
        after=new.verdict if new else None,
        points=(new.points if new else 0.0) - (old.points if old else 0.0),
        phrase=shown.phrase,
        phrase_id=shown.phrase_id,
        sentence=shown.sentence,
        reason=shown.finding.reason,
    )


def _first(card: Scorecard) -> int:
    return min((u.id for u in card.interaction.utterances), default=-1)
