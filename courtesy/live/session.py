"""A day at a counter: what the ear hears goes to the desk, and what comes of it to who asked."""

import contextlib
from collections.abc import Generator, Iterable, Iterator
from typing import Final, Protocol

from courtesy.live.desk import Desk
from courtesy.live.ear import Ear, Load, Missed, Passed, Result, Settled
from courtesy.live.events import Alert, LiveEvent, Prompt, Withdrawn
from courtesy.live.source import Break, Gap, InputLevel, Trouble
from courtesy.records import Removed, Seconds, Utterance
from courtesy.speech.gathered import understood
from courtesy.speech.recognise import Transcribed
from courtesy.speech.voices import Voices

# A voice is asked once: not of what may still go on, nor of what is heard once more.
_VOICELESS: Final = Voices(None)

Happening = LiveEvent | Passed | Missed | Load | Gap | Trouble | Break | InputLevel


class Listener(Protocol):
    """Who wants to know what happens: a screen, a file, another program, the store."""

    def take(self, one: Happening, now: Seconds) -> None:
        """Take note of what happens, and do not keep the counter waiting.

        Args:
            one: that happens.
            now: seconds since listening began.
        """


def happenings(ear: Ear, desk: Desk, voices: Voices) -> Generator[Happening]:
    """Yield what happens at a counter until its sound ends.

    Args:
        ear: hears.
        desk: judges.
        voices: of those who speak.

    Raises:
        CourtesyError: the source, the recogniser or the speaker model cannot go on.
    """
    now: Seconds = 0.0
    with contextlib.closing(ear.notices()) as notices:
        for notice in notices:
            if isinstance(notice, Result):
                now = max(now, notice.now)
                yield from _taken(desk, notice.heard, now, voices)
                continue
            if isinstance(notice, Settled):
                found = [(one.speech, understood(one, _VOICELESS)[1]) for one in notice.heard]
                yield from desk.settle(notice.window, found, now)
                continue
            if isinstance(notice, Missed):
                speech = notice.speech
                desk.miss(Removed("", speech.start, speech.end, notice.why, speech.channel))
            elif isinstance(notice, Gap):
                desk.lose(now, notice)
            elif isinstance(notice, Passed):
                now = notice.now
                yield from desk.tick(notice)
            elif isinstance(notice, Break):
                yield from desk.end(now)
            yield notice
    yield from desk.end(now, whole=ear.whole)


def _taken(desk: Desk, heard: Transcribed, now: Seconds, voices: Voices) -> Iterator[LiveEvent]:
    speech = heard.speech
    _, said = understood(heard, voices if speech.final else _VOICELESS)
    if isinstance(said, Utterance):
        if speech.final:
            yield from desk.hear(said, now)
        else:
            yield from desk.glance(said, now, paused=speech.paused)
    elif said and speech.final:
        desk.miss(said)


def without_alerts(happening: Iterable[Happening]) -> Iterator[Happening]:
    """Leave out what is meant to make somebody act at once."""
    return (one for one in happening if not isinstance(one, Alert | Withdrawn | Prompt))


def tell(happening: Iterable[Happening], listeners: Iterable[Listener]) -> None:
    """Tell everybody what happens, until nothing more does."""
    now: Seconds = 0.0
    told = tuple(listeners)
    for one in happening:
        if isinstance(one, Passed):
            now = one.now
        for listener in told:
            listener.take(one, now)
