"""Sound written losslessly, in 16 bits: what is read back is what was heard.

FLAC is decodable up to wherever a file breaks off, and says by its header whether it was finished.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, Self

import numpy as np
from numpy.typing import NDArray

from courtesy.speech.decode import RATE, Samples

Sound = NDArray[np.int16]

_FULL: Final = 32_768
_CHUNK: Final = 60 * RATE  # samples of silence that are made at once


def in_16_bits(samples: Samples) -> Sound:
    """Return samples from -1 to 1 as they are written; what came from 16 bits comes out the same.

    >>> in_16_bits(np.array([[0.0, 0.5, -1.0, 1.0]], np.float32)).tolist()
    [[0, 16384, -32768, 32767]]
    """
    scaled = np.rint(samples * np.float32(_FULL))
    found: Sound = np.clip(scaled, -_FULL, _FULL - 1).astype(np.int16)
    return found


class FlacWriter:
    """One file that grows; others than its owner cannot read it."""

    def __init__(self, path: Path, channels: int) -> None:
        """Make the file, and its folder where there is none.

        Args:
            path: of a file that is not there yet.
            channels: 1 or 2.

        Raises:
            OSError: it cannot be made.
        """
        import av

        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600, exist_ok=False)
        self._channels = channels
        self._layout = "stereo" if channels == 2 else "mono"
        self._file: BinaryIO = path.open("r+b")
        # Each frame goes on to the file's own buffer at once, which `flush` empties.
        self._container: Any = av.open(
            self._file, "w", format="flac", container_options={"flush_packets": "1"}
        )
        self._stream = self._container.add_stream("flac", rate=RATE)
        self._stream.layout, self._stream.format = self._layout, "s16"
        self._stream.codec_context.open()
        self._frame = np.empty((channels, self._stream.codec_context.frame_size), np.int16)
        self._held = 0  # samples of it that are filled
        self._written = 0  # samples that were encoded

    def write(self, sound: Sound) -> None:
        """Add sound of shape (channels, n).

        Raises:
            OSError: the disk is full, or fails.
        """
        at, size = 0, self._frame.shape[1]
        while at < sound.shape[1]:
            some = sound[:, at : at + size - self._held]
            self._frame[:, self._held : self._held + some.shape[1]] = some
            self._held += some.shape[1]
            at += some.shape[1]
            if self._held == size:
                self._encode()

    def silence(self, samples: int) -> None:
        """Add silence.

        Raises:
            OSError: as `write`.
        """
        for at in range(0, samples, _CHUNK):
            self.write(np.zeros((self._channels, min(_CHUNK, samples - at)), np.int16))

    def flush(self) -> None:
        """Have what was added outlast a power cut, all but the last tenth of a second.

        Raises:
            OSError: as `write`.
        """
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Write the end, by which a whole file is known.

        Raises:
            OSError: as `write`; what was flushed before is there.
        """
        try:
            if self._held:
                self._encode()
            with _as_the_system_says():
                self._container.mux(self._stream.encode(None))
                self._container.close()
            self.flush()
        finally:
            self._file.close()

    def __enter__(self) -> Self:
        """Write to it; leaving the block closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _encode(self) -> None:
        import av

        samples = np.ascontiguousarray(self._frame[:, : self._held].T).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, "s16", self._layout)
        frame.sample_rate, frame.pts = RATE, self._written
        self._written += self._held
        self._held = 0
        with _as_the_system_says():
            self._container.mux(self._stream.encode(frame))


@contextlib.contextmanager
def _as_the_system_says() -> Iterator[None]:
    """Raise FFmpeg's own errors as the system's, which a file that fails gives mostly."""
    import av

    try:
        yield
    except av.error.FFmpegError as error:
        raise OSError(error.errno, error.strerror) from error


def write_flac(path: Path, sound: Sound) -> None:
    """Write a whole file that others than its owner cannot read.

    Args:
        path: of a file that is not there yet.
        sound: of shape (channels, n).

    Raises:
        OSError: it cannot be written; nothing is left there but what was there before.
    """
    writer = FlacWriter(path, sound.shape[0])
    try:
        with writer:
            writer.write(sound)
    except OSError:
        path.unlink(missing_ok=True)
        raise
