"""Doing the next work while the present work waits: one iterator run ahead in a thread."""

import queue
import threading
from collections.abc import Generator, Iterable
from typing import Generic, TypeVar

Item = TypeVar("Item")

_LOOK_SECONDS = 0.2  # how often a producer that waits for room looks whether it is still wanted
_END = object()


def ahead(source: Iterable[Item], most: int) -> Generator[Item, None, None]:
    """Yield what `source` yields, in order, while a thread fetches up to `most` items in advance.

    An error of the source is raised here, in its place. When this iterator is closed the thread
    ends, and the source with it.

    Args:
        source: used by the thread alone.
        most: items that wait at once; bounds the memory.
    """
    fetcher = _Fetcher(source, most)
    fetcher.start()
    try:
        while (item := fetcher.get()) is not _END:
            yield item  # type: ignore[misc]  # what is not the end mark is one of the source's
        if fetcher.error:
            raise fetcher.error
    finally:
        fetcher.unwanted.set()
        fetcher.join()


class _Fetcher(threading.Thread, Generic[Item]):
    def __init__(self, source: Iterable[Item], most: int) -> None:
        super().__init__(name="ahead", daemon=True)
        self._waiting: queue.Queue[Item | object] = queue.Queue(most)
        self.unwanted = threading.Event()
        self.error: BaseException | None = None
        self._source = source

    def run(self) -> None:
        """Fetch until the source ends or fails or nobody wants more."""
        try:
            for item in self._source:
                if not self._put(item):
                    return
        except BaseException as error:  # noqa: BLE001 - kept whole and raised by the reader
            self.error = error
        self._put(_END)

    def get(self) -> Item | object:
        """Return what comes next; waits in short steps, or Ctrl-C would go unheard on Windows."""
        while True:
            try:
                return self._waiting.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                continue

    def _put(self, item: Item | object) -> bool:
        while not self.unwanted.is_set():
            try:
                self._waiting.put(item, timeout=_LOOK_SECONDS)
            except queue.Full:
                continue
            return True
        return False
