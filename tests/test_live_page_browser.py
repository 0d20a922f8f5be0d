"""The counter's page in a browser, with hands on it."""

import dataclasses
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from live_events import RUDE, Quiet, happened
from playwright.sync_api import Browser, Route, expect
from playwright.sync_api import Page as Tab

from courtesy.live import page as page_module
from courtesy.live.ear import Load, Passed
from courtesy.live.events import Alert, Prompt, Revised, Said, Withdrawn
from courtesy.live.page import Page
from courtesy.live.page_words import WORDS
from courtesy.live.source import Trouble
from courtesy.messages import LANGUAGES, Lang, Text
from courtesy.pipeline import Pipeline
from courtesy.report.rendering import resource

PLEASE = Prompt(1.0, 1.0, "greeting", Text("请先问好", "Greet the customer"))
GONE = Text("麦克风断了", "the microphone was gone")
TABLET, TELEPHONE = (1024, 768), (390, 844)
_WIDE = """() => Array.from(document.querySelectorAll("body *"))
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".hide"))
    .map(one => one.tagName + "#" + one.id + "." + one.className)"""


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Tab]:
    """Give an empty tab; what goes wrong in it fails the test."""
    faults: list[str] = []
    context = chromium.new_context(viewport={"width": TABLET[0], "height": TABLET[1]})
    context.set_default_timeout(30_000)
    opened = context.new_page()
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    yield opened
    context.close()
    # That a server that was stopped cannot be reached is what the browser should say.
    assert [f for f in faults if "ERR_CONNECTION" not in f and "ERR_INCOMPLETE" not in f] == []


@pytest.fixture
def counter() -> Iterator[tuple[Page, Quiet]]:
    source = Quiet()
    with Page(0, source, "zh") as page:
        page.take(Passed(0.1), 0.1)
        yield page, source


def test_the_talk_appears_as_it_is_said_and_phrases_are_marked(
    tab: Tab, counter: tuple[Page, Quiet], make_pipeline: Callable[..., Pipeline]
) -> None:
    page, _ = counter
    tab.goto(page.url)
    expect(tab.locator("#what")).to_have_text("正在听")
    # 𠮷 is two units in a browser's strings: marks must not move by one after it.
    for one in happened(
        make_pipeline, (("customer", "我找𠮷先生。"), ("clerk", "𠮷先生？有牌子，自己看。"))
    ):
        page.take(one, 5.0)
    expect(tab.locator("#lines li")).to_have_count(2)
    expect(tab.locator("#lines .clerk .who")).to_contain_text("工作人员")
    expect(tab.locator("#lines mark.bad")).to_have_text("有牌子，自己看")
    expect(tab.locator("#card-title")).to_have_text("上一位")


def test_what_is_heard_in_the_end_takes_the_place_of_what_was_heard_first(
    tab: Tab, counter: tuple[Page, Quiet], make_pipeline: Callable[..., Pipeline]
) -> None:
    page, _ = counter
    tab.goto(page.url)
    talk = (("customer", "我找谁？"), ("clerk", "有牌子，自己看。"), ("customer", "嗯。"))
    first, second, third = (
        e for e in happened(make_pipeline, talk) if isinstance(e, Said)
    )  # fmt: skip
    for one in (first, second, third):
        page.take(one, 5.0)
    expect(tab.locator("#lines mark.bad")).to_have_text("有牌子，自己看")
    again = dataclasses.replace(second.utterance, heard="有牌子，您看一下。")
    page.take(Revised(20.0, again, ()), 20.0)
    page.take(Revised(20.0, dataclasses.replace(third.utterance, heard=""), ()), 20.0)
    for _ in range(2):
        expect(tab.locator("#lines li")).to_have_count(2)
        expect(tab.locator("#lines li").nth(1)).to_contain_text("有牌子，您看一下。")
        expect(tab.locator("#lines mark.bad")).to_have_count(0)
        tab.reload()  # and so it is for who comes later


