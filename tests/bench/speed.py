"""How long `courtesy score` takes over ten minutes, beside faster-whisper with nothing around it.

    python -m tests.bench.speed [--rounds 5] [--minutes 10] [--save] [--lang zh|en]

Each run is a process of its own, from start to end: loading the model counts for everybody. The
contenders take turns, so that whatever else the machine does falls on all of them alike.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from statistics import median

from courtesy.speech.device import physical_cores
from courtesy.speech.models import locate

from .children import Child, bare, courtesy, run, say
from .recordings import SEED, build
from .tables import Report, Table, Words, finish, machine

KINDS = {2: ("双声道", "stereo"), 1: ("单声道", "mono")}
COURTESY: Words = ("`courtesy score --json`，全程", "`courtesy score --json`, all of it")
BATCHED: Words = ("只转写：faster-whisper 成批", "transcription alone: faster-whisper, batched")
SEQUENTIAL: Words = (
    "只转写：faster-whisper 逐段",
    "transcription alone: faster-whisper, sequential",
)


def measure(file: Path, rounds: int, *, sequential: bool) -> dict[str, list[Child]]:
    """Run the contenders in turn."""
    model, threads = str(locate("base")), str(physical_cores())
    commands = {
        "courtesy": courtesy("score", str(file), "--json"),
        "batched": bare("batched", model, threads, str(file)),
    }
    took: dict[str, list[Child]] = {name: [] for name in (*commands, "sequential")}
    for number in range(rounds):
        for name, command in commands.items():
            took[name].append(run(command))
            say(f"{file.name} {number + 1}/{rounds} {name}: {took[name][-1].wall:.1f} s")
    if sequential:
        took["sequential"].append(run(bare("sequential", model, threads, str(file))))
        say(f"{file.name} sequential: {took['sequential'][-1].wall:.1f} s")
    return took


def table(kind: Words, took: dict[str, list[Child]], seconds: float) -> Table:
    """Return one recording's table; ratios are to the batched runs of the same round."""
    wall = {name: median(c.wall for c in runs) for name, runs in took.items() if runs}
    cpu = {name: median(c.cpu for c in runs) for name, runs in took.items() if runs}
    rows = []
    for name, words in (("courtesy", COURTESY), ("batched", BATCHED), ("sequential", SEQUENTIAL)):
        if name in wall:
            own = [words, f"{wall[name]:.1f}", f"{cpu[name]:.1f}", f"{wall[name] / seconds:.3f}"]
            ratios = (wall[name] / wall["batched"], cpu[name] / cpu["batched"])
            rows.append([*own, *(f"{ratio:.2f}" for ratio in ratios)])
    head: list[Words] = [
        ("运行", "run"),
        ("用时（秒）", "wall (s)"),
        ("处理器（秒）", "CPU (s)"),
        ("用时÷时长", "wall ÷ length"),
        ("用时之比", "wall, ratio"),
        ("处理器之比", "CPU, ratio"),
    ]
    zh, en = kind if isinstance(kind, tuple) else (kind, kind)
    return Table((f"{seconds / 60:g} 分钟，{zh}", f"{seconds / 60:g} minutes, {en}"), head, rows)


def report(minutes: float, rounds: int, *, sequential: bool) -> Report:
    """Measure stereo and mono."""
    tables, notes, raw = [], [], {}
    for channels, kind in KINDS.items():
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"{kind[1]}.wav"
            silent = build(file, minutes, channels)
            took = measure(file, rounds, sequential=sequential)
        tables.append(table(kind, took, minutes * 60))
        raw[kind[1]] = {
            name: [{"wall": c.wall, "cpu": c.cpu, "peak": c.peak} for c in runs]
            for name, runs in took.items()
        }
        ratios = [a.wall / b.wall for a, b in zip(took["courtesy"], took["batched"], strict=True)]
        spread = f"{min(ratios):.2f}–{max(ratios):.2f}"
        notes.append(
            (
                f"{kind[0]}：各轮用时之比 {spread}；对话之间的静默占 {100 * silent:.0f} %。",
                f"{kind[1]}: ratio of wall times by round {spread}; "
                f"{100 * silent:.0f} % silence between dialogues.",
            )
        )
    method: Words = (
        f"轮流运行 {rounds} 轮取中位数（逐段只运行 1 次），每次是一个从头到尾的进程，"
        f"线程数相同；录音由 samples 拼成，种子 {SEED}。",
        f"Median of {rounds} rounds in turn (sequential: one run), each a whole process, "
        f"same number of threads; recordings made of samples, seed {SEED}.",
    )
    return Report("speed", tables, [method, *notes], machine(), raw)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--no-sequential", action="store_true", help="leave out the slow run")
    parser.add_argument("--save", action="store_true", help="keep the figures in results/")
    parser.add_argument("--lang", choices=("zh", "en"), default="en")
    given = parser.parse_args()
    made = report(given.minutes, given.rounds, sequential=not given.no_sequential)
    finish(made, save=given.save, lang=given.lang)


if __name__ == "__main__":
    main()
