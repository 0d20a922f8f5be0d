"""A whole evaluation: what was evaluated, by what, and what came of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from courtesy.evaluation.files import Dialogue
from courtesy.evaluation.run import Options
from courtesy.evaluation.summary import Result
from courtesy.messages import Text
from courtesy.records import MadeBy


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything one run of `courtesy eval` found.

    Attributes:
        made_by: the versions.
        options: how it was evaluated.
        dialogues: the gold files, in the order they were given.
        results: one a condition.
        titles: the lists' names for people.
        planned: how many times a dialogue was to be evaluated under a condition; more than were
            where the run was stopped.
    """

    made_by: MadeBy
    options: Options
    dialogues: tuple[Dialogue, ...]
    results: tuple[Result, ...]
    titles: Mapping[str, Text]
    planned: int

    @property
    def done(self) -> int:
        """How many times a dialogue was evaluated under a condition."""
        return sum(len(result.outcomes) for result in self.results)

    @property
    def complete(self) -> bool:
        """Whether everything that was planned was done."""
        return self.done == self.planned

    @property
    def checksum(self) -> str:
        """One SHA-256 over all gold files, in whatever order they were given."""
        lines = sorted(f"{one.checksum}\n" for one in self.dialogues)
        return hashlib.sha256("".join(lines).encode("ascii")).hexdigest()
