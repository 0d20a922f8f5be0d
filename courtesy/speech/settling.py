"""Windows heard once more when they are full, as a recording's are, so that what counts in the end
is what a recording would say.

Heard one by one, an utterance has only what was said before it to go by; in its full window it has
what follows as well, and about one in fifteen gains or loses a phrase by that.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final

from courtesy.speech.recognise import Recogniser, Transcribed
from courtesy.speech.second import Ask
from courtesy.speech.voice import Speech
from courtesy.speech.windows import fits

_MOST: Final = 8  # windows whose sound is held


class Settling:
    """Packs a stream of utterances as a recording's are packed, and hears each full window."""

    def __init__(self, recogniser: Recogniser) -> None:
        """Begin with an empty window."""
        self._recogniser = recogniser
        self._full: deque[list[Speech]] = deque()
        self._window: list[Speech] = []
        self._heard = 0  # utterances of the last window, when that was heard before it was full

    @property
    def full(self) -> int:
        """How many full windows wait."""
        return len(self._full)

    @property
    def begun(self) -> bool:
        """Whether the last window has utterances that were not heard in it yet."""
        return len(self._window) > self._heard

    def add(self, speech: Speech) -> Sequence[Speech]:
        """Take an utterance that is over; return a window that is given up, since too many wait."""
        if self._window and not fits(self._window, speech):
            self._full.append(self._window)
            self._window, self._heard = [], 0
        self._window.append(speech)
        return self._full.popleft() if len(self._full) > _MOST else ()

    def next(self) -> Sequence[Speech]:
        """Return the window that is to be heard next: the oldest full one, or else the last."""
        if self._full:
            return self._full.popleft()
        self._heard = len(self._window)
        return tuple(self._window)

    def hear(self, window: Sequence[Speech], ask: Ask | None = None) -> list[Transcribed]:
        """Return what the utterances of a window say.

        Raises:
            SpeechError: the recogniser failed.
        """
        return list(self._recogniser.transcribe(window, ask))
