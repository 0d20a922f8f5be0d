"""The whole road, from a file to its scorecards. Only this module joins the stages."""

import dataclasses
import itertools
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from courtesy import __version__, began
from courtesy.config import Settings
from courtesy.dialogue.corrections import CORRECTED, correct
from courtesy.dialogue.interactions import split
from courtesy.dialogue.measures import events, habit
from courtesy.dialogue.roles import assign, lost_words
from courtesy.errors import CourtesyError, InputError
from courtesy.folders import lexicon_dir, rubric_file
from courtesy.lexicon import Lexicon, load_lexicon
from courtesy.lexicon.load import RUBRIC_FILE
from courtesy.matching.matcher import Matcher
from courtesy.messages import Text
from courtesy.records import (
    Fault,
    Heard,
    Interaction,
    MadeBy,
    Question,
    Recording,
    Removed,
    Scorecard,
    Utterance,
    Word,
)
from courtesy.scoring.fairness import unfair_channel
from courtesy.scoring.rubric import Rubric
from courtesy.scoring.rubric_file import find_rubric, load_rubric
from courtesy.scoring.score import score
from courtesy.speech.listen import Listening, Progress, ProgressOf, listen
from courtesy.speech.recognise import Recogniser, Transcribed, WhisperRecogniser
from courtesy.speech.second import Ask
from courtesy.speech.sound import together
from courtesy.speech.voice import Speech
from courtesy.speech.voiceprints import known_prints
from courtesy.speech.voices import SpeakerEncoder, Voices, load_encoder, load_if_there
from courtesy.text.personal import find_personal, hidden, without_personal_data
from courtesy.text.script import simplify
from courtesy.transcripts import is_transcript, read_transcripts

LoadRecogniser = Callable[[], Recogniser]


