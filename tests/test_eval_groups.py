"""Whether some clerks are judged worse than others: told apart by what gold says of them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from stored import command

from courtesy.evaluation.groups import _of_errors, _of_shares
from courtesy.evaluation.intervals import Share

SAMPLES = Path(__file__).parent.parent / "samples" / "counter"
WOMEN, MEN, UNTOLD = ("shebao-good", "huji-mixed"), ("shuiwu-poor", "yibao-poor"), "rexian-phone"


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """Give gold files of two women, two men, and of somebody of whom nothing is said."""
    folder = tmp_path / "gold"
    folder.mkdir()
    for names, speaker in (
        (WOMEN, 'speaker = {sex = "女"}\n'),
        (MEN, 'speaker = {sex = "男"}\n'),
        ((UNTOLD,), ""),
    ):
        for name in names:
            text = (SAMPLES / f"{name}.toml").read_text(encoding="utf-8")
            (folder / f"{name}.toml").write_text(speaker + text, encoding="utf-8")
    return folder


def evaluated(*arguments: object) -> dict[str, Any]:
    found = command("eval", *arguments, "--at", "text", "--json")
    assert found.exit_code == 0, found.stderr
    (condition,) = json.loads(found.stdout)["conditions"]
    return condition


def test_figures_are_told_apart_by_who_the_clerk_is(gold: Path) -> None:
    women, men = evaluated(gold)["speakers"]
    assert (men["trait"], men["value"], men["dialogues"]) == ("sex", "男", 2)
    assert (women["value"], women["dialogues"]) == ("女", 2)
    found = men["figures"]["breach_found"]
    # The same as an evaluation of theirs alone, and the one's own are the other's rest.
    alone = evaluated(*(gold / f"{name}.toml" for name in MEN))
    assert found["own"]["part"] == alone["forbidden_by_turn"]["recall"]["part"] > 0
    assert found["own"]["whole"] == alone["forbidden_by_turn"]["recall"]["whole"]
    assert women["figures"]["verdicts_right"]["rest"] == men["figures"]["verdicts_right"]["own"]
    difference = men["figures"]["verdicts_right"]["difference"]
    assert difference["low"] <= difference["value"] <= difference["high"]


def test_one_kind_of_clerk_alone_has_none_to_be_held_against(gold: Path) -> None:
    for name in MEN:
        (gold / f"{name}.toml").unlink()
    assert evaluated(gold)["speakers"] == []


def test_the_table_is_for_people(gold: Path) -> None:
    shown = command("eval", gold, "--at", "text")
    assert re.search(r"(性别|sex) · 女", shown.stdout)


def test_a_speaker_that_is_no_table_is_one_sentence(gold: Path) -> None:
    file = gold / f"{UNTOLD}.toml"
    file.write_text('speaker = "女"\n' + file.read_text(encoding="utf-8"), encoding="utf-8")
    found = command("eval", gold, "--at", "text")
    assert found.exit_code != 0
    assert f"{UNTOLD}.toml" in found.stderr.replace("\n", "")
    assert "speaker" in found.stderr


def test_the_interval_of_a_difference_is_the_published_one() -> None:
    """Newcombe (1998), Statistics in Medicine 17:873, Table II, (a), method 10."""
    found = _of_shares(Share(56, 70), Share(48, 80))
    assert found.difference is not None
    value, (low, high) = found.difference
    assert value == pytest.approx(0.2)
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)
    assert found.differs


def test_a_difference_of_errors_is_certain_only_where_dialogues_agree() -> None:
    worse = _of_errors([(30, 100)] * 10, [(10, 100)] * 10)
    assert worse.difference is not None
    assert worse.difference[0] == pytest.approx(0.2)
    assert worse.differs
    assert not _of_errors([(0, 100), (60, 100)], [(10, 100), (12, 100)]).differs
    assert _of_errors([], [(10, 100)]).difference is None
