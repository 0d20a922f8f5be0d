"""The trail of what people did, for the administrator."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from courtesy.review.access import TheOffice, may
from courtesy.review.answers import language
from courtesy.review.given import Given
from courtesy.review.rendering import filled
from courtesy.review.wording.audit import ACTIONS
from courtesy.store import accounts, audit
from courtesy.store.accounts import Account
from courtesy.store.audit import Asked

router = APIRouter(prefix="/api/audit", tags=["audit"])
pages = APIRouter(include_in_schema=False)
Audits = Annotated[Account, may("audit")]
_TEXT = Field(max_length=200)


class Chosen(Given):
    """Which entries are asked for."""

    by: Annotated[str, _TEXT] = ""
    action: Annotated[str, _TEXT] = ""
    subject: Annotated[str, _TEXT] = ""
    first: date | None = None
    last: date | None = None
    before: Annotated[int | None, Field(ge=0, lt=2**63)] = None


class Verified(BaseModel):
    """What became of looking at all entries.

    Attributes:
        whole: whether nothing was changed, as far as can be seen.
        entries: how many are as they were written.
        last: checksum of the last of them.
        message: the same as a sentence.
    """

    whole: bool
    entries: int
    last: str
    message: str


@router.get("")
def entries(
    _: Audits, office: TheOffice, chosen: Annotated[Chosen, Query()], request: Request
) -> dict[str, Any]:
    """Return one page of what was done, the last first."""
    asked = Asked(chosen.by, chosen.action, chosen.subject, chosen.first, chosen.last)
    with office.database.reading() as connection:
        found = audit.listed(connection, asked, chosen.before)
    lang = language(request)
    return {
        "entries": [
            {
                "id": one.id,
                "at": one.at,
                "by": one.by,
                "action": one.action,
                "done": ACTIONS[one.action].say(lang) if one.action in ACTIONS else one.action,
                "subject": one.subject,
                "details": one.details,
                "checksum": one.own,
            }
            for one in found
        ],
        "next": found[-1].id if len(found) == audit.PAGE else None,
    }


@router.get("/verified")
def verified(
    _: Audits,
    office: TheOffice,
    request: Request,
    noted: Annotated[str, Query(max_length=64, pattern="^[0-9a-f]*$")] = "",
) -> Verified:
    """Look at every entry: none changed, none missing, and a checksum noted earlier among them."""
    with office.database.reading() as connection:
        found = audit.verify(connection, noted)
    message = found.told().say(language(request))
    return Verified(whole=found.whole, entries=found.entries, last=found.last, message=message)


@pages.get("/audit")
def page(request: Request, account: Audits, office: TheOffice) -> Response:
    """Show what was done."""
    with office.database.reading() as connection:
        people = [one.name for one in accounts.everybody(connection)]
    lang = language(request)
    actions = {name: text.say(lang) for name, text in ACTIONS.items()}
    return filled(request, "audit.html.j2", account, people=people, actions=actions)
