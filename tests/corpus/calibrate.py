"""Fits the weights of `courtesy/matching/confidence.py` on what the program hears.

    python tests/corpus/calibrate.py /tmp/corpus/tune --at clean --at 10db --at 0db --at 5db+hall

Runs in the project's own environment, with the speech model, over the tuning set only. Every
candidate that the matcher keeps by ear is right or wrong: right when the phrase, or the very words
that would make it one, stand in the true words of that side in that time. A logistic regression
with a light ridge is fitted by Newton's method, and its weights are written to `confidence.toml`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from hear import channel_of, heard_under

from courtesy.config import MatchOptions
from courtesy.evaluation.gold import Gold, read_gold
from courtesy.folders import lexicon_dir
from courtesy.lexicon import load_lexicon
from courtesy.matching.confidence import Evidence
from courtesy.matching.find import Finder
from courtesy.matching.matcher import evidence_of
from courtesy.matching.trace import as_said
from courtesy.matching.turns import Clock
from courtesy.records import Heard, Utterance
from courtesy.text.normalize import normalize
from courtesy.text.pauses import with_pauses

TABLE = Path(__file__).resolve().parents[2] / "courtesy" / "matching" / "confidence.toml"

MARGIN = 0.3  # seconds by which a turn and an utterance may miss each other
SURELY = 0.9  # likeness from which a phrase stands in the true words
RIDGE = 0.02
STEPS = 50
FOR = (2, 3, 4, 5)  # the answer of the sound, both likenesses, the recogniser's probability


def outcomes(finder: Finder, gold: Gold, heard: Heard) -> Iterator[tuple[Evidence, bool]]:
    """Yield the evidence of every candidate in a recording, and whether the phrase was said."""
    for utterance in heard.utterances:
        norm = with_pauses(normalize(utterance.heard), utterance.words)
        (found,) = finder.find([norm], deep=True)
        said = normalize(said_in(gold, utterance))
        (there,) = finder.find([said])
        true = {h.phrase.id for h in there if not h.excluded and h.likeness >= SURELY}
        for hit in found:
            if not hit.excluded:
                # A phrase may stand in the true words under the name of one that explains more.
                wording = normalize(as_said(hit.form, norm, hit.span)).text
                yield (
                    evidence_of(utterance, norm, hit, Clock(utterance)),
                    hit.phrase.id in true or wording in said.text,
                )


def said_in(gold: Gold, utterance: Utterance) -> str:
    """Return the true words of one side in an utterance's time."""
    start, end = utterance.start or 0.0, utterance.end or 0.0
    return "".join(
        turn.text
        for turn in gold.turns
        if channel_of(gold, turn.role) == utterance.channel
        and turn.start < end + MARGIN
        and turn.end > start - MARGIN
    )


def fit(features: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the weights of a logistic regression, shape (features,).

    What speaks for a match must not speak against it: a feature that would is left out.
    """
    weights = newton(features, right)
    for column in FOR:
        if weights[column] < 0:
            features = features.copy()
            features[:, column] = 0.0
            weights = newton(features, right)
    return weights


def newton(features: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the weights that make what was right likeliest, shape (features,)."""
    weights = np.zeros(features.shape[1])
    # The constant is not drawn towards zero.
    ridge = np.diag([0.0] + [RIDGE] * (features.shape[1] - 1))
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-features @ weights))
        slope = features.T @ (right - likely) - ridge @ weights
        curve = (features.T * (likely * (1 - likely))) @ features + ridge
        weights += np.linalg.solve(curve, slope)
    return weights


def main() -> None:
    """Read the options, listen, fit and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--at", action="append", required=True, metavar="CONDITION")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir(), "courtesy-heard"))
    given = parser.parse_args()
    finder = Finder(load_lexicon([lexicon_dir()]), MatchOptions())
    found: list[tuple[Evidence, bool]] = []
    for name in given.at:
        heard = heard_under(name, given.corpus, given.cache)
        for file in sorted(given.corpus.glob("*.toml")):
            found += outcomes(finder, read_gold(file), heard[file.stem])
    features = np.array([evidence.features() for evidence, _ in found])
    right = np.array([true for _, true in found], float)
    weights = fit(features, right)
    likely = 1 / (1 + np.exp(-features @ weights))
    for low in np.arange(0, 1, 0.1):
        inside = (likely >= low) & (likely < low + 0.1)
        if inside.any():
            share = right[inside].mean()
            said = likely[inside].mean()
            print(f"{low:.1f}: {inside.sum():5d} said {said:.2f} is {share:.2f}")
    lines = [
        "# Weights of the features in confidence.py, in order, made by tests/corpus/calibrate.py.",
        "schema = 1",
        f'fitted = "{given.corpus.name}, {", ".join(given.at)}: {len(found)} candidates"',
        f"weights = [{', '.join(f'{weight:.3f}' for weight in weights)}]",
    ]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
