"""Under which conditions dialogues are evaluated, and how that is written on the command line.

    text                   the gold words themselves, roles known
    clean                  the recording as it is
    10db+babble+phone      parts joined by "+": noise at a level, a kind of noise, a telephone's
                           band, reverberation, mono for both channels in one

Noise is pink where no kind is named; reverberation lasts half a second where no time is.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal, get_args

from courtesy.errors import UsageError
from courtesy.messages import Text
from courtesy.records import Seconds

Noise = Literal["pink", "white", "babble", "hall"]

_LEVEL: Final = re.compile(r"(-?\d+(?:\.\d+)?)db")
_REVERB: Final = re.compile(r"reverb(\d+(?:\.\d+)?)?")
_USUAL_REVERB: Final = 0.5
_LEVELS: Final = (-20.0, 60.0)
_REVERBS: Final = (0.1, 3.0)


@dataclass(frozen=True, slots=True)
class Condition:
    """What is done to a recording before it is heard.

    Attributes:
        name: as written, in one fixed order and without what goes without saying.
        by_ear: whether sound is heard; False for the gold words themselves.
        level: the speech over the noise, in dB; None without noise.
        noise: its kind.
        phone: whether only a telephone's band is left.
        reverb: seconds until an echo has lost 60 dB; None without.
        mono: whether all channels are mixed into one.
    """

    name: str
    by_ear: bool = True
    level: float | None = None
    noise: Noise = "pink"
    phone: bool = False
    reverb: Seconds | None = None
    mono: bool = False

    @property
    def degraded(self) -> bool:
        """Whether anything is done to the sound."""
        return self.level is not None or self.phone or self.reverb is not None or self.mono

    def describe(self) -> Text:
        """Say what the name means."""
        if not self.by_ear:
            return Text("标准文字，已知谁在说", "the gold words themselves, roles known")
        parts = []
        if self.reverb is not None:
            parts.append(
                Text(f"混响 {self.reverb:g} 秒", f"reverberation of {self.reverb:g} s (RT60)")
            )
        if self.level is not None:
            noise = _NOISES[self.noise]
            parts.append(
                Text(
                    f"{noise.zh}，语音高出 {self.level:g} dB",
                    f"{noise.en}, speech {self.level:g} dB above it",
                )
            )
        if self.phone:
            parts.append(Text("电话频带 300–3400 Hz", "telephone band 300–3400 Hz"))
        if self.mono:
            parts.append(Text("混成单声道", "mixed into one channel"))
        if not parts:
            return Text("录音原样", "the recording as it is")
        return Text("；".join(p.zh for p in parts), "; ".join(p.en for p in parts))


TEXT: Final = Condition("text", by_ear=False)
CLEAN: Final = Condition("clean")

_NOISES: Final[dict[Noise, Text]] = {
    "pink": Text("粉红噪声", "pink noise"),
    "white": Text("白噪声", "white noise"),
    "babble": Text("人声嘈杂", "babble of other recordings"),
    "hall": Text("大厅（粉红噪声加人声）", "hall (pink noise and babble)"),
}


def parse_condition(text: str) -> Condition:
    """Read a condition.

    Raises:
        UsageError: a part is unknown, stands twice, or does not go with another.

    >>> parse_condition("phone+babble+0dB").name
    '0db+babble+phone'
    """
    words = text.strip().lower().split("+")
    if words in (["text"], ["clean"]):
        return TEXT if words == ["text"] else CLEAN
    found: dict[str, str] = {}
    for word in words:
        kind = _kind(word)
        if kind is None:
            raise _wrong(text, Text(f"不认识“{word}”", f"“{word}” is not known"))
        if kind in found:
            raise _wrong(text, Text(f"“{word}”重复", f"“{word}” says the same thing again"))
        found[kind] = word
    if "noise" in found and "level" not in found:
        word = found["noise"]
        raise _wrong(
            text,
            Text(f"“{word}”要写明音量，如 10db+{word}", f"“{word}” needs a level: 10db+{word}"),
        )
    level = _number(text, _LEVEL, found.get("level"), _LEVELS)
    reverb = _number(text, _REVERB, found.get("reverb"), _REVERBS)
    noise: Noise = next((n for n in get_args(Noise) if n == found.get("noise")), "pink")
    name = "+".join(
        part
        for part, there in (
            (f"{level:g}db" if level is not None else "", level is not None),
            (noise, level is not None and noise != "pink"),
            ("phone", "phone" in found),
            ("reverb" if reverb == _USUAL_REVERB else f"reverb{reverb}", reverb is not None),
            ("mono", "mono" in found),
        )
        if there
    )
    return Condition(name, True, level, noise, "phone" in found, reverb, "mono" in found)


def parse_conditions(texts: list[str]) -> tuple[Condition, ...]:
    """Read several conditions, each once, in the order given.

    Raises:
        UsageError: as `parse_condition`.
    """
    return tuple({c.name: c for c in map(parse_condition, texts)}.values())


def _kind(word: str) -> str | None:
    if _LEVEL.fullmatch(word):
        return "level"
    if word in get_args(Noise):
        return "noise"
    if _REVERB.fullmatch(word):
        return "reverb"
    return word if word in {"phone", "mono"} else None


def _number(
    text: str, pattern: re.Pattern[str], word: str | None, limits: tuple[float, float]
) -> float | None:
    if word is None:
        return None
    hit = pattern.fullmatch(word)
    value = float(hit[1]) if hit and hit[1] else _USUAL_REVERB
    low, high = limits
    if not low <= value <= high:
        raise _wrong(
            text,
            Text(
                f"“{word}”应在 {low:g} 到 {high:g} 之间",
                f"“{word}” must be from {low:g} to {high:g}",
            ),
        )
    return value + 0.0  # -0.0 would be another name for the same level


def _wrong(text: str, why: Text) -> UsageError:
    return UsageError(
        Text(
            f"--at {text}：{why.zh}。可写 text、clean，或用 + 连接 10db、"
            "pink、white、babble、hall、phone、reverb、mono。",
            f"--at {text}: {why.en}. Write text, clean, or 10db, pink, white, babble, hall, "
            "phone, reverb, mono joined by +.",
        )
    )
