"""What a customer says, to be heard: a recording beside the scenario, or a voice of this machine.

A recording is a file `sound/SCENARIO.STEP.wav` beside the scenario's file (or .flac, .opus, .mp3,
.m4a); `SCENARIO.STEP.model.wav` is the model answer.
"""

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Protocol

from courtesy.drill.scenarios import Scenario, Step
from courtesy.errors import OutputError
from courtesy.messages import Text

KINDS: Final = (".wav", ".flac", ".opus", ".mp3", ".m4a")
# Stage directions are shown and not said.
_ASIDE: Final = re.compile(r"（[^（）]*）|\([^()]*\)")
# As systems name what is spoken in the mainland.
_MANDARIN: Final = ("zh-cn", "zh_cn", "cmn", "zh-hans", "zh")


# The library has no errors of its own: each system's driver raises what it likes.
_FAULTS: Final = (ImportError, RuntimeError, OSError, ValueError, KeyError, AttributeError)


class Reads(Protocol):
    """A voice that turns words into a sound file."""

    def read(self, words: str, file: Path) -> None:
        """Write a WAV file of some words.

        Raises:
            OutputError: the voice fails.
        """


def spoken(words: str) -> str:
    """Return what of a line is said.

    >>> spoken("（拍桌子）你们还办不办！")
    '你们还办不办！'
    """
    return _ASIDE.sub("", words).strip()


def recorded(scenario: Scenario, step: Step, *, model: bool = False) -> Path | None:
    """Return the recording of a customer's line, or of a model answer; None where there is none."""
    name = f"{scenario.id}.{step.id}{'.model' if model else ''}"
    files = (scenario.file.parent / "sound" / f"{name}{kind}" for kind in KINDS)
    return next((file for file in files if file.is_file()), None)


class InstalledVoice:
    """A Mandarin voice of the system's, by pyttsx3."""

    def __init__(self, voice: str) -> None:
        """Take the system's name for it."""
        self._voice = voice

    def read(self, words: str, file: Path) -> None:
        """Write a WAV file of some words."""
        try:
            with _engine() as engine:
                engine.setProperty("voice", self._voice)
                engine.save_to_file(words, str(file))
                engine.runAndWait()
        except _FAULTS as error:
            raise OutputError(
                Text(f"这台机器的语音读不出来：{error}。", f"This machine's voice fails: {error}.")
            ) from error


def installed_voice() -> InstalledVoice | None:
    """Return a Mandarin voice that is installed; None where there is none, or nothing to ask it."""
    try:
        with _engine() as engine:
            known = [(voice.id, _languages(voice.languages)) for voice in
                     engine.getProperty("voices")]  # fmt: skip
    except _FAULTS:
        return None
    for wanted in _MANDARIN:
        for voice, languages in known:
            if wanted in languages:
                return InstalledVoice(voice)
    return None


@contextlib.contextmanager
def _engine() -> Iterator[Any]:
    import pyttsx3

    # It tells on standard output what it does.
    with contextlib.redirect_stdout(io.StringIO()):
        yield pyttsx3.init()


def _languages(given: object) -> set[str]:
    """Return languages in small letters; drivers give text or bytes with a number before it."""
    found = given if isinstance(given, list | tuple) else [given]
    texts = (one.decode("ascii", "ignore") if isinstance(one, bytes) else str(one) for one in found)
    return {text.strip("\x00\x01\x02\x03\x04\x05\x06\x07\x08").casefold() for text in texts}
