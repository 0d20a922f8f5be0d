"""A program on a terminal of its own: what stands on its screen, and keys pressed on it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Sequence

import pyte


class Terminal:
    """A terminal of 110 columns and 34 lines."""

    def __init__(self, process: subprocess.Popen[bytes], end: int) -> None:
        self.process = process
        self._end = end
        self._screen = pyte.Screen(110, 34)
        self._stream = pyte.ByteStream(self._screen)
        self.bells = 0

    @property
    def text(self) -> str:
        """What stands on it; the second half of a wide character is left out."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def until(self, seen: Callable[[str], bool], seconds: float = 60.0) -> str:
        """Read until something is seen; return the screen."""
        last = time.monotonic() + seconds
        while not seen(self.text):
            assert time.monotonic() < last, self.text
            assert self._read() or self.process.poll() is None, self.text
        return self.text

    def ended(self, seconds: float = 60.0) -> int:
        """Read until the program has ended; return its exit code."""
        last = time.monotonic() + seconds
        while self._read() or self.process.poll() is None:
            assert time.monotonic() < last, self.text
        return self.process.wait()

    def press(self, key: str) -> None:
        os.write(self._end, key.encode())

    def _read(self) -> bool:
        ready, _, _ = select.select([self._end], [], [], 0.2)
        if not ready:
            return False
        try:
            data = os.read(self._end, 65536)
        except OSError:  # Linux says so when the other end is closed
            return False
        self.bells += data.count(b"\a")
        self._stream.feed(data)
        return bool(data)


@contextlib.contextmanager
def terminal(command: Sequence[str], **environment: str) -> Iterator[Terminal]:
    """Run a program on a terminal."""
    own, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 34, 110, 0, 0))
    process = subprocess.Popen(
        command, stdin=its, stdout=its, stderr=its, start_new_session=True,
        env=os.environ | {"TERM": "xterm-256color"} | environment,
    )  # fmt: skip
    os.close(its)
    try:
        yield Terminal(process, own)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(own)
