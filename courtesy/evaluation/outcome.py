"""One dialogue under one condition: what was right in it and what was not, turn by turn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from courtesy.evaluation.boundaries import boundaries
from courtesy.evaluation.calibration import Trial, is_right, trials_of
from courtesy.evaluation.claims import Claim, Pairing, claims_of, home, pair_up, turn_of
from courtesy.evaluation.hearing import Errors
from courtesy.evaluation.layers import Layer
from courtesy.evaluation.measure import Judged, Tally, verdicts
from courtesy.evaluation.speakers import RoleTime, role_time
from courtesy.evaluation.truth import ABUSE, Truth
from courtesy.messages import Text
from courtesy.records import Polarity, Recording, Role, Seconds, Standing

Kind = Literal[
    "found", "missed", "abusive", "clear", "accused", "customer", "customer_accused"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class TurnOutcome:
    """What became of one turn.

    Attributes:
        number: position in the dialogue, from 0.
        role: who really said it.
        said: the true words.
        heard: what was heard in its time; empty where nothing was.
        forbidden: the forbidden phrases in it.
        verbatim: whether one of them stands in it in words that a source has.
        accused_of: breaches that the program holds against the clerk here.
        kind: of a clerk's turn: a breach "found" or "missed", "abusive" (an insult alone), "clear",
            or "accused" without a breach; of anybody else's: "customer", "customer_accused".
    """

    number: int
    role: Role
    said: str
    heard: str
    forbidden: tuple[str, ...]
    verbatim: bool
    accused_of: tuple[Claim, ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A match that does not count.

    Attributes:
        polarity: whether saying the phrase is good or bad.
        phrase: the canonical phrase.
        utterance: id of the utterance it stands in.
        standing: in which way it does not count.
        reason: why, as a sentence that several share.
        right: whether the clerk really said the phrase there.
    """

    polarity: Polarity
    phrase: str
    utterance: int
    standing: Standing
    reason: Text
    right: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """One dialogue under one condition.

    Attributes:
        truth: what was said.
        recording: what the program made of it.
        by_ear: whether it was heard, and not read.
        pairing: every phrase claimed, against every phrase said, of the lists that `measured` has.
        turns: one a turn.
        elsewhere: breaches held against the clerk where nobody speaks.
        judged: every rule of every encounter.
        boundaries: starts and ends of interactions.
        trials: confidence against truth.
        near: what does not count.
        errors: in hearing; none where the words were read or the recording failed.
        layers: the same phrases by other matchers, where those were asked for.
        clerk_found: whether the clerk's channel was taken for the clerk's; None where there is no
            channel to find.
        roles: how long was spoken in roles that are right, wrong or open.
        seconds: how long was listened.
    """

    truth: Truth
    recording: Recording
    by_ear: bool
    pairing: Pairing
    turns: tuple[TurnOutcome, ...]
    elsewhere: tuple[Claim, ...]
    judged: tuple[Judged, ...]
    boundaries: Tally
    trials: tuple[Trial, ...]
    near: tuple[NearMiss, ...]
    errors: tuple[Errors, ...]
    layers: Mapping[Layer, Pairing]
    clerk_found: bool | None
    roles: RoleTime
    seconds: Seconds

    @property
    def by_turn(self) -> Tally:
        """Turns held against the clerk, whatever the phrase is called."""
        kinds = [turn.kind for turn in self.turns]
        wrong = kinds.count("accused") + kinds.count("customer_accused") + len(self.elsewhere)
        return Tally(kinds.count("found"), wrong, kinds.count("missed"))

    def tally(self, lists: Iterable[str], pairing: Pairing | None = None) -> Tally:
        """Count the phrases of some lists, by the program or by another matcher."""
        wanted, pairing = set(lists), pairing or self.pairing
        return Tally(
            sum(one.list in wanted for _, one in pairing.right),
            sum(claim.list in wanted for claim in pairing.wrong),
            sum(one.list in wanted for one in pairing.missed),
        )


def measured(truth: Truth, by_ear: bool, listed: str, polarity: Polarity) -> bool:
    """Tell whether a list can be measured: not where the program would be held against itself."""
    return by_ear or not truth.own(listed, polarity)


def pairing_of(truth: Truth, claims: Iterable[Claim], by_ear: bool) -> Pairing:
    """Hold claims against the truth, of the lists that can be measured."""
    return pair_up(
        (c for c in claims if measured(truth, by_ear, c.list, c.polarity)),
        (i for i in truth.instances if measured(truth, by_ear, i.list, i.polarity)),
        truth.turns,
    )


