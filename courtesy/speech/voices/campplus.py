"""CAM++ for Chinese and English, of 3D-Speaker, for those who have pulled or added it.

Its features are those it was trained with: Kaldi's filter bank of 80 bands, without dither, with
the mean of each band over the sound taken away.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from courtesy.speech.decode import RATE
from courtesy.speech.voices.dvector import missing_extra
from courtesy.speech.voices.encoder import Sound, Vector, open_model, run, unit

NAME = "campplus"
_BANDS = 80
_SHORTEST = 0.3  # seconds; the network's pooling wants more than a few frames
_LONGEST = 10.0  # seconds; more of the same voice costs time and tells nothing new


class CamPlusPlus:
    """A densely connected time-delay network, 192 dimensions."""

    def __init__(self, path: Path, checksum: str) -> None:
        """Load the network.

        Args:
            path: the ONNX file: input (batch, frames, 80), output (batch, dimensions).
            checksum: its SHA-256, or the beginning of it.

        Raises:
            VoiceError: a library is missing, or the file cannot be run.
        """
        if find_spec("kaldi_native_fbank") is None:
            raise missing_extra()
        self.name = f"{NAME} {checksum[:12]}"
        self._session = open_model(path)

    def embed(self, sounds: Sequence[Sound]) -> list[Vector]:
        """Return a unit vector for each sound; see `SpeakerEncoder`."""
        return [self._one(sound[: round(_LONGEST * RATE)]) for sound in sounds]

    def _one(self, sound: Sound) -> Vector:
        # One by one: sounds of one length would have to be padded, and padding is part of a mean.
        if len(sound) < _SHORTEST * RATE or not sound.any():
            return np.zeros(0, np.float32)
        return unit(run(self._session, features(sound)[None])[0])


def features(sound: Sound) -> NDArray[np.float32]:
    """Return the logarithms of the bands less their means, shape (frames, 80)."""
    import kaldi_native_fbank

    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.dither = 0.0
    options.frame_opts.samp_freq = float(RATE)
    options.mel_opts.num_bins = _BANDS
    bank = kaldi_native_fbank.OnlineFbank(options)
    bank.accept_waveform(float(RATE), sound)
    bank.input_finished()
    bands = np.stack([bank.get_frame(i) for i in range(bank.num_frames_ready)])
    return np.asarray(bands - bands.mean(axis=0), np.float32)
