"""Roles on one channel: voices say who is the same person, words and voiceprints say which it is.

Everything is counted in natural logarithms of likelihood ratios, so that evidence adds up and ends
in a probability. It is capped and rounded towards "cannot tell": on real speech the small encoder
confuses one speaker in six, which no synthetic voice shows.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from courtesy.dialogue.speakers import LONG_ENOUGH, Speaker, middle, seconds, tell_apart
from courtesy.records import Role, Seconds, Utterance

# The clerk is picked from this probability, and one utterance's role is given from the next (the
# first included); below, it stays open.
SURE = 0.9
ENOUGH = 0.8
# How much a cosine says: by how far it is nearer to one speaker's voice than to the next. An
# equal error rate of 0.18 (the d-vector on real Mandarin) is worth 1.5, the most for one utterance
# is 4.
_NEARER = 14.0
_MOST_VOICE = 4.0
# A voiceprint: the cosine that is as likely the clerk's as anybody's, and what a difference is
# worth. Both are guesses on the careful side: synthetic speakers come to 0.96 and more with their
# own print, to 0.7 with a stranger's, to 0.95 with that of a stranger who sounds the same.
_PRINT_EVEN = 0.78
_PRINT_NEARER = 16.0
_MOST_PRINT = 3.5
_MOST_NEAREST = 1.5
# Words of one speaker: utterances are not independent of each other.
_WORDS = 0.85
_MOST_WORDS = 8.0
# Words, or a voiceprint, that speak this much more for another speaker than for the one who was
# picked: one of the two is wrong, and nobody can say which.
_AGAINST = 0.7
# So many words of a customer from a single voice, and it is not one voice.
_STRANGE = 1.5
# The odds, before anything is heard, that none of the speakers is the clerk; against each of them
# they are the share of the time that he or she speaks, as a clerk who says nearly nothing is rare.
_NOBODY = 0.01


@dataclass(frozen=True, slots=True)
class Found:
    """The roles of one part of a recording.

    Attributes:
        utterances: with roles and how likely they are.
        confidence: how likely it is that the clerk was picked rightly, 0 to 1; None where no
            speaker was.
        speakers: how many voices there are.
        clerk: the clerk's voice; empty likewise.
        weight: seconds of it.
        printed: whether a voiceprint spoke for it.
        at_odds: whether voiceprint and words named different speakers, so that none was picked.
    """

    utterances: tuple[Utterance, ...]
    confidence: float | None
    speakers: int
    clerk: tuple[float, ...] = ()
    weight: Seconds = 0.0
    printed: bool = False
    at_odds: bool = False


def find_roles(
    utterances: Sequence[Utterance],
    leanings: Sequence[float],
    prints: Sequence[Sequence[float]] = (),
) -> Found:
    """Give roles to the utterances of one part of a recording, as far as they can be known.

    Without a voiceprint two speakers at least are needed: a single voice, whatever it says, may be
    anybody's.

    Args:
        utterances: in order of time, with voices where there are any.
        leanings: of each, how much its words are a clerk's.
        prints: voiceprints of which one may be the clerk's.
    """
    speakers = tell_apart(utterances)
    if not speakers or (len(speakers) == 1 and not prints):
        return Found(_all_unknown(utterances), None, len(speakers))
    known = np.array([_from_prints(s.voice, prints) for s in speakers])
    if known.max() < 0:
        # Like nobody's here: another microphone, a telephone, or somebody who is not here. Who is
        # nearest still says a little.
        known = np.maximum(known - known.max(), -_MOST_NEAREST)
    said = np.array([_from_words(s, leanings) for s in speakers])
    time = np.array([s.seconds for s in speakers])
    odds = np.append(np.exp(known + said) * time / time.sum(), _NOBODY)
    chances = odds / odds.sum()
    clerk = int(np.argmax(chances[:-1]))
    confidence = float(chances[clerk])
    against_words = bool(known.any()) and said.max() - said[clerk] > _AGAINST
    against_print = known.max() > 0 and known.max() - known[clerk] > _AGAINST
    if against_words or against_print:
        return Found(_all_unknown(utterances), None, len(speakers), at_odds=True)
    # Words alone never make a single voice the clerk's; and where a customer's words are among
    # them it is two people who sound alike, taken for one.
    if len(speakers) == 1 and (known[0] <= 0 or sum(min(0.0, w) for w in leanings) < -_STRANGE):
        return Found(_all_unknown(utterances), None, 1)
    if confidence < SURE:
        return Found(_all_unknown(utterances), confidence, len(speakers))
    given = []
    for i, utterance in enumerate(utterances):
        by_voice = _voice_odds(utterance, i, speakers, clerk)
        other = _nearest(utterance, speakers, clerk)
        # A third voice that talks like a clerk may be a colleague; it is no customer by default.
        customer = len(speakers) == 2 or (other is not None and said[other] < 0)
        given.append(
            _with_role(utterance, by_voice + leanings[i] / 2, confidence, customer=customer)
        )
    voice = tuple(speakers[clerk].voice.tolist())
    return Found(
        tuple(given),
        confidence,
        len(speakers),
        voice,
        speakers[clerk].seconds,
        bool(known[clerk] > 0),
    )


def nearness(voice: Sequence[float], prints: Sequence[Sequence[float]]) -> float:
    """Return the cosine of a voice and the nearest voiceprint; -1 where there is none."""
    own = np.asarray(voice, np.float64)
    return max((float(own @ np.asarray(p, np.float64)) for p in prints), default=-1.0)


def _all_unknown(utterances: Sequence[Utterance]) -> tuple[Utterance, ...]:
    return tuple(dataclasses.replace(u, role="unknown", role_confidence=None) for u in utterances)


def _from_prints(voice: NDArray[np.float64], prints: Sequence[Sequence[float]]) -> float:
    if not prints:
        return 0.0
    near = nearness(voice.tolist(), prints) - _PRINT_EVEN
    return float(np.clip(_PRINT_NEARER * near, -_MOST_PRINT, _MOST_PRINT))


def _from_words(speaker: Speaker, leanings: Sequence[float]) -> float:
    total = _WORDS * sum(leanings[i] for i in speaker.utterances)
    return float(np.clip(total, -_MOST_WORDS, _MOST_WORDS))


def _with_role(
    utterance: Utterance, odds: float, confidence: float, *, customer: bool
) -> Utterance:
    """Give one utterance its role, if it is likely enough.

    Args:
        utterance: what was said.
        odds: the logarithm of the odds that the clerk said it, if the clerk was picked rightly.
        confidence: how likely that is, 0 to 1.
        customer: whether whoever else said it is a customer.
    """
    role: Role = "unknown"
    chance: float | None = None
    by_clerk = confidence / (1 + float(np.exp(-odds)))
    by_other = confidence / (1 + float(np.exp(odds)))
    if by_clerk >= ENOUGH:
        role, chance = "clerk", round(by_clerk, 3)
    elif by_other >= ENOUGH and customer:
        role, chance = "customer", round(by_other, 3)
    return dataclasses.replace(utterance, role=role, role_confidence=chance)


def _voice_odds(utterance: Utterance, place: int, speakers: Sequence[Speaker], clerk: int) -> float:
    """Return the logarithm of the odds that a voice is the clerk's and not another speaker's."""
    if not utterance.voice:
        return 0.0
    near = [_near(utterance, place, speaker) for speaker in speakers]
    others = [n for i, n in enumerate(near) if i != clerk]
    # With nobody to compare with, the voice must be as near as a voiceprint has to be.
    rival = max(others) if others else _PRINT_EVEN
    weight = min(1.0, seconds(utterance) / LONG_ENOUGH)
    return float(np.clip(weight * _NEARER * (near[clerk] - rival), -_MOST_VOICE, _MOST_VOICE))


def _near(utterance: Utterance, place: int, speaker: Speaker) -> float:
    """Return the cosine of a voice and a speaker's; its own share in the latter is left out."""
    own = np.asarray(utterance.voice, np.float64)
    voice = speaker.voice
    if place in speaker.utterances and len(speaker.utterances) > 1:
        rest = speaker.voice * speaker.seconds - own * seconds(utterance)
        voice = middle([rest.tolist()], [1.0])
    return float(own @ voice)


def _nearest(utterance: Utterance, speakers: Sequence[Speaker], clerk: int) -> int | None:
    others = [i for i in range(len(speakers)) if i != clerk]
    if not utterance.voice or not others:
        return None
    return max(others, key=lambda i: float(np.dot(speakers[i].voice, utterance.voice)))
