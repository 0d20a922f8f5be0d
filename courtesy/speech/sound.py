"""How speech sounds, measured on the very stretches that are recognised: nothing is decoded twice.

Every figure is a sum or a mean over stretches, so that hours of them need no memory of their own.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from courtesy.records import SoundQuality
from courtesy.speech.decode import RATE, Samples

_FRAME = RATE // 50  # 20 ms
# Frames this much weaker (in dB) than the loud ones of a stretch are pauses in it.
_GATE = 25.0
_LOUD = 0.95
# The quietest frames of a stretch, with the padding at its ends, hold the noise alone; such a
# quantile of their power lies this far under the mean. In pink noise and in a hall's, at 0 to 20 dB
# under the speech, this comes out within 1 dB.
_QUIET = 0.1
_UNDER_MEAN = 1.4
_FLOOR = 1e-10  # power of -100 dBFS: less than 16 bits can hold
# Clipped waves are flat at the top: far more of their samples than a voice has lie near it. Near
# the top, not at full scale: what was clipped before it was turned down or encoded counts as well.
_TOP = 0.999
_NEAR_TOP = 0.9
# A dropout: unchanged samples, or next to nothing, that begin in the middle of a wave. A voice that
# stops by itself, before a p or t, takes longer than this to die away.
_SHORTEST = RATE // 100
_EDGE = RATE // 250  # 4 ms
_NOTHING = 50.0  # dB under the speech
_MIDST = 12.0  # dB under the speech

_Powers = npt.NDArray[np.float64]


def quality_of(
    samples: Samples, channel: int | None = None, chinese: float | None = None
) -> SoundQuality:
    """Measure one stretch of speech; the figures are rounded, so that they can be kept as text.

    Args:
        samples: shape (n,), 16 kHz, -1 to 1, the padding included.
        channel: as the stretch has it.
        chinese: how likely its language is the one that is listened for, 0 to 1; None if not known.
    """
    powers = _powers(samples)
    spoken = powers >= np.quantile(powers, _LOUD) * 10 ** (-_GATE / 10)
    level = float(powers[spoken].mean())
    return SoundQuality(
        channel=channel,
        seconds=round(len(samples) / RATE, 3),
        level=_decibels(level),
        noise=_decibels(float(np.quantile(powers, _QUIET)) * _UNDER_MEAN),
        clipped=round(_clipped(samples, spoken), 4),
        dropouts=_dropouts(samples, level),
        chinese=None if chinese is None else round(chinese, 4),
    )


def together(qualities: Iterable[SoundQuality]) -> SoundQuality | None:
    """Return many stretches as one; None where there are none.

    Strengths are means of power over the time, counts are added up.
    """
    parts = [q for q in qualities if q.seconds]
    seconds = sum(q.seconds for q in parts)
    if not parts:
        return None

    def mean(values: Iterable[float]) -> float:
        return sum(v * q.seconds for v, q in zip(values, parts, strict=True)) / seconds

    channels = {q.channel for q in parts}
    heard = [q for q in parts if q.chinese is not None]
    return SoundQuality(
        channel=channels.pop() if len(channels) == 1 else None,
        seconds=round(seconds, 3),
        level=_decibels(mean(10 ** (q.level / 10) for q in parts)),
        noise=_decibels(mean(10 ** (q.noise / 10) for q in parts)),
        clipped=mean(q.clipped for q in parts),
        dropouts=sum(q.dropouts for q in parts),
        chinese=mean(q.chinese or 0.0 for q in parts) if len(heard) == len(parts) else None,
    )


def by_channel(qualities: Iterable[SoundQuality]) -> tuple[SoundQuality, ...]:
    """Return one measure a channel, in the order of channels."""
    found: dict[int, list[SoundQuality]] = {}
    for quality in qualities:
        found.setdefault(-1 if quality.channel is None else quality.channel, []).append(quality)
    whole = (together(found[key]) for key in sorted(found))
    return tuple(q for q in whole if q is not None)


def _powers(samples: Samples) -> _Powers:
    """Return the power of each 20 ms; of the whole where it is shorter."""
    count = len(samples) // _FRAME
    frames = samples[: count * _FRAME].reshape(count, _FRAME) if count else samples[None]
    powers: _Powers = np.square(frames, dtype=np.float64).mean(axis=1)
    return powers


def _decibels(power: float) -> float:
    return round(float(10 * np.log10(max(power, _FLOOR))), 1)


def _clipped(samples: Samples, spoken: npt.NDArray[np.bool_]) -> float:
    """Return the share of the spoken samples that lie at the flat top of a wave, 0 to 1."""
    count = len(spoken) * _FRAME
    loud = np.abs(samples[:count].reshape(-1, _FRAME)[spoken] if count <= len(samples) else samples)
    top = np.quantile(loud, _TOP)
    if top**2 <= _FLOOR:
        return 0.0
    return max(0.0, float((loud >= _NEAR_TOP * top).mean()))


def _dropouts(samples: Samples, level: float) -> int:
    """Count the places where the sound breaks off in the middle of a wave.

    Args:
        samples: shape (n,).
        level: power of the speech.
    """
    nothing = np.sqrt(level * 10 ** (-_NOTHING / 10))
    still = (np.abs(samples[1:]) <= nothing) | (samples[1:] == samples[:-1])
    edges = np.flatnonzero(np.diff(still, prepend=False, append=False))
    starts, ends = edges[::2], edges[1::2]
    long = ends - starts >= _SHORTEST
    least = level * 10 ** (-_MIDST / 10)
    count = 0
    # `still[i]` is about sample i + 1; the last moving sample is the one before that.
    for start, end in zip(starts[long] + 1, ends[long] + 1, strict=True):
        sides = samples[max(0, start - _EDGE) : start], samples[end : end + _EDGE]
        count += all(len(s) == _EDGE and np.square(s).mean() >= least for s in sides)
    return count
