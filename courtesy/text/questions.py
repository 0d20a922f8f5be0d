"""Which utterances ask something."""

import re

from courtesy.text.script import simplify

# 没什么, 哪怕, 这几天 and 不怎么 ask nothing.
_ASKS = re.compile(
    "[?？]|吗($|[，。！,.! ])|(?<![没有])什么(?!的)|(?<!不)怎么(?!都|也|这么|那么)"
    "|如何|为何|咋|谁(?!都|也)"
    "|(?<!没)多(少|久|长时间|大)|哪(?!怕)"
    "|(?<![这那好过前后十第了])几(点|号|天|个|张|份|楼|次|年|月|块|种|样|时)"
    "|([能是要会行好可对有用在办去来给收够需])(?:还是)?[不没]\\4|是否|能否|可否"
)
# 那我呢; but 还没好呢 and 忙着呢 tell something.
_AND = re.compile("呢($|[，。！,.! ])")
_TELLS = re.compile("(还|才|正|都|着).{0,8}呢($|[，。！,.! ])")


def is_question(heard: str) -> bool:
    """Tell whether an utterance asks something.

    >>> [is_question(text) for text in ("要帶什麼證件", "能不能办", "這個多少錢?", "那我呢")]
    [True, True, True, True]
    >>> [is_question(text) for text in ("没什么事", "我这几天都来过", "我还没办好呢")]
    [False, False, False]
    """
    text = simplify(heard)
    return bool(_ASKS.search(text) or (_AND.search(text) and not _TELLS.search(text)))
