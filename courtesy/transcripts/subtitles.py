"""Subtitles: SubRip, .srt, and WebVTT, .vtt, as programs and people really leave them.

Blank rows are missing or too many, numbers are left out, the speaker stands in a voice tag or
before the words. What cannot be shown to be a number, a tag or a comment is kept as words.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import dropwhile, groupby

from courtesy.messages import Text
from courtesy.records import Heard, Role, Seconds
from courtesy.transcripts.labels import CLOCK, label, named_role, seconds
from courtesy.transcripts.turns import Place, Turn, found, is_blank, to_heard

__all__ = ["read_srt", "read_vtt"]

_TIMING = re.compile(rf"\s*({CLOCK})\s*-->\s*({CLOCK})(?:\s|\Z)")
_LOOKS_TIMED = re.compile(r"\s*-?[0-9].*-->|.*-->\s*-?[0-9]")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:[ \t]([^<>]*))?>|</v>")
_VTT_TAG = re.compile(r"<[^<>]*>")
_SRT_TAG = re.compile(r"</?(?:b|i|u|s|font(?:\s[^<>]*)?)>|\{\\[^{}]*\}", re.IGNORECASE)

_TIMING_LINE = Text(
    zh="形如 00:00:01,000 --> 00:00:02,500 的时间行",
    en="a line of times such as 00:00:01,000 --> 00:00:02,500",
)


@dataclass(frozen=True, slots=True)
class _Row:
    place: Place
    text: str  # empty for a blank row

    @property
    def looks_timed(self) -> bool:
        return _LOOKS_TIMED.match(self.text) is not None


@dataclass(frozen=True, slots=True)
class _Cue:
    place: Place
    start: Seconds
    end: Seconds
    rows: list[str] = field(default_factory=list)


_Voice = tuple[Role, list[str]]


def read_srt(text: str, name: str) -> tuple[Heard, ...]:
    """Read one recording from SubRip, or from WebVTT under the wrong name.

    Raises:
        NotATranscript: times cannot be understood, or nobody says anything.
    """
    return _read(text, name, vtt=text.startswith("WEBVTT"))


def read_vtt(text: str, name: str) -> tuple[Heard, ...]:
    """Read one recording from WebVTT.

    Raises:
        NotATranscript: times cannot be understood, or nobody says anything.
    """
    return _read(text, name, vtt=True)


def _read(text: str, name: str, *, vtt: bool) -> tuple[Heard, ...]:
    numbered = enumerate(text.split("\n"), start=1)
    rows = (_Row(Place(name, n), "" if is_blank(raw) else raw.strip()) for n, raw in numbered)
    cues = _cues(_without_asides(rows) if vtt else rows, vtt=vtt)
    return (to_heard(name, (turn for cue in cues for turn in _turns(cue, vtt=vtt))),)


def _without_asides(rows: Iterable[_Row]) -> Iterator[_Row]:
    """Leave out comments anywhere, and header and styles above the first cue."""
    asides = {"NOTE", "WEBVTT", "STYLE", "REGION"}
    for blank, group in groupby(rows, key=lambda row: not row.text):
        block = list(group)
        if not blank and block[0].text.split(maxsplit=1)[0] in asides:
            # A forgotten blank row must not take a cue along.
            block = list(dropwhile(lambda row: not row.looks_timed, block[1:]))
        if any(row.looks_timed for row in block):
            asides = {"NOTE"}
        yield from block


def _cues(rows: Iterable[_Row], *, vtt: bool) -> list[_Cue]:
    cues: list[_Cue] = []
    held: list[_Row] = []  # since the last times
    for row in rows:
        if not row.looks_timed:
            held.append(row)
            continue
        timing = _TIMING.match(row.text)
        if timing is None:
            raise row.place.refuse(found(row.text), _TIMING_LINE)
        _give(_without_number(held, cues, vtt=vtt), cues)
        held = []
        cues.append(_Cue(row.place, seconds(timing[1]), seconds(timing[2])))
    _give(held, cues)
    return cues


def _without_number(held: list[_Row], cues: list[_Cue], *, vtt: bool) -> list[_Row]:
    """Take off the number, in WebVTT the name, that stands above the times of the next cue."""
    at = max((at for at, row in enumerate(held) if row.text), default=None)
    if at is None:
        return held
    above = held[at].text
    near = at == len(held) - 1
    alone = not held[at - 1].text if at else not cues
    # Under words, or apart from the times, only the very next number is one; any other may be
    # what was said.
    following = above == str(len(cues) + 1) and (near or alone)
    named = near and alone and (vtt or above.isdecimal())
    return held[:at] if following or named else held


def _give(held: list[_Row], cues: list[_Cue]) -> None:
    """Let rows be the words of the last cue."""
    said = [row for row in held if row.text]
    if said and not cues:
        raise said[0].place.refuse(found(said[0].text), _TIMING_LINE)
    if said:
        cues[-1].rows.extend(row.text for row in said)


def _turns(cue: _Cue, *, vtt: bool) -> Iterator[Turn]:
    """Give each speaker of a cue a share of its time, by the number of characters."""
    said = [(role, words) for role, words in _speakers(cue, vtt=vtt) if not is_blank(words)]
    total = sum(len(words) for _, words in said)
    spoken = 0
    start = cue.start
    for role, words in said:
        spoken += len(words)
        share = round(cue.start + (cue.end - cue.start) * spoken / total, 3)
        # Rounding must not put the end before the start where times are finer.
        end = cue.end if spoken == total else min(max(start, share), cue.end)
        yield Turn(cue.place, words, role, start, end)
        start = end


def _voices(rows: Iterable[str]) -> Iterator[_Voice]:
    payload = "\n".join(rows)
    role: Role = "unknown"
    at = 0
    for tag in _VOICE.finditer(payload):
        yield role, payload[at : tag.start()].split("\n")
        role = named_role(html.unescape(tag[1] or "")) or "unknown"
        at = tag.end()
    yield role, payload[at:].split("\n")


def _speakers(cue: _Cue, *, vtt: bool) -> Iterator[tuple[Role, str]]:
    whole: _Voice = ("unknown", cue.rows)
    for voice, rows in _voices(cue.rows) if vtt else [whole]:
        role, said = voice, list[str]()
        for raw in rows:
            row = html.unescape(_VTT_TAG.sub("", raw)) if vtt else _SRT_TAG.sub("", raw)
            begin = label(row.strip())
            if begin.role is None:
                said.append(row.strip())
                continue
            yield role, _join(said)
            role, said = begin.role, [begin.rest]
        yield role, _join(said)


def _join(rows: Iterable[str]) -> str:
    # Chinese has no spaces between words; English broken over two rows needs its space back.
    parts: list[str] = []
    for row in filter(None, rows):
        if parts and parts[-1][-1].isascii() and row[0].isascii():
            parts.append(" ")
        parts.append(row)
    return "".join(parts)
