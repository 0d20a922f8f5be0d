"""How fast a batch goes: recordings of mixed length, beside faster-whisper with nothing around it.

    python -m tests.bench.batch [--recordings 30] [--hours 2] [--rounds 1] [--share 0.25]
                                [--long 8] [--ray] [--save]

The same sound is scored by `courtesy batch run`, file by file into a store, and transcribed by
faster-whisper's batched pipeline, joined into one file, which is the best case for it. The plain
way, faster-whisper's sequential one file by file with the model loaded once, is timed on a share of
the files and scaled. Each run is a process of its own; the contenders take turns.

With `--long`, the memory of a run over so many hours; with `--ray`, the same batch on a Ray cluster
of this machine alone. Where the time goes is taken by `stages.py`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import wave
from pathlib import Path
from statistics import median

from courtesy.speech.device import physical_cores
from courtesy.speech.models import locate

from .children import Child, bare, courtesy, run, say
from .recordings import SEED, build
from .stages import NAMES as STAGES
from .tables import Report, Table, Words, finish, machine

SHORTEST, LONGEST = 10.0, 1200.0  # seconds
NAMES: dict[str, Words] = {
    "courtesy": ("`courtesy batch run`，全程", "`courtesy batch run`, all of it"),
    "ray": (
        "`courtesy batch run --ray auto`，含启动 Ray",
        "`courtesy batch run --ray auto`, starting Ray as well",
    ),
    "batched": (
        "只转写：faster-whisper 成批，接成一个文件",
        "transcription alone: faster-whisper, batched, joined in one file",
    ),
    "sequential": (
        "只转写：faster-whisper 逐段，一个个文件",
        "transcription alone: faster-whisper, sequential, file by file",
    ),
}


def lengths(count: int, hours: float) -> list[float]:
    """Return so many lengths in seconds, short ones most, that come to so many hours."""
    rng = random.Random(SEED)
    drawn = [rng.lognormvariate(0.0, 1.2) for _ in range(count)]
    for _ in range(50):  # what is cut off at one end is made up for by the others
        scale = hours * 3600 / sum(drawn)
        drawn = [min(LONGEST, max(SHORTEST, scale * one)) for one in drawn]
    return drawn


def make(folder: Path, count: int, hours: float) -> list[Path]:
    """Write the recordings, every other one in stereo."""
    made = []
    for number, seconds in enumerate(lengths(count, hours)):
        file = folder / f"{number:03}.wav"
        build(file, seconds / 60, 1 + number % 2, SEED + number)
        made.append(file)
    return made


def join(files: list[Path], joined: Path) -> None:
    """Write all of them, mixed down to one channel, one after the other."""
    import numpy as np

    with wave.open(str(joined), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16000)
        for file in files:
            with wave.open(str(file)) as one:
                samples = np.frombuffer(one.readframes(one.getnframes()), "<i2")
                mixed = samples.reshape(-1, one.getnchannels()).mean(axis=1)
                out.writeframes(mixed.astype("<i2").tobytes())


def measure(
    folder: Path, files: list[Path], rounds: int, share: float, *, ray: bool
) -> dict[str, list[Child]]:
    """Run the contenders in turn; the sequential one on a share of the files, once."""
    model, threads = str(locate("base")), str(physical_cores())
    join(files, folder / "joined.wav")
    took: dict[str, list[Child]] = {name: [] for name in NAMES}
    for number in range(rounds):
        commands = {
            "courtesy": _batch(files[0].parent, folder / f"{number}.sqlite3"),
            "batched": bare("batched", model, threads, str(folder / "joined.wav")),
        }
        if ray:
            store = folder / f"{number}-ray.sqlite3"
            commands["ray"] = [*_batch(files[0].parent, store), "--ray", "auto"]
        for name, command in commands.items():
            took[name].append(run(command))
            say(f"{number + 1}/{rounds} {name}: {took[name][-1].wall:.0f} s")
    if share:
        some = files[:: round(1 / share)]
        one = run(bare("sequential", model, threads, *map(str, some)))
        scale = sum(map(_seconds, files)) / sum(map(_seconds, some))
        took["sequential"].append(Child(one.wall * scale, one.cpu * scale, one.peak))
        say(f"sequential: {one.wall:.0f} s for {len(some)} files, scaled by {scale:.2f}")
    return {name: runs for name, runs in took.items() if runs}


def _batch(sound: Path, store: Path) -> list[str]:
    return courtesy("batch", "run", str(sound), "--db", str(store))


def _seconds(file: Path) -> float:
    with wave.open(str(file)) as one:
        return one.getnframes() / one.getframerate()


def speeds(took: dict[str, list[Child]], hours: float) -> Table:
    """Return how long the contenders took."""
    wall = {name: median(c.wall for c in runs) for name, runs in took.items()}
    rows: list[list[Words]] = [
        [NAMES[name], f"{seconds:.0f}", f"{hours * 3600 / seconds:.1f}",
         f"{wall['batched'] / seconds:.2f}",
         "–" if name == "ray" else f"{median(c.peak for c in took[name]) / 2**20:.0f}"]
        for name, seconds in wall.items()
    ]  # fmt: skip
    head: list[Words] = [
        ("运行", "run"), ("用时（秒）", "wall (s)"), ("每小时听几小时", "hours an hour"),
        ("比成批快几倍", "speed ÷ batched"), ("内存峰值（MiB）", "peak memory (MiB)"),
    ]  # fmt: skip
    return Table("", head, rows)


def stages(sound: Path, folder: Path) -> tuple[Table, dict[str, float]]:
    """Return where the processors' time goes."""
    out = folder / "stages.json"
    run([sys.executable, "-m", "tests.bench.stages", str(sound)], out)
    took: dict[str, float] = json.loads(out.read_text(encoding="utf-8"))
    say(f"stages: {took}")
    whole = sum(took.values())
    rows: list[list[Words]] = [
        [STAGES[name], f"{seconds:.1f}", f"{seconds / whole:.1%}"]
        for name, seconds in sorted(took.items(), key=lambda one: -one[1])
    ]
    head: list[Words] = [
        ("阶段", "stage"), ("处理器时间（秒）", "processor time (s)"), ("占", "share")
    ]  # fmt: skip
    title = ("时间花在哪里", "Where the time goes")
    return Table(title, head, rows), took


