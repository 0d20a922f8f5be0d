"""How long the rules take over a whole day that was already heard.

    python -m tests.bench.rules [--visits 400] [--rounds 5] [--save] [--lang zh|en]

A day at one window is made of the dialogues in tests/corpus/dialogues/tune, in a drawn order and
with times, until it holds the visits asked for; one character in twelve is swapped for another of
its sound, so that hardly a sentence comes twice. It is judged as a transcript in which roles are
known. Every round is a process of its own, so nothing is remembered from the round before; the
time of each stage is taken around the program's own call of it.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import courtesy.pipeline as program
from courtesy.config import Settings
from courtesy.evaluation.gold import read_gold
from courtesy.records import Heard, Utterance
from courtesy.text.normalize import normalize

from .matching import homophones, swapped
from .tables import HERE, Report, Table, finish, machine

DIALOGUES = HERE.parent / "corpus" / "dialogues" / "tune"
HOURS = 8.0
PACE = 4.5  # characters a second
BETWEEN = 5.0  # seconds between two visits, at least
# What the pipeline calls, by the stage it is counted to; matching is timed at the matcher itself.
STAGES = {
    "assign": "roles",
    "split": "interactions",
    "lost_words": "measures",
    "events": "measures",
    "score": "rules",
}
NAMES = {
    "matching": ("找用语", "phrases"),
    "roles": ("角色", "roles"),
    "interactions": ("分办理", "interactions"),
    "measures": ("停顿、抢话、语速、音量", "silences, interruptions, pace, loudness"),
    "rules": ("规则", "rules"),
    "all": ("全部", "all"),
}


def day(visits: int, seed: int = 1) -> Heard:
    """Return a transcript of so many visits, evenly over the day."""
    rng = random.Random(seed)
    dialogues = [read_gold(file) for file in sorted(DIALOGUES.glob("*.toml"))]
    talk = [[(t.role, t.text) for e in d.encounters for t in e.turns] for d in dialogues]
    alike = homophones("".join(text for turns in talk for _, text in turns))
    utterances: list[Utterance] = []
    now = 0.0
    for visit in range(visits):
        now = max(now + BETWEEN, visit * HOURS * 3600 / visits)
        for role, text in talk[visit % len(talk)]:
            said = swapped(text, alike, rng)
            end = now + len(normalize(said).text) / PACE + 0.1
            utterances.append(Utterance(len(utterances), said, role, now, end))
            now = end + rng.uniform(0.3, 1.2)
    return Heard("day.jsonl", tuple(utterances), duration=now)


class Clock:
    """Adds up the time spent in functions, by name."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.spent[name] = self.spent.get(name, 0.0) + time.perf_counter() - began

        return call


@dataclass(frozen=True)
class Matched:
    """A matcher whose time is taken."""

    match: Callable[..., Any]


def once(visits: int) -> dict[str, float]:
    """Judge a day and return seconds by stage, with the counts of what was judged."""
    heard, clock = day(visits), Clock()
    for function, stage in STAGES.items():
        setattr(program, function, clock.timed(stage, getattr(program, function)))
    pipeline = program.load_pipeline(Settings())
    matcher = pipeline._matcher.result()
    monitored = Matched(clock.timed("matching", matcher.match))
    pipeline._matcher = Future()
    pipeline._matcher.set_result(monitored)
    recording = clock.timed("all", pipeline.judge)(heard)
    counts = {
        "hours": heard.duration / 3600,
        "utterances": len(heard.utterances),
        "found": len(recording.scorecards),
        "findings": sum(len(card.findings) for card in recording.scorecards),
    }
    return clock.spent | counts


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visits", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--save", action="store_true")
    parser.add_argument("--lang", choices=("zh", "en"), default="en")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args(words)
    if args.once:
        print(json.dumps(once(args.visits)))
        return
    command = [sys.executable, "-m", "tests.bench.rules", "--once", "--visits", str(args.visits)]
    root = Path(__file__).resolve().parents[2]
    rounds = [
        json.loads(subprocess.run(command, cwd=root, capture_output=True, check=True).stdout)
        for _ in range(args.rounds)
    ]
    first = rounds[0]
    rows = [
        (NAMES[stage], f"{median(r[stage] for r in rounds):.2f}")
        for stage in NAMES
        if stage in first
    ]
    report = Report(
        "rules",
        [Table("", (("阶段", "stage"), ("秒", "seconds")), rows)],
        [
            (
                f"已转写的一天：{first['hours']:.1f} 小时，{args.visits} 次办理（程序分出 "
                f"{first['found']} 次），{first['utterances']} 句，"
                f"{first['findings']} 条结论；一个核，{args.rounds} 轮的中位数，每轮是新的进程。",
                f"A transcribed day: {first['hours']:.1f} hours, {args.visits} visits (the program "
                f"divides it into {first['found']}), {first['utterances']} utterances, "
                f"{first['findings']} findings; one core, medians of {args.rounds} rounds, each a "
                "new process.",
            )
        ],
        machine(),
        {"rounds": rounds},
    )
    finish(report, save=args.save, lang=args.lang)


if __name__ == "__main__":
    main()
