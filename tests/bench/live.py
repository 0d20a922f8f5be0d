"""Is help there while it helps? `courtesy live` through a real sound device, beside the file road.

    python -m tests.bench.live [--dense 60] [--normal 10] [--served 60] [--memory 8] [--save]

Dense talk and talk at a normal window are played into a null sink of PulseAudio in real time, and
`courtesy live` hears them through PortAudio. What it says is stamped when it arrives here, and
compared with when the words were played: the sound server's latency counts. Customers who are
well served are played by `--source`, and so is, faster than it was spoken, the working day of which
memory is taken. All are minutes but `--memory`, which is hours; 0 leaves a part out, and its
figures are those that were kept.
"""

from __future__ import annotations

import argparse
import fcntl
import itertools
import json
import os
import signal
import subprocess
import tempfile
import threading
import time
import wave
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median
from typing import Any

import psutil

from tests.pulse import Pulse

from .children import courtesy
from .recordings import build
from .tables import Report, Table, Words, finish, load, machine

CHUNK = 0.02  # seconds that are played at once
POLITE = ("shebao-good", "budongchan-good", "churujing-good")
# Where forbidden phrases are said, six times as often as the rest, for enough alerts.
RUDE = ("shuiwu-poor", "yibao-poor")
OTHERS = (*POLITE, "cheguan-mixed", "gongjijin-mixed", "huji-mixed", "shichang-mixed")
DENSE = (*RUDE * 6, *OTHERS)
SILENCE = {"dense": 0.05, "normal": 0.5, "memory": 0.75}  # share of silence between dialogues
FAST = {"served": 1.0, "memory": 8.0}  # times as fast
WARM = 0.1  # of a run, after which memory has settled
PARTS = ("dense", "normal", "same", "served", "memory")
SOON = 6.0  # seconds within which the same words are the same
NEAR = 8.0  # seconds by which they may be played earlier or later than their neighbours
FIRST = 500  # pairs of the same words by which the first ones are told apart
SMOOTH = 9  # utterances from which it is taken by how much


@dataclass
class Run:
    """One run of `courtesy live`.

    Attributes:
        events: with `arrived`, by the clock.
        clock: of what was played.
        cpu: share of all cores, every ten seconds.
        memory: resident set in bytes, likewise.
    """

    events: list[dict[str, Any]] = field(default_factory=list)
    clock: Clock = field(default_factory=lambda: Clock([0.0]))
    cpu: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    def of(self, name: str) -> list[dict[str, Any]]:
        """Return the events of one kind."""
        return [event for event in self.events if event["event"] == name]


@dataclass(frozen=True)
class Clock:
    """When each piece of a recording was played."""

    went_out: list[float]

    def at(self, seconds: float) -> float:
        """Return when, by the clock, that place of the recording was played."""
        piece, rest = divmod(seconds, CHUNK)
        return self.went_out[min(int(piece), len(self.went_out) - 1)] + rest


def listen(
    arguments: list[str], play: Path | None = None, environment: Mapping[str, str] = os.environ
) -> Run:
    """Run `courtesy live` over a sound that is played, or over its own source."""
    command = courtesy("live", "--no-store", "--clerk", "left", "--events", "-", *arguments)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True,
        encoding="utf-8",
    ) as child:  # fmt: skip
        run, began = Run(), threading.Event()
        threading.Thread(target=_watch, args=(child, run), daemon=True).start()
        reader = threading.Thread(target=_read, args=(child, run, began))
        reader.start()
        if play:
            # The input is checked first, which needs some sound: noise, until that is told.
            run.clock = _play(play, environment, began)
            time.sleep(8.0)  # what was said last is still to be heard
            child.send_signal(signal.SIGINT)
        reader.join()
    if child.returncode:
        raise SystemExit(f"{command} ended with {child.returncode}")
    return run


def _read(child: subprocess.Popen[str], run: Run, began: threading.Event) -> None:
    assert child.stdout
    for line in child.stdout:
        stamp = time.monotonic()
        event = json.loads(line)
        run.events.append(event | {"arrived": stamp})
        if event["event"] == "input":
            began.set()


