"""What a bench prints and keeps: tables in both languages, with the machine they come from."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RESULTS = HERE / "results"
PACKAGES = ("courtesy", "faster-whisper", "ctranslate2", "onnxruntime", "av", "numpy")

Words = str | tuple[str, str]
"""A cell or a sentence: the same in both languages, or (Chinese, English)."""


@dataclass(frozen=True)
class Table:
    """A title, a head and rows of cells."""

    title: Words
    head: Sequence[Words]
    rows: Sequence[Sequence[Words]]


@dataclass(frozen=True)
class Report:
    """One bench's outcome.

    Attributes:
        name: of the bench, and of its file in `results/`.
        tables: what was measured.
        notes: what was run on what, and how to read it.
        made_on: machine and versions.
        raw: the single measurements behind the tables.
    """

    name: str
    tables: Sequence[Table]
    notes: Sequence[Words]
    made_on: dict[str, str]
    raw: dict[str, object] = field(default_factory=dict)

    def markdown(self, lang: str) -> str:
        """Return tables and notes, ready for a README."""
        parts = []
        for table in self.tables:
            head = " | ".join(say(cell, lang) for cell in table.head)
            rule = " | ".join(["---"] + ["---:"] * (len(table.head) - 1))
            rows = ["| " + " | ".join(say(c, lang) for c in row) + " |" for row in table.rows]
            lines = [f"| {head} |", f"| {rule} |", *rows]
            title = say(table.title, lang)
            parts.append((f"**{title}**\n\n" if title else "") + "\n".join(lines))
        notes = [*(say(note, lang) for note in self.notes), describe(self.made_on, lang)]
        parts.append("\n".join(f"- {note}" for note in notes))
        return "\n\n".join(parts) + "\n"

    def save(self) -> Path:
        """Write `results/<name>.json`."""
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{self.name}.json"
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8", newline="\n")
        return path


def load(name: str) -> Report | None:
    """Return the report kept under that name; None where there is none."""
    path = RESULTS / f"{name}.json"
    if not path.is_file():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    tables = [
        Table(_words(t["title"]), _all(t["head"]), [_all(row) for row in t["rows"]])
        for t in kept["tables"]
    ]
    return Report(kept["name"], tables, _all(kept["notes"]), kept["made_on"], kept["raw"])


def say(words: Words, lang: str) -> str:
    """Return the words in one language."""
    return words if isinstance(words, str) else words[0 if lang == "zh" else 1]


def finish(report: Report, *, save: bool, lang: str) -> None:
    """Print a report and keep it if asked."""
    print(report.markdown(lang))
    if save:
        print(f"kept in {report.save().relative_to(ROOT)}", file=sys.stderr)


def machine() -> dict[str, str]:
    """Return what a reader needs to judge the figures."""
    from courtesy.speech.device import physical_cores

    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "cpu": _cpu(),
        "cores": f"{physical_cores()}",
        "threads": f"{os.cpu_count()}",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": ", ".join(f"{p} {importlib.metadata.version(p)}" for p in PACKAGES),
        "model": "base (int8)",
        "commit": _commit(),
    }


def describe(made_on: dict[str, str], lang: str) -> str:
    """Return machine and versions as a sentence."""
    m = made_on
    return say(
        (
            f"测于 {m['cpu']}，{m['cores']} 核 {m['threads']} 线程，{m['memory']} 内存，"
            f"只用处理器；模型 {m['model']}；Python {m['python']}，{m['packages']}；"
            f"{m['date']}，{m['commit']}。",
            f"Measured on {m['cpu']}, {m['cores']} cores, {m['threads']} threads, {m['memory']}, "
            f"no GPU; model {m['model']}; Python {m['python']}, {m['packages']}; "
            f"{m['date']}, {m['commit']}.",
        ),
        lang,
    )


def share(value: float | None) -> str:
    """Return a share as a percentage, or a dash where it is undefined."""
    return "–" if value is None else f"{100 * value:.1f} %"


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    try:
        asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "unknown"
    return asked.stdout.strip() or "unknown"


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


def _words(kept: object) -> Words:
    return (str(kept[0]), str(kept[1])) if isinstance(kept, list) else str(kept)


def _all(kept: Sequence[object]) -> list[Words]:
    return [_words(one) for one in kept]
