"""What somebody must act on, sent to another program of the hall as it happens.

Off unless asked for, since otherwise nothing leaves the machine. What people say stays on it as far
as possible: alerts go out with the words that raised them, further prompts, results, and what is
wrong with the listening; the talk itself does not.
"""

import http.client
import json
import random
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from courtesy.live.as_json import as_dict, in_short
from courtesy.live.events import Alert, Closed, Prompt, Withdrawn
from courtesy.live.receiver import Answer, Receiver, failure
from courtesy.live.session import Happening
from courtesy.live.source import Break, Gap, InputLevel, Trouble
from courtesy.messages import Lang, Text
from courtesy.records import Seconds
from courtesy.report.json_report import plain

_SENT: Final = (Alert, Withdrawn, Prompt, Closed, Trouble, Gap, Break)
_GONE: Final = 410
_AWAY, _DROPPED = "away", "dropped"  # faults that are told once, until it works again


@dataclass(frozen=True, slots=True)
class Delivery:
    """How long it is tried.

    Attributes:
        timeout: seconds for which a receiver may keep silent.
        first: seconds until the second attempt; twice as long until each further one.
        longest: seconds between two attempts at most, unless the receiver asks for more.
        asked: seconds that a receiver may ask for at most.
        most: events that wait; when there are more the oldest is dropped.
        at_end: seconds for what still waits when listening ends.
    """

    timeout: Seconds = 15.0
    first: Seconds = 1.0
    longest: Seconds = 60.0
    asked: Seconds = 3600.0
    most: int = 256
    at_end: Seconds = 5.0


@dataclass(frozen=True, slots=True)
class _Message:
    """One event on its way; the id is the same at every attempt."""

    id: str
    body: bytes


