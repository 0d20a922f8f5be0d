"""How likely it is that a phrase was said, given what was heard: a probability, not a likeness.

A logistic regression (Platt 1999 calibrates classifiers so) over how alike the words are, how sure
the recogniser was of them, how long the phrase is, and what the sound answered when it was asked
again. Its weights are fitted on the tuning corpus by `tests/corpus/calibrate.py`; `courtesy eval`
shows on other recordings whether of the matches at 0.8 some 80 % are right.
"""

import functools
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path

# What was heard is held to be no surer and no less sure than this.
_LEAST, _MOST = 0.02, 0.98
# Beyond these an answer of the sound says no more.
_WORST, _BEST = -14.0, 1.0
_LONG = 10  # characters; longer phrases are no safer


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a match.

    Attributes:
        likeness: of the words, 0 to 1; 1 when they are the form itself.
        probability: the recogniser's own, of the words that were taken for the phrase, 0 to 1.
        length: characters of the form, slots aside.
        gain: how much likelier the sound makes the phrase than what was heard (`Asked.gain`); None
            where it was not asked.
    """

    likeness: float
    probability: float
    length: int
    gain: float | None

    def features(self) -> tuple[float, ...]:
        """Return what the weights are for; all grow with what speaks for the match."""
        sure = min(_MOST, max(_LEAST, self.probability))
        asked = self.gain is not None
        gain = min(_BEST, max(_WORST, self.gain)) if self.gain is not None else 0.0
        return (
            1.0,
            float(asked),
            gain,
            # An answer outweighs the likeness of what was written down.
            0.0 if asked else self.likeness - 1,
            self.likeness - 1 if asked else 0.0,
            math.log(sure / (1 - sure)),
            min(self.length, _LONG) / _LONG,
        )


def confidence(evidence: Evidence) -> float:
    """Return the probability that the phrase was said, 0 to 1."""
    score = sum(w * x for w, x in zip(weights(), evidence.features(), strict=True))
    return 1 / (1 + math.exp(-score))


@functools.cache
def weights() -> tuple[float, ...]:
    """Return the fitted weights, one a feature."""
    table = tomllib.loads(Path(__file__).with_name("confidence.toml").read_text(encoding="utf-8"))
    return tuple(table["weights"])
