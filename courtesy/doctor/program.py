"""Whether the program is whole: Python, libraries, settings, lists, the speech model."""

import platform
import re
import struct
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

from courtesy import __version__
from courtesy.config import Settings
from courtesy.doctor.checked import Checked
from courtesy.errors import CourtesyError, ModelError
from courtesy.folders import lexicon_dir, rubric_file
from courtesy.messages import Text

# Extras that only gather others.
GATHERING: Final = frozenset({"all", "test"})
_EXTRA: Final = re.compile(r"""extra\s*==\s*["']([\w-]+)["']""")
_BITS: Final = 64  # the libraries that hear come for no other processor
LIBRARIES: Final = Text("程序库", "libraries")


def look_at_program() -> Iterator[Checked]:
    """Look at Python and the libraries."""
    bits = struct.calcsize("P") * 8
    where = f"{platform.system()} {platform.release()} {platform.machine()}"
    yield Checked(
        "python",
        Text("程序", "program"),
        "good" if bits == _BITS else "fault",
        Text(
            *(f"courtesy {__version__}, Python {platform.python_version()} ({bits} bit), {where}",)
            * 2
        ),
        None if bits == _BITS else Text("请安装 64 位的 Python。", "Install a Python of 64 bits."),
    )
    needed = metadata.requires("courtesy") or ()
    yield _libraries(needed)
    yield _extras(needed)


def _libraries(needed: Sequence[str]) -> Checked:
    """Look at those that every command needs."""
    lacking = [why for one in needed if not _EXTRA.search(one) for why in lacks(one)]
    if lacking:
        return Checked(
            "libraries",
            LIBRARIES,
            "fault",
            Text(f"不合要求：{'；'.join(lacking)}", f"not as needed: {'; '.join(lacking)}"),
            Text("请运行 pip install --upgrade courtesy。", "Run pip install --upgrade courtesy."),
        )
    return Checked(
        "libraries", LIBRARIES, "good", Text("都在，版本合适", "all there, of fitting versions")
    )


def _extras(needed: Sequence[str]) -> Checked:
    """Look at what only some commands need; who does not use those need not have it."""
    lacking: dict[str, list[str]] = {}
    for one in needed:
        for extra in _EXTRA.findall(one):
            if extra not in GATHERING:
                lacking.setdefault(extra, []).extend(lacks(one))
    whole = sorted(extra for extra, why in lacking.items() if not why)
    others = sorted(extra for extra, why in lacking.items() if why)
    zh, en = "、".join(whole) or "无", ", ".join(whole) or "none"
    if not others:
        return Checked("extras", Text("可选部分", "optional parts"), "good", Text(zh, en))
    return Checked(
        "extras",
        Text("可选部分", "optional parts"),
        "good",
        Text(f"有 {zh}；没有 {'、'.join(others)}", f"{en}; without {', '.join(others)}"),
        Text(
            f"需要时：pip install 'courtesy[{others[0]}]'。",
            f"When one is needed: pip install 'courtesy[{others[0]}]'.",
        ),
    )


def lacks(requirement: str) -> Iterator[str]:
    """Yield what is wrong with one library, as a requirement of ours names it."""
    from packaging.requirements import Requirement

    wanted = Requirement(requirement)
    if wanted.name == "courtesy":  # one of our own parts, which is looked at by itself
        return
    if wanted.marker and not any(
        wanted.marker.evaluate({"extra": extra}) for extra in _EXTRA.findall(requirement) or [""]
    ):
        return
    try:
        version = metadata.version(wanted.name)
    except metadata.PackageNotFoundError:
        yield wanted.name
        return
    if not wanted.specifier.contains(version, prereleases=True):
        yield f"{wanted.name} {version} ({wanted.specifier})"


def look_at_lists(folders: Sequence[Path]) -> Iterator[Checked]:
    """Look at the lists and the rubric that would judge."""
    from courtesy.lexicon.load import load_lexicon
    from courtesy.scoring.rubric_file import load_rubric

    about = Text("词表和评分细则", "lists and rubric")
    try:
        lexicon = load_lexicon([lexicon_dir(), *folders])
        load_rubric(rubric_file("window"))
    except CourtesyError as error:
        yield Checked(
            "lists",
            about,
            "fault",
            error.text,
            Text("请运行 courtesy lexicon check。", "Run courtesy lexicon check."),
        )
        return
    many = len(lexicon.phrases)
    yield Checked("lists", about, "good", Text(f"{many} 条", f"{many} phrases"))


def look_at_model(settings: Settings) -> Iterator[Checked]:
    """Compare every file of the speech model with its checksum."""
    from courtesy.speech.models import locate, verify

    about = Text("语音模型", "speech model")
    try:
        folder = locate(settings.speech.model)
        verify(folder)
    except ModelError as error:
        # What to do is in the error's own sentence.
        yield Checked("model", about, "fault", error.text)
    else:
        yield Checked(
            "model",
            about,
            "good",
            Text(f"{folder}，每个文件都对", f"{folder}, every file is right"),
        )


def look_at_processor() -> Iterator[Checked]:
    """See whether the processor can run a model well."""
    from courtesy.speech.device import abilities, physical_cores

    kinds, cards = abilities()
    cores = physical_cores()
    found = Text(
        f"{cores} 核，{'、'.join(kinds)}；显卡 {cards} 块",
        f"{cores} cores, {', '.join(kinds)}; {cards} CUDA devices",
    )
    whole = "int8" in kinds
    slow = cores < 2
    yield Checked(
        "processor",
        Text("处理器", "processor"),
        "good" if whole and not slow else "warning",
        found,
        None
        if whole and not slow
        else Text(
            "录音评得了；现场听请换两核以上、支持 int8 的机器。",
            "Recordings can be scored; at a counter use a machine of two cores or more with int8.",
        ),
    )


def shows_chinese(encoding: str | None) -> bool:
    """Tell whether a terminal can show every character of Chinese."""
    return (encoding or "").lower().replace("-", "").replace("_", "") in {"utf8", "gb18030"}


def look_at_terminal() -> Iterator[Checked]:
    """See whether this terminal shows Chinese, in either script."""
    encoding = sys.stdout.encoding
    fits = shows_chinese(encoding)
    yield Checked(
        "terminal",
        Text("终端", "terminal"),
        "good" if fits else "warning",
        Text(f"编码 {encoding}", f"encoding {encoding}"),
        None
        if fits
        else Text(
            "有的字会显示成问号。Windows 请先运行 chcp 65001，Linux 请用 UTF-8 的 locale。",
            "Some characters show as question marks. Run chcp 65001 first on Windows, or use a "
            "UTF-8 locale on Linux.",
        ),
    )
