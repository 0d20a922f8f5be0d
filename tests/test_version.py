"""The version is said once and everywhere the same."""

import re
from pathlib import Path

from courtesy import __version__

ROOT = Path(__file__).resolve().parent.parent


def test_the_changelog_begins_with_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## \[?v?(\d+\.\d+\.\d+)", text, re.MULTILINE)
    assert versions[0] == __version__


def test_it_has_three_numbers() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
