"""Counts which initials and finals the recogniser takes for which, and writes the table of costs.

    python tests/corpus/measure_confusions.py /tmp/corpus/tune --at clean --at 10db --at 0db

Runs in the project's own environment, with the speech model, over a built corpus whose gold files
say what was said (`build_corpus.py`); the tuning set only. Each turn is aligned, syllable by
syllable, with what was heard in its time on its channel. Pairs of initials are counted where the
finals agree, pairs of finals where the initials agree. What is heard under each condition is kept
in `--cache`, since listening takes minutes.
"""

from __future__ import annotations

import argparse
import itertools
import math
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from hear import heard_under, said_and_heard

from courtesy.evaluation.gold import read_gold
from courtesy.matching.sounds import parts
from courtesy.text.normalize import normalize
from courtesy.text.syllables import syllables

TABLE = Path(__file__).resolve().parents[2] / "courtesy" / "matching" / "confusions.toml"

# What phonetics and dialects lead one to expect, counted as if it had been seen this often.
EXPECTED_INITIALS = "zh-z ch-c sh-s n-l r-l f-h b-p d-t g-k j-q zh-ch z-c j-zh q-ch x-sh h-w"
EXPECTED_FINALS = "an-ang en-eng in-ing uan-uang ian-iang un-ong ia-ie uo-o e-o ai-ei ao-ou ui-ei"
EXPECTED_RATE, OTHER_RATE, SEEN = 0.02, 0.0005, 300
# Rates of confusion that cost the least and the most.
COMMON, RARE = 0.05, 0.002
LEAST, INITIAL_FAR, FINAL_FAR = 0.2, 0.7, 0.85
GAP, ONE_PART = 0.9, 0.5

Pairs = Counter[tuple[str, str]]


def aligned(said: Sequence[str], heard: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the syllables that stand for each other in the cheapest alignment."""
    costs = {(i, 0): i * GAP for i in range(len(said) + 1)}
    costs |= {(0, j): j * GAP for j in range(len(heard) + 1)}
    for i, j in itertools.product(range(1, len(said) + 1), range(1, len(heard) + 1)):
        costs[i, j] = min(
            costs[i - 1, j] + GAP,
            costs[i, j - 1] + GAP,
            costs[i - 1, j - 1] + _swap(said[i - 1], heard[j - 1]),
        )
    i, j = len(said), len(heard)
    while i and j:
        if costs[i, j] == costs[i - 1, j - 1] + _swap(said[i - 1], heard[j - 1]):
            i, j = i - 1, j - 1
            yield said[i], heard[j]
        elif costs[i, j] == costs[i - 1, j] + GAP:
            i -= 1
        else:
            j -= 1


def _swap(one: str, other: str) -> float:
    if one == other:
        return 0.0
    (i1, f1), (i2, f2) = parts(one), parts(other)
    return ONE_PART if i1 == i2 or f1 == f2 else 1.0


def count(pairs: Pairs) -> tuple[Pairs, Pairs]:
    """Return how often each initial and each final was heard as which."""
    initials: Pairs = Counter()
    finals: Pairs = Counter()
    for (one, other), number in pairs.items():
        (i1, f1), (i2, f2) = parts(one), parts(other)
        if f1 == f2:
            initials[i1, i2] += number
        if i1 == i2:
            finals[f1, f2] += number
    return initials, finals


def costs(counted: Pairs, expected: str, far: float) -> dict[tuple[str, str], float]:
    """Return what each pair costs, those left out that cost as much as any."""
    totals: Counter[str] = Counter()
    for (one, _), number in counted.items():
        totals[one] += number
    known = {tuple(sorted(pair.split("-"))) for pair in expected.split()}
    out = {}
    for one, other in itertools.combinations(sorted(totals), 2):
        if not one or not other:
            continue
        prior = EXPECTED_RATE if (one, other) in known else OTHER_RATE
        seen = counted[one, other] + counted[other, one]
        rate = (seen + SEEN * prior) / (totals[one] + totals[other] + SEEN)
        share = math.log(COMMON / rate) / math.log(COMMON / RARE)
        cost = LEAST + (far - LEAST) * min(1.0, max(0.0, share))
        if cost < far - 0.02:
            out[one, other] = round(cost, 2)
    return out


def main() -> None:
    """Read the options, listen, count and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--at", action="append", required=True, metavar="CONDITION")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir(), "courtesy-heard"))
    given = parser.parse_args()
    pairs: Pairs = Counter()
    for name in given.at:
        heard = heard_under(name, given.corpus, given.cache)
        for file in sorted(given.corpus.glob("*.toml")):
            for text, found in said_and_heard(read_gold(file), heard[file.stem]):
                pairs.update(
                    aligned(syllables(normalize(text).text), syllables(normalize(found).text))
                )
    initials, finals = count(pairs)
    lines = [
        "# What hearing one sound for another costs, 0 (the same) to 1 (nothing in common), where",
        "# the rest of the syllable agrees. Made by tests/corpus/measure_confusions.py.",
        "schema = 1",
        f'measured = "{given.corpus.name}, {", ".join(given.at)}: {sum(pairs.values())} syllables"',
        f"initial_far = {INITIAL_FAR}",
        f"final_far = {FINAL_FAR}",
    ]
    for title, table in (
        ("initials", costs(initials, EXPECTED_INITIALS, INITIAL_FAR)),
        ("finals", costs(finals, EXPECTED_FINALS, FINAL_FAR)),
    ):
        lines += ["", f"[{title}]", *(f'"{a} {b}" = {cost}' for (a, b), cost in table.items())]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
