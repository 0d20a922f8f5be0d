"""Which optional part of the program a library belongs to that is not installed."""

import re
from importlib import metadata

from courtesy.doctor.program import GATHERING
from courtesy.errors import UsageError
from courtesy.messages import Text

_REQUIREMENT = re.compile(r"""(?P<library>[\w.-]+).*;.*extra\s*==\s*["'](?P<extra>[\w-]+)["']""")


def missing(error: ModuleNotFoundError) -> UsageError | None:
    """Return what to tell of a library that an optional part needs; None where it is none's.

    Args:
        error: of the import that failed.
    """
    library = (error.name or "").partition(".")[0]
    for requirement in metadata.requires("courtesy") or ():
        found = _REQUIREMENT.match(requirement)
        if found and found["library"] == library and found["extra"] not in GATHERING:
            return UsageError(
                Text(
                    f"这个命令需要 {library}：pip install 'courtesy[{found['extra']}]'。",
                    f"This command needs {library}: pip install 'courtesy[{found['extra']}]'.",
                )
            )
    return None
