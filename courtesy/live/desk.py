"""The running interaction: what was said so far is judged anew with every utterance.

It is judged by the same stages as a recording, over the last few customers' talk, so that what is
said live is what a recording would say. An interaction is closed when the next one has clearly
begun, or after a long silence; what is closed stays closed.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from courtesy.config import LiveOptions
from courtesy.dialogue.interactions import seems_over
from courtesy.live.alerts import Alerts
from courtesy.live.ear import Passed
from courtesy.live.events import (
    Closed,
    LiveEvent,
    Revised,
    Running,
    Said,
)
from courtesy.live.prompts import Prompts, fails
from courtesy.live.source import Gap
from courtesy.pipeline import Pipeline
from courtesy.records import (
    Heard,
    Interaction,
    Match,
    Removed,
    Scorecard,
    Seconds,
    Utterance,
)
from courtesy.speech.voice import Speech

_ENOUGH: Final = 3  # utterances by which the next customer has clearly come


@dataclass(slots=True)
class _Kept:
    """An utterance in view.

    Attributes:
        said: what was heard.
        settled: whether that will not change any more.
        closed: whether its interaction is.
    """

    said: Utterance
    settled: bool = True
    closed: bool = False


@dataclass(slots=True)
class Desk:
    """One counter's talk, as it goes on.

    Attributes:
        pipeline: judges.
        options: when something is due.
        channels: of the sound.
        began: local time at which listening began.
        name: of the source.
        settles: whether all that is heard is heard once more (`settle`) before it is closed.
    """

    pipeline: Pipeline
    options: LiveOptions
    channels: int
    began: datetime
    name: str
    settles: bool = False
    running: Scorecard | None = None
    _prompts: Prompts = field(init=False)
    _kept: list[_Kept] = field(default_factory=list)
    _removed: list[Removed] = field(default_factory=list)
    _count: int = 0  # interactions that are closed
    _alerts: Alerts = field(default_factory=Alerts)
    _no_farewell: bool | None = None  # whether there is none, once that was asked
    _named: set[str] = field(default_factory=set)  # people who were named today

    def __post_init__(self) -> None:
        self._prompts = Prompts(self.options)

    def hear(self, said: Utterance, now: Seconds) -> Iterator[LiveEvent]:
        """Take an utterance that is over; yield what comes of it."""
        self._kept = _in_order([*self._kept, _Kept(said, settled=not self.settles)])
        self._no_farewell = None
        cards = self._judged()
        yield Said(now, *self._understood(said, cards))
        yield from self._alerts.judged(cards, [said], now)
        yield from self._close(cards, now)
        yield Running(now, self.running)

    def settle(
        self,
        window: Iterable[Speech],
        found: Iterable[tuple[Speech, Utterance | Removed | None]],
        now: Seconds,
    ) -> Iterator[LiveEvent]:
        """Take what some utterances say in the end; yield what comes of it.

        Args:
            window: the utterances.
            found: what they say; who is not among them says what was heard before.
            now: seconds since listening began.
        """
        keys = {_key(speech) for speech in window}
        put = (self._put(speech, one) for speech, one in found)
        changed = [said for said in put if said]
        for kept in self._kept:
            kept.settled = kept.settled or _key(kept.said) in keys
        self._no_farewell = None
        cards = self._judged()
        for said in changed:
            yield Revised(now, *self._understood(said, cards))
        open_ones = [k.said for k in self._kept if _key(k.said) in keys and not k.closed]
        yield from self._alerts.judged(cards, [*open_ones, *changed], now, settled=True)
        yield from self._close(cards, now)
        yield Running(now, self.running)

    def _put(self, speech: Speech, found: Utterance | Removed | None) -> Utterance | None:
        """Put what was heard in the end in place of what was heard first, unless it is closed.

        Returns:
            what it says now, if that is something else.
        """
        key = _key(speech)
        kept = next((k for k in self._kept if _key(k.said) == key), None)
        if kept and kept.closed:
            return None
        self._removed = [r for r in self._removed if (r.start, r.end, r.channel) != key]
        if isinstance(found, Utterance):
            if kept is None:
                self._kept = _in_order([*self._kept, _Kept(found)])
                return found
            before, kept.said = kept.said, replace(found, voice=kept.said.voice)
            return kept.said if before.heard != found.heard else None
        if found:
            self.miss(found)
        if kept is None:
            return None
        self._kept.remove(kept)
        return replace(kept.said, heard="", words=(), asked=())

    def glance(self, said: Utterance, now: Seconds, *, paused: bool = True) -> Iterator[LiveEvent]:
        """Take an utterance that may still go on; yield what is worth an alert at once.

        Args:
            said: the utterance.
            now: seconds since listening began.
            paused: whether its speaker has paused; else it breaks off in the middle of a word.
        """
        kept = self._kept
        self._kept = _in_order([*kept, _Kept(said)])
        try:
            cards = self._judged()
        finally:
            self._kept = kept
        yield from self._alerts.at_once(cards, said, now, paused=paused)

    def miss(self, removed: Removed) -> None:
        """Take note that something was said that nobody made out."""
        self._removed += self.pipeline.hide_removed([removed], self._named)

    def lose(self, now: Seconds, gap: Gap) -> None:
        """Take note that nothing was heard: what is missing may have been said just then."""
        for channel in (0, 1) if self.channels > 1 else (None,):
            self._removed.append(Removed("", now, now + gap.seconds, gap.why, channel))

    def tick(self, passed: Passed) -> Iterator[LiveEvent]:
        """Yield what is due by now."""
        if self.running is None:
            return
        now, last = passed.now, self._last()
        busy = bool(passed.waiting) or any(since is not None for since in passed.speaking)
        if not busy and self._is_gone(now - last):
            yield from self._shut(self._judged(ended=True), now)
            yield Running(now, None)
            return
        lost = max((removed.end for removed in self._removed), default=0.0)
        yield from self._prompts.due(
            self.running, passed, last, lost, quiet=not busy, lacks_farewell=self._lacks_farewell
        )

    def _is_gone(self, silence: Seconds) -> bool:
        assert self.running is not None
        if silence <= self.options.closed_seconds:
            return False
        if not all(kept.settled for kept in self._kept):
            return False
        return silence > self.options.away_seconds or seems_over(self.running.interaction)

    def end(self, now: Seconds, *, whole: bool = False) -> Iterator[LiveEvent]:
        """Close what is open, since listening ends.

        Args:
            now: seconds since listening began.
            whole: whether the talk had come to its end, and was not broken off.
        """
        if self.running is not None:
            yield from self._shut(self._judged(whole=whole), now)

    def _judged(self, *, ended: bool = False, whole: bool = False) -> tuple[Scorecard, ...]:
        """Judge all that is open, as it stands now.

        Args:
            ended: take the last interaction for over.
            whole: take the talk for over.
        """
        if all(kept.closed for kept in self._kept):
            return ()
        said = tuple(replace(k.said, id=i) for i, k in enumerate(self._kept))
        # What was heard so far shows what is personal; of itself a part of a number does not.
        said = self.pipeline.hide(said, self._named)
        heard = Heard(
            path=self.name,
            utterances=said,
            removed=tuple(self._removed),
            duration=said[-1].end,
            channels=self.channels,
            whole=whole,
            began=self.began,
        )
        heard, parts = self.pipeline.divide(heard)
        own = [
            replace(part, utterances=tuple(open_ones))
            for part in parts
            if (open_ones := [u for u in part.utterances if not self._kept[u.id].closed])
        ]
        numbered = [replace(p, id=self._count + i) for i, p in enumerate(own)]
        if ended:
            numbered[-1] = replace(numbered[-1], ended=True)
        return self.pipeline.judge_again(heard, numbered).scorecards

    def _close(self, cards: Sequence[Scorecard], now: Seconds) -> Iterator[LiveEvent]:
        """Close every interaction after which the next has clearly begun, once it is settled.

        Who has come is being served, and reminded of, also before the last one is settled.
        """
        come = [
            at
            for at, following in enumerate(cards[1:], start=1)
            if self._has_come(following.interaction, now)
        ]
        settled = list(itertools.takewhile(self._settled, cards))
        over = max((at for at in come if at <= len(settled)), default=0)
        if over:
            yield from self._shut(cards[:over], now)
        self.running = cards[max(come, default=0)] if cards else None

    def _settled(self, card: Scorecard) -> bool:
        own = {_key(u) for u in card.interaction.utterances}
        return all(kept.settled for kept in self._kept if _key(kept.said) in own)

    def _has_come(self, interaction: Interaction, now: Seconds) -> bool:
        if interaction.aside or interaction.mode == "phone":
            return False  # the customer before may be taken up again
        long = now - (interaction.start or now) > self.options.next_seconds
        return long or len(interaction.utterances) >= _ENOUGH

    def _shut(self, cards: Iterable[Scorecard], now: Seconds) -> Iterator[LiveEvent]:
        for card in cards:
            over = {_key(u) for u in card.interaction.utterances}
            for kept in self._kept:
                kept.closed = kept.closed or _key(kept.said) in over
            self._count += 1
            yield Closed(now, card)
        self._prompts.forget(self._count)
        self.running = None
        self._forget()

    def _forget(self) -> None:
        """Let go of what is further back than the context reaches."""
        most = 40 * self.options.context
        closed = [kept for kept in self._kept if kept.closed]
        if len(closed) > most:
            drop = {id(kept) for kept in closed[:-most]}
            self._kept = [kept for kept in self._kept if id(kept) not in drop]
            first = self._kept[0].said.start or 0.0
            self._removed = [r for r in self._removed if r.end >= first]

    def _understood(
        self, said: Utterance, cards: Iterable[Scorecard]
    ) -> tuple[Utterance, tuple[Match, ...]]:
        """Return an utterance as it is understood now, with its speaker, and its phrases."""
        for card in cards:
            for one in card.interaction.utterances:
                if _key(one) == _key(said):
                    return one, tuple(m for m in card.interaction.matches if m.utterance == one.id)
        return self.pipeline.hide([said], self._named)[0], ()

    def _last(self) -> Seconds:
        return max((kept.said.end or 0.0 for kept in self._kept), default=0.0)

    def _lacks_farewell(self) -> bool:
        """Tell whether nobody said goodbye, if this was all."""
        if self._no_farewell is None:
            self._no_farewell = fails(self._judged(ended=True)[-1], "farewell") is not None
        return self._no_farewell


def _key(said: Utterance | Speech) -> tuple[Seconds, Seconds, int | None]:
    """Return by what an utterance is known, however often it is heard."""
    return round(said.start or 0.0, 3), round(said.end or 0.0, 3), said.channel


def _in_order(kept: Iterable[_Kept]) -> list[_Kept]:
    return sorted(kept, key=lambda one: (one.said.start or 0.0, one.said.end or 0.0))
