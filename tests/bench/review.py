"""How soon the desk answers when twenty people work at a store of a million findings.

    python -m tests.bench.review [--findings 1000000] [--people 20] [--minutes 5] [--folder F]
                                 [--save]

The server is a process of its own, as users start it, on a copy of the store; each of the people is
a browser's worth of requests on loopback, over one connection, with a pause before each click:
reviewers go through the queue, listen and decide, supervisors look at everything, clerks at what is
held against them. Every answer is waited for to its last byte.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2 as httpx
import numpy as np

from .children import courtesy
from .recordings import SEED
from .review_store import PASSWORD, PEOPLE, build
from .tables import Report, Table, Words, finish, machine

PAUSE: Final = (0.5, 2.5)  # seconds before a click
GOAL: Final = 300  # ms, at the 95th percentile
STARTED: Final = 60.0  # seconds within which the server must answer

MONTH: Final = "?first=2026-09-01&last=2026-09-30"  # in which the made-up store's days lie
# What each role opens, beside the queue.
_FIGURES: Final = ("/overview", f"/api/overview{MONTH}", f"/api/overview{MONTH}&hall=2号厅")
_TALKS: Final = ("/interactions", "/api/interactions", "/api/interactions?hall=3号厅&most=60")
_LEARNS: Final = ("/learning", "/api/learning", "/agreement", "/api/agreement",
                  f"/api/agreement{MONTH}")  # fmt: skip
PAGES: Final[dict[str, tuple[str, ...]]] = {
    "reviewer": ("/findings", "/api/plans", "/api/filters", *_FIGURES, *_TALKS, "/lists"),
    "supervisor": ("/findings", "/api/plans", "/api/reviewers", "/appeals", "/api/appeals",
                   *_FIGURES, *_TALKS, *_LEARNS),
    "clerk": ("/findings", "/appeals", "/api/appeals?kind=possible", *_FIGURES, *_TALKS),
    "trainer": (*_FIGURES, *_LEARNS, "/lists", "/lists/forbidden.toml"),
    "administrator": ("/findings", "/audit", "/api/audit", "/appeals", *_FIGURES, *_TALKS),
}  # fmt: skip
FILTERS: Final = (
    "", "?hall=2号厅", "?window=7号窗口", "?clerk=317", "?rule=forbidden", "?severity=fatal",
    "?phrase=forbidden-不知道", "?least=0.4&most=0.6", "?first=2026-09-05&last=2026-09-06",
    "?state=confirmed", "?state=appealed", "?whose=mine", "?whose=free&hall=1号厅&severity=fatal",
)  # fmt: skip


@dataclass
class Times:
    """How long answers took, by route, in seconds."""

    by: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, route: str, took: float, answer: httpx.Response) -> None:
        """Keep one."""
        with self.lock:
            self.by.setdefault(route, []).append(took)
            # Two who decide about the same flag: the second is told.
            if answer.status_code >= 400 and answer.status_code != httpx.codes.CONFLICT:
                self.failed.append(f"{answer.status_code} {route} {answer.text[:200]}")


class Person:
    """Somebody at work in a browser."""

    def __init__(self, address: str, name: str, role: str, times: Times, seed: int) -> None:
        origin = {"origin": address, "sec-fetch-site": "same-origin"}
        self.client = httpx.Client(base_url=address, headers=origin, timeout=60.0)
        self.role, self.times, self.rng = role, times, random.Random(seed)
        self.ask("POST", "/api/session", json={"name": name, "password": PASSWORD})
        self.times.by.clear()

    def ask(self, method: str, path: str, route: str = "", **more: Any) -> httpx.Response:
        """Send a request and wait for all of its answer."""
        began = time.perf_counter()
        answer = self.client.request(method, path, **more)
        took = time.perf_counter() - began
        self.times.add(f"{method} {route or path.partition('?')[0]}", took, answer)
        return answer

    def work(self, until: float) -> None:
        """Click through the desk."""
        acts: list[Callable[[], None]] = [self.page]
        acts += [] if self.role == "trainer" else [self.queue]
        if self.role in {"reviewer", "supervisor"}:
            acts += [self.queue, self.queue]  # which is what they are there for
        while time.monotonic() < until:
            time.sleep(self.rng.uniform(*PAUSE))
            self.rng.choice(acts)()
        self.client.close()

    def page(self) -> None:
        """Open one of the other pages."""
        self.ask("GET", self.rng.choice(PAGES[self.role]))

    def queue(self) -> None:
        """Choose by some filter, open a flag of those, listen, decide."""
        found = self.ask("GET", "/api/findings" + self.rng.choice(FILTERS)).json()
        if not found.get("findings"):
            return
        time.sleep(self.rng.uniform(*PAUSE))
        number = self.rng.choice(found["findings"])["id"]
        self.ask("GET", f"/findings/{number}", "/findings/ID")
        one = self.ask("GET", f"/api/findings/{number}", "/api/findings/ID").json()
        self.ask("GET", f"/api/findings/{number}/sound", "/api/findings/ID/sound")
        if self.role not in {"reviewer", "supervisor"} or one["state"] != "waiting":
            return
        time.sleep(self.rng.uniform(*PAUSE))
        given = {"outcome": "confirmed", "revision": one["revision"]}
        self.ask(
            "POST", f"/api/findings/{number}/decision", "/api/findings/ID/decision", json=given
        )


@contextlib.contextmanager
def serving(store: Path) -> Iterator[str]:
    """Serve a store; give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = courtesy("review", "serve", "--db", str(store), "--port", str(port))
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + STARTED
        while time.monotonic() < until and process.poll() is None:
            with contextlib.suppress(httpx.ConnectError):
                httpx.get(f"{address}/sign-in")
                break
            time.sleep(0.2)
        else:
            message = "the server did not start"
            raise SystemExit(message)
        yield address
    finally:
        process.terminate()
        process.wait()


