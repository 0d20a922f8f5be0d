"""Voiceprints are personal data: kept in one protected file, listed, erased, never shown."""

import dataclasses
import json
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fakes import SAMPLES, FakeEncoder, read_gold, silence, talk, voice, write_sound
from typer.testing import CliRunner, Result

from courtesy.cli import app
from courtesy.config import DialogueOptions, Settings
from courtesy.errors import CourtesyError, VoiceError
from courtesy.messages import LANGUAGES
from courtesy.pipeline import Pipeline
from courtesy.records import Recording, Run
from courtesy.report.json_report import as_dict
from courtesy.speech import enrolment, voiceprints
from courtesy.speech.voiceprints import Voiceprint

SPEECH = SAMPLES / "counter" / "shebao-good.opus"


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "data" / "voiceprints.json"
    monkeypatch.setenv("COURTESY_VOICEPRINTS", str(path))
    return path


def a_print(clerk: str = "张三", person: int = 0, encoder: str = FakeEncoder.name) -> Voiceprint:
    return voiceprints.make_print(
        clerk, encoder, [(voice(person, i), 5.0) for i in range(4)], "2026-11-22"
    )


def courtesy(*arguments: object, answer: str = "") -> Result:
    result = CliRunner().invoke(app, [*map(str, arguments)], input=answer)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


# --- the file -------------------------------------------------------------------------------------


def test_what_is_kept_comes_back() -> None:
    assert voiceprints.voiceprints() == ()
    voiceprints.keep(a_print("李四"))
    voiceprints.keep(a_print("张三", 1))
    voiceprints.keep(a_print("李四", 2))  # enrolled again: in place of the old one
    assert [p.clerk for p in voiceprints.voiceprints()] == ["张三", "李四"]
    assert voiceprints.find("李四") == a_print("李四", 2)


