"""The overview in a browser: charts within the strict policy, with hands on them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import Desk, desk_of, served
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from courtesy.review.access import COOKIE

QUERY = "first=2026-11-01&last=2026-11-30"
CHARTS = ("clerks", "windows", "hours", "breaches", "missed")
DRAWN = {"clerks": ".scatterlayer .trace", "windows": ".scatterlayer .trace",
         "hours": ".heatmaplayer image", "breaches": ".barlayer .point path",
         "missed": ".barlayer .point path"}  # fmt: skip
_WIDE = """() => Array.from(document.querySelectorAll("body *"))
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .filter(one => !one.closest(".wide, .skip, .chart"))
    .map(one => one.tagName + "#" + one.id)"""


@pytest.fixture(scope="module")
def desk(kept_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk_of(kept_desk, tmp_path_factory.mktemp("overview")) as found:
        yield found


@pytest.fixture(scope="module")
def site(desk: Desk) -> Iterator[str]:
    with served(desk.app) as found:
        yield found


@pytest.fixture
def tab(chromium: Browser, desk: Desk, site: str) -> Iterator[Tab]:
    """Give a supervisor's tab; whatever its console complains of fails the test."""
    faults: list[str] = []
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.set_default_timeout(30_000)
    context.add_cookies([{"name": COOKIE, "value": desk.token("supervisor"), "url": site}])
    found = context.new_page()
    found.on("pageerror", lambda error: faults.append(str(error)))
    # That there is no sound to a transcript is shown on the page, and is no fault.
    silent = "Failed to load resource"
    found.on("console", lambda said: None if silent in said.text else faults.append(said.text))
    yield found
    context.close()
    assert not faults


def opened(tab: Tab, site: str) -> None:
    tab.goto(f"{site}/overview?{QUERY}")
    expect(tab.locator("#overview")).not_to_have_attribute("aria-busy", "true", timeout=60_000)


def test_charts_are_drawn_say_numbers_and_lead_to_findings(tab: Tab, site: str) -> None:
    opened(tab, site)
    for chart in CHARTS:
        expect(tab.locator(f"#{chart} {DRAWN[chart]}").first).to_be_visible()
        rows = tab.locator(f"#{chart}").locator("xpath=..").locator("tbody tr")
        assert rows.count() > 0
    tab.locator("#breaches").scroll_into_view_if_needed()
    bar = tab.locator(DRAWN["breaches"]).first
    box = bar.bounding_box()
    assert box
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(*middle, steps=3)
    expect(tab.locator("#breaches .hoverlayer .hovertext")).to_contain_text("次数 1")
    tab.mouse.click(*middle)
    expect(tab).to_have_url(re.compile(r"/findings\?.*state=counted.*phrase="))
    expect(tab.locator("#rows tr")).to_have_count(1)
    tab.locator("#rows a").click()
    expect(tab.locator("#lines .here mark.bad").first).to_be_visible()


def test_the_numbers_lead_to_the_sentences(tab: Tab, site: str) -> None:
    opened(tab, site)
    tab.locator("#windows").locator("xpath=..").locator("summary").click()
    tab.locator("#windows").locator("xpath=..").locator("tbody a").first.click()
    expect(tab.locator("#rows tr")).to_have_count(3)
    tab.locator("#rows a").first.click()
    expect(tab.locator("#talked")).not_to_have_attribute("aria-busy", "true")
    expect(tab.locator("#lines mark").first).to_be_visible()
    expect(tab.locator("#rules .verdict.fail").first).to_be_visible()
    tab.locator("#rules a").first.click()
    expect(tab).to_have_url(re.compile(r"/findings/[0-9]+"))


def test_it_fits_a_telephone_and_is_drawn_anew_in_the_dark(tab: Tab, site: str) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    opened(tab, site)
    assert tab.evaluate(_WIDE) == []
    paper = tab.locator("#missed .main-svg").first
    light = paper.evaluate("one => getComputedStyle(one).backgroundColor")
    tab.emulate_media(color_scheme="dark")
    expect(paper).not_to_have_css("background-color", light)
    for page in ("interactions", "interactions/1-0"):
        tab.goto(f"{site}/{page}")
        expect(tab.locator("#rows tr, #lines li").first).to_be_visible()
        assert tab.evaluate(_WIDE) == []


def test_on_paper_every_table_is_open(tab: Tab, site: str) -> None:
    opened(tab, site)
    expect(tab.locator("#clerks-title ~ details table")).to_be_hidden()
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    tab.emulate_media(media="print")
    for chart in CHARTS:
        expect(tab.locator(f"#{chart}-title ~ details table")).to_be_visible()
        expect(tab.locator(f"#{chart} {DRAWN[chart]}").first).to_be_visible()
    expect(tab.locator("#choose")).to_be_hidden()
