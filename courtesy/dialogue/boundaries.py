"""How likely it is that one customer's business ends at a silence and the next one's begins.

Every silence is weighed by many cues at once: its length, what was said before it and after it, the
topic and the voice on either side. The weights are fitted by `tests/corpus/fit_boundaries.py` and
stand in `boundaries.toml`.
"""

import bisect
import functools
import itertools
import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final

from courtesy.config import DialogueOptions
from courtesy.dialogue.cues import Said
from courtesy.dialogue.topics import likeness, weight_of
from courtesy.records import Seconds

# Seconds of talk on either side that count as next to the silence, as near it, and as its topic.
_NEXT: Final = 3.0
_NEAR: Final = 9.0
_TOPIC: Final = 60.0
_SOON: Final = 20.0
_APART: Final = 3.5  # seconds of silence that set a word among colleagues apart
_SHORT_TALK: Final = 6  # utterances of it
MOST: Final = 16  # utterances on either side that are looked at
_OPENING: Final = 3  # utterances in which a telephone call shows
_YOUNG: Final = 40.0  # seconds in which hardly anybody's business is done
_RAREST: Final = 5.0
# Of the silences between utterances so large a share is longer than a second, and it falls with
# this power of their length; as if so many had been seen before the recording.
_USUAL_SHARE: Final = 0.12
_USUAL_FALL: Final = 0.6
_USUAL_COUNT: Final = 60
STRANGER: Final = 0.6  # change of voice from which somebody else speaks
# More than even odds: a visit cut in two lacks its greeting or farewell, and the clerk is blamed.
_LIKELY: Final = 0.65
_ALL_BUT_SURE: Final = 0.85
_VISIT: Final = 300.0  # seconds; a recording that is longer may well hold several visits
_DAY: Final = 8 * 3600.0
_ENOUGH: Final = 25.0  # weight of topic words from which a change of topic can be told


class Habit:
    """How long people are silent in this recording, and how sure a boundary in it must be.

    A short recording does not show how long people are silent; there what is usual at counters
    weighs more.

    Attributes:
        needed: how likely a boundary must be, 0 to 1.
    """

    def __init__(self, silences: Iterable[Seconds], length: Seconds = _DAY) -> None:
        """Take what is known of a recording.

        Args:
            silences: before each utterance but the first, seconds.
            length: of the recording, seconds.
        """
        self._silences = sorted(silences)
        # Who keeps a file for each visit has short ones with hardly ever a second visit in them.
        alone = max(0.0, 1 - length / _VISIT)
        self.needed = _LIKELY + (_ALL_BUT_SURE - _LIKELY) * alone

    def rarity(self, silence: Seconds) -> float:
        """Return how rare a silence of that length is here: -ln of its share, 0 to 5.

        >>> [round(Habit([]).rarity(silence), 1) for silence in (0.5, 3.0, 30.0)]
        [1.7, 2.8, 4.2]
        """
        count = len(self._silences)
        longer = count - bisect.bisect_left(self._silences, silence)
        usual = min(1.0, _USUAL_SHARE * max(silence, 0.1) ** -_USUAL_FALL)
        share = (longer + _USUAL_COUNT * usual) / (count + _USUAL_COUNT)
        return min(_RAREST, -math.log(share))


def cues(
    before: Sequence[Said],
    after: Sequence[Said],
    silence: Seconds,
    habit: Habit,
    options: DialogueOptions,
    broken_off: Sequence[Said] = (),
) -> dict[str, float]:
    """Return the cues at one silence, by name; most are 0 or 1.

    Args:
        before: what was said in this interaction up to it, in order.
        after: what is said from it on, in order.
        silence: how long nobody speaks; negative where two speak at once.
        habit: of the recording.
        options: the hall's silences.
        broken_off: what was said just before this interaction began, if it is a telephone call;
            who was speaking then may still be waiting.
    """
    there = _Place.at(before, after)
    found = {
        "constant": 1.0,
        **_lengths(silence, habit, options),
        **_ending(there),
        **_beginning(there),
        **_contrasts(there),
    }
    found |= _combined(found, there.on_phone)
    found |= _on_the_line(there, found, broken_off)
    near = min(1.0, max(0.0, silence) / _APART)
    found["chat_next"] = _chat(_run(there.after)) * near
    found["chat_over"] = _chat(_run(there.before[::-1])) * near
    if options.number_calls == "off":
        found |= {"call_last": 0.0, "number_last": 0.0, "call_first": 0.0}
    return found


