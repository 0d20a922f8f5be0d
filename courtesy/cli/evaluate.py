"""`courtesy eval`: gold dialogues in, how good the program is on them out."""

import dataclasses
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from courtesy.cli import eval_options, options
from courtesy.cli.common import EXIT_FAULTY, LANG, T, console, errors, fail
from courtesy.cli.progress import ProgressBar
from courtesy.errors import CourtesyError, UsageError
from courtesy.messages import Text

if TYPE_CHECKING:  # the real imports wait for the command to run: `courtesy --help` must be quick
    from courtesy.evaluation.conditions import Condition
    from courtesy.evaluation.evaluation import Evaluation
    from courtesy.evaluation.files import Dialogue
    from courtesy.evaluation.outcome import Outcome
    from courtesy.evaluation.run import Evaluator, Options
    from courtesy.evaluation.sections import Section
    from courtesy.pipeline import Pipeline

HELP = T(
    """评测：用标准答案检验程序听得、判得有多准。

    例：courtesy eval samples --at text

    例：courtesy eval 标准答案/ --at clean --at 10db --at 0db+babble+phone --html 评测.html""",
    """Evaluate: hold the program against gold dialogues and say how good it is.

    Example: courtesy eval samples --at text

    Example: courtesy eval gold/ --at clean --at 10db --at 0db+babble+phone --html eval.html""",
)

# A file has no edge to keep to; this much can still be read without moving about.
_FILE_WIDTH = 120


@dataclasses.dataclass(frozen=True)
class _Outputs:
    """Where results go besides standard output."""

    as_json: bool
    html: Path | None
    out: Path | None


def evaluate(  # noqa: D103 - its help is HELP, in the language of the run
    gold: eval_options.GoldFiles,
    at: eval_options.At = None,
    sound: eval_options.SoundFolder = None,
    roles: eval_options.RolesOption = "heard",
    compare: eval_options.CompareOption = None,
    earlier: eval_options.AgainstOption = None,
    as_json: options.AsJson = False,
    html: options.HtmlFile = None,
    out: eval_options.EvaluationFolder = None,
    limit: eval_options.Limit = None,
    clerk: options.Clerk = None,
    model: options.ModelOption = None,
    device: options.DeviceOption = None,
    lexicons: options.OwnLexicons = None,
    rubric: options.RubricFile = None,
    config: options.ConfigFile = None,
) -> None:
    from courtesy.config import load_settings
    from courtesy.evaluation.against import read_earlier
    from courtesy.evaluation.conditions import parse_conditions
    from courtesy.evaluation.files import find_dialogues
    from courtesy.evaluation.layers import parse_layers
    from courtesy.evaluation.run import Evaluator, Options, parse_roles
    from courtesy.pipeline import load_pipeline

    outputs = _Outputs(as_json, html, out)
    try:
        if limit is not None and limit < 1:
            raise UsageError(
                Text(f"--limit {limit}：至少为 1。", f"--limit {limit}: it must be 1 at least.")
            )
        how = Options(parse_roles(roles), parse_layers(compare))
        conditions = parse_conditions(at or [])
        before = read_earlier(earlier) if earlier else None
        settings = load_settings(config).with_changes(
            dialogue={"clerk": clerk},
            speech={"model": model, "device": device},
            # Gold says what was said, every number and name of it.
            privacy={"mask": "off"},
        )
        everything = find_dialogues(gold, sound)
        plan = _plan(everything[:limit], everything, conditions)
        _check(plan, outputs)
        pipeline = load_pipeline(settings, lexicons or [], rubric)
        if any(condition.by_ear for condition, _ in plan):
            pipeline.prepare()
        evaluator = Evaluator(pipeline, everything, how)
    except CourtesyError as error:
        fail(error)
    found = _run(evaluator, plan)
    result = _evaluation(pipeline, how, plan, found)
    try:
        _report(result, before, str(earlier or ""), outputs)
    except CourtesyError as error:
        fail(error)
    failed = {name: fault for one in result.results for name, fault in one.failed.items()}
    for name, fault in failed.items():
        errors().print(
            f"{name}: {fault.message.say(LANG)}", style="red", markup=False, soft_wrap=True
        )
    if failed or not result.complete:
        raise typer.Exit(EXIT_FAULTY)


