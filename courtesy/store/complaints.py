"""What is the matter with a database, said in one sentence."""

import sqlite3
from typing import Final

from courtesy.messages import Text

# How long SQLite waits for another process to finish writing, in seconds.
BUSY: Final = 60.0
_SQLITE: Final[dict[int, Text]] = {
    sqlite3.SQLITE_FULL: Text(
        "磁盘已满，已有的数据没有动；请腾出空间再试",
        "the disk is full and what was in it is untouched; make room and try again",
    ),
    sqlite3.SQLITE_READONLY: Text(
        "只能读，不能写；请检查文件和所在文件夹的权限",
        "it can be read and not written; check the permissions of the file and its folder",
    ),
    sqlite3.SQLITE_CANTOPEN: Text(
        "打不开；请检查路径和权限", "it cannot be opened; check the path and its permissions"
    ),
    sqlite3.SQLITE_BUSY: Text(
        "另一个程序一直占用着；请等它结束再试",
        "another program has held it all the while; try again after it",
    ),
    sqlite3.SQLITE_NOTADB: Text(
        "不是数据库；请换一个路径，或从备份恢复",
        "it is no database; name another path, or restore a backup",
    ),
    sqlite3.SQLITE_CORRUPT: Text(
        "已损坏；请从备份恢复（courtesy db backup）",
        "it is damaged; restore a backup (courtesy db backup)",
    ),
    sqlite3.SQLITE_IOERR: Text(
        "磁盘读写出错；请检查磁盘或网络连接",
        "the disk failed to read or write; check the disk or the network",
    ),
}
# PostgreSQL's own marks (SQLSTATE) of what does not go away by itself.
_POSTGRESQL: Final[dict[str, Text]] = {
    "53100": _SQLITE[sqlite3.SQLITE_FULL],
    "25006": Text(
        "只能读，不能写；请检查是否连到了备用服务器，或让管理员开放写入",
        "it can be read and not written; see whether this is a standby server, or have its "
        "administrator allow it",
    ),
    "42501": Text("没有权限；请让管理员授权", "permission denied; have its administrator grant it"),
}


def is_passing(error: BaseException | None, *, broken: bool = False) -> bool:
    """Tell whether it may be over in a while.

    Args:
        error: the driver's.
        broken: whether the connection broke, or never came about.
    """
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR}
    return broken and _state(error) not in _POSTGRESQL


def sentence(where: object, error: BaseException | None, *, broken: bool = False) -> Text:
    """Say what is the matter with a database.

    Args:
        where: its URL or file.
        error: the driver's.
        broken: whether the connection broke, or never came about.
    """
    why = Text(str(error), str(error))
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        why = _SQLITE.get(code & 0xFF, why)
    elif _state(error) in _POSTGRESQL:
        why = _POSTGRESQL[_state(error)]
    elif broken:
        first = str(error).strip().splitlines()[0]
        why = Text(
            f"连接不上或断开了（{first}）；请检查数据库服务和网络",
            f"the connection failed or broke ({first}); check the server and the network",
        )
    return Text(f"数据库 {where}：{why.zh}。", f"The database {where}: {why.en}.")


def _state(error: BaseException | None) -> str:
    """Return PostgreSQL's mark of an error; empty where it has none."""
    return getattr(error, "sqlstate", None) or ""
