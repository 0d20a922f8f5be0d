"""Events reach another program: signed, in order, once each, and the counter never waits."""

import http.server
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import standardwebhooks
from live_events import RUDE, happened

from courtesy.errors import UsageError
from courtesy.live.events import Prompt, Said
from courtesy.live.receiver import SECRET_VARIABLE, Receiver, failure, read_secret
from courtesy.live.session import Happening
from courtesy.live.source import Break, Gap, InputLevel, Trouble
from courtesy.live.webhook import Delivery, Webhook
from courtesy.messages import LANGUAGES, Text
from courtesy.pipeline import Pipeline

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEY = read_secret({SECRET_VARIABLE: SECRET})
QUICK = Delivery(timeout=5, first=0.01, longest=0.05, at_end=10)
Answers = Callable[[int], tuple[int, dict[str, str]]]


def prompt(number: int) -> Prompt:
    return Prompt(float(number), float(number), "greeting", Text("请先问好", "Greet the customer"))


class Hall:
    """A program of the hall that takes events; `answers` says with what it answers the nth."""

    def __init__(self, answers: Answers = lambda _: (204, {})) -> None:
        hall = self
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.arrived = threading.Semaphore(0)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hall.taken.append(({k.lower(): v for k, v in self.headers.items()}, body))
                status, headers = answers(len(hall.taken) - 1)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                hall.arrived.release()

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}/events"

    def __enter__(self) -> "Hall":
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def wait(self, count: int = 1) -> None:
        for _ in range(count):
            assert self.arrived.acquire(timeout=30)

    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.taken]

    def data(self) -> list[dict[str, Any]]:
        return [json.loads(body)["data"] for _, body in self.taken]


def sent(
    hall: Hall, events: list[Happening], delivery: Delivery = QUICK, about: Any = None
) -> list[Text]:
    """Have all of it sent until the end; return what was complained of."""
    told: list[Text] = []
    with Webhook(Receiver(hall.url, KEY), "zh", told.append, about=about, delivery=delivery) as out:
        for one in events:
            out.take(one, 1.0)
    return told


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_a_receiver_can_verify_what_it_gets() -> None:
    with Hall() as hall:
        told = sent(hall, [prompt(1)], about={"source": "USB", "hall": "市民之家", "window": ""})
    ((headers, body),) = hall.taken
    document = standardwebhooks.Webhook(SECRET).verify(body, headers)
    assert document["type"] == "courtesy.prompt"
    assert document["hall"] == "市民之家"
    assert document["source"] == "USB"
    assert "window" not in document
    assert document["data"] == {
        "event": "prompt", "t": 1.0, "due": 1.0, "kind": "greeting", "text": "请先问好",
    }  # fmt: skip
    moment = datetime.fromisoformat(document["timestamp"])
    assert moment.tzinfo is not None
    assert abs(moment - datetime.now(UTC)) < timedelta(minutes=5)
    assert headers["content-type"] == "application/json"
    assert told == []


def test_an_altered_event_is_found_out() -> None:
    with Hall() as hall:
        sent(hall, [prompt(1)])
    ((headers, body),) = hall.taken
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(SECRET).verify(body.replace(b"1.0", b"2.0"), headers)


def test_what_is_to_be_acted_on_is_sent_and_the_talk_is_not(
    make_pipeline: Callable[..., Pipeline],
) -> None:
    why = Text("麦克风断了", "the microphone was gone")
    events = [*happened(make_pipeline, RUDE), Trouble(why), Gap(3.0, why), Break()]
    assert any(isinstance(one, Said) for one in events)
    with Hall() as hall:
        sent(hall, events)
    kinds = [one["event"] for one in hall.data()]
    assert set(kinds) == {"alert", "interaction", "trouble", "gap", "break"}
    assert kinds[-3:] == ["trouble", "gap", "break"]
    everything = b"".join(body for _, body in hall.taken).decode("utf-8")
    assert "有牌子" in everything  # for which the alert was raised
    assert "发票" not in everything  # the customer's business
    (ended,) = [one["interaction"] for one in hall.data() if one["event"] == "interaction"]
    assert ended["score"] is not None
    assert {"rule", "verdict", "reason"} <= set(ended["findings"][0])
    assert "matches" not in ended


def test_sound_that_is_as_it_should_be_is_news_only_after_it_was_not() -> None:
    good, bad = InputLevel(-20.0, -60.0), InputLevel(-60.0, -70.0, Text("太轻", "too low"))
    with Hall() as hall:
        sent(hall, [good, bad, good, good])
    assert [one["complaint"] for one in hall.data()] == ["太轻", None]