def measured(address: str, people: int, minutes: float) -> Times:
    """Let people work for some minutes; return how long the answers took."""
    times = Times()
    at_work = [
        Person(address, *PEOPLE[at % len(PEOPLE)], times, SEED + at) for at in range(people)
    ]  # fmt: skip
    until = time.monotonic() + 60 * minutes
    threads = [threading.Thread(target=person.work, args=(until,)) for person in at_work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def main() -> None:
    """Make the store, let people work at it, print how soon they were answered."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--findings", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--folder", type=Path, help="where the store is made, and stays")
    parser.add_argument("--save", action="store_true", help="keep the figures in results/")
    parser.add_argument("--lang", choices=("zh", "en"), default="en")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as own:
        kept = build(given.folder or Path(own), given.findings)
        store = Path(own) / "work.sqlite3"
        shutil.copy(kept, store)
        with serving(store) as address:
            times = measured(address, given.people, given.minutes)
    for told in times.failed[:10]:
        print(told)
    everything = [took for some in times.by.values() for took in some]
    rows: list[list[Words]] = [
        _row(("全部", "all"), everything),
        *(_row(route, some) for route, some in sorted(times.by.items())),
    ]
    head: list[Words] = [
        ("地址", "address"), ("次数", "answers"), ("中位数（毫秒）", "median (ms)"),
        ("95%（毫秒）", "95 % (ms)"), ("99%（毫秒）", "99 % (ms)"),
    ]  # fmt: skip
    notes: list[Words] = [
        (
            f"SQLite，{given.findings:,} 条发现，{given.people} 人同时工作 {given.minutes:g} 分钟，"
            f"每次点击前停 {PAUSE[0]}–{PAUSE[1]} 秒；人和服务在同一台机器上。"
            f"答错的 {len(times.failed)} 次。目标：每一页的 95% 在 {GOAL} 毫秒内。",
            f"SQLite, {given.findings:,} findings, {given.people} people at work for "
            f"{given.minutes:g} minutes, {PAUSE[0]} to {PAUSE[1]} s before each click; people and "
            f"server on the same machine. {len(times.failed)} answers were wrong. Goal: 95 % of "
            f"any page within {GOAL} ms.",
        )
    ]
    report = Report("review", [Table("", head, rows)], notes, machine(), dict(times.by))
    finish(report, save=given.save, lang=given.lang)


def _row(route: Words, took: list[float]) -> list[Words]:
    middle, most, longest = np.percentile(took, (50, 95, 99)) * 1000
    return [route, f"{len(took):,}", f"{middle:.0f}", f"{most:.0f}", f"{longest:.0f}"]


if __name__ == "__main__":
    main()
