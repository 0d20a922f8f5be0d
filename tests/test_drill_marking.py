"""Marks: what was said, close, missing, forbidden, and how it was said."""

import json

import pytest
from drills import marked

from courtesy.drill.marking import as_dict
from courtesy.drill.nearness import beside, slip_between
from courtesy.text.syllables import syllables


@pytest.mark.parametrize(
    ("scenario", "step", "text", "outcome"),
    [
        ("shebao-queue", "how-long", "不好意思，请稍候，前面还有一位。", "right"),
        ("shebao-queue", "how-long", "請您稍等，對不起。", "right"),
        ("shebao-queue", "how-long", "请您稍等一下。", "missing"),
        ("shebao-queue", "how-long", "对不起，急什么，等一下！", "forbidden"),
        ("gongjijin-leaves-window", "copy", "稍候，我去复印。", "close"),
        ("gongjijin-leaves-window", "copy", "请扫候。", "close"),
        ("gongjijin-leaves-window", "copy", "……", "silent"),
        ("yibao-thanks", "thanks", "不用写。", "missing"),  # need not write, not 不用谢
    ],
)
def test_the_outcome_is_the_worst_of_what_was_found(
    scenario: str, step: str, text: str, outcome: str
) -> None:
    assert marked(scenario, step, text).outcome == outcome


def test_what_was_close_is_shown_syllable_by_syllable() -> None:
    (wanted,) = marked("gongjijin-leaves-window", "copy", "请扫候。").wanted
    assert (wanted.verdict, wanted.phrase, wanted.heard) == ("close", "请稍候", "请扫候")
    slipped = [(p.wanted_sound, p.said_sound, p.slip) for p in wanted.pairs if p.slip]
    assert slipped == [("shao", "sao", "retroflex")]


def test_a_please_that_is_left_out_is_shown() -> None:
    (wanted,) = marked("gongjijin-leaves-window", "copy", "稍候，我去复印。").wanted
    assert [(p.wanted, p.said, p.slip) for p in wanted.pairs if p.slip] == [("请", "", "dropped")]


@pytest.mark.parametrize(
    ("wanted", "said", "slip"),
    [
        ("zhan", "zan", "retroflex"),
        ("chang", "cang", "retroflex"),
        ("xin", "xing", "nasal"),
        ("guan", "guang", "nasal"),
        ("nin", "lin", "nl"),
        ("fu", "hu", "fh"),
        ("shang", "san", "retroflex"),  # and nasal as well: the first is named
        ("man", "zou", "other"),
        ("hao", "hao", ""),
    ],
)
def test_the_usual_confusions_are_told_apart(wanted: str, said: str, slip: str) -> None:
    assert slip_between(wanted, said) == slip
    assert slip_between(said, wanted) == slip


def test_a_phrase_is_found_inside_a_longer_answer() -> None:
    distance, pairs, _ = beside(
        "请稍候", ("qing", "shao", "hou"), "好请扫候吧", syllables("好请扫候吧")
    )
    assert distance == 0.5
    assert "".join(p.said for p in pairs) == "请扫候"


def test_points_fall_with_what_is_missing_and_with_what_is_forbidden() -> None:
    points = [
        marked("shebao-queue", "how-long", text).points
        for text in ("对不起，请您稍等。", "对不起，我看看。", "对不起，急什么。", "")
    ]
    assert points == sorted(points, reverse=True)
    assert (points[0], points[-1]) == (100.0, 0.0)


def test_what_could_be_better_is_told_and_costs_nothing() -> None:
    mark = marked("shebao-queue", "how-long", "对不起，请你稍等，排队去。")
    assert {advice.said for advice in mark.better} == {"你", "排队去"}
    assert mark.points == 100.0


def test_an_order_without_please_is_told() -> None:
    mark = marked("shebao-first-greeting", "business", "你把身份证拿出来。")
    assert any("请" in advice.say.zh for advice in mark.better)


@pytest.mark.parametrize(
    ("how", "manner"),
    [
        ({"spoken_seconds": 1.0}, ("fast",)),
        ({"spoken_seconds": 3.0, "response_seconds": 9.0}, ("late",)),
        ({"spoken_seconds": 3.0, "loudness": -60.0}, ("quiet",)),
        ({"spoken_seconds": 3.0, "loudness": -3.0}, ("loud",)),
        ({"spoken_seconds": 3.0, "loudness": -20.0, "response_seconds": 1.0}, ()),
        ({"response_seconds": 90.0}, ()),  # typing takes its time
    ],
)
def test_how_it_was_said_is_told_and_costs_nothing(
    how: dict[str, float], manner: tuple[str, ...]
) -> None:
    mark = marked("shebao-queue", "how-long", "对不起，请您稍等，马上就好。", **how)
    assert mark.manner == manner
    assert mark.points == 100.0


def test_pace_is_syllables_a_second() -> None:
    mark = marked("shebao-queue", "how-long", "对不起，请您稍等。", spoken_seconds=2.0)
    assert mark.pace == 3.5


def test_the_same_answer_gets_the_same_mark_and_travels_as_json() -> None:
    first, second = (as_dict(marked("shebao-queue", "how-long", "急什么，请扫候")) for _ in "ab")
    assert first == second == json.loads(json.dumps(first))
    assert first["breaches"][0]["phrase_id"] == "forbidden-what-hurry"
