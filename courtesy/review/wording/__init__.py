"""The words on the desk's pages: what several share in `desk`, the others in a module each."""

import functools
from collections.abc import Mapping
from typing import Final

from courtesy.messages import Lang, Text
from courtesy.review.wording import (
    audit,
    desk,
    fairness,
    learning,
    lists,
    overview,
    practice,
    queue,
)

PARTS: Final[tuple[Mapping[str, Text], ...]] = (
    desk.WORDS,
    queue.WORDS,
    fairness.WORDS,
    lists.WORDS,
    audit.WORDS,
    overview.WORDS,
    learning.WORDS,
    practice.WORDS,
)


@functools.cache
def words(lang: Lang) -> dict[str, str]:
    """Return them in one language."""
    return {name: text.say(lang) for part in PARTS for name, text in part.items()}
