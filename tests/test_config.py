"""Settings come from a file and the command line; what is wrong in them is said by name."""

import dataclasses
from pathlib import Path

import pytest

from courtesy import config
from courtesy.config import Settings, load_settings
from courtesy.errors import UsageError
from courtesy.folders import cache_dir, lexicon_dir, model_dirs, sound_dir
from courtesy.messages import LANGUAGES


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "courtesy.toml"


def test_without_a_file_there_are_defaults() -> None:
    assert load_settings() == Settings()


def test_a_file_changes_what_it_names(file: Path) -> None:
    file.write_text(
        '[speech]\nmodel = "small"\npause_seconds = 1\n[dialogue]\ngap_seconds = 45\n',
        encoding="utf-8",
    )
    got = load_settings(file)
    assert (got.speech.model, got.speech.pause_seconds, got.dialogue.gap_seconds) == (
        "small",
        1,
        45,
    )
    assert got.matching == Settings().matching
    assert got.speech.beam_size == Settings().speech.beam_size


def test_the_variable_names_a_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("[matching]\nblame = 0.9\n", encoding="utf-8")
    monkeypatch.setenv("COURTESY_CONFIG", str(file))
    assert load_settings().matching.blame == 0.9
    other = file.with_name("other.toml")
    other.write_text("[matching]\nblame = 0.95\n", encoding="utf-8")
    assert load_settings(other).matching.blame == 0.95


def test_the_user_s_own_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "courtesy").mkdir()
    (tmp_path / "courtesy" / "courtesy.toml").write_text(
        "[matching]\nblame = 0.9\n", encoding="utf-8"
    )
    assert load_settings().matching.blame == 0.9


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[speech", "courtesy.toml"),
        ("[sound]\nmodel = 'a'", "sound"),
        ("speech = 3", "speech"),
        ("[speech]\nmodell = 'a'", "modell"),
        ("[speech]\nmodel = 3", "model"),
        ("[speech]\nthreads = true", "threads"),
        ("[speech]\nthreads = -1", "threads"),
        ("[speech]\nthreads = 1.5", "threads"),
        ("[speech]\nbeam_size = 0", "beam_size"),
        ("[speech]\nbatch_size = -1", "batch_size"),
        ("[speech]\nworkers = 65", "workers"),
        ("[speech]\ndevice = 'gpu'", "device"),
        ("[speech]\nvoice_threshold = 1.5", "voice_threshold"),
        ("[speech]\npause_seconds = nan", "pause_seconds"),
        ("[speech]\npause_seconds = inf", "pause_seconds"),
        ("[speech]\npause_seconds = '1'", "pause_seconds"),
        ("[speech]\nmax_seconds = 40", "max_seconds"),
        ("[speech]\nmax_seconds = 0", "max_seconds"),
        ("[matching]\nblame = -0.1", "blame"),
        ("[matching]\ncredit = 2", "credit"),
        ("[dialogue]\nclerk = 'middle'", "clerk"),
        ("[live]\nkeep_sound = 'always'", "keep_sound"),
        ("[live]\nkeep_sound = true", "keep_sound"),
        ("[dialogue]\nmode = 'mail'", "mode"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(file: Path, text: str, names: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_settings(file)
    for lang in LANGUAGES:
        assert names in caught.value.say(lang)
        assert "courtesy.toml" in caught.value.say(lang)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read(file: Path, content: bytes | None) -> None:
    if content:
        file.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        load_settings(file)
    assert "courtesy.toml" in caught.value.text.zh


def test_options_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().speech.model = "other"  # type: ignore[misc]


def test_the_lexicons_may_lie_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURTESY_LEXICONS", str(tmp_path))
    assert lexicon_dir() == tmp_path
    monkeypatch.setenv("COURTESY_LEXICONS", str(tmp_path / "none"))
    with pytest.raises(UsageError) as caught:
        lexicon_dir()
    assert "COURTESY_LEXICONS" in caught.value.text.en


def test_the_models_may_lie_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURTESY_MODELS", str(tmp_path))
    assert model_dirs() == (tmp_path,)


def test_the_cache_is_the_user_s_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "deep" / "cache"))
    folder = cache_dir()
    assert folder.is_dir()
    assert folder.stat().st_mode & 0o077 == 0


def test_thresholds_need_not_be_told_apart_by_type() -> None:
    """1 is as good as 1.0 in a settings file."""
    assert config.change(Settings().matching, {"blame": 1}).blame == 1


def test_no_sound_is_kept_unless_it_is_asked_for(file: Path) -> None:
    assert Settings().live.keep_sound == "nothing"
    file.write_text('[live]\nkeep_sound = "clips"\nsound_folder = "D:/sound"\n', encoding="utf-8")
    assert load_settings(file).live.keep_sound == "clips"
    assert load_settings(file).live.sound_folder == "D:/sound"
    assert sound_dir().name == "sound"
    assert sound_dir("kept").is_absolute()
