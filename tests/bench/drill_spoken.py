"""How often marks of spoken answers agree with the intended ones, and how soon they are there.

    python -m tests.bench.drill_spoken --write FOLDER [--tune]     # what is to be said
    /tmp/tts/bin/python tests/corpus/say_answers.py FOLDER --cache /tmp/tts-cache
    python -m tests.bench.drill_spoken FOLDER [--tune] [--show]    # held against the intended
    python -m tests.bench.drill_spoken FOLDER --latency 40

The answers are those of the typed sets, as many of each kind; `--tune` takes those that may be
looked at, the figures to report come from the others. What is intended
follows from how an answer was made; slips of single sounds are left out, which nobody can intend
for a synthetic voice and the recogniser often mends.
"""

import argparse
import dataclasses
import json
import random
import subprocess
import sys
import tempfile
import time
import wave
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from courtesy.config import Settings
from courtesy.drill.hearing import Hearer
from courtesy.drill.marking import Answer
from courtesy.lexicon import SLOT
from courtesy.pipeline import whisper
from courtesy.speech.decode import RATE, Samples, open_recording
from courtesy.speech.following import Following
from tests.bench.drill_marking import Case, cases, examples, holds, marker, phrases_of
from tests.pulse import Pulse

EACH = 40
SEED = 2026
NOISE = 10.0  # dB under the voice, in "noisy"
QUIET = 1.0  # seconds before and after
ROOT = Path(__file__).resolve().parents[2]


def chosen(name: str) -> list[Case]:
    """Return the answers of a set: up to so many of each kind, always the same."""
    dice = random.Random(SEED)
    kinds: dict[str, list[Case]] = defaultdict(list)
    for case in cases(name):
        kind = "noisy" if case.kind == "right" and dice.random() < 0.4 else case.kind
        if kind == "by hand":
            kind = f"by hand, {case.outcome}"
        if kind != "almost right":  # slips of single sounds
            kinds[kind].append(dataclasses.replace(case, kind=kind))
    steps = {(c.scenario.id, c.step.id): c for some in kinds.values() for c in some}
    for case in steps.values():
        kinds["almost right"] += _without_please(case, dice)
    found = []
    for kind in sorted(kinds):
        own = kinds[kind]
        dice.shuffle(own)
        found += own[:EACH]
    return found


def _without_please(case: Case, dice: random.Random) -> Iterator[Case]:
    """Yield answers that leave 请 out of one phrase, where that is not another phrase."""
    for at, ref in enumerate(case.step.require):
        others = case.step.require[:at] + case.step.require[at + 1 :]
        rest = "".join(dice.choice(examples(other)) for other in others)
        forms = {phrase.forms[0].text for phrase in phrases_of(ref)}
        almost = sorted(f[1:] for f in forms if f[0] == "请" and len(f) > 2 and SLOT not in f)
        for text in almost:
            if not holds(ref, rest + text):
                answer = Answer(f"{rest}{text}。")
                yield dataclasses.replace(case, kind="almost right", answer=answer, outcome="close")


