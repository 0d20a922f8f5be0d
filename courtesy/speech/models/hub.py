"""Fetching a model from the hub or a mirror of it, going on where an earlier pull broke off."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from courtesy import __version__
from courtesy.messages import Text
from courtesy.speech.models.catalogue import Entry, Source
from courtesy.speech.models.files import FileSpec
from courtesy.speech.models.transfer import CHUNK, Progress, Report, SourceError, accept

TIMEOUT = 30.0  # seconds without a byte before a server counts as out of reach
ATTEMPTS = 20  # of one file; each must bring bytes, or the source is given up at once


def fetch(entry: Entry, source: Source, folder: Path, report: Report) -> None:
    """Bring every file of a model into `folder`, each checked; those already there are kept.

    Raises:
        SourceError: the source is out of reach, or gives other bytes than it should.
    """
    before = 0

    def tell(size: int) -> None:
        report(Progress("fetch", source.kind, min(before + size, entry.size), entry.size))

    base = f"{source.url}/{entry.repository}/resolve/{entry.revision}"
    for file in entry.files:
        target = folder / file.name
        if not file.describes(target):
            part = folder / f"{file.name}.part"
            _download(f"{base}/{file.name}", part, file, tell)
            report(Progress("check", source.kind, before + file.size, entry.size))
            accept(part, target, file)
        before += file.size
        tell(0)


def _download(url: str, part: Path, file: FileSpec, tell: Callable[[int], None]) -> None:
    for attempt in range(ATTEMPTS):
        have = _size(part)
        if have >= file.size:
            return
        problem: Exception | None = None
        try:
            _read_on(url, part, file.size, tell)
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            problem = error
        now = _size(part)
        if now < file.size and (now <= have or attempt == ATTEMPTS - 1):
            why = getattr(problem, "reason", problem) or f"{now} / {file.size}"
            raise SourceError(Text(f"取不到 {url}：{why}", f"cannot get {url}: {why}")) from problem


def _read_on(url: str, part: Path, size: int, tell: Callable[[int], None]) -> None:
    have = _size(part)
    headers = {"User-Agent": f"courtesy/{__version__}"}
    if have:
        headers["Range"] = f"bytes={have}-"
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
        # A server that does not know ranges answers 200 and starts from the beginning.
        resumed = response.status == http.client.PARTIAL_CONTENT
        arrived = have if resumed else 0
        with part.open("ab" if resumed else "wb") as out:
            # One byte more than there should be is enough to know that it is another file.
            while arrived <= size and (chunk := response.read(CHUNK)):
                out.write(chunk)
                arrived += len(chunk)
                tell(arrived)


def _size(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0
