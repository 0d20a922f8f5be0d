"""Waiting for a database that was there before: a server that starts anew, a lock, a network."""

import time
from collections.abc import Callable
from typing import TypeVar

from courtesy.errors import StoreError

Result = TypeVar("Result")

# Seconds between attempts, which double up to the longest, and after which we give up.
PAUSE, LONGEST_PAUSE, PATIENCE = 0.5, 15.0, 600.0


def patiently(action: Callable[[], Result], waiting: Callable[[StoreError], object]) -> Result:
    """Do something with a database; where it cannot be reached for a while, try again.

    Args:
        action: may be done twice, since an answer that is lost on the way looks like a refusal.
        waiting: told each time why it is tried again.

    Raises:
        StoreError: it stays away, or trying again makes no sense.
    """
    pause, began = PAUSE, time.monotonic()
    while True:
        try:
            return action()
        except StoreError as error:
            if not error.passing or time.monotonic() - began > PATIENCE:
                raise
            waiting(error)
        time.sleep(pause)
        pause = min(LONGEST_PAUSE, 2 * pause)
