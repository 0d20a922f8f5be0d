"""What a drill shows in the terminal."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from courtesy.cli.common import LANG, T, say
from courtesy.drill.booklet import requirement_shown
from courtesy.drill.marking import MANNER, Answer, Mark, Marker, Wanted
from courtesy.drill.nearness import SLIPS, Pair
from courtesy.drill.scenarios import OTHERWISE, SITUATIONS, Scenario, Step
from courtesy.drill.session import Walk
from courtesy.lexicon import Lexicon
from courtesy.messages import Text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.tree import Tree

_SIGNS = {"said": "✓", "close": "≈", "missing": "✗"}
_STYLES = {"said": "green", "close": "yellow", "missing": "red"}
_OUTCOMES = {
    "right": Text("说得对", "right"),
    "close": Text("差一点", "close"),
    "missing": Text("少了话", "something is missing"),
    "forbidden": Text("说了忌语", "a forbidden phrase was said"),
    "silent": Text("没有回答", "no answer"),
}


class Screen:
    """The lines of a drill on a console."""

    def __init__(self, console: "Console", marker: Marker) -> None:
        """Take where to write, and whose phrases are named."""
        self._console = console
        self.marker = marker

    def line(self, *parts: tuple[str, str]) -> None:
        """Write one line; nothing in it is taken for markup."""
        from rich.text import Text as Line

        line = Line()
        for text, style in parts:
            # A console of another code page shows what it can.
            encoding = self._console.encoding
            line.append(text.encode(encoding, "replace").decode(encoding), style)
        self._console.print(line, soft_wrap=True)

    def opening(self, scenario: Scenario, *, again: bool, typed: bool) -> None:
        """Say what is practised, and how to leave."""
        parts = (scenario.name, scenario.window, SITUATIONS[scenario.situation])
        self.line((" · ".join(map(say, parts)), "bold"))
        if again:
            self.line((T("接着上次的练习。", "It goes on where it was left."), ""))
        if typed:
            hint = T(
                "输入回答后按回车；输入 :q 离开，下次接着练。",
                "Type the answer and press Enter; :q leaves, and the next time goes on.",
            )
        else:
            hint = T(
                "看到“请回答”就开口说；按 Ctrl-C 离开，下次接着练。",
                "Speak when it says “answer”; Ctrl-C leaves, and the next time goes on.",
            )
        self.line((hint, "dim"))  # fmt: skip

    def customer(self, step: Step) -> None:
        """Show the customer's line."""
        self.line(("", ""))
        self.line((T("群众：", "Customer: "), "bold cyan"), (step.customer, ""))

    def listens(self) -> None:
        """Show that the microphone is open."""
        self.line((T("● 请回答", "● answer"), "bold red"))

    def trouble(self, why: Text) -> None:
        """Show why nothing is heard, or played, at the moment."""
        told = T(f"{why.zh.removesuffix('。')}。", f"{why.en.removesuffix('.')}.")
        self.line((told, "yellow"))

    def heard(self, answer: Answer) -> None:
        """Show what was understood."""
        text = answer.text or T("（没有听到）", "(nothing)")
        self.line((T("听到：", "Heard: "), "bold"), (text, ""))

    def mark(self, mark: Mark, step: Step) -> None:
        """Show a mark: its outcome, what was said and not, and a model answer if need be."""
        style = "green" if mark.outcome == "right" else "yellow"
        style = "red" if mark.outcome in {"forbidden", "missing", "silent"} else style
        points = T(f"{mark.points:g} 分", f"{mark.points:g} points")
        self.line((f"{say(_OUTCOMES[mark.outcome])} · {points}", f"bold {style}"))
        for one in mark.wanted:
            self._wanted(one)
        for breach in mark.breaches:
            quoted = f"“{breach.heard}”"
            rests = "; ".join(breach.sources)
            told = T(f"忌语 {quoted}（{rests}）", f"forbidden {quoted} ({rests})")
            self.line((f"  ✗ {told}", "red"))
        for advice in mark.better:
            if advice.said:
                told = T(f"“{advice.said}”换成“{advice.say.zh}”",
                         f"say “{advice.say.en}” for “{advice.said}”")  # fmt: skip
            else:
                told = say(advice.say)
            self.line((T(f"  → 更好：{told}", f"  → better: {told}"), "yellow"))
        for name in mark.manner:
            self.line((f"  → {say(MANNER[name])}", "yellow"))
        if measured := list(_measured(mark)):
            self.line((f"  {T('，', ', ').join(measured)}", "dim"))
        if mark.outcome != "right":
            self.line((T("  示范：", "  model: "), "bold"), (step.model, ""))

    def _wanted(self, one: Wanted) -> None:
        shown = say(requirement_shown(one.ref, self.marker.lexicon))
        heard = T(f"：“{one.heard}”", f": “{one.heard}”") if one.heard else ""
        self.line((f"  {_SIGNS[one.verdict]} {shown}{heard}", _STYLES[one.verdict]))
        if one.verdict == "close" and one.pairs:
            for label, row in _side_by_side(one.pairs):
                self.line((f"      {label}{row}", ""))
            slips = dict.fromkeys(p.slip for p in one.pairs if p.slip)
            named = "、".join(SLIPS[s].zh for s in slips), ", ".join(SLIPS[s].en for s in slips)
            self.line((f"      {T(*named)}", "yellow"))

    def summary(self, walk: Walk) -> None:
        """Show how it went."""
        count = len(walk.turns)
        right = sum(turn["mark"]["outcome"] == "right" for turn in walk.turns)
        self.line(("", ""))
        self.line((T(f"练完了：{count} 句里 {right} 句全对，平均 {walk.points:g} 分。",
                     f"Done: {right} of {count} answers right, {walk.points:g} points on average."),
                   "bold"))  # fmt: skip
        missing = dict.fromkeys(
            one["ref"]
            for turn in walk.turns
            for one in turn["mark"]["wanted"]
            if one["verdict"] != "said"
        )
        if missing:
            shown = [say(requirement_shown(ref, self.marker.lexicon)) for ref in missing]
            self.line((T(f"再练：{'；'.join(shown)}", f"Practise: {'; '.join(shown)}"), ""))
        breaches = dict.fromkeys(b["phrase"] for t in walk.turns for b in t["mark"]["breaches"])
        if breaches:
            self.line((T(f"别再说：{'；'.join(breaches)}",
                         f"Never say: {'; '.join(breaches)}"), "red"))  # fmt: skip


