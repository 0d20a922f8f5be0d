"""What people do with a flag: kept beside all that was done before, and what then stands.

Two may have the same flag before them. Whoever decides says which state of it they saw; if somebody
else was faster they are told (`Overtaken`), and nothing is written.
"""

from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from courtesy.errors import Overtaken, ReviewError
from courtesy.messages import Text
from courtesy.records import Whose
from courtesy.reviews import (
    OPEN,
    Decision,
    Outcome,
    State,
    Why,
    next_part,
    standing,
    state,
)
from courtesy.store import audit, tables
from courtesy.store.accounts import Account
from courtesy.store.amending import amend
from courtesy.store.histories import History, histories
from courtesy.store.queueing import Flag, flag
from courtesy.store.showing import case
from courtesy.store.tallying import Shift, tally

_flags = tables.flags.c
_OTHER: Final[dict[str, str]] = {"clerk": "customer", "customer": "clerk"}


def history(connection: sa.Connection, one: Flag) -> History:
    """Return what people did with a flag."""
    return histories(connection, [one.id])[one.id]


def decide(
    connection: sa.Connection,
    one: Flag,
    by: Account,
    outcome: Outcome,
    why: Why = "",
    note: str = "",
) -> State:
    """Keep what somebody says of a flag; return what then stands.

    Args:
        connection: on which it is written.
        one: the flag as they saw it.
        by: who decides.
        outcome: what they say.
        why: where they reject it.
        note: in their own words.

    Raises:
        Overtaken: somebody else was faster.
        ReviewError: they have looked at it already, or are the clerk whom it is about.
    """
    one = current(connection, one.id, one.revision)
    past = history(connection, one)
    part = next_part(_now_stands(past, one))
    if part is None:
        raise ReviewError(
            Text("这一条已经有了结论。", "This one has been decided already."),
        )
    if by.clerk and by.clerk == one.clerk:
        raise ReviewError(
            Text("不能复核自己的话。", "Nobody decides about their own words."),
        )
    if any(decision.by == by.id for decision in standing(past.decisions)):
        raise ReviewError(
            Text("第二遍要由别人来听。", "The second look is to be somebody else's."),
        )
    decision = Decision(by.id, part, outcome, why, note, utc())
    return _kept(connection, one, by, past, decision)


def take_back(connection: sa.Connection, one: Flag, by: Account) -> State:
    """Take back what somebody said of a flag; return what then stands.

    Args:
        connection: on which it is written.
        one: the flag as they saw it.
        by: who takes it back: it was they who said it, and nobody has said anything since.

    Raises:
        Overtaken: somebody else was faster.
        ReviewError: there is nothing of theirs to take back, or others have built on it.
    """
    one = current(connection, one.id, one.revision)
    past = history(connection, one)
    kept = standing(past.decisions)
    if not kept or kept[-1].by != by.id or past.appeal:
        raise ReviewError(
            Text(
                "没有可以撤回的：这一条不是您最后决定的，或已有申诉。",
                "There is nothing to take back: the last word on it was not yours, or the clerk "
                "has appealed.",
            )
        )
    return _kept(connection, one, by, past, Decision(by.id, kept[-1].part, None, at=utc()))


def say(connection: sa.Connection, one: Flag, by: Account, text: str) -> None:
    """Keep a comment."""
    connection.execute(
        sa.insert(tables.comments).values(flag_id=one.id, account_id=by.id, text=text, at=utc())
    )
    audit.note(connection, by.name, "comment", f"flag {one.id}", {"text": text})


