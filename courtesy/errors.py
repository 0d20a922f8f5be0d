"""Everything that can go wrong in a way a person can act on.

    CourtesyError
    ├── UsageError           the command line or the settings ask for what cannot be (exit code 2)
    ├── InputError           one input cannot be scored; the others go on (exit code 1)
    │   ├── NotReadable      missing, a folder that may not be read, no permission
    │   │   └── Unreachable  the disk or the network storage fails, perhaps only for a while
    │   ├── NotARecording    no decoder knows it, or it holds no sound
    │   ├── DamagedRecording it starts well and breaks off, or holds nothing
    │   ├── NotATranscript   a transcript that cannot be understood; names the line
    │   └── NotAResult       a file that is no result of `courtesy score`, or not a whole one
    ├── LexiconError         a lexicon or rubric file; names file, line and entry
    ├── ModelError           the speech model is missing, incomplete or altered
    ├── SpeechError          the recogniser failed: never to be taken for silence
    ├── VoiceError           the speaker model or a voiceprint: missing, of another kind, unusable
    ├── StoreError           the database: missing, of another version, locked, full, gone
    ├── ReviewError          a person may not do that with a flag, or not any more
    │   └── Overtaken        somebody else has done something with it since they read it
    ├── ClusterError         the machines of a batch: the one that leads them is lost
    └── OutputError          a result could not be written; what was there before is untouched

Each carries one `Text` that names the thing and the remedy, and a `kind` for programs.
"""

import errno
from pathlib import Path
from typing import ClassVar, Final

from courtesy.messages import Lang, Text

__all__ = [
    "FULL_DISK",
    "ClusterError",
    "CourtesyError",
    "DamagedRecording",
    "InputError",
    "LexiconError",
    "ModelError",
    "NotARecording",
    "NotAResult",
    "NotATranscript",
    "NotReadable",
    "OutputError",
    "Overtaken",
    "ReviewError",
    "SpeechError",
    "StoreError",
    "Unreachable",
    "UsageError",
    "VoiceError",
    "reason",
    "unreadable",
]

FULL_DISK: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# What a network file system says when its server does not answer, and a disk that fails; not every
# system knows all of them.
_AWAY: Final = frozenset(
    getattr(errno, name)
    for name in ("EIO", "ESTALE", "ETIMEDOUT", "ENOTCONN", "EHOSTDOWN", "EHOSTUNREACH", "ENETDOWN",
                 "ENETUNREACH", "ECONNRESET", "ECONNABORTED", "ECONNREFUSED", "EREMOTEIO", "ENODEV")
    if hasattr(errno, name)
)  # fmt: skip


class CourtesyError(Exception):
    """The base of all; never raised itself.

    Attributes:
        text: what happened and what to do about it, in both languages.
        kind: a stable short name, used as `error.kind` in the JSON output.
    """

    kind: ClassVar[str] = "error"

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text

    def __reduce__(self) -> tuple[type["CourtesyError"], tuple[Text]]:
        """Let it travel between processes with both its languages."""
        return type(self), (self.text,)

    def say(self, lang: Lang) -> str:
        """Return the sentence in `lang`."""
        return self.text.say(lang)


class UsageError(CourtesyError):
    """Raised when options or settings contradict each other or hold an impossible value."""

    kind = "usage"


class InputError(CourtesyError):
    """Raised when one input cannot be scored, whatever the reason."""

    kind = "input"


class NotReadable(InputError):
    """Raised when a path is missing or may not be read."""

    kind = "not-readable"


class Unreachable(NotReadable):
    """Raised when the disk or the network storage fails; that may be over in a while."""

    kind = "unreachable"


class NotARecording(InputError):
    """Raised when no decoder knows the file or it has no audio track."""

    kind = "not-a-recording"


class DamagedRecording(InputError):
    """Raised when a recording is empty or cannot be decoded to its end."""

    kind = "damaged-recording"


class NotATranscript(InputError):
    """Raised when a transcript's encoding or layout cannot be understood."""

    kind = "not-a-transcript"


class NotAResult(InputError):
    """Raised when a file that should hold results of `courtesy score` holds something else."""

    kind = "not-a-result"


class LexiconError(CourtesyError):
    """Raised when a lexicon or rubric file breaks its format."""

    kind = "lexicon"


class ModelError(CourtesyError):
    """Raised when a speech model is unknown, missing, incomplete or not the bytes it should be."""

    kind = "model"


class SpeechError(CourtesyError):
    """Raised when the recogniser fails; a failure must not look like silence."""

    kind = "speech"


class VoiceError(CourtesyError):
    """Raised when voices cannot be told apart: no speaker model, or voiceprints of another one."""

    kind = "voice"


class StoreError(CourtesyError):
    """Raised when the database cannot be used; what was in it is untouched.

    Attributes:
        passing: whether it may be there again in a while: a lock, a server that starts anew.
    """

    kind = "store"

    def __init__(self, text: Text, *, passing: bool = False) -> None:
        """Take the sentence."""
        super().__init__(text)
        self.passing = passing


class ReviewError(CourtesyError):
    """A person may not do that with a flag, or not any more."""

    kind = "review"


class Overtaken(ReviewError):
    """Somebody else has done something with the flag since it was read."""

    kind = "overtaken"


class ClusterError(CourtesyError):
    """Raised when the machine that leads a cluster is lost."""

    kind = "cluster"


class OutputError(CourtesyError):
    """Raised when a result cannot be written."""

    kind = "output"


def reason(error: OSError | ValueError) -> Text:
    """Say why a file cannot be read, in both languages where it is one of the usual reasons.

    Args:
        error: the system's refusal, or what a decoder or parser says of the contents.
    """
    if isinstance(error, ValueError):
        return Text(str(error), str(error))
    for kind, text in (
        (FileNotFoundError, Text("没有这个文件", "there is no such file")),
        (IsADirectoryError, Text("这是一个文件夹", "it is a folder")),
        (NotADirectoryError, Text("路径中有一段不是文件夹", "a part of the path is no folder")),
        (PermissionError, Text("没有权限", "permission denied")),
    ):
        if isinstance(error, kind):
            return text
    if error.errno in FULL_DISK:
        return Text("磁盘已满", "the disk is full")
    other = error.strerror or type(error).__name__
    if error.errno in _AWAY:
        return Text(
            f"磁盘或网络存储没有回应（{other}）", f"the disk or network storage fails ({other})"
        )
    return Text(other, other)


def unreadable(path: Path | str, error: OSError) -> NotReadable:
    """Return the error for an input that the system will not let us read."""
    why = reason(error)
    if error.errno in _AWAY:
        return Unreachable(
            Text(
                f"无法读取 {path}：{why.zh}。请检查磁盘和网络，好了再运行一次。",
                f"{path} cannot be read: {why.en}. Check the disk and the network, then run it "
                "again.",
            )
        )
    return NotReadable(
        Text(
            f"无法读取 {path}：{why.zh}。请检查路径和权限。",
            f"{path} cannot be read: {why.en}. Check the path and its permissions.",
        )
    )
