"""Peak memory of `courtesy score` over a short and a long recording: it must not grow with length.

python -m tests.bench.memory [--minutes 10 60] [--channels 2] [--save] [--lang zh|en]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from .children import Child, courtesy, run, say
from .recordings import SEED, build
from .tables import Report, Table, finish, machine


def measure(minutes: float, channels: int) -> Child:
    """Score a recording of that length in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "long.wav"
        build(file, minutes, channels)
        child = run(courtesy("score", str(file), "--json"))
    say(f"{minutes:g} min: {child.peak / 2**20:.0f} MiB, {child.wall:.0f} s")
    return child


def report(lengths: list[float], channels: int) -> Report:
    """Measure each length once; the first is what the others are compared with."""
    took = [measure(minutes, channels) for minutes in lengths]
    rows = []
    for minutes, child in zip(lengths, took, strict=True):
        mebibytes, ratio = child.peak / 2**20, child.peak / took[0].peak
        rows.append(
            [f"{minutes:g} min", f"{mebibytes:.0f} MiB", f"{ratio:.2f}", f"{child.wall:.0f} s"]
        )
    head = [
        ("录音长度", "recording"),
        ("内存峰值", "peak memory"),
        ("与第一行之比", "ratio to the first"),
        ("用时", "wall"),
    ]
    zh, en = ("双声道", "Stereo") if channels == 2 else ("单声道", "Mono")
    note = (
        f"{zh} 16 kHz WAV，由 samples 拼成，种子 {SEED}；峰值是进程的最大常驻内存。",
        f"{en} 16 kHz WAV made of samples, seed {SEED}; peak is the largest resident set.",
    )
    raw = {f"{m:g}": {"peak": c.peak, "wall": c.wall} for m, c in zip(lengths, took, strict=True)}
    return Report("memory", [Table("", head, rows)], [note], machine(), raw)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, nargs="+", default=[10.0, 60.0])
    parser.add_argument("--channels", type=int, choices=(1, 2), default=2)
    parser.add_argument("--save", action="store_true", help="keep the figures in results/")
    parser.add_argument("--lang", choices=("zh", "en"), default="en")
    given = parser.parse_args()
    finish(report(given.minutes, given.channels), save=given.save, lang=given.lang)


if __name__ == "__main__":
    main()
