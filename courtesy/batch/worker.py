"""A worker: takes files from the store, has them heard and judged, and keeps what comes of them.

It can be stopped, or killed, at any moment: what it had in hand is taken up again, by the next run
or by whoever finds its lease run out.
"""

import dataclasses
import functools
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from courtesy.batch.alive import alive, new_name
from courtesy.errors import (
    CourtesyError,
    InputError,
    SpeechError,
    StoreError,
    Unreachable,
    unreadable,
)
from courtesy.pipeline import Pipeline
from courtesy.records import Fault, Heard, Recording, Seconds
from courtesy.store import Database, files, patience
from courtesy.store.content import digest
from courtesy.store.files import Job
from courtesy.store.saving import Origin, keep
from courtesy.transcripts import is_transcript

Result = TypeVar("Result")


class Watcher(Protocol):
    """Is told what happens; a display, or nobody."""

    def heard(self, path: Path, seconds: Seconds, whole: Seconds | None) -> None:
        """Say how much of a recording was heard."""

    def kept(self, path: Path, recordings: list[Recording]) -> None:
        """Say that a file is done."""

    def same(self, path: Path) -> None:
        """Say that a file holds the same as one that was done before."""

    def failed(self, path: Path, fault: Fault, *, again: bool) -> None:
        """Say that a file failed, and whether it is tried again."""

    def waiting(self, error: CourtesyError) -> None:
        """Say that the database, or where the files are, cannot be reached and is tried again."""


class Silent:
    """Nobody is told anything: the database says what is done."""

    def heard(self, path: Path, seconds: Seconds, whole: Seconds | None) -> None:
        """Say nothing."""

    def kept(self, path: Path, recordings: list[Recording]) -> None:
        """Say nothing."""

    def same(self, path: Path) -> None:
        """Say nothing."""

    def failed(self, path: Path, fault: Fault, *, again: bool) -> None:
        """Say nothing."""

    def waiting(self, error: CourtesyError) -> None:
        """Say nothing."""


