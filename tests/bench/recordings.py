"""Recordings of any length, made of the samples: dialogues in a drawn order with silence between.

python -m tests.bench.recordings OUT.wav --minutes 10 --channels 2
"""

from __future__ import annotations

import argparse
import random
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from courtesy.evaluation.gold import read_gold
from courtesy.speech.decode import RATE, open_recording

from .tables import ROOT

SAMPLES = ROOT / "samples"
SEED = 20261122
# Share of the time between customers; the pauses inside dialogues come on top.
SILENCE = 0.25
# A hall is never digitally silent.
NOISE_DBFS = -65.0


def build(
    path: Path,
    minutes: float,
    channels: int,
    seed: int = SEED,
    *,
    silence: float = SILENCE,
    only: Sequence[str] = (),
) -> float:
    """Write a 16 kHz WAV file of exactly that length.

    Args:
        path: of the file.
        minutes: its length.
        channels: 2 for the clean stereo samples, the clerk always left; 1 for the mono ones.
        seed: of the order, the silences and their noise.
        silence: share of the time between dialogues, 0 to 1.
        only: dialogues, by the ends of their names; one that is named twice comes twice as often.

    Returns:
        the share of silence between dialogues, 0 to 1.
    """
    draw = random.Random(seed)
    noise = np.random.default_rng(seed)
    left = round(minutes * 60 * RATE)
    silent = 0
    with wave.open(str(path), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(RATE)
        # Piece by piece: what this process holds must not show in the peak of its children.
        for dialogue in _endless(draw, channels, only):
            length = 0
            for block in dialogue:
                taken = block[:, : max(0, left - length)]
                length += taken.shape[1]
                out.writeframes(_pcm(taken))
            left -= length
            gap = min(left, round(length * silence / (1 - silence) * draw.uniform(0.5, 1.5)))
            out.writeframes(_pcm(_quiet(noise, channels, gap)))
            left -= gap
            silent += gap
            if left <= 0:
                break
    return silent / round(minutes * 60 * RATE)


def _endless(
    draw: random.Random, channels: int, only: Sequence[str]
) -> Iterator[Iterator[np.ndarray]]:
    golds = [read_gold(path) for path in sorted((SAMPLES / "counter").glob("*.toml"))]
    if only:
        golds = [gold for name in only for gold in golds if gold.id.endswith(name)]
    while True:
        draw.shuffle(golds)
        for gold in golds:
            if channels == 1:
                yield open_recording(SAMPLES / "variants" / f"{gold.id}.mono.opus").blocks()
            else:
                blocks = open_recording(SAMPLES / "counter" / f"{gold.id}.opus").blocks()
                yield (b[::-1] if gold.clerk == "right" else b for b in blocks)


def _quiet(noise: np.random.Generator, channels: int, length: int) -> np.ndarray:
    return noise.normal(0.0, 10 ** (NOISE_DBFS / 20), (channels, length)).astype(np.float32)


def _pcm(samples: np.ndarray) -> bytes:
    return (np.clip(samples, -1, 1).T * 32767).astype("<i2").tobytes()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--channels", type=int, choices=(1, 2), default=2)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    silent = build(given.out, given.minutes, given.channels, given.seed)
    print(f"{given.out}: {given.minutes:g} min, {100 * silent:.0f} % silence between dialogues")


if __name__ == "__main__":
    main()
