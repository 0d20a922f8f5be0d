"""The desk in a browser: a reviewer's work, with hands on it."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
import uvicorn
from playwright.sync_api import Browser, Route, expect
from playwright.sync_api import Page as Tab
from stored import hide_a_word, keep_sound, people

from courtesy.config import ReviewOptions
from courtesy.messages import LANGUAGES, Lang
from courtesy.pipeline import Pipeline
from courtesy.review.app import make_app
from courtesy.review.passwords import digest
from courtesy.review.wording.desk import WORDS
from courtesy.store import Database, accounts, tables
from courtesy.store.opening import open_database

PASSWORD = "correct horse battery"
expect.set_options(timeout=30_000)  # a busy machine takes its time
OFFICE, TELEPHONE = (1366, 768), (390, 844)
_WIDE = """() => Array.from(document.querySelectorAll("body *"))
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .filter(one => !one.closest(".wide, .skip"))
    .map(one => one.tagName + "#" + one.id)"""


@pytest.fixture(scope="module")
def password() -> str:
    return digest(PASSWORD)


@pytest.fixture
def store(
    tmp_path_factory: pytest.TempPathFactory, make_pipeline: Callable[..., Pipeline], password: str
) -> Iterator[Database]:
    with open_database(str(tmp_path_factory.mktemp("desk") / "store.sqlite3")) as database:
        keep_sound(database, make_pipeline, "yibao-poor")
        staff = people(database)
        with database.writing() as connection:
            for one in staff.values():
                accounts.change(connection, one, password=password)
        yield database


@pytest.fixture
def site(store: Database) -> Iterator[str]:
    """Serve the desk; return where."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = make_app(store, ReviewOptions(twice=0.0))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def opened(chromium: Browser, faults: list[str], lang: Lang = "zh") -> Tab:
    context = chromium.new_context(
        viewport={"width": OFFICE[0], "height": OFFICE[1]},
        locale="zh-CN" if lang == "zh" else "en-GB",
    )
    context.set_default_timeout(30_000)
    tab = context.new_page()
    tab.on("pageerror", lambda error: faults.append(str(error)))
    # That something is refused is shown on the page, and is no fault.
    policy = "Security Policy"
    tab.on("console", lambda said: faults.append(said.text) if policy in said.text else None)
    return tab


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Tab]:
    """Give an empty tab; what goes wrong in it, or is against its policy, fails the test."""
    faults: list[str] = []
    found = opened(chromium, faults)
    yield found
    found.context.close()
    assert not faults


def sign_in(tab: Tab, site: str, name: str = "li") -> None:
    tab.goto(site)
    form = tab.locator("#sign-in")
    form.locator("[name=name]").fill(name)
    form.locator("[name=password]").fill(PASSWORD)
    form.locator("button").click()
    expect(tab.locator("#rows tr").first).to_be_visible()


def decided(store: Database) -> list[tuple[str | None, str]]:
    with store.reading() as connection:
        own = tables.decisions.c
        rows = connection.execute(sa.select(own.outcome, own.why).order_by(own.id))
        return [(outcome, why) for outcome, why in rows]


def test_a_reviewer_decides_by_keys_alone(tab: Tab, site: str, store: Database) -> None:
    sign_in(tab, site)
    count = tab.locator("#rows tr").count()
    tab.locator("#rows a").first.click()
    expect(tab.locator("#lines .here")).to_be_visible()
    expect(tab.locator("#evidence .pairs").first).to_be_visible()
    first = tab.url
    tab.keyboard.press("c")
    expect(tab).not_to_have_url(first)
    expect(tab.locator("#decide")).to_be_visible()
    second = tab.url
    tab.keyboard.press("x")
    expect(tab.locator("#reasons")).to_be_visible()
    tab.keyboard.press("3")
    expect(tab).not_to_have_url(second)
    assert decided(store) == [("confirmed", ""), ("rejected", "quoted")]
    tab.keyboard.press("z")
    expect(tab).to_have_url(second)
    expect(tab.locator("#decide")).to_be_visible()
    assert decided(store)[2:] == [(None, "")]
    tab.goto(f"{site}/findings")
    expect(tab.locator("#rows tr")).to_have_count(count - 1)


def test_the_sound_is_drawn_and_played(tab: Tab, site: str) -> None:
    sign_in(tab, site)
    tab.locator("#rows a").first.click()
    expect(tab.locator("#clock")).to_have_text(re.compile(r"/ [1-9]"))
    expect(tab.locator("#silent")).to_be_hidden()
    tab.keyboard.press("]")
    assert tab.locator("#speed").input_value() == "1.25"


