"""Steady noise taken out of an utterance before it is recognised.

Whisper was trained on noisy sound and is said to need no cleaning. The base model gains by it: on
the tuning set the syllable error rate fell from 12.1 to 9.4 % in pink noise 10 dB under the
speech and from 57 to 41 % at 0 dB, and did not rise on clean sound. What is taken away is bounded,
since what a subtraction leaves behind (musical noise) is worse for the model than the noise was.

Spectral subtraction with over-estimation and a floor: Berouti, Schwartz and Makhoul 1979,
"Enhancement of speech corrupted by acoustic noise".
"""

import numpy as np
import numpy.typing as npt

from courtesy.speech.decode import Samples

_FRAME = 512  # samples: 32 ms
_STEP = _FRAME // 4
# The quietest frames of an utterance, with the pauses at its ends, hold the noise alone; its power
# is this share of the way up, times what such a quantile lies under the mean.
_QUIET = 0.3
_UNDER_MEAN = 1.3
_OVER = 1.5
# Amplitude that is left where there is nothing but noise: 10 dB less.
_FLOOR = 0.3
_SMOOTH = 5  # frames over which the gain is averaged

Power = npt.NDArray[np.float32]


def denoised(samples: Samples) -> Samples:
    """Return an utterance with its steady noise turned down by up to 10 dB.

    Args:
        samples: shape (n,), -1 to 1.

    Returns:
        the same shape.
    """
    if len(samples) < _FRAME:
        return samples
    window = np.hanning(_FRAME + 1)[:-1].astype(np.float32)
    padded = np.pad(samples, (_FRAME, _FRAME + -len(samples) % _STEP))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::_STEP] * window
    spectrum = np.fft.rfft(frames, axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    pieces = np.fft.irfft(spectrum * _gain(power), axis=1) * window
    return _joined(pieces.astype(np.float32))[_FRAME : _FRAME + len(samples)]


def _gain(power: Power) -> Power:
    """Return what each frequency of each frame is multiplied with, shape of `power`."""
    # The padding at either end is no sound.
    edge = _FRAME // _STEP
    inner = power[edge:-edge] if len(power) > 4 * edge else power
    rank = int(_QUIET * (len(inner) - 1))
    noise = np.partition(inner, rank, axis=0)[rank] * np.float32(_UNDER_MEAN * _OVER)
    left = 1 - noise / np.maximum(power, np.float32(1e-12))
    gain = np.sqrt(np.maximum(left, np.float32(_FLOOR**2)))
    # A running mean over frames: differences of a running sum.
    half = _SMOOTH // 2
    summed = np.cumsum(np.pad(gain, ((half + 1, half), (0, 0)), mode="edge"), axis=0)
    smooth: Power = (summed[_SMOOTH:] - summed[:-_SMOOTH]) / np.float32(_SMOOTH)
    return smooth


def _joined(pieces: Samples) -> Samples:
    """Return overlapping pieces added up; four squared windows at a quarter's step make 1.5."""
    count = _FRAME // _STEP
    out = np.zeros((len(pieces) + count - 1, _STEP), np.float32)
    for k in range(count):
        out[k : k + len(pieces)] += pieces[:, k * _STEP : (k + 1) * _STEP]
    return out.ravel() / np.float32(1.5)
