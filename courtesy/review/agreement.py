"""How far people agree with each other, and with the program."""

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from courtesy.evaluation.intervals import Share
from courtesy.messages import Lang
from courtesy.report import names
from courtesy.review.access import TheOffice, may
from courtesy.review.answers import language
from courtesy.review.given import Given
from courtesy.review.rendering import filled
from courtesy.reviews import kappa
from courtesy.store import agreeing
from courtesy.store.accounts import Account
from courtesy.store.agreeing import Agreed

router = APIRouter(prefix="/api/agreement", tags=["agreement"])
pages = APIRouter(include_in_schema=False)
Compares = Annotated[Account, may("agreement")]
# With fewer that two have looked at, kappa's error by formula means nothing.
FEWEST: Final = 30


class Asked(Given):
    """About which days, UTC."""

    first: date | None = None
    last: date | None = None


@router.get("")
def agreement(
    _: Compares, office: TheOffice, asked: Annotated[Asked, Query()], request: Request
) -> dict[str, Any]:
    """Return how far two who looked at the same agree, and how often people confirm a rule's flags.

    What nobody flagged is in none of it: this says how often the program accuses rightly, not how
    much it misses.
    """
    with office.database.reading() as connection:
        pairs = agreeing.looks(connection, asked.first, asked.last)
        rules = agreeing.with_people(connection, asked.first, asked.last)
    found = kappa(pairs) if len(pairs) >= FEWEST else None
    same = Share(sum(one == other for one, other in pairs), len(pairs))
    return {
        "reviewers": {
            "looked": len(pairs),
            "fewest": FEWEST,
            "same": same.value,
            "kappa": found and found.value,
            "interval": found and found.interval,
        },
        "rules": [_rule(one, language(request)) for one in rules],
    }


@pages.get("/agreement")
def page(
    request: Request, account: Compares, office: TheOffice, asked: Annotated[Asked, Query()]
) -> Response:
    """Show it."""
    found = agreement(account, office, asked, request)
    return filled(request, "agreement.html.j2", account, asked=asked, **found)


def _rule(one: Agreed, lang: Lang) -> dict[str, Any]:
    share = Share(one.confirmed, one.confirmed + one.rejected)
    return {
        "rule": {"id": one.rule, "name": names.rule_name(one.rule).say(lang)},
        "confirmed": one.confirmed,
        "rejected": one.rejected,
        "unsure": one.unsure,
        "precision": share.value,
        "interval": share.interval,
    }
