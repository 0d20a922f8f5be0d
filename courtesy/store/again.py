"""What is to be scored again, and what came of it."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from courtesy.records import MadeBy, Recording
from courtesy.store import reading, tables
from courtesy.store.purging import began_since, wordless
from courtesy.store.saving import digest, keep_result

_results, _recordings = tables.results.c, tables.recordings.c


@dataclass(frozen=True, slots=True)
class Judged:
    """A recording as the result that counts has it.

    Attributes:
        number: its row.
        result: the row of the result.
        recording: what was heard and made of it.
        divided: whether its interactions stay as they were found: voices helped, or it is one that
            was judged live, without what was said before and after.
        made_by: the versions.
        decisions: how many people made about it.
    """

    number: int
    result: int
    recording: Recording
    divided: bool
    made_by: MadeBy
    decisions: int


def numbers(connection: sa.Connection, since: date | None = None) -> list[int]:
    """Return the rows of the recordings that count and whose words are there, as they were kept.

    Args:
        connection: to read from.
        since: the first day on which they began, or were added where that is not known.
    """
    wanted = (
        sa.select(_recordings.id)
        .where(sa.not_(wordless()), tables.counting())
        .order_by(_recordings.id)
    )
    if since:
        wanted = wanted.where(began_since(since))
    return list(connection.scalars(wanted))


def versions_of(connection: sa.Connection, number: int) -> MadeBy | None:
    """Return the versions behind the result that counts; None where there is none."""
    row = connection.execute(
        sa.select(tables.versions)
        .join(tables.results, _results.versions_id == tables.versions.c.id)
        .where(_results.recording_id == number, _results.current)
    ).one_or_none()
    return None if row is None else reading.made_by(row)


def judged(connection: sa.Connection, number: int) -> Judged | None:
    """Return what counts of a recording; None where nothing does, or its words are gone."""
    row = connection.execute(
        sa.select(_recordings.details, _results.id.label("result"))
        .select_from(tables.recordings.join(tables.results))
        .where(_recordings.id == number, _results.current, sa.not_(wordless()))
    ).one_or_none()
    made_by = versions_of(connection, number)
    if row is None or made_by is None:
        return None
    decisions = (
        sa.select(sa.func.count())
        .select_from(tables.decisions.join(tables.flags))
        .where(tables.flags.c.recording_id == number)
    )
    return Judged(
        number=number,
        result=row.result,
        recording=reading.recording(connection, row.result),
        divided=bool(row.details["voices"] or row.details.get("alone")),
        made_by=made_by,
        decisions=connection.scalar(decisions) or 0,
    )


def earlier(connection: sa.Connection, number: int, made_by: MadeBy) -> int | None:
    """Return the row of the result that just these versions made; None where there is none."""
    return connection.scalar(
        sa.select(_results.id)
        .join(tables.versions, tables.versions.c.id == _results.versions_id)
        .where(_results.recording_id == number, tables.versions.c.digest == digest(made_by))
    )


def keep_again(
    connection: sa.Connection, before: Judged, after: Recording, made_by: MadeBy
) -> bool:
    """Let a new result count; the old one stays beside it, and so do the decisions about it.

    Args:
        connection: on which all of it is written.
        before: as it was read.
        after: the same recording as it was judged now.
        made_by: the versions that judged it.

    Returns:
        whether that was still possible: somebody may have purged it, or scored it again, meanwhile.
    """
    still = sa.select(_results.id).join(tables.recordings).where(
        _results.id == before.result, _results.current, sa.not_(wordless())
    )  # fmt: skip
    if connection.scalar(still.with_for_update()) is None:
        return False
    there = earlier(connection, before.number, made_by)
    if there is None:
        keep_result(connection, before.number, after, made_by)
        return True
    # It was made before: not made again, or the decisions about it would be gone.
    own = _results.recording_id == before.number
    connection.execute(sa.update(tables.results).where(own).values(current=_results.id == there))
    return True


def newest(connection: sa.Connection, most: int) -> list[int]:
    """Return the rows of the recordings that hold the newest interactions, the newest first.

    Args:
        connection: to read from.
        most: interactions that are asked for; a recording is whole or not there. Those of which it
            is not known when they began come last.
    """
    found: dict[int, None] = {}
    for known in (True, False):
        began = tables.interactions.c.began
        order = (began if known else tables.interactions.c.result_id).desc()
        rows = connection.execute(
            sa.select(_results.recording_id)
            .select_from(tables.interactions.join(tables.results).join(tables.recordings))
            .where(
                began.is_not(None) if known else began.is_(None),
                _results.current,
                sa.not_(wordless()),
            )
            .order_by(order)
            .limit(most)
        ).scalars()
        for number in rows:
            if most > 0:
                found.setdefault(number)
            most -= 1
    return list(found)