class Pipeline:
    """Lexicon, rubric and settings made ready; the recogniser is loaded for the first recording."""

    def __init__(
        self,
        settings: Settings,
        lexicon: Lexicon,
        rubric: Rubric,
        load_recogniser: LoadRecogniser,
        encoder: SpeakerEncoder | None = None,
    ) -> None:
        """Make the stages ready.

        Args:
            settings: of every stage.
            lexicon: the phrases.
            rubric: the rules.
            load_recogniser: called at most once, when there is sound to hear.
            encoder: tells voices apart; None loads the one of the settings, if there is one.
        """
        self._settings = settings
        self._lexicon = lexicon
        self._rubric = rubric
        # The dictionaries take a second to load; the model loads and listens meanwhile.
        loader = ThreadPoolExecutor(1)
        self._matcher = loader.submit(Matcher, lexicon, settings.matching)
        loader.shutdown(wait=False)
        self._load = load_recogniser
        self._recogniser: Recogniser | None = None
        self._refused: CourtesyError | None = None
        self._encoder = encoder
        self._prints: tuple[tuple[float, ...], ...] = ()

    def run(self, path: Path, progress: Progress | None = None) -> Iterator[Recording]:
        """Score one file; a fault of this file becomes its error entry, the next file goes on.

        Args:
            path: a recording or a transcript.
            progress: told the seconds heard and in all, for recordings.

        Yields:
            one result; several for a JSON transcript that holds several recordings.
        """
        try:
            heard = self.hear(path, progress)
        except CourtesyError as error:
            yield refused(path, error)
            return
        for one in heard:
            try:
                yield self.judge(one)
            except CourtesyError as error:
                yield refused(path, error)

    def hear(self, path: Path, progress: Progress | None = None) -> tuple[Heard, ...]:
        """Return what was said, without judging it.

        Raises:
            InputError: the file cannot be understood.
            ModelError, SpeechError: there is nothing to listen with, or it failed.
            VoiceError: voices are to be compared and cannot be.
        """
        if is_transcript(path):
            return tuple(
                self._hidden(dataclasses.replace(one, began=one.began or began.by_name(one.path)))
                for one in read_transcripts(path)
            )
        recogniser = self._ready()
        speech = self._settings.speech
        heard = listen(path, recogniser, speech, progress, self.questions, self.voices)
        return (self._hidden(_dated(heard)),)

    def hear_all(
        self, paths: Iterable[Path], progress: ProgressOf | None = None
    ) -> Generator[tuple[Path, Heard | InputError], None, None]:
        """Yield what was said in each recording, or why it cannot be heard, as they get ready.

        Args:
            paths: recordings, fetched one by one, shortly before they are needed, in a thread of
                their own. The recogniser is loaded for the first one.
            progress: told the path, and the seconds heard and in all.

        Raises:
            ModelError, SpeechError: there is nothing to listen with, or it failed.
            VoiceError: voices are to be compared and cannot be.
        """
        late = _Late(self._ready)
        listening = Listening(late, self._settings.speech, self.questions, self.voices)
        with closing(listening.hear(paths, progress)) as heard_ones:
            for path, heard in heard_ones:
                if isinstance(heard, InputError):
                    yield path, heard
                else:
                    yield path, self._hidden(_dated(heard))

    def hide(
        self, utterances: Sequence[Utterance], known: set[str] | None = None
    ) -> tuple[Utterance, ...]:
        """Return utterances without personal data, where the settings want it so.

        Args:
            utterances: that follow each other.
            known: names of people who were named before; those that are named now come to it.
        """
        if self._settings.privacy.mask == "off":
            return tuple(utterances)
        return without_personal_data(utterances, known)

    def hide_removed(
        self, removed: Sequence[Removed], known: set[str] | None = None
    ) -> tuple[Removed, ...]:
        """Return what was taken out likewise: it may have been said all the same."""
        if self._settings.privacy.mask == "off":
            return tuple(removed)
        texts = [one.heard for one in removed]
        shown = map(hidden, texts, find_personal(texts, known))
        pairs = zip(removed, shown, strict=True)
        return tuple(dataclasses.replace(one, heard=text) for one, text in pairs)

    def _hidden(self, heard: Heard) -> Heard:
        known: set[str] = set()
        said = self.hide(heard.utterances, known)
        removed = self.hide_removed(heard.removed, known)
        return dataclasses.replace(heard, utterances=said, removed=removed)

    def judge(self, heard: Heard) -> Recording:
        """Find roles, interactions and phrases in what was heard, and score each interaction."""
        return self._judged(*self.divide(heard))

    def divide(self, heard: Heard) -> tuple[Heard, tuple[Interaction, ...]]:
        """Find who speaks, and where one customer's business ends and the next one's begins.

        Returns:
            what was heard, with roles, and its interactions, not yet judged.
        """
        matcher = self._matcher.result()
        first = matcher.match(heard.utterances)
        options = self._settings.dialogue
        utterances, note = assign(heard.utterances, first, options, self._prints)
        if options.correct:
            utterances, note = correct(utterances, options.correct), CORRECTED
        interactions = split(utterances, first, options, whole=heard.whole)
        notes = (*heard.notes, note) if note else heard.notes
        return dataclasses.replace(heard, utterances=utterances, notes=notes), interactions

    def judge_again(self, heard: Heard, parts: Sequence[Interaction] = ()) -> Recording:
        """Judge anew what was judged before. Who spoke stays as it was found, or corrected, then.

        Args:
            heard: with its roles, and the notes on how they were found.
            parts: its interactions as they were found then, where voices helped, since voices are
                not kept; empty finds them anew.
        """
        if not parts:
            # Nobody had a role yet when the words were first looked at, but in a transcript.
            unknown = heard.utterances
            if heard.channels is not None:
                unknown = tuple(dataclasses.replace(u, role="unknown") for u in unknown)
            first = self._matcher.result().match(unknown)
            options = self._settings.dialogue
            parts = split(heard.utterances, first, options, whole=heard.whole)
        return self._judged(heard, parts)

    def _judged(self, heard: Heard, interactions: Iterable[Interaction]) -> Recording:
        """Find the phrases of each interaction, and score it."""
        matcher, utterances = self._matcher.result(), heard.utterances
        usual = habit((u for u in utterances if u.role == "clerk"), self._settings.measures)
        scorecards: list[Scorecard] = []
        for number, interaction in enumerate(interactions):
            matches = matcher.match(interaction.utterances)
            lost = lost_words(interaction, heard.removed)
            whole = dataclasses.replace(
                interaction,
                matches=matches,
                lost=lost,
                sound=together(
                    u.sound for u in interaction.utterances if u.sound and u.role == "clerk"
                ),
                events=events(
                    interaction.utterances,
                    self._settings.measures,
                    clerk=usual,
                    lost=heard.removed,
                ),
                began=began.of_interaction(heard.began, interaction.start, first=number == 0),
            )
            scorecards.append(score(whole, self._rubric, self._settings.fairness))
        notes = heard.notes
        if not any(card.interaction.sound for card in scorecards):
            notes = tuple(dict.fromkeys((*notes, *self._poor_sound(heard))))
        return Recording(
            heard=dataclasses.replace(heard, notes=notes),
            readings=tuple(simplify(u.heard) for u in utterances),
            scorecards=tuple(scorecards),
        )

    def _poor_sound(self, heard: Heard) -> Iterator[Text]:
        """Yield what is wrong with the sound where no scorecard can say it: no clerk was heard."""
        for sound in heard.sound:
            why = unfair_channel(sound, self._settings.fairness)
            if why:
                yield why

    def prepare(self) -> None:
        """Load the recogniser now, to find out what is missing before anything is heard.

        Raises:
            ModelError, SpeechError: there is nothing to listen with.
        """
        self._ready()

    @property
    def lexicon(self) -> Lexicon:
        """The phrases it looks for."""
        return self._lexicon

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of the rules it judges by, in the rubric's order."""
        return tuple(rule.id for rule in self._rubric.rules)

    def made_by(self) -> MadeBy:
        """Return the versions and settings behind the results so far."""
        return MadeBy(
            courtesy=__version__,
            model=self._recogniser.name if self._recogniser else None,
            lexicons=self._lexicon.digest,
            rubric=self._rubric.stamp,
            # What is said while people talk, and how they look at it later, changes no score.
            options={
                k: dict(v)
                for k, v in dataclasses.asdict(self._settings).items()
                if k not in {"live", "review"}
            },
            scale=self._rubric.scale,
        )

    def voices(self) -> Voices:
        """Return what takes the voices of one recording."""
        # With voiceprints to compare with, voices tell something on two channels as well.
        return Voices(self._encoder, always=bool(self._prints))

    def questions(self, text: str, words: Sequence[Word]) -> tuple[Question, ...]:
        """Return what the sound of an utterance is to be asked again.

        Args:
            text: of the utterance.
            words: its words, in order.
        """
        # By the time that there is a text to ask about, the lexicon is ready.
        return self._matcher.result().questions(text, words)

    def _ready(self) -> Recogniser:
        """Return the recogniser; a failure to load it is remembered, not tried for every file."""
        if self._refused:
            raise self._refused
        if self._recogniser is None:
            try:
                self._ready_voices()
                self._recogniser = self._load()
            except CourtesyError as error:
                self._refused = error
                raise
        return self._recogniser

    def _ready_voices(self) -> None:
        """Load speaker encoder and voiceprints: what is asked for by name, else what is there.

        Raises:
            ModelError, VoiceError: what is asked for by name is not there or cannot be used.
        """
        options = self._settings.dialogue
        if options.voices == "off" and not options.clerk_voice:
            self._encoder = None
            return
        if self._encoder is None:
            asked = options.voices != "auto" or options.clerk_voice
            load = load_encoder if asked else load_if_there
            self._encoder = load("auto" if options.voices == "off" else options.voices)
        if self._encoder:
            self._prints = known_prints(options.clerk_voice, self._encoder.name)


