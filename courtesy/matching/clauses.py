"""Where clauses begin and end around a place in a text.

Clauses, pauses and breaths stand in order and are looked up by halving: in a long line with
thousands of phrases each would else be compared with each.
"""

import bisect
import operator
from collections.abc import Sequence

from courtesy.records import NormText, Span

START, END = operator.attrgetter("start"), operator.attrgetter("end")


def clauses_of(norm: NormText, span: Span) -> tuple[Span, ...]:
    """Return the clauses that hold some of the span; they cover the text without gaps."""
    first = bisect.bisect_right(norm.clauses, span.start, key=END)
    last = bisect.bisect_left(norm.clauses, span.end, key=START)
    return norm.clauses[first:last]


def clause_before(norm: NormText, at: int) -> Span:
    """Return the last clause that has ended at `at`; an empty one where none has."""
    place = bisect.bisect_right(norm.clauses, at, key=END)
    return norm.clauses[place - 1] if place else Span(0, 0)


def begin(norm: NormText, at: int) -> int:
    """Return the last beginning of a clause, or end of a pause, that is no later than `at`."""
    clause = norm.clauses[bisect.bisect_right(norm.clauses, at, key=START) - 1].start
    pause = bisect.bisect_right(norm.pauses, at)
    return max(clause, norm.pauses[pause - 1]) if pause else clause


def end(norm: NormText, span: Span, *, breaths: bool) -> int:
    """Return the first mark or pause, or breath, that is no earlier than the span's end."""
    mark = clauses_of(norm, span)[-1].end
    found = min(mark, _next(norm.pauses, span.end, mark))
    return min(found, _next(norm.breaths, span.end, mark)) if breaths else found


def parted(norm: NormText, at: int) -> bool:
    """Tell whether a clause begins, or the speaker paused or breathed, right before a character."""
    return begin(norm, at) == at or _next(norm.breaths, at, -1) == at


def _next(edges: Sequence[int], at: int, otherwise: int) -> int:
    """Return the first of sorted edges that is no earlier than `at`; `otherwise` if none is."""
    place = bisect.bisect_left(edges, at)
    return edges[place] if place < len(edges) else otherwise
