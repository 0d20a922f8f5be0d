"""A few seconds out of a recording, as a WAV file."""

import io
import wave
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np

from courtesy.records import Seconds
from courtesy.speech.decode import RATE, Samples, open_recording
from courtesy.speech.flac import in_16_bits

_TONE: Final = 1000.0  # Hz
_LOUD: Final = 0.05  # of full scale: heard, and softer than speech


def excerpt(
    path: Path,
    start: Seconds,
    end: Seconds,
    covered: Iterable[tuple[Seconds, Seconds]] = (),
) -> bytes:
    """Return a stretch of a recording at 16 kHz in 16 bits; shorter where the recording ends.

    Args:
        path: of the recording.
        start: seconds from its start; below 0 is 0.
        end: seconds.
        covered: stretches that are a tone instead, seconds from the recording's start.

    Raises:
        InputError: it is missing, or cannot be decoded.
    """
    start, covered = max(0.0, start), list(covered)
    source, found = open_recording(path), io.BytesIO()
    with wave.open(found, "wb") as out:
        out.setnchannels(source.channels)
        out.setsampwidth(2)
        out.setframerate(RATE)
        at = round(start * RATE)
        for piece in source.between(start, end):
            sound = _covered(piece, at, covered)
            out.writeframes(in_16_bits(sound).T.astype("<i2").tobytes())
            at += piece.shape[1]
    return found.getvalue()


def _covered(piece: Samples, at: int, covered: Iterable[tuple[Seconds, Seconds]]) -> Samples:
    """Return a piece of sound that begins at some sample of the recording, with its tones."""
    piece = piece.copy()
    for start, end in covered:
        first, last = (np.clip(round(t * RATE) - at, 0, piece.shape[1]) for t in (start, end))
        times = (at + np.arange(first, last)) / RATE
        piece[:, first:last] = _LOUD * np.sin(2 * np.pi * _TONE * times)
    return piece
