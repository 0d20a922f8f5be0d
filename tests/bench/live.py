"""Is help there while it helps? `courtesy live` through a real sound device, beside the file road.

    python -m tests.bench.live [--dense 60] [--normal 10] [--served 30] [--memory 8] [--save]

Dense talk and talk at a normal window are played into a null sink of PulseAudio in real time, and
`courtesy live` hears them through PortAudio. What it says is stamped when it arrives here, and
compared with when the words were played: the sound server's latency counts. Numbers are minutes,
`--memory` hours; 0 leaves a part out.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import wave
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from tests.pulse import Pulse
from .children import courtesy
from .recordings import build
from .tables import Report, Table, finish, machine

CHUNK = 0.02  # seconds that are played at once
# Where forbidden phrases are said, three times as often as the rest, for enough alerts.
RUDE = ("shuiwu-poor", "yibao-poor")
POLITE = ("shebao-good", "budongchan-good", "churujing-good")
ALL = ("budongchan-good", "cheguan-mixed", "churujing-good", "gongjijin-mixed", "huji-mixed",
       "shebao-good", "shichang-mixed")  # fmt: skip
SOON = 6.0  # seconds within which the same words are the same


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
    arguments: list[str], play: Path | None, seconds: float, environment: dict[str, str]
) -> Run:
    """Run `courtesy live` over a sound that is played, or over its own source."""
    command = [*courtesy("live", "--no-store", "--events", "-", "--channels", "2"), *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True,
        encoding="utf-8",
    ) as child:  # fmt: skip
        run, began = Run(), threading.Event()
        threading.Thread(target=_watch, args=(child, run), daemon=True).start()
        reader = threading.Thread(target=_read, args=(child, run, began))
        reader.start()
        if play:
            # It listens when the input is calibrated, which needs some sound: noise, at first.
            run.clock = _play(play, environment, began)
            time.sleep(8.0)  # what was said last is still to be heard
            child.send_signal(2)
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
    done = subprocess.run(courtesy("score", "--json", str(file)), capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)["recordings"][0]
    return found


def offset(run: Run, recording: dict[str, Any]) -> float:
    """Return by how much live times are later than the recording's: what most utterances say."""
    starts = [one["start"] for one in recording["utterances"]]
    apart = [event["start"] - start for event in run.of("utterance") for start in starts]
    best, _ = Counter(round(one, 1) for one in apart).most_common(1)[0]
    return median(one for one in apart if abs(one - best) < 0.15)


def alerts(run: Run, shift: float) -> Iterator[float]:
    """Yield how long after the end of a forbidden phrase its alert arrived, seconds."""
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
        yield event["arrived"] - run.clock.at(match["end"] - shift)


def prompts(run: Run, kind: str, shift: float) -> list[float]:
    """Return how long after it was due each prompt arrived, seconds."""
    return [
        e["arrived"] - run.clock.at(e["due"] - shift) for e in run.of("prompt") if e["kind"] == kind
    ]


def same(run: Run, recording: dict[str, Any], shift: float) -> tuple[int, int, list[str]]:
    """Return how many utterances have the same findings live and from the file, and of how many.

    The same: the phrases that count in it, once its interaction is closed, are the same, and so is
    what they are taken for: the clerk's or the customer's.
    """
    ended = [event["interaction"] for event in run.of("interaction")]
    live = _counted(ended, shift)
    whole = _counted(recording["interactions"], 0.0)
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


def _counted(interactions: list[dict[str, Any]], shift: float) -> list[tuple[str, float]]:
    return [
        (f"{m['phrase_id']} {m['role']}", (m["start"] + m["end"]) / 2 - shift)
        for one in interactions
        for m in one["matches"]
        if m["counted"]
    ]


def behind(run: Run, shift: float) -> list[float]:
    """Return how long after its end each utterance was told, seconds."""
    return [event["arrived"] - run.clock.at(event["end"] - shift) for event in run.of("utterance")]


def quantile(values: list[float], share: float) -> float:
    """Return a quantile, the next higher value that is there."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")
