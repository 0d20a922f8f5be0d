"""Libraries that only evaluation needs and that the base install leaves out."""

import importlib.util

from courtesy.errors import UsageError
from courtesy.messages import Text


def need(library: str) -> None:
    """Make sure that a library of the extra `eval` is there, before anything is listened to.

    Raises:
        UsageError: it is not; the message says how to get it.
    """
    if importlib.util.find_spec(library) is None:
        raise UsageError(
            Text(
                f"缺少 {library}。请运行：pip install 'courtesy[eval]'",
                f"{library} is missing. Run: pip install 'courtesy[eval]'",
            )
        )
