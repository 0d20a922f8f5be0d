"""Appeals: what clerks object to, until when, and who has the last word."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from courtesy.messages import Lang
from courtesy.report import names
from courtesy.review.access import TheOffice, may
from courtesy.review.answers import language
from courtesy.review.conversation import appeal_dict, time_of
from courtesy.review.findings import Stands, Taken
from courtesy.review.given import Given
from courtesy.review.rendering import filled
from courtesy.store import accounts, appealing, deciding, queueing
from courtesy.store.accounts import Account
from courtesy.store.appealing import Kind, Objection

router = APIRouter(prefix="/api", tags=["appeals"])
pages = APIRouter(include_in_schema=False)

Appeals = Annotated[Account, may("appeal")]
Settles = Annotated[Account, may("settle")]
Sees = Annotated[Account, may("appeals")]


class Appealed(Given):
    """A clerk's objection."""

    revision: Annotated[int, Field(ge=0, lt=2**31)]
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class Answered(Given):
    """The last word on an appeal."""

    revision: Annotated[int, Field(ge=0, lt=2**31)]
    upheld: bool
    answer: Annotated[str, Field(min_length=1, max_length=2000)]


class Asked(Given):
    """Which appeals are asked for."""

    kind: Kind = "open"
    page: Annotated[int, Field(ge=0, le=10_000)] = 0


class Found(BaseModel):
    """One page of appeals.

    Attributes:
        appeals: with their flags.
        more: whether there is another page.
    """

    appeals: list[dict[str, Any]]
    more: bool


@router.post("/findings/{number}/appeal")
def appeal(number: int, account: Appeals, office: TheOffice, given: Appealed) -> Stands:
    """Object to a flag."""
    with office.database.writing() as connection:
        flag = deciding.current(connection, number, given.revision)
        state = appealing.appeal(connection, flag, account, given.reason, office.deadlines)
    return Stands(state=state, revision=flag.revision + 1)


@router.delete("/findings/{number}/appeal")
def withdraw(
    number: int, account: Appeals, office: TheOffice, given: Annotated[Taken, Query()]
) -> Stands:
    """Withdraw one's own objection, as long as nobody has answered it."""
    with office.database.writing() as connection:
        flag = deciding.current(connection, number, given.revision)
        state = appealing.withdraw(connection, flag, account)
    return Stands(state=state, revision=flag.revision + 1)


@router.post("/findings/{number}/answer")
def answer(number: int, account: Settles, office: TheOffice, given: Answered) -> Stands:
    """Answer an appeal."""
    with office.database.writing() as connection:
        flag = deciding.current(connection, number, given.revision)
        state = appealing.answer(connection, flag, account, given.answer, upheld=given.upheld)
    return Stands(state=state, revision=flag.revision + 1)


@router.get("/appeals")
def appeals(
    account: Sees, office: TheOffice, asked: Annotated[Asked, Query()], request: Request
) -> Found:
    """Return appeals: a clerk's own, or all; those that wait, the most urgent first."""
    with office.database.reading() as connection:
        found = appealing.listed(connection, asked.kind, account, office.deadlines, asked.page)
        involved = {by for one in found for by in one.deciders}
        involved |= {one.appeal.by for one in found if one.appeal}
        involved |= {one.appeal.judge for one in found if one.appeal and one.appeal.judge}
        people = accounts.names(connection, sorted(involved))
    lang = language(request)
    return Found(
        appeals=[_row(one, account, people, lang) for one in found],
        more=len(found) == queueing.PAGE,
    )


@pages.get("/appeals")
def page(
    request: Request, account: Sees, office: TheOffice, asked: Annotated[Asked, Query()]
) -> Response:
    """Show them."""
    kinds = ("open", "answered", "possible") if account.role == "clerk" else ("open", "answered")
    found = appeals(account, office, asked, request)
    return filled(
        request, "appeals.html.j2", account,
        kinds=kinds, kind=asked.kind, page=asked.page, found=found,
        now=time_of(deciding.utc()),
    )  # fmt: skip


def _row(one: Objection, account: Account, people: dict[int, str], lang: Lang) -> dict[str, Any]:
    flag = one.listed.flag
    return {
        "id": flag.id,
        "rule": {"id": flag.rule, "name": names.rule_name(flag.rule).say(lang)},
        "heard": one.listed.said,
        "severity": flag.severity,
        "window": flag.window,
        "clerk": flag.clerk,
        "began": time_of(flag.began),
        "state": flag.state,
        "appeal": one.appeal and appeal_dict(one.appeal, people),
        "until": time_of(one.until),
        "decided_by": [people[by] for by in sorted(one.deciders)],
        # Whoever has decided about it before has no last word.
        "may_answer": account.id in one.judges and bool(one.appeal and one.appeal.open),
        "nobody_may": not one.judges,
    }
