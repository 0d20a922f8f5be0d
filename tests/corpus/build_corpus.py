"""Makes a larger corpus for tuning and for reporting: clean stereo sound and gold files with times.

Runs in the throw-away environment of README.md only. Nothing in the product imports this module.
The result lies outside the repository; `courtesy eval` adds the noise.

    python tests/corpus/build_corpus.py [--crossed] --cache CACHE --out FOLDER DIALOGUES_FOLDER…

With --crossed every dialogue is performed by six clerks, three voices at two paces each, before the
same customer and with the same gaps: what is heard worse is heard worse for the voice.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import re
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import gold
import mix
import numpy as np
import numpy.typing as npt
import stage
import voices

Samples = npt.NDArray[np.float32]

# Nobody speaks both in the set that the program is tuned on and in the one it is reported on.
SPEAKERS = {"tune": voices.CROWD[0::2], "report": voices.CROWD[1::2]}
APART_CENTS = 180
# Of a crossed corpus; the customer's voice lies apart from all of them.
CLERKS = {
    (voice, pace): voices.Voice(cents, tempo)
    for voice, cents in (("low", -520), ("middle", -150), ("high", 200))
    for pace, tempo in (("slow", 0.92), ("fast", 1.14))
}
CUSTOMER = voices.Voice(-335, 1.0)
HURRIED_SHARE, HURRIED_SHARE_FORBIDDEN = 0.15, 0.5
OVERLAP_SHARE, OVERLAP_S = 0.06, -0.3
PAUSE_SHARE, PAUSE_S = 0.05, (2.0, 8.0)
ENCODINGS, QUIETER_DB = 5, -0.1
TRAITS = ("voice", "pace")
PROCESSES = 2  # one synthesis keeps little more than one core busy
UNREADABLE = re.compile("[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]+")


@dataclasses.dataclass(frozen=True)
class Staging:
    """How one dialogue is performed.

    Attributes:
        cast: The voice by role.
        hurried: Numbers, from 1, of the turns said in anger.
        pauses: Seconds of silence before a turn, by its number; negative is an overlap.
    """

    cast: dict[str, voices.Voice]
    hurried: list[int]
    pauses: dict[str, float]


@dataclasses.dataclass(frozen=True)
class Job:
    """One dialogue to build.

    Attributes:
        source: The gold file without times.
        target: The gold file with times; its recording lies beside it.
        cache: Folder of clips already synthesised.
        clerk: Voice and pace of a crossed corpus; None draws the voices.
    """

    source: Path
    target: Path
    cache: Path
    clerk: tuple[str, str] | None = None

    @property
    def recording(self) -> Path:
        """The recording."""
        return self.target.with_suffix(".opus")

    def is_done(self) -> bool:
        """Return whether both outputs exist and are newer than the source."""
        written = self.source.stat().st_mtime
        return all(
            path.exists() and path.stat().st_mtime > written
            for path in (self.target, self.recording)
        )


def faults(path: Path) -> Iterator[str]:
    """Yield why a dialogue cannot be said or would be written under another's name."""
    dialogue = gold.read(path)
    if dialogue["id"] != path.stem:
        yield f"{path}: id is {dialogue['id']}"
    for number, turn in enumerate(dialogue["turn"], start=1):
        found = "、".join(UNREADABLE.findall(turn["text"]))
        if found:
            yield f"{path}: turn {number}: write {found} in Chinese characters"


def draw_cast(
    speakers: Sequence[voices.Voice], random: np.random.Generator
) -> dict[str, voices.Voice]:
    """Return a clerk and a customer whose voices lie well apart."""
    clerk = speakers[int(random.integers(len(speakers)))]
    others = [voice for voice in speakers if abs(voice.cents - clerk.cents) >= APART_CENTS]
    return {"clerk": clerk, "customer": others[int(random.integers(len(others)))]}


def draw_staging(
    turns: Sequence[gold.Table], speakers: Sequence[voices.Voice], random: np.random.Generator
) -> Staging:
    """Return voices, haste and pauses; each turn takes the same draws whatever it says."""
    staging = Staging(draw_cast(speakers, random), [], {})
    for number, turn in enumerate(turns, start=1):
        haste, kind, pause_s = random.random(), random.random(), random.uniform(*PAUSE_S)
        if haste < (HURRIED_SHARE_FORBIDDEN if turn["forbidden"] else HURRIED_SHARE):
            staging.hurried.append(number)
        answers = number > 1 and turns[number - 2]["role"] != turn["role"]
        if kind < OVERLAP_SHARE and answers:
            staging.pauses[str(number)] = OVERLAP_S
        elif kind > 1 - PAUSE_SHARE:
            staging.pauses[str(number)] = round(float(pause_s), 2)
    return staging


