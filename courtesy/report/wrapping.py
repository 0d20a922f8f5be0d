"""Lines that break where Chinese and English may break.

rich breaks at spaces only, and inside a Chinese sentence, which has none, wherever the line is
full: in the middle of a number, or before a comma.
"""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.text import Text as Line

_NOT_FIRST: Final = frozenset("，。、；：？！）》」』】〉〕”’…—,.;:?!)]}%％·")
_NOT_LAST: Final = frozenset("（《「『【〈〔“‘([{")


def wrap(text: "Line", width: int) -> "Line":
    """Return a text with a newline wherever a line of `width` cells is full; nothing is cut off.

    Args:
        text: with its styles, which stay; its own newlines stay too.
        width: of the column in cells; at least 2, the width of an ideograph.
    """
    from rich.text import Text as Line

    lines = [text[start:end] for start, end in line_spans(text.plain, max(width, 2))]
    return Line("\n").join(lines)


def line_spans(text: str, width: int) -> list[tuple[int, int]]:
    """Return where each line begins and ends; spaces at a break belong to neither line.

    >>> [("您好，请问办什么？")[a:b] for a, b in line_spans("您好，请问办什么？", 12)]
    ['您好，请问办', '什么？']
    """
    from rich.cells import cell_len

    lines: list[tuple[int, int]] = []
    start = end = used = at = 0
    for token in _tokens(text):
        size = cell_len(token)
        if token == "\n":
            lines.append((start, end))
            start = end = at + 1
            used = 0
        elif token.isspace():
            used += size if end > start else 0
            start, end = (start, end) if end > start else (at + len(token),) * 2
        else:
            if used + size > width and end > start:
                lines.append((start, end))
                start, used = at, 0
            while size > width:
                cut = _fitting(text, at, width)
                lines.append((start, cut))
                token = token[cut - at :]
                start = at = cut
                size = cell_len(token)
            used += size
            end = at + len(token)
        at += len(token)
    lines.append((start, max(start, end)))
    return lines


def _tokens(text: str) -> list[str]:
    """Cut a text at every place where a line may break."""
    tokens: list[str] = []
    for char in text:
        if tokens and _holds(tokens[-1][-1], char):
            tokens[-1] += char
        else:
            tokens.append(char)
    return tokens


def _holds(before: str, char: str) -> bool:
    """Tell whether no line may end between two characters."""
    if "\n" in (before, char):
        return False
    if before.isspace() or char.isspace():
        return before.isspace() and char.isspace()
    if char in _NOT_FIRST or before in _NOT_LAST:
        return True
    return _narrow(before) and _narrow(char)


def _narrow(char: str) -> bool:
    from rich.cells import cell_len

    # Marks of punctuation have their own rules above and tie nothing else together.
    return cell_len(char) == 1 and char not in "”’“‘…—"


def _fitting(text: str, start: int, width: int) -> int:
    """Return the end of the longest stretch from `start` that fits; at least one character."""
    from rich.cells import cell_len

    end, used = start, 0
    while end < len(text):
        used += cell_len(text[end])
        if used > width and end > start:
            break
        end += 1
    return end
