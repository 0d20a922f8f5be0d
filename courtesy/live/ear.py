"""Hearing a stream: one thread cuts it at its pauses, another recognises, and neither waits.

When the machine is too slow something has to give way. The order is stated here (`GIVES_WAY`), and
what has given way is told.
"""

import functools
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from typing import Final, Literal, Protocol

from courtesy.config import SpeechOptions
from courtesy.errors import SpeechError
from courtesy.live.inbox import NOTHING, Inbox
from courtesy.live.source import Break, Gap, InputLevel, Item, Source, Trouble
from courtesy.messages import Text
from courtesy.records import Seconds
from courtesy.speech.decode import RATE, Samples
from courtesy.speech.recognise import Transcribed
from courtesy.speech.second import Ask
from courtesy.speech.settling import Settling
from courtesy.speech.voice import Speech, find_speech

Way = Literal["early", "search", "model", "recognition"]
# What gives way, one after the other, and how far behind (seconds) it does.
GIVES_WAY: Final[tuple[tuple[Seconds, Way], ...]] = (
    (2.0, "early"),
    (4.0, "search"),
    (8.0, "model"),
    (15.0, "recognition"),
)
WITHOUT: Final[dict[Way, Text]] = {
    "early": Text("不再提前识别", "no early results"),
    "search": Text("识别从简", "simpler recognition"),
    "model": Text("换用较小的模型", "a smaller model"),
    "recognition": Text("只录音，不识别", "recording only"),
}
# Seconds in which nobody ends an utterance, after which a full window is heard, or one that is not.
_QUIET: Final = 0.7
_PAUSE: Final = 5.0
_MOMENT: Final = 0.05
_MANY: Final = 4  # full windows from which on less quiet must do
_JUST_BEGUN: Final = 0.5  # seconds of an utterance that hardly ends within the next two
_EASY: Final = 1.0  # seconds behind from which on it is taken back
_FAILURES: Final = 3  # of the recogniser, one after the other, that it is not forgiven
_LOOK: Final = 0.2


