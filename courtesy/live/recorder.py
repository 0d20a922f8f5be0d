"""The whole sitting's sound in a file, written while it goes on; only where that is asked for.

The file holds just the samples that were heard, so that the file road hears the same, and silence
where sound was lost, so that its times are those of the sitting. What is written is encoded and
goes to the disk in a thread of its own: who listens does not wait.
"""

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from courtesy.errors import OutputError, reason
from courtesy.live.sitting import Sitting, free
from courtesy.messages import Text
from courtesy.speech.decode import RATE, Samples
from courtesy.speech.flac import FlacWriter, Sound, in_16_bits

_WAITING: Final = 1_000  # blocks (96 s) that may wait for a slow disk
_PATIENCE: Final = 1.0  # seconds that the ear waits for it, once
_FLUSH: Final = 2.0  # seconds of sound that a power cut may cost
_LOOK: Final = 0.2


class Recorder:
    """Records a sitting. Its `keep` is for `Ear`.

    Attributes:
        file: where the sound is.
    """

    def __init__(self, sitting: Sitting, folder: Path, complain: Callable[[Text], object]) -> None:
        """Make the file.

        Args:
            sitting: what is recorded.
            folder: of kept sound.
            complain: told when recording has to stop, once.

        Raises:
            OutputError: the file cannot be made.
        """
        # Apart from the clips, so that a batch over this folder scores whole sessions only.
        self.file = free(folder / "days", sitting.name)
        self._complain = complain
        self._waiting: queue.Queue[Sound | int] = queue.Queue(_WAITING)
        self._lost = 0  # samples that are not in the queue yet, and are silence
        self._stopped = False
        self._ended = threading.Event()
        try:
            self._writer = FlacWriter(self.file, sitting.channels)
        except OSError as error:
            why = reason(error)
            raise OutputError(
                Text(
                    f"录音写不进 {self.file}：{why.zh}。请改 sound_folder，或不录音。",
                    f"Sound cannot be written to {self.file}: {why.en}. Choose another "
                    "sound_folder, or keep no sound.",
                )
            ) from error
        self._thread = threading.Thread(target=self._write, name="recorder", daemon=True)

    def __enter__(self) -> Self:
        """Begin to record."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Write what is left, and the file's end."""
        self._ended.set()
        self._thread.join()

    @property
    def whole(self) -> bool:
        """Whether all that was heard is in the file so far."""
        return not self._stopped

    def keep(self, block: Samples | int) -> None:
        """Take a block of shape (channels, n), or how many samples are lost."""
        if self._stopped or self._ended.is_set():
            return
        if isinstance(block, int):
            self._lost += block
        elif self._made_room():
            self._waiting.put_nowait(in_16_bits(block))
        else:
            # A file with holes would find missing what was said in them.
            self._stop(Text("磁盘太慢", "the disk is too slow"))

    def _made_room(self) -> bool:
        """Tell whether a block can be put, after what was lost before it."""
        # A disk that stands still is waited for once, and then looked at only.
        until = time.monotonic() + (0.0 if self._lost else _PATIENCE)
        while (full := self._waiting.qsize() > _WAITING - 2) and time.monotonic() < until:
            time.sleep(0.01)
        if full:
            return False
        if self._lost:
            self._waiting.put_nowait(self._lost)
            self._lost = 0
        return True

    def _write(self) -> None:
        try:
            self._record()
        except OSError as error:
            self._stop(reason(error))
        if self._stopped:
            # What was flushed is there, and can be heard.
            with contextlib.suppress(OSError):
                self._writer.close()

    def _record(self) -> None:
        since = 0
        while not (self._stopped or (self._ended.is_set() and self._waiting.empty())):
            try:
                one = self._waiting.get(timeout=_LOOK)
            except queue.Empty:
                continue
            if isinstance(one, int):
                self._writer.silence(one)
                since += one
            else:
                self._writer.write(one)
                since += one.shape[1]
            if since >= _FLUSH * RATE:
                self._writer.flush()
                since = 0
        if not self._stopped:
            self._writer.silence(self._lost)
            self._writer.close()

    def _stop(self, why: Text) -> None:
        self._stopped = True
        self._complain(
            Text(
                f"录音停了，{self.file} 只有到此为止的声音：{why.zh}。照常在听；"
                "要再录音，请腾出空间后重新启动。",
                f"Recording has stopped, {self.file} holds the sound up to here: {why.en}. "
                "Listening goes on; to record again, make room and start anew.",
            )
        )
