"""The values that travel from stage to stage. All are frozen; none knows how it was made.

Times are seconds from the start of the recording. Character spans are half-open, `[start, end)`, in
the text as it was heard.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, NamedTuple

from courtesy.messages import Text

Seconds = float
Role = Literal["clerk", "customer", "unknown"]
Mode = Literal["counter", "phone"]
Verdict = Literal["pass", "fail", "na", "unsure"]
How = Literal["exact", "fuzzy", "phonetic", "wording", "audio"]
Polarity = Literal["polite", "forbidden"]
Standing = Literal["counted", "near", "excluded", "context", "customer", "unknown"]

# With the unit of the value:
#   gap          nobody speaks (冷场); seconds
#   overlap      both speak at once; seconds. Whose: who began second
#   interruption begins while the other speaks, who then stops (抢话); seconds until that
#   pace         how fast an utterance is; characters a minute
#   fast         the same, where it is fast; characters a minute
#   loud         louder than the same speaker usually is; dB above that
#   response     from the end of the customer's question to the clerk's next words; seconds
#   unanswered   a question after which the clerk says nothing more; seconds until the last word
#   quarrel      both sides loud or fast, or over each other (争吵); number of pieces of evidence
EventKind = Literal[
    "gap", "overlap", "interruption", "pace", "fast", "loud", "response", "unanswered", "quarrel"
]
# Number: any other of somebody's own, of an account, a passport, a code that was sent.
PersonalKind = Literal[
    "name", "identity", "phone", "card", "plate", "address", "birth", "email", "number"
]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters in a text.

    Attributes:
        start: the first character.
        end: one past the last; never less than `start`.
    """

    start: int
    end: int

    def __len__(self) -> int:
        """Return the number of characters."""
        return self.end - self.start

    def overlaps(self, other: "Span") -> bool:
        """Tell whether the two share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of recognised text with its time, as fine as the recogniser gives it.

    Attributes:
        text: as recognised, spaces kept.
        start: seconds.
        end: seconds.
        probability: the recogniser's own, 0 to 1.
    """

    text: str
    start: Seconds
    end: Seconds
    probability: float


