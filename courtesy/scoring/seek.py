"""Looking for what a rule wants: found, perhaps there, or not, and on what evidence.

What is missing weighs as much as what is heard. A courtesy that was perhaps said (a near match,
words the recogniser was not sure of, sound without words) is "perhaps", never "no".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from courtesy.messages import Text
from courtesy.records import Event, Interaction, Match, Utterance
from courtesy.scoring.acts import acts
from courtesy.scoring.conditions import Condition, Joined, Seek
from courtesy.scoring.places import look_in
from courtesy.text.normalize import normalize

# A courtesy of this confidence counts (`MatchOptions.credit`).
ENOUGH = 0.8
BESIDE = 3.0  # seconds in which unheard words may have been the missing ones
# Likeness that mishearing may take away, where the recogniser held nothing of it to be right.
MISHEARD = 0.5
# Below this the recogniser was not sure of an utterance, so what it lacks proves nothing.
SURE = 0.5
# From this confidence a phrase short of counting is worth a person's ear.
WORTH_HEARING = 0.5

Answer = Literal["no", "perhaps", "yes"]
_ORDER: tuple[Answer, ...] = ("no", "perhaps", "yes")


@dataclass(frozen=True, slots=True)
class Found:
    """What came of looking.

    Attributes:
        answer: whether it is there.
        why: what was found, or why it is only perhaps there; None where nothing is to be said.
        matches: the evidence.
        utterances: the evidence, or where it was looked for in vain.
        start: seconds, of an event; None where the evidence has its own times.
        end: seconds.
    """

    answer: Answer
    why: Text | None = None
    matches: tuple[Match, ...] = ()
    utterances: tuple[Utterance, ...] = ()
    start: float | None = None
    end: float | None = None


def look(interaction: Interaction, condition: Condition, anchor: Sequence[Utterance] = ()) -> Found:
    """Look for what a condition describes.

    Args:
        interaction: all of it, with its matches and events.
        condition: what is looked for.
        anchor: what the rule is judged for; empty for the interaction as a whole.
    """
    if isinstance(condition, Joined):
        return _joined(interaction, condition, anchor)
    if condition.event:
        return _event(interaction, condition)
    where = look_in(interaction, condition, anchor)
    if condition.lists or condition.phrases:
        return _phrase(interaction, condition, where)
    return _words(interaction, condition, where)


def _joined(interaction: Interaction, joined: Joined, anchor: Sequence[Utterance]) -> Found:
    found = [look(interaction, part, anchor) for part in joined.parts]
    if joined.how == "not":
        (one,) = found
        turned = {"yes": "no", "no": "yes", "perhaps": "perhaps"}
        return Found(turned[one.answer], one.why, one.matches, one.utterances)  # type: ignore[arg-type]
    pick = min if joined.how == "all" else max
    chosen = pick(found, key=lambda one: _ORDER.index(one.answer))
    if joined.how == "all" and chosen.answer == "yes":
        return Found(
            "yes",
            chosen.why,
            tuple(match for one in found for match in one.matches),
            tuple(utterance for one in found for utterance in one.utterances),
        )
    return chosen


def _phrase(interaction: Interaction, seek: Seek, where: Sequence[Utterance]) -> Found:
    ids = {u.id for u in where}
    found = [m for m in interaction.matches if m.utterance in ids and _wanted(seek, m)]
    standing = "customer" if seek.by == "customer" else "counted"
    said = [m for m in found if m.standing == standing and m.confidence >= WORTH_HEARING]
    if len(said) >= seek.at_least:
        best = max(said, key=lambda m: m.confidence)
        why = Text(f"说了“{best.heard}”", f"said “{best.heard}”")
        chosen = (best,) if seek.at_least == 1 else tuple(said)
        return Found("yes", why, chosen)
    near = perhaps(found, where)
    if near:
        why = Text(
            f"像是“{near[0].phrase}”，听不确切", f"perhaps “{near[0].phrase}”, not clearly heard"
        )
        return Found("perhaps", why, tuple(near))
    if any(m.standing == "unknown" and _wanted(seek, m) for m in interaction.matches):
        why = Text("有这句话，但不知道是谁说的", "said, but not known by whom")
        return Found("perhaps", why, (), tuple(where))
    return _unheard(interaction, where)


def _wanted(seek: Seek, match: Match) -> bool:
    return match.list in seek.lists or match.phrase_id in seek.phrases


def _words(interaction: Interaction, seek: Seek, where: Sequence[Utterance]) -> Found:
    doing = [u for u in where if _does(seek, u)]
    sure = [u for u in doing if not unsure_of(u)]
    if len(sure) >= seek.at_least:
        chosen = tuple(sure[: seek.at_least])
        return Found("yes", Text(f"“{sure[0].heard}”", f"“{sure[0].heard}”"), (), chosen)
    if doing:
        why = Text("听不确切", "not clearly heard")
        return Found("perhaps", why, (), tuple(doing))
    return _unheard(interaction, where)


def _does(seek: Seek, utterance: Utterance) -> bool:
    if seek.act:
        return seek.act in acts(utterance.heard)
    if seek.pattern:
        return seek.pattern.search(normalize(utterance.heard).text) is not None
    return True


def happens(interaction: Interaction, seek: Seek, utterance: Utterance) -> bool:
    """Tell whether what is looked for happens in one utterance, however surely it was heard."""
    if not (seek.lists or seek.phrases):
        return _does(seek, utterance)
    standing = "customer" if seek.by == "customer" else "counted"
    return any(
        m.utterance == utterance.id
        and _wanted(seek, m)
        and m.standing == standing
        and m.confidence >= WORTH_HEARING
        for m in interaction.matches
    )


def events(interaction: Interaction, seek: Seek) -> list[Event]:
    """Return the events that are looked for, in order of time."""
    return [
        event
        for event in interaction.events
        if event.kind == seek.event
        and (seek.by == "anybody" or event.role in {seek.by, "unknown"})
        and (seek.over is None or event.value >= seek.over)
        and (seek.under is None or event.value < seek.under)
    ]


def _event(interaction: Interaction, seek: Seek) -> Found:
    found = events(interaction, seek)
    if len(found) < seek.at_least:
        return Found("no")
    first = found[0]
    said = tuple(u for u in interaction.utterances if u.id in set(first.utterances))
    return Found("yes", first.text, (), said, first.start, first.end)


def _unheard(interaction: Interaction, where: Sequence[Utterance]) -> Found:
    """Return "no", or "perhaps" where what is missing may not have been heard."""
    if any(unsure_of(u) for u in where) or lost_beside(interaction, where):
        return Found("perhaps", Text("没有听清", "not clearly heard"), (), tuple(where))
    return Found("no", None, (), tuple(where))


def perhaps(matches: Sequence[Match], where: Sequence[Utterance]) -> list[Match]:
    """Return the courtesies that were perhaps said: mishearing could account for what they lack.

    The recogniser's own probability of an utterance tells how much of it is misheard. Of a
    transcript nothing is, so that there a near miss is a miss.
    """
    least = {
        u.id: ENOUGH - MISHEARD * (1 - (1.0 if u.quality is None else u.quality)) for u in where
    }
    return [
        m for m in matches
        if m.standing == "near" and m.likeness >= least.get(m.utterance, ENOUGH)
    ]  # fmt: skip


def lost_beside(interaction: Interaction, where: Sequence[Utterance]) -> bool:
    """Tell whether sound without words lies among or right beside some utterances.

    What comes before the first words that were heard of somebody may have been their first, and
    what comes after the last ones their last.
    """
    times = [t for u in where for t in (u.start, u.end) if t is not None]
    if not times:
        return bool(interaction.lost)
    start, end = min(times) - BESIDE, max(times) + BESIDE
    own = [u for u in interaction.utterances if u.role == where[0].role]
    if where[0] in own[:1]:
        start = min(start, (interaction.start or 0.0) - BESIDE)
    if where[-1] in own[-1:]:
        end = max(end, (interaction.end or 0.0) + BESIDE)
    return any(r.end > start and r.start < end for r in interaction.lost)


def unsure_of(utterance: Utterance) -> bool:
    """Tell whether the recogniser was not sure of what it wrote."""
    return utterance.quality is not None and utterance.quality < SURE
