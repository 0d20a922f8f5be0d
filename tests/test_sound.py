"""A recording that cannot be judged fairly says so, with its measures, and gives no low score."""

import dataclasses
import io
import json
import weakref
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes import (
    SAMPLES,
    FakeRecogniser,
    GoldRecogniser,
    decoded,
    noise,
    read_gold,
    silence,
    transcribed,
    write_sound,
)
from rich.console import Console

from courtesy.config import FairnessOptions, Settings
from courtesy.messages import Text
from courtesy.pipeline import Pipeline
from courtesy.records import Heard, MadeBy, Recording, Removed, Run, SoundQuality, Utterance
from courtesy.report.json_report import to_json
from courtesy.report.terminal import print_run
from courtesy.scoring.fairness import unfair_channel
from courtesy.speech.decode import RATE, Samples
from courtesy.speech.recognise import Transcribed
from courtesy.speech.second import Ask
from courtesy.speech.sound import by_channel, quality_of, together
from courtesy.speech.voice import Speech
from courtesy.transcripts import read_transcripts

POOR = SAMPLES / "counter" / "yibao-poor.toml"
Make = Callable[..., Pipeline]


@pytest.fixture(scope="module")
def voices() -> Samples:
    return decoded(POOR.with_suffix(".opus"))


def judged(
    make: Make, path: Path, sound: Samples, recogniser: FakeRecogniser | None = None
) -> Recording:
    write_sound(path, sound)
    (one,) = make(recogniser or GoldRecogniser(read_gold(POOR))).run(path)
    return one


def with_noise(sound: Samples, decibels: float) -> Samples:
    """Add white noise so many dB under the speech (the mean of all sound is some dB lower)."""
    spoken = np.sqrt(np.square(sound[np.abs(sound) > 0.02]).mean())
    level = spoken * 10 ** (-decibels / 20)
    both = [channel + noise(sound.shape[1] / RATE, level, i) for i, channel in enumerate(sound)]
    mixed = np.stack(both)
    return mixed / np.abs(mixed).max() * np.float32(0.9)


