"""Spoken answers: heard as the counter is, and handed on to be marked as recordings are."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

from courtesy.config import SpeechOptions
from courtesy.drill.marking import Answer
from courtesy.errors import InputError, SpeechError
from courtesy.live.checked import refusal, sentence
from courtesy.live.ear import Ear, Follows, Missed, Passed, Recognition, Result
from courtesy.live.level import Measure
from courtesy.live.source import Source, Trouble
from courtesy.messages import Text
from courtesy.records import Seconds, Utterance
from courtesy.speech.decode import RATE, Samples, open_recording
from courtesy.speech.gathered import understood
from courtesy.speech.recognise import Transcribed
from courtesy.speech.second import Ask
from courtesy.speech.sound import together
from courtesy.speech.voice import find_speech
from courtesy.speech.voices import Voices
from courtesy.text.script import simplify

_VOICELESS: Final = Voices(None)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long somebody is listened to.

    Attributes:
        first: seconds without a word after which there is no answer.
        pause: seconds of quiet after which an answer is over.
        longest: seconds after which it is taken as it is.
    """

    first: Seconds = 10.0
    pause: Seconds = 0.9
    longest: Seconds = 60.0


# Answers in a row without any sound at all before a microphone is given up: one with
# a noise gate lets nothing through while its owner thinks.
_MUTED: Final = 3
# Seconds that somebody waits until others were heard.
_QUEUE: Final = 20.0

NOT_UNDERSTOOD: Final = Text("没听清，请再说一遍", "that was not understood; say it again")


def answer_of(
    said: Sequence[Utterance], asked: Seconds = 0.0, *, spoken_to: bool = False
) -> Answer:
    """Return an answer from its utterances.

    Args:
        said: in order of time, with their words' times.
        asked: when the customer had finished, on the same clock.
        spoken_to: whether there was speech, understood or not.
    """
    if not said:
        return Answer("", unclear=spoken_to)
    spoken = [(one.words[0].start, one.words[-1].end) for one in said if one.words]
    sound = together(one.sound for one in said if one.sound)
    weight = sum(len(one.heard) for one in said)
    return Answer(
        # The recogniser changes from one script to the other as it likes.
        text="，".join(simplify(one.heard).rstrip("，,。") for one in said),
        response_seconds=round(max(0.0, spoken[0][0] - asked), 2) if spoken else None,
        # Who takes a breath between two sentences does not speak more slowly.
        spoken_seconds=round(sum(end - start for start, end in spoken), 2) or None,
        loudness=sound.level if sound else None,
        quality=round(sum((one.quality or 0.0) * len(one.heard) for one in said) / weight, 3),
        said=tuple(said),
    )


class Hearer:
    """Hears recorded answers, one after the other whoever asks."""

    def __init__(self, follows: Follows, options: SpeechOptions) -> None:
        """Take what it hears with.

        Args:
            follows: hears utterance by utterance.
            options: how the sound is cut.
        """
        self._follows, self._options = follows, options
        self._at_work = threading.Lock()

    def hear(self, path: Path, ask: Ask | None = None) -> Answer:
        """Return what is answered in a recording that begins when the customer has finished.

        After a minute nothing more is listened to.

        Args:
            path: of the recording.
            ask: given a text, what the sound is to be asked again.

        Raises:
            InputError: it cannot be decoded, or holds no sound at all: that is no silence.
            SpeechError: the recogniser failed, or too many others are heard first.
        """
        if not self._at_work.acquire(timeout=_QUEUE):
            raise SpeechError(
                Text(
                    "正在听写的人太多，请过一会儿再发送，或用键盘回答。",
                    "Too many people speak at once. Send it again in a while, or type.",
                )
            )
        try:
            self._follows.forget()
            # Nobody else is heard meanwhile, so nobody may send an hour.
            measure = Measure()
            blocks = _within(open_recording(path).blocks(), Patience().longest, measure)
            speech = find_speech(blocks, self._options)
            heard = [self._follows.hear(one, ask) for one in speech]
        finally:
            self._at_work.release()
        if measure.dead:
            raise InputError(
                Text(
                    "录音里什么声音都没有：请看麦克风是不是静音了。",
                    "Nothing at all is in the recording: see whether the microphone is muted.",
                )
            )
        return answer_of(_understood(heard), spoken_to=bool(heard))


