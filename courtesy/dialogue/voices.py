"""Roles on one channel: words, turns and voices weighed together.

Words tell of each utterance whose it may be, turns tell that speakers take turns, and voices tell
which utterances are the same person's. Nobody knows at first what the two voices are like: they
are learnt from the utterances that words and turns already give to either side, which gives more
utterances to either side, and so on until nothing changes. Where voices do not fall into two they
say nothing; then it may be one person, and roles stay open.

Everything is counted in natural logarithms of likelihood ratios, so that evidence adds up and ends
in a probability. It is capped and rounded towards "cannot tell", since real people are less regular
than the dialogues that it was set by.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from courtesy.dialogue.chain import Numbers, tell
from courtesy.dialogue.speakers import unit
from courtesy.dialogue.two_voices import TwoVoices
from courtesy.records import Role, Utterance

# The clerk is picked from this probability, and one utterance's role is given from the next (the
# first included); in a transcript, where there are only words to go by, from the last. Below, it
# stays open.
SURE: Final = 0.9
ENOUGH: Final = 0.8
ENOUGH_BY_WORDS: Final = 0.9
# How often the speaker changes from one utterance to the next: of recordings, which are cut at
# pauses, and of transcripts, where a line is a turn. Each recording shows its own habit, as if so
# many utterances had been seen before.
_CHANGES_HEARD: Final = 0.62
_CHANGES_READ: Final = 0.85
_HABIT: Final = 6.0
_SELDOM, _OFTEN = 0.2, 0.95
# Voices are learnt from so many utterances at least, in so many rounds at most.
_FEWEST: Final = 4
_ROUNDS: Final = 12
_SETTLED: Final = 1e-3
# The first guess by voice alone listens to words this much.
_BY_VOICE: Final = 0.3
# Two voices are apart by so many times what either differs from itself: synthetic ones by 3.7 and
# more without noise, one voice cut in two by 0.5 and less.
_APART: Final = 1.5
# Where everybody talks like a clerk, or like a customer, it is the way people talk there: so large
# a share of what is common to all utterances is left out.
_HOUSE: Final = 0.5
# All the words of a recording together: utterances are not independent of each other.
_WORDS: Final = 0.7
_MOST_WORDS: Final = 8.0
# A voiceprint: how much nearer it must be to one voice than to the other; from which cosine it may
# be believed at all, and how much it says below that: another microphone, or somebody absent.
_PRINT_NEARER: Final = 16.0
_PRINT_LIKE: Final = 0.78
_MOST_PRINT: Final = 4.0
_MOST_FAR: Final = 1.5
# Words that speak this much for another voice than a voiceprint that may be believed: one of the
# two is wrong, and nobody can say which.
_AGAINST: Final = 2.0
# What a clerk's words add, at most, where a single voice is compared with a voiceprint.
_MOST_ALONE: Final = 0.5
# So many words of a customer from a single voice, and it is not one voice.
_STRANGE: Final = 3.0
_OWN: Final = 0.5  # what words and voice of one utterance must say together at least


@dataclass(frozen=True, slots=True)
class Found:
    """The roles of one part of a recording.

    Attributes:
        utterances: with roles and how likely they are.
        confidence: how likely it is that the clerk was picked rightly, 0 to 1; None where it was
            not tried.
        speakers: how many voices there are; 0 where there are none to compare.
        clerk: the clerk's voice; empty where it is not known.
        weight: seconds of it.
        printed: whether a voiceprint spoke for it.
        at_odds: whether voiceprint and words named different speakers, so that none was picked.
    """

    utterances: tuple[Utterance, ...]
    confidence: float | None
    speakers: int
    clerk: tuple[float, ...] = ()
    weight: float = 0.0
    printed: bool = False
    at_odds: bool = False

    @property
    def known(self) -> bool:
        """Whether there is a clerk or a customer among them."""
        return any(u.role != "unknown" for u in self.utterances)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to divide the utterances between two voices.

    Attributes:
        told: what each voice tells, shape (n,).
        apart: how far the voices are apart.
        words: how much likelier the words make it than the same with the roles exchanged.
        printed: the same of the voiceprint.
        clerk: how likely each utterance is the clerk's, 0 to 1, if it is not exchanged.
        total: how likely it is, all in all.
    """

    told: Numbers
    apart: float
    words: float
    printed: float
    clerk: Numbers
    total: float


