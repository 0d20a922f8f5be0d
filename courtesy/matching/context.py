"""What stands around a match and turns its meaning round: denial, report, quotation, address.

不能说不归我管, 前面那个人跟我说自己找, “有牌子自己看”这种话, 您不知道也没关系: none of these
is a breach.
Each check gives the sentence that says why the match does not count, or None.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from courtesy.matching.sounds import NEGATIONS
from courtesy.messages import Text
from courtesy.records import NormText, Span

# Words of which the patterns below are made.
_NOT = (
    "不能|不要|不可以|不许|不准|不得|不会|不应该?|不敢|不想|不兴|不愿|不是|不用|不必|不至于|不存在|不允许|"
    "没有|没谁|没人|没|别|从不|从来不|从来没|未|勿|禁止|杜绝|避免|防止|并不|并非|绝不|决不|"
    "哪能|哪敢|哪会|哪有|谁也|谁都|谁会|谁敢|用不着|免得|省得"
)
_SAY = "说|讲|喊|骂|嚷|吼|叫|回答|答复|回复|告诉|问|写|念"
_THINK = "认为|觉得|以为|当成|感到|怕|担心"
_MAKE = "让|叫|使|挂着|遇到|碰到|见到|听到|听见|出现|发生|存在|允许"
_THEY = (
    "他们?|她们?|人家|别人|有人|有的人|有些人|谁|哪位|哪个|同事|保安|导办|志愿者|前台|前面|后面|上一位|上次|刚才那|那个人|那位|"
    "这位|有位|一位|位大[爷妈姐哥叔]|老伴|儿子|女儿|邻居|朋友|顾客|群众|客户|医院|单位|公司|银行|社区|街道|村里|派出所|税务局|社保局|"
    "窗口的?|楼上|楼下|科长|局长|主任|领导|领导们|网上|电话里|微信里|新闻里"
)
_YOU = "(?<![跟给和对向问])(?:您|你|大家|你们|你家)"
# What may follow a verb of speech before the words themselves.
_TO = (
    "(?:我们|我|他们|他|她|您|你们|你|咱们|人|别人|大家|群众|了|的|是|过|着|一句|什么|这句|那句|这种话|道|叫|出|起|"
    "这事|这个|这|那|不想等了|都|就|要|得|去|来)*"
)

# Directly before the phrase.
_DENIED = re.compile(
    f"(?:{_NOT}|不会有|谁说|谁说的|归|无论|不论)(?:再|随便|这样|这么|什么|让您|叫您|让人|让你|您|随意|出现|发生|任何|因为|轻易)?$"
)
# Anywhere before it in its clause, with a verb that takes it for its object.
_DENIED_SPEECH = re.compile(f"(?:{_NOT}).{{0,8}}?(?:{_SAY}|{_THINK}|{_MAKE}|以)(?:过|着|到|出)?.{{0,4}}$")
_REPORTED = re.compile(
    f"(?:{_THEY}|{_YOU}).{{0,8}}?(?:{_SAY}|{_THINK}|让|要求|嫌)过?{_TO}$"
    f"|(?:原话|说法|意思|规矩|态度|口头禅|回复|答复|回答|写的|说的|印象里?)是?{_TO}$"
)
# The clause before ends in a verb of speech whose subject is somebody else.
_ANNOUNCED = re.compile(f"(?:{_THEY}|{_YOU}).{{0,8}}?(?:说|讲|喊|骂|嚷|吼|回答|告诉(?:我|他|她|您))(?:道|的是)?$")
# 不管你怎么说 announces nothing.
_WHATEVER = re.compile("怎么|什么|不管|无论|随你")
# For courtesies: 他跟我说谢谢了, but not 有问题您打电话告诉我们，再见.
_TOLD_OF = re.compile(
    "(他们?|她们?|人家|别人|有人|同事|那个人|那位|有位|顾客|群众|客户).{0,6}(说|讲|喊)过?$"
)
_OWN_SPEECH = re.compile(
    "(?<![跟对给和向让])(?:我|咱)(?!们不).{0,4}(?:说|讲|告诉).{0,3}$|(?:跟|和|给|对|告诉)你(?:们)?(?:说|讲)?(?:了|过|得)?(?:很?清楚|明白|多少遍|几遍)?了?$"
    "|(?:^|[^们])你说$"
)
# It is said of somebody who is neither of the two: 银行下班了, 孩子这都不懂.
_OF_OTHERS = re.compile(
    f"(?:{_THEY}|孩子|老人家?|家里|食堂|法院|学校|社保|对方|现在)(?:那边|这边|已经|都|也|可能|们|恐怕|应该|早就)*$"
)
_ADDRESSED = re.compile(
    "(您|你|你们|大家|他|他们|老人家|同志|师傅|阿姨|先生|女士|家属|孩子|本人|如果|要是|假如|万一|即使|就算|哪怕|是不是|有没有|会不会|可以|能|想|要|先|帮您|帮你)(们|也|还|都|要|想|可以|再|先|一时)?$"
)
_MATTERS_NOT = re.compile(
    "^(也|都)?(没关系|没事|不要紧|不用(担心|着急|怕)|可以问|就问|的话|的可以|的地方|的|吗)"
)
# Only supposed; what concedes (就算…也) may be part of the refusal itself.
_SUPPOSED = re.compile(
    "(?:如果|要是|假如|假使|假设|万一|倘若|若是)(?:您|你|我|我们|这事|这个|有人|对您说|跟您说|遇到|碰到|确实|真的|真|也|还)*$"
)
_CONCEDED = re.compile(
    "(?:即使|即便|就算|哪怕|虽然|虽说|尽管|(?<!我)不管|无论|不论)(?:您|你|我|我们|这事|这件事|这个|确实|真的|真|也|还|这)*$"
)
_CONCESSION = re.compile("[也都]")
_STILL = re.compile("^.{0,4}也")
# 你要是再吵，把你轰出去: the condition belongs to the threat.
_THREAT = re.compile("^(?:再|把|就|给我|让保安|叫保安|信不信)")
# Behind the phrase: it is named, not said.
_NAMED = re.compile(
    "^(?:啊|呀|呢)?(?:"
    "(?:这|那)(?:种|样|类|句|些|个)?的?(?:话|说法|情况|现象|道理|态度|做法|词)|(?:这|那)(?:回事|一说|一套)"
    "|(?:这|那)?[一两三四五六七八几]?(?:个字|几句|句话?)|这样[冷的]|之类|一类|等等|为由"
    "|的(?:话|说法|情况|现象|道理|态度|意思|做法|回事|人)"
    "|(?:是|属于|都是|也是|就是|算)?(?:不允许|服务忌语|忌语|禁语|错的|不对的)|不是(?:理由|借口|道理)|可不行"
    ")"
)
# After a mark too, where the words can mean nothing else: 不归我管，这话不对.
_NAMED_NEXT = re.compile(
    "^(?:这|那)(?:种话|样的话|句话(?!我|轮|你)|几句话?|几?个字|些话(?!我|轮|你)|话(?!我|轮|你)|回事|些都是|都是|是错的|可不是|是以前|不成)|^哪有这(?:回事|种)"
)
_LISTED = re.compile("(?:忌语|禁语|例如|比如|譬如|所谓|比方说|像|包括)(?:有|是|包括|的)?$")
_TALK_OF_RULES = re.compile("忌语|禁语")
# 不归我们管的材料: it tells what something is like.
_ATTRIBUTE = re.compile("^的..")
# What follows takes the edge off: nobody who is being rude says 没关系 or 我念给您听 next.
_SOFTENED = re.compile(
    "^(?:没关系|没事儿?(?!找)|不要紧|不着急|别着急|您?别急(?!着)|您?慢慢(?:来|填|说|看|找|写)|我等您|我等你|不怪您|哈哈|开玩笑|老人家|您也|(?:要带|先坐)"
    "|(?:那|来)?我(?:再|来|先|马上|这就|可以|去)*(?:给|帮|替|陪|带|领|教|念|扶|送)(?:给)?(?:您|你)"
    "|我(?:再|来)(?:讲|说|念|解释)|我(?:念|讲|说)给(?:您|你)|我(?:教|陪|带|帮|领)(?:您|你))"
)
# It is asked whether: 他说不归我管，是吗.
_ASKED = re.compile("^(?:是吗|对吗|对吧|是吧|是不是|对不对|是这样吗)")
_HELP = re.compile(
    "(?:帮|给|替)(?:您|你)|稍等|稍候|麻烦您|我(?:来|去|先|马上|再|这就|可以)*.{0,2}(?:查|问(?!谁)|看|打电话|带|讲|联系|请|翻|想办法)"
    "|我(?:再)?找(?:一下|同事|人|科长|文件)|我第一个|咱们?一(?:起|块儿?)"
    "|请您?(?:到|去|找|问|看|坐|先|打|再|进)|您(?:先)?进来坐|建议您|(?:他|她)们?(?:专门)?负责|咨询台|等系统"
    "|(?:您|请).{0,6}(?:楼|窗口|大厅|办公室|科|局|中心|柜台)|系统坏|实在对不起|^(?:真的?|实在|很)?(?:对不起|抱歉|不好意思)"
)
# Help that comes later than this, or after the next one was called, is help for somebody else.
_HELP_WITHIN = 24
_DISMISSED = re.compile("下一[位个]|后面的|你走|走吧|让开|你爱")
# Particles after which a new sentence begins in speech that has no marks; not the 了 of 说了.
_SENTENCE_END = re.compile("(?:(?<![说讲诉过问])了|吗|吧|呢|啦)(?!吗|吧|呢|啦|的)")
_PAIRS = {"“": "”", "「": "」", "『": "』", "‘": "’"}
_ALIKE = '"'
_MARKS = " ，。,.：:！!？?；;"
_COMMAS_OF_LISTS = "、"


@dataclass(frozen=True, slots=True)
class _Place:
    """A forbidden phrase where it stands.

    Attributes:
        norm: the utterance.
        span: the match, in `norm.text`.
        lead: what stands before it in its clause.
        after: what stands behind it in its clause.
        then: the next clause and what follows.
    """

    norm: NormText
    span: Span
    lead: str
    after: str
    then: str

    @property
    def phrase(self) -> str:
        """The words of the match."""
        return self.norm.text[self.span.start : self.span.end]


def _place(norm: NormText, span: Span) -> _Place:
    text = norm.text
    start = max((c.start for c in norm.clauses if c.start <= span.start), default=0)
    end = min((c.end for c in norm.clauses if c.end >= span.end), default=len(text))
    lead = text[start : span.start]
    ends = [hit.end() for hit in _SENTENCE_END.finditer(lead)]
    lead = lead[ends[-1] :] if ends else lead
    return _Place(norm, span, lead[-20:], text[span.end : end], text[end:])


def undone(norm: NormText, span: Span, *, bare: bool, helped: bool) -> Text | None:
    """Return why a forbidden phrase at `span` is no breach; None when it stands.

    Args:
        norm: the utterance.
        span: the match, in `norm.text`.
        bare: whether the phrase names nobody (不知道), so that it may be about the other person.
        helped: whether help that follows makes it innocent (an honest 不知道, then a remedy).
    """
    place = _place(norm, span)
    checks: list[Callable[[_Place], Text | None]] = [
        _quoted, _denied, _reported, _of_others, _named, _supposed, _softened, _asked,
    ]  # fmt: skip
    if bare:
        checks.append(_addressed)
    if helped:
        checks.append(_followed_by_help)
    return next((reason for check in checks if (reason := check(place))), None)


def unmeant(norm: NormText, span: Span) -> Text | None:
    """Return why a courtesy at `span` is no courtesy; None when it stands."""
    place = _place(norm, span)
    return _quoted(place) or _told_of(place) or _denied_speech(place) or _negated(place)


def _quoted(place: _Place) -> Text | None:
    """Find the match inside quotation marks that hold only part of the utterance."""
    original = place.norm.original
    whole = place.norm.back(place.span)
    quotations = list(_quotations(original))
    if not any(a <= whole.start + 1 and whole.end - 1 <= b for a, b in quotations):
        return None
    quoted = {at for a, b in quotations for at in range(a, b + 1)}
    outside = "".join(char for at, char in enumerate(original) if at not in quoted)
    return Text("是引用的话", "it is quoted") if outside.strip(_MARKS) else None


def _quotations(text: str) -> Iterator[tuple[int, int]]:
    """Yield where pairs of quotation marks stand."""
    opened: list[tuple[str, int]] = []
    for at, char in enumerate(text):
        if opened and char == opened[-1][0]:
            yield opened.pop()[1], at
        elif char in _PAIRS:
            opened.append((_PAIRS[char], at))
        elif char == _ALIKE:
            opened.append((_ALIKE, at))


def _denied(place: _Place) -> Text | None:
    # 归不归我管 asks whether.
    asks = place.phrase[:1] == "不" and place.lead[-1:] == place.phrase[1:2]
    if asks or _DENIED.search(place.lead) or _DENIED_SPEECH.search(place.lead):
        return Text("前面有否定", "it is denied")
    return _negated(place)


def _negated(place: _Place) -> Text | None:
    """Find a bare 不, 没 or 别 right before the match: 不好意思 is not 好意思."""
    if place.lead[-1:] in tuple(NEGATIONS) and place.phrase[0] not in NEGATIONS:
        return Text("前面有否定", "it is denied")
    return None


def _denied_speech(place: _Place) -> Text | None:
    if _DENIED_SPEECH.search(place.lead):
        return Text("说的是没有说", "it tells of not saying it")
    return None


def _reported(place: _Place) -> Text | None:
    reported = _REPORTED.search(place.lead) and not _OWN_SPEECH.search(place.lead)
    before = "" if place.lead else _clause_before(place)
    announced = _ANNOUNCED.search(before) and not _WHATEVER.search(before)
    if reported or announced:
        return Text("是转述别人的话", "it reports what somebody else said")
    return None


def _clause_before(place: _Place) -> str:
    ended = [c for c in place.norm.clauses if c.end <= place.span.start]
    last = max(ended, key=lambda c: c.end, default=Span(0, 0))
    return place.norm.text[last.start : last.end]


def _told_of(place: _Place) -> Text | None:
    """Find, in the match's own clause, somebody else who is said to have said it."""
    if _TOLD_OF.search(place.lead) and not _OWN_SPEECH.search(place.lead):
        return Text("是转述别人的话", "it reports what somebody else said")
    return None


