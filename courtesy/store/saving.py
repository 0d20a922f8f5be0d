"""What the pipeline found, as rows; a recording is kept whole or not at all."""

import hashlib
import json
import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from courtesy.messages import Text
from courtesy.records import (
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


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a recording comes from.

    Attributes:
        content: SHA-256 of the file, in hexadecimal digits.
        path: of the file.
        hall: its name; empty where it is not known, as the next two.
        window: number or name.
        clerk: name or number.
    """

    content: str
    path: str
    hall: str = ""
    window: str = ""
    clerk: str = ""


def keep(
    connection: sa.Connection, origin: Origin, found: Sequence[Recording], made_by: MadeBy
) -> int:
    """Keep what one file gave, unless its sound is there already.

    Args:
        connection: on which all of it is written.
        origin: of the file.
        found: its recordings; several only of a transcript that holds several. None of them failed.
        made_by: the versions.

    Returns:
        how many recordings are new.
    """
    known = set(
        connection.scalars(
            sa.select(tables.recordings.c.part).where(tables.recordings.c.content == origin.content)
        )
    )
    fresh = [(part, one) for part, one in enumerate(found) if part not in known]
    for part, recording in fresh:
        number = _keep_heard(connection, origin, part, recording.heard)
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
    rows = (
        _interaction(result, card, removed) | {"verdicts": verdicts.letters(card, rules)}
        for card in cards
    )
    _insert(connection, tables.interactions, rows)
    _insert(connection, tables.findings, (row for c in cards for row in _findings(result, c)))
    _insert(connection, tables.matches, (row for c in cards for row in _matches(result, c)))
    return result


def versions_row(connection: sa.Connection, made_by: MadeBy) -> int:
    """Return the row of some versions, which is made where there is none."""
    values = asdict(made_by)
    own = digest(made_by)
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
    values = json.dumps(asdict(made_by), sort_keys=True)
    return hashlib.sha256(values.encode()).hexdigest()


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
        },
        "added": _now(),
    }
    number = _added(connection, tables.recordings, values)
    _insert(connection, tables.utterances, (_utterance(number, u) for u in heard.utterances))
    return number


def _added(connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> int:
    """Insert a row and return its number."""
    number = connection.scalar(sa.insert(table).values(**values).returning(table.c.id))
    assert isinstance(number, int)
    return number


def _insert(connection: sa.Connection, table: sa.Table, rows: Iterator[dict[str, Any]]) -> None:
    """Insert many rows of the same columns.

    SQLAlchemy would put the parameters of each row together anew, which takes longer than all that
    the database does with them; here its statement and its types are asked once.
    """
    many = list(rows)
    if not many:
        return
    dialect = connection.dialect
    statement = sa.insert(table).compile(dialect=dialect, column_keys=list(many[0]))
    makers = {
        name: table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in many[0]
    }
    for name, make in makers.items():
        if make is not None:
            for row in many:
                row[name] = make(row[name])
    if statement.positiontup:  # SQLite takes values in their order, PostgreSQL by their names
        ordered = map(operator.itemgetter(*statement.positiontup), many)
        connection.exec_driver_sql(str(statement), list(ordered))
    else:
        connection.exec_driver_sql(str(statement), many)


def _utterance(recording: int, utterance: Utterance) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if utterance.words:
        details["words"] = [[w.text, w.start, w.end, w.probability] for w in utterance.words]
    if utterance.asked:
        details["asked"] = [[a.span.start, a.span.end, a.wording, a.gain] for a in utterance.asked]
    if utterance.sound:
        details["sound"] = asdict(utterance.sound)
    return {
        "recording_id": recording,
        "number": utterance.id,
        "start": utterance.start,
        "end": utterance.end,
        "role": utterance.role,
        "role_confidence": utterance.role_confidence,
        "channel": utterance.channel,
        "heard": utterance.heard,
        "quality": utterance.quality,
        "loudness": utterance.loudness,
        "details": details or None,
    }


def _interaction(result: int, card: Scorecard, removed: Sequence[Removed]) -> dict[str, Any]:
    one = card.interaction
    ids = [u.id for u in one.utterances]
    return {
        "result_id": result,
        "number": one.id,
        "first": min(ids, default=None),
        "last": max(ids, default=None),
        "start": one.start,
        "end": one.end,
        "began": one.began,
        "mode": one.mode,
        "ended": one.ended,
        "aside": one.aside,
        "scorable": card.scorable,
        "score": card.score,
        **_both("grade", card.grade),
        **_both("note", card.note),
        "details": {
            "utterances": ids,
            "events": [
                [e.kind, e.role, e.start, e.end, e.value, list(e.utterances), e.text.zh, e.text.en]
                for e in one.events
            ],
            "sound": one.sound and asdict(one.sound),
            "lost": [removed.index(lost) for lost in one.lost],
        },
    }


def _findings(result: int, card: Scorecard) -> Iterator[dict[str, Any]]:
    for number, finding in enumerate(card.findings):
        yield {
            "result_id": result,
            "interaction": card.interaction.id,
            "number": number,
            "rule": finding.rule,
            "verdict": finding.verdict,
            "points": finding.points,
            "reason_zh": finding.reason.zh,
            "reason_en": finding.reason.en,
            "start": finding.start,
            "end": finding.end,
            "evidence": _evidence(finding),
        }


def _evidence(finding: Finding) -> list[list[int]] | None:
    if not finding.matches and not finding.utterances:
        return None
    return [list(finding.matches), list(finding.utterances)]


def _matches(result: int, card: Scorecard) -> Iterator[dict[str, Any]]:
    for match in card.interaction.matches:
        yield {
            "result_id": result,
            "interaction": card.interaction.id,
            "number": match.id,
            **{name: getattr(match, name) for name in _MATCH},
            "why_zh": match.why.zh,
            "why_en": match.why.en,
            "details": _details(match),
        }


_MATCH = (
    "list", "polarity", "phrase", "phrase_id", "severity", "utterance", "heard", "role", "start",
    "end", "how", "confidence", "likeness", "standing",
)  # fmt: skip


def _details(match: Match) -> dict[str, Any]:
    return {
        "sources": list(match.sources),
        "span": [match.span.start, match.span.end],
        "slots": list(match.slots),
    }


def _both(name: str, text: Text | None) -> dict[str, str | None]:
    return {
        f"{name}_zh": None if text is None else text.zh,
        f"{name}_en": None if text is None else text.en,
    }


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
