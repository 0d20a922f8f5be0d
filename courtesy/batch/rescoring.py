"""Stored transcripts judged anew with other lexicons, another rubric or thresholds, without sound.

Who spoke stays as it was found when the recording was heard. What exactly these versions judged
already is not judged again.
"""

import dataclasses
from dataclasses import dataclass
from typing import Final

from courtesy.pipeline import Pipeline
from courtesy.records import MadeBy, Recording
from courtesy.store import Database, again, reading
from courtesy.store.again import Judged

# Settings that are not judged by: all of a stage, or some.
_AS_HEARD: Final[dict[str, frozenset[str] | None]] = {
    "speech": None,
    "dialogue": frozenset({"clerk", "clerk_voice", "voices", "correct"}),
}


@dataclass(frozen=True, slots=True)
class Again:
    """A recording as it counts now, and as other versions judge it.

    Attributes:
        before: as it counts now.
        after: the same, judged anew.
        made_by: the versions that judged it anew.
    """

    before: Judged
    after: Recording
    made_by: MadeBy


def judge_again(database: Database, pipeline: Pipeline, number: int) -> Again | None:
    """Judge a stored recording by the pipeline's lexicons, rubric and settings.

    Args:
        database: the store; it is only read from.
        pipeline: judges.
        number: the recording's row.

    Returns:
        None where just these versions made the result that counts, or there is nothing to judge.

    Raises:
        StoreError: the database cannot be used.
    """
    with database.reading() as connection:
        now = again.versions_of(connection, number)
        if now is None:
            return None
        made_by = as_heard(pipeline.made_by(), now)
        if made_by == now:
            return None
        before = again.judged(connection, number)
        if before is None:
            return None
        there = again.earlier(connection, number, made_by)
        known = reading.recording(connection, there) if there else None
    if known is None:
        parts = [card.interaction for card in before.recording.scorecards] if before.divided else ()
        known = pipeline.judge_again(before.recording.heard, parts)
    return Again(before, known, made_by)


def as_heard(now: MadeBy, before: MadeBy) -> MadeBy:
    """Return the versions that judge now, with the model and the settings by which it was heard.

    Among these are those for finding out who spoke, which is not found out anew.
    """
    options = dict(now.options)
    for stage, names in _AS_HEARD.items():
        then = before.options.get(stage, {})
        own = options.get(stage, {})
        options[stage] = own | {k: v for k, v in then.items() if names is None or k in names}
    return dataclasses.replace(now, model=before.model, options=options)


def keep_again(database: Database, one: Again) -> bool:
    """Let a new result count.

    Returns:
        whether that was still possible: somebody may have purged it, or scored it again, meanwhile.

    Raises:
        StoreError: the database cannot be used; the old result counts.
    """
    with database.writing() as connection:
        return again.keep_again(connection, one.before, one.after, one.made_by)
