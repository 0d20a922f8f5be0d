"""Plans by which flags are drawn to be listened to, whatever else waits.

What is drawn depends on the flag and the plan alone, so that nobody can choose whom it falls on and
everybody can draw it again.
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal, get_args

import sqlalchemy as sa

from courtesy.errors import ReviewError
from courtesy.messages import Text
from courtesy.reviews import DECIDED
from courtesy.store import audit, tables
from courtesy.store.accounts import Account

Kind = Literal[
    "fatal",  # every flag of a phrase that is fatal
    "random",  # a share of each clerk's flags of each week, one at least
    "near",  # where the program was least sure
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
# How sure the program is of a phrase where it might as well be wrong.
NEAR: Final = (0.35, 0.75)
_AT_ONCE: Final = 5000  # rows a statement writes

_plans, _drawn, _flags = tables.plans.c, tables.drawn.c, tables.flags.c


@dataclass(frozen=True, slots=True)
class Plan:
    """Which flags are to be listened to.

    Attributes:
        id: its row.
        name: as people call it.
        kind: how they are chosen.
        share: of a clerk's flags of a week, above 0 to 1; for "random".
        since: day before which nothing is drawn.
        open: whether it still draws.
        drawn: how many flags it has drawn.
        decided: about how many of these people have come to an end.
    """

    id: int
    name: str
    kind: Kind
    share: float
    since: date
    open: bool
    drawn: int = 0
    decided: int = 0


def plans(connection: sa.Connection) -> tuple[Plan, ...]:
    """Return all plans with how far they are, those that still draw first."""
    counted = (
        sa.select(
            _drawn.plan_id,
            sa.func.count().label("drawn"),
            sa.func.sum(sa.case((_flags.state.in_(DECIDED), 1), else_=0)).label("decided"),
        )
        .select_from(tables.drawn.join(tables.flags))
        .group_by(_drawn.plan_id)
        .subquery()
    )
    rows = connection.execute(
        sa.select(tables.plans, counted.c.drawn, counted.c.decided)
        .select_from(tables.plans.outerjoin(counted, counted.c.plan_id == _plans.id))
        .order_by(_plans.closed.is_not(None), _plans.name)
    )
    return tuple(
        Plan(r.id, r.name, r.kind, r.share, r.since, not r.closed, r.drawn or 0, r.decided or 0)
        for r in rows
    )


def make(
    connection: sa.Connection, by: Account, name: str, kind: Kind, share: float, since: date
) -> int:
    """Make a plan and draw by it; return its row.

    Raises:
        ReviewError: there is one of that name.
    """
    if connection.scalar(sa.select(_plans.id).where(_plans.name == name)) is not None:
        raise ReviewError(
            Text(f"已有抽查“{name}”，请换个名字。", f"There is a plan “{name}” already.")
        )
    values = {"name": name, "kind": kind, "share": share, "since": since, "account_id": by.id}
    number = connection.scalar(
        sa.insert(tables.plans)
        .values(**values, made=datetime.now(UTC).replace(tzinfo=None))
        .returning(_plans.id)
    )
    assert isinstance(number, int)
    told = {"name": name, "kind": kind, "share": share, "since": since.isoformat()}
    audit.note(connection, by.name, "plan", f"plan {number}", told)
    draw(connection)
    return number


def close(connection: sa.Connection, by: Account, number: int) -> bool:
    """End a plan, which draws no more; return whether there was an open one."""
    wanted = sa.and_(_plans.id == number, _plans.closed.is_(None))
    now = datetime.now(UTC).replace(tzinfo=None)
    done = connection.execute(sa.update(tables.plans).where(wanted).values(closed=now))
    if done.rowcount:
        audit.note(connection, by.name, "end plan", f"plan {number}")
    return done.rowcount > 0


def draw(connection: sa.Connection) -> int:
    """Draw by all open plans from the flags that came since the last time; return how many."""
    newest = connection.scalar(sa.select(sa.func.max(_flags.id))) or 0
    rows = connection.execute(
        sa.select(tables.plans).where(_plans.closed.is_(None), _plans.seen < newest)
    ).all()
    count = 0
    for row in rows:
        if row.kind == "random":
            chosen = _random(connection, row.id, row.share, row.since, row.seen)
        else:
            chosen = _all(connection, row.kind, row.since, row.seen)
        chosen = sorted(set(chosen) - _already(connection, row.id, chosen))
        values = [{"plan_id": row.id, "flag_id": flag} for flag in chosen]
        for start in range(0, len(values), _AT_ONCE):
            connection.execute(sa.insert(tables.drawn), values[start : start + _AT_ONCE])
        connection.execute(sa.update(tables.plans).where(_plans.id == row.id).values(seen=newest))
        count += len(values)
    return count


def _all(connection: sa.Connection, kind: Kind, since: date, seen: int) -> list[int]:
    least, most = NEAR
    wanted = {
        "fatal": _flags.severity == "fatal",
        "near": sa.or_(_flags.verdict == "unsure", _flags.confidence.between(least, most)),
    }[kind]
    query = sa.select(_flags.id).where(_flags.id > seen, _flags.began >= since, wanted)
    return list(connection.scalars(query))


def _random(
    connection: sa.Connection, plan: int, share: float, since: date, seen: int
) -> list[int]:
    """Choose among each clerk's flags of those weeks in which there are new ones."""
    first = connection.scalar(
        sa.select(sa.func.min(_flags.began)).where(_flags.id > seen, _flags.began >= since)
    )
    if first is None:
        return []
    start = max(_monday(first.date()), since)
    rows = connection.execute(
        sa.select(_flags.id, _flags.clerk, _flags.began).where(_flags.began >= start)
    )
    weeks: dict[tuple[str, date], list[int]] = defaultdict(list)
    for number, clerk, began in rows:
        weeks[clerk, _monday(began.date())].append(number)
    return [
        one
        for flags in weeks.values()
        for one in sorted(flags, key=lambda flag: _lot(plan, flag))[: math.ceil(share * len(flags))]
    ]


def _lot(plan: int, flag: int) -> bytes:
    return hashlib.sha256(f"{plan} {flag}".encode()).digest()


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _already(connection: sa.Connection, plan: int, chosen: Iterable[int]) -> set[int]:
    first = min(chosen, default=0)
    query = sa.select(_drawn.flag_id).where(_drawn.plan_id == plan, _drawn.flag_id >= first)
    return set(connection.scalars(query))
