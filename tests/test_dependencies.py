"""What the program is made of: pinned, with checksums, under licences that go with its own."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
WANTED = [Requirement(one) for one in PROJECT["dependencies"]] + [
    requirement
    for extra in EXTRAS.values()
    for one in extra
    if (requirement := Requirement(one)).name != "courtesy"
]
# Licences under which a library may stand beside a program under MIT: free to use and to pass on,
# LGPL and MPL as long as it is a library of its own, which a wheel is.
GOES_WITH_MIT = re.compile(
    r"\b(MIT|MIT-0|MIT-CMU|BSD|[02]BSD|BSD-[23]-Clause|Apache|Apache-2\.0|ISC|PSF|PSF-2\.0|Zlib"
    r"|Python-2\.0|Python Software Foundation|CC0-1\.0|MPL|MPL-2\.0|Mozilla|Unlicense|HPND"
    r"|LGPL|LGPL-[\d.]+(-only|-or-later)?|GNU Lesser General Public)\b"
)
# Its wheel has the licence's text and no name for it; read by hand.
BY_HAND = {"axe-playwright-python": "MIT"}


def locked() -> dict[str, list[tuple[Version, str]]]:
    """Return the versions that are locked, each with what stands below it."""
    found: dict[str, list[tuple[Version, str]]] = {}
    for hit in re.finditer(r"^([\w.-]+)==(\S+)(.*(?:\n    .*)*)", LOCK, re.MULTILINE):
        found.setdefault(canonicalize_name(hit[1]), []).append((Version(hit[2]), hit[3]))
    return found


@pytest.mark.parametrize("wanted", WANTED, ids=str)
def test_what_is_asked_for_is_locked(wanted: Requirement) -> None:
    there = locked().get(canonicalize_name(wanted.name), [])
    assert any(wanted.specifier.contains(version) for version, _ in there), there


def test_every_file_has_a_checksum_and_no_place_to_come_from() -> None:
    for name, versions in locked().items():
        assert all("--hash=sha256:" in more for _, more in versions), name
    assert "://" not in LOCK


def test_each_dependency_says_what_it_is_for() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lists = text[text.index("dependencies = [") : text.index("[project.scripts]")]
    lines = [line for line in lists.splitlines() if re.match(r'\s+"[\w.-]+(\[\w+\])?[><=]', line)]
    assert len(lines) > 30
    assert [line for line in lines if not re.search(r"# \S", line)] == []


def here() -> list[str]:
    """Return the locked libraries that are installed; some are for other systems."""
    names = {canonicalize_name(one.name) for one in metadata.distributions()}
    return sorted(names & set(locked()))


def test_most_of_it_is_looked_at() -> None:
    assert len(here()) > 0.8 * len(locked())


@pytest.mark.parametrize("name", here())
def test_its_licence_goes_with_ours(name: str) -> None:
    told = metadata.metadata(name)
    classifiers = [one for one in told.get_all("Classifier") or () if one.startswith("License")]
    said = [told.get("License-Expression") or "", *classifiers, (told.get("License") or "")[:200]]
    assert any(map(GOES_WITH_MIT.search, [BY_HAND.get(name, ""), *said])), said
    # Strong copyleft would bind the whole program.
    assert not any(re.search(r"\bA?GPL|GNU (Affero )?General", one) for one in said), said
