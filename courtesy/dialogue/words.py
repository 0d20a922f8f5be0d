"""What is said tells who speaks: cues of the clerk and of the customer."""

import re
from collections.abc import Iterable, Sequence

from courtesy.records import Match, Utterance
from courtesy.text.normalize import normalize

# What only one side of a counter says. Weights are small whole numbers: a vote, not a measure.
_CLERK_SAYS = re.compile(
    "请问您?.{0,4}(办理?|需要|有)什么|请?您?(出示|提供|填写|签字|核对|稍等|稍候|坐|收好|保管好)|身份证.{0,4}(给我|拿来|带了|出示)"
    "|材料(齐|不齐|不全|都齐)|我(帮|给)您|给您(办|打|查)|已经?(办好|受理|登记)|(工作日|窗口)(领|取|缴|办)|下一位|填(一下|好)这张|补(齐|全)"
    "|这里是"
)
# A channel may be known by these; on one channel nobody becomes the clerk by what he is blamed for.
_CLERK_REFUSES = re.compile("不归我管|你去问|自己看|下班了")
_CUSTOMER_SAYS = re.compile(
    "我(想|要)(办|问|查|咨询|申请|交|领|补|换|改|取)|我来(办|问|取|交)|(怎么|如何)办|要(带|准备|交)(什么|哪些)|多(久|长时间)|什么时候能|多少钱"
    "|我(带|拿)(了|来)|能不能|可以吗|你们(这|窗口|怎么)|我(都|已经)跑|我的(身份证|户口|社保|医保)"
)
_CLERK_LISTS = {
    "greeting": 2,
    "service": 1,
    "waiting": 1,
    "explain": 1,
    "phone": 2,
    "farewell": 1,
    "thanks_reply": 2,
    "forbidden": 1,
}

# Natural logarithms of how much likelier the clerk is to say something than the customer. Counted
# over 552 turns of the tuning dialogues and 1896 alternatives of the polite scenes (as utterances
# that hold it at least once), the one nearer to 0 taken and rounded towards 0, since real people
# are less regular: there 请 came to 2.0, 您 to 3.2, 我妈 and the like to -3.3, the customer's
# sentences to -2.0, 那我 to -1.1, questions to -0.7.
# Forbidden phrases are left out on purpose: nobody becomes the clerk by swearing.
_LISTS = {
    "service": 1.5,
    "waiting": 1.0,
    "explain": 1.0,
    "phone": 1.5,
    "farewell": 1.0,
    "thanks_reply": 1.5,
    "apology": 0.5,
    "thanks": -1.5,
}
_CUES = tuple(
    (re.compile(pattern), weight)
    for pattern, weight in (
        (_CLERK_SAYS.pattern, 1.5),
        (_CUSTOMER_SAYS.pattern, -1.5),
        ("(?<![申邀聘宴])请(?![假客])", 1.0),
        ("您", 0.7),
        ("收好|拿好|慢走", 1.0),
        ("拿(来|过来|好)|(身份证|材料|户口本|证件)(呢|拿|给|放|带)", 0.8),
        ("带(齐|上|好|来)|原件|复印件|签个?字|盖章|按手印", 0.4),
        ("工作日|系统|规定|受理|审核|取号|叫号|窗口", 0.3),
        ("[吗呢么吧]$", -0.5),
        ("我(妈|爸|儿子|女儿|孩子|老伴|爱人|家|单位|公司|朋友|邻居)|我们家", -2.0),
        ("那我|我就|我再|我去|我现在|我今天|我昨天|我上次|我刚", -0.8),
        ("我(想|要|来|带|拿|的|都|能|可以|没|不)", -0.5),
        ("你(自己|怎么|们|先|去|到|把|看|不)", -0.4),
        ("怎么|为什么|什么时候|哪里|哪儿|哪个|多少|几天|几点", -0.3),
    )
)
# One utterance, however full of cues, is one piece of evidence.
_MOST = 3.0


def votes(utterances: Sequence[Utterance], matches: Iterable[Match]) -> int:
    """Return how much a channel's words are a clerk's; negative for a customer's.

    Args:
        utterances: of one channel.
        matches: of the whole recording.
    """
    ids = {u.id for u in utterances}
    found = sum(
        _CLERK_LISTS.get(m.list, 0)
        for m in matches
        if m.utterance in ids and m.standing in {"unknown", "counted"}
    )
    for utterance in utterances:
        text = normalize(utterance.heard).text
        found += len(_CLERK_SAYS.findall(text)) + len(_CLERK_REFUSES.findall(text))
        found -= 2 * len(_CUSTOMER_SAYS.findall(text))
    return found


def leanings(utterances: Sequence[Utterance], matches: Iterable[Match]) -> list[float]:
    """Return of each utterance how much its words are a clerk's.

    Args:
        utterances: of one recording.
        matches: of the same utterances, with their roles still unknown.

    Returns:
        natural logarithms of likelihood ratios, -3 to 3; 0 where the words tell nothing.
    """
    lists: dict[int, set[str]] = {}
    for match in matches:
        if match.standing in {"unknown", "counted"}:
            lists.setdefault(match.utterance, set()).add(match.list)
    return [_leaning(u.heard, lists.get(u.id, set())) for u in utterances]


def _leaning(heard: str, lists: set[str]) -> float:
    text = normalize(heard).text
    total = sum(_LISTS.get(name, 0.0) for name in lists)
    total += sum(weight for pattern, weight in _CUES if pattern.search(text))
    return max(-_MOST, min(_MOST, total))
