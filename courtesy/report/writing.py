"""Files that are there whole or not at all."""

import contextlib
import errno
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from courtesy.errors import FULL_DISK, OutputError
from courtesy.messages import Text
from courtesy.report.plain import clean

_DENIED: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_MISSING: Final = frozenset({errno.ENOENT, errno.ENOTDIR})


def write_text(path: Path, text: str, *, bom: bool = False) -> None:
    """Write a text in UTF-8, whole or not at all; line ends are kept as they are.

    Args:
        path: the file; one that is there is replaced.
        text: lone surrogates in it are replaced, since UTF-8 cannot hold them.
        bom: begin with a byte-order mark, by which Excel knows UTF-8.

    Raises:
        OutputError: it could not be written; what was there before is untouched.
    """
    write_bytes(path, clean(text).encode("utf-8-sig" if bom else "utf-8"))


def write_bytes(path: Path, data: bytes) -> None:
    """Write bytes, whole or not at all.

    Args:
        path: the file; one that is there is replaced. A link is followed. A pipe or a device such
            as `/dev/stdout` is written to and never replaced.
        data: what to write.

    Raises:
        OutputError: it could not be written; what was there before is untouched.
    """
    with whole(path) as file:
        file.write(data)


@contextlib.contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write to that takes its place when the block ends well, and else is gone.

    Args:
        path: as `write_bytes` takes it.

    Raises:
        OutputError: it could not be written; what was there before is untouched.
    """
    try:
        if path.is_dir():
            raise _cannot_write(path, IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)))
        if path.exists() and not path.is_file():
            with path.open("wb") as device:
                yield device
        else:
            with _replacing(path.resolve()) as file:
                yield file
    except OSError as error:
        raise _cannot_write(path, error) from error


def make_folder(path: Path) -> None:
    """Make a folder for results, and its parents.

    Raises:
        OutputError: it cannot be made, or there is a file of that name.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(path, error) from error


def check_writable(path: Path) -> None:
    """Find out, before the work, whether a file could be written; nothing is left behind.

    Raises:
        OutputError: it could not.
    """
    try:
        if path.is_dir():
            raise _cannot_write(path, IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)))
        with tempfile.TemporaryFile(dir=path.resolve().parent):
            pass
    except OSError as error:
        raise _cannot_write(path, error) from error


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    # In the same folder, since a rename is atomic only within one file system. The name does not
    # grow from the target's, which may already be as long as names can be.
    temporary = path.parent / f".courtesy-{os.getpid()}-{secrets.token_hex(4)}.tmp"
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            temporary.chmod(stat.S_IMODE(path.stat().st_mode))
        os.replace(temporary, path)  # noqa: PTH105 - one call that tests can make fail
    finally:
        # Gone already after the rename; here after any failure, Ctrl-C among them.
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _cannot_write(path: Path, error: OSError) -> OutputError:
    name = clean(str(path))
    folder = clean(str(path.parent))
    if error.errno in FULL_DISK:
        return OutputError(
            Text(
                f"磁盘已满，没有写成 {name}；原有文件未动。请腾出空间，或换一个位置。",
                f"The disk is full: {name} was not written and what was there is untouched. "
                "Free some space, or choose another place.",
            )
        )
    if error.errno in _DENIED:
        return OutputError(
            Text(
                f"不能写入 {name}：没有权限，或它正被别的程序（如 Excel）打开。"
                f"请关闭那个程序，或检查文件夹 {folder} 的权限。",
                f"May not write {name}: no permission, or another program such as Excel has it "
                f"open. Close that program, or check the permissions of the folder {folder}.",
            )
        )
    if error.errno in _MISSING:
        return OutputError(
            Text(
                f"不能写入 {name}：文件夹 {folder} 不存在。请先建立它。",
                f"Cannot write {name}: the folder {folder} does not exist. Make it first.",
            )
        )
    if error.errno == errno.EISDIR:
        return OutputError(
            Text(
                f"不能写入 {name}：它是一个文件夹。请给出文件名。",
                f"Cannot write {name}: it is a folder. Name a file in it.",
            )
        )
    why = clean(error.strerror or str(error))
    return OutputError(
        Text(
            f"没有写成 {name}：{why}。原有文件未动。请换一个位置再试。",
            f"{name} was not written: {why}. What was there is untouched. Try another place.",
        )
    )
