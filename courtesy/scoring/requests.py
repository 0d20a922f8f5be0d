"""Sentences in which a clerk asks the customer to do something, with 请 or without.

S0 二.6 第三: “请”字当头. What counts as asking is a matter of patterns over clauses; where they are
not sure they see no request, so that nobody is blamed for a sentence that asks for nothing.
"""

import re

from courtesy.text.normalize import normalize

_POLITE = re.compile("(?<![申邀宴聘敬])请(?![问假示求客教帖柬愿])|麻烦|劳驾")
_THINGS = (
    "(身份证|户口本|结婚证|驾驶证|行驶证|房产证|营业执照|社保卡|医保卡|护照|照片|证件|材料|复印件|原件"
    "|表格?|单子|回执|发票|号|票|手机)"
)
_ACTS = (
    "(签字|签名|签个字|签个名|填表|填写|填一下|填上|填好|按手印|按指纹|输密码|输入密码|扫码|扫一下|出示|提供|排队|取号|排号|坐下|坐那|坐这"
    "|拿来|拿出来|拿过来|交过来|递过来|给我|补齐|补一张|补个|重填|重写|复印|站那|过来|往后|靠边|等着|快点|快说|说话)"
)
_BARE = re.compile(
    f"^(那|好|行|嗯|来|哎|喂)?(你|您)?(先|再|快|赶紧|自己|到旁边|在这里?|在这儿|这里|这儿|那边)?{_ACTS}"
    f"|^(那|好|行|把|来)?(你|您)?(的|把)?(你|您)?的?{_THINGS}(先|都|也|再)?(给我|拿来|拿出来|拿过来|交过来|交了|递过来|填好|填上|复印)"
    f"|^把.{{1,8}}(给我|拿来|拿出来|拿过来|交过来|递过来|填好|填上|签了|复印|写上|放这)"
    "|^(你|您)?(先|再|自己|赶紧|快)?(去|到).{1,10}(缴费|交费|取号|复印|拍照|排队|办理?|领|拿|盖章|填|打印|问)(去|吧|一下)?$"
)
# 我帮您填写, 已经填好了, 需要提供: told or offered, not asked.
_TOLD = re.compile(
    "我(来|去|帮|给|替)|(帮|给|替)(您|你)|已经?|了吗|没有?$|吗$|需要|就可以|就行|可以|不用|不要|别"
)


def requests(heard: str) -> tuple[int, int]:
    """Count what an utterance asks for: with 请, 麻烦 or 劳驾, and without.

    A polite word covers what follows it in the same utterance (请先填表，再到三号窗口缴费).

    >>> requests("请您填一下这张表，再到三号窗口缴费"), requests("身份证拿来，签字")
    ((1, 0), (0, 2))
    >>> requests("请问您要办什么业务"), requests("我帮您填好了")
    ((0, 0), (0, 0))
    """
    norm = normalize(heard)
    polite = bare = 0
    covered = False
    for clause in norm.clauses:
        text = norm.text[clause.start : clause.end]
        if _POLITE.search(text):
            polite += 1
            covered = True
        elif not covered and _BARE.search(text) and not _TOLD.search(text):
            bare += 1
    return polite, bare
