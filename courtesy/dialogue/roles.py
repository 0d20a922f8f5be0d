"""Who is the clerk: by channel where there are two, by voice on one, by what is said on both.

A role that cannot be found out stays `unknown`, and nobody is blamed for it.
"""

import dataclasses
import itertools
from collections.abc import Sequence

from courtesy.config import DialogueOptions
from courtesy.dialogue.mono import on_one_channel
from courtesy.dialogue.speakers import middle, seconds, tell_apart
from courtesy.dialogue.voices import nearness
from courtesy.dialogue.words import leanings, votes
from courtesy.messages import Text
from courtesy.records import Interaction, Match, Removed, Role, Utterance
from courtesy.text.normalize import normalize

# One channel must outvote the other by this much before a role rests on it.
_MARGIN = 3
_BESIDE = 5.0  # seconds before and after an interaction
# The same where votes do not tell and finer cues are asked; with 3, noise of
# 0 dB swapped the channels of one dialogue in 32.
_FINER_MARGIN = 5
_NAMES = ("left", "right")
# A channel's voice is the voiceprint's from this cosine, if the other channel's is so much less.
_PRINT = 0.7
_CLEARLY = 0.1


def assign(
    utterances: Sequence[Utterance],
    matches: Sequence[Match],
    options: DialogueOptions,
    prints: Sequence[Sequence[float]] = (),
) -> tuple[tuple[Utterance, ...], Text | None]:
    """Give each utterance its role.

    Roles that a transcript brings stay. On one channel of sound without voices nobody is told
    apart, and nobody is blamed.

    Args:
        utterances: of one recording.
        matches: of the same utterances.
        options: the clerk's channel, if it is told.
        prints: voiceprints of which one may be the clerk's, unit vectors of the utterances' own
            encoder.

    Returns:
        the utterances with roles, and a note on how they were found, or why not.
    """
    if not any(u.channel is not None for u in utterances):
        if not utterances or any(u.role != "unknown" for u in utterances):
            return tuple(utterances), None
        return on_one_channel(utterances, matches, options, prints)
    utterances, doubled = _without_doubles(utterances)
    if doubled:
        return utterances, Text(
            "两个声道里是同样的话（一个麦克风，或串音太大），分不清谁在说。不计分。",
            "Both channels hold the same words (one microphone, or too much bleed), so it is not "
            "known who said what. Not scored.",
        )
    scores = [votes([u for u in utterances if u.channel == c], matches) for c in (0, 1)]
    if options.clerk != "auto":
        told = _NAMES.index(options.clerk)
        return _one_voice(_by_channel(utterances, told), prints, _swapped(scores, told))
    if len({u.channel for u in utterances if u.channel is not None}) < 2:
        if any(u.voice for u in utterances):
            return on_one_channel(utterances, matches, options, prints)
        return tuple(utterances), Text(
            "只有一个声道里有人说话，分不清谁是工作人员，没有计分。"
            "请用 --clerk left 或 --clerk right 指明。",
            "Only one channel holds speech, so it is not known who is the clerk and nothing was "
            "scored. Name the clerk's channel with --clerk left or --clerk right.",
        )
    if abs(scores[0] - scores[1]) < _MARGIN:
        finer = _weighed(utterances, matches)
        scores = finer if abs(finer[0] - finer[1]) >= _FINER_MARGIN else scores
    clerk, note = _clerk_channel(scores, _printed_channel(utterances, prints))
    if clerk is None:
        return tuple(utterances), note
    return _one_voice(_by_channel(utterances, clerk), prints, note)


def _clerk_channel(scores: Sequence[int], printed: int | None) -> tuple[int | None, Text]:
    """Choose the clerk's channel by words and voiceprint, and say why; None where it is not clear.

    Args:
        scores: how much each channel's words are a clerk's.
        printed: the channel whose voice is the voiceprint's, if one is.
    """
    clear = abs(scores[0] - scores[1]) >= _MARGIN
    clerk = 0 if scores[0] > scores[1] else 1
    if clear and printed == 1 - clerk:
        return None, Text(
            "声纹和说的话指向不同的声道，分不清谁是工作人员，没有计分。"
            "请用 --clerk left 或 --clerk right 指明。",
            "Voiceprint and words name different channels, so it is not known who is the clerk "
            "and nothing was scored. Name the channel with --clerk left or --clerk right.",
        )
    if clear:
        side = _side(clerk)
        return clerk, Text(
            f"从说的话看，工作人员在{side.zh}声道（{scores[clerk]} 比 {scores[1 - clerk]}）。",
            f"By what is said, the clerk is on the {side.en} channel "
            f"({scores[clerk]} to {scores[1 - clerk]}).",
        )
    if printed is not None:
        side = _side(printed)
        return printed, Text(
            f"从声纹看，工作人员在{side.zh}声道。",
            f"By voiceprint, the clerk is on the {side.en} channel.",
        )
    return None, Text(
        "分不清哪个声道是工作人员，没有计分。请用 --clerk left 或 --clerk right 指明。",
        "It is not clear which channel is the clerk's, so nothing was scored. "
        "Name it with --clerk left or --clerk right.",
    )


