"""Single keys of a terminal, without waiting for Enter; nothing where there is no terminal."""

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

_LOOK: Final = 0.2  # seconds


@contextlib.contextmanager
def pressed(take: Callable[[str], object]) -> Iterator[None]:
    """Give each key that is pressed to `take`, from a thread of its own.

    Args:
        take: given a character; keys that are none are left out.
    """
    if not (sys.stdin and sys.stdin.isatty()):
        yield
        return
    over = threading.Event()
    with _raw() as read:

        def watch() -> None:
            while not over.is_set():
                if key := read():
                    take(key)

        thread = threading.Thread(target=watch, name="keys", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


@contextlib.contextmanager
def _raw() -> Iterator[Callable[[], str]]:
    """Have the terminal hand over each key at once; give what waits a moment for one."""
    try:
        import termios
        import tty
    except ModuleNotFoundError:  # Windows
        yield _windows_key
        return
    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield _key
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _key() -> str:
    import select

    ready, _, _ = select.select([sys.stdin], [], [], _LOOK)
    return sys.stdin.read(1) if ready else ""


def _windows_key() -> str:
    import time

    msvcrt: Any = __import__("msvcrt")  # mypy knows it on Windows alone
    if not msvcrt.kbhit():
        time.sleep(_LOOK)
        return ""
    key = str(msvcrt.getwch())
    if key in "\x00\xe0":  # a function key: a second code follows
        msvcrt.getwch()
        return ""
    return key
