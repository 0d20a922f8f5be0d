"""Makes the sound of `samples/` from its gold files, and fills in the times of the turns.

Runs in the throw-away environment of README.md only. Nothing in the product imports this module.

    python tests/corpus/build_samples.py --cache CACHE_FOLDER
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import gold
import mix
import numpy as np
import numpy.typing as npt
import soundfile
import transcripts
import voices

Samples = npt.NDArray[np.float32]

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parents[1] / "samples"
SAMPLE_RATE_HZ = 16_000
LEAD_S = 0.5
TAIL_S = 0.8
SESSION_LEAD_S = 5.0
SPEECH_DB = -23.0
HURRIED_DB = 3.0
FARTHER_DB = -4.0  # customers stand farther from a single microphone than the clerk
BLEED_DB = -25.0
FLOOR_DB = -65.0
PEAK_DB = -3.0
SNR_DB = 10.0
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


def clips_of(
    turns: Sequence[gold.Table], cast: Mapping[str, str], hurried: Sequence[int], cache: Path
) -> list[Samples]:
    """Return each turn's sound at its level.

    Args:
        turns: The turns of one dialogue.
        cast: The name of the voice by role.
        hurried: Numbers, from 1, of the turns said in anger.
        cache: Folder of clips already synthesised.
    """
    clips = []
    for number, turn in enumerate(turns, start=1):
        voice = voices.VOICES[cast[turn["role"]]]
        angry = number in hurried
        clip = voices.say(turn["text"], voice.hurried() if angry else voice, cache)
        clips.append(mix.at_active_level(clip, SPEECH_DB + (HURRIED_DB if angry else 0.0)))
    return clips


def tracks(
    turns: Sequence[gold.Table], clips: Sequence[Samples], length: int
) -> dict[str, Samples]:
    """Return one track of `length` samples for each role, its clips at their times."""
    by_role = {role: np.zeros(length, dtype=np.float32) for role in ("clerk", "customer")}
    for turn, clip in zip(turns, clips, strict=True):
        start = round(turn["start"] * SAMPLE_RATE_HZ)
        by_role[turn["role"]][start : start + len(clip)] += clip
    return by_role


def with_floor(sound: Samples, random: np.random.Generator) -> Samples:
    """Return clean sound at its final peak level over a noise floor that is barely there."""
    loud = mix.at_peak(sound, PEAK_DB)
    flat = loud.reshape(len(loud), -1)
    floor = [mix.pink_noise(len(flat), random) * mix.gain(FLOOR_DB) for _ in flat.T]
    return (loud + np.stack(floor, axis=1).reshape(loud.shape)).astype(np.float32)


def render_dialogue(
    dialogue: gold.Table,
    clips: Sequence[Samples],
    others: Sequence[Samples],
    random: np.random.Generator,
) -> None:
    """Write the four recordings of one dialogue.

    Args:
        dialogue: The gold file, times filled in.
        clips: The sound of its turns.
        others: Clips of other dialogues, for the babble.
        random: A seeded generator for all noise.
    """
    name = dialogue["id"]
    length = round((max(turn["end"] for turn in dialogue["turn"]) + TAIL_S) * SAMPLE_RATE_HZ)
    track = tracks(dialogue["turn"], clips, length)
    line = mix.telephone_band if dialogue["mode"] == "phone" else np.asarray
    order = ("clerk", "customer") if dialogue["clerk"] == "left" else ("customer", "clerk")
    clean, noisy = [], []
    murmur = mix.babble(others, length, random)
    for own, other in (order, order[::-1]):
        heard = mix.with_bleed(track[own], track[other], BLEED_DB)
        noise = mix.pink_noise(length, random) + mix.gain(mix.BABBLE_DB) * murmur
        clean.append(line(heard))
        noisy.append(line(mix.with_noise(heard, noise, SNR_DB)))
    mono = line(track["clerk"] + mix.gain(FARTHER_DB) * track["customer"])
    mono_noise = line(mix.hall_noise(others, length, random))
    recordings = {
        f"counter/{name}.opus": with_floor(np.stack(clean, axis=1), random),
        f"variants/{name}.stereo-10db.opus": mix.at_peak(np.stack(noisy, axis=1), PEAK_DB),
        f"variants/{name}.mono.opus": with_floor(mono, random),
        f"variants/{name}.mono-10db.opus": mix.at_peak(
            mix.with_noise(mono, mono_noise, SNR_DB), PEAK_DB
        ),
    }
    for path, sound in recordings.items():
        encode(SAMPLES / path, sound)


def build_dialogues(cast: Mapping[str, gold.Table], cache: Path) -> dict[str, list[gold.Table]]:
    """Build every dialogue under `samples/counter`; return their turns by id."""
    dialogues, sound, randoms = {}, {}, {}
    for path in sorted((SAMPLES / "counter").glob("*.toml")):
        dialogue = gold.read(path)
        name = dialogue["id"]
        play = cast[name]
        sound[name] = clips_of(dialogue["turn"], play, play["hurried"], cache)
        randoms[name] = np.random.default_rng(play["seed"])
        lengths = [len(clip) for clip in sound[name]]
        gold.place(dialogue["turn"], lengths, LEAD_S, play["pauses"], randoms[name])
        gold.write(path, dialogue)
        dialogues[name] = dialogue
    for name, dialogue in dialogues.items():
        others = [clip for other, clips in sound.items() if other != name for clip in clips]
        render_dialogue(dialogue, sound[name], others, randoms[name])
        sys.stdout.write(f"{name}: {dialogue['turn'][-1]['end'] + TAIL_S:.1f} s\n")
    return {name: dialogue["turn"] for name, dialogue in dialogues.items()}


def build_session(play: gold.Table, cache: Path) -> None:
    """Build the long session: several customers at one window before one microphone."""
    path = SAMPLES / "session" / "morning.toml"
    session = gold.read(path)
    random = np.random.default_rng(play["seed"])
    clock, turns, clips = SESSION_LEAD_S, [], []
    silences = [*play["silences"], SESSION_LEAD_S]
    for index, interaction in enumerate(session["interaction"]):
        cast = {"clerk": play["clerk"], "customer": play["customers"][index]}
        spoken = clips_of(interaction["turn"], cast, play["hurried"][index], cache)
        lengths = [len(clip) for clip in spoken]
        clock = round(clock, 2)
        end = gold.place(interaction["turn"], lengths, clock, play["pauses"][index], random)
        interaction["start"], interaction["end"] = clock, round(end, 2)
        turns += interaction["turn"]
        clips += spoken
        clock = end + silences[index]
    length = round(clock * SAMPLE_RATE_HZ)
    track = tracks(turns, clips, length)
    sound = track["clerk"] + mix.gain(FARTHER_DB) * track["customer"]
    gold.write(path, session)
    encode(path.with_suffix(".opus"), with_floor(sound, random))
    sys.stdout.write(f"morning: {clock:.1f} s\n")


def write_checksums() -> None:
    """Write `samples/SHA256SUMS` over all samples, in the form that sha256sum -c reads."""
    names = {"README.md", "SHA256SUMS"}
    paths = sorted(path for path in SAMPLES.rglob("*") if path.is_file())
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(SAMPLES).as_posix()}\n"
        for path in paths
        if path.name not in names
    ]
    (SAMPLES / "SHA256SUMS").write_text("".join(lines), encoding="utf-8", newline="\n")


def main() -> None:
    """Read the options and build everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True, help="folder for synthesised clips")
    cache = parser.parse_args().cache
    cast = gold.read(HERE / "cast.toml")
    dialogues = build_dialogues(cast, cache)
    build_session(cast["morning"], cache)
    transcripts.write_all(SAMPLES / "transcripts", dialogues)
    write_checksums()


if __name__ == "__main__":
    main()
