"""The linter of scenarios: what cannot be walked through, and what teaches the wrong thing."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from courtesy.drill.marking import Answer, Mark, Marker
from courtesy.drill.reading import Flaw, Reading, read_scenarios
from courtesy.drill.scenarios import END, OTHERWISE, OUTCOMES, RULE, Scenario, Step, alternatives
from courtesy.drill.session import goes_to
from courtesy.messages import Text


def check(paths: Sequence[Path], marker: Marker) -> tuple[Reading, tuple[Flaw, ...]]:
    """Read scenario files and return everything that is wrong with them.

    Args:
        paths: files and folders.
        marker: marks the model answers.

    Raises:
        UsageError: a path holds no scenarios.
    """
    reading = read_scenarios(paths)
    flaws = list(reading.flaws)
    for scenario in reading.scenarios:
        flaws += [Flaw(scenario.file, line, text) for line, text in _complaints(scenario, marker)]
    return reading, tuple(sorted(flaws, key=lambda flaw: (str(flaw.file), flaw.line)))


def _complaints(scenario: Scenario, marker: Marker) -> Iterator[tuple[int, Text]]:
    for step in scenario.steps:
        for text in (
            *_names(step, marker),
            *_temptations(step, marker),
            *_dead_ends(scenario, step),
        ):
            yield step.line, text
    marks = {s.id: marker.mark(scenario, s, Answer(s.model)) for s in scenario.steps}
    for step in scenario.steps:
        for text in _model(step, marks[step.id]):
            yield step.line, text
    for line, text in _paths(scenario, marks):
        yield line, text


def _names(step: Step, marker: Marker) -> Iterator[Text]:
    """Complain of lists, phrases and rules that there are none of."""
    rules = {rule.id for rule in marker.rubric.rules}
    for ref in (name for one in step.require for name in alternatives(one)):
        if ref.startswith(RULE):
            if ref.removeprefix(RULE) not in rules:
                yield Text(
                    f"{step.id}：评分标准里没有规则 {ref}，请查 courtesy rubric show",
                    f"{step.id}: the rubric has no rule {ref}; see courtesy rubric show",
                )
        elif not marker.phrases(ref):
            yield _unknown(step, ref)
        elif marker.phrases(ref)[0].polarity == "forbidden":
            yield Text(
                f"{step.id}：require 不能要求忌语 {ref}",
                f"{step.id}: require must not ask for the forbidden phrase {ref}",
            )
    for key in step.next:
        if key not in {*OUTCOMES, OTHERWISE} and not marker.phrases(key):
            yield _unknown(step, key)


def _temptations(step: Step, marker: Marker) -> Iterator[Text]:
    """Complain of temptations that are no forbidden phrases."""
    for ref in step.tempt:
        found = marker.phrases(ref)
        if not found:
            yield _unknown(step, ref)
        elif found[0].polarity != "forbidden":
            yield Text(
                f"{step.id}：tempt 里的 {ref} 不是忌语",
                f"{step.id}: {ref} in tempt is no forbidden phrase",
            )


def _unknown(step: Step, ref: str) -> Text:
    return Text(
        f"{step.id}：词库里没有 {ref}，请查 courtesy lexicon list",
        f"{step.id}: the lexicons have no list or phrase {ref}; see courtesy lexicon list",
    )


def _dead_ends(scenario: Scenario, step: Step) -> Iterator[Text]:
    known = {END, *(one.id for one in scenario.steps)}
    for key, target in step.next.items():
        if target not in known:
            yield Text(
                f"{step.id}：走到死路，next.{key} 指向没有的一步 {target}",
                f"{step.id}: a dead end, next.{key} names {target}, and there is no such step",
            )


def _model(step: Step, mark: Mark) -> Iterator[Text]:
    for breach in mark.breaches:
        yield Text(
            f"{step.id}：示范回答里有忌语“{breach.heard}”（{breach.phrase_id}），请换说法",
            f"{step.id}: the model answer holds the forbidden “{breach.heard}” "
            f"({breach.phrase_id}); word it otherwise",
        )
    for one in mark.wanted:
        if one.verdict != "said":
            yield Text(
                f"{step.id}：示范回答没有做到 {one.ref}，请补上",
                f"{step.id}: the model answer does not meet {one.ref}; add it",
            )
    for advice in mark.better:
        yield Text(
            f"{step.id}：示范回答里的“{advice.said}”不如“{advice.say.zh}”",
            f"{step.id}: the model answer says “{advice.said}”, better is “{advice.say.en}”",
        )


def _paths(scenario: Scenario, marks: Mapping[str, Mark]) -> Iterator[tuple[int, Text]]:
    """Complain of steps nobody comes to, and of circles nobody gets out of."""
    by_id = {step.id: step for step in scenario.steps}
    targets = {step.id: [t for t in step.targets if t in by_id] for step in scenario.steps}
    reached = _reach({scenario.steps[0].id}, targets)
    backwards: dict[str, list[str]] = {step_id: [] for step_id in by_id}
    for step_id, ones in targets.items():
        for target in ones:
            backwards[target].append(step_id)
    leaving = {step.id for step in scenario.steps if set(step.targets) - set(by_id)}
    ending = _reach(leaving, backwards)
    for step in scenario.steps:
        if step.id not in reached:
            yield (
                step.line,
                Text(f"{step.id}：没有一步走得到这里", f"{step.id}: no step ever leads here"),
            )
        if step.id not in ending:
            yield (
                step.line,
                Text(
                    f"{step.id}：从这里绕圈走不到 end，请加一条出路",
                    f"{step.id}: from here it goes in a circle and never ends; add a way out",
                ),
            )
        elif step.id in reached and _circles(step.id, by_id, marks):
            yield (
                step.line,
                Text(
                    f"{step.id}：一直照示范回答也走不到 end，请改 next",
                    f"{step.id}: even with the model answers it never ends; correct next",
                ),
            )


def _reach(start: set[str], targets: Mapping[str, Sequence[str]]) -> set[str]:
    found, todo = set(start), list(start)
    while todo:
        for target in targets[todo.pop()]:
            if target not in found:
                found.add(target)
                todo.append(target)
    return found


def _circles(step_id: str, by_id: Mapping[str, Step], marks: Mapping[str, Mark]) -> bool:
    """Tell whether the model answers lead back to where they have been."""
    seen: set[str] = set()
    while step_id in by_id:
        if step_id in seen:
            return True
        seen.add(step_id)
        step_id = goes_to(by_id[step_id], marks[step_id])
    return False
