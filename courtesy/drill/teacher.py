"""What practice on a server needs, made ready when it is first needed."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from courtesy.config import Settings
from courtesy.drill.hearing import Hearer
from courtesy.drill.marking import Answer, Marker
from courtesy.drill.reading import Flaw, Reading, drills_dir, read_scenarios
from courtesy.drill.scenarios import Scenario, Step
from courtesy.errors import CourtesyError
from courtesy.lexicon import load_lexicon
from courtesy.scoring.rubric_file import load_rubric
from courtesy.speech.following import Following
from courtesy.speech.models import locate
from courtesy.speech.recognise import WhisperRecogniser

# Where a folder of one's own lists keeps its scenarios.
OWN = "drills"


@dataclass
class Teacher:
    """One a server; any number of people learn at once.

    Attributes:
        lists: returns the folders of lists in force.
        own: folders of one's own, which may hold scenarios as well.
        rubric: returns the file of the rubric in force.
        settings: of matching and of speech.
        load: loads the recogniser of some settings.
    """

    lists: Callable[[], Sequence[Path]]
    own: Sequence[Path]
    rubric: Callable[[], Path]
    settings: Settings
    load: Callable[[Settings], WhisperRecogniser]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _hearing: threading.Lock = field(default_factory=threading.Lock)
    _made: "tuple[object, Marker] | None" = None
    _read: "tuple[object, Reading] | None" = None
    _hearer: Hearer | None = None

    def marker(self) -> Marker:
        """Return what marks answers, by the lists as they are now.

        Raises:
            LexiconError: a list or the rubric breaks its format.
        """
        folders, rubric = tuple(self.lists()), self.rubric()
        stamp = _stamp([rubric, *_files(folders)])
        with self._lock:
            if self._made is None or self._made[0] != stamp:
                lexicon = load_lexicon(folders)
                self._made = (
                    stamp, Marker(lexicon, load_rubric(rubric), self.settings.matching)
                )  # fmt: skip
            return self._made[1]

    def scenarios(self) -> dict[str, Scenario]:
        """Return the scenarios that can be practised, by their ids; a broken one is left out."""
        return {one.id: one for one in self._reading().scenarios}

    def flaws(self) -> tuple[Flaw, ...]:
        """Return what is wrong with the scenarios that are left out."""
        return self._reading().flaws

    def _reading(self) -> Reading:
        own = (folder / OWN for folder in self.own)
        places = [drills_dir(), *(folder for folder in own if any(folder.glob("*.toml")))]
        stamp = _stamp(_files(places))
        with self._lock:
            if self._read is None or self._read[0] != stamp:
                self._read = stamp, read_scenarios(places)
            return self._read[1]

    @property
    def hears(self) -> bool:
        """Whether a speech model is there, so that answers can be spoken."""
        try:
            locate(self.settings.speech.model)
        except CourtesyError:
            return False
        return True

    def hear(self, path: Path, step: Step) -> Answer:
        """Return what is answered to a step in a recording.

        Raises:
            ModelError, SpeechError: there is nothing to listen with.
            InputError: it cannot be decoded.
        """
        with self._hearing:
            if self._hearer is None:
                one = self.settings.with_changes(speech={"workers": 1, "batch_size": 1})
                self._hearer = Hearer(Following(self.load(one)), one.speech)
        return self._hearer.hear(path, self.marker().questions(step))


def _files(folders: Iterable[Path]) -> list[Path]:
    return [file for folder in folders for file in sorted(folder.glob("*.toml"))]


def _stamp(files: Iterable[Path]) -> object:
    """Return what is another one when any of some files was changed, and none is read for it."""
    return [(str(f), f.stat().st_mtime_ns, f.stat().st_size) for f in files if f.is_file()]
