"""Signing in and out."""

import time
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel, Field

from courtesy.messages import Text
from courtesy.records import Seconds
from courtesy.review.access import COOKIE, SignedIn, TheOffice
from courtesy.review.given import Given
from courtesy.review.office import Office
from courtesy.review.passwords import is_right
from courtesy.review.refusals import TooMany, Wrong
from courtesy.store import accounts, audit
from courtesy.store.accounts import Account

router = APIRouter(prefix="/api/session", tags=["session"])
WINDOW: Final = 900.0  # seconds in which failed attempts count
_MANY: Final = 10  # times as many from one address, behind which there may be a whole hall


class Named(Given):
    """Name and password."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=256)]


class Who(BaseModel):
    """Who is signed in."""

    name: str
    title: str
    role: str


@router.post("")
def sign_in(
    request: Request, response: Response, office: TheOffice, named: Annotated[Named, Body()]
) -> Who:
    """Sign in; the session comes as a cookie."""
    now = time.time()
    address = request.client.host if request.client else ""
    with office.signing:
        account = _proven(office, named, address, now)
    with office.database.writing() as connection:
        accounts.forget_sessions(connection, now - 3600 * office.options.longest_hours)
        # Whoever used this browser before is signed out.
        accounts.end_session(connection, request.cookies.get(COOKIE, ""))
        token = accounts.begin_session(connection, account, now)
        audit.note(connection, account.name, "sign in", "session", {"address": address})
    response.set_cookie(COOKIE, token, **_cookie(office))
    return Who(name=account.name, title=account.shown, role=account.role)


@router.get("")
def who(account: SignedIn) -> Who:
    """Tell who is signed in."""
    return Who(name=account.name, title=account.shown, role=account.role)


@router.delete("", status_code=204)
def sign_out(request: Request, response: Response, office: TheOffice) -> None:
    """Sign out."""
    token = request.cookies.get(COOKIE, "")
    if token:
        with office.database.writing() as connection:
            accounts.end_session(connection, token)
    response.delete_cookie(COOKIE, path="/")


def _proven(office: Office, named: Named, address: str, now: Seconds) -> Account:
    """Return whose name and password it is.

    Raises:
        TooMany: there were too many attempts.
        Wrong: nobody's.
    """
    _refuse_many(office, named.name, address, now)
    with office.database.reading() as connection:
        account = accounts.find(connection, named.name)
        kept = accounts.password_of(connection, account) if account else ""
    if not is_right(kept, named.password) or account is None or account.closed:
        with office.database.writing() as connection:
            accounts.failed(connection, named.name, address, now)
            audit.note(connection, "", "sign-in failed", named.name, {"address": address})
        raise Wrong(Text("用户名或密码不对。", "Name and password do not belong together."))
    return account


def _cookie(office: Office) -> dict[str, Any]:
    return {"path": "/", "httponly": True, "samesite": "strict", "secure": office.secure,
            "max_age": round(3600 * office.options.longest_hours)}  # fmt: skip


def _refuse_many(office: Office, name: str, address: str, now: Seconds) -> None:
    with office.database.reading() as connection:
        by_name, by_address = accounts.failures(connection, name, address, now - WINDOW)
    most = office.options.attempts
    if by_name >= most or by_address >= _MANY * most:
        raise TooMany(
            Text(
                "试得太多了，请过一刻钟再试，或请管理员重设密码。",
                "Too many attempts. Try again in a quarter of an hour, or have an administrator "
                "set a new password.",
            )
        )
