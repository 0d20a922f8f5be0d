"""Personal data in what was said: found, and hidden character by character.

What is hidden keeps its length, so that spans, words and their times hold: digits and letters
become X, characters of names and addresses 某. What a number is called and the 年 and 月 of a day
stay, so that people can still follow the talk.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from courtesy.records import Personal, PersonalKind, Seconds, Span, Utterance, Word
from courtesy.text import names
from courtesy.text.numbers import numbers
from courtesy.text.places import BORN, places
from courtesy.text.script import simplify

NUMBER, SOMEBODY = "X", "某"
# Utterances in which a question is still open, and over which one number is read out.
_OPEN: Final = 2
_ASKED_FOR: Final = re.compile(
    r"(?:手机|电话|联系方式|身份证|证件|卡号|账号|密码|验证码|尾号|车牌|号码)[^。！!]{0,12}"
    r"(?:多少|几|报一?下|说一?下|念一?下|留一?下|输一?下|是|呢|[?？]|$)"
)
_SPOKEN: Final = re.compile(r"[0-9x零〇一二三四五六七八九十幺妖洞拐两]")
_FILLER: Final = re.compile(r"[\s，,。.、嗯呃啊对是的哦好然后]+")
_SOME, _MOSTLY = 3, 0.6  # digits, and share of them, by which an utterance reads out a number
_PIECE: Final = 240  # characters: more than are said in the longest utterance
_STOPS: Final = re.compile(r"[。！!？?；;\n]")
_KEPT: Final = frozenset("年月日号岁 ，,。.、：:·-—–…")
# By which the recogniser's times of words are often wrong.
_AROUND: Final = 0.2  # seconds


def find_personal(texts: Sequence[str], known: set[str] | None = None) -> list[list[Personal]]:
    """Return the personal data of utterances that follow each other, in order for each.

    Args:
        texts: as they were heard.
        known: names of people who were named before; those that are named now come to it.
    """
    plain = [_plain(text) for text in texts]
    known = set() if known is None else known
    found = [list(_by_itself(plain, at)) for at in range(len(plain))]
    for text, own in zip(plain, found, strict=True):
        named = {text[s.start : s.end] for s, kind in own if kind == "name"}
        known |= named.union(*(name.split("·") for name in named)) | set(names.spelt(text))
    return [
        list(_apart([*own, *_named_again(text, known)]))
        for text, own in zip(plain, found, strict=True)
    ]


def _by_itself(texts: Sequence[str], at: int) -> Iterator[tuple[Span, PersonalKind]]:
    """Yield what an utterance and those around it show to be personal."""
    text, before = texts[at], texts[max(0, at - _OPEN) : at]
    beside = (*before, *texts[at + 1 : at + 1 + _OPEN])
    dictated = _is_dictated(text) and any(map(_is_dictated, beside))
    born = any(map(BORN.search, (text, *before)))
    told = dictated or any(map(_ASKED_FOR.search, before))
    asked = any(map(names.ASKED.search, before))
    for start, piece in _pieces(text):
        for span in names.names(piece, asked=asked):
            yield Span(start + span.start, start + span.end), "name"
        for span, kind in (*places(piece, born=born), *numbers(piece, told=told)):
            yield Span(start + span.start, start + span.end), kind


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Yield a text in pieces of a size that people say at once, each with where it begins.

    A transcript may be one line, and the time that a pattern takes grows faster than its text.
    """
    start = 0
    while len(text) - start > _PIECE:
        stops = [hit.end() for hit in _STOPS.finditer(text, start + _PIECE // 2, start + _PIECE)]
        end = stops[-1] if stops else start + _PIECE
        yield start, text[start:end]
        start = end
    yield start, text[start:]


def _named_again(text: str, known: Iterable[str]) -> Iterator[tuple[Span, PersonalKind]]:
    """Yield where people are named who were announced elsewhere, and how they are written."""
    for name in known:
        if len(name) > 1:  # a surname alone stands in many words
            for hit in re.finditer(re.escape(name), text):
                yield Span(*hit.span()), "name"
        for char in name:  # 伟大的伟, 弓长张
            spelt = rf"(?:的|{names.SPELT})({re.escape(char)})(?=[，,。.！!？?\s字]|$)"
            for hit in re.finditer(spelt, text):
                yield Span(*hit.span(1)), "name"
        if len(name) == 1:
            for span in names.of_surname(text, name):
                yield span, "name"


def _is_dictated(text: str) -> bool:
    """Tell whether somebody reads out a number, or a part of one."""
    rest = _FILLER.sub("", text)
    count = len(_SPOKEN.findall(rest))
    return count >= _SOME and count >= _MOSTLY * len(rest)


def hidden(text: str, found: Iterable[Personal]) -> str:
    """Return a text without its personal data; its length stays.

    >>> text = "我叫李伟，电话一三八零零幺三八零零零"
    >>> hidden(text, find_personal([text])[0])
    '我叫某某，电话XXXXXXXXXXX'
    """
    chars = list(text)
    for one in found:
        for at in range(one.span.start, one.span.end):
            chars[at] = _instead(chars[at], one.kind)
    return "".join(chars)


def without_personal_data(
    utterances: Sequence[Utterance], known: set[str] | None = None
) -> tuple[Utterance, ...]:
    """Return utterances without personal data; what it was stands in `Utterance.personal`.

    Args:
        utterances: that follow each other.
        known: see `find_personal`.
    """
    found = find_personal([one.heard for one in utterances], known)
    return tuple(
        _without(one, own) if own else one for one, own in zip(utterances, found, strict=True)
    )


def hidden_times(utterances: Iterable[Utterance]) -> list[tuple[Seconds, Seconds]]:
    """Return when it was said what utterances hide, so that it may be covered in the sound.

    It is told by what stands there instead: some letters too many are covered, none too few. Where
    words have no times of their own, the whole utterance is covered.
    """
    found = []
    for one in utterances:
        if not _hides(one.heard) or one.start is None or one.end is None:
            continue
        own = [(word.start, word.end) for word in one.words if _hides(word.text)]
        found += own or [(one.start, one.end)]
    whole: list[tuple[Seconds, Seconds]] = []
    for start, end in sorted(found):
        start, end = max(0.0, start - _AROUND), end + _AROUND
        if whole and start <= whole[-1][1]:
            start, end = whole[-1][0], max(whole.pop()[1], end)
        whole.append((start, end))
    return whole


def _hides(text: str) -> bool:
    return NUMBER in text or SOMEBODY in text


def _without(one: Utterance, found: Sequence[Personal]) -> Utterance:
    heard = hidden(one.heard, found)
    return replace(
        one,
        heard=heard,
        words=tuple(_words(one, heard)),
        asked=tuple(a for a in one.asked if not any(a.span.overlaps(p.span) for p in found)),
        personal=tuple(replace(p, heard=one.heard[p.span.start : p.span.end]) for p in found),
    )


def _words(one: Utterance, heard: str) -> Iterator[Word]:
    """Yield the words as they stand in a text that hides something."""
    at = 0
    for word in one.words:
        bare = word.text.strip()
        start = one.heard.find(bare, at) if bare else -1
        if start < 0:  # it stands otherwise in the text: nothing of it is shown
            yield replace(word, text="".join(_instead(c, "name") for c in word.text))
            continue
        at = start + len(bare)
        yield replace(word, text=word.text.replace(bare, heard[start:at], 1))


def _instead(char: str, kind: PersonalKind) -> str:
    if char in _KEPT:
        return char
    somebody = kind in {"name", "address"} and "一" <= char <= "鿋" and not _SPOKEN.match(char)
    return SOMEBODY if somebody else NUMBER


def _plain(text: str) -> str:
    """Return a text in one script, one width and small letters, character for character."""
    folded = (unicodedata.normalize("NFKC", char).lower() for char in text)
    pairs = zip(folded, text, strict=True)
    return simplify("".join(new if len(new) == 1 else char for new, char in pairs))


def _apart(found: Iterable[tuple[Span, PersonalKind]]) -> Iterator[Personal]:
    """Yield what was found in order; of what overlaps the whole is one, named by its first part."""
    whole: tuple[Span, PersonalKind] | None = None
    for span, kind in sorted(found, key=lambda one: (one[0].start, -one[0].end)):
        if whole and span.start < whole[0].end:
            whole = Span(whole[0].start, max(whole[0].end, span.end)), whole[1]
            continue
        if whole:
            yield Personal(*whole)
        whole = span, kind
    if whole:
        yield Personal(*whole)
