"""Settings: one small frozen class per stage.

Values come from, in rising order: the defaults here, a TOML file (`courtesy.toml` in the user's
configuration folder, or the one named by `COURTESY_CONFIG` or `--config`), the command line.

A settings file looks like this:

    [speech]
    model = "small"
    beam_size = 5

    [dialogue]
    gap_seconds = 45
"""

import dataclasses
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

import platformdirs

from courtesy.errors import UsageError, reason
from courtesy.messages import Text

Device = Literal["auto", "cpu", "cuda"]
ClerkChannel = Literal["auto", "left", "right"]
ModeChoice = Literal["auto", "counter", "phone"]
VoiceChoice = Literal["auto", "off", "dvector", "campplus"]
Switch = Literal["on", "off"]
KeepSound = Literal["nothing", "clips", "day"]


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    """How sound becomes text.

    Attributes:
        model: name of a model that is installed (`courtesy models list`) or its folder.
        device: "auto" takes CUDA where CTranslate2 finds it.
        compute_type: CTranslate2's; "auto" is int8 on a processor, float16 on CUDA.
        threads: processor threads; 0 is the number of physical cores.
        beam_size: hypotheses kept while decoding. On our samples 2, 3 and 5 give the same syllable
            error rate within 0.5 % clean and 1.2 % at 10 dB; 1 is 1 % worse, 5 takes 15 % longer.
        workers: batches of windows decoded at once, each on its share of the threads; 0 is one a
            thread, and one in all on CUDA.
        batch_size: 30-second windows in a batch; 0 is 1 on a processor, which gains nothing by
            more, and 8 on CUDA.
        language: Whisper's language code.
        pause_seconds: silence that ends an utterance.
        pad_seconds: sound kept before and after each utterance.
        min_seconds: shorter sounds are taken for clicks.
        max_seconds: longer utterances are cut at their quietest moment.
        voice_threshold: voice-activity probability that counts as speech, 0 to 1.
        bleed_db: on two channels, how much weaker than the other a channel may be and still count
            as its own speaker, in dB.
    """

    model: str = "base"
    device: Device = "auto"
    compute_type: str = "auto"
    threads: int = 0
    beam_size: int = 2
    workers: int = 0
    batch_size: int = 0
    language: str = "zh"
    pause_seconds: float = 0.45
    pad_seconds: float = 0.2
    min_seconds: float = 0.1
    max_seconds: float = 20.0
    voice_threshold: float = 0.5
    bleed_db: float = 6.0


@dataclass(frozen=True, slots=True)
class MatchOptions:
    """How near speech must come to a phrase.

    Attributes:
        credit: confidence from which a courtesy counts, 0 to 1.
        blame: confidence from which a forbidden phrase counts; higher, since an accusation weighs
            more than a credit.
        doubt: confidence from which a forbidden phrase is kept at all, as one that does not count.
        hint: the same for a courtesy; lower, since what was perhaps said must not be called
            missing.
        ask: likeness from which the sound is asked again whether a forbidden phrase was said.
    """

    credit: float = 0.8
    blame: float = 0.85
    doubt: float = 0.7
    hint: float = 0.4
    ask: float = 0.5


@dataclass(frozen=True, slots=True)
class DialogueOptions:
    """How utterances become interactions.

    Attributes:
        clerk: the clerk's channel on stereo recordings; "auto" decides by what is said.
        mode: "auto" takes telephone when the clerk answers as on a telephone.
        gap_seconds: silence that is long in this hall: it ends an interaction unless something
            speaks against it, such as a request to wait.
        short_gap_seconds: silence from which what is said around it may end one: farewells,
            greetings, calls, another topic.
        number_calls: "on" where customers are called by number or by 下一位; "off" where such words
            mean something else.
        call_seconds: how long after a call its customer may take to come.
        voices: the speaker encoder that tells voices apart; "auto" takes what is installed.
        clerk_voice: whose voiceprint is the clerk's; empty compares with all that are enrolled.
        correct: roles that a person corrects: "swap", or "3=clerk,7-9=customer" by utterance.
    """

    clerk: ClerkChannel = "auto"
    mode: ModeChoice = "auto"
    gap_seconds: float = 30.0
    short_gap_seconds: float = 0.5
    number_calls: Switch = "on"
    call_seconds: float = 30.0
    voices: VoiceChoice = "auto"
    clerk_voice: str = ""
    correct: str = ""


