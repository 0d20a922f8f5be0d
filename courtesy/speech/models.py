"""The speech models on this machine: where they are, whether they are whole, how they come here.

faster-whisper goes to the network on its own in two cases: for a model name that is no folder, and
for a folder without `tokenizer.json`. `locate` closes both: what it returns can be loaded offline.

A pulled or added folder holds a manifest, `courtesy-model.json`, with size, SHA-256 and time of
change of each file, so that a run need not read 3 GB again to say which model it used.
"""

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from courtesy import config
from courtesy.errors import ModelError, UsageError
from courtesy.messages import Text
from courtesy.speech.model_sources import (
    Entry,
    FileSpec,
    Progress,
    Report,
    Source,
    SourceError,
    fetch,
    file_sha256,
    is_whole,
    load_catalogue,
)

__all__ = [
    "Installed",
    "Pulled",
    "add",
    "check_quick",
    "checksum",
    "find_entry",
    "installed",
    "load_catalogue",
    "locate",
    "pull",
    "verify",
]

MANIFEST = "courtesy-model.json"
REQUIRED = ("model.bin", "config.json", "tokenizer.json")
VOCABULARIES = ("vocabulary.txt", "vocabulary.json")
OPTIONAL = ("preprocessor_config.json", *VOCABULARIES)
SPARE = 50_000_000  # bytes to leave free on the disk


@dataclass(frozen=True, slots=True)
class Installed:
    """A model folder on this machine.

    Attributes:
        name: of the folder.
        folder: where it lies.
        size: bytes of its files.
        problem: why it cannot be used; None when it looks whole.
    """

    name: str
    folder: Path
    size: int
    problem: Text | None


@dataclass(frozen=True, slots=True)
class Pulled:
    """The result of a pull.

    Attributes:
        folder: where the model lies.
        source: kind of the source it came from; None when it was there already.
    """

    folder: Path
    source: str | None


def find_entry(name: str) -> Entry:
    """Return the list's entry for a name.

    Raises:
        UsageError: the list has no such model.
    """
    entries = {entry.name: entry for entry in load_catalogue()}
    if name not in entries:
        raise UsageError(
            Text(
                f"清单里没有模型 {name}；可用的是：{'、'.join(entries)}。"
                "自带的模型请用 courtesy models add 文件夹。",
                f"There is no model {name} in the list; there are: {', '.join(entries)}. "
                "For a model of your own use courtesy models add DIR.",
            )
        )
    return entries[name]


def installed() -> tuple[Installed, ...]:
    """Return every model folder where models live, broken ones with the reason."""
    found = []
    for home in config.model_dirs():
        for folder in sorted(home.iterdir()) if home.is_dir() else ():
            if folder.is_dir() and not folder.name.startswith("."):
                found.append(Installed(folder.name, folder, _size(folder), _problem(folder)))
    return tuple(found)


def locate(name_or_folder: str | Path) -> Path:
    """Return the folder of a model that can be loaded without any network.

    Args:
        name_or_folder: the name of an installed model, or a folder anywhere.

    Raises:
        ModelError: there is none, or it is not whole; the message says how to get it.
    """
    name = str(name_or_folder)
    if Path(name).name == name:
        folders = [home / name for home in config.model_dirs() if (home / name).is_dir()]
        whole = [folder for folder in folders if _problem(folder) is None]
        if whole:
            return whole[0]
        if folders:
            check_quick(folders[0])
    if Path(name).is_dir():
        check_quick(Path(name))
        return Path(name)
    known = any(entry.name == name for entry in load_catalogue())
    raise ModelError(
        Text(f"本机没有语音模型 {name}。", f"There is no speech model {name} on this machine.")
        + _remedy(name if known else "base")
    )


def check_quick(folder: Path) -> None:
    """Check that a model folder has every file it needs, each of the size it should have.

    Raises:
        ModelError: a file is missing, empty or of another size.
    """
    problem = _problem(folder)
    if problem:
        raise ModelError(problem + _folder_remedy(folder))


