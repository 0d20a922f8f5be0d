"""People's names in what was said: after what announces one, before a title, and called out.

There is no list of all names. A name begins with a surname and has one or two more characters, and
something beside it says that it is one: 我叫, 姓名是, 女士, 请…到三号窗口, a question before it.
Words of the dictionary are none, unless they were announced.
"""

import functools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from courtesy.records import Span
from courtesy.text.tokens import dictionary

# Surnames of 百家姓 that are still met, without those that are everyday words by themselves
# (和 有 那 都 从 后 时 别 能 由 向 但 明 水 …); the double ones behind them.
SINGLE: Final = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛奚范"
    "彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余元顾"
    "孟平黄穆萧尹姚邵湛汪祁毛禹狄米贝臧计伏戴宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季贾路娄江童颜郭"
    "梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞万柯昝管卢房裘缪解应宗丁宣邓郁单杭洪包左石崔吉龚程邢裴"
    "陆荣翁荀甄曲封储靳段焦巴谷车侯全班仰宁仇栾甘厉祖武符刘景詹束龙叶幸司黎白蒲鄂赖卓蔺屠蒙池"
    "乔胥闻党翟谭劳姬申冉雍桑桂牛寿边扈燕冀浦尚农温柴瞿阎连习容古易慎戈廖庾终居衡耿满匡文寇广"
    "欧殳沃利蔚越巩聂晁辛阚简饶曾沙丰关游权覃岳帅佟佘肖代付闫邸芦苑鹿佀逯"
    "苟敖兰"
)
# Met now and then, and seldom a word's first character; only where a name is all but certain.
_RARE: Final = "麦区冼谯郦毋迟阮占仝亓逄宓厍阙鄢刁训邝莘笪谌仉苌隗夙揭滕粟战巫麻牟晏"
_DOUBLE: Final = (
    "欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "夏侯", "东方",
    "端木", "独孤", "南宫", "西门", "长孙", "宇文", "轩辕", "呼延", "闻人", "淳于", "申屠", "万俟",
)  # fmt: skip
_SURNAME: Final = f"(?:{'|'.join(_DOUBLE)}|[{SINGLE}])"
# What no given name has, as it is what people say next.
_NO_NAME: Final = (
    "的了吧啊呀吗呢嘛是在有我你您他她它们这那哪么不没去来到说请和跟给把被就都也还很着过个位"
)
_GIVEN: Final = f"(?:(?![{_NO_NAME}])[一-鿋])"
_NEVER: Final = -6.0  # of a character that no name has
_DOUBLE_WORTH: Final = 6.0
_SURNAMES: Final = re.compile(_SURNAME)
_STOP: Final = r"[\s，,。.！!？?；;：:、…—]"
_END: Final = rf"(?=$|{_STOP}|[的了吧啊呀吗呢嘛是在有我你您他她这那不没就和跟给到来去])"
_PART: Final = "(?:(?![叫姓名是的在我您你有请给找])[一-鿋])"
_DOTTED_END: Final = rf"(?=$|{_STOP}|[的了吧吗是在先女同本])"
_TITLES: Final = (
    "先生|女士|小姐|太太|师傅|同志|老师|阿姨|大爷|大妈|大姐|大哥|大叔|大娘|叔叔|奶奶|爷爷|伯伯|"
    "主任|科长|处长|局长|所长|院长|校长|站长|队长|班长|书记|经理|律师|法官|警官|医生|大夫|护士|教授|老板|"
    "文书|会计|出纳|组长|乡长|镇长|村长|支书|干事|姐(?![姐妹夫])|哥(?!哥)|嫂(?!子)|婶|姨"
)
_WHOSE: Final = (
    "我|他|她|孩子|儿子|女儿|老公|老婆|爱人|丈夫|妻子|父亲|母亲|爸爸|妈妈|人|员|名字|全名"
)
_PARTY: Final = (
    "姓名|名字|户主|法人代表|法定代表人|法人|联系人|经办人|代理人|申请人|收件人|持卡人|持证人|房主|业主|"
    "机主|车主|权利人|产权人|纳税人|经营者|承租人|出租人|登记人|户名|投保人|被保险人|受益人|借款人|担保人|"
    "原告|被告|当事人|监护人|患者|死者|逝者|被继承人|继承人|委托人|受托人|负责人|股东|收货人|寄件人|参保人|"
    "缴费人|收款人|付款人|存款人|新郎|新娘|男方|女方"
)
# After 是, or a pause, a given name may well be 来福.
_GIVEN_ANY: Final = "(?:(?![的了吧啊呀吗呢嘛是在我你您他她它们这那什怎谁啥])[一-鿋])"
# Of which Tibetan and Mongolian names are made.
_ELEMENTS: Final = (
    "扎西|次仁|卓玛|顿珠|多吉|平措|旺堆|旺姆|格桑|央金|尼玛|达瓦|巴桑|米玛|拉姆|罗布|丹增|索朗|洛桑|边巴|白玛|德吉|"
    "仁青|强巴|普布|曲珍|桑珠|贡布|乌云|其其格|巴特尔|乌兰|斯琴|高娃|娜仁|托娅|苏日|格日勒|萨仁|宝音|朝鲁|巴雅尔|呼和"
)
# After these a name is certain, whatever its characters.
_ANNOUNCED: Final = (
    re.compile(
        rf"(?:(?:{_WHOSE})的?(?:名字|全名)?(?:叫做?|叫作)|(?:{_PARTY})(?:是|叫|为|写|填|[:：,，\s]){{0,3}})"
        rf"(?P<name>{_SURNAME}(?!{_TITLES})·?{_GIVEN}{{1,2}}?){_END}"
    ),
    re.compile(
        rf"(?:{_PARTY})(?:是|叫|写的?(?:是)?|[:：,，\s])?(?P<name>{_SURNAME}(?!{_TITLES}){_GIVEN_ANY}{{1,2}}?)"
        rf"(?={_STOP}|$|对吧|是吧|对不对|本人|您)"
    ),
    # 姓名是CHEUNG KA MING
    re.compile(
        r"(?:姓名|名字|英文名|拼音)(?:是|叫|写的?是?|[:：\s])*(?P<name>[a-z]{2,}(?:\s[a-z]{2,}){0,3})"
    ),
    # 羿是后羿射日的那个羿; 哪个者，作者的者
    re.compile(
        rf"(?:^|{_STOP})(?P<name>(?P<it>[一-鿋]))是[一-鿋]{{2,6}}的(?:那个)?(?P=name)(?={_STOP}|$)"
    ),
    re.compile(r"哪个(?P<name>[一-鿋])(?=[，,？?][一-鿋]{1,4}的(?P=name))"),
    # 请问是敖登高娃女士吗: before a form of address, whatever its characters
    re.compile(
        r"(?:请问|您|你)(?:是|就是)(?P<name>(?![不在这那谁哪])[一-鿋]{2,4}?)(?=(?:女士|先生|同志|师傅|阿姨)(?:吗|吧|对|是|[，,。?？]|$))"
    ),
    # 买买提·艾力: nothing else is written so.
    re.compile(rf"(?P<name>{_PART}{{1,7}}(?:[·•・]{_PART}{{1,7}}?)+){_DOTTED_END}"),
    re.compile(rf"(?:免贵|敝)?姓(?!名|氏)(?:是)?(?P<name>{_SURNAME}|{_GIVEN}(?={_STOP}|$))"),
    # 她叫兰希: a name without a surname of ours.
    re.compile(rf"(?:{_WHOSE})(?:叫|名叫)(?P<name>(?!什么){_GIVEN}{{2,3}})(?={_STOP}|$)"),
    # 方向的向: how a character is told from those that sound like it.
    re.compile(
        rf"(?=[一-鿋]{{0,2}}(?P<name>(?![我你您他她它])[一-鿋])[一-鿋]{{0,2}}的(?P=name)(?:{_STOP}|$|字))"
        r"[一-鿋]{1,4}的(?P<it>(?P=name))"
    ),
    re.compile(rf"(?P<name>(?:{_ELEMENTS}){{2,3}})"),
)
# 麦嘉欣，电话一三零…; 普文斌，彝族: who tells of himself begins with his name.
_TELLS_OF: Final = re.compile(
    rf"(?:^|{_STOP})(?:嗯|我叫?|我自己|[他她]叫|是)?(?P<name>(?![姓就哦我不他她那这叫])[一-鿋](?!{_TITLES}){_GIVEN_ANY}{{1,5}}?)[，,\s]"
    r"(?=住|男[，,]|女[，,]|(?P<people>[汉满回藏苗彝壮侗瑶白傣]|蒙古|维吾尔|哈萨克|朝鲜|土家|布依)族"
    r"|(?:我?的?(?:电话|手机|身份证|证件号?|证号|户号|社保号))|[0-9零〇一二三四五六七八九幺]{3,}"
    r"|[0-9零〇一二三四五六七八九幺]{2}年|民国|[一-鿋]{2,4}[省市区县镇乡](?!里|上)[一-鿋])"
)
_FAMILIAR: Final = re.compile(
    rf"(?:(?<![一-鿋])|(?<=[找让叫给跟和请帮是问警事]))[小老](?P<name>[{SINGLE}])"
)
# 小曲，叫下一个; 跟小楼说: words elsewhere, names where somebody is spoken to or of.
_SPOKEN_TO: Final = re.compile(
    rf"(?:^|{_STOP})小(?P<name>[{SINGLE}])(?=[，,])|(?:[跟找叫]小|主是小)(?P<of>[{SINGLE}])(?={_STOP}|$|说)"
)
# 小名叫糖糖, 人家就叫方便; 强强，你给妈: whatever the characters, and twice the same.
_GIVEN_OUT: Final = re.compile(
    rf"(?:小名|大名|本名|奶名|人家|名字)(?:就|也)?叫(?P<name>(?!什么|啥){_GIVEN_ANY}{{2,3}}?)(?={_STOP}|$)"
)
_CALLS: Final = re.compile(
    rf"(?:^|{_STOP})(?:他|她|我)?叫(?P<name>(?!什么|啥|号|停|下|一下){_GIVEN_ANY}{{2,4}}?)(?={_STOP}|$)"
)
_TWICE: Final = re.compile(
    r"(?:^|[，,。\s])(?P<name>(?![哦对嗯好是行唉哎喂啊呀噢哈])([一-鿋])\2)(?=[，,])"
)
_TITLE: Final = re.compile(_TITLES)
_TITLED: Final = re.compile(rf"(?P<name>{_SURNAME}{_GIVEN}{{0,2}}?)(?={_TITLES})")
# Where somebody is often named, beside the ends of a clause.
_BEFORE: Final = re.compile(
    rf"(?:^|{_STOP}|请|叫|找|让|通知|麻烦|是|替|帮|代|给|为|和|跟|与|及|对|问|由|姓名|名字|户主|我|他|她|您|你"
    r"|老公|老婆|爱人|丈夫|妻子|配偶|儿子|女儿|父亲|母亲|爸爸?|妈妈?|哥哥?|姐姐?|弟弟?|妹妹?|同事|邻居|朋友"
    r"|媳妇|老伴|爷爷|奶奶|外公|外婆|姥姥|姥爷|孙子|孙女|外孙|外甥|侄子|侄女|嫂子|女婿|岳父|岳母|公公|婆婆|闺女|娃娃|舅舅|姑姑|叔叔|改|成|上写的)$"
)
_AFTER: Final = re.compile(
    rf"$|{_STOP}|本人|[吗吧呢啊在到来去上的和跟与您你]|同志|先生|女士|过来|已经|办|交|领|取|签|说|要|有|没|也|就|把"
)
# How surnames are told from those that sound like them.
SPELT: Final = (
    "弓长|木子|立早|口天|耳东|古月|言午|双木|三横|草头|走肖|干勾|人可|十八子|立刀|女又|双人|单人"
)
_TOLD: Final = re.compile(r"[一-鿋]{1,4}的([一-鿋])")
_RUN: Final = re.compile(
    r"(?:(?=[一-鿋]{0,2}([一-鿋])[一-鿋]{0,2}的\1)[一-鿋]{1,4}的[一-鿋][，,、\s]?){2,3}"
)
# Whoever is asked this answers with a name.
ASKED: Final = re.compile(
    r"叫什么|什么名字|怎么称呼|贵姓|(?:姓名|名字)(?:是|呢|[?？。，,]|$)|"
    r"(?:户主|法人|联系人|经办人|业主)是(?:谁|哪位)|哪位"
)
_ANSWER: Final = re.compile(
    r"^(?:嗯|啊|哦|对|是|我|叫|姓|就是|那个|[，,。\s])*"
    rf"(?P<name>(?<=姓){_SURNAME}|{_SURNAME}(?!{_TITLES}){_GIVEN}{{1,2}}?){_END}"
)
# How often the dictionary has seen a word that is no name, whatever its characters.
_COMMON: Final = 10
# Natural logarithm of how much likelier characters are in a name, from which on they are one where
# people are named, and anywhere; see `tests/bench/personal.py`.
_NAMED, _CERTAIN = 0.0, 6.5
_ALONE, _LIKELY = {1: 3.0, 2: 1.5}, {1: 4.0, 2: 2.5}  # by the characters of the given name
_CALLED: Final = re.compile(rf"(?:{_WHOSE})叫$")
_OPENS, _CLOSES = (
    re.compile(rf"(?:^|{_STOP}|[0-9零一二三四五六七八九])$"),
    re.compile(rf"$|{_STOP}"),
)
_UNUSUAL: Final = -3.0  # of characters that hardly any name has
_MEASURED: Final = re.compile("[一二两三四五六七八九十几这那每半办开打填交拍贴复印0-9]$")  # 办张卡
_MEASURES: Final = frozenset("张段支单车包")


