"""What a report over many interactions is made of; result files and the store give it alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

from courtesy.records import Fault, Judged, Seconds, Verdict, Whose

# Sentences that are kept of one phrase: enough to hear what is meant.
MOST_QUOTES: Final = 5
_GRAVEST: Final[dict[Verdict, int]] = {"fail": 0, "unsure": 1, "pass": 2, "na": 3}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which interactions; what is None is not asked about.

    Attributes:
        since: the first day on which they began.
        until: the last day.
        hall: as it is known, as the next two.
        window: number or name.
        clerk: name or number.
    """

    since: date | None = None
    until: date | None = None
    hall: str | None = None
    window: str | None = None
    clerk: str | None = None

    @property
    def dated(self) -> bool:
        """Whether it asks for a period, to which nothing without a time belongs."""
        return self.since is not None or self.until is not None

    def whose(self, whose: Whose) -> bool:
        """Tell whether it asks for what is theirs."""
        return all(
            wanted is None or wanted == known
            for wanted, known in zip((self.hall, self.window, self.clerk), whose, strict=True)
        )

    def when(self, began: datetime | None) -> bool:
        """Tell whether it asks for what began then."""
        if not self.dated:
            return True
        return (
            began is not None
            and (self.since is None or self.since <= began.date())
            and (self.until is None or began.date() <= self.until)
        )


@dataclass(frozen=True, slots=True)
class Quote:
    """A forbidden phrase where it was said, so that somebody can listen.

    Attributes:
        heard: the words that were taken for it.
        sentence: in which they stand; empty where it was not kept.
        whose: hall, window and clerk.
        began: local time at which the interaction began; None where it is not known.
        path: of the recording.
        start: seconds from its start; None without times.
    """

    heard: str
    sentence: str
    whose: Whose
    began: datetime | None
    path: str
    start: Seconds | None


@dataclass(frozen=True, slots=True)
class Phrase:
    """A forbidden phrase that clerks said.

    Attributes:
        id: in the lexicon.
        phrase: canonical, simplified.
        severity: "minor", "serious" or "fatal".
        times: how often it counted.
        quotes: the latest of them, the last one first; `MOST_QUOTES` at most.
    """

    id: str
    phrase: str
    severity: str
    times: int
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that could not be scored.

    Attributes:
        path: of it.
        fault: why.
    """

    path: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class Collected:
    """Everything that a report counts.

    Attributes:
        choice: what was asked for.
        judged: every interaction.
        verdicts: how many scored interactions have a verdict, by whose they are and by the rule,
            rules in the rubric's order; of those that cannot be told, how many places there are.
        phrases: forbidden ones that were said, the most frequent first.
        failed: files that could not be scored.
        timeless: interactions that were not asked for only because their time is not known.
        rubrics: by which they were judged, each once.
        twice: results that were left out, since the same recording was judged again later.
        passed_over: files that hold no results.
        source: what they were read from, where that is one thing: a database.
    """

    choice: Choice
    judged: tuple[Judged, ...]
    verdicts: Mapping[tuple[Whose, str], Mapping[Verdict, int]] = field(default_factory=dict)
    phrases: tuple[Phrase, ...] = ()
    failed: tuple[Failed, ...] = ()
    timeless: int = 0
    rubrics: tuple[str, ...] = ()
    twice: int = 0
    passed_over: tuple[Path, ...] = ()
    source: str = ""


def gravest(findings: Iterable[tuple[str, Verdict]]) -> dict[str, Verdict]:
    """Return of each rule the gravest verdict among an interaction's findings, in their order."""
    found: dict[str, Verdict] = {}
    for rule, verdict in findings:
        before = found.get(rule)
        if before is None or _GRAVEST[verdict] < _GRAVEST[before]:
            found[rule] = verdict
    return found


def phrases(said: Iterable[tuple[str, str, str, Quote]]) -> tuple[Phrase, ...]:
    """Put together what was said of each phrase.

    Args:
        said: a phrase's id, its words, its severity, and where it was said.
    """
    found: dict[str, list[tuple[str, str, Quote]]] = {}
    for name, words, severity, quote in said:
        found.setdefault(name, []).append((words, severity, quote))
    made = [
        Phrase(name, those[0][0], those[0][1], len(those), latest([q for _, _, q in those]))
        for name, those in found.items()
    ]
    return tuple(sorted(made, key=lambda one: (-one.times, one.id)))


def latest(quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    """Return the last ones, those whose time is not known after all others."""
    order = sorted(quotes, key=lambda q: (q.path, q.start or 0.0))
    order.sort(key=lambda q: q.began or datetime.min, reverse=True)
    return tuple(order[:MOST_QUOTES])
