"""What every answer carries, and the one shape of every error.

A program gets `{"error": {"kind": …, "message": …}}`, a person the same sentence on a page.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from courtesy.errors import (
    CourtesyError,
    InputError,
    Overtaken,
    ReviewError,
    StoreError,
    Unreachable,
)
from courtesy.messages import Lang, Text
from courtesy.review.refusals import (
    Elsewhere,
    Forbidden,
    Missing,
    NotSignedIn,
    Silent,
    TooMany,
    Wrong,
)

_STATUS: Final[tuple[tuple[type[CourtesyError], HTTPStatus], ...]] = (
    (NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (Wrong, HTTPStatus.UNAUTHORIZED),
    (TooMany, HTTPStatus.TOO_MANY_REQUESTS),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (Elsewhere, HTTPStatus.FORBIDDEN),
    (Missing, HTTPStatus.NOT_FOUND),
    (Silent, HTTPStatus.NOT_FOUND),
    (Overtaken, HTTPStatus.CONFLICT),
    (ReviewError, HTTPStatus.CONFLICT),
    (Unreachable, HTTPStatus.SERVICE_UNAVAILABLE),
    (InputError, HTTPStatus.NOT_FOUND),
    (StoreError, HTTPStatus.SERVICE_UNAVAILABLE),
)
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_ALWAYS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NOT_FOUND: Final = Text("没有这一页。", "There is no such page.")
_FAULTY: Final = Text("请求的内容不对：", "The request is not right: ")

Page = Callable[[Request, HTTPStatus, str, Text], Response]


def language(request: Request) -> Lang:
    """Return the language somebody reads: what they chose, or else what their browser asks for."""
    chosen = request.cookies.get("lang")
    if chosen in {"zh", "en"}:
        return "en" if chosen == "en" else "zh"
    first = request.headers.get("accept-language", "").partition(",")[0].strip().casefold()
    return "en" if first and not first.startswith("zh") else "zh"


def prepare(app: FastAPI, page: Page) -> None:
    """Give an application its errors, and what every answer carries.

    Args:
        app: the application.
        page: makes what a person sees of an error.
    """

    def told(request: Request, status: HTTPStatus, kind: str, text: Text) -> Response:
        if request.url.path.startswith("/api/"):
            message = text.say(language(request))
            return JSONResponse({"error": {"kind": kind, "message": message}}, status)
        return page(request, status, kind, text)

    def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, CourtesyError)
        status = next(
            (status for known, status in _STATUS if isinstance(error, known)),
            HTTPStatus.INTERNAL_SERVER_ERROR,
        )
        return told(request, status, error.kind, error.text)

    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'][1:]))}: {fault['msg']}" for fault in error.errors()
        )
        text = _FAULTY + Text(faults, faults)
        return told(request, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", text)

    def plain(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        status = HTTPStatus(error.status_code)
        if status is HTTPStatus.NOT_FOUND:
            return told(request, status, "not found", NOT_FOUND)
        answer = told(request, status, "http", Text(str(error.detail), str(error.detail)))
        for name, value in (error.headers or {}).items():
            answer.headers[name] = value
        return answer

    app.add_exception_handler(CourtesyError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, plain)
    app.middleware("http")(_carry)


async def _carry(request: Request, go_on: Callable[[Request], Awaitable[Any]]) -> Response:
    answer: Response = await go_on(request)
    for name, value in _ALWAYS.items():
        answer.headers.setdefault(name, value)
    if not request.url.path.startswith("/static/"):
        # What people said is kept in no cache.
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer
