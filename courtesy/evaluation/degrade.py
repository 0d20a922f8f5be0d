"""Recordings made worse on purpose: noise, babble, a telephone's band, a room's echo.

The same dialogue under the same condition always gives the same samples: everything drawn is
seeded by the two names. What happens in a room comes first, then the noise in it, then the line
that carries both.
"""

import hashlib
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from courtesy.evaluation.conditions import Condition
from courtesy.speech.decode import RATE, Samples, open_recording

_FRAME: Final = RATE // 50
# A frame this much weaker than the loud ones (in dB) is a pause.
_PAUSE: Final = 25.0
_VOICES: Final = 6
_MOST_BABBLE: Final = 30  # seconds kept of each recording, to make babble of
# Of 300 to 3400 Hz, what telephones let pass; as many taps as make the edges 50 Hz wide.
_BAND: Final = (300.0, 3400.0)
_TAPS: Final = 1025
_PINK_TAPS: Final = 4096
_LOWEST: Final = 20.0  # Hz; below that nobody hears noise and no microphone keeps it
# Direct sound over echo, in dB: a microphone on the counter, about a metre from either mouth.
_DIRECT: Final = 3.0
_ECHO_AFTER: Final = 0.004  # seconds

Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sound:
    """A whole recording in memory.

    Attributes:
        samples: shape (channels, n), -1 to 1.
        whole: whether the file ends as its format says.
    """

    samples: Samples
    whole: bool


def read_sound(path: Path) -> Sound:
    """Decode a whole recording.

    Raises:
        NotReadable, NotARecording, DamagedRecording: the file.
    """
    decoding = open_recording(path)
    return Sound(np.concatenate(list(decoding.blocks()), axis=1), decoding.whole)


def degrade(
    samples: Samples, condition: Condition, name: str, voices: Sequence[Samples] = ()
) -> Samples:
    """Return a recording as it would sound under a condition.

    Args:
        samples: shape (channels, n).
        condition: what is done to it.
        name: of the dialogue; seeds the noise together with the condition's name.
        voices: `voice_of` other recordings, to make babble of; one at least where that is asked.

    Returns:
        the same shape, or (1, n) where they are mixed; turned down as a whole where it would
        not fit into -1 to 1.
    """
    digest = hashlib.sha256(f"{name}\n{condition.name}".encode()).digest()
    random = np.random.default_rng(int.from_bytes(digest[:8], "big"))
    out = samples.astype(np.float32)
    if condition.mono:
        out = out.mean(axis=0, keepdims=True)
    if condition.reverb is not None:
        out = reverberated(out, condition.reverb, random)
    if condition.level is not None:
        out = _with_noise(out, condition, random, voices)
    if condition.phone:
        out = _each(out, _band_pass())
    peak = float(np.abs(out).max(initial=0.0))
    return out / peak * np.float32(0.99) if peak > 0.99 else out


def speech_power(samples: Samples) -> float:
    """Return the mean power of the frames in which somebody speaks, on the louder channel.

    Pauses do not count, or a quiet clerk would get less noise than a talkative one.
    """
    frames = _frame_powers(samples)
    loud = np.quantile(frames, 0.95) if frames.size else 0.0
    active = frames[frames > loud * 10 ** (-_PAUSE / 10)]
    return float(active.mean()) if loud > 0 and active.size else 0.0


def voice_of(samples: Samples) -> Samples:
    """Return the speech of a recording without its pauses, on one channel, at power 1."""
    mono = samples.mean(axis=0, dtype=np.float32)[None]
    frames = _frame_powers(mono)
    if not frames.size or not frames.max():
        return np.zeros(0, np.float32)
    spoken = frames > np.quantile(frames, 0.95) * 10 ** (-_PAUSE / 10)
    kept: Samples = mono[0, : frames.size * _FRAME].reshape(-1, _FRAME)[spoken].ravel()
    kept = kept[: _MOST_BABBLE * RATE]
    return _at_power(kept, 1.0)


