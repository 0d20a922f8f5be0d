"""What an utterance does: asks, answers, refuses, sends on, breaks off. Patterns over its words.

Rules name these acts (`act = "refusal"`). Where the words do not settle it a pattern sees nothing,
so that nobody is blamed for a sentence that does something else.
"""

import functools

from courtesy.scoring import absences, referrals, refusals
from courtesy.scoring.deeds import Deed, deed
from courtesy.scoring.requests import requests
from courtesy.text.normalize import normalize
from courtesy.text.questions import is_question

_PAPERS = """(?:
    身份证|户口[本簿]|[一-鿋]{1,3}(?<![办领发取认公验保签])证(?![明件据实人])
    |银行卡|[社医]保[卡单]|护照|照片|申请[表书]|合同
    |证明|复印件|原件|发票|回执|病历|委托书|公章|介绍信|营业执照|驾照|合照|合影|备案|清单|小结
)"""
_DEEDS: dict[str, Deed | tuple[Deed, ...]] = {
    # What is needed for some business.
    "asks_needed": deed(
        """(?:需?要|准备|带|交|提供|拿|备)(?:[些点了上齐全]|都)?
        (?:什么|哪[些几]样?|啥子?)(?:材料|证件|东西|手续|资料)?
        |(?:(?<!没)什么|哪[些几]样?|啥子?)(?:材料|证件|手续|资料)|怎么办理?$"""
    ),
    # A list of what to bring: two things at least.
    "materials": deed(f"(?:{_PAPERS}.{{0,8}}){{2,}}", whole=True),
    # Business that is not done, or not now; an apology; why; what comes next.
    "refusal": (refusals.REFUSAL, refusals.NOT_TAKEN),
    "apology": refusals.SORRY,
    "reason": refusals.REASON,
    "next_step": refusals.NEXT_STEP,
    # Business of another window; where to go or whom to see; being left to find out.
    "not_here": referrals.NOT_HERE,
    "sends_on": referrals.SENDS_ON,
    "brushes_off": referrals.BRUSHES_OFF,
    "place": referrals.PLACE,
    "asks_where": referrals.ASKS_WHERE,
    # The clerk breaks off, bids the customer wait, speaks of the wait; the customer does.
    "leaves": absences.LEAVES,
    "takes_call": absences.TAKES_CALL,
    "bids_wait": absences.BIDS_WAIT,
    "asks_to_wait": absences.ASKS_TO_WAIT,
    "kept_waiting": absences.KEPT_WAITING,
    "complains_of_wait": absences.COMPLAINS_OF_WAIT,
    # The customer had no answer, and says so.
    "asks_again": deed(
        """我(?:刚才|刚刚|刚|都|是|在)?问(?:的|了?[您你](?:呢|话|(?!个|一|件|点|们|家))|(?:是|为什么|怎么))
        |还没有?(?:回答?|答|告诉|跟)我
        |[您你]还?(?:在|有在)?听(?:见|到|着|得见)?(?:了|我说话)?(?:吗|没|不)$|跟我说话|跟[谁哪]说
        |[您你](?:先|倒是|到底|好歹)(?:告诉|回答?|应|理)我?
        |没人[理应]|[吭应]一?声|理都?不理|不理人|装没?听"""
    ),
    # The clerk's own unit, on the telephone.
    "unit_name": deed(
        """中心|局(?!长)|处(?![理长])|科(?![长员])|所(?![以有])
        |热线|办公室|窗口|大厅|社保|医保|公积金|服务站|营业厅|(?:咨询|服务|导办|总)台|大队|支队|政府|居委会|村委会
        |街道|工会""",
        whole=True,
    ),
}
# Every act, those of `requests` among them.
ACTS = frozenset({*_DEEDS, "question", "request", "bare_request", "polite_request"})


@functools.lru_cache(maxsize=4096)
def acts(heard: str) -> frozenset[str]:
    """Return what an utterance does, by the names of `ACTS`.

    >>> sorted(acts("身份证拿来")), sorted(acts("我出去一趟"))
    (['bare_request', 'request'], ['leaves'])
    """
    norm = normalize(heard)
    clauses = [norm.text[c.start : c.end] for c in norm.clauses]
    found = {
        act
        for act, deeds in _DEEDS.items()
        if any(
            one.done(norm.text, clauses)
            for one in (deeds if isinstance(deeds, tuple) else (deeds,))
        )
    }
    if is_question(heard):
        found.add("question")
    polite, bare = requests(heard)
    if polite:
        found |= {"request", "polite_request"}
    if bare:
        found |= {"request", "bare_request"}
    return frozenset(found)
