"""Where somebody speaks: from pause to pause, on the channel where it was spoken."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pytest
from fakes import SAMPLES, blocks, chords, decoded, gold_files, noise, read_gold, silence, tone

from courtesy.config import SpeechOptions
from courtesy.speech.decode import BLOCK, RATE, Samples
from courtesy.speech.voice import Speech, find_speech

OPTIONS = SpeechOptions()
GAP = 1.0


def found(sound: Samples, size: int = 512 * 625) -> list[Speech]:
    return list(find_speech(blocks(sound, size), OPTIONS))


@pytest.fixture(scope="session")
def clips() -> list[Samples]:
    """Eight short things said by clerks, cut from the clean samples, none with a pause inside."""
    out: list[Samples] = []
    for file in gold_files():
        gold = read_gold(file)
        sound = decoded(file.with_suffix(".opus"))[0 if gold["clerk"] == "left" else 1]
        own = [
            t for t in gold["turn"]
            if t["role"] == "clerk" and not set(t["text"][:-1]) & set("，。？！")
            and 0.9 < t["end"] - t["start"] < 3
        ]  # fmt: skip
        for turn in own[:2]:
            clip = sound[round(turn["start"] * RATE) : round(turn["end"] * RATE)].copy()
            clip[-320:] *= np.linspace(1, 0, 320)  # a cut must not click
            out.append(clip)
    assert len(out) >= 8
    return out[:8]


@pytest.fixture(scope="session")
def eight(clips: list[Samples]) -> tuple[Samples, list[tuple[float, float]]]:
    """The eight with a second of silence around each, and when they are said."""
    pieces, times, at = [silence(GAP)], [], GAP
    for clip in clips:
        times.append((at, at + len(clip) / RATE))
        pieces += [clip, silence(GAP)]
        at = times[-1][1] + GAP
    return np.concatenate(pieces), times


def test_eight_utterances_stay_eight(eight: tuple[Samples, list[tuple[float, float]]]) -> None:
    sound, times = eight
    stretches = found(sound)
    assert len(stretches) == 8
    for stretch, (start, end) in zip(stretches, times, strict=True):
        assert stretch.start == pytest.approx(start, abs=0.3)
        assert stretch.end == pytest.approx(end, abs=0.3)
        assert stretch.channel is None


def test_a_stretch_holds_the_sound_of_its_time(
    eight: tuple[Samples, list[tuple[float, float]]],
) -> None:
    sound, _ = eight
    for stretch in found(sound):
        first = round(stretch.start * RATE)
        assert np.array_equal(stretch.samples, sound[first : first + len(stretch.samples)])
        assert len(stretch.samples) == round((stretch.end - stretch.start) * RATE)


@pytest.mark.parametrize("size", [512, 512 * 7, 512 * 100, 512 * 5000])
def test_the_size_of_the_blocks_does_not_matter(
    eight: tuple[Samples, list[tuple[float, float]]], size: int
) -> None:
    sound, _ = eight
    stereo = np.stack([sound, np.roll(sound, RATE * 2)])
    for one in (sound, stereo):
        wanted, got = (
            sorted(found(one, n), key=lambda s: (s.start, s.channel)) for n in (BLOCK, size)
        )
        assert [s.channel for s in got] == [s.channel for s in wanted]
        # At the edge of a block the louder channel is told with one frame less of context.
        for a, b in zip(got, wanted, strict=True):
            assert (a.start, a.end) == pytest.approx((b.start, b.end), abs=0.07)


def test_speech_is_given_out_before_the_stream_ends(
    eight: tuple[Samples, list[tuple[float, float]]],
) -> None:
    sound, times = eight
    taken = 0

    def stream() -> Iterator[Samples]:
        nonlocal taken
        for block in blocks(sound, 512 * 10):
            taken += block.shape[1]
            yield block

    first = next(find_speech(stream(), OPTIONS))
    assert first.end < taken / RATE < times[1][1] + GAP


def test_two_channels_with_the_same_sound_are_one(
    eight: tuple[Samples, list[tuple[float, float]]],
) -> None:
    sound, _ = eight
    twice = found(np.stack([sound, sound]))
    assert [s.channel for s in twice] == [None] * 8
    quieter = found(np.stack([sound, sound * 0.995]))
    assert [s.channel for s in quieter] == [None] * 8


def test_the_same_sound_after_a_silent_start_is_still_one(
    eight: tuple[Samples, list[tuple[float, float]]],
) -> None:
    """A recording may begin with a long silence on both channels."""
    sound = np.concatenate([silence(25.0), eight[0]])
    assert [s.channel for s in found(np.stack([sound, sound]))] == [None] * 8


def test_two_voices_after_a_silent_start_are_two(clips: list[Samples]) -> None:
    left = np.concatenate([silence(25.0), clips[0], silence(6.0)])
    right = np.concatenate([silence(29.0), clips[1], silence(6.0)])
    length = min(len(left), len(right))
    stretches = found(np.stack([left[:length], right[:length]]))
    assert [s.channel for s in stretches] == [0, 1]


def test_two_voices_after_an_announcement_on_both_channels_are_two(clips: list[Samples]) -> None:
    """As on a telephone: music first, the same on both, then a voice on each."""
    left = np.concatenate([chords(24.0), clips[0], silence(6.0)])
    right = np.concatenate([chords(24.0), silence(4.0), clips[1], silence(6.0)])
    length = min(len(left), len(right))
    voices = [s for s in found(np.stack([left[:length], right[:length]])) if s.start > 23]
    assert [s.channel for s in voices] == [0, 1]


def in_turn(clips: list[Samples], bleed_db: float, hiss: float) -> tuple[Samples, list[int]]:
    """Return a stereo dialogue in which each voice bleeds into the other microphone."""
    bleed = 10 ** (bleed_db / 20)
    left, right, channels = [silence(GAP)], [silence(GAP)], []
    for number, clip in enumerate(clips):
        own, other = (left, right) if number % 2 == 0 else (right, left)
        own += [clip, silence(GAP)]
        other += [clip * bleed, silence(GAP)]
        channels.append(number % 2)
    sound = np.stack([np.concatenate(left), np.concatenate(right)])
    return sound + np.stack(
        [noise(sound.shape[1] / RATE, hiss, 1), noise(sound.shape[1] / RATE, hiss, 2)]
    ), channels


@pytest.mark.parametrize("bleed_db", [-15.0, -20.0, -30.0])
@pytest.mark.parametrize("hiss", [0.0, 0.001])
def test_a_voice_in_the_neighbour_s_microphone_is_not_the_neighbour_s(
    clips: list[Samples], bleed_db: float, hiss: float
) -> None:
    sound, channels = in_turn(clips, bleed_db, hiss)
    assert [s.channel for s in found(sound)] == channels


@pytest.mark.parametrize("bleed_db", [-15.0, -20.0, -25.0])
@pytest.mark.parametrize("quiet", [0, 1])
@pytest.mark.parametrize("lower_db", [-6.0, -12.0])
def test_microphones_that_are_set_differently_are_made_even(
    clips: list[Samples], bleed_db: float, quiet: int, lower_db: float
) -> None:
    """At -12 dB a voice in the other microphone is nearly as loud as in its own.

    The first words teach the difference; from the second speaker on nothing goes astray.
    """
    sound, channels = in_turn(clips, bleed_db, 0.0)
    sound[quiet] *= 10 ** (lower_db / 20)
    begun = [s for s in found(sound) if s.start > 2 * GAP + 3]
    assert [s.channel for s in begun] == channels[-len(begun) :]
    assert len(begun) >= 5


def test_a_soft_speaker_is_not_taken_for_a_low_microphone(clips: list[Samples]) -> None:
    loud, channels = in_turn(clips, -15.0, 0.0)
    soft = [clip if i % 2 == 0 else clip * 0.3 for i, clip in enumerate(clips)]
    sound, _ = in_turn(soft, -15.0, 0.0)
    assert [s.channel for s in found(sound)] == channels == [s.channel for s in found(loud)]


def test_two_who_speak_at_once_are_both_heard(clips: list[Samples]) -> None:
    one = np.concatenate([silence(1.0), clips[0], silence(2.0)])
    other = np.concatenate([silence(1.3), clips[1], silence(2.0)])
    length = max(len(one), len(other))
    sound = np.stack([np.pad(c, (0, length - len(c))) for c in (one, other)])
    assert {s.channel for s in found(sound)} == {0, 1}


def test_one_silent_channel_leaves_the_other_alone(
    eight: tuple[Samples, list[tuple[float, float]]],
) -> None:
    sound, _ = eight
    assert [s.channel for s in found(np.stack([sound * 0, sound]))] == [1] * 8
    assert [s.channel for s in found(np.stack([sound, sound * 0]))] == [0] * 8


@pytest.mark.parametrize(
    ("what", "most"),
    [
        (lambda: silence(30.0), 0),
        (lambda: silence(0.01), 0),
        (lambda: tone(30.0), 0),
        (lambda: tone(30.0, 1000.0, 0.9), 0),
        (lambda: noise(30.0, 0.003), 0),
        (lambda: noise(30.0, 0.03), 0),
        (lambda: noise(30.0, 0.3), 1),
        (lambda: chords(30.0), 3),
        (lambda: np.clip(noise(30.0, 3.0), -1, 1), 1),
    ],
    ids=[
        "silence",
        "a moment",
        "tone",
        "loud tone",
        "hiss",
        "noise",
        "loud noise",
        "chords",
        "clipped",
    ],
)
def test_what_is_no_voice(what: Callable[[], Samples], most: int) -> None:
    assert len(found(what())) <= most


def test_no_sound_at_all() -> None:
    assert list(find_speech([], OPTIONS)) == []


def test_a_long_speech_without_a_pause_is_cut(clips: list[Samples]) -> None:
    """Nothing longer than a recogniser's window, and nothing lost at the cuts."""
    talk = np.concatenate([clip[1600:-1600] for clip in clips * 4])
    sound = np.concatenate([silence(1.0), talk, silence(1.0)])
    options = SpeechOptions(pause_seconds=2.0)
    stretches = list(find_speech(blocks(sound), options))
    assert len(stretches) > 1
    for stretch in stretches:
        assert stretch.end - stretch.start <= options.max_seconds + 0.1
    for one, other in pairwise(stretches):
        assert other.start >= one.end - 1e-6
        assert other.start - one.end < 0.5
    assert stretches[0].start < 1.3
    assert stretches[-1].end > len(sound) / RATE - 1.3


