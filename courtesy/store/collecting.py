"""What a report counts, read from the store: only what counts now, and no more of it than needed.

A month is some hundred thousand interactions, with millions of findings; those are counted by the
letters that stand for them (`verdicts`), and read only where a forbidden phrase was said.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from courtesy.began import by_name
from courtesy.collected import Choice, Collected, Failed, Phrase, Quote, phrases
from courtesy.errors import StoreError
from courtesy.messages import Text
from courtesy.records import Fault, Judged, Verdict, Whose
from courtesy.store import tables, verdicts
from courtesy.store.amending import amended, struck_findings
from courtesy.store.database import Database

_WHOSE = ("hall", "window", "clerk")
_KNOWN = 5  # names that an error tells
_MANY = 300  # rows a statement names

_files = tables.files.c
_recordings = tables.recordings.c
_results = tables.results.c
_interactions = tables.interactions.c
_findings = tables.findings.c
_matches = tables.matches.c
_utterances = tables.utterances.c


@dataclass(frozen=True, slots=True)
class _Result:
    """What all interactions of a result have in common."""

    path: str
    recording: int
    whose: Whose
    rules: tuple[str, ...]
    versions: int


def collect(database: Database, choice: Choice) -> Collected:
    """Read what a report counts.

    Args:
        database: the store.
        choice: which interactions.

    Raises:
        StoreError: it cannot be used, nothing was ever kept in it, or the hall, window or clerk
            that is asked for is not in it.
    """
    with database.reading() as connection:
        results = _chosen_results(connection, choice)
        if not results:
            _explain(connection, choice, database.url)
        judged, written = _judged(connection, choice, results)
        return Collected(
            choice=choice,
            judged=tuple(judged),
            verdicts=_verdicts(written),
            phrases=_phrases(connection, choice, results),
            failed=tuple(_failed(connection, choice)),
            timeless=_timeless(connection, choice),
            rubrics=_rubrics(connection, results.values()),
            source=database.url,
        )


def _current(choice: Choice) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on results and recordings."""
    wanted = ((_recordings[name], getattr(choice, name)) for name in _WHOSE)
    return [
        _results.recording_id == _recordings.id,
        _results.current,
        *(column == value for column, value in wanted if value is not None),
    ]


