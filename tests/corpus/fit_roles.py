"""Fits what words tell of who speaks: the weights of `courtesy/dialogue/words.py`.

    python tests/corpus/fit_roles.py

Runs in the project's own environment, over the tuning set only: the turns of `dialogues/tune` and
the alternatives of the scenes in `talk/` with even numbers, whole and sentence by sentence, since
people pause between sentences. Forbidden phrases are taken out. A cue is kept where it occurs in
several dialogues or scenes. A logistic regression with a ridge is fitted by Newton's method, the
steps by conjugate gradients. It prints how well dialogues and scenes that were left out are told,
and writes the weights to `words.toml`.
"""

from __future__ import annotations

import argparse
import random
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from courtesy.config import Settings
from courtesy.dialogue import words
from courtesy.folders import lexicon_dir
from courtesy.lexicon import load_lexicon
from courtesy.matching.matcher import Matcher
from courtesy.records import Utterance

HERE = Path(__file__).resolve().parent
TABLE = HERE.parents[1] / "courtesy" / "dialogue" / "words.toml"
SENTENCES = re.compile("(?<=[。？！])")
SLOT = re.compile(r"\{([a-z]+)\}")
GROUPS = 4  # dialogues or scenes that a cue must occur in
RIDGE = 3.0
LEAST = 0.1  # a weight smaller than this is none
FOLDS = 8
STEPS = 15


@dataclass(frozen=True)
class Example:
    """One turn, or one sentence of it.

    Attributes:
        group: the dialogue or scene.
        text: what was said.
        clerk: whether the clerk said it.
        whole: whether it is a whole turn.
    """

    group: str
    text: str
    clerk: bool
    whole: bool


def turns() -> Iterator[tuple[str, str, str]]:
    """Yield dialogue or scene, role and text of all that may be learnt from."""
    for path in sorted((HERE / "dialogues" / "tune").glob("*.toml")):
        for turn in tomllib.loads(path.read_text(encoding="utf-8"))["turn"]:
            yield path.stem, turn["role"], turn["text"]
    slots = tomllib.loads((HERE / "talk" / "slots.toml").read_text(encoding="utf-8"))
    generator = random.Random(1)
    for path in sorted((HERE / "talk").glob("*-*.toml")):
        if int(path.name.split("-")[0]) % 2:
            continue
        for step in tomllib.loads(path.read_text(encoding="utf-8"))["step"]:
            for text in step["say"]:
                filled = SLOT.sub(lambda slot: generator.choice(slots[slot[1]]), text)
                yield path.stem, step["role"], filled


def examples() -> Iterator[Example]:
    """Yield every turn, whole and by sentences."""
    for group, role, text in turns():
        yield Example(group, text, role == "clerk", whole=True)
        sentences = [s for s in SENTENCES.split(text) if s]
        if len(sentences) > 1:
            yield from (Example(group, s, role == "clerk", whole=False) for s in sentences)


def cues_of(found: Sequence[Example]) -> list[set[str]]:
    """Return the cues of each, found by itself."""
    matcher = Matcher(load_lexicon([lexicon_dir()]), Settings().matching)
    out = []
    for example in found:
        alone = [Utterance(0, example.text)]
        out += words.cues(alone, matcher.match(alone))
    return out


class Features:
    """Cues of examples as a sparse matrix of zeros and ones."""

    def __init__(self, cues: Sequence[set[str]], names: Sequence[str]) -> None:
        """Make it; `names` begins with the cue that every example has."""
        place = {name: i for i, name in enumerate(names)}
        rows = [sorted(place[cue] for cue in own if cue in place) for own in cues]
        self.columns = np.concatenate([np.array(row, np.int64) for row in rows])
        self.sizes = np.array([len(row) for row in rows])
        self.starts = np.concatenate(([0], np.cumsum(self.sizes)[:-1]))
        self.width = len(names)

    def times(self, weights: np.ndarray) -> np.ndarray:
        """Return the sum of the weights of each example."""
        return np.add.reduceat(weights[self.columns], self.starts)

    def back(self, values: np.ndarray) -> np.ndarray:
        """Return the sum of the values of the examples that have each cue."""
        spread = np.repeat(values, self.sizes)
        return np.bincount(self.columns, weights=spread, minlength=self.width)


