"""Checks the samples against their gold files: lengths, levels, times, sizes, checksums.

Runs in the throw-away environment of README.md only. Nothing in the product imports this module.

    python tests/corpus/check_samples.py
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import gold
import mix
import numpy as np
import numpy.typing as npt
import stage

Samples = npt.NDArray[np.float32]

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
SAMPLE_RATE_HZ = 16_000
TAIL_S = (0.5, 6.0)
PEAK_DB = (-5.0, -1.0)
SPEECH_OVER_GAP_DB = 30.0
TOTAL_BYTES = 10_000_000


def _channels(path: Path) -> int:
    """Return how many channels a recording has."""
    command = ["ffprobe", "-v", "error", "-show_entries", "stream=channels", "-of", "csv=p=0"]
    return int(subprocess.run([*command, str(path)], check=True, capture_output=True).stdout)


def time_faults(turns: Sequence[gold.Table], length_s: float) -> Iterator[str]:
    """Yield what is wrong with the times of the turns in a file of that many seconds."""
    for number, turn in enumerate(turns, start=1):
        if not 0.0 < turn["start"] < turn["end"] < length_s:
            yield f"turn {number}: {turn['start']}..{turn['end']} outside 0..{length_s:.2f}"
    starts = [turn["start"] for turn in turns]
    if starts != sorted(starts):
        yield "turns are not in order of time"
    if not TAIL_S[0] < length_s - turns[-1]["end"] < TAIL_S[1]:
        yield f"ends {length_s - turns[-1]['end']:.2f} s after the last turn"


def channel_faults(turns: Sequence[gold.Table], sound: Samples, clerk: str) -> Iterator[str]:
    """Yield the turns that are not loudest, by far, on their speaker's channel."""
    for number, turn in enumerate(turns, start=1):
        piece = sound[int(turn["start"] * SAMPLE_RATE_HZ) : int(turn["end"] * SAMPLE_RATE_HZ)]
        left = (turn["role"] == "clerk") == (clerk == "left")
        own, other = piece[:, 0 if left else 1], piece[:, 1 if left else 0]
        overlapped = any(
            other_turn is not turn
            and other_turn["start"] < turn["end"]
            and turn["start"] < other_turn["end"]
            for other_turn in turns
        )
        if not overlapped and mix.level_db(own) - mix.level_db(other) < 20.0:
            yield f"turn {number} is not on its own channel"


def recording_faults(path: Path, turns: Sequence[gold.Table], clerk: str | None) -> Iterator[str]:
    """Yield what is wrong with one recording.

    Args:
        path: The recording.
        turns: Its turns.
        clerk: Side of the clerk for clean stereo, else None.
    """
    channels = _channels(path)
    if channels != (1 if ".mono" in path.name or path.stem == "morning" else 2):
        yield f"{channels} channels"
    sound = stage.decode(path, channels)
    peak_db = 20 * np.log10(np.abs(sound).max())
    if not PEAK_DB[0] < peak_db < PEAK_DB[1]:
        yield f"peak at {peak_db:.1f} dBFS"
    yield from time_faults(turns, len(sound) / SAMPLE_RATE_HZ)
    if clerk:
        yield from channel_faults(turns, sound, clerk)
    if "10db" not in path.name:
        talk, still = np.zeros(len(sound), dtype=bool), np.ones(len(sound), dtype=bool)
        for turn in turns:
            first, last = (round(turn[key] * SAMPLE_RATE_HZ) for key in ("start", "end"))
            talk[first:last] = True
            still[max(0, first - 800) : last + 800] = False
        apart_db = mix.level_db(sound[talk]) - mix.level_db(sound[still])
        if apart_db < SPEECH_OVER_GAP_DB:
            yield f"speech only {apart_db:.1f} dB over the gaps: times may be off"


def faults() -> Iterator[str]:
    """Yield every fault found, the file's name first."""
    for path in sorted((SAMPLES / "counter").glob("*.toml")):
        dialogue = gold.read(path)
        recordings = [path.with_suffix(".opus")]
        recordings += sorted((SAMPLES / "variants").glob(f"{path.stem}.*.opus"))
        if len(recordings) != 4:
            yield f"{path.stem}: {len(recordings)} recordings"
        for recording in recordings:
            clerk = dialogue["clerk"] if recording.parent == path.parent else None
            found = recording_faults(recording, dialogue["turn"], clerk)
            yield from (f"{recording.name}: {fault}" for fault in found)
    session = gold.read(SAMPLES / "session" / "morning.toml")
    turns = [turn for interaction in session["interaction"] for turn in interaction["turn"]]
    found = recording_faults(SAMPLES / "session" / "morning.opus", turns, None)
    yield from (f"morning.opus: {fault}" for fault in found)
    for line in (SAMPLES / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        checksum, name = line.split("  ")
        if hashlib.sha256((SAMPLES / name).read_bytes()).hexdigest() != checksum:
            yield f"{name}: checksum differs"
    total = sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file())
    if total > TOTAL_BYTES:
        yield f"samples hold {total} bytes"


def main() -> int:
    """Print the faults; return 1 if there are any."""
    found = list(faults())
    sys.stdout.write("".join(f"{fault}\n" for fault in found) or "all samples are sound\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
