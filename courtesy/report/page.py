"""A console with the few ways in which the terminal report puts lines on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from courtesy.messages import Lang, Text
from courtesy.records import Verdict
from courtesy.report.names import MARKS, PLAIN_MARKS
from courtesy.report.plain import Converter, visible
from courtesy.report.words import WORDS
from courtesy.report.wrapping import wrap

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text as Line

Part = tuple[str, str]
"""Words and the style they are shown in; "" for none."""

_INDENT: Final = 3
_LEAST_WIDTH: Final = 12


@dataclass(frozen=True, slots=True)
class Page:
    """Where lines go, and what is the same for all of them.

    Attributes:
        console: rich's; it knows its width and whether colours reach anybody.
        lang: the language of all but what was said.
        convert: puts phrases and readings into the reader's script.
    """

    console: "Console"
    lang: Lang
    convert: Converter

    def word(self, name: str) -> str:
        """Return one of the fixed words."""
        return WORDS[name].say(self.lang)

    def say(self, text: Text) -> str:
        """Return a message in the page's language."""
        return text.say(self.lang)

    def mark(self, verdict: Verdict) -> str:
        """Return a verdict's mark as far as the console can show it."""
        try:
            "".join(MARKS.values()).encode(self.console.encoding)
        except UnicodeEncodeError:
            return PLAIN_MARKS[verdict]
        return MARKS[verdict]

    def text(self, *parts: Part) -> "Line":
        """Join parts, each shown as it is: no markup, no control characters."""
        from rich.text import Text as Line

        line = Line()
        encoding = self.console.encoding
        for part, style in parts:
            # A console that is not UTF-8 shows a question mark rather than stop the whole report.
            shown = visible(part).encode(encoding, "replace").decode(encoding)
            line.append(shown, style=style or None)
        return line

    def blank(self) -> None:
        """Print an empty line."""
        self.console.print()

    def line(self, *parts: Part) -> None:
        """Print parts as one paragraph over the whole width."""
        self.put(wrap(self.text(*parts), self.console.width))

    def put(self, text: "Line") -> None:
        """Print a text whose lines are already as long as they should be."""
        self.console.print(text, soft_wrap=True)

    def columns(self, rows: Sequence[Sequence["Line"]], right: int = -1) -> None:
        """Print rows behind an indent; the last column takes what is left and goes on below itself.

        rich's own tables fill every line with spaces to the end, which a file should not hold.

        Args:
            rows: all of the same length; a column that is empty throughout takes no room.
            right: the column whose cells stand to the right.
        """
        from rich.text import Text as Line

        widths = [max(row[i].cell_len for row in rows) for i in range(len(rows[0]) - 1)]
        used = _INDENT + sum(w + 1 for w in widths if w)
        rest = max(self.console.width - used, _LEAST_WIDTH)
        for row in rows:
            start = Line(" " * _INDENT)
            for at, width in enumerate(widths):
                gap = " " * (width - row[at].cell_len)
                parts = (gap, row[at]) if at == right else (row[at], gap)
                start = Line.assemble(start, *parts, " " if width else "")
            for line in wrap(row[-1], rest).split("\n", allow_blank=True):
                self.put(Line.assemble(start, line))
                start = Line(" " * used)
