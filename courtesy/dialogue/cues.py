"""What an utterance tells of its place in a day: coming, leaving, calling, waiting, coming back.

The patterns are for words in one script and without marks, as `normalize` gives them; a recogniser
that hears one of two characters wrong leaves many of them standing, since each has several ways in.
Those that a boundary hangs on alone, calls above all, are looked for in the syllables as well.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from courtesy.dialogue.topics import topic_words
from courtesy.records import Match, Role, Seconds, Utterance
from courtesy.text.normalize import normalize
from courtesy.text.syllables import syllables

_SURE: Final = 0.8

# A number is called with 号; the recogniser writes it in digits or in characters.
_CALL: Final = re.compile(
    "^请?(下一[位个])?(群众|顾客|客户)?请?(?P<number>[a-z]?[零一二三四五六七八九十百幺〇0-9]{1,6})号"
    "(群众|顾客|客户|市民)?(在吗|在不在|请?(到|来|去)|请|$|[a-z]?[零一二三四五六七八九十百幺0-9]{1,6}号)"
)
# The machine's own sentence, with what a recogniser makes of its digits.
_ANNOUNCED: Final = re.compile("^请(?P<number>.{2,4})号(顾客|群众)?到.{1,2}号.{2}")
_LONGEST_CALL: Final = 20
_NEXT: Final = re.compile("(^|[^要等到给])下一[位个]|后面(的|那位)?(请)?(来|过来|上前)")
_FAREWELL: Final = re.compile(
    "再见|慢走|拜拜|走好|一路(平安|顺风)|请回吧|祝[您你]|收好|回见|(?<!不)走吧|挂了"
)
# A customer who has what was wanted, or has given up.
_LEAVES: Final = re.compile(
    "谢谢|多谢|感谢|麻烦[您你]了|辛苦|我(先|就|这就)?(走|回去|过去)|那我(先|就|去|明天|下午|改天|再)"
    "|算了|白跑|打扰你|耽误你|麻烦(你)?了|有事(我)?再|再来找|等.{0,2}消息|(要|先)回去|走了|留步|表扬|^(好吧|行吧|好嘞|知道了|明白了)|不用谢|不客气|别客气|应该的|没关系$"
)
_COMES: Final = re.compile(
    "^(您|你|两位|大家|同志|师傅|老师|领导|警官|阿姨|大妈)?.{0,3}(您|你|上午|下午|早上|中午|老师|师傅)好"
    "|^(小?同志|师傅|老师|领导|警官|小姐|姑娘|小伙子)($|[您你我请这那有在麻想能可劳])|^(请问|有人吗)"
)
_ASKED: Final = re.compile(
    "(要|需要|想|来|还)?办(理|点)?(什么|哪|啥)|什么事|有什么|(干嘛|干什么)的|咨询什么|^(说|讲)$|^(说吧|请讲|请坐|请说)"
    "|欢迎|请坐"
)
_WISH: Final = re.compile(
    "我(是|就是)?来(?!过)|[我来]想?(办|补|换|领|取|交|报|查|开|问|申请|登记|咨询|提取)|我(想|要)"
    "|(怎么|在哪儿?|是不是|可以|能)(办|补|换|领|交|报)|帮我(查|看|办)"
    "|^想|想(补|改|迁|拆|盖|替|让|问|立|存)|到期|我又?回来了|收到.{0,4}(短信|传票|通知)|短信(说|上)|(丢|没)了$|新办|头一回"
    "|^(替|给|帮)我|我(爸|妈|父亲|母亲|老伴|爱人|孩子|儿子|女儿)"
)
_WAITS: Final = re.compile(
    "稍等|稍候|等一?(下|会)|等等|等着|马上(来|回来)|我(先)?(去|来)?(查|看|问|录|核实|请示|找|接|拿|取|复印|打印)"
    "|我去|录入|打印|填(好|一下|完)|签(字|名|个)"
)
_GIVES_UP: Final = re.compile("算了|白跑|走了?$|我(去)?问(别人|.{2,4}[台处科])")
_ASKS: Final = re.compile(
    "[吗呢？?][。~ ]*$|什么[？?。]?$|多少[？?。]?$|(能不能|行不行|可不可以).{0,8}$"
)
_RETURNS: Final = re.compile(
    "久等|(查|办|填|签|印|盖|弄|录|拿|取|找|核实|复印|缴|交|写|问|看)(好|完|到|来|过)了?|^(好了|行了|可以了)|接着|继续|(说|讲)到"
    "|回来|刚才|给(您|你|我)"
)
_EXCUSES: Final = re.compile("久等|接着|继续|(说|讲)到哪|刚才(来|接|有)")
_ERRAND: Final = re.compile("^(好的?|行|嗯)?那?我(先|马上|就)?(去|回去|填好)")
# A clerk who goes to look says almost the same; where the role is not known, only what answers.
_ERRAND_ANSWERED: Final = re.compile("^(好的?|行|嗯)那?我(先|马上|就)?(去|回去|填好)")
_NEVER: Final = re.compile("(?!)")
_ERRANDS: Final = {"customer": _ERRAND, "unknown": _ERRAND_ANSWERED, "clerk": _NEVER}
_HOLDS: Final = re.compile("接一?(个|下)?.{0,2}电话|电话响|来电话|接一下")
_GOES_ON: Final = re.compile(
    "^(好(?!了)|嗯|对(?!不起)|是|有(?!人)|没|那|给|就|可|但|不(?!好意思)|行|哦|啊|还|都|这|谢谢|多谢|别客气)"
)
_PHONE: Final = re.compile(
    "来电|接通|这里是.{2,12}(办公室|中心|热线|窗口|科|处|局|台)|您拨打|(中心|窗口|热线|办公室|科|处|局).{0,4}请讲$|电话里"
    "|(工号|局|科|站|所|处|中心).{0,8}为您服务|服务热线|话务员"
)
_RECEIVER: Final = re.compile(
    "^(喂(?!.{0,4}(在听|听得))|[您你]好.{0,14}(热线|咨询台|客服)|.{0,6}热线)"
)
# Colleagues among themselves: how they address each other, and what they talk about.
_COLLEAGUES: Final = re.compile(
    "^(小|老)[\u4e00-\u9fff]{1,2}(帮|你|中午|下午|晚上)?|[张王李赵刘陈孙吴周杨黄]([姐哥]|主任|科长)|食堂|吃(什么|饭|午饭)"
    "|值班|换班|开会|培训|考勤|小结|红包|堵车|迟到|球赛|天气|下雨|空调|打印机|报修|重启|断网|奶茶|外卖"
    "|我家(孩子|那个)|你家|抢票|过节|衣服|订书机|考试|考得"
)

# By ear: the same in syllables, folded as `_by_ear` folds them, for words that were heard as others
# that sound like them. What is short enough to be said of many things is not among them.
_DIGIT: Final = "(?:lin|yi|er|san|suan|si|wu|liu|qi|ba|jiu|yao|bai)"
_NUMBER: Final = f"(?P<number>{_DIGIT} (?:{_DIGIT} |[a-z]+ (?={_DIGIT} ))+|(?<=qin ){_DIGIT} )"
_CALL_EAR: Final = re.compile(rf"^(?:qin )?{_NUMBER}(?:[a-z]+ )?(?:hao|hou)(?: zai(?: m[a-z]+)?)?$")
_ANNOUNCED_EAR: Final = re.compile(
    r"^(?P<number>(?:\S+ ){1,6}?)(?:hao|hou) (?:\S+ ){0,4}?dao (?:\S+ ){1,2}hao "
    r"(?:(?:cuan|suan|can|san|cen) (?:kou|kao|gou)|\S+ \S+ (?:de )?(?:ban li )?ye)"
)
_FAREWELL_EAR: Final = re.compile("zai jian$|man zou$|bai bai$|zou hao$")
_LEAVES_EAR: Final = re.compile("xie xie|bu yon (xie|xin|xian)$|bu ke qi|bie ke qi|ma fan ni le$")
_COMES_EAR: Final = re.compile("^(?:(?:nin|ni|nv|lin|sui|san wu|xia wu|zao san) hao)(?: |$)")
_ASKED_EAR: Final = re.compile(r"^(?:\S+ ){0,4}(?:ban|gan|fan)(?: li)? sen me$|qin zuo$")
_EXCUSES_EAR: Final = re.compile("jiu den|jie z(?:e|ao) (?:ban|lai|suo)|suo dao na")
_HOLDS_EAR: Final = re.compile(r"jie (?:\S+ ){0,3}dian hua")
_RECEIVER_EAR: Final = re.compile(
    r"^(?:ma )?wei(?! (?:sen|le|xin|san|suo|yi|fan|ci|ren)(?: |$))(?: \S+){1,6}$"
    r"|ze li si (?:\S+ ){1,6}fu wu|fu wu (?:re|ren|ze) xian|(?:re|ren) xian$|zi xun tai"
)


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance and what it tells.

    Attributes:
        id: of the utterance.
        role: who said it; "unknown" where that was only guessed.
        start: seconds.
        end: seconds; never before `start`.
        text: its words, normalized.
        words: topic words and their weights.
        voice: the voice vector; empty where none is known.
        number: the number that is called; "" for 下一位; None where nobody is called.
        farewell: says goodbye.
        leaves: thanks, gives up, or answers thanks.
        greets: greets as one who comes or is come to.
        asked: is asked what the business is.
        wish: says what the business is.
        waits: asks to wait, or sets about something that takes a while.
        asks: ends in a question.
        returns: comes back to what was begun.
        excuses: excuses a break, or takes up what was broken off.
        errand: a customer sets off to fetch or do something.
        goes_on: begins as an answer begins.
        holds: is about to answer the telephone.
        phone: speaks as on a telephone.
        colleagues: speaks as colleagues do.
    """

    id: int
    role: Role
    start: Seconds
    end: Seconds
    text: str
    words: Mapping[str, float]
    voice: tuple[float, ...]
    number: str | None
    farewell: bool
    leaves: bool
    greets: bool
    asked: bool
    wish: bool
    waits: bool
    asks: bool
    returns: bool
    excuses: bool
    errand: bool
    goes_on: bool
    holds: bool
    phone: bool
    colleagues: bool


