"""What stands on the terminal at a counter, and the keys that are pressed there."""

import json
import os
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from fakes import SAMPLES

if os.name != "posix":
    pytest.skip("terminals are made with pty here", allow_module_level=True)

from terminal import Terminal, terminal

RUDE = SAMPLES / "counter" / "shuiwu-poor.opus"  # the clerk is on the right

pytestmark = pytest.mark.model


def live(lang: str, *options: str) -> AbstractContextManager[Terminal]:
    own = ["live", "--source", str(RUDE), "--clerk", "right", *options]
    return terminal([sys.executable, "-m", "courtesy", "--lang", lang, *own])


def test_a_clerk_sees_what_was_said_and_may_have_a_break(model_folder: Path) -> None:
    with live("zh", "--bell") as screen:
        screen.until(lambda text: "忌语：" in text)
        assert screen.bells
        # Who is warned at once has not been heard to the end, and has no score yet.
        text = screen.until(lambda text: "得分" in text)
        assert "● 正在听 shuiwu-poor.opus" in text
        assert "工作人员" in text
        assert "✗ 来有迎声" in text or "? 来有迎声" in text
        assert "得分" in text
        assert "延迟" in text
        screen.press(" ")
        screen.until(lambda text: "❚❚ 休息中，没有在听" in text)
        assert "● 正在听" not in screen.text
        screen.press("b")
        screen.until(lambda text: "● 正在听" in text)
        screen.press("q")
        assert screen.ended() == 0
        assert "Traceback" not in screen.text


def test_the_clerk_s_screen_is_silent_while_the_supervisor_is_told(
    model_folder: Path, tmp_path: Path
) -> None:
    events = tmp_path / "events.jsonl"

    def alerted(_: str) -> bool:
        lines = events.read_text(encoding="utf-8").splitlines() if events.exists() else []
        return any(json.loads(line)["event"] == "alert" for line in lines)

    with live("en", "--supervisor", "--bell", "--events", str(events)) as screen:
        screen.until(alerted)
        text = screen.until(lambda text: "● listening" in text)
        assert not screen.bells
        assert not any(word in text for word in ("Forbidden", "clerk", "score", "牌子"))
        screen.press("q")
        assert screen.ended() == 0


def test_a_supervisor_who_cannot_be_told_is_refused(model_folder: Path) -> None:
    with live("en", "--supervisor") as screen:
        assert screen.ended() == 2
        assert "--page" in screen.text
