"""Past talk judged with other lists in a thread of its own; nothing is written."""

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from courtesy.batch.rescoring import as_heard
from courtesy.errors import CourtesyError
from courtesy.messages import Text
from courtesy.pipeline import Pipeline
from courtesy.records import Recording, Seconds
from courtesy.store import Database, again
from courtesy.store.again import Judged
from courtesy.trying.differences import Difference, Summary

State = Literal["running", "done", "cancelled", "late", "failed"]
_SHOWN: Final = 300  # differences that are told one by one
# Between two recordings others are let in: this may run where a server answers.
_BREATH: Final = 0.01

MakePipeline = Callable[[], Pipeline]


@dataclass(slots=True)
class Trial:
    """What a draft would change, as far as is known.

    Attributes:
        state: "late" where there was no time for all of it.
        done: recordings looked at.
        total: recordings there are to look at; 0 until that is known.
        summary: of those looked at.
        shown: their differences, at most some hundred: accusations first.
        fault: why it failed.
    """

    database: Database
    now: MakePipeline
    then: MakePipeline
    most: int
    seconds: Seconds
    state: State = "running"
    done: int = 0
    total: int = 0
    summary: Summary = field(default_factory=Summary)
    fault: Text | None = None
    _shown: list[Difference] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Begin, beside whoever calls."""
        self._thread = threading.Thread(target=self._work, name="trying lists", daemon=True)
        self._thread.start()

    def cancel(self, *, wait: Seconds = 0.0) -> None:
        """Have it end with the recording that it is at.

        Args:
            wait: for how long to wait for that.
        """
        self._over.set()
        if self._thread and wait:
            self._thread.join(wait)

    @property
    def shown(self) -> list[Difference]:
        """The differences so far, those that accuse somebody first."""
        with self._lock:
            return sorted(self._shown, key=lambda one: not one.accuses)

    def _work(self) -> None:
        try:
            self.state = self._judge_all()
        except CourtesyError as error:
            self.fault = error.text
            self.state = "failed"

    def _judge_all(self) -> State:
        until = time.monotonic() + self.seconds
        with self.database.reading() as connection:
            numbers = again.newest(connection, self.most)
        self.total = len(numbers)
        then, before = self.then(), _Before(self.now)
        for number in numbers:
            if self._over.wait(_BREATH):
                return "cancelled"
            if time.monotonic() > until:
                return "late"
            with self.database.reading() as connection:
                kept = again.judged(connection, number)
            if kept is not None:  # purged meanwhile
                self._take(before.of(kept), judged_by(then, kept))
            self.done += 1
        return "done"

    def _take(self, old: Recording, new: Recording) -> None:
        found = self.summary.add(old, new)
        # What accuses somebody is told before anything else, should there be too much.
        found.sort(key=lambda one: not one.accuses)
        with self._lock:
            self._shown += found
            if len(self._shown) > _SHOWN:
                self._shown.sort(key=lambda one: not one.accuses)
                del self._shown[_SHOWN:]


class _Before:
    """What is judged with the lists in force; made only where something else judged it before."""

    def __init__(self, make: MakePipeline) -> None:
        self._make = make
        self._pipeline: Pipeline | None = None

    def of(self, kept: Judged) -> Recording:
        """Return a recording as the lists in force judge it."""
        if self._pipeline is None:
            self._pipeline = self._make()
        if as_heard(self._pipeline.made_by(), kept.made_by) == kept.made_by:
            return kept.recording
        return judged_by(self._pipeline, kept)


def judged_by(pipeline: Pipeline, kept: Judged) -> Recording:
    """Return a stored recording as a pipeline judges it; who spoke stays as it was found."""
    parts = [card.interaction for card in kept.recording.scorecards] if kept.divided else ()
    return pipeline.judge_again(kept.recording.heard, parts)


class Trials:
    """One trial at a time; the last one is kept until the next one."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._last: tuple[int, str, Trial] | None = None
        self._lock = threading.Lock()

    def start(self, by: str, trial: Trial) -> int | str:
        """Begin a trial; return its number, or the name of whoever has one running already."""
        with self._lock:
            if self._last and self._last[2].state == "running":
                return self._last[1]
            number = next(self._numbers)
            self._last = number, by, trial
            trial.start()
            return number

    def get(self, number: int) -> Trial | None:
        """Return the trial of a number; None where there is none, or not any more."""
        last = self._last
        return last[2] if last and last[0] == number else None

    def running(self) -> tuple[int, str] | None:
        """Return number and owner of the one that runs; None where none does."""
        last = self._last
        return last[:2] if last and last[2].state == "running" else None

    def close(self) -> None:
        """Have the running one end, and wait for that."""
        if self._last:
            self._last[2].cancel(wait=10.0)
