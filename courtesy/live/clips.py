"""Some seconds of sound around what was found fault with, for a supervisor to listen to.

Of all other sound only the last minutes are held, in memory. What is to be kept is cut out of them
when the fault first shows, since the interaction may last longer than they reach back, and is
written when the interaction closes and the fault still stands.
"""

import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

import numpy as np

from courtesy.errors import reason
from courtesy.live.events import Alert, Closed, Running
from courtesy.live.session import Happening
from courtesy.live.sitting import Sitting, fit, free
from courtesy.messages import Text
from courtesy.records import Clip, Finding, Match, Scorecard, Seconds
from courtesy.speech.decode import RATE, Samples
from courtesy.speech.flac import Sound, in_16_bits, write_flac

BESIDE: Final = 2.0  # seconds before and after the evidence
LONGEST: Final = 20.0
_REACH: Final = 180.0  # seconds of sound that are held
_MOST: Final = 60  # pieces that wait for their interaction to close: 40 MB a channel at most
_WAITING: Final = 200  # that wait to be written
_SAME: Final = 0.5  # seconds by which the same words may begin earlier or later, heard again


class Ring:
    """The last minutes of sound, in as much memory as they take and no more."""

    def __init__(self, channels: int, seconds: Seconds = _REACH) -> None:
        """Take the memory.

        Args:
            channels: 1 or 2.
            seconds: that it reaches back.
        """
        self._sound = np.zeros((channels, round(seconds * RATE)), np.int16)
        self._end = 0  # samples so far
        self._lock = threading.Lock()

    @property
    def end(self) -> Seconds:
        """Up to where there is sound, seconds."""
        return self._end / RATE

    def reaches(self, start: Seconds) -> bool:
        """Tell whether it reaches back so far."""
        return round(start * RATE) >= self._end - self._sound.shape[1]

    def keep(self, block: Samples | int) -> None:
        """Take a block of shape (channels, n), or how many samples are lost."""
        size = self._sound.shape[1]
        if isinstance(block, int):
            # Of a long gap only as much as there is room for is made.
            count, new = block, np.zeros((self._sound.shape[0], min(block, size)), np.int16)
        else:
            count, new = block.shape[1], in_16_bits(block[:, -size:])
        with self._lock:
            at = (self._end + count - new.shape[1]) % size
            first = min(new.shape[1], size - at)
            self._sound[:, at : at + first] = new[:, :first]
            self._sound[:, : new.shape[1] - first] = new[:, first:]
            self._end += count

    def cut(self, start: Seconds, end: Seconds) -> tuple[Seconds, Sound] | None:
        """Return a copy of some of it, and when it begins; None where nothing of it is there.

        What is gone already, or not yet there, is left out.
        """
        with self._lock:
            size = self._sound.shape[1]
            first = max(round(start * RATE), self._end - size, 0)
            last = min(round(end * RATE), self._end)
            if first >= last:
                return None
            places = np.arange(first, last) % size
            return first / RATE, self._sound[:, places]


@dataclass(slots=True)
class _Piece:
    """Sound that may be kept.

    Attributes:
        start: seconds; where it should begin.
        end: where it should end.
        fault: start and end of the evidence.
        cut: where it does begin, and the sound; None until all of it has been heard.
    """

    start: Seconds
    end: Seconds
    fault: tuple[Seconds, Seconds]
    cut: tuple[Seconds, Sound] | None = None