def tree(scenario: Scenario, lexicon: Lexicon) -> "Tree":
    """Return a scenario as a tree: what customers say, what is wanted, where it goes on."""
    from rich.text import Text as Line
    from rich.tree import Tree

    names = (scenario.name, scenario.window, SITUATIONS[scenario.situation])
    top = Tree(Line(f"{scenario.id}: {' · '.join(map(say, names))}", "bold"))
    for step in scenario.steps:
        own = top.add(Line(f"{step.id}: {step.customer}", "cyan"))
        wanted = "; ".join(say(requirement_shown(ref, lexicon)) for ref in step.require)
        own.add(Line(T(f"要说到：{wanted}", f"wanted: {wanted}")))
        own.add(Line(T(f"示范：{step.model}", f"model: {step.model}"), "green"))
        for key, target in step.next.items():
            own.add(Line(f"{key} → {target}", "dim"))
        if step.follows in step.targets and OTHERWISE not in step.next:
            own.add(Line(T(f"其余 → {step.follows}", f"otherwise → {step.follows}"), "dim"))
    return top


def _measured(mark: Mark) -> Iterator[str]:
    """Yield how it was said: time, pace, loudness, as far as they are known."""
    if mark.response_seconds is not None:
        seconds = mark.response_seconds
        yield T(f"用时 {seconds:.1f} 秒", f"{seconds:.1f} seconds")
    if mark.pace is not None:
        yield T(f"每秒 {mark.pace:.1f} 字", f"{mark.pace:.1f} syllables a second")
    if mark.loudness is not None:
        yield T(f"音量 {mark.loudness:.0f} dBFS", f"loudness {mark.loudness:.0f} dBFS")


def _side_by_side(pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    """Return the two rows of syllables, each column as wide as its wider one."""
    wanted = [p.wanted_sound or "-" for p in pairs]
    said = [p.said_sound or "-" for p in pairs]
    wide = [max(len(a), len(b)) for a, b in zip(wanted, said, strict=True)]
    labels = ("要说 ", "说成 ") if LANG == "zh" else ("wanted ", "said   ")

    def row(sounds: Sequence[str]) -> str:
        return " ".join(s.ljust(w) for s, w in zip(sounds, wide, strict=True))

    return [(labels[0], row(wanted)), (labels[1], row(said))]
