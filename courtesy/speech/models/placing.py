"""Putting a new model folder in its place: which place, by one process at a time, all or nothing.

A folder grows as `.NAME.partial` beside its place and is moved there when it is whole, so that
nothing half-done can be loaded.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from courtesy import folders
from courtesy.errors import ModelError
from courtesy.messages import Text
from courtesy.speech.models.files import FileSpec, write_manifest
from courtesy.speech.models.transfer import Progress, Report

SPARE = 50_000_000  # bytes to leave free on the disk


def writable_home() -> Path:
    """Return the first folder for models that can be written to, made if missing.

    Raises:
        ModelError: there is none.
    """
    homes = folders.model_dirs()
    for home in homes:
        with suppress(OSError):
            home.mkdir(parents=True, exist_ok=True)
            if os.access(home, os.W_OK):
                return home
    places = ", ".join(map(str, homes))
    raise ModelError(
        Text(
            f"放模型的文件夹都不能写入：{places}。请用 COURTESY_MODELS 指定一个可写的。",
            f"None of the folders for models can be written to: {places}. Name one in "
            "COURTESY_MODELS.",
        )
    )


@contextmanager
def locked(home: Path, name: str, report: Report) -> Iterator[None]:
    """Let one process at a time bring a model in.

    Raises:
        ModelError: for every error of the disk inside.
    """
    try:
        lock = FileLock(home / f".{name}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            report(Progress("wait"))
            lock.acquire()
        try:
            yield
        finally:
            lock.release()
    except OSError as error:
        raise ModelError(
            Text(
                f"写不了 {home}：{error}。"
                "请检查权限和磁盘空间，或用 COURTESY_MODELS 换一个文件夹。",
                f"Cannot write to {home}: {error}. Check its permissions and the free space, or "
                "name another folder in COURTESY_MODELS.",
            )
        ) from error


def partial_folder(home: Path, name: str) -> Path:
    """Return the folder in which a model grows, made if missing."""
    folder = home / f".{name}.partial"
    folder.mkdir(exist_ok=True)
    return folder


def check_space(home: Path, needed: int) -> None:
    """Check that so many bytes fit on the disk.

    Raises:
        ModelError: they do not.
    """
    free, wanted = (size / 1e6 for size in (shutil.disk_usage(home).free, needed + SPARE))
    if free < wanted:
        raise ModelError(
            Text(
                f"磁盘空间不够：{home} 还剩 {free:.0f} MB，需要 {wanted:.0f} MB。"
                "请腾出空间，或用 COURTESY_MODELS 换一个文件夹。",
                f"Not enough space: {home} has {free:.0f} MB left, {wanted:.0f} MB are needed. "
                "Free some, or name another folder in COURTESY_MODELS.",
            )
        )


def publish(partial: Path, target: Path, files: tuple[FileSpec, ...]) -> None:
    """Move a finished folder to its place, over a damaged one if need be."""
    for path in partial.iterdir():
        if path.name not in {file.name for file in files}:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    write_manifest(partial, files)
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    partial.rename(target)
    shutil.rmtree(old, ignore_errors=True)
