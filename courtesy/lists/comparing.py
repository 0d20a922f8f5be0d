"""Two texts side by side, line by line."""

import difflib
from dataclasses import dataclass
from typing import Final, Literal

_AROUND: Final = 3  # lines that are shown around a change


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison.

    Attributes:
        kind: "same", "gone", "new", or "gap" where lines that are the same are left out.
        before: its number in the first text, from 1; None where it is not there.
        after: the same in the second one.
        text: of it.
    """

    kind: Literal["same", "gone", "new", "gap"]
    before: int | None
    after: int | None
    text: str


def compared(before: str, after: str) -> tuple[Line, ...]:
    """Return what differs between two texts, with the lines around it; nothing where nothing does.

    >>> [(one.kind, one.text) for one in compared("a", "b")]
    [('gone', 'a'), ('new', 'b')]
    """
    old, new = before.split("\n"), after.split("\n")
    found: list[Line] = []
    matcher = difflib.SequenceMatcher(None, old, new)
    for number, group in enumerate(matcher.get_grouped_opcodes(_AROUND)):
        if number:
            found.append(Line("gap", None, None, ""))
        for tag, i, i_end, j, j_end in group:
            if tag == "equal":
                rows = zip(range(i, i_end), range(j, j_end), strict=True)
                found += [Line("same", a + 1, b + 1, old[a]) for a, b in rows]
            else:
                found += [Line("gone", a + 1, None, old[a]) for a in range(i, i_end)]
                found += [Line("new", None, b + 1, new[b]) for b in range(j, j_end)]
    return tuple(found)
