"""What was kept meanwhile becomes flags, in a thread of its own beside those that answer."""

import threading
from typing import Final, Self

from courtesy.errors import StoreError
from courtesy.review.office import Office
from courtesy.store.flagging import catch_up
from courtesy.store.sampling import draw

_EVERY: Final = 10.0  # seconds
# A locked database, or one that is away for a while, is asked again later.
_PATIENCE: Final = 60.0


class KeepingUp:
    """Looks for new results while it is entered."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="keeping up", daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, once what is being written is written."""
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        wait = 0.0
        while not self._over.wait(wait):
            try:
                catch_up(self._office.database, self._office.options.twice)
                with self._office.database.writing() as connection:
                    draw(connection)
            except StoreError as error:
                self._office.trouble = error.text
                wait = _PATIENCE
            else:
                self._office.trouble = None
                wait = _EVERY
