"""Utterances heard one by one, as they end, each with the last ones before it.

What was said just before helps the recogniser; more of it costs time, since what was written is
read again token by token (16 ms each on two cores), and so does the silence that fills the window
up (0.4 s for 30 s). On seven minutes of the tuning corpus a window of 15 s with 12 s of sound and
20 tokens before the new ones gave 18.1 % wrong characters in 0.62 s, with 24 tokens 17.7 % in
0.70 s, and with a window of 30 s 19.4 % in 1.03 s.

At the counter what counts in the end is heard again among all its neighbours (`settling`), and one
hypothesis does meanwhile: on the ten samples it gave 33.8 % wrong characters in 0.41 s, two gave
34.2 % in 0.64 s, and one without what was said before 38.2 % in 0.20 s.
"""

from dataclasses import dataclass, replace
from typing import Final

from courtesy.speech.recognise import Transcribed, WhisperRecogniser, better
from courtesy.speech.second import Ask
from courtesy.speech.voice import Speech
from courtesy.speech.windows import WINDOW, length_of

_SHORT: Final = (8.0, 15.0)  # seconds of a window
_ROOM: Final = 3.0  # of it that are not sound
_SOUND: Final = _SHORT[-1] - _ROOM
_TOKENS: Final = 20  # of what was said before
BEAM: Final = 1  # hypotheses, where what was heard is settled later


@dataclass(frozen=True, slots=True)
class _Said:
    """An utterance that the next ones are heard with, and the tokens of what it says."""

    speech: Speech
    tokens: tuple[int, ...]


_Before = tuple[_Said, ...]


class Following:
    """Hears a stream of utterances with a loaded recogniser.

    An utterance may be heard before it is final. Once it is, and nothing was added to it, what was
    heard counts, and it need not be heard again.
    """

    def __init__(self, recogniser: WhisperRecogniser, beam: int | None = None) -> None:
        """Begin with nothing said.

        Args:
            recogniser: loaded.
            beam: how many hypotheses are weighed; None takes that of the settings.
        """
        self._recogniser = recogniser
        self._beam = beam
        self._before: _Before = ()
        self._early: tuple[Speech, Transcribed, _Before] | None = None

    def hear(
        self, speech: Speech, ask: Ask | None = None, *, in_haste: bool = False
    ) -> Transcribed:
        """Return what an utterance says.

        Args:
            speech: follows the last that was final; in the middle of it, it is heard by itself,
                which takes half the time.
            ask: given a text, what the sound is to be asked again.
            in_haste: hear it by itself, whether it is over or not.

        Raises:
            SpeechError: the recogniser failed.
        """
        if not speech.paused:
            return self._alone(speech, ask)
        if self._early and _same(self._early[0], speech):
            _, heard, before = self._early
            heard = replace(heard, speech=speech)
        else:
            heard, before = (self._alone(speech, ask), ()) if in_haste else self._heard(speech, ask)
        self._early = (speech, heard, before)
        if speech.final:
            self._before, self._early = before, None
        return heard

    def forget(self) -> None:
        """Begin anew, as after a pause in listening."""
        self._before, self._early = (), None

    def _heard(self, speech: Speech, ask: Ask | None) -> tuple[Transcribed, _Before]:
        """Return what an utterance says, and what the next one is heard with."""
        before = _latest(self._before, speech)
        window = [*(one.speech for one in before), speech]
        said = [token for one in before for token in one.tokens]
        length = _SHORT[-1] if length_of(window) <= _SOUND else WINDOW
        heard, tokens = self._recogniser.follow(window, said, ask, self._beam, length)
        if not heard.failed:
            return heard, (*before, _Said(speech, tuple(tokens[len(said) :])))
        # What led the decoder astray is not to lead it astray again.
        return better(heard, self._alone(speech, ask)), ()

    def _alone(self, speech: Speech, ask: Ask | None) -> Transcribed:
        seconds = length_of([speech])
        length = next((most for most in _SHORT if seconds <= most - _ROOM), WINDOW)
        heard, _ = self._recogniser.follow([speech], [], ask, self._beam, length)
        return heard


def _latest(before: _Before, speech: Speech) -> _Before:
    """Return the last of what was said before, no more than fits beside an utterance."""
    while before and (
        sum(len(one.tokens) for one in before) > _TOKENS
        or length_of([*(one.speech for one in before), speech]) > _SOUND
    ):
        before = before[1:]
    return before


def _same(one: Speech, other: Speech) -> bool:
    return (one.start, one.end, one.channel) == (other.start, other.end, other.channel)
