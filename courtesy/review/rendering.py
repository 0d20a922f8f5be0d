"""A page made of its template, for whoever is signed in."""

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from courtesy.messages import Text
from courtesy.report.plain import visible
from courtesy.report.rendering import template
from courtesy.review.access import MAY
from courtesy.review.answers import language
from courtesy.review.refusals import NotSignedIn
from courtesy.review.wording import words
from courtesy.store.accounts import Account

_PACKAGE: Final = "courtesy.review"


def filled(
    request: Request,
    name: str,
    account: Account | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    **values: Any,
) -> Response:
    """Return a page.

    Args:
        request: what asks for it.
        name: of the template.
        account: who sees it; None is nobody in particular.
        status: of the answer.
        values: that the template names, besides `w` (the words), `lang`, `account`, `may` (what
            they may do), `path`, and `visible`, which shows what could turn a line around.
    """
    lang = language(request)
    may = {action for action, roles in MAY.items() if account and account.role in roles}
    own = {"w": words(lang), "lang": lang, "account": account, "may": may, "visible": visible}
    text = template(_PACKAGE, name).render(**own, path=request.url.path, **values)
    return HTMLResponse(text, status)


def error(request: Request, status: HTTPStatus, kind: str, text: Text) -> Response:
    """Return the page of an error; who is not signed in gets the page on which to do so."""
    if kind == NotSignedIn.kind:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?back={quote(asked)}", HTTPStatus.SEE_OTHER)
    said = text.say(language(request))
    return filled(request, "error.html.j2", status=status, kind=kind, text=visible(said))
