"""The counter's page over HTTP: the scene first, then what happens; and nobody else's requests."""

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from live_events import RUDE, Quiet, happened

from courtesy.errors import UsageError
from courtesy.live import page as page_module
from courtesy.live.ear import Load, Missed, Passed
from courtesy.live.events import Alert, Closed, Prompt, Running, Said, Withdrawn
from courtesy.live.page import Page
from courtesy.live.scene import SIGN_SECONDS, Scene
from courtesy.live.session import Happening
from courtesy.live.source import ON_BREAK, Break, Gap, InputLevel, Trouble
from courtesy.messages import LANGUAGES, Lang, Text
from courtesy.pipeline import Pipeline
from courtesy.speech.voice import Speech

LOUD = Text("麦克风断了", "the microphone was gone")


def prompt(number: int = 1) -> Prompt:
    return Prompt(float(number), float(number), "greeting", Text("请先问好", "Greet the customer"))


@contextmanager
def shown(lang: Lang = "zh", beat: float = 15.0) -> Iterator[tuple[Page, Quiet]]:
    source = Quiet()
    with Page(0, source, lang, beat=beat) as page:
        yield page, source


def port_of(page: Page) -> int:
    return int(page.url.rstrip("/").rpartition(":")[2])


class Looking:
    """Somebody who looks on, without a browser."""

    def __init__(self, page: Page) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port_of(page), timeout=30)
        self._connection.request("GET", "/events")
        self.answer = self._connection.getresponse()

    def __enter__(self) -> "Looking":
        return self

    def __exit__(self, *_: object) -> None:
        self.answer.close()
        self._connection.close()

    def block(self) -> dict[str, str]:
        """Return the fields of the next event; none where there will be no more."""
        fields: dict[str, str] = {}
        while line := self.answer.readline().decode("utf-8"):
            if line == "\n":
                return fields
            name, _, value = line.rstrip("\n").partition(": ")
            fields[name] = value
        return fields

    def next(self) -> dict[str, Any]:
        """Return what happens next."""
        while block := self.block():
            if "data" in block and "event" not in block:
                return json.loads(block["data"])
        return {}

    def until(self, event: str) -> dict[str, Any]:
        while found := self.next():
            if found["event"] == event:
                return found
        raise AssertionError(event)


