"""Sentences in which a clerk asks the customer to do something, with 请 or without.

S0 二.6 第三: “请”字当头. What counts as asking is a matter of patterns over clauses; where they are
not sure they see no request, so that nobody is blamed for a sentence that asks for nothing.
"""

import re

from courtesy.scoring.orders import orders
from courtesy.text.normalize import normalize

# 请您放心 and 请多包涵 comfort or excuse and ask for nothing to be done.
_COMFORT = """(?:大家|各位|[二两]位)?(?:多多?|一定|务必|先|尽管)*
    (?:包涵|包容|谅解|理解|原谅|见谅|体谅|海涵|放心|相信)"""
# 申请 and 请问 ask for nothing; 请律师, 我们请同事来, 请两天假 ask nobody here.
_PLEASE = f"""
    (?<![申邀宴聘])请[您你]们?(?!{_COMFORT})
    | (?<![申邀宴聘报提我去会能])(?<!我们)(?<!可以)
        请(?![您你问假示求客教帖柬愿便神吃了]|不[起了到]|过(?!来|去|目)|.{{0,3}}假(?:[条单的了]|$)
            |人(?!家)|律师|护工|保姆|月嫂|专家|中介|医生|{_COMFORT})
"""
# 麻烦您填一下 asks; 不麻烦, 添麻烦了, 真麻烦, 麻烦您了 do not.
_TROUBLE = """
    (?<![不真太嫌怕添找惹很挺多最省没少是么好])
    麻烦(?![死了得不吗着的事就大多啊吧]|[你您]们?(?:了|啦|$)|$)
"""
_POLITE = re.compile(f"{_PLEASE}|{_TROUBLE}|劳驾|有劳[您你]|劳烦", re.VERBOSE)
# 把他请出去, 叫保安请你出去: 请 is what is done to somebody.
_SHOWN_OUT = re.compile("[把将].{1,8}请(?:出|走)|(?:保安|警察).{0,4}请|请[你您]?(?:滚|出去)")


def requests(heard: str) -> tuple[int, int]:
    """Count what an utterance asks for: with 请, 麻烦 or 劳驾, and without.

    Without it only bare orders count (see `orders`). A polite word covers what follows it in the
    same utterance (请先填表，再到三号窗口缴费).

    >>> requests("请您填一下这张表，再到三号窗口缴费"), requests("身份证拿来，签字")
    ((1, 0), (0, 2))
    >>> requests("请问您要办什么业务"), requests("我帮您填好了")
    ((0, 0), (0, 0))
    """
    # A stressing 嘛, which `normalize` takes for 吗, does not make 自己看嘛 a question.
    norm = normalize(heard.replace("嘛", "啊"))
    clauses = [norm.text[clause.start : clause.end] for clause in norm.clauses]
    asked = [i for i, text in enumerate(clauses) if _asks_politely(text)]
    uncovered = clauses[: asked[0]] if asked else clauses
    loud = heard.rstrip().endswith(("！", "!"))
    return len(asked), orders(uncovered, loud=loud and not asked)


def _asks_politely(clause: str) -> bool:
    return _POLITE.search(clause) is not None and _SHOWN_OUT.search(clause) is None
