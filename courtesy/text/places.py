"""Where people live, their plates, mail addresses and days of birth, in what was said."""

import re
from collections.abc import Iterator
from typing import Final

from courtesy.records import PersonalKind, Span

_DIGIT: Final = "[0-9零〇一二三四五六七八九十百两幺]"
_FIGURE: Final = "[0-9零〇一二三四五六七八九]"
_PAUSE: Final = r"[，,、\s]?"
_NUMBER: Final = rf"(?:(?:{_DIGIT}|[a-z]){{1,6}}(?:[-—之杠]{_DIGIT}{{1,4}})?)"
_WORD: Final = r"(?:(?![，,。！!？?；;：:、的了吗吧在到是我您你去请就住写址改寄另套落以哪])[一-鿋])"
# A part of an address that only says which town or quarter it is in is nobody's own.
_REGION: Final = (
    rf"(?:{_WORD}{{2,5}}(?:省|自治区))?(?:{_WORD}{{2,4}}市)?(?:{_WORD}{{1,4}}[区县旗])?"
    rf"(?:{_WORD}{{1,4}}(?:镇|乡|街道))?"
)
_TOWN: Final = rf"(?:{_WORD}{{1,10}}?(?:[区县旗镇乡]|街道|苏木))"
_STREET: Final = rf"(?:{_WORD}{{1,10}}?(?:大道|大街|路|街|巷|弄|胡同|道|里|条|村|屯|庄|大队))"
_ESTATE: Final = (
    rf"(?:{_WORD}{{1,8}}?(?:小区|花园|家园|公寓|新村|社区|苑|佳园|嘉园|大厦|广场|山庄|名邸|公馆|商座"
    r"|小镇|府|城|湾))"
)
_HOUSE: Final = (
    rf"(?:第?{_NUMBER}(?:号楼|号院|号房|号铺面?|号|栋|幢|座|弄|生产队|组|社|队|排|单元|门|层|楼|室|户|房)"
    r"[甲乙丙丁]?)"
)
_BLOCK: Final = rf"(?:{_NUMBER}(?:号楼|号院|栋|幢|座|单元))"
_FIRST: Final = (
    rf"(?:第?{_NUMBER}(?:号楼|号院|号|栋|幢|座|弄|生产队|组|社|队|单元)(?:[甲乙丙丁]|之{_DIGIT})?)"
)
_FLAT: Final = (
    rf"(?:{_PAUSE}[a-z]?{_DIGIT}{{2,4}}(?:[-—]{_DIGIT}{{1,2}})?房?(?!{_DIGIT}))?"
    rf"(?:{_PAUSE}(?:平房|厂房|铺面|亭子间))?"
)
_ADDRESSES: Final = (
    # 建国路八十八号幸福家园三单元五零二, 麓山南路932号学府佳苑C区3栋
    rf"(?P<it>{_REGION}(?:{_STREET}(?:{_FIRST}|{_WORD}{{1,10}}?{_BLOCK})|{_ESTATE}(?:{_FIRST}|(?={_DIGIT}){_NUMBER}))"
    rf"(?:{_PAUSE}(?:{_WORD}|[a-z]){{0,10}}?{_HOUSE}){{0,5}}{_FLAT}(?:[东西南北]户)?)",
    # 荷桥村四社, 新河三组十一号, 新都大厦二十五门幺零零三: where the town or quarter is told, too
    rf"(?P<it>{_TOWN}(?:{_STREET}|{_ESTATE})"
    rf"(?:{_PAUSE}(?:{_STREET}|{_ESTATE}))?(?:{_PAUSE}(?:{_WORD}|[a-z]){{0,6}}?{_HOUSE})+{_FLAT})",
    rf"(?P<it>{_TOWN}(?:{_STREET}{_ESTATE}|{_WORD}{{1,6}}?村{_WORD}{{1,4}}组))",
    # 后洼村, 哈日楚鲁嘎查: a village of some town
    rf"(?P<it>{_TOWN}{_WORD}{{1,8}}?(?:村委会|村|屯|寨|嘎查|庄)"
    rf"(?:{_WORD}{{1,4}}(?:屯|寨|组))?)(?!民|委|干部|书记|镇)",
    # 绿园春城七期19栋东门802, 龙湖香醍11号楼1602
    rf"(?P<it>{_WORD}{{2,8}}{_BLOCK}(?:[东西南北]门)?{_PAUSE}{_DIGIT}{{3,4}})(?!{_DIGIT})",
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
    rf"(?:[我他她]|孩子|[宝娃]{{1,2}})是(?P<it>{_FIGURE}{{2}}年{_DAY})的",
    rf"(?P<it>{_DIGIT}{{1,3}}月{_DIGIT}{{1,3}}[日号]?)(?=出生|生的|的?生日)",
    rf"(?:生日|出生日期|出生年月日?|出生)(?:是|在|[:：，,\s]|农历|阴历|阳历|公历)*(?P<it>(?:{_FIGURE}{{2,4}}年)?{_DAY}"
    rf"|{_FIGURE}{{2,4}}年|\d{{4}}[-./]\d{{1,2}}[-./]\d{{1,2}})",
)
# Where somebody's birth is spoken of, every date is taken for it, of the moon's year as well.
BORN: Final = re.compile(
    r"出生|生日|哪年的?|[几多]大(?!厅)|多大[了岁]?|岁数|年龄|属[鼠牛虎兔龙蛇马羊猴鸡狗猪]|农历|阴历|阳历|公历"
    r"|[腊冬正]月|腊八|冬至|小年|生的|几几年|周岁|虚岁"
)
_MONTH: Final = rf"(?:{_DIGIT}{{1,2}}|[正腊]|十?冬)月份?"
_DATE: Final = rf"{_MONTH}(?:里|的|[，,])?(?:初(?:{_DIGIT})?|廿|底|半)?{_DIGIT}{{0,3}}[日号]?"
_FESTIVAL: Final = "腊八|冬至|小年|端午|中秋|七月半|除夕|元宵|重阳"
_BIRTHS_TOLD: Final = (
    rf"(?<!{_FIGURE})(?P<it>(?:19|20|一九|二零|二〇|两零)?{_FIGURE}{{2}}(?:年|的(?=[，,]))"
    rf"(?:的|[，,]|属.的?那年|农历|阴历|阳历|正好|今年)*(?:{_DATE}|(?:{_FESTIVAL}))?)",
    rf"(?<!{_DIGIT})(?P<it>(?:[今去]年)?{_MONTH}(?:(?:[，,]?初|廿)?{_DIGIT}{{1,3}}[日号]?|[底半初]))(?!个|工作)",
    rf"(?<!{_FIGURE})(?P<it>{_FIGURE}{{2}}年)的(?=[，,。]|$)",
    r"(?P<it>\d{2,4}年\d{1,2}月\d{1,2}[日号]?)",
)
# What else happens on a day, and is told with it.
_OTHERWISE: Final = re.compile(
    r"[日号]?(?:入伍|当兵|参军|退伍|入党|本科|大专|毕业|上学|参加|上班|退休|结的?婚|离的?婚|去世|走的|死的|认证"
    r"|交的|买的|办的|领的|发的|批的|建的|盖的|回来|丢过|补过|截止|[以之]前|[以之]后|开始|到期|那批|底前|就报|报的)"
)
_PLATE: Final = (
    "(?P<it>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
    r"[·\s]?[a-z][·.\s，,]?(?:[0-9a-z零一二三四五六七八九幺洞拐两][\s，,]?){4,5}"
    "[0-9a-z零一二三四五六七八九幺洞拐两学警挂])"
)
_MAIL: Final = r"(?:[a-z0-9._%+-]|\s|点|下?杠|下划线|小写|大写|加|[，,]|[零〇一二三四五六七八九幺])"
_EMAIL: Final = (
    rf"(?P<it>(?![\s，,加点]){_MAIL}+(?:@|艾特|圈a|(?<=[\s，,0-9零〇一二三四五六七八九幺])at(?=[\s，,]?)"
    rf"|(?<=[0-9零〇一二三四五六七八九幺])at){_MAIL}*?(?:新浪|网易|搜狐)?{_MAIL}*?(?:com|cn|net|org)(?:[.点]cn)?)"
)
_SPELT_OUT: Final = (
    # t i a n杠ma六六三八; w r小写: letters one by one
    r"(?<![a-z])(?P<it>[a-z](?:小写|大写)?(?:[\s，,]+[a-z](?:小写|大写)?){2,}"
    r"(?:[\s，,]*(?:杠|点|下划线|加)?[\s，,]*[a-z0-9零〇一二三四五六七八九幺]{1,8})*)"
)
_ACCOUNTS: Final = (
    r"(?:微信|qq)号?(?:是|[:：\s])*(?P<it>[a-z][a-z0-9_-]{4,19}|\d{5,12})",
    r"(?<![a-z0-9_])(?P<it>[a-z]{1,12}_[a-z0-9_]{3,})",
    r"(?<![a-z0-9])(?P<it>[a-z]{1,2}\d{7,9})(?!\d)",  # passports and permits
)
_ALL: Final[tuple[tuple[PersonalKind, tuple[str, ...]], ...]] = (
    ("address", _ADDRESSES),
    ("plate", (_PLATE,)),
    ("email", (_EMAIL, _SPELT_OUT)),
    ("number", _ACCOUNTS),
    ("birth", _BIRTHS),
)
_PATTERNS: Final = tuple((kind, re.compile(one)) for kind, some in _ALL for one in some)
_TOLD: Final = tuple(("birth", re.compile(one)) for one in _BIRTHS_TOLD)


def places(text: str, *, born: bool = False) -> Iterator[tuple[Span, PersonalKind]]:
    """Yield where an address, a plate, a mail address or a day of birth stands.

    Args:
        text: of one script and one width, in small letters.
        born: whether somebody's birth is spoken of.
    """
    for kind, pattern in (*_PATTERNS, *(_TOLD if born else ())):
        for hit in pattern.finditer(text):
            if hit["it"] and not (kind == "birth" and _OTHERWISE.match(text, hit.end("it"))):
                yield Span(*hit.span("it")), kind