def _watch(child: subprocess.Popen[str], run: Run) -> None:
    cores = len(psutil.Process().cpu_affinity())
    try:
        process = psutil.Process(child.pid)
        process.cpu_percent()
        while child.poll() is None:
            time.sleep(10.0)
            run.cpu.append(process.cpu_percent() / 100 / cores)
            run.memory.append(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return


def _play(file: Path, environment: dict[str, str], began: threading.Event) -> Clock:
    """Play a sound in real time; return when each piece of it went out.

    The sound server sets the pace. What it and the pipe to it still hold, a tenth of a second or
    two, counts as delay of the program.
    """
    with wave.open(str(file)) as sound:
        rate, channels = sound.getframerate(), sound.getnchannels()
        command = ["pacat", "--raw", "--format=s16le", f"--rate={rate}", f"--channels={channels}",
                   "--latency-msec=60", "--device=counter"]  # fmt: skip
        frames = round(CHUNK * rate)
        lead, went_out = _noise(frames, channels), []
        with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, bufsize=0) as player:
            assert player.stdin
            fcntl.fcntl(player.stdin, fcntl.F_SETPIPE_SZ, 4096)
            while True:
                if began.is_set():
                    piece = sound.readframes(frames)
                    went_out.append(time.monotonic())
                else:
                    piece = lead
                if not piece:
                    break
                player.stdin.write(piece)
    return Clock(went_out)


def _noise(frames: int, channels: int) -> bytes:
    import numpy as np

    noise = np.random.default_rng(1).normal(0, 10 ** (-65 / 20), frames * channels)
    return (noise * 32767).astype("<i2").tobytes()


def reference(file: Path) -> dict[str, Any]:
    """Return what the file road makes of a recording."""
    done = subprocess.run(
        courtesy("score", "--json", "--clerk", "left", str(file)), capture_output=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)["recordings"][0]
    return found


class Shift:
    """By how much live times are later than the recording's, at any time of the run.

    It is no constant: on a busy machine the sound server leaves sound out, or puts silence in. What
    is heard as the same words within `NEAR` seconds tells by how much; its neighbours smooth it.
    """

    def __init__(self, run: Run, recording: dict[str, Any]) -> None:
        starts: dict[str, list[float]] = {}
        for one in recording["utterances"]:
            starts.setdefault(one["heard"], []).append(one["start"])
        every = (event["start"] - start for event in run.of("utterance")
                 for start in starts.get(event["heard"], ()))  # fmt: skip
        begun = Counter(round(one, 1) for one in itertools.islice(every, FIRST))
        last = begun.most_common(1)[0][0]
        self._at: list[float] = []
        apart: list[float] = []
        for event in run.of("utterance"):
            all_of_it = [event["start"] - start for start in starts.get(event["heard"], ())]
            found = [one for one in all_of_it if abs(one - last) < NEAR]
            if found:
                self._at.append(event["start"])
                apart.append(min(found, key=lambda one: abs(one - last)))
                last = median(apart[-SMOOTH:])
        around = SMOOTH // 2
        self._by = [median(apart[max(0, i - around) : i + around + 1]) for i in range(len(apart))]

    def __call__(self, at: float) -> float:
        """Return the recording's time of a live time, seconds."""
        place = min(bisect_left(self._at, at), len(self._at) - 1)
        return at - self._by[place]


def alerts(run: Run, shift: Shift, *, late: bool = False) -> Iterator[float]:
    """Yield how long after the end of a forbidden phrase its alert arrived, seconds.

    Args:
        run: of the program.
        shift: from its times to those of what was played.
        late: those that were only found when the talk was heard once more; else all others.
    """
    withdrawn = [event["match"] for event in run.of("withdrawn")]
    seen: list[tuple[str, float]] = []
    for event in run.of("alert"):
        match = event["match"]
        key = match["phrase_id"], match["start"]
        if any(key[0] == other and abs(key[1] - at) < SOON / 3 for other, at in seen):
            continue
        seen.append(key)
        if any(w["phrase_id"] == key[0] and w["start"] == key[1] for w in withdrawn):
            continue
        if event["late"] != late:
            continue
        yield event["arrived"] - run.clock.at(shift(match["end"]))


def prompts(run: Run, kind: str, shift: Shift) -> list[float]:
    """Return how long after it was due each prompt arrived, seconds."""
    return [
        e["arrived"] - run.clock.at(shift(e["due"])) for e in run.of("prompt") if e["kind"] == kind
    ]