def test_the_checklist_has_marks_and_the_score_so_far(
    tab: Tab, counter: tuple[Page, Quiet], make_pipeline: Callable[..., Pipeline]
) -> None:
    page, _ = counter
    tab.goto(page.url)
    for one in happened(make_pipeline, RUDE)[:-1]:
        page.take(one, 5.0)
    expect(tab.locator("#card-title")).to_have_text("正在接待")
    expect(tab.locator("#score")).to_contain_text("到此为止")
    greeting = tab.locator("#checks li", has_text="来有迎声")
    expect(greeting.locator(".mark")).to_have_text("✗")
    assert tab.locator("#checks li.pass .mark").first.text_content() == "✓"


def test_words_are_shown_as_words(
    tab: Tab, counter: tuple[Page, Quiet], make_pipeline: Callable[..., Pipeline]
) -> None:
    page, _ = counter
    tab.goto(page.url)
    words = "<img src=x onerror=alert(1)><script>alert(2)</script>&lt;"
    said = [e for e in happened(make_pipeline, (("customer", words),)) if isinstance(e, Said)]
    page.take(said[0], 5.0)
    expect(tab.locator("#lines .heard")).to_have_text(words)
    assert tab.locator("#lines img, #lines script").count() == 0


def test_the_button_begins_a_break_that_cannot_be_overlooked_and_ends_it(
    tab: Tab, counter: tuple[Page, Quiet]
) -> None:
    page, source = counter
    tab.goto(page.url)
    tab.get_by_role("button", name="休息").click()
    expect(tab.locator("#rest")).to_be_visible()
    expect(tab.locator("#rest")).to_contain_text("什么都不听")
    assert source.paused
    tab.keyboard.press("Enter")  # the button still has the focus
    expect(tab.locator("#rest")).to_be_hidden()
    assert not source.paused
    page.take(Passed(0.2), 0.2)
    expect(tab.locator("#what")).to_have_text("正在听")


def test_a_break_is_seen_on_every_screen(
    chromium: Browser, tab: Tab, counter: tuple[Page, Quiet]
) -> None:
    page, _ = counter
    other = chromium.new_page()
    other.goto(page.url)
    tab.goto(page.url)
    tab.get_by_role("button", name="休息").click()
    expect(other.locator("#rest")).to_be_visible()
    other.close()


def test_a_button_that_does_not_work_says_so(tab: Tab, counter: tuple[Page, Quiet]) -> None:
    page, source = counter

    def drop(route: Route) -> None:
        route.abort("connectionfailed")

    tab.route("**/break", drop)
    tab.goto(page.url)
    tab.get_by_role("button", name="休息").click()
    expect(tab.locator("#failed")).to_be_visible()
    assert not source.paused


def test_signs_stand_large_and_go(
    tab: Tab,
    make_pipeline: Callable[..., Pipeline],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page_module, "SIGN_SECONDS", 1.0)
    with Page(0, Quiet(), "en") as page:
        tab.goto(page.url)
        expect(tab.locator("#source")).to_have_text("USB 麦克风")
        page.take(PLEASE, 5.0)
        sign = tab.locator("#signs .prompt")
        expect(sign).to_contain_text("Greet the customer")
        size = sign.locator("b").evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
        assert size >= 32
        expect(sign).to_have_count(0)


def test_an_alert_that_may_be_taken_back_says_so_and_goes_at_once(
    tab: Tab, counter: tuple[Page, Quiet], make_pipeline: Callable[..., Pipeline]
) -> None:
    page, _ = counter
    alert = next(e for e in happened(make_pipeline, RUDE) if isinstance(e, Alert))
    tab.goto(page.url)
    expect(tab.locator("#source")).to_have_text("USB 麦克风")
    page.take(PLEASE, 5.0)
    page.take(Alert(5.0, alert.match, alert.finding, sure=False), 5.0)
    expect(tab.locator("#signs .alert")).to_contain_text("有牌子，自己看")
    expect(tab.locator("#signs .alert")).to_contain_text("也许会收回")
    page.take(Withdrawn(6.0, alert.match), 6.0)
    expect(tab.locator("#signs .alert")).to_have_count(0)
    expect(tab.locator("#signs .prompt")).to_have_count(1)