def test_order_is_kept_over_failures_and_an_event_keeps_its_id() -> None:
    failing = {0: 503, 1: 500, 3: 429, 5: 408}
    with Hall(lambda n: (failing.get(n, 200), {})) as hall:
        told = sent(hall, [prompt(n) for n in range(4)])
    assert [one["t"] for one in hall.data()] == [0, 0, 0, 1, 1, 2, 2, 3]
    ids = hall.ids()
    assert len(set(ids)) == 4
    assert len({*ids[:3]}) == len({*ids[3:5]}) == len({*ids[5:7]}) == 1
    # Every attempt is signed anew.
    for headers, body in hall.taken:
        standardwebhooks.Webhook(SECRET).verify(body, headers)
    assert told[0].en.startswith(f"Events do not reach http://127.0.0.1:{hall.port}")


def test_a_receiver_that_is_away_is_complained_of_once_and_so_is_its_return() -> None:
    hall = Hall()
    hall.server.server_close()
    told: list[Text] = []
    complained = threading.Event()

    def complain(text: Text) -> None:
        told.append(text)
        complained.set()

    with Webhook(Receiver(hall.url, KEY), "en", complain, delivery=QUICK) as webhook:
        webhook.take(prompt(1), 1.0)
        webhook.take(prompt(2), 2.0)
        assert complained.wait(30)
        again = Hall.__new__(Hall)
        again.__dict__.update(hall.__dict__)
        handler = hall.server.RequestHandlerClass
        again.server = http.server.HTTPServer(("127.0.0.1", hall.port), handler)
        with again:
            hall.wait(2)
            deadline = time.monotonic() + 30
            while len(told) < 2 and time.monotonic() < deadline:
                time.sleep(0.01)
    assert [one["t"] for one in hall.data()] == [1, 2]
    assert len(told) == 2
    assert "nothing listens there" in told[0].en
    assert "again" in told[1].en
    for lang in LANGUAGES:
        assert all(str(hall.port) in text.say(lang) for text in told)


@pytest.mark.parametrize("status", [400, 401, 404, 413])
def test_what_is_refused_is_not_sent_again(status: int) -> None:
    with Hall(lambda n: (status if n < 2 else 200, {})) as hall:
        told = sent(hall, [prompt(n) for n in range(3)])
    assert [one["t"] for one in hall.data()] == [0, 1, 2]
    assert len(told) == 2  # the refusal, once; and the count at the end
    assert f"HTTP {status}" in told[0].en
    assert "2 events" in told[1].en


def test_a_receiver_that_wants_no_more_gets_no_more() -> None:
    with Hall(lambda _: (410, {})) as hall:
        told = sent(hall, [prompt(n) for n in range(3)])
    assert len(hall.taken) == 1
    assert ["410" in told[0].en, "3 events" in told[1].en] == [True, True]


def test_redirects_are_not_followed() -> None:
    with Hall() as elsewhere, Hall(lambda _: (307, {"Location": elsewhere.url})) as hall:
        told = sent(hall, [prompt(1)])
    assert len(hall.taken) == 1
    assert elsewhere.taken == []
    assert "307" in told[0].en


@pytest.mark.parametrize("written", ["seconds", "date"])
def test_a_receiver_is_left_alone_for_as_long_as_it_asks(written: str) -> None:
    moments: list[float] = []

    def answers(n: int) -> tuple[int, dict[str, str]]:
        moments.append(time.monotonic())
        # A date has whole seconds: three ahead are at least two.
        until = format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)
        asked = "1" if written == "seconds" else until
        return (503, {"Retry-After": asked}) if n == 0 else (200, {})

    with Hall(answers) as hall:
        sent(hall, [prompt(1)])
    assert len(hall.taken) == 2
    assert moments[1] - moments[0] >= 0.9


def test_the_oldest_are_dropped_when_too_many_wait_and_that_is_said_once() -> None:
    held = threading.Event()

    def answers(_: int) -> tuple[int, dict[str, str]]:
        held.wait(30)
        return 200, {}

    with Hall(answers) as hall:
        told: list[Text] = []
        few = Delivery(first=0.01, longest=0.05, at_end=10, most=3)
        with Webhook(Receiver(hall.url, KEY), "en", told.append, delivery=few) as webhook:
            webhook.take(prompt(0), 0.0)
            deadline = time.monotonic() + 30
            while not hall.taken and time.monotonic() < deadline:
                time.sleep(0.01)
            for n in range(1, 8):
                webhook.take(prompt(n), float(n))  # and does not wait
            held.set()
    assert [one["t"] for one in hall.data()] == [0, 5, 6, 7]
    assert ["dropped" in told[0].en, "4 events" in told[1].en] == [True, True]


