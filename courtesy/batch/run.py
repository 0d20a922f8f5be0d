"""A batch from end to end: files are found, enlisted and worked through, and looked for again."""

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from courtesy.batch.alive import free_the_dead
from courtesy.batch.sources import Looks
from courtesy.errors import CourtesyError, InputError, Unreachable
from courtesy.store import Database, files
from courtesy.store.patience import patiently

Result = TypeVar("Result")

# Seconds between two looks at watched folders, at what others do as well.
LOOK = 5.0
# Seconds for which a file in a watched folder must rest to be whole.
SETTLED = 10.0
# Times as long as a look takes: a slow share is left alone most of the time.
_REST = 4.0


class Works(Protocol):
    """Works until nothing is left: a `Worker`, or a `Cluster` of them."""

    def run(self) -> None:
        """Work until nothing is left to take."""


class Teller(Protocol):
    """Is told what holds a batch up."""

    def waiting(self, error: CourtesyError) -> None:
        """Say that the database cannot be reached and is tried again."""

    def refused(self, fault: InputError) -> None:
        """Say that a place cannot be looked into, or a row makes no sense."""

    def others(self, count: int) -> None:
        """Say that other processes have so many files in hand, which are waited for."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a run does; where the database cannot be reached for a while, it waits.

    Attributes:
        worker: does the work.
        database: the store.
        looks: finds the files.
        teller: is told what holds it up.
    """

    worker: Works
    database: Database
    looks: Looks
    teller: Teller
    _told: set[str] = field(default_factory=set)

    def run(self, *, watch: bool) -> int:
        """Have everything done, and what comes later where folders are watched.

        Returns:
            how many places could not be looked into.

        Raises:
            CourtesyError: it cannot go on at all.
        """
        free_the_dead(self.database, self.teller.waiting)
        # What only storage kept from being read is as good as it was.
        self._write(lambda connection: files.try_again(connection, kind=Unreachable.kind))
        while True:
            began = time.monotonic()
            found = self.looks.look()
            took = time.monotonic() - began
            for fault in found.faults:
                self._tell(fault)
            if found.files:
                self._write(functools.partial(files.enlist, found=found.files))
            self.worker.run()
            if not watch:
                self._wait_for_others()
                return len(found.faults)
            time.sleep(max(LOOK, _REST * took))

    def counts(self) -> dict[str, int]:
        """Return how many files are in each state."""
        return self._write(files.counts)

    def _tell(self, fault: InputError) -> None:
        """Tell of a fault once, however often it is looked at."""
        if fault.text.zh not in self._told:
            self._told.add(fault.text.zh)
            self.teller.refused(fault)

    def _wait_for_others(self) -> None:
        """Wait for what others have in hand, and do it where they died over it.

        Only that: those may find new work for ever.
        """
        left = self._write(files.held)
        if left:
            self.teller.others(len(left))
        while left:
            time.sleep(LOOK)
            self.worker.run()
            left &= self._write(files.held)

    def _write(self, action: Callable[[Any], Result]) -> Result:
        def write() -> Result:
            with self.database.writing() as connection:
                return action(connection)

        return patiently(write, self.teller.waiting)
