"""Numbers that belong to somebody, typed or spoken: 13800138000, 幺三八零零幺三八零零零.

A number is told by its digits and by what it is called before it (尾号, 验证码). What people say at
a counter is seldom heard without a fault, so a long run of digits is taken for a number of
somebody's even where its check digit does not fit; hotlines, dates, prices and turns are not.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from courtesy.records import PersonalKind, Span

# 幺, 洞, 拐 and 两 are digits where others stand beside them; 妖 is how 幺 is sometimes heard.
_VALUES: Final = {
    **{char: str(value) for value, char in enumerate("零一二三四五六七八九")},
    **{char: str(value) for value, char in enumerate("0123456789")},
    "〇": "0", "○": "0", "幺": "1", "妖": "1", "洞": "0", "拐": "7", "两": "2",
}  # fmt: skip
_DIGIT: Final = f"[{''.join(_VALUES)}]"
# Between the groups of a number that somebody reads out: pauses, and what is said in them.
_BETWEEN: Final = r"(?:[\s\-–—·.,，、。…]|嗯|呃|啊|然后|后面是|再是|横杠?|杠){0,4}"
_RUN: Final = re.compile(f"{_DIGIT}(?:{_BETWEEN}{_DIGIT})*(?:{_BETWEEN}(?:x|叉|埃克斯))?")
# What is counted or measured is nobody's number, nor is a day or a time.
_LAST_GROUP: Final = re.compile(rf"[，,。、；\s]+{_DIGIT}{{1,3}}$")
_COUNTED: Final = re.compile(
    r"\s*(?:多)?(?:元|块|万|亿|千|百|十|平方|平米|人次|人|%|％|个|点|月|日|周|天|小时|分钟|公里|米|度)"
)
_DAY: Final = re.compile(r"(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:[0-2]?\d|3[01])(?!\d)")
_HOTLINE: Final = re.compile(r"1(?:00\d\d|0086\d?|1\d|2\d|2\d{3}|6\d{3})|9[56]\d{3,4}|[48]00\d{7}")
LONG: Final = 7  # digits from which on a run is a number
_CERTAIN: Final = 11  # digits from which on it is no price
_CALLED: Final = re.compile(
    r"(?:尾[号数]|最后[几两三四]?位?|[前后末][面头]?[一两二三四五六]位数?|后[面头](?=是)|编号|代码|验证码|密码|卡号|证号|证件号码?|身份证号?码?|手机号?码?|"
    r"电话号?码?|座机|账号|账户|户号|社保号|医保号|公积金号|车牌号?|学号|工号|微信号?|"
    r"(?i:qq)号?)(?:码)?(?:是|为|写|填|就是|吗|呢|要不要|多少|[:：,，。?？\s]){0,4}$"
)
_LEAD: Final = re.compile(
    r"(?:(?<![a-z0-9])[a-z]{1,4}\s?|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼])$"
)
_SHORT: Final = 4  # digits that are one where it is called so
# The end of a number that was told before: two digits say which of some it is.
_END_OF: Final = re.compile(
    r"(?:尾[号数]|最后[几两三四]?位?|[后末][面头]?[两三]位数?)(?:是|为|[:：，,\s])*$"
)
_SHORTEST: Final = 2
_NAMED_END: Final = re.compile("[的]?(?:结尾|开头|打头)")
# GZF杠二零二一杠零七七四, 九幺三七零二零二MA三DK七二: letters and digits by turns.
_MIXED: Final = re.compile(
    rf"(?<![a-z])(?:[a-z]|{_DIGIT})(?:(?:\s|[，,.\-]|杠|加)?(?:[a-z]|{_DIGIT}))+"
)
_MANY, _SOME = (1, 5), (2, 3)  # letters and digits from which on it is somebody's
_WORDS: Final = re.compile(r"app|ok|qq|pos|atm|pdf|vip|etc|wifi|ukey|cpu|lpr|ems|word|excel")
# 佛人社工受，二零二四，四零七八; 退字第零九四幺三六六号: of a file or a paper.
_FILED: Final = re.compile(
    rf"(?:(?:{_DIGIT}\s?){{4}}[，,\s]?)?(?:(?![号是了])[一-鿋0-9]){{0,8}}?(?:字|不动产权|民初|刑初|行初|工受|受理?|预|健|报|第)"
    rf"(?:[第，,\s]|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼])*(?:{_DIGIT}\s?){{3,}}"
    rf"(?:[，,\s]+{_DIGIT}{{2,}})*号?"
)
_OF_PAPER: Final = 5  # digits, or four with 字 or 第
_CALL_LENGTH: Final = 16
_AREA: Final = re.compile(r"0(?:10|2\d|[3-9]\d\d)")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"


class Run(NamedTuple):
    """Digits that were read out one after the other.

    Attributes:
        span: in the text.
        digits: as figures; an X may end them.
    """

    span: Span
    digits: str


def is_identity(digits: str) -> bool:
    """Tell whether digits are an identity number, by the check digit of GB 11643-1999.

    >>> is_identity("11010519491231002X"), is_identity("110105194912310021")
    (True, False)
    """
    if not re.fullmatch(r"[1-8]\d{16}[\dX]", digits):
        return False
    total = sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == digits[-1]


def is_card(digits: str) -> bool:
    """Tell whether digits are a bank card's number, by the Luhn digit of ISO/IEC 7812-1.

    >>> is_card("6222020200112233"), is_card("6222020200112230")
    (False, True)
    """
    if not re.fullmatch(r"\d{13,19}", digits):
        return False
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + at % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def runs(text: str) -> Iterator[Run]:
    """Yield the digits of a text that stand together, pauses left out.

    Args:
        text: of one script and one width, in small letters.
    """
    at = 0
    while hit := _RUN.search(text, at):
        day = _DAY.match(text, hit.start())
        at = day.end() if day else hit.end()
        if day:
            continue
        end = _end(text, hit)
        digits = "".join(_VALUES.get(char, "") for char in text[hit.start() : end])
        if text[end - 1] in "x叉斯":
            digits += "X"
        yield Run(Span(hit.start(), end), digits)


def _end(text: str, run: re.Match[str]) -> int:
    """Return where digits end; of 04462，五个工作日 the last is another number."""
    last = _LAST_GROUP.search(run.group()) if _COUNTED.match(text, run.end()) else None
    return run.start() + last.start() if last else run.end()


def kind_of(digits: str) -> PersonalKind:
    """Return what a number of somebody's is, as far as its digits tell."""
    if is_identity(digits):
        return "identity"
    if re.fullmatch(r"(?:86)?1[3-9]\d{9}", digits):
        return "phone"
    if is_card(digits):
        return "card"
    if _AREA.match(digits) and 10 <= len(digits) <= 12:
        return "phone"
    return "identity" if len(digits) in {15, 17, 18} else "number"


