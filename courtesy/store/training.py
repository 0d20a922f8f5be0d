"""Classes, what they are given to practise, and certificates."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from courtesy.errors import Overtaken, ReviewError
from courtesy.messages import Text
from courtesy.store import audit, tables
from courtesy.store.accounts import Account, everybody
from courtesy.store.practising import day_of, today

_classes, _members = tables.classes.c, tables.members.c
_given, _practices = tables.assignments.c, tables.practices.c
_accounts, _certificates = tables.accounts.c, tables.certificates.c
_walks = tables.walks.c


@dataclass(frozen=True, slots=True)
class Assignment:
    """A scenario that a class is to practise.

    Attributes:
        id: its row.
        group: the name of the class.
        class_id: its row.
        scenario: id of the scenario.
        due: the last day; None where there is none.
        examination: whether results may be used in an appraisal; it is taken once.
        closed: whether it is over.
        done: by how many of the class, or whether by the one who asks.
    """

    id: int
    group: str
    class_id: int
    scenario: str
    due: date | None
    examination: bool
    closed: bool
    done: int


@dataclass(frozen=True, slots=True)
class Group:
    """A class.

    Attributes:
        id: its row.
        name: as people call it.
        trainer: the account that made it.
        closed: whether it is over.
        members: accounts, by name.
        assignments: the last ones first.
    """

    id: int
    name: str
    trainer: str
    closed: bool
    members: tuple[Account, ...]
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a trainer certified.

    Attributes:
        id: its row, and its number.
        account: whose; its row.
        person: their name.
        shown: as others see it.
        level: id of the level.
        by: the trainer's name.
        made: UTC, without a zone.
        until: the last day on which it is valid.
        grounds: drills it rests on: scenario, day and points.
        withdrawn: when it was; None where it was not.
    """

    id: int
    account: int
    person: str
    shown: str
    level: str
    by: str
    made: datetime
    until: date
    grounds: Sequence[Mapping[str, Any]]
    withdrawn: datetime | None

    @property
    def day(self) -> date:
        """On which it was made, by this machine's clock."""
        return day_of(self.made)

    @property
    def valid(self) -> bool:
        """Whether it holds today."""
        return self.withdrawn is None and self.until >= today()


def groups(connection: sa.Connection) -> tuple[Group, ...]:
    """Return all classes, those that are not over first."""
    rows = connection.execute(
        sa.select(tables.classes, _accounts.name.label("trainer"))
        .select_from(tables.classes.join(tables.accounts))
        .order_by(_classes.closed.is_not(None), _classes.name)
    ).all()
    people = _people(connection)
    own: dict[int, list[Account]] = {}
    for class_id, account_id in connection.execute(
        sa.select(_members.class_id, _members.account_id)
    ):
        own.setdefault(class_id, []).append(people[account_id])
    given: dict[int, list[Assignment]] = {}
    for one in _assignments(connection):
        given.setdefault(one.class_id, []).append(one)
    return tuple(
        Group(
            row.id, row.name, row.trainer, row.closed is not None,
            tuple(sorted(own.get(row.id, ()), key=lambda a: a.name)),
            tuple(given.get(row.id, ())),
        )
        for row in rows
    )  # fmt: skip


def make(connection: sa.Connection, by: Account, name: str) -> int:
    """Make a class; return its row.

    Raises:
        ReviewError: there is one of that name.
    """
    if connection.scalar(sa.select(_classes.id).where(_classes.name == name)) is not None:
        raise ReviewError(
            Text(f"已有班级“{name}”，请换个名字。", f"There is a class “{name}” already.")
        )
    number = connection.scalar(
        sa.insert(tables.classes)
        .values(name=name, account_id=by.id, made=_now())
        .returning(_classes.id)
    )
    assert isinstance(number, int)
    audit.note(connection, by.name, "make class", f"class {number}", {"name": name})
    return number


def set_members(
    connection: sa.Connection,
    by: Account,
    number: int,
    names: Collection[str],
    before: Collection[str] | None = None,
) -> None:
    """Say who is in a class.

    Args:
        connection: to write on.
        by: who says so.
        number: the class.
        names: who is in it from now on.
        before: who they took to be in it; None asks for nothing.

    Raises:
        ReviewError: there is no such class any more, or no such account.
        Overtaken: somebody else changed them meanwhile.
    """
    _open_class(connection, number)
    in_it = sa.select(_members.account_id).where(_members.class_id == number)
    there = set(connection.scalars(sa.select(_accounts.name).where(_accounts.id.in_(in_it))))
    if before is not None and there != set(before):
        raise Overtaken(
            Text(
                "学员名单已被别人改过，页面已更新，请再改一次。",
                "Somebody else changed the members. The page was brought up to date; change them "
                "again.",
            )
        )
    people = {one.name: one for one in _people(connection).values() if one.closed is None}
    unknown = sorted(set(names) - people.keys())
    if unknown:
        raise ReviewError(Text(f"没有用户 {unknown[0]}。", f"There is no user {unknown[0]}."))
    connection.execute(sa.delete(tables.members).where(_members.class_id == number))
    rows = [{"class_id": number, "account_id": people[name].id} for name in sorted(set(names))]
    if rows:
        connection.execute(sa.insert(tables.members), rows)
    _set_free(connection, number, there - set(names))
    audit.note(connection, by.name, "class members", f"class {number}", {"members": sorted(names)})


