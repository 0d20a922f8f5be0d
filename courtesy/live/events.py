"""What happens at a counter, as it happens; other programs read it as one JSON object each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeGuard

from courtesy.messages import Lang, Text
from courtesy.records import Finding, Match, Scorecard, Seconds, Utterance
from courtesy.text.script import simplify

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
class Alert:
    """The clerk has said what must not be said.

    Attributes:
        t: when this was known.
        match: the phrase; when it was said is its `start` and `end`.
        finding: what it costs and why.
        sure: False while its speaker may still go on; it may then come to nothing.
    """

    t: Seconds
    match: Match
    finding: Finding
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An alert that was not sure has come to nothing: the speaker went on otherwise.

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


LiveEvent = Said | Alert | Withdrawn | Prompt | Running | Closed


def told(happening: object) -> TypeGuard[LiveEvent]:
    """Tell whether something that happens is for other programs."""
    return type(happening) in _NAMES


def as_dict(event: LiveEvent, lang: Lang) -> Mapping[str, Any]:
    """Return an event as other programs read it; its words are in one language."""
    from courtesy.report.json_report import finding_dict, match_dict, scorecard_dict, utterance_dict

    base: dict[str, Any] = {"event": _NAMES[type(event)], "t": round(event.t, 2)}
    match event:
        case Said(_, utterance, matches):
            reading = simplify(utterance.heard)
            return (
                base
                | utterance_dict(utterance, reading)
                | {"matches": [match_dict(m, lang) for m in matches]}
            )
        case Alert(_, found, finding, sure):
            own = finding_dict(finding, lang)
            return base | {"sure": sure, "match": match_dict(found, lang), "finding": own}
        case Withdrawn(_, found):
            return base | {"match": match_dict(found, lang)}
        case Prompt(_, due, kind, text):
            return base | {"due": round(due, 2), "kind": kind, "text": text.say(lang)}
        case Running(_, card) | Closed(_, card):
            return base | {"interaction": card and scorecard_dict(card, lang)}


_NAMES: dict[type, str] = {
    Said: "utterance",
    Alert: "alert",
    Withdrawn: "withdrawn",
    Prompt: "prompt",
    Running: "running",
    Closed: "interaction",
}