def names(text: str, *, asked: bool = False) -> Iterator[Span]:
    """Yield where people are named.

    Args:
        text: of one script and one width.
        asked: whether somebody was just asked for a name.
    """
    yield from _announced(text)
    yield from _spoken_of(text)
    yield from _familiar(text)
    for hit in _TITLED.finditer(text):
        if _begins(text, hit.start("name")) and _titled(hit["name"]):
            yield Span(*hit.span("name"))
    answer = _ANSWER.match(text) if asked else None
    if answer:
        yield Span(*answer.span("name"))
    yield from _unannounced(text)


def _announced(text: str) -> Iterator[Span]:
    """Yield names that what stands before them makes certain."""
    for pattern in (*_ANNOUNCED, _GIVEN_OUT):
        for hit in pattern.finditer(text):
            yield Span(*hit.span("it" if "it" in hit.groupdict() else "name"))


def _spoken_of(text: str) -> Iterator[Span]:
    """Yield names by where they stand, if they are no words."""
    for hit in _TELLS_OF.finditer(text):
        if hit["people"] or _may_be_one(hit["name"]):
            yield Span(*hit.span("name"))
    for pattern in (_CALLS, _TWICE):
        for hit in pattern.finditer(text):
            if not _is_word(hit["name"]):
                yield Span(*hit.span("name"))


