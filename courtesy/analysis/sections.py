"""五个一样 in sentences and tables; the terminal and the page show the same."""

from collections.abc import Iterator

from courtesy.analysis.even_handed import Comparison, EvenHanded
from courtesy.analysis.facts import span
from courtesy.analysis.words import LEFT, TITLES, words
from courtesy.messages import Lang, Text
from courtesy.report.grid import Grid, print_grid
from courtesy.report.page import Page


def facts(found: EvenHanded) -> Iterator[Text]:
    """Yield how much was compared, and what was left out and why."""
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
                span(group.interval),
            )
            for group in made.groups
        ),
        note="" if all(group.compared for group in made.groups) else w["few"],
    )


def print_even_handed(found: EvenHanded, page: Page) -> None:
    """Print the comparisons."""
    w = words(page.lang)
    page.blank()
    page.line((w["even_handed"], "bold"))
    for fact in facts(found):
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