@pytest.mark.skipif(os.name != "posix", reason="this system has no modes")
def test_nobody_else_may_read_it() -> None:
    voiceprints.keep(a_print())
    path = voiceprints.store_file()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    voiceprints.keep(a_print("李四"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_erasing_one_leaves_the_others() -> None:
    voiceprints.keep(a_print("张三"))
    voiceprints.keep(a_print("李四", 1))
    assert voiceprints.erase("张三") == ("张三",)
    assert [p.clerk for p in voiceprints.voiceprints()] == ["李四"]
    assert "张三" not in voiceprints.store_file().read_text("utf-8")
    with pytest.raises(VoiceError, match="no voiceprint of 张三"):
        voiceprints.erase("张三")


def test_erasing_all_leaves_no_file_not_even_a_damaged_or_half_written_one() -> None:
    voiceprints.keep(a_print())
    path = voiceprints.store_file()
    path.with_name(f".{path.name}.abcd").write_text("half a print", "utf-8")
    path.write_text("{", "utf-8")
    with pytest.raises(VoiceError, match="erase --all"):
        voiceprints.voiceprints()
    assert voiceprints.erase(None) == ()
    assert [p.name for p in path.parent.iterdir() if not p.name.endswith(".lock")] == []


@pytest.mark.parametrize(
    "text", ["", "[]", '{"schema": 2, "voiceprints": []}', '{"schema": 1, "voiceprints": [{}]}',
             '{"schema": 1, "voiceprints": [{"clerk": "a", "encoder": "b", "voice": []}]}'],
)  # fmt: skip
def test_a_file_that_is_not_ours_is_named_and_not_written_over(text: str) -> None:
    path = voiceprints.store_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    with pytest.raises(VoiceError, match=path.name):
        voiceprints.keep(a_print())
    assert path.read_text("utf-8") == text


def test_a_failed_write_leaves_the_old_file(monkeypatch: pytest.MonkeyPatch) -> None:
    voiceprints.keep(a_print())
    before = voiceprints.store_file().read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(VoiceError, match=r"disk is full.*untouched"):
        voiceprints.keep(a_print("李四"))
    assert voiceprints.store_file().read_bytes() == before
    assert len(list(voiceprints.store_file().parent.iterdir())) == 2  # it and the lock


def test_many_at_once_lose_nothing() -> None:
    threads = [
        threading.Thread(target=voiceprints.keep, args=(a_print(f"clerk{i}"),)) for i in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(voiceprints.voiceprints()) == 8


def test_a_print_of_another_encoder_is_refused() -> None:
    voiceprints.keep(a_print(encoder="campplus aaaaaaaaaaaa"))
    with pytest.raises(VoiceError, match="cannot be compared") as caught:
        voiceprints.known_prints("张三", FakeEncoder.name)
    assert all("campplus" in caught.value.say(lang) for lang in LANGUAGES)
    assert voiceprints.known_prints("", FakeEncoder.name) == ()


@pytest.mark.parametrize("name", ["", "../x", "a/b", "x" * 65, "a\nb"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(VoiceError, match="no name"):
        voiceprints.keep(dataclasses.replace(a_print(), clerk=name))


def test_a_voice_is_never_shown() -> None:
    heard = talk(("clerk", "您好。", 0.0, 2.0))
    (spoken,) = heard.utterances
    marked = dataclasses.replace(spoken, voice=(0.123456,))
    assert "0.123456" not in repr(marked)
    assert "0.123456" not in repr(dataclasses.replace(a_print(), voice=(0.123456,)))
    recording = Recording(dataclasses.replace(heard, utterances=(marked,)), ("您好",))
    from courtesy.records import MadeBy

    document = json.dumps(as_dict(Run(MadeBy("0", None, "", ""), (recording,)), "en"))
    assert "0.123456" not in document
    assert '"role_confidence": null' in document


# --- enrolling ------------------------------------------------------------------------------------


def test_a_clerk_is_enrolled_from_recordings() -> None:
    side = read_gold(SPEECH.with_suffix(".toml"))["clerk"]
    done = enrolment.enrol_clerk("张三", [SPEECH], FakeEncoder([3] * 99), enrolment.SIDES[side])
    assert done.warnings == ()
    kept = voiceprints.find("张三", FakeEncoder.name)
    assert kept == done.voiceprint
    assert kept.seconds >= 10
    assert kept.clips >= 3
    assert np.linalg.norm(kept.voice) == pytest.approx(1)


def test_too_little_speech_is_refused(tmp_path: Path) -> None:
    quiet = write_sound(tmp_path / "quiet.wav", silence(30))
    with pytest.raises(VoiceError, match="Only 0 s"):
        enrolment.enrol_clerk("张三", [quiet], FakeEncoder([]))
    assert voiceprints.voiceprints() == ()


def test_clips_that_disagree_are_warned_of() -> None:
    done = enrolment.enrol_clerk("张三", [SPEECH], FakeEncoder([0, 0, 0, 1] * 25))
    assert any("do not sound like the rest" in w.en for w in done.warnings)


def test_a_clerk_who_sounds_like_another_is_warned_of() -> None:
    voiceprints.keep(a_print("李四", 5))
    done = enrolment.enrol_clerk("张三", [SPEECH], FakeEncoder([5] * 99))
    assert any("李四" in w.en and "李四" in w.zh for w in done.warnings)
    again = enrolment.enrol_clerk("李四", [SPEECH], FakeEncoder([5] * 99))
    assert len(again.warnings) == 1  # like 张三; that it is like its own old print is no news


# --- the commands ---------------------------------------------------------------------------------


def test_from_enrolling_to_erasing(monkeypatch: pytest.MonkeyPatch) -> None:
    from courtesy.speech import voices

    monkeypatch.setattr(voices, "load_encoder", lambda _: FakeEncoder([1] * 99))
    assert "Nobody is enrolled" in courtesy("voice", "list").stdout
    done = courtesy("voice", "enrol", "张三", SPEECH)
    assert done.exit_code == 0
    assert "--clerk-voice 张三" in done.stdout
    listed = courtesy("voice", "list").stdout
    assert "张三" in listed
    assert "fake" in listed
    assert courtesy("voice", "erase", "张三", answer="n\n").exit_code == 1
    assert len(voiceprints.voiceprints()) == 1
    assert courtesy("voice", "erase", "张三", answer="y\n").exit_code == 0
    assert voiceprints.voiceprints() == ()
    assert courtesy("voice", "erase", "--all", "--yes").exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [["erase"], ["erase", "张三", "--all"], ["enrol", "a", "b.wav", "--clerk", "middle"]],
)
def test_wrong_usage(arguments: list[str]) -> None:
    assert courtesy("voice", *arguments).exit_code == 2


def test_without_the_extra_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from courtesy.speech.voices import dvector

    monkeypatch.setenv("COURTESY_MODELS", str(tmp_path))
    monkeypatch.setattr(dvector, "find_spec", lambda _: None)
    done = courtesy("voice", "enrol", "张三", SPEECH)
    assert done.exit_code == 1
    assert "pip install 'courtesy[voice]'" in done.stderr


# --- scoring with a print -------------------------------------------------------------------------


def test_a_named_voice_that_is_not_enrolled_is_an_error(
    make_pipeline: Callable[..., Pipeline],
) -> None:
    from fakes import FakeRecogniser

    settings = Settings(dialogue=DialogueOptions(clerk_voice="张三"))
    pipeline = make_pipeline(FakeRecogniser([]), settings)
    pipeline._encoder = FakeEncoder([])
    with pytest.raises(CourtesyError, match="no voiceprint of 张三"):
        pipeline.prepare()
    (recording,) = pipeline.run(SPEECH)
    assert recording.error is not None
    assert recording.error.kind == "voice"
