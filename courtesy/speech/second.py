"""A second listening: was it perhaps this that was said there, and not what was written down?

The recogniser wrote down what it held to be likeliest. Where a phrase would almost fit, the sound
of that utterance is asked again, once with the words as they were heard and once with the phrase in
their place, and the model says how probable either is. Nothing is primed: the phrase is never
suggested while the recogniser writes, so it cannot write what nobody said.

The model is shown little more than the utterance: of the encoder's 30 seconds its own part and a
second to rest on, and none of the words before it. That takes a seventh of the time that the whole
window takes, and right and wrong wordings are told apart no worse.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from courtesy.records import Asked, Question, Seconds, Word

# Given an utterance's text and words: which stretches of it may have been something else.
Ask = Callable[[str, Sequence[Word]], Sequence[Question]]

# A probability below this says no more than this.
_LEAST = 1e-5
# The encoder's output.
_FRAMES = 50  # a second
# Seconds of it shown on either side of an utterance, whose sounds colour the frames beside it.
_EDGE = 0.3
# Seconds of the window's end that are shown with it. There is mostly nothing there: the model,
# which always had 30 seconds, rests on it where the sound has no say. Without it courtesies are
# told apart far worse (area under the curve 0.88; 0.94 with it, and 0.93 with the whole window and
# all words before).
_REST = 1.0
_STRIDE = 2  # frames of what the encoder is given for one of its output


class SecondListening:
    """Asks a loaded model; one serves any number of batches."""

    def __init__(self, model: Any, tokenizer: Any, at_once: int = 8) -> None:
        """Take the model as it is.

        Args:
            model: faster-whisper's.
            tokenizer: faster-whisper's, for the language spoken.
            at_once: texts compared with their sound at once.
        """
        self._model = model
        self._tokenizer = tokenizer
        self._at_once = at_once

    def answers(
        self,
        windows: Sequence[Sequence[Sequence[Word]]],
        encoded: Any,
        places: Sequence[Sequence[tuple[Seconds, Seconds]]],
        ask: Ask,
    ) -> list[list[tuple[Asked, ...]]]:
        """Ask of every utterance of a batch of windows what there is to ask.

        Args:
            windows: for each window the words of its utterances, in order.
            encoded: the encoder's output for the windows.
            places: for each window where in it each utterance begins and ends.
            ask: gives the questions.

        Returns:
            the answers, in the same order as the utterances.
        """
        texts = [["".join(w.text for w in words).strip() for words in own] for own in windows]
        questions = [
            [ask(text, words) for text, words in zip(*pair, strict=True)]
            for pair in zip(texts, windows, strict=True)
        ]
        if not any(any(own) for own in questions):
            return [[() for _ in own] for own in windows]
        sound = _as_array(encoded)
        return [
            [
                self._asked(text, own, _cut(whole, place, self._model.model.n_mels))
                for text, own, place in zip(*parts, strict=True)
            ]
            for whole, *parts in zip(sound, texts, questions, places, strict=True)
        ]

    def _asked(self, text: str, questions: Sequence[Question], sound: Any) -> tuple[Asked, ...]:
        """Return the answers about one utterance.

        A gain is how much likelier the sound makes the text with the other wording, natural
        logarithm; what stands before the wording is equally likely in both.

        Args:
            text: as it was heard.
            questions: about it.
            sound: what is shown of the encoder's output, shape (frames, width).
        """
        if not questions:
            return ()
        others = [text[: q.span.start] + q.wording + text[q.span.end :] for q in questions]
        heard, *likely = self._likely([text, *others], sound)
        return tuple(
            Asked(question.span, question.wording, round(one - heard, 2))
            for question, one in zip(questions, likely, strict=True)
        )

    def _likely(self, texts: Sequence[str], sound: Any) -> list[float]:
        """Return the logarithms of how probable texts are, given one sound and nothing before."""
        import ctranslate2

        out: list[float] = []
        for first in range(0, len(texts), self._at_once):
            part = texts[first : first + self._at_once]
            results = self._model.model.align(
                ctranslate2.StorageView.from_array(np.stack([sound] * len(part))),
                self._tokenizer.sot_sequence,
                [list(self._tokenizer.encode(text)) for text in part],
                [len(sound) * _STRIDE] * len(part),
                # Smooths the times of the words, which nobody asks for.
                median_filter_width=1,
            )
            out += [
                sum(math.log(max(p, _LEAST)) for p in result.text_token_probs) for result in results
            ]
        return out


def _cut(sound: Any, place: tuple[Seconds, Seconds], features: int) -> Any:
    """Return an utterance's part of a window and the window's end, shape (frames, width).

    Args:
        sound: the encoder's output for the window, shape (frames, width).
        place: seconds in the window at which the utterance begins and ends.
        features: what the encoder is given for each frame. CTranslate2 takes as many frames of the
            encoder's output for something that is still to be encoded.
    """
    start = max(0, round((place[0] - _EDGE) * _FRAMES))
    end = round((place[1] + _EDGE) * _FRAMES)
    part = np.concatenate([sound[start:end], sound[end:][-round(_REST * _FRAMES) :]])
    return part[:-1] if len(part) == features else part


def _as_array(encoded: Any) -> Any:
    """Return an encoder's output, wherever and however it is kept, as numpy can hold it."""
    import ctranslate2

    return np.array(encoded.to(ctranslate2.DataType.float32).to_device(ctranslate2.Device.cpu))
