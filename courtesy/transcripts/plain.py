"""Plain text, .txt: a turn a line, with or without speaker and time.

    # 三号窗口
    00:12 工作人员：您好
    群众：我来办证

A speaker or a time alone on a line belongs to the lines below, down to the next blank one.
"""

from collections.abc import Iterator
from dataclasses import replace

from courtesy.records import Heard
from courtesy.transcripts.labels import label
from courtesy.transcripts.turns import Place, Turn, is_blank, to_heard

__all__ = ["read_plain"]


def read_plain(text: str, name: str) -> tuple[Heard, ...]:
    """Read one recording.

    Raises:
        NotATranscript: nobody says anything, or a time runs backwards.
    """
    turns = list(_turns(text, name, trusting=True))
    # "9:30 开门" begins a sentence, "00:12 您好" begins with a time. A time that stands bare and
    # before no speaker is believed only where every other turn has its time too.
    if any(turn.start is None for turn in turns):
        turns = list(_turns(text, name, trusting=False))
    return (to_heard(name, turns),)


def _turns(text: str, name: str, *, trusting: bool) -> Iterator[Turn]:
    head: Turn | None = None
    used = False
    for number, raw in enumerate(text.split("\n"), start=1):
        row = raw.strip()
        if is_blank(row):
            head = None if used else head
            continue
        if row.startswith("#"):
            continue
        turn, named = _turn(row, Place(name, number), trusting=trusting)
        if not turn.text:
            above = "unknown" if named or head is None else head.role
            head, used = (turn if named else replace(turn, role=above)), False
            continue
        if named:
            head = None
        elif head is not None:
            timed = head if turn.start is None else turn
            turn = replace(turn, role=head.role, start=timed.start, end=timed.end)
            head, used = replace(head, end=None), True
        yield turn


def _turn(row: str, place: Place, *, trusting: bool) -> tuple[Turn, bool]:
    """Return what a line says and whether it names a speaker."""
    begin = label(row)
    if not (begin.sure or trusting):
        return Turn(place, row), False
    turn = Turn(place, begin.rest, begin.role or "unknown", begin.start, begin.end)
    return turn, begin.role is not None
