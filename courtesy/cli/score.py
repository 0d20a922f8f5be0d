"""`courtesy score`: recordings and transcripts in, scorecards out."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from courtesy.cli import options
from courtesy.cli.common import EXIT_FAULTY, LANG, T, console, errors, fail
from courtesy.cli.progress import ProgressBar
from courtesy.errors import CourtesyError, UsageError
from courtesy.messages import Text
from courtesy.records import Run

if TYPE_CHECKING:  # the real imports wait for the command to run: `courtesy --help` must be quick
    from courtesy.inputs import Input
    from courtesy.pipeline import Pipeline
    from courtesy.records import Recording

HELP = T(
    """听录音、读文字稿，逐次评分。

    例：courtesy score 录音/ --html 报告.html

    例：courtesy score 3号窗口.wav --clerk right --json""",
    """Hear recordings, read transcripts, score each interaction.

    Example: courtesy score recordings/ --html report.html

    Example: courtesy score window3.wav --clerk right --json""",
)


def score(  # noqa: D103 - its help is HELP, in the language of the run
    paths: options.Inputs,
    as_json: options.AsJson = False,
    as_jsonl: options.AsJsonLines = False,
    as_csv: options.AsCsv = False,
    html: options.HtmlFile = None,
    out: options.OutFolder = None,
    clerk: options.Clerk = None,
    clerk_voice: options.ClerkVoice = None,
    correct: options.Correct = None,
    mode: options.ModeOption = None,
    model: options.ModelOption = None,
    device: options.DeviceOption = None,
    lexicons: options.OwnLexicons = None,
    rubric: options.RubricFile = None,
    config: options.ConfigFile = None,
    script: options.ScriptOption = "hans",
    near: options.Near = False,
) -> None:
    from courtesy.config import load_settings
    from courtesy.inputs import find_inputs
    from courtesy.pipeline import load_pipeline
    from courtesy.transcripts import is_transcript

    formats = [name for name, on in (("json", as_json), ("jsonl", as_jsonl), ("csv", as_csv)) if on]
    form = formats[0] if formats else "table"
    try:
        _check_usage(formats, script)
        settings = load_settings(config).with_changes(
            dialogue={"clerk": clerk, "clerk_voice": clerk_voice, "correct": correct, "mode": mode},
            speech={"model": model, "device": device},
        )
        inputs = list(find_inputs(paths))
        _check_correction(correct, len(inputs))
        _check_outputs(html, out)
        pipeline = load_pipeline(settings, lexicons or [], rubric)
        there = [i.path for i in inputs if os.path.isfile(i.path)]  # noqa: PTH113 - Path.is_file may raise
        if there and not any(is_transcript(path) for path in there):
            pipeline.prepare()
    except CourtesyError as error:
        fail(error)
    show = _Printer(form, script, near=near)
    recordings, finished = _score_all(pipeline, inputs, show)
    run = Run(pipeline.made_by(), tuple(recordings))
    show.rest(run)
    try:
        _write(run, html, out, script, near=near)
    except CourtesyError as error:
        fail(error)
    if finished < len(inputs) or any(r.error for r in recordings):
        raise typer.Exit(EXIT_FAULTY)


def _score_all(
    pipeline: "Pipeline", inputs: "list[Input]", show: "_Printer"
) -> "tuple[list[Recording], int]":
    """Score one input after the other and show each at once; Ctrl-C ends it with what there is.

    Returns:
        the results, and how many inputs are finished.
    """
    from courtesy.pipeline import refused

    recordings: list[Recording] = []
    finished = 0
    try:
        with ProgressBar(len(inputs)) as bar:
            for number, one in enumerate(inputs):
                results = (
                    [refused(one.path, one.fault)]
                    if one.fault
                    else pipeline.run(one.path, bar.of(number, one.path.name))
                )
                for recording in results:
                    recordings.append(recording)
                    with bar.hidden():
                        show.recording(pipeline, recording)
                finished += 1
    except KeyboardInterrupt:
        # What was heard so far took time to hear; it is written like a whole run.
        stopped = Text(
            f"已停止：{len(inputs)} 个里完成了 {finished} 个。",
            f"Stopped: {finished} of {len(inputs)} were scored.",
        )
        errors().print(stopped.say(LANG), style="yellow")
    return recordings, finished


def _check_usage(formats: list[str], script: str) -> None:
    if len(formats) > 1:
        raise UsageError(
            Text(
                f"--{' 和 --'.join(formats)} 只能选一个；要多种格式请用 --out 文件夹。",
                f"Choose one of --{', --'.join(formats)}; for several formats use --out DIR.",
            )
        )
    if script not in {"hans", "hant"}:
        raise UsageError(Text("--script 应为 hans 或 hant。", "--script must be hans or hant."))


def _check_correction(text: str | None, inputs: int) -> None:
    """Find out before hours of listening that a correction makes no sense."""
    from courtesy.dialogue.corrections import SWAP, check_correction

    if text and text != SWAP:
        check_correction(text)
        if inputs > 1:
            raise UsageError(
                Text(
                    "--correct 按句改正时只能给一个文件。",
                    "--correct by utterance takes one file only.",
                )
            )


def _check_outputs(html: Path | None, out: Path | None) -> None:
    """Find out before hours of listening that a result could not be written."""
    from courtesy.report.writing import check_writable, make_folder

    if out:
        make_folder(out)
    if html:
        check_writable(html)


class _Printer:
    """Prints each result as soon as it is there, where the format allows."""

    def __init__(self, form: str, script: str, *, near: bool) -> None:
        self._form = form
        self._near = near
        self._convert = _converter(script)
        self._console = console()

    def recording(self, pipeline: "Pipeline", recording: "Recording") -> None:
        from rich.text import Text as RichText

        from courtesy.report import json_report, terminal

        if self._form == "table":
            terminal.print_recording(
                recording, self._console, LANG, convert=self._convert, near=self._near
            )
        elif self._form == "jsonl":
            sys.stdout.write(json_report.to_jsonl(Run(pipeline.made_by(), (recording,)), LANG))
            sys.stdout.flush()
        if recording.error and self._form != "table":
            message = RichText(recording.error.message.say(LANG), style="red")
            errors().print(message, soft_wrap=True)

    def rest(self, run: Run) -> None:
        from courtesy.report import csv_report, json_report, terminal

        if self._form == "table":
            terminal.print_summary(run, self._console, LANG, convert=self._convert)
        elif self._form == "json":
            sys.stdout.write(json_report.to_json(run, LANG))
        elif self._form == "csv":
            sys.stdout.write(csv_report.to_csv(run, LANG, convert=self._convert))


def _converter(script: str) -> Callable[[str], str]:
    from courtesy.report.plain import identity
    from courtesy.text.script import traditionalize

    return traditionalize if script == "hant" else identity


def _write(run: Run, html: Path | None, out: Path | None, script: str, *, near: bool) -> None:
    from courtesy.report import csv_report, json_report
    from courtesy.report.html import to_html
    from courtesy.report.writing import write_text

    convert = _converter(script)
    if html:
        write_text(html, to_html(run, LANG, convert=convert, near=near))
    if out:
        write_text(out / "courtesy.json", json_report.to_json(run, LANG))
        write_text(out / "courtesy.csv", csv_report.to_csv(run, LANG, convert=convert), bom=True)
        write_text(out / "courtesy.html", to_html(run, LANG, convert=convert, near=near))
