"""The list of models, `models/models.toml`: what each is made of and where it can be had."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from courtesy import folders
from courtesy.errors import ModelError, UsageError
from courtesy.messages import Text
from courtesy.speech.models.files import FileSpec


@dataclass(frozen=True, slots=True)
class Source:
    """One place a model can be had from.

    Attributes:
        kind: "index", "hub" or "mirror".
        url: of a hub or its mirror.
        packages: of an index: requirements with their hashes, as pip's requirement files have them.
        members: of an index: for each `file` the `parts`, members of the wheels, that make it.
    """

    kind: str
    url: str = ""
    packages: Sequence[str] = ()
    members: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of the list.

    Attributes:
        name: what the user calls it.
        licence: its SPDX name.
        repository: owner and name on the hub.
        revision: the hub's commit.
        about: size, memory, accuracy.
        files: all that the recogniser reads.
        sources: in the order in which they are tried.
    """

    name: str
    licence: str
    repository: str
    revision: str
    about: Text
    files: tuple[FileSpec, ...]
    sources: tuple[Source, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


def load_catalogue() -> tuple[Entry, ...]:
    """Read the list of models.

    Raises:
        ModelError: the list is missing or damaged.
    """
    path = folders.models_file()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        if table["schema"] != 1:
            raise ValueError(f"schema = {table['schema']}")
        return tuple(_entry(model) for model in table["model"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            Text(
                f"模型清单 {path} 读不了：{error!r}。请重新安装 courtesy。",
                f"Cannot read the list of models {path}: {error!r}. Install courtesy again.",
            )
        ) from error


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


def _entry(model: dict[str, Any]) -> Entry:
    files = tuple(FileSpec(**file) for file in model["files"])
    if any(Path(file.name).name != file.name for file in files):
        raise ValueError(f"a file of {model['name']} has a folder in its name")
    return Entry(
        name=model["name"],
        licence=model["licence"],
        repository=model["repository"],
        revision=model["revision"],
        about=Text(**model["about"]),
        files=files,
        sources=tuple(Source(**source) for source in model["sources"]),
    )
