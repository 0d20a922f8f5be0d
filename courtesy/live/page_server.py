"""How the counter's page is asked for: one small server, for this machine's own names alone."""

import http.server
import json
import secrets
import socket
import socketserver
import sys
from collections.abc import Generator
from http import HTTPStatus
from typing import Any, Final, Protocol

HOST: Final = "127.0.0.1"
_NAMES: Final = (HOST, "localhost", "[::1]")
_STUCK: Final = 10.0  # seconds that a connection may take nothing
_LARGEST: Final = 1024  # bytes of a request's body


class TooMany(Exception):
    """More people look on than can."""


class Shown(Protocol):
    """What is served."""

    def html(self, nonce: str) -> str:
        """Return the page; only style and script of this nonce are its own."""
        ...

    def events(self) -> Generator[bytes, None, None]:
        """Yield what is sent to one who looks on, from the first byte to the last.

        Raises:
            TooMany: nobody more can look on.
        """
        ...

    def pause(self, *, paused: bool) -> dict[str, Any]:
        """Begin or end a break; return the state."""
        ...


class PageServer(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """The server; who asks has a thread."""

    daemon_threads = True
    # On Windows this would let two programs have one port.
    allow_reuse_address = sys.platform != "win32"

    def __init__(self, port: int, page: Shown) -> None:
        """Take the port; 0 takes a free one.

        Raises:
            OSError: it cannot be had.
            OverflowError: it is none.
        """
        self.page = page
        super().__init__((HOST, port), _Handler)
        written = [f"{name}:{self.server_port}" for name in _NAMES]
        # Browsers leave the usual port out.
        self.hosts = frozenset([*written, *(_NAMES if self.server_port == 80 else ())])
        self.origins = frozenset(f"http://{host}" for host in self.hosts)

    def server_bind(self) -> None:
        """Bind without asking the name server what this machine is called, as `HTTPServer` does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Show faults; that who looks on has left is none."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(http.server.BaseHTTPRequestHandler):
    """One connection.

    Only pages of this server may reach it: a page from elsewhere gets no further with a name of its
    own that leads here (its `Host` is another) nor with a form or script (its `Origin` is).
    """

    protocol_version = "HTTP/1.1"
    timeout = _STUCK
    server: PageServer

    def do_GET(self) -> None:
        """Give the page, or what happens."""
        if not self._known_host():
            return
        match self.path.partition("?")[0]:
            case "/":
                self._page()
            case "/events":
                self._events()
            case _:
                self._say(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Begin or end a break."""
        if not self._known_host():
            return
        if self.path not in {"/break", "/resume"}:
            self._say(HTTPStatus.NOT_FOUND)
        elif self.headers.get("Origin") not in self.server.origins:
            self._say(HTTPStatus.FORBIDDEN)
        elif self.headers.get_content_type() != "application/json":
            self._say(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        elif not self._read():
            self._say(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            state = self.server.page.pause(paused=self.path == "/break")
            self._send(HTTPStatus.OK, json.dumps(state).encode("ascii"))

    def _known_host(self) -> bool:
        known = self.headers.get("Host") in self.server.hosts
        if not known:
            self._say(HTTPStatus.MISDIRECTED_REQUEST)
        return known

    def _read(self) -> bool:
        """Read the body, of which nothing is used."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > _LARGEST:
            return False
        self.rfile.read(int(length))
        return True

    def _page(self) -> None:
        nonce = secrets.token_urlsafe(16)
        policy = (
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
            "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        )
        body = self.server.page.html(nonce).encode("utf-8")
        html = "text/html; charset=utf-8"
        self._send(HTTPStatus.OK, body, html, {"Content-Security-Policy": policy})

    def _events(self) -> None:
        events = self.server.page.events()
        try:
            first = next(events)
        except TooMany:
            self._say(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        self._head(HTTPStatus.OK, "text/event-stream", {"X-Accel-Buffering": "no"})
        self.close_connection = True
        self.end_headers()
        # Small pieces must not wait for one another.
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.wfile.write(first)
            for data in events:
                self.wfile.write(data)
        finally:
            events.close()

    def _say(self, status: HTTPStatus) -> None:
        """Refuse; what was not read of the request must not be taken for another."""
        self.close_connection = True
        self._send(status, json.dumps({"error": status.phrase}).encode("ascii"))

    def _send(
        self,
        status: HTTPStatus,
        body: bytes,
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> None:
        self._head(status, kind, (headers or {}) | {"Content-Length": str(len(body))})
        self.end_headers()
        self.wfile.write(body)

    def _head(self, status: HTTPStatus, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        same = {
            "Content-Type": kind,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        for name, value in (same | headers).items():
            self.send_header(name, value)

    def version_string(self) -> str:
        """Tell no versions."""
        return "courtesy"

    def log_message(self, *_: object) -> None:
        """Write nothing: the terminal is the clerk's screen."""
