"""`courtesy drill` as people use it in a terminal."""

from pathlib import Path

import pytest
from drills import BYE, HEAD, WAIT, marker, scenario_file
from stored import command

from courtesy.cli import drill as drill_command
from courtesy.cli.common import console
from courtesy.cli.drill_practice import practise as go_through
from courtesy.cli.drill_screen import Screen
from courtesy.drill.marking import Answer
from courtesy.drill.reading import load_scenarios
from courtesy.drill.session import Walk
from courtesy.store import Database, accounts, practising, training


@pytest.fixture(autouse=True)
def _ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no unfinished drills, and the marker that is made already."""
    monkeypatch.setenv("COURTESY_DB", str(tmp_path / "drills.sqlite3"))
    monkeypatch.setattr(drill_command, "make_marker", lambda _: marker())


def practise(*arguments: str, answer: str) -> str:
    result = command("drill", "--typed", "--person", "李", *arguments, answer=answer)
    assert result.exit_code == 0, result.output
    return result.output


QUEUE = ("--scenario", "shebao-queue")


def test_a_drill_is_marked_line_by_line_and_summed_up() -> None:
    shown = practise(*QUEUE, answer="对不起，请您稍等。\n对不起，让您久等了。\n")
    assert "到底什么时候轮到我" in shown
    assert shown.count("right · 100 points") == 2
    assert "2 of 2 answers right" in shown


def test_what_was_wrong_is_shown_with_a_model_answer() -> None:
    shown = practise(*QUEUE, answer="急什么，等一下！\n:q\n")
    assert "forbidden “急什么，等一下”" in shown
    assert "请您稍等，前面还有两位" in shown
    assert "你这是什么态度" in shown  # the customer grows angry


def test_syllables_stand_side_by_side() -> None:
    scenario = ("--scenario", "gongjijin-leaves-window")
    shown = practise(*scenario, answer="请扫候\n:q\n")
    assert "wanted qing shao hou" in shown
    assert "said   qing sao  hou" in shown


def test_an_interrupted_drill_goes_on_where_it_was() -> None:
    practise(*QUEUE, answer="请您稍等。\n")  # the input ends, as with Ctrl-D
    shown = practise(answer="请您稍等。\n对不起，让您久等了。\n")
    assert "goes on where it was left" in shown
    assert "到底什么时候轮到我" not in shown
    assert "2 of 3 answers right" in shown
    assert "goes on where it was left" not in practise(*QUEUE, answer=":q\n")


class Leaves:
    """Somebody who has enough after each answer that is not right."""

    def put(self, *_: object) -> bool:
        return True

    def take(self, *_: object) -> Answer:
        return Answer("嗯。")

    def after(self, *_: object) -> bool:
        return False


@pytest.mark.parametrize(("steps", "finished"), [(BYE, True), (WAIT + BYE, False)])
def test_who_leaves_after_the_last_answer_has_finished(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], steps: str, finished: bool
) -> None:
    walk = Walk(load_scenarios([scenario_file(tmp_path, HEAD + steps)])[-1])
    kept = []
    go_through(
        walk, marker(), Leaves(), Screen(console(), marker()), lambda: kept.append(walk.over)
    )
    assert kept == [finished]
    assert ("Done" in capsys.readouterr().out) == finished


def test_what_was_begun_on_the_page_meanwhile_is_not_overwritten(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURTESY_DB", database.address)
    with database.writing() as connection:
        trainer = accounts.add(connection, "trainer", "x", "trainer")
        accounts.add(connection, "li", "x", "reviewer")
        group = training.make(connection, trainer, "一班")
        training.set_members(connection, trainer, group, ["li"])
        (task,) = training.assign(connection, trainer, group, ["shebao-queue"], None,
                                  examination=True)  # fmt: skip
        practising.leave(connection, "li", {"scenario": "shebao-queue", "at": "x"}, task)
    # Large and small letters are the same, as where people sign in.
    result = command("drill", "--typed", "--person", "Li", *QUEUE, answer="请您稍等。\n")
    assert result.exit_code == 2
    assert "finish" in result.output.lower()
    with database.reading() as connection:
        assert practising.unfinished(connection, "li").assignment == task


def test_two_people_have_drills_of_their_own() -> None:
    practise(*QUEUE, answer="请您稍等。\n:q\n")
    other = command("drill", "--typed", "--person", "王", *QUEUE, answer=":q\n")
    assert "到底什么时候轮到我" in other.output


def test_a_drill_can_begin_anew() -> None:
    practise(*QUEUE, answer="请您稍等。\n:q\n")
    assert "到底什么时候轮到我" in practise(*QUEUE, "--anew", answer=":q\n")


def test_a_drill_whose_scenario_is_gone_is_told_with_the_remedy(tmp_path: Path) -> None:
    own = scenario_file(tmp_path, HEAD + WAIT + BYE)
    practise("--scenarios", str(own), "--scenario", "one", answer="请您稍等。\n:q\n")
    result = command("drill", "--typed", "--person", "李")
    assert result.exit_code == 2
    assert "--anew" in result.output


def test_a_scenario_is_chosen_by_its_number() -> None:
    shown = practise(answer="2\n:q\n")
    assert "到底什么时候轮到我" in shown


@pytest.mark.parametrize("wanted", ["0", "999", "nothing"])
def test_a_scenario_that_there_is_not_is_named(wanted: str) -> None:
    result = command("drill", "--typed", "--person", "李", answer=f"{wanted}\n")
    assert result.exit_code == 2
    assert f"no scenario {wanted}" in result.output


def test_scenarios_of_ones_own_are_practised(tmp_path: Path) -> None:
    file = scenario_file(tmp_path, HEAD + WAIT + BYE)
    shown = practise("--scenarios", str(file), "--scenario", "one", answer="请稍等。\n您慢走。\n")
    assert "2 of 2" in shown


def test_list_filters_by_window_and_situation() -> None:
    every = command("drill", "list").output.splitlines()
    angry = command("drill", "list", "--situation", "angry").output.splitlines()
    phone = command("drill", "list", "--window", "Hotline").output.splitlines()
    assert len(every) >= 36
    assert 0 < len(angry) < len(every)
    assert [row.split()[0] for row in phone] == [
        "rexian-opening",
        "rexian-bad-line",
        "rexian-absent",
    ]
    assert command("drill", "list", "--window", "nowhere").exit_code == 2


def test_check_ends_with_one_for_a_flaw(tmp_path: Path) -> None:
    file = scenario_file(tmp_path, HEAD + WAIT + 'next = {missing = "gone"}\n')
    result = command("drill", "check", file)
    assert result.exit_code == 1
    assert f"{file}:8: wait: a dead end" in result.output
    assert "1 scenarios, 1 errors" in result.output


def test_export_writes_a_page(tmp_path: Path) -> None:
    file = tmp_path / "booklet.html"
    assert command("drill", "export", file, "--situation", "thanks").exit_code == 0
    page = file.read_text(encoding="utf-8")
    assert "An invoice on behalf" in page
    assert "Tired of waiting" not in page


def test_export_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    result = command("drill", "export", tmp_path)
    assert result.exit_code == 1


def test_a_scenario_is_shown_as_a_tree_with_what_is_wrong_in_its_file(tmp_path: Path) -> None:
    own = scenario_file(tmp_path, HEAD + WAIT + BYE)
    shown = command("drill", "preview", str(own), "one")
    assert shown.exit_code == 0
    for words in ("one: One", "wait: 还要多久？", "请您稍等。", "otherwise → bye"):
        assert words in shown.output
    missing = command("drill", "preview", str(own), "two")
    assert missing.exit_code == 2
    own.write_text(HEAD + WAIT + BYE.replace('model = "您慢走。"', ""), encoding="utf-8")
    faulty = command("drill", "preview", str(own))
    assert faulty.exit_code == 1
    assert "own.toml:" in faulty.output
