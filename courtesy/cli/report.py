"""`courtesy report`: results of many recordings in, what only many together can show out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from courtesy.cli import options
from courtesy.cli.common import LANG, T, console, fail
from courtesy.errors import CourtesyError
from courtesy.messages import Text

if TYPE_CHECKING:  # the real imports wait for the command to run: `courtesy --help` must be quick
    from courtesy.analysis.sections import Source
    from courtesy.results import Results

HELP = T(
    """比较许多次接待的得分：忙时闲时、来早来晚是否一样。不重新评分。

    例：courtesy score 录音/ --out 结果/

    例：courtesy report 结果/ --html 五个一样.html""",
    """Compare the scores of many interactions: busy or quiet, early or late. Scores nothing anew.

    Example: courtesy score recordings/ --out results/

    Example: courtesy report results/ --html even-handed.html""",
)

ResultFiles = Annotated[
    list[Path],
    typer.Argument(
        metavar="RESULT...",
        show_default=False,
        help=T(
            "courtesy score 写出的结果（JSON）或文件夹",
            "results of courtesy score (JSON), or folders that hold them",
        ),
    ),
]


def report(  # noqa: D103 - its help is HELP, in the language of the run
    results: ResultFiles,
    as_json: options.AsJson = False,
    html: options.HtmlFile = None,
) -> None:
    from courtesy.analysis import html as page
    from courtesy.analysis import json_report
    from courtesy.analysis.even_handed import even_handed
    from courtesy.analysis.sections import print_report
    from courtesy.report.page import Page
    from courtesy.report.plain import identity
    from courtesy.report.writing import check_writable, write_text
    from courtesy.results import read_results

    try:
        if html:
            check_writable(html)
        read = read_results(results)
        source = _source(read)
        found = even_handed(read.judged)
        if as_json:
            sys.stdout.write(json_report.to_json(found, source, LANG))
        else:
            print_report(found, source, Page(console(), LANG, identity))
        if html:
            write_text(html, page.to_html(found, source, LANG))
    except CourtesyError as error:
        fail(error)


def _source(read: "Results") -> "Source":
    """Say where the interactions come from, and what of the results is not among them."""
    from courtesy import __version__
    from courtesy.analysis.sections import Source

    notes: list[Text] = []
    if read.failed:
        notes.append(
            Text(
                f"有 {len(read.failed)} 个录音当时没有评成：{_some(read.failed, '、')}。",
                f"Recordings that could not be scored then: {_some(read.failed, ', ')}.",
            )
        )
    if read.twice:
        notes.append(
            Text(
                f"有 {read.twice} 个录音的结果出现了不止一次，只算最后一次。",
                f"Results that come again later were left out (recordings: {read.twice}).",
            )
        )
    if read.passed_over:
        others = [str(path) for path in read.passed_over]
        notes.append(
            Text(
                f"不是评分结果，已略过：{_some(others, '、')}。",
                f"Passed over, being no results: {_some(others, ', ')}.",
            )
        )
    return Source(__version__, tuple(filter(None, read.rubrics)), tuple(notes))


def _some(names: "tuple[str, ...] | list[str]", comma: str) -> str:
    return comma.join(names[:5]) + ("…" if len(names) > 5 else "")
