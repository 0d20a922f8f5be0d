"""A page of what happens at the counter, for a tablet at the window or a supervisor's screen.

It is served on this machine alone; a hall that wants it elsewhere puts its own proxy before it.
The events go out as they happen (server-sent events), and nobody who looks on keeps the counter
waiting: who is too slow is sent away, and gets the whole scene again when coming back.
"""

import errno
import json
import queue
import threading
from collections.abc import Generator, Iterable, Iterator
from typing import Any, Final, Self

from courtesy.errors import UsageError, reason
from courtesy.live.page_server import HOST, PageServer, TooMany
from courtesy.live.page_words import words
from courtesy.live.scene import SIGN_SECONDS, Scene
from courtesy.live.session import Happening
from courtesy.live.source import Source
from courtesy.messages import Lang, Text
from courtesy.records import Seconds
from courtesy.report.rendering import template

_BEHIND: Final = 200  # events that may wait for one who looks on
_MOST: Final = 32  # who look on at once
_BEAT: Final = 15.0  # seconds without an event after which a sign of life is sent
_END: Final = 1.0  # seconds in which the end is told


class Page:
    """A `Listener` that shows; it begins and ends breaks, too.

    Attributes:
        url: of the page.
    """

    def __init__(self, port: int, source: Source, lang: Lang, *, beat: Seconds = _BEAT) -> None:
        """Take the port.

        Args:
            port: of this machine; 0 takes a free one.
            source: is paused and resumed.
            lang: of the words.
            beat: after which a sign of life is sent.

        Raises:
            UsageError: the port cannot be had.
        """
        self._source = source
        self._scene = Scene(source.name, lang)
        self._lang = lang
        self._beat = beat
        self._lock = threading.Lock()
        self._lookers: set[_Looker] = set()
        self._count = 0
        try:
            self._server = PageServer(port, self)
        except (OSError, OverflowError) as error:
            raise _no_port(port, error) from error
        self.url = f"http://{HOST}:{self._server.server_port}/"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="page", daemon=True
        )

    def __enter__(self) -> Self:
        """Show it."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Tell those who look on that it is over, and close."""
        with self._lock:
            self._tell([self._scene.end()])
            lookers = list(self._lookers)
            for looker in lookers:
                looker.leave()
        for looker in lookers:
            looker.left.wait(_END)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, one: Happening, now: Seconds) -> None:
        """Show what happens to those who look on."""
        with self._lock:
            self._tell(self._scene.take(one, now, paused=self._source.paused))

    def pause(self, *, paused: bool) -> dict[str, Any]:
        """Begin or end a break; return the state."""
        with self._lock:
            if paused:
                self._source.pause()
            else:
                self._source.resume()
            state = self._scene.pause(paused=self._source.paused)
            self._tell([state])
            return state

    def html(self, nonce: str) -> str:
        """Return the page itself.

        Args:
            nonce: of its style and script, which no others can have.
        """
        w = words(self._lang)
        known = w | {"sign_seconds": SIGN_SECONDS, "beat_seconds": self._beat}
        page = template("courtesy.live", "counter.html.j2")
        return page.render(lang=self._lang, w=w, known=known, nonce=nonce)

    def events(self) -> Generator[bytes, None, None]:
        """Yield what somebody who looks on is sent, beginning with the scene as it is."""
        looker = _Looker()
        with self._lock:
            if len(self._lookers) >= _MOST:
                raise TooMany
            looker.put(self._event(self._scene.snapshot()))
            self._lookers.add(looker)
        try:
            yield b"retry: 2000\n\n"
            yield from looker.events(self._beat)
        finally:
            with self._lock:
                self._lookers.discard(looker)
            looker.left.set()

    def _tell(self, events: Iterable[dict[str, Any]]) -> None:
        for found in events:
            data = self._event(found)
            for looker in list(self._lookers):
                if not looker.put(data):
                    self._lookers.discard(looker)

    def _event(self, found: dict[str, Any]) -> bytes:
        self._count += 1
        # In ASCII no text can hold what a reader would take for the end of a line.
        return f"id: {self._count}\ndata: {json.dumps(found, allow_nan=False)}\n\n".encode("ascii")


class _Looker:
    """Somebody who looks on; what is sent waits here, and never the sender."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[bytes | None] = queue.Queue(_BEHIND)
        self._gone = threading.Event()
        self.left = threading.Event()

    def put(self, data: bytes) -> bool:
        """Have it sent; False where too much waits already, which is the end."""
        try:
            self._waiting.put_nowait(data)
        except queue.Full:
            self._gone.set()
            return False
        return True

    def leave(self) -> None:
        """Have no more sent than what waits."""
        try:
            self._waiting.put_nowait(None)
        except queue.Full:
            self._gone.set()

    def events(self, beat: Seconds) -> Iterator[bytes]:
        """Yield what is to be sent, and a sign of life where nothing is."""
        while not self._gone.is_set():
            try:
                data = self._waiting.get(timeout=beat)
            except queue.Empty:
                # An event and no comment: the page, too, must see that the connection lives.
                yield b"event: beat\ndata: {}\n\n"
                continue
            if data is None:
                return
            yield data


def _no_port(port: int, error: OSError | OverflowError) -> UsageError:
    if isinstance(error, OverflowError):
        why = Text("端口是 0 到 65535", "a port is 0 to 65535")
    elif error.errno == errno.EADDRINUSE:
        why = Text("别的程序占用着", "another program has it")
    else:
        why = reason(error)
    return UsageError(
        Text(
            f"--page {port} 不能用：{why.zh}。请换一个端口；0 会自动选一个空的。",
            f"--page {port} cannot be used: {why.en}. Take another port; 0 takes a free one.",
        )
    )
