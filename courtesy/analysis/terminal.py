"""The report on a terminal."""

from courtesy.analysis import facts, sections, tables
from courtesy.analysis.summary import Summary
from courtesy.analysis.words import SECTIONS, STEPS, words
from courtesy.messages import Text
from courtesy.report.grid import Grid, print_grid
from courtesy.report.page import Page


def print_report(summary: Summary, page: Page) -> None:
    """Print a report, no wider than the page's console."""
    w = words(page.lang)
    page.line(("━━ ", "cyan"), (w["title"], "bold cyan"))
    page.line((page.say(facts.asked(summary)), "bold"))
    page.line((w["hint"], "dim"))
    page.line((page.say(facts.headline(summary)), ""))
    if summary.everybody.grades:
        page.line((page.say(facts.grades(summary.everybody)), ""))
    for caution in facts.cautions(summary):
        page.line((page.say(caution), ""))
    if failed := facts.failures(summary):
        page.line((page.say(failed), "yellow"))
    if summary.everybody.scored:
        _figures(summary, page)
    _unscored(summary, page)
    sections.print_even_handed(summary.even_handed, page)


def _figures(summary: Summary, page: Page) -> None:
    w = words(page.lang)
    if summary.by and (marked := facts.marked(summary)):
        _title(page, facts.members_title(summary))
        page.line((page.say(marked), ""))
        print_grid(page, _cut(page, tables.scores(summary, page.lang)))
        page.blank()
        print_grid(page, tables.kept(summary, page.lang))
        page.line((w["how_members"], "dim"))
    if summary.trend and (course := tables.trend(summary, page.lang)):
        _title(page, STEPS[summary.trend.step])
        print_grid(page, course)
    _title(page, SECTIONS["rules"])
    found = tables.rules(summary, page.lang)
    if found.rows:
        print_grid(page, found)
        page.line((w["how_rules"], "dim"))
    else:
        page.line((w["nothing_missed"], ""))
    _title(page, SECTIONS["phrases"])
    if summary.collected.phrases:
        print_grid(page, _cut(page, tables.phrases(summary, page.lang)))
    else:
        page.line((w["nothing_said"], ""))


def _unscored(summary: Summary, page: Page) -> None:
    grids = [tables.unscored(summary, page.lang), tables.failed(summary, page.lang)]
    if not any(grids):
        return
    _title(page, SECTIONS["unscored"])
    for grid in grids:
        if grid:
            print_grid(page, grid)


def _title(page: Page, title: Text) -> None:
    page.blank()
    page.line((page.say(title), "bold"))


def _cut(page: Page, grid: Grid) -> Grid:
    """Say under a table that a terminal does not show all of it."""
    if grid.hidden:
        page.line(
            (
                page.say(
                    Text(
                        f"共 {len(grid.rows)} 行，这里列 {grid.most} 行；全部见网页（--html）。",
                        f"{grid.most} of {len(grid.rows)} rows; the page (--html) has all.",
                    )
                ),
                "dim",
            )
        )
    return grid
