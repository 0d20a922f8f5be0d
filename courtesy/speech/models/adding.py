"""Adding a model folder that was carried in from another machine."""

import re
import shutil
from pathlib import Path

from courtesy.errors import ModelError, UsageError
from courtesy.messages import Text
from courtesy.speech.models import placing
from courtesy.speech.models.catalogue import load_catalogue
from courtesy.speech.models.files import FileSpec, measure, read_manifest, write_manifest
from courtesy.speech.models.folder import altered, check_quick, verify
from courtesy.speech.models.transfer import ignore


def add(folder: Path, name: str | None = None) -> Path:
    """Copy a model folder that was carried in to where models live, and record its checksums.

    Args:
        folder: for example a snapshot folder from another machine's cache.
        name: what to call it; None takes the list's name if the bytes are the list's, else the
            folder's own.

    Raises:
        UsageError: the name cannot be a folder's.
        ModelError: the folder is not whole or not what its name says, or the name is taken.
    """
    folder = folder.absolute()
    check_quick(folder)
    files = measure(folder)
    name = _name(folder, files, name)
    home = placing.writable_home()
    target = home / name
    with placing.locked(home, name, ignore):
        if target.exists():
            _check_same(target, files)
        else:
            placing.check_space(home, sum(file.size for file in files))
            _copy(folder, target, files)
    return target


def _name(folder: Path, files: tuple[FileSpec, ...], name: str | None) -> str:
    catalogue = load_catalogue()
    same = [entry.name for entry in catalogue if set(entry.files) <= set(files)]
    name = name or (same[0] if same else folder.name)
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise UsageError(
            Text(f"{name!r} 不能作模型名，请用 --name。", f"{name!r} is no model name; use --name.")
        )
    if name not in same and any(entry.name == name for entry in catalogue):
        raise ModelError(
            Text(
                f"{folder} 不是清单里的模型 {name}（校验值不符）。"
                "请重新复制，或用 --name 另取名字。",
                f"{folder} is not the list's model {name}: the checksums differ. Copy it again, or "
                "give it another name with --name.",
            )
        )
    return name


def _check_same(target: Path, files: tuple[FileSpec, ...]) -> None:
    if not set(files) <= set(measure(target)):
        raise ModelError(
            Text(
                f"{target} 已存在，内容不同。请用 --name 另取名字，或先移走它。",
                f"{target} exists and is another. Use --name, or move it away first.",
            )
        )
    if not read_manifest(target):  # put there by hand
        write_manifest(target, files)
    verify(target)


def _copy(folder: Path, target: Path, files: tuple[FileSpec, ...]) -> None:
    partial = placing.partial_folder(target.parent, target.name)
    for file in files:
        shutil.copyfile(folder / file.name, partial / file.name)
    spoilt = [file.name for file in files if not file.describes(partial / file.name)]
    if spoilt:
        shutil.rmtree(partial)
        raise altered(folder, spoilt)
    placing.publish(partial, target, files)