def record(path: Path, sound: Samples) -> None:
    """Write stereo sound such that ffmpeg's own Opus decoder, which the product uses, reads it.

    That decoder bursts far over full scale on a rare frame that libopus reads well. A level that
    is a little lower gives other frames.

    Raises:
        ValueError: The decoder bursts at every level tried.
    """
    for attempt in range(ENCODINGS):
        stage.encode(path, sound * mix.gain(QUIETER_DB * attempt))
        if np.abs(stage.decode(path, 2)).max() < 1.0:
            return
    message = f"{path}: decodes to a burst over full scale"
    raise ValueError(message)


def build(job: Job) -> float:
    """Build one dialogue; return how long it is, in seconds."""
    dialogue = gold.read(job.source)
    turns, mode = dialogue["turn"], dialogue["mode"]
    seed = int.from_bytes(hashlib.sha256(dialogue["id"].encode()).digest()[:8])
    random = np.random.default_rng(seed)
    staging = draw_staging(turns, SPEAKERS.get(job.target.parent.name, voices.CROWD), random)
    if job.clerk:
        staging = dataclasses.replace(
            staging, cast={"clerk": CLERKS[job.clerk], "customer": CUSTOMER}
        )
        dialogue |= {"id": job.target.stem, "speaker": dict(zip(TRAITS, job.clerk, strict=True))}
    clips = stage.clips_of(turns, staging.cast, staging.hurried, job.cache)
    gold.place(turns, [len(clip) for clip in clips], stage.LEAD_S, staging.pauses, random)
    length = stage.length_of(turns)
    heard = stage.microphones(stage.tracks(turns, clips, length), dialogue["clerk"])
    clean = np.stack([stage.through_line(side, mode) for side in heard], axis=1)
    record(job.recording, stage.with_floor(clean, random))
    gold.write(job.target, dialogue)
    return length / stage.SAMPLE_RATE_HZ


def build_all(jobs: Sequence[Job]) -> bool:
    """Build the dialogues, saying of each how it went; return whether all could be built."""
    total_s, failed = 0.0, False
    with ProcessPoolExecutor(PROCESSES) as pool:
        futures = {pool.submit(build, job): job for job in jobs}
        for count, future in enumerate(as_completed(futures), start=1):
            job, error = futures[future], future.exception()
            if error:
                failed = True
                sys.stderr.write(f"{job.source}: {type(error).__name__}: {error}\n")
                continue
            total_s += future.result()
            sys.stdout.write(f"{count}/{len(jobs)} {job.target}: {future.result():.1f} s\n")
            sys.stdout.flush()
    sys.stdout.write(f"{total_s:.0f} s of sound\n")
    return not failed


def target_of(source: Path, out: Path, clerk: tuple[str, str] | None) -> Path:
    """Return where the gold file of a dialogue goes."""
    name = "-".join([source.stem, *(clerk or ())])
    return out / source.resolve().parent.name / f"{name}.toml"


def main() -> int:
    """Read the options and build what is not built yet; return 1 if anything cannot be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True, help="folder for synthesised clips")
    parser.add_argument("--out", type=Path, required=True, help="folder for the corpus")
    parser.add_argument("--crossed", action="store_true", help="every dialogue by six clerks")
    parser.add_argument("folders", type=Path, nargs="+", help="folders of dialogues")
    options = parser.parse_args()
    begun = time.monotonic()
    sources = [path for folder in options.folders for path in sorted(folder.glob("*.toml"))]
    wrong = {path: list(faults(path)) for path in sources}
    sys.stderr.write("".join(f"{fault}\n" for found in wrong.values() for fault in found))
    casts = list(CLERKS) if options.crossed else [None]
    jobs = [
        Job(path, target_of(path, options.out, clerk), options.cache, clerk)
        for path in sources
        if not wrong[path]
        for clerk in casts
    ]
    left = [job for job in jobs if not job.is_done()]
    sys.stdout.write(f"{len(jobs) - len(left)} dialogues are built already\n")
    sys.stdout.flush()
    fine = build_all(left)
    sys.stdout.write(f"took {time.monotonic() - begun:.0f} s\n")
    return int(not fine or any(wrong.values()))


if __name__ == "__main__":
    sys.exit(main())
