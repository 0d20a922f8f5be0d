"""Where files live: what ships with the program, the user's data, models and caches."""

import functools
import os
import tempfile
from pathlib import Path

import platformdirs

from courtesy.errors import UsageError
from courtesy.messages import Text

PACKAGE = Path(__file__).resolve().parent
REPOSITORY = PACKAGE.parent


def lexicon_dir() -> Path:
    """Return the folder of the built-in lexicons.

    `COURTESY_LEXICONS` comes first, then the folder inside an installed package, then the one
    beside the package in a checkout (an editable install).

    Raises:
        UsageError: none of them exists.
    """
    named = os.environ.get("COURTESY_LEXICONS")
    places = [Path(named)] if named else [PACKAGE / "lexicons", REPOSITORY / "lexicons"]
    return _first_folder(places, "lexicons", "COURTESY_LEXICONS")


def rubric_dirs() -> tuple[Path, ...]:
    """Return the folders of built-in rubrics; of two rubrics of one name the first one counts.

    A folder of one's own (`COURTESY_LEXICONS`) need not hold rubrics: those that ship with the
    program are there all the same.
    """
    homes = dict.fromkeys([lexicon_dir(), PACKAGE / "lexicons", REPOSITORY / "lexicons"])
    return tuple(folder for home in homes if (folder := home / "rubrics").is_dir())


def rubric_file(name: str) -> Path:
    """Return the file of a built-in rubric, which may not exist."""
    places = [folder / f"{name}.toml" for folder in rubric_dirs()]
    return next((file for file in places if file.is_file()), Path(f"{name}.toml"))


def rubric_names() -> list[str]:
    """Return the names of the built-in rubrics, in order."""
    return sorted({file.stem for folder in rubric_dirs() for file in folder.glob("*.toml")})


def models_file() -> Path:
    """Return `models.toml`, which names every model the program can pull or check.

    Raises:
        UsageError: the installation lacks it.
    """
    return _first_folder([PACKAGE / "models", REPOSITORY / "models"], "models", "") / "models.toml"


def sample_dir() -> Path | None:
    """Return the folder of the sample dialogues; None where only the package is installed."""
    folder = REPOSITORY / "samples"
    return folder if (REPOSITORY / "pyproject.toml").is_file() and folder.is_dir() else None


def model_dirs() -> tuple[Path, ...]:
    """Return the folders that may hold models, each in a folder of its own name; the first that can
    be written to is where new ones go.

    `COURTESY_MODELS` alone where it is set; else `models/` of a checkout and the user's data
    folder.
    """
    named = os.environ.get("COURTESY_MODELS")
    if named:
        return (Path(named),)
    user = data_dir() / "models"
    checkout = REPOSITORY / "models"
    # Installed in site-packages there is no checkout around the package, only other packages.
    return (checkout, user) if (REPOSITORY / "pyproject.toml").is_file() else (user,)


def data_dir() -> Path:
    """Return the user's data folder; it need not exist."""
    return Path(platformdirs.user_data_dir("courtesy", appauthor=False))


def sound_dir(named: str = "") -> Path:
    """Return the folder of sound that is kept at a counter; it need not exist.

    Args:
        named: as the settings have it; empty is the user's own.
    """
    return Path(named).expanduser().absolute() if named else data_dir() / "sound"


def cache_dir() -> Path:
    """Return a private cache folder: the user's, or a new temporary one where that cannot be.

    A service account may have no home; then the cache is made again in each run.
    """
    folder = Path(platformdirs.user_cache_dir("courtesy", appauthor=False))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return _temporary_cache()


@functools.cache
def _temporary_cache() -> Path:
    return Path(tempfile.mkdtemp(prefix="courtesy-"))


def _first_folder(places: list[Path], what: str, variable: str) -> Path:
    for place in places:
        if place.is_dir():
            return place
    hint = f" {variable}" if variable else ""
    raise UsageError(
        Text(
            f"找不到 {what} 文件夹（找过：{'、'.join(map(str, places))}）。"
            f"请重新安装 courtesy{hint and '，或改正' + hint}。",
            f"Cannot find the folder {what} (looked in: {', '.join(map(str, places))}). "
            f"Install courtesy again{hint and ', or correct' + hint}.",
        )
    )
