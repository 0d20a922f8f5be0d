"""Who is still at work on this machine: each worker holds a lock that outlives it in no case.

Leases alone would do, as they do between machines; but a run that is started right after one that
was killed need not wait for them.
"""

import platform
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from courtesy import folders
from courtesy.errors import OutputError, StoreError, reason
from courtesy.messages import Text
from courtesy.store import Database, files
from courtesy.store.patience import patiently


def new_name() -> str:
    """Return a name for a worker of this machine, like no other."""
    return f"{platform.node()}:{uuid.uuid4().hex}"


@contextmanager
def alive(name: str) -> Iterator[None]:
    """Hold a lock that the system lets go of when this process ends, however it ends.

    Raises:
        OutputError: it cannot be made, as on a full disk.
    """
    lock = _lock(name)
    try:
        lock.acquire()
    except OSError as error:
        raise _no_lock(lock.lock_file, error) from error
    try:
        yield
    finally:
        lock.release()
    # Not where the block failed: what it held may still stand under its name.
    Path(lock.lock_file).unlink(missing_ok=True)


def free_the_dead(database: Database, waiting: Callable[[StoreError], object]) -> int:
    """Let the files go that are held by workers of this machine which no longer run.

    Args:
        database: the store.
        waiting: told why it is tried again, where the database cannot be reached for a while.

    Returns:
        how many files that are.

    Raises:
        StoreError: the database cannot be used.
    """

    def held() -> list[str]:
        with database.reading() as connection:
            return files.workers(connection)

    freed = 0
    for name in patiently(held, waiting):
        if name.startswith(f"{platform.node()}:"):
            freed += _free(database, name, waiting)
    return freed


def _free(database: Database, name: str, waiting: Callable[[StoreError], object]) -> int:
    """Let go what a worker holds, if it is dead for certain."""
    lock = _lock(name)
    file = Path(lock.lock_file)
    # One that was killed leaves its lock behind. Without one it is somebody else's: another user's,
    # or of a machine that bears the same name. Its leases run out by themselves.
    if not file.exists():
        return 0
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return 0  # it lives, or nobody can tell

    def give_back() -> int:
        with database.writing() as connection:
            return files.give_back(connection, name, tried=True)

    try:
        return patiently(give_back, waiting)
    finally:
        lock.release()
        file.unlink(missing_ok=True)


def _lock(name: str) -> FileLock:
    try:
        folder = folders.cache_dir() / "workers"
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise _no_lock(error.filename, error) from error
    return FileLock(folder / f"{name.rpartition(':')[2]}.lock", mode=0o600)


def _no_lock(where: str, error: OSError) -> OutputError:
    why = reason(error)
    return OutputError(
        Text(
            f"建不了锁文件 {where}：{why.zh}。请腾出空间，或检查那里的权限。",
            f"The lock {where} cannot be made: {why.en}. Make room, or check the permissions "
            "there.",
        )
    )
