"""Rows as the values they were made of."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

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

_Made = TypeVar("_Made")


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
        utterances=tuple(utterance(one) for one in said),
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
    matches = grouped(connection, tables.matches, [result], match)
    findings = grouped(connection, tables.findings, [result], finding)
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
            matches=tuple(matches.get((result, row.number), ())),
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
            findings=tuple(findings.get((result, row.number), ())),
            score=row.score,
            grade=both(row.grade_zh, row.grade_en),
            scorable=row.scorable,
            note=both(row.note_zh, row.note_en),
        )


def grouped(
    connection: sa.Connection,
    table: sa.Table,
    results: Sequence[int],
    make: Callable[[Sequence[Any]], _Made],
) -> Mapping[tuple[int, int], Sequence[_Made]]:
    """Return what was found in interactions, by their result and their number in it.

    Args:
        connection: to read from.
        table: of findings or of matches.
        results: which.
        make: makes a value of what stands in a row from its number on.
    """
    of = table.c
    rows = connection.execute(
        sa.select(table)
        .where(of.result_id.in_(results))
        .order_by(of.result_id, of.interaction, of.number)
    )
    found: dict[tuple[int, int], list[_Made]] = defaultdict(list)
    for result, interaction, *values in rows.all():
        found[result, interaction].append(make(values))
    return found


def utterance(row: Any) -> Utterance:
    """Return the utterance of a row of their table."""
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


def match(row: Sequence[Any]) -> Match:
    """Return the match of the values of a row, from its number on.

    They are taken apart at once: a month has hundreds of thousands, and to ask a row for each value
    by its name takes several times as long.
    """
    (number, name, polarity, phrase, phrase_id, severity, utterance, heard, role, start, end,
     how, confidence, likeness, standing, why_zh, why_en, details) = row  # fmt: skip
    return Match(
        id=number,
        list=name,
        polarity=polarity,
        phrase=phrase,
        phrase_id=phrase_id,
        sources=tuple(details["sources"]),
        severity=severity,
        heard=heard,
        span=Span(*details["span"]),
        utterance=utterance,
        role=role,
        start=start,
        end=end,
        how=how,
        confidence=confidence,
        standing=standing,
        why=Text(why_zh, why_en),
        likeness=likeness,
        slots=tuple(details["slots"]),
    )


def finding(row: Sequence[Any]) -> Finding:
    """Return the finding of the values of a row, from its number on."""
    _, rule, verdict, points, reason_zh, reason_en, start, end, evidence = row
    matches, utterances = evidence or ((), ())
    return Finding(
        rule=rule,
        verdict=verdict,
        points=points,
        reason=Text(reason_zh, reason_en),
        start=start,
        end=end,
        matches=tuple(matches),
        utterances=tuple(utterances),
    )


def both(zh: str | None, en: str | None) -> Text | None:
    """Return a message of its two columns; None where there is none."""
    return None if zh is None or en is None else Text(zh, en)
