"""Conditions as they are written, and sound made worse on purpose."""

from pathlib import Path

import numpy as np
import pytest
from fakes import SAMPLES, decoded, noise, silence, tone

from courtesy.errors import UsageError
from courtesy.evaluation.conditions import CLEAN, TEXT, parse_condition, parse_conditions
from courtesy.evaluation.degrade import (
    babble,
    degrade,
    pink,
    read_sound,
    speech_power,
    voice_of,
    write_wav,
)
from courtesy.speech.decode import RATE

# Speech as far as levels go: 1 s of sound, 1 s of silence, in turn.
TALK = np.concatenate([tone(1.0, 440.0, 0.2), silence(1.0)] * 5)[None]
PAUSES = np.concatenate([np.zeros(RATE, bool), np.ones(RATE, bool)] * 5)


def decibels(power: float) -> float:
    return 10 * float(np.log10(power))


def power(sound: np.ndarray) -> float:
    return float(np.mean(np.square(sound, dtype=np.float64)))


def worse(sound: np.ndarray, at: str, name: str = "one", voices: tuple = ()) -> np.ndarray:
    return degrade(sound, parse_condition(at), name, voices)


# --- how conditions are written -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("text", "text"),
        ("Clean", "clean"),
        ("10db", "10db"),
        ("10.0dB+pink", "10db"),
        ("-5db+white", "-5db+white"),
        ("-0db", "0db"),
        ("phone+babble+0db", "0db+babble+phone"),
        ("reverb", "reverb"),
        ("reverb0.50", "reverb"),
        (" reverb0.8+7.5db+hall ", "7.5db+hall+reverb0.8"),
        ("phone", "phone"),
    ],
)
def test_a_condition_has_one_name_however_it_is_written(written: str, name: str) -> None:
    condition = parse_condition(written)
    assert condition.name == name
    assert parse_condition(name) == condition


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("", "“”"),
        ("noisy", "“noisy”"),
        ("10", "“10”"),
        ("10db+", "“”"),
        ("text+10db", "“text”"),
        ("clean+phone", "“clean”"),
        ("10db+5db", "“5db”"),
        ("10db+pink+white", "“white”"),
        ("phone+phone", "“phone”"),
        ("babble", "10db+babble"),
        ("99db", "“99db”"),
        ("reverb9", "“reverb9”"),
    ],
)
def test_a_condition_that_cannot_be_is_refused_in_a_sentence(written: str, named: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_condition(written)
    for lang in ("zh", "en"):
        said = refused.value.say(lang)
        assert said.startswith(f"--at {written}")
        assert named in said


def test_each_condition_once_in_the_order_given() -> None:
    found = parse_conditions(["10db", "text", "10db+pink", "clean"])
    assert found == (parse_condition("10db"), TEXT, CLEAN)
    assert [c.by_ear for c in found] == [True, False, True]
    assert [c.degraded for c in found] == [True, False, False]


def test_a_condition_says_what_it_means_in_both_languages() -> None:
    meaning = parse_condition("5db+hall+phone+reverb").describe()
    for part in ("0.5", "5 dB", "300–3400 Hz"):
        assert part in meaning.zh
        assert part in meaning.en


# --- noise ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["pink", "white", "babble", "hall"])
@pytest.mark.parametrize("level", [20, 10, 0, -5])
def test_the_noise_is_as_loud_as_was_asked(kind: str, level: int) -> None:
    """Measured by itself: speech in the clean sound, noise in what is heard in the pauses."""
    other = noise(4.0)[None]
    out = worse(TALK, f"{level}db+{kind}", voices=(voice_of(other),))
    # The whole may have been turned down to fit; the speech tells by how much.
    speech = out[0] @ TALK[0] / (TALK[0] @ TALK[0])
    assert decibels(speech**2 * power(TALK[0, ~PAUSES]) / power(out[0, PAUSES])) == pytest.approx(
        level, abs=0.5
    )
    assert np.abs(out).max() <= 1.0


def test_pauses_do_not_count_as_speech() -> None:
    talkative = np.concatenate([TALK[:, :RATE]] * 10, axis=1)
    assert speech_power(talkative) == pytest.approx(speech_power(TALK), rel=0.02)
    assert speech_power(np.zeros((2, RATE), np.float32)) == 0.0


def test_the_louder_channel_sets_the_noise_for_both() -> None:
    stereo = np.concatenate([TALK, 0.1 * TALK])
    out = worse(stereo, "10db")
    left, right = out[:, PAUSES]
    assert decibels(power(left) / power(right)) == pytest.approx(0.0, abs=0.3)
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.05  # each microphone has its own
    assert decibels(power(TALK[0, ~PAUSES]) / power(left)) == pytest.approx(10, abs=0.5)


def test_the_same_dialogue_gets_the_same_noise_and_another_another() -> None:
    first = worse(TALK, "10db")
    assert np.array_equal(first, worse(TALK, "10db"))
    for other in (worse(TALK, "10db", name="two"), worse(TALK, "10db+white")):
        assert abs(np.corrcoef(first[0, PAUSES], other[0, PAUSES])[0, 1]) < 0.1


def test_pink_noise_falls_by_three_decibels_an_octave() -> None:
    spectrum = np.abs(np.fft.rfft(pink(20 * RATE, np.random.default_rng(1)))) ** 2
    hertz = np.fft.rfftfreq(20 * RATE, 1 / RATE)

    def band(low: float, high: float) -> float:
        return decibels(spectrum[(hertz >= low) & (hertz < high)].mean())

    for low in (125, 500, 2000):
        assert band(low, 2 * low) - band(2 * low, 4 * low) == pytest.approx(3.0, abs=0.6)


def test_babble_is_made_of_other_people_s_speech() -> None:
    voice = voice_of(TALK)
    assert voice.size == pytest.approx(5 * RATE, rel=0.02)  # the pauses are gone
    assert power(voice) == pytest.approx(1.0, rel=0.01)
    made = babble(3 * RATE, np.random.default_rng(1), [voice])
    spectrum = np.abs(np.fft.rfft(made))
    assert np.argmax(spectrum) / 3 == pytest.approx(440, abs=2)
    assert not babble(RATE, np.random.default_rng(1), []).any()


def test_mono_is_both_channels_in_one() -> None:
    both = np.concatenate([TALK, 0.5 * TALK])
    assert worse(both, "mono") == pytest.approx(0.75 * TALK, abs=1e-6)
    assert worse(both, "10db+mono").shape == TALK.shape


def test_silence_stays_silence() -> None:
    quiet = np.zeros((1, RATE), np.float32)
    assert not worse(quiet, "10db+reverb+phone").any()


# --- a line and a room ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hertz", "passes"), [(100, False), (1000, True), (3000, True), (6000, False)]
)
def test_a_telephone_lets_only_its_band_pass(hertz: float, passes: bool) -> None:
    sound = tone(2.0, hertz)[None]
    out = worse(sound, "phone")
    inside = slice(RATE // 4, -RATE // 4)
    loss = decibels(power(out[0, inside]) / power(sound[0, inside]))
    assert loss == pytest.approx(0.0, abs=0.5) if passes else loss < -30
    assert out.shape == sound.shape


def test_a_telephone_keeps_the_time() -> None:
    out = worse(TALK, "phone")
    assert speech_power(out[:, : RATE // 2]) > 1000 * power(
        out[0, int(1.2 * RATE) : int(1.8 * RATE)]
    )


@pytest.mark.parametrize(("at", "seconds"), [("reverb", 0.5), ("reverb1.2", 1.2)])
def test_an_echo_fades_by_sixty_decibels_in_its_time(at: str, seconds: float) -> None:
    click = np.zeros((1, 3 * RATE), np.float32)
    click[0, RATE // 2] = 0.5
    tail = worse(click, at)[0, RATE // 2 :]
    assert np.argmax(np.abs(tail)) == 0  # the sound itself keeps its time

    def level(at: float) -> float:
        place = round(at * RATE)
        return decibels(power(tail[place : place + RATE // 20]))

    fall = level(0.1 * seconds) - level(0.6 * seconds)
    assert fall == pytest.approx(30, abs=3)
    assert power(tail[round(1.1 * seconds * RATE) :]) < 1e-12


# --- files ----------------------------------------------------------------------------------------


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    stereo = np.stack([tone(0.5, 300.0), tone(0.5, 700.0)])
    write_wav(tmp_path / "a.wav", stereo)
    sound = read_sound(tmp_path / "a.wav")
    assert sound.whole
    assert np.abs(sound.samples - stereo).max() < 1e-4


def test_a_real_recording_gets_its_noise() -> None:
    clean = decoded(SAMPLES / "counter" / "huji-mixed.opus")
    out = worse(clean, "10db")
    scale = float(np.sum(out * clean) / np.sum(clean * clean))
    added = out - scale * clean
    assert decibels(scale**2 * speech_power(clean) / power(added)) == pytest.approx(10, abs=0.5)