@dataclass(frozen=True, slots=True)
class MeasureOptions:
    """From when on something in how people speak is worth a word. None of it takes points.

    Attributes:
        clear_db: signal to noise, in dB, from which an utterance's pace, loudness and times are
            believed. In noise, talk behind the counter joins and stretches utterances: a hall's 5
            dB under the voice gave 273 overlaps in 32 recordings of which the clean ones have none.
            8 as it is measured here is about 10.5 dB.
        padding: seconds at either end of an utterance heard in sound that are not speech, as
            `SpeechOptions.pad_seconds`; 0 where it was not heard in sound.
        silence_seconds: nobody speaks (冷场).
        overlap_seconds: two speak at once; less is how people usually take turns.
        cut_in_seconds: how long both speak, at least, before it is an interruption (抢话).
        give_way_seconds: in how long, at most, the other one then stops.
        fast_pace: characters a minute; newsreaders reach 300.
        fast_ratio: times the speaker's own median that count as fast too.
        pace_characters: shorter utterances have no pace.
        loud_db: dB above the speaker's own median.
        loud_seconds: shorter utterances are not called loud.
        habit_utterances: how many utterances make a habit to compare with.
        turn_seconds: a customer who goes on within this time has not yet finished asking.
        quarrel_seconds: within this time the signs of a quarrel come together.
    """

    clear_db: float = 8.0
    padding: float = 0.2
    silence_seconds: float = 10.0
    overlap_seconds: float = 0.5
    cut_in_seconds: float = 0.3
    give_way_seconds: float = 1.0
    fast_pace: float = 400.0
    fast_ratio: float = 1.5
    pace_characters: int = 8
    loud_db: float = 6.0
    loud_seconds: float = 0.5
    habit_utterances: int = 4
    turn_seconds: float = 2.0
    quarrel_seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class FairnessOptions:
    """What the clerk's sound must be like to judge anybody by it.

    Measured on the tuning corpus with the model `base`, share of the clerk's characters that are
    heard wrong: clean 11 %; noise 10 dB under the voice 18 %, which measures 7 to 9 dB here; a hall
    at 5 dB 36 % (1 to 4); noise at 0 dB 58 % (-4 to -1). A limit of 0 dB refuses from about 2.5 dB
    downwards. On one recording, all characters, 11 % clean: 17 % with 28 % of the samples clipped,
    22 % with 57 %; 13 % with 54 dropouts of 40 ms a minute, 19 % with 146; 16 % at -60 dBFS, below
    which speech is no longer noticed. English measures less than 1 % Chinese, Chinese in loud noise
    at least 56 %.

    Attributes:
        snr_db: the voice over the noise, dB.
        level_db: strength of the voice, dBFS.
        clipped: largest share of clipped samples, 0 to 1.
        dropouts_a_minute: most places at which the sound breaks off.
        chinese: how likely the language must be the one listened for, 0 to 1.
        quality: median probability of what the recogniser wrote, 0 to 1.
        lost: largest share of the clerk's sound in which no words were made out, 0 to 1.
        seconds: with less sound than this nothing is measured well enough to refuse.
    """

    snr_db: float = 0.0
    level_db: float = -60.0
    clipped: float = 0.4
    dropouts_a_minute: float = 60.0
    chinese: float = 0.3
    quality: float = 0.4
    lost: float = 0.5
    seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """When something is due while people talk, and what is kept. None of it takes points.

    Attributes:
        greeting_seconds: from the customer's first words until the clerk should have greeted.
        thanks_seconds: from the customer's thanks until an answer is due.
        farewell_seconds: of silence, after the business sounds done, until a farewell is due.
        closed_seconds: of silence after which a customer is taken to be gone who took leave.
        away_seconds: the same for one who did not, since clerks go away for papers and come back.
        next_seconds: of the next customer's talk after which the last one's business is closed.
        context: interactions before the running one by which its speakers are told apart.
        smaller_model: that takes over while the machine is too slow; empty where there is none.
        keep_sound: people's voices are kept only where that is asked for: "clips" some seconds
            around what was found fault with, "day" the whole session as well.
        sound_folder: where; empty is the folder `sound` among the user's data.
    """

    greeting_seconds: float = 6.0
    thanks_seconds: float = 5.0
    farewell_seconds: float = 2.5
    closed_seconds: float = 30.0
    away_seconds: float = 600.0
    next_seconds: float = 8.0
    context: int = 3
    smaller_model: str = ""
    keep_sound: KeepSound = "nothing"
    sound_folder: str = ""


