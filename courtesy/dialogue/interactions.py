"""Where one customer's business ends and the next begins, and whether it is a telephone call.

    utterances ─► cues ─► boundaries ─► segments ─► telephone, aside or counter ─► taken up again?

A recording may be one dialogue or a whole day at one window.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from courtesy.config import DialogueOptions
from courtesy.dialogue import boundaries
from courtesy.dialogue.cues import Said, read
from courtesy.dialogue.kinds import Kind, choose_mode, kind_of
from courtesy.records import Interaction, Match, Seconds, Utterance

__all__ = ["choose_mode", "seems_over", "silences", "split"]

# Two silences so near each other are weighed against each other.
_SOON: Final = 5  # utterances
_SOON_SECONDS: Final = 12.0
_LAST_WORDS: Final = 5.0  # seconds after a customer's last words that still belong to them
_SAME_TOPIC: Final = 0.34
# Cues without which a silence shorter than `gap_seconds` never divides.
_CHANGES: Final = (
    "farewell_tail", "leaves_tail", "errand", "greets_head", "asked_head", "wish_head",
    "call_first", "phone_first", "phone_tail", "colleagues_head", "colleagues_tail", "held",
)  # fmt: skip
# Cues that, after a silence longer than `gap_seconds`, tell of somebody new; or so many times that.
_COMES: Final = ("greets_first", "asked_first", "wish_first", "call_first", "farewell_tail")
# Cues that somebody is gone for good, and that somebody else has come.
_GONE: Final = ("farewell_last", "leaves_last", "errand", "held")
_NEW: Final = (
    "greets_first", "asked_first", "wish_first", "call_first", "phone_first", "colleagues_head",
    "chat_next",
)  # fmt: skip
_SAYS_SO: Final = 6.0  # seconds in which a clerk who is back says so
_VERY_LONG: Final = 4.0
# Cues that let the same customer's business outlast a silence longer than `gap_seconds`.
_STAYS: Final = ("waits_last", "asks_last", "returns_first", "goes_on_first")
_GOES_ON: Final = re.compile(
    "(稍等|稍候|等一下|等等|马上来|我查一下|我看一下)[。，！~ ]*$|[吗呢？?][。 ]*$"
)


@dataclass(slots=True)
class _Segment:
    said: list[Said]
    kind: Kind


@dataclass(frozen=True, slots=True)
class _Day:
    said: Sequence[Said]
    quiet: Sequence[Seconds]
    habit: boundaries.Habit


def split(
    utterances: Sequence[Utterance],
    matches: Sequence[Match],
    options: DialogueOptions,
    *,
    whole: bool = True,
) -> tuple[Interaction, ...]:
    """Split a recording into interactions.

    Every silence is weighed by its length and by what is said around it (`boundaries`); a clerk who
    types for half a minute, or asks to wait and comes back, has still the same customer. A
    telephone call in the middle is an interaction of its own, and the customer's goes on after it.

    Args:
        utterances: of one recording, in order of time.
        matches: of the same utterances; their `utterance` is the id.
        options: the hall's habits, and the mode if it is told.
        whole: whether the recording goes on to its proper end.

    Returns:
        interactions without matches, in the order they begin; the matches are found again for each,
        with its own numbers. Every utterance is in exactly one; talk that belongs to no customer
        stands in one that says so (`aside`).
    """
    if not utterances:
        return ()
    said = read(utterances, matches)
    timed = {u.id for u in utterances if u.start is not None}
    segments = _taken_up(_segments(said, timed, options), said, options)
    by_id = {u.id: u for u in utterances}
    groups = [([by_id[s.id] for s in segment.said], segment.kind) for segment in segments]
    return tuple(
        Interaction(
            id=i,
            utterances=tuple(group),
            mode=choose_mode(group, options.mode) if kind != "phone" else "phone",
            ended=i + 1 < len(groups) or (whole and _seen_to_end(group)),
            aside=kind == "aside",
        )
        for i, (group, kind) in enumerate(groups)
    )


def seems_over(interaction: Interaction) -> bool:
    """Tell whether an interaction sounds over, with nothing said after it yet: somebody takes
    leave, or is sent elsewhere.

    Args:
        interaction: with its matches.
    """
    said = read(interaction.utterances, interaction.matches)
    found = boundaries.ending(said)
    return any(found.get(cue) for cue in _GONE)


def silences(said: Sequence[Said]) -> list[Seconds]:
    """Return the silence before each utterance but the first; negative where two speak at once.

    It is measured from the last word of anybody, not from the utterance before.
    """
    latest = itertools.accumulate((one.end for one in said), max)
    return [after.start - end for end, after in zip(latest, said[1:], strict=False)]


def _segments(said: Sequence[Said], timed: set[int], options: DialogueOptions) -> list[_Segment]:
    quiet = silences(said)
    habit = boundaries.Habit(quiet, _end(said) - said[0].start)
    day = _Day(said, quiet, habit)
    groups = [[said[0]]]
    for at, silence in enumerate(quiet, start=1):
        begun, broken_off = groups[-1], groups[-2] if len(groups) > 1 else ()
        after = said[at : at + boundaries.MOST]
        if (
            said[at].id in timed
            and divides(begun, after, silence, habit, options, broken_off)
            and not _better_soon(day, begun, at, options, broken_off)
        ):
            groups.append([])
        groups[-1].append(said[at])
    groups = _with_last_words(groups, options)
    heard = sum(s.role == "customer" for s in said) > len(said) / 5 and len(groups) > 1
    return [_Segment(group, kind_of(group, options, customers_heard=heard)) for group in groups]


def _is_back(before: Sequence[Said], after: Sequence[Said], found: Mapping[str, float]) -> bool:
    """Tell whether a clerk who asked to wait is back: says so, or nobody new shows."""
    if not found["waits_last"] or any(found[cue] for cue in _GONE):
        return False
    soon = [s for s in after if s.start < after[0].start + _SAYS_SO]
    if any(s.excuses or s.returns for s in soon) and not found["call_first"]:
        return True
    return len(before) > 1 and not any(found[cue] for cue in _NEW)


def _better_soon(
    day: _Day, begun: Sequence[Said], at: int, options: DialogueOptions, broken_off: Sequence[Said]
) -> bool:
    """Tell whether a silence soon after this one divides better, and both cannot.

    Of two silences with a few words between them one is the boundary, seldom the first to look so.
    """

    def likely(before: Sequence[Said], there: int, off: Sequence[Said]) -> float:
        after, silence = day.said[there : there + boundaries.MOST], day.quiet[there - 1]
        found = boundaries.cues(before, after, silence, day.habit, options, off)
        return boundaries.likelihood(found)

    said = day.said
    if said[at].number is not None or begun[-1].number is not None:
        return False
    here = likely(begun, at, broken_off)
    for later in range(at + 1, min(at + _SOON, len(said))):
        if said[later].start - said[at].start > _SOON_SECONDS or said[later].number is not None:
            return False
        both = likely(said[at:later], later, begun)
        if both < day.habit.needed and likely([*begun, *said[at:later]], later, broken_off) > here:
            return True
    return False


def _with_last_words(groups: Sequence[list[Said]], options: DialogueOptions) -> list[list[Said]]:
    """Give a 下一位 that nobody answers back to the customer whom it sent away."""
    found = [groups[0]]
    for group in groups[1:]:
        alone = len(group) == 1 and group[0].number == ""
        if (
            alone
            and group[0].start - _end(found[-1]) < _LAST_WORDS
            and (options.number_calls == "on")
        ):
            found[-1].append(group[0])
        else:
            found.append(group)
    return found


def divides(
    before: Sequence[Said],
    after: Sequence[Said],
    silence: Seconds,
    habit: boundaries.Habit,
    options: DialogueOptions,
    broken_off: Sequence[Said] = (),
) -> bool:
    """Tell whether another's business begins after a silence.

    Args:
        before: what was said in this interaction up to it.
        after: what is said from it on.
        silence: how long nobody speaks.
        habit: of the recording.
        options: the hall's.
        broken_off: what was said before this interaction began.
    """
    if silence < options.short_gap_seconds:
        return False
    last, first = before[-1], after[0]
    if options.number_calls == "on" and last.number is not None:
        # Whoever comes soon after a call is the one who was called.
        other = bool(last.number) and first.number is not None and first.number != last.number
        return other or silence > options.call_seconds
    found = boundaries.cues(before, after, silence, habit, options, broken_off)
    # One utterance that closes nothing is nobody's whole business.
    if len(before) == 1 and silence < options.gap_seconds and not found["farewell_last"]:
        return False
    if (
        silence < options.gap_seconds
        and not any(found[cue] for cue in _CHANGES)
        and (found["voice"] < boundaries.STRANGER)
    ):
        return False
    if _is_back(before, after, found):
        return False
    stays = any(found[cue] for cue in _STAYS) or found["same_topic"] > _SAME_TOPIC
    comes = any(found[cue] for cue in _COMES) or silence >= _VERY_LONG * options.gap_seconds
    if silence >= options.gap_seconds and comes and not stays:
        return True
    return boundaries.likelihood(found) > habit.needed


def _taken_up(
    segments: Sequence[_Segment], said: Sequence[Said], options: DialogueOptions
) -> list[_Segment]:
    """Join what goes on after a telephone call, or after a word among colleagues, with what was
    broken off before it.
    """
    habit = boundaries.Habit(silences(said), _end(said) - said[0].start)
    found: list[_Segment] = []
    earlier: _Segment | None = None
    between: list[Said] = []
    for segment in segments:
        if segment.kind != "counter":
            between += segment.said
        elif earlier and between:
            quiet = between[0].start - _end(earlier.said) + segment.said[0].start - _end(between)
            between = []
            if not divides(earlier.said, segment.said, quiet, habit, options):
                earlier.said += segment.said
                continue
        if segment.kind == "counter":
            earlier = segment
        found.append(segment)
    return found


def _end(said: Sequence[Said]) -> Seconds:
    return max(one.end for one in said)


def _seen_to_end(utterances: Sequence[Utterance]) -> bool:
    """Tell whether the last interaction of a recording ends, or only its recording does.

    A question or a promise to be back as the very last words means that more was to come.
    """
    last = utterances[-1]
    return len(utterances) > 1 and not _GOES_ON.search(last.heard.strip())
