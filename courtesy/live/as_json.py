"""What happens at a counter, as other programs read it: one JSON object each."""

from typing import Any, Final

from courtesy.live.ear import WITHOUT, Load, Missed, Passed
from courtesy.live.events import Alert, Closed, LiveEvent, Prompt, Revised, Running, Said, Withdrawn
from courtesy.live.session import Happening
from courtesy.live.source import Break, Gap, InputLevel, Trouble
from courtesy.messages import Lang
from courtesy.records import Seconds
from courtesy.report.json_report import finding_dict, match_dict, scorecard_dict, utterance_dict
from courtesy.text.script import simplify

_NAMES: dict[type, str] = {
    Said: "utterance",
    Revised: "revised",
    Alert: "alert",
    Withdrawn: "withdrawn",
    Prompt: "prompt",
    Running: "running",
    Closed: "interaction",
    Missed: "missed",
    Load: "load",
    Gap: "gap",
    Trouble: "trouble",
    Break: "break",
    InputLevel: "input",
}
_Object = dict[str, Any]
# Of an interaction and its findings: the talk, and numbers of pieces of it.
_TALK: Final = frozenset({"utterances", "matches", "events"})


def as_dict(one: Happening, now: Seconds, lang: Lang) -> _Object | None:
    """Return what happens as other programs read it; None for what is not for them.

    Args:
        one: that happens.
        now: when, seconds since listening began, where it does not say so itself.
        lang: of its words.
    """
    if isinstance(one, Passed):
        return None
    when = one.t if isinstance(one, LiveEvent) else now
    return {"event": _NAMES[type(one)], "t": round(when, 2)} | (
        _judged(one, lang) if isinstance(one, LiveEvent) else _heard(one, lang)
    )


def in_short(found: _Object) -> _Object:
    """Return it without the talk: an interaction keeps its score and findings, not its words.

    A long interaction is a hundred times as large with all that was said and almost said in it.
    """
    if not (card := found.get("interaction")):
        return found
    kept = {name: value for name, value in card.items() if name not in _TALK}
    findings = [{k: v for k, v in f.items() if k not in _TALK} for f in card["findings"]]
    return found | {"interaction": kept | {"findings": findings}}


def _judged(one: LiveEvent, lang: Lang) -> _Object:
    match one:
        case Said(_, utterance, matches) | Revised(_, utterance, matches):
            reading = simplify(utterance.heard)
            own: _Object = dict(utterance_dict(utterance, reading))
            return own | {"matches": [match_dict(m, lang) for m in matches]}
        case Alert(_, found, finding, sure, late):
            judged = finding_dict(finding, lang)
            match_ = match_dict(found, lang)
            return {"sure": sure, "late": late, "match": match_, "finding": judged}
        case Withdrawn(_, found):
            return {"match": match_dict(found, lang)}
        case Prompt(_, due, kind, text):
            return {"due": round(due, 2), "kind": kind, "text": text.say(lang)}
        case Running(_, card) | Closed(_, card):
            return {"interaction": card and scorecard_dict(card, lang)}


def _heard(one: Missed | Load | Gap | Trouble | Break | InputLevel, lang: Lang) -> _Object:
    match one:
        case Missed(speech, why):
            return {
                "start": round(speech.start, 2),
                "end": round(speech.end, 2),
                "channel": speech.channel,
                "why": why.say(lang),
            }
        case Load(given, behind):
            return {
                "given_up": list(given),
                "behind": round(behind, 2),
                "text": WITHOUT[given[-1]].say(lang) if given else None,
            }
        case Gap(seconds, why):
            return {"seconds": round(seconds, 2), "why": why.say(lang)}
        case Trouble(why):
            return {"why": why.say(lang)}
        case InputLevel(level, noise, complaint):
            complained = complaint and complaint.say(lang)
            return {"level": level, "noise": noise, "complaint": complained}
        case Break():
            return {}
