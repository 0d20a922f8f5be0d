"""Roles where there is one channel: part by part, and what one part teaches helps the others."""

from collections.abc import Sequence

from courtesy.config import DialogueOptions
from courtesy.dialogue.interactions import split
from courtesy.dialogue.speakers import middle
from courtesy.dialogue.voices import Found, find_roles
from courtesy.dialogue.words import leanings
from courtesy.messages import Text
from courtesy.records import Match, Utterance


def by_voice(
    utterances: Sequence[Utterance],
    matches: Sequence[Match],
    options: DialogueOptions,
    prints: Sequence[Sequence[float]],
) -> tuple[tuple[Utterance, ...], Text]:
    """Find roles by voice and words, one customer after the other.

    Args:
        utterances: of one channel of a recording, in order of time.
        matches: of the same utterances.
        options: how a recording is split.
        prints: voiceprints of which one may be the clerk's.

    Returns:
        the utterances with roles as far as they can be known, and a note on how, with the
        confidence, or why not.
    """
    if not any(u.voice for u in utterances):
        return tuple(utterances), Text(
            "不知道每句话是谁说的：单声道录音，没有角色。不计分。",
            "It is not known who said what: one channel, no roles. Not scored.",
        )
    leaning = dict(zip((u.id for u in utterances), leanings(utterances, matches), strict=True))
    parts = [part.utterances for part in split(utterances, matches, options)]
    found = [find_roles(part, [leaning[u.id] for u in part], prints) for part in parts]
    known = [f for f in found if f.clerk]
    if known and len(known) < len(found):
        # The clerk is the same all day; customers change.
        own = tuple(middle([f.clerk for f in known], [f.weight for f in known]).tolist())
        found = [
            f
            if f.clerk or f.at_odds
            else find_roles(part, [leaning[u.id] for u in part], (*prints, own))
            for f, part in zip(found, parts, strict=True)
        ]
    given = {u.id: u for f in found for u in f.utterances}
    return tuple(given[u.id] for u in utterances), _note(found)


def _note(found: Sequence[Found]) -> Text:
    known = [f for f in found if f.clerk and f.confidence is not None]
    if not known:
        return _why_not(found)
    least = min(f.confidence for f in known if f.confidence is not None)
    by = Text("声纹和说的话", "voiceprint and words")
    if not any(f.printed for f in known):
        by = Text("说的话", "words")
    voices = max(f.speakers for f in known)
    text = Text(
        f"单声道：按声音分出最多 {voices} 个人，按{by.zh}认出工作人员，把握至少 {least:.0%}。"
        "分不清的话不算在任何人头上；角色可用 --correct 改正。",
        f"One channel: up to {voices} voices were told apart and the clerk found by {by.en}, "
        f"at least {least:.0%} likely. What stays unclear is nobody's; correct roles with "
        "--correct.",
    )
    if len(known) < len(found):
        text += Text(
            f"{len(found)} 次接待里有 {len(found) - len(known)} 次没认出工作人员，未计分。",
            f"In {len(found) - len(known)} of {len(found)} interactions the clerk was not found; "
            "they are not scored.",
        )
    return text


def _why_not(found: Sequence[Found]) -> Text:
    remedy = Text(
        "不计分。可先登记声纹（courtesy voice enrol），或用 --correct 指明角色。",
        "Not scored. Enrol the clerk's voice (courtesy voice enrol) or name roles with --correct.",
    )
    if any(f.at_odds for f in found):
        return (
            Text(
                "单声道：声纹像的那个人说的话不像工作人员，可能登记错了人。",
                "One channel: the voice that is most like the voiceprint does not talk like the "
                "clerk; somebody else may be enrolled.",
            )
            + remedy
        )
    if all(f.speakers < 2 for f in found):
        return (
            Text(
                "单声道：只听出一个人的声音，不能断定是谁。",
                "One channel: only one voice was made out, and whose it is cannot be told.",
            )
            + remedy
        )
    return (
        Text(
            "单声道：分出了几个人的声音，但认不准谁是工作人员。",
            "One channel: several voices were told apart, but it is not clear which is the "
            "clerk's.",
        )
        + remedy
    )
