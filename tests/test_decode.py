"""Recordings of every kind come in at 16 kHz; what is none is refused by name."""

import wave
from pathlib import Path

import numpy as np
import pytest
from fakes import SAMPLES, decoded, noise, tone, write_sound

from courtesy.errors import CourtesyError, DamagedRecording, NotARecording, NotReadable
from courtesy.speech.decode import BLOCK, RATE, open_recording

SECONDS = 3.0
KINDS = [
    ("a.wav", "pcm_s16le", 16_000),
    ("a.wav", "pcm_s16le", 8_000),
    ("a.wav", "pcm_s16le", 44_100),
    ("a.wav", "pcm_s16le", 48_000),
    ("a.wav", "pcm_alaw", 8_000),
    ("a.wav", "pcm_f32le", 16_000),
    ("a.flac", "flac", 44_100),
    ("a.mp3", "libmp3lame", 44_100),
    ("a.m4a", "aac", 48_000),
    ("a.ogg", "libopus", 48_000),
    ("a.opus", "libopus", 48_000),
    ("a.amr", "libopencore_amrnb", 8_000),
    ("a.mkv", "flac", 48_000),
]
MONO_ONLY = {"libopencore_amrnb"}


def pitch(sound: np.ndarray) -> float:
    """Return the loudest frequency, in hertz."""
    return float(np.argmax(np.abs(np.fft.rfft(sound))) * RATE / len(sound))


