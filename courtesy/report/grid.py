"""Tables that a terminal and a page show alike: words and figures, nothing of their looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from courtesy.report.page import Page
from courtesy.report.wrapping import wrap

if TYPE_CHECKING:
    from rich.containers import Lines
    from rich.text import Text as Line

_INDENT: Final = 3
_GAP: Final = 2
_NARROWEST: Final = 8
# A column of names may be as narrow as this before those of figures are made narrower.
_NAME: Final = 18


@dataclass(frozen=True, slots=True)
class Grid:
    """One table, in the language of its reader.

    Attributes:
        title: what it shows; empty where the heading above says it.
        head: a name for each column.
        rows: as many cells each as `head`.
        note: how to read it; empty where that is plain.
        left: columns from the left whose cells stand to the left; those of figures to the right.
        wordy: whether the last column holds sentences, which go on below themselves.
        page_only: too much for a terminal.
        most: rows that a terminal shows; None for all of them.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    left: int = 1
    wordy: bool = False
    page_only: bool = False
    most: int | None = None

    @property
    def hidden(self) -> int:
        """Rows that a terminal leaves out."""
        return max(0, len(self.rows) - self.most) if self.most is not None else 0


def print_grid(page: Page, grid: Grid) -> None:
    """Print a table no wider than the console; cells that do not fit go on in the next line."""
    if grid.title:
        page.line((grid.title, "bold"))
    if grid.wordy:
        head = [page.text((name, "dim")) for name in grid.head]
        rows = [[_lines(page, cell) for cell in row] for row in grid.rows[: grid.most]]
        page.columns([head, *rows])
    else:
        _figures(page, grid)
    if grid.note:
        page.line((grid.note, "dim"))


def _lines(page: Page, cell: str) -> "Line":
    from rich.text import Text as Line

    # What is shown has no line ends of its own left; those between sentences are the table's.
    return Line("\n").join(page.text((line, "")) for line in cell.split("\n"))


def _figures(page: Page, grid: Grid) -> None:
    """Print columns of figures.

    rich's own tables cut words and numbers in two where they are narrow, and fill every line with
    spaces to the end.
    """
    rows = [[page.text((cell, "")) for cell in row] for row in grid.rows[: grid.most]]
    head = [page.text((name, "dim")) for name in grid.head]
    indent, gap = _INDENT, _GAP
    least = sum(_least([head, *rows])) + indent + gap * (len(head) - 1)
    if least > page.console.width:
        indent, gap = 0, 1
    room = page.console.width - indent - gap * (len(head) - 1)
    widths = _widths([head, *rows], room)
    for number, row in enumerate([head, *rows]):
        cells = [
            wrap(cell, width).split("\n", allow_blank=True)
            for cell, width in zip(row, widths, strict=True)
        ]
        high = max(len(lines) for lines in cells)
        for at in range(high):
            # The head stands on its line from below, so that it is next to its column.
            shift = high - at if number == 0 else 0
            parts = [_at(lines, len(lines) - shift if shift else at) for lines in cells]
            page.put(_line(parts, widths, grid.left, (indent, gap)))


def _at(lines: "Lines", number: int) -> "Line":
    from rich.text import Text as Line

    return lines[number] if 0 <= number < len(lines) else Line("")


def _line(
    parts: Sequence["Line"], widths: Sequence[int], left: int, spaces: tuple[int, int]
) -> "Line":
    from rich.text import Text as Line

    indent, between = spaces
    line = Line(" " * indent)
    for number, (part, width) in enumerate(zip(parts, widths, strict=True)):
        gap = " " * (width - part.cell_len)
        line.append_text(Line.assemble(*((part, gap) if number < left else (gap, part))))
        line.append(" " * between)
    line.rstrip()
    return line


def _widths(rows: Sequence[Sequence["Line"]], room: int) -> list[int]:
    """Return how wide each column is: as wide as its cells where there is room for that.

    Else names go on in a second line, if that is enough. Else each has at least the width of its
    longest word, and what is left goes to those that want it, the first ones first. Only where even
    the words do not fit the names are cut.
    """
    wanted = [max(cell.cell_len for cell in column) for column in zip(*rows, strict=True)]
    excess = sum(wanted) - room
    if wanted[0] - max(excess, 0) >= min(wanted[0], _NAME):
        return [wanted[0] - max(excess, 0), *wanted[1:]]
    least = _least(rows)
    least[0] = max(min(least[0], _NARROWEST), least[0] - max(0, sum(least) - room))
    widths = []
    rest = room - sum(least)
    for want, low in zip(wanted, least, strict=True):
        more = max(0, min(want - low, rest))
        widths.append(low + more)
        rest -= more
    return widths


def _least(rows: Sequence[Sequence["Line"]]) -> list[int]:
    """Return how narrow each column may be without cutting a word."""
    return [
        max(
            min(max(cell.cell_len for cell in column), _NARROWEST),
            *(_longest_word(cell.plain) for cell in column),
        )
        for column in zip(*rows, strict=True)
    ]


def _longest_word(text: str) -> int:
    from rich.cells import cell_len

    # Chinese may end a line anywhere; a word of letters or a number may not.
    words = "".join(c if cell_len(c) == 1 else " " for c in text).split()
    return max(map(cell_len, words), default=0)
