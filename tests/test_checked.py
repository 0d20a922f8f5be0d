"""The sound of an input is measured on its way: what is wrong is said, and nothing is lost."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from fakes import SAMPLES

from courtesy.errors import InputError
from courtesy.live.checked import Checked
from courtesy.live.source import BLOCK, ON_BREAK, Break, FileSource, Gap, InputLevel, Item, Trouble
from courtesy.messages import LANGUAGES
from courtesy.speech.decode import RATE, Samples

SPOKEN = SAMPLES / "counter" / "shebao-good.opus"
SECOND = RATE // BLOCK + 1  # blocks


class Given:
    """A source of what it is given."""

    name = "Mic"
    waits = False
    whole = False
    paused = False

    def __init__(self, items: Sequence[Item], channels: int = 1) -> None:
        self.items = items
        self.channels = channels
        self.closed = False

    def blocks(self) -> Iterator[Item]:
        for item in self.items:
            if self.closed:
                return
            yield item

    def pause(self) -> None:
        raise NotImplementedError

    resume = pause

    def close(self) -> None:
        self.closed = True


def cut(sound: Samples) -> list[Item]:
    return [sound[:, at : at + BLOCK] for at in range(0, sound.shape[1], BLOCK)]


def noise(seconds: float, decibels: float, channels: int = 1) -> list[Item]:
    chance = np.random.default_rng(1)
    sound = chance.standard_normal((channels, round(seconds * RATE))) * 10 ** (decibels / 20)
    return cut(np.clip(sound, -1, 1).astype(np.float32))


def zeros(seconds: float, channels: int = 1) -> list[Item]:
    return cut(np.zeros((channels, round(seconds * RATE)), np.float32))


def speech(gain: float = 1.0) -> list[Item]:
    spoken = [b[:1] for b in FileSource(SPOKEN, pace=0).blocks() if isinstance(b, np.ndarray)]
    hiss = np.random.default_rng(1).standard_normal((1, BLOCK)).astype(np.float32) * 1e-3
    return [np.clip((b + hiss[:, : b.shape[1]]) * gain, -1, 1) for b in spoken]


def levels(items: Sequence[Item]) -> list[InputLevel]:
    return [one for one in items if isinstance(one, InputLevel)]


def complaints(items: Sequence[Item]) -> list[str | None]:
    return [one.complaint and one.complaint.en for one in levels(items)]


def without(items: Sequence[Item]) -> list[Item]:
    return [one for one in items if not isinstance(one, InputLevel | Trouble)]


def check(items: Sequence[Item], channels: int = 1, *, refuse: bool = True) -> list[Item]:
    return list(Checked(Given(items, channels), refuse).blocks())


def test_the_level_comes_first_and_all_blocks_after_it_unchanged() -> None:
    given = speech()
    got = check(given)
    assert isinstance(got[0], InputLevel)
    assert got[0].complaint is None
    assert -45 < got[0].level < -5
    assert all(a is b for a, b in zip(without(got), given, strict=True))


def test_measured_as_speech_is() -> None:
    (level,) = levels(check(noise(3, -30)))
    assert level.level == pytest.approx(-30, abs=0.5)
    assert level.noise == pytest.approx(-30, abs=1.5)


@pytest.mark.parametrize("offset", [0.0, 3e-5, 0.1])
def test_a_dead_microphone_is_refused_after_somebody_was_asked_to_speak(offset: float) -> None:
    got: list[Item] = []
    source = Given([np.asarray(b) + np.float32(offset) for b in zeros(30)])
    with pytest.raises(InputError) as refused:
        got.extend(Checked(source, refuse=True).blocks())
    assert source.closed
    for lang in LANGUAGES:
        assert "courtesy live --devices" in refused.value.say(lang)
        assert "Mic" in refused.value.say(lang)


def test_a_microphone_that_opens_when_somebody_speaks_is_no_dead_one() -> None:
    given = [*zeros(6), *speech()]
    got = check(given)
    assert [one.why.en for one in got if isinstance(one, Trouble)] == [
        "nothing comes from Mic yet: please say something into it."
    ]
    assert all(a is b for a, b in zip(without(got), given, strict=True))
    # Later it may be still for minutes.
    assert complaints(check([*zeros(6), *speech(), *zeros(120)]))[1:] == []


def test_a_clipped_microphone_is_refused_and_the_remedy_named() -> None:
    with pytest.raises(InputError, match="turn its gain down"):
        check(noise(3, 6))


@pytest.mark.parametrize("bad", [zeros(3), noise(3, 6)])
def test_a_recording_is_only_complained_of(bad: list[Item]) -> None:
    got = check(bad, refuse=False)
    assert complaints(got)[0] is not None
    assert len(without(got)) == len(bad)


def test_faint_and_noisy_inputs_are_told_and_taken_back_when_somebody_speaks() -> None:
    faint, *later = complaints([*check([*noise(3, -75), *speech()])])
    assert "faint" in faint
    assert later == [None]
    noisy, *later = complaints([*check([*noise(3, -35), *speech()])])
    assert "much noise" in noisy
    assert later == [None]


def test_an_input_that_goes_dead_is_told_once_and_soon_when_it_is_back() -> None:
    given = [*noise(30, -50), *zeros(100), *noise(5, -50)]
    got = check(given)
    first, dead, back = complaints(got)
    assert first is None
    assert "muted or unplugged" in dead
    assert back is None
    at = {id(one): i for i, one in enumerate(got)}
    told = [at[id(one)] / SECOND for one in levels(got)]
    assert told[1] < 30 + 61
    assert told[2] < 130 + 4


def test_an_input_that_starts_to_clip_is_told_once_and_when_it_is_turned_down() -> None:
    given = [*speech(), *speech(40.0), *speech(40.0), *noise(60, -50), *speech()]
    first, clips, back = complaints(check(given))
    assert first is None
    assert "gain down" in clips
    assert back is None


def test_a_channel_without_a_microphone_is_told() -> None:
    one_sided = [np.concatenate([np.asarray(b), np.zeros_like(b)]) for b in noise(5, -50)]
    (complaint,) = complaints(check(one_sided, channels=2))
    assert "right channel" in complaint


def test_a_break_at_the_start_is_told_at_once() -> None:
    given = [*noise(1, -50), Break(), Gap(60.0, ON_BREAK), *noise(3, -50)]
    got = check(given)
    kept = [one for one in got if not isinstance(one, InputLevel)]
    assert all(a is b for a, b in zip(kept, given, strict=True))
    assert len(levels(got)) == 1


def test_a_recording_shorter_than_the_measurement_is_heard() -> None:
    given = noise(0.5, -50)
    assert len(without(check(given, refuse=False))) == len(given)
