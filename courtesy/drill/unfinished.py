"""Drills that were left in the middle, one a person, each in a file of its own."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from courtesy.drill.scenarios import Scenario
from courtesy.drill.session import Walk, taken_up
from courtesy.errors import UsageError, unreadable
from courtesy.folders import data_dir
from courtesy.messages import Text
from courtesy.report.writing import make_folder, write_text


def unfinished_file(person: str) -> Path:
    """Return where a person's unfinished drill lies; it need not exist.

    Names may hold what no file's name may, so the file has the name's checksum.
    """
    digest = hashlib.sha256(person.encode()).hexdigest()[:16]
    return data_dir() / "drills" / f"{digest}.json"


def leave(file: Path, walk: Walk) -> None:
    """Keep a walk to go on with later.

    Raises:
        OutputError: it cannot be written.
    """
    make_folder(file.parent)
    write_text(file, json.dumps(walk.state(), ensure_ascii=False))


def take_up(file: Path, scenarios: Mapping[str, Scenario]) -> Walk | None:
    """Return what was left; None where nothing was.

    Raises:
        UsageError: the file or its scenario is not what it was.
        NotReadable: the file cannot be read.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unreadable(file, error) from error
    except UnicodeDecodeError:
        text = ""
    state = _parsed(text)
    if state is None:
        raise UsageError(
            Text(
                f"{file} 已损坏，请加 --anew 重新开始。",
                f"{file} is damaged. Begin anew with --anew.",
            )
        )
    return taken_up(state, scenarios)


def forget(file: Path) -> None:
    """Have nothing left to go on with."""
    file.unlink(missing_ok=True)


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        state = json.loads(text)
    except ValueError:
        return None
    turns = state.get("turns") if isinstance(state, dict) else None
    whole = isinstance(turns, list) and all(
        isinstance(turn, dict)
        and isinstance(turn.get("step"), str)
        and isinstance(turn.get("mark"), dict)
        and isinstance(turn["mark"].get("points"), int | float)
        for turn in turns
    )
    return state if whole else None
