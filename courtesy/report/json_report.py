"""The public contract `courtesy/1`: everything a run found, for programs."""

import json
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any, Final

from courtesy.messages import Lang, Text
from courtesy.records import (
    Event,
    Finding,
    Interaction,
    MadeBy,
    Match,
    Recording,
    Removed,
    Run,
    Scorecard,
    SoundQuality,
    Utterance,
)
from courtesy.report.plain import clean, number

SCHEMA: Final = "courtesy/1"

# Legal in JSON, but taken for the end of a line by many readers of JSON Lines.
_LINE_ENDS: Final = {c: f"\\u{ord(c):04x}" for c in "\x7f\x85\u2028\u2029"}


def as_dict(run: Run, lang: Lang) -> dict[str, Any]:
    """Return a run as the contract has it: only dicts, lists, strings, finite numbers, None.

    Args:
        run: what was found.
        lang: the language of sentences; reasons of findings are there in both as well.
    """
    return _document(run.made_by, run.recordings, lang)


def to_json(run: Run, lang: Lang, indent: int | None = 2) -> str:
    """Return a run as one JSON document that ends with a newline.

    Raises:
        ValueError: points or a confidence are not finite, which is a fault of the program.
    """
    return dump(as_dict(run, lang), indent) + "\n"


def to_jsonl(run: Run, lang: Lang) -> str:
    """Return one line a recording, each a whole document of the contract by itself.

    Raises:
        ValueError: as `to_json`.
    """
    lines = (dump(_document(run.made_by, [r], lang), None) for r in run.recordings)
    return "".join(line + "\n" for line in lines)


def dump(document: dict[str, Any], indent: int | None) -> str:
    """Return a document as JSON, on one line where no indent is given."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=indent)
    if text.isprintable():  # none of them is
        return text
    for mark, written in _LINE_ENDS.items():
        text = text.replace(mark, written)
    return text


def _document(made_by: MadeBy, recordings: Iterable[Recording], lang: Lang) -> dict[str, Any]:
    document = {
        "schema": SCHEMA,
        "made_by": versions(made_by),
        "recordings": [_recording(r, lang) for r in recordings],
    }
    found: dict[str, Any] = plain(document)
    return found


def versions(made_by: MadeBy) -> dict[str, Any]:
    """Return what made a result, as every document of the program names it."""
    return {
        "courtesy": made_by.courtesy,
        "model": made_by.model,
        "lexicons": made_by.lexicons,
        "rubric": made_by.rubric,
        "options": made_by.options,
    }


def _recording(recording: Recording, lang: Lang) -> dict[str, Any]:
    heard, error = recording.heard, recording.error
    return {
        "path": heard.path,
        "began": heard.began and heard.began.isoformat(timespec="seconds"),
        "duration": number(heard.duration),
        "channels": heard.channels,
        "error": error and {"kind": error.kind, "message": error.message.say(lang)},
        "notes": [note.say(lang) for note in heard.notes],
        "sound": [_sound(sound) for sound in heard.sound],
        "utterances": [
            # A recording that failed half-way may have been heard and not yet read.
            utterance_dict(u, recording.readings[i] if i < len(recording.readings) else u.heard)
            for i, u in enumerate(heard.utterances)
        ],
        "removed": [_removed(r, lang) for r in heard.removed],
        "interactions": [scorecard_dict(card, lang) for card in recording.scorecards],
    }


def utterance_dict(utterance: Utterance, reading: str) -> dict[str, Any]:
    """Return an utterance; `reading` is the same in one script."""
    return {
        "id": utterance.id,
        "start": number(utterance.start),
        "end": number(utterance.end),
        "role": utterance.role,
        "role_confidence": number(utterance.role_confidence),
        "channel": utterance.channel,
        "heard": utterance.heard,
        "text": reading,
        "quality": number(utterance.quality),
        "loudness": number(utterance.loudness, 1),
        "sound": utterance.sound and _sound(utterance.sound),
    }


def _removed(removed: Removed, lang: Lang) -> dict[str, Any]:
    return {
        "heard": removed.heard,
        "start": number(removed.start),
        "end": number(removed.end),
        "reason": removed.reason.say(lang),
    }


def _sound(sound: SoundQuality) -> dict[str, Any]:
    return {
        "channel": sound.channel,
        "seconds": number(sound.seconds),
        "level": number(sound.level, 1),
        "noise": number(sound.noise, 1),
        "snr": number(sound.snr, 1),
        "clipped": number(sound.clipped, 4),
        "dropouts": sound.dropouts,
        "dropouts_a_minute": number(sound.dropouts_a_minute, 1),
        "chinese": number(sound.chinese, 4),
    }


def _event(event: Event, lang: Lang) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "role": event.role,
        "start": number(event.start),
        "end": number(event.end),
        "value": number(event.value),
        "utterances": list(event.utterances),
        "text": event.text.say(lang),
    }


def scorecard_dict(card: Scorecard, lang: Lang) -> dict[str, Any]:
    """Return an interaction with its findings and matches."""
    interaction: Interaction = card.interaction
    return {
        "id": interaction.id,
        "start": number(interaction.start),
        "end": number(interaction.end),
        "mode": interaction.mode,
        "aside": interaction.aside,
        "ended": interaction.ended,
        "score": number(card.score),
        "grade": said(card.grade, lang),
        "scorable": card.scorable,
        "note": said(card.note, lang),
        "sound": interaction.sound and _sound(interaction.sound),
        "utterances": [u.id for u in interaction.utterances],
        "events": [_event(event, lang) for event in interaction.events],
        "findings": [finding_dict(f, lang) for f in card.findings],
        "matches": [match_dict(m, lang) for m in interaction.matches],
    }


def finding_dict(finding: Finding, lang: Lang) -> dict[str, Any]:
    """Return a finding as the contract has it."""
    return {
        "rule": finding.rule,
        "verdict": finding.verdict,
        "points": round(finding.points, 3),
        "reason": finding.reason.say(lang),
        "reason_zh": finding.reason.zh,
        "reason_en": finding.reason.en,
        "start": number(finding.start),
        "end": number(finding.end),
        "matches": list(finding.matches),
        "utterances": list(finding.utterances),
    }


def match_dict(match: Match, lang: Lang) -> dict[str, Any]:
    """Return a match as the contract has it."""
    return {
        "id": match.id,
        "list": match.list,
        "phrase": match.phrase,
        "phrase_id": match.phrase_id,
        "source": "; ".join(match.sources),
        "severity": match.severity,
        "heard": match.heard,
        "span": [match.span.start, match.span.end],
        "utterance": match.utterance,
        "role": match.role,
        "start": number(match.start),
        "end": number(match.end),
        "how": match.how,
        "slots": list(match.slots),
        "likeness": round(match.likeness, 3),
        "confidence": round(match.confidence, 3),
        "counted": match.counted,
        "why": match.why.say(lang),
    }


def said(text: Text | None, lang: Lang) -> str | None:
    """Return a message in a language; None where there is none."""
    return None if text is None else text.say(lang)


def plain(value: Any) -> Any:
    """Return a value that JSON can hold; settings may hold paths, tuples and other things."""
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {clean(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [plain(item) for item in items]
    return clean(value.as_posix() if isinstance(value, PurePath) else str(value))
