"""The pages people see; scripts fill them from the same answers that programs get."""

from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from courtesy.messages import Text
from courtesy.report import names
from courtesy.report.rendering import template
from courtesy.review.access import TheOffice, signed_in
from courtesy.review.answers import language
from courtesy.review.refusals import NotSignedIn
from courtesy.review.words import words
from courtesy.store import queueing
from courtesy.store.accounts import Account

router = APIRouter(include_in_schema=False)
_PACKAGE: Final = "courtesy.review"


@router.get("/")
def home() -> Response:
    """Lead to the queue."""
    return RedirectResponse("/findings", HTTPStatus.SEE_OTHER)


@router.get("/sign-in")
def sign_in(request: Request) -> Response:
    """Ask for name and password."""
    return _filled(request, "sign-in.html.j2", None)


@router.get("/findings")
def findings(request: Request, office: TheOffice) -> Response:
    """Show the queue."""
    account = _account(request, office)
    if account is None:
        return _to_sign_in(request)
    with office.database.reading() as connection:
        choices = queueing.choices(connection)
    lang = language(request)
    rules = {rule: names.rule_name(rule).say(lang) for rule in choices["rule"]}
    return _filled(request, "findings.html.j2", account, choices=choices, rules=rules)


@router.get("/findings/{number}")
def finding(number: int, request: Request, office: TheOffice) -> Response:
    """Show one flag."""
    account = _account(request, office)
    if account is None:
        return _to_sign_in(request)
    return _filled(request, "finding.html.j2", account, number=number)


@router.get("/lang/{lang}")
def choose(lang: str, request: Request) -> Response:
    """Remember a language, and go back to the page it was chosen on."""
    back = request.query_params.get("back", "/")
    own = back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/"
    answer = RedirectResponse(own, HTTPStatus.SEE_OTHER)
    if lang in {"zh", "en"}:
        answer.set_cookie("lang", lang, max_age=10**7, samesite="strict")
    return answer


def error(request: Request, status: HTTPStatus, kind: str, text: Text) -> Response:
    """Return the page of an error."""
    return _filled(
        request, "error.html.j2", None, status, kind=kind, text=text.say(language(request))
    )


def _account(request: Request, office: Any) -> Account | None:
    try:
        return signed_in(request, office)
    except NotSignedIn:
        return None


def _to_sign_in(request: Request) -> Response:
    return RedirectResponse(f"/sign-in?back={request.url.path}", HTTPStatus.SEE_OTHER)


def _filled(
    request: Request,
    name: str,
    account: Account | None,
    status: HTTPStatus = HTTPStatus.OK,
    **values: Any,
) -> Response:
    lang = language(request)
    text = template(_PACKAGE, name).render(
        w=words(lang), lang=lang, account=account, path=request.url.path, **values
    )
    return HTMLResponse(text, status)