def read(utterances: Sequence[Utterance], matches: Iterable[Match]) -> tuple[Said, ...]:
    """Read the cues of every utterance.

    Args:
        utterances: of one recording, in order of time; one without times stands where the one
            before it ended.
        matches: of the same utterances.
    """
    lists: dict[int, set[str]] = {}
    for match in matches:
        if match.confidence >= _SURE:
            lists.setdefault(match.utterance, set()).add(match.list)
    found, clock = [], 0.0
    for utterance in utterances:
        start = clock if utterance.start is None else utterance.start
        end = max(start, start if utterance.end is None else utterance.end)
        clock = max(clock, end)
        found.append(_said(utterance, start, end, lists.get(utterance.id, set())))
    return tuple(found)


def called(text: str) -> str | None:
    """Return the number that is called, "" for 下一位, None where nobody is called.

    >>> called("请零三七号到三号窗口"), called("下一位"), called("我是三号来的")
    ('零三七', '', None)
    >>> called("请灵酸二号道五号窗口")  # heard wrong
    'qin lin suan er'
    """
    call = _CALL.search(text) or _ANNOUNCED.search(text)
    if not call and len(text) <= _LONGEST_CALL:
        by_ear = _by_ear(text)
        call = _CALL_EAR.search(by_ear) or _ANNOUNCED_EAR.search(by_ear)
    if call:
        return call["number"].strip()
    return "" if len(text) <= 12 and _NEXT.search(text) else None


