"""Fills the shown output in README.md and README.zh-CN.md from real runs, so that it cannot rot.

    python -m tests.bench.readme_output            # run the commands again
    python -m tests.bench.readme_output --bench    # only the tables, from results/
    python -m tests.bench.readme_output --check    # change nothing; exit code 1 if one is stale

A block stands between `<!-- output:NAME -->` and `<!-- /output:NAME -->`. `bench-…` blocks come
from what a bench kept with `--save`. The check runs no speech: it looks that both files have every
block, filled, and that the tables are those of the kept figures.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable

from courtesy.report.words import WORDS

from .children import courtesy
from .tables import ROOT, load

READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh-CN.md"}
BENCHES = (
    "accuracy",
    "matching",
    "speed",
    "memory",
    "startup",
    "batch",
    "store",
    "store-postgresql",
    "live",
)
WIDTH = "96"
_BLOCK = re.compile(
    r"(<!-- output:(?P<name>[a-z-]+) -->\n)(?P<body>.*?)(<!-- /output:(?P=name) -->)", re.DOTALL
)
_MARK = re.compile(r"<!-- output:([a-z-]+) -->")


def run(lang: str, *arguments: str) -> str:
    """Return what the program prints; a run that could not score everything is a failure."""
    command = courtesy("--lang", lang, *arguments)
    environment = {**os.environ, "COLUMNS": WIDTH, "NO_COLOR": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=True
    )
    return "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines())


def score(lang: str) -> str:
    """Show one recording of the whole run, and the summary."""
    parts = re.split(r"\n\n(?=━━ )", "\n\n" + run(lang, "score", "samples/counter"))
    shown = next(part for part in parts if "rexian-phone" in part.partition("\n")[0])
    head = WORDS["summary"].zh if lang == "zh" else WORDS["summary"].en
    before, _, summary = parts[-1].rpartition(f"\n\n{head}")
    if not before:
        message = "the summary was not found"
        raise SystemExit(message)
    return fenced(f"…\n\n{shown.strip()}\n\n…\n\n{head}{summary}")


def explain(lang: str) -> str:
    """Show two sentences: one that is a breach, one that holds the same words and is none."""
    shown = []
    for sentence in ("这不归我管，下一个。", "虽然不归我管，我帮您问一下。"):
        answer = run(lang, "lexicon", "explain", sentence)
        shown += [f'$ courtesy lexicon explain "{sentence}"', answer, ""]
    return fenced("\n".join(shown).rstrip())


def contract(lang: str) -> str:
    """Show the JSON of one transcript with one entry of each kind."""
    whole = json.loads(run(lang, "score", "samples/counter/rexian-phone.opus", "--json"))
    recording = whole["recordings"][0]
    interaction = recording["interactions"][0]
    finding = next(f for f in interaction["findings"] if f["rule"] == "forbidden")
    match = next(m for m in interaction["matches"] if m["id"] in finding["matches"])
    recording["utterances"] = [recording["utterances"][match["utterance"]]]
    interaction["findings"], interaction["matches"] = [finding], [match]
    interaction["events"] = [
        e for e in interaction["events"] if match["utterance"] in e["utterances"]
    ]
    whole["made_by"]["options"] = {}
    text = json.dumps(whole, ensure_ascii=False, indent=2)
    # Short lists and objects on one line read better.
    text = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda m: f"[{' '.join(m[1].split())}]", text)
    return f"```json\n{text}\n```"


def fenced(text: str) -> str:
    """Return a block of plain text."""
    return f"```text\n{text}\n```"


BLOCKS: dict[str, Callable[[str], str]] = {"score": score, "explain": explain, "json": contract}


def bench(name: str, lang: str) -> str | None:
    """Return a kept bench's tables; None where nothing is kept."""
    kept = load(name)
    return kept.markdown(lang).rstrip() if kept else None


def fill(text: str, lang: str, *, commands: bool) -> str:
    """Return a README with its blocks made anew."""

    def made(block: re.Match[str]) -> str:
        name = block["name"]
        body: str | None = None
        if name.startswith("bench-"):
            body = bench(name.removeprefix("bench-"), lang)
        elif commands:
            print(f"{lang} {name}", file=sys.stderr, flush=True)
            body = BLOCKS[name](lang)
        # The blank line lets Markdown see a table behind a comment.
        return f"{block[1]}\n{body}\n\n{block[4]}" if body else block[0]

    return _BLOCK.sub(made, text)


def faults() -> list[str]:
    """Return what is wrong with the READMEs without running anything."""
    known = {*BLOCKS, *(f"bench-{name}" for name in BENCHES)}
    found = []
    for lang, path in READMES.items():
        text = path.read_text(encoding="utf-8")
        whole = {block["name"]: block["body"].strip() for block in _BLOCK.finditer(text)}
        found += [f"{path.name}: {name} is missing or not closed" for name in known - whole.keys()]
        found += [f"{path.name}: unknown block {n}" for n in set(_MARK.findall(text)) - known]
        found += [f"{path.name}: {name} is empty" for name, body in whole.items() if not body]
        if fill(text, lang, commands=False) != text:
            found.append(f"{path.name}: tables are not those of tests/bench/results")
    return sorted(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing, list what is stale")
    parser.add_argument("--bench", action="store_true", help="only the tables of kept figures")
    given = parser.parse_args()
    if given.check:
        wrong = faults()
        print("\n".join(wrong) or "the READMEs' blocks are whole")
        raise SystemExit(bool(wrong))
    for lang, path in READMES.items():
        text = fill(path.read_text(encoding="utf-8"), lang, commands=not given.bench)
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
