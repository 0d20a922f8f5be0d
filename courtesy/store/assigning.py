"""Whose a flag is to look at: given by a supervisor, or taken for a while by who will do it now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import sqlalchemy as sa

from courtesy.errors import ReviewError
from courtesy.messages import Text
from courtesy.store import audit, queueing, tables
from courtesy.store.accounts import Account
from courtesy.store.queueing import Wanted

_flags = tables.flags.c
MOST: Final = 500  # that are given or taken at once
# For how long what somebody has taken is kept from others.
TAKEN: Final = timedelta(hours=2)


def give(connection: sa.Connection, by: Account, flags: Sequence[int], to: Account | None) -> int:
    """Have somebody look at some flags; None lets everybody.

    Returns:
        how many of them there are.

    Raises:
        ReviewError: that account may not decide, or a flag is about its owner.
    """
    if to and to.role not in {"reviewer", "supervisor"}:
        raise ReviewError(
            Text(f"{to.shown} 不能复核，请交给别人。", f"{to.shown} may not decide. Name another.")
        )
    if to and to.clerk:
        own = sa.select(_flags.id).where(_flags.id.in_(flags), _flags.clerk == to.clerk).limit(1)
        if connection.scalar(own) is not None:
            raise ReviewError(
                Text("不能让人复核自己的话。", "Nobody decides about their own words.")
            )
    values = {"assigned_id": to.id if to else None, "assigned_until": None}
    done = connection.execute(
        sa.update(tables.flags).where(_flags.id.in_(flags)).values(**values)
    ).rowcount
    told = {"flags": list(flags), "to": to.name if to else None}
    audit.note(connection, by.name, "assign", f"{done} flags", told)
    return done


def take(connection: sa.Connection, by: Account, wanted: Wanted, count: int) -> int:
    """Take the most urgent flags that are nobody's; return how many.

    Args:
        connection: on which it is written.
        by: who takes them; after `TAKEN` what they have not done is everybody's again.
        wanted: among which.
        count: at most.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    among = replace(wanted, free=now)
    free = queueing.numbers(connection, among, min(count, MOST), not_about=by.clerk)
    if free:
        connection.execute(
            sa.update(tables.flags)
            .where(_flags.id.in_(free))
            .values(assigned_id=by.id, assigned_until=now + TAKEN)
        )
        audit.note(connection, by.name, "take", f"{len(free)} flags", {"flags": list(free)})
    return len(free)
