"""How long the program takes to say anything.

python -m tests.bench.startup [--runs 20] [--save] [--lang zh|en]
"""

from __future__ import annotations

import argparse
import sys
from statistics import median

from .children import Child, courtesy, run
from .tables import Report, Table, Words, finish, machine

COMMANDS: dict[str, tuple[Words, list[str]]] = {
    "help": ("`courtesy --help`", courtesy("--help")),
    "score": ("`courtesy score --help`", courtesy("score", "--help")),
    "python": (("空的 Python", "Python alone"), [sys.executable, "-c", "pass"]),
}


def report(runs: int) -> Report:
    """Run the commands in turn, after one run each that fills the caches."""
    took: dict[str, list[Child]] = {name: [] for name in COMMANDS}
    for _, command in COMMANDS.values():
        run(command)
    for _ in range(runs):
        for name, (_, command) in COMMANDS.items():
            took[name].append(run(command))
    rows = []
    for name, (words, _) in COMMANDS.items():
        walls = [c.wall for c in took[name]]
        rows.append([words, f"{median(walls):.3f} s", f"{min(walls):.3f} s", f"{max(walls):.3f} s"])
    head = [("命令", "command"), ("中位数", "median"), ("最快", "fastest"), ("最慢", "slowest")]
    note = (
        f"各 {runs} 次，轮流运行，之前各空跑一次。",
        f"{runs} runs each, in turn, after one that does not count.",
    )
    raw = {name: [c.wall for c in own] for name, own in took.items()}
    return Report("startup", [Table("", head, rows)], [note], machine(), raw)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--save", action="store_true", help="keep the figures in results/")
    parser.add_argument("--lang", choices=("zh", "en"), default="en")
    given = parser.parse_args()
    finish(report(given.runs), save=given.save, lang=given.lang)


if __name__ == "__main__":
    main()
