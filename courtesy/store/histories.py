"""What people did with flags, as it was kept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from courtesy.reviews import Appeal, Decision
from courtesy.store import tables

_decisions, _appeals = tables.decisions.c, tables.appeals.c
_MANY: Final = 400  # rows a statement names


@dataclass(frozen=True, slots=True)
class History:
    """What people did with one flag.

    Attributes:
        decisions: in their order.
        appeal: the clerk's, if there is one.
    """

    decisions: tuple[Decision, ...] = ()
    appeal: Appeal | None = None


def histories(connection: sa.Connection, flags: Sequence[int]) -> Mapping[int, History]:
    """Return what people did with some flags, by their rows."""
    decided: dict[int, list[Decision]] = defaultdict(list)
    objected: dict[int, Appeal] = {}
    for some in (flags[at : at + _MANY] for at in range(0, len(flags), _MANY)):
        for flag, decision in _decided(connection, some):
            decided[flag].append(decision)
        rows = connection.execute(sa.select(tables.appeals).where(_appeals.flag_id.in_(some)))
        for row in rows:
            objected[row.flag_id] = appeal(row)
    return {flag: History(tuple(decided[flag]), objected.get(flag)) for flag in flags}


def _decided(connection: sa.Connection, flags: Sequence[int]) -> Iterable[tuple[int, Decision]]:
    names = ("flag_id", "account_id", "part", "outcome", "why", "note", "at")
    rows = connection.execute(
        sa.select(*(_decisions[name] for name in names))
        .where(_decisions.flag_id.in_(flags))
        .order_by(_decisions.id)
    )
    for flag, *values in rows:
        yield flag, Decision(*values)


def appeal(row: Any) -> Appeal:
    """Return the appeal of a row of their table."""
    return Appeal(
        by=row.account_id,
        reason=row.reason,
        at=row.at,
        until=row.until,
        upheld=row.upheld,
        judge=row.judge_id,
        answer=row.answer,
        judged=row.judged,
        withdrawn=row.withdrawn,
    )