def _plan(
    chosen: "Sequence[Dialogue]",
    everything: "Sequence[Dialogue]",
    conditions: "Sequence[Condition]",
) -> "list[tuple[Condition, list[Dialogue]]]":
    """Say which dialogues are evaluated under which condition.

    What was asked for must be there; of what goes without asking, what can be heard is heard.
    """
    from courtesy.evaluation.files import can_be_heard, check_sound, usual_conditions

    if conditions:
        check_sound(chosen, everything, conditions)
        return [(condition, list(chosen)) for condition in conditions]
    return [
        (condition, [one for one in chosen if can_be_heard(one) or not condition.by_ear])
        for condition in usual_conditions(chosen)
    ]


def _check(plan: "list[tuple[Condition, list[Dialogue]]]", outputs: _Outputs) -> None:
    """Find out before hours of listening what would be missing after them."""
    from courtesy.evaluation.extras import need
    from courtesy.report.writing import check_writable, make_folder

    if any(condition.by_ear for condition, _ in plan):
        need("jiwer")
    if outputs.html or outputs.out:
        need("matplotlib")
    if outputs.html:
        check_writable(outputs.html)
    if outputs.out:
        make_folder(outputs.out)


def _run(
    evaluator: "Evaluator", plan: "list[tuple[Condition, list[Dialogue]]]"
) -> "list[list[Outcome]]":
    """Evaluate; Ctrl-C ends it with what there is, which took time to hear."""
    found: list[list[Outcome]] = [[] for _ in plan]
    planned = sum(len(dialogues) for _, dialogues in plan)
    number = 0
    try:
        with ProgressBar(planned) as bar:
            for outcomes, (condition, dialogues) in zip(found, plan, strict=True):
                for dialogue in dialogues:
                    tell = bar.of(number, f"{condition.name} {dialogue.name}")
                    outcomes.append(evaluator.outcome(dialogue, condition, tell))
                    number += 1
    except KeyboardInterrupt:
        stopped = Text(
            f"已停止：{planned} 次里完成了 {number} 次。",
            f"Stopped: {number} of {planned} were evaluated.",
        )
        errors().print(stopped.say(LANG), style="yellow")
    return found


def _evaluation(
    pipeline: "Pipeline",
    how: "Options",
    plan: "list[tuple[Condition, list[Dialogue]]]",
    found: "list[list[Outcome]]",
) -> "Evaluation":
    from courtesy.evaluation.evaluation import Evaluation
    from courtesy.evaluation.summary import summarise

    polarities = {phrase.list: phrase.polarity for phrase in pipeline.lexicon.phrases}
    # What counts against somebody comes first, as in the reports of a score.
    order = dict(sorted(polarities.items(), key=lambda item: item[1] == "polite"))
    return Evaluation(
        made_by=pipeline.made_by(),
        options=how,
        dialogues=tuple({one.path: one for _, dialogues in plan for one in dialogues}.values()),
        results=tuple(
            summarise(condition, outcomes, order, pipeline.rules)
            for (condition, _), outcomes in zip(plan, found, strict=True)
            if outcomes
        ),
        titles=pipeline.lexicon.titles,
        planned=sum(len(dialogues) for _, dialogues in plan),
    )


def _report(result: "Evaluation", before: Any, earlier: str, outputs: _Outputs) -> None:
    """Print and write everything that was asked for."""
    from courtesy.evaluation import against, html, json_report
    from courtesy.evaluation.sections import sections
    from courtesy.evaluation.terminal import print_sections
    from courtesy.report.page import Page
    from courtesy.report.plain import identity
    from courtesy.report.writing import write_text

    document = json_report.as_dict(result, LANG)
    compared = against.against(before, document, earlier) if before else None
    document["against"] = against.as_dict(compared) if compared else None
    parts = sections(result, compared, LANG)
    if outputs.as_json:
        sys.stdout.write(json_report.to_json(document))
    else:
        print_sections(parts, Page(console(), LANG, identity))
    if outputs.html or outputs.out:
        page = html.to_html(result, parts, LANG)
    if outputs.html:
        write_text(outputs.html, page)
    if outputs.out:
        write_text(outputs.out / "eval.txt", _as_text(parts))
        write_text(outputs.out / "eval.json", json_report.to_json(document))
        write_text(outputs.out / "eval.html", page)


def _as_text(parts: "tuple[Section, ...]") -> str:
    from rich.console import Console

    from courtesy.evaluation.terminal import print_sections
    from courtesy.report.page import Page
    from courtesy.report.plain import identity

    file = io.StringIO()
    console = Console(file=file, width=_FILE_WIDTH, highlight=False)
    print_sections(parts, Page(console, LANG, identity))
    return file.getvalue()