def lost_words(interaction: Interaction, removed: Sequence[Removed]) -> tuple[Removed, ...]:
    """Return the sound in or beside an interaction that may be the clerk's unheard words."""
    if interaction.start is None or interaction.end is None:
        return ()
    start, end = interaction.start - _BESIDE, interaction.end + _BESIDE
    clerks = {u.channel for u in interaction.utterances if u.role == "clerk"}
    return tuple(
        r
        for r in removed
        if r.end > start and r.start < end and (r.channel in clerks or not clerks)
    )


def _without_doubles(
    utterances: Sequence[Utterance],
) -> tuple[tuple[Utterance, ...], bool]:
    """Take the channel from utterances that stand on both, and tell whether most do.

    The same words at the same time on both channels are one voice in two microphones.
    """
    doubled: set[int] = set()
    for one, other in itertools.pairwise(sorted(utterances, key=lambda u: u.start or 0.0)):
        if one.channel == other.channel or None in {one.start, one.end, other.start, other.end}:
            continue
        shared = min(one.end or 0, other.end or 0) - max(one.start or 0, other.start or 0)
        shorter = min((one.end or 0) - (one.start or 0), (other.end or 0) - (other.start or 0))
        same = normalize(one.heard).text == normalize(other.heard).text
        if same and shared > shorter / 2:
            doubled |= {one.id, other.id}
    kept = (dataclasses.replace(u, channel=None) if u.id in doubled else u for u in utterances)
    return tuple(kept), len(doubled) > len(utterances) / 3


def _by_channel(utterances: Sequence[Utterance], clerk: int) -> tuple[Utterance, ...]:
    def role(utterance: Utterance) -> Role:
        if utterance.channel is None:  # the same sound on both channels: an announcement, music
            return "unknown"
        return "clerk" if utterance.channel == clerk else "customer"

    return tuple(dataclasses.replace(u, role=role(u)) for u in utterances)


def _weighed(utterances: Sequence[Utterance], matches: Sequence[Match]) -> list[int]:
    """Return how much each channel's words are a clerk's, by the finer cues of single speakers."""
    by_id = zip(utterances, leanings(utterances, matches), strict=True)
    totals = [0.0, 0.0]
    for utterance, leaning in by_id:
        if utterance.channel is not None:
            totals[utterance.channel] += leaning
    return [round(total) for total in totals]


def _side(channel: int) -> Text:
    return Text("左", "left") if channel == 0 else Text("右", "right")


def _swapped(scores: Sequence[int], told: int) -> Text | None:
    """Return a warning where the words say that the channel that was told is the wrong one."""
    if scores[1 - told] - scores[told] < 2 * _MARGIN:
        return None
    side = _side(1 - told)
    return Text(
        f"从说的话看，工作人员更像在{side.zh}声道。请核对 --clerk，声道可能接反了。",
        f"By what is said, the clerk seems to be on the {side.en} channel. Check --clerk; the "
        "channels may be swapped.",
    )


def _printed_channel(
    utterances: Sequence[Utterance], prints: Sequence[Sequence[float]]
) -> int | None:
    """Return the channel whose voice is the voiceprint's; None where neither or both may be."""
    near = []
    for channel in (0, 1):
        own = [u for u in utterances if u.channel == channel and u.voice and seconds(u) > 0]
        if not own or not prints:
            return None
        voice = middle([u.voice for u in own], [seconds(u) for u in own])
        near.append(nearness(voice.tolist(), prints))
    best = 0 if near[0] > near[1] else 1
    clear = near[best] >= _PRINT and near[best] - near[1 - best] >= _CLEARLY
    return best if clear else None


def _one_voice(
    utterances: tuple[Utterance, ...], prints: Sequence[Sequence[float]], note: Text | None
) -> tuple[tuple[Utterance, ...], Text | None]:
    """Take the role from what another voice said into the clerk's microphone: a colleague, a child.

    Which voice is the clerk's is known by the voiceprint, else it is the one heard longest.
    """
    clerk = [u for u in utterances if u.role == "clerk"]
    speakers = tell_apart(clerk)
    if len(speakers) < 2:
        return utterances, note
    own = max(speakers, key=lambda s: (nearness(s.voice.tolist(), prints), s.seconds))
    others = {clerk[i].id for s in speakers if s is not own for i in s.utterances}
    given = tuple(
        dataclasses.replace(u, role="unknown") if u.id in others else u for u in utterances
    )
    strange = Text(
        f"工作人员的声道里有 {len(others)} 句像是别人说的，不算在工作人员头上。",
        f"On the clerk's channel, another voice said {len(others)} of the utterances; they are "
        "nobody's.",
    )
    return given, note + strange if note else strange
