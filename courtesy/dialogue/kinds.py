"""What a stretch of talk is: a customer at the counter, a telephone call, or nobody's business."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, Literal

from courtesy.config import DialogueOptions, ModeChoice
from courtesy.dialogue.cues import Said, telephones
from courtesy.records import Mode, Utterance
from courtesy.text.normalize import normalize

Kind = Literal["counter", "phone", "aside"]

# A caller begins so; a clerk who cannot see who it is asks, and speaks of the line.
_CALLER: Final = re.compile(
    "^喂|是.{2,14}(局|中心|所|热线|办公室|街道|社区|公司|大队|供热|供水)的?(吗|么|不|吧)(?=$|[我你您想])"
)
_WHO: Final = re.compile("^(您好|你好)*(请问)?(是|您是)?哪一?位$")
_LINE: Final = re.compile(
    "请[您你]?先?别挂|[您你]别挂|[您你]打错(了|电话)|电话(里|上)(办|消|讲|说)不"
)

_PHONE_OPENING: Final = 3  # clerk's first utterances in which a telephone shows
_ALONE: Final = 4  # utterances of a clerk whom nobody answers, from which it is a telephone call
_PASSING: Final = 6  # utterances of a word in passing
_PASSING_WORDS: Final = 48  # characters
_CHAT: Final = 8  # more utterances than colleagues exchange in passing


def choose_mode(utterances: Iterable[Utterance], wanted: ModeChoice) -> Mode:
    """Tell a telephone call from talk at the counter by how either side opens, or speaks of it."""
    if wanted != "auto":
        return wanted
    said = [(u.role, normalize(u.heard).text) for u in utterances]
    clerk = [text for role, text in said if role != "customer"]
    others = [text for role, text in said if role == "customer"]
    on_line = (
        any(map(telephones, clerk[:_PHONE_OPENING]))
        or any(map(_CALLER.search, others[:1]))
        or any(map(_WHO.search, clerk[:1]))
        or any(map(_LINE.search, clerk))
    )
    return "phone" if on_line else "counter"


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