class Listening:
    """One microphone through a whole drill; it is closed while nobody is to answer."""

    def __init__(
        self,
        source: Source,
        recognition: Recognition,
        options: SpeechOptions,
        patience: Patience = Patience(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what it listens with.

        Args:
            source: of the sound.
            recognition: of what is said.
            options: how it is cut.
            patience: how long it listens.
            clock: seconds; another one in tests.
        """
        source.pause()
        self._source, self._patience, self._clock = source, patience, clock
        self._measure = Measure()
        self._muted = 0  # answers in a row without any sound
        self._ask: Ask | None = None
        # What is asked depends on what is to be answered.
        asks = replace(recognition, ask=lambda *said: self._ask(*said) if self._ask else ())
        self._notices = Ear(source, asks, options, self._measured).notices()

    def __enter__(self) -> Self:
        """Be ready to listen."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the microphone."""
        self._notices.close()

    def answer(
        self,
        ask: Ask | None = None,
        listens: Callable[[], object] = lambda: None,
        troubled: Callable[[Text], object] = lambda _: None,
    ) -> Answer:
        """Listen until somebody has answered, or has not.

        Args:
            ask: given a text, what the sound is to be asked again.
            listens: called when the microphone is open.
            troubled: told why nothing is heard at the moment, or not well.

        Returns:
            it; unclear where nothing at all came from the microphone: that is no silence.

        Raises:
            InputError: nothing has come from the microphone for several answers.
            CourtesyError: the microphone or the recogniser cannot go on.
        """
        asked, self._measure, self._ask = self._clock(), Measure(), ask
        self._source.resume()
        try:
            answer = self._until_over(asked, listens, troubled)
        finally:
            self._source.pause()
        return self._checked(answer, troubled)

    def _until_over(
        self, asked: float, listens: Callable[[], object], troubled: Callable[[Text], object]
    ) -> Answer:
        behind: Seconds | None = None  # how far the sound's clock is; the least is the truth
        heard: list[Transcribed] = []
        missed = False
        for notice in self._notices:
            if isinstance(notice, Trouble):
                troubled(notice.why)
            elif isinstance(notice, Missed):
                missed = True
                troubled(notice.why)
            elif isinstance(notice, Result) and notice.heard.speech.final:
                heard.append(notice.heard)
            elif isinstance(notice, Passed):
                if behind is None:
                    listens()
                lag = self._clock() - notice.now
                behind = lag if behind is None else min(behind, lag)
                # What is still on its way from the last answer is not this one's.
                heard = [one for one in heard if one.speech.end > asked - behind]
                if self._over(notice, asked - behind, heard):
                    break
        began = asked - (behind or 0.0)
        return answer_of(_understood(heard), began, spoken_to=missed or bool(heard))

    def _measured(self, block: Samples | int) -> None:
        if not isinstance(block, int):
            self._measure.add(block)

    def _checked(self, answer: Answer, troubled: Callable[[Text], object]) -> Answer:
        """Tell what is wrong with the sound of an answer; return what it is worth then.

        Raises:
            InputError: there was none at all, once too often.
        """
        sound = self._measure.sound()
        wrong = sound.complaint(each=False)
        refused = refusal(sound, self._source.name) if wrong == "dead" else None
        if answer.text or refused is None:
            self._muted = 0
            if answer.unclear:
                troubled(NOT_UNDERSTOOD)
            elif wrong in {"clipped", "noisy"}:
                troubled(sentence(wrong, sound))
            return answer
        self._muted += 1
        if self._muted >= _MUTED:
            raise refused
        troubled(refused.text)
        return replace(answer, unclear=True)

    def _over(self, passed: Passed, began: Seconds, heard: Sequence[Transcribed]) -> bool:
        if passed.now - began >= self._patience.longest:
            return True
        if passed.waiting or any(since is not None for since in passed.speaking):
            return False
        if heard:
            return passed.now - heard[-1].speech.end >= self._patience.pause
        return passed.now - began >= self._patience.first


def _within(blocks: Iterable[Samples], seconds: Seconds, measure: Measure) -> Iterator[Samples]:
    """Yield blocks until so much sound has come, and measure them."""
    count = 0
    for block in blocks:
        if count >= seconds * RATE:
            return
        count += block.shape[1]
        measure.add(block)
        yield block


def _understood(heard: Iterable[Transcribed]) -> list[Utterance]:
    """Return what was said, without what the recogniser made up."""
    found = (understood(one, _VOICELESS)[1] for one in heard)
    return [one for one in found if isinstance(one, Utterance)]