def ask(
    page: Page, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    port = port_of(page)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    known = {
        "Host": f"127.0.0.1:{port}", "Origin": f"http://127.0.0.1:{port}",
        "Content-Type": "application/json",
    }  # fmt: skip
    given = known | {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, {k: v for k, v in given.items() if v})
    answer = connection.getresponse()
    found = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    connection.close()
    return found


def test_who_comes_late_sees_what_there_was(make_pipeline: Callable[..., Pipeline]) -> None:
    events = happened(make_pipeline, RUDE)
    with shown() as (page, _):
        for one in events:
            page.take(one, 10.0)
        with Looking(page) as looking:
            scene = looking.next()
    assert scene["event"] == "snapshot"
    assert scene["name"] == "USB 麦克风"
    assert scene["state"] == "on"
    assert [line["heard"] for line in scene["lines"]] == [text for _, text in RUDE]
    assert next(line["role_name"] for line in scene["lines"]) == "群众"
    assert "alert" in {sign["event"] for sign in scene["signs"]}
    assert scene["running"] is None
    assert scene["last"]["score"] is not None
    assert {"来有迎声", "服务忌语"} <= {f["name"] for f in scene["last"]["findings"]}


def test_what_happens_is_told_as_it_happens_with_ids_that_grow(
    make_pipeline: Callable[..., Pipeline],
) -> None:
    events = happened(make_pipeline, RUDE)
    ids: list[int] = []
    kinds: list[str] = []
    with shown("en") as (page, _), Looking(page) as looking:
        assert looking.answer.getheader("Content-Type") == "text/event-stream"
        looking.block()  # when to come back
        ids.append(int(looking.block()["id"]))
        for one in events:
            page.take(one, 10.0)
        while "interaction" not in kinds:
            block = looking.block()
            ids.append(int(block["id"]))
            kinds.append(json.loads(block["data"])["event"])
    assert {"utterance", "alert", "running", "interaction", "state"} <= set(kinds)
    assert ids == sorted(set(ids))


def test_a_phrase_is_marked_where_it_stands(make_pipeline: Callable[..., Pipeline]) -> None:
    # 𠮷 is one character here and two for a browser; the page counts as we do.
    turns = (("customer", "我找𠮷先生。"), ("clerk", "𠮷先生？有牌子，自己看。"))
    said = [e for e in happened(make_pipeline, turns) if isinstance(e, Said)]
    with shown() as (page, _), Looking(page) as looking:
        for one in said:
            page.take(one, 1.0)
        looking.until("utterance")
        found = looking.until("utterance")
    (match,) = [m for m in found["matches"] if m["tone"] == "bad"]
    start, end = match["span"]
    assert found["heard"][start:end] == match["heard"] == "有牌子，自己看"


def test_words_cannot_turn_the_line_around_or_end_it(
    make_pipeline: Callable[..., Pipeline],
) -> None:
    turns = (("customer", "你好\u202e\u2028\x1b[31m<b>"),)
    said = next(e for e in happened(make_pipeline, turns) if isinstance(e, Said))
    with shown() as (page, _), Looking(page) as looking:
        page.take(said, 1.0)
        heard = looking.until("utterance")["heard"]
    assert heard == "你好\ufffd \ufffd[31m<b>"


# --- the scene itself ---


def scene_of(*events: Happening, clock: Callable[[], float] = lambda: 0.0) -> Scene:
    scene = Scene("x", "zh", clock)
    for one in events:
        list(scene.take(one, 1.0, paused=False))
    return scene


def test_a_sign_stands_for_a_while_and_its_age_is_told() -> None:
    now = [0.0]
    scene = scene_of(prompt(), clock=lambda: now[0])
    now[0] = SIGN_SECONDS - 1
    assert [sign["age"] for sign in scene.snapshot()["signs"]] == [SIGN_SECONDS - 1]
    now[0] = SIGN_SECONDS
    assert scene.snapshot()["signs"] == []


def test_what_is_withdrawn_stands_no_longer(make_pipeline: Callable[..., Pipeline]) -> None:
    alerts = [e for e in happened(make_pipeline, RUDE) if isinstance(e, Alert)]
    scene = scene_of(prompt(), alerts[0])
    assert [s["event"] for s in scene.snapshot()["signs"]] == ["prompt", "alert"]
    list(scene.take(Withdrawn(1.0, alerts[0].match), 1.0, paused=False))
    assert [s["event"] for s in scene.snapshot()["signs"]] == ["prompt"]


def test_the_state_is_told_once_when_it_changes() -> None:
    scene = Scene("x", "en")
    told = [
        (event["state"], event["why"])
        for one in (Passed(0.1), Passed(0.2), Trouble(LOUD), Trouble(LOUD), Passed(0.3))
        for event in scene.take(one, 1.0, paused=False) if event["event"] == "state"
    ]  # fmt: skip
    assert told == [("on", None), ("trouble", "the microphone was gone"), ("on", None)]


def test_a_break_that_is_told_late_is_none() -> None:
    """A break is told after what was said before it, and may be over by then."""
    scene = scene_of(Passed(0.1), Break())
    assert scene.state()["state"] == "on"


def test_sound_from_before_the_break_does_not_end_it() -> None:
    scene = scene_of(Passed(0.1))
    scene.pause(paused=True)
    list(scene.take(Passed(0.2), 0.2, paused=True))
    assert scene.state()["state"] == "break"
    assert scene.pause(paused=False)["state"] == "starting"
    list(scene.take(Passed(0.3), 0.3, paused=False))
    assert scene.state()["state"] == "on"


def test_what_was_not_heard_is_among_the_lines() -> None:
    speech = Speech(1.0, 2.0, 0, np.zeros(16000, np.float32))
    scene = scene_of(Missed(speech, LOUD), Gap(3.0, LOUD), Gap(60.0, ON_BREAK))
    lines = scene.snapshot()["lines"]
    assert [line["event"] for line in lines] == ["missed", "gap", "gap"]
    assert [line.get("rest") for line in lines] == [None, False, True]


def test_the_last_of_what_is_wrong_is_in_the_snapshot() -> None:
    scene = scene_of(Load(("early",), 3.0), InputLevel(-60.0, -70.0, LOUD), Load((), 0.0))
    snapshot = scene.snapshot()
    assert snapshot["load"]["text"] is None
    assert snapshot["input"]["complaint"] == "麦克风断了"


def test_the_running_interaction_goes_when_it_is_over(
    make_pipeline: Callable[..., Pipeline],
) -> None:
    events = happened(make_pipeline, RUDE)
    before = [e for e in events if not isinstance(e, Closed)]
    scene = scene_of(*before)
    assert isinstance(before[-2], Running)
    assert scene.snapshot()["running"]["name"] == "接待 1"
    list(scene.take(next(e for e in events if isinstance(e, Closed)), 1.0, paused=False))
    assert scene.snapshot()["running"] is None
    assert scene.snapshot()["last"]["name"] == "接待 1"


# --- the break button ---


def test_a_break_is_begun_and_ended_from_the_page() -> None:
    with shown() as (page, source), Looking(page) as looking:
        page.take(Passed(0.1), 0.1)
        status, _, body = ask(page, "POST", "/break", b"{}")
        assert (status, json.loads(body)["state"]) == (200, "break")
        assert source.paused
        while looking.until("state")["state"] != "break":
            pass
        status, _, body = ask(page, "POST", "/resume", b"{}")
        assert (status, json.loads(body)["state"]) == (200, "starting")
        assert not source.paused


# --- who may ask ---


def test_the_page_may_hold_nothing_from_elsewhere() -> None:
    with shown() as (page, _):
        status, headers, body = ask(page, "GET", "/", Origin="", Content_Type="")
        again = ask(page, "GET", "/")[1]["content-security-policy"]
    policy = headers["content-security-policy"]
    assert status == 200
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert policy != again  # the nonce is new each time
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in headers
    assert headers["server"] == "courtesy"
    assert b"http://" not in body
    assert b"https://" not in body


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "127.0.0.1", "127.0.0.1:1", "evil.example:{port}", "localhost.:{port}"],
)
@pytest.mark.parametrize("path", ["/", "/events", "/break"])
def test_another_name_that_leads_here_is_refused(host: str, path: str) -> None:
    with shown() as (page, source):
        method = "POST" if path == "/break" else "GET"
        asked = host.format(port=port_of(page)) or "x"
        assert ask(page, method, path, b"{}", Host=asked)[0] == 421
        assert not source.paused


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_the_machines_own_names_are_known(name: str) -> None:
    with shown() as (page, _):
        host = f"{name}:{port_of(page)}"
        assert ask(page, "GET", "/", Host=host)[0] == 200
        assert ask(page, "POST", "/break", b"{}", Host=host, Origin=f"http://{host}")[0] == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": ""}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content_Type": ""}, 415),
    ],
)
def test_another_page_cannot_press_the_button(headers: dict[str, str], status: int) -> None:
    with shown() as (page, source):
        assert ask(page, "POST", "/break", b"{}", **headers)[0] == status
        assert not source.paused