def test_an_alert_is_sure_once_its_sentence_is_over(
    tab: Tab, counter: tuple[Page, Quiet], make_pipeline: Callable[..., Pipeline]
) -> None:
    page, _ = counter
    events = happened(make_pipeline, RUDE)
    alert = next(e for e in events if isinstance(e, Alert))
    tab.goto(page.url)
    expect(tab.locator("#source")).to_have_text("USB 麦克风")
    page.take(Alert(5.0, alert.match, alert.finding, sure=False), 5.0)
    expect(tab.locator("#signs .unsure")).to_have_count(1)
    page.take([e for e in events if isinstance(e, Said)][1], 6.0)
    expect(tab.locator("#signs .unsure")).to_have_count(0)
    expect(tab.locator("#signs .alert")).to_have_count(1)


def test_a_reload_loses_nothing(
    tab: Tab, counter: tuple[Page, Quiet], make_pipeline: Callable[..., Pipeline]
) -> None:
    page, _ = counter
    for one in happened(make_pipeline, RUDE):
        page.take(one, 5.0)
    page.take(PLEASE, 5.0)
    page.take(Load(("early",), 3.0), 5.0)
    page.take(Trouble(GONE), 5.0)
    shown = []
    for _ in range(2):
        tab.goto(page.url)
        expect(tab.locator("#what")).to_have_text("听不到")
        shown.append(tab.locator("body").inner_text())
    assert shown[0] == shown[1]
    for part in ("麦克风断了", "请先问好", "有牌子，自己看", "不再提前识别", "来有迎声"):
        assert part in shown[0]


def test_a_lost_connection_is_shown_and_comes_back(tab: Tab) -> None:
    source = Quiet()
    page = Page(0, source, "zh")
    with page:
        page.take(Passed(0.1), 0.1)
        tab.goto(page.url)
        expect(tab.locator("#what")).to_have_text("正在听")
        # As if the program had died: the end is not told.
        for looker in list(page._lookers):
            looker.leave()
        page._server.socket.close()
        expect(tab.locator("#lost")).to_be_visible()
        expect(tab.locator("#what")).to_have_text("不知道是否在听")
        expect(tab.locator("#button")).to_be_hidden()
    with Page(int(page.url.rstrip("/").rpartition(":")[2]), source, "zh") as again:
        again.take(Passed(0.1), 0.1)
        expect(tab.locator("#lost")).to_be_hidden()
        expect(tab.locator("#what")).to_have_text("正在听")
    expect(tab.locator("#what")).to_have_text("已停止，没有在听")
    expect(tab.locator("#lost")).to_be_hidden()


def test_a_connection_that_shows_no_life_is_taken_for_lost(tab: Tab) -> None:
    with Page(0, Quiet(), "zh", beat=0.2) as page:
        page.take(Passed(0.1), 0.1)
        tab.goto(page.url)
        expect(tab.locator("#what")).to_have_text("正在听")
        # A network that swallows everything and closes nothing.
        for looker in list(page._lookers):
            looker._waiting.get = lambda **_: page._thread.join()
        expect(tab.locator("#lost")).to_be_visible()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [TABLET, TELEPHONE, (1920, 1080)])
def test_the_page_fits(
    chromium: Browser,
    make_pipeline: Callable[..., Pipeline],
    tmp_path: Path,
    lang: Lang,
    scheme: str,
    size: tuple[int, int],
) -> None:
    width, height = size
    with Page(0, Quiet(), lang) as page:
        events = happened(make_pipeline, RUDE)
        for one in [*events, *events[:-1], Passed(9.0, (8.0,)), PLEASE]:
            page.take(one, 9.0)
        tab = chromium.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        tab.goto(page.url)
        expect(tab.locator("#lines li")).to_have_count(2 * len(RUDE))
        assert tab.evaluate(_WIDE) == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        if size != TELEPHONE:  # there everything is seen without scrolling the page
            assert tab.evaluate("document.documentElement.scrollHeight") <= height
        picture = tab.screenshot(path=tmp_path / "page.png")
        assert len(picture) > 20_000
        tab.close()


def test_every_word_the_page_uses_is_there_and_none_is_idle() -> None:
    page = resource("courtesy.live", "counter.html.j2")
    used = set(re.findall(r"\bw\.([a-z_]+)", page)) - {"sign_seconds", "beat_seconds"}
    states = {"starting", "on", "break", "trouble", "ended", "lost"}
    assert used | states == set(WORDS)
