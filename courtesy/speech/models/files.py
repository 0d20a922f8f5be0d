"""The files of a model, and the manifest that remembers them.

A pulled or added folder holds a manifest, `courtesy-model.json`, with size, SHA-256 and time of
change of each file, so that a run need not read 3 GB again to say which model it used.
"""

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from courtesy.errors import ModelError
from courtesy.messages import Text

MANIFEST = "courtesy-model.json"
WEIGHTS = "model.bin"
REQUIRED = (WEIGHTS, "config.json", "tokenizer.json")
VOCABULARIES = ("vocabulary.txt", "vocabulary.json")
# A speaker encoder is one such file and nothing else.
VOICE = ".onnx"
KNOWN = (*REQUIRED, "preprocessor_config.json", *VOCABULARIES)


@dataclass(frozen=True, slots=True)
class FileSpec:
    """What one file of a model is, or should be.

    Attributes:
        name: without a folder.
        size: bytes.
        sha256: lower-case hexadecimal.
    """

    name: str
    size: int
    sha256: str

    def describes(self, path: Path) -> bool:
        """Tell whether there is a file at `path` with this content."""
        return (
            path.is_file() and path.stat().st_size == self.size and file_sha256(path) == self.sha256
        )


def file_sha256(file: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal.

    Raises:
        ModelError: the file cannot be read.
    """
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            Text(
                f"读不了 {file}：{error}。请检查权限。",
                f"Cannot read {file}: {error}. Check its permissions.",
            )
        ) from error


def measure(folder: Path) -> tuple[FileSpec, ...]:
    """Read every file in a folder that a model may have."""
    files = [folder / name for name in KNOWN if (folder / name).is_file()]
    files += [f for f in (voice_weights(folder),) if f]
    return tuple(FileSpec(f.name, f.stat().st_size, file_sha256(f)) for f in files)


def voice_weights(folder: Path) -> Path | None:
    """Return the file of a speaker encoder; None where a folder holds a speech model or nothing."""
    if (folder / WEIGHTS).is_file():
        return None
    found = sorted(f for f in folder.glob(f"*{VOICE}") if f.is_file() and f.stat().st_size)
    return found[0] if found else None


def bytes_in(folder: Path) -> int:
    """Return the size of all files in a folder and below, as far as they can be seen."""
    total = 0
    with suppress(OSError):  # pip may remove a file between two looks
        for path in folder.rglob("*"):
            total += path.stat().st_size if path.is_file() else 0
    return total


def read_manifest(folder: Path) -> dict[FileSpec, int]:
    """Return the time of change (ns) of each noted file; nothing without a readable manifest."""
    try:
        noted = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        return {
            FileSpec(Path(name).name, int(file["size"]), str(file["sha256"])): int(file["mtime_ns"])
            for name, file in noted.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def write_manifest(folder: Path, files: Iterable[FileSpec]) -> None:
    """Note the files and their times of change; on a disk that is read-only, do without."""
    noted = {
        file.name: {
            "size": file.size,
            "sha256": file.sha256,
            "mtime_ns": (folder / file.name).stat().st_mtime_ns,
        }
        for file in files
    }
    new = folder / f".{MANIFEST}.new"
    with suppress(OSError):
        new.write_text(json.dumps({"schema": 1, "files": noted}, indent=1), encoding="utf-8")
        new.replace(folder / MANIFEST)
