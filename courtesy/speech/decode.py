"""Recordings as a stream of blocks: whatever PyAV decodes, at 16 kHz, one or two channels.

A whole file is never held: eight hours of samples would take 1.8 GB.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from courtesy.began import by_metadata
from courtesy.errors import DamagedRecording, InputError, NotARecording, unreadable
from courtesy.messages import Text
from courtesy.records import Seconds

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer

RATE = 16_000
# Samples a block; a multiple of the voice-activity frame, long enough to be worth a call.
BLOCK = 512 * 625  # 20 s
# A file that ends this much before its own header says has been cut off.
MISSING_SECONDS = 1.0
MISSING_SHARE = 0.02
# More unreadable packets than this share and the recording is not what was said.
BAD_PACKETS = 0.01

_READ = 1 << 20
# Decoders need some sound before they are exact: 80 ms for Opus, a frame or two for the others.
_RUN_UP = 1.0
# A playlist that is named like a recording must not make FFmpeg fetch what it lists.
_ONLY_FILES = {"protocol_whitelist": "file"}

# Ogg: pages of at most this many bytes, and the flag of the last one.
_LARGEST_PAGE = 65_307
_LAST_PAGE = 0x04

# FLAC: where the number of samples stands, behind 28 bits of other things.
_FLAC_LENGTH = slice(18, 26)
_FLAC_SAMPLES = (1 << 36) - 1

Samples = NDArray[np.float32]


@dataclass(slots=True)
class Decoding:
    """A recording being read.

    Attributes:
        path: the file.
        channels: 1 or 2; a recording with more is mixed down to two.
        declared: seconds by the file's own header; None where it says nothing.
        whole: whether the file ends as its format says.
        began: local time, as the recorder wrote it into the file; None where it did not.
        seconds: seconds read so far.
        bad_packets: packets that could not be decoded so far.
    """

    path: Path
    channels: int
    declared: Seconds | None
    whole: bool
    began: datetime | None = None
    seconds: Seconds = 0.0
    bad_packets: int = 0
    _container: "InputContainer" = field(repr=False, default=None)  # type: ignore[assignment]

    def blocks(self) -> Iterator[Samples]:
        """Yield the sound in order.

        Yields:
            arrays of shape (channels, n), -1 to 1, n at most `BLOCK`, only the last one shorter.

        Raises:
            DamagedRecording: the sound breaks off before the length the file claims, or too much
                of it cannot be decoded.
            Unreachable: the disk or the network storage fails on the way.
        """
        waiting: list[Samples] = []
        held = 0
        for piece in self._pieces():
            waiting.append(piece)
            held += piece.shape[1]
            while held >= BLOCK:
                joined = np.concatenate(waiting, axis=1)
                yield joined[:, :BLOCK]
                waiting, held = [joined[:, BLOCK:]], held - BLOCK
        if held:
            yield np.concatenate(waiting, axis=1)
        self._check_whole()

    def between(self, start: Seconds, end: Seconds) -> Iterator[Samples]:
        """Yield the sound of a stretch, without reading all that comes before it.

        Args:
            start: seconds from the beginning, 0 or more.
            end: seconds.

        Raises:
            DamagedRecording: it cannot be decoded there.
            Unreachable: the disk or the network storage fails on the way.
        """
        import av

        stream = self._container.streams.audio[0]
        resampler, at = self._resampler(), None
        with self._container:
            try:
                if start > _RUN_UP and stream.time_base:
                    ticks = int((start - _RUN_UP) / stream.time_base) + (stream.start_time or 0)
                    self._container.seek(ticks, stream=stream)
                for packet in self._container.demux(stream):
                    for frame in self._decoded(packet):
                        if at is None:
                            at = round(_time_of(frame, stream) * RATE)
                        for piece in self._resampled(resampler.resample(frame)):
                            first = max(0, round(start * RATE) - at)
                            last = max(0, round(end * RATE) - at)
                            if last > first and first < piece.shape[1]:
                                yield piece[:, first:last]
                            at += piece.shape[1]
                        if at >= end * RATE:
                            return
            except (av.error.FFmpegError, OSError) as error:
                raise _unless_unreadable(self.path, self._damaged()) from error

    def _pieces(self) -> Iterator[Samples]:
        import av

        packets = 0
        resampler = self._resampler()
        with self._container:
            try:
                for packet in self._container.demux(self._container.streams.audio[0]):
                    packets += 1
                    for frame in self._decoded(packet):
                        try:
                            pieces = resampler.resample(frame)
                        except ValueError:
                            # Joined recordings change their rate or layout on the way.
                            yield from self._resampled(resampler.resample(None))
                            resampler = self._resampler()
                            pieces = resampler.resample(frame)
                        yield from self._resampled(pieces)
            except (av.error.FFmpegError, OSError) as error:
                raise _unless_unreadable(self.path, self._damaged()) from error
            yield from self._resampled(resampler.resample(None))
        if self.bad_packets > max(1, BAD_PACKETS * packets):
            raise self._damaged()

    def _resampler(self) -> "av.AudioResampler":  # type: ignore[name-defined]  # noqa: F821
        import av

        layout = "stereo" if self.channels == 2 else "mono"
        return av.AudioResampler(format="fltp", layout=layout, rate=RATE)

    def _decoded(self, packet: "av.Packet") -> "list[av.AudioFrame]":  # type: ignore[name-defined]  # noqa: F821
        import av

        try:
            return list(packet.decode())
        except av.error.FFmpegError:
            self.bad_packets += 1
            return []

    def _damaged(self) -> DamagedRecording:
        return DamagedRecording(
            Text(
                f"录音 {self.path} 已损坏，读到 {self.seconds:.0f} 秒处无法继续解码"
                f"（坏了 {self.bad_packets} 处）。请从录音设备重新拷贝。",
                f"The recording {self.path} is damaged: it cannot be decoded properly after "
                f"{self.seconds:.0f} s ({self.bad_packets} bad packets). "
                "Copy it again from the recorder.",
            )
        )

    def _resampled(self, frames: "list[av.AudioFrame]") -> Iterator[Samples]:  # type: ignore[name-defined]  # noqa: F821
        for frame in frames:
            samples: Samples = frame.to_ndarray().reshape(self.channels, -1)
            self.seconds += samples.shape[1] / RATE
            # FFmpeg's Opus decoder may burst to hundreds of times full scale over a few samples.
            yield np.clip(samples, -1.0, 1.0)

    def _check_whole(self) -> None:
        if self.seconds == 0:
            raise DamagedRecording(
                Text(
                    f"录音 {self.path} 里没有声音数据，可能没有录完。请检查录音设备。",
                    f"The recording {self.path} holds no sound; it was perhaps never finished. "
                    "Check the recorder.",
                )
            )
        if self.declared is None:
            return
        missing = self.declared - self.seconds
        if missing > max(MISSING_SECONDS, MISSING_SHARE * self.declared):
            raise DamagedRecording(
                Text(
                    f"录音 {self.path} 不完整：应有 {self.declared:.0f} 秒，"
                    f"只读到 {self.seconds:.0f} 秒。请重新拷贝完整的文件。",
                    f"The recording {self.path} is cut off: it claims {self.declared:.0f} s and "
                    f"holds {self.seconds:.0f} s. Copy the whole file again.",
                )
            )


def open_recording(path: Path) -> Decoding:
    """Open a recording of any kind.

    Raises:
        NotReadable: it is missing or may not be read.
        DamagedRecording: it is empty.
        NotARecording: no decoder knows it, or it has no audio track.
    """
    import av

    try:
        size = path.stat().st_size
        container = (
            av.open(str(path.absolute()), options=_ONLY_FILES, metadata_errors="replace")
            if size
            else None
        )
    except av.error.FFmpegError as error:
        if isinstance(error, PermissionError | FileNotFoundError):
            raise unreadable(path, error) from error
        raise _unless_unreadable(path, _no_recording(path)) from error
    except OSError as error:
        raise unreadable(path, error) from error
    if container is None:
        raise DamagedRecording(
            Text(
                f"{path} 是空文件（0 字节）。请重新拷贝。",
                f"{path} is empty (0 bytes). Copy it again.",
            )
        )
    if not container.streams.audio:
        container.close()
        raise NotARecording(
            Text(
                f"{path} 里没有音轨。请选择带声音的文件。",
                f"{path} has no audio track. Choose a file with sound.",
            )
        )
    stream = container.streams.audio[0]
    try:
        if stream.codec_context is None:  # a track of a kind that no decoder here knows
            container.close()
            raise _no_recording(path)
        return Decoding(
            path=path,
            channels=1 if stream.codec_context.channels == 1 else 2,
            declared=_declared(path, container, stream),
            whole=_has_end(path),
            began=by_metadata(container.metadata, stream.metadata),
            _container=container,
        )
    except OSError as error:
        container.close()
        raise unreadable(path, error) from error


def _time_of(frame: "av.AudioFrame", stream: "AudioStream") -> Seconds:  # type: ignore[name-defined]  # noqa: F821
    """Return when a frame begins, from the start of the recording."""
    if frame.pts is None or stream.time_base is None:
        return 0.0
    return float((frame.pts - (stream.start_time or 0)) * stream.time_base)


def _unless_unreadable(path: Path, fault: InputError) -> InputError:
    """Return what is wrong with a file, or that storage fails, which decoders take for the file."""
    try:
        with path.open("rb") as file:
            while file.read(_READ):
                pass
    except OSError as error:
        return unreadable(path, error)
    return fault


def _no_recording(path: Path) -> NotARecording:
    return NotARecording(
        Text(
            f"{path} 不是能识别的录音，或文件不完整。请确认它能在播放器里打开。",
            f"{path} is not a recording that can be decoded, or it is incomplete. "
            "See whether a player opens it.",
        )
    )


def _declared(path: Path, container: "InputContainer", stream: "AudioStream") -> Seconds | None:
    """Return the length the file claims for its sound; None where it claims nothing."""
    if path.suffix.lower() in {".wav", ".wave"}:
        # FFmpeg goes by the size of a WAV file, which is just what a broken-off one has wrong.
        claimed = _claimed_by_riff(path)
        if claimed is not None:
            return claimed
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    if container.duration is not None and len(container.streams) == 1:
        return container.duration / 1_000_000
    return None


def _claimed_by_riff(path: Path) -> Seconds | None:
    """Return the length by the header of a WAV file; None where it is left open or unusual."""
    with path.open("rb") as file:
        riff, _, wave = struct.unpack("<4sI4s", file.read(12).ljust(12, b"\0"))
        if (riff, wave) != (b"RIFF", b"WAVE"):
            return None
        bytes_a_second = 0
        while len(head := file.read(8)) == 8:
            name, size = struct.unpack("<4sI", head)
            if name == b"data":
                # Recorders that never came back to fill the size in leave one of these.
                open_end = size in {0, 0xFFFFFFFF} or not bytes_a_second
                return None if open_end else size / bytes_a_second
            if name == b"fmt ":
                bytes_a_second = struct.unpack_from("<I", file.read(size).ljust(12, b"\0"), 8)[0]
                size = 0
            file.seek(size + size % 2, 1)
    return None


def _has_end(path: Path) -> bool:
    """Tell whether the file ends as its format says; True for formats that say nothing.

    The last page of an Ogg stream is marked as the last; FLAC's header has its length, which is
    filled in when it is finished.
    """
    if path.suffix.lower() == ".flac":
        with path.open("rb") as file:
            head = file.read(_FLAC_LENGTH.stop)
        length = int.from_bytes(head[_FLAC_LENGTH]) & _FLAC_SAMPLES
        return not head.startswith(b"fLaC") or length > 0
    if path.suffix.lower() not in {".ogg", ".oga", ".opus"}:
        return True
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _LARGEST_PAGE))
        tail = file.read()
    last = tail.rfind(b"OggS")
    return last < 0 or last + 5 >= len(tail) or bool(tail[last + 5] & _LAST_PAGE)
