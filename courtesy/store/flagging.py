"""Findings become flags, which people look at; scored again, what they decided goes on.

That is done apart from the keeping of results, which is to be fast: whoever serves the flags has it
caught up first, some recordings at a time.
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from courtesy.records import Finding, Match
from courtesy.reviews import state
from courtesy.store import reading, tables
from courtesy.store.amending import amend
from courtesy.store.database import Database
from courtesy.store.histories import histories
from courtesy.store.tallying import shifts_of, tally

_recordings, _results = tables.recordings.c, tables.results.c
_interactions, _flags, _flagged = tables.interactions.c, tables.flags.c, tables.flagged.c

_AT_ONCE: Final = 50  # recordings a transaction
_MANY: Final = 400  # rows a statement names
# By which flags are ordered: what it would cost the clerk, and then how much a listen would tell.
_GRAVE: Final[Mapping[str, float]] = {"fatal": 3.0, "serious": 2.0, "minor": 1.0}
_TELLING: Final = 0.9
_MISSING: Final = 0.5  # how sure it is that what is missing is missing

_Key = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True)
class _Found:
    """A finding that people are to look at.

    Attributes:
        key: rule, phrase, utterance, and which of the same: by these it is known again.
        interaction: number within its result.
        finding: number within its interaction.
        values: of the columns that say what it is.
    """

    key: _Key
    interaction: int
    finding: int
    values: dict[str, Any]


def catch_up(database: Database, twice: float) -> int:
    """Make flags of what was kept since the last time, and let go of what does not count any more.

    Args:
        database: the store.
        twice: the share of flags that two people are to look at, 0 to 1.

    Returns:
        how many recordings were looked at.

    Raises:
        StoreError: the database cannot be used.
    """
    count = 0
    while True:
        with database.writing() as connection:
            todo = _pending(connection)
            for number, result in todo:
                _flag(connection, number, result, twice)
            tally(connection, sorted(shifts_of(connection, [number for number, _ in todo])))
        count += len(todo)
        if len(todo) < _AT_ONCE:
            return count


def _pending(connection: sa.Connection) -> list[tuple[int, int | None]]:
    """Return recordings whose flags are not those of the result that counts, and that result."""
    counts = sa.and_(_results.recording_id == _recordings.id, _results.current)
    both = tables.recordings.outerjoin(tables.results, counts).outerjoin(
        tables.flagged, _flagged.recording_id == _recordings.id
    )
    rows = connection.execute(
        sa.select(_recordings.id, _results.id)
        .select_from(both)
        .where(_results.id.is_distinct_from(_flagged.result_id))
        .order_by(_recordings.id)
        .limit(_AT_ONCE)
    )
    return [(number, result) for number, result in rows]


def _flag(connection: sa.Connection, number: int, result: int | None, twice: float) -> None:
    """Bring the flags of one recording to what one result says; None says nothing."""
    everything = list(_findings(connection, result)) if result else []
    found = {one.key: one for one in everything}
    names = (_flags.id, _flags.rule, _flags.phrase_id, _flags.utterance, _flags.nth)
    rows = connection.execute(sa.select(*names, _flags.twice).where(_flags.recording_id == number))
    known = {tuple(key): (flag, looked_at) for flag, *key, looked_at in rows}
    past = histories(connection, [flag for flag, _ in known.values()])
    for key, (flag, looked_at) in known.items():
        one = found.pop(key, None)
        if one is None:
            values = {"result_id": None, "state": "gone"}
        else:
            now = state(past[flag].decisions, past[flag].appeal, twice=looked_at)
            values = _values(one, result) | {"state": now}
        connection.execute(sa.update(tables.flags).where(_flags.id == flag).values(**values))
    if result and any(past[flag].decisions or past[flag].appeal for flag, _ in known.values()):
        amend(connection, result, {one.interaction for one in everything})
    fresh = [_fresh(one, number, result, twice) for one in found.values()]
    if fresh:
        connection.execute(sa.insert(tables.flags), fresh)
    connection.execute(sa.delete(tables.flagged).where(_flagged.recording_id == number))
    connection.execute(sa.insert(tables.flagged).values(recording_id=number, result_id=result))


def _fresh(one: _Found, number: int, result: int | None, twice: float) -> dict[str, Any]:
    rule, phrase, utterance, nth = one.key
    drawn = zlib.crc32(f"{number} {one.key}".encode()) / 2**32
    return _values(one, result) | {
        "recording_id": number,
        "rule": rule,
        "phrase_id": phrase,
        "utterance": utterance,
        "nth": nth,
        "state": "waiting",
        "twice": drawn < twice,
    }


def _values(one: _Found, result: int | None) -> dict[str, Any]:
    place = {"result_id": result, "interaction": one.interaction, "finding": one.finding}
    return one.values | place


def _findings(connection: sa.Connection, result: int) -> Iterator[_Found]:
    """Yield what is to be looked at of a result: what failed, and phrases that are not sure."""
    said = reading.grouped(connection, tables.matches, [result], reading.match)
    judged = reading.grouped(connection, tables.findings, [result], reading.finding)
    rows = connection.execute(
        sa.select(
            _interactions.number,
            _interactions.first,
            _interactions.began,
            _recordings.hall,
            _recordings.window,
            _recordings.clerk,
        )
        .select_from(tables.interactions.join(tables.results).join(tables.recordings))
        .where(_interactions.result_id == result)
        .order_by(_interactions.number)
    )
    seen: Counter[tuple[str, str, int]] = Counter()
    for row in rows.all():
        matches = {match.id: match for match in said.get((result, row.number), ())}
        whose = {name: row._mapping[name] for name in ("hall", "window", "clerk", "began")}
        for number, finding in enumerate(judged.get((result, row.number), ())):
            evidence = [matches[i] for i in finding.matches if i in matches]
            if not _asked(finding, evidence):
                continue
            key = _place(finding, evidence, row.first)
            yield _Found((*key, seen[key]), row.number, number, whose | _weighed(finding, evidence))
            seen[key] += 1


def _asked(finding: Finding, evidence: Sequence[Match]) -> bool:
    """Tell whether people are to look at a finding.

    That a rule could not be judged is no accusation, and nothing would be heard; a phrase that was
    perhaps said is.
    """
    perhaps = finding.verdict == "unsure" and any(m.polarity == "forbidden" for m in evidence)
    return finding.verdict == "fail" or perhaps


def _place(finding: Finding, evidence: Sequence[Match], first: int | None) -> tuple[str, str, int]:
    said = next((match for match in evidence if match.polarity == "forbidden"), None)
    if said:
        return finding.rule, said.phrase_id, said.utterance
    utterance = finding.utterances[0] if finding.utterances else first or 0
    return finding.rule, "", utterance


def _weighed(finding: Finding, evidence: Iterable[Match]) -> dict[str, Any]:
    said = [match for match in evidence if match.polarity == "forbidden"]
    severity = said[0].severity if said else ""
    confidence = min((match.confidence for match in said), default=None)
    sure = _MISSING if confidence is None else confidence
    telling = 1.0 if finding.verdict == "unsure" else 1.0 - abs(2.0 * sure - 1.0)
    return {
        "verdict": finding.verdict,
        "severity": severity,
        "confidence": confidence,
        "rank": round(_GRAVE.get(severity, 0.0) + _TELLING * telling, 4),
    }
