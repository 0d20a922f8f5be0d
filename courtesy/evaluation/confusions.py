"""Which phrases go wrong most, and what was heard or said in their place."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from courtesy.evaluation.claims import home, turn_of
from courtesy.evaluation.outcome import Outcome
from courtesy.evaluation.truth import Instance
from courtesy.messages import Text

_MOST_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Example:
    """One place where a phrase went wrong.

    Attributes:
        dialogue: its name.
        turn: position in the dialogue, from 0; None where nobody speaks.
        said: the true words; empty likewise.
        heard: for a miss what was heard in that turn's time, empty where nothing was; for a false
            find the words that were taken for the phrase.
        missed: whether the phrase was missed there, and not found falsely.
        why: of a miss that was heard, why it does not count; None where it was not heard.
    """

    dialogue: str
    turn: int | None
    said: str
    heard: str
    missed: bool
    why: Text | None = None


@dataclass(frozen=True, slots=True)
class Confusion:
    """One phrase that was missed or found falsely.

    Attributes:
        list: of the lexicon.
        phrase: the canonical phrase.
        said: how often it was said.
        found: how often of these it was found.
        wrong: how often it was found where it was not said.
        examples: the first few places.
    """

    list: str
    phrase: str
    said: int
    found: int
    wrong: int
    examples: tuple[Example, ...]


@dataclass(slots=True)
class _Count:
    said: int = 0
    found: int = 0
    wrong: int = 0
    examples: list[Example] = field(default_factory=list)


def confusions(outcomes: Iterable[Outcome]) -> tuple[Confusion, ...]:
    """Return every phrase with a miss or a false find, the one with most of them first."""
    counts: dict[tuple[str, str], _Count] = {}
    for outcome in outcomes:
        turns, name = outcome.turns, outcome.truth.name
        for _, one in outcome.pairing.right:
            count = counts.setdefault((one.list, one.phrase), _Count())
            count.said += 1
            count.found += 1
        for one in outcome.pairing.missed:
            count = counts.setdefault((one.list, one.phrase), _Count())
            count.said += 1
            turn = turns[one.turn]
            why = _why_not(outcome, one)
            count.examples.append(
                Example(name, one.turn, turn.said, turn.heard, missed=True, why=why)
            )
        for claim in outcome.pairing.wrong:
            count = counts.setdefault((claim.list, claim.phrase), _Count())
            count.wrong += 1
            at = home(claim, outcome.truth.turns)
            said = "" if at is None else turns[at].said
            count.examples.append(Example(name, at, said, claim.heard, missed=False))
    found = [
        Confusion(listed, phrase, c.said, c.found, c.wrong, tuple(c.examples[:_MOST_EXAMPLES]))
        for (listed, phrase), c in counts.items()
        if c.examples
    ]
    return tuple(sorted(found, key=lambda c: (-(c.said - c.found + c.wrong), c.list, c.phrase)))


def _why_not(outcome: Outcome, missed: Instance) -> Text | None:
    """Return why a phrase that was heard in a turn does not count there."""
    utterances = {u.id: u for u in outcome.recording.heard.utterances}
    for near in outcome.near:
        if (near.polarity, near.phrase) != (missed.polarity, missed.phrase):
            continue
        if turn_of(utterances[near.utterance], outcome.truth.turns) == missed.turn:
            return near.reason
    return None
