"""What stands around a match and turns its meaning round: denial, report, quotation, address.

不能说不归我管, 前面那个人跟我说自己找, “有牌子自己看”这种话, 您不知道也没关系: none of these
is a breach.
Each check gives the sentence that says why the match does not count, or None.
"""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass

from courtesy.matching import cues
from courtesy.matching.clauses import clause_before, clauses_of
from courtesy.matching.sounds import NEGATIONS
from courtesy.messages import Text
from courtesy.records import NormText, Span

# Characters on either side of a phrase in which something is looked for.
_FAR = 20
# Help that comes later than this, or after the next one was called, is help for somebody else.
_HELP_WITHIN = 24
_PAIRS = {"“": "”", "「": "」", "『": "』", "‘": "’"}
_ALIKE = '"'
_ANY_MARK = re.compile(f"[{''.join(_PAIRS)}{_ALIKE}]")
_MARKS = " ，。,.：:！!？?；;"
# Between the items of a list.
_LIST_COMMA = "、"


@dataclass(frozen=True, slots=True)
class _Place:
    """A forbidden phrase where it stands.

    Attributes:
        norm: the utterance.
        span: the match, in `norm.text`.
        lead: what stands before it in its clause, not far, after the last sentence that ends there.
        clause: what stands before it in its clause, not far.
        after: what stands behind it in its clause, not far.
        then: what follows that clause, not far.
    """

    norm: NormText
    span: Span
    lead: str
    clause: str
    after: str
    then: str

    @property
    def phrase(self) -> str:
        """The words of the match."""
        return self.norm.text[self.span.start : self.span.end]

    @property
    def near(self) -> str:
        """The words of the match and what stands around them, across clauses."""
        return self.norm.text[max(0, self.span.start - 2 * _FAR) : self.span.end + 2 * _FAR]


def _place(norm: NormText, span: Span) -> _Place:
    text, inside = norm.text, clauses_of(norm, span)
    first, last = inside[0].start, inside[-1].end
    clause = text[max(first, span.start - _FAR) : span.start]
    ends = [hit.end() for hit in cues.SENTENCE_END.finditer(clause)]
    lead = clause[ends[-1] :] if ends else clause
    after = text[span.end : min(last, span.end + _FAR)]
    return _Place(norm, span, lead, clause, after, text[last : last + 2 * _FAR])


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
        _quoted, _denied, _reported, _of_others, _named, _supposed, _softened,
        _taken_back, _asked,
    ]  # fmt: skip
    if bare:
        checks.append(_addressed)
    if helped:
        checks.append(_followed_by_help)
    return next((reason for check in checks if (reason := check(place))), None)


def aimed_at_nobody(norm: NormText, span: Span) -> Text | None:
    """Return why an insult or a threat at `span` is none: something in its clause leads up to it.

    球滚出去了 throws nobody out. With a subject of its own (你有病吧) it is a sentence by itself.
    """
    if norm.text[span.start] in "你您":
        return None
    if not cues.INSULTED.match(_place(norm, span).lead):
        return Text("只是句子的一部分，不是冲人说的", "part of a sentence, not thrown at anybody")
    return None


def unmeant(norm: NormText, span: Span) -> Text | None:
    """Return why a courtesy at `span` is no courtesy; None when it stands."""
    place = _place(norm, span)
    return _quoted(place) or _told_of(place) or _denied_speech(place) or _negated(place)


def _quoted(place: _Place) -> Text | None:
    """Find the match inside quotation marks that hold only part of the utterance."""
    whole = place.norm.back(place.span)
    quoted, partly = _quotations(place.norm.original)
    # The marks themselves may belong to the match.
    if partly and all(quoted[whole.start + 1 : max(whole.end - 1, whole.start + 2)]):
        return Text("是引用的话", "it is quoted")
    return None


@functools.lru_cache(maxsize=256)
def _quotations(text: str) -> tuple[bytes, bool]:
    """Find pairs of quotation marks.

    Returns:
        for each character whether it stands between or is one of them; whether there is something
        between such marks and something outside.
    """
    quoted = bytearray(len(text))
    if not _ANY_MARK.search(text):
        return bytes(quoted), False
    opened: list[tuple[str, int]] = []
    for at, char in enumerate(text):
        if opened and char == opened[-1][0]:
            _, start = opened.pop()
            quoted[start : at + 1] = b"\1" * (at + 1 - start)
        elif char in _PAIRS:
            opened.append((_PAIRS[char], at))
        elif char == _ALIKE:
            opened.append((_ALIKE, at))
    outside = "".join(char for char, inside in zip(text, quoted, strict=True) if not inside)
    return bytes(quoted), any(quoted) and bool(outside.strip(_MARKS))


