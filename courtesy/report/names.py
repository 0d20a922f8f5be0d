"""What rules, verdicts, roles and lists are called in front of people, in both languages."""

from typing import Final

from courtesy.messages import Text
from courtesy.records import How, Mode, Polarity, Role, Standing, Verdict

_RULES: Final = {
    "greeting": Text("来有迎声", "Greeting on arrival"),
    "farewell": Text("走有送声", "Farewell on leaving"),
    "answer": Text("问有答声", "Questions answered"),
    "please": Text("“请”字当头", "Says “please”"),
    "thanks_reply": Text("谢有回应", "Thanks answered"),
    "leave_notice": Text("离开先告知", "Notice before leaving"),
    "wait_apology": Text("久等致歉", "Apology for the wait"),
    "refusal_apology": Text("未办妥致歉", "Apology with refusal"),
    "direct": Text("首问责任", "Shows where to go"),
    "forbidden": Text("服务忌语", "Forbidden phrases"),
    "abuse": Text("侮辱威胁", "Insults and threats"),
    "phone_open": Text("电话开头语", "Telephone opening"),
    "phone_close": Text("电话结束语", "Telephone closing"),
    "quarrel": Text("与群众争吵", "Quarrels"),
    "mandarin": Text("使用普通话", "Standard Mandarin"),
    "honorific": Text("称“您”", "Honorific “nin”"),
    "told_at_once": Text("一次性告知", "Told all at once"),
    "even_handed": Text("五个一样", "Even-handedness"),
}

# Rules that ask for something not to happen; there "not done" would say the opposite.
_PROHIBITIONS: Final = frozenset({"forbidden", "abuse", "quarrel"})

_VERDICTS: Final[dict[Verdict, Text]] = {
    "pass": Text("通过", "passed"),
    "fail": Text("未做到", "not done"),
    "na": Text("不适用", "n/a"),
    "unsure": Text("不能确定", "cannot tell"),
}
_FOUND: Final = Text("出现", "found")

MARKS: Final[dict[Verdict, str]] = {"pass": "✓", "fail": "✗", "na": "–", "unsure": "?"}
# The same for consoles in GBK, as on Chinese Windows, which lacks ✓ and ✗.
PLAIN_MARKS: Final[dict[Verdict, str]] = {"pass": "√", "fail": "×", "na": "-", "unsure": "?"}

# From the one that needs a listener most to the one that needs none.
VERDICT_ORDER: Final[tuple[Verdict, ...]] = ("fail", "unsure", "pass", "na")

ROLES: Final[dict[Role, Text]] = {
    "clerk": Text("工作人员", "Clerk"),
    "customer": Text("群众", "Customer"),
    "unknown": Text("不明", "Unknown"),
}

MODES: Final[dict[Mode, Text]] = {
    "counter": Text("窗口", "counter"),
    "phone": Text("电话", "telephone"),
}

ASIDE: Final = Text("没有群众", "no customer")

HOW: Final[dict[How, Text]] = {
    "exact": Text("原话", "exact words"),
    "fuzzy": Text("近似", "nearly the words"),
    "phonetic": Text("同音", "same sound"),
    "wording": Text("变体说法", "other wording"),
    "audio": Text("听声音", "by the sound"),
}

STANDINGS: Final[dict[Standing, Text]] = {
    "counted": Text("计入", "counted"),
    "near": Text("不够准", "not sure enough"),
    "excluded": Text("已排除", "ruled out"),
    "context": Text("语境不符", "undone by its context"),
    "customer": Text("群众说的", "said by the customer"),
    "unknown": Text("说话人不明", "speaker unknown"),
}

_LISTS: Final = {
    "greeting": Text("问候语", "Greeting"),
    "farewell": Text("道别语", "Farewell"),
    "thanks": Text("致谢语", "Thanks"),
    "thanks_reply": Text("答谢语", "Answer to thanks"),
    "apology": Text("致歉语", "Apology"),
    "please": Text("请求语", "Request"),
    "waiting": Text("等候语", "Waiting"),
    "service": Text("办事用语", "Handling business"),
    "explain": Text("解释用语", "Explaining"),
    "phone": Text("电话用语", "Telephone"),
    "polite": Text("礼貌用语", "Courtesy"),
    "forbidden": Text("服务忌语", "Forbidden phrase"),
    "abuse": Text("侮辱威胁", "Insult or threat"),
}

_POLARITIES: Final[dict[Polarity, Text]] = {
    "polite": Text("礼貌用语", "Courtesy"),
    "forbidden": Text("不当用语", "Discourtesy"),
}

SEVERITIES: Final = {
    "minor": Text("轻微", "minor"),
    "serious": Text("严重", "serious"),
    "fatal": Text("特别严重", "very serious"),
}


def rule_name(rule: str) -> Text:
    """Return what a rule is called; a rule of somebody's own rubric is called by its id."""
    return _RULES.get(rule, Text(rule, rule))


def is_prohibition(rule: str) -> bool:
    """Tell whether a rule asks for something not to happen."""
    return rule in _PROHIBITIONS


def verdict_name(verdict: Verdict, rule: str = "") -> Text:
    """Return what a verdict is called for this rule."""
    if verdict == "fail" and rule in _PROHIBITIONS:
        return _FOUND
    return _VERDICTS[verdict]


def list_name(name: str, polarity: Polarity) -> Text:
    """Return what a lexicon list is called; for an unknown one, whether it is good or bad."""
    return _LISTS.get(name, _POLARITIES[polarity])


def interaction_name(number: int) -> Text:
    """Return the heading of an interaction; ids count from 0 and people from 1."""
    return Text(f"接待 {number + 1}", f"Interaction {number + 1}")