def _in_time(choice: Choice) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on interactions."""
    found: list[sa.ColumnElement[bool]] = []
    if choice.since:
        found.append(_interactions.began >= datetime.combine(choice.since, time.min))
    if choice.until:
        after = datetime.combine(choice.until, time.min) + timedelta(days=1)
        found.append(_interactions.began < after)
    return found


def _chosen_results(connection: sa.Connection, choice: Choice) -> dict[int, _Result]:
    """Return the results that have interactions that are asked for, by their rows."""
    columns = (_results.id, _results.rules, _results.versions_id, _recordings.id.label("recording"),
               _recordings.path, *(_recordings[name] for name in _WHOSE))  # fmt: skip
    wanted = sa.select(*columns).where(*_current(choice))
    if choice.dated:
        inside = sa.select(_interactions.result_id).where(*_in_time(choice))
        wanted = wanted.where(_results.id.in_(inside))
    return {
        row.id: _Result(
            row.path,
            row.recording,
            Whose(row.hall, row.window, row.clerk),
            tuple(row.rules),
            row.versions_id,
        )
        for row in connection.execute(wanted.order_by(_results.id))
    }


def _rows(
    connection: sa.Connection,
    wanted: sa.Select[Any],
    result: sa.ColumnElement[int],
    results: Iterable[int],
) -> Iterator[Any]:
    """Yield the rows of some results, a few results at a time.

    The rows of a result stand side by side; found by their time, each would be looked for alone.
    """
    left = iter(results)
    while some := list(itertools.islice(left, _MANY)):
        yield from connection.execute(wanted.where(result.in_(some)))


_Written = dict[tuple[Whose, tuple[str, ...]], list[str]]


def _judged(
    connection: sa.Connection, choice: Choice, results: Mapping[int, _Result]
) -> tuple[list[Judged], _Written]:
    """Return the interactions, and the verdicts of those that have a score."""
    names = ("result_id", "number", "began", "aside", "score", "grade_zh", "grade_en", "note_zh",
             "note_en", "verdicts")  # fmt: skip
    people = amended(connection, list(results))
    wanted = sa.select(*(_interactions[name] for name in names)).where(*_in_time(choice))
    found: list[Judged] = []
    written: _Written = defaultdict(list)
    texts: dict[tuple[str | None, str | None], Text | None] = {(None, None): None}
    for row in _rows(connection, wanted, _interactions.result_id, results):
        number, at, began, aside, score, grade_zh, grade_en, note_zh, note_en, letters = row
        result = results[number]
        if people and (number, at) in people:
            letters, score, grade_zh, grade_en = people[number, at]
        for pair in ((grade_zh, grade_en), (note_zh, note_en)):
            if pair not in texts:
                texts[pair] = Text(pair[0] or "", pair[1] or "")
        grade, note = texts[grade_zh, grade_en], texts[note_zh, note_en]
        found.append(Judged(result.path, began, score, aside, result.whose, grade, note))
        if score is not None:
            written[result.whose, result.rules].append(letters)
    return found, written


def _verdicts(written: _Written) -> dict[tuple[Whose, str], dict[Verdict, int]]:
    found: dict[tuple[Whose, str], Counter[Verdict]] = defaultdict(Counter)
    for (whose, rules), letters in written.items():
        for rule, counts in verdicts.counts(rules, letters).items():
            found[whose, rule].update(counts)
    return {key: dict(counts) for key, counts in found.items()}


def _phrases(
    connection: sa.Connection, choice: Choice, results: Mapping[int, _Result]
) -> tuple[Phrase, ...]:
    """Return what was said against the rules, with the sentences of those that are shown."""
    at: dict[Quote, tuple[int, int]] = {}
    found = []
    for row in _breaches(connection, choice, results):
        result = results[row.result_id]
        quote = Quote(row.heard, "", result.whose, row.began, result.path, row.start)
        at[quote] = (result.recording, row.utterance)
        found.append((row.phrase_id, row.phrase, row.severity, quote))
    made = phrases(found)
    shown = {at[quote] for phrase in made for quote in phrase.quotes}
    sentences = dict(_sentences(connection, sorted(shown)))
    return tuple(
        replace(
            phrase,
            quotes=tuple(replace(q, sentence=sentences.get(at[q], "")) for q in phrase.quotes),
        )
        for phrase in made
    )


def _breaches(connection: sa.Connection, choice: Choice, results: Iterable[int]) -> Iterator[Any]:
    """Yield the matches that failed a rule: one each time, however many parts it was said in."""
    names = ("result_id", "interaction", "number", "phrase_id", "phrase", "severity", "heard",
             "start", "utterance")  # fmt: skip
    wanted = sa.select(
        *(_matches[name] for name in names),
        _interactions.began,
        _findings.evidence,
        _findings.number.label("finding"),
    ).where(
        _matches.result_id == _interactions.result_id,
        _matches.interaction == _interactions.number,
        _matches.polarity == "forbidden",
        _matches.standing == "counted",
        _findings.result_id == _matches.result_id,
        _findings.interaction == _matches.interaction,
        _findings.verdict == "fail",
        *_in_time(choice),
    )
    seen = set()
    struck = struck_findings(connection, list(results))
    for row in _rows(connection, wanted, _matches.result_id, results):
        matches = row.evidence[0] if row.evidence else ()
        if (row.result_id, row.interaction, row.finding) in struck:
            continue
        key = (row.result_id, row.interaction, row.number)
        # Two rules may be broken by the same words.
        if matches and matches[0] == row.number and key not in seen:
            seen.add(key)
            yield row


def _sentences(
    connection: sa.Connection, wanted: list[tuple[int, int]]
) -> Iterator[tuple[tuple[int, int], str]]:
    for start in range(0, len(wanted), _MANY):
        # SQLite would read all that was ever said if it were asked for pairs.
        some = sa.select(_utterances.recording_id, _utterances.number, _utterances.heard).where(
            sa.or_(
                *(
                    sa.and_(_utterances.recording_id == recording, _utterances.number == number)
                    for recording, number in wanted[start : start + _MANY]
                )
            )
        )
        for recording, number, heard in connection.execute(some):
            yield (recording, number), heard


def _failed(connection: sa.Connection, choice: Choice) -> Iterator[Failed]:
    """Yield files that failed, those among them whose time nobody knows."""
    names = ("path", *_WHOSE, "began", "error_kind", "error_zh", "error_en")
    rows = connection.execute(
        sa.select(*(_files[name] for name in names))
        .where(_files.state == tables.FAILED)
        .order_by(_files.path)
    )
    for row in rows:
        began = row.began or by_name(row.path)
        whose = Whose(row.hall, row.window, row.clerk)
        if choice.whose(whose) and (began is None or choice.when(began)):
            yield Failed(row.path, Fault(row.error_kind, Text(row.error_zh, row.error_en)))


def _timeless(connection: sa.Connection, choice: Choice) -> int:
    if not choice.dated:
        return 0
    wanted = sa.select(sa.func.count()).where(
        _interactions.result_id == _results.id,
        _interactions.began.is_(None),
        sa.not_(_interactions.aside),
        *_current(choice),
    )
    return connection.scalar(wanted) or 0


def _rubrics(connection: sa.Connection, results: Iterable[_Result]) -> tuple[str, ...]:
    ids = {result.versions for result in results}
    rows = connection.execute(
        sa.select(tables.versions.c.id, tables.versions.c.rubric).order_by(tables.versions.c.id)
    )
    return tuple(dict.fromkeys(rubric for number, rubric in rows if number in ids))


def _explain(connection: sa.Connection, choice: Choice, url: str) -> None:
    """Say why there is nothing, unless it is only the period that is empty.

    Raises:
        StoreError: nothing was ever kept, or a name is not in the store.
    """
    if connection.scalar(sa.select(_results.id).where(_results.current).limit(1)) is None:
        raise StoreError(
            Text(
                f"数据库 {url} 里还没有评分结果。请先用 courtesy batch run 评分。",
                f"There are no results in the database {url} yet. "
                "Score with courtesy batch run first.",
            )
        )
    for name in _WHOSE:
        value = getattr(choice, name)
        if value is None:
            continue
        known = sorted(connection.scalars(sa.select(_recordings[name]).distinct()))
        if value in known:
            continue
        told = [one for one in known if one]
        listed = "、".join(told[:_KNOWN]), ", ".join(told[:_KNOWN])
        more = "…" if len(told) > _KNOWN else ""
        raise StoreError(
            Text(
                f"数据库里没有 --{name} {value}。"
                + (f"有的是：{listed[0]}{more}。" if told else "录音都没有记下这一项。"),
                f"There is no --{name} {value} in the database. "
                + (f"There are: {listed[1]}{more}." if told else "No recording tells its own."),
            )
        )
