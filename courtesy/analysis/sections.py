"""What the report holds, in order; the terminal and the page show the same."""

from collections.abc import Iterator
from dataclasses import dataclass

from courtesy.analysis.even_handed import Comparison, EvenHanded, Group
from courtesy.analysis.words import LEFT, TITLES, words
from courtesy.messages import Lang, Text
from courtesy.report.grid import Grid, print_grid
from courtesy.report.page import Page


@dataclass(frozen=True, slots=True)
class Source:
    """Where the judged interactions come from, as far as a reader should know.

    Attributes:
        made_by: the version of the program.
        rubrics: by which they were judged.
        notes: what else there is to say, for example what could not be read.
    """

    made_by: str
    rubrics: tuple[str, ...]
    notes: tuple[Text, ...]


def facts(found: EvenHanded, source: Source) -> Iterator[Text]:
    """Yield how much was compared, what was left out and why, and what else to know."""
    if found.first and found.last:
        first, last = found.first.isoformat(), found.last.isoformat()
        period = (
            Text(first, first)
            if first == last
            else Text(f"{first} 至 {last}", f"{first} to {last}")
        )
        yield Text(
            f"比较了 {found.interactions} 次接待，{found.days} 天（{period.zh}）。",
            f"{found.interactions} interactions on {found.days} days ({period.en}) are compared.",
        )
    else:
        yield Text(
            "没有可以比较的接待：要有得分，并且知道是几点开始的。文件名带上日期和时间就行，"
            "如 20261122_090000.wav。",
            "There is nothing to compare: it takes a score and the time at which an interaction "
            "began. Date and time in the file's name are enough: 20261122_090000.wav.",
        )
    for why, text in LEFT.items():
        if many := found.left_out.get(why):
            yield Text(f"没有比较的：{many} 次，{text.zh}。", f"Left out: {many}, {text.en}.")
    if len(source.rubrics) > 1:
        yield Text(
            f"这些结果用了不同的评分规则（{'、'.join(source.rubrics)}），得分不好直接相比。",
            f"These results are by different rubrics ({', '.join(source.rubrics)}): "
            "their scores can hardly be compared.",
        )
    yield from source.notes


def remark(made: Comparison) -> Text | None:
    """Return what is to be said besides a comparison's answer; None where there is nothing."""
    if not made.left_out:
        return None
    return Text(
        f"另有 {made.left_out} 次接待，那一天不到一个半小时，分不出头尾。",
        f"{made.left_out} more interactions are on days of less than an hour and a half, which "
        "have no ends.",
    )


def grid(made: Comparison, lang: Lang) -> Grid:
    """Return a comparison as a table."""
    w = words(lang)
    unit = w["hours"] if made.unit == "hour" else w["days"]
    return Grid(
        title="",
        head=(w["group"], w["interactions"], unit, w["mean"], w["interval"]),
        rows=tuple(
            (
                group.name.say(lang),
                str(group.interactions),
                f"{group.values}{'' if group.compared else '*'}",
                f"{group.mean:.1f}",
                span(group),
            )
            for group in made.groups
        ),
        note="" if all(group.compared for group in made.groups) else w["few"],
    )


def span(group: Group) -> str:
    """Return an interval as people read it; a dash where there is none."""
    if group.interval is None:
        return "–"
    low, high = group.interval
    return f"{low:.1f}–{high:.1f}"


def print_report(found: EvenHanded, source: Source, page: Page) -> None:
    """Print a report, no wider than the page's console."""
    w = words(page.lang)
    page.line(("━━ ", "cyan"), (w["title"], "bold cyan"))
    page.line((w["hint"], "dim"))
    for fact in facts(found, source):
        page.line((page.say(fact), ""))
    for made in found.comparisons:
        page.blank()
        page.line((page.say(TITLES[made.kind]), "bold"))
        page.line((page.say(made.sentence), "yellow" if made.answer == "different" else ""))
        if text := remark(made):
            page.line((page.say(text), "dim"))
        if made.groups:
            print_grid(page, grid(made, page.lang))
    if found.comparisons:
        page.blank()
        page.line((w["how"], "dim"))
