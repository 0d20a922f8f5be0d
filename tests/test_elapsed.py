"""Lost sound is told from when buffers come, and nothing else is taken for it."""

import itertools
import random
from collections.abc import Iterable, Iterator

import pytest

from courtesy.live.elapsed import Elapsed, since_boot

RATE = 48000
BUFFER = 480  # 10 ms
Arrival = tuple[int, float]


def steady(seconds: float, start: float = 0.0, *, ppm: float = 0.0) -> Iterator[Arrival]:
    """Buffers in step with a clock that is wrong by so much; none comes early."""
    for i in range(1, round(seconds * RATE / BUFFER) + 1):
        yield BUFFER, start + i * BUFFER / RATE * (1 + ppm / 1e6)


def late(arrivals: Iterable[Arrival], until: float) -> Iterator[Arrival]:
    """All that would have come before `until` comes then, at once."""
    return ((n, max(at, until)) for n, at in arrivals)


def jittery(arrivals: Iterable[Arrival], most: float) -> Iterator[Arrival]:
    chance = random.Random(1)
    now = 0.0
    for n, at in arrivals:
        now = max(now, at + chance.expovariate(8 / most) % most)
        yield n, now


def lost(arrivals: Iterable[Arrival], *, flagged: bool = False) -> list[tuple[float, float]]:
    """Return each loss, and at which second of the sound that came it is."""
    elapsed, frames, found = Elapsed(RATE), 0, []
    for n, at in arrivals:
        frames += n
        seconds = elapsed.take(n, at, flagged=flagged)
        if seconds:
            found.append((seconds, (frames - elapsed.undecided) / RATE))
    return found


def test_sound_in_step_is_whole() -> None:
    assert not lost(jittery(steady(60), 0.3))


@pytest.mark.parametrize("ppm", [-600, -100, 100, 600])
def test_a_day_of_drift_is_no_loss(ppm: float) -> None:
    day = ((100 * n, at * 100) for n, at in steady(864, ppm=ppm))
    assert not lost(day)


def test_what_comes_late_at_once_is_no_loss() -> None:
    sound = list(steady(20))
    assert not lost([*sound[:500], *late(sound[500:], 12.0)])


def test_what_is_caught_up_slowly_is_no_loss() -> None:
    before, after = list(steady(5)), range(1, 2000)
    # Eight seconds late, then delivered five times as fast.
    slow = [(BUFFER, max(5 + i * 0.01, 13 + i * 0.002)) for i in after]
    assert not lost([*before, *slow])


def test_a_sleep_is_told_with_its_length_and_its_place() -> None:
    (found,) = lost([*steady(5), *steady(5, start=3605.0)])
    assert found == pytest.approx((3600.0, 5.0), abs=0.05)


def test_a_buffer_that_ran_full_is_told_after_what_it_held() -> None:
    # Stopped at 5 for 10 seconds, of which the first four were kept.
    kept = late(steady(4, start=5.0), 15.0)
    (found,) = lost([*steady(5), *kept, *steady(5, start=15.0)])
    assert found == pytest.approx((6.0, 9.0), abs=0.05)


def test_a_loss_is_told_within_two_seconds() -> None:
    elapsed = Elapsed(RATE)
    arrivals = itertools.chain(steady(5), steady(5, start=5.5))
    told = next(at for n, at in arrivals if elapsed.take(n, at))
    assert told - 5.5 < 1.5


def test_a_drop_every_second_adds_up_until_it_is_told() -> None:
    dropping = itertools.chain.from_iterable(steady(0.98, start=float(s)) for s in range(60))
    found = lost(dropping)
    assert sum(seconds for seconds, _ in found) == pytest.approx(60 * 0.02, abs=0.3)


def test_what_the_system_says_is_lost_is_told_though_it_is_little() -> None:
    little = [*steady(3), *steady(3, start=3.08)]
    assert not lost(little)
    assert [seconds for seconds, _ in lost(little, flagged=True)] == pytest.approx([0.08], abs=0.02)


def test_the_clock_goes_forward() -> None:
    assert since_boot() <= since_boot()
