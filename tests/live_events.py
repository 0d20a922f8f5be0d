"""Things that happen at a counter, made up for whoever wants to be told of them."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from courtesy.config import LiveOptions, Settings
from courtesy.live.desk import Desk
from courtesy.live.ear import Passed
from courtesy.live.session import Happening
from courtesy.live.source import Item
from courtesy.pipeline import Pipeline
from courtesy.records import Utterance

Turn = tuple[str, str]


def happened(make_pipeline: Callable[..., Pipeline], turns: Iterable[Turn]) -> list[Happening]:
    """Return what comes of talk, one utterance each three seconds, until the customer is gone."""
    settings = Settings().with_changes(dialogue={"clerk": "left"})
    desk = Desk(make_pipeline(settings=settings), LiveOptions(), 2, datetime(2026, 11, 23, 9), "x")
    out: list[Happening] = []
    at = 0.0
    for role, text in turns:
        said = Utterance(0, text, "unknown", at, at + 2.5, 0.95, int(role != "clerk"))
        out += [*desk.hear(said, at + 3), Passed(at + 3, (None, None))]
        at += 3
    return [*out, *desk.end(at + 1)]


RUDE = (
    ("customer", "你好，我想开一张发票，不知道该怎么弄。"),
    ("clerk", "有牌子，自己看。"),
    ("customer", "牌子上写得太多了，我看不明白。"),
    ("clerk", "那就先填表去。"),
)


class Quiet:
    """A source of nothing, which may be paused."""

    name = "USB 麦克风"
    channels = 2
    waits = False
    whole = False
    paused = False

    def blocks(self) -> Iterator[Item]:
        yield from ()

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def close(self) -> None:
        pass
