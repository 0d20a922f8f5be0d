"""Stand-ins for the outside world, and small makers of talk and of sound."""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from courtesy.records import Heard, Utterance, Word
from courtesy.speech.decode import RATE, Samples, open_recording
from courtesy.speech.recognise import Transcribed
from courtesy.speech.second import Ask
from courtesy.speech.voice import Speech

SAMPLES = Path(__file__).resolve().parent.parent / "samples"


class FakeRecogniser:
    """A recogniser that writes what it is told, whatever it hears."""

    name = "fake"

    def __init__(
        self,
        texts: Sequence[str] | Callable[[Speech], str],
        quality: float = 0.9,
        no_speech: float = 0.0,
    ) -> None:
        self.texts = texts
        self.quality = quality
        self.no_speech = no_speech
        self.heard: list[Speech] = []

    def transcribe(self, speech: Iterable[Speech], ask: Ask | None = None) -> Iterator[Transcribed]:
        for number, piece in enumerate(speech):
            self.heard.append(piece)
            if callable(self.texts):
                text = self.texts(piece)
            else:
                text = self.texts[number] if number < len(self.texts) else ""
            yield transcribed(text, piece, self.quality, self.no_speech)


class GoldRecogniser(FakeRecogniser):
    """Hears what a gold file says: a turn's words go to the longest stretch of sound within it."""

    def __init__(self, gold: dict) -> None:
        super().__init__([])
        self._turns = gold["turn"]
        self._clerk = 0 if gold.get("clerk") == "left" else 1
        self._texts: list[str] = []

    def wordy(self) -> Iterator[Speech]:
        """Yield the stretches that hold words, as far as they are heard when they are asked for."""
        yield from (p for p, text in zip(self.heard, self._texts, strict=True) if text)

    def transcribe(self, speech: Iterable[Speech], ask: Ask | None = None) -> Iterator[Transcribed]:
        self.heard = list(speech)
        texts = [""] * len(self.heard)
        for turn in self._turns:
            channel = self._clerk if turn["role"] == "clerk" else 1 - self._clerk
            shares = [
                min(piece.end, turn["end"]) - max(piece.start, turn["start"])
                if piece.channel in {None, channel}
                else 0.0
                for piece in self.heard
            ]
            if max(shares, default=0.0) > 0:
                texts[shares.index(max(shares))] += turn["text"]
        self._texts = texts
        for text, piece in zip(texts, self.heard, strict=True):
            yield transcribed(text, piece, self.quality, self.no_speech)


class FakeEncoder:
    """A speaker encoder that knows who speaks: `who` says it, utterance by utterance."""

    name = "fake 0123456789ab"

    def __init__(self, who: Iterable[int]) -> None:
        self.who = iter(who)

    def embed(self, sounds: Sequence[Samples]) -> list[Samples]:
        return [np.array(voice(next(self.who)), np.float32) for _ in sounds]


def voice(person: int, variation: int = 0, likeness: float = 0.85) -> tuple[float, ...]:
    """Return a person's voice, a unit vector; two of one person are about `likeness` near."""
    chance = np.random.default_rng([person, variation]).standard_normal(128)
    out = np.zeros(144)
    out[person] = np.sqrt(likeness)
    out[16:] = np.sqrt(1 - likeness) * chance / np.linalg.norm(chance)
    return tuple(out.tolist())


def transcribed(
    text: str, speech: Speech, quality: float = 0.9, no_speech: float = 0.0, alone: bool = False
) -> Transcribed:
    """Return a result with one word a character, spread evenly over the sound."""
    step = (speech.end - speech.start) / max(1, len(text))
    words = tuple(
        Word(char, speech.start + i * step, speech.start + (i + 1) * step, quality)
        for i, char in enumerate(text)
    )
    return Transcribed(speech, words, no_speech, alone)