def test_a_supervisor_hears_what_is_covered_and_says_why(
    tab: Tab, site: str, store: Database
) -> None:
    with store.reading() as connection:
        flags = tables.flags.c
        flag = connection.scalar(sa.select(flags.id).where(flags.utterance.is_not(None)))
    hide_a_word(store, flag)
    sign_in(tab, site)  # a reviewer
    tab.goto(f"{site}/findings/{flag}")
    expect(tab.locator("#covered")).to_have_text(re.compile("1 处"))
    expect(tab.locator("#unmask")).to_have_count(0)
    tab.context.clear_cookies()
    sign_in(tab, site, "zhao")
    tab.goto(f"{site}/findings/{flag}")
    expect(tab.locator("#covered")).to_have_text(re.compile("1 处"))
    tab.locator("#unmask").click()
    dialog = tab.locator("#unmasking")
    dialog.locator("button[value=listen]").click()
    expect(dialog).to_be_visible()  # without a reason nothing is played
    dialog.locator("textarea").fill("要听清楚再定")
    dialog.locator("button[value=listen]").click()
    expect(tab.locator("#covered")).to_be_hidden()
    expect(tab.locator("#clock")).to_have_text(re.compile(r"/ [1-9]"))
    with store.reading() as connection:
        trail = tables.audit.c
        wanted = sa.select(trail.by, trail.subject).where(trail.action == "unmask")
        assert connection.execute(wanted).all() == [("zhao", f"flag {flag}")]


def test_what_was_typed_outlives_the_session(tab: Tab, site: str, store: Database) -> None:
    sign_in(tab, site)
    tab.locator("#rows a").first.click()
    tab.locator("#comment").fill("请组长再听一遍这一句")
    tab.wait_for_load_state("networkidle")  # the next one is there
    with store.writing() as connection:
        connection.execute(sa.delete(tables.sessions))
    tab.locator("#say").click()
    dialog = tab.locator("#again")
    expect(dialog).to_be_visible()
    dialog.locator("[name=name]").fill("li")
    dialog.locator("[name=password]").fill("wrong password")
    dialog.locator("button").click()
    expect(dialog.locator(".fault")).not_to_be_empty()
    dialog.locator("[name=password]").fill(PASSWORD)
    dialog.locator("button").click()
    expect(dialog).to_be_hidden()
    expect(tab.locator("#history")).to_contain_text("请组长再听一遍这一句")


def test_who_comes_second_is_told_and_loses_nothing(
    chromium: Browser, tab: Tab, site: str, store: Database
) -> None:
    faults: list[str] = []
    other = opened(chromium, faults)
    for one, name in ((tab, "li"), (other, "wang")):
        sign_in(one, site, name)
        one.locator("#rows a").first.click()
        expect(one.locator("#decide")).to_be_visible()
    tab.locator("#note").fill("很清楚")
    other.keyboard.press("u")
    expect(other.locator("#done")).not_to_be_empty()
    tab.locator("#name").click()
    tab.keyboard.press("c")
    expect(tab.locator("#trouble")).to_be_visible()
    expect(tab.locator("#history")).to_contain_text("wang")
    assert decided(store) == [("unsure", "")]
    other.context.close()
    assert not faults


def test_a_clerk_appeals_and_a_supervisor_answers(
    chromium: Browser, tab: Tab, site: str, store: Database
) -> None:
    with store.writing() as connection:
        chen = accounts.known(connection, "chen")
        connection.execute(sa.update(tables.recordings).values(clerk=chen.clerk))
        connection.execute(sa.update(tables.flags).values(clerk=chen.clerk))
    sign_in(tab, site, "chen")
    tab.locator("#rows a").first.click()
    expect(tab.locator("#decide")).to_be_hidden()
    tab.locator("#objection").fill("我在念墙上的规定")
    tab.locator("#appeal").click()
    expect(tab.locator("#history")).to_contain_text("我在念墙上的规定")
    faults: list[str] = []
    other = opened(chromium, faults)
    sign_in(other, site, "zhao")
    other.goto(f"{site}/findings?state=appealed")
    other.locator("#rows a").first.click()
    expect(other.locator("#appealed")).to_contain_text("我在念墙上的规定")
    other.locator("#answer").fill("确是引用")
    other.locator("[data-upheld=false]").click()
    expect(other.locator("#about")).to_contain_text(WORDS["rejected"].zh)
    other.context.close()
    assert not faults


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", [OFFICE, TELEPHONE], ids=["office", "telephone"])
def test_nothing_is_wider_than_the_screen(
    chromium: Browser, site: str, lang: Lang, size: tuple[int, int]
) -> None:
    faults: list[str] = []
    tab = opened(chromium, faults, lang)
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(tab, site)
    assert tab.evaluate(_WIDE) == []
    tab.locator("#rows a").first.click()
    expect(tab.locator("#lines .here")).to_be_visible()
    assert tab.evaluate(_WIDE) == []
    expect(tab.locator("#decide h2")).to_have_text(WORDS["decide"].say(lang))
    tab.context.close()
    assert not faults


def test_who_decides_before_the_sound_is_there_goes_on_all_the_same(
    tab: Tab, site: str, store: Database
) -> None:
    sign_in(tab, site)
    held: list[Route] = []
    tab.route("**/sound", lambda route: held.append(route))  # it never comes
    tab.locator("#rows a").first.click()
    expect(tab.locator("#decide")).to_be_visible()
    seen = []
    for _ in range(3):
        seen.append(tab.url)
        tab.keyboard.press("c")
        expect(tab).not_to_have_url(seen[-1])
        expect(tab.locator("#decide")).to_be_visible()
    assert len({*seen, tab.url}) == 4
    assert decided(store) == [("confirmed", "")] * 3
