"""What a clerk sees while people talk: large signs first, then the checklist and the words."""

import sys
import time
from collections import deque
from typing import TYPE_CHECKING, Final, Self

from courtesy.cli.common import LANG, T, console, say
from courtesy.live.ear import WITHOUT, Load, Missed, Passed
from courtesy.live.events import Alert, Closed, Prompt, Revised, Running, Said, Withdrawn
from courtesy.live.session import Happening
from courtesy.live.source import Gap, Trouble
from courtesy.messages import Text
from courtesy.records import Finding, Match, Scorecard, Seconds, Utterance
from courtesy.report import names
from courtesy.report.plain import clock, visible

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text as Line

_REFRESH: Final = 4.0  # times a second
_LINES: Final = 14  # utterances shown
_SIGN_SECONDS: Final = 12.0  # for which an alert or a prompt stands
_MARKS: Final = {"pass": ("✓", "green"), "fail": ("✗", "bold red"), "unsure": ("?", "yellow"),
                 "na": ("–", "dim")}  # fmt: skip
_ROLES: Final = {
    "clerk": (Text("工作人员", "clerk"), "bold cyan"),
    "customer": (Text("群众", "customer"), "bold"),
    "unknown": (Text("不明", "unknown"), "dim"),
}


class Screen:
    """A full terminal; lines where there is none."""

    def __init__(self, name: str) -> None:
        """Take the name of what is listened to."""
        from rich.live import Live

        self._name = name
        self._shown = sys.stdout.isatty()
        self._console = console()
        self._passed = Passed(0.0)
        self._running: Scorecard | None = None
        self._last: Scorecard | None = None
        self._said: deque[Said] = deque(maxlen=_LINES)
        self._signs: deque[tuple[float, str, str]] = deque(maxlen=3)
        self._trouble: Text | None = None
        self._load = Load((), 0.0)
        self._live = Live(
            console=self._console,
            refresh_per_second=_REFRESH,
            get_renderable=self._screen,
            screen=True,
        )

    def __enter__(self) -> Self:
        """Show it."""
        if self._shown:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Give the terminal back."""
        if self._shown:
            self._live.stop()

    def take(self, one: Happening, now: Seconds) -> None:
        """Take note of what happens."""
        match one:
            case Passed():
                self._passed, self._trouble = one, None
            case Running(_, card):
                self._running = card
            case Load():
                self._load = one
            case Trouble() | Gap() | Missed():
                self._not_heard(one)
            case _:
                self._happened(one)

    def _not_heard(self, one: Trouble | Gap | Missed) -> None:
        if isinstance(one, Trouble):
            self._trouble = one.why
        lost = f"  {one.seconds:.1f} s" if isinstance(one, Gap) else ""
        self._line(say(one.why) + lost)

    def _happened(self, one: Happening) -> None:
        match one:
            case Said():
                self._said.append(one)
                self._line(_sentence(one.utterance))
            case Revised(_, utterance, _):
                self._revise(one)
                self._line(_sentence(utterance))
            case Alert():
                self._sign(T("忌语：", "Forbidden: ") + one.match.phrase, "bold white on red")
            case Withdrawn():
                self._signs.clear()
                self._line(T("前面的提示作废", "the alert above is withdrawn"))
            case Prompt():
                self._sign(say(one.text), "bold black on yellow")
            case Closed(_, card):
                self._last, self._running = card, None
                self._line(_result(card))

    def _revise(self, one: Revised) -> None:
        """Put what was heard in the end in its place; where nothing was said after all, nothing."""

        def same(said: Said) -> bool:
            own, other = said.utterance, one.utterance
            return (own.start, own.channel) == (other.start, other.channel)

        revised = (Said(one.t, one.utterance, one.matches) if same(s) else s for s in self._said)
        self._said = deque((s for s in revised if s.utterance.heard), maxlen=_LINES)

    def _sign(self, text: str, style: str) -> None:
        self._signs.append((time.monotonic(), text, style))
        self._line(text)

    def _line(self, text: str) -> None:
        if not self._shown:
            moment = clock(self._passed.now)
            print(visible(f"{moment}  {text}"), file=sys.stderr)  # noqa: T201 - not a result

    def _screen(self) -> "RenderableType":
        from rich.console import Group
        from rich.padding import Padding
        from rich.table import Table

        halves = Table.grid(padding=(0, 4), expand=True)
        halves.add_column(ratio=3)
        halves.add_column(ratio=2)
        halves.add_row(self._talk(), self._checklist())
        return Group(
            self._head(), Padding(self._sign_shown(), (1, 0)), halves, Padding(self._foot(), (1, 0))
        )

    def _head(self) -> "RenderableType":
        from rich.text import Text as Line

        if self._trouble:
            return Line(f"■ {say(self._trouble)}", style="bold white on red")
        speaks = any(since is not None for since in self._passed.speaking)
        line = Line("● ", style="bold red")  # the sign that listening is on
        line.append(T("正在听 ", "listening ") + visible(self._name), style="bold")
        line.append(f"  {clock(self._passed.now)}", style="dim")
        line.append("  ▮▮▮" if speaks else "", style="green")
        return line

    def _sign_shown(self) -> "RenderableType":
        from rich.align import Align
        from rich.console import Group
        from rich.padding import Padding
        from rich.text import Text as Line

        now = time.monotonic()
        fresh = [sign for sign in self._signs if now - sign[0] < _SIGN_SECONDS]
        if not fresh:
            return Line("\n\n")
        return Group(
            *(
                Padding(Align.center(Line(visible(text), style=style)), (1, 2), style=style)
                for _, text, style in fresh
            )
        )

    def _talk(self) -> "RenderableType":
        from rich.console import Group

        return Group(*(_spoken(one) for one in self._said))

    def _checklist(self) -> "RenderableType":
        from rich.table import Table
        from rich.text import Text as Line

        card = self._running or self._last
        grid = Table.grid(padding=(0, 1))
        if card is None:
            return Line(T("还没有人来", "nobody has come yet"), style="dim")
        title = T("正在接待", "being served") if self._running else T("上一位", "the last customer")
        grid.add_row("", Line(title, style="bold underline"))
        for finding in card.findings:
            if finding.verdict != "na":
                mark, style = _MARKS[finding.verdict]
                grid.add_row(Line(mark, style=style), _checked(finding))
        if card.score is not None:
            grid.add_row("", Line(T(f"得分 {card.score:g}", f"score {card.score:g}"), style="bold"))
        return grid

    def _foot(self) -> "RenderableType":
        from rich.text import Text as Line

        waiting = len(self._passed.waiting)
        line = Line(T(f"待识别 {waiting} 句", f"{waiting} waiting"), style="dim")
        if self._load.given:
            what = WITHOUT[self._load.given[-1]]
            behind = self._load.behind
            told = T(f"  慢了 {behind:.0f} 秒：", f"  {behind:.0f} s behind: ") + say(what)
            line.append(told, style="bold yellow")
        return line


def _checked(finding: Finding) -> "Line":
    from rich.text import Text as Line

    line = Line(say(names.rule_name(finding.rule)))
    line.append(f"  {say(finding.reason)}", style="dim")
    return line


def _sentence(said: Utterance) -> str:
    role, _ = _ROLES[said.role]
    return f"{say(role)}{T('：', ': ')}{said.heard}"


def _spoken(one: Said) -> "Line":
    from rich.text import Text as Line

    role, style = _ROLES[one.utterance.role]
    line = Line(f"{say(role)} ", style=style)
    start = len(line)
    line.append(visible(one.utterance.heard), style="")
    for match in one.matches:
        if match.counted:
            line.stylize(_colour(match), start + match.span.start, start + match.span.end)
    return line


def _colour(match: Match) -> str:
    return "bold white on red" if match.polarity == "forbidden" else "green"


def _result(card: Scorecard) -> str:
    name = names.interaction_name(card.interaction.id).say(LANG)
    if card.score is None:
        return name + T("：未评分", ": not scored")
    grade = f" {say(card.grade)}" if card.grade else ""
    return f"{name}{T('：', ': ')}{card.score:g}{grade}"
