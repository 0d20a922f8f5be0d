"""What the desk makes of the talk, as it goes on."""

from dataclasses import dataclass
from typing import Literal

from courtesy.messages import Text
from courtesy.records import Finding, Match, Scorecard, Seconds, Utterance

Due = Literal["greeting", "thanks_reply", "farewell"]


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody has finished an utterance.

    Attributes:
        t: seconds since listening began, when this was known; as in all events.
        utterance: what was said; its id is of no meaning here.
        matches: phrases in it.
    """

    t: Seconds
    utterance: Utterance
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Revised:
    """An utterance that was told before turned out to say something else.

    Attributes:
        t: when this was known.
        utterance: it has the start, end and channel that it had.
        matches: phrases in it.
    """

    t: Seconds
    utterance: Utterance
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """The clerk has said what must not be said.

    Attributes:
        t: when this was known.
        match: the phrase; when it was said is its `start` and `end`.
        finding: what it costs and why.
        sure: False while its speaker may still go on; it may then come to nothing.
        late: whether it was found only when the talk was heard once more.
    """

    t: Seconds
    match: Match
    finding: Finding
    sure: bool = True
    late: bool = False


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An alert has come to nothing: the speaker went on otherwise, or it was misheard.

    Attributes:
        t: when this was known.
        match: the phrase that was alerted.
    """

    t: Seconds
    match: Match


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something is due, is missing, and can still be said.

    Attributes:
        t: when it is told.
        due: when it was due.
        kind: what is missing.
        text: a sentence to the clerk.
    """

    t: Seconds
    due: Seconds
    kind: Due
    text: Text


@dataclass(frozen=True, slots=True)
class Running:
    """How the running interaction stands; None where nobody is being served.

    Attributes:
        t: when.
        card: its findings so far.
    """

    t: Seconds
    card: Scorecard | None


@dataclass(frozen=True, slots=True)
class Closed:
    """An interaction is over.

    Attributes:
        t: when this was known.
        card: its score.
    """

    t: Seconds
    card: Scorecard


LiveEvent = Said | Revised | Alert | Withdrawn | Prompt | Running | Closed
