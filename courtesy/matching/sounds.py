"""How far apart two characters are, in what Mandarin speakers and recognisers confuse.

Costs run from 0 (the same) to 1 (nothing in common) and are whole multiples of 1/256, so that sums
of them are exact and do not depend on the order of adding. A negation that was heard where the
phrase has none is never overlooked; one that the phrase has may have been misheard, which is worse
than most.

What initials and finals cost is measured: `confusions.toml`, made by
`tests/corpus/measure_confusions.py`.
"""

import functools
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from courtesy.text.syllables import readings, toneless

Costs = npt.NDArray[np.float32]


def exact(cost: float) -> float:
    """Return the nearest multiple of 1/256."""
    return round(cost * 256) / 256


SAME_SOUND = exact(0.05)  # another character of the same toneless syllable
_OTHER_TONE = exact(0.03)  # on top, where no reading has the phrase's tone
NEVER = 9.0
_NEGATION_LOST = exact(1.2)
_NEGATION_OTHER = exact(0.7)

_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
NEGATIONS = frozenset("不没别未勿无非")
# Left out, added or misheard without changing what is said.
FILLERS = frozenset("嗯啊呃哦噢喔唉哎诶欸呀哈呢吧吗么了的地得这那个就也都先再一下儿")
FILLER = exact(0.3)
# They sound like words (呃 like 爱 in one of its readings) but never stand for one.
_HESITATIONS = frozenset("嗯呃噢喔唉哎诶欸")
# Who is meant: leaving a pronoun out is common in speech, swapping persons turns the meaning.
_PERSON = {"我": 1, "咱": 1, "俺": 1, "你": 2, "您": 2, "他": 3}
_PRONOUN = 0.5
_LOST = 1.5
_COURTEOUS = frozenset("您请")
# Written differently from clip to clip by the recogniser itself.
_TWINS = {
    frozenset("您你"): exact(0.2),
    frozenset("那哪"): exact(0.05),
    frozenset("吗嘛"): 0.0,
    frozenset("吗么"): exact(0.05),
}
# Two near parts are not twice as far as one.
_SECOND_PART = 2 / 3


def substitution(phrase: str, phrase_sound: str, heard: str, heard_sounds: Sequence[str]) -> float:
    """Return the cost of hearing one character for another.

    Args:
        phrase: the character of the phrase.
        phrase_sound: its syllable with its tone, in the phrase.
        heard: the character in the text.
        heard_sounds: every way to read it; none for a letter.

    >>> substitution("见", "jian4", "建", ("jian4",)), substitution("能", "neng2", "不", ("bu4",))
    (0.05078125, 9.0)
    """
    if phrase == heard:
        return 0.0
    twin = _TWINS.get(frozenset((phrase, heard)))
    if twin is not None:
        return twin
    if (heard in _HESITATIONS) != (phrase in _HESITATIONS):
        return 1.0
    said = toneless(phrase_sound)
    same = [sound for sound in heard_sounds if toneless(sound) == said]
    if same:
        return SAME_SOUND if phrase_sound in same else SAME_SOUND + _OTHER_TONE
    if heard in NEGATIONS:
        return _NEGATION_OTHER if phrase in NEGATIONS else NEVER
    if phrase in NEGATIONS:
        return _NEGATION_LOST
    if phrase in _PERSON and heard in _PERSON:
        return NEVER
    return min((sound_distance(said, toneless(s)) for s in heard_sounds), default=1.0)


@functools.lru_cache(maxsize=65536)
def sound_distance(one: str, other: str) -> float:
    """Return the distance of two toneless syllables, 0 to 1.

    >>> sound_distance("ma", "ma"), sound_distance("ma", "qu")
    (0.0, 1.0)
    """
    if one == other:
        return 0.0
    (i1, f1), (i2, f2) = parts(one), parts(other)
    known = confusions()
    initial, final = known.initial(i1, i2), known.final(f1, f2)
    if not initial:
        # Two bare finals that nobody confuses share nothing, not even an initial.
        return final if i1 or final < known.final_far else 1.0
    if not final:
        return initial
    if initial < known.initial_far and final < known.final_far:
        least, most = sorted((initial, final))
        return exact(min(1.0, most + _SECOND_PART * least))
    return 1.0


