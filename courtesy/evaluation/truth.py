"""What was really said: each phrase of the lexicon at its place in a gold dialogue.

Forbidden phrases come from the gold file. Courtesies and insults come from it where it lists any;
else the program's own matcher looks for them in the true words.
A figure against what the program found itself is one for hearing, not for the lexicon, and says
nothing where the true words are all there is: there it is left out.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from courtesy.evaluation.claims import claims_of
from courtesy.evaluation.gold import Encounter, Gold, Turn
from courtesy.evaluation.measure import FORBIDDEN
from courtesy.lexicon import SLOT, Lexicon, Phrase
from courtesy.records import Polarity, Recording
from courtesy.text.normalize import normalize

ABUSE: Final = "abuse"
# A courtesy that a gold file names and the lexicon does not know stands in this list.
_OTHER: Final = "polite"
_LONGEST_SLOT: Final = 14


@dataclass(frozen=True, slots=True)
class Instance:
    """A phrase that the clerk says, once.

    Attributes:
        list: of the lexicon.
        polarity: whether saying it is good or bad.
        phrase: the canonical phrase.
        turn: position in `Truth.turns`.
        verbatim: whether the phrase, or a form of it that a source has, stands in the true words.
    """

    list: str
    polarity: Polarity
    phrase: str
    turn: int
    verbatim: bool


@dataclass(frozen=True, slots=True)
class Truth:
    """A gold dialogue made ready to be held against.

    Attributes:
        name: the dialogue's.
        gold: the file.
        turns: in order of time.
        instances: what the clerk says of the lexicon, in order of the turns.
        listed: whether the file lists courtesies itself.
        insults: whether it lists insults itself.
        abusive: turns that hold an insult or threat.
        unplaced: turns of encounters that hold one somewhere, nobody knows where.
        told: what the program makes of the true words, roles known.
    """

    name: str
    gold: Gold
    turns: tuple[Turn, ...]
    instances: tuple[Instance, ...]
    listed: bool
    insults: bool
    abusive: frozenset[int]
    unplaced: frozenset[int]
    told: Recording

    def own(self, listed: str, polarity: Polarity) -> bool:
        """Tell whether the program itself found what is there of a list, in the true words."""
        if polarity == "polite":
            return not self.listed
        return listed == ABUSE and not self.insults


class Phrasebook:
    """The lexicon's phrases by their canonical names."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._phrases: dict[tuple[str, Polarity], Phrase] = {}
        for phrase in lexicon.phrases:
            self._phrases.setdefault((phrase.text, phrase.polarity), phrase)
        self._patterns: dict[tuple[str, Polarity], re.Pattern[str]] = {}
        self.polarities = {phrase.list: phrase.polarity for phrase in lexicon.phrases}

    def list_of(self, text: str, polarity: Polarity) -> str:
        """Return the list a phrase belongs to; one of the general names where it is unknown."""
        known = self._phrases.get((text, polarity))
        if known:
            return known.list
        return FORBIDDEN if polarity == "forbidden" else _OTHER

    def verbatim(self, text: str, polarity: Polarity, said: str) -> bool:
        """Tell whether a phrase or a sanctioned form of it stands in what was said."""
        key = text, polarity
        if key not in self._patterns:
            known = self._phrases.get(key)
            forms = [form.text for form in known.forms if form.sanctioned] if known else []
            self._patterns[key] = re.compile("|".join(map(_pattern, [_plain(text), *forms])))
        return self._patterns[key].search(normalize(said).text) is not None


def truth_of(name: str, gold: Gold, told: Recording, book: Phrasebook) -> Truth:
    """Find what was really said.

    Args:
        name: the dialogue's.
        gold: the file.
        told: what the program makes of `as_transcript(gold)`.
        book: the lexicon.
    """
    turns = tuple(sorted(gold.turns, key=lambda turn: (turn.start, turn.end)))
    listed = any(turn.courtesies is not None for turn in turns)
    instances = list(_named(turns, book))
    insults = any(one.list == ABUSE for one in instances)
    found = [c for c in claims_of(told) if c.list == ABUSE or c.polarity == "polite"]
    encounters = _encounters(gold, turns)
    for claim in found:
        turn = claim.utterances[0]  # the utterances of the true words are the turns
        polite = claim.polarity == "polite"
        if listed if polite else insults:
            continue
        if not polite and encounters[turn].rules.get(ABUSE) in {"pass", "na"}:
            continue  # the gold file knows better
        verbatim = book.verbatim(claim.phrase, claim.polarity, turns[turn].text)
        instances.append(Instance(claim.list, claim.polarity, claim.phrase, turn, verbatim))
    instances.sort(key=lambda i: (i.turn, i.list, i.phrase))
    abusive = frozenset(i.turn for i in instances if i.list == ABUSE)
    placed = [encounters[turn] for turn in abusive]
    unplaced = frozenset(
        number
        for number, encounter in enumerate(encounters)
        if encounter.rules.get(ABUSE) == "fail" and encounter not in placed
    )
    return Truth(name, gold, turns, tuple(instances), listed, insults, abusive, unplaced, told)


def _named(turns: Sequence[Turn], book: Phrasebook) -> Iterable[Instance]:
    """Yield the phrases that the file itself names."""
    kinds: tuple[Polarity, Polarity] = ("forbidden", "polite")
    for number, turn in enumerate(turns):
        if turn.role != "clerk":
            continue
        for polarity, phrases in zip(kinds, (turn.forbidden, turn.courtesies or ()), strict=True):
            for phrase in phrases:
                listed = book.list_of(phrase, polarity)
                verbatim = book.verbatim(phrase, polarity, turn.text)
                yield Instance(listed, polarity, phrase, number, verbatim)


def _encounters(gold: Gold, turns: Sequence[Turn]) -> list[Encounter]:
    """Return the encounter of each turn."""
    parts = (*gold.encounters, *gold.asides)
    by_turn = {id(turn): encounter for encounter in parts for turn in encounter.turns}
    return [by_turn[id(turn)] for turn in turns]


def _plain(phrase: str) -> str:
    return SLOT.join(normalize(part).text for part in re.split("×+", phrase))


def _pattern(form: str) -> str:
    return f".{{0,{_LONGEST_SLOT}}}".join(map(re.escape, form.split(SLOT)))
