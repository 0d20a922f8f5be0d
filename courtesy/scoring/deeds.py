"""One kind of deed in words: what says it, and what takes it back.

The patterns run over normalized text, which has no marks. A transcript's marks part it into
clauses; a recogniser often writes none, and then the whole utterance is one clause. So a pattern
must not lean on where a clause begins or ends unless it would rather see nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# Somebody else's words: 他跟您说不归他管, 人家说下班了, 我们没有明天再来那一套.
QUOTED = """
    (?:他|她|人家|别人|别处|有人|老板|中介|前面|房东|村里|我[儿女])们?[^我]{0,2}(?:跟|对|和|给)?[您你]?们?
        (?:要是)?(?:[说讲叫]|让[您你])
    |要是.{0,8}[说讲]|不会(?:再)?(?:跟|对|和)?[您你]?(?:再)?(?:说|让|叫|因为|出现|有|下班)|那一套
"""
# What is asked, feared or denied is not done here and now: 是不是办不了, 要是退回去了.
SPOKEN_OF = f"""
    {QUOTED}
    |如果|要是|万一|假如|假设|的话|就算|哪怕|省得|免得|以免|不然|否则|是不是|会不会|是否
    |谁说|没有?说|不是不|并不是|(?<![您你我])不会|上[次回]
"""


# A clause longer than this many characters is several that no mark parts; then only so many
# characters beside what was said can take it back.
UNMARKED = 24
BESIDE = 10


@dataclass(frozen=True, slots=True)
class Deed:
    """What shows that something is done.

    Attributes:
        said: looked for in each clause.
        unless: in the same clause, takes it back.
        never: anywhere in the utterance, takes it back.
        whole: look in the whole utterance, as a list of things has several clauses.
    """

    said: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    never: re.Pattern[str] | None = None
    whole: bool = False

    def done(self, text: str, clauses: Sequence[str]) -> bool:
        """Tell whether an utterance does it.

        Args:
            text: all of it, normalized.
            clauses: of the text.
        """
        if self.never and self.never.search(text):
            return False
        return any(self._said_in(part) for part in ([text] if self.whole else clauses))

    def _said_in(self, part: str) -> bool:
        if self.unless is None:
            return self.said.search(part) is not None
        if len(part) <= UNMARKED:
            return bool(self.said.search(part)) and not self.unless.search(part)
        return any(
            not self.unless.search(part, max(0, hit.start() - BESIDE), hit.end() + BESIDE)
            for hit in self.said.finditer(part)
        )


def deed(said: str, *, unless: str = "", never: str = "", whole: bool = False) -> Deed:
    """Return a deed of patterns in verbose style.

    >>> going = deed("我 (?:出去|离开)", unless="如果")
    >>> going.done("我出去一趟", ["我出去一趟"]), going.done("如果我离开", ["如果我离开"])
    (True, False)
    """

    def compiled(pattern: str) -> re.Pattern[str] | None:
        return re.compile(pattern, re.VERBOSE) if pattern.strip() else None

    return Deed(re.compile(said, re.VERBOSE), compiled(unless), compiled(never), whole)
