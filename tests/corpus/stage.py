"""What every recording of the corpus shares: levels, clips, tracks, channels, encoding.

Runs in the throw-away environment of README.md only. Nothing in the product imports this module.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import gold
import mix
import numpy as np
import numpy.typing as npt
import soundfile
import voices

Samples = npt.NDArray[np.float32]

SAMPLE_RATE_HZ = 16_000
LEAD_S = 0.5
TAIL_S = 0.8
SPEECH_DB = -23.0
HURRIED_DB = 3.0
BLEED_DB = -25.0
FLOOR_DB = -65.0
PEAK_DB = -3.0
STEREO_BITS, MONO_BITS = "32k", "24k"  # bit/s, as ffmpeg writes it


def encode(path: Path, samples: Samples) -> None:
    """Write 16 kHz sound, shape (n,) or (n, 2), as Ogg Opus."""
    bits = MONO_BITS if samples.ndim == 1 else STEREO_BITS
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder, "in.wav")
        soundfile.write(wav, samples, SAMPLE_RATE_HZ, subtype="PCM_16")
        command = ["ffmpeg", "-v", "error", "-y", "-i", str(wav), "-map_metadata", "-1"]
        command += ["-c:a", "libopus", "-b:a", bits, "-vbr", "on", "-ar", str(SAMPLE_RATE_HZ)]
        command += ["-fflags", "+bitexact", "-flags:a", "+bitexact", str(path)]
        subprocess.run(command, check=True)


def decode(path: Path, channels: int) -> Samples:
    """Return a recording at 16 kHz, shape (n, channels)."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "f32le", "-ac", str(channels)]
    command += ["-ar", str(SAMPLE_RATE_HZ), "-"]
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(raw, dtype="<f4").reshape(-1, channels)


def clips_of(
    turns: Sequence[gold.Table],
    cast: Mapping[str, voices.Voice],
    hurried: Collection[int],
    cache: Path,
) -> list[Samples]:
    """Return each turn's sound at its level.

    Args:
        turns: The turns of one dialogue.
        cast: The voice by role.
        hurried: Numbers, from 1, of the turns said in anger.
        cache: Folder of clips already synthesised.
    """
    clips = []
    for number, turn in enumerate(turns, start=1):
        voice = cast[turn["role"]]
        angry = number in hurried
        clip = voices.say(turn["text"], voice.hurried() if angry else voice, cache)
        clips.append(mix.at_active_level(clip, SPEECH_DB + (HURRIED_DB if angry else 0.0)))
    return clips


def length_of(turns: Sequence[gold.Table]) -> int:
    """Return the length of a recording of these turns, times filled in, in samples."""
    return round((max(turn["end"] for turn in turns) + TAIL_S) * SAMPLE_RATE_HZ)


def tracks(
    turns: Sequence[gold.Table], clips: Sequence[Samples], length: int
) -> dict[str, Samples]:
    """Return one track of `length` samples for each role, its clips at their times."""
    by_role = {role: np.zeros(length, dtype=np.float32) for role in ("clerk", "customer")}
    for turn, clip in zip(turns, clips, strict=True):
        start = round(turn["start"] * SAMPLE_RATE_HZ)
        by_role[turn["role"]][start : start + len(clip)] += clip
    return by_role


def microphones(track: Mapping[str, Samples], clerk: str) -> list[Samples]:
    """Return what the left and the right microphone hear, each a little of the other's speaker.

    Args:
        track: The track of each role.
        clerk: The clerk's side, `left` or `right`.
    """
    order = ("clerk", "customer") if clerk == "left" else ("customer", "clerk")
    return [
        mix.with_bleed(track[own], track[other], BLEED_DB) for own, other in (order, order[::-1])
    ]


def through_line(samples: Samples, mode: str) -> Samples:
    """Return the sound as the line leaves it: cut to the telephone band in mode `phone`."""
    return mix.telephone_band(samples) if mode == "phone" else samples


def with_floor(sound: Samples, random: np.random.Generator) -> Samples:
    """Return clean sound at its final peak level over a noise floor that is barely there."""
    loud = mix.at_peak(sound, PEAK_DB)
    flat = loud.reshape(len(loud), -1)
    floor = [mix.pink_noise(len(flat), random) * mix.gain(FLOOR_DB) for _ in flat.T]
    return (loud + np.stack(floor, axis=1).reshape(loud.shape)).astype(np.float32)