@dataclass(frozen=True, slots=True)
class ReviewOptions:
    """How people look at what was flagged.

    Attributes:
        twice: the share of flags that two people look at, neither knowing what the other said.
        appeal_days: for which a clerk may appeal after a flag was confirmed.
        answer_days: within which an appeal is to be answered.
        idle_minutes: after which somebody who does nothing is signed out.
        longest_hours: after which everybody is.
        attempts: wrong passwords for one name in a quarter of an hour, after which it has to wait;
            ten times as many from one address.
        around_seconds: of sound before and after what was said.
    """

    twice: float = 0.1
    appeal_days: float = 7.0
    answer_days: float = 7.0
    idle_minutes: float = 30.0
    longest_hours: float = 12.0
    attempts: int = 5
    around_seconds: float = 4.0


@dataclass(frozen=True, slots=True)
class PrivacyOptions:
    """What is kept of the people who were recorded.

    Attributes:
        mask: whether numbers, names and addresses are hidden in what was said, before anything is
            judged, shown or kept.
    """

    mask: Switch = "on"


@dataclass(frozen=True, slots=True)
class RetentionOptions:
    """How long what was kept may stay, days; 0 is until somebody deletes it.

    `courtesy db purge` without a day takes what is older.

    Attributes:
        sound: files that were recorded at the counter.
        words: what people said, and sound with it; scores stay.
        scores: everything of a recording.
        voiceprints: of clerks, from the day they were enrolled.
    """

    sound: int = 0
    words: int = 0
    scores: int = 0
    voiceprints: int = 0


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of all stages together."""

    speech: SpeechOptions = field(default_factory=SpeechOptions)
    matching: MatchOptions = field(default_factory=MatchOptions)
    dialogue: DialogueOptions = field(default_factory=DialogueOptions)
    measures: MeasureOptions = field(default_factory=MeasureOptions)
    fairness: FairnessOptions = field(default_factory=FairnessOptions)
    live: LiveOptions = field(default_factory=LiveOptions)
    review: ReviewOptions = field(default_factory=ReviewOptions)
    privacy: PrivacyOptions = field(default_factory=PrivacyOptions)
    retention: RetentionOptions = field(default_factory=RetentionOptions)

    def with_changes(self, **stages: Mapping[str, object]) -> "Settings":
        """Return a copy with what the command line asks for; None leaves a value as it is.

        Raises:
            UsageError: a value of the wrong type or out of range.
        """
        new = self
        for stage, values in stages.items():
            given = {name: value for name, value in values.items() if value is not None}
            new = dataclasses.replace(new, **{stage: change(getattr(new, stage), given)})
        return new


Options = TypeVar(
    "Options",
    SpeechOptions,
    MatchOptions,
    DialogueOptions,
    MeasureOptions,
    FairnessOptions,
    LiveOptions,
    ReviewOptions,
    PrivacyOptions,
    RetentionOptions,
)

_CHOICES = {
    "device": ("auto", "cpu", "cuda"),
    "clerk": ("auto", "left", "right"),
    "mode": ("auto", "counter", "phone"),
    "voices": ("auto", "off", "dvector", "campplus"),
    "number_calls": ("on", "off"),
    "mask": ("on", "off"),
    "keep_sound": ("nothing", "clips", "day"),
}
# Lowest and highest value; all other numbers are 0 or more.
_RANGES: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("credit", "blame", "doubt", "hint", "ask", "voice_threshold"), (0, 1)),
    **dict.fromkeys(("clipped", "chinese", "quality", "lost", "twice"), (0, 1)),
    **dict.fromkeys(("sound", "words", "scores", "voiceprints"), (0, 36500)),  # a hundred years
    "beam_size": (1, 64),
    **dict.fromkeys(("workers", "batch_size"), (0, 64)),
    "snr_db": (-20, 60),
    "level_db": (-100, 0),
    "pad_seconds": (0, 0.5),
    "max_seconds": (2, 28),  # Whisper looks at 30 seconds at once
}


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings file, or give the defaults where there is none.

    Args:
        path: a file that must exist; None looks in `COURTESY_CONFIG` and the user's folder.

    Raises:
        UsageError: a named file is missing, is not TOML, or holds an unknown or impossible value.
    """
    named = path or (
        Path(os.environ["COURTESY_CONFIG"]) if "COURTESY_CONFIG" in os.environ else None
    )
    file = (
        named or Path(platformdirs.user_config_dir("courtesy", appauthor=False)) / "courtesy.toml"
    )
    if named is None and not file.is_file():
        return Settings()
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        why = reason(error)
        raise UsageError(
            Text(
                f"读不了设置文件 {file}：{why.zh}。请改正它，或去掉 --config。",
                f"Cannot read the settings file {file}: {why.en}. "
                "Correct it, or leave out --config.",
            )
        ) from error
    settings = Settings()
    for stage, values in table.items():
        if stage not in {f.name for f in dataclasses.fields(Settings)} or not isinstance(
            values, dict
        ):
            raise _bad_setting(file, stage, ", ".join(f.name for f in dataclasses.fields(Settings)))
        settings = dataclasses.replace(
            settings, **{stage: change(getattr(settings, stage), values, file)}
        )
    return settings


