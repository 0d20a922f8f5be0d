"""What a scenario is, and what it asks for.

A requirement names what the answer must hold, by reference to the lexicons and the rubric:

    apology                     any phrase of this list
    waiting-please-shaohou      this phrase
    rule:please                 this rule of the rubric passes
    waiting|service-please-sit  either
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

from courtesy.messages import Text
from courtesy.records import Mode

Outcome = Literal["right", "close", "missing", "forbidden", "silent"]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
OTHERWISE: Final = "otherwise"
END: Final = "end"
RULE: Final = "rule:"

SITUATIONS: Final[Mapping[str, Text]] = {
    "opening": Text("开门迎客", "opening"),
    "waiting": Text("请人等候", "waiting"),
    "refusing": Text("不能办理", "refusing"),
    "apologising": Text("道歉", "apologising"),
    "directing": Text("指引别处", "directing elsewhere"),
    "telephone": Text("接电话", "telephone"),
    "thanks": Text("群众道谢", "thanks"),
    "complaint": Text("群众投诉", "complaint"),
    "closing-time": Text("临近下班", "closing time"),
    "elderly": Text("老年人", "an elderly customer"),
    "angry": Text("群众生气", "an angry customer"),
    "misunderstanding": Text("听错误会", "a misunderstanding"),
}


@dataclass(frozen=True, slots=True)
class Better:
    """Words that are not forbidden and could be better.

    Attributes:
        said: the words.
        say: what to say instead.
    """

    said: str
    say: str


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the customer's, and what is to be answered.

    Attributes:
        id: unique in its scenario.
        customer: what the customer says.
        require: what the answer must hold; see the module.
        tempt: ids of forbidden phrases that come to mind here. All others are forbidden as well.
        better: words that could be better.
        model: a model answer.
        next: where it goes on. Keys are outcomes, lists or phrases that were said, "otherwise".
        follows: where it goes on when `next` does not say: the step below, or "end".
        line: of its header in the file, from 1.
    """

    id: str
    customer: str
    require: tuple[str, ...]
    tempt: tuple[str, ...]
    better: tuple[Better, ...]
    model: str
    next: Mapping[str, str]
    follows: str
    line: int

    @property
    def targets(self) -> tuple[str, ...]:
        """Every step it can lead to, and "end"."""
        always = () if OTHERWISE in self.next else (self.follows,)
        return tuple(dict.fromkeys((*self.next.values(), *always)))


@dataclass(frozen=True, slots=True)
class Scenario:
    """One conversation to practise.

    Attributes:
        id: unique over all files.
        name: for people.
        window: at which it plays.
        situation: a key of `SITUATIONS`.
        mode: at the counter or by telephone.
        sources: documents and clauses it rests on.
        steps: the first is where it begins.
        file: where it stands.
        line: of its header, from 1.
    """

    id: str
    name: Text
    window: Text
    situation: str
    mode: Mode
    sources: tuple[str, ...]
    steps: tuple[Step, ...]
    file: Path
    line: int

    def step(self, step_id: str) -> Step:
        """Return a step.

        Raises:
            KeyError: there is none of that id.
        """
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)


def name_of(scenarios: Mapping[str, Scenario], scenario: str) -> Text:
    """Return a scenario's name, or its id where it is not there any more."""
    return scenarios[scenario].name if scenario in scenarios else Text(scenario, scenario)


def alternatives(requirement: str) -> tuple[str, ...]:
    """Return the references of which one is enough.

    >>> alternatives("waiting|rule:please")
    ('waiting', 'rule:please')
    """
    return tuple(part.strip() for part in requirement.split("|"))