def ending(before: Sequence[Said]) -> dict[str, float]:
    """Return the cues of what was said so far, where nothing follows yet."""
    return _ending(_Place.at(before, before[-1:]))


@dataclass(frozen=True, slots=True)
class _Place:
    """What is said around a silence.

    Attributes:
        before: up to it.
        after: from it on.
        last: what stands next to it before.
        tail: what stands near it before.
        first: what stands next to it after.
        head: what stands near it after.
        on_phone: 1 where the interaction before it is a telephone call.
        age: seconds since that one began.
    """

    before: Sequence[Said]
    after: Sequence[Said]
    last: Sequence[Said]
    tail: Sequence[Said]
    first: Sequence[Said]
    head: Sequence[Said]
    on_phone: float
    age: Seconds

    @classmethod
    def at(cls, before: Sequence[Said], after: Sequence[Said]) -> "_Place":
        """Look around a silence."""
        on_phone = _any(before[:_OPENING], "phone")
        begun = before[0].start
        before, after = before[-MOST:], after[:MOST]
        ended, begins = max(s.end for s in before), after[0].start
        return cls(
            before=before,
            after=after,
            last=[s for s in before if s.end > ended - _NEXT] or list(before[-1:]),
            tail=[s for s in before if s.end > ended - _NEAR],
            first=[s for s in after if s.start < begins + _NEXT],
            head=[s for s in after if s.start < begins + _NEAR],
            on_phone=on_phone,
            age=ended - begun,
        )

    def topic_before(self) -> list[Mapping[str, float]]:
        """Return what was talked about."""
        ended = max(s.end for s in self.before)
        return [s.words for s in self.before if s.end > ended - _TOPIC]

    def topic_after(self, seconds: Seconds) -> list[Mapping[str, float]]:
        """Return what is talked about in so many seconds."""
        return [s.words for s in self.after if s.start < self.after[0].start + seconds]


def _lengths(silence: Seconds, habit: Habit, options: DialogueOptions) -> dict[str, float]:
    ratio = max(silence, 0.1) / options.gap_seconds
    return {
        "silence": max(-5.0, min(1.5, math.log(ratio))),
        "long": float(ratio >= 1),
        "longer": max(0.0, min(2.0, math.log(ratio))),
        "rarity": habit.rarity(silence),
    }


def _ending(there: _Place) -> dict[str, float]:
    """Return how what was said before sounds like an end."""
    last, tail, latest = there.last, there.tail, there.before[-1]
    return {
        "farewell_last": _any(last, "farewell"),
        "farewell_tail": _any(tail, "farewell"),
        "leaves_last": _any(last, "leaves"),
        "leaves_tail": _any(tail, "leaves"),
        "waits_last": _any(last, "waits"),
        "errand": _any(last, "errand"),
        "asks_last": float(latest.asks),
        "call_last": float(latest.number is not None),
        "number_last": float(bool(latest.number)),
        "phone_tail": there.on_phone,
        "young": max(0.0, 1 - there.age / _YOUNG),
        "colleagues_tail": _any(tail, "colleagues"),
    }


def _beginning(there: _Place) -> dict[str, float]:
    """Return how what is said after it sounds like a beginning."""
    first, head, tail = there.first, there.head, there.tail
    # Two greet each other: the second greeting is no second coming.
    fresh = 1 - max(_any(tail, "greets"), _any(tail, "asked"), float(tail[-1].number is not None))
    if _any(there.last, "farewell"):
        fresh = 1.0
    return {
        "greets_first": fresh * _any(first, "greets"),
        "greets_head": fresh * _any(head, "greets"),
        "asked_first": fresh * _any(first, "asked"),
        "asked_head": fresh * _any(head, "asked"),
        "wish_first": fresh * _any(first, "wish"),
        "wish_head": fresh * _any(head, "wish"),
        "call_first": float(there.after[0].number is not None),
        "phone_first": _any(first, "phone") * (1 - there.on_phone),
        "returns_first": _any(first, "returns") * (1 - _any(first, "asked")),
        "goes_on_first": float(there.after[0].goes_on),
        "colleagues_head": _any(head, "colleagues"),
    }