def memory(folder: Path, took: list[Child], hours: float, longer: float) -> tuple[Table, Child]:
    """Return what a longer batch needs beside the one that was run."""
    sound = folder / "long"
    sound.mkdir()
    make(sound, round(15 * longer), longer)
    long = run(_batch(sound, folder / "long.sqlite3"))
    say(f"{longer:g} hours: {long.wall:.0f} s, {long.peak / 2**20:.0f} MiB")
    first = median(c.peak for c in took)
    rows: list[list[Words]] = [
        [f"{hours:g}", f"{first / 2**20:.0f}", "1.00"],
        [f"{longer:g}", f"{long.peak / 2**20:.0f}", f"{long.peak / first:.2f}"],
    ]
    head: list[Words] = [
        ("录音共几小时", "hours of sound"), ("内存峰值（MiB）", "peak memory (MiB)"),
        ("与第一行之比", "ratio to the first"),
    ]  # fmt: skip
    return Table(("内存", "Memory"), head, rows), long


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--recordings", type=int, default=30)
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.25, help="of the files, one by one")
    parser.add_argument("--long", type=float, default=0.0, help="hours, for the memory")
    parser.add_argument("--ray", action="store_true", help="on a Ray cluster as well")
    parser.add_argument("--save", action="store_true", help="keep the figures in results/")
    parser.add_argument("--lang", choices=("zh", "en"), default="en")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sound = folder / "sound"
        sound.mkdir()
        files = make(sound, given.recordings, given.hours)
        took = measure(folder, files, given.rounds, given.share, ray=given.ray)
        parts, seconds = stages(sound, folder)
        tables = [speeds(took, given.hours), parts]
        if given.long:
            more, long = memory(folder, took["courtesy"], given.hours, given.long)
            tables.append(more)
            took["long"] = [long]
    notes: list[Words] = [
        (
            f"{given.recordings} 个录音，10 秒到 20 分钟，共 {given.hours:g} 小时，单双声道各半；"
            f"轮流 {given.rounds} 轮；逐段的一种只用了 {given.share:.0%} 的文件，按时长折算。",
            f"{given.recordings} recordings of 10 s to 20 min, {given.hours:g} hours in all, half "
            f"of them stereo; {given.rounds} round(s) in turn; the sequential one on "
            f"{given.share:.0%} of the files, scaled by length.",
        ),
        (
            "各阶段的处理器时间是在一个核上一个接一个跑出来的；平时各阶段同时进行，"
            "用满所有的核：限制在语音模型的计算。",
            "The stages' processor times are of a run on one core, one stage after the other; in "
            "use they run side by side on all cores, and the limit is what the speech model "
            "computes.",
        ),
    ]
    raw: dict[str, object] = {
        n: [{"wall": c.wall, "cpu": c.cpu, "peak": c.peak} for c in r] for n, r in took.items()
    }
    report = Report("batch", tables, notes, machine(), raw | {"stages": seconds})
    finish(report, save=given.save, lang=given.lang)


if __name__ == "__main__":
    main()
