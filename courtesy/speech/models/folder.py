"""Model folders on this machine: finding them, and telling whether they are whole.

faster-whisper goes to the network on its own in two cases: for a model name that is no folder, and
for a folder without `tokenizer.json`. `locate` closes both: what it returns can be loaded offline.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from courtesy import folders
from courtesy.errors import ModelError
from courtesy.messages import Text
from courtesy.speech.models.catalogue import Entry, load_catalogue
from courtesy.speech.models.files import (
    REQUIRED,
    VOCABULARIES,
    VOICE,
    WEIGHTS,
    FileSpec,
    bytes_in,
    file_sha256,
    read_manifest,
    voice_weights,
    write_manifest,
)


@dataclass(frozen=True, slots=True)
class Installed:
    """A model folder on this machine.

    Attributes:
        folder: where it lies; it bears the model's name.
        size: bytes of its files.
        problem: why it cannot be used; None when it looks whole.
    """

    folder: Path
    size: int
    problem: Text | None


def installed() -> tuple[Installed, ...]:
    """Return every model folder where models live, broken ones with the reason."""
    return tuple(
        Installed(folder, bytes_in(folder), _problem(folder))
        for home in folders.model_dirs()
        for folder in (sorted(home.iterdir()) if home.is_dir() else ())
        if folder.is_dir() and not folder.name.startswith(".")
    )


def locate(name_or_folder: str | Path, *, voice: bool | None = False) -> Path:
    """Return the folder of a model that can be loaded without any network.

    Args:
        name_or_folder: the name of an installed model, or a folder anywhere.
        voice: whether a speaker encoder is wanted and not a speech model; None takes either.

    Raises:
        ModelError: there is none, or it is not whole, or it is of the other kind; the message says
            how to get it.
    """
    name = str(name_or_folder)
    homes = folders.model_dirs() if Path(name).name == name else ()
    found = [home / name for home in homes if (home / name).is_dir()]
    if not found and Path(name).is_dir():
        found = [Path(name)]
    if found:
        best = next((folder for folder in found if _problem(folder) is None), found[0])
        check_quick(best)
        if voice is not None and voice != bool(voice_weights(best)):
            raise _other_kind(best, voice=voice)
        return best
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
        raise _unusable(folder, problem)


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
    wrong = [file.name for file in expected if file_sha256(folder / file.name) != file.sha256]
    if wrong:
        raise altered(folder, wrong)
    write_manifest(folder, expected)


def checksum(folder: Path) -> str:
    """Return twelve digits of the SHA-256 of the weights, for the record of what made a result.

    The manifest's is taken when size and time of change still agree with it; else the file is read.

    Raises:
        ModelError: the folder is not whole, or the weights are not those that were pulled or added.
    """
    check_quick(folder)
    file_of = weights(folder)
    stat = file_of.stat()
    for file, changed in read_manifest(folder).items():
        if (file.name, file.size, changed) == (file_of.name, stat.st_size, stat.st_mtime_ns):
            return file.sha256[:12]
    actual = file_sha256(file_of)
    expected = _expected(folder)
    if any(file.name == file_of.name and file.sha256 != actual for file in expected):
        raise altered(folder, [file_of.name])
    if expected:
        # Only the time of change is new: the next run need not read the bytes again.
        write_manifest(folder, expected)
    return actual[:12]


def altered(folder: Path, names: Iterable[str]) -> ModelError:
    """Return the error for files that are not what they should be."""
    return _unusable(folder, _not_the_same(folder, names))


def weights(folder: Path) -> Path:
    """Return the largest file of a model folder, the one that makes it what it is."""
    return voice_weights(folder) or folder / WEIGHTS


def _problem(folder: Path) -> Text | None:
    """Return why a folder cannot be loaded, as far as names and sizes tell."""
    if not folder.is_dir():
        return Text(f"没有文件夹 {folder}。", f"There is no folder {folder}.")
    sizes = {f.name: f.stat().st_size for f in folder.iterdir() if f.is_file()}
    expected = _expected(folder)
    missing: list[str] = []
    if not voice_weights(folder) and not any(f.name.endswith(VOICE) for f in expected):
        missing = [name for name in REQUIRED if not sizes.get(name)]
        if not any(sizes.get(name) for name in VOCABULARIES):
            missing.append(VOCABULARIES[0])
    missing += [f.name for f in expected if f.name not in sizes and f.name not in missing]
    if missing:
        names = ", ".join(missing)
        return Text(
            f"模型文件夹 {folder} 缺少 {names}。", f"The model folder {folder} lacks {names}."
        )
    wrong = [f.name for f in expected if sizes[f.name] != f.size]
    return _not_the_same(folder, wrong) if wrong else None


def _listed(folder: Path) -> Entry | None:
    """Return the list's entry for a folder, if it lies where models live and bears its name."""
    if folder.absolute().parent not in {home.absolute() for home in folders.model_dirs()}:
        return None
    return next((entry for entry in load_catalogue() if entry.name == folder.name), None)


def _expected(folder: Path) -> tuple[FileSpec, ...]:
    """Return what the files should be: the list's word counts before the manifest's."""
    entry = _listed(folder)
    return entry.files if entry else tuple(read_manifest(folder))


def _not_the_same(folder: Path, names: Iterable[str]) -> Text:
    files = ", ".join(names)
    return Text(
        f"模型文件夹 {folder} 里的 {files} 与记录的不符，可能损坏或被改过，不能使用。",
        f"In the model folder {folder}, {files} is not what it should be: damaged or altered, "
        "not to be used.",
    )


def _unusable(folder: Path, problem: Text) -> ModelError:
    return ModelError(problem + _remedy(folder.name if _listed(folder) else None))


def _other_kind(folder: Path, *, voice: bool) -> ModelError:
    if voice:
        return ModelError(
            Text(
                f"{folder} 是语音识别模型，不是声纹模型。请用 courtesy models pull campplus。",
                f"{folder} is a speech model, not a speaker encoder. Use courtesy models pull "
                "campplus.",
            )
        )
    return ModelError(
        Text(
            f"{folder} 是声纹模型，不能听写。语音模型请用 base 等，见 courtesy models list。",
            f"{folder} is a speaker encoder and cannot transcribe. Take a speech model such as "
            "base; see courtesy models list.",
        )
    )


def _remedy(name: str | None) -> Text:
    """Say how a model comes here: pulled if the list has it, else carried in."""
    pull = Text(
        f"能上网时请运行 courtesy models pull {name}；否则",
        f"With a network, run courtesy models pull {name}. Without one:",
    )
    carry = Text(
        "在别的电脑上取得完整的模型文件夹，拷来后运行 courtesy models add 文件夹。",
        "Get the whole model folder on another computer, carry it here and run "
        "courtesy models add DIR.",
    )
    return pull + carry if name else carry
