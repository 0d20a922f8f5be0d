"""The figures of one condition, put together from its dialogues."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from courtesy.evaluation.calibration import Calibration, calibration
from courtesy.evaluation.conditions import Condition
from courtesy.evaluation.confusions import Confusion, confusions
from courtesy.evaluation.groups import Group, groups
from courtesy.evaluation.hearing import Side, Unit
from courtesy.evaluation.intervals import ErrorRate, Rate, Scored, Share, error_rate, scored
from courtesy.evaluation.layers import Layer
from courtesy.evaluation.measure import FORBIDDEN
from courtesy.evaluation.outcome import Kind, Outcome
from courtesy.evaluation.rules import RuleResult, rule_results
from courtesy.evaluation.speakers import RoleTime
from courtesy.messages import Text
from courtesy.records import Fault, Polarity, Standing

# Several lists taken together.
ALL: Final = "all"
POLITE: Final = "polite"


@dataclass(frozen=True, slots=True)
class ByTurn:
    """Forbidden phrases by turn, whatever the program calls them.

    Attributes:
        scored: turns of the clerk that hold one, as things found.
        verbatim: found, of those in which a phrase stands in the sources' own words.
        other_words: found, of the rest.
    """

    scored: Scored
    verbatim: Share
    other_words: Share


@dataclass(frozen=True, slots=True)
class Accusation:
    """One breach held against the clerk where the clerk committed none.

    Attributes:
        dialogue: its name.
        turn: position in the dialogue, from 0; None where nobody speaks.
        role: who really spoke; "nobody" where nobody did.
        said: the true words.
        phrase: what the clerk is accused of.
        heard: the words that were taken for it.
    """

    dialogue: str
    turn: int | None
    role: str
    said: str
    phrase: str
    heard: str


@dataclass(frozen=True, slots=True)
class Innocents:
    """Those who were accused and had done nothing.

    Attributes:
        clerk_turns: turns of the clerk without a breach, and how many of them were accused.
        customer_turns: turns of others, and how many were held against the clerk.
        an_hour: false accusations in an hour of recording.
        accusations: every one of them.
    """

    clerk_turns: Share
    customer_turns: Share
    an_hour: Rate
    accusations: tuple[Accusation, ...]


@dataclass(frozen=True, slots=True)
class NearMisses:
    """Matches that do not count, of one kind and for one reason.

    Attributes:
        polarity: whether saying the phrase is good or bad.
        standing: in which way they do not count.
        reason: why.
        count: how many.
        right: how many of the phrases the clerk really said there.
    """

    polarity: Polarity
    standing: Standing
    reason: Text
    count: int
    right: int


@dataclass(frozen=True, slots=True)
class Result:
    """One condition.

    Attributes:
        condition: which.
        outcomes: one a dialogue.
        failed: dialogues whose recording could not be heard, and why; they have found nothing.
        hours: listened to.
        lists: each list of the lexicon that was said, claimed or both.
        groups: `POLITE` and `ALL`.
        polarities: of the lists.
        by_turn: of forbidden phrases.
        innocents: who was accused wrongly.
        rules: each rule.
        calibration: by group: "forbidden", `POLITE`, `ALL`.
        confusions: phrases that go wrong.
        errors: of hearing, by unit and side.
        interactions: encounters that gold has, and scorecards.
        boundaries: starts and ends of interactions, of dialogues and whole days.
        split_right: dialogues with as many scorecards as encounters.
        clerk_found: recordings whose clerk's channel was found.
        roles: how long was spoken in roles that are right, wrong or open.
        near: what does not count.
        layers: other matchers, by layer and group: "forbidden", `POLITE`.
        speakers: the same figures by who the clerk is, where gold says it.
    """

    condition: Condition
    outcomes: tuple[Outcome, ...]
    failed: Mapping[str, Fault]
    hours: float
    lists: Mapping[str, Scored]
    groups: Mapping[str, Scored]
    polarities: Mapping[str, Polarity]
    by_turn: ByTurn
    innocents: Innocents
    rules: tuple[RuleResult, ...]
    calibration: Mapping[str, Calibration]
    confusions: tuple[Confusion, ...]
    errors: Mapping[tuple[Unit, Side], ErrorRate]
    interactions: tuple[int, int]
    boundaries: Scored
    split_right: Share
    clerk_found: Share
    roles: RoleTime
    near: tuple[NearMisses, ...]
    layers: Mapping[Layer, Mapping[str, Scored]]
    speakers: tuple[Group, ...] = ()


def summarise(
    condition: Condition,
    outcomes: Sequence[Outcome],
    polarities: Mapping[str, Polarity],
    rules: Iterable[str],
) -> Result:
    """Put the dialogues of a condition together.

    Args:
        condition: under which they were evaluated.
        outcomes: one a dialogue.
        polarities: of the lexicon's lists, in the order they are shown in.
        rules: the program's, in its order.
    """
    seen = {listed for one in outcomes for listed in _lists(one)}
    known = {**polarities, **dict(seen)}
    shown = [listed for listed in known if listed in {name for name, _ in seen}]
    polite = [listed for listed in shown if known[listed] == "polite"]
    together = {POLITE: polite, ALL: shown}
    cards = [sum(not c.interaction.aside for c in one.recording.scorecards) for one in outcomes]
    encounters = [len(one.truth.gold.encounters) for one in outcomes]
    clerks = [one.clerk_found for one in outcomes if one.clerk_found is not None]
    hours = sum(one.seconds for one in outcomes) / 3600
    return Result(
        condition=condition,
        outcomes=tuple(outcomes),
        failed={
            one.truth.name: one.recording.error
            for one in outcomes
            if one.recording.error is not None
        },
        hours=hours,
        lists={listed: scored([one.tally([listed]) for one in outcomes]) for listed in shown},
        groups={
            name: scored([one.tally(lists) for one in outcomes]) for name, lists in together.items()
        },
        polarities={listed: known[listed] for listed in shown},
        by_turn=_by_turn(outcomes),
        innocents=_innocents(outcomes, hours),
        rules=rule_results(outcomes, rules),
        calibration={
            name: calibration(t for one in outcomes for t in one.trials if t.list in lists)
            for name, lists in {FORBIDDEN: [FORBIDDEN], **together}.items()
        },
        confusions=confusions(outcomes),
        errors=_errors(outcomes),
        interactions=(sum(encounters), sum(cards)),
        boundaries=scored([one.boundaries for one in outcomes]),
        split_right=Share(
            sum(a == b for a, b in zip(cards, encounters, strict=True)), len(outcomes)
        ),
        clerk_found=Share(sum(clerks), len(clerks)),
        roles=sum((one.roles for one in outcomes), RoleTime()),
        near=_near(outcomes),
        layers=_layers(outcomes, {FORBIDDEN: [FORBIDDEN], POLITE: polite}),
        speakers=groups(outcomes, polite),
    )


def _lists(outcome: Outcome) -> Iterable[tuple[str, Polarity]]:
    for pairing in (outcome.pairing, *outcome.layers.values()):
        yield from ((one.list, one.polarity) for _, one in pairing.right)
        yield from ((one.list, one.polarity) for one in pairing.missed)
        yield from ((claim.list, claim.polarity) for claim in pairing.wrong)
    yield from ((trial.list, trial.polarity) for trial in outcome.trials)


def _by_turn(outcomes: Sequence[Outcome]) -> ByTurn:
    guilty = [t for one in outcomes for t in one.turns if t.kind in {"found", "missed"}]
    found = [t for t in guilty if t.kind == "found"]
    verbatim = Share(sum(t.verbatim for t in found), sum(t.verbatim for t in guilty))
    other = Share(len(found) - verbatim.part, len(guilty) - verbatim.whole)
    return ByTurn(scored([one.by_turn for one in outcomes]), verbatim, other)


def _innocents(outcomes: Sequence[Outcome], hours: float) -> Innocents:
    kinds: Counter[Kind] = Counter(t.kind for one in outcomes for t in one.turns)
    accusations: list[Accusation] = []
    for one in outcomes:
        name = one.truth.name
        for turn in one.turns:
            if turn.kind in {"accused", "customer_accused"}:
                accusations += [
                    Accusation(name, turn.number, turn.role, turn.said, claim.phrase, claim.heard)
                    for claim in turn.accused_of
                ]
        accusations += [
            Accusation(name, None, "nobody", "", claim.phrase, claim.heard)
            for claim in one.elsewhere
        ]
    return Innocents(
        clerk_turns=Share(kinds["accused"], kinds["accused"] + kinds["clear"]),
        customer_turns=Share(
            kinds["customer_accused"], kinds["customer_accused"] + kinds["customer"]
        ),
        an_hour=Rate(len(accusations), hours),
        accusations=tuple(accusations),
    )


def _errors(outcomes: Sequence[Outcome]) -> dict[tuple[Unit, Side], ErrorRate]:
    found = {}
    for unit in get_args(Unit):
        for side in get_args(Side):
            pairs = [
                (e.wrong, e.length)
                for one in outcomes
                for e in one.errors
                if (e.unit, e.side) == (unit, side)
            ]
            if pairs:
                found[unit, side] = error_rate(pairs)
    return found


def _near(outcomes: Sequence[Outcome]) -> tuple[NearMisses, ...]:
    order = get_args(Standing)
    counts = Counter((n.polarity, n.standing, n.reason, n.right) for o in outcomes for n in o.near)
    kinds = {(polarity, standing, reason) for polarity, standing, reason, _ in counts}
    return tuple(
        NearMisses(*kind, counts[*kind, False] + counts[*kind, True], counts[*kind, True])
        for kind in sorted(kinds, key=lambda k: (k[0], order.index(k[1]), k[2].en))
    )


def _layers(
    outcomes: Sequence[Outcome], groups: Mapping[str, Sequence[str]]
) -> dict[Layer, dict[str, Scored]]:
    compared = [one for one in outcomes if one.layers]
    names = list(compared[0].layers) if compared else []
    return {
        layer: {
            group: scored([one.tally(lists, one.layers[layer]) for one in compared])
            for group, lists in groups.items()
        }
        for layer in names
    }
