"""One sitting: from when somebody begins to listen at a counter until they stop."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from courtesy.began import by_name
from courtesy.records import Seconds

# What no file on Windows may be named with.
_UNFIT: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
_LONGEST: Final = 40  # characters of a name


@dataclass(frozen=True, slots=True)
class Sitting:
    """Where and when somebody listens.

    Attributes:
        source: the name of the microphone, or of the file that is played.
        began: local time.
        channels: of the sound.
        hall: its name; empty where it is not known, as the next two.
        window: number or name.
        clerk: name or number.
        mark: tells it from all others.
    """

    source: str
    began: datetime
    channels: int
    hall: str = ""
    window: str = ""
    clerk: str = ""
    mark: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def content(self) -> str:
        """By which the store knows it, as it knows a file by its checksum."""
        told = f"{self.source}\n{self.began.isoformat()}\n{self.mark}"
        return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()

    @property
    def name(self) -> str:
        """For people, and for files: where, and when it began."""
        return self.named()

    def named(self, after: Seconds = 0.0) -> str:
        """Return a name for something that happens later in it.

        Args:
            after: seconds.
        """
        when = self.began + timedelta(seconds=after)
        stamp = f"{when:%Y%m%d_%H%M%S}"
        label = fit(self.window or Path(self.source).stem)
        name = f"{label}_{stamp}" if label else stamp
        # A source may be named by a time itself, which would be read first.
        return name if by_name(name) == when.replace(microsecond=0) else f"live_{stamp}"


def fit(name: str) -> str:
    """Return a name, or what is left of it, as part of a file's name on every system."""
    return _UNFIT.sub("_", name)[:_LONGEST].strip(" ._")


def free(folder: Path, name: str) -> Path:
    """Return a path for a new FLAC file: with a number where the name is taken."""
    number = 1
    while True:
        more = f"-{number}" if number > 1 else ""
        file = folder / f"{name}{more}.flac"
        if not file.exists():
            return file
        number += 1
