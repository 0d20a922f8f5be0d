"""A few seconds out of a recording, as a WAV file."""

import io
import wave
from pathlib import Path

from courtesy.records import Seconds
from courtesy.speech.decode import RATE, open_recording
from courtesy.speech.flac import in_16_bits


def excerpt(path: Path, start: Seconds, end: Seconds) -> bytes:
    """Return a stretch of a recording at 16 kHz in 16 bits; shorter where the recording ends.

    Args:
        path: of the recording.
        start: seconds from its start; below 0 is 0.
        end: seconds.

    Raises:
        InputError: it is missing, or cannot be decoded.
    """
    source, found = open_recording(path), io.BytesIO()
    with wave.open(found, "wb") as out:
        out.setnchannels(source.channels)
        out.setsampwidth(2)
        out.setframerate(RATE)
        for piece in source.between(max(0.0, start), end):
            out.writeframes(in_16_bits(piece).T.astype("<i2").tobytes())
    return found.getvalue()
