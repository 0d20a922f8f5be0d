"""Evaluating: each dialogue goes the program's ordinary road under each condition.

    gold words ─────────────────────────────┐
    sound ─► (made worse) ─► pipeline.hear ─┴─► pipeline.judge ─► held against the truth

Nothing of the road is left out or done in another way for the sake of a figure.
"""

import dataclasses
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from courtesy.errors import CourtesyError, DamagedRecording, UsageError
from courtesy.evaluation.claims import turn_of
from courtesy.evaluation.conditions import Condition
from courtesy.evaluation.degrade import degrade, read_sound, voice_of, write_wav
from courtesy.evaluation.files import Dialogue, needs_voices
from courtesy.evaluation.gold import Turn, as_transcript
from courtesy.evaluation.hearing import errors_in
from courtesy.evaluation.layers import Layer, layer_claims
from courtesy.evaluation.outcome import Outcome, outcome_of, pairing_of
from courtesy.evaluation.truth import Phrasebook, Truth, truth_of
from courtesy.matching.plain import PlainMatcher
from courtesy.messages import Text
from courtesy.pipeline import Pipeline, refused
from courtesy.records import Heard, Role, Utterance
from courtesy.speech.decode import Samples
from courtesy.speech.listen import Progress

Roles = Literal["heard", "gold"]


@dataclass(frozen=True, slots=True)
class Options:
    """How it is evaluated.

    Attributes:
        roles: "heard" leaves it to the program to find out who speaks; "gold" tells it, so that
            hearing and matching are measured by themselves.
        layers: matchers to compare with each other.
    """

    roles: Roles = "heard"
    layers: tuple[Layer, ...] = ()


def parse_roles(text: str) -> Roles:
    """Read `--roles`.

    Raises:
        UsageError: it is neither of the two.
    """
    if text == "heard":
        return "heard"
    if text == "gold":
        return "gold"
    raise UsageError(
        Text(f"--roles {text}：应为 heard 或 gold。", f"--roles {text}: it must be heard or gold.")
    )


class Evaluator:
    """Everything made ready; truth and other recordings' voices are found once and kept."""

    def __init__(self, pipeline: Pipeline, dialogues: Sequence[Dialogue], options: Options) -> None:
        """Make ready.

        Args:
            pipeline: the program under evaluation.
            dialogues: all there are; babble is made of any of them, whichever are evaluated.
            options: how.
        """
        self._pipeline = pipeline
        self._dialogues = dialogues
        self._options = options
        self._book = Phrasebook(pipeline.lexicon)
        self._plain = PlainMatcher(pipeline.lexicon)
        self._truths: dict[str, Truth] = {}
        self._voices: dict[str, Samples] = {}

    def outcome(
        self, dialogue: Dialogue, condition: Condition, progress: Progress | None = None
    ) -> Outcome:
        """Evaluate one dialogue under one condition.

        A recording that cannot be heard has found nothing; its error stands in the outcome.

        Args:
            dialogue: with sound, where the condition is for the ear.
            condition: under which.
            progress: told the seconds heard and in all.
        """
        truth = self._truth(dialogue)
        if not condition.by_ear:
            heard = as_transcript(dialogue.gold, str(dialogue.path))
            layers = {
                layer: pairing_of(
                    truth, layer_claims(layer, heard, truth.told, self._plain), by_ear=False
                )
                for layer in self._options.layers
            }
            return outcome_of(truth, truth.told, by_ear=False, layers=layers)
        path = dialogue.sound or dialogue.path
        try:
            heard = self._hear(dialogue, path, condition, progress)
            _check_length(heard, truth.turns, path, dialogue.path)
        except CourtesyError as error:
            nothing = pairing_of(truth, (), by_ear=True)
            layers = dict.fromkeys(self._options.layers, nothing)
            return outcome_of(truth, refused(path, error), by_ear=True, layers=layers)
        known = with_gold_roles(heard, truth.turns)
        gold_roles = self._options.roles == "gold"
        told = self._pipeline.judge(known) if gold_roles or self._options.layers else None
        return outcome_of(
            truth,
            told if told and gold_roles else self._pipeline.judge(heard),
            by_ear=True,
            errors=errors_in(dialogue.gold, truth.turns, heard),
            layers={
                layer: pairing_of(truth, layer_claims(layer, known, told, self._plain), by_ear=True)
                for layer in self._options.layers
                if told
            },
        )

    def _truth(self, dialogue: Dialogue) -> Truth:
        if dialogue.name not in self._truths:
            told = self._pipeline.judge(as_transcript(dialogue.gold, str(dialogue.path)))
            self._truths[dialogue.name] = truth_of(dialogue.name, dialogue.gold, told, self._book)
        return self._truths[dialogue.name]

    def _hear(
        self, dialogue: Dialogue, path: Path, condition: Condition, progress: Progress | None
    ) -> Heard:
        if not condition.degraded:
            return self._pipeline.hear(path, progress)[0]
        sound = read_sound(path)
        voices = self._others(dialogue) if needs_voices(condition) else []
        worse = degrade(sound.samples, condition, dialogue.name, voices)
        with tempfile.TemporaryDirectory(prefix="courtesy-eval-") as folder:
            file = Path(folder) / "degraded.wav"
            write_wav(file, worse)
            (heard,) = self._pipeline.hear(file, progress)
        return dataclasses.replace(heard, path=str(path), whole=sound.whole)

    def _others(self, dialogue: Dialogue) -> list[Samples]:
        voices = []
        for other in self._dialogues:
            if other.sound is None or other.name == dialogue.name:
                continue
            if other.name not in self._voices:
                self._voices[other.name] = voice_of(read_sound(other.sound).samples)
            voices.append(self._voices[other.name])
        return voices


def _check_length(heard: Heard, turns: Sequence[Turn], path: Path, gold: Path) -> None:
    """Make sure that a recording goes on as long as its gold file.

    Raises:
        DamagedRecording: it ends before the last turn begins, so that figures would be of nothing.
    """
    last = max(turn.start for turn in turns)
    if heard.duration is not None and heard.duration < last:
        raise DamagedRecording(
            Text(
                f"{path} 只有 {heard.duration:.0f} 秒，标准答案 {gold} 最后一句却在 {last:.0f} 秒："
                "录音不全，或不是同一段。请换成完整的录音。",
                f"{path} ends after {heard.duration:.0f} s, but the last turn of {gold} is at "
                f"{last:.0f} s: it is cut off or another recording. Put the whole one there.",
            )
        )


def with_gold_roles(heard: Heard, turns: Sequence[Turn]) -> Heard:
    """Return what was heard with each utterance in the role of the turn it shares most time with.

    Channels are forgotten: with them the program would find out by itself who speaks.
    """

    def told(utterance: Utterance) -> Utterance:
        turn = turn_of(utterance, turns)
        role: Role = "unknown" if turn is None else turns[turn].role
        return dataclasses.replace(utterance, role=role, channel=None)

    return dataclasses.replace(heard, utterances=tuple(map(told, heard.utterances)))