@dataclass(slots=True)
class Worker:
    """One process's part of a batch.

    Attributes:
        database: the store.
        pipeline: hears and judges.
        watcher: is told what happens.
        name: under which it holds files.
    """

    database: Database
    pipeline: Pipeline
    watcher: Watcher
    name: str = field(default_factory=new_name)
    _held: dict[Path, "_InHand"] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    # Transcripts are judged by the thread that takes files, recordings by the one that hears them.
    _judging: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        """Work until nothing is left to take.

        Raises:
            CourtesyError: it cannot go on at all: no model, no database. What it held is given
                back.
        """
        with alive(self.name), self._renewing():
            try:
                while self._stubborn(self._is_work):
                    self._once()
            finally:
                # Where the database is gone the leases run out by themselves.
                with suppress(StoreError), self.database.writing() as connection:
                    files.give_back(connection, self.name, tried=False)

    def _is_work(self) -> bool:
        with self.database.writing() as connection:
            # Nothing is in hand here. What stands in our name was given to us in an answer that
            # never came, as from a server that just then went away.
            files.give_back(connection, self.name, tried=False)
            files.shorten_leases(connection)
            return files.is_work(connection)

    def _once(self) -> None:
        """Work until there is nothing to take; what fails on the way may be taken up again.

        When the recogniser fails, what it was at is heard file by file, to find what it fails at.
        """
        try:
            with closing(self.pipeline.hear_all(self._paths(), self.watcher.heard)) as heard_ones:
                for path, heard in heard_ones:
                    if isinstance(heard, InputError):
                        self._drop(self._held[path], heard)
                    else:
                        self._finish(self._held[path], (heard,))
        except SpeechError:
            for one in list(self._held.values()):
                self._hear(one)

    def _paths(self) -> Iterator[Path]:
        """Yield what is to be heard; runs in a thread of its own."""
        pause = patience.PAUSE
        while job := self._stubborn(self._claim):
            try:
                one = _InHand(job, digest(job.path))
            except OSError as error:
                refusal = unreadable(job.path, error)
                self._fail(job, refusal)
                if isinstance(refusal, Unreachable):
                    # The rest may be there, too: it would fail as often as it may in a moment.
                    self.watcher.waiting(refusal)
                    time.sleep(pause)
                    pause = min(patience.LONGEST_PAUSE, 2 * pause)
                continue
            pause = patience.PAUSE
            if self._stubborn(functools.partial(self._was_kept, one)):
                self.watcher.same(job.path)
            elif self._is_twin(one):
                continue
            elif is_transcript(job.path):
                self._hear(one)
            else:
                yield job.path

    def _is_twin(self, one: "_InHand") -> bool:
        """Take a file in hand, or lay it beside one of the same content that is in hand."""
        with self._lock:
            for other in self._held.values():
                if other.content == one.content:
                    other.twins.append(one.job)
                    return True
            self._held[one.job.path] = one
            return False

    def _hear(self, one: "_InHand") -> None:
        """Do one file by itself."""
        try:
            heard = self.pipeline.hear(one.job.path)
        except (InputError, SpeechError) as error:
            self._drop(one, error)
        else:
            self._finish(one, heard)

    def _finish(self, one: "_InHand", heard: Iterable[Heard]) -> None:
        try:
            with self._judging:
                found = [self.pipeline.judge(_dated(part, one.job)) for part in heard]
        except CourtesyError as error:
            self._drop(one, error)
            return
        made_by, listed = self.pipeline.made_by(), one.job.listed
        if is_transcript(one.job.path):  # whatever was loaded for the recordings beside it
            made_by = dataclasses.replace(made_by, model=None)
        origin = Origin(one.content, listed.path, listed.hall, listed.window, listed.clerk)

        def write() -> None:
            with self.database.writing() as connection:
                keep(connection, origin, found, made_by)
                files.done(connection, one.job, one.content)

        self._stubborn(write)
        twins = self._put_down(one)
        self.watcher.kept(one.job.path, found)
        for twin in twins:
            self._stubborn(functools.partial(self._was_kept, _InHand(twin, one.content)))
            self.watcher.same(twin.path)

    def _drop(self, one: "_InHand", error: CourtesyError) -> None:
        for job in (one.job, *self._put_down(one)):
            self._fail(job, error)

    def _put_down(self, one: "_InHand") -> list[Job]:
        """Take a file out of hand; return those of the same content."""
        with self._lock:
            del self._held[one.job.path]
            return one.twins

    def _claim(self) -> Job | None:
        with self.database.writing() as connection:
            return files.claim(connection, self.name)

    def _was_kept(self, one: "_InHand") -> bool:
        with self.database.writing() as connection:
            if not files.known_content(connection, one.content):
                return False
            files.done(connection, one.job, one.content)
            return True

    def _fail(self, job: Job, error: CourtesyError) -> None:
        fault = Fault(error.kind, error.text)

        def write() -> bool:
            with self.database.writing() as connection:
                return files.failed(connection, job, fault)

        self.watcher.failed(job.path, fault, again=self._stubborn(write))

    def _stubborn(self, action: Callable[[], Result]) -> Result:
        return patience.patiently(action, self.watcher.waiting)

    @contextmanager
    def _renewing(self) -> Iterator[None]:
        """Hold on to what is in hand for as long as the block runs."""
        stopped = threading.Event()

        def renew() -> None:
            while not stopped.wait(files.LEASE / 4):
                # Missed once, it is renewed the next time, or taken over; no harm comes of that.
                with suppress(StoreError), self.database.writing() as connection:
                    files.renew(connection, self.name)

        thread = threading.Thread(target=renew, name="renew", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()


@dataclass(slots=True)
class _InHand:
    """A file that is being heard.

    Attributes:
        job: which.
        content: its SHA-256.
        twins: other files of the same content.
    """

    job: Job
    content: str
    twins: list[Job] = field(default_factory=list)


def _dated(heard: Heard, job: Job) -> Heard:
    """Return a recording with what a manifest or a pattern says of when it began."""
    return dataclasses.replace(heard, began=job.listed.began or heard.began)
