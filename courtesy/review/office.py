"""What all requests to the desk share."""

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from courtesy.config import ReviewOptions
from courtesy.drill.teacher import Teacher
from courtesy.errors import StoreError
from courtesy.lists.shelf import Shelf
from courtesy.messages import Text
from courtesy.pipeline import whisper
from courtesy.records import Seconds
from courtesy.reviews import Deadlines
from courtesy.store import Database, accounts
from courtesy.trying.trial import Trials

# How long a request waits for another program to finish writing, seconds: a person is waiting.
BUSY: Final = 5.0
_NOTED: Final = 60.0  # seconds between two notes that a session is being used


@dataclass(slots=True)
class Office:
    """The desk's back room.

    Attributes:
        database: the store.
        options: the settings.
        secure: whether the browser is talked to by TLS.
        signing: held by whoever tries a password: many guesses at once are no more than one after
            the other, and cost no more memory.
        shelf: the lists and the rubric in force.
        checking: held by whoever has a list checked: it takes a core for seconds.
        trials: what drafts of lists would change in past talk.
        trouble: why what was kept meanwhile is not shown; None where it is.
        editing: held by whoever changes a list.
        teacher: has people practise.
    """

    database: Database
    options: ReviewOptions
    secure: bool = False
    signing: threading.Lock = field(default_factory=threading.Lock)
    shelf: Shelf = field(default_factory=Shelf)
    checking: threading.Lock = field(default_factory=threading.Lock)
    trials: Trials = field(default_factory=Trials)
    trouble: Text | None = None
    editing: threading.Lock = field(default_factory=threading.Lock)
    teacher: Teacher = field(init=False)
    _seen: dict[str, Seconds] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Have people practise by the lists in force."""
        shelf = self.shelf
        self.teacher = Teacher(
            lambda: shelf.folders, shelf.own, shelf.rubric, shelf.settings, whisper
        )

    def used(self, token: str, now: Seconds) -> None:
        """Note that a session is being used, not more often than need be: that is a write."""
        with self._lock:
            if now - self._seen.get(token, 0.0) < _NOTED:
                return
            self._seen[token] = now
            for old in [t for t, at in self._seen.items() if now - at > 10 * _NOTED]:
                del self._seen[old]
        try:
            with self.database.writing() as connection:
                accounts.seen(connection, token, now)
        except StoreError:
            # Who only reads goes on while nobody can write; it is noted the next time.
            return

    @property
    def deadlines(self) -> Deadlines:
        """How long people have for appeals and answers, as it is set."""
        return Deadlines(
            timedelta(days=self.options.appeal_days), timedelta(days=self.options.answer_days)
        )
