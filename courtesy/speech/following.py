"""Utterances heard one by one, as they end, each with those before it in its window.

What was said before helps the recogniser as it does in a recording: a window fills up as `pack`
fills it, its sound is heard again with every utterance that joins it, and of the text only the new
end is written.
"""

from dataclasses import dataclass, replace

from courtesy.speech.recognise import Transcribed, WhisperRecogniser, better
from courtesy.speech.second import Ask
from courtesy.speech.voice import Speech
from courtesy.speech.windows import fits

_HASTY_BEAM = 1


@dataclass(frozen=True, slots=True)
class _Window:
    """What the next utterance is heard with.

    Attributes:
        speech: the utterances in it.
        said: the tokens of what they say.
    """

    speech: tuple[Speech, ...] = ()
    said: tuple[int, ...] = ()


class Following:
    """Hears a stream of utterances with a loaded recogniser.

    An utterance may be heard before it is final. Once it is, and nothing was added to it, what was
    heard counts, and it need not be heard again.
    """

    def __init__(self, recogniser: WhisperRecogniser) -> None:
        """Begin with an empty window."""
        self._recogniser = recogniser
        self._window = _Window()
        self._early: tuple[Speech, Transcribed, _Window] | None = None

    def hear(
        self, speech: Speech, ask: Ask | None = None, *, in_haste: bool = False
    ) -> Transcribed:
        """Return what an utterance says.

        Args:
            speech: follows the last that was final.
            ask: given a text, what the sound is to be asked again.
            in_haste: weigh fewer hypotheses than the settings ask for.

        Raises:
            SpeechError: the recogniser failed.
        """
        if self._early and _same(self._early[0], speech):
            _, heard, window = self._early
            heard = replace(heard, speech=speech)
        else:
            heard, window = self._heard(speech, ask, _HASTY_BEAM if in_haste else None)
        self._early = (speech, heard, window)
        if speech.final:
            self._window, self._early = window, None
        return heard

    def forget(self) -> None:
        """Begin a new window, as after a pause in listening."""
        self._window, self._early = _Window(), None

    def _heard(
        self, speech: Speech, ask: Ask | None, beam: int | None
    ) -> tuple[Transcribed, _Window]:
        window = self._window
        if not fits(list(window.speech), speech):
            window = _Window()
        together = [*window.speech, speech]
        heard, said = self._recogniser.follow(together, list(window.said), ask, beam)
        if not heard.failed:
            return heard, _Window(tuple(together), tuple(said))
        # What led the decoder astray is not to lead it astray again.
        if window.speech:
            alone, _ = self._recogniser.follow([speech], [], ask, beam)
            heard = better(heard, alone)
        return heard, _Window()


def _same(one: Speech, other: Speech) -> bool:
    return (one.start, one.end, one.channel) == (other.start, other.end, other.channel)