def test_speech_up_to_the_very_end_is_heard(clips: list[Samples]) -> None:
    sound = np.concatenate([silence(1.0), clips[0]])
    (stretch,) = found(sound)
    assert stretch.end <= len(sound) / RATE + 1e-6 + 0.04
    assert stretch.end == pytest.approx(len(sound) / RATE, abs=0.3)


def test_quiet_speech_is_heard(eight: tuple[Samples, list[tuple[float, float]]]) -> None:
    assert len(found(eight[0] * 0.03)) == 8


@pytest.mark.parametrize("name", ["shebao-good", "shuiwu-poor"])
def test_the_turns_of_a_sample_are_on_their_channels(name: str) -> None:
    gold = read_gold(SAMPLES / "counter" / f"{name}.toml")
    clerk = 0 if gold["clerk"] == "left" else 1
    stretches = found(decoded(SAMPLES / "counter" / f"{name}.opus"))
    for turn in gold["turn"]:
        channel = clerk if turn["role"] == "clerk" else 1 - clerk
        middle = (turn["start"] + turn["end"]) / 2
        there = [s for s in stretches if s.start < turn["end"] and turn["start"] < s.end]
        assert channel in {s.channel for s in there}, turn["text"]
        assert {s.channel for s in there if s.start <= middle <= s.end} <= {channel}, turn["text"]
