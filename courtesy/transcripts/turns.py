"""A turn of talk and its place in the file: what every layout is read into, and what it refuses."""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass

from courtesy.errors import NotATranscript
from courtesy.messages import Text
from courtesy.records import Heard, Role, Seconds, SoundQuality, Utterance

__all__ = ["UNSEEN", "Place", "Turn", "found", "found_at", "is_blank", "quote", "to_heard"]

# Copied text brings along characters that show nothing; they are neither words nor speakers.
UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands, to be named when it is refused.

    Attributes:
        file: what to call the file.
        where: a line, from 1, or a key of JSON; empty for the whole file.
    """

    file: str
    where: int | str = ""

    def refuse(self, what: Text, expected: Text) -> NotATranscript:
        """Return the error that says what was found here and what should be here."""
        if isinstance(self.where, int):
            where = Text(zh=f"第 {self.where} 行", en=f"line {self.where}")
        else:
            where = Text(zh=self.where or "整个文件", en=self.where or "the whole file")
        return NotATranscript(
            Text(
                zh=f"{self.file}：{where.zh}：{what.zh}。应为：{expected.zh}。",
                en=f"{self.file}: {where.en}: {what.en}. Expected: {expected.en}.",
            )
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """What one person said, as it stands in the file; the fields are those of `Utterance`."""

    place: Place
    text: str
    role: Role = "unknown"
    start: Seconds | None = None
    end: Seconds | None = None
    quality: float | None = None
    sound: SoundQuality | None = None


def to_heard(
    name: str, turns: Iterable[Turn], length: Seconds | None = None, *, silent: bool = False
) -> Heard:
    """Put turns in order of time; one without a time stays behind the one it followed.

    Args:
        name: what to call the recording.
        turns: in the order of the file; those without words are passed over.
        length: of the recording, where known: silence after the last word belongs to it.
        silent: whether there may be no words at all.

    Raises:
        NotATranscript: a turn ends before it starts, or nobody says anything.
    """
    keyed: list[tuple[Seconds, Turn]] = []
    last = -math.inf
    for turn in turns:
        _check_times(turn)
        if not is_blank(turn.text):
            last = last if turn.start is None else turn.start
            keyed.append((last, turn))
    if not keyed and not silent:
        raise Place(name).refuse(
            Text(zh="没有任何话语", en="no words"),
            Text(zh="至少一句话", en="at least one spoken turn"),
        )
    keyed.sort(key=lambda pair: pair[0])
    utterances = tuple(
        Utterance(
            id=at,
            heard=turn.text,
            role=turn.role,
            start=turn.start,
            end=turn.end,
            quality=turn.quality,
            loudness=turn.sound.level if turn.sound else None,
            sound=turn.sound,
        )
        for at, (_, turn) in enumerate(keyed)
    )
    ends = [time for time in (*(u.end for u in utterances), length) if time is not None]
    return Heard(path=name, utterances=utterances, duration=max(ends, default=None))


def _check_times(turn: Turn) -> None:
    if turn.end is not None and (turn.start is None or turn.end < turn.start):
        start, end = quote(turn.start), quote(turn.end)
        raise turn.place.refuse(
            Text(zh=f"开始 {start}、结束 {end}", en=f"start {start}, end {end}"),
            Text(zh="有开始时间，且结束不早于开始", en="a start, and an end that is not before it"),
        )


def is_blank(text: str) -> bool:
    """Tell whether a text shows nothing."""
    return all(char in UNSEEN or char.isspace() for char in text)


def found(value: object) -> Text:
    """Say what stands in the place."""
    return Text(zh=f"这里是 {quote(value)}", en=f"found {quote(value)}")


def found_at(key: str, value: object) -> Text:
    """Say what an object has under `key`."""
    return Text(zh=f"{key} 是 {quote(value)}", en=f"{key} is {quote(value)}")


def quote(value: object) -> str:
    """Return a value as one short line that is safe to show in a terminal."""
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    short = shown if len(shown) <= 40 else shown[:40] + "…"
    return f'"{"".join(char if char.isprintable() else "�" for char in short)}"'
