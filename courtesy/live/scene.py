"""What there is to see at a counter at any moment, for screens that come late or come back.

The same things that happen go to everybody who looks on; who comes anew gets the scene first.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final, Literal

from courtesy.live.as_json import as_dict, in_short
from courtesy.live.ear import Load, Missed, Passed
from courtesy.live.events import Alert, Closed, Prompt, Revised, Running, Said, Withdrawn
from courtesy.live.session import Happening
from courtesy.live.source import ON_BREAK, Gap, InputLevel, Trouble
from courtesy.messages import Lang, Text
from courtesy.records import Scorecard, Seconds
from courtesy.report import names
from courtesy.report.plain import visible
from courtesy.report.view import tone_of
from courtesy.text.script import simplify

SIGN_SECONDS: Final = 12.0  # for which an alert or a prompt stands
_LINES: Final = 20
_SIGNS: Final = 3

# starting: the source is being opened; ended: nobody listens any more.
State = Literal["starting", "on", "break", "trouble", "ended"]
_Object = dict[str, Any]


class Scene:
    """How things stand, kept up by what happens."""

    def __init__(self, name: str, lang: Lang, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with an empty counter.

        Args:
            name: of what is listened to.
            lang: of the words.
            clock: seconds, by which signs grow old; another one in tests.
        """
        self._name = name
        self._lang = lang
        self._clock = clock
        self._state: State = "starting"
        self._why: Text | None = None
        self._speaking = False
        self._waiting = 0
        self._lines: deque[_Object] = deque(maxlen=_LINES)
        self._signs: deque[tuple[float, _Object]] = deque(maxlen=_SIGNS)
        self._running: _Object | None = None
        self._last: _Object | None = None
        self._load: _Object | None = None
        self._input: _Object | None = None

    def take(self, one: Happening, now: Seconds, *, paused: bool) -> Iterator[_Object]:
        """Take note of what happens; yield it for those who look on.

        Args:
            one: that happens.
            now: seconds since listening began.
            paused: whether there is a break at this moment.
        """
        found = self._shown(one, now)
        if found is not None:
            self._keep(one, found)
            yield found
        before = self.state()
        self._changed(one, paused=paused)
        if self.state() != before:
            yield self.state()

    def state(self) -> _Object:
        """Return whether somebody listens, and what to."""
        return {
            "event": "state",
            "state": self._state,
            "why": self._why and visible(self._why.say(self._lang)),
            "speaking": self._speaking,
            "waiting": self._waiting,
        }

    def pause(self, *, paused: bool) -> _Object:
        """Take note that somebody began or ended a break; return the state."""
        if paused:
            self._enter("break")
        elif self._state == "break":
            self._enter("starting")
        return self.state()

    def end(self) -> _Object:
        """Take note that listening is over; return the state."""
        if self._state != "ended":
            self._enter("ended")
        return self.state()

    def snapshot(self) -> _Object:
        """Return all of it, as one event."""
        now = self._clock()
        return self.state() | {
            "event": "snapshot",
            "name": visible(self._name),
            "lines": list(self._lines),
            "signs": [
                sign | {"age": round(now - since, 1)}
                for since, sign in self._signs
                if now - since < SIGN_SECONDS
            ],
            "running": self._running,
            "last": self._last,
            "load": self._load,
            "input": self._input,
        }

    def _changed(self, one: Happening, *, paused: bool) -> None:
        """Take from what happens whether somebody listens."""
        if isinstance(one, Passed):
            self._speaking = any(since is not None for since in one.speaking)
            self._waiting = len(one.waiting)
        if paused:
            if self._state != "break":
                self._enter("break")
        elif isinstance(one, Trouble):
            self._enter("trouble", one.why)
        elif isinstance(one, Passed):
            self._state, self._why = "on", None

    def _enter(self, state: State, why: Text | None = None) -> None:
        self._state, self._why, self._speaking = state, why, False

    def _keep(self, one: Happening, found: _Object) -> None:
        match one:
            case Said() | Missed() | Gap():
                self._lines.append(found)
            case Revised():
                self._revise(found)
            case Alert() | Prompt():
                self._signs.append((self._clock(), found))
            case Withdrawn():
                self._withdraw(found)
            case _:
                self._stand(one, found)

    def _stand(self, one: Happening, found: _Object) -> None:
        """Take note of how things stand now; other things are told by the state."""
        match one:
            case Running():
                self._running = found["interaction"]
            case Closed():
                self._last, self._running = found["interaction"], None
            case Load():
                self._load = found
            case InputLevel():
                self._input = found

    def _withdraw(self, found: _Object) -> None:
        standing = (pair for pair in self._signs if pair[1].get("sign") != found["sign"])
        self._signs = deque(standing, maxlen=_SIGNS)

    def _revise(self, found: _Object) -> None:
        """Put what was heard in the end in its place; where nothing was said after all, nothing."""
        place = found["place"]
        new = found | {"event": "utterance"}
        lines = (new if one.get("place") == place else one for one in self._lines)
        self._lines = deque((one for one in lines if one.get("heard") != ""), maxlen=_LINES)

    def _shown(self, one: Happening, now: Seconds) -> _Object | None:
        """Return what happens with the names that people know things by, safe to show."""
        found = as_dict(one, now, self._lang)
        if found is None:
            return None
        found = in_short(found) | {"at": datetime.now().strftime("%H:%M")}
        match one:
            case Missed(speech, _):
                found["place"] = f"{speech.start:.2f} {speech.channel}"
            case Said(_, said, matches) | Revised(_, said, matches):
                found["place"] = f"{said.start:.2f} {said.channel}"
                found["role_name"] = names.ROLES[said.role].say(self._lang)
                for match_, named in zip(matches, found["matches"], strict=True):
                    named["tone"] = tone_of(match_)
            case Alert(match=match_) | Withdrawn(match=match_):
                # The same words are alerted and withdrawn with the same times.
                found["said"] = simplify(match_.heard)
                found["sign"] = f"{match_.phrase_id} {match_.start}"
                found["name"] = names.list_name(match_.list, match_.polarity).say(self._lang)
            case Gap(_, why):
                found["rest"] = why == ON_BREAK
            case Running(card=Scorecard()) | Closed():
                self._name_findings(found["interaction"])
        safe: _Object = _visible(found)
        return safe

    def _name_findings(self, card: _Object) -> None:
        card["name"] = names.interaction_name(card["id"]).say(self._lang)
        for finding in card["findings"]:
            rule, verdict = finding["rule"], finding["verdict"]
            finding["name"] = names.rule_name(rule).say(self._lang)
            finding["verdict_name"] = names.verdict_name(verdict, rule).say(self._lang)
            finding["mark"] = names.MARKS[verdict]


def _visible(value: Any) -> Any:
    """Return a value in which no text moves a cursor or turns the direction; spans still hold."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {name: _visible(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_visible(item) for item in value]
    return value