def verify(folder: Path) -> None:
    """Compare the SHA-256 of every file with the list of models, or else with the manifest.

    Raises:
        ModelError: a file is missing or altered, or nothing is known to compare with.
    """
    check_quick(folder)
    expected = _expected(folder)
    if not expected:
        raise ModelError(
            Text(
                f"没有 {folder} 的校验值可比。courtesy models add 会复制它并记下校验值。",
                f"No checksums are known for {folder}. courtesy models add copies it and "
                "records them.",
            )
        )
    altered = [file.name for file in expected if file_sha256(folder / file.name) != file.sha256]
    if altered:
        raise _altered(folder, altered)
    _remember(folder, expected)


def checksum(folder: Path) -> str:
    """Return twelve digits of the SHA-256 of `model.bin`, for the record of what made a result.

    The manifest's is taken when size and time of change still agree with it; else the file is read.

    Raises:
        ModelError: the folder is not whole, or `model.bin` is not the one that was pulled or added.
    """
    check_quick(folder)
    weights = folder / REQUIRED[0]
    stat = weights.stat()
    noted = _read_manifest(folder).get(weights.name)
    if noted and (noted["size"], noted.get("mtime_ns")) == (stat.st_size, stat.st_mtime_ns):
        return str(noted["sha256"])[:12]
    actual = file_sha256(weights)
    for file in _expected(folder):
        if file.name == weights.name and file.sha256 != actual:
            raise _altered(folder, [weights.name])
    # The bytes are right, only their time of change is new: the next run need not read them again.
    _remember(folder, _expected(folder))
    return actual[:12]


def pull(
    name: str,
    source: str | None = None,
    into: Path | None = None,
    progress: Report | None = None,
) -> Pulled:
    """Fetch a model of the list, unless it is here already and every checksum holds.

    It grows in a hidden folder beside its place and is moved there when it is whole, so that a
    broken-off pull leaves nothing that loads; the next pull goes on from what is there.

    Args:
        name: of a model in the list.
        source: "index", "hub" or "mirror"; None tries them in the list's order.
        into: the folder that holds models; None is the first that can be written to.
        progress: called often with how far it has come.

    Raises:
        UsageError: the list has no such model, or no such source for it.
        ModelError: no source worked, or the disk is full or cannot be written to.
    """
    entry = find_entry(name)
    report = progress or (lambda _: None)
    sources = [s for s in entry.sources if source in {None, s.kind}]
    if not sources:
        kinds = ", ".join(s.kind for s in entry.sources)
        raise UsageError(
            Text(
                f"模型 {name} 没有来源 {source}；可用的是：{kinds}。",
                f"Model {name} has no source {source}; there are: {kinds}.",
            )
        )
    for place in (into,) if into else config.model_dirs():
        if _is_sound(place / name, entry):
            return Pulled(place / name, None)
    home = into or _home()
    with _locked(home, name, report):
        if _is_sound(home / name, entry):  # the pull we waited for has brought it
            return Pulled(home / name, None)
        # Wheels lie there packed and unpacked for a moment, and are never larger than the model.
        packed = any(s.packages for s in sources)
        partial = _partial(home, name)
        _check_space(home, entry.size * (2 if packed else 1) - _size(partial))
        kind = _first_working(entry, sources, partial, report)
        _publish(partial, home / name, entry.files)
    return Pulled(home / name, kind)


