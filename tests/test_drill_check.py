"""The linter of scenarios: each flaw is one sentence with its file and line."""

from pathlib import Path

import pytest
from drills import BYE, HEAD, WAIT, marker, scenario_file

from courtesy.drill.check import check
from courtesy.drill.reading import drills_dir
from courtesy.errors import UsageError

STEP = 8  # the line of the first step


def flaws(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    _, found = check([scenario_file(tmp_path, text)], marker())
    for flaw in found:
        assert flaw.sentence.en.startswith(f"{flaw.file}:{flaw.line}: ")
        assert flaw.sentence.zh.endswith("。")
    return [(flaw.line, flaw.text.en) for flaw in found]


def test_the_built_in_scenarios_are_clean() -> None:
    reading, found = check([drills_dir()], marker())
    assert reading.scenarios
    assert [flaw.sentence.en for flaw in found] == []


def test_a_good_file_is_clean(tmp_path: Path) -> None:
    assert flaws(tmp_path, HEAD + WAIT + BYE) == []


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (HEAD + WAIT + 'next = {missing = "gone"}\n', STEP, "dead end"),
        (HEAD + WAIT + 'next = {otherwise = "end"}\n' + BYE, STEP + 6, "no step ever leads here"),
        (HEAD + WAIT + 'next = {otherwise = "wait"}\n', STEP, "goes in a circle"),
        (
            HEAD + WAIT + 'next = {right = "wait", otherwise = "end"}\n',
            STEP,
            "even with the model answers",
        ),
        (HEAD + WAIT.replace('"waiting"', '"politeness"'), STEP, "politeness"),
        (HEAD + WAIT.replace('"waiting"', '"rule:smile"'), STEP, "rule:smile"),
        (HEAD + WAIT.replace('"waiting"', '"forbidden-what-hurry"'), STEP, "must not ask for"),
        (HEAD + WAIT + 'tempt = ["forbidden-nothing"]\n', STEP, "forbidden-nothing"),
        (HEAD + WAIT + 'tempt = ["waiting-please-shaodeng"]\n', STEP, "is no forbidden phrase"),
        (HEAD + WAIT + 'next = {applause = "end"}\n', STEP, "applause"),
        (HEAD + WAIT.replace("请您稍等", "坐那儿吧"), STEP, "does not meet waiting"),
        (HEAD + WAIT.replace("请您稍等", "请您稍等，急什么"), STEP, "forbidden “急什么”"),
        (HEAD + WAIT.replace("请您稍等", "请你稍等"), STEP, "better is “您”"),
        (HEAD + WAIT + WAIT, STEP + 5, "is taken"),
        (HEAD, 2, "no [[scenario.step]]"),
        (HEAD.replace('"waiting"', '"dancing"') + WAIT, 2, "situation is one of"),
        (HEAD.replace('"One"', '""') + WAIT, 2, "write name"),
        (HEAD.replace("sources", "mode = 3\nsources") + WAIT, 2, "mode is counter or phone"),
        (HEAD + WAIT + "next = 3\n", STEP, "write next"),
        (HEAD + WAIT + "require = 3\n", 13, "not valid TOML"),
        ("schema = 2\n", 1, "correct schema"),
        ("schema = 1\n", 1, "start every scenario"),
        ("schema = 1\nscenario = [3]\n", 1, "start every scenario"),
    ],
)  # fmt: skip
def test_a_flaw_is_told_with_its_line(tmp_path: Path, text: str, line: int, told: str) -> None:
    found = flaws(tmp_path, text)
    assert any(at == line and told in sentence for at, sentence in found), found


def test_an_id_that_is_taken_names_the_other_place(tmp_path: Path) -> None:
    scenario_file(tmp_path, HEAD + WAIT)
    (tmp_path / "zwei.toml").write_text(HEAD + WAIT, encoding="utf-8")
    _, found = check([tmp_path], marker())
    assert [flaw.file.name for flaw in found] == ["zwei.toml"]
    assert "own.toml line 2" in found[0].text.en


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "gbk.toml").write_bytes("# 情景".encode("gb18030"))
    _, found = check([tmp_path], marker())
    assert "UTF-8" in found[0].text.en


def test_a_path_without_scenarios_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="missing or holds no"):
        check([tmp_path / "nothing"], marker())
