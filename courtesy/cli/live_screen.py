"""What a clerk sees while people talk: large signs first, then the checklist and the words."""

import sys
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from courtesy.cli.common import LANG, T, console, say
from courtesy.cli.redrawn import Redrawn
from courtesy.live.ear import WITHOUT, Load, Missed, Passed
from courtesy.live.events import Alert, Closed, Prompt, Revised, Running, Said, Withdrawn
from courtesy.live.session import Happening
from courtesy.live.source import ON_BREAK, Break, Gap, InputLevel, Source, Trouble
from courtesy.messages import Text
from courtesy.records import Finding, Match, Scorecard, Seconds, Utterance
from courtesy.report import names
from courtesy.report.plain import clock, visible
from courtesy.text.script import simplify

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text as Line

_REFRESH: Final = 4.0  # times a second
_LINES: Final = 14  # utterances shown
_SIGNS: Final = 3
_SIGN_SECONDS: Final = 12.0  # for which an alert or a prompt stands
_COMPLAINTS: Final = 3
_COMPLAINT_SECONDS: Final = 60.0
_MARKS: Final = {"pass": ("✓", "green"), "fail": ("✗", "bold red"), "unsure": ("?", "yellow"),
                 "na": ("–", "dim")}  # fmt: skip
_ROLES: Final = {
    "clerk": (Text("工作人员", "clerk"), "bold cyan"),
    "customer": (Text("群众", "customer"), "bold"),
    "unknown": (Text("不明", "unknown"), "dim"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """How much of it is shown, and how.

    Attributes:
        told: whether alerts, prompts and talk are shown; else only whether somebody listens.
        bell: whether the terminal rings with alerts and prompts.
        plain: whether there are no colours.
        terminal: whether there is one to draw on; lines on standard error take its place.
        page: address of the page that shows the same; empty where there is none.
    """

    told: bool = True
    bell: bool = False
    plain: bool = False
    terminal: bool = True
    page: str = ""


class Screen(Redrawn):
    """A full terminal; lines where there is none."""

    def __init__(self, source: Source, look: Look) -> None:
        """Take what is listened to, and how it is to look."""
        super().__init__(
            console(plain=look.plain),
            self._screen,
            shown=look.terminal,
            a_second=_REFRESH,
            screen=True,
        )
        self._source = source
        self._look = look
        self._passed = Passed(0.0)
        self._running: Scorecard | None = None
        self._last: Scorecard | None = None
        self._served = 0
        self._said: deque[Said] = deque(maxlen=_LINES)
        self._signs: deque[_Sign] = deque(maxlen=_SIGNS)
        self._complaints: deque[tuple[float, Text]] = deque(maxlen=_COMPLAINTS)
        self._trouble: Text | None = None
        self._input: InputLevel | None = None
        self._load = Load((), 0.0)
        self._delay: Seconds | None = None

    def __exit__(self, *error: object) -> None:
        """Give the terminal back; what was complained of last is said once more."""
        super().__exit__(*error)
        if self._shown:
            for _, complaint in self._complaints:
                self._print(say(complaint))
        self._shown = False

    def complain(self, complaint: Text) -> None:
        """Show what went wrong beside the listening; may be called from any thread."""
        self._complaints.append((time.monotonic(), complaint))
        self._line(say(complaint))

    def take(self, one: Happening, now: Seconds) -> None:
        """Take note of what happens."""
        match one:
            case Passed():
                self._passed, self._trouble = one, None
            case Running(_, card):
                self._running = card
            case Load():
                self._load = one
            case InputLevel():
                self._input = one
                if one.complaint:
                    self._line(say(one.complaint))
            case Trouble() | Gap() | Missed() | Break():
                self._not_heard(one)
            case _:
                self._happened(one)

    def _not_heard(self, one: Trouble | Gap | Missed | Break) -> None:
        if isinstance(one, Break):
            self._line(say(ON_BREAK))
            return
        if isinstance(one, Trouble):
            self._trouble = one.why
        lost = f"  {one.seconds:.1f} s" if isinstance(one, Gap) else ""
        self._line(say(one.why) + lost)

    def _happened(self, one: Happening) -> None:
        match one:
            case Said(now, utterance, _):
                self._said.append(one)
                self._delay = now - (utterance.end or now)
                self._line(_sentence(utterance), talk=True)
            case Revised(_, utterance, _):
                self._revise(one)
                self._line(_sentence(utterance), talk=True)
            case Alert(_, match, _, late=late):
                words = T("忌语（再听发现）：", "Forbidden (found on hearing it again): ")
                words = (words if late else T("忌语：", "Forbidden: ")) + match.phrase
                self._sign(_Sign(words, "bold white on red", match.phrase_id))
            case Withdrawn(_, match):
                self._withdraw(match)
            case Prompt():
                self._sign(_Sign(say(one.text), "bold black on yellow"))
            case Closed(_, card):
                self._last, self._running = card, None
                self._served += not card.interaction.aside
                self._line(_result(card), talk=True)

    def _withdraw(self, match: Match) -> None:
        self._signs = deque((s for s in self._signs if s.phrase != match.phrase_id), maxlen=_SIGNS)
        self._line(T(f"作废：{match.phrase}", f"withdrawn: {match.phrase}"), talk=True)

    def _revise(self, one: Revised) -> None:
        """Put what was heard in the end in its place; where nothing was said after all, nothing."""

        def same(said: Said) -> bool:
            own, other = said.utterance, one.utterance
            return (own.start, own.channel) == (other.start, other.channel)

        revised = (Said(one.t, one.utterance, one.matches) if same(s) else s for s in self._said)
        self._said = deque((s for s in revised if s.utterance.heard), maxlen=_LINES)

    def _sign(self, sign: "_Sign") -> None:
        if not self._look.told:
            return
        self._signs.append(sign)
        self._line(sign.text)
        if self._look.bell:
            self._console.bell()

    def _line(self, text: str, *, talk: bool = False) -> None:
        """Print a line where nothing is drawn; of the talk only where it may be shown."""
        if not self._shown and (self._look.told or not talk):
            self._print(f"{clock(self._passed.now)}  {text}")

    def _print(self, text: str) -> None:
        print(visible(text), file=sys.stderr)  # noqa: T201 - not a result

    def _screen(self) -> "RenderableType":
        from rich.console import Group
        from rich.padding import Padding
        from rich.table import Table

        foot = Padding(self._foot(), (1, 0))
        if not self._look.told:
            return Group(self._head(), foot)
        halves = Table.grid(padding=(0, 4), expand=True)
        halves.add_column(ratio=3)
        halves.add_column(ratio=2)
        halves.add_row(self._talk(), self._checklist())
        return Group(self._head(), Padding(self._sign_shown(), (1, 0)), halves, foot)

    def _head(self) -> "RenderableType":
        from rich.text import Text as Line

        if self._source.paused:
            words = T(
                "❚❚ 休息中，没有在听。按空格继续。", "❚❚ on a break, nobody listens. Space: go on."
            )
            return Line(words, style="bold black on cyan")
        if self._trouble:
            return Line(f"■ {say(self._trouble)}", style="bold white on red")
        speaks = any(since is not None for since in self._passed.speaking)
        line = Line("● ", style="bold red")  # the sign that listening is on
        line.append(T("正在听 ", "listening ") + visible(self._source.name), style="bold")
        line.append(f"  {clock(self._passed.now)}", style="dim")
        line.append("  ▮▮▮" if speaks else "", style="green")
        if self._input and self._input.complaint:
            line.append(f"\n{say(self._input.complaint)}", style="bold yellow")
        return line

    def _sign_shown(self) -> "RenderableType":
        from rich.align import Align
        from rich.console import Group
        from rich.padding import Padding
        from rich.text import Text as Line

        now = time.monotonic()
        fresh = [sign for sign in self._signs if now - sign.since < _SIGN_SECONDS]
        if not fresh:
            return Line("\n\n")
        return Group(
            *(
                Padding(
                    Align.center(Line(visible(one.text), style=one.style)), (1, 2), style=one.style
                )
                for one in fresh
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

        line = Line(T(f"已接待 {self._served} 位", f"{self._served} served"), style="dim")
        if self._look.told:
            waiting = len(self._passed.waiting)
            line.append(T(f"  待识别 {waiting} 句", f"  {waiting} waiting"))
            if self._delay is not None:
                line.append(T(f"  延迟 {self._delay:.1f} 秒", f"  {self._delay:.1f} s late"))
        line.append(T("  空格 休息  q 结束", "  space: break  q: end"))
        line.append(f"  {self._look.page}" if self._look.page else "")
        if self._load.given:
            what = WITHOUT[self._load.given[-1]]
            behind = self._load.behind
            told = T(f"\n慢了 {behind:.0f} 秒：", f"\n{behind:.0f} s behind: ") + say(what)
            line.append(told, style="bold yellow")
        now = time.monotonic()
        for since, complaint in list(self._complaints):
            if now - since < _COMPLAINT_SECONDS:
                line.append(f"\n{visible(say(complaint))}", style="bold yellow")
        return line


@dataclass(frozen=True, slots=True)
class _Sign:
    """Something large that stands for a while."""

    text: str
    style: str
    phrase: str = ""  # that was alerted, by its id
    since: float = field(default_factory=time.monotonic)


def _checked(finding: Finding) -> "Line":
    from rich.text import Text as Line

    line = Line(say(names.rule_name(finding.rule)))
    line.append(f"  {say(finding.reason)}", style="dim")
    return line


def _sentence(said: Utterance) -> str:
    role, _ = _ROLES[said.role]
    return f"{say(role)}{T('：', ': ')}{simplify(said.heard)}"


def _spoken(one: Said) -> "Line":
    from rich.text import Text as Line

    role, style = _ROLES[one.utterance.role]
    line = Line(f"{say(role)} ", style=style)
    start = len(line)
    line.append(visible(simplify(one.utterance.heard)), style="")
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
