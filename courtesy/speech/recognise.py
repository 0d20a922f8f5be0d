"""Speech to text: many utterances packed into each 30-second window, and told apart again.

Whisper's encoder looks at 30 seconds at once, so a window costs the same whether it holds one
sentence or eight. Utterances are therefore laid one after another into windows, windows are decoded
in batches, and each recognised word goes back to its utterance by its time in the window.
"""

import itertools
import os
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from courtesy.config import SpeechOptions
from courtesy.errors import SpeechError
from courtesy.messages import Text
from courtesy.records import Asked, Seconds, Word
from courtesy.speech.decode import RATE, Samples
from courtesy.speech.denoise import denoised
from courtesy.speech.second import Ask, SecondListening
from courtesy.speech.voice import Speech

WINDOW = 30.0  # seconds the encoder looks at
GAP = 0.3  # seconds of silence laid between two utterances of one window
_MOST_TOKENS = 448
# Characters a second. Speech runs at three to seven; a stretch this long far outside of that was
# skipped by the decoder, or sent it into a loop.
_SLOWEST = 1.2
_FASTEST = 12.0
_LONG_ENOUGH = 1.5
LOOP = re.compile(r"(.{2,12}?)\1{3,}")
# Languages of the model that are no other language here: it may take a dialect for Cantonese.
_KIN = {"zh": ("yue",), "yue": ("zh",)}
# faster-whisper's own: text tokens that mark sounds, not words, are never chosen.
_SUPPRESS = [-1]


@dataclass(frozen=True, slots=True)
class Transcribed:
    """What the recogniser made of one stretch of speech.

    Attributes:
        speech: the sound.
        words: in order, times in the recording.
        no_speech: the recogniser's probability that the whole window holds no speech, 0 to 1.
        alone: whether no other utterance shared the window.
        asked: what the sound answered to questions about the text.
        chinese: how likely the window is in the language listened for, 0 to 1; None if not known.
    """

    speech: Speech
    words: tuple[Word, ...]
    no_speech: float
    alone: bool
    asked: tuple[Asked, ...] = ()
    chinese: float | None = None

    @property
    def text(self) -> str:
        """The words as one string; Chinese has no spaces to add."""
        return "".join(word.text for word in self.words).strip()

    @property
    def quality(self) -> float:
        """Mean probability of the characters, 0 to 1; 0 where nothing was recognised."""
        weight = sum(len(word.text) for word in self.words)
        total = sum(len(word.text) * word.probability for word in self.words)
        return total / weight if weight else 0.0

    @property
    def failed(self) -> bool:
        """Whether there is far less, or far more, text than such a stretch of speech holds."""
        seconds = self.speech.end - self.speech.start
        length = sum(char.isalnum() for char in self.text)
        sparse = seconds >= _LONG_ENOUGH and length < _SLOWEST * seconds
        return sparse or length > _FASTEST * seconds or bool(LOOP.search(self.text))


class Recogniser(Protocol):
    """What turns speech into text; `WhisperRecogniser` in the product, a fake one in tests."""

    name: str

    def transcribe(self, speech: Iterable[Speech], ask: Ask | None = None) -> Iterator[Transcribed]:
        """Yield one result for each stretch of speech, in whatever order they are ready.

        What comes of a recording must not depend on the recordings that are heard together with it.

        Args:
            speech: the stretches, of one recording after the other.
            ask: given a text, what the sound is to be asked again.
        """
        ...


