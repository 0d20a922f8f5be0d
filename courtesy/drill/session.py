"""One walk through a scenario. Its state is plain data, and can be taken up again."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from courtesy.drill.marking import Answer, Mark, Marker, as_dict
from courtesy.drill.scenarios import END, OTHERWISE, OUTCOMES, Scenario, Step
from courtesy.errors import UsageError
from courtesy.messages import Text

# How often a customer says the same line before they go on all the same.
MOST_VISITS: Final = 2


def goes_to(step: Step, mark: Mark) -> str:
    """Return the step that follows a mark, or "end".

    What was done comes before what was said, and what was said before "otherwise": silent and
    forbidden, then lists and phrases in the file's order, then missing, close and right.
    """
    following = step.next
    if mark.outcome in {"silent", "forbidden"} and mark.outcome in following:
        return following[mark.outcome]
    for key, target in following.items():
        if key not in {*OUTCOMES, OTHERWISE} and key in mark.said:
            return target
    if mark.outcome in following:
        return following[mark.outcome]
    return following.get(OTHERWISE, step.follows)


@dataclass(slots=True)
class Walk:
    """A scenario being practised.

    Attributes:
        scenario: which.
        at: id of the step that is to be answered; "end" when it is over.
        turns: what was answered so far, each as plain data: step, answer, mark.
        spoken: whether any of it was answered by the microphone.
    """

    scenario: Scenario
    at: str = ""
    turns: list[dict[str, Any]] = field(default_factory=list)
    spoken: bool = False

    def __post_init__(self) -> None:
        """Begin with the first step."""
        self.at = self.at or self.scenario.steps[0].id

    @property
    def over(self) -> bool:
        """Whether nothing is left to answer."""
        return self.at == END

    @property
    def step(self) -> Step:
        """What is to be answered now.

        Raises:
            KeyError: it is over.
        """
        return self.scenario.step(self.at)

    @property
    def points(self) -> float:
        """Mean of the marks so far, 0 to 100; 0 before the first."""
        points = [turn["mark"]["points"] for turn in self.turns]
        return round(sum(points) / len(points), 1) if points else 0.0

    def answer(self, marker: Marker, answer: Answer) -> Mark:
        """Mark an answer and go on to what the customer says to it."""
        step = self.step
        mark = marker.mark(self.scenario, step, answer)
        self.turns.append({"step": step.id, "answer": answer.text, "mark": as_dict(mark)})
        self.spoken = self.spoken or bool(answer.said)
        self.at = goes_to(step, mark)
        visits = Counter(turn["step"] for turn in self.turns)
        # Who does not find the words is shown them and goes on; nobody is kept in a circle.
        if self.at != END and visits[self.at] >= MOST_VISITS:
            self.at = next(
                (s for s in _after(self.scenario, self.at) if visits[s] < MOST_VISITS), END
            )
        return mark

    def state(self) -> dict[str, Any]:
        """Return all that is needed to go on later, as JSON has it."""
        return {
            "scenario": self.scenario.id,
            "at": self.at,
            "turns": self.turns,
            "spoken": self.spoken,
        }


def taken_up(state: Mapping[str, Any], scenarios: Mapping[str, Scenario]) -> Walk:
    """Return a walk that was left in the middle.

    Raises:
        UsageError: its scenario has changed or is gone since.
    """
    scenario = scenarios.get(str(state.get("scenario")))
    at = str(state.get("at"))
    turns = list(state.get("turns", []))
    known = {step.id for step in scenario.steps} if scenario else set()
    gone = not {at, *(turn["step"] for turn in turns)} <= {END, *known}
    if scenario is None or gone:
        raise UsageError(
            Text(
                f"情景 {state.get('scenario')} 已经改动或不在了，请加 --anew 重新开始。",
                f"The scenario {state.get('scenario')} was changed or is gone. Begin anew: --anew.",
            )
        )
    return Walk(scenario, at, turns, bool(state.get("spoken")))


def _after(scenario: Scenario, step_id: str) -> list[str]:
    """Return the steps below one, and "end"."""
    ids = [step.id for step in scenario.steps]
    return [*ids[ids.index(step_id) + 1 :], END]