@dataclass(frozen=True, slots=True)
class Confusions:
    """What hearing one initial or one final for another costs.

    Attributes:
        initials: by pair; pairs that are not here are far apart.
        finals: likewise.
        initial_far: cost of initials that nobody confuses, where the finals agree.
        final_far: cost of finals that nobody confuses, where the initials agree.
    """

    initials: dict[frozenset[str], float]
    finals: dict[frozenset[str], float]
    initial_far: float
    final_far: float

    def initial(self, one: str, other: str) -> float:
        """Return the cost of one initial for another, 0 to `initial_far`."""
        return 0.0 if one == other else self.initials.get(frozenset((one, other)), self.initial_far)

    def final(self, one: str, other: str) -> float:
        """Return the cost of one final for another, 0 to `final_far`."""
        return 0.0 if one == other else self.finals.get(frozenset((one, other)), self.final_far)


@functools.cache
def confusions() -> Confusions:
    """Return the measured table."""
    table = tomllib.loads(Path(__file__).with_name("confusions.toml").read_text(encoding="utf-8"))
    return Confusions(
        {frozenset(pair.split()): exact(cost) for pair, cost in table["initials"].items()},
        {frozenset(pair.split()): exact(cost) for pair, cost in table["finals"].items()},
        exact(table["initial_far"]),
        exact(table["final_far"]),
    )


@functools.lru_cache(maxsize=4096)
def parts(syllable: str) -> tuple[str, str]:
    """Split a syllable into initial and final; either may be empty.

    >>> parts("zhuang"), parts("an")
    (('zh', 'uang'), ('', 'an'))
    """
    for initial in _INITIALS:
        if syllable.startswith(initial) and len(syllable) > len(initial):
            return initial, syllable[len(initial) :]
    return "", syllable


@functools.lru_cache(maxsize=4096)
def folded(syllable: str) -> str:
    """Return one syllable for all that are near it, to look for candidates coarsely.

    >>> folded("zhang"), folded("lin"), folded("huang")
    ('zan', 'nin', 'fuan')
    """
    initial, final = parts(syllable)
    initial = {
        "zh": "z",
        "ch": "c",
        "sh": "s",
        "l": "n",
        "r": "n",
        "h": "f",
        "p": "b",
        "t": "d",
        "k": "g",
    }.get(initial, initial)
    return initial + (final.removesuffix("g") if final.endswith("ng") else final)


def added(char: str) -> float:
    """Return the cost of a character that was said and is not in the phrase."""
    return _lonely(char, 1.0)


def left_out(char: str) -> float:
    """Return the cost of a character of the phrase that was not said.

    Recognisers swap sounds more often than they lose them, so a lost word of content is held to
    be one that was never said. And without its 您 or 请 a courtesy is none (办什么业务).
    """
    if char in _COURTEOUS:
        return 1.0 if char == "您" else _LOST
    return _lonely(char, _LOST)


def _lonely(char: str, content: float) -> float:
    if char in NEGATIONS:
        return NEVER
    if char in _PERSON:
        return _PRONOUN
    return FILLER if char in FILLERS else content


def persons_differ(phrase: str, heard: str) -> bool:
    """Tell whether two characters are pronouns of different persons."""
    return phrase in _PERSON and heard in _PERSON and _PERSON[phrase] != _PERSON[heard]


# Characters that a rule above names; all others are told apart by their readings alone.
_NAMED = NEGATIONS | FILLERS | frozenset(_PERSON) | _COURTEOUS | frozenset().union(*_TWINS)


