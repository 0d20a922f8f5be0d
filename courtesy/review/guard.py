"""What stands between the network and the desk: how much may come in, what every answer carries."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException

LARGEST: Final = 2**20  # bytes of a request; what people type is far less
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_ALWAYS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # A page that needs the microphone says so itself; nothing else may ask for anything.
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_TOO_LARGE: Final = 413

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def carry(headers: MutableHeaders, path: str) -> None:
    """Give an answer what every answer carries, unless it says otherwise itself."""
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    # What people said is kept in no cache; scripts are asked for anew, or an upgrade breaks a page.
    headers.setdefault("Cache-Control", "no-cache" if path.startswith("/static/") else "no-store")


class Guard:
    """Stands around an ASGI application."""

    def __init__(self, app: Callable[[Message, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                carry(MutableHeaders(scope=message), scope["path"])
            await send(message)

        announced = Headers(scope=scope).get("content-length", "")
        known = int(announced) if announced.isdecimal() else 0
        await self._app(scope, _counted(receive, known), sent)


def _counted(receive: Receive, announced: int) -> Receive:
    """Return what gives a request's body as long as it is not too large."""
    count = 0

    async def counted() -> Message:
        nonlocal count
        if announced > LARGEST:  # refused unread
            raise HTTPException(_TOO_LARGE)
        message = await receive()
        count += len(message.get("body", b""))
        if count > LARGEST:
            raise HTTPException(_TOO_LARGE)
        return message

    return counted