def add(folder: Path, name: str | None = None) -> Path:
    """Copy a model folder that was carried in to where models live, and record its checksums.

    Args:
        folder: for example a snapshot folder from another machine's cache.
        name: what to call it; None takes the list's name if the bytes are the list's, else the
            folder's own.

    Raises:
        UsageError: the name cannot be a folder's.
        ModelError: the folder is not whole or not what its name says, or the name is taken.
    """
    folder = folder.absolute()
    check_quick(folder)
    files = _measure(folder)
    same = [e.name for e in load_catalogue() if set(e.files) <= set(files)]
    name = name or (same[0] if same else folder.name)
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise UsageError(
            Text(f"{name!r} 不能作模型名，请用 --name。", f"{name!r} is no model name; use --name.")
        )
    listed = [entry for entry in load_catalogue() if entry.name == name]
    if listed and name not in same:
        raise ModelError(
            Text(
                f"{folder} 不是清单里的模型 {name}（校验值不符）。"
                "请重新复制，或用 --name 另取名字。",
                f"{folder} is not the list's model {name}: the checksums differ. Copy it again, or "
                "give it another name with --name.",
            )
        )
    home = _home()
    with _locked(home, name, lambda _: None):
        if (home / name).exists():
            if set(files) <= set(_measure(home / name)):
                if not _read_manifest(home / name):  # put there by hand
                    _remember(home / name, files, ours=True)
                verify(home / name)
                return home / name
            raise ModelError(
                Text(
                    f"{home / name} 已存在，内容不同。请用 --name 另取名字，或先移走它。",
                    f"{home / name} exists and is another. Use --name, or move it away first.",
                )
            )
        _check_space(home, sum(file.size for file in files))
        shutil.rmtree(_partial(home, name))
        partial = _partial(home, name)
        for file in files:
            shutil.copyfile(folder / file.name, partial / file.name)
        spoilt = [file.name for file in files if not is_whole(partial / file.name, file)]
        if spoilt:
            shutil.rmtree(partial)
            raise _altered(folder, spoilt)
        _publish(partial, home / name, files)
    return home / name


# Judging a folder ---------------------------------------------------------------------------------


def _problem(folder: Path) -> Text | None:
    """Return why a folder cannot be loaded, as far as names and sizes tell."""
    if not folder.is_dir():
        return Text(f"没有文件夹 {folder}。", f"There is no folder {folder}.")
    sizes = {f.name: f.stat().st_size for f in folder.glob("*") if f.is_file()}
    missing = [name for name in REQUIRED if not sizes.get(name)]
    if not any(sizes.get(name) for name in VOCABULARIES):
        missing.append(VOCABULARIES[0])
    expected = _expected(folder)
    missing += [f.name for f in expected if f.name not in sizes and f.name not in missing]
    if missing:
        names = ", ".join(missing)
        return Text(
            f"模型文件夹 {folder} 缺少 {names}。", f"The model folder {folder} lacks {names}."
        )
    wrong = [f.name for f in expected if sizes[f.name] != f.size]
    return _not_the_same(folder, wrong) if wrong else None


def _is_sound(folder: Path, entry: Entry) -> bool:
    sound = all(is_whole(folder / file.name, file) for file in entry.files)
    if sound:
        _remember(folder, entry.files)
    return sound


def _listed(folder: Path) -> Entry | None:
    """Return the list's entry for a folder, if it lies where models live and bears its name."""
    if folder.absolute().parent not in {home.absolute() for home in config.model_dirs()}:
        return None
    return next((entry for entry in load_catalogue() if entry.name == folder.name), None)


def _expected(folder: Path) -> tuple[FileSpec, ...]:
    """Return what the files should be: the list's word counts before the manifest's."""
    entry = _listed(folder)
    if entry:
        return entry.files
    noted = _read_manifest(folder)
    return tuple(FileSpec(name, f["size"], f["sha256"]) for name, f in noted.items())


def _measure(folder: Path) -> tuple[FileSpec, ...]:
    files = [folder / name for name in (*REQUIRED, *OPTIONAL) if (folder / name).is_file()]
    return tuple(FileSpec(f.name, f.stat().st_size, file_sha256(f)) for f in files)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())


