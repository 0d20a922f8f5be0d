"""Child processes, one a measurement, with the time and the memory they took."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .tables import ROOT


@dataclass(frozen=True)
class Child:
    """What one process took.

    Attributes:
        wall: seconds by the clock.
        cpu: seconds of processor, of all its threads and its own children.
        peak: largest resident set, in bytes.
    """

    wall: float
    cpu: float
    peak: int


def courtesy(*arguments: str) -> list[str]:
    """Return the command line of the program as users start it."""
    script = Path(sys.executable).with_name("courtesy")
    return [*([str(script)] if script.exists() else [sys.executable, "-m", "courtesy"]), *arguments]


def bare(*arguments: str) -> list[str]:
    """Return the command line of faster-whisper with nothing around it."""
    return [sys.executable, str(Path(__file__).with_name("bare.py")), *arguments]


def run(command: Sequence[str], output: Path | None = None) -> Child:
    """Run a command to its end.

    Args:
        command: program and arguments.
        output: where its standard output goes; None throws it away.

    Raises:
        SystemExit: it failed; a failed run has no time.
    """
    with (output or Path(os.devnull)).open("wb") as sink:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=sink)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    # The process has been waited for; Popen would otherwise look for it again.
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"exit code {process.returncode}: {' '.join(command)}"
        raise SystemExit(message)
    scale = 1 if sys.platform == "darwin" else 1024
    return Child(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * scale)


def say(text: str) -> None:
    """Tell whoever waits how far it is."""
    print(text, file=sys.stderr, flush=True)
