"""What might be changed in the lists because of what people decided, each with its grounds."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from courtesy.learning.exclusions import Wording, exclusions
from courtesy.learning.lists import finder_of, lexicon_of
from courtesy.learning.precision import FEWEST
from courtesy.learning.thresholds import threshold
from courtesy.learning.variants import variants
from courtesy.lessons import Kind, Lesson
from courtesy.lexicon import Phrase
from courtesy.lists.shelf import Shelf

# How much more there must be to say before what was declined is proposed again.
GROWN: Final = 2.0
_MOST: Final = 5  # wordings of a kind and phrase that are proposed at once


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of one phrase.

    Attributes:
        kind: what is changed.
        phrase: id.
        value: the threshold, or the wording.
        evidence: how many decisions speak for it.
        grounds: counts behind it, as JSON has them; `flags` are the decisions, the first of them.
    """

    kind: Kind
    phrase: str
    value: str
    evidence: int
    grounds: dict[str, Any]


def all_proposals(
    shelf: Shelf,
    counts: Mapping[str, tuple[int, int]],
    lessons_of: Callable[[str], Sequence[Lesson]],
) -> list[Proposal]:
    """Return what the decisions about all phrases speak for.

    Args:
        shelf: the lists in force.
        counts: how many flags of each phrase are confirmed and rejected.
        lessons_of: gives the decisions about a phrase.

    Raises:
        LexiconError: a list breaks its format.
    """
    matching = shelf.settings.matching
    found: list[Proposal] = []
    for phrase in lexicon_of(shelf).phrases:
        if sum(counts.get(phrase.id, ())) >= FEWEST:
            needed = matching.blame if phrase.polarity == "forbidden" else matching.credit
            found += proposals(phrase, lessons_of(phrase.id), needed)
    if not any(one.kind == "variant" for one in found):
        return found
    # What is found already, since some words stand for others, need not be written down.
    finds = finder_of(shelf)
    return [one for one in found if one.kind != "variant" or one.phrase not in finds(one.value)]


def proposals(phrase: Phrase, lessons: Sequence[Lesson], needed: float) -> tuple[Proposal, ...]:
    """Return what the decisions about a phrase speak for; nothing where there are too few of them.

    Args:
        phrase: as the lists have it now.
        lessons: the decisions.
        needed: the confidence that the settings ask of such phrases, 0 to 1.
    """
    if len(lessons) < FEWEST:
        return ()
    found = [*_threshold(phrase, lessons, max(needed, phrase.threshold or 0.0))]
    harmless = exclusions(lessons, phrase.hits, phrase.excepts)
    found += [_of("exclusion", phrase, one) for one in harmless[:_MOST]]
    known = {form.text for form in phrase.forms}
    missing = variants(lessons, known, phrase.misses)
    found += [_of("variant", phrase, one) for one in missing[:_MOST]]
    return tuple(found)


def worth_again(evidence: int, declined: Iterable[int]) -> bool:
    """Tell whether a change that was declined may be proposed again.

    Args:
        evidence: how many decisions speak for it now.
        declined: how many did each time that it was declined.
    """
    return all(evidence >= GROWN * then for then in declined)


def same(one: Proposal, kind: Kind, phrase: str, value: str) -> bool:
    """Tell whether a proposal is what was proposed before; of thresholds a phrase has one."""
    alike = one.kind == "threshold" or one.value == value
    return (one.kind, one.phrase) == (kind, phrase) and alike


def _threshold(phrase: Phrase, lessons: Sequence[Lesson], now: float) -> Iterable[Proposal]:
    found = threshold(lessons, now)
    if found:
        flags = [one.flag for one in lessons if not one.confirmed and now <= one.sure < found.value]
        grounds = asdict(found) | {"flags": flags[:100]}
        decided = found.seen.rejected + found.seen.confirmed
        yield Proposal("threshold", phrase.id, f"{found.value:g}", decided, grounds)


def _of(kind: Kind, phrase: Phrase, one: Wording) -> Proposal:
    grounds = {"recordings": one.recordings, "against": one.against, "flags": list(one.flags[:100])}
    return Proposal(kind, phrase.id, one.text, len(one.flags), grounds)
