"""A trainer edits a list in the browser: corrected by the linter's message, tried, put in force."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import Desk, desk_of, served
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from courtesy.folders import REPOSITORY
from courtesy.lists.shelf import Shelf
from courtesy.review.access import COOKIE
from courtesy.review.wording.lists import WORDS

expect.set_options(timeout=30_000)  # a busy machine takes its time
WRONG = """schema = 1
list = "hall"
kind = "forbidden"
title = {zh = "本厅忌语", en = "This hall's own"}

[[phrase]]
id = "hall-after-lunch"
text = "吃完饭再来"
sources = ["ours"]
hit = ["您慢走。"]
"""
_WIDE = """() => Array.from(document.querySelectorAll("body *"))
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .filter(one => !one.closest(".wide, .skip, .editor"))
    .map(one => one.tagName + "#" + one.id)"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "own"


@pytest.fixture
def desk(
    kept_desk: Path, tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    built_in = tmp_path / "built-in"
    built_in.mkdir()
    for name in ("thanks", "greeting"):
        text = (REPOSITORY / "lexicons" / f"{name}.toml").read_text(encoding="utf-8")
        (built_in / f"{name}.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("COURTESY_LEXICONS", str(built_in))
    with desk_of(kept_desk, tmp_path, Shelf((own,))) as found:
        yield found


@pytest.fixture
def tab(chromium: Browser, desk: Desk) -> Iterator[Tab]:
    """Give a tab in which the trainer is signed in; what goes wrong in it fails the test."""
    faults: list[str] = []
    with served(desk.app) as site:
        context = chromium.new_context(
            base_url=site, locale="zh-CN", viewport={"width": 1366, "height": 768}
        )
        context.set_default_timeout(30_000)
        context.add_cookies([{"name": COOKIE, "value": desk.token("trainer"), "url": site}])
        found = context.new_page()
        found.on("pageerror", lambda error: faults.append(str(error)))
        policy = "Security Policy"
        found.on("console", lambda said: faults.append(said.text) if policy in said.text else None)
        yield found
        context.close()
    assert not faults


def test_a_list_is_corrected_tried_and_put_in_force(tab: Tab, own: Path) -> None:
    tab.goto("/lists")
    tab.locator("#new [name=file]").fill("hall")
    tab.locator("#new button").click()
    tab.locator("#text").fill(WRONG)
    # The linter says at which line, and leads there.
    expect(tab.locator("#verdict")).to_have_text(WORDS["lists_faulty"].zh)
    fault = tab.locator("#messages .error")
    expect(fault).to_contain_text("您慢走")
    expect(tab.locator("#gutter .error")).to_have_text("✗6")
    fault.get_by_role("button").click()
    chosen = "() => getSelection().toString() || document.activeElement.value.slice("
    chosen += "document.activeElement.selectionStart, document.activeElement.selectionEnd)"
    assert tab.evaluate(chosen) == "[[phrase]]"
    # Kept though faulty, and not in force though asked for.
    tab.locator("#save [name=why]").fill("厅里常听到")
    tab.locator("#save .main").click()
    expect(tab.locator("#told")).to_have_text(f"{WORDS['lists_saved'].zh} 1")
    tab.locator("#force [name=why]").fill("组长同意")
    tab.locator("#force .main").click()
    expect(tab.locator("#trouble")).to_contain_text("您慢走")
    assert not own.exists()
    # Corrected by the form: the sentence that was meant is added, the other one taken out by hand.
    tab.locator("#text").fill(WRONG.replace('"您慢走。"', ""))
    form = tab.locator("#form")
    form.locator("[name=key]").select_option("hit")
    form.locator("[name=words]").fill("吃完饭再来。")
    form.locator("[name=severity]").select_option("minor")
    form.locator("button").click()
    expect(tab.locator("#text")).to_have_value(re.compile(r'hit = \["吃完饭再来。"\]'))
    expect(tab.locator("#text")).to_have_value(re.compile('severity = "minor"'))
    expect(tab.locator("#messages li.error")).to_have_count(0)
    expect(tab.locator("#verdict")).not_to_have_text(WORDS["lists_checking"].zh)
    tab.locator("#save .main").click()
    expect(tab.locator("#told")).to_have_text(f"{WORDS['lists_saved'].zh} 2")
    # Tried on what is stored.
    tab.locator("#begin").click()
    expect(tab.locator("#sum")).to_contain_text(WORDS["lists_done"].zh)
    expect(tab.locator("#sum")).to_contain_text(WORDS["lists_no_change"].zh)
    tab.locator("#force [name=why]").fill("组长同意")
    tab.locator("#force .main").click()
    expect(tab.locator("#forced")).to_contain_text("courtesy rescore")
    assert 'hit = ["吃完饭再来。"]' in (own / "hall.toml").read_text(encoding="utf-8")
    expect(tab.locator("#standing")).to_have_text(WORDS["lists_is_in_force"].zh)
    tab.locator("#compare [name=before]").select_option("1")
    tab.locator("#compare button").click()
    expect(tab.locator("#differences .gone code")).to_have_text('hit = ["您慢走。"]')


def test_who_saves_second_keeps_what_they_wrote(tab: Tab, desk: Desk) -> None:
    tab.goto("/lists/hall.toml")
    expect(tab.locator("#text")).to_have_value(re.compile("schema"))
    tab.locator("#text").fill(WRONG + "# 我写的\n")
    other = desk.browser("administrator")
    body = {"text": WRONG, "revision": 0}
    assert other.put("/api/lists/files/hall.toml", json=body).status_code == 200
    tab.locator("#save .main").click()
    expect(tab.locator("#trouble")).to_contain_text("administrator")
    tab.reload()  # what was written is there, and still not over the other's version
    expect(tab.locator("#text")).to_have_value(re.compile("我写的"))
    tab.locator("#save .main").click()
    expect(tab.locator("#trouble")).to_contain_text("administrator")
    tab.locator("#newer").click()
    expect(tab.locator("#text")).to_have_value(WRONG)
    tab.locator("#mine").click()
    expect(tab.locator("#text")).to_have_value(re.compile("我写的"))
    tab.locator("#save .main").click()
    expect(tab.locator("#told")).to_have_text(f"{WORDS['lists_saved'].zh} 2")


def test_phrases_are_searched_and_nothing_is_wider_than_the_screen(tab: Tab) -> None:
    tab.goto("/lists")
    tab.locator("#search [name=search]").fill("謝謝合作")
    expect(tab.locator("#phrases summary")).to_contain_text("多谢合作")
    for width in (1366, 390):
        tab.set_viewport_size({"width": width, "height": 800})
        assert tab.evaluate(_WIDE) == []
    tab.locator("#phrases summary").click()
    tab.locator("#phrases a").click()
    expect(tab.locator("#form [name=phrase]")).to_have_value("thanks-cooperation")
    assert tab.evaluate(_WIDE) == []
