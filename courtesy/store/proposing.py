"""Proposals to change the lists, and what people decided about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from courtesy.errors import Overtaken, ReviewError
from courtesy.lessons import Kind
from courtesy.messages import Text
from courtesy.store import audit, tables
from courtesy.store.accounts import Account

State = Literal["open", "accepted", "declined", "undone"]
_proposals, _accounts = tables.proposals.c, tables.accounts.c
_DONE: Final[dict[State, str]] = {
    "accepted": "accept proposal",
    "declined": "decline proposal",
    "undone": "undo proposal",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A proposal as it is to be kept.

    Attributes:
        kind: what is changed.
        phrase: id.
        value: the threshold, or the wording.
        evidence: how many decisions speak for it.
        grounds: counts behind it.
    """

    kind: Kind
    phrase: str
    value: str
    evidence: int
    grounds: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """A proposal as it was kept.

    Attributes:
        id: its row.
        found: what it says.
        effect: what it would do; None where that is not known yet.
        state: what people made of it.
        reason: why it was declined or undone, also of one that is open again.
        before: the threshold that it took the place of; empty where there was none.
        by: who decided about it; empty where nobody has.
        at: when it came to this state, UTC.
        revision: of what people did with it.
    """

    id: int
    found: Found
    effect: dict[str, Any] | None
    state: State
    reason: str
    before: str
    by: str
    at: datetime
    revision: int


def listed(connection: sa.Connection) -> tuple[Kept, ...]:
    """Return all proposals, the open ones first, and of these those with the most behind them."""
    query = _select().order_by(
        _proposals.state != "open", _proposals.evidence.desc(), _proposals.at.desc(), _proposals.id
    )
    return tuple(_kept(row) for row in connection.execute(query))


def keep(connection: sa.Connection, found: Iterable[Found]) -> None:
    """Let these be the open ones; what is not among them and open is taken away.

    One that was declined or undone is open again where it is among them; one that was accepted
    stays so.
    """
    now = _utc()
    known = {(one.found.kind, one.found.phrase, one.found.value): one for one in listed(connection)}
    fresh = {(one.kind, one.phrase, one.value): one for one in found}
    for key, old in known.items():
        if old.state != "open" or key in fresh:
            continue
        if old.reason:  # somebody declined it once, and that is remembered
            _change(connection, old, {"state": "declined", "revision": old.revision + 1})
        else:
            connection.execute(sa.delete(tables.proposals).where(_proposals.id == old.id))
    for key, one in fresh.items():
        values = {"evidence": one.evidence, "grounds": one.grounds}
        there = known.get(key)
        if there is None:
            names = {"kind": one.kind, "phrase_id": one.phrase, "value": one.value}
            row = {**names, **values, "state": "open", "at": now}
            connection.execute(sa.insert(tables.proposals).values(row))
        elif there.state == "accepted":
            continue
        elif there.state != "open":
            row = values | {"state": "open", "at": now, "effect": sa.null(), "account_id": None}
            _change(connection, there, row | {"revision": there.revision + 1})
        elif there.found != one:
            # What it would do is told by what people decided, and they have decided more.
            _change(connection, there, values | {"effect": sa.null()})


def keep_effect(connection: sa.Connection, one: Kept, effect: dict[str, Any]) -> None:
    """Keep what a proposal would do."""
    wanted = sa.and_(_proposals.id == one.id, _proposals.evidence == one.found.evidence)
    connection.execute(sa.update(tables.proposals).where(wanted).values(effect=effect))


def current(connection: sa.Connection, number: int, revision: int) -> Kept | None:
    """Return a proposal as somebody saw it; None where there is none of that number.

    Raises:
        Overtaken: it is not what they saw any more.
    """
    if not 0 < number < 2**63:
        return None
    row = connection.execute(_select().where(_proposals.id == number)).one_or_none()
    if row is not None and row.revision != revision:
        raise _overtaken()
    return None if row is None else _kept(row)


def move(
    connection: sa.Connection,
    one: Kept,
    by: Account,
    state: State,
    reason: str = "",
    before: str | None = None,
) -> None:
    """Keep what somebody decided about a proposal.

    Args:
        connection: on which it is written.
        one: the proposal as they saw it.
        by: who decides.
        state: what becomes of it.
        reason: in their own words.
        before: the threshold that it takes the place of; None leaves what is kept.

    Raises:
        Overtaken: somebody else was faster.
        ReviewError: it is not open, or, to be undone, was not accepted.
    """
    check(one, state)
    values = {"state": state, "reason": reason, "account_id": by.id, "at": _utc()}
    if before is not None:
        values["before"] = before
    _change(connection, one, values | {"revision": one.revision + 1})
    found = one.found
    details = {"kind": found.kind, "phrase": found.phrase, "value": found.value, "reason": reason}
    audit.note(connection, by.name, _DONE[state], f"proposal {one.id}", details)


def check(one: Kept, state: State) -> None:
    """Make sure that a proposal can come to a state.

    Raises:
        ReviewError: it is not open, or, to be undone, was not accepted.
    """
    if one.state != ("accepted" if state == "undone" else "open"):
        raise ReviewError(
            Text("这条建议已经处理过了。", "This proposal has been decided about already."),
        )


def _change(connection: sa.Connection, one: Kept, values: dict[str, Any]) -> None:
    done = connection.execute(
        sa.update(tables.proposals)
        .where(_proposals.id == one.id, _proposals.revision == one.revision)
        .values(**values)
    )
    if not done.rowcount:
        raise _overtaken()


def _select() -> sa.Select[Any]:
    owner = sa.func.coalesce(sa.func.nullif(_accounts.title, ""), _accounts.name, "")
    both = tables.proposals.outerjoin(tables.accounts, _accounts.id == _proposals.account_id)
    return sa.select(tables.proposals, owner.label("owner")).select_from(both)


def _kept(row: Any) -> Kept:
    found = Found(row.kind, row.phrase_id, row.value, row.evidence, row.grounds)
    return Kept(row.id, found, row.effect, row.state, row.reason, row.before, row.owner, row.at,
                row.revision)  # fmt: skip


def _overtaken() -> Overtaken:
    return Overtaken(
        Text(
            "刚才有别人处理了这条建议，您的没有写入。请看过新的情况再决定。",
            "Somebody else has just decided about this proposal, and yours was not kept. Look at "
            "it again and decide.",
        )
    )


def _utc() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