@pytest.mark.parametrize(
    ("name", "codec", "rate", "channels"),
    [
        (*kind, channels)
        for kind in KINDS
        for channels in (1, 2)
        if channels == 1 or kind[1] not in MONO_ONLY
    ],
)
def test_recordings_of_every_kind(
    tmp_path: Path, name: str, codec: str, rate: int, channels: int
) -> None:
    hertz = (440.0, 1000.0)[:channels]
    sound = np.stack([tone(SECONDS, h, rate=rate) for h in hertz])
    path = write_sound(tmp_path / name, sound, codec, rate=rate)
    recording = open_recording(path)
    heard = np.concatenate(list(recording.blocks()), axis=1)
    assert recording.channels == channels
    assert heard.shape[0] == channels
    assert heard.dtype == np.float32
    assert heard.shape[1] / RATE == pytest.approx(SECONDS, abs=0.15)
    assert recording.seconds == pytest.approx(heard.shape[1] / RATE, abs=1e-6)
    middle = heard[:, RATE // 2 : -RATE // 2]
    assert [pitch(channel) for channel in middle] == pytest.approx(hertz, abs=10)
    assert np.abs(middle).max() == pytest.approx(0.3, abs=0.12)


def test_the_sound_of_a_video(tmp_path: Path) -> None:
    path = write_sound(
        tmp_path / "camera.mp4", tone(2.0, rate=48_000), "aac", rate=48_000, picture=True
    )
    heard = decoded(path)
    assert heard.shape[0] == 1
    assert heard.shape[1] / RATE == pytest.approx(2.0, abs=0.15)
    assert pitch(heard[0, 8000:24000]) == pytest.approx(440, abs=10)


def test_more_than_two_channels_are_mixed_down(tmp_path: Path) -> None:
    path = tmp_path / "four.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(4)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.full((RATE, 4), 1000, np.int16).tobytes())
    assert open_recording(path).channels == 2
    assert decoded(path).shape == (2, RATE)


def test_a_wrong_ending_does_not_matter(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", tone(1.0))
    path = path.rename(tmp_path / "1号窗口 录音.bin")
    assert decoded(path).shape[1] == RATE


def test_blocks_are_even_and_lose_nothing(tmp_path: Path) -> None:
    sound = noise(45.0, 0.1)
    path = write_sound(tmp_path / "long.wav", sound)
    found = list(open_recording(path).blocks())
    assert [b.shape for b in found[:-1]] == [(1, BLOCK)] * (len(found) - 1)
    assert 0 < found[-1].shape[1] <= BLOCK
    assert np.allclose(np.concatenate(found, axis=1)[0], sound, atol=1e-3)


def test_a_very_short_recording(tmp_path: Path) -> None:
    assert decoded(write_sound(tmp_path / "click.wav", tone(0.05))).shape[1] == 800


def test_a_sample_of_ours() -> None:
    recording = open_recording(SAMPLES / "counter" / "shebao-good.opus")
    assert recording.channels == 2
    assert recording.declared == pytest.approx(58.5, abs=0.1)


# --- what is no recording -------------------------------------------------------------------------


def refused(path: Path) -> CourtesyError:
    with pytest.raises(CourtesyError) as caught:
        decoded(path)
    return caught.value


def hold_promises(error: CourtesyError, kind: type[CourtesyError], path: Path) -> None:
    """One sentence in each language that names the file and says what to do."""
    assert type(error) is kind
    for sentence in (error.text.zh, error.text.en):
        assert path.name in sentence
        assert "\n" not in sentence
    assert error.text.zh.endswith("。")
    assert error.text.zh.count("。") >= 2 or "请" in error.text.zh
    assert error.text.en.endswith((".", "?"))


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.wav"
    path.touch()
    hold_promises(refused(path), DamagedRecording, path)


@pytest.mark.parametrize(
    "content", [b"hello, this is no sound", b"\0" * 5000, b"RIFF", "您好".encode() * 999]
)
def test_not_a_recording(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "letter.wav"
    path.write_bytes(content)
    hold_promises(refused(path), NotARecording, path)


def test_a_wav_file_that_was_cut_off(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "cut.wav", tone(20.0))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    hold_promises(refused(path), DamagedRecording, path)


@pytest.mark.parametrize(("name", "codec"), [("cut.flac", "flac"), ("cut.mkv", "flac")])
def test_another_file_that_was_cut_off(tmp_path: Path, name: str, codec: str) -> None:
    path = write_sound(tmp_path / name, noise(20.0), codec)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    hold_promises(refused(path), DamagedRecording, path)


def test_an_m4a_file_that_was_cut_off(tmp_path: Path) -> None:
    """Its index stands at the end, so nothing of it can be read."""
    path = write_sound(tmp_path / "cut.m4a", noise(20.0), "aac")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert isinstance(refused(path), NotARecording | DamagedRecording)


def test_a_wav_file_that_was_never_finished(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "header.wav", tone(2.0))
    path.write_bytes(path.read_bytes()[:78])
    assert isinstance(refused(path), NotARecording | DamagedRecording)
    assert path.name in refused(path).text.zh


def test_a_recording_with_a_hole_in_it(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "hole.flac", noise(20.0), "flac")
    data = bytearray(path.read_bytes())
    third = len(data) // 3
    data[third : 2 * third] = b"\xa5" * third
    path.write_bytes(data)
    hold_promises(refused(path), DamagedRecording, path)


def test_a_video_without_sound(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "mute.mp4", tone(1.0), picture=True, sound_track=False)
    hold_promises(refused(path), NotARecording, path)


def test_a_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.wav"
    hold_promises(refused(path), NotReadable, path)


def test_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "folder.wav"
    path.mkdir()
    assert isinstance(refused(path), NotReadable | NotARecording)
    assert path.name in refused(path).text.zh


def test_a_path_with_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "a.wav"
    hold_promises(refused(path), NotReadable, path)


@pytest.mark.parametrize("name", ["http:a.wav", "concat:a.wav", "pipe:0.wav", "-", "a%03d.wav"])
def test_a_name_is_never_taken_for_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """FFmpeg reads protocols in front of a colon; a file of that name is still a file."""
    monkeypatch.chdir(tmp_path)
    write_sound(tmp_path / "real.wav", tone(1.0)).rename(tmp_path / name)
    assert decoded(Path(name)).shape[1] == RATE
