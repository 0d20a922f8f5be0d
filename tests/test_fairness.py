"""Nobody is blamed for what somebody else said, for what was not heard, or twice for one thing."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fakes import SAMPLES, chords, decoded, noise, silence, transcribed, write_sound

from courtesy.messages import Text
from courtesy.records import Heard, Recording, Removed, Utterance
from courtesy.speech.recognise import Transcribed, WhisperRecogniser
from courtesy.speech.second import Ask
from courtesy.speech.voice import Speech

Judge = Callable[[Heard], Recording]
GREETED = "您好，请问您要办什么业务？"


def talk(*lines: tuple[str, int | str, str], gap: float = 0.5) -> tuple[Utterance, ...]:
    """Make utterances of two seconds each: (who or which channel, text)."""
    out = []
    for i, (who, text) in enumerate(lines):  # type: ignore[misc]
        start = i * (2 + gap)
        channel, role = (who, "unknown") if isinstance(who, int) else (None, who)
        out.append(Utterance(i, text, role, start, start + 2, 0.9, channel))
    return tuple(out)


def verdicts(recording: Recording, rule: str) -> list[str]:
    return [f.verdict for card in recording.scorecards for f in card.findings if f.rule == rule]


def test_speech_on_one_channel_only_is_not_scored(judge: Judge) -> None:
    said = talk((0, GREETED), (0, "你有病吧，这不归我管"), (0, "请慢走，再见"))
    (card,) = judge(Heard("a.wav", said, channels=2, duration=8.0)).scorecards
    assert not card.scorable
    assert all(f.points == 0 for f in card.findings)


def test_the_same_words_on_both_channels_are_nobody_s(judge: Judge) -> None:
    texts = (GREETED, "我想问一下社保卡", "这不归我管，你去问别人", "再见")
    said = tuple(
        Utterance(2 * i + c, text, "unknown", 3.0 * i + 0.1 * c, 3.0 * i + 2, 0.9, c)
        for i, text in enumerate(texts)
        for c in (0, 1)
    )
    (card,) = judge(Heard("a.wav", said, channels=2, duration=12.0)).scorecards
    assert not card.scorable
    assert all(f.points == 0 for f in card.findings)


def test_a_farewell_before_the_customer_s_own_counts(judge: Judge) -> None:
    said = talk(
        ("clerk", GREETED), ("customer", "办社保卡"), ("clerk", "办好了，请慢走"),
        ("customer", "谢谢"), ("clerk", "不客气"), ("clerk", "下一位"),
    )  # fmt: skip
    # The call that nobody answers is nobody's interaction.
    assert verdicts(judge(Heard("a", said)), "farewell")[0] == "pass"


def test_a_farewell_after_an_invitation_to_ask_counts(judge: Judge) -> None:
    said = talk(
        ("clerk", GREETED), ("customer", "问好了"), ("clerk", "有问题您打电话告诉我们，再见。")
    )
    assert verdicts(judge(Heard("a", said)), "farewell") == ["pass"]


def test_thanks_at_the_very_end_may_have_been_answered_later(judge: Judge) -> None:
    said = talk(("clerk", GREETED), ("customer", "办好了，谢谢"))
    assert verdicts(judge(Heard("a", said)), "thanks_reply") == ["unsure"]


@pytest.mark.parametrize("text", ["", "字幕由志愿者提供"])
def test_what_is_missing_may_lie_in_what_was_not_understood(judge: Judge, text: str) -> None:
    said = tuple(
        Utterance(i, t, "unknown", s, s + 2, 0.9, c)
        for i, (t, s, c) in enumerate(
            [
                ("请您把身份证给我", 3.0, 0), ("我想办社保卡，要带什么", 6.0, 1),
                ("我帮您查一下，请稍等", 9.0, 0), ("好的", 12.0, 1),
                ("请您在这里签字，请慢走", 15.0, 0),
            ]
        )
    )  # fmt: skip
    clear = judge(Heard("a", said, channels=2, duration=18.0))
    assert verdicts(clear, "greeting") == ["fail"]
    lost = (Removed(text, 0.5, 2.5, Text("没有听清", "not clear"), 0),)
    assert verdicts(judge(Heard("a", said, lost, 18.0, 2)), "greeting") == ["unsure"]
    on_the_other_channel = (Removed(text, 0.5, 2.5, Text("没有听清", "not clear"), 1),)
    assert verdicts(judge(Heard("a", said, on_the_other_channel, 18.0, 2)), "greeting") == ["fail"]


def test_somebody_asked_to_wait_is_still_the_same_customer(judge: Judge) -> None:
    said = (
        Utterance(0, GREETED, "clerk", 0.0, 2.0),
        Utterance(1, "办社保卡", "customer", 3.0, 5.0),
        Utterance(2, "请稍等，我查一下", "clerk", 6.0, 8.0),
        Utterance(3, "让您久等了，办好了，请慢走", "clerk", 60.0, 63.0),
    )
    assert len(judge(Heard("a", said)).scorecards) == 1


class Forgetful(WhisperRecogniser):
    """Makes nothing of any stretch the first time, and all of it the second."""

    def __init__(self, workers: int, batch: int) -> None:
        self._workers, self._batch = workers, batch
        self._seen: set[int] = set()

    def _windows(self, windows: list[list[Speech]], ask: Ask | None) -> list[Transcribed]:
        return [self._heard(speech) for window in windows for speech in window]

    def _heard(self, speech: Speech) -> Transcribed:
        again = id(speech) in self._seen
        self._seen.add(id(speech))
        return transcribed("请问您要办什么业务" * 3 if again else "", speech)


@pytest.mark.parametrize(("workers", "batch"), [(1, 1), (2, 1), (1, 2), (4, 2), (1, 8), (16, 1)])
def test_no_second_attempt_is_lost(workers: int, batch: int) -> None:
    speech = [
        Speech(i * 12.0, i * 12.0 + 11, i % 2, np.zeros(11 * 16000, np.float32)) for i in range(20)
    ]
    results = list(Forgetful(workers, batch).transcribe(speech))
    assert sorted(r.speech.start for r in results) == [s.start for s in speech]
    assert all(r.text for r in results)


# What sounds like nobody's words; the last is speech, played backwards.
WORDLESS: dict[str, Callable[[], np.ndarray]] = {
    "silence": lambda: silence(30.0),
    "hiss": lambda: noise(30.0, 0.01),
    "loud noise": lambda: noise(30.0, 0.3),
    "music": lambda: chords(30.0),
    "music in noise": lambda: chords(30.0) + noise(30.0, 0.05),
    "backwards": lambda: decoded(SAMPLES / "counter" / "shebao-good.opus")[:, ::-1],
}


@pytest.mark.parametrize("kind", WORDLESS)
def test_silence_noise_and_music_hold_no_phrase(
    scored: Callable[[Path], Recording], tmp_path: Path, kind: str
) -> None:
    path = write_sound(tmp_path / "sound.wav", WORDLESS[kind]())
    cards = scored(path).scorecards
    assert [m.heard for card in cards for m in card.interaction.matches if m.counted] == []
