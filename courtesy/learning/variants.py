"""Wordings of a phrase that the lists lack: what reviewers typed where it was confirmed."""

import re
from collections.abc import Collection, Iterable, Sequence
from difflib import SequenceMatcher
from typing import Final

from courtesy.learning.exclusions import SEVERAL, Wording
from courtesy.lessons import Lesson
from courtesy.records import NormText, Span
from courtesy.text.normalize import normalize

# Shorter ones stand in too much harmless speech, longer ones are sentences of their own. Neither
# numbers nor letters: they may be somebody's.
_WORDS: Final = re.compile("[一-鿋]{3,16}")


def variants(
    lessons: Iterable[Lesson], known: Collection[str], misses: Sequence[str]
) -> tuple[Wording, ...]:
    """Return wordings that several reviewers typed, those met most often first.

    Args:
        lessons: the decisions about a phrase.
        known: its forms, normalized.
        misses: sentences that must not match; a wording in one of them is none.
    """
    lessons = list(lessons)
    innocent = [normalize(one.typed or one.said).text for one in lessons if not one.confirmed]
    never = [*innocent, *(normalize(miss).text for miss in misses)]
    met: dict[str, list[Lesson]] = {}
    for one in lessons:
        text = _typed(one)
        if text and text not in known:
            met.setdefault(text, []).append(one)
    found = [
        Wording(text, tuple(one.flag for one in some), recordings, len(never))
        for text, some in met.items()
        if (recordings := len({one.recording for one in some})) >= SEVERAL
        and not any(text in other for other in never)
    ]
    return tuple(sorted(found, key=lambda one: (-one.recordings, one.text)))


def _typed(one: Lesson) -> str:
    """Return what a reviewer typed in place of the words of a match; empty where nothing fits."""
    if not one.confirmed or one.typed is None:
        return ""
    norm, typed = normalize(one.said), normalize(one.typed)
    inside = [
        at
        for at, (start, end) in enumerate(zip(norm.starts, norm.ends, strict=True))
        if end > one.span.start and start < one.span.end
    ]
    if not inside:
        return ""
    span = Span(inside[0], inside[-1] + 1)
    there = _there(norm.text, typed.text, span)
    text = typed.text[there.start : there.end]
    # A number is read out in the normalized text, and cannot be told from words any more.
    return text if _WORDS.fullmatch(text) and not _numbered(typed, there) else ""


def _numbered(norm: NormText, span: Span) -> bool:
    where = norm.back(span)
    return any(char.isdigit() for char in norm.original[where.start : where.end])


def _there(said: str, typed: str, span: Span) -> Span:
    """Return where a stretch of one text stands in another that says nearly the same."""
    start, end = 0, len(typed)
    for tag, a, b, c, d in SequenceMatcher(None, said, typed, autojunk=False).get_opcodes():
        if a <= span.start < b:
            start = c + (span.start - a if tag == "equal" else 0)
        if a < span.end <= b:
            end = c + span.end - a if tag == "equal" else d
    return Span(start, max(start, end))