def write(folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        # The voice cannot read every way of writing a nought.
        f"{number:03}\t{case.kind}\t{number * 7}\t{case.answer.text.replace('〇', '零')}"
        for number, case in enumerate(chosen(name))
    ]
    (folder / "answers.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    print(f"{len(rows)} answers")


def sound_of(case: Case, file: Path, dice: np.random.Generator) -> Samples:
    """Return an answer as a microphone gives it: with a room's quiet around it."""
    if case.outcome == "silent":
        return dice.normal(0, 3e-4, 4 * RATE).astype(np.float32)
    said = np.concatenate([block[0] for block in open_recording(file).blocks()])
    said *= np.float32(0.1 / np.sqrt(np.square(said).mean()))
    pad = np.zeros(round(QUIET * RATE), np.float32)
    whole = np.concatenate([pad, said, pad])
    level = 0.1 * 10 ** (-NOISE / 20) if case.kind == "noisy" else 3e-4
    noise = np.cumsum(dice.normal(0, 1, len(whole) + 64))  # towards the low notes, as halls have it
    noise = (noise[64:] - np.convolve(noise, np.ones(65) / 65, "valid")).astype(np.float32)
    return whole + noise * np.float32(level / np.sqrt(np.square(noise).mean()))


def save(file: Path, sound: Samples) -> None:
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


def measure(folder: Path, name: str, *, show: bool) -> None:
    settings = Settings().with_changes(speech={"workers": 1, "batch_size": 1})
    hearer = Hearer(Following(whisper(settings)), settings.speech)
    good, count, took = Counter[str](), Counter[str](), []
    dice = np.random.default_rng(SEED)
    with tempfile.TemporaryDirectory() as made:
        for number, case in enumerate(chosen(name)):
            file = Path(made) / "answer.wav"
            save(file, sound_of(case, folder / f"{number:03}.wav", dice))
            began = time.perf_counter()
            answer = hearer.hear(file, marker().questions(case.step))
            mark = marker().mark(case.scenario, case.step, answer)
            took.append(time.perf_counter() - began)
            agrees = mark.outcome == case.outcome
            if case.kind == "too fast":
                agrees = agrees and "fast" in mark.manner
            good[case.kind] += agrees
            count[case.kind] += 1
            if show and not agrees:
                print(case.kind, case.scenario.id, case.step.id, case.answer.text, "|", answer.text)
                print("   ", "unclear" if answer.unclear else [u.asked for u in answer.said])
                wanted = [(w.ref, w.verdict, w.heard) for w in mark.wanted]
                print("   ", case.outcome, "->", mark.outcome, mark.manner, mark.pace, wanted)
    noisy = good["noisy"], count["noisy"]
    clean = good.total() - noisy[0], count.total() - noisy[1]
    table = {kind: [good[kind], count[kind]] for kind in sorted(count)}
    print(
        json.dumps({"agree": table, "clean": clean, "noisy": noisy}, ensure_ascii=False, indent=1)
    )
    print(f"clean {clean[0] / clean[1]:.1%}, noisy {noisy[0] / noisy[1]:.1%}")
    print(f"heard and marked in {np.median(took):.2f} s (median), {np.quantile(took, 0.95):.2f} s")


def latency(folder: Path, many: int) -> None:
    """Measure from the end of an answer to its mark, through a sound device."""
    step = (
        '[[scenario.step]]\nid = "s{0}"\ncustomer = "第{0}句"\nrequire = ["greeting"]\n'
        'model = "您好"\nnext = {{otherwise = "{1}"}}\n'
    )
    head = (
        'schema = 1\n[[scenario]]\nid = "many"\nname = {zh = "多", en = "Many"}\n'
        'window = {zh = "一", en = "One"}\nsituation = "opening"\nsources = ["S0 三(一)4"]\n'
    )
    wanted = {"right", "forbidden", "wrong"}
    numbers = [n for n, case in enumerate(chosen("report")) if case.kind in wanted]
    waited = []
    with tempfile.TemporaryDirectory() as made, Pulse() as pulse:
        own = Path(made) / "many.toml"
        steps = [step.format(n, f"s{n + 1}" if n + 1 < many else "end") for n in range(many)]
        own.write_text(head + "".join(steps), encoding="utf-8")
        words = [sys.executable, "-m", "courtesy", "--lang", "en", "drill", "--no-voice"]
        words += ["--scenarios", str(own), "--scenario", "many", "--person", "bench"]
        words += ["--db", str(Path(made) / "bench.sqlite3")]
        environ = pulse.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        drill = subprocess.Popen(words, env=environ, text=True, encoding="utf-8",
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
        assert drill.stdin
        assert drill.stdout
        asked, ends = 0, 0.0
        for line in drill.stdout:
            if "● answer" in line:
                file = folder / f"{numbers[asked % len(numbers)]:03}.wav"
                said = np.concatenate([b[0] for b in open_recording(file).blocks()])
                said *= np.float32(0.1 / np.sqrt(np.square(said).mean()))
                save(Path(made) / "said.wav", said)
                playing = pulse.play(Path(made) / "said.wav")
                playing.wait()  # drained: the last of it has been played
                ends = time.perf_counter()
                asked += 1
            elif " points" in line and ends:
                waited.append(time.perf_counter() - ends)
                ends = 0.0
                if not line.startswith("right"):
                    drill.stdin.write("\n")
                    drill.stdin.flush()
        drill.wait()
    print(
        f"{len(waited)} answers: median {np.median(waited):.2f} s, "
        f"95th percentile {np.quantile(waited, 0.95):.2f} s, longest {max(waited):.2f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--latency", type=int, default=0)
    given = parser.parse_args()
    name = "tune" if given.tune else "report"
    if given.write:
        write(given.folder, name)
    elif given.latency:
        latency(given.folder, given.latency)
    else:
        measure(given.folder, name, show=given.show)


if __name__ == "__main__":
    main()
