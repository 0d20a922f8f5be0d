"""What comes in, checked: at the start, before anybody relies on it, and through the day.

A microphone that is muted, or of which only a rustle comes through, would otherwise look like a
quiet morning.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from courtesy.errors import InputError
from courtesy.live.level import UNHEARD, Complaint, Measure, Sound
from courtesy.live.source import Break, Gap, InputLevel, Item, Source, Trouble
from courtesy.messages import Text
from courtesy.speech.decode import Samples

FIRST: Final = 2.0  # seconds that are measured before anything is let through
PATIENCE: Final = 10.0  # seconds that nothing at all may come before it is refused
STRETCH: Final = 30.0  # seconds that are measured at a time from then on
# A conference microphone lets nothing through while nobody speaks, nor does a telephone; such a one
# may be dead for so many stretches.
_GATED: Final = 10
_NOTHING: Final = ("dead", "one dead")
_OFTEN: Final = 3  # times a stretch that it comes back to life: nobody mutes one so often
# With 28 % of its samples clipped a recording was misheard half as often again: `FairnessOptions`.
_CLIPPED: Final = 0.25


class Checked:
    """A source whose sound is measured on its way; nothing of it is lost or changed."""

    def __init__(self, source: Source, refuse: bool) -> None:
        """Take the source.

        Args:
            source: of the sound.
            refuse: whether an input that is dead or clipped is refused at the start; else it is
                only told, as of a recording, which cannot be mended.
        """
        self._source = source
        self._refuse = refuse
        self.name = source.name
        self.channels = source.channels
        self.waits = source.waits

    @property
    def whole(self) -> bool:
        """Whether the source has come to its own end."""
        return self._source.whole

    @property
    def paused(self) -> bool:
        """Whether there is a break."""
        return self._source.paused

    def pause(self) -> None:
        """Have a break."""
        self._source.pause()

    def resume(self) -> None:
        """Go on."""
        self._source.resume()

    def close(self) -> None:
        """Let go of the source."""
        self._source.close()

    def blocks(self) -> Iterator[Item]:
        """Yield what the source gives, and what it sounds like.

        Raises:
            CourtesyError: the source cannot go on.
            InputError: the input is dead or clipped, and such a one is refused.
        """
        items = self._source.blocks()
        watch = _Watch(self._refuse)
        yield from self._begin(items, watch)
        for item in items:
            yield item
            if isinstance(item, np.ndarray):
                yield from watch.take(item)
            elif isinstance(item, Gap | Break):
                watch.forget()

    def _begin(self, items: Iterator[Item], watch: "_Watch") -> Iterator[Item]:
        """Hold the first sound back until it is measured."""
        held: list[Samples | Gap] = []
        measure = Measure()
        asked = False
        for item in items:
            if isinstance(item, InputLevel):
                yield item
            elif isinstance(item, Trouble | Break):  # what came before is all for a while
                yield from held
                yield item
                held, measure = [], Measure()
            else:
                held.append(item)
            if not isinstance(item, np.ndarray):
                continue
            measure.add(item)
            if measure.seconds >= FIRST and not self._waits_for(measure):
                break
            if measure.seconds >= FIRST and not asked:
                asked = watch.gated = True
                yield Trouble(_say_something(self.name))
        if measure.seconds:
            found = measure.sound()
            if measure.seconds >= FIRST:
                self._refuse_if_wrong(found, items)
            yield watch.first(found, asked)
        yield from held

    def _waits_for(self, measure: Measure) -> bool:
        """Tell whether somebody might yet speak."""
        return self._refuse and measure.dead and measure.seconds < PATIENCE

    def _refuse_if_wrong(self, found: Sound, items: Iterator[Item]) -> None:
        wrong = refusal(found, self.name) if self._refuse else None
        if wrong:
            self._source.close()
            for _ in items:  # which lets go of the device
                pass
            raise wrong


class _Watch:
    """Tells when the input goes wrong, and when it is well again.

    Attributes:
        gated: whether the microphone is known to be dead while nobody speaks.
    """

    def __init__(self, microphone: bool) -> None:
        self.gated = not microphone  # in a recording silence is often empty
        self._each = microphone
        self._standing: Complaint | None = None
        self._measure = Measure()
        self._dead = 0  # stretches, one after the other

    def first(self, found: Sound, asked: bool) -> InputLevel:
        self._standing = found.complaint(self._each)
        # Who was asked to speak has only begun to.
        if asked and self._standing in {"quiet", "noisy"}:
            self._standing = None
        return _level(found, self._standing)

    def forget(self) -> None:
        """Measure from here on; what was before is another stretch."""
        self._measure = Measure()

    def take(self, block: Samples) -> Iterator[InputLevel]:
        self._measure.add(block)
        revived = self._standing == "dead" and self._measure.seconds >= FIRST
        if self._measure.seconds < STRETCH and not (revived and not self._measure.dead):
            return
        found, self._measure = self._measure.sound(), Measure()
        self.gated = self.gated or found.revived >= _OFTEN
        now = found.complaint(self._each)
        self._dead = self._dead + 1 if now in _NOTHING else 0
        if now in _NOTHING and self._dead < (_GATED if self.gated else 1):
            return
        # Quiet and noise are told at the start only: later it may be that nobody is there.
        wrong = now != self._standing and (now in _NOTHING or now == "clipped")
        if wrong or (self._standing and found.mended(self._standing, self._each)):
            self._standing = now if wrong else None
            yield _level(found, self._standing)


def _level(found: Sound, complaint: Complaint | None) -> InputLevel:
    return InputLevel(found.level, found.noise, complaint and sentence(complaint, found))


def refusal(found: Sound, name: str) -> InputError | None:
    """Return why an input cannot be relied on; None where it can."""
    if all(found.dead):
        return InputError(
            Text(
                f"{name} 里什么声音都没有：请看它是不是关着（静音）、有没有插好，或者选错了麦克风"
                "（courtesy live --devices 列出所有的）。",
                f"Nothing at all comes from {name}: see whether it is muted or unplugged, or the "
                "wrong one (courtesy live --devices lists them).",
            )
        )
    if found.clipped >= _CLIPPED:
        share = f"{found.clipped:.0%}"
        return InputError(
            Text(
                f"{name} 太响，{share} 削顶失真：请调低麦克风音量（增益），再运行一次。",
                f"{name} is too loud, {share} of its sound is clipped: turn its gain down, then "
                "run it again.",
            )
        )
    return None


def _say_something(name: str) -> Text:
    return Text(
        f"{name} 里还没有声音：请对着它说句话。",
        f"nothing comes from {name} yet: please say something into it.",
    )


def sentence(complaint: Complaint, found: Sound) -> Text:
    """Return what is wrong with an input, and what to do."""
    level, noise, share = f"{found.level:.0f}", f"{found.noise:.0f}", f"{found.clipped:.0%}"
    if complaint == "dead":
        return Text(
            "麦克风里什么声音都没有了：请看它是不是关着（静音），有没有插好。",
            "Nothing at all comes from the microphone: see whether it is muted or unplugged.",
        )
    if complaint == "one dead":
        which = found.dead.index(True)
        zh, en = ("左", "left") if which == 0 else ("右", "right")
        return Text(
            f"{zh}声道什么声音都没有：请看那边的麦克风；只有一个麦克风的，请用 --channels 1。",
            f"Nothing at all comes on the {en} channel: see to the microphone on it; where there "
            "is only one, use --channels 1.",
        )
    if complaint == "clipped":
        return Text(
            f"声音太大，{share} 削顶失真，容易听错：请调低麦克风音量（增益）。",
            f"The sound is too loud, {share} of it clipped, and will be misheard: turn the "
            "microphone's gain down.",
        )
    if complaint == "quiet":
        return Text(
            f"声音太小（最响 {level} dBFS）：刚才要是有人说话，请调高音量（增益）或把麦克风移近；"
            f"低于 {UNHEARD:.0f} dBFS 的话听不到。",
            f"The sound is faint ({level} dBFS at its loudest): if somebody was talking, turn the "
            f"gain up or move the microphone nearer; below {UNHEARD:.0f} dBFS speech goes "
            "unnoticed.",
        )
    return Text(
        f"噪声大（{noise} dBFS，最响的 {level}）：请把麦克风移近说话的人；说话声只比噪声高 10 分贝"
        "时，每六个字约听错一个，一样响时错一半以上。",
        f"There is much noise ({noise} dBFS, the loudest {level}): move the microphone nearer to "
        "who speaks; with the voice 10 dB over the noise about one character in six is misheard, "
        "with none more than half.",
    )
