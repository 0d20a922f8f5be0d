"""Makes the sound of `samples/` from its gold files, and fills in the times of the turns.

Runs in the throw-away environment of README.md only. Nothing in the product imports this module.

    python tests/corpus/build_samples.py --cache CACHE_FOLDER
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import gold
import mix
import numpy as np
import numpy.typing as npt
import stage
import transcripts
import voices

Samples = npt.NDArray[np.float32]

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parents[1] / "samples"
SAMPLE_RATE_HZ = 16_000
SESSION_LEAD_S = 5.0
FARTHER_DB = -4.0  # customers stand farther from a single microphone than the clerk
SNR_DB = 10.0


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
    name, mode = dialogue["id"], dialogue["mode"]
    length = stage.length_of(dialogue["turn"])
    track = stage.tracks(dialogue["turn"], clips, length)
    clean, noisy = [], []
    murmur = mix.babble(others, length, random)
    for heard in stage.microphones(track, dialogue["clerk"]):
        noise = mix.pink_noise(length, random) + mix.gain(mix.BABBLE_DB) * murmur
        clean.append(stage.through_line(heard, mode))
        noisy.append(stage.through_line(mix.with_noise(heard, noise, SNR_DB), mode))
    mono = stage.through_line(track["clerk"] + mix.gain(FARTHER_DB) * track["customer"], mode)
    mono_noise = stage.through_line(mix.hall_noise(others, length, random), mode)
    recordings = {
        f"counter/{name}.opus": stage.with_floor(np.stack(clean, axis=1), random),
        f"variants/{name}.stereo-10db.opus": mix.at_peak(np.stack(noisy, axis=1), stage.PEAK_DB),
        f"variants/{name}.mono.opus": stage.with_floor(mono, random),
        f"variants/{name}.mono-10db.opus": mix.at_peak(
            mix.with_noise(mono, mono_noise, SNR_DB), stage.PEAK_DB
        ),
    }
    for path, sound in recordings.items():
        stage.encode(SAMPLES / path, sound)


def build_dialogues(cast: Mapping[str, gold.Table], cache: Path) -> dict[str, list[gold.Table]]:
    """Build every dialogue under `samples/counter`; return their turns by id."""
    dialogues, sound, randoms = {}, {}, {}
    for path in sorted((SAMPLES / "counter").glob("*.toml")):
        dialogue = gold.read(path)
        name = dialogue["id"]
        play = cast[name]
        voice_of = {role: voices.VOICES[play[role]] for role in ("clerk", "customer")}
        sound[name] = stage.clips_of(dialogue["turn"], voice_of, play["hurried"], cache)
        randoms[name] = np.random.default_rng(play["seed"])
        lengths = [len(clip) for clip in sound[name]]
        gold.place(dialogue["turn"], lengths, stage.LEAD_S, play["pauses"], randoms[name])
        gold.write(path, dialogue)
        dialogues[name] = dialogue
    for name, dialogue in dialogues.items():
        others = [clip for other, clips in sound.items() if other != name for clip in clips]
        render_dialogue(dialogue, sound[name], others, randoms[name])
        sys.stdout.write(f"{name}: {dialogue['turn'][-1]['end'] + stage.TAIL_S:.1f} s\n")
    return {name: dialogue["turn"] for name, dialogue in dialogues.items()}


def build_session(play: gold.Table, cache: Path) -> None:
    """Build the long session: several customers at one window before one microphone."""
    path = SAMPLES / "session" / "morning.toml"
    session = gold.read(path)
    random = np.random.default_rng(play["seed"])
    clock, turns, clips = SESSION_LEAD_S, [], []
    silences = [*play["silences"], SESSION_LEAD_S]
    for index, interaction in enumerate(session["interaction"]):
        names = {"clerk": play["clerk"], "customer": play["customers"][index]}
        cast = {role: voices.VOICES[name] for role, name in names.items()}
        spoken = stage.clips_of(interaction["turn"], cast, play["hurried"][index], cache)
        lengths = [len(clip) for clip in spoken]
        clock = round(clock, 2)
        end = gold.place(interaction["turn"], lengths, clock, play["pauses"][index], random)
        interaction["start"], interaction["end"] = clock, round(end, 2)
        turns += interaction["turn"]
        clips += spoken
        clock = end + silences[index]
    length = round(clock * SAMPLE_RATE_HZ)
    track = stage.tracks(turns, clips, length)
    sound = track["clerk"] + mix.gain(FARTHER_DB) * track["customer"]
    gold.write(path, session)
    stage.encode(path.with_suffix(".opus"), stage.with_floor(sound, random))
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