def same(
    run: Run, recording: dict[str, Any], shift: Shift | None = None
) -> tuple[int, int, list[str]]:
    """Return how many utterances have the same findings live and from the file, and of how many.

    The same: the phrases that count in it, once its interaction is closed, are the same, and so is
    what they are taken for: the clerk's or the customer's.
    """
    ended = [event["interaction"] for event in run.of("interaction")]
    live = _counted(ended, shift or float)
    whole = _counted(recording["interactions"], float)
    others = []
    for one in recording["utterances"]:
        span = one["start"] - 0.1, one["end"] + 0.1
        wanted, found = (
            {phrase for phrase, at in matches if span[0] <= at <= span[1]}
            for matches in (whole, live)
        )
        if wanted != found:
            others.append(f"{one['start']} {one['heard']} {sorted(wanted)} | {sorted(found)}")
    count = len(recording["utterances"])
    return count - len(others), count, others


def _counted(
    interactions: list[dict[str, Any]], shift: Callable[[float], float]
) -> list[tuple[str, float]]:
    return [
        (f"{m['phrase_id']} {m['role']}", shift((m["start"] + m["end"]) / 2))
        for one in interactions
        for m in one["matches"]
        if m["counted"]
    ]


def behind(run: Run, shift: Shift) -> list[float]:
    """Return how long after its end each utterance was told, seconds."""
    return [event["arrived"] - run.clock.at(shift(event["end"])) for event in run.of("utterance")]


def quantile(values: list[float], share: float) -> float:
    """Return a quantile, the next higher value that is there."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def spoken(minutes: float, name: str, folder: Path, only: tuple[str, ...]) -> Path:
    """Write the sound of one part; return its file."""
    file = folder / f"{name}.wav"
    build(file, minutes, 2, silence=SILENCE.get(name, SILENCE["normal"]), only=only)
    return file


def through_device(name: str, minutes: float, folder: Path, pulse: Pulse) -> dict[str, Any]:
    """Play talk in real time; return what was measured."""
    file = spoken(minutes, name, folder, DENSE)
    recording = reference(file)
    run = listen(["--channels", "2"], file, pulse.environ)
    shift = Shift(run, recording)
    late = behind(run, shift)
    equal, count, others = same(run, recording, shift)
    return {
        "minutes": minutes,
        "alerts": list(alerts(run, shift)),
        "late": list(alerts(run, shift, late=True)),
        "withdrawn": len(run.of("withdrawn")),
        "greeting": prompts(run, "greeting", shift),
        "behind": late,
        "behind_at_the_end": late[-len(late) // 12 :],
        "missed": len(run.of("missed")),
        "gave_way": sum(bool(event["given_up"]) for event in run.of("load")),
        "gaps": sum(event["seconds"] for event in run.of("gap")),
        "cpu": mean(run.cpu),
        "equal": equal,
        "utterances": count,
        "others": others,
    }


def from_file(name: str, minutes: float, folder: Path) -> dict[str, Any]:
    """Play talk by `--source`; return what was measured."""
    file = spoken(minutes, name, folder, POLITE if name == "served" else OTHERS)
    run = listen(["--source", str(file), "--pace", str(FAST[name])])
    settled = run.memory[round(WARM * len(run.memory)) :]
    return {
        "minutes": minutes,
        "interactions": len(run.of("interaction")),
        "prompts": [event["kind"] for event in run.of("prompt")],
        "alerts": len(run.of("alert")) - len(run.of("withdrawn")),
        "memory": [settled[0], settled[-1], max(settled)],
        "gave_way": sum(bool(event["given_up"]) for event in run.of("load")),
        "missed": len(run.of("missed")),
        "gaps": sum(event["seconds"] for event in run.of("gap")),
    }


def same_sound(folder: Path, minutes: float) -> dict[str, Any]:
    """Hear the same samples by both roads; return how many utterances have the same findings."""
    file = spoken(minutes, "same", folder, DENSE)
    recording = reference(file)
    run = listen(["--source", str(file), "--pace", "0"])
    equal, count, others = same(run, recording)
    return {"minutes": minutes, "equal": equal, "utterances": count, "others": others}


def rows(raw: dict[str, Any]) -> Iterator[list[Words]]:
    """Yield the table's rows: what, the goal, what was measured."""
    if dense := raw.get("dense"):
        found, late = dense["alerts"], dense["behind_at_the_end"]
        yield [
            ("忌语说完到提醒，中位数", "end of a forbidden phrase to its alert, median"),
            "≤ 1.2 s",
            f"{median(found):.2f} s ({len(found)})",
        ]
        yield [
            ("同上，第 95 百分位", "the same, 95th percentile"),
            "≤ 2.0 s",
            f"{quantile(found, 0.95):.2f} s",
        ]
        yield [
            ("再听一遍才发现的", "found only when heard once more"),
            "",
            f"{len(dense['late'])} / {len(found) + len(dense['late'])}",
        ]
        yield [
            ("该问好时到提示，最长", "greeting due to its prompt, longest"),
            "≤ 1 s",
            f"{max(dense['greeting']):.2f} s ({len(dense['greeting'])})",
        ]
        yield [
            ("密集对话之后的延迟，最长", "behind at the end of dense talk, longest"),
            "≤ 3 s",
            f"{max(late):.1f} s ({dense['minutes']:g} min)",
        ]
    if normal := raw.get("normal"):
        yield [
            ("处理器，平常窗口", "processor, normal window"),
            "≤ 60 %",
            f"{normal['cpu']:.0%}",
        ]
    if same_ := raw.get("same"):
        yield [
            ("与文件相同的句子", "utterances with the file's findings"),
            "≥ 98 %",
            f"{same_['equal'] / same_['utterances']:.1%} ({same_['utterances']})",
        ]
    if served := raw.get("served"):
        yield [
            ("周到接待中的误提示", "prompts to clerks who serve well"),
            "0",
            f"{len(served['prompts'])} ({served['interactions']})",
        ]
    if memory := raw.get("memory"):
        grown = memory["memory"][1] - memory["memory"][0]
        yield [
            ("内存增长", "growth of memory"),
            "< 50 MB",
            f"{grown / 1e6:.0f} MB ({memory['minutes'] / 60:g} h)",
        ]


