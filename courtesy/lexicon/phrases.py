"""What a lexicon is made of, and how the short notation of its forms is spelt out.

A form is written as people would say it, with three marks:

    [x]      x may be left out
    {a|b}    a or b
    ×        a slot: a name, a room, a window, a date (×× and ××× mean the same)
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from courtesy.messages import Text
from courtesy.records import Polarity
from courtesy.text.normalize import normalize
from courtesy.text.syllables import syllables

# Stands for a slot in `Form.text`; a character no transcript holds.
SLOT = "\ue000"
# Forms one entry may spell out to; more is a slip in the notation.
MOST_FORMS = 400
_SLOT_MARKS = re.compile("[×Ⅹ]+")
_INNERMOST = re.compile(r"\[([^\[\]{}]*)\]|\{([^\[\]{}]*)\}")
ReachName = Literal["anywhere", "clause"]


@dataclass(frozen=True, slots=True)
class Form:
    """One way of saying a phrase.

    Attributes:
        text: normalized, with `SLOT` where anything may stand.
        syllables: one a character of `text`; a slot is `SLOT`.
        sanctioned: whether a source has these words; False for a wording of ours.
        swapped: words of it that stand for others of their class (说 for 讲), each as the word that
            stands there and the one it stands for.
    """

    text: str
    syllables: tuple[str, ...]
    sanctioned: bool
    swapped: tuple[tuple[str, str], ...] = ()

    @property
    def literal(self) -> int:
        """Number of characters that are not slots."""
        return len(self.text) - self.text.count(SLOT)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One entry of a lexicon.

    Attributes:
        id: unique over all files.
        text: the canonical phrase, simplified, as the source has it.
        list: the list it belongs to.
        polarity: whether saying it is good or bad.
        sources: documents and clauses.
        forms: everything that is taken for it, the sanctioned ones first.
        severity: "minor", "serious" or "fatal"; empty for a courtesy.
        reach: "clause" where it counts only when it fills its clause.
        excused_by_help: whether help that follows makes it innocent (不知道，我帮您问).
        excepts: longer innocent texts, normalized, that undo a match they touch.
        hits: sentences that must match.
        misses: sentences that must not.
        note: a remark for the reader of the lexicon.
        file: where the entry stands.
        line: the line of its `[[phrase]]`, from 1.
        allow: what the linter is not to warn of, because it is accepted knowingly: "short" forms,
            forms "contained" in ordinary words, a "homophone" among the ordinary words.
        threshold: confidence from which it counts, 0 to 1, where that is more than the settings
            ask; None leaves it to them.
    """

    id: str
    text: str
    list: str
    polarity: Polarity
    sources: tuple[str, ...]
    forms: tuple[Form, ...]
    severity: str
    reach: ReachName
    excused_by_help: bool
    excepts: tuple[str, ...]
    hits: tuple[str, ...]
    misses: tuple[str, ...]
    note: Text | None
    file: Path
    line: int
    allow: tuple[str, ...] = ()
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All phrases of all files; nothing in it changes.

    Attributes:
        phrases: in the order of the files' names and their entries.
        words: words of the trade that the tokenizer should keep whole.
        digest: short checksum over the files, for `made_by`.
        titles: the lists' names for people.
        classes: words of which one may stand for another.
    """

    phrases: tuple[Phrase, ...]
    words: tuple[str, ...]
    digest: str
    titles: dict[str, Text]
    classes: tuple[tuple[str, ...], ...] = ()
    _by_id: dict[str, Phrase] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Know them by their ids."""
        object.__setattr__(self, "_by_id", {phrase.id: phrase for phrase in self.phrases})

    def __getitem__(self, phrase_id: str) -> Phrase:
        """Return the phrase of that id.

        Raises:
            KeyError: there is none.
        """
        return self._by_id[phrase_id]

    def get(self, phrase_id: str) -> Phrase | None:
        """Return the phrase of that id; None where there is none."""
        return self._by_id.get(phrase_id)


def spell_out(notation: str) -> tuple[str, ...]:
    """Return every text that the notation stands for, the longest first where parts are optional.

    Raises:
        ValueError: brackets do not pair, or it stands for too many texts.

    >>> spell_out("{请|您}稍[微]等")
    ('请稍微等', '请稍等', '您稍微等', '您稍等')
    """
    out = [notation]
    while True:
        todo = next((text for text in out if _INNERMOST.search(text)), None)
        if todo is None:
            break
        hit = _INNERMOST.search(todo)
        assert hit is not None  # `todo` was chosen by this very search
        choices = [hit.group(1), ""] if hit.group(1) is not None else hit.group(2).split("|")
        at = out.index(todo)
        out[at : at + 1] = [todo[: hit.start()] + c + todo[hit.end() :] for c in choices]
        if len(out) > MOST_FORMS:
            msg = f"more than {MOST_FORMS} forms"
            raise ValueError(msg)
    if any(set(text) & set("[]{}|") for text in out):
        msg = "brackets do not pair"
        raise ValueError(msg)
    return tuple(dict.fromkeys(out))


def make_form(text: str, *, sanctioned: bool) -> Form:
    """Make a form of a spelt-out text; marks of punctuation in it mean nothing."""
    parts = [normalize(part).text for part in _SLOT_MARKS.split(text)]
    sounds = [syllables(part) for part in parts]
    joined: tuple[str, ...] = ()
    for i, sound in enumerate(sounds):
        joined += ((SLOT,) if i else ()) + sound
    return Form(SLOT.join(parts), joined, sanctioned)
