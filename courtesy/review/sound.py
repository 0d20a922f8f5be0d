"""The sound around what was said, cut out of a clip or of the recording itself."""

import re
from pathlib import Path
from typing import Any, Final, Protocol

from fastapi import Response

from courtesy.errors import InputError
from courtesy.messages import Text
from courtesy.records import Clip, Seconds
from courtesy.review.refusals import Silent
from courtesy.speech.excerpt import excerpt

_LONGEST: Final = 120.0  # seconds that are played at once
_RANGE: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})\Z")


class Audible(Protocol):
    """What can be listened to."""

    @property
    def path(self) -> str:
        """Where the recording is."""

    @property
    def clips(self) -> tuple[Clip, ...]:
        """Sound of it that courtesy recorded itself."""

    @property
    def place(self) -> tuple[Seconds, Seconds] | None:
        """From when to when, seconds of the recording; None without times."""


class Wav(Response):
    """Sound."""

    media_type = "audio/wav"


# Of an endpoint that gives sound, besides the errors of all.
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    206: {"description": "Partial Content", "content": {"audio/wav": {}}},
    416: {"description": "Range Not Satisfiable"},
}


def answer(found: Audible, around: Seconds, wanted: str | None) -> Response:
    """Return the sound of something, or the part of it that is asked for.

    Args:
        found: what is listened to.
        around: seconds before and after it.
        wanted: the request's `Range`; None asks for all.

    Raises:
        Silent: there is no sound, or not any more.
    """
    return _part(cut(found, around), wanted)


def stretch(found: Audible, around: Seconds) -> tuple[Seconds, Seconds]:
    """Return from when to when is played, seconds of the recording.

    Raises:
        Silent: the talk has no times.
    """
    if found.place is None:
        raise Silent(
            Text("这次接待没有时间，没有声音可听。", "This talk has no times, and no sound.")
        )
    start, end = found.place
    first = max(0.0, start - around)
    return first, min(end + around, first + _LONGEST)


def cut(found: Audible, around: Seconds) -> bytes:
    """Return the sound of something as a WAV file.

    Raises:
        Silent: there is no sound, or not any more.
    """
    start, end = stretch(found, around)
    for clip in _sources(found, start, end):
        begins = clip.start or 0.0
        if not Path(clip.path).is_file():
            continue
        try:
            return excerpt(Path(clip.path), start - begins, end - begins)
        except InputError as error:
            raise Silent(error.text) from error
    raise Silent(
        Text(
            f"找不到录音 {found.path}，可能已移走或清理。可以看文字决定，或选“声音不能用”。",
            f"The recording {found.path} is not there; it may have been moved or purged. "
            "Decide by the words, or reject for unusable sound.",
        )
    )


def _sources(found: Audible, start: Seconds, end: Seconds) -> list[Clip]:
    """Return where the sound may be: the clips that hold it, then the recording itself."""
    whole = [clip for clip in found.clips if clip.start is None]
    some = [
        clip
        for clip in found.clips
        if clip.start is not None
        and clip.end is not None
        and clip.start <= found_middle(start, end) <= clip.end
    ]
    return [*some, *whole, Clip(found.path)]


def found_middle(start: Seconds, end: Seconds) -> Seconds:
    """Return the middle of a stretch, seconds."""
    return (start + end) / 2


def _part(sound: bytes, wanted: str | None) -> Response:
    """Return sound, or a part of it, as HTTP asks for (RFC 9110, 14)."""
    headers = {"Accept-Ranges": "bytes"}
    size = len(sound)
    asked = _RANGE.match(wanted) if wanted else None
    # What makes no sense as a range is as if none were asked for.
    first, last = asked.groups() if asked else ("", "")
    if not (first or last) or (first and last and int(first) > int(last)):
        return Wav(sound, headers=headers)
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start >= size:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    return Wav(sound[start : end + 1], status_code=206, headers=headers)
