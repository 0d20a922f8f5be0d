"""Recordings that were kept long enough: taken out whole, or only words or sound of them."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final, Literal

import sqlalchemy as sa

from courtesy.messages import Text
from courtesy.store import clips, tables
from courtesy.store.tallying import shifts_of, tally

# In `recordings.details`: since when the words are gone.
WORDLESS: Final = "words_removed"
_GONE: Final = Text("原话已删除", "the words were removed")
Kind = Literal["scores", "words", "sound"]  # scores, and all else; words and sound; sound alone
_CHUNK: Final = 400  # rows a statement may name
_recordings = tables.recordings.c


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be taken of which recordings.

    Attributes:
        kind: what.
        before: recordings that began on this day or later stay.
        since: those that began before this day stay as well; None for none.
    """

    kind: Kind
    before: date
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Old:
    """What a purge takes, or takes the words out of.

    Attributes:
        recordings: how many.
        hours: of them, together.
        interactions: of the results that count.
        decisions: of people, about findings.
        first: when the earliest began, or was added; None where there is none.
        last: the same of the latest.
        clips: files of sound that courtesy recorded itself.
    """

    recordings: int
    hours: float
    interactions: int
    decisions: int
    first: datetime | None
    last: datetime | None
    clips: int


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge took.

    Attributes:
        recordings: how many.
        sound: what became of the files of sound; recordings whose files cannot be deleted stay.
    """

    recordings: int
    sound: clips.Deleted


def wordless() -> sa.ColumnElement[bool]:
    """Return the condition that the words of a recording were taken out."""
    return sa.cast(_recordings.details, sa.Text).contains(f'"{WORDLESS}"')


def began_since(day: date) -> sa.ColumnElement[bool]:
    """Return the condition that a recording began on a day or later; or was added, if unknown."""
    local = datetime.combine(day, time.min)
    # The one is a clock on the wall, the other is what the clock shows in Greenwich.
    added = local.astimezone(UTC).replace(tzinfo=None)
    # Not with OR: what is unknown is neither since nor before a day.
    return sa.case(
        (_recordings.began.is_(None), _recordings.added >= added), else_=_recordings.began >= local
    )


def old(connection: sa.Connection, step: Step) -> Old:
    """Return what a purge would take; recordings that have nothing of the kind do not count."""
    wanted = concerned(step)
    when = sa.func.coalesce(_recordings.began, _recordings.added)
    count, seconds, first, last = connection.execute(
        sa.select(
            sa.func.count(), sa.func.sum(_recordings.duration), sa.func.min(when), sa.func.max(when)
        ).where(wanted)
    ).one()
    results = tables.results.join(tables.recordings)
    interactions = (
        sa.select(sa.func.count())
        .select_from(tables.interactions.join(results))
        .where(wanted, tables.results.c.current)
    )
    flags = tables.flags.join(tables.recordings)
    decided = tables.decisions.join(flags, tables.decisions.c.flag_id == tables.flags.c.id)
    decisions = sa.select(sa.func.count()).select_from(decided).where(wanted)
    return Old(
        count,
        (seconds or 0.0) / 3600,
        connection.scalar(interactions) or 0,
        connection.scalar(decisions) or 0,
        first,
        last,
        clips.count(connection, wanted),
    )


def purge(connection: sa.Connection, step: Step) -> Purged:
    """Take old recordings out; their files stay listed as done, so that none is scored again.

    Args:
        connection: on which all of it is written.
        step: what of which. "words" takes out only what people said: utterances, the words of
            matches, reasons that quote, sound. Scores, grades, verdicts, points, the lexicon's
            phrases and decisions stay. "sound" takes out files that were recorded at the counter,
            and nothing else.
    """
    wanted = concerned(step)
    numbers = list(connection.scalars(sa.select(_recordings.id).where(wanted)))
    sound = clips.delete(connection, wanted)
    numbers = [number for number in numbers if number not in sound.stuck]
    for some in _chunks(numbers):
        if step.kind == "words":
            _take_words(connection, some)
        elif step.kind == "scores":
            shifts = shifts_of(connection, some)
            connection.execute(sa.delete(tables.recordings).where(_recordings.id.in_(some)))
            tally(connection, sorted(shifts))
    return Purged(len(numbers), sound)


def concerned(step: Step) -> sa.ColumnElement[bool]:
    """Return the condition that a recording is old, and has something of the kind."""
    conditions: list[sa.ColumnElement[bool]] = [sa.not_(began_since(step.before))]
    if step.since:
        conditions.append(began_since(step.since))
    if step.kind == "words":
        conditions.append(sa.not_(wordless()))
    if step.kind == "sound":
        conditions.append(_recordings.id.in_(sa.select(tables.clips.c.recording_id)))
    return sa.and_(*conditions)


def _take_words(connection: sa.Connection, numbers: Sequence[int]) -> None:
    said = tables.utterances
    connection.execute(sa.delete(said).where(said.c.recording_id.in_(numbers)))
    corrected = tables.corrections
    connection.execute(
        sa.update(corrected).where(corrected.c.recording_id.in_(numbers)).values(heard=None)
    )
    rows = connection.execute(
        sa.select(_recordings.id, _recordings.details).where(_recordings.id.in_(numbers))
    )
    today = datetime.now(UTC).date().isoformat()
    for number, details in list(rows):
        removed = [["", *rest] for _, *rest in details["removed"]]
        silent = details | {"removed": removed, WORDLESS: today}
        connection.execute(
            sa.update(tables.recordings).where(_recordings.id == number).values(details=silent)
        )
    results = list(
        connection.scalars(
            sa.select(tables.results.c.id).where(tables.results.c.recording_id.in_(numbers))
        )
    )
    for some in _chunks(results):
        _take_quotes(connection, some)


def _take_quotes(connection: sa.Connection, results: Sequence[int]) -> None:
    findings, matches = tables.findings, tables.matches
    # Whatever of it was said stands in quotation marks.
    reasons = (findings.c.reason_zh, findings.c.reason_en)
    quotes = [one.contains(mark) for one in reasons for mark in '“「『"']
    connection.execute(
        sa.update(findings)
        .where(findings.c.result_id.in_(results), sa.or_(*quotes))
        .values(reason_zh=_GONE.zh, reason_en=_GONE.en)
    )
    key = (matches.c.result_id, matches.c.interaction, matches.c.number)
    rows = connection.execute(
        sa.select(*key, matches.c.details).where(matches.c.result_id.in_(results))
    )
    names = ("result", "at", "one", "new")
    slots = [
        dict(zip(names, (*place, details | {"slots": []}), strict=True))
        for *place, details in rows
        if details["slots"]
    ]
    if slots:
        place = [column == sa.bindparam(name) for column, name in zip(key, names, strict=False)]
        new = sa.bindparam("new", type_=matches.c.details.type)
        connection.execute(sa.update(matches).where(*place).values(details=new), slots)
    connection.execute(
        sa.update(matches)
        .where(matches.c.result_id.in_(results))
        .values(heard="", why_zh=_GONE.zh, why_en=_GONE.en)
    )


def _chunks(numbers: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(numbers)
    while some := list(itertools.islice(rest, _CHUNK)):
        yield some
