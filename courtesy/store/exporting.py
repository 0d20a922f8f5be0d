"""Every interaction that counts, one after the other, with what was found in it."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from courtesy.collected import Choice
from courtesy.records import Kept, MadeBy
from courtesy.store import reading, tables
from courtesy.store.purging import began_since

# Results read at a time: few, since a whole day at one window may be one result.
_CHUNK: Final = 50


def rules(connection: sa.Connection, choice: Choice) -> tuple[str, ...]:
    """Return the rules that were judged, in the order of their rubrics."""
    lists = connection.scalars(
        sa.select(tables.results.c.rules)
        .select_from(tables.results.join(tables.recordings))
        .where(tables.results.c.current, _chosen(choice))
    )
    first: dict[str, int] = {}
    for at, rule in itertools.chain.from_iterable(map(enumerate, lists)):
        first[rule] = min(at, first.get(rule, at))
    return tuple(sorted(first, key=lambda rule: (first[rule], rule)))


def interactions(connection: sa.Connection, choice: Choice) -> Iterator[Kept]:
    """Yield every interaction that counts, in the order the recordings were kept.

    Few are in memory at a time, however many there are.
    """
    made_by = {
        row.id: reading.made_by(row) for row in connection.execute(sa.select(tables.versions))
    }
    results, recordings = tables.results.c, tables.recordings.c
    wanted = (
        sa.select(
            results.id, results.recording_id, results.versions_id,
            recordings.path, recordings.hall, recordings.window, recordings.clerk,
        )
        .select_from(tables.results.join(tables.recordings))
        .where(results.current, _chosen(choice))
        .order_by(results.id)
        .limit(_CHUNK)
    )  # fmt: skip
    last = 0
    while some := list(connection.execute(wanted.where(results.id > last))):
        last = some[-1].id
        yield from _of(connection, {row.id: row for row in some}, made_by)


def _of(
    connection: sa.Connection, chosen: Mapping[int, Any], made_by: Mapping[int, MadeBy]
) -> Iterator[Kept]:
    numbers = list(chosen)
    findings = reading.grouped(connection, tables.findings, numbers, reading.finding)
    matches = reading.grouped(connection, tables.matches, numbers, reading.match)
    sentences = _sentences(connection, numbers)
    one = tables.interactions.c
    names = ("result_id", "number", "began", "start", "end", "mode", "aside", "score", "grade_zh",
             "grade_en", "scorable", "note_zh", "note_en")  # fmt: skip
    rows = connection.execute(
        sa.select(*(one[name] for name in names))
        .where(one.result_id.in_(numbers))
        .order_by(one.result_id, one.number)
    )
    for row in rows:
        of, place = chosen[row.result_id], (row.result_id, row.number)
        yield Kept(
            path=of.path,
            hall=of.hall,
            window=of.window,
            clerk=of.clerk,
            began=row.began,
            number=row.number,
            start=row.start,
            end=row.end,
            mode=row.mode,
            aside=row.aside,
            score=row.score,
            grade=reading.both(row.grade_zh, row.grade_en),
            scorable=row.scorable,
            note=reading.both(row.note_zh, row.note_en),
            findings=tuple(findings.get(place, ())),
            matches=tuple(matches.get(place, ())),
            sentences=sentences.get(place, {}),
            made_by=made_by[of.versions_id],
        )


def _sentences(
    connection: sa.Connection, results: Sequence[int]
) -> dict[tuple[int, int], dict[int, str]]:
    """Return the utterances in which something counts, by interaction and id."""
    matches, said = tables.matches.c, tables.utterances.c
    here = sa.and_(
        said.recording_id == tables.results.c.recording_id, said.number == matches.utterance
    )
    rows = connection.execute(
        sa.select(matches.result_id, matches.interaction, said.number, said.heard)
        .select_from(
            tables.matches.join(tables.results, tables.results.c.id == matches.result_id).join(
                tables.utterances, here
            )
        )
        .where(matches.result_id.in_(results), matches.standing == "counted")
    )
    found: dict[tuple[int, int], dict[int, str]] = {}
    for result, interaction, number, heard in rows:
        found.setdefault((result, interaction), {})[number] = heard
    return found


def _chosen(choice: Choice) -> sa.ColumnElement[bool]:
    """Return which recordings are asked for; one without a time counts by when it was added."""
    wanted: list[sa.ColumnElement[bool]] = [sa.true()]
    if choice.since:
        wanted.append(began_since(choice.since))
    if choice.until:
        wanted.append(sa.not_(began_since(choice.until + timedelta(days=1))))
    for name in ("hall", "window", "clerk"):
        value = getattr(choice, name)
        if value is not None:
            wanted.append(tables.recordings.c[name] == value)
    return sa.and_(*wanted)
