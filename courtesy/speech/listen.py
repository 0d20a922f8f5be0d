"""Recordings heard: decoded, cut at pauses, recognised, guarded. Everything streams."""

import dataclasses
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from courtesy.config import SpeechOptions
from courtesy.errors import InputError
from courtesy.messages import Text
from courtesy.records import Heard, Seconds, Utterance
from courtesy.speech.ahead import ahead
from courtesy.speech.decode import Decoding, open_recording
from courtesy.speech.gathered import Gathered
from courtesy.speech.recognise import Recogniser, Transcribed
from courtesy.speech.second import Ask
from courtesy.speech.voice import Speech, find_speech
from courtesy.speech.voices import Voices

_AHEAD = 64  # utterances: about a batch of windows

Progress = Callable[[Seconds, Seconds | None], None]
ProgressOf = Callable[[Path, Seconds, Seconds | None], None]
MakeVoices = Callable[[], Voices]


def listen(
    path: Path,
    recogniser: Recogniser,
    options: SpeechOptions,
    progress: Progress | None = None,
    ask: Ask | None = None,
    voices: MakeVoices | None = None,
) -> Heard:
    """Hear one recording. Roles stay unknown here: channels and voices are told, not judged.

    Args:
        path: a file of any kind that PyAV decodes.
        recogniser: turns speech into text.
        options: how the sound is cut.
        progress: called with the seconds heard so far and the seconds in all, if known.
        ask: given a text, what the sound is to be asked again.
        voices: makes what takes those voices that the roles may need; None takes none.

    Returns:
        the utterances in order of time; none of them when nobody speaks.

    Raises:
        NotReadable, NotARecording, DamagedRecording: the file.
        SpeechError: the recogniser failed.
        VoiceError: the speaker model failed.
    """
    one = Listening(recogniser, options, ask, voices)
    ((_, heard),) = one.hear([path], progress and (lambda _, *seconds: progress(*seconds)))
    if isinstance(heard, InputError):
        raise heard
    return heard


class Listening:
    """Hears recordings one after the other, without waiting between them.

    While the recogniser works on one, the next is decoded and cut at its pauses; the windows of
    several short recordings are decoded together.
    """

    def __init__(
        self,
        recogniser: Recogniser,
        options: SpeechOptions,
        ask: Ask | None = None,
        voices: MakeVoices | None = None,
    ) -> None:
        """Take what `listen` takes."""
        self._recogniser = recogniser
        self._options = options
        self._ask = ask
        self._voices = voices or (lambda: Voices(None))

    def hear(
        self, paths: Iterable[Path], progress: ProgressOf | None = None
    ) -> Generator[tuple[Path, Heard | InputError], None, None]:
        """Yield each recording when all of it is heard, or why it cannot be.

        Args:
            paths: fetched one by one, shortly before they are needed, in a thread.
            progress: called with the path, and the seconds as `listen` has them.

        Raises:
            SpeechError: the recogniser failed; what it was working on is lost.
            VoiceError: the speaker model failed; likewise.
        """
        begun: dict[int, _Part] = {}
        # The next sound is decoded and cut at its pauses while the recogniser works on the last.
        with closing(ahead(self._speech(paths, begun), _AHEAD)) as speech:
            for result in self._recogniser.transcribe(speech, self._ask):
                part = begun[result.speech.recording]
                part.take(result)
                if progress and part.decoding:
                    progress(part.path, part.reached, part.decoding.declared)
                yield from _finished(begun, progress)
        yield from _finished(begun, progress)

    def _speech(self, paths: Iterable[Path], begun: "dict[int, _Part]") -> Iterator[Speech]:
        for number, path in enumerate(paths):
            part = begun[number] = _Part(path, Gathered(self._voices()))
            try:
                part.decoding = open_recording(path)
                for speech in find_speech(part.decoding.blocks(), self._options):
                    part.given += 1
                    yield dataclasses.replace(speech, recording=number)
            except InputError as error:
                part.error = error
            part.ended = True


@dataclass(slots=True)
class _Part:
    """One recording while it is being heard.

    Attributes:
        path: the file.
        gathered: what was heard of it.
        decoding: once it is open.
        given: stretches of speech given to the recogniser.
        taken: results that came back.
        ended: whether there will be no more stretches.
        error: why it cannot be heard.
        reached: seconds heard so far.
    """

    path: Path
    gathered: Gathered
    decoding: Decoding | None = None
    given: int = 0
    taken: int = 0
    ended: bool = False
    error: InputError | None = None
    reached: Seconds = 0.0

    def take(self, result: Transcribed) -> None:
        """Keep what a stretch of speech says."""
        self.taken += 1
        self.reached = max(self.reached, result.speech.end)
        self.gathered.take(result)

    def whole(self, decoding: Decoding) -> Heard:
        """Return the recording as it was heard."""
        utterances = self.gathered.utterances()
        return Heard(
            path=str(self.path),
            utterances=utterances,
            removed=self.gathered.removed(),
            duration=round(decoding.seconds, 3),
            channels=decoding.channels,
            whole=decoding.whole,
            notes=_notes(decoding, utterances),
            sound=self.gathered.sound(),
            began=decoding.began,
        )


def _finished(
    begun: dict[int, _Part], progress: ProgressOf | None
) -> Iterator[tuple[Path, Heard | InputError]]:
    """Yield the recordings of which nothing is outstanding, and forget them."""
    for number, part in list(begun.items()):
        # `ended` is looked at first: after it nothing more is given.
        if not part.ended or part.taken < part.given:
            continue
        del begun[number]
        if part.error or part.decoding is None:
            assert part.error is not None
            yield part.path, part.error
            continue
        if progress:
            progress(part.path, part.decoding.seconds, part.decoding.declared)
        yield part.path, part.whole(part.decoding)


def _notes(decoding: Decoding, utterances: tuple[Utterance, ...]) -> tuple[Text, ...]:
    notes = []
    if not utterances:
        notes.append(Text("没有听到有人说话。", "Nobody was heard speaking."))
    if decoding.bad_packets:
        notes.append(
            Text(
                f"有 {decoding.bad_packets} 小段无法解码，已跳过。",
                f"{decoding.bad_packets} short pieces could not be decoded and were passed over.",
            )
        )
    if not decoding.whole:
        notes.append(
            Text(
                "文件没有正常的结尾，可能被截断；最后一次接待不评道别。",
                "The file has no proper end and may be cut off; the last farewell is not judged.",
            )
        )
    return tuple(notes)