def test_at_the_end_what_cannot_be_delivered_is_counted() -> None:
    told: list[Text] = []
    soon = Delivery(first=0.01, longest=0.05, at_end=0.2)
    receiver = Receiver(f"http://127.0.0.1:{free_port()}/", KEY)
    with Webhook(receiver, "en", told.append, delivery=soon) as webhook:
        for n in range(5):
            webhook.take(prompt(n), float(n))
    assert len(told) == 2
    assert told[1].en.startswith("5 events could not be delivered")
    assert "--events" in told[1].zh


@contextmanager
def silent() -> Iterator[int]:
    """Give the port of a receiver that takes connections and never answers."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        yield one.getsockname()[1]


def test_a_receiver_that_hangs_is_given_up_and_tried_again() -> None:
    told: list[Text] = []
    complained = threading.Event()

    def complain(text: Text) -> None:
        told.append(text)
        complained.set()

    short = Delivery(timeout=0.1, first=0.01, longest=0.05, at_end=0.3)
    with silent() as port:
        receiver = Receiver(f"http://127.0.0.1:{port}/", KEY)
        with Webhook(receiver, "en", complain, delivery=short) as webhook:
            webhook.take(prompt(1), 1.0)
            assert complained.wait(30)
    assert "no answer" in told[0].en
    assert "1 event could" in told[1].en


def test_something_that_speaks_no_http_is_a_failure_like_others() -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()

        def babble() -> None:
            peer, _ = one.accept()
            with peer:
                peer.recv(65536)
                peer.sendall(b"SSH-2.0-OpenSSH\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        with pytest.raises(Exception) as caught:  # noqa: PT011 - what it is, `failure` must know
            Receiver(f"http://127.0.0.1:{one.getsockname()[1]}/", KEY).post("msg_1", b"{}", 5.0)
        thread.join()
    assert failure(caught.value).zh


def test_the_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with Hall() as proxy, Hall() as hall:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        sent(hall, [prompt(1)])
    assert len(hall.taken) == 1
    assert proxy.taken == []


def test_nothing_is_sent_to_https_before_the_receiver_has_shown_who_it_is() -> None:
    with Hall() as hall:
        told: list[Text] = []
        receiver = Receiver(f"https://127.0.0.1:{hall.port}/", KEY)
        soon = Delivery(timeout=2, first=0.01, longest=0.05, at_end=0.2)
        with Webhook(receiver, "en", told.append, delivery=soon) as webhook:
            webhook.take(prompt(1), 1.0)
    assert hall.taken == []
    assert "could not be delivered" in told[-1].en


@pytest.mark.parametrize(
    "url",
    [
        "", "hall", "ftp://hall/x", "file:///etc/passwd", "http://", "https:///x", "http://hall:x/",
        "http://hall:99999/", "http://me:secret@hall/", "http://hall/a b", "http://hall/\r\nX: y",
        f"http://{'a' * 70}/",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_one_sentence(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        Receiver(url, KEY)
    for lang in LANGUAGES:
        assert "--webhook" in caught.value.say(lang)


def test_an_address_may_have_a_query_and_letters_of_any_script() -> None:
    with Hall() as hall:
        hall.url += "/窗口?key=a%20b&x=甲"
        assert sent(hall, [prompt(1)]) == []
    assert len(hall.taken) == 1


@pytest.mark.parametrize(
    "given",
    ["", "  ", "whsec_", "whsec_abc", "whsec_" + "A" * 20, SECRET[6:], "whsec_密钥", SECRET + "!"],
)
def test_a_secret_that_is_none_is_one_sentence_with_the_remedy(given: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_secret({SECRET_VARIABLE: given} if given else {})
    for lang in LANGUAGES:
        assert SECRET_VARIABLE in caught.value.say(lang)
        assert "secrets.token_bytes" in caught.value.say(lang)
    if len(given) > 10:
        assert given not in caught.value.say("en")


def test_the_remedy_makes_a_secret_that_is_taken() -> None:
    with pytest.raises(UsageError) as caught:
        read_secret({})
    code = caught.value.say("en").partition('python -c "')[2].rstrip('"')
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert len(read_secret({SECRET_VARIABLE: made.stdout})) == 32