CODE_POINTS = 0x110000


def code_points(text: str) -> npt.NDArray[np.uint32]:
    """Return the number of each character in Unicode, shape (n,)."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


class CostTable:
    """The same costs as arrays: rows for the characters of phrases, columns for those of texts.

    Columns are made when a character is first met. Characters that no phrase and no rule names
    share one column if they are read alike, so that the table stays small whatever is said.
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], int] = {}
        self._by_row: dict[str, list[int]] = {}
        self._sounds: dict[str, int] = {}
        self._by_sound: dict[str, Costs] = {}
        self._special: dict[tuple[str, str], None] = {}
        self._columns: dict[tuple[str, tuple[str, ...]], int] = {}
        self._by_char = np.full(CODE_POINTS, -1, np.int32)
        self._own: set[str] = set(_NAMED)
        self._added: list[float] = []
        self._table: Costs = np.zeros((0, 0), np.float32)

    def row(self, char: str, sound: str) -> int:
        """Return the row of a phrase's character; all rows are asked for before the first column.

        Args:
            char: the character.
            sound: its syllable with its tone.
        """
        self._own.add(char)
        self._sounds.setdefault(sound, len(self._sounds))
        if char in _NAMED:
            self._special[char, sound] = None
        if (char, sound) not in self._rows:
            self._by_row.setdefault(char, []).append(len(self._rows))
            self._rows[char, sound] = len(self._rows)
        return self._rows[char, sound]

    def columns(self, text: str) -> npt.NDArray[np.int32]:
        """Return the column of each character, shape (n,)."""
        points = code_points(text)
        columns = self._by_char[points]
        if (columns < 0).any():
            for point in np.unique(points[columns < 0]).tolist():
                self._by_char[point] = self._column(chr(point))
            columns = self._by_char[points]
        return columns

    @property
    def substitutions(self) -> Costs:
        """Cost of each row's character heard as each column's, shape (rows, columns)."""
        done = self._table.shape[1]
        if done < len(self._columns):
            fresh = [self._costs_of(*key) for key in list(self._columns)[done:]]
            block = np.array(fresh, np.float32).T.reshape(len(self._rows), len(fresh))
            self._table = np.concatenate([self._table, block], axis=1) if done else block
        return self._table

    def _costs_of(self, heard: str, sounds: tuple[str, ...]) -> Costs:
        """Return the cost of every row's character heard as one column's, shape (rows,)."""
        if heard in _NAMED or not sounds:
            named = [substitution(char, said, heard, sounds) for char, said in self._rows]
            return np.array(named, np.float32)
        distance = np.minimum.reduce([self._distances(toneless(sound)) for sound in sounds])
        by_sound = np.where(distance == 0, SAME_SOUND + _OTHER_TONE, distance)
        by_sound[[self._sounds[sound] for sound in sounds if sound in self._sounds]] = SAME_SOUND
        costs = by_sound[[self._sounds[said] for _, said in self._rows]].astype(np.float32)
        for char, said in self._special:
            costs[self._rows[char, said]] = substitution(char, said, heard, sounds)
        costs[self._by_row.get(heard, [])] = 0.0
        return costs

    def _distances(self, heard: str) -> Costs:
        """Return the distance of each sound of the phrases from one syllable, shape (sounds,)."""
        if heard not in self._by_sound:
            distances = [sound_distance(toneless(said), heard) for said in self._sounds]
            self._by_sound[heard] = np.array(distances, np.float32)
        return self._by_sound[heard]

    @property
    def additions(self) -> Costs:
        """Cost of each column's character where the phrase has none, shape (columns,)."""
        return np.array(self._added, np.float32)

    def _column(self, char: str) -> int:
        sounds = readings(char)
        key = (char if char in self._own else "", sounds)
        if key not in self._columns:
            self._columns[key] = len(self._columns)
            self._added.append(added(char))
        return self._columns[key]