def _read_manifest(folder: Path) -> dict[str, dict[str, Any]]:
    """Return size, SHA-256 and time of change by file name; empty without a readable manifest."""
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        return {
            Path(name).name: {key: f[key] for key in ("size", "sha256", "mtime_ns")}
            for name, f in files.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _remember(folder: Path, files: Iterable[FileSpec], *, ours: bool = False) -> None:
    """Write the manifest, if the folder is ours; on a disk that is read-only, do without."""
    if not (ours or _listed(folder) or _read_manifest(folder)):
        return
    noted = {
        file.name: {
            "size": file.size,
            "sha256": file.sha256,
            "mtime_ns": (folder / file.name).stat().st_mtime_ns,
        }
        for file in files
    }
    new = folder / f".{MANIFEST}.new"
    with suppress(OSError):
        new.write_text(json.dumps({"schema": 1, "files": noted}, indent=1), encoding="utf-8")
        new.replace(folder / MANIFEST)


def _not_the_same(folder: Path, names: Iterable[str]) -> Text:
    listed = ", ".join(names)
    return Text(
        f"模型文件夹 {folder} 里的 {listed} 与记录的不符，可能损坏或被改过，不能使用。",
        f"In the model folder {folder}, {listed} is not what it should be: damaged or altered, "
        "not to be used.",
    )


def _altered(folder: Path, names: Iterable[str]) -> ModelError:
    return ModelError(_not_the_same(folder, names) + _folder_remedy(folder))


def _folder_remedy(folder: Path) -> Text:
    return _remedy(folder.name if _listed(folder) else None)


def _remedy(name: str | None) -> Text:
    copy = Text(
        "在别的电脑上取得完整的模型文件夹，拷来后运行 courtesy models add 文件夹。",
        "Get the whole model folder on another computer, carry it here and run "
        "courtesy models add DIR.",
    )
    if name is None:
        return copy
    pull_it = Text(
        f"能上网时请运行 courtesy models pull {name}；否则",
        f"With a network, run courtesy models pull {name}. Without one:",
    )
    return pull_it + copy


# Bringing a folder in -----------------------------------------------------------------------------


def _home() -> Path:
    """Return the first folder for models that can be written to, made if missing."""
    homes = config.model_dirs()
    for home in homes:
        with suppress(OSError):
            home.mkdir(parents=True, exist_ok=True)
            if os.access(home, os.W_OK):
                return home
    places = ", ".join(map(str, homes))
    raise ModelError(
        Text(
            f"放模型的文件夹都不能写入：{places}。请用 COURTESY_MODELS 指定一个可写的。",
            f"None of the folders for models can be written to: {places}. Name one in "
            "COURTESY_MODELS.",
        )
    )


@contextmanager
def _locked(home: Path, name: str, report: Report) -> Iterator[None]:
    """Let one process at a time bring a model in; turn disk errors into messages."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(home / f".{name}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            report(Progress("wait"))
            lock.acquire()
        try:
            yield
        finally:
            lock.release()
    except OSError as error:
        raise ModelError(
            Text(
                f"写不了 {home}：{error}。"
                "请检查权限和磁盘空间，或用 COURTESY_MODELS 换一个文件夹。",
                f"Cannot write to {home}: {error}. Check its permissions and the free space, or "
                "name another folder in COURTESY_MODELS.",
            )
        ) from error


def _partial(home: Path, name: str) -> Path:
    folder = home / f".{name}.partial"
    folder.mkdir(exist_ok=True)
    return folder


def _check_space(home: Path, needed: int) -> None:
    free, wanted = (size / 1e6 for size in (shutil.disk_usage(home).free, needed + SPARE))
    if free < wanted:
        raise ModelError(
            Text(
                f"磁盘空间不够：{home} 还剩 {free:.0f} MB，需要 {wanted:.0f} MB。"
                "请腾出空间，或用 COURTESY_MODELS 换一个文件夹。",
                f"Not enough space: {home} has {free:.0f} MB left, {wanted:.0f} MB are needed. "
                "Free some, or name another folder in COURTESY_MODELS.",
            )
        )


def _first_working(entry: Entry, sources: Iterable[Source], partial: Path, report: Report) -> str:
    """Try the sources in order; return the kind of the one that gave everything."""
    failures: list[tuple[str, Text]] = []
    for source in sources:
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


def _publish(partial: Path, target: Path, files: tuple[FileSpec, ...]) -> None:
    """Move a finished folder to its place, over a damaged one if need be."""
    for path in partial.iterdir():
        if path.name not in {file.name for file in files}:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    _remember(partial, files, ours=True)
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    partial.rename(target)
    shutil.rmtree(old, ignore_errors=True)
