"""What all requests to the desk share."""

import threading
from dataclasses import dataclass, field
from typing import Final

from courtesy.config import ReviewOptions
from courtesy.messages import Text
from courtesy.records import Seconds
from courtesy.store import Database, accounts

_NOTED: Final = 60.0  # seconds between two notes that a session is being used


@dataclass(slots=True)
class Office:
    """The desk's back room.

    Attributes:
        database: the store.
        options: the settings.
        secure: whether the browser is talked to by TLS.
        trouble: why what was kept meanwhile is not shown; None where it is.
    """

    database: Database
    options: ReviewOptions
    secure: bool = False
    trouble: Text | None = None
    _seen: dict[str, Seconds] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def used(self, token: str, now: Seconds) -> None:
        """Note that a session is being used, not more often than need be: that is a write."""
        with self._lock:
            if now - self._seen.get(token, 0.0) < _NOTED:
                return
            self._seen[token] = now
            for old in [t for t, at in self._seen.items() if now - at > 10 * _NOTED]:
                del self._seen[old]
        with self.database.writing() as connection:
            accounts.seen(connection, token, now)