@dataclass(slots=True)
class Clips:
    """A `Listener` that keeps them. Its `ring.keep` is for `Ear`.

    Attributes:
        sitting: whose sound.
        folder: of kept sound.
        complain: told once when clips cannot be written.
    """

    sitting: Sitting
    folder: Path
    complain: Callable[[Text], object]
    ring: Ring = field(init=False)
    _pieces: list[_Piece] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)
    _waiting: "queue.Queue[tuple[Path, Sound] | None]" = field(
        default_factory=lambda: queue.Queue(_WAITING)
    )
    _last: tuple[int, tuple[Clip, ...]] = (-1, ())
    _told: bool = False
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        """Take the memory."""
        self.ring = Ring(self.sitting.channels)
        self._thread = threading.Thread(target=self._write, name="clips", daemon=True)

    def __enter__(self) -> Self:
        """Begin to write."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Write what waits."""
        self._waiting.put(None)
        self._thread.join()

    def take(self, one: Happening, now: Seconds) -> None:
        """Cut out what is found fault with, and have it written when the fault stands."""
        if isinstance(one, Alert):
            self._hold([_piece(one.match.start, one.match.end)])
        elif isinstance(one, Running) and one.card:
            self._forget(one.card)
            self._hold(map(_of, faults(one.card)))
        elif isinstance(one, Closed):
            self._last = (one.card.interaction.id, self._decide(one.card))
        for piece in self._pieces:
            if piece.cut is None and piece.end <= self.ring.end:
                piece.cut = self.ring.cut(piece.start, piece.end)

    def of(self, card: Scorecard) -> tuple[Clip, ...]:
        """Return what is kept of the interaction that was closed last.

        Args:
            card: as it was closed.
        """
        number, clips = self._last
        return clips if number == card.interaction.id else ()

    def _hold(self, pieces: "Iterable[_Piece | None]") -> None:
        for piece in filter(None, pieces):
            held = next((other for other in self._pieces if _same(other, piece)), None)
            if held is None:
                self._pieces.append(piece)
            # It goes on longer than it did; but what is gone from the ring is better not lost.
            elif not _covers(held, piece) and self.ring.reaches(piece.start):
                self._pieces[self._pieces.index(held)] = piece
        del self._pieces[:-_MOST]

    def _forget(self, card: Scorecard) -> None:
        """Let go of what was found fault with in an interaction and no longer is."""
        start, end = card.interaction.start or 0.0, card.interaction.end or 0.0
        standing = [piece for f in faults(card) if (piece := _of(f))]
        self._pieces = [
            held
            for held in self._pieces
            if not (start <= held.fault[0] and held.fault[1] <= end)
            or any(_same(held, piece) for piece in standing)
        ]

    def _decide(self, card: Scorecard) -> tuple[Clip, ...]:
        """Have written what stands, and let go of the rest that is as old."""
        found: list[Clip] = []
        done: list[_Piece] = []
        standing = [(piece, f.rule) for f in faults(card) if (piece := _of(f))]
        # Two rules may be broken by the same words, of which one needs more of them.
        for piece, rule in sorted(standing, key=lambda one: one[0].start - one[0].end):
            if any(_same(other, piece) for other in done):
                continue
            held = next((one for one in self._pieces if _same(one, piece)), piece)
            done.append(held)
            cut = held.cut or self.ring.cut(held.start, held.end)
            if cut and (clip := self._put(*cut, rule)):
                found.append(clip)
        end = card.interaction.end or 0.0
        self._pieces = [piece for piece in self._pieces if piece.fault[0] > end]
        return tuple(sorted(found, key=lambda clip: clip.start or 0.0))

    def _put(self, start: Seconds, sound: Sound, rule: str) -> Clip | None:
        # Apart from whole sessions, so that a batch over those scores no clips.
        name = f"{self.sitting.named(start)}_{fit(rule)}"
        number = 1
        while (unique := f"{name}{f'-{number}' * (number > 1)}") in self._names:
            number += 1
        self._names.add(unique)
        file = free(self.folder / "clips", unique)
        try:
            self._waiting.put_nowait((file, sound))
        except queue.Full:
            self._fail(file, Text("磁盘太慢", "the disk is too slow"))
            return None
        return Clip(str(file), round(start, 3), round(start + sound.shape[1] / RATE, 3))

    def _write(self) -> None:
        while (one := self._waiting.get()) is not None:
            file, sound = one
            try:
                write_flac(file, sound)
            except OSError as error:
                self._fail(file, reason(error))

    def _fail(self, file: Path, why: Text) -> None:
        if self._told:
            return
        self._told = True
        self.complain(
            Text(
                f"声音片段写不进 {file.parent}：{why.zh}。请腾出空间或改 sound_folder；照常在听。",
                f"Clips cannot be written into {file.parent}: {why.en}. Make room, or choose "
                "another sound_folder; listening goes on.",
            )
        )


def faults(card: Scorecard) -> tuple[Finding, ...]:
    """Return what somebody may want to hear: what fails, and what perhaps was said and must not be.

    Only what has times; nothing is to be heard of what was not said.
    """
    if card.interaction.aside:
        return ()
    by_id = {match.id: match for match in card.interaction.matches}
    return tuple(
        f
        for f in card.findings
        if f.start is not None
        and f.end is not None
        and (f.verdict == "fail" or (f.verdict == "unsure" and _forbids(f, by_id)))
    )


def _forbids(finding: Finding, by_id: dict[int, Match]) -> bool:
    return any(by_id[i].polarity == "forbidden" for i in finding.matches if i in by_id)


def _of(finding: Finding) -> _Piece | None:
    return _piece(finding.start, finding.end)


def _piece(start: Seconds | None, end: Seconds | None) -> _Piece | None:
    """Return what is to be kept around some evidence."""
    if start is None or end is None:
        return None
    first = max(0.0, start - BESIDE)
    return _Piece(first, min(end + BESIDE, first + LONGEST), (start, end))


def _same(one: _Piece, other: _Piece) -> bool:
    """Tell whether a piece is for the same evidence as another, which may have grown since."""
    return abs(one.fault[0] - other.fault[0]) < _SAME or _covers(one, other)


def _covers(one: _Piece, other: _Piece) -> bool:
    """Tell whether the evidence of another is heard in a piece."""
    return one.start <= other.fault[0] and min(other.fault[1], other.end) <= one.end
