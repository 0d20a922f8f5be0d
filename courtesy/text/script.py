"""Simplified and traditional script, by OpenCC plus what its stock tables get wrong.

`t2s` alone leaves 著 where it stands for 着 (忙著), and `tw2s` and `tw2sp` damage text that is
already simplified (什么 → 什幺, 程序 → 进程), so only `t2s` is used, with own rules behind it.

The converter walks a tree of Python objects for every line. Few lines hold a character that depends
on its neighbours (乾隆, 么麼); for the others its own characters, applied as one table, give
the same text thirty times as fast.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

# 著 is 着 except in words about writing and fame.
_ZHU = re.compile(r"(?<![土名原编巨译专论显卓昭彰拙遗])著(?![作名述者称录])")
# 拿著名片, 對著名單, 忙著作答: a verb before it, a noun or another verb after it.
_ZHU_VERB = re.compile("著(?=名[片单字额册])|(?<=[拿对看忙跟照顺接急])著(?=[作名])")
# Same length on both sides: positions must survive.
_VARIANTS = (
    (re.compile("甚(?=么)"), "什"),
    (re.compile("妳"), "你"),
    (re.compile("[囉罗啰](?=[嗦唆])"), "啰"),
    (re.compile("(?<=啰)唆"), "嗦"),
    (re.compile("週"), "周"),
    (re.compile("裏"), "里"),
    (re.compile("喫"), "吃"),
)
# A text without any of these is left alone by the rules above.
_OWN = re.compile("[著甚妳囉罗啰唆週裏喫]")
# Place names in which 乾 stays.
_QIAN = re.compile("乾(?=[安县縣陵坤隆清])")
# OpenCC's parse tree is recursive in places; pieces keep it shallow whatever the line's length.
_PIECE = 200


@functools.cache
def _converter(name: str) -> Any:
    from opencc import OpenCC

    return OpenCC(name)


@dataclass(frozen=True, slots=True)
class _Table:
    """OpenCC's own table for single characters, and when it is not enough.

    Attributes:
        simplified: for `str.translate`.
        depends: finds a text that OpenCC converts otherwise than character by character.
    """

    simplified: dict[int, str]
    depends: re.Pattern[str]


@functools.cache
def _table() -> _Table:
    single = {key: new for key, new in _entries("TSCharacters.txt") if len(key) == len(new) == 1}
    table = {ord(key): new for key, new in single.items() if key != new}
    depends = [
        key
        for key, new in _entries("TSPhrases.txt")
        if "".join(single.get(char, char) for char in key) != new
    ]
    # Characters with entries of another length are left to the converter too.
    depends += [key for key, new in _entries("TSCharacters.txt") if len(new) != len(key)]
    return _Table(table, re.compile("|".join(map(re.escape, depends))))


def _entries(name: str) -> Iterator[tuple[str, str]]:
    """Yield each text of one of OpenCC's dictionaries with what it prefers to make of it."""
    file = resources.files("opencc") / "dictionary" / name
    for line in file.read_text(encoding="utf-8").splitlines():
        key, _, values = line.partition("\t")
        if values:
            yield key, values.split(" ")[0]


def simplify(text: str) -> str:
    """Return `text` in simplified script, character for character: the length never changes.

    >>> simplify("請您看著這個窗口，什麼都別著急")
    '请您看着这个窗口，什么都别着急'
    >>> simplify("什么程序都在这份文件里")
    '什么程序都在这份文件里'
    >>> simplify("他的著作很著名")
    '他的著作很著名'
    """
    if text.isascii():
        return text
    table = _table()
    if table.depends.search(text) or _QIAN.search(text):
        pieces = (text[i : i + _PIECE] for i in range(0, len(text), _PIECE))
        out = "".join(_same_length("t2s", piece) for piece in pieces)
        for hit in _QIAN.finditer(text):
            out = out[: hit.start()] + "乾" + out[hit.end() :]
    else:
        out = text.translate(table.simplified)
    if not _OWN.search(out):
        return out
    out = _ZHU.sub("着", _ZHU_VERB.sub("着", out))
    for pattern, instead in _VARIANTS:
        out = pattern.sub(instead, out)
    return out


def traditionalize(text: str) -> str:
    """Return `text` in traditional script, for people who read that.

    >>> traditionalize("请问您要办什么业务")
    '請問您要辦什麼業務'
    """
    if text.isascii():
        return text
    return str(_converter("s2t").convert(text))


def _same_length(name: str, text: str) -> str:
    converted = str(_converter(name).convert(text))
    if len(converted) == len(text):
        return converted
    # A table entry of another length: go by single characters, and keep one where even that grows.
    return "".join(new if len(new := str(_converter(name).convert(c))) == 1 else c for c in text)