def outcome_of(
    truth: Truth,
    recording: Recording,
    *,
    by_ear: bool,
    errors: tuple[Errors, ...] = (),
    layers: Mapping[Layer, Pairing] | None = None,
) -> Outcome:
    """Hold what the program made of a dialogue against the truth.

    Args:
        truth: what was said.
        recording: what the program made of it; one that failed has found nothing.
        by_ear: whether it was heard, and not read.
        errors: of hearing.
        layers: of other matchers.
    """
    claims = claims_of(recording)
    pairing = pairing_of(truth, claims, by_ear)
    turns, elsewhere = _turns(truth, recording, claims)
    return Outcome(
        truth=truth,
        recording=recording,
        by_ear=by_ear,
        pairing=pairing,
        turns=turns,
        elsewhere=elsewhere,
        judged=verdicts(truth.gold, recording),
        boundaries=boundaries(truth.gold, recording),
        trials=tuple(
            t for t in trials_of(truth, recording) if measured(truth, by_ear, t.list, t.polarity)
        ),
        near=tuple(_near(truth, recording, by_ear)),
        errors=errors,
        layers=layers or {},
        clerk_found=_clerk_found(truth, recording),
        roles=role_time(recording.heard.utterances, truth.turns) if by_ear else RoleTime(),
        seconds=recording.heard.duration or 0.0,
    )


def _turns(
    truth: Truth, recording: Recording, claims: tuple[Claim, ...]
) -> tuple[tuple[TurnOutcome, ...], tuple[Claim, ...]]:
    blamed: dict[int, list[Claim]] = {}
    elsewhere: list[Claim] = []
    breaches = [claim for claim in claims if claim.polarity == "forbidden"]
    # A claim that is right belongs to the turn it found, even where it reaches over the edge.
    places = {
        id(claim): one.turn for claim, one in pair_up(breaches, truth.instances, truth.turns).right
    }
    for claim in breaches:
        turn = places.get(id(claim), home(claim, truth.turns))
        if turn is None:
            elsewhere.append(claim)
        elif claim.list != ABUSE or id(claim) in places or turn not in truth.unplaced:
            blamed.setdefault(turn, []).append(claim)
    heard = _heard_in(truth, recording)
    turns = tuple(
        TurnOutcome(
            number=number,
            role=turn.role,
            said=turn.text,
            heard=heard.get(number, ""),
            forbidden=turn.forbidden,
            verbatim=any(
                one.verbatim
                for one in truth.instances
                if one.turn == number and one.phrase in turn.forbidden
            ),
            accused_of=tuple(blamed.get(number, ())),
            kind=_kind(truth, number, number in blamed),
        )
        for number, turn in enumerate(truth.turns)
    )
    return turns, tuple(elsewhere)


def _kind(truth: Truth, number: int, accused: bool) -> Kind:
    turn = truth.turns[number]
    if turn.role != "clerk":
        return "customer_accused" if accused else "customer"
    if turn.forbidden:
        return "found" if accused else "missed"
    if number in truth.abusive:
        return "abusive"
    return "accused" if accused else "clear"


def _heard_in(truth: Truth, recording: Recording) -> dict[int, str]:
    heard: dict[int, str] = {}
    for utterance in recording.heard.utterances:
        turn = turn_of(utterance, truth.turns)
        if turn is not None:
            heard[turn] = " ".join(filter(None, (heard.get(turn), utterance.heard)))
    return heard


def _near(truth: Truth, recording: Recording, by_ear: bool) -> Iterable[NearMiss]:
    for card in recording.scorecards:
        for match in card.interaction.matches:
            if match.counted or not measured(truth, by_ear, match.list, match.polarity):
                continue
            # The sentence of a near match tells how near it is, so no two are the same.
            reason = Text("不够像", "not near enough") if match.standing == "near" else match.why
            yield NearMiss(
                polarity=match.polarity,
                phrase=match.phrase,
                utterance=match.utterance,
                standing=match.standing,
                reason=reason,
                right=is_right(truth, match),
            )


def _clerk_found(truth: Truth, recording: Recording) -> bool | None:
    """Tell whether the gold clerk's channel was taken for the clerk's."""
    said = [u for u in recording.heard.utterances if u.channel is not None]
    if truth.gold.clerk is None or not said:
        return None
    clerk = 1 if truth.gold.clerk == "right" else 0
    return all((u.role == "clerk") == (u.channel == clerk) for u in said)
