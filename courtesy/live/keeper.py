"""Each interaction into the store as it closes, without keeping the counter waiting.

An interaction is kept as a recording of its own, in one transaction: what is there is whole,
whenever the power fails. Where the store is locked or away, it is tried again until it is back.
"""

import dataclasses
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from courtesy import folders
from courtesy.errors import OutputError, StoreError, UsageError, reason
from courtesy.live.ear import WITHOUT, Load
from courtesy.live.events import Closed
from courtesy.live.session import Happening
from courtesy.live.sitting import Sitting
from courtesy.live.source import ON_BREAK, Gap
from courtesy.messages import Text
from courtesy.records import Clip, Heard, Interaction, MadeBy, Recording, Run, Scorecard, Seconds
from courtesy.report.json_report import to_json
from courtesy.text.script import simplify

if TYPE_CHECKING:
    from courtesy.store import Database

_MOST: Final = 500  # interactions that wait for a store that is away: several days at a counter
_LAST: Final = 30.0  # seconds that the end waits for a store that is away
_LOOK: Final = 0.2


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An interaction that is not in the store yet."""

    recording: Recording
    clips: tuple[Clip, ...]


class Keeper:
    """A `Listener` that keeps what closes.

    Attributes:
        kept: how many interactions are in the store.
        aside: files of those that could not be stored.
    """

    def __init__(
        self,
        sitting: Sitting,
        open_store: "Callable[[], Database]",
        made_by: Callable[[], MadeBy],
        complain: Callable[[Text], object],
        clips: Callable[[Scorecard], Iterable[Clip]] = lambda _: (),
        day: Path | None = None,
    ) -> None:
        """Take what it keeps with.

        Args:
            sitting: whose interactions.
            open_store: opens it; may be called again where it was away.
            made_by: gives the versions.
            complain: told once when the store is away, and once when it is back.
            clips: gives what sound of an interaction is kept.
            day: the file of the whole sound, where there is one.
        """
        self._sitting = sitting
        self._open = open_store
        self._made_by = made_by
        self._complain = complain
        self._clips = clips
        self._day: tuple[Clip, ...] = (Clip(str(day)),) if day else ()
        self._remarks = _Remarks()
        self._waiting: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._closed: float | None = None  # since when, by the monotonic clock
        self._away = False
        self._database: Database | None = None
        self._thread = threading.Thread(target=self._work, name="keeper", daemon=True)
        self.kept = 0
        self.aside: list[Path] = []

    def __enter__(self) -> Self:
        """Open the store, or begin to try where it is away for the moment.

        Raises:
            UsageError: the part of the program that it needs is not installed, or its URL makes no
                sense.
            StoreError: it cannot be used, and waiting will not help.
        """
        try:
            self._database = self._open()
        except StoreError as error:
            if not error.passing:
                raise
            self._tell_away(error)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for what is left, for a while; what cannot be stored goes into a file.

        Raises:
            OutputError: not even that can be written.
        """
        with self._changed:
            self._closed = time.monotonic()
            self._changed.notify_all()
        try:
            while self._thread.is_alive():  # in short steps, for Ctrl-C on Windows
                self._thread.join(_LOOK)
        finally:
            self._put_aside()

    def take(self, one: Happening, now: Seconds) -> None:
        """Have an interaction stored, with a note of what kept it from being heard well."""
        self._remarks.take(one, now)
        if not isinstance(one, Closed):
            return
        card = one.card
        recording = alone(card, self._sitting, self._remarks.of(card.interaction))
        new = _Waiting(recording, (*self._day, *self._clips(card)))
        self._day = ()  # kept with the first: all of a sitting are purged together
        with self._changed:
            full = len(self._waiting) >= _MOST
        if full:
            self._put_aside()
        with self._changed:
            self._waiting.append(new)
            self._changed.notify_all()

    def _work(self) -> None:
        from courtesy.store.patience import LONGEST_PAUSE, PAUSE

        pause = PAUSE
        while (one := self._next()) is not None:
            try:
                self._store(one)
            except StoreError as error:
                self._tell_away(error)
                if self._gives_up(one, pause):
                    break
                pause = min(LONGEST_PAUSE, 2 * pause)
            else:
                pause = PAUSE
                self._done(one)
        if self._database is not None:
            self._database.close()

    def _next(self) -> _Waiting | None:
        """Return what is to be stored, when there is something; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed is not None)
            return self._waiting[0] if self._waiting else None

    def _gives_up(self, one: _Waiting, pause: Seconds) -> bool:
        """Wait before the next attempt; tell whether there is none, since the end waits no more."""
        with self._changed:
            if self._waiting and self._waiting[0] is one:
                # Should it be this one that cannot be stored, the others need not wait for it.
                self._waiting.rotate(-1)
            self._changed.wait_for(lambda: self._closed is not None, pause)
            if self._closed is None:
                return False
            if time.monotonic() - self._closed > _LAST:
                return True
            self._changed.wait(_LOOK)
            return False

    def _store(self, one: _Waiting) -> None:
        from courtesy.store.saving import Origin, keep

        if self._database is None:
            self._database = self._open()
        sitting, (card,) = self._sitting, one.recording.scorecards
        origin = Origin(
            sitting.content,
            sitting.name,
            sitting.hall,
            sitting.window,
            sitting.clerk,
            part=card.interaction.id,
        )
        with self._database.writing() as connection:
            keep(connection, origin, [one.recording], self._made_by(), one.clips)

    def _done(self, one: _Waiting) -> None:
        with self._changed:
            if self._waiting and self._waiting[0] is one:
                self._waiting.popleft()
            self.kept += 1
            back = self._away and not self._waiting
            if back:
                self._away = False
        if back:
            self._complain(
                Text("数据库恢复了，没有丢东西。", "The store is back, and nothing was lost.")
            )

    def _tell_away(self, error: StoreError) -> None:
        if self._away:
            return
        self._away = True
        self._complain(
            error.text + Text("照常在听，会再存。", "Listening goes on; it is tried again.")
        )

    def _put_aside(self) -> None:
        """Write what cannot be stored into a file beside."""
        with self._changed:
            left = list(self._waiting)
            self._waiting.clear()
        if not left:
            return
        file = _free(folders.data_dir(), self._sitting.name)
        run = Run(self._made_by(), tuple(one.recording for one in left))
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file.touch(mode=0o600, exist_ok=False)
            file.write_text(to_json(run, "zh"), encoding="utf-8", newline="\n")
        except OSError as error:
            why = reason(error)
            raise OutputError(
                Text(
                    f"{len(left)} 次接待存不进数据库，也写不进 {file}：{why.zh}。请腾出空间。",
                    f"{len(left)} interactions could be put neither into the store nor into "
                    f"{file}: {why.en}. Make room.",
                )
            ) from error
        self.aside.append(file)
        self._complain(
            Text(
                f"{len(left)} 次接待没有存进数据库，写进了 {file}；courtesy report 可以读它。",
                f"{len(left)} interactions did not get into the store and are in {file}, which "
                "courtesy report reads.",
            )
        )


def store_opener(url: str | None) -> "Callable[[], Database]":
    """Return what opens the store.

    Args:
        url: as `open_database` takes it.
    """

    def opened() -> "Database":
        try:
            from courtesy.store import open_database

            return open_database(url)
        except ModuleNotFoundError as error:
            raise UsageError(
                Text(
                    f"存结果需要 {error.name}：pip install 'courtesy[batch]'；不存用 --no-store。",
                    f"Keeping results needs {error.name}: pip install 'courtesy[batch]', or keep "
                    "none with --no-store.",
                )
            ) from error

    return opened


class _Remarks:
    """What kept the counter from being heard well, and when."""

    def __init__(self) -> None:
        self._past: list[tuple[Seconds, Seconds, Text]] = []
        self._since: tuple[Seconds, Text] | None = None  # what gave way, and still does

    def take(self, one: Happening, now: Seconds) -> None:
        """Take note of lost sound, and of what gives way."""
        if isinstance(one, Gap) and one.why != ON_BREAK:
            lost = f"{one.seconds:.1f}"
            told = Text(f"有 {lost} 秒没有听到：", f"{lost} s were not heard:") + one.why
            self._past.append((now, now + one.seconds, told))
        elif isinstance(one, Load):
            if self._since:
                since, told = self._since
                self._past.append((since, now, told))
            why = WITHOUT[one.given[-1]] if one.given else None
            self._since = (now, Text("机器太慢：", "too slow a machine:") + why) if why else None

    def of(self, interaction: Interaction) -> tuple[Text, ...]:
        """Return what there is to say of an interaction; no later one began before it."""
        start, end = interaction.start or 0.0, interaction.end or 0.0
        self._past = [one for one in self._past if one[1] >= start]
        still = [(self._since[0], end, self._since[1])] if self._since else []
        found = (
            told for since, until, told in (*self._past, *still) if since <= end and until >= start
        )
        return tuple(dict.fromkeys(found))


def alone(card: Scorecard, sitting: Sitting, notes: tuple[Text, ...] = ()) -> Recording:
    """Return an interaction as a recording of its own; its times stay those of the sitting.

    Args:
        card: with utterances numbered in any way.
        sitting: in which it was.
        notes: of what there is to say about how it was heard.
    """
    one = card.interaction
    ids = {u.id: i for i, u in enumerate(one.utterances)}
    said = tuple(dataclasses.replace(u, id=ids[u.id]) for u in one.utterances)
    matches = tuple(dataclasses.replace(m, utterance=ids[m.utterance]) for m in one.matches)
    events = tuple(
        dataclasses.replace(e, utterances=tuple(ids[i] for i in e.utterances if i in ids))
        for e in one.events
    )
    findings = tuple(
        dataclasses.replace(f, utterances=tuple(ids[i] for i in f.utterances if i in ids))
        for f in card.findings
    )
    interaction = dataclasses.replace(one, utterances=said, matches=matches, events=events)
    heard = Heard(
        path=sitting.name,
        utterances=said,
        removed=one.lost,
        notes=notes,
        duration=max(0.0, (one.end or 0.0) - (one.start or 0.0)),
        channels=sitting.channels,
        whole=one.ended,
        began=sitting.began,
    )
    return Recording(
        heard=heard,
        readings=tuple(simplify(u.heard) for u in said),
        scorecards=(dataclasses.replace(card, interaction=interaction, findings=findings),),
    )


def _free(folder: Path, name: str) -> Path:
    number = 1
    while (file := folder / f"{name}{f'-{number}' * (number > 1)}.json").exists():
        number += 1
    return file
