"""`courtesy drill`: practise, list and check scenarios, print them."""

import getpass
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
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
    from courtesy.drill.session import Walk
    from courtesy.store import Database

__all__ = ["app"]

app = typer.Typer(
    help=T(
        "练习：群众说一句，您答一句，当场讲评。不进考核。\n\n例：courtesy drill --typed",
        "Practice: a customer says something, you answer, it is marked at once. No appraisal sees "
        "it.\n\nExample: courtesy drill --typed",
    ),
)
LEAVE = ":q"

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


@app.callback(invoke_without_command=True)
def drill(
    context: typer.Context,
    typed: Annotated[
        bool, typer.Option("--typed", help=T("用键盘回答", "answer with the keyboard"))
    ] = False,
    scenario: Annotated[
        str | None, typer.Option(metavar="ID", help=T("练哪一个情景", "which to practise"))
    ] = None,
    person: Annotated[
        str | None, typer.Option(metavar="NAME", help=T("谁在练，默认是登录名", "who practises"))
    ] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help=T("不接着上次的练", "do not go on with the last one"))
    ] = False,
    due: Annotated[
        bool, typer.Option("--due", help=T("练到期该复习的", "practise what is due to come back"))
    ] = False,
    clerk: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help=T(
                "录音里的工号：经复核确认的忌语也拿来练",
                "as recordings name the person: confirmed breaches are practised too",
            ),
        ),
    ] = "",
    db: options.DatabaseUrl = None,
    scenarios: Scenarios = None,
    lexicons: options.OwnLexicons = None,
) -> None:
    """Practise one scenario."""
    if context.invoked_subcommand:
        return
    from courtesy.drill.memory import remember, take_breaches
    from courtesy.drill.reading import load_scenarios
    from courtesy.drill.unfinished import forget, leave, take_up, unfinished_file
    from courtesy.store.opening import open_database

    try:
        if not typed:
            raise UsageError(
                Text(
                    "现在只能用键盘回答，请加 --typed。", "Answers are typed for now: add --typed."
                )
            )
        who = person or getpass.getuser()
        known = {one.id: one for one in load_scenarios(scenarios or [])}
        file = unfinished_file(who)
        with open_database(db) as database:
            take_breaches(database, who, clerk, datetime.now(UTC))
            marker = _marker(lexicons)
            left = None if anew or due else take_up(file, known)
            again = left is not None and scenario in {None, left.scenario.id}
            if left is not None and again:
                walk = left
            else:
                walk = _new_walk(known, _due(database, who, known, marker) if due else scenario)
            if _practise(walk, marker, lambda: leave(file, walk), again=again):
                remember(database, who, walk, datetime.now(UTC))
                forget(file)
    except CourtesyError as error:
        fail(error)


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
        reading, flaws = linter.check([path or drills_dir()], _marker(lexicons))
    except CourtesyError as error:
        fail(error)
    for flaw in flaws:
        typer.echo(say(flaw.sentence))
    count, wrong = len(reading.scenarios), len(flaws)
    typer.echo(T(f"{count} 个情景，{wrong} 处有误。", f"{count} scenarios, {wrong} errors."))
    if flaws:
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


def _marker(lexicons: Sequence[Path] | None) -> "Marker":
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


def _due(database: "Database", person: str, known: "dict[str, Scenario]", marker: "Marker") -> str:
    """Return the id of a scenario for what is due.

    Raises:
        UsageError: nothing is.
    """
    from courtesy.drill.memory import exercise_for, next_due

    item = next_due(database, person, datetime.now(UTC))
    found = exercise_for(item, list(known.values()), marker.lexicon) if item else None
    if found is None:
        raise UsageError(
            Text("现在没有到期的，请用 --scenario 选一个。",
                 "Nothing is due now; choose one with --scenario.")
        )  # fmt: skip
    return found.id


def _new_walk(known: "dict[str, Scenario]", wanted: str | None) -> "Walk":
    from courtesy.drill.session import Walk

    if wanted is None:
        wanted = _asked(list(known.values()))
    if wanted not in known:
        raise UsageError(
            Text(
                f"没有情景 {wanted}，请看 courtesy drill list。",
                f"There is no scenario {wanted}; see courtesy drill list.",
            )
        )
    return Walk(known[wanted])


def _asked(scenarios: "Sequence[Scenario]") -> str:
    """Return the id of the scenario that the person chooses by its number or its id."""
    for number, one in enumerate(scenarios, 1):
        typer.echo(f"{number:>3}  {say(one.name)} · {say(one.window)}")
    answer = _line(T("练哪一个？输入编号：", "Which one? Its number: "))
    if answer is None or answer == LEAVE:
        raise typer.Exit
    at = int(answer) if answer.isdecimal() else 0
    return scenarios[at - 1].id if 1 <= at <= len(scenarios) else answer


def _practise(walk: "Walk", marker: "Marker", keep: Callable[[], None], *, again: bool) -> bool:
    """Go through a walk; return whether it came to its end."""
    from courtesy.cli.drill_screen import Screen
    from courtesy.drill.marking import Answer

    screen = Screen(console(), marker)
    screen.opening(walk.scenario, again=again)
    while not walk.over:
        step = walk.step
        screen.customer(step)
        began = time.monotonic()
        text = _line(T("您：", "You: "))
        if text is None or text == LEAVE:
            keep()
            typer.echo(T("已保存，下次接着练。", "Kept; the next time it goes on here."))
            return False
        mark = walk.answer(marker, Answer(text, time.monotonic() - began))
        # Kept after each answer, so that a power cut takes nothing.
        keep()
        screen.mark(mark, step)
    screen.summary(walk)
    return True


def _line(prompt: str) -> str | None:
    """Return a line that is typed; None at the end of the input and on Ctrl-C."""
    typer.echo(prompt, nl=False)
    try:
        row = sys.stdin.readline()
    except KeyboardInterrupt:
        typer.echo()
        return None
    if not sys.stdin.isatty():  # nobody saw the Enter key
        typer.echo()
    return row.strip() if row else None