def took_part(connection: sa.Connection, numbers: Collection[int]) -> tuple[Account, ...]:
    """Return who is in some classes, and who finished something for one and is in it no more."""
    there = sa.select(_members.account_id).where(_members.class_id.in_(numbers))
    did = (
        sa.select(_practices.person)
        .select_from(tables.practices.join(tables.assignments))
        .where(_given.class_id.in_(numbers))
    )
    wanted = sa.or_(_accounts.id.in_(there), _accounts.name.in_(did))
    own = set(connection.scalars(sa.select(_accounts.id).where(wanted)))
    return tuple(one for one in everybody(connection) if one.id in own)


def close(connection: sa.Connection, by: Account, number: int) -> None:
    """End a class, and with it what it was given; results stay.

    Raises:
        ReviewError: there is no such class any more.
    """
    _open_class(connection, number)
    connection.execute(sa.update(tables.classes).where(_classes.id == number).values(closed=_now()))
    connection.execute(
        sa.update(tables.assignments)
        .where(_given.class_id == number, _given.closed.is_(None))
        .values(closed=_now())
    )
    _set_free(connection, number)
    audit.note(connection, by.name, "end class", f"class {number}")


def assign(
    connection: sa.Connection,
    by: Account,
    number: int,
    scenarios: Iterable[str],
    due: date | None,
    *,
    examination: bool,
) -> list[int]:
    """Give a class scenarios to practise; return the rows.

    Raises:
        ReviewError: there is no such class any more, or it has one of them already.
    """
    _open_class(connection, number)
    made = []
    for scenario in scenarios:
        # A second click is no second examination.
        same = sa.select(_given.id).where(
            _given.class_id == number, _given.scenario == scenario, _given.closed.is_(None),
            _given.examination == examination,
        )  # fmt: skip
        if connection.scalar(same) is not None:
            raise ReviewError(
                Text(
                    f"这个班已布置了 {scenario}，要重来请先结束它。",
                    f"The class was given {scenario} already. End that first to give it anew.",
                )
            )
        row = connection.scalar(
            sa.insert(tables.assignments)
            .values(class_id=number, scenario=scenario, due=due, examination=examination,
                    account_id=by.id, made=_now())
            .returning(_given.id)
        )  # fmt: skip
        assert isinstance(row, int)
        told = {"class": number, "scenario": scenario, "due": due and due.isoformat(),
                "examination": examination}  # fmt: skip
        audit.note(connection, by.name, "assign practice", f"assignment {row}", told)
        made.append(row)
    return made


def take_back(connection: sa.Connection, by: Account, number: int) -> bool:
    """End an assignment; return whether there was one that was not over."""
    done = connection.execute(
        sa.update(tables.assignments)
        .where(_given.id == number, _given.closed.is_(None))
        .values(closed=_now())
    )
    if done.rowcount:
        # Who is in the middle of it goes on as in free practice.
        connection.execute(
            sa.update(tables.walks).where(_walks.assignment_id == number).values(assignment_id=None)
        )
        audit.note(connection, by.name, "end assignment", f"assignment {number}")
    return done.rowcount > 0


def given_to(connection: sa.Connection, account: Account) -> tuple[Assignment, ...]:
    """Return what somebody is to practise and has not, or may again; the most urgent first."""
    mine = sa.select(_members.class_id).where(_members.account_id == account.id)
    done = (
        sa.select(sa.func.count())
        .where(_practices.assignment_id == _given.id, _practices.person == account.name)
        .scalar_subquery()
    )
    return _assignments(
        connection, done, _given.class_id.in_(mine), _given.closed.is_(None), urgent=True
    )


def scenario_of(connection: sa.Connection, account: Account, number: int) -> str:
    """Return the scenario of an assignment that somebody may do now.

    Raises:
        ReviewError: it is not theirs, is over, or is an examination that they have taken or that
            is past its last day.
    """
    found = next((one for one in given_to(connection, account) if one.id == number), None)
    if found is None:
        raise ReviewError(
            Text("没有布置给您这个练习，或已结束。", "That is not assigned to you, or it is over.")
        )
    if found.examination and found.done:
        raise ReviewError(Text("这次考试您已经答过。", "You have taken this examination already."))
    if found.examination and found.due and found.due < today():
        raise ReviewError(
            Text("这次考试已过截止日期。", "The last day of this examination is past.")
        )
    return found.scenario


