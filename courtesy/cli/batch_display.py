"""What a batch shows while it runs: how far it is, how fast, how long still, what failed."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from courtesy.cli.common import T, errors, say
from courtesy.cli.redrawn import Redrawn
from courtesy.errors import CourtesyError, InputError, StoreError
from courtesy.records import Fault, Recording, Seconds
from courtesy.report.plain import clock, visible
from courtesy.store import Database, files

if TYPE_CHECKING:
    from rich.table import Table

_REFRESH = 2.0  # times a second
_LOOK = 5.0  # seconds between two looks at how many files are left


class Display(Redrawn):
    """A table on standard error that is written over; a line a file where that is no terminal."""

    def __init__(self, database: Database) -> None:
        """Take the store, which knows how many files are left."""
        shown = sys.stderr.isatty()
        super().__init__(errors(), self._table, shown=shown, a_second=_REFRESH, transient=True)
        self._database = database
        self._began = time.monotonic()
        self._heard: dict[Path, tuple[Seconds, Seconds | None]] = {}
        self._seconds = 0.0
        self._kept = self._same = self._failed = 0
        self._left: dict[str, int] = {}
        self._looked = -_LOOK

    def heard(self, path: Path, seconds: Seconds, whole: Seconds | None) -> None:
        """Take note of how much of a recording was heard."""
        self._heard[path] = (seconds, whole)

    def kept(self, path: Path, recordings: list[Recording]) -> None:
        """Take note that a file is done."""
        self._heard.pop(path, None)
        self._kept += 1
        self._seconds += sum(r.heard.duration or 0.0 for r in recordings)
        scores = [
            f"{card.score:g}" for r in recordings for card in r.scorecards if card.score is not None
        ]
        self._line(path, ", ".join(scores) or _why_not(recordings))

    def same(self, path: Path) -> None:
        """Take note that a file was done under another name."""
        self._same += 1
        self._line(path, T("与已评过的录音相同", "the same as one that was done"))

    def failed(self, path: Path, fault: Fault, *, again: bool) -> None:
        """Take note of a failure."""
        self._heard.pop(path, None)
        self._failed += not again
        if not again:
            self._line(path, say(fault.message))

    def waiting(self, error: CourtesyError) -> None:
        """Say why nothing moves."""
        self._console.print(say(error.text), style="yellow", markup=False)

    def refused(self, fault: InputError) -> None:
        """Say that a place cannot be looked into."""
        self._console.print(say(fault.text), style="red", markup=False, soft_wrap=True)

    def others(self, count: int) -> None:
        """Say that other processes are waited for."""
        told = T(
            f"还有 {count} 个在别的进程手里，等它们做完；谁中断了，就接过来做。",
            f"Others have {count} in hand: waiting for them, to take over what one died over.",
        )
        self._console.print(told, style="yellow", markup=False, soft_wrap=True)

    def _line(self, path: Path, text: str) -> None:
        if not self._shown:
            self._console.print(visible(f"{path}: {text}"), markup=False, soft_wrap=True)

    def _table(self) -> "Table":
        from rich.table import Table

        spent = time.monotonic() - self._began
        # This runs in a thread of its own, so it looks at a copy.
        now = list(self._heard.items())
        heard = self._seconds + sum(seconds for _, (seconds, _) in now)
        left = self._waiting()
        grid = Table.grid(padding=(0, 2))
        finished = self._kept + self._same + self._failed
        grid.add_row(
            T(f"完成 {self._kept}", f"done {self._kept}"),
            T(f"相同 {self._same}", f"same {self._same}"),
            T(f"失败 {self._failed}", f"failed {self._failed}"),
            T(f"还有 {left}", f"left {left}"),
        )
        rate = heard / spent if spent else 0.0
        ahead = spent / finished * left if finished else None
        grid.add_row(
            T(f"已听 {clock(heard)}", f"heard {clock(heard)}"),
            T(f"每小时听 {rate:.1f} 小时", f"{rate:.1f} hours an hour"),
            T(f"用时 {clock(spent)}", f"spent {clock(spent)}"),
            T(f"约剩 {clock(ahead)}", f"about {clock(ahead)} left"),
        )
        for path, (seconds, whole) in now[-4:]:
            of = f" / {clock(whole)}" if whole else ""
            grid.add_row(visible(path.name), f"{clock(seconds)}{of}")
        return grid

    def _waiting(self) -> int:
        now = time.monotonic()
        if now - self._looked >= _LOOK:
            self._looked = now
            try:
                with self._database.reading() as connection:
                    self._left = files.counts(connection)
            except StoreError:
                pass  # the count from before will do
        return self._left.get("waiting", 0) + self._left.get("working", 0)


def _why_not(recordings: list[Recording]) -> str:
    """Say that nothing was scored, and the first reason that is known."""
    notes = [card.note for r in recordings for card in r.scorecards if card.note]
    notes += [note for r in recordings for note in r.heard.notes]
    told = T("未评分", "not scored")
    return told + T("：", ": ") + say(notes[0]) if notes else told