def speech(seconds: float, start: float = 0.0, channel: int | None = None) -> Speech:
    """Return a stretch of (silent) sound of that length."""
    samples = np.zeros(round(seconds * RATE), np.float32)
    return Speech(start, start + seconds, channel, samples)


def talk(*lines: tuple, path: str = "talk.txt") -> Heard:
    """Make talk of lines (role, text), (role, text, start, end), or with a quality at the end."""
    utterances = []
    for number, (role, text, *rest) in enumerate(lines):
        start, end, quality = (*rest, None, None, None)[:3]
        utterances.append(Utterance(number, text, role, start, end, quality))
    return Heard(path, tuple(utterances))


def gold_files() -> list[Path]:
    return sorted((SAMPLES / "counter").glob("*.toml"))


def read_gold(file: Path) -> dict:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def gold_talk(gold: dict) -> Heard:
    """Make talk of a gold file, with its roles and times."""
    return talk(*((t["role"], t["text"], t["start"], t["end"]) for t in gold["turn"]))


# --- sound ----------------------------------------------------------------------------------------


def decoded(path: Path) -> Samples:
    """Return a whole recording, shape (channels, n)."""
    return np.concatenate(list(open_recording(path).blocks()), axis=1)


def blocks(sound: Samples, size: int = 512 * 625) -> Iterator[Samples]:
    """Return sound as the decoder would give it."""
    sound = np.atleast_2d(sound)
    for at in range(0, sound.shape[1], size):
        yield sound[:, at : at + size]


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def tone(seconds: float, hertz: float = 440.0, loudness: float = 0.3, rate: int = RATE) -> Samples:
    at = np.arange(round(seconds * rate)) / rate
    return (loudness * np.sin(2 * np.pi * hertz * at)).astype(np.float32)


def noise(seconds: float, loudness: float = 0.05, seed: int = 1) -> Samples:
    random = np.random.default_rng(seed)
    return (loudness * random.standard_normal(round(seconds * RATE))).astype(np.float32)


def chords(seconds: float) -> Samples:
    """Return something like music: a triad with overtones, a new one every half second."""
    roots = [220.0, 174.6, 261.6, 196.0]
    out = []
    for i in range(round(seconds * 2)):
        root = roots[i % 4]
        parts = [
            tone(0.5, root * ratio * k, 0.08 / k) for ratio in (1, 1.26, 1.5) for k in (1, 2, 3)
        ]
        fade = np.exp(-np.linspace(0, 3, len(parts[0]))).astype(np.float32)
        out.append(sum(parts) * fade)
    return np.concatenate(out)


def write_sound(
    path: Path,
    sound: Samples,
    codec: str = "pcm_s16le",
    *,
    rate: int = RATE,
    picture: bool = False,
    sound_track: bool = True,
) -> Path:
    """Write sound, shape (n,) or (channels, n), with PyAV.

    Args:
        path: its ending names the container.
        sound: at `rate`.
        codec: an encoder; ValueError where this PyAV has none.
        rate: samples a second.
        picture: add a video track.
        sound_track: leave the sound out with False.
    """
    import av

    sound = np.atleast_2d(np.asarray(sound, np.float32))
    layout = "stereo" if sound.shape[0] == 2 else "mono"
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=10) if picture else None
        if video:
            video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        if sound_track:
            audio = container.add_stream(codec, rate=rate)
            audio.layout = layout
            resampler = av.AudioResampler(
                format=audio.format, layout=layout, rate=rate, frame_size=audio.frame_size or 1024
            )
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), "fltp", layout)
            frame.sample_rate = rate
            frame.pts, frame.time_base = 0, Fraction(1, rate)
            for piece in (*resampler.resample(frame), *resampler.resample(None)):
                container.mux(audio.encode(piece))
            container.mux(audio.encode(None))
        if video:
            for number in range(round(10 * sound.shape[1] / rate)):
                shown = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number % 255, np.uint8))
                shown.pts, shown.time_base = number, Fraction(1, 10)
                container.mux(video.encode(shown))
            container.mux(video.encode(None))
    return path