def change(
    options: Options, values: Mapping[str, object], where: Path | str = "--option"
) -> Options:
    """Return a copy of `options` with `values` set, each checked for its type and range.

    Raises:
        UsageError: an unknown field, a value of another type, or one out of range.
    """
    known = {f.name: f for f in dataclasses.fields(options)}
    for name, value in values.items():
        if name not in known:
            raise _bad_setting(where, name, ", ".join(known))
        default = known[name].default
        number = isinstance(default, float) and isinstance(value, int | float)
        if isinstance(value, bool) or not (number or type(value) is type(default)):
            raise _bad_setting(where, f"{name} = {value!r}", type(default).__name__)
        if name in _CHOICES and value not in _CHOICES[name]:
            raise _bad_setting(where, f"{name} = {value!r}", " | ".join(_CHOICES[name]))
        if isinstance(value, int | float):
            low, top = _RANGES.get(name, (0, 1e6))
            if not low <= value <= top:
                raise _bad_setting(where, f"{name} = {value!r}", f"{low}–{top:g}")
    return dataclasses.replace(options, **values)  # type: ignore[arg-type]


def _bad_setting(where: Path | str, got: str, expected: str) -> UsageError:
    return UsageError(
        Text(
            f"设置有误（{where}）：{got}；可用的是：{expected}。",
            f"Wrong setting ({where}): {got}; expected: {expected}.",
        )
    )
