"""Where one customer's business ends and the next begins, and whether it is a telephone call."""

import itertools
import re
from collections.abc import Iterable, Sequence

from courtesy.config import DialogueOptions, ModeChoice
from courtesy.records import Interaction, Match, Mode, Utterance
from courtesy.text.normalize import normalize

_OPENING = "greeting"
_CLOSING = "farewell"
# What is said on the telephone and not across a counter.
_PHONE = re.compile(
    "来电|接通|这里是.{2,12}(办公室|中心|热线|窗口|科|处|局)|您拨打|(中心|窗口|热线|办公室|科|处|局).{0,4}请讲$|电话里|听不清.{0,4}再说|工号.{1,8}为您服务|服务热线"
)
_PHONE_OPENING = 3  # clerk's first utterances in which a telephone shows


def split(
    utterances: Sequence[Utterance],
    matches: Sequence[Match],
    options: DialogueOptions,
    *,
    whole: bool = True,
) -> tuple[Interaction, ...]:
    """Split a recording into interactions, by silence and by what is said around it.

    A long silence divides, unless somebody was just asked to wait and is not greeted after it. A
    shorter one does after a farewell or before a greeting: a clerk who types for half a minute has
    still the same customer.

    Args:
        utterances: of one recording, in order of time.
        matches: of the same utterances; their `utterance` is the id.
        options: the two silences, and the mode if it is told.
        whole: whether the recording goes on to its proper end.

    Returns:
        interactions without matches; the matches are found again for each, with its own numbers.
    """
    if not utterances:
        return ()
    opening = {m.utterance for m in matches if m.list == _OPENING and m.confidence >= 0.8}
    closing = {m.utterance for m in matches if m.list == _CLOSING and m.confidence >= 0.8}
    groups: list[list[Utterance]] = [[utterances[0]]]
    latest = utterances[0].end or 0.0
    for before, after in itertools.pairwise(utterances):
        gap = (after.start - latest) if after.start is not None else 0.0
        opens = after.id in opening and after.role != "customer"
        waits = bool(_GOES_ON.search(before.heard.strip())) and not opens
        divided = (gap >= options.gap_seconds and not waits) or (
            gap >= options.short_gap_seconds and (before.id in closing or opens)
        )
        if divided:
            groups.append([])
        groups[-1].append(after)
        latest = max(latest, after.end or latest)
    return tuple(
        Interaction(
            id=i,
            utterances=tuple(group),
            mode=choose_mode(group, options.mode),
            ended=i + 1 < len(groups) or (whole and _seen_to_end(group)),
        )
        for i, group in enumerate(groups)
    )


def choose_mode(utterances: Iterable[Utterance], wanted: ModeChoice) -> Mode:
    """Tell a telephone call from talk at the counter by how the clerk opens."""
    if wanted != "auto":
        return wanted
    opening = [u for u in utterances if u.role != "customer"][:_PHONE_OPENING]
    heard = [normalize(u.heard).text for u in opening]
    return "phone" if any(_PHONE.search(text) for text in heard) else "counter"


_GOES_ON = re.compile(
    "(稍等|稍候|等一下|等等|马上来|我查一下|我看一下)[。，！~ ]*$|[吗呢？?][。 ]*$"
)


def _seen_to_end(utterances: Sequence[Utterance]) -> bool:
    """Tell whether the last interaction of a recording ends, or only its recording does.

    A question or a promise to be back as the very last words means that more was to come.
    """
    last = utterances[-1]
    return len(utterances) > 1 and not _GOES_ON.search(last.heard.strip())
