"""`courtesy doctor`: is this machine fit for it, and what is to be done?"""

import json
from typing import TYPE_CHECKING

import typer

from courtesy import __version__
from courtesy.cli import options
from courtesy.cli.common import EXIT_FAULTY, LANG, T, console
from courtesy.errors import CourtesyError

if TYPE_CHECKING:  # the real import waits for the command to run
    from collections.abc import Iterator

    from courtesy.doctor.checked import Checked

HELP = T(
    """检查这台机器：程序、模型、麦克风、磁盘、数据库、字体、时钟，说明怎么办。

    有一项不行，退出码为 1。

    例：courtesy doctor

    例：courtesy doctor --db D:/courtesy.sqlite3 --json""",
    """Look at this machine: program, model, microphone, disk, database, fonts, clock; say what to
    do.

    The exit code is 1 if something will not do.

    Example: courtesy doctor

    Example: courtesy doctor --db /srv/courtesy.sqlite3 --json""",
)
_MARKS = {"good": "[green]✓[/]", "warning": "[yellow]![/]", "fault": "[red]✗[/]"}


def doctor(
    model: options.ModelOption = None,
    db: options.DatabaseUrl = None,
    lexicons: options.OwnLexicons = None,
    config: options.ConfigFile = None,
    as_json: options.AsJson = False,
) -> None:
    """Look at everything and print a table."""
    found = list(_looked(model, db, lexicons, config))
    if as_json:
        told = [
            {
                "name": one.name,
                "health": one.health,
                "found": one.found.say(LANG),
                "todo": one.todo and one.todo.say(LANG),
            }
            for one in found
        ]
        whole = {"schema": 1, "courtesy": __version__, "checks": told}
        typer.echo(json.dumps(whole, ensure_ascii=False, indent=2))
    else:
        _print(found)
    if any(one.health == "fault" for one in found):
        raise typer.Exit(EXIT_FAULTY)


def _looked(
    model: options.ModelOption,
    db: options.DatabaseUrl,
    lexicons: options.OwnLexicons,
    config: options.ConfigFile,
) -> "Iterator[Checked]":
    from courtesy.config import Settings, load_settings
    from courtesy.doctor import program, surroundings
    from courtesy.doctor.checked import Checked
    from courtesy.messages import Text

    told = list(program.look_at_program())
    yield from told
    if any(one.name == "libraries" and one.health == "fault" for one in told):
        return  # what looks at the rest may be among what is missing
    about, settings = Text("设置", "settings"), Settings()
    try:
        settings = load_settings(config).with_changes(speech={"model": model})
    except CourtesyError as error:  # the rest is looked at all the same
        yield Checked("settings", about, "fault", error.text)
    else:
        yield Checked("settings", about, "good", Text("读得懂", "readable"))
    yield from program.look_at_lists(lexicons or ())
    yield from program.look_at_model(settings)
    yield from program.look_at_processor()
    yield from surroundings.look_at_microphones()
    yield from surroundings.look_at_disk(settings)
    told = list(surroundings.look_at_database(db))
    yield from told
    if all(one.name != "clock" for one in told):
        yield from surroundings.look_at_clock()
    yield from surroundings.look_at_fonts()
    yield from program.look_at_terminal()


def _print(found: "list[Checked]") -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table.grid(padding=(0, 1))
    for _ in range(2):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for one in found:
        said = escape(one.found.say(LANG))
        if one.todo:
            said += f"\n[bold]→ {escape(one.todo.say(LANG))}[/]"
        table.add_row(_MARKS[one.health], escape(one.about.say(LANG)), said)
    console().print(table)
    bad = sum(one.health == "fault" for one in found)
    unsure = sum(one.health == "warning" for one in found)
    typer.echo(
        T(
            f"{bad} 项不行，{unsure} 项要留意。",
            f"{bad} will not do, {unsure} to be seen to.",
        )
        if bad or unsure
        else T("都好。", "All is well.")
    )
