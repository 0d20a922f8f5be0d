"""One scenario practised in the terminal, typed or spoken."""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

import typer

from courtesy.cli.common import T
from courtesy.cli.drill_screen import Screen
from courtesy.drill.hearing import Listening
from courtesy.drill.marking import Answer, Marker
from courtesy.drill.scenarios import Scenario, Step
from courtesy.drill.session import Walk
from courtesy.drill.voices import Reads, recorded, spoken
from courtesy.errors import InputError, OutputError
from courtesy.live.loudspeaker import play
from courtesy.messages import Text

LEAVE: Final = ":q"
_AGAIN: Final = frozenset({"r", "再"})
_MODEL: Final = frozenset({"m", "听"})


class Answers(Protocol):
    """How somebody answers."""

    def put(self, scenario: Scenario, step: Step) -> bool:
        """Have the customer's line heard, which is on the screen; False where somebody leaves."""

    def take(self, step: Step) -> Answer | None:
        """Return what is answered to a step; None where somebody leaves."""

    def after(self, scenario: Scenario, step: Step) -> bool:
        """Let somebody learn from what was not right; return whether they go on."""


class Typed:
    """Answers by the keyboard."""

    def put(self, scenario: Scenario, step: Step) -> bool:
        """Nothing is heard."""
        return True

    def take(self, step: Step) -> Answer | None:
        """Read an answer."""
        began = time.monotonic()
        text = line(T("您：", "You: "))
        return None if text in {None, LEAVE} else Answer(text or "", time.monotonic() - began)

    def after(self, scenario: Scenario, step: Step) -> bool:
        """Go on: the model answer is on the screen."""
        return True


class Spoken:
    """Answers by the microphone; lines are played where there is a voice for them."""

    def __init__(
        self, screen: Screen, listening: Listening, voice: Reads | None, *, plays: bool = True
    ) -> None:
        """Take what it hears and plays with.

        Args:
            screen: shows what was heard.
            listening: to the microphone.
            voice: reads what nobody recorded; None has it shown only.
            plays: whether lines are played at all.
        """
        self._screen, self._listening, self._voice = screen, listening, voice
        self._plays = plays

    def put(self, scenario: Scenario, step: Step) -> bool:
        """Play the line."""
        return self._play(recorded(scenario, step), step.customer)

    def take(self, step: Step) -> Answer | None:
        """Listen, until somebody is understood or has said nothing."""
        screen, ask = self._screen, self._screen.marker.questions(step)
        while True:
            try:
                answer = self._listening.answer(ask, screen.listens, screen.trouble)
            except KeyboardInterrupt:
                typer.echo()
                return None
            if not answer.unclear:
                screen.heard(answer)
                return answer

    def after(self, scenario: Scenario, step: Step) -> bool:
        """Play the model answer and hear it repeated, as often as somebody wants; uncounted."""
        hint = T(
            "回车：下一句　m：听示范　r：再说一遍（不计分）　:q：离开 ",
            "Enter: next  m: hear the model  r: say it again (not counted)  :q: leave ",
        )
        while True:
            key = line(hint)
            if key == LEAVE:
                return False
            if key in _MODEL:
                if not self._play(recorded(scenario, step, model=True), step.model):
                    return False
            elif key in _AGAIN:
                answer = self.take(step)
                if answer is None:
                    return False
                self._screen.mark(self._screen.marker.mark(scenario, step, answer), step)
            else:
                return True

    def _play(self, file: Path | None, words: str) -> bool:
        """Play a recording, or have words read; return whether somebody stays to listen."""
        if not self._plays:
            return True
        trouble: Text | None
        try:
            with tempfile.TemporaryDirectory(prefix="courtesy-") as folder:
                if file is None and self._voice and spoken(words):
                    file = Path(folder) / "line.wav"
                    self._voice.read(spoken(words), file)
                trouble = play(file) if file and file.is_file() else None
        except KeyboardInterrupt:
            typer.echo()
            return False
        except (InputError, OutputError) as error:
            trouble = error.text
        if trouble:  # told once: the lines are on the screen
            self._screen.trouble(trouble)
            self._plays = False
        return True


def practise(
    walk: Walk, marker: Marker, answers: Answers, screen: Screen, keep: Callable[[], object]
) -> None:
    """Go through a walk, to its end or until somebody leaves.

    Args:
        walk: from where it stands.
        marker: marks the answers.
        answers: how they come.
        screen: shows it.
        keep: writes down where it stands; called after each answer, so that a power cut takes
            nothing.
    """
    while not walk.over:
        step = walk.step
        screen.customer(step)
        answer = answers.take(step) if answers.put(walk.scenario, step) else None
        if answer is None:
            keep()
            break
        mark = walk.answer(marker, answer)
        keep()
        screen.mark(mark, step)
        if mark.outcome != "right" and not answers.after(walk.scenario, step):
            break
    if walk.over:
        screen.summary(walk)
    else:
        typer.echo(T("已保存，下次接着练。", "Kept; the next time it goes on here."))


def line(prompt: str) -> str | None:
    """Return a line that is typed; None at the end of the input and on Ctrl-C."""
    typer.echo(prompt, nl=False)
    try:
        row = sys.stdin.readline()
    except KeyboardInterrupt:
        typer.echo()
        return None
    if not sys.stdin.isatty():  # nobody saw the Enter key
        typer.echo()
    return row.strip() if row else None
