"""Whether what is around the program will do: microphone, disk, database, fonts, clock."""

import os
import platform
import shutil
import stat
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from courtesy import folders
from courtesy.config import Settings
from courtesy.doctor.checked import Checked
from courtesy.errors import CourtesyError
from courtesy.messages import Text

if TYPE_CHECKING:  # the store is an optional part of the program
    from courtesy.store import Database

_GB: Final = 1e9
# With less free, little can be kept; with less of the other, less than a week of whole days.
_TOO_LITTLE, _LITTLE = 1 * _GB, 5 * _GB
_HOUR: Final = 2 * 16000 * 3600  # bytes of an hour's sound of one channel, before it is packed
# A database above this would take more than a few seconds to read through.
_QUICKLY: Final = 500e6
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_SOON: Final = timedelta(hours=1)  # two clocks of a hall may differ
_HERE: Final = timedelta(hours=8)  # China has one time
_WINDOWS_FONTS: Final = ("msyh.ttc", "msyh.ttf", "simsun.ttc", "simhei.ttf", "Deng.ttf")
_LISTING: Final = 10.0  # seconds


def look_at_microphones() -> Iterator[Checked]:
    """Look which inputs there are; whether one hears is what `courtesy live` tries as it begins."""
    about = Text("麦克风", "microphone")
    try:
        from courtesy.live.devices import devices

        known = devices()
    except CourtesyError as error:
        yield Checked("microphone", about, "warning", error.text)
        return
    if not known:
        yield Checked(
            "microphone",
            about,
            "warning",
            Text("没有", "none"),
            Text(
                "现场听和口头练习要麦克风；录音评分不要。",
                "courtesy live and spoken practice need one; scoring recordings does not.",
            ),
        )
        return
    names = [one.name for one in sorted(known, key=lambda one: not one.usual)]
    yield Checked("microphone", about, "good", Text("、".join(names), ", ".join(names)))


def look_at_disk(settings: Settings) -> Iterator[Checked]:
    """Look how much is free where results and sound are kept, and whether it can be written to."""
    places = [("disk", Text("数据文件夹", "data folder"), folders.data_dir())]
    if settings.live.sound_folder:
        about = Text("录音文件夹", "sound folder")
        places.append(("sound", about, folders.sound_dir(settings.live.sound_folder)))
    for name, about, folder in places:
        there = next(one for one in (folder, *folder.parents) if one.is_dir())
        free = shutil.disk_usage(there).free
        hours = f"{free / _HOUR:,.0f}"
        found = Text(
            f"{folder}，空余 {free / _GB:.1f} GB，够 {hours} 小时录音",
            f"{folder}, {free / _GB:.1f} GB free, room for {hours} hours of sound",
        )
        if not os.access(there, os.W_OK):
            todo = Text(f"请让本用户能写 {there}。", f"Let this user write to {there}.")
            yield Checked(name, about, "fault", found, todo)
        elif free < _LITTLE:
            todo = Text(
                "请腾出空间；旧的可用 courtesy db purge 清理。",
                "Make room; courtesy db purge removes what is old.",
            )
            yield Checked(name, about, "fault" if free < _TOO_LITTLE else "warning", found, todo)
        else:
            yield Checked(name, about, "good", found)


def look_at_database(address: str | None) -> Iterator[Checked]:
    """Look whether the database can be used, is whole and is closed to other users.

    Args:
        address: as `--db` has it; None is the user's own, which need not be there yet.
    """
    about = Text("数据库", "database")
    try:
        from courtesy.store.opening import default_file, open_database
    except ModuleNotFoundError:
        todo = Text(
            "需要时：pip install 'courtesy[batch]'。", "If needed: pip install 'courtesy[batch]'."
        )
        yield Checked("database", about, "good", Text("没有安装", "not installed"), todo)
        return
    if address is None and not default_file().exists():
        yield Checked("database", about, "good", Text("还没有，用到时再建", "none yet"))
        return
    try:
        with open_database(address, make=False) as database:
            yield from _look_at(database, about)
    except CourtesyError as error:
        yield Checked("database", about, "fault", error.text)