def correct(
    connection: sa.Connection,
    one: Flag,
    by: Account,
    utterance: int,
    heard: str | None = None,
    role: str | None = None,
) -> None:
    """Keep what an utterance says, or who says it, as a person heard it.

    Args:
        connection: on which it is written.
        one: the flag whose recording it is.
        by: who corrects.
        utterance: its number in the recording.
        heard: what it says; None leaves that.
        role: who says it; likewise.

    Raises:
        ReviewError: there is no such utterance.
    """
    said = sa.select(tables.utterances.c.number).where(
        tables.utterances.c.recording_id == one.recording,
        tables.utterances.c.number == utterance,
    )
    if connection.scalar(said) is None:
        raise ReviewError(
            Text(
                "没有这句话，或原话已删除。", "There is no such utterance; its words may be gone."
            ),
        )
    values: dict[str, Any] = {"utterance": utterance, "heard": heard, "role": role}
    connection.execute(
        sa.insert(tables.corrections).values(
            recording_id=one.recording, account_id=by.id, at=utc(), **values
        )
    )
    audit.note(connection, by.name, "correct", f"recording {one.recording}", values)


def swap_roles(connection: sa.Connection, one: Flag, by: Account) -> int:
    """Keep that who served and who was served are the wrong way round in a flag's interaction.

    Returns:
        how many utterances were said by the other one; done twice, all is as it was.
    """
    said = [
        (said.id, role)
        for said in case(connection, one).said_now()
        if (role := _OTHER.get(said.role)) is not None
    ]
    now = utc()
    if said:
        connection.execute(
            sa.insert(tables.corrections),
            [
                {"recording_id": one.recording, "account_id": by.id, "at": now,
                 "utterance": utterance, "role": role}
                for utterance, role in said
            ],
        )  # fmt: skip
        details = {"utterances": [utterance for utterance, _ in said]}
        audit.note(connection, by.name, "swap roles", f"recording {one.recording}", details)
    return len(said)


def current(connection: sa.Connection, number: int, revision: int) -> Flag:
    """Return a flag as somebody saw it.

    Raises:
        Overtaken: it is not what they saw any more.
        ReviewError: there is none of that number.
    """
    one = flag(connection, number)
    if one is None:
        raise ReviewError(
            Text("没有这一条，可能已清理。", "There is no such flag; it may have been purged."),
        )
    if one.revision != revision:
        raise _overtaken()
    return one


def _now_stands(past: History, one: Flag) -> State:
    now: State = (
        "gone" if one.state == "gone" else state(past.decisions, past.appeal, twice=one.twice)
    )
    return now


def _kept(
    connection: sa.Connection, one: Flag, by: Account, past: History, decision: Decision
) -> State:
    connection.execute(
        sa.insert(tables.decisions).values(
            flag_id=one.id,
            account_id=decision.by,
            part=decision.part,
            outcome=decision.outcome,
            why=decision.why,
            note=decision.note,
            at=decision.at,
        )
    )
    now = state((*past.decisions, decision), past.appeal, twice=one.twice)
    action = "decide" if decision.outcome else "take back"
    details = {"outcome": decision.outcome, "why": decision.why, "note": decision.note,
               "part": decision.part, "state": now}  # fmt: skip
    audit.note(connection, by.name, action, f"flag {one.id}", details)
    return moved(connection, one, now)


def moved(connection: sa.Connection, one: Flag, now: State) -> State:
    """Let something else stand of a flag, and whatever follows from it; return what stands.

    Raises:
        Overtaken: somebody else was faster.
    """
    # Who is done with it, whoever it was given to, need not see it any more.
    more = {} if now in OPEN else {"assigned_id": None, "assigned_until": None}
    _move(connection, one, state=now, **more)
    if one.result is not None and one.interaction is not None:
        amend(connection, one.result, [one.interaction])
    if one.began:
        whose = Whose(one.hall, one.window, one.clerk)
        tally(connection, [Shift(one.began.date(), whose)])
    return now


def _move(connection: sa.Connection, one: Flag, **values: Any) -> None:
    done = connection.execute(
        sa.update(tables.flags)
        .where(_flags.id == one.id, _flags.revision == one.revision)
        .values(revision=one.revision + 1, **values)
    )
    if not done.rowcount:
        raise _overtaken()


def _overtaken() -> Overtaken:
    return Overtaken(
        Text(
            "刚才有别人处理了这一条，您的没有写入。请看过新的情况再决定。",
            "Somebody else has just done something with this one, and yours was not kept. Look at "
            "it again and decide.",
        )
    )


def utc() -> datetime:
    """Return the time as the store keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)
