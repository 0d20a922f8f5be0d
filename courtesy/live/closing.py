"""A sitting's whole sound scored as a recording, in place of what was judged while it went on.

Live, each utterance is judged by what was said before it; the file road knows all of the day, and
has the time to listen twice. Its result counts from the moment at which it is stored; until then
the live ones do. Where the two differ is told.
"""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from courtesy.errors import DamagedRecording, StoreError, unreadable
from courtesy.live.sitting import Sitting
from courtesy.messages import Text
from courtesy.pipeline import Pipeline
from courtesy.records import Heard, Scorecard, Seconds, Verdict
from courtesy.report.view import worst_verdict
from courtesy.speech.listen import Progress

if TYPE_CHECKING:
    from courtesy.store import Database
    from courtesy.store.superseding import Day

_SAME_WORDS: Final = 2.0  # seconds by which the same words may begin earlier or later
_LATE: Final = 5.0  # seconds that a file may lack at its end, after a power cut
_SHARED: Final = 0.5  # of the shorter one, that two interactions need to be the same


@dataclass(frozen=True, slots=True)
class Breach:
    """A forbidden phrase that counts.

    Attributes:
        phrase: canonical.
        phrase_id: in the lexicon.
        start: seconds since the sitting began.
        heard: the words.
    """

    phrase: str
    phrase_id: str
    start: Seconds
    heard: str


