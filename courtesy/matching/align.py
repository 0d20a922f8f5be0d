"""A phrase laid against an utterance: where it fits best, and at what cost.

A semi-global alignment (Sellers 1980): the phrase must be used up, the utterance may begin and end
anywhere. No library at hand takes graded costs for substitutions, which is the whole point here.
"""

from dataclasses import dataclass

from courtesy.lexicon import SLOT, Form
from courtesy.matching.sounds import added, left_out, substitution
from courtesy.records import Span

# A character inside a slot costs next to nothing, so that the shortest reading wins.
_IN_SLOT = 0.01
# Longest text a slot takes: 不动产登记交易服务大厅 has eleven characters.
LONGEST_SLOT = 14


@dataclass(frozen=True, slots=True)
class Fit:
    """One place where a form fits.

    Attributes:
        span: characters of the utterance's normalized text.
        cost: sum over the characters, 0 when it is the form itself.
        filled: characters that slots have taken.
    """

    span: Span
    cost: float
    filled: int

    def moved(self, by: int) -> "Fit":
        """Return the same fit in a text that begins `by` characters earlier."""
        return Fit(Span(self.span.start + by, self.span.end + by), self.cost, self.filled)


def fits(form: Form, text: str, sounds: tuple[str, ...], most: float) -> list[Fit]:
    """Return where the form fits at no more than `most`, the best first, none overlapping.

    Args:
        form: the form, slots included.
        text: the utterance, normalized.
        sounds: its syllables, one a character.
        most: highest cost that is still a fit.
    """
    costs, starts, filled = _table(form, text, sounds)
    ends = sorted((cost, end) for end, cost in enumerate(costs) if cost <= most)
    out: list[Fit] = []
    for cost, end in ends:
        span = Span(starts[end], end)
        if len(span) and not any(span.overlaps(other.span) for other in out):
            out.append(Fit(span, cost, filled[end]))
    return out


def _table(
    form: Form, text: str, sounds: tuple[str, ...]
) -> tuple[list[float], list[int], list[int]]:
    """Return for each end in the text the least cost, its start, and the characters in slots."""
    size = len(text) + 1
    costs, starts, filled = [0.0] * size, list(range(size)), [0] * size
    for char, sound in zip(form.text, form.syllables, strict=True):
        if char == SLOT:
            _spread(costs, starts, filled)
            continue
        dropped = left_out(char)
        new_costs, new_starts, new_filled = [costs[0] + dropped], [0], [0]
        for j in range(1, size):
            heard = text[j - 1]
            step = costs[j - 1] + substitution(char, sound, heard, sounds[j - 1])
            without = costs[j] + dropped
            beside = new_costs[j - 1] + added(heard)
            if step <= without and step <= beside:
                best, source, slots = step, starts[j - 1], filled[j - 1]
            elif without <= beside:
                best, source, slots = without, starts[j], filled[j]
            else:
                best, source, slots = beside, new_starts[j - 1], new_filled[j - 1]
            new_costs.append(best)
            new_starts.append(source)
            new_filled.append(slots)
        costs, starts, filled = new_costs, new_starts, new_filled
    return costs, starts, filled


def _spread(costs: list[float], starts: list[int], filled: list[int]) -> None:
    """Let a slot take characters after each end, in place."""
    run = [0] * len(costs)
    for j in range(1, len(costs)):
        through = costs[j - 1] + _IN_SLOT
        # A slot before anything has matched would only stretch the match to the left.
        if starts[j - 1] < j - 1 and run[j - 1] < LONGEST_SLOT and through < costs[j]:
            costs[j], starts[j] = through, starts[j - 1]
            filled[j], run[j] = filled[j - 1] + 1, run[j - 1] + 1
