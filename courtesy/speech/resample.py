"""Sound of any rate brought to the 16 kHz that everything here hears, piece by piece."""

from typing import Any

import numpy as np

from courtesy.speech.decode import RATE, Samples


class Resampler:
    """Brings one stream to 16 kHz; keeps what it needs from piece to piece."""

    def __init__(self, rate: int, channels: int) -> None:
        """Take the stream as it is.

        Args:
            rate: samples a second.
            channels: 1 or 2.
        """
        import av

        self._rate = rate
        self._layout = "stereo" if channels == 2 else "mono"
        self._resampler: Any = av.AudioResampler(format="fltp", layout=self._layout, rate=RATE)

    def feed(self, samples: Samples) -> Samples:
        """Return what is ready of the next samples, shape (channels, n), n perhaps 0."""
        import av

        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples), format="fltp", layout=self._layout
        )
        frame.sample_rate = self._rate
        ready = [one.to_ndarray() for one in self._resampler.resample(frame)]
        if not ready:
            return np.zeros((samples.shape[0], 0), np.float32)
        return np.asarray(np.concatenate(ready, axis=1), np.float32)
