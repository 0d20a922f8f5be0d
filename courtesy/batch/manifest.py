"""A list of recordings with what is known of each: CSV or XLSX, one row a recording."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from courtesy.batch.pattern import Told
from courtesy.errors import NotReadable, UsageError, unreadable
from courtesy.messages import Text
from courtesy.transcripts.encodings import decode

ENDINGS: Final = frozenset({".csv", ".tsv", ".xlsx"})
# What the columns may be called; the first is the one that is needed.
_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "path": ("path", "file", "文件", "录音", "路径", "文件名"),
    "hall": ("hall", "大厅", "厅", "单位"),
    "window": ("window", "窗口", "窗口号"),
    "clerk": ("clerk", "工作人员", "姓名", "工号", "人员"),
    "began": ("began", "start", "start_time", "开始时间", "开始", "时间"),
}
_MOMENTS: Final = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M",
                   "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M", "%Y%m%d %H%M%S",
                   "%Y%m%d%H%M%S")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One row.

    Attributes:
        path: absolute; a relative one is counted from the manifest's folder.
        told: what the row says of it.
    """

    path: Path
    told: Told


def read_manifest(file: Path) -> Iterator[Entry]:
    """Yield the rows of a manifest.

    Raises:
        InputError: it cannot be read, lacks the column of paths, or a time makes no sense; the row
            is named.
        UsageError: it is a workbook and openpyxl is not installed.
    """
    rows = _workbook(file) if file.suffix.lower() == ".xlsx" else _csv(file)
    columns = _columns(file, next(rows, ()))
    for number, row in enumerate(rows, start=2):
        values = {name: row[at] for name, at in columns.items() if at < len(row)}
        named = _text(values.get("path"))
        if not named:
            continue
        told = Told(
            _text(values.get("hall")),
            _text(values.get("window")),
            _text(values.get("clerk")),
            _moment(file, number, values),
        )
        yield Entry((file.absolute().parent / named.replace("\\", "/")).resolve(), told)


def _csv(file: Path) -> Iterator[Sequence[Any]]:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise unreadable(file, error) from error
    text, _ = decode(data, file.name)
    comma = "\t" if file.suffix.lower() == ".tsv" or "\t" in text.partition("\n")[0] else ","
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=comma)


def _workbook(file: Path) -> Iterator[Sequence[Any]]:
    try:
        import openpyxl
    except ModuleNotFoundError as error:
        raise UsageError(
            Text(
                f"读 {file.name} 需要 openpyxl：pip install 'courtesy[batch]'，或另存为 CSV。",
                f"Reading {file.name} needs openpyxl: pip install 'courtesy[batch]', "
                "or save it as CSV.",
            )
        ) from error
    from zipfile import BadZipFile

    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except OSError as error:
        raise unreadable(file, error) from error
    except (
        BadZipFile,
        KeyError,
        ValueError,
        openpyxl.utils.exceptions.InvalidFileException,
    ) as error:
        raise NotReadable(
            Text(
                f"清单 {file} 不是能读的 XLSX。请重新保存，或另存为 CSV。",
                f"The manifest {file} is no XLSX that can be read. Save it again, or as CSV.",
            )
        ) from error
    try:
        yield from (tuple(row) for row in book.active.iter_rows(values_only=True))
    finally:
        book.close()


def _columns(file: Path, head: Sequence[Any]) -> dict[str, int]:
    names = [_text(cell).lower() for cell in head]
    found = {
        name: names.index(other)
        for name, others in _COLUMNS.items()
        for other in others
        if other in names
    }
    if "path" not in found:
        wanted = "、".join(_COLUMNS["path"])
        raise NotReadable(
            Text(
                f"清单 {file} 的第一行没有路径一列（{wanted}）。请加上列名。",
                f"The first row of the manifest {file} names no column of paths "
                f"({', '.join(_COLUMNS['path'])}). Add the names of the columns.",
            )
        )
    return found


def _moment(file: Path, number: int, values: Mapping[str, Any]) -> datetime | None:
    value = values.get("began")
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    for form in _MOMENTS:
        try:
            return datetime.strptime(_text(value), form)
        except ValueError:
            continue
    raise NotReadable(
        Text(
            f"清单 {file} 第 {number} 行：开始时间“{value}”看不懂。应如 2026-11-22 09:05。",
            f"The manifest {file}, row {number}: the time “{value}” makes no sense. "
            "Write it as 2026-11-22 09:05.",
        )
    )


def _text(value: Any) -> str:
    """Return a cell as text; a workbook has numbers where people typed digits."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()
