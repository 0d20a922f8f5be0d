"""How well the words were heard: errors against the true words, by side and in all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from courtesy.evaluation.claims import turn_of
from courtesy.evaluation.gold import Gold, Turn
from courtesy.records import Heard, Utterance
from courtesy.text.normalize import normalize
from courtesy.text.syllables import syllables

Side = Literal["all", "clerk", "customer"]
Unit = Literal["characters", "syllables"]


@dataclass(frozen=True, slots=True)
class Errors:
    """What went wrong in hearing one side of one dialogue.

    Attributes:
        unit: what is counted.
        side: whose words; "all" is both.
        wrong: substituted, left out and put in.
        length: of the true words.
    """

    unit: Unit
    side: Side
    wrong: int
    length: int


def errors_in(gold: Gold, turns: Sequence[Turn], heard: Heard) -> tuple[Errors, ...]:
    """Count the errors of one recording, in characters and in toneless syllables.

    Both sides are normalized first: script, width, digits and punctuation are no errors. With a
    channel for each the sides are told apart by channel, else by time; then an utterance that
    reaches over two turns counts whole on the side it shares more time with.

    Args:
        gold: says which channel is the clerk's.
        turns: its turns in order of time.
        heard: what was heard; nothing where the recording failed, and then all is left out.
    """
    by_channel = gold.clerk is not None and any(u.channel is not None for u in heard.utterances)
    parts: dict[str, tuple[str, str]] = {}
    for side in ("clerk", "customer"):
        truth = _joined(turn.text for turn in turns if turn.role == side)
        own = (u for u in heard.utterances if _side_of(u, gold, turns, by_channel) == side)
        parts[side] = truth, _joined(u.heard for u in own)
    if not by_channel:
        parts["all"] = (
            _joined(turn.text for turn in turns),
            _joined(u.heard for u in heard.utterances),
        )
    out = []
    for unit in get_args(Unit):
        counts = {side: _count(unit, *texts) for side, texts in parts.items()}
        both = counts.get("all") or _sum(counts["clerk"], counts["customer"])
        for side, (wrong, length) in {**counts, "all": both}.items():
            out.append(Errors(unit, side, wrong, length))  # type: ignore[arg-type]
    return tuple(out)


def _side_of(
    utterance: Utterance, gold: Gold, turns: Sequence[Turn], by_channel: bool
) -> str | None:
    if by_channel and utterance.channel is not None:
        return "clerk" if utterance.channel == (1 if gold.clerk == "right" else 0) else "customer"
    turn = turn_of(utterance, turns)
    return None if turn is None else turns[turn].role


def _joined(texts: Iterable[str]) -> str:
    return "".join(normalize(text).text for text in texts)


def _count(unit: Unit, truth: str, claim: str) -> tuple[int, int]:
    import jiwer

    # Characters go in as words of one letter: jiwer counts both in the same way.
    said, heard = (list(t) if unit == "characters" else syllables(t) for t in (truth, claim))
    found = jiwer.process_words(" ".join(said), " ".join(heard))
    return found.substitutions + found.deletions + found.insertions, len(said)


def _sum(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] + other[0], one[1] + other[1]
