"""Who may sign in, and who is signed in.

Passwords come here as digests, tokens as what the browser has; only their checksum is kept, so that
nobody who reads the database can use them.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from courtesy.errors import UsageError
from courtesy.messages import Text
from courtesy.records import Seconds
from courtesy.reviews import Role
from courtesy.store import tables

_accounts, _sessions, _attempts = tables.accounts.c, tables.sessions.c, tables.attempts.c
_LONGEST: Final = 64


@dataclass(frozen=True, slots=True)
class Account:
    """One who may sign in.

    Attributes:
        id: its row.
        name: to sign in with, in small letters.
        title: the person's own name; empty where it was not told.
        role: what its owner may do.
        clerk: as recordings name them; empty for those who are in none.
        closed: since when it may not sign in any more, UTC; None where it may.
    """

    id: int
    name: str
    title: str
    role: Role
    clerk: str = ""
    closed: datetime | None = None

    @property
    def shown(self) -> str:
        """The name that others see."""
        return self.title or self.name

    @property
    def may_judge(self) -> bool:
        """Whether the last word may be its owner's."""
        return self.role == "supervisor" and self.closed is None


def add(
    connection: sa.Connection,
    name: str,
    password: str,
    role: Role,
    title: str = "",
    clerk: str = "",
) -> Account:
    """Make an account.

    Args:
        connection: on which it is written.
        name: to sign in with; small and large letters are the same.
        password: its digest.
        role: what its owner may do.
        title: the person's own name.
        clerk: as recordings name them; a clerk's account needs it.

    Raises:
        UsageError: the name is taken or no name, or a clerk's account names no clerk.
    """
    plain = _plain(name)
    if find(connection, plain):
        raise UsageError(Text(f"已有用户 {plain}。", f"There is a user {plain} already."))
    if role == "clerk" and not clerk:
        raise UsageError(
            Text(
                "工作人员的账号要写明录音里的工号或姓名（--clerk）。",
                "A clerk's account needs the name or number that recordings have (--clerk).",
            )
        )
    row = {"name": plain, "title": title, "role": role, "clerk": clerk, "password": password,
           "made": _now()}  # fmt: skip
    number = connection.scalar(
        sa.insert(tables.accounts).values(**row).returning(tables.accounts.c.id)
    )
    assert isinstance(number, int)
    return Account(number, plain, title, role, clerk)


def everybody(connection: sa.Connection) -> tuple[Account, ...]:
    """Return all accounts, by name."""
    rows = connection.execute(sa.select(tables.accounts).order_by(_accounts.name))
    return tuple(_account(row) for row in rows)


def find(connection: sa.Connection, name: str) -> Account | None:
    """Return the account of a name; None where there is none."""
    wanted = sa.select(tables.accounts).where(_accounts.name == _tried(name))
    row = connection.execute(wanted).one_or_none()
    return None if row is None else _account(row)


def known(connection: sa.Connection, name: str) -> Account:
    """Return the account of a name.

    Raises:
        UsageError: there is none.
    """
    found = find(connection, name)
    if found is None:
        raise UsageError(Text(f"没有用户 {name}。", f"There is no user {name}."))
    return found


def password_of(connection: sa.Connection, account: Account) -> str:
    """Return the digest of an account's password."""
    wanted = sa.select(_accounts.password).where(_accounts.id == account.id)
    return str(connection.scalar(wanted) or "")


def change(connection: sa.Connection, account: Account, **values: Any) -> None:
    """Give an account another title, role, clerk or password digest; its sessions end."""
    connection.execute(
        sa.update(tables.accounts).where(_accounts.id == account.id).values(**values)
    )
    connection.execute(sa.delete(tables.sessions).where(_sessions.account_id == account.id))


