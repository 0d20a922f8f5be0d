"""Voice activity on a stream: where somebody speaks, on each channel, from pause to pause.

The detector is Silero's, as faster-whisper ships it. It is fed the running sound with its state
kept, since it is less sure on fragments.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from courtesy.config import SpeechOptions
from courtesy.errors import SpeechError
from courtesy.messages import Text
from courtesy.records import Seconds
from courtesy.speech.decode import RATE, Samples
from courtesy.speech.onnx import open_session

FRAME = 512  # samples the detector judges at once: 32 ms
_CONTEXT = 64  # samples of the frame before that it also sees
_STATE = (1, 1, 128)
# Speech goes on until the probability falls this far below the threshold that began it.
_HYSTERESIS = 0.15
# Two channels that differ by less than this share of their energy are one microphone.
_SAME_SOUND = 1e-3
_QUIET = 1e-9
_RING = 10  # frames: 0.3 s
_SPOKE = 0.5
# Frames after which speech that goes on is given out, and what is then given out again.
_FIRST_LOOK = 37  # 1.2 s
_NEXT_LOOK = 25  # 0.8 s
# How much louder a channel is, in dB, while its own speaker speaks: what is assumed at first, and
# how fast what is heard replaces it (a share a frame: about 3 s of speech).
_LOUDER = 20.0
_LEARN = 0.01
_UNEVEN = 15.0  # dB between two microphones that can be made up for
_EVEN = 6.0  # dB that may as well be chance, and do no harm


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """One stretch of speech.

    Attributes:
        start: seconds, padding included.
        end: seconds, padding included.
        channel: 0 left, 1 right; None where there is only one.
        samples: shape (n,), 16 kHz.
        recording: which of the recordings that are heard together it is of, in order.
        final: whether its speaker has paused for good; else there may be more to come, and then
            another comes in its place.
        paused: whether its speaker has paused at all; else it breaks off in the middle of a word.
    """

    start: Seconds
    end: Seconds
    channel: int | None
    samples: Samples
    recording: int = 0
    final: bool = True
    paused: bool = True


class VoiceActivity:
    """The detector on one channel; keeps its state from block to block."""

    def __init__(self) -> None:
        self._session = _session()
        self._h = np.zeros(_STATE, np.float32)
        self._c = np.zeros(_STATE, np.float32)
        self._tail = np.zeros(_CONTEXT, np.float32)

    def probabilities(self, samples: Samples) -> NDArray[np.float32]:
        """Return the probability of speech for each frame of 512 samples.

        Args:
            samples: shape (512 k,), the sound that follows the last call's.

        Returns:
            shape (k,), 0 to 1.
        """
        frames = samples.reshape(-1, FRAME)
        before = np.concatenate([self._tail[None], frames[:-1, -_CONTEXT:]])
        self._tail = frames[-1, -_CONTEXT:].copy()
        out, self._h, self._c = self._session.run(
            None, {"input": np.concatenate([before, frames], 1), "h": self._h, "c": self._c}
        )
        return np.asarray(out, np.float32).reshape(-1)


Speaking = Callable[[tuple[Seconds | None, ...]], object]


def find_speech(
    blocks: Iterable[Samples],
    options: SpeechOptions,
    *,
    early: bool = False,
    speaking: Speaking | None = None,
) -> Iterator[Speech]:
    """Cut a stream into stretches of speech, in the order in which they end.

    On two channels each stretch belongs to the channel it was spoken into: where the other channel
    is clearly louder, a channel only hears its neighbour. Two channels with the same sound are
    treated as one.

    Args:
        blocks: arrays of shape (channels, n) at 16 kHz, n a multiple of 512 but for the last.
        options: pause, padding, thresholds.
        early: give each stretch out while it goes on, too, not `final`: every 0.8 s in the middle
            of it, and as soon as it would end if its speaker paused for good, with all its samples.
        speaking: told after each block since when somebody speaks on each channel; None where
            nobody does.
    """
    cutters: list[_Cutter] = []
    gate = _BleedGate(options.bleed_db)
    same = False  # whether the present block is
    alike = True  # as long as nothing but the same sound has come on both channels
    for block in blocks:
        if not cutters:
            cutters = [_Cutter(options, early=early) for _ in block]
        short = -block.shape[1] % FRAME
        whole = np.pad(block, ((0, 0), (0, short))) if short else block
        chances = [
            cutter.voice.probabilities(np.ascontiguousarray(channel))
            for cutter, channel in zip(cutters, whole, strict=True)
        ]
        if len(cutters) == 2:
            silent = not whole.any()
            same = not silent and _same_sound(whole)
            alike = alike and (same or silent)
            if same:
                chances[1][:] = 0.0
            else:
                gate.close(chances, whole)
        found: list[Speech] = []
        for number, cutter in enumerate(cutters):
            channel_of = None if alike or same else number
            found += cutter.feed(whole[number], chances[number], channel_of)
        if speaking:
            speaking(tuple(cutter.speaks_since for cutter in cutters))
        yield from sorted(found, key=lambda s: s.end)
    rest = [s for n, c in enumerate(cutters) for s in c.finish(None if alike or same else n)]
    yield from sorted(rest, key=lambda s: s.end)


class _BleedGate:
    """Takes speech out of a channel while the other one, speaking too, is clearly louder."""

    def __init__(self, bleed_db: float) -> None:
        self._bleed_db = bleed_db
        self._spoke = np.zeros((2, _RING), bool)  # of the frames before, by channel
        self._energy = np.full((2, 2), _QUIET)  # of the two frames before, by channel
        self._hold = [0, 0]  # frames for which a channel that heard its neighbour stays shut
        self._louder = [_LOUDER, -_LOUDER]  # the left over the right, while either speaks

    def close(self, chances: list[NDArray[np.float32]], block: Samples) -> None:
        """Set the probability of frames that only hear their neighbour to 0, in place."""
        energy = np.square(block.reshape(2, -1, FRAME)).mean(axis=2) + _QUIET
        # Three frames together, since single frames of two voices cross all the time; the frame
        # and the two before it, so that it does not matter how the sound is cut into blocks.
        known = np.concatenate([self._energy, energy], axis=1)
        self._energy = known[:, -2:]
        smooth = (known[:, :-2] + known[:, 1:-1] + known[:, 2:]) / 3
        level = 10 * np.log10(smooth)
        spoke = np.concatenate([self._spoke, np.stack(chances) >= _SPOKE], axis=1)
        self._spoke = spoke[:, -_RING:]
        # A voice rings on in the other microphone for a moment after its own channel fell silent.
        windows = np.lib.stride_tricks.sliding_window_view(spoke, _RING + 1, axis=1)
        speaking: NDArray[np.bool_] = np.asarray(windows.any(axis=2))
        even = self._even(level[0] - level[1], speaking[0] | speaking[1])
        for own, other, over in (
            (0, 1, level[0] - level[1] - even),
            (1, 0, level[1] - level[0] + even),
        ):
            weaker = over < -self._bleed_db
            own_voice = over > self._bleed_db
            for i in range(len(chances[own])):
                if weaker[i] and speaking[other][i]:
                    self._hold[own] = _RING
                    chances[own][i] = 0.0
                elif self._hold[own]:
                    # The detector, which has just heard the neighbour, calls the hiss after it
                    # speech too.
                    self._hold[own] -= 1
                    if not own_voice[i]:
                        chances[own][i] = 0.0

    def _even(self, over: NDArray[np.float64], speech: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return by how much the left is louder than the right where neither speaker leads.

        Microphones that are set differently hear the same bleed differently, and one that is set
        12 dB higher hears the neighbour nearly as loud as the neighbour's own does. A speaker who
        is merely loud moves nothing: then the bleed is louder too.

        Args:
            over: the left's level over the right's by frame, dB.
            speech: where somebody speaks.

        Returns:
            dB by frame, from what was heard before it.
        """
        out = np.empty(len(over))
        for i in range(len(over)):
            left, right = self._louder
            lead = max(-_UNEVEN, min(_UNEVEN, (left + right) / 2))
            out[i] = lead if abs(lead) >= _EVEN else 0.0
            if speech[i]:
                near = 0 if abs(over[i] - left) < abs(over[i] - right) else 1
                self._louder[near] += _LEARN * (over[i] - self._louder[near])
        return out


