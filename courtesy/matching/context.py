"""What stands around a match and turns its meaning round: denial, report, quotation, address.

不能说不归我管, 前面那个人跟我说自己找, “有牌子自己看”这种话, 您不知道也没关系: none of these
is a breach.
Each check gives the sentence that says why the match does not count, or None.
"""

import re
from collections.abc import Callable

from courtesy.matching.sounds import NEGATIONS
from courtesy.messages import Text
from courtesy.records import NormText, Span

# Directly before the phrase: 不能不归我管 is odd, but 别自己找 and 不是不知道 are not.
_DENIED = re.compile(
    "(不能|不要|不可以|不许|不准|不得|不会|不会有|不会出现|不存在|不应该|不应|不敢|从不|禁止|杜绝|避免|防止|没有|别|不是|并不是|并非"
    "|绝不|决不|哪能|哪敢|哪会|不用|不必|用不着|不至于|免得|省得|谁说)"
    "(再|随便|这样|这么|什么|让您|叫您|让人|您|出现|发生|任何)?$"
)
_DENIED_SPEECH = re.compile(
    "(不能|不要|不可以|不许|不准|不得|不会|不应该|没有|没|从不|从来不|从来没|禁止|别|不是|绝不|哪能|哪敢)"
    "(.{0,5})(说|讲|喊|骂|回答|告诉).{0,3}$"
)
_REPORTED = re.compile(
    "(他们?|人家|别人|有人|谁|同事|保安|导办|志愿者|前台|前面那?个?人?|后面那?个?人?|刚才那?个?人?|上次那?个?人?|那个人|那位|一位|有位|有的人|有些人"
    "|顾客|群众|客户|医院|单位|银行|社区|街道|窗口|楼上|楼下|领导|网上|电话里|(?<![跟给和对])(您|你|大家))"
    ".{0,6}(说过?|讲过?|告诉|骂|喊|问|回答|觉得|以为|怕)"
    "(我们|我|他们|他|您|你|人|别人|了|的|是|过|一句|什么|这句|那句|这种话|道|叫)*$"
)
# For courtesies: 他跟我说谢谢了, but not 有问题您打电话告诉我们，再见.
_TOLD_OF = re.compile(
    "(他们?|她们?|人家|别人|有人|同事|那个人|那位|有位|顾客|群众|客户).{0,6}(说|讲|喊)过?$"
)
_OWN_SPEECH = re.compile("(?<![跟对给和向])(我|咱).{0,4}(说|讲|告诉).{0,3}$")
_ADDRESSED = re.compile(
    "(您|你|你们|大家|他|他们|老人家|同志|师傅|阿姨|先生|女士|家属|孩子|本人|如果|要是|假如|万一|即使|就算|哪怕|是不是|有没有|会不会|可以|能|想|要|先|帮您|帮你)(们|也|还|都|要|想|可以|再|先|一时)?$"
)
_HELP = re.compile(
    "(帮|给|替)(您|你)|稍等|稍候|麻烦您|我(来|去|先|马上|再|这就|可以)*.{0,2}(查|问(?!谁)|看|打电话|带|讲|联系|请)"
    "|请您?(到|去|找|问|看|坐|先|打|再)|(您|请).{0,6}(楼|窗口|大厅|办公室|科|局|中心|柜台)|系统坏|实在对不起"
)
_MATTERS_NOT = re.compile(
    "^(也|都)?(没关系|没事|不要紧|不用(担心|着急|怕)|可以问|就问|的话|的可以|的地方|的|吗)"
)
# Behind the phrase: it is named, not said.
_NAMED = re.compile(
    "^(啊|呀|呢)?(这|那)(种|样|类|句|些|个)的?(话|说法|情况|现象|道理|事情|态度|意思|做法)|^(这|那)(回事|一说)"
    "|^的(话|说法|情况|现象|道理|态度|意思|做法|回事)|^(是|属于|都是)?(不允许|服务忌语|忌语|禁语)"
)
# 不归我们管的材料: it tells what something is like.
_ATTRIBUTE = re.compile("^的..")
# Before it: it is only supposed.
_SUPPOSED = re.compile(
    "(如果|要是|假如|假使|万一|即使|即便|就算|哪怕|虽然|虽说|尽管|(?<!我)不管|无论|倘若|若是)(您|你|我|我们|这事|这个|确实|真的|真|也|还){0,2}$"
)
_QUOTES = {"“": "”", "「": "」", "『": "』", "‘": "’", '"': '"'}


