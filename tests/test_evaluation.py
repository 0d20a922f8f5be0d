"""Gold files and the comparison with them."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtesy.evaluation.gold import Encounter, Gold, NotAGoldFile, Turn, as_transcript, read_gold
from courtesy.evaluation.measure import (
    Judged,
    Tally,
    breaches,
    gravest,
    pair,
    total,
    verdicts,
)
from courtesy.evaluation.speakers import RoleTime, role_time
from courtesy.messages import Text
from courtesy.records import (
    Fault,
    Finding,
    Heard,
    Interaction,
    Match,
    Recording,
    Scorecard,
    Span,
    Utterance,
)

SAMPLES = Path(__file__).parents[1] / "samples"
GOLD_FILES = sorted([*SAMPLES.glob("counter/*.toml"), *SAMPLES.glob("session/*.toml")])

SMALL = """
id = "small"
scene = "窗口"
mode = "counter"
clerk = "left"
rules = {greeting = "fail", forbidden = "fail"}

[[turn]]
role = "customer"
text = "请问表在哪里？"
start = 0.5
end = 1.5

[[turn]]
role = "clerk"
text = "自己找。"
start = 2.0
end = 3.0
forbidden = ["自己找"]
polite = false
"""


def written(folder, text):
    path = folder / "small.toml"
    path.write_text(text, encoding="utf-8")
    return path


def match(number, phrase, *, utterance=0, standing="counted", listed="forbidden"):
    return Match(
        number, listed, "forbidden", phrase, f"id-{phrase}", ("S0",), "serious", phrase,
        Span(0, len(phrase)), utterance, "clerk", 0.0, 1.0, "exact", 1.0, standing, Text("", ""),
    )  # fmt: skip


def card(*verdicts, start=0.0, end=10.0, number=0):
    """Make a scorecard of (rule, verdict) or (rule, verdict, matches of the finding…)."""
    utterances = () if start is None else (Utterance(0, "话", "clerk", start, end),)
    findings = tuple(
        Finding(rule, verdict, 0.0, Text("因", "why"), matches=tuple(m.id for m in matches))
        for rule, verdict, *matches in verdicts
    )
    matches = tuple(match for verdict in verdicts for match in verdict[2:])
    interaction = Interaction(number, utterances, matches=matches)
    return Scorecard(interaction, findings, 100.0, None, scorable=True)


def encounter(start, end, phrases=(), **rules):
    return Encounter(start, end, rules, (Turn("clerk", "话", start, end, tuple(phrases)),))


def recording(*cards, error=None):
    return Recording(Heard("a.wav", ()), scorecards=tuple(cards), error=error)


# -- reading ---------------------------------------------------------------------------------------


def test_a_dialogue_is_read_whole(tmp_path):
    gold = read_gold(written(tmp_path, SMALL))
    assert (gold.id, gold.mode, gold.clerk) == ("small", "counter", "left")
    (only,) = gold.encounters
    assert (only.start, only.end) == (0.5, 3.0)
    assert only.rules == {"greeting": "fail", "forbidden": "fail"}
    assert only.forbidden == ("自己找",)
    assert gold.turns[0].polite is None
    assert gold.turns[1] == Turn("clerk", "自己找。", 2.0, 3.0, ("自己找",), polite=False)


def test_there_are_samples_to_read():
    assert len(GOLD_FILES) >= 9


@pytest.mark.parametrize("path", GOLD_FILES, ids=lambda path: path.stem)
def test_every_sample_holds_together(path):
    gold = read_gold(path)
    assert gold.id == path.stem
    for one in gold.encounters:
        assert [t.start for t in one.turns] == sorted(t.start for t in one.turns)
        assert all(one.start <= t.start and t.end <= one.end for t in one.turns)
        assert not any(t.forbidden for t in one.turns if t.role == "customer")
        assert (one.rules["forbidden"] == "fail") == bool(one.forbidden)


@pytest.mark.parametrize("path", GOLD_FILES, ids=lambda path: path.stem)
def test_the_samples_name_phrases_as_the_lexicon_does(path):
    from courtesy.folders import lexicon_dir
    from courtesy.lexicon import load_lexicon

    known = {p.text for p in load_lexicon([lexicon_dir()]).phrases if p.list == "forbidden"}
    said = {phrase for one in read_gold(path).encounters for phrase in one.forbidden}
    assert said <= known


def test_several_customers_are_several_encounters():
    gold = read_gold(SAMPLES / "session" / "morning.toml")
    assert len(gold.encounters) == 5
    assert gold.clerk is None
    assert len(gold.turns) == sum(len(one.turns) for one in gold.encounters)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('mode = "counter"', 'mode = "letter"', "mode = 'letter'"),
        ('clerk = "left"', 'clerk = "middle"', "clerk = 'middle'"),
        ('greeting = "fail"', 'greeting = "bad"', "rules.greeting"),
        ('role = "clerk"', 'role = "boss"', "role = 'boss'"),
        ('id = "small"', "", "'id'"),
        ('id = "small"', "id = 3", "id: a string"),
        ("end = 3.0", "end = 1.0", "start 2.0, end 1.0"),
        ('forbidden = ["自己找"]', 'forbidden = "自己找"', "forbidden: a list"),
        ("[[turn]]", "[[turns]]", "no [[turn]]"),
        ("[[turn]]", "[[turn]", "line"),
        ("end = 3.0", "", "every turn has both"),
        ("end = 3.0", "end = inf", "end inf"),
        ('text = "自己找。"', "text = 3", "text: a string"),
        ("polite = false", "courtesies = [3]", "courtesies: a list"),
        ("rules = {", "turn = 3\nrules = {", "line"),
        ('{greeting = "fail", forbidden = "fail"}', '"strict"', "rules: a table"),
    ],
)
def test_a_broken_file_is_refused_by_name(tmp_path, old, new, named):
    path = written(tmp_path, SMALL.replace(old, new))
    with pytest.raises(NotAGoldFile) as refused:
        read_gold(path)
    for lang in ("zh", "en"):
        assert str(path) in refused.value.say(lang)
        assert named in refused.value.say(lang)


def test_talk_without_times_is_laid_out(tmp_path):
    """Four characters a second, a breath between turns, a long silence between customers."""
    untimed = re.sub(r"(start|end) = .*\n", "", SMALL)
    gold = read_gold(written(tmp_path, untimed))
    assert not gold.timed
    assert [(t.start, t.end) for t in gold.turns] == [(0.0, 1.5), (2.3, 3.05)]
    head, _, turns = untimed.partition("[[turn]]")
    several = head.replace("rules", "# rules") + "".join(
        "[[interaction]]\nrules = {forbidden = 'fail'}\n[[interaction.turn]]"
        + turns.replace("[[turn]]", "[[interaction.turn]]")
        for _ in range(2)
    )
    first, second = read_gold(written(tmp_path, several)).encounters
    assert second.start - first.end >= 30
    assert read_gold(written(tmp_path, SMALL)).timed


def test_courtesies_may_be_listed(tmp_path):
    listed = SMALL.replace("polite = false", 'polite = false\ncourtesies = ["您好", "您好"]')
    gold = read_gold(written(tmp_path, listed))
    assert [t.courtesies for t in gold.turns] == [None, ("您好", "您好")]


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(NotAGoldFile, match=r"none\.toml"):
        read_gold(tmp_path / "none.toml")


def test_gold_as_a_transcript_is_in_order_of_time_with_roles():
    later, sooner = Turn("customer", "好。", 5.0, 6.0), Turn("clerk", "您好。", 1.0, 2.0)
    gold = Gold("x", "", "counter", None, (Encounter(1.0, 6.0, {}, (later, sooner)),))
    heard = as_transcript(gold, "x.toml")
    assert [(u.id, u.heard, u.role, u.start) for u in heard.utterances] == [
        (0, "您好。", "clerk", 1.0),
        (1, "好。", "customer", 5.0),
    ]
    assert heard.duration == 6.0


# -- counting --------------------------------------------------------------------------------------


def test_shares_are_undefined_where_there_is_nothing():
    assert Tally().precision is None
    assert Tally().recall is None
    assert Tally(right=3, wrong=1, missed=2).precision == 0.75
    assert Tally(right=3, wrong=1, missed=2).recall == 0.6
    assert total([]) == Tally()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))))
def test_a_total_is_the_sum_of_its_parts(numbers):
    summed = total(Tally(*n) for n in numbers)
    columns = list(zip(*numbers, strict=True)) or [(), (), ()]
    assert summed == Tally(*map(sum, columns))


def test_unsure_misses_a_breach_and_wrongs_nobody():
    judged = [
        Judged("a", "abuse", "fail", "fail"),
        Judged("b", "abuse", "fail", "unsure"),
        Judged("c", "abuse", "pass", "unsure"),
        Judged("d", "abuse", "pass", "fail"),
        Judged("e", "abuse", "fail", None),
        Judged("f", "greeting", "fail", "fail"),
    ]
    assert breaches(judged, "abuse") == Tally(right=1, wrong=1, missed=2)
    assert [one.accuses for one in judged] == [False, False, False, True, False, False]
    assert not any(one.overlooks for one in judged)
    assert Judged("g", "abuse", "fail", "pass").overlooks


# -- comparing -------------------------------------------------------------------------------------


def test_the_gravest_finding_speaks_for_a_rule():
    several = card(("forbidden", "unsure"), ("forbidden", "fail"), ("greeting", "pass"))
    assert gravest(several, "forbidden").verdict == "fail"
    assert gravest(several, "farewell") is None


def test_encounters_and_scorecards_are_paired_by_time():
    """A card that runs over two encounters goes to the one it shares more with, and only to it."""
    encounters = (encounter(0, 40), encounter(80, 120), encounter(170, 200))
    cards = (card(start=1, end=118, number=0), card(start=172, end=199, number=1))
    assert [found for _, found in pair(encounters, cards)] == [cards[0], None, cards[1]]


def test_one_of_each_needs_no_times():
    untimed = card(start=None)
    assert pair((encounter(0, 10),), (untimed,)) == ((encounter(0, 10), untimed),)


def test_an_encounter_without_a_scorecard_is_judged_by_nobody():
    gold = Gold(
        "x",
        "",
        "counter",
        None,
        (encounter(0, 9, greeting="pass"), encounter(50, 60, greeting="fail")),
    )
    result = verdicts(gold, recording(card(("greeting", "pass"), start=0, end=9)))
    assert [(one.where, one.given) for one in result] == [("x 1", "pass"), ("x 2", None)]


def test_a_recording_that_failed_has_judged_nothing():
    gold = Gold("x", "", "counter", None, (encounter(0, 9, ["自己找"], forbidden="fail"),))
    (judged,) = verdicts(gold, recording(error=Fault("not-readable", Text("无", "none"))))
    assert judged.given is None


def test_roles_are_measured_by_time() -> None:
    turns = (Turn("clerk", "您好", 0.0, 2.0), Turn("customer", "你好", 3.0, 6.0))
    heard = (
        Utterance(0, "您好", "clerk", 0.0, 2.2),
        Utterance(1, "你", "clerk", 2.8, 4.0),
        Utterance(2, "好", "unknown", 4.0, 6.0),
        Utterance(3, "嗯", "clerk", 9.0, 10.0),
    )
    found = role_time(heard, turns)
    assert (found.right, found.wrong, found.unknown) == pytest.approx((2.2, 1.2, 2.0))
    assert found.shares == pytest.approx((2.2 / 5.4, 1.2 / 5.4, 2.0 / 5.4))
    assert RoleTime().shares is None
