"""One recording heard: decoded, cut at pauses, recognised, guarded. Everything streams."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

from courtesy.config import SpeechOptions
from courtesy.messages import Text
from courtesy.records import Heard, Removed, Role, Seconds, SoundQuality, Utterance
from courtesy.speech.ahead import ahead
from courtesy.speech.decode import Decoding, open_recording
from courtesy.speech.guard import invented
from courtesy.speech.recognise import Recogniser, Transcribed
from courtesy.speech.second import Ask
from courtesy.speech.sound import by_channel, quality_of
from courtesy.speech.voice import find_speech
from courtesy.speech.voices import Voices

_AHEAD = 64  # utterances: about a batch of windows

Progress = Callable[[Seconds, Seconds | None], None]


def listen(
    path: Path,
    recogniser: Recogniser,
    options: SpeechOptions,
    progress: Progress | None = None,
    ask: Ask | None = None,
    voices: Voices | None = None,
) -> Heard:
    """Hear one recording. Roles stay unknown here: channels and voices are told, not judged.

    Args:
        path: a file of any kind that PyAV decodes.
        recogniser: turns speech into text.
        options: how the sound is cut.
        progress: called with the seconds heard so far and the seconds in all, if known.
        ask: given a text, what the sound is to be asked again.
        voices: takes those voices that the roles may need; None takes none.

    Returns:
        the utterances in order of time; none of them when nobody speaks.

    Raises:
        NotReadable, NotARecording, DamagedRecording: the file.
        SpeechError: the recogniser failed.
        VoiceError: the speaker model failed.
    """
    voices = voices or Voices(None)
    decoding = open_recording(path)
    # The next sound is decoded and cut at its pauses while the recogniser works on the last.
    speech = ahead(find_speech(decoding.blocks(), options), _AHEAD)
    heard: list[Utterance] = []  # and not what holds their samples, which may be hours
    removed: list[Removed] = []
    sound: list[SoundQuality] = []
    reached = 0.0
    for result in recogniser.transcribe(speech, ask):
        reached = max(reached, result.speech.end)
        if progress:
            progress(reached, decoding.declared)
        sound.append(quality_of(result.speech.samples, result.speech.channel, result.chinese))
        doubt = invented(result)
        if doubt:
            removed.append(doubt)
        elif result.text:
            heard.append(_utterance(result, sound[-1], voices.take(result.speech)))
    if progress:
        progress(decoding.seconds, decoding.declared)
    heard.sort(key=lambda u: (u.start or 0.0, u.end or 0.0))
    utterances = tuple(dataclasses.replace(u, id=i) for i, u in enumerate(heard))
    return Heard(
        path=str(path),
        utterances=utterances,
        removed=tuple(sorted(removed, key=lambda r: r.start)),
        duration=round(decoding.seconds, 3),
        channels=decoding.channels,
        whole=decoding.whole,
        notes=_notes(decoding, utterances),
        sound=by_channel(sound),
        began=decoding.began,
    )


def _utterance(result: Transcribed, sound: SoundQuality, voice: tuple[float, ...]) -> Utterance:
    role: Role = "unknown"
    return Utterance(
        id=0,  # until all are known and in order
        heard=result.text,
        role=role,
        start=round(result.speech.start, 3),
        end=round(result.speech.end, 3),
        quality=round(min(1.0, result.quality), 3),
        channel=result.speech.channel,
        words=result.words,
        asked=result.asked,
        loudness=sound.level,
        sound=sound,
        voice=voice,
    )


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