def close(connection: sa.Connection, account: Account) -> None:
    """Let nobody sign in with an account any more, and end its sessions.

    Raises:
        UsageError: it is the last administrator's.
    """
    others = sa.select(sa.func.count()).where(
        _accounts.role == "administrator", _accounts.closed.is_(None), _accounts.id != account.id
    )
    if account.role == "administrator" and not connection.scalar(others):
        raise UsageError(
            Text(
                f"{account.name} 是最后一位管理员，不能停用。请先另设一位。",
                f"{account.name} is the last administrator and stays. Make another one first.",
            )
        )
    change(connection, account, closed=_now())


def begin_session(connection: sa.Connection, account: Account, now: Seconds) -> str:
    """Sign an account in; return the token for its browser.

    Args:
        connection: on which it is written.
        account: whose.
        now: seconds since 1970, as in all that follows.
    """
    token = secrets.token_urlsafe(32)
    connection.execute(
        sa.insert(tables.sessions).values(
            token=_digest(token), account_id=account.id, began=now, seen=now
        )
    )
    return token


def signed_in(
    connection: sa.Connection, token: str, now: Seconds, idle: Seconds, longest: Seconds
) -> Account | None:
    """Return whose session a token is; None where it has ended.

    Args:
        connection: to read from.
        token: as the browser sent it.
        now: seconds since 1970.
        idle: after which a session ends that nobody uses.
        longest: after which every session ends.
    """
    wanted = (
        sa.select(tables.accounts)
        .join(tables.sessions)
        .where(
            _sessions.token == _digest(token),
            _sessions.seen > now - idle,
            _sessions.began > now - longest,
            _accounts.closed.is_(None),
        )
    )
    row = connection.execute(wanted).one_or_none()
    return None if row is None else _account(row)


def seen(connection: sa.Connection, token: str, now: Seconds) -> None:
    """Note that a session is being used."""
    own = _sessions.token == _digest(token)
    connection.execute(sa.update(tables.sessions).where(own).values(seen=now))


def end_session(connection: sa.Connection, token: str) -> None:
    """Sign out."""
    connection.execute(sa.delete(tables.sessions).where(_sessions.token == _digest(token)))


def forget_sessions(connection: sa.Connection, before: Seconds) -> None:
    """Let go of sessions and failed attempts that were last seen before a time."""
    connection.execute(sa.delete(tables.sessions).where(_sessions.seen < before))
    connection.execute(sa.delete(tables.attempts).where(_attempts.at < before))


def failed(connection: sa.Connection, name: str, address: str, now: Seconds) -> None:
    """Note that somebody did not know a password."""
    values = {"name": _tried(name), "address": address[:_LONGEST], "at": now}
    connection.execute(sa.insert(tables.attempts).values(**values))


def failures(connection: sa.Connection, name: str, address: str, since: Seconds) -> tuple[int, int]:
    """Return how often a name was tried in vain since a time, and how often from an address."""
    counts = []
    tried = (_attempts.name, _tried(name)), (_attempts.address, address[:_LONGEST])
    for column, value in tried:
        wanted = sa.select(sa.func.count()).where(column == value, _attempts.at > since)
        counts.append(connection.scalar(wanted) or 0)
    return counts[0], counts[1]


def names(connection: sa.Connection, ids: Sequence[int]) -> dict[int, str]:
    """Return the names that others see of some accounts."""
    rows = connection.execute(sa.select(tables.accounts).where(_accounts.id.in_(ids)))
    return {row.id: _account(row).shown for row in rows}


def _tried(name: str) -> str:
    """Return a name as it would be kept, whatever somebody typed."""
    return (tables.fit(name.strip().casefold()) or "")[:_LONGEST]


def _plain(name: str) -> str:
    known = name.strip().casefold()
    spaces = any(map(str.isspace, known))
    if not known or len(known) > _LONGEST or not known.isprintable() or spaces:
        raise UsageError(
            Text(
                f"用户名 {name!r} 不能用。应为 1 至 {_LONGEST} 个字符，不含空格。",
                f"{name!r} is no user name. It has 1 to {_LONGEST} characters and no spaces.",
            )
        )
    return known


def _account(row: Any) -> Account:
    return Account(row.id, row.name, row.title, row.role, row.clerk, row.closed)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
