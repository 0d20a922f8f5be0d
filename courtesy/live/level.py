"""How strong the sound of an input is, in frames of 16 ms, and what is wrong with that."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from courtesy.records import Seconds
from courtesy.speech.decode import RATE, Samples

Complaint = Literal["dead", "one dead", "clipped", "quiet", "noisy"]

_FRAME: Final = 256  # samples; six are a block
# A live microphone's own noise is stronger; 16 bits end at -90 dBFS.
_DEAD: Final = -80.0
_FLOOR: Final = 1e-10
# As in courtesy/speech/sound.py, where speech is measured.
_LOUD: Final = 0.95
_GATE: Final = 25.0
_QUIET: Final = 0.1
_UNDER_MEAN: Final = 1.4
# At full scale; bringing clipped sound to 16 kHz makes its flat tops uneven.
_FULL: Final = 0.95
_CLIPS: Final = 0.05  # a voice that is not clipped has less than a hundredth there
# These are measured, see `FairnessOptions`.
UNHEARD: Final = -60.0  # dBFS, below which speech is no longer noticed
_CLEAR: Final = 10.0  # dB of the voice over the noise
_NOISE: Final = -45.0  # dBFS, under which noise does no harm

_Figures = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sound:
    """What a stretch sounds like.

    Attributes:
        level: of the loudest, dBFS.
        noise: of the quietest, dBFS.
        clipped: share of the loud samples at full scale, 0 to 1.
        dead: which channels gave nothing.
        revived: how often a channel came back to life.
    """

    level: float
    noise: float
    clipped: float
    dead: tuple[bool, ...]
    revived: int

    def complaint(self, each: bool) -> Complaint | None:
        """Return what is wrong; None where nothing is.

        Args:
            each: whether every channel must give something.
        """
        if all(self.dead):
            return "dead"
        if self.clipped >= _CLIPS:
            return "clipped"
        if each and any(self.dead):
            return "one dead"
        if self.level < UNHEARD:
            return "quiet"
        return "noisy" if self.noise > _NOISE and self.level - self.noise < _CLEAR else None

    def mended(self, complaint: Complaint, each: bool) -> bool:
        """Tell whether that no longer holds; clipping does not show while nobody speaks."""
        if complaint == "clipped":
            return self.clipped < _CLIPS and self.level - self.noise >= _CLEAR
        return self.complaint(each) != complaint


class Measure:
    """Adds up frames; seconds of sound are a few figures each."""

    def __init__(self) -> None:
        self._powers: list[_Figures] = []  # of the frames, for each channel
        self._moved: list[_Figures] = []  # their power without what does not move
        self._full: list[_Figures] = []  # share of the samples at full scale
        self._samples = 0

    @property
    def seconds(self) -> Seconds:
        """How much was added."""
        return self._samples / RATE

    @property
    def dead(self) -> bool:
        """Whether nothing came at all so far."""
        limit = 10 ** (_DEAD / 10)
        return all((moved < limit).all() for moved in self._moved)

    def add(self, block: Samples) -> None:
        """Measure a block of shape (channels, n), 16 kHz."""
        self._samples += block.shape[1]
        count = block.shape[1] // _FRAME * _FRAME
        if not count:
            return
        frames = block[:, :count].reshape(block.shape[0], -1, _FRAME)
        powers = np.square(frames, dtype=np.float64).mean(axis=2)
        self._powers.append(powers)
        # A constant is no sound.
        self._moved.append(powers - np.square(frames.mean(axis=2, dtype=np.float64)))
        self._full.append((np.abs(frames) >= _FULL).mean(axis=2))

    def sound(self) -> Sound:
        """Return what it sounds like."""
        if not self._powers:
            return Sound(_decibels(0.0), _decibels(0.0), 0.0, (False,), 0)
        powers, moved, full = (
            np.concatenate(each, axis=1) for each in (self._powers, self._moved, self._full)
        )
        alive = moved >= 10 ** (_DEAD / 10)
        # Where there is sound at all: a microphone may let none through while nobody speaks.
        spoken = [p >= _loud(p[a] if a.any() else p) for p, a in zip(powers, alive, strict=True)]
        clipped = [float(f[s].mean()) for f, s in zip(full, spoken, strict=True)]
        # The louder channel: the other's microphone may be a spare one.
        one = int(powers.mean(axis=1).argmax())
        return Sound(
            level=_decibels(float(powers[one][spoken[one]].mean())),
            noise=_decibels(float(np.quantile(powers[one], _QUIET)) * _UNDER_MEAN),
            clipped=max(clipped),
            dead=tuple(not row.any() for row in alive),
            revived=int((np.diff(alive.astype(np.int8)) > 0).sum(axis=1).max()),
        )


def _loud(powers: _Figures) -> float:
    loud: float = np.quantile(powers, _LOUD) * 10 ** (-_GATE / 10)
    return loud


def _decibels(power: float) -> float:
    return round(float(10 * np.log10(max(power, _FLOOR))), 1)