def _of_others(place: _Place) -> Text | None:
    if place.lead.endswith("您") and place.phrase[0] not in "你您":
        return Text("用的是敬称“您”", "it is said with a polite 您")
    # With a subject of its own the phrase is about that: 银行的事我不管.
    if place.phrase[0] not in "我你您咱" and _OF_OTHERS.search(place.lead):
        return Text("说的是别人", "it is about somebody else")
    return None


def _named(place: _Place) -> Text | None:
    whole = place.norm.back(place.span)
    around = place.norm.original[max(0, whole.start - 1) : whole.end + 1]
    listed = _COMMAS_OF_LISTS in (around[:1], around[-1:]) or _LISTED.search(place.lead)
    next_clause = not place.after and _NAMED_NEXT.match(place.then)
    if _NAMED.match(place.after) or next_clause or listed or _TALK_OF_RULES.search(place.norm.text):
        return Text("是在说这种说法，不是这样说", "it names the phrase; it does not use it")
    if _ATTRIBUTE.match(place.after):
        return Text("是在形容别的东西", "it says what something is like")
    return None


def _supposed(place: _Place) -> Text | None:
    whole = _CONCESSION.search(place.phrase) and not _STILL.match(place.then)
    conceded = _CONCEDED.search(place.lead) and not whole
    supposed = _SUPPOSED.search(place.lead) and not _THREAT.match(place.phrase)
    if supposed or conceded:
        return Text("只是假设", "it is only supposed")
    return None


def _softened(place: _Place) -> Text | None:
    if _SOFTENED.match(place.after.lstrip("啊呀呢吧吗") + place.then):
        return Text("后面马上缓和了", "what follows takes the edge off")
    return None


def _asked(place: _Place) -> Text | None:
    if _ASKED.match(place.after + place.then):
        return Text("是在问有没有这回事", "it asks whether that is so")
    return None


def _addressed(place: _Place) -> Text | None:
    after = (place.after + place.then)[:6]
    if _ADDRESSED.search(place.lead) or _MATTERS_NOT.match(after):
        return Text("说的是对方，不是推脱", "it is about the other person, not a refusal")
    return None


def _followed_by_help(place: _Place) -> Text | None:
    after = (place.after + place.then)[:_HELP_WITHIN]
    dismissed = _DISMISSED.search(after)
    if _HELP.search(after[: dismissed.start()] if dismissed else after):
        return Text("后面接着帮忙，不是推脱", "help follows; it is no refusal")
    return None
