"""Has a planned day said: stereo with a microphone for either side, and mono with one for all.

Runs in the throw-away environment of README.md only. Nothing in the product imports this module.

Colleagues sit to the side and a machine calls from the ceiling, so both microphones hear them. Of a
telephone call only the clerk is heard: the receiver is at the clerk's ear.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import build_corpus
import gold
import mix
import numpy as np
import numpy.typing as npt
import sessions
import stage
import voices

Samples = npt.NDArray[np.float32]

FARTHER_DB = -4.0  # customers stand farther from a single microphone than the clerk
ASIDE_DB = {"colleague": -8.0, "machine": -6.0}
HURRIED_SHARE = 0.15
FLOOR_BLOCK_S = 60


def build(
    name: str, scenes: Sequence[sessions.Scene], folder: str, seed: int, cache: Path, out: Path
) -> gold.Table:
    """Write `<name>.opus` (stereo, clerk left) and `<name>-mono.opus`; return the gold session.

    Args:
        name: of the session.
        scenes: as planned, of calls only the clerk's side.
        folder: `tune` or `report`, for the voices.
        seed: of voices and noise.
        cache: folder of clips already synthesised.
        out: where the recordings go.
    """
    random = np.random.default_rng([seed, 7])
    turns = [turn for scene in scenes for turn in scene.turns]
    cast = draw_cast({t["speaker"] for t in turns}, build_corpus.SPEAKERS[folder], random)
    clips = {id(turn): said(turn, cast, cache) for turn in turns}
    session = sessions.as_gold(name, scenes, lambda t: len(clips[id(t)]) / stage.SAMPLE_RATE_HZ)
    length = stage.length_of(turns)
    track = {side: np.zeros(length, np.float32) for side in ("clerk", "customer", "aside")}
    for turn in turns:
        speaker, clip = turn["speaker"], clips[id(turn)]
        side = "aside" if speaker in ASIDE_DB else turn["role"]
        start = round(turn["start"] * stage.SAMPLE_RATE_HZ)
        room = track[side][start : start + len(clip)]
        room += (clip * mix.gain(ASIDE_DB.get(speaker, 0.0)))[: len(room)]
    mono = track["clerk"] + mix.gain(FARTHER_DB) * track["customer"] + track["aside"]
    stage.encode(out / f"{name}-mono.opus", with_floor(mono, random))
    del mono
    heard = stage.microphones(track, session["clerk"])
    sound = np.stack([side + track["aside"] for side in heard], axis=1)
    stage.encode(out / f"{name}.opus", with_floor(sound, random))
    return session


def draw_cast(
    speakers: Iterable[str], crowd: Sequence[voices.Voice], random: np.random.Generator
) -> dict[str, voices.Voice]:
    """Return a voice for everybody; everybody else's lies well apart from the clerk's."""
    clerk = crowd[int(random.integers(len(crowd)))]
    others = [v for v in crowd if abs(v.cents - clerk.cents) >= build_corpus.APART_CENTS]
    drawn = {name: others[int(random.integers(len(others)))] for name in sorted(speakers)}
    return {**drawn, "clerk": clerk}


def said(turn: gold.Table, cast: dict[str, voices.Voice], cache: Path) -> Samples:
    """Return a turn's sound at its level; some are said in haste, always the same."""
    draw = int.from_bytes(hashlib.sha256(turn["text"].encode()).digest()[:4]) / 2**32
    share = build_corpus.HURRIED_SHARE_FORBIDDEN if turn["forbidden"] else HURRIED_SHARE
    voice, hurried = cast[turn["speaker"]], draw < share and turn["speaker"] != "machine"
    clip = voices.say(turn["text"], voice.hurried() if hurried else voice, cache)
    return mix.at_active_level(clip, stage.SPEECH_DB + (stage.HURRIED_DB if hurried else 0.0))


def with_floor(sound: Samples, random: np.random.Generator) -> Samples:
    """Return clean sound at its final peak level over a noise floor, made minute by minute."""
    loud = mix.at_peak(sound, stage.PEAK_DB)
    block = FLOOR_BLOCK_S * stage.SAMPLE_RATE_HZ
    for start in range(0, len(loud), block):
        part = loud[start : start + block]
        flat = part.reshape(len(part), -1)
        for column in flat.T:
            column += mix.pink_noise(len(column), random) * mix.gain(stage.FLOOR_DB)
    return loud
