"""Fits the weights of `courtesy/dialogue/boundaries.py` on days that `build_sessions.py` made.

    python tests/corpus/fit_boundaries.py /tmp/day/tune
    python tests/corpus/fit_boundaries.py /tmp/day/tune --heard /tmp/day/sound-tune --at 10db

Runs in the project's own environment, over the tuning set only. Every silence between two
utterances is a boundary or none: one where the two belong to different interactions or asides. Each
day is read twice, with the roles known and with none known; a day that is heard by one microphone
has none. A logistic regression with a light
ridge is fitted by Newton's method, and its weights are written to `boundaries.toml`.
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from hear import heard_under

from courtesy.config import DialogueOptions
from courtesy.dialogue import boundaries
from courtesy.dialogue.cues import Said, read
from courtesy.dialogue.interactions import silences
from courtesy.evaluation.gold import Gold, as_transcript, read_gold
from courtesy.records import Heard

TABLE = Path(__file__).resolve().parents[2] / "courtesy" / "dialogue" / "boundaries.toml"
CACHE = Path(tempfile.gettempdir(), "courtesy-heard")
RIDGE = 1.0
HEARD_COUNTS = 4  # how often a day that was heard counts: there are few, and they are what matters
STEPS = 50
OPTIONS = DialogueOptions()
# What speaks for a boundary, and what speaks against one; a weight of the other sign is none.
FOR = {
    "silence", "long", "longer", "rarity", "farewell_last", "farewell_tail", "leaves_last",
    "leaves_tail", "phone_tail", "colleagues_tail", "greets_first", "greets_head", "asked_first",
    "asked_head", "wish_first", "wish_head", "call_first", "phone_first", "colleagues_head",
    "topic", "clerk_twice", "stranger", "parted", "opening", "closing", "held", "hung_up",
    "hung_up_soon", "resumes", "errand", "rang_off", "chat_next",
    "chat_over",
}  # fmt: skip
AGAINST = {
    "waits_last", "asks_last", "call_last", "number_last", "returns_first", "goes_on_first",
    "young", "line", "same_topic", "waited", "returned", "came_back", "asked", "not_back",
}  # fmt: skip


def parts_of(gold: Gold) -> list[tuple[float, float, int]]:
    """Return every turn's time and the number of the part it belongs to, in order of time."""
    parts = [*gold.encounters, *gold.asides]
    return sorted((t.start, t.end, n) for n, part in enumerate(parts) for t in part.turns)


def part_at(turns: Sequence[tuple[float, float, int]], said: Said) -> int:
    """Return the part whose turn shares most time with an utterance, or lies nearest."""
    return max(turns, key=lambda t: min(t[1], said.end) - max(t[0], said.start))[2]


def examples(gold: Gold, heard: Heard) -> Iterator[tuple[dict[str, float], bool]]:
    """Yield the cues at every silence, and whether it is a boundary."""
    said = read(heard.utterances, ())
    turns = parts_of(gold)
    owners = [part_at(turns, one) for one in said]
    quiet = silences(said)
    habit = boundaries.Habit(quiet)
    begun, broken_off = 0, said[:0]
    for at, silence in enumerate(quiet, start=1):
        # What follows a call, or follows at once, is decided by rule.
        if said[at - 1].number is None and silence >= OPTIONS.short_gap_seconds:
            found = boundaries.cues(
                said[begun:at], said[at : at + 20], silence, habit, OPTIONS, broken_off
            )
            yield found, owners[at - 1] != owners[at]
        if owners[at - 1] != owners[at]:
            broken_off, begun = said[begun:at], at
    yield from resumed(said, owners, quiet, habit)


def resumed(
    said: Sequence[Said], owners: Sequence[int], quiet: Sequence[float], habit: boundaries.Habit
) -> Iterator[tuple[dict[str, float], bool]]:
    """Yield the cues around everything that stands between two others, as if it were not there."""
    changes = [i for i in range(1, len(owners)) if owners[i] != owners[i - 1]]
    for begun, first, second in zip([0, *changes], changes, changes[1:], strict=False):
        silence = quiet[first - 1] + quiet[second - 1]
        found = boundaries.cues(said[begun:first], said[second:][:20], silence, habit, OPTIONS)
        yield found, owners[first - 1] != owners[second]


def nameless(heard: Heard) -> Heard:
    """Return the same with no roles."""
    bare = (dataclasses.replace(u, role="unknown") for u in heard.utterances)
    return dataclasses.replace(heard, utterances=tuple(bare))


def fit(features: np.ndarray, right: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Return the weights of a logistic regression, shape (features,), none of the wrong sign."""
    features = features.copy()
    while True:
        weights = newton(features, right)
        wrong = [
            (abs(weights[i]), i)
            for i, name in enumerate(names)
            if (name in FOR and weights[i] < 0) or (name in AGAINST and weights[i] > 0)
        ]
        if not wrong:
            return weights
        features[:, max(wrong)[1]] = 0.0


def newton(features: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the weights that make what was right likeliest, shape (features,)."""
    weights = np.zeros(features.shape[1])
    ridge = np.diag([0.0] + [RIDGE] * (features.shape[1] - 1))
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-np.clip(features @ weights, -50, 50)))
        slope = features.T @ (right - likely) - ridge @ weights
        curve = (features.T * (likely * (1 - likely))) @ features + ridge
        step = np.linalg.solve(curve, slope)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def main() -> None:
    """Read the options, read the days, fit and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of gold sessions, of the tuning set")
    parser.add_argument("--heard", type=Path, help="folder of gold sessions with their sound")
    parser.add_argument("--at", action="append", default=[], help="condition to hear them under")
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder for what was heard")
    given = parser.parse_args()
    pairs: list[tuple[dict[str, float], bool]] = []
    for path in sorted(given.folder.glob("*.toml")):
        gold = read_gold(path)
        told = as_transcript(gold, path.stem)
        pairs += [*examples(gold, told), *examples(gold, nameless(told))]
    for name in given.at if given.heard else []:
        for stem, heard in heard_under(name, given.heard, given.cache, "-mono").items():
            gold = read_gold(given.heard / f"{stem}.toml")
            pairs += HEARD_COUNTS * list(examples(gold, nameless(heard)))
    names = list(pairs[0][0])
    features = np.array([[found[name] for name in names] for found, _ in pairs])
    right = np.array([is_one for _, is_one in pairs], dtype=float)
    weights = fit(features, right, names)
    likely = 1 / (1 + np.exp(-features @ weights))
    hit, said = int((right * (likely > 0.5)).sum()), int((likely > 0.5).sum())
    print(f"{len(pairs)} silences, {int(right.sum())} boundaries")
    print(f"precision {hit / said:.3f}, recall {hit / right.sum():.3f}")
    lines = [
        f"# Made by tests/corpus/fit_boundaries.py from {len(pairs)} silences of the tuning set;",
        "# do not edit. What each cue adds to the log odds of a boundary.",
        "[weights]",
        *(f"{name} = {weight:.3f}" for name, weight in zip(names, weights, strict=True) if weight),
    ]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
