"""Scenarios are walked through: what the customer says next depends on what the clerk said."""

import json
from pathlib import Path

import pytest
from drills import BYE, HEAD, WAIT, built_in, marker, scenario_file

from courtesy.drill.booklet import booklet
from courtesy.drill.marking import Answer
from courtesy.drill.reading import load_scenarios
from courtesy.drill.scenarios import END, SITUATIONS, Scenario
from courtesy.drill.session import Walk, taken_up
from courtesy.errors import LexiconError, UsageError


def own(tmp_path: Path, text: str) -> Scenario:
    return load_scenarios([scenario_file(tmp_path, text)])[-1]


def test_every_situation_is_practised_at_ten_windows_and_more() -> None:
    scenarios = built_in().values()
    assert len(scenarios) >= 36
    assert {one.situation for one in scenarios} == set(SITUATIONS)
    assert len({one.window.zh for one in scenarios}) >= 10


def test_every_forbidden_phrase_is_tempted_towards() -> None:
    tempted = {ref for one in built_in().values() for step in one.steps for ref in step.tempt}
    forbidden = {p.id for p in marker().lexicon.phrases if p.polarity == "forbidden"}
    assert forbidden <= tempted


def test_the_customer_goes_on_as_the_clerk_speaks() -> None:
    queue = built_in()["shebao-queue"]
    for text, leads in (
        ("对不起，让您久等了，请您稍等。", "turn"),
        ("请您稍等。", "again"),
        ("急什么，等一下！", "angrier"),
    ):
        walk = Walk(queue)
        walk.answer(marker(), Answer(text))
        assert walk.at == leads, text


def test_what_was_said_may_decide_where_it_goes(tmp_path: Path) -> None:
    step = WAIT + 'next = {apology = "end", otherwise = "bye"}\n'
    scenario = own(tmp_path, HEAD + step + BYE)
    for text, leads in (("对不起，请您稍等。", END), ("请您稍等。", "bye")):
        walk = Walk(scenario)
        walk.answer(marker(), Answer(text))
        assert walk.at == leads


def test_nobody_is_kept_in_a_circle(tmp_path: Path) -> None:
    step = WAIT + 'next = {missing = "wait", silent = "wait"}\n'
    walk = Walk(own(tmp_path, HEAD + step + BYE))
    for _ in range(8):
        if walk.over:
            break
        walk.answer(marker(), Answer(""))
    assert walk.over


@pytest.mark.parametrize("name", built_in())
def test_every_scenario_ends_whatever_is_said(name: str) -> None:
    for text in ("", "滚出去！", "嗯。"):
        walk = Walk(built_in()[name])
        for _ in range(3 * len(walk.scenario.steps)):
            if not walk.over:
                walk.answer(marker(), Answer(text))
        assert walk.over


def test_a_walk_goes_on_where_it_was_left() -> None:
    walk = Walk(built_in()["shebao-queue"])
    walk.answer(marker(), Answer("请您稍等。"))
    kept = json.loads(json.dumps(walk.state()))
    again = taken_up(kept, built_in())
    assert (again.at, again.points, again.turns) == (walk.at, walk.points, walk.turns)


def test_a_walk_of_a_scenario_that_is_gone_is_not_gone_on_with() -> None:
    for state in ({"scenario": "gone", "at": "x"}, {"scenario": "shebao-queue", "at": "gone"}):
        with pytest.raises(UsageError, match="Begin anew"):
            taken_up(state, built_in())


def test_a_broken_file_is_named_with_its_line(tmp_path: Path) -> None:
    file = scenario_file(tmp_path, HEAD + WAIT.replace("customer", "custommer"))
    with pytest.raises(LexiconError, match=r"own\.toml:8.*custommer"):
        load_scenarios([file])


def test_lexicons_of_ones_own_leave_the_built_in_scenarios(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURTESY_LEXICONS", str(tmp_path))
    assert len(load_scenarios()) == len(built_in())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_booklet_holds_phrases_and_scenarios_and_loads_nothing(lang: str) -> None:
    page = booklet(tuple(built_in().values()), marker().lexicon, lang)  # type: ignore[arg-type]
    for one in built_in().values():
        assert one.name.say(lang).replace("'", "&#39;") in page  # type: ignore[arg-type]
    assert "急什么" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page
