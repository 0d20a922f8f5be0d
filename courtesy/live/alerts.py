"""What must not be said: told once, as soon as it is heard, and taken back if it was not said."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from courtesy.live.events import Alert, Withdrawn
from courtesy.records import Match, Scorecard, Seconds, Utterance

_SAME_WORDS: Final = 2.0  # seconds by which the same words may begin earlier or later, heard again
_REMEMBERED: Final = 100
# Seconds at the end of what breaks off in the middle of a word that are not to be relied on.
_CUT_OFF: Final = 0.4


@dataclass(slots=True)
class Alerts:
    """What was told of one counter's clerk, so that nothing is told twice."""

    _told: list[Alert] = field(default_factory=list)

    def at_once(
        self, cards: Iterable[Scorecard], said: Utterance, now: Seconds, *, paused: bool
    ) -> Iterator[Alert]:
        """Yield what an utterance holds that may still go on; it may come to nothing.

        Args:
            cards: of what is open, as if the utterance were over.
            said: the utterance.
            now: seconds since listening began.
            paused: whether its speaker has paused; else it breaks off in the middle of a word.
        """
        reliable = (said.end or 0.0) - (0.0 if paused else _CUT_OFF)
        for alert in _breaches(cards, now):
            heard = _within(alert.match, said) and (alert.match.end or 0.0) <= reliable
            if heard and not _among(alert, self._told):
                self._told.append(replace(alert, sure=False))
                yield self._told[-1]

    def judged(
        self,
        cards: Iterable[Scorecard],
        said: Sequence[Utterance],
        now: Seconds,
        *,
        settled: bool = False,
    ) -> Iterator[Alert | Withdrawn]:
        """Yield what must not be said, once each, and what of it was not said after all.

        Args:
            cards: of what is open.
            said: what was heard, or heard again, just now.
            now: seconds since listening began.
            settled: whether that will not change any more.
        """
        found = [replace(alert, late=settled) for alert in _breaches(cards, now)]
        yield from (alert for alert in found if not _among(alert, self._told))
        # One is known by what it was first told with.
        told = [next((a for a in self._told if _among(a, [one])), one) for one in found]
        kept = []
        for alert in (alert for alert in self._told if not _among(alert, found)):
            again = any(_within(alert.match, one) for one in said)
            if again and (settled or not alert.sure):
                yield Withdrawn(now, alert.match)
            elif alert.sure:  # it may be closed by now, and comes again in no judgement
                kept.append(alert)
        self._told = [*kept[-_REMEMBERED:], *(replace(alert, sure=True) for alert in told)]


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
    if match.start is None or match.end is None:
        return False
    # By its middle: an utterance's first word may be taken to begin in the silence before it.
    return (said.start or 0.0) <= (match.start + match.end) / 2 <= (said.end or 0.0)
