"""`courtesy drill`: practise."""

import contextlib
import getpass
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from courtesy.cli import drill_scenarios, options
from courtesy.cli.common import T, console, fail, say
from courtesy.cli.drill_scenarios import Scenarios, make_marker
from courtesy.errors import CourtesyError, UsageError
from courtesy.messages import Text

if TYPE_CHECKING:  # the real imports wait for a command to run: `courtesy --help` must be quick
    from courtesy.cli.drill_practice import Answers
    from courtesy.cli.drill_screen import Screen
    from courtesy.drill.marking import Marker
    from courtesy.drill.scenarios import Scenario
    from courtesy.drill.session import Walk
    from courtesy.store import Database
    from courtesy.store.practising import Unfinished

__all__ = ["app"]

app = typer.Typer(
    help=T(
        "练习：群众说一句，您对着麦克风答一句，当场讲评。不进考核。\n\n例：courtesy drill\n\n"
        "例：courtesy drill --typed --scenario shebao-queue",
        "Practice: a customer says something, you answer by the microphone, it is marked at once. "
        "No appraisal sees it.\n\nExample: courtesy drill\n\n"
        "Example: courtesy drill --typed --scenario shebao-queue",
    ),
)
app.add_typer(drill_scenarios.app)


@app.callback(invoke_without_command=True)
def drill(
    context: typer.Context,
    typed: Annotated[
        bool, typer.Option("--typed", help=T("用键盘回答", "answer with the keyboard"))
    ] = False,
    device: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=T("麦克风的名称或一部分", "the microphone, by name; see live --devices"),
        ),
    ] = None,
    no_voice: Annotated[
        bool,
        typer.Option("--no-voice", help=T("群众的话只显示，不播放", "show lines, play none")),
    ] = False,
    model: options.ModelOption = None,
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
    from courtesy.cli.drill_practice import practise
    from courtesy.cli.drill_screen import Screen
    from courtesy.drill.memory import remember, take_breaches
    from courtesy.drill.reading import load_scenarios
    from courtesy.store import practising
    from courtesy.store.opening import open_database

    try:
        known = {one.id: one for one in load_scenarios(scenarios or [])}
        with open_database(db) as database:
            who = _who(database, person or getpass.getuser())
            take_breaches(database, who, clerk, datetime.now(UTC))
            marker = make_marker(lexicons)
            left = _left(database, who, known, gone=anew or due)
            if left is not None and scenario in {None, left.scenario.id}:
                walk, again = left, True
            else:
                wanted = _due(database, who, known, marker) if due else scenario
                walk, again = _new_walk(known, wanted), False

            def keep() -> None:
                with database.writing() as connection:
                    _not_elsewhere(practising.unfinished(connection, who, to_write=True), who)
                    if walk.over:
                        remember(connection, who, walk, datetime.now(UTC))
                    else:
                        practising.leave(connection, who, walk.state())

            screen = Screen(console(), marker)
            with _answers(screen, device, model, typed=typed, plays=not no_voice) as answers:
                screen.opening(walk.scenario, again=again, typed=typed)
                practise(walk, marker, answers, screen, keep)
    except CourtesyError as error:
        fail(error)


def _left(
    database: "Database", person: str, known: "dict[str, Scenario]", *, gone: bool
) -> "Walk | None":
    """Return what a person left in the middle; None where that is nothing, or `gone` by now.

    Raises:
        UsageError: it cannot be gone on with, or not here.
    """
    from courtesy.drill.session import taken_up
    from courtesy.store import practising

    with database.reading() as connection:
        left = practising.unfinished(connection, person)
    _not_elsewhere(left, person)
    return taken_up(left.state, known) if left and not gone else None


def _not_elsewhere(left: "Unfinished | None", person: str) -> None:
    """Leave alone what somebody has begun for their class.

    Raises:
        UsageError: they have.
    """
    if left and left.assignment is not None:
        raise UsageError(
            Text(
                f"{person} 在网页上还有一次布置的练习没做完，请先在网页上做完，或换 --person。",
                f"{person} has not finished an assignment on the page. Finish it there first, or "
                "give another --person.",
            )
        )


def _who(database: "Database", person: str) -> str:
    """Return who practises: as accounts have the name, where there is one of it."""
    from courtesy.store import accounts

    with database.reading() as connection:
        account = accounts.find(connection, person)
    return account.name if account else person


@contextlib.contextmanager
def _answers(
    screen: "Screen", device: str | None, model: str | None, *, typed: bool, plays: bool
) -> "Iterator[Answers]":
    """Give what somebody answers by: the keyboard, or the microphone with its recogniser."""
    from courtesy.cli.drill_practice import Spoken, Typed

    if typed:
        yield Typed()
        return
    from courtesy.config import load_settings
    from courtesy.drill.hearing import Listening
    from courtesy.drill.voices import installed_voice
    from courtesy.live.ear import Recognition
    from courtesy.live.microphone import Microphone, devices
    from courtesy.pipeline import whisper
    from courtesy.speech.following import Following

    settings = load_settings().with_changes(
        # One utterance is heard at a time, and on all cores.
        speech={"model": model, "workers": 1, "batch_size": 1},
    )
    # What is wrong with the microphone is told before the model is loaded.
    if not devices():
        raise UsageError(
            Text(
                "这台机器上没有麦克风。请接上麦克风，或加 --typed 用键盘回答。",
                "There is no microphone on this machine. Plug one in, or answer with --typed.",
            )
        )
    source = Microphone(device, channels=1)
    recognition = Recognition(Following(whisper(settings)))
    with Listening(source, recognition, settings.speech) as listening:
        yield Spoken(screen, listening, installed_voice() if plays else None, plays=plays)


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
    from courtesy.cli.drill_practice import LEAVE, line

    for number, one in enumerate(scenarios, 1):
        typer.echo(f"{number:>3}  {say(one.name)} · {say(one.window)}")
    answer = line(T("练哪一个？输入编号：", "Which one? Its number: "))
    if answer is None or answer == LEAVE:
        raise typer.Exit
    at = int(answer) if answer.isdecimal() else 0
    return scenarios[at - 1].id if 1 <= at <= len(scenarios) else answer
