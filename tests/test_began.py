"""When a recording began: by an earlier result, by its name, by what the recorder wrote into it."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import av
import numpy as np
import pytest
from fakes import FakeRecogniser, silence, talk, tone, write_sound
from hypothesis import given
from hypothesis import strategies as st

from courtesy.began import by_metadata, by_name, of_interaction, place, read
from courtesy.errors import NotATranscript
from courtesy.messages import LANGUAGES
from courtesy.pipeline import Pipeline
from courtesy.records import Run
from courtesy.report.json_report import to_json
from courtesy.speech.decode import open_recording
from courtesy.transcripts import read_transcript

NINE = datetime(2026, 11, 22, 9)


@pytest.fixture
def in_china(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Shanghai")
        time.tzset()
        yield
    time.tzset()


# --- the name -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "20261122_090000.wav",
        "20261122-090000.wav",
        "20261122 090000.wav",
        "20261122T090000.wav",
        "20261122_0900.wav",
        "20261122090000.wav",
        "2026-11-22-09-00-00.wav",
        "2026-11-22_09-00.wav",
        "2026-11-22 09.00.00.wav",
        "2026-11-22T0900.wav",
        "2026-11-22T09:00:00.wav",
        "2026_11_22_09_00_00.wav",
        "2026.11.22 09:00.mp3",
        "REC20261122090000.wav",
        "3号窗口_20261122_090000_001.wav",
        "20261122_090000-20261122_100000.wav",
        "Recording 2026-11-22 at 9.00.00 AM.m4a",
        "2026年11月22日09时00分.wav",
        "2026年11月22日上午9点.m4a",
        "2026年11月22日 9时0分0秒.m4a",
        "２０２６１１２２＿０９００００.wav",
        "13800138000_20261122090000.amr",
        "20261122_090000",
        "hall/2025-01-01/20261122_090000.wav",
        r"D:\录音\20261122_090000.wav",
        "20261122_090000.3gp",
    ],
)
def test_names_as_recorders_give_them(name: str) -> None:
    assert by_name(name) == NINE


@pytest.mark.parametrize(
    "name",
    [
        "20261122.wav",
        "2026-11-22.mp3",
        "2026年11月22日.m4a",
        "2026-11-22-1.wav",
        "20261122_1.wav",
        "20261122_0003.wav",  # the third recording of the day
        "20261122.3gp",
        "20261322_090000.wav",
        "20260230_090000.wav",
        "20261122_250000.wav",
        "20261122_096100.wav",
        "2026年13月1日9时.wav",
        "2026年11月22日下午13时.wav",
        "120261122090000.wav",
        "202611220900001.wav",
        "20261122090000123.wav",
        "110101202611220900.wav",
        "2026-11-22_12-345.wav",
        "3号窗口.wav",
        "261122_090000.wav",
        "",
        "/",
    ],
)
def test_names_that_tell_no_time(name: str) -> None:
    assert by_name(name) is None


def test_afternoons_and_zones(in_china: None) -> None:
    assert by_name("2026年11月22日下午2时30分.m4a") == datetime(2026, 11, 22, 14, 30)
    assert by_name("Recording 2026-11-22 at 12.05.00 AM.m4a") == datetime(2026, 11, 22, 0, 5)
    assert by_name("2026-11-22T01:00:00Z.wav") == NINE
    assert by_name("20261122T100000+0900.wav") == NINE
    assert by_name("20261122_090000+0100.wav") == NINE  # who knows what that is


@given(st.text(alphabet="0123456789-_.:TZ年月日时分上午PM +h", max_size=40))
def test_no_name_is_too_strange(name: str) -> None:
    assert by_name(name) is None or by_name(name).year >= 2000
    assert isinstance(place(name), str)


def test_recordings_of_one_window_share_a_place() -> None:
    one = place("hall/3号窗口_20261122_090000_001.wav")
    assert one == place("hall/3号窗口_20261123_140000_017.wav")
    others = ("hall/4号窗口_20261122_090000_001.wav", "b/3号窗口_20261122_090000.wav", "hall/a.wav")
    assert len({one, *map(place, others)}) == 4
    assert place("13800138000_20261122_090000.amr") == place("13900139000_20261123_150000.amr")
    assert place("20261122_090000_4号窗口.wav") != place("20261122_090000_3号窗口.wav")


# --- the file -------------------------------------------------------------------------------------


def test_a_container_tells_the_time_in_utc(tmp_path: Path, in_china: None) -> None:
    plain = write_sound(tmp_path / "plain.m4a", tone(0.3), "aac")
    assert open_recording(plain).began is None
    dated = tmp_path / "dated.m4a"
    with av.open(str(dated), "w") as container:
        container.metadata["creation_time"] = "2026-11-22T01:00:00Z"
        track = container.add_stream("aac", rate=16000)
        track.layout = "mono"
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 16000
        container.mux(track.encode(frame))
        container.mux(track.encode(None))
    assert open_recording(dated).began == NINE


@pytest.mark.parametrize(
    ("tags", "wanted"),
    [
        ({"creation_time": "2026-11-22T01:00:00.000000Z"}, NINE),
        ({"creation_time": "2026-11-22 01:00:00"}, NINE),
        ({"creation_time": "2026-11-22T09:00:00+0800"}, NINE),
        ({"creation_time": "09:00:00", "date": "2026-11-22"}, NINE),  # Broadcast Wave: local
        ({"creation_time": "09:00:00"}, None),
        ({"creation_time": "2026-11-22"}, None),
        ({"creation_time": "1970-01-01T00:00:00Z"}, None),
        ({"creation_time": "1904-01-01T00:00:00Z"}, None),
        ({"creation_time": "0001-01-01T00:00:00Z"}, None),
        ({"creation_time": "2026-99-99T99:99:99Z"}, None),
        ({"creation_time": "\ufffd\0"}, None),
        ({"date": "2026-11-22"}, None),
        ({}, None),
    ],
)
def test_what_recorders_write_into_files(
    in_china: None, tags: dict[str, str], wanted: datetime | None
) -> None:
    assert by_metadata({}, tags) == wanted


def test_a_name_comes_before_what_is_in_the_file(
    tmp_path: Path, make_pipeline: Callable[..., Pipeline], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "courtesy.speech.decode.by_metadata", lambda *_: datetime(2026, 12, 1, 15, 0)
    )
    sound = np.concatenate([silence(0.5), tone(0.5)])
    pipeline = make_pipeline(FakeRecogniser([]))
    for name, wanted in (("20261122_090000", NINE), ("a", datetime(2026, 12, 1, 15, 0))):
        (heard,) = pipeline.hear(write_sound(tmp_path / f"{name}.wav", sound))
        assert heard.began == wanted


# --- the results ----------------------------------------------------------------------------------

LINES = (
    ("clerk", "您好，请问您办什么业务？", 600.0, 603.0),
    ("customer", "查社保。", 604.0, 605.0),
    ("clerk", "好的，您慢走，再见。", 606.0, 608.0),
)


def test_an_interaction_begins_with_its_first_words(
    tmp_path: Path, make_pipeline: Callable[..., Pipeline]
) -> None:
    pipeline = make_pipeline()
    file = tmp_path / "20261122_090000.jsonl"
    file.write_text(
        "\n".join(json.dumps({"role": r, "text": t, "start": s, "end": e}) for r, t, s, e in LINES),
        encoding="utf-8",
    )
    (recording,) = pipeline.run(file)
    assert recording.heard.began == NINE
    assert recording.scorecards[0].interaction.began == datetime(2026, 11, 22, 9, 10)
    unknown = pipeline.judge(talk(*LINES)).scorecards[0].interaction
    assert unknown.began is None


def test_without_times_only_the_first_interaction_has_one() -> None:
    assert of_interaction(NINE, None, first=True) == NINE
    assert of_interaction(NINE, None, first=False) is None
    assert of_interaction(None, 3.0, first=True) is None
    assert of_interaction(NINE, 1e300, first=True) is None


def test_our_own_json_keeps_it(tmp_path: Path, make_pipeline: Callable[..., Pipeline]) -> None:
    pipeline = make_pipeline()
    source = tmp_path / "20261122_090000.txt"
    source.write_text("工作人员：您好。\n群众：你好。\n", encoding="utf-8")
    run = Run(pipeline.made_by(), tuple(pipeline.run(source)))
    document = json.loads(to_json(run, "zh"))
    assert document["recordings"][0]["began"] == "2026-11-22T09:00:00"
    file = tmp_path / "result.json"

    def began(value: object, path: str) -> datetime | None:
        document["recordings"][0] |= {"began": value, "path": path}
        file.write_text(json.dumps(document), encoding="utf-8")
        (heard,) = pipeline.hear(file)
        return heard.began

    # What the result says comes before the name of the recording it is about.
    assert began("2026-11-22T09:00:00", "20250101_080000.wav") == NINE
    assert began(None, "20261122_090000.wav") == NINE
    assert began(None, "a.wav") is None


@pytest.mark.parametrize("value", ["yesterday", "2026-11-22", "2026-13-01T00:00:00", 5, [], "T"])
def test_a_damaged_time_is_named(tmp_path: Path, value: object) -> None:
    file = tmp_path / "result.json"
    recording = {"path": "a.wav", "began": value, "utterances": []}
    file.write_text(json.dumps({"schema": "courtesy/1", "recordings": [recording]}))
    with pytest.raises(NotATranscript) as caught:
        read_transcript(file)
    for lang in LANGUAGES:
        assert "began" in caught.value.say(lang)
        assert "2026-11-22T09:00:00" in caught.value.say(lang)


def test_a_written_zone_is_made_local(in_china: None) -> None:
    assert read("2026-11-22T01:00:00Z") == NINE
    assert read("2026-11-22T09:00:00") == NINE
