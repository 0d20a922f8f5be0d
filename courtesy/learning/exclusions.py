"""Wordings around a phrase that people rejected again and again as quoted, or as not rude there."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from courtesy.lessons import Lesson
from courtesy.records import NormText
from courtesy.text.normalize import normalize

# Recordings in which a wording has to be met. In one or two it may be what one person happens to
# say, and might name somebody.
SEVERAL: Final = 3
_HARMLESS: Final = frozenset({"quoted", "context"})
_REACH: Final = 6  # characters on either side of the phrase
_MORE: Final = 2  # characters that a wording has besides the phrase's own, at least


@dataclass(frozen=True, slots=True)
class Wording:
    """A wording with its grounds.

    Attributes:
        text: normalized.
        flags: the decisions that speak for it.
        recordings: in how many it was said.
        against: how many confirmed matches were looked through, none of which holds it.
    """

    text: str
    flags: tuple[int, ...]
    recordings: int
    against: int


def exclusions(
    lessons: Iterable[Lesson], hits: Sequence[str], excepts: Sequence[str]
) -> tuple[Wording, ...]:
    """Return wordings that are harmless, those met most often first.

    Args:
        lessons: the decisions about a phrase.
        hits: sentences that must match; a wording in one of them is none.
        excepts: wordings that are known to be harmless, normalized.
    """
    lessons = list(lessons)
    guilty = [normalize(one.said).text for one in lessons if one.confirmed]
    never = [*guilty, *(normalize(hit).text for hit in hits)]
    left = [
        (one, normalize(one.said))
        for one in lessons
        if not one.confirmed
        and one.why in _HARMLESS
        and not any(known in normalize(one.said).text for known in excepts)
    ]
    found: list[Wording] = []
    while True:
        best = _commonest(left, never)
        if best is None:
            return tuple(found)
        own = [one for one, norm in left if best in norm.text]
        recordings = len({one.recording for one in own})
        found.append(Wording(best, tuple(one.flag for one in own), recordings, len(guilty)))
        left = [(one, norm) for one, norm in left if best not in norm.text]


def _commonest(left: Iterable[tuple[Lesson, NormText]], never: Sequence[str]) -> str | None:
    """Return the wording of the most recordings, of several alike the longest.

    The longer one excuses less than what was rejected shows.
    """
    met: dict[str, set[int]] = {}
    for one, norm in left:
        for wording in set(_around(one, norm)):
            met.setdefault(wording, set()).add(one.recording)
    several = [(len(some), len(text), text) for text, some in met.items() if len(some) >= SEVERAL]
    for _, _, text in sorted(several, reverse=True):
        if not any(text in other for other in never):
            return text
    return None


def _around(one: Lesson, norm: NormText) -> Iterator[str]:
    """Yield the wordings that hold the words of a match and some around them.

    Those with a number are left out: it may be somebody's.
    """
    start = next((at for at, place in enumerate(norm.ends) if place > one.span.start), None)
    if start is None:
        return
    end = max((at + 1 for at, place in enumerate(norm.starts) if place < one.span.end), default=0)
    for before in range(min(_REACH, start) + 1):
        for behind in range(min(_REACH, len(norm.text) - end) + 1):
            first, last = start - before, end + behind
            own = norm.original[norm.starts[first] : norm.ends[last - 1]]
            if before + behind >= _MORE and not any(char.isdigit() for char in own):
                yield norm.text[first:last]
