"""A second listening: was it perhaps this that was said there, and not what was written down?

The recogniser wrote down what it held to be likeliest. Where a phrase would almost fit, the sound
is asked again, once with the words as they were heard and once with the phrase in their place, and
the model says how probable either is, given the same sound and the same words before. Nothing is
primed: the phrase is never suggested while the recogniser writes, so it cannot write what nobody
said.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from courtesy.records import Asked, Question, Word

# Given an utterance's text and words: which stretches of it may have been something else.
Ask = Callable[[str, Sequence[Word]], Sequence[Question]]

# A probability below this says no more than this.
_LEAST = 1e-5


@dataclass(frozen=True, slots=True)
class _Trial:
    """Two texts for one stretch of sound.

    Attributes:
        window: whose sound, by its number in the batch.
        utterance: in the window, by its number.
        question: what is asked.
        before: tokens of all that was said before in the window.
        heard: tokens of the utterance from the stretch on, as it was heard.
        instead: the same with the other wording.
    """

    window: int
    utterance: int
    question: Question
    before: list[int]
    heard: list[int]
    instead: list[int]


class SecondListening:
    """Asks a loaded model; one serves any number of batches."""

    def __init__(self, model: Any, tokenizer: Any, batch_size: int) -> None:
        """Take the model as it is.

        Args:
            model: faster-whisper's.
            tokenizer: faster-whisper's, for the language spoken.
            batch_size: texts compared with their sound at once.
        """
        self._model = model
        self._tokenizer = tokenizer
        self._batch_size = batch_size

    def answers(
        self,
        windows: Sequence[Sequence[Sequence[Word]]],
        encoded: Any,
        frames: Sequence[int],
        ask: Ask,
    ) -> list[list[tuple[Asked, ...]]]:
        """Ask of every utterance of a batch of windows what there is to ask.

        Args:
            windows: for each window the words of its utterances, in order.
            encoded: the encoder's output for the windows.
            frames: frames of sound in each window.
            ask: gives the questions.

        Returns:
            the answers, in the same order as the utterances.
        """
        out: list[list[tuple[Asked, ...]]] = [[() for _ in window] for window in windows]
        trials = list(self._trials(windows, ask))
        size = max(1, self._batch_size // 2)
        if not trials:
            return out
        sound = _as_array(encoded)
        for start in range(0, len(trials), size):
            part = trials[start : start + size]
            for trial, gain in zip(part, self._gains(part, sound, frames), strict=True):
                asked = Asked(trial.question.span, trial.question.wording, round(gain, 2))
                own = out[trial.window]
                own[trial.utterance] = (*own[trial.utterance], asked)
        return out

    def _trials(self, windows: Sequence[Sequence[Sequence[Word]]], ask: Ask) -> Iterator[_Trial]:
        for w, window in enumerate(windows):
            texts = ["".join(word.text for word in words).strip() for words in window]
            for u, (text, words) in enumerate(zip(texts, window, strict=True)):
                for question in ask(text, words):
                    start, end = question.span.start, question.span.end
                    yield _Trial(
                        w,
                        u,
                        question,
                        self._tokens("".join(texts[:u]) + text[:start]),
                        self._tokens(text[start:end]) + self._tokens(text[end:]),
                        self._tokens(question.wording) + self._tokens(text[end:]),
                    )

    def _tokens(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text)) if text else []

    def _gains(self, trials: Sequence[_Trial], sound: Any, frames: Sequence[int]) -> list[float]:
        """Return how much likelier the sound makes the other wording, natural logarithm."""
        import ctranslate2

        rows = [trial.window for trial in trials for _ in range(2)]
        texts = [t.before + own for t in trials for own in (t.heard, t.instead)]
        results = self._model.model.align(
            ctranslate2.StorageView.from_array(np.ascontiguousarray(sound[rows])),
            self._tokenizer.sot_sequence,
            texts,
            [frames[row] for row in rows],
        )
        likely = [
            sum(math.log(max(p, _LEAST)) for p in result.text_token_probs[len(text) - own :])
            for result, text, own in zip(
                results,
                texts,
                (len(own) for t in trials for own in (t.heard, t.instead)),
                strict=True,
            )
        ]
        return [likely[i + 1] - likely[i] for i in range(0, len(likely), 2)]


def _as_array(encoded: Any) -> Any:
    """Return an encoder's output, wherever and however it is kept, as numpy can hold it."""
    import ctranslate2

    return np.array(encoded.to(ctranslate2.DataType.float32).to_device(ctranslate2.Device.cpu))