def _familiar(text: str) -> Iterator[Span]:
    """Yield 小王 and 老杨."""
    for hit in _FAMILIAR.finditer(text):
        begins = hit.start("name")
        # 小康 and 老房子 name nobody.
        if not (_is_word(hit.group()) or _is_word(text[begins : begins + 2])):
            yield Span(begins - 1, hit.end("name"))
    for hit in _SPOKEN_TO.finditer(text):
        start, end = hit.span("name" if hit["name"] else "of")
        yield Span(start - 1, end)


def _unannounced(text: str) -> Iterator[Span]:
    """Yield what looks like a name by its characters, and stands where one may."""
    if not _SURNAMES.search(text):
        return
    edges = {0, *(end for _, _, end in dictionary().tokenize(text, HMM=False))}
    at = 0
    while hit := _SURNAMES.search(text, at):
        start = hit.start()
        found = [
            end for end in (start + 4, start + 3, start + 2) if _is_name(text, start, end, edges)
        ]
        if found:
            yield Span(start, found[0])
        at = found[0] if found else start + 1


def _is_name(text: str, start: int, end: int, edges: set[int]) -> bool:
    name = text[start:end]
    surname = name[:2] if name.startswith(_DOUBLE) else name[0]
    given = name[len(surname) :]
    if not 1 <= len(given) <= 2 or end > len(text) or not {start, end} <= edges:
        return False
    if not re.fullmatch(f"{_GIVEN}+", given):
        return False
    if _TITLE.match(text, start + len(surname)) or text[max(0, start - 1) : start] in {"老", "小"}:
        return False
    before = text[:start]
    if name.startswith("王八") or (surname in _MEASURES and _MEASURED.search(before)):
        return False
    known = _likelihoods()
    score = known["surnames"].get(surname, _DOUBLE_WORTH if len(surname) > 1 else _NEVER)
    score += sum(known["given"].get(char, _NEVER) for char in given)
    # 高兴 and 方便面 are words; 吴国 is one as well, and 吴国栋 is none.
    word = len(surname) == 1 and _is_word(name[:2])
    alone = bool(_OPENS.search(before) and _CLOSES.match(text, end))
    if word:
        return alone and len(given) == 2 and score >= _LIKELY[1]
    least = _CERTAIN
    if _CALLED.search(before):
        least = _NAMED
    elif alone:
        least = _ALONE[len(given)]
    elif _BEFORE.search(before) and _AFTER.match(text, end):
        least = _LIKELY[len(given)]
    return score >= least


