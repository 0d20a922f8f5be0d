"""How one form lies on one stretch of text, character by character.

`align` tells where a form fits and at what cost, for many pairs at once; this tells for one pair
which character was heard as which, what was added, what left out, and what fills the slots.
"""

from dataclasses import dataclass

from courtesy.lexicon import SLOT, Form
from courtesy.matching.align import IN_SLOT, LONGEST_SLOT, sounds_of
from courtesy.matching.sounds import FILLERS, added, left_out, substitution
from courtesy.records import NormText, Span
from courtesy.text.syllables import readings


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an alignment.

    Attributes:
        phrase: the phrase's character, `SLOT` for one inside a slot; empty where text was added.
        heard: the text's character; empty where the phrase's was left out.
    """

    phrase: str
    heard: str


def trace(form: Form, text: str) -> tuple[Step, ...]:
    """Return the cheapest way to read the whole text as the form.

    Args:
        form: the form.
        text: normalized, no longer than where the form fits.
    """
    sounds = sounds_of(form)
    rows = len(form.text) + 1
    costs = [[0.0] * (len(text) + 1) for _ in range(rows)]
    ways = [[(0, 0)] * (len(text) + 1) for _ in range(rows)]
    for i in range(rows):
        for j in range(len(text) + 1):
            if i or j:
                costs[i][j], ways[i][j] = min(_options(form, sounds, text, costs, i, j))
    steps: list[Step] = []
    i, j = len(form.text), len(text)
    while i or j:
        di, dj = ways[i][j]
        inside = form.text[i - 1] == SLOT if i else False
        phrase = SLOT if inside else form.text[i - 1] if di else ""
        if dj or not inside:
            steps.append(Step(phrase, text[j - 1] if dj else ""))
        i, j = i - di, j - dj
    return tuple(reversed(steps))


def _options(
    form: Form, sounds: tuple[str, ...], text: str, costs: list[list[float]], i: int, j: int
) -> list[tuple[float, tuple[int, int]]]:
    """Return what each step into a cell costs in all, and which step it is."""
    slot = i > 0 and form.text[i - 1] == SLOT
    out: list[tuple[float, tuple[int, int]]] = []
    if i:
        dropped = 0.0 if slot else left_out(form.text[i - 1])
        out.append((costs[i - 1][j] + dropped, (1, 0)))
    if j:
        # Text inside a slot stays in it.
        out.append((costs[i][j - 1] + (IN_SLOT if slot else added(text[j - 1])), (0, 1)))
    if i and j and not slot:
        heard = text[j - 1]
        swap = substitution(form.text[i - 1], sounds[i - 1], heard, readings(heard))
        out.append((costs[i - 1][j - 1] + swap, (1, 1)))
    return out


def slot_spans(form: Form, norm: NormText, span: Span) -> tuple[Span, ...]:
    """Return where in the normalized text the form's slots are filled, in order.

    A slot at the form's end goes on to the end of the clause.

    Args:
        form: a form with slots.
        norm: the utterance.
        span: where the form fits.

    >>> from courtesy.lexicon.phrases import make_form
    >>> from courtesy.text.normalize import normalize
    >>> slot_spans(make_form("请到××窗口", sanctioned=True), normalize("请到三号窗口"), Span(0, 6))
    (Span(start=2, end=4),)
    """
    found: list[Span] = []
    at, before = span.start, ""
    for step in trace(form, norm.text[span.start : span.end]):
        if step.phrase == SLOT and step.heard:
            start = found.pop().start if before == SLOT else at
            found.append(Span(start, at + 1))
        before = step.phrase
        at += bool(step.heard)
    if form.text.endswith(SLOT):
        clause = next((c.end for c in norm.clauses if c.end >= span.end), span.end)
        end = min(max(clause, span.end), span.end + LONGEST_SLOT)
        start = found.pop().start if before == SLOT else span.end
        found += [Span(start, end)] if end > start else []
    return tuple(found)


def as_said(form: Form, norm: NormText, span: Span) -> str:
    """Return the text as it would stand there if the form had been said and rightly heard.

    Only what the form has otherwise is changed: what fills slots, what was added between, fillers
    that were left out and marks of punctuation stay as they were heard.

    Args:
        form: the form.
        norm: the utterance.
        span: where the form fits.

    Returns:
        in simplified script where anything was changed, else as it was heard.

    >>> from courtesy.lexicon.phrases import make_form
    >>> from courtesy.text.normalize import normalize
    >>> as_said(make_form("急什么等着", sanctioned=True), normalize("寄什么呀，等着"), Span(0, 6))
    '急什么呀，等着'
    """
    out: list[str] = []
    at, done = span.start, norm.starts[span.start]
    for step in trace(form, norm.text[span.start : span.end]):
        if not step.heard:
            out.append("" if step.phrase in FILLERS or step.phrase == SLOT else step.phrase)
            continue
        start, end = max(done, norm.starts[at]), norm.ends[at]
        out.append(norm.original[done:start])
        kept = step.phrase in ("", SLOT, step.heard)
        out.append(norm.original[start:end] if kept else step.phrase)
        at, done = at + 1, end
    return "".join(out)