def undone(norm: NormText, span: Span, *, bare: bool, helped: bool) -> Text | None:
    """Return why a forbidden phrase at `span` is no breach; None when it stands.

    Args:
        norm: the utterance.
        span: the match, in `norm.text`.
        bare: whether the phrase names nobody (不知道), so that it may be about the other person.
        helped: whether help that follows makes it innocent (an honest 不知道, then a remedy).
    """
    checks: list[Callable[[NormText, Span], Text | None]] = [
        _quoted,
        _denied,
        _reported,
        _named,
        _supposed,
    ]
    if bare:
        checks.append(_addressed)
    if helped:
        checks.append(_followed_by_help)
    for check in checks:
        reason = check(norm, span)
        if reason:
            return reason
    return None


def unmeant(norm: NormText, span: Span) -> Text | None:
    """Return why a courtesy at `span` is no courtesy; None when it stands."""
    return (
        _quoted(norm, span)
        or _told_of(norm, span)
        or _denied_speech(norm, span)
        or _negated(norm, span)
    )


def _quoted(norm: NormText, span: Span) -> Text | None:
    """Find the match inside quotation marks that hold only part of the utterance."""
    whole = norm.back(span)
    for opening, closing in _QUOTES.items():
        start = norm.original.rfind(opening, 0, whole.start + 1)
        end = norm.original.find(closing, max(whole.end - 1, start + 1))
        if start >= 0 and end >= 0 and norm.original[:start].strip(" ，。,.：:"):
            return Text("是引用的话", "it is quoted")
    return None


def _denied(norm: NormText, span: Span) -> Text | None:
    before = _before(norm, span)
    if _DENIED.search(before) or _DENIED_SPEECH.search(before):
        return Text("前面有否定", "it is denied")
    return _negated(norm, span)


def _negated(norm: NormText, span: Span) -> Text | None:
    """Find a bare 不, 没 or 别 right before the match: 不好意思 is not 好意思."""
    if _before(norm, span)[-1:] in tuple(NEGATIONS) and norm.text[span.start] not in NEGATIONS:
        return Text("前面有否定", "it is denied")
    return None


def _denied_speech(norm: NormText, span: Span) -> Text | None:
    if _DENIED_SPEECH.search(_before(norm, span)):
        return Text("说的是没有说", "it tells of not saying it")
    return None


def _reported(norm: NormText, span: Span) -> Text | None:
    before = norm.text[max(0, span.start - 14) : span.start]
    if _REPORTED.search(before) and not _OWN_SPEECH.search(before):
        return Text("是转述别人的话", "it reports what somebody else said")
    return None


def _told_of(norm: NormText, span: Span) -> Text | None:
    """Find, in the match's own clause, somebody else who is said to have said it."""
    before = _before(norm, span)
    if _TOLD_OF.search(before) and not _OWN_SPEECH.search(before):
        return Text("是转述别人的话", "it reports what somebody else said")
    return None


def _named(norm: NormText, span: Span) -> Text | None:
    end = min((c.end for c in norm.clauses if c.end >= span.end), default=len(norm.text))
    after = norm.text[span.end : end]
    if _NAMED.match(after):
        return Text("是在说这种说法，不是这样说", "it names the phrase; it does not use it")
    if _ATTRIBUTE.match(after):
        return Text("是在形容别的东西", "it says what something is like")
    return None


def _supposed(norm: NormText, span: Span) -> Text | None:
    if _SUPPOSED.search(_before(norm, span)):
        return Text("只是假设", "it is only supposed")
    return None


def _addressed(norm: NormText, span: Span) -> Text | None:
    after = norm.text[span.end : span.end + 6]
    if _ADDRESSED.search(_before(norm, span)) or _MATTERS_NOT.match(after):
        return Text("说的是对方，不是推脱", "it is about the other person, not a refusal")
    return None


def _followed_by_help(norm: NormText, span: Span) -> Text | None:
    if _HELP.search(norm.text[span.end :]):
        return Text("后面接着帮忙，不是推脱", "help follows; it is no refusal")
    return None


def _before(norm: NormText, span: Span) -> str:
    """Return what stands before the match in its clause, at most twelve characters."""
    start = max((c.start for c in norm.clauses if c.start <= span.start), default=0)
    return norm.text[max(start, span.start - 12) : span.start]
