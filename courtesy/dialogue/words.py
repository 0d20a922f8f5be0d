"""What is said tells who speaks: cues of the clerk and of the customer."""

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Final

from courtesy.records import Match, Span, Utterance
from courtesy.text.normalize import normalize

BIAS: Final = "always"  # the cue that every utterance has
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

# Cues of either side besides the words themselves, by name; what each is worth is fitted.
_CUES = {
    name: re.compile(pattern)
    for name, pattern in {
        "clerk_says": _CLERK_SAYS.pattern,
        "customer_says": _CUSTOMER_SAYS.pattern,
        "please": "(?<![申邀聘宴])请(?![假客])",
        "keep": "收好|拿好|慢走",
        "hand_over": "拿(来|过来|好)|(身份证|材料|户口本|证件)(呢|拿|给|放|带)",
        "paper": "带(齐|上|好|来)|原件|复印件|签个?字|盖章|按手印",
        "office": "工作日|系统|规定|受理|审核|取号|叫号|窗口",
        "asks": "[吗呢么吧]$",
        "family": "我(妈|爸|儿子|女儿|孩子|老伴|爱人|家|单位|公司|朋友|邻居)|我们家",
        "mine": "那我|我就|我再|我去|我现在|我今天|我昨天|我上次|我刚",
        "wish": "我(想|要|来|带|拿|的|都|能|可以|没|不)",
        "you": "你(自己|怎么|们|先|去|到|把|看|不)",
        "question": "怎么|为什么|什么时候|哪里|哪儿|哪个|多少|几天|几点",
    }.items()
}
# Lists of courtesies that one side says more than the other.
_LISTS = frozenset(
    {"greeting", "service", "waiting", "explain", "phone", "farewell", "thanks_reply", "apology"}
    | {"thanks", "please"}
)
_HUMS: Final = re.compile("[嗯呃哼]+")  # either side hums, and says nothing by it
_LONGEST: Final = 3  # characters that are looked at together
# One utterance, however full of cues, is one piece of evidence; and people are less regular than
# the dialogues that the weights are fitted to.
_MOST: Final = 3.5
_TRUST: Final = 0.85


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


def leanings(
    utterances: Sequence[Utterance],
    matches: Iterable[Match],
    weights: Mapping[str, float] | None = None,
) -> list[float]:
    """Return of each utterance how much its words are a clerk's.

    Args:
        utterances: of one recording.
        matches: of the same utterances, with their roles still unknown.
        weights: of the cues; None for those that were fitted.

    Returns:
        natural logarithms of likelihood ratios, -3.5 to 3.5; 0 where the words tell nothing.
    """
    weights = fitted() if weights is None else weights
    return [
        max(-_MOST, min(_MOST, _TRUST * sum(weights.get(cue, 0.0) for cue in own)))
        for own in cues(utterances, matches)
    ]


def cues(utterances: Sequence[Utterance], matches: Iterable[Match]) -> list[set[str]]:
    """Return of each utterance what may tell who said it.

    A forbidden phrase is taken out first: nobody becomes the clerk by swearing, and nobody the
    customer by being sworn at.

    Args:
        utterances: of one recording.
        matches: of the same utterances, with their roles still unknown.

    Returns:
        names: `list:` and the list of a courtesy, `cue:` and a cue, or one to three characters that
        stand together; `^` is the beginning of the utterance and `$` its end.
    """
    lists: dict[int, set[str]] = {}
    blamed: dict[int, list[Span]] = {}
    for match in matches:
        if match.polarity == "forbidden":
            blamed.setdefault(match.utterance, []).append(match.span)
        elif match.standing in {"unknown", "counted"} and match.list in _LISTS:
            lists.setdefault(match.utterance, set()).add(f"list:{match.list}")
    return [
        {BIAS} | lists.get(u.id, set()) | _in_words(_without(u.heard, blamed.get(u.id, ())))
        for u in utterances
    ]


@functools.cache
def fitted() -> Mapping[str, float]:
    """Return the weights of the cues, from `words.toml`."""
    text = resources.files("courtesy.dialogue").joinpath("words.toml").read_text(encoding="utf-8")
    table: dict[str, float] = tomllib.loads(text)["weights"]
    return table


def _without(heard: str, spans: Iterable[Span]) -> str:
    letters = list(heard)
    for span in spans:
        letters[span.start : span.end] = "，" * len(span)
    return "".join(letters)


def _in_words(heard: str) -> set[str]:
    norm = normalize(_HUMS.sub("，", heard))
    found = {f"cue:{name}" for name, pattern in _CUES.items() if pattern.search(norm.text)}
    clauses = [norm.text[c.start : c.end] for c in norm.clauses]
    for i, clause in enumerate(clauses):
        edged = ("^" if i == 0 else "") + clause + ("$" if i == len(clauses) - 1 else "")
        found.update(
            edged[at : at + size]
            for size in range(1, _LONGEST + 1)
            for at in range(len(edged) - size + 1)
        )
    return found - {"^", "$"}