def _may_be_one(name: str) -> bool:
    """Tell whether characters may be a name: 邮政储蓄 is made of words; 万年 is one in 池万年."""
    if re.fullmatch(f"(?:{_SURNAME}|[{_RARE}])..?", name):
        return not _is_word(name)
    return not any(_is_word(name[at:end]) for at in range(len(name)) for end in (at + 2, at + 3))


def _titled(name: str) -> bool:
    """Tell whether what stands before a title is a name: 项目 of 项目经理 is none."""
    known = _likelihoods()
    given = name[2 if name.startswith(_DOUBLE) else 1 :]
    usual = all(known["given"].get(char, _NEVER) > _UNUSUAL for char in given)
    return not given or (usual and not _is_word(name))


def of_surname(text: str, surname: str) -> Iterator[Span]:
    """Yield names that begin with a surname that was told: 姓季, …, 季明."""
    whole = rf"(?:^|{_STOP})({surname}(?!{_TITLES}){_GIVEN}{{1,2}})(?={_STOP}|$)"
    own = rf"{whole}|({surname})(?={_TITLES})"
    for hit in re.finditer(own, text):
        yield Span(*hit.span(1 if hit[1] else 2))


def spelt(text: str) -> Iterator[str]:
    """Yield names of which each character was told: 方向的向，红色的红 is 向红."""
    for run in _RUN.finditer(text):
        yield "".join(hit[1] for hit in _TOLD.finditer(run.group()))


def _begins(text: str, start: int) -> bool:
    """Tell whether a surname begins something of its own: 安 of 保安先生 does not."""
    return start == 0 or not _is_word(text[start - 1 : start + 1])


def _is_word(text: str) -> bool:
    return int(dictionary().FREQ.get(text) or 0) >= _COMMON


@functools.cache
def _likelihoods() -> dict[str, dict[str, float]]:
    """Return how much likelier characters are in names, natural logarithm; see `fit_names.py`."""
    file = Path(__file__).with_name("names.toml")
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return {name: table[name] for name in ("surnames", "given")}
