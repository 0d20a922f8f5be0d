"""What the pipeline found, as rows; a recording is kept whole or not at all."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from courtesy.messages import Text
from courtesy.records import (
    Clip,
    Finding,
    Heard,
    MadeBy,
    Match,
    Recording,
    Removed,
    Scorecard,
    Utterance,
)
from courtesy.store import tables, verdicts
from courtesy.store.amending import scale_row
from courtesy.store.clips import keep_clips
from courtesy.store.inserting import insert

_Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a recording comes from.

    Attributes:
        content: SHA-256 of the file, in hexadecimal digits; or of what tells a live session from
            all others.
        path: of the file, or the session's name.
        hall: its name; empty where it is not known, as the next two.
        window: number or name.
        clerk: name or number.
        part: the number of the interaction, where it is one that was judged live; None for a file.
    """

    content: str
    path: str
    hall: str = ""
    window: str = ""
    clerk: str = ""
    part: int | None = None


def keep(
    connection: sa.Connection,
    origin: Origin,
    found: Sequence[Recording],
    made_by: MadeBy,
    clips: Sequence[Clip] = (),
) -> int:
    """Keep what one file gave, unless its sound is there already.

    Args:
        connection: on which all of it is written.
        origin: of the file.
        found: its recordings; several only of a transcript that holds several. None of them failed.
        made_by: the versions.
        clips: sound of it that is kept, where it is one recording.

    Returns:
        how many recordings are new.
    """
    known = set(
        connection.scalars(
            sa.select(tables.recordings.c.part).where(tables.recordings.c.content == origin.content)
        )
    )
    parts = enumerate(found, origin.part or 0)
    fresh = [(part, one) for part, one in parts if part not in known]
    for part, recording in fresh:
        number = _keep_heard(connection, origin, part, recording.heard)
        keep_clips(connection, number, clips)
        keep_result(connection, number, recording, made_by)
    return len(fresh)


def keep_result(
    connection: sa.Connection,
    number: int,
    recording: Recording,
    made_by: MadeBy,
) -> int:
    """Keep what some versions made of a recording, and let it count from now on.

    Earlier results stay; one of the same versions is replaced.

    Args:
        connection: on which all of it is written.
        number: the recording's row.
        recording: what they made of it.
        made_by: the versions.

    Returns:
        the row of the result.
    """
    own = tables.results.c.recording_id == number
    version = versions_row(connection, made_by)
    connection.execute(
        sa.delete(tables.results).where(own, tables.results.c.versions_id == version)
    )
    connection.execute(sa.update(tables.results).where(own).values(current=False))
    result = _added(
        connection,
        tables.results,
        {
            "recording_id": number,
            "versions_id": version,
            "made": _now(),
            "current": True,
            "rules": (rules := verdicts.rules(recording.scorecards)),
        },
    )
    cards, removed = recording.scorecards, recording.heard.removed
    interactions = (_interaction(result, c, removed, verdicts.letters(c, rules)) for c in cards)
    insert(connection, tables.interactions, interactions)
    insert(connection, tables.findings, (row for c in cards for row in _findings(result, c)))
    insert(connection, tables.matches, (row for c in cards for row in _matches(result, c)))
    return result


def versions_row(connection: sa.Connection, made_by: MadeBy) -> int:
    """Return the row of some versions, which is made where there is none."""
    own = digest(made_by)
    scale = {"scale": scale_row(made_by.scale)} if made_by.scale else {}
    values = _versions(made_by) | scale
    wanted = sa.select(tables.versions.c.id).where(tables.versions.c.digest == own)
    found = connection.scalar(wanted)
    if found is None:
        # Two machines may come to it at once; the second one's is dropped.
        with connection.begin_nested() as inner:
            try:
                connection.execute(sa.insert(tables.versions).values(digest=own, **values))
            except sa.exc.IntegrityError:
                inner.rollback()
        found = connection.scalar(wanted)
    assert isinstance(found, int)
    return found


def digest(made_by: MadeBy) -> str:
    """Return the checksum by which some versions are known."""
    values = json.dumps(_versions(made_by), sort_keys=True)
    return hashlib.sha256(values.encode()).hexdigest()


