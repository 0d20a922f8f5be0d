"""Whether anything grows while everything is at work for an hour.

    python -m tests.bench.soak [--minutes 60] [--save]

Side by side, as on a hall's machine: `courtesy live` hears talk from a file, once as fast as it was
spoken, and shows its page, which somebody reads; `courtesy batch run --watch` scores what is put
into its folder every half minute, sound and transcripts in turn; `courtesy review serve` answers
four people, and clerks practise on it. Every ten seconds each process, with its children, is asked
for its memory, its open files and its threads.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2 as httpx
import psutil

from .children import courtesy, say
from .live import OTHERS, spoken
from .review import Person, Times, serving
from .review_store import PEOPLE, build
from .tables import ROOT, Report, Table, Words, finish, machine

EVERY: Final = 10.0  # seconds between two looks
NEXT_FILE: Final = 30.0  # seconds
WARM: Final = 0.2  # of a run, after which nothing should grow
FINDINGS: Final = 10_000
AT_WORK: Final = 4
_SOUND: Final = ROOT / "samples" / "counter" / "cheguan-mixed.opus"
_TALK: Final = ROOT / "samples" / "transcripts" / "shuiwu-poor.gb18030.txt"


@dataclass
class Looks:
    """What a process held, each time that it was looked at.

    Attributes:
        memory: resident set with that of its children, bytes.
        files: open files, sockets and pipes; handles on Windows.
        threads: likewise.
    """

    memory: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)

    def look(self, process: psutil.Process) -> None:
        """Look once more."""
        found = [0, 0, 0]
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                held = one.num_fds() if hasattr(one, "num_fds") else one.num_handles()
                for at, value in enumerate((one.memory_info().rss, held, one.num_threads())):
                    found[at] += value
        for seen, value in zip((self.memory, self.files, self.threads), found, strict=True):
            seen.append(value)


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command of the program; end it as Ctrl-C does."""
    child = subprocess.Popen(
        courtesy(*arguments), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        yield child
    finally:
        child.send_signal(signal.SIGINT)
        child.wait()


def over_and_over(stop: threading.Event, pause: float, act: Callable[[], None]) -> threading.Thread:
    """Do something again and again until the end; what fails once is done again."""

    def work() -> None:
        while not stop.wait(pause):
            with suppress(httpx.HTTPError):
                act()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def put(folder: Path) -> Callable[[], None]:
    """Return what puts another file into a folder, each time another one."""
    numbers = itertools.count()

    def another() -> None:
        number = next(numbers)
        if number % 2:
            text = _TALK.read_bytes() + "群众：再见。\n".encode("gb18030") * number
            (folder / f"{number:05}.txt").write_bytes(text)
        else:
            # Of another content each time, or it would be known: behind its end there is no sound.
            unfinished = folder / f"{number:05}.part"
            unfinished.write_bytes(_SOUND.read_bytes() + b"\0" * (number + 1))
            unfinished.rename(folder / f"{number:05}.opus")

    return another


def practise(clerk: Person) -> Callable[[], None]:
    """Return what takes a scenario, or gives the next answer in it."""

    def act() -> None:
        walk = clerk.ask("GET", "/api/drill/walk")
        now = walk.json() if walk.status_code == httpx.codes.OK else None
        if not now or now["over"]:
            clerk.ask("POST", "/api/drill/walk", json={"scenario": "shebao-queue"})
            return
        given = {"turn": now["turn"], "walk": now["walk"], "text": "您好，请坐，请问您办什么业务？"}
        clerk.ask("POST", "/api/drill/walk/answers", json=given)

    return act


def soaked(minutes: float, folder: Path) -> dict[str, Looks]:
    """Let everything work for some minutes; return what each process held."""
    say("making talk and a store")
    talk = spoken(minutes + 2, "memory", folder, OTHERS)
    store = shutil.copy(build(folder, FINDINGS), folder / "desk.sqlite3")
    inbox = folder / "inbox"
    inbox.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        page = free.getsockname()[1]
    stop, times, looks = threading.Event(), Times(), {}
    with ExitStack() as work:
        address = work.enter_context(serving(Path(store)))
        (desk,) = (one for one in psutil.Process().children() if "serve" in one.cmdline())
        live = work.enter_context(
            running("live", "--source", str(talk), "--clerk", "left", "--db",
                    str(folder / "live.sqlite3"), "--events", str(folder / "events.jsonl"),
                    "--page", str(page))
        )  # fmt: skip
        batch = work.enter_context(
            running("batch", "run", str(inbox), "--watch", "--db", str(folder / "batch.sqlite3"))
        )
        work.callback(stop.set)
        at_work = [Person(address, *PEOPLE[at], times, at) for at in (0, 1, 12, 16)]
        acts: list[tuple[float, Callable[[], None]]] = [
            (1.0, at_work[0].queue), (2.0, at_work[1].page), (3.0, at_work[2].page),
            (2.0, practise(at_work[3])), (NEXT_FILE, put(inbox)),
            (5.0, lambda: read_page(page)),
        ]  # fmt: skip
        for pause, act in acts:
            over_and_over(stop, pause, act)
        watched = {
            "courtesy live --page": psutil.Process(live.pid),
            "courtesy batch run --watch": psutil.Process(batch.pid),
            "courtesy review serve": desk,
        }
        looks = {name: Looks() for name in watched}
        until = time.monotonic() + 60 * minutes
        while time.monotonic() < until:
            time.sleep(EVERY)
            for name, process in watched.items():
                looks[name].look(process)
    say(f"{sum(map(len, times.by.values()))} answers, {len(times.failed)} of them wrong")
    for told in times.failed[:5]:
        say(told)
    return looks


def read_page(port: int) -> None:
    """Read a second of the events that the page is told, and leave."""
    with httpx.stream("GET", f"http://127.0.0.1:{port}/events", timeout=1.0) as answer:
        for _ in answer.iter_raw():
            pass


def rows(looks: dict[str, Looks]) -> Iterator[Sequence[Words]]:
    """Yield a row of the table for each process."""
    for name, seen in looks.items():
        first = round(WARM * len(seen.memory))
        yield [
            name,
            *(
                f"{values[first]:,.0f} → {values[-1]:,.0f} ({max(values[first:]):,.0f})"
                for values in ([one / 1e6 for one in seen.memory], seen.files, seen.threads)
            ),
        ]


def main() -> None:
    """Let everything work, print what it held."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--save", action="store_true", help="keep the figures in results/")
    parser.add_argument("--lang", choices=("zh", "en"), default="en")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        looks = soaked(given.minutes, Path(name))
    head: list[Words] = [
        ("进程", "process"), ("内存（MB）", "memory (MB)"), ("打开的文件", "open files"),
        ("线程", "threads"),
    ]  # fmt: skip
    notes: list[Words] = [
        (
            f"全部同时工作 {given.minutes:g} 分钟；从过了 {WARM:.0%} 起 → 结束时（其间最多），"
            "含子进程。",
            f"All at work side by side for {given.minutes:g} minutes: from {WARM:.0%} of it on → "
            "at its end (most meanwhile), children included.",
        )
    ]
    raw: dict[str, Any] = {name: vars(seen) for name, seen in looks.items()}
    report = Report("soak", [Table("", head, list(rows(looks)))], notes, machine(), raw)
    finish(report, save=given.save, lang=given.lang)


if __name__ == "__main__":
    main()
