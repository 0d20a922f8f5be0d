"""The marker of the built-in lexicons, made once, and scenarios to try it with."""

import functools
from pathlib import Path

from courtesy.drill.marking import Answer, Mark, Marker
from courtesy.drill.reading import load_scenarios
from courtesy.drill.scenarios import Scenario
from courtesy.folders import lexicon_dir, rubric_file
from courtesy.lexicon import load_lexicon
from courtesy.scoring.rubric_file import load_rubric

HEAD = """schema = 1
[[scenario]]
id = "one"
name = {zh = "一", en = "One"}
window = {zh = "窗口", en = "Window"}
situation = "waiting"
sources = ["S0 三(一)5"]
"""
WAIT = """[[scenario.step]]
id = "wait"
customer = "还要多久？"
require = ["waiting"]
model = "请您稍等。"
"""
BYE = """[[scenario.step]]
id = "bye"
customer = "好了，我走了。"
require = ["farewell"]
model = "您慢走。"
"""


@functools.cache
def marker() -> Marker:
    return Marker(load_lexicon([lexicon_dir()]), load_rubric(rubric_file("window")))


@functools.cache
def built_in() -> dict[str, Scenario]:
    return {one.id: one for one in load_scenarios()}


def marked(scenario: str, step: str, text: str, **how: float) -> Mark:
    one = built_in()[scenario]
    return marker().mark(one, one.step(step), Answer(text, **how))


def scenario_file(folder: Path, text: str) -> Path:
    file = folder / "own.toml"
    file.write_text(text, encoding="utf-8")
    return file