def made(raw: dict[str, Any]) -> Words:
    """Return of which commit each part is."""
    listed = ", ".join(f"{part} {raw[part]['commit']}" for part in PARTS if part in raw)
    return f"各部分测于：{listed}。", f"The parts are of these commits: {listed}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dense", type=float, default=60.0)
    parser.add_argument("--normal", type=float, default=10.0)
    parser.add_argument("--same", type=float, default=30.0)
    parser.add_argument("--served", type=float, default=60.0)
    parser.add_argument("--memory", type=float, default=8.0)
    parser.add_argument("--save", action="store_true")
    parser.add_argument("--lang", choices=("zh", "en"), default="en")
    given = parser.parse_args()
    kept = load("live")
    raw: dict[str, Any] = dict(kept.raw) if kept else {}
    with tempfile.TemporaryDirectory() as name, Pulse() as pulse:
        folder = Path(name)
        for part in ("dense", "normal"):
            if minutes := getattr(given, part):
                raw[part] = through_device(part, minutes, folder, pulse)
        if given.same:
            raw["same"] = same_sound(folder, given.same)
        for part, minutes in (("served", given.served), ("memory", 60 * given.memory)):
            if minutes:
                raw[part] = from_file(part, minutes, folder)
    for part in PARTS:
        if getattr(given, part):
            raw[part]["commit"] = machine()["commit"]
    head: list[Words] = [("", ""), ("目标", "goal"), ("测得", "measured")]
    report = Report("live", [Table("", head, list(rows(raw)))], [NOTE, made(raw)], machine(), raw)
    finish(report, save=given.save, lang=given.lang)


NOTE: Words = (
    "样本对话随机排列，双声道，48 kHz 空接收器，PulseAudio 经 PortAudio；服务器的延迟计在内。"
    "忌语多的对话出现六倍。括号里是个数或时长。",
    "The samples' dialogues in a drawn order, stereo, through PulseAudio's null sink at 48 kHz and "
    "PortAudio, whose latency counts; dialogues with forbidden phrases come six times as often. "
    "In brackets how many, or how long.",
)

if __name__ == "__main__":
    main()