class Follows(Protocol):
    """Hears utterances one by one; `Following` in the product, a fake one in tests."""

    def hear(
        self, speech: Speech, ask: Ask | None = None, *, in_haste: bool = False
    ) -> Transcribed:
        """Return what an utterance says."""
        ...

    def forget(self) -> None:
        """Begin anew."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """What an ear recognises with.

    Attributes:
        follows: hears each utterance as it ends.
        ask: given a text, what the sound is to be asked again.
        settling: hears it once more among its neighbours, when there is time; None leaves it as it
            was heard.
        smaller: loads what hears with less effort, when it is first needed; None where there is
            nothing smaller.
    """

    follows: Follows
    ask: Ask | None = None
    settling: Settling | None = None
    smaller: Callable[[], Follows] | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """Time has passed.

    Attributes:
        now: seconds of sound since the start, gaps included.
        speaking: for each channel, since when somebody speaks; None where nobody does.
        waiting: channels of the utterances that are over and still to be recognised.
    """

    now: Seconds
    speaking: tuple[Seconds | None, ...] = ()
    waiting: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """An utterance was recognised.

    Attributes:
        heard: what it says; `heard.speech.final` tells whether it is over.
        now: when, seconds of sound since the start.
    """

    heard: Transcribed
    now: Seconds


@dataclass(frozen=True, slots=True)
class Settled:
    """What some utterances say will not change any more.

    Attributes:
        window: the utterances.
        heard: what they say, in any order; empty leaves them as they were.
    """

    window: tuple[Speech, ...]
    heard: tuple[Transcribed, ...]


@dataclass(frozen=True, slots=True)
class Missed:
    """An utterance was not recognised.

    Attributes:
        speech: its sound.
        why: what was wrong.
    """

    speech: Speech
    why: Text


@dataclass(frozen=True, slots=True)
class Load:
    """What has given way changed.

    Attributes:
        given: what of `GIVES_WAY` is given up.
        behind: seconds.
    """

    given: tuple[Way, ...]
    behind: Seconds


Notice = Passed | Result | Settled | Missed | Load | Gap | Trouble | Break | InputLevel


class Ear:
    """Listens to one source until it ends or is closed."""

    def __init__(
        self,
        source: Source,
        recognition: Recognition,
        options: SpeechOptions,
        keep: Callable[[Samples | int], object] | None = None,
    ) -> None:
        """Take what it listens with.

        Args:
            source: of the sound.
            recognition: of what is said.
            options: how it is cut.
            keep: takes every block, or how many samples are lost, to record it.
        """
        self._source = source
        self._ask, self._settling = recognition.ask, recognition.settling
        self._models = [_Late(lambda: recognition.follows)]
        if recognition.smaller:
            self._models.append(_Late(recognition.smaller))
        self._ways = [way for way in GIVES_WAY if recognition.smaller or way[1] != "model"]
        self._options = options
        self._keep = keep or (lambda _: None)
        self.whole = False  # whether the source came to its own end
        self._inbox = Inbox()
        self._notices: SimpleQueue[Notice | BaseException | None] = SimpleQueue()
        self._samples = 0  # so far, gaps included
        self._speaking: tuple[Seconds | None, ...] = ()
        self._given: tuple[Way, ...] = ()
        self._at_work = self._models[0]

    def notices(self) -> Generator[Notice]:
        """Yield what happens, as it happens.

        Raises:
            CourtesyError: the source or the recogniser cannot go on.
        """
        threads = [
            threading.Thread(target=self._guarded, args=(work,), name=work.__name__, daemon=True)
            for work in (self._cut, self._hear)
        ]
        for thread in threads:
            thread.start()
        try:
            while True:
                try:  # in short steps, or Ctrl-C would go unheard on Windows
                    notice = self._notices.get(timeout=_LOOK)
                except Empty:
                    continue
                if notice is None:
                    return
                if isinstance(notice, BaseException):
                    raise notice
                yield notice
        finally:
            self.whole = self._source.whole
            self._source.close()
            self._inbox.close(at_once=True)
            for thread in threads:
                thread.join()

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - kept whole and raised by the reader
            self._notices.put(error)

    @property
    def _now(self) -> Seconds:
        return self._samples / RATE

    def _cut(self) -> None:
        items = self._source.blocks()
        over = False
        while not over:
            start = self._now
            stretch = _Stretch(items, self._passed, self._notices.put)
            speaking = functools.partial(self._spoken, start)
            early = find_speech(stretch, self._options, early=True, speaking=speaking)
            for speech in early:
                here = replace(speech, start=speech.start + start, end=speech.end + start)
                if speech.final or self._may_be_early(speech):
                    self._inbox.put(here)
            self._speaking = ()
            match stretch.end:
                case Gap() as gap:
                    self._skip(gap)
                case Break() as pause:  # told after what was said before it
                    self._inbox.put(pause)
                case Trouble():
                    pass  # the gap that comes next says how long
                case None:
                    over = True
        self._inbox.close()

    def _may_be_early(self, speech: Speech) -> bool:
        # A source that waits has nobody who could be warned before a sentence is over.
        return "early" not in self._given and (speech.paused or not self._source.waits)

    def _passed(self, block: Samples) -> None:
        self._samples += block.shape[1]
        self._keep(block)
        self._notices.put(Passed(self._now, self._speaking, self._inbox.waiting()))

    def _spoken(self, start: Seconds, since: tuple[Seconds | None, ...]) -> None:
        self._speaking = tuple(None if s is None else s + start for s in since)

    def _skip(self, gap: Gap) -> None:
        lost = round(gap.seconds * RATE)
        self._samples += lost
        self._keep(lost)
        self._notices.put(gap)

    def _hear(self) -> None:
        self._failures = 0
        while (item := self._inbox.get(self._patience())) is not None:
            if item is NOTHING:
                if self._calm():
                    self._settle()
            elif isinstance(item, Break):
                self._settle_all()
                self._notices.put(item)
            elif isinstance(item, Speech):
                self._heard(item)
            if self._source.waits and self._settling and self._settling.full:
                self._settle()
        self._settle_all()
        self._notices.put(None)

    def _heard(self, speech: Speech) -> None:
        self._give_way(speech)
        if "recognition" in self._given:
            if speech.final:
                why = Text("机器来不及识别", "the machine was too slow to recognise it")
                self._notices.put(Missed(speech, why))
                self._settle_later(speech)
            return
        follows = self._following()
        try:
            heard = follows.hear(speech, self._ask, in_haste="search" in self._given)
        except SpeechError as error:
            self._failed(error)
            follows.forget()
            self._notices.put(Missed(speech, error.text))
            return
        self._failures = 0
        self._notices.put(Result(heard, self._now))
        if speech.final:
            self._settle_later(speech)

    def _settle_later(self, speech: Speech) -> None:
        """Have an utterance heard once more when there is time, or for the first time."""
        given_up = self._settling.add(speech) if self._settling else ()
        if given_up:
            self._notices.put(Settled(tuple(given_up), ()))

    def _failed(self, error: SpeechError) -> None:
        """Forgive a failure, but not many in a row."""
        self._failures += 1
        if self._failures >= _FAILURES:
            raise error

    def _patience(self) -> Seconds | None:
        """Return how long to wait for something new before what is there is settled."""
        if self._settling is None or not (self._settling.full or self._settling.begun):
            return None
        if self._settling.full >= _MANY:
            return _MOMENT
        return _QUIET if self._settling.full else _PAUSE

    def _calm(self) -> bool:
        """Tell whether nobody is about to end an utterance, which would have to wait."""
        assert self._settling
        since = [self._now - began for began in self._speaking if began is not None]
        if self._settling.full >= _MANY:
            return max(since, default=0.0) < _JUST_BEGUN
        return not since

    def _settle(self) -> None:
        """Hear a window once more, since there is nothing else to do."""
        assert self._settling
        window = tuple(self._settling.next())
        try:
            heard = self._settling.hear(window, self._ask)
        except SpeechError as error:
            self._failed(error)
            heard = []
        self._notices.put(Settled(window, tuple(heard)))

    def _settle_all(self) -> None:
        while self._settling and (self._settling.full or self._settling.begun):
            if self._inbox.left:
                return
            self._settle()

    def _following(self) -> Follows:
        """Return what recognises now; where that changes, it knows nothing of what was before."""
        wanted = self._models["model" in self._given]
        if wanted is not self._at_work:
            self._at_work = wanted
            wanted.get().forget()
        return wanted.get()

    def _give_way(self, speech: Speech) -> None:
        if self._source.waits:
            return
        behind = self._now - speech.end
        given = tuple(way for most, way in self._ways if behind > most)
        # Taken back only when it has caught up, or it would go to and fro.
        if len(given) < len(self._given) and behind > _EASY:
            return
        if given != self._given:
            self._given = given
            self._notices.put(Load(given, behind))


class _Late:
    """Something that is loaded when it is first needed."""

    def __init__(self, load: Callable[[], Follows]) -> None:
        self.get = functools.cache(load)


class _Stretch:
    """The blocks of a source up to where it breaks off: what was said till then is not to wait."""

    def __init__(
        self,
        items: Iterator[Item],
        passed: Callable[[Samples], object],
        told: Callable[[Notice], object],
    ) -> None:
        self._items = items
        self._passed = passed
        self._told = told
        self.end: Gap | Break | Trouble | None = None  # None where the source ended

    def __iter__(self) -> Iterator[Samples]:
        for item in self._items:
            if isinstance(item, Trouble | InputLevel):
                self._told(item)
            if isinstance(item, Gap | Break | Trouble):
                self.end = item
                return
            if isinstance(item, InputLevel):
                continue
            self._passed(item)
            yield item
