"""How far a long run has come, for people who wait in front of a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from courtesy.cli.common import errors

if TYPE_CHECKING:
    from courtesy.speech.listen import Progress


class ProgressBar:
    """Remaining time on standard error while listening; nothing when that is no terminal."""

    def __init__(self, files: int) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._files = files
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=errors(),
            transient=True,
            speed_estimate_period=600,  # windows come in batches; a short look back sees none
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task("", total=float(files))

    def __enter__(self) -> Self:
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take it away again."""
        self._bar.stop()

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Take the bar off the screen while something else is printed."""
        self._bar.stop()
        yield
        self._bar.start()

    def of(self, number: int, name: str) -> "Progress":
        """Return what to tell about the file of that number, from 0."""
        label = f"{number + 1}/{self._files} {name}"
        self._bar.update(self._task, description=label, completed=float(number))

        def tell(done: float, total: float | None) -> None:
            share = min(done / total, 1.0) if total else 0.0
            self._bar.update(self._task, completed=number + share)

        return tell
