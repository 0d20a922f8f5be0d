"""Where people live, their plates, mail addresses and days of birth, in what was said."""

import re
from collections.abc import Iterator
from typing import Final

from courtesy.records import PersonalKind, Span

_DIGIT: Final = "[0-9零〇一二三四五六七八九十百两幺]"
_FIGURE: Final = "[0-9零〇一二三四五六七八九]"
_PAUSE: Final = r"[，,、\s]?"
_NUMBER: Final = rf"(?:(?:{_DIGIT}|[a-z]){{1,6}}(?:[-—之杠]{_DIGIT}{{1,4}})?)"
_WORD: Final = r"(?:(?![，,。！!？?；;：:、的了吗吧在到是我您你去请就住写址])[一-鿋])"
# A part of an address that only says which town or quarter it is in is nobody's own.
_REGION: Final = (
    rf"(?:{_WORD}{{2,5}}(?:省|自治区))?(?:{_WORD}{{2,4}}市)?(?:{_WORD}{{1,4}}[区县旗])?"
    rf"(?:{_WORD}{{1,4}}(?:镇|乡|街道))?"
)
_STREET: Final = rf"(?:{_WORD}{{1,6}}?(?:大道|大街|路|街|巷|弄|胡同|道|里|条|村|屯|庄))"
_ESTATE: Final = (
    rf"(?:{_WORD}{{1,6}}?(?:小区|花园|家园|公寓|新村|社区|苑|佳园|嘉园|大厦|广场|山庄|名邸|府"
    r"|城|湾))"
)
_HOUSE: Final = rf"(?:{_NUMBER}(?:号楼|号院|号|栋|幢|座|弄|组|队|单元|门|层|楼|室|户))"
_BLOCK: Final = rf"(?:{_NUMBER}(?:号楼|号院|栋|幢|座|单元))"
_FIRST: Final = rf"(?:{_NUMBER}(?:号楼|号院|号|栋|幢|座|弄|组|队|单元)(?:之{_DIGIT})?)"
_FLAT: Final = rf"(?:{_PAUSE}{_DIGIT}{{2,4}}(?:[-—]{_DIGIT}{{1,2}})?房?(?!{_DIGIT}))?"
_ADDRESSES: Final = (
    # 建国路八十八号幸福家园三单元五零二, 麓山南路932号学府佳苑C区3栋
    rf"(?P<it>{_REGION}(?:{_STREET}(?:{_FIRST}|{_WORD}{{1,10}}?{_BLOCK})|{_ESTATE}(?:{_FIRST}|(?={_DIGIT}){_NUMBER}))"
    rf"(?:{_PAUSE}(?:{_WORD}|[a-z]){{0,10}}?{_HOUSE}){{0,5}}{_FLAT}(?:[东西南北]户)?)",
    # 三号楼二单元, 五栋六零一: two parts of a house say as much as a street does
    rf"(?P<it>{_BLOCK}(?:{_PAUSE}{_HOUSE})*{_PAUSE}{_NUMBER}(?:单元|室|户){_FLAT}"
    rf"|{_NUMBER}(?:栋|幢|座|号楼|号){_PAUSE}{_NUMBER}(?:室|户|单元)|{_BLOCK}{_PAUSE}{_DIGIT}{{3,4}})",
    r"(?:住在|家住|住址(?:是|在)?|地址(?:是|在|写|填)?|户口(?:在|是)|老家(?:在|是)|家在|寄到|送到)"
    rf"[，,：:\s]?(?P<it>{_REGION}(?:{_STREET}|{_ESTATE})?{_HOUSE}+|{_REGION}{_ESTATE})",
)
_DAY: Final = rf"(?:(?:农历|阴历)?{_DIGIT}{{1,3}}月份?(?:初?{_DIGIT}{{1,3}}[日号]?)?)"
_BIRTHS: Final = (
    # Years of the last century are of somebody's life; later ones of laws and forms as well.
    rf"(?P<it>(?:19|一九){_FIGURE}{{2}}年{_DAY}?)",
    rf"(?<!{_FIGURE})(?P<it>[3-9三四五六七八九]{_FIGURE}年{_DAY}?)(?!来|间|了|前|后|期)",
    r"(?<!\d)(?P<it>19\d\d[-./]\d{1,2}[-./]\d{1,2})(?!\d)",
    rf"(?P<it>(?:20|二零|二〇)?{_FIGURE}{{2}}年{_DAY}?)(?=出生|生的|生人|属|的?孩子|的?生日)",
    # Who was born since tells the whole day; laws of those years are seldom told so.
    rf"(?P<it>(?:20[01]|二[零〇][零〇一]){_FIGURE}年{_DIGIT}{{1,3}}月{_DIGIT}{{1,3}}[日号]?)",
    rf"(?P<it>民国{_DIGIT}{{1,3}}年)",
    rf"(?P<it>{_DIGIT}{{1,3}}月{_DIGIT}{{1,3}}[日号]?)(?=出生|生的|的?生日)",
    rf"(?:生日|出生日期|出生年月日?|出生)(?:是|在|[:：，,\s]|农历|阴历|阳历|公历)*(?P<it>(?:{_FIGURE}{{2,4}}年)?{_DAY}"
    rf"|{_FIGURE}{{2,4}}年|\d{{4}}[-./]\d{{1,2}}[-./]\d{{1,2}})",
)
_PLATE: Final = (
    "(?P<it>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
    r"[·\s]?[a-z][·.\s，,]?(?:[0-9a-z零一二三四五六七八九幺洞拐两][\s，,]?){4,5}"
    "[0-9a-z零一二三四五六七八九幺洞拐两学警挂])"
)
_MAIL: Final = r"(?:[a-z0-9._%+-]|\s|点|杠|[零〇一二三四五六七八九幺])"
_EMAIL: Final = (
    rf"(?P<it>(?!\s){_MAIL}+(?:@|艾特|(?<=\s)at(?=\s)){_MAIL}+?(?:com|cn|net|org)(?:[.点]cn)?)"
)
_ACCOUNTS: Final = (
    r"(?:微信|qq)号?(?:是|[:：\s])*(?P<it>[a-z][a-z0-9_-]{4,19}|\d{5,12})",
    r"(?<![a-z0-9])(?P<it>[a-z]{1,2}\d{7,9})(?!\d)",  # passports and permits
)
_ALL: Final[tuple[tuple[PersonalKind, tuple[str, ...]], ...]] = (
    ("address", _ADDRESSES),
    ("plate", (_PLATE,)),
    ("email", (_EMAIL,)),
    ("number", _ACCOUNTS),
    ("birth", _BIRTHS),
)
_PATTERNS: Final = tuple((kind, re.compile(one)) for kind, some in _ALL for one in some)


def places(text: str) -> Iterator[tuple[Span, PersonalKind]]:
    """Yield where an address, a plate, a mail address or a day of birth stands.

    Args:
        text: of one script and one width, in small letters.
    """
    for kind, pattern in _PATTERNS:
        for hit in pattern.finditer(text):
            if hit["it"]:
                yield Span(*hit.span("it")), kind
