"""Roles where there is one channel: part by part, and what one part teaches helps the others."""

import dataclasses
from collections.abc import Sequence

from courtesy.config import DialogueOptions
from courtesy.dialogue.interactions import split
from courtesy.dialogue.speakers import middle
from courtesy.dialogue.voices import Found, find_roles
from courtesy.dialogue.words import leanings
from courtesy.messages import Text
from courtesy.records import Match, Utterance


def on_one_channel(
    utterances: Sequence[Utterance],
    matches: Sequence[Match],
    options: DialogueOptions,
    prints: Sequence[Sequence[float]],
) -> tuple[tuple[Utterance, ...], Text]:
    """Find roles by words, turns and voices, one customer after the other.

    Args:
        utterances: of one channel of a recording, or of a transcript without roles, in order.
        matches: of the same utterances.
        options: how a recording is split.
        prints: voiceprints of which one may be the clerk's.

    Returns:
        the utterances with roles as far as they can be known, and a note on how, with the
        confidence, or why not.
    """
    told = dict(zip((u.id for u in utterances), leanings(utterances, matches), strict=True))
    parts = [part.utterances for part in split(utterances, matches, options)]
    leaning = [[told[u.id] for u in part] for part in parts]
    first = [find_roles(part, own, prints) for part, own in zip(parts, leaning, strict=True)]
    # The clerk is the same all day; customers change.
    found = [
        _again(part, own, prints, _others(first, i)) or first[i]
        for i, (part, own) in enumerate(zip(parts, leaning, strict=True))
    ]
    given = {u.id: u for f in found for u in f.utterances}
    return tuple(given[u.id] for u in utterances), _note(found)


def _others(found: Sequence[Found], place: int) -> tuple[float, ...]:
    """Return the clerk's voice in all parts but one; empty where none has it."""
    known = [f for i, f in enumerate(found) if f.clerk and i != place]
    if not known:
        return ()
    return tuple(middle([f.clerk for f in known], [f.weight for f in known]).tolist())


def _again(
    part: Sequence[Utterance],
    leaning: Sequence[float],
    prints: Sequence[Sequence[float]],
    clerk: tuple[float, ...],
) -> Found | None:
    """Find the roles of a part again, with the clerk's voice in the others; None without one."""
    if not clerk or not any(u.voice for u in part):
        return None
    found = find_roles(part, leaning, (*prints, clerk))
    # Only what a person enrolled is a voiceprint.
    return found if prints else dataclasses.replace(found, printed=False, at_odds=False)


def _note(found: Sequence[Found]) -> Text:
    known = [f for f in found if f.known]
    if not known:
        return _why_not(found)
    sure = [f.confidence for f in known if f.confidence is not None]
    text = _by_voice(known, min(sure)) if sure else _by_words(found)
    if len(known) < len(found):
        text += Text(
            f"{len(found)} 次接待里有 {len(found) - len(known)} 次没认出工作人员，未计分。",
            f"In {len(found) - len(known)} of {len(found)} interactions the clerk was not found; "
            "they are not scored.",
        )
    return text


def _by_voice(known: Sequence[Found], least: float) -> Text:
    voices = max(f.speakers for f in known)
    by = Text("声纹和说的话", "voiceprint and words")
    if not any(f.printed for f in known):
        by = Text("说的话", "words")
    return Text(
        f"单声道：按声音分出最多 {voices} 个人，按{by.zh}认出工作人员，把握至少 {least:.0%}。"
        "分不清的话不算在任何人头上；角色可用 --correct 改正。",
        f"One channel: up to {voices} voices were told apart and the clerk found by {by.en}, "
        f"at least {least:.0%} likely. What stays unclear is nobody's; correct roles with "
        "--correct.",
    )


def _by_words(found: Sequence[Found]) -> Text:
    roles = [u.role for f in found for u in f.utterances]
    share = 1 - roles.count("unknown") / len(roles)
    return Text(
        f"文字稿没有角色：按说的话和一问一答，认出了 {share:.0%} 的话是谁说的。"
        "其余的话不算在任何人头上；角色可用 --correct 改正。",
        f"A transcript without roles: by words and turns it was made out who said "
        f"{share:.0%} of the utterances. The others are nobody's; correct roles with --correct.",
    )


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
    if not any(f.speakers for f in found):
        return Text(
            "没有角色，也没有声音可比，认不准每句话是谁说的。不计分；可用 --correct 指明角色。",
            "No roles and no voices to compare, so it is not known who said what. Not scored; name "
            "roles with --correct.",
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
