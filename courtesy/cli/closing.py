"""Where a day's recording is judged otherwise than it was while people talked."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from courtesy.cli.changes import named
from courtesy.cli.common import T, say
from courtesy.cli.comparison import score_of
from courtesy.messages import Text
from courtesy.report.names import rule_name
from courtesy.report.plain import clock, visible

if TYPE_CHECKING:
    from rich.console import Console

    from courtesy.live.closing import Breach, Closing, Pair


def print_closing(console: "Console", found: "Closing") -> None:
    """Print the interactions that differ, the phrases that one road found, and all of it in sum."""
    from rich.table import Table

    differing = [pair for pair in found.pairs if pair.differing]
    if differing:
        table = Table(box=None, pad_edge=False)
        for head in (T("开始", "Start"), T("当时", "Live"), T("录音", "Recording"),
                     T("不同的", "Different")):  # fmt: skip
            table.add_column(head, overflow="fold")
        for pair in differing:
            table.add_row(*_row(pair))
        console.print(table)
    _print_breaches(console, T("只在当时听到", "Only heard live"), found.only_live)
    _print_breaches(console, T("只在录音里听到", "Only in the recording"), found.only_file)
    console.print(say(_sum(found)), highlight=False, markup=False, soft_wrap=True)


def _row(pair: "Pair") -> tuple[str, ...]:
    both = [one for one in (pair.live, pair.file) if one]
    scores = ("–" if one is None else score_of(one) for one in (pair.live, pair.file))
    if len(both) < 2:
        told = T("只有一边有这次接待", "by one of the two only")
    else:
        told = ", ".join(
            f"{visible(say(rule_name(rule)))} {named(live, rule)} → {named(file, rule)}"
            for rule, live, file in pair.differing
        )
    return clock(min(one.start for one in both)), *scores, told


def _print_breaches(console: "Console", head: str, breaches: "Iterable[Breach]") -> None:
    for one in breaches:
        line = T(
            f"{head}：{clock(one.start)} “{visible(one.heard)}”（{one.phrase}）",
            f"{head}: {clock(one.start)} “{visible(one.heard)}” ({one.phrase})",
        )
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _sum(found: "Closing") -> Text:
    pairs = sum(pair.live is not None and pair.file is not None for pair in found.pairs)
    alone = len(found.pairs) - pairs
    told = Text(f"{pairs} 次接待两边都有", f"{pairs} interactions by both")
    if alone:
        told = Text(f"{told.zh}，{alone} 次只有一边有", f"{told.en}, {alone} by one only")
    if found.findings:
        share = f"{found.equal / found.findings:.1%}"
        told = Text(
            f"{told.zh}；{found.findings} 项判定，{share} 相同",
            f"{told.en}; {found.findings} findings, {share} equal",
        )
    told = Text(f"{told.zh}。", f"{told.en}.") + Text(
        "从现在起以录音的结果为准。", "From now on the recording's results count."
    )
    if found.decisions:
        told += Text(
            f"{found.decisions} 条复核意见是对当时的结果作的，留在那里。",
            f"{found.decisions} decisions of reviewers are about the live results and stay there.",
        )
    return told
