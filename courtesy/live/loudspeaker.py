"""A recording played to whoever sits at this machine."""

from pathlib import Path

import numpy as np

from courtesy.live.devices import sounddevice
from courtesy.messages import Text
from courtesy.speech.decode import RATE, open_recording


def play(path: Path) -> Text | None:
    """Play a recording to its end.

    Returns:
        why it cannot be played on this machine; None where it was.

    Raises:
        InputError: the recording cannot be decoded.
        UsageError: sounddevice or PortAudio is not installed.
    """
    sd = sounddevice()
    sound = np.concatenate([block.mean(axis=0) for block in open_recording(path).blocks()])
    try:
        sd.play(sound, RATE, blocking=True)
    except sd.PortAudioError as error:
        told = str(error)
        return Text(f"扬声器用不了：{told}", f"the loudspeaker cannot be used: {told}")
    return None
