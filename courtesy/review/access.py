"""Who is signed in, and what they may do.

A session is a cookie that scripts cannot read and other sites cannot send. Every request that
changes something must come from a page of this server: browsers say where it comes from.
"""

import time
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request

from courtesy.messages import Text
from courtesy.review.office import Office
from courtesy.review.refusals import Elsewhere, Forbidden, NotSignedIn
from courtesy.reviews import Role
from courtesy.store import accounts
from courtesy.store.accounts import Account

COOKIE: Final = "courtesy_session"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

# What each role may do; a test tries every cell.
MAY: Final[dict[str, frozenset[Role]]] = {
    "look": frozenset({"reviewer", "supervisor", "administrator"}),
    "decide": frozenset({"reviewer", "supervisor"}),
    "settle": frozenset({"supervisor"}),  # where two differ, and appeals
    "assign": frozenset({"supervisor"}),
    "unmask": frozenset({"supervisor"}),  # personal data, by listening
    "appeal": frozenset({"clerk"}),
    "appeals": frozenset({"clerk", "supervisor", "administrator"}),
    "agreement": frozenset({"supervisor", "trainer", "administrator"}),
    "own": frozenset({"clerk"}),
    "overview": frozenset({"reviewer", "supervisor", "trainer", "administrator"}),
    "lists": frozenset({"reviewer", "supervisor", "trainer", "administrator"}),
    "edit": frozenset({"trainer", "administrator"}),  # lists and the rubric
    "learning": frozenset({"supervisor", "trainer", "administrator"}),
    "gold": frozenset({"supervisor", "administrator"}),
    "audit": frozenset({"administrator"}),
    "practise": frozenset({"clerk", "reviewer", "supervisor", "trainer", "administrator"}),
    "train": frozenset({"trainer"}),
    # What clerks practise is the trainer's alone; of examinations more people may know.
    "results": frozenset({"supervisor", "trainer", "administrator"}),
}


def office(request: Request) -> Office:
    """Return what all requests share."""
    found: Office = request.app.state.office
    return found


TheOffice = Annotated[Office, Depends(office)]


def signed_in(request: Request, office: TheOffice) -> Account:
    """Return who asks.

    Raises:
        NotSignedIn: nobody does who is signed in.
    """
    token = request.cookies.get(COOKIE, "")
    options, now = office.options, time.time()
    idle, longest = 60 * options.idle_minutes, 3600 * options.longest_hours
    with office.database.reading() as connection:
        account = accounts.signed_in(connection, token, now, idle, longest) if token else None
    if account is None:
        raise NotSignedIn(Text("请登录。", "Sign in."))
    office.used(token, now)
    return account


SignedIn = Annotated[Account, Depends(signed_in)]


def may(*actions: str) -> Any:
    """Return what lets in only those who may do one of some things, and gives their account."""

    def allowed(account: SignedIn) -> Account:
        if not any(account.role in MAY[action] for action in actions):
            raise Forbidden(
                Text("您的角色不能做这件事。", "Your role does not let you do that."),
            )
        return account

    return Depends(allowed)


def same_site(request: Request) -> None:
    """Refuse what a page of another site sends.

    Raises:
        Elsewhere: it does.
    """
    if request.method in SAFE:
        return
    host = request.headers.get("host", "")
    came_from = request.headers.get("origin")
    fetched = request.headers.get("sec-fetch-site")
    own = came_from is not None and urlsplit(came_from).netloc == host
    if not own or fetched not in {None, "same-origin"}:
        raise Elsewhere(
            Text(
                "这个请求不是从本网页发出的，没有执行。请从网页上操作。",
                "This request was not sent by a page of this desk and was not carried out. "
                "Do it on the page.",
            )
        )
