"""Making a clerk's voiceprint of recordings, with a look at whether they are good for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from courtesy.config import SpeechOptions
from courtesy.errors import VoiceError
from courtesy.messages import Text
from courtesy.records import Seconds
from courtesy.speech.decode import RATE, open_recording
from courtesy.speech.denoise import denoised
from courtesy.speech.voice import Speech, find_speech
from courtesy.speech.voiceprints import Voiceprint, check_name, keep, make_print, resembling
from courtesy.speech.voices import SpeakerEncoder, join, shares

# By the option's name: the channel that is taken; None takes all.
SIDES: Final[dict[str, int | None]] = {"both": None, "left": 0, "right": 1}
LEAST: Seconds = 10.0
_CLIP: Seconds = 1.4  # padding included; shorter ones make poor vectors
# A clip that is less near to the others than this is perhaps somebody else's; a clerk that is
# nearer to the new one than this sounds the same to the encoder.
_STRANGE = 0.5
_ALIKE = 0.85
_BATCH = 16  # clips taken at once


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What was kept.

    Attributes:
        voiceprint: the print.
        warnings: what a person should look into.
    """

    voiceprint: Voiceprint
    warnings: tuple[Text, ...]


def enrol_clerk(
    clerk: str, files: Sequence[Path], encoder: SpeakerEncoder, channel: int | None = None
) -> Enrolled:
    """Make a voiceprint of everything that is said in some recordings, and keep it.

    Args:
        clerk: the name.
        files: recordings in which nobody else speaks.
        encoder: what makes the vectors.
        channel: the only one to take of two; None takes all.

    Raises:
        NotReadable, NotARecording, DamagedRecording: one of the files.
        VoiceError: there is too little speech, the name cannot be used, or it cannot be kept.
    """
    check_name(clerk)
    clips: list[tuple[tuple[float, ...], Seconds]] = []
    for file in files:
        batch: list[Speech] = []
        for speech in find_speech(open_recording(file).blocks(), SpeechOptions()):
            wanted = channel is None or speech.channel in {None, channel}
            if wanted and speech.end - speech.start >= _CLIP:
                batch.append(speech)
            if len(batch) == _BATCH:
                clips += _voices(batch, encoder)
                batch = []
        clips += _voices(batch, encoder)
    total = sum(length for _, length in clips)
    if total < LEAST:
        raise VoiceError(
            Text(
                f"只有 {total:.0f} 秒可用的说话声，至少要 {LEAST:.0f} 秒（短于 1 秒的话不算）。"
                "请多给些录音。",
                f"Only {total:.0f} s of speech can be used; {LEAST:.0f} s are needed (nothing "
                "shorter than 1 s counts). Give more recordings.",
            )
        )
    new = make_print(clerk, encoder.name, clips, date.today().isoformat())
    if not new.voice:
        raise VoiceError(
            Text("这些录音合不成一个声纹。请换录音。", "These make no voiceprint. Use others.")
        )
    warnings = (*_strangers(clips), *_alike(new))
    keep(new)
    return Enrolled(new, warnings)


def _voices(
    batch: Sequence[Speech], encoder: SpeakerEncoder
) -> list[tuple[tuple[float, ...], Seconds]]:
    vectors = encoder.embed([denoised(speech.samples) for speech in batch]) if batch else []
    return [
        (tuple(vector.tolist()), len(speech.samples) / RATE)
        for vector, speech in zip(vectors, batch, strict=True)
        if len(vector)
    ]


def _strangers(clips: Sequence[tuple[tuple[float, ...], Seconds]]) -> list[Text]:
    """Warn of clips that are not like the rest."""
    strange = 0
    for i, (voice, _) in enumerate(clips):
        rest = [clip for k, clip in enumerate(clips) if k != i]
        if rest and shares(voice, join([v for v, _ in rest], [s for _, s in rest])) < _STRANGE:
            strange += 1
    if not strange:
        return []
    return [
        Text(
            f"注意：{len(clips)} 段里有 {strange} 段与其余的不像同一个人。请确认录音里没有别人。",
            f"Please note: {strange} of {len(clips)} clips do not sound like the rest. See that "
            "nobody else speaks in the recordings.",
        )
    ]


def _alike(new: Voiceprint) -> list[Text]:
    """Warn of other clerks that the encoder can hardly tell from this one."""
    return [
        Text(
            f"注意：与已登记的 {name} 很像（{near:.2f}），两人可能分不清。",
            f"Please note: much like {name}, who is enrolled ({near:.2f}); the two may be "
            "confused.",
        )
        for name, near in resembling(new)
        if near >= _ALIKE
    ]
