"""What one look at a machine says."""

from dataclasses import dataclass
from typing import Literal

from courtesy.messages import Text

# A warning is about something that works, or that only a part of the program needs.
Health = Literal["good", "warning", "fault"]


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was looked at.

    Attributes:
        name: by which programs know it.
        about: what it is.
        health: how it is.
        found: what was seen.
        todo: what to do about it; None where there is nothing to do.
    """

    name: str
    about: Text
    health: Health
    found: Text
    todo: Text | None = None
