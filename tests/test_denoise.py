"""Steady noise turned down, and nothing else."""

import numpy as np
import pytest
from fakes import noise, silence, tone
from hypothesis import given, settings
from hypothesis import strategies as st

from courtesy.speech.decode import RATE, Samples
from courtesy.speech.denoise import denoised

# Around the frame of 512 samples and its quarter, by which frames follow each other.
LENGTHS = [
    0,
    1,
    2,
    127,
    128,
    129,
    511,
    512,
    513,
    639,
    640,
    641,
    1023,
    1024,
    2047,
    2048,
    2049,
    16000,
]


def loudness(sound: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))


def decibels(after: Samples, before: Samples) -> float:
    return 20 * np.log10(loudness(after) / loudness(before))


def bursts(seconds: float) -> tuple[Samples, np.ndarray]:
    """Return something like syllables, 0.2 s in each half second, and where they are."""
    at = np.arange(round(seconds * RATE)) / RATE
    partials = (150, 300, 450, 900, 1350, 2400)
    voice = sum(np.sin(2 * np.pi * hertz * at) / k for k, hertz in enumerate(partials, 1))
    on = at % 0.5 < 0.2
    return (0.2 * voice * on).astype(np.float32), on


def hold_promises(sound: Samples) -> Samples:
    before = sound.copy()
    out = denoised(sound)
    assert out.shape == sound.shape
    assert out.dtype == np.float32
    assert np.isfinite(out).all()
    assert np.array_equal(sound, before)
    return out


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("make", [noise, tone, silence], ids=["noise", "tone", "silence"])
def test_any_length_stays_as_long(make, length: int) -> None:
    hold_promises(make(length / RATE))


@settings(max_examples=60)
@given(
    st.integers(0, 5000),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 1e-20, 1e-6, 0.01, 0.3, 1.0]),
    st.sampled_from([0.0, 0.5, -1.0]),
    st.integers(0, 4),
)
def test_any_sound_gives_sound(
    length: int, seed: int, loud: float, shift: float, holes: int
) -> None:
    random = np.random.default_rng(seed)
    sound = loud * random.uniform(-1, 1, length) + shift
    for _ in range(holes):
        at = random.integers(0, max(1, length))
        sound[at : at + 600] = random.choice([0.0, 1.0, -1.0])
    sound = np.clip(sound, -1, 1).astype(np.float32)
    out = hold_promises(sound)
    # Nothing is ever made louder; every frequency is left as it is or turned down.
    assert np.sum(np.square(out, dtype=np.float64)) <= 1.01 * np.sum(
        np.square(sound, dtype=np.float64)
    )


@pytest.mark.parametrize("length", [0, 1, 511])
def test_what_is_shorter_than_a_frame_is_left_alone(length: int) -> None:
    sound = noise(1.0)[:length]
    assert np.array_equal(denoised(sound), sound)


def test_silence_stays_silence() -> None:
    for seconds in (0.1, 1.0, 3.0):
        assert not denoised(silence(seconds)).any()


@pytest.mark.parametrize("loud", [0.001, 0.05, 0.3])
@pytest.mark.parametrize("seconds", [0.3, 3.0])
def test_steady_noise_becomes_quieter_but_is_not_cut_out(loud: float, seconds: float) -> None:
    for seed in range(3):
        sound = noise(seconds, loud, seed)
        assert -11 < decibels(hold_promises(sound), sound) < -3


@pytest.mark.parametrize("hertz", [150, 440, 1000, 3000])
def test_a_tone_between_pauses_stays_as_it_is(hertz: float) -> None:
    pause = silence(0.5)
    sound = np.concatenate([pause, tone(1.0, hertz), pause])
    out = hold_promises(sound)
    assert loudness(out - sound) < 0.01 * loudness(sound)


def test_clean_speech_stays_as_it_is() -> None:
    sound, _ = bursts(3.0)
    out = hold_promises(sound)
    assert loudness(out - sound) < 0.01 * loudness(sound)


@pytest.mark.parametrize("loud", [0.01, 0.03, 0.05, 0.1])
def test_speech_in_noise_keeps_its_energy_and_the_noise_does_not(loud: float) -> None:
    speech, on = bursts(3.0)
    sound = speech + noise(3.0, loud, seed=3)
    out = hold_promises(sound)
    assert loudness(out[on]) ** 2 > 0.7 * loudness(sound[on]) ** 2
    assert decibels(out[~on], sound[~on]) < -3
    assert loudness(out[on]) / loudness(out[~on]) > 1.3 * loudness(sound[on]) / loudness(sound[~on])
    # And it is still the same speech: as much of it as there was.
    kept = float(np.dot(out, speech) / np.dot(speech, speech))
    assert 0.9 < kept < 1.05


@pytest.mark.parametrize("gain", [0.25, 4.0])
def test_how_loud_it_is_does_not_matter(gain: float) -> None:
    sound = (bursts(1.0)[0] + noise(1.0, 0.02)) / 8
    again = denoised((gain * sound).astype(np.float32))
    assert np.allclose(again, gain * denoised(sound), atol=1e-5)


def test_noise_that_is_not_steady_is_not_taken_for_noise() -> None:
    """Half a second of it in the middle of silence is as good as speech."""
    burst = noise(0.5, 0.1)
    sound = np.concatenate([silence(1.0), burst, silence(1.0)])
    assert abs(decibels(denoised(sound), sound)) < 0.1