def pink(length: int, random: np.random.Generator) -> Samples:
    """Return noise that loses 3 dB an octave, at power 1."""
    hertz = np.fft.rfftfreq(_PINK_TAPS, 1 / RATE)
    shape = 1 / np.sqrt(np.maximum(hertz, _LOWEST))
    kernel = np.roll(np.fft.irfft(shape), _PINK_TAPS // 2) * np.hanning(_PINK_TAPS)
    return _at_power(convolved(white(length, random), kernel), 1.0)


def white(length: int, random: np.random.Generator) -> Samples:
    """Return noise of one strength at all pitches, at power 1."""
    return _at_power(random.standard_normal(length, dtype=np.float32), 1.0)


def babble(length: int, random: np.random.Generator, voices: Sequence[Samples]) -> Samples:
    """Return several people talking at once, at power 1; silence where there are no voices.

    Args:
        length: samples.
        random: draws who talks, and from where in their speech.
        voices: the speech of other recordings; one may be drawn more than once.
    """
    usable = [voice for voice in voices if voice.size]
    out = np.zeros(length, np.float32)
    for _ in range(_VOICES if usable else 0):
        voice = usable[int(random.integers(len(usable)))]
        start = int(random.integers(voice.size))
        out += np.resize(np.roll(voice, -start), length)
    return _at_power(out, 1.0)


def reverberated(samples: Samples, seconds: float, random: np.random.Generator) -> Samples:
    """Return sound with the echo of a room: noise that fades by 60 dB in so many seconds."""
    at = np.arange(round(seconds * RATE)) / RATE
    out = []
    for channel in samples:
        echo = random.standard_normal(at.size) * 10 ** (-3 * at / seconds)
        echo[: round(_ECHO_AFTER * RATE)] = 0.0
        echo *= np.sqrt(10 ** (-_DIRECT / 10) / np.sum(echo**2))
        echo[0] = 1.0  # the sound itself, which keeps its time
        out.append(convolved(channel, echo, shift=0))
    return np.stack(out)


def convolved(signal: Samples, kernel: Curve, shift: int | None = None) -> Samples:
    """Return a signal filtered piece by piece, so that hours of it need little memory.

    Args:
        signal: shape (n,).
        kernel: the filter.
        shift: samples by which the result is moved earlier; None is half the kernel, which keeps
            the time of a symmetric filter.
    """
    shift = kernel.size // 2 if shift is None else shift
    size = 1 << max(16, (2 * kernel.size - 1).bit_length())
    step = size - kernel.size + 1
    spectrum = np.fft.rfft(kernel, size)
    out = np.zeros(signal.size + kernel.size - 1, np.float32)
    for at in range(0, signal.size, step):
        piece = signal[at : at + step]
        done = np.fft.irfft(np.fft.rfft(piece, size) * spectrum, size)
        end = min(out.size, at + piece.size + kernel.size - 1)
        out[at:end] += done[: end - at].astype(np.float32)
    return out[shift : shift + signal.size]


def write_wav(path: Path, samples: Samples) -> None:
    """Write sound as 16-bit WAV."""
    whole = np.clip(np.rint(samples * 32767), -32768, 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(whole.shape[0])
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(whole.T.tobytes())


def _with_noise(
    samples: Samples, condition: Condition, random: np.random.Generator, voices: Sequence[Samples]
) -> Samples:
    # The same strength on every channel, since it is the room's; each microphone has its own.
    power = speech_power(samples) * 10 ** (-(condition.level or 0.0) / 10)
    length = samples.shape[1]
    noises = []
    for _ in range(samples.shape[0]):
        if condition.noise == "white":
            noise = white(length, random)
        elif condition.noise == "pink":
            noise = pink(length, random)
        else:
            noise = babble(length, random, voices)
            if condition.noise == "hall":
                noise = noise + pink(length, random)
        noises.append(_at_power(noise, power))
    return samples + np.stack(noises)


def _band_pass() -> Curve:
    """Return a windowed-sinc filter for the telephone's band."""
    at = np.arange(_TAPS) - _TAPS // 2
    low, high = (2 * edge / RATE for edge in _BAND)
    kernel: Curve = (high * np.sinc(high * at) - low * np.sinc(low * at)) * np.hamming(_TAPS)
    return kernel


def _each(samples: Samples, kernel: Curve) -> Samples:
    return np.stack([convolved(channel, kernel) for channel in samples])


def _frame_powers(samples: Samples) -> Curve:
    """Return the power of each 20 ms on the louder channel."""
    count = samples.shape[1] // _FRAME
    frames = samples[:, : count * _FRAME].reshape(samples.shape[0], count, _FRAME)
    powers: Curve = np.mean(np.square(frames, dtype=np.float64), axis=2).max(axis=0)
    return powers


def _at_power(samples: Samples, power: float) -> Samples:
    now = float(np.mean(np.square(samples, dtype=np.float64))) if samples.size else 0.0
    return samples * np.float32(np.sqrt(power / now)) if now else samples
