"""An evaluation for people in front of a terminal; the page has all of it."""

from courtesy.evaluation.sections import Section
from courtesy.messages import Text
from courtesy.report.grid import Grid, print_grid
from courtesy.report.page import Page


def print_sections(parts: tuple[Section, ...], page: Page) -> None:
    """Print a report, no wider than the page's console."""
    for part in parts:
        shown = [grid for grid in part.grids if not grid.page_only]
        if shown or part.facts:
            _section(page, part, shown)


def _section(page: Page, part: Section, shown: list[Grid]) -> None:
    page.blank()
    page.line(("━━ ", "cyan"), (part.title, "bold cyan"))
    for fact in part.facts:
        page.line((fact, ""))
    for grid in shown:
        page.blank()
        print_grid(page, grid)
        if grid.hidden:
            more = Text(
                f"另有 {grid.hidden} 行，见网页（--html）。",
                f"{grid.hidden} more on the page (--html).",
            )
            page.line((page.say(more), "dim"))
