"""Speech to text: windows full of utterances, in batches, several batches at once.

On a processor each core takes a batch of its own. Within one batch the cores would wait for each
other at every token: two of them are 1.4 times as fast apart as together.
"""

import itertools
import re
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from courtesy.config import SpeechOptions
from courtesy.errors import SpeechError
from courtesy.messages import Text
from courtesy.records import Asked, Seconds, Word
from courtesy.speech.decode import RATE
from courtesy.speech.denoise import denoised
from courtesy.speech.device import choose_device, leave_cores_alone, physical_cores
from courtesy.speech.second import Ask, SecondListening
from courtesy.speech.voice import Speech
from courtesy.speech.windows import WINDOW, lay_out, pack, places, share_out

# Windows in a batch where nothing is set. A core is no faster with eight than with one, and needs a
# gigabyte more; a CUDA device that has one to do waits.
_BATCH = {"cpu": 1, "cuda": 8}
# Seconds of speech held back for a second attempt; more would be hoarding.
_HELD = 8 * WINDOW
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

        leave_cores_alone()
        self.name = name
        self._options = options
        device = choose_device(options)
        kind = options.compute_type
        if kind == "auto":
            kind = "float16" if device == "cuda" else "int8"
        threads = options.threads or physical_cores()
        self._workers = options.workers or (1 if device == "cuda" else threads)
        self._batch = options.batch_size or _BATCH[device]
        try:
            self._model: Any = WhisperModel(
                str(folder),
                device=device,
                compute_type=kind,
                cpu_threads=max(1, threads // self._workers),
                num_workers=self._workers,
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
        self._second = SecondListening(self._model, self._tokenizer)

    def transcribe(self, speech: Iterable[Speech], ask: Ask | None = None) -> Iterator[Transcribed]:
        """Yield one result for each stretch of speech; second attempts come after later first ones.

        Windows of several recordings are decoded together, but none holds sound of two.

        Args:
            speech: the stretches, of one recording after the other.
            ask: given a text, what the sound is to be asked again; None asks nothing.

        Raises:
            SpeechError: the recogniser failed; what it had before has been given out.
        """
        again = _SecondAttempts(_HELD * RATE)
        windows = pack(speech)
        while True:
            batches = iter(lambda: self._next(again, windows), [])
            with closing(self._at_once(batches, ask)) as results:
                for result in itertools.chain.from_iterable(results):
                    final = again.judge(result)
                    if final:
                        yield final
            if not again.waiting:
                return
            again.close()  # the stream has ended, but for what is tried again

    def _next(
        self, again: "_SecondAttempts", windows: Iterator[list[Speech]]
    ) -> list[list[Speech]]:
        """Return the windows that are decoded together next; none where there are none."""
        batch = again.take(self._batch)
        return [*batch, *itertools.islice(windows, self._batch - len(batch))]

    def _at_once(
        self, batches: Iterable[list[list[Speech]]], ask: Ask | None
    ) -> Generator[list[Transcribed], None, None]:
        """Yield what comes of each batch, in their order; as many are at work as there are workers.

        Which batch is made when depends on their order alone, never on how long one takes.
        """
        pool = ThreadPoolExecutor(self._workers, "recognise")
        running: deque[Future[list[Transcribed]]] = deque()
        try:
            for batch in batches:
                running.append(pool.submit(self._windows, batch, ask))
                # One more than there are workers, so that none waits for the next.
                if len(running) > self._workers:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _windows(self, windows: list[list[Speech]], ask: Ask | None) -> list[Transcribed]:
        heard, _ = self._decoded(windows, ask)
        return heard

    def follow(
        self,
        window: list[Speech],
        said: Sequence[int],
        ask: Ask | None = None,
        beam_size: int | None = None,
        length: Seconds = WINDOW,
    ) -> tuple[Transcribed, list[int]]:
        """Hear the last utterance of a window, of which the others were heard before.

        Args:
            window: utterances that fit one window.
            said: the tokens of all but the last.
            ask: given a text, what the sound is to be asked again.
            beam_size: None takes that of the settings.
            length: of the window, seconds; a shorter one takes less time.

        Returns:
            what the last one says, and the tokens of all.

        Raises:
            SpeechError: the recogniser failed.
        """
        known = len(window) - 1
        (heard,), (tokens,) = self._decoded([window], ask, said, known, beam_size, length)
        return heard, tokens

    def _decoded(
        self,
        windows: list[list[Speech]],
        ask: Ask | None,
        said: Sequence[int] = (),
        known: int = 0,
        beam_size: int | None = None,
        length: Seconds = WINDOW,
    ) -> tuple[list[Transcribed], list[list[int]]]:
        """Return what the utterances of some windows say, and each window's tokens.

        Args:
            windows: utterances, each window's in order.
            ask: given a text, what the sound is to be asked again.
            said: tokens with which each window's text begins.
            known: how many utterances at the start of each window said them; they are left out.
            beam_size: None takes that of the settings.
            length: to which each window is filled up with silence, seconds.
        """
        from faster_whisper.audio import pad_or_trim

        sounds = [lay_out(denoised(speech.samples) for speech in window) for window in windows]
        features = [self._model.feature_extractor(sound)[..., :-1] for sound in sounds]
        frames = [feature.shape[-1] for feature in features]
        prompt = self._model.get_prompt(self._tokenizer, [], without_timestamps=True)
        try:
            size = round(length / self._model.feature_extractor.time_per_frame)
            encoded = self._model.encode(np.stack([pad_or_trim(f, size) for f in features]))
            results = self._model.model.generate(
                encoded,
                [[*prompt, *said]] * len(windows),
                beam_size=beam_size or self._options.beam_size,
                max_length=_MOST_TOKENS,
                suppress_blank=True,
                suppress_tokens=self._suppressed,
                return_no_speech_prob=True,
            )
            eot = self._tokenizer.eot
            # What it was given to go on from comes back with what it wrote.
            tokens = [[t for t in r.sequences_ids[0] if t < eot] for r in results]
            chinese = self._languages(encoded)
            aligned = self._model.find_alignment(self._tokenizer, tokens, encoded, frames)
            shares = [
                share_out(w, _words(a))[known:] for w, a in zip(windows, aligned, strict=True)
            ]
            asked: list[list[tuple[Asked, ...]]] = [[() for _ in share] for share in shares]
            if ask:
                where = [places(w)[known:] for w in windows]
                asked = self._second.answers(shares, encoded, where, ask)
        except (RuntimeError, MemoryError, ValueError, IndexError) as error:
            raise SpeechError(
                Text(
                    f"语音识别失败：{error}。请减小 workers 或 batch_size，或换用较小的模型。",
                    f"Speech recognition failed: {error}. "
                    "Lower workers or batch_size, or take a smaller model.",
                )
            ) from error
        heard = [
            Transcribed(
                speech, words, float(result.no_speech_prob), len(window) == 1, answers, likely
            )
            for window, share, own, result, likely in zip(
                windows, shares, asked, results, chinese, strict=True
            )
            for speech, words, answers in zip(window[known:], share, own, strict=True)
        ]
        return heard, tokens

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
            return better(first, result)
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


def better(first: Transcribed, second: Transcribed) -> Transcribed:
    """Return the better of two results for the same stretch of speech."""
    return max(first, second, key=lambda r: (not r.failed, len(r.text) * r.quality))


def _words(aligned: list[dict[str, Any]]) -> list[Word]:
    return [
        Word(w["word"], float(w["start"]), float(w["end"]), float(w["probability"]))
        for w in aligned
        if w["word"]
    ]
