"""The inputs of this machine: which there are, which one is meant, and how it is opened."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from courtesy.errors import UsageError
from courtesy.messages import Text

# What most devices can do where one does not take its own default.
_RATES: Final = (16000, 48000, 44100)
# PortAudio's word for a rate that is refused; on Windows it may call the device invalid for it.
_OTHER_RATE: Final = frozenset({-9997, -9996})
_TAKEN: Final = -9985
_HOST: Final = -9999  # the system's own word: MME's "already allocated", WASAPI's "in use"
_HOST_TAKEN: Final = frozenset({4, 0x8889000A, 0x8889000A - 2**32})


@dataclass(frozen=True, slots=True)
class Device:
    """An input that there is.

    Attributes:
        name: with which it is chosen.
        interface: of the system that it is reached by.
        channels: at most.
        rate: samples a second that it is used to.
        usual: whether the system takes it where none is named.
        index: in the list as it is now; another one when the list is made anew.
    """

    name: str
    interface: str
    channels: int
    rate: float
    usual: bool
    index: int


class Refusal(Exception):
    """The device cannot be opened now."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


def devices() -> tuple[Device, ...]:
    """Return the inputs of this machine.

    Raises:
        UsageError: sounddevice or PortAudio is not installed.
    """
    sd = sounddevice()
    usual = sd.default.device[0]
    interfaces = sd.query_hostapis()
    return tuple(
        Device(
            str(one["name"]),
            str(interfaces[one["hostapi"]]["name"]),
            int(one["max_input_channels"]),
            float(one["default_samplerate"]),
            one["index"] == usual,
            int(one["index"]),
        )
        for one in sd.query_devices()
        if one["max_input_channels"] > 0
    )


def find(name: str | None) -> Device:
    """Return a device by a part of its name; the system's where none is asked for.

    Raises:
        UsageError: there is none.
    """
    known = devices()
    if not known:
        raise UsageError(
            Text(
                "这台机器上没有麦克风。请接上麦克风，或用 --source 播放录音。",
                "There is no microphone on this machine. Plug one in, or play a recording with "
                "--source.",
            )
        )
    if name is None:
        return next((one for one in known if one.usual), known[0])
    same = [one for one in known if one.name == name]
    found = same or [one for one in known if name.casefold() in one.name.casefold()]
    if not found:
        raise UsageError(
            Text(
                f"没有叫“{name}”的麦克风。courtesy live --devices 列出所有的。",
                f"There is no microphone called “{name}”. courtesy live --devices lists them.",
            )
        )
    return found[0]


def find_again(name: str | None, before: str) -> Device:
    """Return the device that was in use, from a list made anew.

    Args:
        name: what it was chosen by; None takes the system's, whichever that is now.
        before: its whole name. A plug may number it anew: hw:1,0 becomes hw:2,0.

    Raises:
        Refusal: it is not there.
    """
    sd = sounddevice()
    try:
        # The list of devices is made once; only this makes it again.
        if sd._initialized:
            sd._terminate()
        sd._initialize()
        known = devices()
    except sd.PortAudioError as error:
        raise Refusal(_why(before, error)) from error
    if name is None:
        usual = [one for one in known if one.usual] or list(known)
    else:
        usual = (
            [one for one in known if one.name == before]
            or [one for one in known if _unnumbered(one.name) == _unnumbered(before)]
            or [one for one in known if name.casefold() in one.name.casefold()]
        )
    if not usual:
        raise Refusal(away(before))
    return usual[0]


def open_input(
    device: Device,
    channels: int,
    take: Callable[[Any, int, Any, Any], None],
    ended: Callable[[], None],
) -> tuple[Any, int]:
    """Open a device at a rate that it takes, and return its stream and that rate.

    Args:
        device: from the list as it is now.
        channels: 1 or 2.
        take: gets each buffer.
        ended: called when the stream stops by itself.

    Raises:
        Refusal: it cannot be opened.
    """
    sd = sounddevice()
    rates = list(dict.fromkeys([round(device.rate), *_RATES]))
    for rate in rates:
        stream = None
        try:
            stream = sd.InputStream(
                device=device.index,
                channels=channels,
                samplerate=rate,
                dtype="float32",
                callback=take,
                finished_callback=ended,
            )
            stream.start()
        except sd.PortAudioError as error:
            if stream is not None:
                stream.close(ignore_errors=True)
            if _code(error) in _OTHER_RATE and rate != rates[-1]:
                continue
            raise Refusal(_why(device.name, error)) from error
        break
    return stream, rate


def sounddevice() -> Any:
    """Return the module that reaches the devices.

    Raises:
        UsageError: it, or PortAudio, is not installed.
    """
    try:
        import sounddevice as module
    except (ModuleNotFoundError, OSError) as error:
        raise UsageError(
            Text(
                "听麦克风需要 sounddevice 和 PortAudio：pip install 'courtesy[live]'；"
                "Debian 另装 libportaudio2。",
                "Listening to a microphone needs sounddevice and PortAudio: "
                "pip install 'courtesy[live]'; on Debian libportaudio2 as well.",
            )
        ) from error
    return module


def away(name: str) -> Text:
    """Say that a device gives nothing any more."""
    return Text(
        f"{name} 没有声音送来：请检查麦克风有没有插好；恢复后自动接着听。",
        f"nothing comes from {name}: check that the microphone is plugged in; it is listened to "
        "again as soon as it is back.",
    )


def _why(name: str, error: Exception) -> Text:
    code = _code(error)
    host = error.args[2][1] if code == _HOST and len(error.args) > 2 else None
    if code == _TAKEN or host in _HOST_TAKEN:
        return Text(
            f"{name} 正被别的程序占用：请关掉那个程序；空出来后自动接着听。",
            f"another program is using {name}: close that program; it is listened to as soon as it "
            "is free.",
        )
    if code in _OTHER_RATE:
        return Text(
            f"{name} 不接受任何常用的采样率：请在系统的声音设置里改为 48000 Hz。",
            f"{name} takes none of the usual sample rates: set it to 48000 Hz in the system's "
            "sound settings.",
        )
    said = str(error.args[0] if error.args else error)
    return Text(
        f"{name} 打不开（{said}）：请检查它有没有插好，或拔下重插；好了自动接着听。",
        f"{name} cannot be opened ({said}): check that it is plugged in, or plug it in again; it "
        "is listened to as soon as it can be.",
    )


def _code(error: Exception) -> int | None:
    return error.args[1] if len(error.args) > 1 else None


def _unnumbered(name: str) -> str:
    return re.sub(r"\d+", "", name)
