"""One phrase found at one place in a text."""

from dataclasses import dataclass

from courtesy.lexicon import Form, Phrase
from courtesy.messages import Text
from courtesy.records import How, Span

# An accusation this short is made only of the very words: 挤什么 sounds like 急什么.
_BRIEF = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """One phrase at one place.

    Attributes:
        phrase: of the lexicon.
        form: the form of it that fits.
        span: where, in the normalized text.
        heard: what stands there.
        cost: what the alignment costs, 0 when it is the form itself.
        likeness: 0 to 1; 1 when the text is the form.
        how: by which comparison it was found.
        excluded: why it is no match though near enough; None for a match.
    """

    phrase: Phrase
    form: Form
    span: Span
    heard: str
    cost: float
    likeness: float
    how: How
    excluded: Text | None = None

    @property
    def forbids(self) -> bool:
        """Whether it is a phrase that must not be said."""
        return self.phrase.polarity == "forbidden"

    @property
    def verbatim(self) -> bool:
        """Whether the form's own words stand there."""
        return self.heard == self.form.text

    @property
    def brief(self) -> bool:
        """Whether it is an accusation of a few words that are only like the phrase's."""
        few = min(self.form.literal, len(self.span)) <= _BRIEF
        return self.forbids and not self.verbatim and few