@dataclass(frozen=True, slots=True)
class Question:
    """Something else that may have been said in place of some words.

    Attributes:
        span: the words, in the text as heard.
        wording: what may have been said there, in the same script.
    """

    span: Span
    wording: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the sound answered when it was asked again.

    Attributes:
        span: the words that were heard, in the text as heard.
        wording: what may have been said there instead.
        gain: how much likelier the sound makes the wording than the words that were heard, as the
            natural logarithm of the ratio; seldom above 0, since what was heard was the likeliest.
    """

    span: Span
    wording: str
    gain: float


@dataclass(frozen=True, slots=True)
class Personal:
    """Personal data in an utterance.

    Attributes:
        span: where, in the text as heard.
        kind: what it is.
        heard: what was heard there, where the text hides it. It is never written anywhere by
            itself, not even by `repr`.
    """

    span: Span
    kind: PersonalKind
    heard: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SoundQuality:
    """How speech sounds: one stretch of it, or many together.

    Attributes:
        channel: 0 left, 1 right; None for one channel, or for several together.
        seconds: of sound that was measured, with the pauses at the ends of each stretch.
        level: of the speech itself, pauses left out, in dB under full scale (dBFS).
        noise: in the pauses, dBFS.
        clipped: share of the samples at the flat top of a clipped wave, 0 to 1; voices that are not
            clipped have less than 0.01.
        dropouts: places where the sound breaks off in the middle of a wave.
        chinese: how likely the language is the one listened for, 0 to 1; None where nobody asked.
    """

    channel: int | None
    seconds: Seconds
    level: float
    noise: float
    clipped: float
    dropouts: int
    chinese: float | None = None

    @property
    def snr(self) -> float:
        """By how much the speech is stronger than the noise, in dB, -20 to 90."""
        speech = 10 ** (self.level / 10) - 10 ** (self.noise / 10)
        return min(90.0, max(-20.0, 10 * math.log10(max(speech, 1e-12)) - self.noise))

    @property
    def dropouts_a_minute(self) -> float:
        """Dropouts in a minute of speech."""
        return 60 * self.dropouts / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one person said between two pauses.

    Attributes:
        id: position in its recording, from 0, in order of time.
        heard: the words as recognised or as the transcript has them, never rewritten.
        role: who said it, as far as is known.
        start: seconds; None where a transcript has no times.
        end: seconds; None likewise.
        quality: how sure the recogniser was, 0 to 1; None for a transcript.
        channel: 0 left, 1 right; None for one channel or a transcript.
        words: times inside the utterance; empty for a transcript.
        asked: what the sound was asked again about.
        loudness: of the speech itself, dBFS; None for a transcript.
        sound: how it sounds; None likewise.
        voice: its speaker's voice, a unit vector; empty where none was taken. Personal data: it is
            never written anywhere, not even by `repr`.
        role_confidence: how likely the role is, 0 to 1; None where it was told and not found out.
        personal: what `heard` and `words` hide.
    """

    id: int
    heard: str
    role: Role = "unknown"
    start: Seconds | None = None
    end: Seconds | None = None
    quality: float | None = None
    channel: int | None = None
    words: tuple[Word, ...] = ()
    asked: tuple[Asked, ...] = ()
    loudness: float | None = None
    sound: SoundQuality | None = None
    voice: tuple[float, ...] = field(default=(), repr=False)
    role_confidence: float | None = None
    personal: tuple[Personal, ...] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """Sound that gave no words to believe, kept so that people can see it.

    Attributes:
        heard: what the recogniser wrote; empty where it wrote nothing.
        start: seconds.
        end: seconds.
        reason: why it is not believed.
        channel: 0 left, 1 right; None for one channel.
    """

    heard: str
    start: Seconds
    end: Seconds
    reason: Text
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class NormText:
    """One text in one script and one width, with the way back.

    Attributes:
        original: the text as heard.
        text: letters and ideographs only, simplified, lower case, digits as they are spoken.
        starts: for each character of `text`, where what it stands for begins in `original`.
        ends: the same for where that ends.
        clauses: spans of `text` between marks of punctuation, in order, covering all of it.
        pauses: characters of `text` before which the speaker paused; empty for a transcript.
        breaths: the same for pauses so short that they need not end anything.
    """

    original: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    clauses: tuple[Span, ...]
    pauses: tuple[int, ...] = ()
    breaths: tuple[int, ...] = ()

    def back(self, span: Span) -> Span:
        """Map a span of `text` to the span of `original` it was made from."""
        if span.start >= span.end:
            at = self.starts[span.start] if span.start < len(self.starts) else len(self.original)
            return Span(at, at)
        return Span(self.starts[span.start], self.ends[span.end - 1])


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase of the lexicon found in an utterance.

    Attributes:
        id: position among the matches of its interaction, from 0.
        list: the lexicon list, for example "greeting" or "forbidden".
        polarity: whether saying it is good or bad.
        phrase: the canonical phrase, simplified.
        phrase_id: its id in the lexicon.
        sources: documents and clauses it comes from.
        severity: "minor", "serious" or "fatal"; empty for a courtesy.
        heard: the words of the utterance that were taken for it.
        span: where they stand in the utterance's `heard`.
        utterance: id of the utterance.
        role: who said it.
        start: seconds; None without times.
        end: seconds.
        how: by which comparison it was found.
        confidence: how likely it is that the phrase was said, 0 to 1; for a transcript, in which
            nothing was misheard, the likeness.
        standing: "counted"; or why not: not near enough, excluded by a longer word or by its entry
            in the lexicon, undone by its context, the customer said it, or it is unknown who did.
        why: the same as a sentence.
        likeness: how near the words come to the phrase, 0 to 1; 1 when they are the phrase.
        slots: what was said in the phrase's slots (请到××窗口), as it was heard.
    """

    id: int
    list: str
    polarity: Polarity
    phrase: str
    phrase_id: str
    sources: tuple[str, ...]
    severity: str
    heard: str
    span: Span
    utterance: int
    role: Role
    start: Seconds | None
    end: Seconds | None
    how: How
    confidence: float
    standing: Standing
    why: Text
    likeness: float = 1.0
    slots: tuple[str, ...] = ()

    @property
    def counted(self) -> bool:
        """Whether it enters the score."""
        return self.standing == "counted"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is heard in how people speak, whatever their words are.

    Attributes:
        kind: see `EventKind`.
        role: whose it is; "unknown" for a silence, and for a quarrel, which takes two.
        start: seconds.
        end: seconds.
        value: the measure, in the unit of its kind.
        utterances: ids of the utterances it rests on, in order of time.
        text: one sentence that names the measure.
    """

    kind: EventKind
    role: Role
    start: Seconds
    end: Seconds
    value: float
    utterances: tuple[int, ...]
    text: Text


