"""Levels, noise and channels for the sample recordings, in numpy.

Runs in the throw-away environment of README.md only. Nothing in the product imports this module.

Signals are float32 at 16 kHz, full scale 1.0; levels are decibels relative to full scale (dBFS).
Every random draw comes from a generator that the caller seeds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import signal

Samples = npt.NDArray[np.float32]

SAMPLE_RATE_HZ = 16_000
FRAME_S = 0.02
ACTIVE_WITHIN_DB = 25.0
TELEPHONE_BAND_HZ = (300.0, 3400.0)
ROOM_LOW_PASS_HZ = 3000.0
BABBLE_DB = -6.0  # relative to the pink noise


def gain(decibels: float) -> float:
    """Return the amplitude factor of a level change in dB."""
    return float(10 ** (decibels / 20))


def level_db(samples: Samples) -> float:
    """Return the root-mean-square level in dBFS."""
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-20))


def active_level_db(samples: Samples) -> float:
    """Return the level in dBFS over the 20 ms frames within 25 dB of the loudest one.

    Pauses do not count, so a signal-to-noise ratio does not depend on how much silence there is.
    """
    frame = int(FRAME_S * SAMPLE_RATE_HZ)
    count = len(samples) // frame
    power = np.mean(samples[: count * frame].reshape(count, frame).astype(np.float64) ** 2, axis=1)
    active = power[power > power.max() * 10 ** (-ACTIVE_WITHIN_DB / 10)]
    return float(10 * np.log10(active.mean() + 1e-20))


def at_active_level(samples: Samples, target_db: float) -> Samples:
    """Return the signal scaled so that its active level is `target_db` dBFS."""
    return (samples * gain(target_db - active_level_db(samples))).astype(np.float32)


def at_peak(samples: Samples, peak_db: float) -> Samples:
    """Return the signal (any number of channels) scaled to a peak of `peak_db` dBFS."""
    return (samples * (gain(peak_db) / np.abs(samples).max())).astype(np.float32)


def pink_noise(length: int, random: np.random.Generator) -> Samples:
    """Return `length` samples of pink noise (power falling 3 dB an octave) at 0 dBFS RMS."""
    spectrum = np.fft.rfft(random.standard_normal(length))
    frequency = np.fft.rfftfreq(length, 1 / SAMPLE_RATE_HZ)
    shape = np.zeros_like(frequency)
    audible = frequency >= 40.0
    shape[audible] = 1 / np.sqrt(frequency[audible])
    noise = np.fft.irfft(spectrum * shape, length)
    return (noise / np.sqrt(np.mean(noise**2))).astype(np.float32)


def babble(
    clips: Sequence[Samples], length: int, random: np.random.Generator, talkers: int = 6
) -> Samples:
    """Return the murmur of a hall at 0 dBFS RMS: several talkers at once, dulled by distance.

    Args:
        clips: Speech of other dialogues, each far shorter than `length`.
        length: Samples wanted.
        random: A seeded generator; it picks clips and the pauses between them.
        talkers: How many talk at the same time.
    """
    total = np.zeros(length, dtype=np.float64)
    for _ in range(talkers):
        position = -int(random.integers(0, 2 * SAMPLE_RATE_HZ))
        while position < length:
            clip = clips[int(random.integers(len(clips)))]
            start, stop = max(0, position), min(length, position + len(clip))
            if stop > start:
                total[start:stop] += clip[start - position : stop - position]
            position += len(clip) + int(random.uniform(0.1, 0.8) * SAMPLE_RATE_HZ)
    dull = signal.butter(2, ROOM_LOW_PASS_HZ, "lowpass", fs=SAMPLE_RATE_HZ, output="sos")
    total = signal.sosfilt(dull, total)
    return (total / np.sqrt(np.mean(total**2))).astype(np.float32)


def hall_noise(clips: Sequence[Samples], length: int, random: np.random.Generator) -> Samples:
    """Return pink noise with fainter babble, made of `clips`; `length` samples at 0 dBFS RMS."""
    noise = pink_noise(length, random) + gain(BABBLE_DB) * babble(clips, length, random)
    return (noise / np.sqrt(np.mean(noise**2))).astype(np.float32)


def with_noise(speech: Samples, noise: Samples, snr_db: float) -> Samples:
    """Return speech plus noise, the noise `snr_db` dB under the active level of the speech."""
    scaled = noise * gain(active_level_db(speech) - snr_db - level_db(noise))
    return (speech + scaled).astype(np.float32)


def with_bleed(own: Samples, other: Samples, bleed_db: float) -> Samples:
    """Return one microphone that also hears the other speaker, later, duller and quieter.

    Args:
        own: The speaker in front of this microphone.
        other: The speaker in front of the other microphone.
        bleed_db: Level of the other speaker here, in dB relative to the other microphone.
    """
    delay = int(0.003 * SAMPLE_RATE_HZ)  # about one metre of air
    dull = signal.butter(1, ROOM_LOW_PASS_HZ, "lowpass", fs=SAMPLE_RATE_HZ, output="sos")
    heard = signal.sosfilt(dull, np.concatenate([np.zeros(delay), other]))[: len(own)]
    return (own + gain(bleed_db) * heard).astype(np.float32)


def telephone_band(samples: Samples) -> Samples:
    """Return what a narrow-band telephone line leaves: 300 to 3400 Hz."""
    band = signal.butter(6, TELEPHONE_BAND_HZ, "bandpass", fs=SAMPLE_RATE_HZ, output="sos")
    return signal.sosfilt(band, samples).astype(np.float32)
