"""Clerks' objections to what is held against them, and the last word on them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from courtesy.errors import ReviewError
from courtesy.messages import Text
from courtesy.reviews import Appeal, Deadlines, Decision, State, standing, state
from courtesy.store import accounts, audit, queueing, tables
from courtesy.store.accounts import Account
from courtesy.store.deciding import current, history, moved, utc
from courtesy.store.histories import histories
from courtesy.store.queueing import Flag, Listed

_flags, _appeals, _decisions = tables.flags.c, tables.appeals.c, tables.decisions.c
_MAY_BE_APPEALED: Final[frozenset[State]] = frozenset({"waiting", "confirmed"})

Kind = Literal["open", "answered", "possible"]


@dataclass(frozen=True, slots=True)
class Objection:
    """A flag that somebody objects to, or may object to.

    Attributes:
        listed: the flag.
        appeal: the objection; None where there is none yet.
        until: by when the clerk may object, UTC; None where they have, or nobody has confirmed it.
        deciders: accounts that decided about it.
        judges: those that may give the last word.
    """

    listed: Listed
    appeal: Appeal | None
    until: datetime | None
    deciders: frozenset[int]
    judges: frozenset[int]


def appeal(
    connection: sa.Connection, one: Flag, by: Account, reason: str, deadlines: Deadlines
) -> State:
    """Keep a clerk's objection; return what then stands.

    Args:
        connection: on which it is written.
        one: the flag as they saw it.
        by: the clerk whom it is about.
        reason: in their own words.
        deadlines: until when people may object, and others are to answer.

    Raises:
        Overtaken: somebody else was faster.
        ReviewError: it is about somebody else, was appealed before, does not count, or it is too
            late.
    """
    one = current(connection, one.id, one.revision)
    if not by.clerk or by.clerk != one.clerk:
        raise ReviewError(
            Text("只能申诉自己的。", "People appeal what is held against themselves."),
        )
    past, now = history(connection, one), utc()
    if past.appeal:
        raise ReviewError(
            Text("这一条已经申诉过了。", "This one was appealed before."),
        )
    if one.state not in _MAY_BE_APPEALED:
        raise ReviewError(
            Text("这一条没有算在您身上，不用申诉。", "This one does not count against you."),
        )
    until = until_of(past.decisions, deadlines)
    if until and now > until:
        days = deadlines.appeal.days
        raise ReviewError(
            Text(
                f"申诉期 {days} 天已过。可以请主管重新看。",
                f"The {days} days for an appeal are over. Ask a supervisor to look at it again.",
            )
        )
    connection.execute(
        sa.insert(tables.appeals).values(
            flag_id=one.id, account_id=by.id, reason=reason, at=now, until=now + deadlines.answer
        )
    )
    audit.note(connection, by.name, "appeal", f"flag {one.id}", {"reason": reason})
    return moved(connection, one, "appealed")


def withdraw(connection: sa.Connection, one: Flag, by: Account) -> State:
    """Keep that a clerk does not object any more; return what then stands.

    Args:
        connection: on which it is written.
        one: the flag as they saw it.
        by: who objected.

    Raises:
        Overtaken: somebody else was faster.
        ReviewError: there is nothing of theirs that waits for an answer.
    """
    one = current(connection, one.id, one.revision)
    past = history(connection, one)
    if past.appeal is None or not past.appeal.open or past.appeal.by != by.id:
        raise ReviewError(
            Text("没有您的、还没有答复的申诉。", "No appeal of yours waits for an answer."),
        )
    connection.execute(
        sa.update(tables.appeals).where(_appeals.flag_id == one.id).values(withdrawn=utc())
    )
    audit.note(connection, by.name, "withdraw", f"flag {one.id}")
    return moved(connection, one, state(past.decisions, None, twice=one.twice))


def answer(connection: sa.Connection, one: Flag, by: Account, text: str, *, upheld: bool) -> State:
    """Keep the last word on an appeal; return what then stands.

    Args:
        connection: on which it is written.
        one: the flag as they saw it.
        by: who judges: neither the clerk, nor one who decided about it before.
        text: in their own words.
        upheld: whether the flag stands.

    Raises:
        Overtaken: somebody else was faster.
        ReviewError: they decided about it before, or there is nothing to answer.
    """
    one = current(connection, one.id, one.revision)
    past = history(connection, one)
    if past.appeal is None or not past.appeal.open:
        raise ReviewError(
            Text("没有待答复的申诉。", "There is no appeal to answer."),
        )
    own = by.clerk and by.clerk == one.clerk
    if own or by.id in {past.appeal.by, *(decision.by for decision in past.decisions)}:
        raise ReviewError(
            Text(
                "申诉要由没有决定过这一条的人终审。",
                "An appeal is judged by somebody who has not decided about it before.",
            )
        )
    connection.execute(
        sa.update(tables.appeals)
        .where(_appeals.flag_id == one.id)
        .values(upheld=upheld, judge_id=by.id, answer=text, judged=utc())
    )
    details = {"upheld": upheld, "answer": text}
    audit.note(connection, by.name, "answer", f"flag {one.id}", details)
    return moved(connection, one, "confirmed" if upheld else "rejected")


def listed(
    connection: sa.Connection, kind: Kind, account: Account, deadlines: Deadlines, page: int = 0
) -> tuple[Objection, ...]:
    """Return one page of objections, at most `queueing.PAGE` of them.

    Args:
        connection: to read from.
        kind: open ones, the most urgent first; answered or withdrawn ones, the last first; or what
            the account may still object to.
        account: a clerk sees what is held against them, others see all.
        deadlines: until when people may object.
        page: from 0.
    """
    wanted = _possible(account, deadlines) if kind == "possible" else _made(kind, account)
    wanted = wanted.limit(queueing.PAGE).offset(page * queueing.PAGE)
    numbers = list(connection.scalars(wanted))
    found, past = queueing.some(connection, numbers), histories(connection, numbers)
    judges = {one.id for one in accounts.everybody(connection) if one.may_judge}

    def objections() -> Iterator[Objection]:
        for number in numbers:
            own = past[number]
            deciders = frozenset(decision.by for decision in own.decisions)
            free = judges - deciders - ({own.appeal.by} if own.appeal else set())
            until = None if own.appeal else until_of(own.decisions, deadlines)
            yield Objection(found[number], own.appeal, until, deciders, frozenset(free))

    return tuple(objections())


def _made(kind: Kind, account: Account) -> sa.Select[Any]:
    waits = sa.and_(_appeals.judged.is_(None), _appeals.withdrawn.is_(None))
    over = sa.func.coalesce(_appeals.judged, _appeals.withdrawn)
    wanted = (
        sa.select(_appeals.flag_id).where(waits).order_by(_appeals.until, _appeals.id)
        if kind == "open"
        else sa.select(_appeals.flag_id).where(sa.not_(waits)).order_by(over.desc())
    )
    return wanted.where(_appeals.account_id == account.id) if account.role == "clerk" else wanted


def _possible(account: Account, deadlines: Deadlines) -> sa.Select[Any]:
    objected = sa.exists().where(_appeals.flag_id == _flags.id)
    in_time = sa.exists().where(
        _decisions.flag_id == _flags.id, _decisions.at >= utc() - deadlines.appeal
    )
    return (
        sa.select(_flags.id)
        .where(
            _flags.clerk == account.clerk,
            _flags.state == "confirmed",
            sa.literal(account.role == "clerk" and account.clerk != ""),
            sa.not_(objected),
            in_time,
        )
        .order_by(_flags.id.desc())
    )


def until_of(decisions: Iterable[Decision], deadlines: Deadlines) -> datetime | None:
    """Return by when a clerk may object; None where nobody has decided yet."""
    times = [one.at for one in standing(decisions) if one.at]
    return max(times) + deadlines.appeal if times else None