def numbers(text: str, *, told: bool = False) -> Iterator[tuple[Span, PersonalKind]]:
    """Yield what is a number of somebody's.

    Args:
        text: of one script and one width, in small letters.
        told: whether somebody was just asked for one, so that a few digits are one.
    """
    for run in runs(text):
        before = text[max(0, run.span.start - _CALL_LENGTH) : run.span.start]
        count = len(run.digits)
        counted = count < _CERTAIN and _COUNTED.match(text, run.span.end)
        if _HOTLINE.fullmatch(run.digits) or counted:
            continue
        called = count >= _SHORT and (told or _CALLED.search(before))
        called = called or (count >= _SHORT and _NAMED_END.match(text, run.span.end))
        called = called or (count >= _SHORTEST and _END_OF.search(before))
        if count >= LONG or called:
            # E七六四三幺零八二: a passport has a letter before its number.
            lead = _LEAD.search(text, 0, run.span.start)
            start = lead.start() if lead else run.span.start
            yield Span(start, run.span.end), kind_of(run.digits)
    yield from _mixed(text)


def _mixed(text: str) -> Iterator[tuple[Span, PersonalKind]]:
    """Yield numbers that have letters in them, or say of which file or paper they are."""
    for hit in _MIXED.finditer(text):
        end = _end(text, hit)
        said = text[hit.start() : end]
        letters = sum("a" <= char <= "z" for char in said)
        digits = sum(char in _VALUES for char in said)
        enough = any(letters >= some and digits >= many for some, many in (_MANY, _SOME))
        if enough and not _WORDS.search(said):
            yield Span(hit.start(), end), "number"
    for hit in _FILED.finditer(text):
        digits = sum(char in _VALUES for char in hit.group())
        if digits >= _OF_PAPER or (digits >= _SHORT and re.search("字|第", hit.group())):
            yield Span(*hit.span()), "number"
