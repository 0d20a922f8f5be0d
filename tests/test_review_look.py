"""How the desk's pages look: on every screen, in both languages, light and dark; to axe as well."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from desks import Desk, desk_of, served
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from courtesy.messages import LANGUAGES, Lang
from courtesy.review.access import COOKIE
from courtesy.review.wording import words
from courtesy.store import practising, training
from courtesy.store.practising import Practice

OFFICE, TELEPHONE = (1366, 768), (390, 844)
# What each page is opened as, and what stands on it when it is ready.
PAGES = {
    "/sign-in": ("", "#sign-in"),
    "/findings": ("supervisor", "#rows tr"),
    "/findings/{flag}": ("reviewer", "#lines .here"),
    "/learning": ("supervisor", "main h1"),
    "/lists": ("trainer", "main h1"),
    "/lists/forbidden.toml": ("trainer", ".editor"),
    "/appeals": ("supervisor", ".tabs"),
    "/agreement": ("supervisor", "table"),
    "/audit": ("administrator", "table"),
    "/overview?first=2026-11-01&last=2026-11-30": ("supervisor", "#missed .barlayer path"),
    "/drill": ("clerk", "#scenarios li"),
    "/training": ("trainer", "#trend .scatterlayer path"),
    "/certificates/1": ("clerk", ".certificate"),
    "/interactions": ("supervisor", "#rows tr"),
    "/interactions/1-0": ("reviewer", "#rules li"),
}
# As the element with most of its width beyond the screen; what may be scrolled is left out.
WIDE = """() => Array.from(document.querySelectorAll("body *"))
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .filter(one => !one.closest(".wide, .skip"))
    .map(one => one.tagName + "#" + one.id)"""
# Where pictures of every page are kept, to be looked at.
SHOTS = os.environ.get("COURTESY_SHOTS", "")

Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def desk(kept_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk_of(kept_desk, tmp_path_factory.mktemp("look")) as found:
        practised(found)
        yield found


def practised(desk: Desk) -> None:
    """Have a class that practised for some weeks, of whom one has a certificate."""
    trainer, clerk = desk.browser("trainer"), desk.browser("clerk")
    group = trainer.post("/api/training/classes", json={"name": "新员工 2026 秋"}).json()
    people = {"names": ["clerk", "reviewer"]}
    trainer.put(f"/api/training/classes/{group}/members", json=people)
    for more in ({"due": "2026-11-01"}, {"examination": True}):
        task = {"scenarios": ["shebao-queue"], **more}
        trainer.post(f"/api/training/classes/{group}/assignments", json=task)
    clerk.post("/api/drill/walk", json={"scenario": "shebao-queue"})
    for turn, text in enumerate(["急什么，等一下！", "请扫候。", "对不起，请您稍等。"]):
        clerk.post("/api/drill/walk/answers", json={"turn": turn, "text": text})
    with desk.store.writing() as connection:
        (one,) = practising.practices(connection, ["clerk"], 1) or [
            Practice("clerk", "shebao-queue", datetime(2026, 11, 20), 50.0, [])
        ]
        for week in range(5):
            for person, points in (("clerk", 60.0 + 8 * week), ("reviewer", 85.0 - 3 * week)):
                at = one.at - timedelta(weeks=5 - week)
                practising.keep_practice(
                    connection, replace(one, person=person, at=at, points=points)
                )
        grounds = [{"scenario": "shebao-queue", "at": "2026-11-20", "points": 95.0}]
        by, whose = desk.staff["trainer"], desk.staff["clerk"]
        training.certify(connection, by, whose, "basic", date(2027, 5, 1), grounds)


@pytest.fixture(scope="module")
def site(desk: Desk) -> Iterator[str]:
    with served(desk.app) as address:
        yield address


def opened(
    chromium: Browser, desk: Desk, site: str, page: str, lang: Lang, scheme: Scheme,
    size: tuple[int, int], *, role: str = "",
) -> Tab:  # fmt: skip
    usual, ready = PAGES[page]
    role = role or usual
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="zh-CN" if lang == "zh" else "en-GB",
        color_scheme=scheme,
    )
    if role:
        context.add_cookies([{"name": COOKIE, "value": desk.token(role), "url": site}])
    tab = context.new_page()
    tab.goto(site + page.format(flag=desk.flag()))
    expect(tab.locator(ready).first).to_be_visible(timeout=30_000)
    return tab


def kept(tab: Tab, page: str, *names: str) -> None:
    if SHOTS:
        name = "-".join((page.strip("/").replace("/", "-").replace("{flag}", "one"), *names))
        tab.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def test_no_word_is_hidden_by_what_every_dictionary_has() -> None:
    # Templates write `w.clear`, and would show the method of that name.
    assert not set(words("zh")) & set(dir(dict))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("scheme", "size"), [("light", OFFICE), ("dark", TELEPHONE)])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_fits_its_screen_and_everybody_can_read_it(
    chromium: Browser,
    desk: Desk,
    site: str,
    page: str,
    scheme: Scheme,
    size: tuple[int, int],
    lang: Lang,
) -> None:
    tab = opened(chromium, desk, site, page, lang, scheme, size)
    kept(tab, page, lang, scheme, str(size[0]))
    assert tab.evaluate(WIDE) == []
    assert tab.locator("html").get_attribute("lang").startswith(lang)
    found = Axe().run(tab).response["violations"]
    told = [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found
            if one["impact"] in {"serious", "critical"}]  # fmt: skip
    assert not told
    tab.context.close()


def test_filters_are_kept_flags_given_and_samples_drawn(
    chromium: Browser, desk: Desk, site: str
) -> None:
    tab = opened(chromium, desk, site, "/findings", "zh", "light", OFFICE)
    rows = tab.locator("#rows tr")
    there = tab.locator("#rows[aria-busy=false]")
    there.wait_for(state="attached")
    everything = rows.count()
    tab.locator("#choose [name=severity]").select_option("fatal")
    there.wait_for(state="attached")
    fatal = rows.count()
    assert 0 < fatal < everything
    tab.locator("#keep [name=name]").fill("最重的")
    tab.locator("#keep button").click()
    expect(tab.locator("#kept option:checked")).to_have_text("最重的")
    tab.locator("#choose [type=reset]").click()
    expect(rows).to_have_count(everything)
    tab.locator("#kept").select_option(label="–")
    tab.locator("#kept").select_option(label="最重的")
    expect(rows).to_have_count(fatal)
    # Given to somebody, they are theirs.
    tab.locator("#every").check()
    tab.locator("#assign select").select_option("reviewer")
    tab.locator("#assign button").click()
    expect(tab.locator("#told")).to_contain_text(str(fatal))
    other = opened(chromium, desk, site, "/findings", "zh", "light", OFFICE, role="reviewer")
    other.locator("#choose [name=whose]").select_option("mine")
    expect(other.locator("#rows tr")).to_have_count(fatal)
    other.context.close()
    # A sample, and what it has drawn.
    tab.locator("#plans summary").click()
    tab.locator("#plan [name=name]").fill("每周抽查")
    tab.locator("#plan [name=kind]").select_option("fatal")
    tab.locator("#plan [name=since]").fill("2020-01-01")
    with tab.expect_event("load"):
        tab.locator("#plan button").click()
    tab.locator("#plans summary").click()
    tab.get_by_role("link", name="每周抽查").click()
    expect(rows).to_have_count(fatal)
    tab.context.close()
