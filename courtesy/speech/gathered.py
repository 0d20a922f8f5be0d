"""What is heard of a recording, result by result: words, what was thrown out, the sound."""

import dataclasses
from dataclasses import dataclass, field

from courtesy.records import Removed, Role, SoundQuality, Utterance
from courtesy.speech.guard import invented
from courtesy.speech.recognise import Transcribed
from courtesy.speech.sound import by_channel, quality_of
from courtesy.speech.voices import Voices


@dataclass(slots=True)
class Gathered:
    """The utterances of one recording, and not what holds their samples, which may be hours.

    Attributes:
        voices: takes its voices.
    """

    voices: Voices
    _heard: list[Utterance] = field(default_factory=list)
    _removed: list[Removed] = field(default_factory=list)
    _sound: list[SoundQuality] = field(default_factory=list)

    def take(self, result: Transcribed) -> None:
        """Keep what a stretch of speech says.

        Raises:
            VoiceError: the speaker model failed.
        """
        sound, found = understood(result, self.voices)
        self._sound.append(sound)
        if isinstance(found, Removed):
            self._removed.append(found)
        elif found:
            self._heard.append(found)

    def utterances(self) -> tuple[Utterance, ...]:
        """Return the utterances in order of time, numbered from 0."""
        self._heard.sort(key=lambda u: (u.start or 0.0, u.end or 0.0))
        return tuple(dataclasses.replace(u, id=i) for i, u in enumerate(self._heard))

    def removed(self) -> tuple[Removed, ...]:
        """Return what was thrown out, in order of time."""
        return tuple(sorted(self._removed, key=lambda r: r.start))

    def sound(self) -> tuple[SoundQuality, ...]:
        """Return how each channel sounds."""
        return by_channel(self._sound)


def understood(
    result: Transcribed, voices: Voices
) -> tuple[SoundQuality, Utterance | Removed | None]:
    """Return how a stretch of speech sounds, and what it says.

    Args:
        result: the recogniser's.
        voices: takes its voice, if it is needed.

    Returns:
        its utterance, whose id is still 0; or why there is none; or None where it was a mere click.

    Raises:
        VoiceError: the speaker model failed.
    """
    sound = quality_of(result.speech.samples, result.speech.channel, result.chinese)
    doubt = invented(result)
    if doubt or not result.text:
        return sound, doubt
    role: Role = "unknown"
    return sound, Utterance(
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
        voice=voices.take(result.speech),
    )
