"""What a change of the lists would do: to past talks, the lists' own examples, gold dialogues.

Past talks are judged by the lists as they are and by the changed ones, so that what differs comes
from the change alone and not from what else has changed since they were scored.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from courtesy.errors import LexiconError
from courtesy.evaluation.files import find_dialogues
from courtesy.evaluation.gold import Gold, as_transcript
from courtesy.folders import sample_dir
from courtesy.learning.lists import changed, faults, pipeline_of
from courtesy.lists.shelf import Shelf
from courtesy.messages import Text
from courtesy.pipeline import Pipeline
from courtesy.records import Heard, Interaction, Recording
from courtesy.reviews import State

# What is held against a clerk: rule, phrase, utterance.
Key = tuple[str, str, int]
_EXAMPLES: Final = 20


@dataclass(frozen=True, slots=True)
class Past:
    """A talk of the past, as it is judged again.

    Attributes:
        number: of its recording.
        result: of what was heard in it; the same two stand for the same talk.
        heard: what was said, roles known.
        parts: its interactions where they stay as they were found; else none.
        flags: the flags that there are, and what people made of them.
    """

    number: int
    result: int
    heard: Heard
    parts: tuple[Interaction, ...] = ()
    flags: Mapping[Key, tuple[int, State]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """A talk as some lists judge it.

    Attributes:
        found: what is held against the clerk, with the words.
        scores: of its interactions.
    """

    found: Mapping[Key, str]
    scores: tuple[float | None, ...]


class Trial:
    """Some lists, ready to be compared with what they would be after a change.

    What they themselves make of a talk is remembered, since one change after the other is tried.
    """

    def __init__(self, shelf: Shelf, dialogues: Sequence[Gold]) -> None:
        """Load the lists.

        Args:
            shelf: the lists as they are.
            dialogues: whose truth is known, and stays as it is.

        Raises:
            LexiconError: a list breaks its format.
        """
        self._shelf = shelf
        self._pipeline = pipeline_of(shelf)
        self._dialogues = dialogues
        self._faults = faults(shelf)
        self._gold = in_gold(self._pipeline, dialogues)
        self._known: dict[tuple[int, int], Judged] = {}

    @property
    def digest(self) -> str:
        """Checksum of the lists as they are."""
        return self._pipeline.lexicon.digest

    def effect(self, file: Path, text: str, past: Iterable[Past]) -> dict[str, Any]:
        """Return what a change would do, as JSON has it.

        Args:
            file: the list that is changed; only its name counts.
            text: what would stand in it.
            past: talks to judge anew.

        Returns:
            what `compared` returns; `sentences`, how many of the lists' own examples were tried;
            `refused`, the linter's sentence in both languages, or None; `gold`, how many
            dialogues, and how they come out before and after; `lexicons`, the checksum of the
            lists that it was tried on.
        """
        with changed(self._shelf, file, text) as shelf:
            try:
                pipeline = pipeline_of(shelf)
                refused = refusal(self._faults, faults(shelf))
            except LexiconError as error:
                refused = error.text
                pipeline = self._pipeline
        told = compared((one, self._now(one), judged(pipeline, one)) for one in past)
        phrases = pipeline.lexicon.phrases
        return told | {
            "sentences": sum(len(phrase.hits) + len(phrase.misses) for phrase in phrases),
            "refused": refused and [refused.zh, refused.en],
            "gold": {
                "dialogues": len(self._dialogues),
                "before": self._gold,
                "after": in_gold(pipeline, self._dialogues),
            },
            "lexicons": self.digest,
        }

    def _now(self, one: Past) -> Judged:
        key = one.number, one.result
        if key not in self._known:
            self._known[key] = judged(self._pipeline, one)
        return self._known[key]


def known_dialogues() -> tuple[Gold, ...]:
    """Return the sample dialogues, whose truth is known; none where they are not installed."""
    folder = sample_dir()
    return tuple(one.gold for one in find_dialogues([folder])) if folder else ()


def judged(pipeline: Pipeline, past: Past) -> Judged:
    """Judge a talk of the past."""
    recording = pipeline.judge_again(past.heard, past.parts)
    return Judged(_held(recording), tuple(card.score for card in recording.scorecards))


def compared(past: Iterable[tuple[Past, Judged, Judged]]) -> dict[str, Any]:
    """Return what comes and goes in past talks, as JSON has it.

    Args:
        past: each talk, as the lists judge it now, and as the changed ones do.

    Returns:
        recordings: how many were judged; scores: in how many a score changes; gone and come: how
        many findings, by what people made of them ("confirmed", "rejected", or "open" where they
        have not told); examples of both.
    """
    ways: dict[str, Counter[str]] = {"gone": Counter(), "come": Counter()}
    examples: list[dict[str, Any]] = []
    count = scores = 0
    for one, before, after in past:
        count += 1
        scores += before.scores != after.scores
        for way, some, others in (
            ("gone", before.found, after.found),
            ("come", after.found, before.found),
        ):
            for key in sorted(some.keys() - others.keys()):
                flag, state = one.flags.get(key, (None, "waiting"))
                told = state if state in {"confirmed", "rejected"} else "open"
                ways[way][told] += 1
                examples.append({"way": way, "flag": flag, "recording": one.number, "told": told,
                                 "rule": key[0], "phrase": key[1], "said": some[key]})  # fmt: skip
    # A confirmed one that goes is what somebody has to see before anything else.
    examples.sort(key=lambda one: (one["told"] != "confirmed", one["way"] != "come"))
    return {
        "recordings": count,
        "scores": scores,
        **{way: dict(counts) for way, counts in ways.items()},
        "examples": examples[:_EXAMPLES],
    }


def in_gold(pipeline: Pipeline, dialogues: Sequence[Gold]) -> dict[str, int]:
    """Return how gold dialogues come out: forbidden phrases found, wrongly found, missed.

    The words are read, not heard, and roles are known: only the lists are tried.
    """
    counts = Counter[str]()
    for gold in dialogues:
        heard = as_transcript(gold, gold.id)
        recording = pipeline.judge_again(heard)
        given = Counter(
            (match.utterance, match.phrase)
            for card in recording.scorecards
            for match in card.interaction.matches
            if match.counted and match.polarity == "forbidden" and match.list != "abuse"
        )
        turns = sorted(gold.turns, key=lambda turn: (turn.start, turn.end))
        told = Counter((at, phrase) for at, turn in enumerate(turns) for phrase in turn.forbidden)
        counts["right"] += (given & told).total()
        counts["wrong"] += (given - told).total()
        counts["missed"] += (told - given).total()
    return {name: counts[name] for name in ("right", "wrong", "missed")}


def refusal(before: Sequence[Text], after: Sequence[Text]) -> Text | None:
    """Return the first sentence of the linter that the change brings about; None where none."""
    known = {text.en for text in before}
    return next((text for text in after if text.en not in known), None)


def _held(recording: Recording) -> dict[Key, str]:
    said = {utterance.id: utterance.heard for utterance in recording.heard.utterances}
    found: dict[Key, str] = {}
    for card in recording.scorecards:
        matches = {match.id: match for match in card.interaction.matches}
        for finding in card.findings:
            if finding.verdict != "fail":
                continue
            accused = [
                matches[number]
                for number in finding.matches
                if number in matches and matches[number].polarity == "forbidden"
            ]
            if accused:
                one = accused[0]
                found[finding.rule, one.phrase_id, one.utterance] = said.get(one.utterance, "")
            else:
                own = finding.utterances[0] if finding.utterances else _first(card.interaction)
                found[finding.rule, "", own] = said.get(own, "")
    return found


def _first(interaction: Interaction) -> int:
    return interaction.utterances[0].id if interaction.utterances else 0
