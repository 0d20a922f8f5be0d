"""Which files a path stands for."""

import os
from pathlib import Path

import pytest

from courtesy.errors import NotReadable
from courtesy.inputs import find_inputs


def made(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def names(folder: Path, *paths: Path) -> list[str]:
    found = list(find_inputs(paths or (folder,)))
    assert all(one.fault is None for one in found)
    return [one.path.relative_to(folder).as_posix() for one in found]


def test_a_folder_gives_its_recordings_and_transcripts_in_order(tmp_path: Path) -> None:
    made(
        tmp_path,
        "b.wav",
        "a.MP3",
        "c/d.opus",
        "c/e.txt",
        "readme.md",
        "notes.pdf",
        "x.toml",
        "10.amr",
    )
    assert names(tmp_path) == ["10.amr", "a.MP3", "b.wav", "c/d.opus", "c/e.txt"]


def test_what_is_hidden_is_passed_over(tmp_path: Path) -> None:
    made(tmp_path, "a.wav", ".b.wav", ".trash/c.wav", "._a.wav")
    assert names(tmp_path) == ["a.wav"]


def test_a_named_file_is_taken_whatever_its_ending(tmp_path: Path) -> None:
    made(tmp_path, "tape.bin", ".hidden.wav")
    assert names(tmp_path, tmp_path / "tape.bin", tmp_path / ".hidden.wav") == [
        "tape.bin",
        ".hidden.wav",
    ]


def test_the_order_is_the_one_given(tmp_path: Path) -> None:
    made(tmp_path, "a.wav", "b.wav", "f/c.wav")
    paths = [tmp_path / n for n in ("b.wav", "f", "a.wav")]
    assert names(tmp_path, *paths) == ["b.wav", "f/c.wav", "a.wav"]


def test_each_file_once(tmp_path: Path) -> None:
    made(tmp_path, "a.wav", "b.wav")
    assert names(tmp_path, tmp_path / "b.wav", tmp_path, tmp_path) == ["b.wav", "a.wav"]


def test_the_same_file_by_another_name_is_taken_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path, "a.wav")
    monkeypatch.chdir(tmp_path)
    found = list(find_inputs([Path("a.wav"), Path("./a.wav"), tmp_path / "a.wav"]))
    assert len(found) == 1


def test_a_missing_path_is_left_to_whoever_opens_it(tmp_path: Path) -> None:
    (only,) = find_inputs([tmp_path / "none.wav"])
    assert only.path.name == "none.wav"


@pytest.mark.parametrize("inside", [[], ["readme.md"]])
def test_a_folder_with_nothing_to_score_says_so(tmp_path: Path, inside: list[str]) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    made(folder, *inside)
    (only,) = find_inputs([folder])
    assert isinstance(only.fault, NotReadable)
    assert "empty" in only.fault.text.zh
    assert "empty" in only.fault.text.en


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything"
)
def test_a_folder_that_may_not_be_opened_is_listed_and_the_rest_goes_on(tmp_path: Path) -> None:
    made(tmp_path, "a.wav", "locked/b.wav")
    (tmp_path / "locked").chmod(0)
    try:
        found = list(find_inputs([tmp_path]))
    finally:
        (tmp_path / "locked").chmod(0o700)
    assert [one.path.name for one in found] == ["a.wav", "locked"]
    assert isinstance(found[1].fault, NotReadable)


def test_a_circle_of_links_comes_to_an_end(tmp_path: Path) -> None:
    made(tmp_path, "f/a.wav")
    (tmp_path / "f" / "again").symlink_to(tmp_path / "f", target_is_directory=True)
    assert names(tmp_path) == ["f/a.wav"]
