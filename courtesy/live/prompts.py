"""What is missing and can still be said: asked for once in each interaction, while it is time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from courtesy.config import LiveOptions
from courtesy.live.ear import Passed
from courtesy.live.events import Due, Prompt
from courtesy.messages import Text
from courtesy.records import Finding, Interaction, Match, Scorecard, Seconds

_IN_TIME: Final = 12.0  # seconds after which it would only sound odd
_BREATH: Final = 0.5  # seconds between two sentences of one who goes on speaking
_TEXTS: Final[dict[Due, Text]] = {
    "greeting": Text("请先问好", "Greet the customer"),
    "thanks_reply": Text("群众道谢了，请回应", "The customer thanked you: answer"),
    "farewell": Text("请道别", "Say goodbye"),
}


@dataclass(slots=True)
class Prompts:
    """What the clerk at one counter was asked for.

    Attributes:
        options: when something is due.
    """

    options: LiveOptions
    _given: set[tuple[int, Due]] = field(default_factory=set)  # with the interaction's number

    def due(
        self,
        card: Scorecard,
        passed: Passed,
        last: Seconds,
        lost: Seconds,
        *,
        quiet: bool,
        lacks_farewell: Callable[[], bool],
    ) -> Iterator[Prompt]:
        """Yield what is missing by now.

        Args:
            card: of the running interaction.
            passed: what is going on.
            last: end of the last utterance.
            lost: end of the last thing that was said and not made out.
            quiet: whether nobody speaks, and all that was said is known.
            lacks_farewell: tells whether nobody said goodbye, if this was all.
        """
        one, options, now = card.interaction, self.options, passed.now
        if one.aside or one.mode == "phone":
            return
        customer = [u.start for u in one.utterances if u.role == "customer" and u.start is not None]
        due = min(customer, default=now) + options.greeting_seconds
        # The customer may well talk on, but what the clerk is saying just now may be a greeting.
        if now >= due and _ungreeted(card) and not _clerk_may_speak(card, passed):
            due = _when_said(one, due)
            if now <= due + _IN_TIME:
                yield from self._once(card, "greeting", now, due)
        if not quiet:
            return
        thanked = _unanswered(card, lost)
        if thanked is not None:
            due = thanked + options.thanks_seconds
            if due <= now <= due + _IN_TIME:
                yield from self._once(card, "thanks_reply", now, due)
        due = last + options.farewell_seconds
        if now >= due and _done(one) and lacks_farewell():
            yield from self._once(card, "farewell", now, due)

    def forget(self, first: int) -> None:
        """Let go of interactions before one, by number."""
        self._given = {one for one in self._given if one[0] >= first}

    def _once(self, card: Scorecard, kind: Due, now: Seconds, due: Seconds) -> Iterator[Prompt]:
        once = (card.interaction.id, kind)
        if once not in self._given:
            self._given.add(once)
            yield Prompt(now, due, kind, _TEXTS[kind])


def _when_said(one: Interaction, due: Seconds) -> Seconds:
    """Return when something is due: at a time, or when the clerk, who speaks just then, is done."""
    for said in one.utterances:
        if said.role == "clerk" and (said.start or 0.0) <= due + _BREATH:
            due = max(due, said.end or 0.0)
    return due


def _clerk_may_speak(card: Scorecard, passed: Passed) -> bool:
    """Tell whether what the clerk says now may not be known yet."""
    clerk = {u.channel for u in card.interaction.utterances if u.role == "clerk"}
    other = {u.channel for u in card.interaction.utterances if u.role == "customer"}
    unknown = {*passed.waiting, *(c for c, s in enumerate(passed.speaking) if s is not None)}
    if clerk != other and len(clerk | other) > 1:  # each has a channel
        return bool(unknown & clerk)
    return bool(unknown)


def fails(card: Scorecard, rule: str) -> Finding | None:
    """Return the finding by which a rule fails as things stand; None where it does not."""
    return next((f for f in card.findings if f.rule == rule and f.verdict == "fail"), None)


def _unanswered(card: Scorecard, lost: Seconds) -> Seconds | None:
    """Return when the customer gave thanks after which nobody has said anything; else None.

    Only that can still be mended: who has gone on to something else would come back to it oddly.
    And a reply is one short word, the first that is lost where hearing is in a hurry; so whatever
    was said since counts as one.
    """
    if not any(f.rule == "thanks_reply" and f.verdict in {"fail", "unsure"} for f in card.findings):
        return None
    one = card.interaction
    thanks = [m.end for m in one.matches if m.list == "thanks" and m.role == "customer"]
    thanked = max((end for end in thanks if end is not None), default=None)
    if thanked is None or lost > thanked:
        return None
    since = (u for u in one.utterances if u.role != "customer" and (u.end or 0.0) > thanked)
    return None if any(since) else thanked


def _ungreeted(card: Scorecard) -> bool:
    """Tell whether nobody has greeted; a clerk who has not said a word has not either."""
    judged = any(finding.rule == "greeting" for finding in card.findings)
    silent = not any(u.role == "clerk" for u in card.interaction.utterances)
    return judged and (silent or fails(card, "greeting") is not None)


def _done(interaction: Interaction) -> bool:
    """Tell whether the business sounds done: the customer's last words thank or take leave."""
    last = interaction.utterances[-1]
    matches: Iterable[Match] = interaction.matches
    parting = {"thanks", "farewell"}
    return last.role == "customer" and any(
        m.utterance == last.id and m.list in parting for m in matches
    )