def _same_sound(block: Samples) -> bool:
    difference = float(np.square(block[0] - block[1]).sum())
    return difference <= _SAME_SOUND * float(np.square(block).sum())


class _Cutter:
    """Turns the probabilities of one channel into stretches of speech."""

    def __init__(self, options: SpeechOptions, *, early: bool) -> None:
        self.voice = VoiceActivity()
        self._early = early
        self._channel: int | None = None
        self._options = options
        self._pause = round(options.pause_seconds * RATE / FRAME)
        self._pad = round(options.pad_seconds * RATE)
        self._padded = -(-self._pad // FRAME)  # frames in which the padding has come
        self._longest = round((options.max_seconds - 2 * options.pad_seconds) * RATE / FRAME)
        self._shortest = max(1, round(options.min_seconds * RATE / FRAME))
        self._held = np.zeros(0, np.float32)
        self._held_from = 0  # sample index of the first held sample
        self._frame = 0  # index of the next frame
        self._began: int | None = None
        self._last_voice = 0
        self._look = 0  # frame at which speech is given out that goes on
        self._last_end = 0  # sample index up to which speech was given out
        self._chances: list[float] = []  # of the frames since the speech began

    @property
    def speaks_since(self) -> Seconds | None:
        """Since when somebody speaks, seconds; None where nobody does."""
        return None if self._began is None else self._began * FRAME / RATE

    def feed(
        self, samples: Samples, chances: NDArray[np.float32], channel: int | None
    ) -> Iterator[Speech]:
        """Take the next samples and their probabilities; yield what has ended."""
        self._channel = channel
        self._held = np.concatenate([self._held, samples])
        high = self._options.voice_threshold
        low = max(high - _HYSTERESIS, 0.01)
        for chance in chances.tolist():
            if self._began is None:
                if chance >= high:
                    self._began, self._chances = self._frame, []
                    self._last_voice = self._frame
                    self._look = self._frame + _FIRST_LOOK
            elif chance >= low:
                self._last_voice = self._frame
            if self._began is not None:
                self._chances.append(chance)
                if self._frame - self._last_voice >= self._pause:
                    yield from self._give(self._last_voice + 1)
                elif len(self._chances) >= self._longest:
                    yield from self._split()
                elif self._early and self._frame - self._last_voice == self._padded:
                    yield from self._so_far()
                elif self._early and self._frame == self._last_voice >= self._look:
                    self._look = self._frame + _NEXT_LOOK
                    yield self._unfinished(self._began)
            self._frame += 1
        self._forget()

    def finish(self, channel: int | None) -> Iterator[Speech]:
        """Yield the speech that was still going on when the sound ended."""
        self._channel = channel
        if self._began is not None:
            yield from self._give(self._last_voice + 1)

    def _split(self) -> Iterator[Speech]:
        """Cut an overlong speech at its least voiced frame in the second half."""
        assert self._began is not None
        half = len(self._chances) // 2
        at = half + int(np.argmin(self._chances[half:]))
        rest, began = self._chances[at:], self._began + at
        yield from self._give(began)
        self._began, self._chances = began, rest

    def _give(self, end_frame: int) -> Iterator[Speech]:
        began, self._began = self._began, None
        if began is None or end_frame - began < self._shortest:
            return
        start, end = self._padded_from(began, end_frame)
        self._last_end = end
        yield self._cut(start, end)

    def _so_far(self) -> Iterator[Speech]:
        """Yield the speech as it would be if nothing followed."""
        if self._began is not None and self._last_voice + 1 - self._began >= self._shortest:
            start, end = self._padded_from(self._began, self._last_voice + 1)
            yield replace(self._cut(start, end), final=False)

    def _unfinished(self, began: int) -> Speech:
        start, _ = self._padded_from(began, self._frame)
        return replace(self._cut(start, (self._frame + 1) * FRAME), final=False, paused=False)

    def _padded_from(self, began: int, end_frame: int) -> tuple[int, int]:
        start = max(began * FRAME - self._pad, self._last_end, self._held_from)
        return start, min(end_frame * FRAME + self._pad, self._held_from + len(self._held))

    def _cut(self, start: int, end: int) -> Speech:
        piece = self._held[start - self._held_from : end - self._held_from].copy()
        return Speech(start / RATE, end / RATE, self._channel, piece)

    def _forget(self) -> None:
        """Drop samples that no later speech can need."""
        needed = self._frame if self._began is None else self._began
        keep_from = max(self._held_from, needed * FRAME - self._pad)
        self._held = self._held[keep_from - self._held_from :]
        self._held_from = keep_from


def _session() -> Any:
    import faster_whisper

    path = Path(faster_whisper.__file__).parent / "assets" / "silero_vad_v6.onnx"
    if not path.is_file():
        raise SpeechError(
            Text(
                f"找不到语音活动检测模型 {path}。请重新安装 faster-whisper 1.2.1 以上版本。",
                f"The voice-activity model {path} is missing. "
                "Install faster-whisper 1.2.1 or later again.",
            )
        )
    return open_session(path)