def test_what_there_is_not_is_refused() -> None:
    with shown() as (page, source):
        assert ask(page, "GET", "/other")[0] == 404
        assert ask(page, "GET", "/../page.py")[0] == 404
        assert ask(page, "GET", "/break")[0] == 404
        assert ask(page, "POST", "/")[0] == 404
        assert ask(page, "POST", "/break", b"x" * 5000)[0] == 413
        assert ask(page, "OPTIONS", "/break")[0] == 501
        assert ask(page, "PUT", "/break", b"{}")[0] == 501
        assert not source.paused


def test_it_is_reached_from_this_machine_only() -> None:
    with shown() as (page, _):
        assert page.url.startswith("http://127.0.0.1:")
        others = {
            info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        }
        for address in others - {"127.0.0.1", "127.0.1.1"}:
            with pytest.raises(OSError):  # noqa: PT011 - refused, whichever way
                socket.create_connection((address, port_of(page)), timeout=2)


# --- slow, many, and the end ---


def test_a_connection_shows_that_it_lives() -> None:
    with shown(beat=0.01) as (page, _), Looking(page) as looking:
        looking.next()
        assert looking.block()["event"] == "beat"


def test_who_takes_nothing_is_sent_away_and_the_others_go_on() -> None:
    with shown() as (page, _), socket.socket() as idle:
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        idle.connect(("127.0.0.1", port_of(page)))
        idle.sendall(f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{port_of(page)}\r\n\r\n".encode())
        with Looking(page) as looking:
            looking.next()
            long = Text("请先问好" * 2000, "greet")
            for number in range(page_module._BEHIND * 3):
                page.take(Prompt(float(number), 0.0, "greeting", long), 0.0)
                assert looking.until("prompt")["t"] == number
            assert len(page._lookers) == 1


def test_too_many_are_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "_MOST", 1)
    with shown() as (page, _), Looking(page) as first:
        first.next()
        with Looking(page) as second:
            assert second.answer.status == 503
        page.take(prompt(), 1.0)
        assert first.until("prompt")


def test_the_end_is_told_and_the_port_is_free_again() -> None:
    with shown() as (page, _):
        looking = Looking(page)
        looking.next()
    with looking:
        assert looking.until("state")["state"] == "ended"
        assert looking.next() == {}
    with Page(port_of(page), Quiet(), "zh") as again:
        assert again.url == page.url


def test_a_port_that_is_taken_is_one_sentence() -> None:
    with shown() as (page, _), pytest.raises(UsageError) as caught:
        Page(port_of(page), Quiet(), "zh")
    for lang in LANGUAGES:
        assert str(port_of(page)) in caught.value.say(lang)
        assert "0" in caught.value.say(lang)


def test_a_port_that_is_none_is_one_sentence() -> None:
    with pytest.raises(UsageError, match="65535"):
        Page(70000, Quiet(), "zh")


def test_listening_is_not_kept_waiting_by_a_request_that_never_ends() -> None:
    with shown() as (page, _), socket.create_connection(("127.0.0.1", port_of(page))) as stuck:
        stuck.sendall(b"GET / HT")
        done = threading.Thread(target=page.take, args=(prompt(), 1.0))
        done.start()
        done.join(30)
        assert not done.is_alive()
        assert ask(page, "GET", "/")[0] == 200
