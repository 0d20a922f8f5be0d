"""Listens to the microphone, and prints what comes of it as JSON Lines; started by tests.

The devices are those of the environment that a process starts in, so it is one of its own.

    python tests/listens.py [DEVICE]

Commands on standard input: pause, resume, close. The sound goes to the file named by `SOUND`, as
32-bit floats, what was lost as zeros.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

import numpy as np

from courtesy.errors import CourtesyError
from courtesy.live.checked import Checked
from courtesy.live.microphone import Microphone
from courtesy.live.source import Gap, InputLevel, Trouble
from courtesy.speech.decode import RATE


def tell(kind: str, **more: object) -> None:
    print(json.dumps({"event": kind, "at": time.time(), **more}), flush=True)


def main() -> None:
    device = sys.argv[1] if len(sys.argv) > 1 else None
    microphone = Microphone(device, channels=1)
    source = Checked(microphone, refuse=True) if os.environ.get("CHECKED") else microphone

    def obey() -> None:
        for line in sys.stdin:
            getattr(source, line.strip())()

    threading.Thread(target=obey, daemon=True).start()
    silent = True
    with Path(os.environ["SOUND"]).open("wb") as sound:
        tell("begins")
        for item in source.blocks():
            match item:
                case Gap(seconds, why):
                    tell("gap", seconds=seconds, why=why.en)
                    sound.write(np.zeros(round(seconds * RATE), np.float32).tobytes())
                case Trouble(why):
                    tell("trouble", why=why.en)
                    silent = True
                case InputLevel(level, noise, complaint):
                    tell("input", level=level, noise=noise, why=complaint and complaint.en)
                case np.ndarray():
                    sound.write(item[0].tobytes())
                    if silent:
                        tell("sound")
                    silent = False
                case _:
                    tell("break")
                    silent = True
    tell("over")


try:
    main()
except CourtesyError as error:
    tell("refused", why=error.text.en)