def _versions(made_by: MadeBy) -> dict[str, Any]:
    """Return what tells versions apart: a rubric's stamp says all of its scale."""
    return {name: value for name, value in asdict(made_by).items() if name != "scale"}


def _keep_heard(connection: sa.Connection, origin: Origin, part: int, heard: Heard) -> int:
    values = asdict(origin) | {
        "part": part,
        "began": heard.began,
        "path": heard.path,
        "duration": heard.duration,
        "channels": heard.channels,
        "whole": heard.whole,
        "details": {
            "notes": [[note.zh, note.en] for note in heard.notes],
            "removed": [
                [r.heard, r.start, r.end, r.reason.zh, r.reason.en, r.channel]
                for r in heard.removed
            ],
            "sound": [asdict(sound) for sound in heard.sound],
            # The voices themselves are never kept.
            "voices": any(u.voice for u in heard.utterances),
            # Where one customer's business ended was told by what was said before and after.
            "alone": origin.part is not None,
        },
        "added": _now(),
    }
    number = _added(connection, tables.recordings, values)
    insert(connection, tables.utterances, (_utterance(number, u) for u in heard.utterances))
    return number


def _added(connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> int:
    """Insert a row and return its number."""
    number = connection.scalar(sa.insert(table).values(**values).returning(table.c.id))
    assert isinstance(number, int)
    return number


def _utterance(recording: int, utterance: Utterance) -> _Row:
    details: dict[str, Any] = {}
    if utterance.words:
        details["words"] = [[w.text, w.start, w.end, w.probability] for w in utterance.words]
    if utterance.asked:
        details["asked"] = [[a.span.start, a.span.end, a.wording, a.gain] for a in utterance.asked]
    if utterance.sound:
        details["sound"] = asdict(utterance.sound)
    return (
        recording,
        utterance.id,
        utterance.start,
        utterance.end,
        utterance.role,
        utterance.role_confidence,
        utterance.channel,
        utterance.heard,
        utterance.quality,
        utterance.loudness,
        details or None,
    )


def _interaction(result: int, card: Scorecard, removed: Sequence[Removed], verdicts: str) -> _Row:
    one = card.interaction
    ids = [u.id for u in one.utterances]
    details = {
        "utterances": ids,
        "events": [
            [e.kind, e.role, e.start, e.end, e.value, list(e.utterances), e.text.zh, e.text.en]
            for e in one.events
        ],
        "sound": one.sound and asdict(one.sound),
        "lost": [removed.index(lost) for lost in one.lost],
    }
    return (
        result,
        one.id,
        min(ids, default=None),
        max(ids, default=None),
        one.start,
        one.end,
        one.began,
        one.mode,
        verdicts,
        one.ended,
        one.aside,
        card.scorable,
        card.score,
        *_both(card.grade),
        *_both(card.note),
        details,
    )


def _findings(result: int, card: Scorecard) -> Iterator[_Row]:
    for number, finding in enumerate(card.findings):
        yield (
            result,
            card.interaction.id,
            number,
            finding.rule,
            finding.verdict,
            finding.points,
            finding.reason.zh,
            finding.reason.en,
            finding.start,
            finding.end,
            _evidence(finding),
        )


def _evidence(finding: Finding) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    if not finding.matches and not finding.utterances:
        return None
    return finding.matches, finding.utterances


def _matches(result: int, card: Scorecard) -> Iterator[_Row]:
    for match in card.interaction.matches:
        yield (
            result,
            card.interaction.id,
            match.id,
            match.list,
            match.polarity,
            match.phrase,
            match.phrase_id,
            match.severity,
            match.utterance,
            match.heard,
            match.role,
            match.start,
            match.end,
            match.how,
            match.confidence,
            match.likeness,
            match.standing,
            match.why.zh,
            match.why.en,
            _details(match),
        )


def _details(match: Match) -> dict[str, Any]:
    return {
        "sources": list(match.sources),
        "span": [match.span.start, match.span.end],
        "slots": list(match.slots),
    }


def _both(text: Text | None) -> tuple[str | None, str | None]:
    return (None, None) if text is None else (text.zh, text.en)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