class WhisperRecogniser:
    """faster-whisper over a model folder that is complete and checked."""

    def __init__(self, folder: Path, name: str, options: SpeechOptions) -> None:
        """Load the model.

        Args:
            folder: as `courtesy.speech.models.locate` gives it, so that nothing is ever fetched.
            name: the model's name and checksum, for `made_by`.
            options: device, threads, beam and batch size.

        Raises:
            SpeechError: the device is not there or the model cannot be loaded.
        """
        from faster_whisper import WhisperModel
        from faster_whisper.tokenizer import Tokenizer
        from faster_whisper.transcribe import get_suppressed_tokens

        self.name = name
        self._options = options
        device = choose_device(options)
        kind = options.compute_type
        if kind == "auto":
            kind = "float16" if device == "cuda" else "int8"
        try:
            self._model: Any = WhisperModel(
                str(folder),
                device=device,
                compute_type=kind,
                cpu_threads=options.threads or physical_cores(),
                local_files_only=True,
            )
        except (RuntimeError, ValueError) as error:
            raise SpeechError(
                Text(
                    f"语音模型无法在 {device}（{kind}）上载入：{error}。请试 --device cpu。",
                    f"The speech model cannot be loaded on {device} ({kind}): {error}. "
                    "Try --device cpu.",
                )
            ) from error
        self._tokenizer: Any = Tokenizer(
            self._model.hf_tokenizer,
            self._model.model.is_multilingual,
            task="transcribe",
            language=options.language,
        )
        self._suppressed = get_suppressed_tokens(self._tokenizer, _SUPPRESS)
        self._second = SecondListening(self._model, self._tokenizer, options.batch_size)

    def transcribe(self, speech: Iterable[Speech], ask: Ask | None = None) -> Iterator[Transcribed]:
        """Yield one result for each stretch of speech; second attempts come after later first ones.

        Windows of several recordings are decoded together, but none holds sound of two.

        Args:
            speech: the stretches, of one recording after the other.
            ask: given a text, what the sound is to be asked again; None asks nothing.

        Raises:
            SpeechError: the recogniser failed; what it had before has been given out.
        """
        size = self._options.batch_size
        again = _SecondAttempts(size * WINDOW * RATE)  # samples; more would be hoarding
        windows = pack(speech)
        while True:
            batch = again.take(size)
            batch += itertools.islice(windows, size - len(batch))
            for result in self._windows(batch, ask) if batch else ():
                final = again.judge(result)
                if final:
                    yield final
            if len(batch) < size:  # the stream has ended, but for what is tried again
                if not again.waiting:
                    return
                again.close()

    def _windows(self, windows: list[list[Speech]], ask: Ask | None) -> Iterator[Transcribed]:
        from faster_whisper.audio import pad_or_trim

        sounds = [lay_out(denoised(speech.samples) for speech in window) for window in windows]
        features = [self._model.feature_extractor(sound)[..., :-1] for sound in sounds]
        frames = [feature.shape[-1] for feature in features]
        prompt = self._model.get_prompt(self._tokenizer, [], without_timestamps=True)
        try:
            encoded = self._model.encode(np.stack([pad_or_trim(f) for f in features]))
            results = self._model.model.generate(
                encoded,
                [prompt] * len(windows),
                beam_size=self._options.beam_size,
                max_length=_MOST_TOKENS,
                suppress_blank=True,
                suppress_tokens=self._suppressed,
                return_no_speech_prob=True,
            )
            tokens = [[t for t in r.sequences_ids[0] if t < self._tokenizer.eot] for r in results]
            chinese = self._languages(encoded)
            aligned = self._model.find_alignment(self._tokenizer, tokens, encoded, frames)
            shares = [share_out(w, _words(a)) for w, a in zip(windows, aligned, strict=True)]
            asked: list[list[tuple[Asked, ...]]] = [[() for _ in window] for window in windows]
            if ask:
                asked = self._second.answers(shares, encoded, [places(w) for w in windows], ask)
        except (RuntimeError, MemoryError, ValueError, IndexError) as error:
            raise SpeechError(
                Text(
                    f"语音识别失败：{error}。请减小 batch_size，或换用较小的模型。",
                    f"Speech recognition failed: {error}. "
                    "Lower batch_size or take a smaller model.",
                )
            ) from error
        for window, share, answers, result, likely in zip(
            windows, shares, asked, results, chinese, strict=True
        ):
            silence, alone = float(result.no_speech_prob), len(window) == 1
            for speech, words, own in zip(window, share, answers, strict=True):
                yield Transcribed(speech, words, silence, alone, own, likely)

    def _languages(self, encoded: Any) -> list[float | None]:
        """Return for each window how likely it is in the language that is listened for, 0 to 1."""
        if not self._model.model.is_multilingual:
            return [None] * encoded.shape[0]
        wanted = {f"<|{language}|>" for language in _KIN.get(self._options.language, ())}
        wanted.add(f"<|{self._options.language}|>")
        windows = self._model.model.detect_language(encoded)
        return [sum(chance for name, chance in one if name in wanted) for one in windows]


