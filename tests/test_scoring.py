"""Each rule by small conversations: passed, failed, not applicable, or left to a person's ear."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import gold_files, gold_talk, read_gold, talk
from hypothesis import given, settings
from hypothesis import strategies as st

from courtesy.errors import LexiconError
from courtesy.messages import LANGUAGES
from courtesy.records import Finding, Heard, Recording, Scorecard
from courtesy.scoring.rubric import Rubric
from courtesy.scoring.rubric_file import load_rubric
from courtesy.scoring.score import score

Judge = Callable[..., Scorecard]

HELLO = ("clerk", "您好，请问您办理什么业务？")
ASK = ("customer", "我想查一下社保。")
TOLD = ("clerk", "一共交了十二年。")
BYE = ("clerk", "请慢走，再见。")


@pytest.fixture
def card(judge: Callable[[Heard], Recording]) -> Judge:
    """Score talk that is one interaction."""

    def make(*lines: tuple) -> Scorecard:
        (only,) = judge(talk(*lines)).scorecards
        return only

    return make


def findings(card: Scorecard, rule: str) -> list[Finding]:
    return [f for f in card.findings if f.rule == rule]


def verdict(card: Scorecard, rule: str) -> str:
    (finding,) = findings(card, rule)
    return finding.verdict


def hold_promises(card: Scorecard, rubric: Rubric) -> None:
    """What is true of every scorecard, whatever was said."""
    assert {f.rule for f in card.findings} == {r.id for r in rubric.rules}
    order = [r.id for r in rubric.rules]
    assert [f.rule for f in card.findings] == sorted(
        (f.rule for f in card.findings), key=order.index
    )
    matches = {m.id: m for m in card.interaction.matches}
    utterances = {u.id for u in card.interaction.utterances}
    for finding in card.findings:
        assert finding.points <= 0
        assert finding.points == 0 or finding.verdict == "fail"
        assert set(finding.matches) <= set(matches)
        assert set(finding.utterances) <= utterances
        assert all(finding.reason.say(lang) for lang in LANGUAGES)
        if finding.verdict == "fail" and finding.rule in {"forbidden", "abuse"}:
            assert finding.matches
            assert all(matches[m].counted and matches[m].role == "clerk" for m in finding.matches)
    if card.scorable:
        points = rubric.base + sum(f.points for f in card.findings)
        assert card.score == pytest.approx(min(100, max(0, points)), abs=0.01)
        assert card.grade == rubric.grade(card.score)
        assert card.note is None
    else:
        assert (card.score, card.grade) == (None, None)
        assert card.note is not None
        assert not any(f.points for f in card.findings)


# --- greeting and farewell ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ((HELLO, ASK, TOLD, BYE), "pass"),
        ((("clerk", "你好。"), ASK, TOLD), "pass"),
        ((("customer", "你好，我想查社保。"), ("clerk", "您好，请坐。")), "pass"),
        ((("clerk", "早上好，请坐。"), ASK, TOLD), "pass"),
        ((("clerk", "请稍等。"), ("clerk", "您好，让您久等了。"), ASK), "pass"),
        ((("clerk", "什么事？"), ASK, TOLD), "fail"),
        ((("clerk", "下一个。"), ASK, ("clerk", "您好。")), "fail"),
        ((ASK, TOLD), "fail"),
        ((("clerk", "您好像填错了。"), ASK), "fail"),
        ((("customer", "您好。"), ("clerk", "说。")), "fail"),
        ((("clerk", "您好。", 0, 1, 0.28), ASK, TOLD), "unsure"),
        ((("clerk", "什么事。", 0, 1, 0.42), ASK, TOLD), "unsure"),
        ((("clerk", "您好，这里是政务服务热线，请讲。"), ASK, TOLD), "na"),
    ],
)
def test_greeting(card: Judge, rubric: Rubric, lines: tuple, wanted: str) -> None:
    made = card(*lines)
    assert verdict(made, "greeting") == wanted
    hold_promises(made, rubric)


def test_a_greeting_in_the_first_seconds_is_early_enough(card: Judge) -> None:
    early = (("clerk", "嗯。", 0, 1), ("customer", "查社保。", 2, 3), ("clerk", "您好。", 6, 7))
    late = (("clerk", "嗯。", 0, 1), ("customer", "查社保。", 2, 13), ("clerk", "您好。", 14, 15))
    assert verdict(card(*early), "greeting") == "pass"
    assert verdict(card(*late), "greeting") == "fail"


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ((HELLO, ASK, TOLD, BYE), "pass"),
        ((HELLO, ASK, BYE, ("customer", "再见。")), "pass"),
        ((HELLO, ASK, ("clerk", "谢谢您的合作。")), "pass"),
        ((HELLO, ASK, ("clerk", "您慢走。"), ("clerk", "下一位。")), "pass"),
        ((HELLO, ASK, TOLD), "fail"),
        ((HELLO, ASK, TOLD, ("customer", "再见。")), "fail"),
        ((HELLO, ASK, ("clerk", "下一个。")), "fail"),
        ((HELLO, ASK, ("clerk", "在建工程的不在这里办。")), "fail"),
        ((HELLO, ASK, ("clerk", "您稍等，我查一下。")), "na"),
        ((HELLO, ASK, ("clerk", "您带身份证了吗？")), "na"),
    ],
)
def test_farewell(card: Judge, rubric: Rubric, lines: tuple, wanted: str) -> None:
    made = card(*lines)
    assert verdict(made, "farewell") == wanted
    hold_promises(made, rubric)


def test_what_fails_names_its_evidence(card: Judge) -> None:
    made = card(
        ("clerk", "什么事？", 1.0, 2.0),
        ("customer", "查社保。", 3.0, 4.0),
        ("clerk", "好。", 5.0, 6.0),
    )
    (finding,) = findings(made, "greeting")
    assert (finding.verdict, finding.points, finding.start) == ("fail", -10, 1.0)
    assert 0 in finding.utterances


def test_what_passes_names_its_words(card: Judge) -> None:
    made = card(HELLO, ASK, BYE)
    for rule in ("greeting", "farewell"):
        (finding,) = findings(made, rule)
        (number,) = finding.matches
        assert made.interaction.matches[number].heard in finding.reason.zh
        assert made.interaction.matches[number].heard in finding.reason.en


# --- please ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (("请出示身份证。",), "pass"),
        (("请填表。", "签字。"), "pass"),
        (("麻烦您签个字。",), "pass"),
        (("请先填这张表，再到三号窗口缴费。",), "pass"),
        (("身份证拿来。",), "fail"),
        (("身份证。", "签字。", "填表。"), "fail"),
        (("身份证拿来，签字。", "到三号窗口缴费去。", "请坐。"), "fail"),
        (("还没上班，等一下办。", "有牌子，自己看。"), "fail"),
        (("您把身份证给我。", "您填一下这张表。"), "na"),
        (("请您多包涵。", "不麻烦，您慢走。"), "na"),
        (("请出示身份证。", "快点。"), "pass"),
        (("一共十二年。",), "na"),
        (("我帮您填好了。",), "na"),
        (("申请书已经收了。",), "na"),
        (("请问您贵姓？",), "na"),
    ],
)
def test_please(card: Judge, rubric: Rubric, said: tuple[str, ...], wanted: str) -> None:
    made = card(ASK, *(("clerk", text) for text in said))
    assert verdict(made, "please") == wanted
    hold_promises(made, rubric)


def test_requests_that_were_hardly_understood_prove_nothing(card: Judge) -> None:
    made = card(("customer", "查社保。", 0, 1, 0.9), ("clerk", "签字。", 2, 3, 0.45))
    assert verdict(made, "please") == "unsure"


def test_an_order_at_the_end_of_a_recording_has_not_lost_its_please(card: Judge) -> None:
    made = card(("customer", "查社保。", 0, 1, 0.9), ("clerk", "把门带上。", 2, 3, 0.9))
    assert verdict(made, "please") == "fail"


# --- thanks ---------------------------------------------------------------------------------------

THANKS = ("customer", "好的，谢谢您。")


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ((HELLO, THANKS, ("clerk", "不客气。"), BYE), "pass"),
        ((HELLO, THANKS, ("clerk", "不用谢，应该的。")), "pass"),
        ((HELLO, THANKS, ("clerk", "没关系，这是我们应该做的，请慢走。")), "pass"),
        ((HELLO, THANKS, ("clerk", "嗯。"), ("clerk", "不客气。")), "pass"),
        ((HELLO, THANKS, ("clerk", "下一位。")), "fail"),
        ((HELLO, THANKS, ("clerk", "不客气。"), THANKS, ("clerk", "下一位。")), "fail"),
        ((HELLO, THANKS), "fail"),
        ((HELLO, ASK, TOLD, BYE), "na"),
        ((HELLO, ("clerk", "谢谢您。"), ASK), "na"),
        ((HELLO, ("customer", "不用谢谢我。"), TOLD), "na"),
    ],
)
def test_thanks_reply(card: Judge, rubric: Rubric, lines: tuple, wanted: str) -> None:
    made = card(*lines)
    assert verdict(made, "thanks_reply") == wanted
    hold_promises(made, rubric)


def test_an_answer_that_comes_too_late_is_none(card: Judge) -> None:
    made = card(
        ("clerk", "您好。", 0, 1), ("customer", "谢谢您。", 2, 3), ("clerk", "不客气。", 14, 15)
    )
    assert verdict(made, "thanks_reply") == "fail"


def test_an_answer_that_overlaps_the_thanks_is_one(card: Judge) -> None:
    made = card(
        ("clerk", "您好。", 0, 1),
        ("clerk", "不客气。", 2.5, 3.2), ("customer", "谢谢您。", 2.6, 3.4),
        ("clerk", "请慢走。", 4, 5),
    )  # fmt: skip
    assert verdict(made, "thanks_reply") == "pass"


def test_thanks_that_were_hardly_understood_ask_for_nothing(card: Judge) -> None:
    made = card(
        ("clerk", "您好。", 0, 1, 0.9),
        ("customer", "谢谢您。", 2, 3, 0.3),
        ("clerk", "嗯。", 4, 5, 0.9),
    )
    assert verdict(made, "thanks_reply") == "na"


# --- breaches -------------------------------------------------------------------------------------


def test_each_breach_is_a_finding_of_its_own(card: Judge, rubric: Rubric) -> None:
    made = card(HELLO, ASK, ("clerk", "找谁都没用。"), ASK, ("clerk", "你问我，我问谁？"), BYE)
    found = findings(made, "forbidden")
    assert [f.verdict for f in found] == ["fail", "fail"]
    assert [f.utterances for f in found] == [(2,), (4,)]
    assert "找谁都没用" in found[0].reason.zh
    assert "找谁都没用" in found[0].reason.en
    assert made.score == 60
    hold_promises(made, rubric)


def test_severity_decides_the_points(card: Judge) -> None:
    def taken(text: str, rule: str) -> float:
        return sum(f.points for f in findings(card(HELLO, ASK, ("clerk", text), BYE), rule))

    assert taken("不知道！", "forbidden") == -10
    assert taken("这不归我管。", "forbidden") == -20
    assert taken("你有病吧？", "abuse") == -60


def test_points_are_taken_up_to_a_limit(card: Judge, rubric: Rubric) -> None:
    rude = (
        "这不归我管。",
        "你问我，我问谁？",
        "找谁都没用。",
        "你有完没完？",
        "快点，我要下班了。",
    )
    made = card(HELLO, ASK, *(("clerk", text) for text in rude), BYE)
    assert len(findings(made, "forbidden")) == 5
    assert sum(f.points for f in findings(made, "forbidden")) == -60
    hold_promises(made, rubric)


def test_a_breach_beyond_the_limit_takes_nothing_and_says_so_plainly(card: Judge) -> None:
    """0, not -0.0, which would stand in the JSON."""
    made = card(
        HELLO, ASK, ("clerk", "你有病吧？"), ("clerk", "滚出去！"), ("clerk", "闭嘴！"), BYE
    )
    assert [str(f.points) for f in findings(made, "abuse")] == ["-60.0", "-40.0", "0.0"]


def test_none_is_said_to_be_none(card: Judge) -> None:
    made = card(HELLO, ASK, TOLD, BYE)
    assert verdict(made, "forbidden") == "pass"
    assert verdict(made, "abuse") == "pass"
    assert made.score == 100
    assert made.grade is not None


def test_a_customer_may_say_anything(card: Judge, rubric: Rubric) -> None:
    rude = ("不知道！", "这不归我管！", "你有病吧？", "滚出去！", "你问我，我问谁？", "急什么急！")
    made = card(HELLO, *(("customer", text) for text in rude), TOLD, BYE)
    assert made.score == 100
    assert not any(m.counted for m in made.interaction.matches if m.role == "customer")
    hold_promises(made, rubric)


def test_what_was_perhaps_said_is_left_to_a_person_s_ear(card: Judge, rubric: Rubric) -> None:
    made = card(
        ("clerk", "您好。", 0, 1, 0.9),
        ("customer", "查社保。", 2, 3, 0.9),
        ("clerk", "这不归我管。", 4, 5, 0.42),
    )  # fmt: skip
    (finding,) = findings(made, "forbidden")
    assert (finding.verdict, finding.points) == ("unsure", 0)
    assert finding.matches
    hold_promises(made, rubric)


# --- the whole ------------------------------------------------------------------------------------


def test_unknown_speakers_are_not_scored(card: Judge, rubric: Rubric) -> None:
    # Nothing in the words tells who says what.
    made = card(("unknown", "嗯。"), ("unknown", "这不归我管。"), ("unknown", "哦。"))
    assert not made.scorable
    assert {f.verdict for f in findings(made, "forbidden")} == {"unsure"}
    assert findings(made, "forbidden")[0].matches
    assert {f.verdict for f in made.findings} <= {"unsure", "pass", "na"}
    hold_promises(made, rubric)


def test_a_recording_in_which_no_clerk_speaks_is_not_scored(card: Judge, rubric: Rubric) -> None:
    made = card(("customer", "有人吗？"), ("customer", "不知道。"))
    assert not made.scorable
    hold_promises(made, rubric)


def test_poor_sound_is_not_scored(card: Judge, rubric: Rubric) -> None:
    made = card(
        ("clerk", "这不归我管。", 0, 1, 0.3),
        ("customer", "查社保。", 2, 3, 0.3),
        ("clerk", "下一个。", 4, 5, 0.2),
    )
    assert not made.scorable
    hold_promises(made, rubric)


@pytest.mark.parametrize("file", gold_files(), ids=lambda p: p.stem)
def test_the_samples_words_are_judged_as_their_gold_says(
    judge: Callable[[Heard], Recording], rubric: Rubric, file: Path
) -> None:
    gold = read_gold(file)
    (made,) = judge(gold_talk(gold)).scorecards
    hold_promises(made, rubric)
    known = {r.id for r in rubric.rules}
    wanted = {rule: v for rule, v in gold["rules"].items() if rule in known}
    got = {f.rule: f.verdict for f in reversed(made.findings)}
    assert {rule: got[rule] for rule in wanted} == wanted
    said = {m.phrase for m in made.interaction.matches if m.list == "forbidden" and m.counted}
    assert said >= {phrase for turn in gold["turn"] for phrase in turn["forbidden"]}


@pytest.mark.parametrize("file", gold_files(), ids=lambda p: p.stem)
def test_only_the_turns_named_by_gold_are_accused(
    judge: Callable[[Heard], Recording], file: Path
) -> None:
    gold = read_gold(file)
    (made,) = judge(gold_talk(gold)).scorecards
    accused = {m.utterance for m in made.interaction.matches if m.list == "forbidden" and m.counted}
    assert accused == {i for i, turn in enumerate(gold["turn"]) if turn["forbidden"]}


LINES = st.sampled_from(
    [
        "您好，请问您办理什么业务？", "请出示身份证。", "身份证拿来。", "签字。", "谢谢。",
        "不客气。", "再见。",
        "不知道。", "这不归我管。", "你问我，我问谁？", "找谁都没用。", "急什么？", "你有病吧？",
        "滚出去！", "您稍等。",
        "这个我不清楚，我帮您问一下。", "嗯。", "一共十二年。", "",
    ]
)  # fmt: skip
TURNS = st.tuples(
    st.sampled_from(["clerk", "clerk", "customer", "unknown"]),
    LINES,
    st.floats(0.1, 12.0),
    st.none() | st.floats(0, 1),
)


@settings(max_examples=150)
@given(st.lists(TURNS, min_size=1, max_size=14), st.booleans())
def test_any_score_can_be_added_up_again(
    judge: Callable[[Heard], Recording], rubric: Rubric, turns: list[tuple], timed: bool
) -> None:
    lines, at = [], 0.0
    for role, text, pause, quality in turns:
        times = (at, at + 1.0) if timed else (None, None)
        lines.append((role, text, *times, quality))
        at += pause
    for made in judge(talk(*lines)).scorecards:
        hold_promises(made, rubric)
        assert score(made.interaction, rubric) == made


def test_the_settings_of_the_rubric_decide(card: Judge, rubric: Rubric) -> None:
    made = card(("clerk", "说。"), ASK, ("clerk", "找谁都没用。"), BYE)
    harsh = dataclasses.replace(
        rubric,
        rules=tuple(
            dataclasses.replace(r, points={k: v * 3 for k, v in r.points.items()})
            for r in rubric.rules
        ),
    )
    assert score(made.interaction, rubric).score == 70
    assert score(made.interaction, harsh).score == 10


# --- the rubric file ------------------------------------------------------------------------------

GOOD = """
schema = 1
name = "own"
version = "3"
base = 100
[[grade]]
at_least = 0
title = {zh = "及格", en = "fair"}
[[grade]]
at_least = 90
title = {zh = "好", en = "good"}
[[rule]]
id = "greeting"
title = {zh = "问候", en = "greets"}
sources = ["ours"]
points = 5
[[rule]]
id = "forbidden"
title = {zh = "忌语", en = "forbidden"}
points = {minor = 1, serious = 2, fatal = 3}
"""


def test_a_rubric_of_one_s_own(tmp_path: Path) -> None:
    file = tmp_path / "rubric.toml"
    file.write_text(GOOD, encoding="utf-8")
    own = load_rubric(file)
    assert own.stamp.startswith("own 3 (")
    assert [r.id for r in own.rules] == ["greeting", "forbidden"]
    assert [own.grade(s).en for s in (0, 89.9, 90, 100)] == ["fair", "fair", "good", "good"]


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("schema = 1", "schema = 3", "schema"),
        ("schema = 1", "", "schema"),
        ('name = "own"', "name = 3", "name"),
        ('version = "3"', "", "version"),
        ("base = 100", 'base = "100"', "base"),
        ("base = 100", "base = -5", "base"),
        ("base = 100", "base = true", "base"),
        ("at_least = 0", "at_least = 50", "grade"),
        ("at_least = 0", "at_least = -1", "grade"),
        ("at_least = 90", 'at_least = "x"', "grade"),
        ('title = {zh = "好", en = "good"}', 'title = {zh = "好"}', "grade"),
        ('id = "greeting"', 'id = "greetings"', "greetings"),
        ('id = "greeting"', "", "rubric.toml"),
        ('id = "greeting"', 'id = "forbidden"', "forbidden"),
        ("points = 5", "points = -5", "greeting"),
        ("points = 5", "points = true", "greeting"),
        ("points = 5", 'points = "5"', "greeting"),
        ("points = 5", "points = {minor = 1}", "greeting"),
        ("points = 5", "", "greeting"),
        ("points = 5", "points = 5\nwithin_second = 3", "within_second"),
        ("points = 5", "points = 5\nwithin_seconds = -3", "greeting"),
        ("points = {minor = 1, serious = 2, fatal = 3}", "points = 5", "forbidden"),
        ("points = {minor = 1, serious = 2, fatal = 3}", "points = {minor = 1}", "forbidden"),
        ('title = {zh = "问候", en = "greets"}', "", "greeting"),
        ('sources = ["ours"]', 'sources = "ours"', "greeting"),
        ("[[rule]]", "[[rule]", "rubric.toml"),
        ('[[grade]]\nat_least = 0\ntitle = {zh = "及格", en = "fair"}', "", "grade"),
        ("schema = 1", "schema = 1\nrule = [3]", "rule"),
    ],
)
def test_a_wrong_rubric_is_refused_by_name(tmp_path: Path, old: str, new: str, names: str) -> None:
    file = tmp_path / "rubric.toml"
    assert old in GOOD
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(LexiconError) as caught:
        load_rubric(file)
    for lang in LANGUAGES:
        assert "rubric.toml" in caught.value.say(lang)
        assert names in caught.value.say(lang)


def test_a_rule_that_is_no_table_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "rubric.toml"
    file.write_text(
        'schema = 1\nname = "a"\nversion = "1"\nbase = 100\nrule = [3]\ngrade = [3]\n',
        encoding="utf-8",
    )
    with pytest.raises(LexiconError):
        load_rubric(file)


def test_a_rubric_that_is_not_there(tmp_path: Path) -> None:
    for file in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(LexiconError) as caught:
            load_rubric(file)
        assert file.name in caught.value.text.zh