@dataclass(frozen=True, slots=True)
class Interaction:
    """One customer's business at the window, from coming to leaving.

    Attributes:
        id: position in its recording, from 0.
        utterances: in order of time.
        mode: at the counter or by telephone.
        ended: whether the customer is seen to leave, and not only the recording to stop.
        matches: what the lexicon finds in the utterances.
        lost: sound on the clerk's channel that gave no words; what is missing may have been there.
        sound: how the clerk's words sound, taken together; None without sound.
        events: what happens besides the words: silences, interruptions, loud and fast speech.
        aside: whether it is talk that belongs to no customer, such as colleagues among themselves
            or a number that nobody answers; it is never scored.
        began: local time by the clock on the wall, without a zone; None where it is not known.
    """

    id: int
    utterances: tuple[Utterance, ...]
    mode: Mode = "counter"
    ended: bool = True
    matches: tuple[Match, ...] = ()
    lost: tuple[Removed, ...] = ()
    sound: SoundQuality | None = None
    events: tuple[Event, ...] = ()
    aside: bool = False
    began: datetime | None = None

    @property
    def start(self) -> Seconds | None:
        """Seconds; None without times."""
        return self.utterances[0].start if self.utterances else None

    @property
    def end(self) -> Seconds | None:
        """Seconds; None without times."""
        ends = [u.end for u in self.utterances if u.end is not None]
        return max(ends) if ends else None


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says of one interaction.

    Attributes:
        rule: the rule's id, for example "greeting".
        verdict: pass, fail, na (does not apply) or unsure (cannot tell).
        points: what it adds to the score: negative for "fail", positive for a bonus, else 0.
        reason: one sentence.
        start: seconds of the evidence; None without times.
        end: seconds.
        matches: ids of the matches that are the evidence.
        utterances: ids of the utterances that are the evidence.
    """

    rule: str
    verdict: Verdict
    points: float
    reason: Text
    start: Seconds | None = None
    end: Seconds | None = None
    matches: tuple[int, ...] = ()
    utterances: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The judgement of one interaction.

    Attributes:
        interaction: what was judged, with its matches.
        findings: one a rule and breach, in the rubric's order.
        score: 0 to 100; None when the interaction cannot be judged.
        grade: the rubric's name for the score; None likewise.
        scorable: whether enough is known to give a score.
        note: why there is no score; None where there is one.
    """

    interaction: Interaction
    findings: tuple[Finding, ...]
    score: float | None
    grade: Text | None
    scorable: bool
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """Sound that courtesy recorded itself, in a file.

    Attributes:
        path: of the file, absolute.
        start: seconds from the start of its recording; None for the whole of it.
        end: seconds; None likewise.
    """

    path: str
    start: Seconds | None = None
    end: Seconds | None = None


class Whose(NamedTuple):
    """Whom a recording is of; empty where it is not known.

    Attributes:
        hall: name.
        window: number or name.
        clerk: name or number.
    """

    hall: str = ""
    window: str = ""
    clerk: str = ""


NOBODY: Final = Whose()