def telephones(text: str) -> bool:
    """Tell whether a clerk who says this is on the telephone.

    >>> telephones("喂社保"), telephones("为社保"), telephones("为什么")
    (True, True, False)
    """
    if _PHONE.search(text) or _RECEIVER.search(text):
        return True
    return bool(_RECEIVER_EAR.search(_by_ear(text)))


def _by_ear(text: str) -> str:
    """Return the syllables without what is heard one for the other most: zh and z, -ng and -n.

    >>> _by_ear("请三号窗口")
    'qin san hao cuan kou'
    """
    folded = (re.sub("^([zcs])h", r"\1", re.sub("ng$", "n", s)) for s in syllables(text))
    return " ".join(folded)


def _said(utterance: Utterance, start: Seconds, end: Seconds, lists: set[str]) -> Said:
    heard = utterance.heard.strip()
    text = normalize(heard).text
    # A role found by voice and words is too often wrong, or missing, to tell who comes and goes.
    role: Role = "unknown" if utterance.role_confidence is not None else utterance.role
    clerk = role != "customer"
    ear = _by_ear(text)
    return Said(
        id=utterance.id,
        role=role,
        start=start,
        end=end,
        text=text,
        words=topic_words(text),
        voice=tuple(getattr(utterance, "voice", ())),
        number=called(text) if clerk else None,
        farewell=(clerk and "farewell" in lists)
        or bool(_FAREWELL.search(text) or _FAREWELL_EAR.search(ear)),
        leaves=bool(_LEAVES.search(text) or _LEAVES_EAR.search(ear)),
        greets=(clerk and "greeting" in lists)
        or bool(_COMES.search(text) or _COMES_EAR.search(ear)),
        asked=clerk and bool(_ASKED.search(text) or _ASKED_EAR.search(ear)),
        wish=role != "clerk" and bool(_WISH.search(text)),
        waits=bool(_WAITS.search(text)) and not bool(_GIVES_UP.search(text)),
        asks=bool(_ASKS.search(heard)),
        returns=bool(_RETURNS.search(text)),
        excuses=clerk and bool(_EXCUSES.search(text) or _EXCUSES_EAR.search(ear)),
        errand=bool(_ERRANDS[role].search(text)),
        goes_on=bool(_GOES_ON.search(text)),
        holds=clerk and bool(_HOLDS.search(text) or _HOLDS_EAR.search(ear)),
        phone=clerk and telephones(text),
        colleagues=bool(_COLLEAGUES.search(text)),
    )