def find_roles(
    utterances: Sequence[Utterance],
    leanings: Sequence[float],
    prints: Sequence[Sequence[float]] = (),
) -> Found:
    """Give roles to the utterances of one part of a recording, as far as they can be known.

    A single voice, whatever it says, may be anybody's: only a voiceprint makes it the clerk's.
    Words alone are enough for a transcript, where every line is whole and a turn; in sound without
    voices, where noise joins one's words with another's, they are not.

    Args:
        utterances: in order of time, one at least, with voices where there are any.
        leanings: of each, how much its words are a clerk's.
        prints: voiceprints of which one may be the clerk's.
    """
    words = np.asarray(leanings, np.float64)
    words = words - _HOUSE * words.mean()
    read = utterances[0].quality is None
    changes = _changes(words, _CHANGES_READ if read else _CHANGES_HEARD)
    voices = TwoVoices(utterances)
    if not voices.there.any():
        return _by_words(utterances, words, changes) if read else Found(_open(utterances), None, 0)
    alone = _alone(utterances, voices, words, prints)
    if voices.there.sum() < _FEWEST:
        return alone
    best = max(_readings(voices, words, changes, prints), key=lambda reading: reading.total)
    if best.apart < _APART:
        return alone
    if abs(best.printed) > _MOST_FAR and best.words * best.printed < -_AGAINST * abs(best.printed):
        return Found(_open(utterances), None, 2, at_odds=True)
    odds = best.words + best.printed
    chance = 1 / (1 + float(np.exp(-abs(odds))))
    if chance < SURE:
        return Found(_open(utterances), chance, 2)
    sign = 1 if odds > 0 else -1
    clerk = tell(words + sign * best.told, changes).clerk
    other = tell(words - sign * best.told, changes).clerk
    voice, _ = voices.middles(clerk)
    strangers = voices.strangers(clerk)
    # What neither its words nor its voice gives to anybody is not given by whose turn it may be.
    mute = np.abs(words + sign * best.told) < _OWN
    mixed = np.where(strangers | mute, 0.5, chance * clerk + (1 - chance) * other)
    return Found(
        _with_roles(utterances, mixed, ENOUGH),
        chance,
        3 if strangers.any() else 2,
        tuple(voice.tolist()),
        float(voices.weights @ clerk[voices.there]),
        best.printed * sign > 0,
    )


def nearness(voice: Sequence[float], prints: Sequence[Sequence[float]]) -> float:
    """Return the cosine of a voice and the nearest voiceprint; -1 where there is none."""
    own = np.asarray(voice, np.float64)
    return max((float(own @ np.asarray(p, np.float64)) for p in prints), default=-1.0)


def _changes(words: Numbers, usual: float) -> Numbers:
    """Return how likely the speaker changes before each utterance but the first.

    Args:
        words: what they tell.
        usual: how often the speaker changes elsewhere, 0 to 1.
    """
    share = usual
    count = len(words) - 1
    for _ in range(3 if count else 0):
        told = tell(words, np.full(count, share))
        share = (_HABIT * usual + float(told.turns.sum())) / (_HABIT + count)
        share = min(_OFTEN, max(_SELDOM, share))
    return np.full(count, share)


def _by_words(utterances: Sequence[Utterance], words: Numbers, changes: Numbers) -> Found:
    """Give roles to the lines of a transcript."""
    given = _with_roles(utterances, tell(words, changes).clerk, ENOUGH_BY_WORDS)
    return Found(given, None, 0)


def _orientation(words: Numbers, told: Numbers, changes: Numbers) -> float:
    """Return how much likelier the words are as they are than with the roles exchanged."""
    gain = tell(words + told, changes).total - tell(words - told, changes).total
    return float(np.clip(_WORDS * gain, -_MOST_WORDS, _MOST_WORDS))


