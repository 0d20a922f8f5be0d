"""Simplified and traditional script, by OpenCC plus what its stock tables get wrong.

`t2s` alone leaves 著 where it stands for 着 (忙著), and `tw2s` and `tw2sp` damage text that is
already simplified (什么 → 什幺, 程序 → 进程), so only `t2s` is used, with own rules behind it.
"""

import functools
import re
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
# Place names in which 乾 stays.
_QIAN = re.compile("乾(?=[安县縣陵坤隆清])")
# OpenCC's parse tree is recursive in places; pieces keep it shallow whatever the line's length.
_PIECE = 200


@functools.cache
def _converter(name: str) -> Any:
    from opencc import OpenCC

    return OpenCC(name)


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
    pieces = (text[i : i + _PIECE] for i in range(0, len(text), _PIECE))
    out = "".join(_same_length("t2s", piece) for piece in pieces)
    for hit in _QIAN.finditer(text):
        out = out[: hit.start()] + "乾" + out[hit.end() :]
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
