"""Who speaks and when, as written before the words of a line: 00:12 工作人员1：您好.

A piece of a line is taken for a speaker or a time only where it can hardly be anything else:
words that somebody said must not be lost.
"""

import re
from dataclasses import dataclass

from courtesy.records import Role, Seconds
from courtesy.transcripts.turns import UNSEEN

__all__ = ["CLOCK", "Label", "label", "named_role", "seconds"]

_CLERKS = (
    "工作人员 工作人員 窗口 窗口人员 窗口人員 窗口工作人员 窗口工作人員 柜员 櫃員 客服 "
    "客服人员 客服人員 职员 職員 办事员 辦事員 坐席 座席 话务员 話務員 clerk agent staff"
)
_CUSTOMERS = (
    "群众 群眾 群衆 办事群众 辦事群眾 市民 办事人 辦事人 客户 客戶 顾客 顧客 居民 民众 民眾 民衆 "
    "来电人 來電人 customer citizen client"
)
_SOMEBODY = "说话人 說話人 发言人 發言人 讲话人 講話人 speaker spk unknown 未知"
_ROLES: dict[str, Role] = {
    **dict.fromkeys(_CLERKS.split(), "clerk"),
    **dict.fromkeys(_CUSTOMERS.split(), "customer"),
    **dict.fromkeys(_SOMEBODY.split(), "unknown"),
}

_GAP = "[ \\t\\u3000\\xa0]"
_COLON = "[:：﹕︰]"
# Repetitions are bounded, so that no line of spaces or digits makes a pattern slow.
CLOCK = r"(?:(?:[0-9]{1,4}[:：])?[0-5]?[0-9]|[0-9]{1,3})[:：][0-5][0-9](?:[.,][0-9]{1,6})?"
_CLOCKS = rf"{CLOCK}(?:{_GAP}{{0,4}}(?:-->|[-–—~～至]){_GAP}{{0,4}}{CLOCK})?"
_BRACKETED = rf"[\[(（【]{_GAP}{{0,4}}{_CLOCKS}{_GAP}{{0,4}}[\])）】]"
# The digits after a speaker are a number, as in 工作人员1, unless they begin a time.
_NUMBER = (
    rf"[ \t\u3000\xa0_#-]{{0,3}}(?!{_CLOCKS}{_GAP}{{0,8}}(?:{_COLON}|\Z))"
    rf"(?:[0-9０-９]{{1,3}}|[a-zＡ-Ｚａ-ｚ]|[甲乙丙丁一二三四五六七八九十])(?:{_GAP}?[号號])?"
)
_NAME = (
    rf"[{UNSEEN}]{{0,4}}(?P<name>{'|'.join(sorted(_ROLES, key=len, reverse=True))})"
    rf"(?:{_NUMBER})?(?:{_GAP}?[(（][^()（）:：]{{1,10}}[)）])?[ \t\u3000\xa0{UNSEEN}]{{0,8}}"
)
# Without re.ASCII the letters of "staff" would match ſ and ı too, which no table of names holds.
_ANY_CASE = re.IGNORECASE | re.ASCII
_FIND_CLOCK = re.compile(CLOCK)
_STAMP = re.compile(rf"(?P<sure>{_BRACKETED})|{_CLOCKS}(?![0-9:：])")
_WHOLE_NAME = re.compile(_NAME, _ANY_CASE)
_SPEAKERS = (
    re.compile(rf"{_NAME}(?:(?P<time>{_BRACKETED}|{_CLOCKS}){_GAP}{{0,8}})?{_COLON}", _ANY_CASE),
    re.compile(rf"[\[【]{_GAP}?{_NAME}[\]】]{_GAP}{{0,8}}{_COLON}?(?P<time>)", _ANY_CASE),
    # Meeting programs write the speaker and the time on a line and the words below.
    re.compile(rf"{_NAME}(?P<time>{_BRACKETED}|{_CLOCKS})\Z", _ANY_CASE),
)


@dataclass(frozen=True, slots=True)
class Label:
    """What stands before the words of a line.

    Attributes:
        rest: the words; empty where the line is only a label.
        role: of the speaker; None where the line names none.
        start: seconds; None where the line has no time.
        end: seconds; None likewise.
        sure: whether the time can be nothing else; a bare one may begin the sentence.
    """

    rest: str
    role: Role | None = None
    start: Seconds | None = None
    end: Seconds | None = None
    sure: bool = True


def label(row: str) -> Label:
    """Take the speaker and the time off a line that has no space at its ends."""
    stamp = _STAMP.match(row)
    rest = row[stamp.end() :].lstrip() if stamp else row
    for pattern in _SPEAKERS:
        speaker = pattern.match(rest)
        if speaker:
            start, end = _times(stamp.group() if stamp else speaker["time"] or "")
            role = _ROLES[speaker["name"].lower()]
            return Label(rest[speaker.end() :].strip(), role, start, end)
    # A bare time stands apart from the words: not so in 9:30开门.
    if stamp is None or not (stamp["sure"] or row[stamp.end() :][:1].isspace()):
        return Label(row)
    start, end = _times(stamp.group())
    return Label(rest, None, start, end, sure=stamp["sure"] is not None)


def named_role(name: str) -> Role | None:
    """Return the role of a speaker's name; None where the name is not known."""
    named = _WHOLE_NAME.fullmatch(name.strip())
    return _ROLES[named["name"].lower()] if named else None


def _times(text: str) -> tuple[Seconds | None, Seconds | None]:
    times = [seconds(clock) for clock in _FIND_CLOCK.findall(text)]
    return (times[0] if times else None), (times[1] if len(times) > 1 else None)


def seconds(clock: str) -> Seconds:
    """Return the seconds that a text of the pattern `CLOCK` stands for."""
    total = 0.0
    for part in clock.replace("：", ":").replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return round(total, 6)
