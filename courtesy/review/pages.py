"""The pages of the queue and of signing in; scripts fill them from what programs get as well."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from courtesy.report import names
from courtesy.review.access import MAY, SignedIn, TheOffice
from courtesy.review.answers import language
from courtesy.review.rendering import filled
from courtesy.review.wording import words
from courtesy.store import queueing, sampling

router = APIRouter(include_in_schema=False)


@router.get("/")
def home() -> Response:
    """Lead to the queue."""
    return RedirectResponse("/findings", HTTPStatus.SEE_OTHER)


@router.get("/sign-in")
def sign_in(request: Request) -> Response:
    """Ask for name and password."""
    return filled(request, "sign-in.html.j2")


@router.get("/findings")
def findings(request: Request, office: TheOffice, account: SignedIn) -> Response:
    """Show the queue."""
    with office.database.reading() as connection:
        choices = queueing.choices(connection)
        phrases = queueing.phrase_names(connection, filter(None, choices["phrase_id"]))
        plans = sampling.plans(connection) if account.role in MAY["look"] else ()
    if account.role not in MAY["look"]:  # who else there is is not theirs to know
        choices = {"rule": choices["rule"], "phrase_id": choices["phrase_id"]}
    lang = language(request)
    phrases[queueing.ANY] = words(lang)["any_phrase"]
    return filled(
        request,
        "findings.html.j2",
        account,
        choices=choices,
        rules={rule: names.rule_name(rule).say(lang) for rule in choices["rule"]},
        phrases=phrases,
        any=queueing.ANY,
        plans=plans,
        kinds=sampling.KINDS,
    )


@router.get("/findings/{number}")
def finding(number: int, request: Request, account: SignedIn) -> Response:
    """Show one flag."""
    return filled(request, "finding.html.j2", account, number=number)


@router.get("/lang/{lang}")
def choose(lang: str, request: Request) -> Response:
    """Remember a language, and go back to the page it was chosen on."""
    back = request.query_params.get("back", "/")
    own = back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/"
    answer = RedirectResponse(own, HTTPStatus.SEE_OTHER)
    if lang in {"zh", "en"}:
        answer.set_cookie("lang", lang, max_age=10**7, samesite="strict")
    return answer
