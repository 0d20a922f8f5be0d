"""What the store hands out to learn from: what people decided, with what was said.

Plain values, so that what is learned from them needs no database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from courtesy.records import How, Mode, Role, Seconds, Span
from courtesy.reviews import State, Why

Sided = Literal["confirmed", "rejected"]
# What may be changed in an entry of a list.
Kind = Literal[
    "threshold",  # it needs more confidence
    "exclusion",  # a wording is harmless
    "variant",  # a wording is missing
]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A flag of a phrase that people confirmed or rejected, with what was said.

    Attributes:
        flag: its row.
        recording: its row.
        outcome: the last word, an appeal's included.
        why: it was rejected; empty where nobody said, or an appeal told.
        said: the whole utterance, as it was heard.
        span: where in that the words stand that were taken for the phrase.
        how: by which comparison they were found.
        confidence: that the phrase was said, 0 to 1.
        likeness: of the words, 0 to 1.
        typed: the utterance as a person corrected it; None where nobody did.
    """

    flag: int
    recording: int
    outcome: Sided
    why: Why
    said: str
    span: Span
    how: How
    confidence: float
    likeness: float
    typed: str | None = None

    @property
    def sure(self) -> float:
        """What a threshold is held against: where the sound was asked, it alone."""
        return self.confidence if self.how == "audio" else min(self.confidence, self.likeness)

    @property
    def confirmed(self) -> bool:
        """Whether the phrase was said, and rude."""
        return self.outcome == "confirmed"


@dataclass(frozen=True, slots=True)
class Said:
    """An utterance as it is known now.

    Attributes:
        number: in its recording.
        role: who said it, as a person corrected it.
        text: what was said, likewise.
        start: seconds; None without times.
        end: seconds.
        typed: whether a person corrected the words.
        told: whether a person said who spoke.
    """

    number: int
    role: Role
    text: str
    start: Seconds | None
    end: Seconds | None
    typed: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """What stands of one flag.

    Attributes:
        rule: its id.
        phrase: the canonical phrase; empty where something is missing.
        utterance: where it was said.
        state: what stands.
        why: it was rejected.
    """

    rule: str
    phrase: str
    utterance: int
    state: State
    why: Why = ""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An interaction about which people decided something.

    Attributes:
        mode: at the counter or by telephone.
        said: in order.
        rulings: its flags.
        aside: whether it was said to no customer.
    """

    mode: Mode
    said: tuple[Said, ...]
    rulings: tuple[Ruling, ...]
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """A recording with interactions about which people decided something.

    Attributes:
        number: its row.
        path: under which it was heard.
        began: local time; None where it is not known.
        whose: hall, window and clerk, by these names.
        interactions: all of the recording, in order.
    """

    number: int
    path: str
    began: datetime | None
    whose: Mapping[str, str]
    interactions: tuple[Reviewed, ...]
