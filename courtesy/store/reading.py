"""Rows as the values they were made of."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from courtesy.messages import Text
from courtesy.records import (
    Asked,
    Event,
    Finding,
    Heard,
    Interaction,
    MadeBy,
    Match,
    Recording,
    Removed,
    Scorecard,
    SoundQuality,
    Span,
    Utterance,
    Word,
)
from courtesy.store import tables


def heard(connection: sa.Connection, recording: int) -> Heard:
    """Return what was heard in a recording, with the roles that were found then.

    Voices are not kept, so that roles cannot be found anew; they count as told.

    Raises:
        KeyError: there is no such row.
    """
    row = connection.execute(
        sa.select(tables.recordings).where(tables.recordings.c.id == recording)
    ).one_or_none()
    if row is None:
        raise KeyError(recording)
    said = connection.execute(
        sa.select(tables.utterances)
        .where(tables.utterances.c.recording_id == recording)
        .order_by(tables.utterances.c.number)
    )
    details = row.details
    return Heard(
        path=row.path,
        utterances=tuple(_utterance(one) for one in said),
        removed=tuple(
            Removed(text, start, end, Text(zh, en), channel)
            for text, start, end, zh, en, channel in details["removed"]
        ),
        duration=row.duration,
        channels=row.channels,
        whole=row.whole,
        notes=tuple(Text(zh, en) for zh, en in details["notes"]),
        sound=tuple(SoundQuality(**sound) for sound in details["sound"]),
        began=row.began,
    )


def recording(connection: sa.Connection, result: int) -> Recording:
    """Return a recording as one result has it; its readings are not kept.

    Of a recording whose words were taken out (`courtesy db purge --keep-scores`) no utterances are
    left.

    Raises:
        KeyError: there is no such row.
    """
    number = connection.scalar(
        sa.select(tables.results.c.recording_id).where(tables.results.c.id == result)
    )
    if number is None:
        raise KeyError(result)
    whole = heard(connection, number)
    return Recording(whole, scorecards=tuple(_scorecards(connection, result, whole)))


def made_by(row: Any) -> MadeBy:
    """Return the versions of a row that has their columns."""
    return MadeBy(row.courtesy, row.model, row.lexicons, row.rubric, row.options)


def _scorecards(connection: sa.Connection, result: int, whole: Heard) -> Iterator[Scorecard]:
    by_id = {u.id: u for u in whole.utterances}
    matches = _grouped(connection, tables.matches, result)
    findings = _grouped(connection, tables.findings, result)
    rows = connection.execute(
        sa.select(tables.interactions)
        .where(tables.interactions.c.result_id == result)
        .order_by(tables.interactions.c.number)
    )
    for row in rows:
        details = row.details
        interaction = Interaction(
            id=row.number,
            utterances=tuple(by_id[i] for i in details["utterances"] if i in by_id),
            mode=row.mode,
            ended=row.ended,
            matches=tuple(match(one) for one in matches.get(row.number, ())),
            lost=tuple(whole.removed[i] for i in details["lost"]),
            sound=details["sound"] and SoundQuality(**details["sound"]),
            events=tuple(
                Event(kind, role, start, end, value, tuple(ids), Text(zh, en))
                for kind, role, start, end, value, ids, zh, en in details["events"]
            ),
            aside=row.aside,
            began=row.began,
        )
        yield Scorecard(
            interaction=interaction,
            findings=tuple(finding(one) for one in findings.get(row.number, ())),
            score=row.score,
            grade=both(row.grade_zh, row.grade_en),
            scorable=row.scorable,
            note=both(row.note_zh, row.note_en),
        )


def _grouped(connection: sa.Connection, table: sa.Table, result: int) -> dict[int, list[Any]]:
    rows = connection.execute(
        sa.select(table)
        .where(table.c.result_id == result)
        .order_by(table.c.interaction, table.c.number)
    )
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.interaction, []).append(row)
    return found


def _utterance(row: Any) -> Utterance:
    details = row.details or {}
    sound = details.get("sound")
    return Utterance(
        id=row.number,
        heard=row.heard,
        role=row.role,
        start=row.start,
        end=row.end,
        quality=row.quality,
        channel=row.channel,
        words=tuple(Word(*word) for word in details.get("words", ())),
        asked=tuple(
            Asked(Span(start, end), wording, gain)
            for start, end, wording, gain in details.get("asked", ())
        ),
        loudness=row.loudness,
        sound=SoundQuality(**sound) if sound else None,
        role_confidence=row.role_confidence,
    )


def match(row: Any) -> Match:
    """Return the match of a row."""
    details = row.details
    return Match(
        id=row.number,
        list=row.list,
        polarity=row.polarity,
        phrase=row.phrase,
        phrase_id=row.phrase_id,
        sources=tuple(details["sources"]),
        severity=row.severity,
        heard=row.heard,
        span=Span(*details["span"]),
        utterance=row.utterance,
        role=row.role,
        start=row.start,
        end=row.end,
        how=row.how,
        confidence=row.confidence,
        standing=row.standing,
        why=Text(row.why_zh, row.why_en),
        likeness=row.likeness,
        slots=tuple(details["slots"]),
    )


def finding(row: Any) -> Finding:
    """Return the finding of a row."""
    matches, utterances = row.evidence or ((), ())
    return Finding(
        rule=row.rule,
        verdict=row.verdict,
        points=row.points,
        reason=Text(row.reason_zh, row.reason_en),
        start=row.start,
        end=row.end,
        matches=tuple(matches),
        utterances=tuple(utterances),
    )


def both(zh: str | None, en: str | None) -> Text | None:
    """Return a message of its two columns; None where there is none."""
    return None if zh is None or en is None else Text(zh, en)
