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
from courtesy.live.ear import Passed
from courtesy.live.events import (
    Alert,
    Closed,
    Due,
    LiveEvent,
    Prompt,
    Revised,
    Running,
    Said,
    Withdrawn,
)
from courtesy.live.source import Gap
from courtesy.messages import Text
from courtesy.pipeline import Pipeline
from courtesy.records import (
    Finding,
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
_SAME_WORDS: Final = 2.0  # seconds by which the same words may begin earlier or later, heard again
_REMEMBERED: Final = 100
_TEXTS: Final[dict[Due, Text]] = {
    "greeting": Text("请先问好", "Greet the customer"),
    "thanks_reply": Text("群众道谢了，请回应", "The customer thanked you: answer"),
    "farewell": Text("请道别", "Say goodbye"),
}


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
    _kept: list[_Kept] = field(default_factory=list)
    _removed: list[Removed] = field(default_factory=list)
    _count: int = 0  # interactions that are closed
    _alerted: list[Alert] = field(default_factory=list)
    _prompted: set[tuple[int, Due]] = field(default_factory=set)  # with the interaction's number
    _no_farewell: bool | None = None  # whether there is none, once that was asked

    def hear(self, said: Utterance, now: Seconds) -> Iterator[LiveEvent]:
        """Take an utterance that is over; yield what comes of it."""
        self._kept = _in_order([*self._kept, _Kept(said, settled=not self.settles)])
        self._no_farewell = None
        cards = self._judged()
        yield Said(now, *_understood(said, cards))
        yield from self._alerts(cards, [said], now)
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
            yield Revised(now, *_understood(said, cards))
        open_ones = [k.said for k in self._kept if _key(k.said) in keys and not k.closed]
        yield from self._alerts(cards, [*open_ones, *changed], now, settled=True)
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
            self._removed.append(found)
        if kept is None:
            return None
        self._kept.remove(kept)
        return replace(kept.said, heard="", words=(), asked=())

    def glance(self, said: Utterance, now: Seconds) -> Iterator[LiveEvent]:
        """Take an utterance that may still go on; yield what is worth an alert at once."""
        kept = self._kept
        self._kept = _in_order([*kept, _Kept(said)])
        try:
            cards = self._judged()
        finally:
            self._kept = kept
        for alert in _breaches(cards, now):
            if _within(alert.match, said) and not _among(alert, self._alerted):
                self._alerted.append(replace(alert, sure=False))
                yield self._alerted[-1]

    def miss(self, removed: Removed) -> None:
        """Take note that something was said that nobody made out."""
        self._removed.append(removed)

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
        yield from self._prompts(passed, last, quiet=not busy)

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

    def _alerts(
        self,
        cards: Iterable[Scorecard],
        said: Sequence[Utterance],
        now: Seconds,
        *,
        settled: bool = False,
    ) -> Iterator[LiveEvent]:
        """Yield what must not be said, once each, and what of it was not said after all.

        Args:
            cards: of what is open.
            said: what was heard, or heard again, just now.
            now: seconds since listening began.
            settled: whether that will not change any more.
        """
        found = _breaches(cards, now)
        yield from (alert for alert in found if not _among(alert, self._alerted))
        # One is known by what it was first told with.
        told = [next((a for a in self._alerted if _among(a, [one])), one) for one in found]
        kept = []
        for alert in (alert for alert in self._alerted if not _among(alert, found)):
            again = any(_within(alert.match, one) for one in said)
            if again and (settled or not alert.sure):
                yield Withdrawn(now, alert.match)
            elif alert.sure:  # it may be closed by now, and comes again in no judgement
                kept.append(alert)
        self._alerted = [*kept[-_REMEMBERED:], *(replace(alert, sure=True) for alert in told)]

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
        self._prompted = {one for one in self._prompted if one[0] >= self._count}
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

    def _last(self) -> Seconds:
        return max((kept.said.end or 0.0 for kept in self._kept), default=0.0)

    def _prompts(self, passed: Passed, last: Seconds, *, quiet: bool) -> Iterator[Prompt]:
        """Yield what is missing and can still be said, once in each interaction."""
        assert self.running is not None
        card, options, now = self.running, self.options, passed.now
        one = card.interaction
        if one.aside or one.mode == "phone":
            return
        customer = [u.start for u in one.utterances if u.role == "customer" and u.start is not None]
        due = min(customer, default=now) + options.greeting_seconds
        # The customer may well talk on, but the clerk may be greeting just now.
        if now >= due and _ungreeted(card) and not _clerk_may_speak(card, passed):
            yield from self._prompt("greeting", now, due)
        if not quiet:
            return
        thanks = _fails(card, "thanks_reply")
        if thanks and thanks.end is not None:
            due = thanks.end + options.thanks_seconds
            if now >= due:
                yield from self._prompt("thanks_reply", now, due)
        due = last + options.farewell_seconds
        if now >= due and _done(one) and self._lacks_farewell():
            yield from self._prompt("farewell", now, due)

    def _lacks_farewell(self) -> bool:
        """Tell whether nobody said goodbye, if this was all."""
        if self._no_farewell is None:
            self._no_farewell = _fails(self._judged(ended=True)[-1], "farewell") is not None
        return self._no_farewell

    def _prompt(self, kind: Due, now: Seconds, due: Seconds) -> Iterator[Prompt]:
        assert self.running is not None
        once = (self.running.interaction.id, kind)
        if once not in self._prompted:
            self._prompted.add(once)
            yield Prompt(now, due, kind, _TEXTS[kind])


def _key(said: Utterance | Speech) -> tuple[Seconds, Seconds, int | None]:
    """Return by what an utterance is known, however often it is heard."""
    return round(said.start or 0.0, 3), round(said.end or 0.0, 3), said.channel


def _understood(said: Utterance, cards: Iterable[Scorecard]) -> tuple[Utterance, tuple[Match, ...]]:
    """Return an utterance as it is understood now, with its speaker, and its phrases."""
    for card in cards:
        for one in card.interaction.utterances:
            if _key(one) == _key(said):
                return one, tuple(m for m in card.interaction.matches if m.utterance == one.id)
    return said, ()


def _in_order(kept: Iterable[_Kept]) -> list[_Kept]:
    return sorted(kept, key=lambda one: (one.said.start or 0.0, one.said.end or 0.0))


def _breaches(cards: Iterable[Scorecard], now: Seconds) -> list[Alert]:
    """Return what the clerk said that must not be said, once each."""
    found: list[Alert] = []
    for card in cards:
        by_id = {match.id: match for match in card.interaction.matches}
        for finding in card.findings:
            for match in (by_id[i] for i in finding.matches if finding.verdict == "fail"):
                alert = Alert(now, match, finding)
                if match.polarity == "forbidden" and match.counted and not _among(alert, found):
                    found.append(alert)
    return found


def _among(alert: Alert, others: Iterable[Alert]) -> bool:
    """Tell whether an alert is for the same words as another, which may have been heard again."""
    one = alert.match
    return any(
        one.phrase_id == other.match.phrase_id
        and abs((one.start or 0.0) - (other.match.start or 0.0)) < _SAME_WORDS
        for other in others
    )


def _within(match: Match, said: Utterance) -> bool:
    return match.start is not None and (said.start or 0.0) <= match.start <= (said.end or 0.0)


def _clerk_may_speak(card: Scorecard, passed: Passed) -> bool:
    """Tell whether what the clerk says now may not be known yet."""
    clerk = {u.channel for u in card.interaction.utterances if u.role == "clerk"}
    other = {u.channel for u in card.interaction.utterances if u.role == "customer"}
    unknown = {*passed.waiting, *(c for c, s in enumerate(passed.speaking) if s is not None)}
    if clerk != other and len(clerk | other) > 1:  # each has a channel
        return bool(unknown & clerk)
    return bool(unknown)


def _fails(card: Scorecard, rule: str) -> Finding | None:
    """Return the finding by which a rule fails as things stand; None where it does not."""
    return next((f for f in card.findings if f.rule == rule and f.verdict == "fail"), None)


def _ungreeted(card: Scorecard) -> bool:
    """Tell whether nobody has greeted; a clerk who has not said a word has not either."""
    judged = any(finding.rule == "greeting" for finding in card.findings)
    silent = not any(u.role == "clerk" for u in card.interaction.utterances)
    return judged and (silent or _fails(card, "greeting") is not None)


def _done(interaction: Interaction) -> bool:
    """Tell whether the business sounds done: the customer's last words thank or take leave."""
    last = interaction.utterances[-1]
    matches: Iterable[Match] = interaction.matches
    parting = {"thanks", "farewell"}
    return last.role == "customer" and any(
        m.utterance == last.id and m.list in parting for m in matches
    )