class Judged(NamedTuple):
    """What is left of a judged interaction where many are compared.

    A tuple, since a month has hundreds of thousands of them.

    Attributes:
        path: of its recording.
        began: local time; None where it is not known.
        score: 0 to 100; None where it could not be judged.
        aside: whether it is talk that belongs to no customer.
        whose: hall, window and clerk.
        grade: the rubric's name for the score; None where there is none, or where it was not told.
        note: why there is no score; None likewise.
    """

    path: str
    began: datetime | None
    score: float | None
    aside: bool = False
    whose: Whose = NOBODY
    grade: Text | None = None
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an input could not be scored.

    Attributes:
        kind: as `CourtesyError.kind`.
        message: the sentence.
    """

    kind: str
    message: Text


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard in one input, before anything is made of it.

    Attributes:
        path: as the user gave it.
        utterances: in order of time.
        removed: what the guard took out.
        duration: seconds; None for a transcript without times.
        channels: of the recording; None for a transcript.
        whole: whether it goes on to its proper end; a recording that was cut off shows no farewell.
        notes: what a reader should know, for example that the end was missing.
        sound: how speech sounds, one a channel; empty for a transcript and where nobody speaks.
        began: when the recording did, local time by the clock on the wall, without a zone; None
            where it is not known.
    """

    path: str
    utterances: tuple[Utterance, ...]
    removed: tuple[Removed, ...] = ()
    duration: Seconds | None = None
    channels: int | None = None
    whole: bool = True
    notes: tuple[Text, ...] = ()
    sound: tuple[SoundQuality, ...] = ()
    began: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """The result for one input: its scorecards, or why there are none.

    Attributes:
        heard: what was heard; empty when there is an error.
        readings: for each utterance, in order, its text in one script.
        scorecards: one an interaction.
        error: None when it was scored.
    """

    heard: Heard
    readings: tuple[str, ...] = ()
    scorecards: tuple[Scorecard, ...] = ()
    error: Fault | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """What scores are reckoned from, and what they are called.

    Attributes:
        base: points before anything is taken off.
        grades: the lowest score of each and its name, the highest first.
    """

    base: float
    grades: tuple[tuple[float, Text], ...] = ()

    def score(self, points: float) -> float:
        """Return the score that findings leave, 0 to 100.

        Args:
            points: of all findings together.
        """
        return round(min(100.0, max(0.0, self.base + points)), 2)

    def grade(self, score: float) -> Text | None:
        """Return what a score is called; None where that is not known."""
        return next((title for least, title in self.grades if score >= least), None)


@dataclass(frozen=True, slots=True)
class MadeBy:
    """The versions that made a result, so that it can be made again.

    Attributes:
        courtesy: the program's version.
        model: name and checksum of the speech model; None for transcripts.
        lexicons: checksum over the lexicon files.
        rubric: name, version and checksum.
        options: the settings of every stage, by stage and field.
        scale: the rubric's; None where it is not known.
    """

    courtesy: str
    model: str | None
    lexicons: str
    rubric: str
    options: dict[str, dict[str, object]] = field(default_factory=dict)
    scale: Scale | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Run:
    """Everything one run of `courtesy score` found.

    Attributes:
        made_by: the versions.
        recordings: in the order they were given.
    """

    made_by: MadeBy
    recordings: tuple[Recording, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """An interaction as the store has it, for those who look at many.

    Attributes:
        path: of the recording, as it was first heard.
        hall: name; empty where it is not known, as the next two.
        window: number or name.
        clerk: name or number.
        began: local time at which the interaction began; None where it is not known.
        number: position in its recording, from 0.
        start: seconds; None without times.
        end: seconds.
        mode: at the counter or by telephone.
        aside: whether it is talk that belongs to no customer.
        score: 0 to 100; None when it cannot be judged.
        grade: the rubric's name for the score; None likewise.
        scorable: whether enough is known to give a score.
        note: why there is no score; None where there is one.
        findings: one a rule and breach, in the rubric's order.
        matches: what the lexicon found.
        sentences: what was said where a match counts, by the utterance's id; empty where the words
            were taken out.
        made_by: the versions.
    """

    path: str
    hall: str
    window: str
    clerk: str
    began: datetime | None
    number: int
    start: Seconds | None
    end: Seconds | None
    mode: Mode
    aside: bool
    score: float | None
    grade: Text | None
    scorable: bool
    note: Text | None
    findings: tuple[Finding, ...]
    matches: tuple[Match, ...]
    sentences: Mapping[int, str]
    made_by: MadeBy

    @property
    def duration(self) -> Seconds | None:
        """Seconds; None without times."""
        return None if self.start is None or self.end is None else self.end - self.start
