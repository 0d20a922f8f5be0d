"""What a stretch of talk is: a customer at the counter, a telephone call, or nobody's business."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from courtesy.config import DialogueOptions, ModeChoice
from courtesy.dialogue.cues import Said, telephones
from courtesy.records import Mode, Utterance
from courtesy.text.normalize import normalize

Kind = Literal["counter", "phone", "aside"]

_PHONE_OPENING: Final = 3  # clerk's first utterances in which a telephone shows
_ALONE: Final = 4  # utterances of a clerk whom nobody answers, from which it is a telephone call
_PASSING: Final = 6  # utterances of a word in passing
_PASSING_WORDS: Final = 48  # characters
_CHAT: Final = 8  # more utterances than colleagues exchange in passing


def choose_mode(utterances: Iterable[Utterance], wanted: ModeChoice) -> Mode:
    """Tell a telephone call from talk at the counter by how the clerk opens."""
    if wanted != "auto":
        return wanted
    opening = [u for u in utterances if u.role != "customer"][:_PHONE_OPENING]
    heard = [normalize(u.heard).text for u in opening]
    return "phone" if any(map(telephones, heard)) else "counter"


def kind_of(said: Sequence[Said], options: DialogueOptions, *, customers_heard: bool) -> Kind:
    """Tell what a stretch of talk is.

    Args:
        said: the stretch.
        options: a mode that is told stays.
        customers_heard: whether the customers of this recording are heard and known; then a clerk
            whom nobody answers is on the telephone or among colleagues.
    """
    if options.number_calls == "on" and all(s.number is not None for s in said):
        return "aside"
    clerk = [s for s in said if s.role != "customer"]
    opens = any(s.phone for s in clerk[:_PHONE_OPENING])
    if options.mode == "auto" and opens:
        return "phone"
    if any(s.role == "customer" for s in said):
        return "counter"
    chats = sum(s.colleagues for s in said)
    serves = sum(s.greets + s.asked + s.wish + s.farewell for s in said)
    if chats > serves and len(said) <= _CHAT:
        return "aside"
    # Where nobody's role is known, a few words in which nobody is served are nobody's business.
    words = sum(len(s.text) for s in said)
    nameless = all(s.role == "unknown" and s.number is None for s in said)
    if nameless and not serves and 1 < len(said) <= _PASSING and words <= _PASSING_WORDS:
        return "aside"
    if customers_heard and options.mode == "auto":
        answered = any(s.role == "unknown" for s in said)
        if not answered and len(said) >= _ALONE:
            return "phone"
        if answered and not serves and len(said) <= _CHAT:
            return "aside"
    return "counter"
