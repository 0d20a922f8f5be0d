"""What practice on a server needs, made ready when it is first needed."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from courtesy.config import Settings
from courtesy.drill.hearing import Hearer
from courtesy.drill.marking import Answer, Marker
from courtesy.drill.reading import Flaw, drills_dir, read_scenarios
from courtesy.drill.scenarios import Scenario
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
    _hearer: Hearer | None = None

    def marker(self) -> Marker:
        """Return what marks answers, by the lists as they are now.

        Raises:
            LexiconError: a list or the rubric breaks its format.
        """
        folders, rubric = tuple(self.lists()), self.rubric()
        files = [rubric, *(file for folder in folders for file in sorted(folder.glob("*.toml")))]
        stamp = [(str(f), f.stat().st_mtime_ns, f.stat().st_size) for f in files if f.is_file()]
        with self._lock:
            if self._made is None or self._made[0] != stamp:
                lexicon = load_lexicon(folders)
                self._made = (
                    stamp, Marker(lexicon, load_rubric(rubric), self.settings.matching)
                )  # fmt: skip
            return self._made[1]

    def scenarios(self) -> dict[str, Scenario]:
        """Return the scenarios that can be practised, by their ids; a broken one is left out."""
        return {one.id: one for one in read_scenarios(self._places()).scenarios}

    def flaws(self) -> tuple[Flaw, ...]:
        """Return what is wrong with the scenarios that are left out."""
        return read_scenarios(self._places()).flaws

    def _places(self) -> list[Path]:
        own = (folder / OWN for folder in self.own)
        return [drills_dir(), *(folder for folder in own if any(folder.glob("*.toml")))]

    @property
    def hears(self) -> bool:
        """Whether a speech model is there, so that answers can be spoken."""
        try:
            locate(self.settings.speech.model)
        except CourtesyError:
            return False
        return True

    def hear(self, path: Path) -> Answer:
        """Return what is answered in a recording.

        Raises:
            ModelError, SpeechError: there is nothing to listen with.
            InputError: it cannot be decoded.
        """
        with self._hearing:
            if self._hearer is None:
                one = self.settings.with_changes(speech={"workers": 1, "batch_size": 1})
                # The marker may be another one by the time that an answer is heard.
                self._hearer = Hearer(
                    Following(self.load(one)),
                    one.speech,
                    lambda text, words: self.marker().questions(text, words),
                )
        return self._hearer.hear(path)
