"""The sound around what was said, cut out of a clip or of the recording itself.

What the words hide is covered by a tone. Who has the right may hear it all the same, says why, and
it stands in the trail: the words themselves are kept nowhere.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final, Protocol

from fastapi import Response
from pydantic import Field

from courtesy.errors import InputError
from courtesy.messages import Text
from courtesy.records import Clip, Seconds
from courtesy.review.given import Given
from courtesy.review.refusals import Silent, Wordless
from courtesy.speech.excerpt import excerpt
from courtesy.store import audit
from courtesy.store.accounts import Account
from courtesy.store.database import Database
from courtesy.store.showing import said_between
from courtesy.text.personal import hidden_times

_LONGEST: Final = 120.0  # seconds that are played at once
_RANGE: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})\Z")


class Audible(Protocol):
    """What can be listened to."""

    @property
    def recording(self) -> int:
        """Its row."""

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


class Reason(Given):
    """Why somebody wants to hear what is covered."""

    reason: Annotated[str, Field(min_length=2, max_length=500)]


# How many stretches are covered: a header of each answer that is sound.
COVERED: Final = "Courtesy-Covered"
# Of an endpoint that gives sound, besides the errors of all.
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    206: {"description": "Partial Content", "content": {"audio/wav": {}}},
    416: {"description": "Range Not Satisfiable"},
}
UNMASKED: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"audio/wav": {}}}}


def answer(database: Database, found: Audible, around: Seconds, wanted: str | None) -> Response:
    """Return the sound of something, or the part of it that is asked for.

    Args:
        database: that has what was said meanwhile.
        found: what is listened to.
        around: seconds before and after it.
        wanted: the request's `Range`; None asks for all.

    Raises:
        Silent: there is no sound, or not any more.
        Wordless: nor is it known what is to be covered.
    """
    start, end = stretch(found, around)
    with database.reading() as connection:
        said = said_between(connection, found.recording, start, end)
    if said is None:
        raise Wordless(
            Text(
                "原话已删除，不知道要盖住哪些个人信息，所以不放录音。有权的人可以听原声。",
                "The words were removed, and with them what is personal in the sound, which is "
                "therefore not played. Those with the right may hear it unmasked.",
            )
        )
    covered = hidden_times(said)
    return _part(_cut(found, start, end, covered), wanted, {COVERED: str(len(covered))})


def unmasked(
    database: Database, found: Audible, around: Seconds, account: Account, subject: str, why: str
) -> Response:
    """Return the sound of something with nothing covered, and note who wanted it and why.

    Args:
        database: whose trail it is noted in.
        found: what is listened to.
        around: seconds before and after it.
        account: who listens.
        subject: what the trail calls it.
        why: in their own words.

    Raises:
        Silent: there is no sound, or not any more.
    """
    start, end = stretch(found, around)
    sound = _cut(found, start, end, ())
    with database.writing() as connection:
        told = {"why": why, "path": found.path, "start": round(start, 2), "end": round(end, 2)}
        audit.note(connection, account.name, "unmask", subject, told)
    return Wav(sound, headers={COVERED: "0"})


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


def _cut(
    found: Audible, start: Seconds, end: Seconds, covered: Iterable[tuple[Seconds, Seconds]]
) -> bytes:
    for clip in _sources(found, start, end):
        begins = clip.start or 0.0
        if not Path(clip.path).is_file():
            continue
        try:
            tones = [(first - begins, last - begins) for first, last in covered]
            return excerpt(Path(clip.path), start - begins, end - begins, tones)
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
        and clip.start <= (start + end) / 2 <= clip.end
    ]
    return [*some, *whole, Clip(found.path)]


def _part(sound: bytes, wanted: str | None, headers: dict[str, str]) -> Response:
    """Return sound, or a part of it, as HTTP asks for (RFC 9110, 14)."""
    headers = headers | {"Accept-Ranges": "bytes"}
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