def with_dropouts(sound: Samples, a_second: float) -> Samples:
    cut = sound.copy()
    for at in range(0, sound.shape[1], round(RATE / a_second)):
        cut[:, at : at + RATE // 25] = 0.0
    return cut


SPOILT: dict[str, tuple[Callable[[Samples], Samples], str, str]] = {
    "clipped": (lambda s: np.clip(100 * s, -1, 1), "clipped", "削顶"),
    "noisy": (lambda s: with_noise(s, -3.0), "too noisy", "太嘈杂"),
    "far": (lambda s: s / 150, "too far", "太远"),
    "dropouts": (lambda s: with_dropouts(s, 5), "breaks off", "断音"),
}


def test_clear_sound_is_judged(make_pipeline: Make, tmp_path: Path, voices: Samples) -> None:
    one = judged(make_pipeline, tmp_path / "clear.wav", voices)
    assert [card.scorable for card in one.scorecards] == [True]
    assert any(f.rule == "forbidden" and f.verdict == "fail" for f in one.scorecards[0].findings)
    assert [s.channel for s in one.heard.sound] == [0, 1]
    assert all(s.snr > 20 and s.clipped < 0.02 and not s.dropouts for s in one.heard.sound)


@pytest.mark.parametrize(
    "milder",
    [
        lambda s: np.clip(3 * s, -1, 1),
        lambda s: with_noise(s, 10.0),
        lambda s: s / 30,
        lambda s: with_dropouts(s, 0.1),
    ],
    ids=["louder", "10 dB", "quieter", "a few dropouts"],
)
def test_sound_that_is_not_perfect_is_judged_all_the_same(
    make_pipeline: Make,
    tmp_path: Path,
    voices: Samples,
    milder: Callable[[Samples], Samples],
) -> None:
    one = judged(make_pipeline, tmp_path / "mild.wav", milder(voices))
    assert [card.note for card in one.scorecards] == [None]


@pytest.mark.parametrize("kind", SPOILT)
def test_spoilt_sound_is_not_judged_and_says_why(
    make_pipeline: Make, tmp_path: Path, voices: Samples, kind: str
) -> None:
    spoil, en, zh = SPOILT[kind]
    one = judged(make_pipeline, tmp_path / "spoilt.wav", spoil(voices))
    assert one.scorecards
    for card in one.scorecards:
        assert not card.scorable
        assert card.score is None
        assert card.note is not None
        assert en in card.note.en
        assert zh in card.note.zh
        assert any(char.isdigit() for char in card.note.zh)
        assert all(f.verdict == "unsure" and f.points == 0 for f in card.findings)


def test_what_was_heard_in_spoilt_sound_is_listed_to_be_listened_to(
    make_pipeline: Make, tmp_path: Path, voices: Samples
) -> None:
    one = judged(make_pipeline, tmp_path / "spoilt.wav", SPOILT["clipped"][0](voices))
    doubts = [f for card in one.scorecards for f in card.findings if f.rule == "forbidden"]
    assert doubts
    assert all(f.matches and f.verdict == "unsure" for f in doubts)
    assert all("请听录音" in f.reason.zh and "listen" in f.reason.en for f in doubts)


def test_silence_is_silence_and_not_poor_sound(make_pipeline: Make, tmp_path: Path) -> None:
    one = judged(make_pipeline, tmp_path / "silent.wav", np.stack([silence(5.0)] * 2))
    assert one.heard.sound == ()
    assert [note.en for note in one.heard.notes] == ["Nobody was heard speaking."]


class Foreign(GoldRecogniser):
    """Hears what the gold file says, in a language that is hardly Chinese."""

    def transcribe(self, speech: Iterable[Speech], ask: Ask | None = None) -> Iterator[Transcribed]:
        for result in super().transcribe(speech, ask):
            yield dataclasses.replace(result, chinese=0.04)


def test_another_language_is_not_judged(
    make_pipeline: Make, tmp_path: Path, voices: Samples
) -> None:
    one = judged(make_pipeline, tmp_path / "a.wav", voices, Foreign(read_gold(POOR)))
    assert [card.scorable for card in one.scorecards] == [False]
    note = one.scorecards[0].note
    assert note is not None
    assert "does not sound like Chinese, likelihood 4%" in note.en


def test_chinese_is_heard_to_be_chinese(hear: Callable[[Path], Heard]) -> None:
    heard = hear(POOR.with_suffix(".opus"))
    assert all(sound.chinese is not None and sound.chinese > 0.9 for sound in heard.sound)


class Mumbling(FakeRecogniser):
    """Writes Latin letters that it does not believe itself."""

    def __init__(self) -> None:
        super().__init__(lambda piece: "thank you very much", quality=0.3)

    def transcribe(self, speech: Iterable[Speech], ask: Ask | None = None) -> Iterator[Transcribed]:
        for result in super().transcribe(speech, ask):
            yield dataclasses.replace(result, chinese=0.04)


def test_where_nothing_was_understood_the_recording_says_why(
    make_pipeline: Make, tmp_path: Path, voices: Samples
) -> None:
    one = judged(make_pipeline, tmp_path / "a.wav", voices, Mumbling())
    assert one.scorecards == ()
    notes = " ".join(note.en for note in one.heard.notes)
    assert "Left channel" in notes
    assert "does not sound like Chinese" in notes


def sounding(role: str, text: str, start: float, noise: float, number: int) -> Utterance:
    sound = SoundQuality(0 if role == "clerk" else 1, 3.0, -20.0, noise, 0.0, 0)
    return Utterance(
        number, text, role, start, start + 3, 0.9, sound.channel, loudness=-20.0, sound=sound
    )  # type: ignore[arg-type]


def test_one_bad_interaction_does_not_spoil_the_day(judge: Callable[[Heard], Recording]) -> None:
    lines = [("clerk", "您好，请问您办什么业务"), ("customer", "我要办卡"), ("clerk", "请慢走")]
    said = [
        sounding(role, text, 100.0 * day + 5 * i, noise, 3 * day + i)
        for day, noise in enumerate([-60.0, -15.0, -60.0])
        for i, (role, text) in enumerate(lines)
    ]
    cards = judge(Heard("day.wav", tuple(said), channels=2, duration=210.0)).scorecards
    assert [card.scorable for card in cards] == [True, False, True]


def test_only_the_clerk_s_sound_counts(judge: Callable[[Heard], Recording]) -> None:
    lines = [("clerk", "您好，请问您办什么业务"), ("customer", "我要办卡"), ("clerk", "请慢走")]
    said = [
        sounding(role, text, 5.0 * i, -60.0 if role == "clerk" else -15.0, i)
        for i, (role, text) in enumerate(lines)
    ]
    (card,) = judge(Heard("a.wav", tuple(said), channels=2, duration=20.0)).scorecards
    assert card.scorable


@pytest.mark.parametrize(("seconds", "scorable"), [(5.0, True), (7.0, False)])
def test_where_most_words_were_not_made_out_nobody_is_judged(
    judge: Callable[[Heard], Recording], seconds: float, scorable: bool
) -> None:
    lines = [("clerk", "您好，请问您办什么业务"), ("customer", "我要办卡"), ("clerk", "请慢走")]
    said = [sounding(role, text, 9.0 * i, -60.0, i) for i, (role, text) in enumerate(lines)]
    lost = (Removed("", 3.0, 3.0 + seconds, Text("没有听清", "not clear"), 0),)
    (card,) = judge(Heard("a.wav", tuple(said), lost, 21.0, 2)).scorecards
    assert card.scorable is scorable
    assert scorable or "no words were made out in 54% of the sound" in card.note.en  # type: ignore[union-attr]


# --- the measures ---------------------------------------------------------------------------------


def test_loudness_follows_the_sound(voices: Samples) -> None:
    channel = voices[1]
    whole, half = quality_of(channel), quality_of(channel / 2)
    assert whole.level - half.level == pytest.approx(6.0, abs=0.15)
    assert whole.snr == pytest.approx(half.snr, abs=0.5)


def test_pauses_do_not_make_a_voice_quieter(voices: Samples) -> None:
    speech = voices[1][: 4 * RATE]
    longer = np.concatenate([speech, silence(8.0)])
    assert quality_of(longer).level == pytest.approx(quality_of(speech).level, abs=1.0)


@pytest.mark.parametrize("sound", [silence(1.0), silence(0.005), noise(0.001), np.ones(400)])
def test_any_sound_can_be_measured(sound: Samples) -> None:
    quality = quality_of(sound.astype(np.float32))
    assert -20 <= quality.snr <= 90
    assert 0 <= quality.clipped <= 1
    assert json.dumps(dataclasses.asdict(quality), allow_nan=False)


def test_many_stretches_are_one_measure() -> None:
    quiet = SoundQuality(0, 1.0, -40.0, -60.0, 0.0, 1, 1.0)
    loud = SoundQuality(0, 3.0, -20.0, -60.0, 0.4, 2, 0.0)
    both = together([quiet, loud])
    assert both is not None
    assert both.level == pytest.approx(-21.2, abs=0.1)
    assert (both.clipped, both.dropouts, both.chinese) == (pytest.approx(0.3), 3, 0.25)
    assert both.dropouts_a_minute == 45.0
    assert together([]) is None
    other = dataclasses.replace(loud, channel=1)
    assert [q.channel for q in by_channel([other, quiet])] == [0, 1]
    mixed = together([other, quiet])
    assert mixed is not None
    assert mixed.channel is None


def test_the_limits_are_settings() -> None:
    sound = SoundQuality(None, 5.0, -30.0, -35.0, 0.0, 0)
    assert unfair_channel(sound, FairnessOptions()) is None
    assert unfair_channel(sound, FairnessOptions(snr_db=10.0)) is not None
    assert unfair_channel(sound, FairnessOptions(level_db=-25.0)) is not None
    assert Settings().with_changes(fairness={"snr_db": -5.0}).fairness.snr_db == -5.0


class Watching(FakeRecogniser):
    """Remembers the samples it was given without keeping them alive."""

    def __init__(self) -> None:
        super().__init__([])
        self.samples: list[weakref.ref[Samples]] = []
        self.alive: list[int] = []

    def transcribe(self, speech: Iterable[Speech], ask: Ask | None = None) -> Iterator[Transcribed]:
        for piece in speech:
            self.samples.append(weakref.ref(piece.samples))
            yield transcribed("好的", piece)
            self.alive.append(sum(ref() is not None for ref in self.samples))


def test_sound_that_was_heard_is_not_kept(
    make_pipeline: Make, tmp_path: Path, voices: Samples
) -> None:
    recogniser = Watching()
    many = np.concatenate([voices] * 6, axis=1)
    path = write_sound(tmp_path / "long.wav", many)
    make_pipeline(recogniser).hear(path)
    assert len(recogniser.samples) > 100
    # What waits to be recognised is held, and no more of it than fits the queue.
    assert max(recogniser.alive) < 10


# --- what is shown --------------------------------------------------------------------------------


@pytest.fixture
def noisy(make_pipeline: Make, tmp_path: Path, voices: Samples) -> Run:
    one = judged(make_pipeline, tmp_path / "noisy.wav", SPOILT["noisy"][0](voices))
    return Run(MadeBy("0", None, "", ""), (one,))


@pytest.mark.parametrize(("lang", "words"), [("zh", "太嘈杂，信噪比"), ("en", "too noisy, signal")])
def test_the_terminal_says_why_there_is_no_score(noisy: Run, lang: str, words: str) -> None:
    out = io.StringIO()
    print_run(noisy, Console(file=out, width=200), lang)  # type: ignore[arg-type]
    assert words in out.getvalue()
    assert out.getvalue().count("dBFS") == 2, "the measures stand once"


def test_the_json_has_the_measures(noisy: Run) -> None:
    (one,) = json.loads(to_json(noisy, "en"))["recordings"]
    assert [s["channel"] for s in one["sound"]] == [0, 1]
    assert one["sound"][0]["snr"] < 0
    assert one["interactions"][0]["sound"]["snr"] < 0
    assert one["utterances"][0]["loudness"] == one["utterances"][0]["sound"]["level"]
    assert one["interactions"][0]["events"] == [], "in such noise nothing of the kind is sure"


def test_the_json_has_the_events(make_pipeline: Make, tmp_path: Path, voices: Samples) -> None:
    clear = judged(make_pipeline, tmp_path / "clear.wav", voices)
    (one,) = json.loads(to_json(Run(MadeBy("0", None, "", ""), (clear,)), "en"))["recordings"]
    events = one["interactions"][0]["events"]
    assert {"pace", "response"} <= {event["kind"] for event in events}
    assert not {"quarrel", "loud", "interruption"} & {event["kind"] for event in events}
    assert all(event["start"] <= event["end"] and event["text"] for event in events)


def test_what_was_not_judged_for_its_sound_is_not_judged_from_its_json(
    noisy: Run, tmp_path: Path, judge: Callable[[Heard], Recording]
) -> None:
    file = tmp_path / "noisy.json"
    file.write_text(to_json(noisy, "en"), encoding="utf-8")
    (again,) = read_transcripts(file)
    assert [u.sound for u in again.utterances] == [
        u.sound for u in noisy.recordings[0].heard.utterances
    ]
    first, second = noisy.recordings[0].scorecards, judge(again).scorecards
    assert [c.note for c in first] == [c.note for c in second]
    assert [c.interaction.events for c in first] == [c.interaction.events for c in second]
