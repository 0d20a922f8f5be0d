"""What the program hears in a built corpus, for the scripts that learn from it.

Runs in the project's own environment, with the speech model.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from pathlib import Path

from courtesy.config import Settings
from courtesy.evaluation.conditions import parse_condition
from courtesy.evaluation.degrade import degrade, read_sound, voice_of, write_wav
from courtesy.evaluation.gold import Gold
from courtesy.pipeline import load_pipeline
from courtesy.records import Heard, Utterance


def heard_under(name: str, folder: Path, cache: Path, ending: str = "") -> dict[str, Heard]:
    """Return what the program hears in each recording of a folder under a condition.

    Listening takes minutes, so it is kept: delete the cache when the program hears otherwise.

    Args:
        name: as `courtesy eval --at` takes it.
        folder: of gold files with their sound beside them.
        cache: a folder, made if missing.
        ending: of the recordings' names, behind the stem of their gold file.

    Returns:
        by the gold file's stem.
    """
    kept = cache / f"{folder.name}{ending}-{name}.pkl"
    if kept.exists():
        found: dict[str, Heard] = pickle.loads(kept.read_bytes())
        return found
    condition, pipeline = parse_condition(name), load_pipeline(Settings())
    files = sorted(folder.glob("*.toml"))
    sounds = {
        file.stem: read_sound(file.with_name(f"{file.stem}{ending}.opus")).samples for file in files
    }
    voices = {stem: voice_of(samples) for stem, samples in sounds.items()}
    out = {}
    for stem, samples in sounds.items():
        others = [voice for other, voice in voices.items() if other != stem]
        with tempfile.TemporaryDirectory() as work:
            sound = Path(work, f"{stem}.wav")
            write_wav(sound, degrade(samples, condition, stem, others))
            out[stem] = pipeline.hear(sound)[0]
    cache.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(pickle.dumps(out))
    return out


def channel_of(gold: Gold, role: str) -> int:
    """Return the channel of a role in a stereo recording."""
    clerk = 0 if gold.clerk == "left" else 1
    return clerk if role == "clerk" else 1 - clerk


def said_and_heard(gold: Gold, heard: Heard) -> Iterator[tuple[str, str]]:
    """Yield the words of each turn with what was heard in its time on its channel."""
    for turn in gold.turns:
        own = [
            utterance.heard
            for utterance in heard.utterances
            if utterance.channel == channel_of(gold, turn.role)
            and _shared(utterance, turn.start, turn.end) > 0.5
        ]
        yield turn.text, "".join(own)


def _shared(utterance: Utterance, start: float, end: float) -> float:
    """Return the share of an utterance that lies in some time."""
    if utterance.start is None or utterance.end is None or utterance.end <= utterance.start:
        return 0.0
    inside = min(utterance.end, end) - max(utterance.start, start)
    return max(0.0, inside) / (utterance.end - utterance.start)
