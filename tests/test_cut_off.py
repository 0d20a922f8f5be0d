"""Nothing leaves the machine: every mode, where the only network there is leads nowhere.

What Python is asked for is seen by a hook in each process, what goes past it (libraries that send
by themselves) by the kernel, which counts what it had no route for.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def cut_off(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run every mode in a network namespace of its own; give the folder of what came of it."""
    alone = shutil.which("unshare")
    if alone is None or subprocess.run([alone, "-n", "true"], capture_output=True).returncode:
        missing = "needs Linux and the right to make a network namespace (unshare -n)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    folder = tmp_path_factory.mktemp("cut_off")
    script = Path(__file__).with_name("cut_off.py")
    subprocess.run(
        [alone, "-n", sys.executable, script, folder, model_folder.parent], check=True, cwd=ROOT
    )
    return folder


@pytest.fixture(scope="module")
def told(cut_off: Path) -> dict[str, Any]:
    """Give what each mode did."""
    found: dict[str, Any] = json.loads((cut_off / "told.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.model
def test_both_watchers_see_an_attempt(cut_off: Path, told: dict[str, Any]) -> None:
    """Else what they do not see would prove nothing."""
    assert told["reached"] is False
    assert told["noticed"] == 1
    assert "192.0.2.1" in (cut_off / "control.txt").read_text(encoding="utf-8")


@pytest.mark.model
def test_every_mode_works_without_a_network(told: dict[str, Any]) -> None:
    assert {name: one["said"] for name, one in told["modes"].items() if one["code"]} == {}


@pytest.mark.model
def test_no_mode_asks_for_a_connection(cut_off: Path, told: dict[str, Any]) -> None:
    asked = cut_off / "guard.txt"
    assert not asked.exists(), asked.read_text(encoding="utf-8")
    assert told["tried"] == 0