def _look_at(database: "Database", about: Text) -> Iterator[Checked]:
    from courtesy.store.status import is_whole, latest, size

    where, now = database.url, database.revision()
    found = Text(f"{where}，版本 {now}", f"{where}, version {now}")
    if size(database) < _QUICKLY and not is_whole(database):
        todo = Text("请用最近的备份换下它。", "Put the latest backup in its place.")
        found += Text("（文件有损坏）", "(the file is damaged)")
        yield Checked("database", about, "fault", found, todo)
        return
    yield Checked("database", about, "good", found)
    yield from _closed(database.file)
    yield _clock(latest(database))


def _closed(file: Path | None) -> Iterator[Checked]:
    """See that other users of this machine cannot read what people said."""
    if file is None or os.name == "nt":  # there a user's folders are closed to others as they are
        return
    about = Text("数据库权限", "who can read the database")
    open_to = stat.S_IMODE(file.stat().st_mode) & _OTHERS
    if open_to:
        yield Checked(
            "permissions",
            about,
            "warning",
            Text(f"其他用户也能读 {file}", f"other users can read {file}"),
            Text(f"请运行 chmod 600 {file}。", f"Run chmod 600 {file}."),
        )
    else:
        yield Checked("permissions", about, "good", Text("只有本用户", "this user alone"))


def look_at_clock() -> Iterator[Checked]:
    """Look at the clock by itself, where there is nothing to compare it with."""
    yield _clock(None)


def _clock(latest: datetime | None) -> Checked:
    now = datetime.now(UTC).astimezone()
    return clock(now.replace(tzinfo=None), now.utcoffset() or timedelta(), latest)


def clock(now: datetime, offset: timedelta, latest: datetime | None) -> Checked:
    """Return what is to be said of a clock: days, hours and deadlines go by it.

    Args:
        now: by this machine, local.
        offset: of its time from UTC.
        latest: when the latest interaction in the store began, local; None if there is none.
    """
    about = Text("时钟", "clock")
    hours = offset / timedelta(hours=1)
    found = Text(*(f"{now:%Y-%m-%d %H:%M} UTC{hours:+g}",) * 2)
    made = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC).replace(tzinfo=None)
    if latest and latest > now + _SOON:
        ahead = f"{latest:%Y-%m-%d %H:%M}"
        found += Text(f"（但已有 {ahead} 的接待）", f"(but there is talk of {ahead})")
    elif now < made - timedelta(days=1):
        found += Text("（早于程序安装的日子）", "(before this program was installed)")
    elif offset != _HERE:
        todo = Text(
            "在中国请设为 UTC+8：日期、钟点和期限都按它算。",
            "In China set it to UTC+8: days, hours and deadlines go by it.",
        )
        return Checked("clock", about, "warning", found, todo)
    else:
        return Checked("clock", about, "good", found)
    todo = Text("请把时钟对准。", "Set the clock right.")
    return Checked("clock", about, "fault", found, todo)


def look_at_fonts() -> Iterator[Checked]:
    """See whether pages that are opened on this machine can show Chinese."""
    about = Text("中文字体", "Chinese fonts")
    known = _fonts()
    if known is None:
        yield Checked(
            "fonts", about, "good", Text("这台机器上看不出", "cannot be told on this machine")
        )
    elif known:
        yield Checked("fonts", about, "good", Text("有", "there"))
    else:
        yield Checked(
            "fonts",
            about,
            "warning",
            Text("没有", "none"),
            Text(
                "在这台机器上打开网页，汉字会是方框：请安装 fonts-noto-cjk。",
                "Pages opened on this machine show boxes: install fonts-noto-cjk.",
            ),
        )


def _fonts() -> bool | None:
    """Tell whether there is a Chinese font; None where that cannot be told."""
    system = platform.system()
    if system == "Windows":
        folder = Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"
        return any((folder / name).is_file() for name in _WINDOWS_FONTS)
    if system == "Darwin":
        return True  # PingFang comes with the system
    lister = shutil.which("fc-list")
    if lister is None:
        return None
    try:
        listed = subprocess.run(
            [lister, ":lang=zh", "family"], capture_output=True, timeout=_LISTING, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return bool(listed.stdout.strip())
