"""Parts of the queue: filters that people keep, samples that are drawn, whose a flag is."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from courtesy.messages import Text
from courtesy.review.access import SignedIn, TheOffice, may
from courtesy.review.findings import Chosen, Done, wanted_of
from courtesy.review.given import Given, Number
from courtesy.review.refusals import Missing
from courtesy.store import accounts, assigning, filtering, sampling
from courtesy.store.accounts import Account
from courtesy.store.filtering import Filter
from courtesy.store.sampling import Kind, Plan

router = APIRouter(prefix="/api", tags=["queue"])

Assigns = Annotated[Account, may("assign")]
Decides = Annotated[Account, may("decide")]
Looks = Annotated[Account, may("look")]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class Kept(Given):
    """A filter as it is to be kept."""

    name: _Name
    query: Annotated[str, Field(max_length=1000, pattern=r"^[\w%&=.+,*~-]*$")]


class Planned(Given):
    """A plan as it is to be made."""

    name: _Name
    kind: Kind
    share: Annotated[float, Field(gt=0, le=1)] = 1.0
    since: date


class Assigned(Given):
    """Which flags somebody is to look at; none lets everybody."""

    flags: Annotated[list[Number], Field(min_length=1, max_length=assigning.MOST)]
    to: Annotated[str, Field(max_length=64)] = ""


class Asked(Chosen):
    """Among which flags somebody takes some."""

    count: Annotated[int, Field(ge=1, le=assigning.MOST)] = 20


@router.get("/filters")
def filters(account: SignedIn, office: TheOffice) -> list[Filter]:
    """Return one's own filters."""
    with office.database.reading() as connection:
        return list(filtering.kept(connection, account))


@router.post("/filters")
def keep(account: SignedIn, office: TheOffice, given: Kept) -> Filter:
    """Keep a filter; one of the same name is replaced."""
    with office.database.writing() as connection:
        return filtering.keep(connection, account, given.name, given.query)


@router.delete("/filters/{number}", status_code=204)
def drop(number: int, account: SignedIn, office: TheOffice) -> None:
    """Delete one of one's own filters."""
    with office.database.writing() as connection:
        if not 0 < number < 2**63 or not filtering.drop(connection, account, number):
            raise Missing(Text("没有这个筛选。", "There is no such filter."))


@router.get("/plans")
def plans(account: Looks, office: TheOffice) -> list[Plan]:
    """Return by what plans flags are drawn, and how far they are."""
    with office.database.reading() as connection:
        return list(sampling.plans(connection))


@router.post("/plans", status_code=201)
def plan(account: Assigns, office: TheOffice, given: Planned) -> int:
    """Draw flags by a new plan; return its number."""
    with office.database.writing() as connection:
        return sampling.make(connection, account, **given.model_dump())


@router.delete("/plans/{number}", status_code=204)
def end(number: int, account: Assigns, office: TheOffice) -> None:
    """End a plan; what it has drawn stays."""
    with office.database.writing() as connection:
        if not 0 < number < 2**63 or not sampling.close(connection, account, number):
            raise Missing(Text("没有这个抽查，或已结束。", "No such plan, or it has ended."))


@router.get("/reviewers")
def reviewers(account: Assigns, office: TheOffice) -> list[dict[str, Any]]:
    """Return who may be given flags."""
    with office.database.reading() as connection:
        found = accounts.everybody(connection)
    return [
        {"name": one.name, "shown": one.shown}
        for one in found
        if one.role in {"reviewer", "supervisor"} and one.closed is None
    ]


@router.post("/assignments")
def assign(account: Assigns, office: TheOffice, given: Assigned) -> Done:
    """Have somebody look at some flags."""
    with office.database.writing() as connection:
        to = accounts.find(connection, given.to) if given.to else None
        if given.to and to is None:
            raise Missing(Text("没有这个用户。", "There is no such user."))
        return Done(count=assigning.give(connection, account, given.flags, to))


@router.post("/taken")
def take(account: Decides, office: TheOffice, given: Asked) -> Done:
    """Take the most urgent flags that are nobody's, for two hours."""
    with office.database.writing() as connection:
        wanted = wanted_of(given, account)
        return Done(count=assigning.take(connection, account, wanted, given.count))
