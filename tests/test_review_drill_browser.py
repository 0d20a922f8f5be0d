"""Practice in a browser: typed with the keyboard alone, and spoken into its microphone."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from browser import FLAGS, browser
from desks import Desk, served
from fakes import SAMPLES, write_sound
from playwright.sync_api import Browser, Page, expect
from test_review_drill import RIGHT, assign, desk, hearing, make_class, own  # noqa: F401 - fixtures
from test_review_look import kept

from courtesy.review.access import COOKIE
from courtesy.speech.decode import RATE, open_recording


@pytest.fixture
def spoken(tmp_path: Path) -> Path:
    """Give a clerk's greeting with quiet around it; the browser plays it over and over."""
    talk = open_recording(SAMPLES / "counter" / "shebao-good.opus")
    sound = np.concatenate([block[0] for block in talk.between(0.3, 3.3)])
    quiet = np.random.default_rng(3).normal(0, 1e-4, 4 * RATE).astype(np.float32)
    whole = np.concatenate([quiet[:RATE], sound, quiet])
    return write_sound(tmp_path / "said.wav", np.repeat(whole, 3), rate=3 * RATE)


@pytest.fixture
def listening(chromium: Browser, spoken: Path) -> Iterator[Browser]:
    """Start a browser that hears a file and asks nobody whether it may."""
    fake = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={spoken}",
        "--autoplay-policy=no-user-gesture-required",
    ]
    started = chromium.browser_type.launch(executable_path=browser(), args=[*FLAGS, *fake])
    yield started
    started.close()


def opened(chromium: Browser, at: Desk, site: str, page: str, role: str) -> Page:
    context = chromium.new_context(base_url=site, locale="en-GB")
    context.add_cookies([{"name": COOKIE, "value": at.token(role), "url": site}])
    tab = context.new_page()
    tab.goto(page)
    expect(tab.locator("[aria-busy=false]").first).to_be_attached(timeout=30_000)
    return tab


def test_a_scenario_is_practised_by_keys(chromium: Browser, desk: Desk) -> None:  # noqa: F811
    with served(desk.app) as site:
        tab = opened(chromium, desk, site, "/drill", "clerk")
        tab.get_by_role("button", name="Practise One", exact=True).press("Enter")
        expect(tab.locator("#talk .customer")).to_contain_text("走到窗口前")
        tab.keyboard.type("请扫候")
        tab.keyboard.press("Enter")
        mark = tab.locator("#talk .mark")
        expect(mark).to_contain_text("something is missing")
        expect(mark).to_contain_text("您好，请问您办什么业务？")
        kept(tab, "drill-walk")
        tab.keyboard.press("Enter")  # next
        # Left in the middle, it goes on here.
        tab.reload()
        tab.get_by_role("button", name="Go on").press("Enter")
        expect(tab.locator("#talk > .customer").last).to_contain_text("好了，我走了。")
        expect(tab.locator("#talk .mark")).to_have_count(1)
        tab.keyboard.type(RIGHT[1])
        tab.keyboard.press("Enter")
        expect(tab.locator("#sum")).to_contain_text("1/2 right")
        tab.keyboard.press("Enter")
        expect(tab.locator("#recent li")).to_have_count(1)
        tab.context.close()


def test_an_answer_is_spoken_into_the_browser(
    listening: Browser,
    hearing: Desk,  # noqa: F811
) -> None:
    with served(hearing.app) as site:
        tab = opened(listening, hearing, site, "/drill", "clerk")
        tab.get_by_role("button", name="Practise One", exact=True).click()
        expect(tab.locator("#talk .customer")).to_be_visible()
        tab.keyboard.press("F2")
        expect(tab.locator("#listening")).to_contain_text("Speak")
        # It ends by itself when the speaker pauses, and is heard and marked.
        expect(tab.locator("#talk > .mark").first).to_contain_text("right · 100", timeout=60_000)
        expect(tab.locator("#talk > .clerk").first).to_contain_text("业务")
        # The next line is answered the same way, without a key; a greeting is no farewell.
        expect(tab.locator("#talk > .mark")).to_have_count(2, timeout=60_000)
        expect(tab.locator("#talk > .mark").last).to_contain_text("something is missing")
        tab.locator("#next").click()
        expect(tab.locator("#sum")).to_contain_text("1/2 right")
        tab.context.close()


def test_what_was_spoken_while_the_network_was_away_is_sent_again(
    listening: Browser,
    hearing: Desk,  # noqa: F811
) -> None:
    with served(hearing.app) as site:
        tab = opened(listening, hearing, site, "/drill", "clerk")
        tab.get_by_role("button", name="Practise One", exact=True).click()
        expect(tab.locator("#talk .customer")).to_be_visible()
        tab.context.set_offline(True)
        tab.keyboard.press("F2")
        expect(tab.locator("#resend")).to_be_visible(timeout=60_000)
        expect(tab.locator("#trouble")).to_be_visible()
        tab.context.set_offline(False)
        tab.locator("#resend").click()
        expect(tab.locator("#talk > .mark").first).to_contain_text("right · 100", timeout=60_000)
        expect(tab.locator("#resend")).to_be_hidden()
        tab.context.close()


def test_the_trainer_makes_a_class_gives_it_work_and_looks_at_it(
    chromium: Browser,
    desk: Desk,  # noqa: F811
) -> None:
    with served(desk.app) as site:
        tab = opened(chromium, desk, site, "/training", "trainer")
        tab.locator("#new input").fill("一班")
        tab.locator("#new input").press("Enter")
        group = tab.locator("#classes > li")
        expect(group).to_contain_text("一班")
        group.locator("summary").first.click()
        group.locator("select").first.select_option("clerk")
        group.get_by_role("button", name="Save the members").click()
        expect(group).to_contain_text("Members (1): clerk")
        group.locator("summary").last.click()
        group.locator("form").last.locator("select").select_option("one")
        group.locator("form").last.locator("[type=checkbox]").check()
        group.get_by_role("button", name="Assign").click()
        expect(group.locator("ol li")).to_contain_text("examination")
        clerk = opened(chromium, desk, site, "/drill", "clerk")
        clerk.on("dialog", lambda dialog: dialog.accept())
        clerk.get_by_role("button", name="Begin One").click()
        for turn, words in enumerate(RIGHT):
            expect(clerk.locator("#talk .customer")).to_have_count(turn + 1)
            clerk.locator("#answer textarea").fill(words)
            clerk.locator("#answer textarea").press("Enter")
        expect(clerk.locator("#sum")).to_contain_text("2/2 right · 100 points")
        clerk.context.close()
        tab.reload()
        expect(tab.locator("#people tr")).to_contain_text("100")
        expect(tab.locator("#trend path").first).to_be_attached()
        tab.context.close()