def fit(features: Features, right: np.ndarray) -> np.ndarray:
    """Return the weights of a logistic regression."""
    weights = np.zeros(features.width)
    ridge = np.full(features.width, RIDGE)
    ridge[0] = 1e-3
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-features.times(weights)))
        slope = features.back(right - likely) - ridge * weights
        step = descend(features, likely * (1 - likely), ridge, slope)
        weights += step
        if np.abs(step).max() < 1e-3:
            break
    return weights


def descend(
    features: Features, curve: np.ndarray, ridge: np.ndarray, slope: np.ndarray
) -> np.ndarray:
    """Return Newton's step, by conjugate gradients."""
    step, rest = np.zeros_like(slope), slope.copy()
    direction, size = rest.copy(), float(rest @ rest)
    enough = 1e-6 * size
    while size > enough:
        bent = features.back(curve * features.times(direction)) + ridge * direction
        length = size / float(direction @ bent)
        step += length * direction
        rest -= length * bent
        before, size = size, float(rest @ rest)
        direction = rest + size / before * direction
    return step


def common(cues: Sequence[set[str]], groups: Sequence[str]) -> list[str]:
    """Return the cues that occur in several groups, the one that all have first."""
    where = defaultdict(set)
    for own, group in zip(cues, groups, strict=True):
        for cue in own:
            where[cue].add(group)
    kept = sorted(cue for cue, seen in where.items() if len(seen) >= GROUPS and cue != words.BIAS)
    return [words.BIAS, *kept]


def learn(cues: Sequence[set[str]], found: Sequence[Example]) -> dict[str, float]:
    """Return the weights of all cues that are worth one, without the share of either role."""
    names = common(cues, [e.group for e in found])
    right = np.array([e.clerk for e in found], float)
    weights = dict(zip(names, fit(Features(cues, names), right).tolist(), strict=True))
    weights[words.BIAS] -= float(np.log(right.mean() / (1 - right.mean())))
    return {name: w for name, w in weights.items() if abs(w) >= LEAST or name == words.BIAS}


def folds(found: Sequence[Example]) -> dict[str, int]:
    """Return the fold in which each dialogue or scene is left out."""
    groups = sorted({e.group for e in found})
    order = np.random.default_rng(0).permutation(len(groups)) % FOLDS
    return dict(zip(groups, order.tolist(), strict=True))


def left_out(
    cues: Sequence[set[str]], found: Sequence[Example]
) -> tuple[np.ndarray, list[dict[str, float]]]:
    """Return how each example is told by the others' weights, and those weights, fold by fold."""
    fold = folds(found)
    told = np.zeros(len(found))
    tables = []
    for number in range(FOLDS):
        others = [i for i, e in enumerate(found) if fold[e.group] != number]
        weights = learn([cues[i] for i in others], [found[i] for i in others])
        tables.append(weights)
        for i, example in enumerate(found):
            if fold[example.group] == number:
                told[i] = sum(weights.get(cue, 0.0) for cue in cues[i])
    return told, tables


def main() -> None:
    """Fit, print how good it is, and write the weights."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    found = list(examples())
    cues = cues_of(found)
    told, _ = left_out(cues, found)
    for name in ("tune-", ""):
        own = [
            i for i, e in enumerate(found) if e.whole and e.group.startswith("tune-") == bool(name)
        ]
        right = np.mean([(told[i] > 0) == found[i].clerk for i in own])
        print(f"{'dialogues' if name else 'scenes'}: {len(own)} turns, {right:.3f} told rightly")
    weights = learn(cues, found)
    lines = [
        f"# Made by tests/corpus/fit_roles.py from {len(found)} turns and sentences of the tuning",
        "# set; do not edit. What each cue adds to the log odds that the clerk says it.",
        "[weights]",
        *(f'"{name}" = {weight:.2f}' for name, weight in sorted(weights.items())),
    ]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    print(f"{len(weights)} weights")


if __name__ == "__main__":
    main()
