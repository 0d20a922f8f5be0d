"""`courtesy drill list`, `check` and `export`: scenarios listed, checked and printed."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from courtesy.cli import options
from courtesy.cli.common import EXIT_FAULTY, LANG, T, console, fail, say
from courtesy.errors import CourtesyError, UsageError
from courtesy.messages import Text

if TYPE_CHECKING:  # the real imports wait for a command to run: `courtesy --help` must be quick
    from courtesy.drill.marking import Marker
    from courtesy.drill.scenarios import Scenario

app = typer.Typer()

Scenarios = Annotated[
    list[Path] | None,
    typer.Option(
        "--scenarios",
        metavar="PATH",
        help=T("自己的情景文件或文件夹，可多次给出", "own scenarios; may be repeated"),
    ),
]
Window = Annotated[
    str | None, typer.Option(metavar="NAME", help=T("只要这个窗口的", "only at this window"))
]
Situation = Annotated[
    str | None, typer.Option(metavar="NAME", help=T("只要这种情形的", "only of this situation"))
]


@app.command(
    "list",
    help=T("列出情景。\n\n例：courtesy drill list --situation angry",
           "List the scenarios.\n\nExample: courtesy drill list --situation angry"),
)  # fmt: skip
def list_scenarios(
    window: Window = None, situation: Situation = None, scenarios: Scenarios = None
) -> None:
    """Print one line a scenario."""
    from courtesy.drill.reading import load_scenarios
    from courtesy.drill.scenarios import SITUATIONS

    try:
        found = _chosen(load_scenarios(scenarios or []), window, situation)
    except CourtesyError as error:
        fail(error)
    width = max(len(one.id) for one in found)
    for one in found:
        told = " · ".join(map(say, (one.name, one.window, SITUATIONS[one.situation])))
        typer.echo(f"{one.id.ljust(width)}  {told}")


@app.command(
    help=T("检查情景：死路、绕圈、走不到的步骤、示范回答；有误时退出码为 1。\n\n"
           "例：courtesy drill check 我的情景/",
           "Check scenarios: dead ends, circles, unreachable steps, model answers; exit code 1 on "
           "errors.\n\nExample: courtesy drill check my-scenarios/"),
)  # fmt: skip
def check(
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="PATH",
            show_default=False,
            help=T("文件或文件夹，默认是自带的", "file or folder; the built-in ones by default"),
        ),
    ] = None,
    lexicons: options.OwnLexicons = None,
) -> None:
    """Print one line a flaw, then how many scenarios there are."""
    from courtesy.drill import check as linter
    from courtesy.drill.reading import drills_dir

    try:
        reading, flaws = linter.check([path or drills_dir()], make_marker(lexicons))
    except CourtesyError as error:
        fail(error)
    for flaw in flaws:
        typer.echo(say(flaw.sentence))
    count, wrong = len(reading.scenarios), len(flaws)
    typer.echo(T(f"{count} 个情景，{wrong} 处有误。", f"{count} scenarios, {wrong} errors."))
    if flaws:
        raise typer.Exit(EXIT_FAULTY)


@app.command(
    help=T("把情景画成树：群众的话、要说的、接着去哪里。\n\n例：courtesy drill preview 我的情景/",
           "Show scenarios as trees: what customers say, what is wanted, where it goes on.\n\n"
           "Example: courtesy drill preview my-scenarios/ our-queue"),
)  # fmt: skip
def preview(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH", show_default=False, help=T("文件或文件夹", "file or folder")
        ),
    ],
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="ID", show_default=False, help=T("只要这一个", "only this one")),
    ] = None,
    lexicons: options.OwnLexicons = None,
) -> None:
    """Print one tree a scenario."""
    from courtesy.cli.drill_screen import tree
    from courtesy.drill.reading import read_scenarios
    from courtesy.folders import lexicon_dir
    from courtesy.lexicon import load_lexicon

    try:
        reading = read_scenarios([path])
        lexicon = load_lexicon([lexicon_dir(), *(lexicons or [])])
        found = [one for one in reading.scenarios if scenario in {None, one.id}]
        if scenario and not found:
            raise UsageError(
                Text(
                    f"{path} 里没有情景 {scenario}。", f"There is no scenario {scenario} in {path}."
                )
            )
    except CourtesyError as error:
        fail(error)
    for one in found:
        console().print(tree(one, lexicon))
    for flaw in reading.flaws:
        typer.echo(say(flaw.sentence), err=True)
    if reading.flaws:
        raise typer.Exit(EXIT_FAULTY)


@app.command(
    help=T("把说法和情景写成一本可打印的小册子。\n\n例：courtesy drill export 手册.html",
           "Write phrases and scenarios as a booklet to print.\n\n"
           "Example: courtesy drill export booklet.html"),
)  # fmt: skip
def export(
    file: Annotated[
        Path, typer.Argument(metavar="OUT.html", show_default=False, help=T("网页", "the page"))
    ],
    window: Window = None,
    situation: Situation = None,
    scenarios: Scenarios = None,
    lexicons: options.OwnLexicons = None,
) -> None:
    """Write the booklet."""
    from courtesy.drill.booklet import booklet
    from courtesy.drill.reading import load_scenarios
    from courtesy.folders import lexicon_dir
    from courtesy.lexicon import load_lexicon
    from courtesy.report.writing import write_text

    try:
        found = _chosen(load_scenarios(scenarios or []), window, situation)
        lexicon = load_lexicon([lexicon_dir(), *(lexicons or [])])
        write_text(file, booklet(found, lexicon, LANG))
    except CourtesyError as error:
        fail(error)
    typer.echo(T(f"已写成 {file}，{len(found)} 个情景。", f"Wrote {file}, {len(found)} scenarios."))


def make_marker(lexicons: Sequence[Path] | None) -> "Marker":
    """Make what marks answers ready, which takes some seconds."""
    from courtesy.config import load_settings
    from courtesy.drill.marking import Marker
    from courtesy.folders import lexicon_dir, rubric_file
    from courtesy.lexicon import load_lexicon
    from courtesy.scoring.rubric_file import load_rubric

    lexicon = load_lexicon([lexicon_dir(), *(lexicons or [])])
    return Marker(lexicon, load_rubric(rubric_file("window")), load_settings().matching)


def _chosen(
    scenarios: "Sequence[Scenario]", window: str | None, situation: str | None
) -> "list[Scenario]":
    """Return those of a window and a situation.

    Raises:
        UsageError: there are none.
    """
    found = [
        one
        for one in scenarios
        if (window is None or window in one.window.zh or window in one.window.en)
        and situation in {None, one.situation}
    ]
    if not found:
        raise UsageError(
            Text("没有这样的情景，请看 courtesy drill list。",
                 "There is no such scenario; see courtesy drill list.")
        )  # fmt: skip
    return found
