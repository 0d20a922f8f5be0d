"""What an utterance does: asks, answers, refuses, sends on, breaks off. Patterns over its words.

Rules name these acts (`act = "refusal"`). Where the words do not settle it a pattern sees nothing,
so that nobody is blamed for a sentence that does something else.
"""

import functools
import re
from collections.abc import Iterable

from courtesy.scoring.requests import requests
from courtesy.text.normalize import normalize
from courtesy.text.questions import is_question

_PLACE = """(?:
    [一二三四五六七八九十零幺两]{1,4}号?(?:窗口|楼|厅|室|柜台)
    |(?:那边|对面|隔壁|旁边|[左右]边|前面|楼[上下]|大厅|门口)的?
    |咨询台|服务台|导办台|派出所|街道|社区
    |.{1,6}(?:窗口|科室?|处|局|所|中心|银行|办公室|柜台|大厅|网点|自助机)
)"""
_PAPERS = """(?:
    身份证|户口[本簿]|结婚证|驾驶证|行驶证|房产证|不动产权证|营业执照|[社医]保卡|银行卡|护照|照片|申请[表书]|合同
    |证明|复印件|原件|发票|回执|病历|委托书|公章|介绍信
)"""
_PATTERNS = {
    # What is needed for some business.
    "asks_needed": """(?:需?要|准备|带|交|提供)[些点了]?
        (?:什么|哪些|啥)(?:材料|证件|东西|手续|资料)?
        |(?:什么|哪些|啥)(?:材料|证件|手续|资料)|怎么办理?$""",
    # A list of what to bring: two things at least.
    "materials": f"(?:{_PAPERS}.{{0,8}}){{2,}}",
    # Business that is not done, or not now.
    "refusal": """办不[了成]|不能办|没法办|无法办理|不予办理|不给办|受理不了|不能受理
        |缺.{1,10}(?:不能|办不了|没法)|不符合(?:条件|规定|要求)|退回去""",
    # Business of another window.
    "not_here": """不归(?:我们?|这|这里|本窗口).{0,3}管|不属于我们|不是我们(?:窗口|科|部门|这)
        |不[在是]我?们?(?:这[里儿]?|本窗口|这个窗口)(?:办|负责)|这[里儿]?(?:办不了|不办)(?:这个)?""",
    # Where to go or whom to see.
    "place": f"""(?:请|您|你|要|可以|得|应该)?(?:到|去|上|往|找|问|联系){_PLACE}|在{_PLACE}
        |{_PLACE}(?:办|受理|负责)|我[带领]您|[打拨]个?.{{0,8}}(?:电话|热线|一二三四五)""",
    # Why.
    "reason": """因为|由于|按照?(?:规定|要求|政策)|规定|系统|缺|少了?[一张份个]
        |没有?带|过期|不一致|不符合|需要先|还没[审批到]|不[全齐]|不清楚|没盖章|没签""",
    # What comes next.
    "next_step": """[补带][齐全上一来好个张份]|再来|重新|网上
        |请您?[补带到去填]|请您?联系|我[帮给替]您|(?:[改明后]天|[下上]午|星期.|周.|工作日).{0,6}[来办取领]|可以(?:先|在|到|去|申请|委托|拨打)
        |电话通知|通知您|建议您""",
    # The clerk breaks off.
    "leaves": """我(?:去|出去|离开|先去|到[后里]面|[上下]楼)
        (?:一[下趟]|拿|取|问|找|复印|看看|叫|盖章|请示)|我先?接个电话|我(?:马上|一会儿?)就?回来|我去去就来""",
    # The clerk's own unit, on the telephone.
    "unit_name": """中心|局(?!长)|处(?![理长])|科(?![长员])|所(?![以有])
        |热线|办公室|窗口|大厅|社保|医保|公积金|服务站|营业厅
        |街道|工会""",
}
_COMPILED = {act: re.compile(pattern, re.VERBOSE) for act, pattern in _PATTERNS.items()}
# An act of several clauses (a list of things) is looked for in the whole utterance.
_WHOLE = frozenset({"materials", "unit_name"})
# What would be an act but is offered, asked for or denied: 不是办不了, 能不能办.
_UNDONE = {
    "refusal": re.compile("不是|没说|不会|怎么(?:会|能)|如果|要是|万一|是不是|会不会|谁说"),
    "not_here": re.compile("不是不|没说|不会|如果|要是|谁说|是不是"),
    "leaves": re.compile("[您你]"),
}
# Every act, those of `requests` among them.
ACTS = frozenset({*_PATTERNS, "question", "request", "bare_request", "polite_request"})


@functools.lru_cache(maxsize=4096)
def acts(heard: str) -> frozenset[str]:
    """Return what an utterance does, by the names of `ACTS`.

    >>> sorted(acts("身份证拿来")), sorted(acts("我出去一趟"))
    (['bare_request', 'request'], ['leaves'])
    """
    norm = normalize(heard)
    clauses = [norm.text[c.start : c.end] for c in norm.clauses]
    found = {act for act in _COMPILED if _does(act, norm.text, clauses)}
    if is_question(heard):
        found.add("question")
    polite, bare = requests(heard)
    if polite:
        found |= {"request", "polite_request"}
    if bare:
        found |= {"request", "bare_request"}
    return frozenset(found)


def _does(act: str, text: str, clauses: Iterable[str]) -> bool:
    undone = _UNDONE.get(act)
    where = [text] if act in _WHOLE else clauses
    return any(
        _COMPILED[act].search(part) and not (undone and undone.search(part)) for part in where
    )
