"""A quarrel (禁止与服务对象争吵) by its sound: both sides loud or fast, close together.

One kind of sign is not enough, and one side is not either: a clerk who stays calm while a customer
shouts does not quarrel, and two people who both talk fast need not.
"""

from collections.abc import Iterable, Sequence

from courtesy.config import MeasureOptions
from courtesy.messages import Text
from courtesy.records import Event, EventKind

_SIGNS: tuple[EventKind, ...] = ("overlap", "loud", "fast")
# Signs of one side; an overlap belongs to both and shows neither's temper.
_OWN: tuple[EventKind, ...] = ("loud", "fast")


def quarrels(events: Iterable[Event], options: MeasureOptions) -> list[Event]:
    """Find quarrels among the events of an interaction.

    Args:
        events: in any order.
        options: how close together the signs must come.

    Returns:
        one event a quarrel, in order of time; its value is the number of signs, its sentence names
        them.
    """
    signs = sorted((e for e in events if e.kind in _SIGNS), key=lambda e: e.start)
    groups: list[list[Event]] = []
    for first in signs:
        near = [s for s in signs if 0 <= s.start - first.start <= options.quarrel_seconds]
        if not _both_heated(near):
            continue
        if groups and near[0].start <= groups[-1][-1].start:
            groups[-1] += [s for s in near if s not in groups[-1]]
        else:
            groups.append(near)
    return [_quarrel(group) for group in groups]


def _both_heated(signs: Sequence[Event]) -> bool:
    sides = {s.role for s in signs if s.kind in _OWN} & {"clerk", "customer"}
    return len(sides) == 2 and len({s.kind for s in signs}) >= 2


def _quarrel(signs: Sequence[Event]) -> Event:
    zh, en = "；".join(s.text.zh for s in signs), "; ".join(s.text.en for s in signs)
    return Event(
        kind="quarrel",
        role="unknown",
        start=signs[0].start,
        end=max(s.end for s in signs),
        value=float(len(signs)),
        utterances=tuple(sorted({number for s in signs for number in s.utterances})),
        text=Text(f"像是争吵：{zh}", f"sounds like a quarrel: {en}"),
    )
