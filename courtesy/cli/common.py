"""What every command shares: the language, the two consoles, how a failure ends the program."""

import itertools
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from courtesy.errors import CourtesyError, UsageError
from courtesy.messages import Lang, Text, choose_language

if TYPE_CHECKING:
    from rich.console import Console

# Help texts are fixed when a command is declared, so the language must be known at import.
LANG = choose_language(sys.argv[1:])

EXIT_FAULTY = 1
EXIT_USAGE = 2


def T(zh: str, en: str) -> str:  # noqa: N802 - short and loud, since it stands around every help text
    """Return the text in the language of this run."""
    return zh if LANG == "zh" else en


def say(text: Text) -> str:
    """Return a message in the language of this run."""
    return text.say(LANG)


def console(*, plain: bool = False) -> "Console":
    """Return a console on standard output.

    Args:
        plain: whether it has no colours; NO_COLOR in the environment does the same.
    """
    from rich.console import Console

    return Console(highlight=False, soft_wrap=False, no_color=plain or None)


def errors() -> "Console":
    """Return a console on standard error, where progress and complaints go."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def fail(error: CourtesyError) -> NoReturn:
    """Print the error's sentence and end the program: 2 for wrong usage, 1 for the rest."""
    from rich.text import Text as RichText

    errors().print(RichText(error.say(LANG), style="red"), soft_wrap=True)
    raise typer.Exit(EXIT_USAGE if isinstance(error, UsageError) else EXIT_FAULTY)


def language_first(argv: Sequence[str]) -> list[str]:
    """Move `--lang` to the front, so that it may stand anywhere on the command line."""
    moved: list[str] = []
    rest: list[str] = []
    words = iter(argv)
    for word in words:
        if word == "--lang":
            moved += [word, *itertools.islice(words, 1)]
        elif word.startswith("--lang="):
            moved.append(word)
        else:
            rest.append(word)
    return moved + rest


_IN_CHINESE = {
    "help": "显示这段说明",
    "install_completion": "为当前的命令行外壳安装补全",
    "show_completion": "显示补全脚本，供复制或修改",
}


def localized(app: typer.Typer, lang: Lang) -> Any:
    """Make the command of an app, with typer's own words in the language of the run.

    Typer has no translations of its own.
    """
    from typer import core, rich_utils

    command: Any = typer.main.get_command(app)
    if lang != "zh":
        return command
    rich_utils.OPTIONS_PANEL_TITLE = "选项"
    rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
    rich_utils.COMMANDS_PANEL_TITLE = "命令"
    rich_utils.ERRORS_PANEL_TITLE = "有误"
    rich_utils.DEFAULT_STRING = "[默认：{}]"
    rich_utils.REQUIRED_LONG_STRING = "[必填]"
    for option in command.params:
        option.help = _IN_CHINESE.get(option.name, option.help)
    own: Any = core.TyperCommand.get_help_option

    def in_chinese(command: Any, ctx: Any) -> Any:
        option = own(command, ctx)
        if option is not None:
            option.help = _IN_CHINESE["help"]
        return option

    for kind in (core.TyperCommand, core.TyperGroup):
        kind.get_help_option = in_chinese  # type: ignore[assignment, method-assign]
    return command