def _contrasts(there: _Place) -> dict[str, float]:
    """Return how the two sides differ, in what they are about and in who speaks."""
    about = (there.topic_before(), there.topic_after(_TOPIC))
    # Some words on both sides are needed before their difference says anything.
    enough = min(1.0, min(map(weight_of, about)) / _ENOUGH)
    latest, next_one = there.before[-1], there.after[0]
    return {
        "topic": (1 - likeness(*about)) * enough,
        "same_topic": likeness(*about) * enough,
        "clerk_twice": float(latest.role == next_one.role == "clerk"),
        "stranger": float((latest.role == "unknown") != (next_one.role == "unknown")),
        "voice": voice_change(there.tail, there.head),
    }


def _on_the_line(
    there: _Place, found: Mapping[str, float], broken_off: Sequence[Said]
) -> dict[str, float]:
    """Return what tells of a telephone call that begins or ends here."""
    waiting = [s.words for s in broken_off if s.end > broken_off[-1].end - _TOPIC]
    not_back = 0.0
    if there.on_phone and waiting:
        soon = there.topic_after(_SOON)
        back, on = likeness(waiting, soon), likeness(there.topic_before(), soon)
        not_back = max(0.0, on - back) * min(1.0, weight_of(soon) / _ENOUGH)
    customer = there.after[0].role == "customer" and _alone(there.tail)
    return {
        "held": _any(there.last, "holds") * max(0.3, found["phone_first"]),
        "hung_up": there.on_phone * _any(there.first, "excuses"),
        "hung_up_soon": there.on_phone * _any(there.head, "excuses"),
        "resumes": there.on_phone * float(customer),
        "rang_off": there.on_phone * _any(there.last, "farewell"),
        "not_back": not_back,
    }


def _combined(found: Mapping[str, float], on_phone: float) -> dict[str, float]:
    """Return what some cues say together that none says alone."""
    rarity = found["rarity"]
    comes = max(
        found["greets_first"] * max(found["asked_head"], found["wish_head"]),
        found["asked_first"] * found["wish_head"],
    )
    gone = max(found["farewell_tail"], found["leaves_tail"])
    return {
        "waited": rarity * found["waits_last"],
        "returned": rarity * found["returns_first"],
        "came_back": rarity * found["waits_last"] * found["returns_first"],
        "line": rarity * on_phone,  # the other side of a telephone call is not heard
        "asked": rarity * found["asks_last"],
        "parted": found["farewell_last"] * found["wish_first"],
        "opening": comes,
        "closing": gone * max(found["greets_first"], found["asked_first"]),
    }


def likelihood(found: dict[str, float]) -> float:
    """Return how likely these cues make it that another's business begins, 0 to 1."""
    total = sum(weights().get(name, 0.0) * value for name, value in found.items())
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))


def voice_change(before: Sequence[Said], after: Sequence[Said]) -> float:
    """Return how unlike every voice before is the one after that is most so, 0 to 2.

    The clerk is on both sides, so only somebody new can be unlike all. 0 where no voice is known.
    """
    old = [s.voice for s in before if s.voice and s.role != "clerk"] or [
        s.voice for s in before if s.voice
    ]
    new = [s.voice for s in after if s.voice and s.role != "clerk"]
    if not old or not new:
        return 0.0
    return max(1 - max(_cosine(one, other) for other in old) for one in new)


@functools.cache
def weights() -> dict[str, float]:
    """Return the fitted weights by cue."""
    text = resources.files("courtesy.dialogue").joinpath("boundaries.toml").read_text("utf-8")
    return {name: float(value) for name, value in tomllib.loads(text)["weights"].items()}


def _any(stretch: Iterable[Said], cue: str) -> float:
    return float(any(getattr(said, cue) for said in stretch))


def _run(stretch: Sequence[Said]) -> Sequence[Said]:
    """Return what is said at the beginning of a stretch without a long silence."""
    for at, (one, other) in enumerate(itertools.pairwise(stretch), start=1):
        if max(other.start - one.end, one.start - other.end) > _APART:
            return stretch[:at]
    return stretch


def _chat(run: Sequence[Said]) -> float:
    """Return 1 where it may be a word among colleagues: short, and nobody is served."""
    served = any(
        s.greets or s.asked or s.wish or s.waits or s.returns or s.number is not None for s in run
    )
    return float(1 < len(run) <= _SHORT_TALK and not served)


def _alone(stretch: Iterable[Said]) -> bool:
    return all(said.role == "clerk" for said in stretch)


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    length = math.hypot(*one) * math.hypot(*other)
    return sum(a * b for a, b in zip(one, other, strict=True)) / length if length else 0.0
