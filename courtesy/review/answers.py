"""What every answer carries, and the one shape of every error.

A program gets `{"error": {"kind": …, "message": …}}`, a person the same sentence on a page.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from courtesy.errors import (
    CourtesyError,
    InputError,
    LexiconError,
    ModelError,
    OutputError,
    Overtaken,
    ReviewError,
    SpeechError,
    StoreError,
    Unreachable,
)
from courtesy.messages import Lang, Text
from courtesy.review import faults
from courtesy.review.guard import LARGEST, Guard, carry
from courtesy.review.refusals import (
    Elsewhere,
    Forbidden,
    Missing,
    NotSignedIn,
    Silent,
    TooMany,
    Wordless,
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
    (Wordless, HTTPStatus.GONE),
    (Overtaken, HTTPStatus.CONFLICT),
    (ReviewError, HTTPStatus.CONFLICT),
    (LexiconError, HTTPStatus.CONFLICT),
    (OutputError, HTTPStatus.CONFLICT),
    (Unreachable, HTTPStatus.SERVICE_UNAVAILABLE),
    (ModelError, HTTPStatus.SERVICE_UNAVAILABLE),
    (SpeechError, HTTPStatus.SERVICE_UNAVAILABLE),
    (InputError, HTTPStatus.NOT_FOUND),
    (StoreError, HTTPStatus.SERVICE_UNAVAILABLE),
)
NOT_FOUND: Final = Text("没有这一页。", "There is no such page.")
_HTTP: Final = {
    HTTPStatus.NOT_FOUND: ("not found", NOT_FOUND),
    HTTPStatus.BAD_REQUEST: ("invalid", Text("请求读不懂。", "The request cannot be read.")),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "method",
        Text("这个地址不能这样用。", "This address is not used that way."),
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "too large",
        Text(
            f"请求太大，最多 {LARGEST // 1024} KB，没有执行。",
            f"The request is too large, {LARGEST // 1024} KB at most, and was not carried out.",
        ),
    ),
}
_FAULT: Final = Text(
    "程序出错了，这一步没有执行。请再试一次；还不行，请管理员看日志。",
    "Something went wrong in the program, and this was not carried out. Try again; if it stays, "
    "have the administrator read the log.",
)
# Seconds after which it is worth to try again what fails for a while only.
_LATER: Final = "5"

Page = Callable[[Request, HTTPStatus, str, Text], Response]


_SHAPE: Final = {
    "type": "object",
    "title": "Refusal",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {
        "error": {
            "type": "object",
            "title": "Told",
            "required": ["kind", "message"],
            "additionalProperties": False,
            "properties": {
                "kind": {"type": "string", "description": "a short name that stays the same"},
                "message": {"type": "string", "description": "a sentence in the reader's language"},
            },
        }
    },
}
# Of every endpoint: the one shape of all errors, declared once. No model, or an endpoint that gives
# sound would be said to give its errors as sound as well.
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    status.value: {
        "description": status.phrase,
        "content": {"application/json": {"schema": _SHAPE}},
    }
    for status in sorted(
        {*_HTTP, *(known for _, known in _STATUS), HTTPStatus.UNPROCESSABLE_ENTITY}
    )
}


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
        answer = told(request, status, error.kind, error.text)
        if status is HTTPStatus.SERVICE_UNAVAILABLE:
            answer.headers["Retry-After"] = _LATER
        return answer

    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        text = faults.sentence(error.errors())
        return told(request, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", text)

    def plain(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        status = HTTPStatus(error.status_code)
        other = "http", Text(str(error.detail), str(error.detail))
        answer = told(request, status, *_HTTP.get(status, other))
        for name, value in (error.headers or {}).items():
            answer.headers[name] = value
        return answer

    def unexpected(request: Request, _: Exception) -> Response:
        # Told outside of the guard, and the server logs what it was.
        answer = told(request, HTTPStatus.INTERNAL_SERVER_ERROR, "fault", _FAULT)
        carry(answer.headers, request.url.path)
        return answer

    app.add_exception_handler(CourtesyError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(Exception, unexpected)
    app.add_middleware(Guard)
