"""What happens, in a file or on standard output: JSON Lines, each written at once."""

import json
import sys
from pathlib import Path
from typing import Self, TextIO

from courtesy.errors import OutputError, reason
from courtesy.live.as_json import as_dict
from courtesy.live.session import Happening
from courtesy.messages import Lang, Text
from courtesy.records import Seconds


class EventsFile:
    """A `Listener` that writes; a file that is there is written on."""

    def __init__(self, target: str, lang: Lang) -> None:
        """Open it.

        Args:
            target: path of a file; "-" is standard output.
            lang: of the words.

        Raises:
            OutputError: it cannot be opened.
        """
        self._target = target
        self._lang = lang
        try:
            self._file = sys.stdout if target == "-" else _opened(target)
        except OSError as error:
            raise self._unwritable(error) from error

    def __enter__(self) -> Self:
        """Write to it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it.

        Raises:
            OutputError: what was written last cannot be kept.
        """
        if self._target != "-":
            try:
                self._file.close()
            except OSError as error:
                raise self._unwritable(error) from error

    def take(self, one: Happening, now: Seconds) -> None:
        """Write a line.

        Raises:
            OutputError: it can no longer be written.
        """
        found = as_dict(one, now, self._lang)
        if found is None:
            return
        try:
            self._file.write(json.dumps(found, ensure_ascii=False, allow_nan=False) + "\n")
            self._file.flush()
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> OutputError:
        why = reason(error)
        return OutputError(
            Text(
                f"事件写不进 {self._target}：{why.zh}。请换一个位置。",
                f"Events cannot be written to {self._target}: {why.en}. Choose another place.",
            )
        )


def _opened(target: str) -> TextIO:
    return Path(target).open("a", encoding="utf-8", newline="\n")
