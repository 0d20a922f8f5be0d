"""Windows: utterances packed into the 30 seconds that Whisper's encoder looks at, and told apart.

A window costs the same whether it holds one sentence or eight. Utterances are therefore laid one
after another, and each recognised word goes back to its utterance by its time in the window.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from courtesy.records import Seconds, Word
from courtesy.speech.decode import RATE, Samples
from courtesy.speech.voice import Speech

WINDOW = 30.0  # seconds the encoder looks at
GAP = 0.3  # seconds of silence laid between two utterances of one window


def pack(speech: Iterable[Speech]) -> Iterator[list[Speech]]:
    """Group utterances of one recording, in order, so that each fits one window with its gaps.

    Both sides of a conversation share a window: with one side alone the decoder has less to go by
    and stops early far more often (30 of 142 utterances of ten minutes, against none).
    """
    window: list[Speech] = []
    for piece in speech:
        if window and not fits(window, piece):
            yield window
            window = []
        window.append(piece)
    if window:
        yield window


def fits(window: list[Speech], piece: Speech) -> bool:
    """Tell whether an utterance may join those of a window."""
    own = all(other.recording == piece.recording for other in window[:1])
    return own and length_of([*window, piece]) <= WINDOW


def length_of(window: list[Speech]) -> Seconds:
    """Return how much of a window utterances take, with the gaps between them, seconds."""
    return sum(len(s.samples) for s in window) / RATE + GAP * (len(window) - 1)


def lay_out(sounds: Iterable[Samples]) -> Samples:
    """Return a window's sound, shape (n,): its utterances with silence between them."""
    silence = np.zeros(round(GAP * RATE), np.float32)
    pieces = [piece for sound in sounds for piece in (silence, sound)]
    return np.concatenate(pieces[1:])


def share_out(window: list[Speech], words: list[Word]) -> list[tuple[Word, ...]]:
    """Give each word of a window to the utterance it was said in.

    A word goes by its end: the alignment lets a word begin as soon as the one before it has ended,
    so that the silence between two utterances lies at the start of a word.

    Args:
        window: the utterances, as `lay_out` places them.
        words: times in the window.

    Returns:
        for each utterance its words, with their times in the recording.
    """
    shares: list[list[Word]] = [[] for _ in window]
    offsets = [start for start, _ in places(window)]
    i = 0
    for word in words:
        end = word.end - min(0.1, (word.end - word.start) / 2)
        # A mark of punctuation is timed after the pause but belongs before it.
        if any(char.isalnum() for char in word.text):
            i = max(i for i, at in enumerate(offsets) if i == 0 or end >= at - GAP / 2)
        shift = window[i].start - offsets[i]
        start = max(word.start + shift, window[i].start)
        stop = min(max(word.end + shift, start), max(window[i].end, start))
        shares[i].append(Word(word.text, start, stop, word.probability))
    return [tuple(share) for share in shares]


def places(window: list[Speech]) -> list[tuple[Seconds, Seconds]]:
    """Return where in a window `lay_out` has each utterance begin and end."""
    out, at = [], 0.0
    for speech in window:
        end = at + len(speech.samples) / RATE
        out.append((at, end))
        at = end + GAP
    return out