class Webhook:
    """A `Listener` that sends in order, from a thread of its own."""

    def __init__(
        self,
        receiver: Receiver,
        lang: Lang,
        complain: Callable[[Text], object],
        *,
        about: Mapping[str, str] | None = None,
        delivery: Delivery | None = None,
    ) -> None:
        """Take where to; nothing is sent yet.

        Args:
            receiver: of the events.
            lang: of the words.
            complain: is told what people should know of it, from another thread.
            about: what goes with every event: "source", "hall", "window".
            delivery: how long it is tried.
        """
        self._receiver = receiver
        self._lang = lang
        self._complain = complain
        self._about = {name: value for name, value in (about or {}).items() if value}
        self._delivery = delivery or Delivery()
        self._waiting: deque[_Message] = deque()
        self._changed = threading.Condition()
        self._deadline: float | None = None  # by the monotonic clock, once listening has ended
        self._lost = 0  # refused, or dropped
        self._told: set[str | int] = set()  # faults, and statuses with which it refused
        self._gone = False  # whether the receiver wants nothing more
        self._poor_input = False
        self._thread = threading.Thread(target=self._send_all, name="webhook", daemon=True)

    def __enter__(self) -> Self:
        """Begin to send."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Give what waits a few seconds more, and tell how much could not be delivered."""
        with self._changed:
            self._deadline = time.monotonic() + self._delivery.at_end
            self._changed.notify_all()
        # What is under way then ends with the program, and counts as not delivered.
        self._thread.join(self._delivery.at_end)
        with self._changed:
            lost = self._lost + len(self._waiting)
            self._told |= {_AWAY, _DROPPED}
        if lost:
            self._complain(_undelivered(self._receiver.name, lost))

    def take(self, one: Happening, now: Seconds) -> None:
        """Put it on its way, if it is for others."""
        found = as_dict(one, now, self._lang) if self._wanted(one) else None
        if found is None:
            return
        message = _Message(f"msg_{uuid.uuid4().hex}", self._body(found))
        with self._changed:
            if self._gone or self._deadline is not None:
                self._lost += 1
                return
            full = len(self._waiting) >= self._delivery.most
            if full:
                self._waiting.popleft()
                self._lost += 1
            self._waiting.append(message)
            self._changed.notify_all()
        if full:
            self._tell(_DROPPED, _full(self._receiver.name, self._delivery.most))

    def _wanted(self, one: Happening) -> bool:
        if isinstance(one, InputLevel):  # that nothing is wrong is news only after something was
            before, self._poor_input = self._poor_input, one.complaint is not None
            return before or self._poor_input
        return isinstance(one, _SENT)

    def _body(self, found: dict[str, Any]) -> bytes:
        document = {
            "type": f"courtesy.{found['event']}",
            "timestamp": datetime.now().astimezone().isoformat(timespec="milliseconds"),
            **self._about,
            "data": in_short(found),
        }
        text = json.dumps(
            plain(document), ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
        return text.encode("utf-8")

    def _send_all(self) -> None:
        failures = 0
        while (message := self._next()) is not None:
            answer = self._attempt(message)
            if isinstance(answer, Answer) and not answer.passing:
                failures = 0
                self._answered(message, answer)
                continue
            why = answer.why if isinstance(answer, Answer) else answer
            self._tell(_AWAY, _away(self._receiver.name, why))
            self._rest(failures, answer.retry_after if isinstance(answer, Answer) else None)
            failures += 1

    def _next(self) -> _Message | None:
        """Return the oldest that waits, which goes on waiting; None where none is to be sent."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._deadline is not None)
            return self._waiting[0] if self._waiting and self._left() > 0 else None

    def _left(self) -> Seconds:
        """Return for how long an attempt may last."""
        most = self._delivery.timeout
        return most if self._deadline is None else min(most, self._deadline - time.monotonic())

    def _attempt(self, message: _Message) -> Answer | Text:
        """Send it once; return the answer, or why there is none."""
        try:
            return self._receiver.post(message.id, message.body, max(0.1, self._left()))
        except (OSError, http.client.HTTPException) as error:
            return failure(error)

    def _answered(self, message: _Message, answer: Answer) -> None:
        name = self._receiver.name
        with self._changed:
            if self._waiting and self._waiting[0] is message:
                self._waiting.popleft()
            else:  # dropped while it was on its way, and answered all the same
                self._lost -= 1
            if not answer.taken:
                self._lost += 1
            if answer.status == _GONE:
                self._gone = True
                self._lost += len(self._waiting)
                self._waiting.clear()
            away = _AWAY in self._told and self._deadline is None
            self._told -= {_AWAY, _DROPPED}
        if away:
            self._complain(Text(f"{name} 恢复接收事件了。", f"{name} can be reached again."))
        if not answer.taken:
            self._tell(answer.status, _refused(name, answer))

    def _rest(self, failures: int, asked: Seconds | None) -> None:
        """Wait until the next attempt; when listening ends, only for as long as was asked for."""
        much = min(self._delivery.first * 2.0 ** min(failures, 30), self._delivery.longest)
        # Many counters lose one receiver together, and should not all come back together.
        seconds = max(much * random.uniform(0.5, 1.0), min(asked or 0.0, self._delivery.asked))
        until = time.monotonic() + seconds
        with self._changed:
            if self._deadline is None:
                self._changed.wait_for(lambda: self._deadline is not None, seconds)
                if self._deadline is None or asked is None:
                    return
            left = min(until, self._deadline) - time.monotonic()
        time.sleep(max(0.0, left))

    def _tell(self, fault: str | int, text: Text) -> None:
        """Complain once of each fault."""
        with self._changed:
            told = fault in self._told
            self._told.add(fault)
        if not told:
            self._complain(text)


def _away(name: str, why: Text) -> Text:
    return Text(
        f"事件送不到 {name}：{why.zh}。会一直重试；请检查接收程序和网络。",
        f"Events do not reach {name}: {why.en}. They are tried again; check the receiver and the "
        "network.",
    )


def _refused(name: str, answer: Answer) -> Text:
    if answer.status == _GONE:
        return Text(
            f"{name} 不再要事件（HTTP 410），不再发送。请检查 --webhook 的网址。",
            f"{name} wants no more events (HTTP 410), and gets none. Check the address of "
            "--webhook.",
        )
    if 300 <= answer.status < 400:
        return Text(
            f"{name} 让事件改送别处（HTTP {answer.status}），没有照办。请把 --webhook 改成新网址。",
            f"{name} sends events elsewhere (HTTP {answer.status}), which is not done. Give "
            "--webhook the new address.",
        )
    return Text(
        f"{name} 不收事件（{answer.why.zh}），不会再送。请检查网址、密钥和接收程序。",
        f"{name} refuses an event ({answer.why.en}), which is not sent again. Check the address, "
        "the secret and the receiver.",
    )


def _full(name: str, most: int) -> Text:
    return Text(
        f"等着送往 {name} 的事件超过 {most} 件，最早的丢掉了。请检查接收程序。",
        f"More than {most} events wait for {name}, and the oldest are dropped. Check the receiver.",
    )


def _undelivered(name: str, lost: int) -> Text:
    return Text(
        f"有 {lost} 件事没能送到 {name}。一件也不能少时，请用 --events 另存一份。",
        f"{lost} event{'s' * (lost != 1)} could not be delivered to {name}. Where none may be "
        "lost, write them with --events as well.",
    )