class _SecondAttempts:
    """Utterances that are tried once more among other neighbours; the better result counts.

    One utterance that leads the decoder astray costs its neighbours in the window their words.
    """

    def __init__(self, most: float) -> None:
        self._most = most
        self._first: dict[int, Transcribed] = {}
        self._held: dict[int, list[Transcribed]] = {}  # by recording, until all of it was tried
        self._ready: deque[list[Speech]] = deque()

    @property
    def waiting(self) -> bool:
        """Whether there is anything left to try."""
        return bool(self._held or self._ready)

    def take(self, size: int) -> list[list[Speech]]:
        """Return up to `size` windows to try now."""
        return [self._ready.popleft() for _ in range(min(size, len(self._ready)))]

    def judge(self, result: Transcribed) -> Transcribed | None:
        """Return what counts of an utterance; None where it is tried again first."""
        first = self._first.pop(id(result.speech), None)
        if first:
            return max(first, result, key=lambda r: (not r.failed, len(r.text) * r.quality))
        recording = result.speech.recording
        for other in [r for r in self._held if r != recording]:
            self._release(other)
        if not result.failed:
            return result
        self._first[id(result.speech)] = result
        held = self._held.setdefault(recording, [])
        held.append(result)
        if sum(len(r.speech.samples) for r in held) > self._most:
            self._release(recording)
        return None

    def close(self) -> None:
        """Make all that is held ready: nothing new comes."""
        for recording in list(self._held):
            self._release(recording)

    def _release(self, recording: int) -> None:
        self._ready += pack([r.speech for r in self._held.pop(recording)])


def pack(speech: Iterable[Speech]) -> Iterator[list[Speech]]:
    """Group utterances of one recording, in order, so that each fits one window with its gaps.

    Both sides of a conversation share a window: with one side alone the decoder has less to go by
    and stops early far more often (30 of 142 utterances of ten minutes, against none).
    """
    window: list[Speech] = []
    for piece in speech:
        other = window and piece.recording != window[0].recording
        if window and (other or _seconds([*window, piece]) > WINDOW):
            yield window
            window = []
        window.append(piece)
    if window:
        yield window


def _seconds(window: list[Speech]) -> Seconds:
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


def _words(aligned: list[dict[str, Any]]) -> list[Word]:
    return [
        Word(w["word"], float(w["start"]), float(w["end"]), float(w["probability"]))
        for w in aligned
        if w["word"]
    ]


def choose_device(options: SpeechOptions) -> str:
    """Return "cuda" or "cpu" as asked and as the machine allows.

    Raises:
        SpeechError: CUDA was asked for by name and there is none.
    """
    import ctranslate2

    cards = ctranslate2.get_cuda_device_count()
    if options.device == "cuda" and not cards:
        raise SpeechError(
            Text(
                "这台机器上没有可用的 CUDA 显卡。请改用 --device cpu。",
                "There is no usable CUDA device on this machine. Use --device cpu.",
            )
        )
    return "cuda" if cards and options.device != "cpu" else "cpu"


def physical_cores() -> int:
    """Return the number of cores without hyper-threads; more threads make decoding slower."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        text = ""
    pairs = {
        (block.get("physical id"), block.get("core id"))
        for block in _cpu_blocks(text)
        if "core id" in block
    }
    allowed = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return max(1, min(len(pairs) or allowed, allowed))


def _cpu_blocks(text: str) -> list[dict[str, str]]:
    blocks = []
    for block in text.split("\n\n"):
        lines = (line.partition(":") for line in block.splitlines())
        blocks.append({key.strip(): value.strip() for key, _, value in lines})
    return blocks