def _readings(
    voices: TwoVoices, words: Numbers, changes: Numbers, prints: Sequence[Sequence[float]]
) -> list[_Reading]:
    """Divide the utterances between two voices, from several first guesses."""
    guesses = [(tell(words, changes).clerk, 1.0), (voices.first_guess(), _BY_VOICE)]
    if prints:
        near = np.array([nearness(v, prints) for v in voices.vectors.tolist()])
        guess = np.full(len(words), 0.5)
        guess[voices.there] = 1 / (1 + np.exp(-_PRINT_NEARER * (near - np.median(near))))
        guesses.append((guess, _BY_VOICE))
    return [_settle(voices, words, changes, prints, *guess) for guess in guesses]


def _settle(
    voices: TwoVoices,
    words: Numbers,
    changes: Numbers,
    prints: Sequence[Sequence[float]],
    clerk: Numbers,
    heeded: float,
) -> _Reading:
    """Learn voices from roles and roles from voices until nothing changes.

    Args:
        voices: of the utterances.
        words: what they tell.
        changes: how likely the speaker changes.
        prints: voiceprints.
        clerk: the first guess.
        heeded: how much words count meanwhile.
    """
    told, apart = voices.evidence(clerk)
    for _ in range(_ROUNDS):
        before, clerk = clerk, tell(heeded * words + told, changes).clerk
        told, apart = voices.evidence(clerk)
        if np.abs(clerk - before).max() < _SETTLED:
            break
    printed = 0.0
    if prints:
        near = [nearness(voice.tolist(), prints) for voice in voices.middles(clerk)]
        most = _MOST_PRINT if max(near) >= _PRINT_LIKE else _MOST_FAR
        printed = float(np.clip(_PRINT_NEARER * (near[0] - near[1]), -most, most))
    either = [tell(words + sign * told, changes).total for sign in (1, -1)]
    total = max(either[0] + printed / 2, either[1] - printed / 2)
    return _Reading(told, apart, _orientation(words, told, changes), printed, clerk, total)


def _alone(
    utterances: Sequence[Utterance],
    voices: TwoVoices,
    words: Numbers,
    prints: Sequence[Sequence[float]],
) -> Found:
    """Return what is known of a single voice: that it is the clerk's, if it is the voiceprint's.

    Words alone never make it the clerk's; and where a customer's words are among them it is two
    people who sound alike, taken for one.
    """
    own = unit(voices.weights @ voices.vectors)
    like = _PRINT_NEARER * (nearness(own.tolist(), prints) - _PRINT_LIKE)
    said = float(np.clip(_WORDS * words.sum(), -_MOST_WORDS, _MOST_ALONE))
    odds = float(np.clip(like, -_MOST_PRINT, _MOST_PRINT)) + said
    chance = 1 / (1 + float(np.exp(-odds)))
    if not prints or chance < SURE or words[words < 0].sum() < -_STRANGE:
        return Found(_open(utterances), None, 1)
    clerk = np.where(voices.there, chance, 0.5)
    weight = float(voices.weights.sum())
    given = _with_roles(utterances, clerk, ENOUGH)
    return Found(given, chance, 1, tuple(own.tolist()), weight, printed=True)


def _open(utterances: Sequence[Utterance]) -> tuple[Utterance, ...]:
    return tuple(dataclasses.replace(u, role="unknown", role_confidence=None) for u in utterances)


def _with_roles(
    utterances: Sequence[Utterance], clerk: Numbers, enough: float
) -> tuple[Utterance, ...]:
    """Give each utterance its role, if it is likely enough."""

    def given(utterance: Utterance, chance: float) -> Utterance:
        role: Role = "unknown"
        if max(chance, 1 - chance) >= enough:
            role = "clerk" if chance > 0.5 else "customer"
        sure = None if role == "unknown" else round(max(chance, 1 - chance), 3)
        return dataclasses.replace(utterance, role=role, role_confidence=sure)

    return tuple(map(given, utterances, clerk.tolist()))