def certify(
    connection: sa.Connection,
    by: Account,
    account: Account,
    level: str,
    until: date,
    grounds: Sequence[Mapping[str, Any]],
) -> int:
    """Certify a level; return its number, or that of the certificate that says the same already.

    Args:
        connection: to write on.
        by: who certifies.
        account: whom.
        level: id of the level, which is held.
        until: the last day on which it is.
        grounds: what it rests on.
    """
    same = sa.select(_certificates.id).where(
        _certificates.account_id == account.id, _certificates.level == level,
        _certificates.until >= until, _certificates.withdrawn.is_(None),
    )  # fmt: skip
    there: int | None = connection.scalar(same)
    if there is not None:
        return there
    number = connection.scalar(
        sa.insert(tables.certificates)
        .values(account_id=account.id, level=level, by_id=by.id, made=_now(), until=until,
                grounds=list(grounds))
        .returning(_certificates.id)
    )  # fmt: skip
    assert isinstance(number, int)
    told = {"person": account.name, "level": level, "until": until.isoformat()}
    audit.note(connection, by.name, "certify", f"certificate {number}", told)
    return number


def withdraw(connection: sa.Connection, by: Account, number: int) -> bool:
    """Take a certificate back; return whether there was one to take back."""
    done = connection.execute(
        sa.update(tables.certificates)
        .where(_certificates.id == number, _certificates.withdrawn.is_(None))
        .values(withdrawn=_now())
    )
    if done.rowcount:
        audit.note(connection, by.name, "withdraw certificate", f"certificate {number}")
    return done.rowcount > 0


def certificates(
    connection: sa.Connection, accounts: Collection[int] = (), number: int | None = None
) -> tuple[Certificate, ...]:
    """Return certificates, the last ones first.

    Args:
        connection: to read on.
        accounts: whose, by their rows.
        number: of the only one that is wanted; None takes those of the accounts.
    """
    other = tables.accounts.alias()
    query = (
        sa.select(
            tables.certificates,
            _accounts.name.label("person"),
            _accounts.title,
            other.c.name.label("trainer"),
            other.c.title.label("trainer_title"),
        )
        .select_from(
            tables.certificates.join(
                tables.accounts, _accounts.id == _certificates.account_id
            ).join(other, other.c.id == _certificates.by_id)
        )
        .order_by(_certificates.id.desc())
    )
    if number is None:
        query = query.where(_certificates.account_id.in_(accounts))
    else:
        query = query.where(_certificates.id == number)
    return tuple(
        Certificate(
            r.id, r.account_id, r.person, r.title or r.person, r.level,
            r.trainer_title or r.trainer, r.made, r.until, r.grounds, r.withdrawn,
        )
        for r in connection.execute(query)
    )  # fmt: skip


def _assignments(
    connection: sa.Connection,
    done: Any = None,
    *wanted: sa.ColumnElement[bool],
    urgent: bool = False,
) -> tuple[Assignment, ...]:
    if done is None:
        done = (
            sa.select(sa.func.count(sa.distinct(_practices.person)))
            .where(_practices.assignment_id == _given.id)
            .scalar_subquery()
        )
    order = [_given.due.is_(None), _given.due, _given.id] if urgent else [_given.id.desc()]
    rows = connection.execute(
        sa.select(tables.assignments, _classes.name, done.label("done"))
        .select_from(tables.assignments.join(tables.classes))
        .where(*wanted)
        .order_by(*order)
    )
    return tuple(
        Assignment(
            r.id, r.name, r.class_id, r.scenario, r.due, bool(r.examination),
            r.closed is not None, r.done,
        )
        for r in rows
    )  # fmt: skip


def _set_free(
    connection: sa.Connection, number: int, people: Collection[str] | None = None
) -> None:
    """Have who is in the middle of something for a class go on as in free practice."""
    own = sa.select(_given.id).where(_given.class_id == number)
    begun = sa.update(tables.walks).where(_walks.assignment_id.in_(own))
    if people is not None:
        begun = begun.where(_walks.person.in_(people))
    connection.execute(begun.values(assignment_id=None))


def _open_class(connection: sa.Connection, number: int) -> None:
    wanted = sa.and_(_classes.id == number, _classes.closed.is_(None))
    if connection.scalar(sa.select(_classes.id).where(wanted)) is None:
        raise ReviewError(
            Text("没有这个班级，或已结束。", "There is no such class, or it has ended.")
        )


def _people(connection: sa.Connection) -> dict[int, Account]:
    return {one.id: one for one in everybody(connection)}


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