class _Late:
    """A recogniser that is loaded when there is something to hear, and not for transcripts."""

    name = ""

    def __init__(self, load: LoadRecogniser) -> None:
        self._load = load

    def transcribe(self, speech: Iterable[Speech], ask: Ask | None = None) -> Iterator[Transcribed]:
        """Yield what the recogniser makes of it."""
        rest = iter(speech)
        first = next(rest, None)
        if first is not None:
            yield from self._load().transcribe(itertools.chain([first], rest), ask)


def _dated(heard: Heard) -> Heard:
    """Return a recording with what its name says of when it began, if it says anything.

    Names outlive conversions; what a program wrote into the file may be when it converted.
    """
    return dataclasses.replace(heard, began=began.by_name(heard.path) or heard.began)


def refused(path: Path, error: CourtesyError) -> Recording:
    """Return the result for an input that could not be scored."""
    return Recording(Heard(str(path), ()), error=Fault(error.kind, error.text))


def load_pipeline(
    settings: Settings,
    own_lexicons: Sequence[Path] = (),
    rubric: Path | None = None,
    load_recogniser: LoadRecogniser | None = None,
) -> Pipeline:
    """Make a pipeline of the built-in lexicons and the user's own.

    Args:
        settings: of every stage.
        own_lexicons: folders read after the built-in one; the last that has a rubric gives it.
        rubric: a rubric file, or the name of a built-in one, that comes before all others.
        load_recogniser: None takes faster-whisper with the model of the settings.

    Raises:
        LexiconError: a lexicon or the rubric breaks its format.
    """
    folders = [lexicon_dir(), *own_lexicons]
    files = [folder / RUBRIC_FILE for folder in folders if (folder / RUBRIC_FILE).is_file()]
    return Pipeline(
        settings,
        load_lexicon(folders),
        load_rubric(
            find_rubric(rubric) if rubric else files[-1] if files else rubric_file("window")
        ),
        load_recogniser or (lambda: whisper(settings)),
    )


def whisper(settings: Settings) -> WhisperRecogniser:
    """Load the speech model of the settings.

    Raises:
        ModelError: it is missing, incomplete or altered; the message says how to get it.
    """
    from courtesy.speech.models import checksum, locate

    folder = locate(settings.speech.model)
    return WhisperRecogniser(folder, f"{folder.name} ({checksum(folder)})", settings.speech)