@dataclass(frozen=True, slots=True)
class Brief:
    """What is compared of an interaction; a whole day of them is small.

    Attributes:
        number: of the interaction, from 0.
        start: seconds since the sitting began.
        end: seconds.
        score: 0 to 100; None where it has none.
        grade: its name; None likewise.
        verdicts: the gravest of each rule that applies.
        breaches: what was said and must not be.
    """

    number: int
    start: Seconds
    end: Seconds
    score: float | None
    grade: Text | None
    verdicts: dict[str, Verdict]
    breaches: tuple[Breach, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """An interaction by both roads.

    Attributes:
        live: as it was judged while it went on; None where there was none.
        file: as its recording is judged; None likewise.
    """

    live: Brief | None
    file: Brief | None

    @property
    def verdicts(self) -> tuple[tuple[str, Verdict | None, Verdict | None], ...]:
        """Every rule that applies by either road, with the verdicts of both."""
        live = self.live.verdicts if self.live else {}
        file = self.file.verdicts if self.file else {}
        return tuple((rule, live.get(rule), file.get(rule)) for rule in {**live, **file})

    @property
    def differing(self) -> tuple[tuple[str, Verdict | None, Verdict | None], ...]:
        """The rules of which the verdicts differ."""
        return tuple(one for one in self.verdicts if one[1] != one[2])


@dataclass(frozen=True, slots=True)
class Closing:
    """What came of it.

    Attributes:
        pairs: the interactions of both roads, in order of time.
        only_live: forbidden phrases that the file road does not find.
        only_file: those that were not found live.
        superseded: live results that no longer count.
        decisions: of people about those; they stay with them.
    """

    pairs: tuple[Pair, ...]
    only_live: tuple[Breach, ...]
    only_file: tuple[Breach, ...]
    superseded: int
    decisions: int

    @property
    def findings(self) -> int:
        """How many findings there are by either road."""
        return sum(len(pair.verdicts) for pair in self.pairs)

    @property
    def equal(self) -> int:
        """How many of them are the same by both."""
        return self.findings - sum(len(pair.differing) for pair in self.pairs)


def day_of(sitting: Sitting, file: Path) -> "Day":
    """Return a sitting as `close_day` takes it.

    Args:
        sitting: that has ended.
        file: of its whole sound.
    """
    from courtesy.store.superseding import Day

    one = sitting
    return Day(str(file), one.content, one.began, one.hall, one.window, one.clerk)


def close_day(
    database: "Database",
    pipeline: Pipeline,
    day: "Day",
    waiting: Callable[[StoreError], object],
    progress: Progress | None = None,
) -> Closing:
    """Score a sitting's file, and let that count in place of what was judged live.

    Args:
        database: the store.
        pipeline: hears and judges, with the recogniser that it has loaded.
        day: the sitting; `store.superseding.unclosed` gives those that a power cut left.
        waiting: told why it is tried again, where the store is away for a while.
        progress: told the seconds heard and in all.

    Raises:
        CourtesyError: the file cannot be heard, or holds less than was heard live (then it is not
            `unclosed` any more), or the store cannot be used. The live results count as before.
    """
    from courtesy.store.content import digest
    from courtesy.store.patience import patiently
    from courtesy.store.superseding import give_up, live, supersede

    file = Path(day.path)
    (heard,) = pipeline.hear(file, progress)
    after = pipeline.judge(dataclasses.replace(heard, began=day.began or heard.began))
    try:
        content = digest(file)
    except OSError as error:
        raise unreadable(file, error) from error

    def write() -> Closing | DamagedRecording:
        with database.writing() as connection:
            judged = [
                (brief(card), one.decisions)
                for one in live(connection, day.content)
                for card in one.recording.scorecards
                if not card.interaction.aside
            ]
            before = [one for one, _ in judged]
            refusal = _refusal(day, before, heard)
            if refusal:
                give_up(connection, day)
                return refusal
            now = [brief(card) for card in after.scorecards if not card.interaction.aside]
            gone = supersede(connection, day, content, after, pipeline.made_by())
            return compare(before, now, gone, sum(count for _, count in judged))

    found = patiently(write, waiting)
    if isinstance(found, DamagedRecording):
        raise found
    return found


def _refusal(day: "Day", before: Sequence[Brief], heard: Heard) -> DamagedRecording | None:
    """Return what is wrong with a file that holds less than what was judged live."""
    last, seconds = max((one.end for one in before), default=0.0), heard.duration or 0.0
    if before and not heard.utterances:
        return DamagedRecording(
            Text(
                f"{day.path} 里没有听到说话，当时却听到了 {len(before)} 次接待，没有按它重新评分；"
                "当时的结果照旧有效。",
                f"Nobody is heard speaking in {day.path}, but {len(before)} interactions were "
                "heard live: nothing was scored again by it, and the live results go on counting.",
            )
        )
    if last > seconds + _LATE:
        return DamagedRecording(
            Text(
                f"{day.path} 只有 {seconds:.0f} 秒，当时却听到 {last:.0f} 秒，没有按它重新评分；"
                "当时的结果照旧有效。",
                f"{day.path} holds {seconds:.0f} s of the {last:.0f} s that were heard live, and "
                "nothing was scored again by it; the live results go on counting.",
            )
        )
    return None


def brief(card: Scorecard) -> Brief:
    """Return what is compared of an interaction."""
    one = card.interaction
    rules = dict.fromkeys(finding.rule for finding in card.findings)
    found = ((rule, worst_verdict(card, rule)) for rule in rules)
    return Brief(
        number=one.id,
        start=one.start or 0.0,
        end=one.end or 0.0,
        score=card.score,
        grade=card.grade,
        verdicts={rule: worst[0] for rule, worst in found if worst and worst[0] != "na"},
        breaches=tuple(
            Breach(match.phrase, match.phrase_id, match.start or 0.0, match.heard)
            for match in one.matches
            if match.polarity == "forbidden" and match.counted
        ),
    )


def compare(
    live: Sequence[Brief], file: Sequence[Brief], superseded: int = 0, decisions: int = 0
) -> Closing:
    """Hold both roads' interactions against each other, by their times.

    Args:
        live: those of the one road.
        file: those of the other.
        superseded: see `Closing`.
        decisions: see `Closing`.
    """
    pairs = _paired(live, file)
    said = [breach for one in live for breach in one.breaches]
    found = [breach for one in file for breach in one.breaches]
    return Closing(pairs, _lacking(said, found), _lacking(found, said), superseded, decisions)


def _paired(live: Sequence[Brief], file: Sequence[Brief]) -> tuple[Pair, ...]:
    """Pair those that have most time in common; whoever is left stands alone."""
    near = sorted(
        (-shared, i, k)
        for i, one in enumerate(live)
        for k, other in enumerate(file)
        if (shared := min(one.end, other.end) - max(one.start, other.start)) > 0
        and shared >= _SHARED * min(one.end - one.start, other.end - other.start)
    )
    of_live: dict[int, int] = {}
    for _, i, k in near:
        if i not in of_live and k not in of_live.values():
            of_live[i] = k
    pairs = [Pair(one, file[of_live[i]] if i in of_live else None) for i, one in enumerate(live)]
    taken = set(of_live.values())
    pairs += [Pair(None, one) for k, one in enumerate(file) if k not in taken]
    return tuple(sorted(pairs, key=_began))


def _began(pair: Pair) -> Seconds:
    return min(one.start for one in (pair.live, pair.file) if one is not None)


def _lacking(these: Iterable[Breach], others: Iterable[Breach]) -> tuple[Breach, ...]:
    """Return what is not among others; each of those answers for one."""
    left = list(others)
    found = []
    for one in these:
        same = (
            other
            for other in left
            if other.phrase_id == one.phrase_id and abs(other.start - one.start) < _SAME_WORDS
        )
        twin = min(same, key=lambda other: abs(other.start - one.start), default=None)
        if twin is None:
            found.append(one)
        else:
            left.remove(twin)
    return tuple(found)
