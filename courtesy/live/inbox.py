"""Utterances on their way from the thread that cuts to the one that recognises."""

import threading
from collections import deque
from enum import Enum
from typing import Final

from courtesy.live.source import Break
from courtesy.records import Seconds
from courtesy.speech.voice import Speech

# Utterances that wait; a file that is played too fast waits for them.
_MOST: Final = 64


class Nothing(Enum):
    """What came where nothing came."""

    NOTHING = 0


NOTHING: Final = Nothing.NOTHING


class Inbox:
    """Utterances that wait for the recogniser, in order; early ones wait for nobody.

    One that is not final is dropped when another comes after it: by then it is known what became of
    it. One that breaks off in the middle of a word is taken only where there is nothing else to do.
    """

    def __init__(self) -> None:
        self._waiting: deque[Speech | Break] = deque()
        self._changed = threading.Condition()
        self._at_work: Speech | Break | None = None
        self._closed = False
        self.left = False  # nobody wants to know any more

    def waiting(self) -> tuple[int | None, ...]:
        """Return the channels of the utterances that are not done yet."""
        with self._changed:
            both = [*self._waiting, *([self._at_work] if self._at_work else ())]
            return tuple(s.channel for s in both if isinstance(s, Speech) and s.final)

    def put(self, speech: Speech | Break) -> None:
        """Add an utterance, or that there is a break after it; wait where too many are there."""
        with self._changed:
            last = self._waiting[-1] if self._waiting else None
            idle = last is None and self._at_work is None
            if isinstance(speech, Speech) and not speech.paused and not idle:
                return
            if isinstance(last, Speech) and not last.final:
                self._waiting.pop()
            self._changed.wait_for(lambda: len(self._waiting) < _MOST or self._closed)
            if not self._closed:
                self._waiting.append(speech)
            self._changed.notify_all()

    def get(self, patience: Seconds | None = None) -> Speech | Break | Nothing | None:
        """Return the next, since the last is done.

        Args:
            patience: how long to wait for it; None waits as long as it takes.

        Returns:
            None where none will come, `NOTHING` where none came.
        """
        with self._changed:
            self._at_work = None
            self._changed.wait_for(lambda: self._waiting or self._closed, patience)
            if not self._waiting:
                return None if self._closed else NOTHING
            self._at_work = self._waiting.popleft()
            self._changed.notify_all()
            return self._at_work

    def close(self, *, at_once: bool = False) -> None:
        """Let nothing more in, and what is there out, unless it is `at_once`."""
        with self._changed:
            self._closed = True
            if at_once:
                self._waiting.clear()
                self.left = True
            self._changed.notify_all()