def _denied(place: _Place) -> Text | None:
    # 归不归我管 asks whether.
    asks = place.phrase[:1] == "不" and place.lead[-1:] == place.phrase[1:2]
    said = cues.DENIED_SPEECH.search(place.lead) or cues.DENIED_AT_LENGTH.search(place.clause)
    if asks or said or cues.DENIED.search(place.lead):
        return Text("前面有否定", "it is denied")
    return _negated(place)


def _negated(place: _Place) -> Text | None:
    """Find a bare 不, 没 or 别 right before the match: 不好意思 is not 好意思."""
    if place.lead[-1:] in tuple(NEGATIONS) and place.phrase[0] not in NEGATIONS:
        return Text("前面有否定", "it is denied")
    return None


def _denied_speech(place: _Place) -> Text | None:
    if cues.DENIED_SPEECH.search(place.lead):
        return Text("说的是没有说", "it tells of not saying it")
    return None


def _reported(place: _Place) -> Text | None:
    reported = cues.REPORTED.search(place.lead) and not cues.OWN_SPEECH.search(place.lead)
    before = "" if place.lead else _clause_before(place)
    announced = cues.ANNOUNCED.search(before) and not cues.WHATEVER.search(before)
    if reported or announced:
        return Text("是转述别人的话", "it reports what somebody else said")
    return None


def _clause_before(place: _Place) -> str:
    clause = clause_before(place.norm, place.span.start)
    return place.norm.text[max(clause.start, clause.end - _FAR) : clause.end]


def _told_of(place: _Place) -> Text | None:
    """Find, in the match's own clause, somebody else who is said to have said it."""
    if cues.TOLD_OF.search(place.lead) and not cues.OWN_SPEECH.search(place.lead):
        return Text("是转述别人的话", "it reports what somebody else said")
    return None


def _of_others(place: _Place) -> Text | None:
    if place.lead.endswith("您") and cues.REPROACH.match(place.phrase):
        return Text("用的是敬称“您”", "it is said with a polite 您")
    # With a subject of its own the phrase is about that: 银行的事我不管.
    if place.phrase[0] not in "我你您咱" and cues.OF_OTHERS.search(place.lead):
        return Text("说的是别人", "it is about somebody else")
    return None


def _named(place: _Place) -> Text | None:
    whole = place.norm.back(place.span)
    around = place.norm.original[max(0, whole.start - 1) : whole.end + 1]
    listed = _LIST_COMMA in (around[:1], around[-1:]) or cues.LISTED.search(place.lead)
    next_clause = not place.after and cues.NAMED_NEXT.match(place.then)
    taught = cues.TALK_OF_RULES.search(place.near)
    if cues.NAMED.match(place.after) or next_clause or listed or taught:
        return Text("是在说这种说法，不是这样说", "it names the phrase; it does not use it")
    if cues.ATTRIBUTE.match(place.after):
        return Text("是在形容别的东西", "it says what something is like")
    return None


def _supposed(place: _Place) -> Text | None:
    whole = cues.CONCESSION.search(place.phrase) and not cues.STILL.match(place.then)
    conceded = cues.CONCEDED.search(place.lead) and not whole
    supposed = cues.SUPPOSED.search(place.lead) and not cues.THREAT.match(place.phrase)
    if supposed or conceded:
        return Text("只是假设", "it is only supposed")
    return None


def _softened(place: _Place) -> Text | None:
    if cues.SOFTENED.match(place.after.lstrip("啊呀呢吧吗") + place.then):
        return Text("后面马上缓和了", "what follows takes the edge off")
    return None


def _taken_back(place: _Place) -> Text | None:
    if cues.TAKEN_BACK.search(place.near):
        return Text("是在为这话道歉", "it is taken back")
    return None


def _asked(place: _Place) -> Text | None:
    if cues.ASKED.match(place.after + place.then):
        return Text("是在问有没有这回事", "it asks whether that is so")
    return None


def _addressed(place: _Place) -> Text | None:
    # An order is given to somebody: 你先一边待着去.
    if place.phrase.endswith("去"):
        return None
    after = (place.after + place.then)[:6]
    # 嘛 is normalized to 吗, but asks nothing.
    whole = place.norm.back(place.span)
    if place.norm.original[whole.end : whole.end + 1] == "嘛":
        after = after[1:]
    if cues.ADDRESSED.search(place.lead) or cues.MATTERS_NOT.match(after):
        return Text("说的是对方，不是推脱", "it is about the other person, not a refusal")
    return None


def _followed_by_help(place: _Place) -> Text | None:
    after = (place.after + place.then)[:_HELP_WITHIN]
    dismissed = cues.DISMISSED.search(after)
    if cues.HELP.search(after[: dismissed.start()] if dismissed else after):
        return Text("后面接着帮忙，不是推脱", "help follows; it is no refusal")
    return None
