"""Which files a batch is about: of folders and manifests, without those that are still growing."""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from courtesy.batch.manifest import ENDINGS, read_manifest
from courtesy.batch.pattern import Pattern, Told
from courtesy.errors import InputError, NotReadable, unreadable
from courtesy.inputs import find_inputs
from courtesy.messages import Text
from courtesy.store.files import Listed


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to do, and what could not be looked into.

    Attributes:
        files: to be done.
        faults: of folders and rows.
        growing: files that somebody still writes to.
    """

    files: tuple[Listed, ...]
    faults: tuple[InputError, ...] = ()
    growing: tuple[Path, ...] = ()


@dataclass(slots=True)
class Looks:
    """Places that are looked at again and again.

    Attributes:
        places: folders, files and manifests.
        pattern: how files are named.
        settled: seconds for which a file must not have changed to be whole; 0 takes all.
    """

    places: Sequence[Path]
    pattern: Pattern | None = None
    settled: float = 0.0
    _seen: dict[str, tuple[int, int]] = field(default_factory=dict)

    def look(self) -> Found:
        """Look for files that are new, or have changed, since the last look.

        Raises:
            UsageError: a manifest needs a library that is not installed.
        """
        found = find(self.places, self.pattern, self.settled)
        fresh = [one for one in found.files if self._seen.get(one.path) != (one.size, one.changed)]
        self._seen |= {one.path: (one.size, one.changed) for one in fresh}
        return replace(found, files=tuple(fresh))


def find(places: Iterable[Path], pattern: Pattern | None = None, settled: float = 0.0) -> Found:
    """Look for the files of a batch.

    Args:
        places: folders, files and manifests.
        pattern: how files are named; what a manifest says comes before it.
        settled: seconds for which a file must not have changed to be whole; 0 takes all.

    Raises:
        UsageError: a manifest needs a library that is not installed.
    """
    files: dict[str, Listed] = {}
    faults: list[InputError] = []
    growing: list[Path] = []
    for path, told in _paths(places, faults):
        if pattern and told == Told():
            told = pattern.read(path) or told
        name = str(path).encode(errors="replace").decode()
        if name != str(path):
            faults.append(_nameless(name))
            continue
        try:
            stat = path.stat()
        except OSError as error:
            faults.append(unreadable(path, error))
            continue
        if settled and time.time() - stat.st_mtime < settled:
            growing.append(path)
            continue
        files[str(path)] = Listed(
            str(path), stat.st_size, stat.st_mtime_ns, told.hall, told.window, told.clerk,
            told.began,
        )  # fmt: skip
    return Found(tuple(files.values()), tuple(faults), tuple(growing))


def _paths(places: Iterable[Path], faults: list[InputError]) -> Iterator[tuple[Path, Told]]:
    for place in places:
        # Unlike Path.is_file this raises nothing where storage does not answer.
        if place.suffix.lower() in ENDINGS and os.path.isfile(place):  # noqa: PTH113
            try:
                yield from ((entry.path, entry.told) for entry in read_manifest(place))
            except InputError as error:
                faults.append(error)
            continue
        for one in find_inputs([place]):
            if one.fault:
                faults.append(one.fault)
            else:
                yield Path(one.whole), Told()


def _nameless(name: str) -> NotReadable:
    return NotReadable(
        Text(
            f"{name} 的文件名不是 UTF-8，数据库存不下。请改名。",
            f"The name of {name} is not UTF-8, which no database can hold. Rename the file.",
        )
    )
