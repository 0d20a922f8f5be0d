"""What the program says it heard, and how that is held against what was said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from courtesy.evaluation.gold import Turn
from courtesy.records import Match, Polarity, Recording, Scorecard, Seconds, Utterance
from courtesy.text.normalize import normalize

if TYPE_CHECKING:
    from courtesy.evaluation.truth import Instance

# A recogniser's times and a gold file's may differ by this and still mean the same words.
TOLERANCE: Final[Seconds] = 1.0


@dataclass(frozen=True, slots=True)
class Claim:
    """A phrase the program counts, once.

    Attributes:
        list: of the lexicon.
        polarity: whether saying it is good or bad.
        phrase: the canonical phrase.
        heard: the words that were taken for it.
        start: seconds.
        end: seconds.
        utterances: ids of the utterances it stands in; two where it was said with a breath between.
    """

    list: str
    polarity: Polarity
    phrase: str
    heard: str
    start: Seconds
    end: Seconds
    utterances: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pairing:
    """Claims held against what was said.

    Attributes:
        right: each claim with what it found.
        wrong: claims of what was not said there.
        missed: what was said and not found.
    """

    right: tuple[tuple[Claim, "Instance"], ...]
    wrong: tuple[Claim, ...]
    missed: tuple["Instance", ...]


def claims_of(recording: Recording) -> tuple[Claim, ...]:
    """Return what counts in a recording, in order of time.

    A breach is what a finding holds against the clerk, so that one that was said with a breath in
    it is one. Courtesies are put together in the same way, unless the same words were said again.
    """
    found: list[Claim] = []
    for card in recording.scorecards:
        found += [_claim(group) for group in (*_breaches(card), *_courtesies(card))]
    return tuple(sorted(found, key=lambda c: (c.start, c.end, c.list, c.phrase)))


def pair_up(
    claims: Iterable[Claim], instances: Iterable["Instance"], turns: Sequence[Turn]
) -> Pairing:
    """Hold claims against what was said, in order of time, each instance used once.

    A claim is right when the same phrase was said in a turn that it overlaps, give or take
    `TOLERANCE`.
    """
    left = sorted(instances, key=lambda i: (turns[i.turn].start, i.turn))
    right: list[tuple[Claim, Instance]] = []
    wrong: list[Claim] = []
    for claim in sorted(claims, key=lambda c: (c.start, c.end)):
        fitting = (
            one
            for one in left
            if (one.polarity, one.phrase) == (claim.polarity, claim.phrase)
            and shared_time(claim.start, claim.end, turns[one.turn]) > -TOLERANCE
        )
        hit = next(fitting, None)
        if hit is None:
            wrong.append(claim)
        else:
            left.remove(hit)
            right.append((claim, hit))
    return Pairing(tuple(right), tuple(wrong), tuple(left))


def home(claim: Claim, turns: Sequence[Turn]) -> int | None:
    """Return the turn that a claim shares most time with; None where none is near."""
    return _nearest(claim.start, claim.end, turns, -TOLERANCE)


def turn_of(utterance: Utterance, turns: Sequence[Turn]) -> int | None:
    """Return the turn that an utterance shares most time with; None where it shares none."""
    if utterance.start is None or utterance.end is None:
        return None
    return _nearest(utterance.start, utterance.end, turns, 0.0)


def shared_time(start: Seconds, end: Seconds, turn: Turn) -> Seconds:
    """Return the seconds that a stretch and a turn have in common; less than 0 for the gap."""
    return min(end, turn.end) - max(start, turn.start)


def _nearest(start: Seconds, end: Seconds, turns: Sequence[Turn], least: Seconds) -> int | None:
    common = [shared_time(start, end, turn) for turn in turns]
    best = max(range(len(turns)), key=lambda number: common[number], default=None)
    return best if best is not None and common[best] > least else None


def _breaches(card: Scorecard) -> Iterable[list[Match]]:
    by_id = {match.id: match for match in card.interaction.matches}
    for finding in card.findings:
        group = [by_id[number] for number in finding.matches]
        if finding.verdict == "fail" and group and group[0].polarity == "forbidden":
            yield group


def _courtesies(card: Scorecard) -> Iterable[list[Match]]:
    groups: list[list[Match]] = []
    for match in card.interaction.matches:
        if not match.counted or match.polarity != "polite":
            continue
        same = next((g for g in reversed(groups) if g[-1].phrase_id == match.phrase_id), None)
        if (
            same
            and match.utterance - same[-1].utterance <= 1
            and normalize(match.heard).text not in {normalize(m.heard).text for m in same}
        ):
            same.append(match)
        else:
            groups.append([match])
    return groups


def _claim(group: Sequence[Match]) -> Claim:
    first = group[0]
    return Claim(
        list=first.list,
        polarity=first.polarity,
        phrase=first.phrase,
        heard="…".join(match.heard for match in group),
        start=min(match.start or 0.0 for match in group),
        end=max(match.end or 0.0 for match in group),
        utterances=tuple(dict.fromkeys(match.utterance for match in group)),
    )
