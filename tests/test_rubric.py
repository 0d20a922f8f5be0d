"""Rubric files: what they may say, what is wrong with them, and what each rule makes of talk."""

import dataclasses
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from fakes import SAMPLES, talk
from typer.testing import CliRunner, Result

from courtesy.cli import app
from courtesy.errors import LexiconError
from courtesy.folders import lexicon_dir, rubric_file
from courtesy.lexicon import Lexicon
from courtesy.messages import LANGUAGES, Text
from courtesy.pipeline import Pipeline
from courtesy.records import Event, Finding, Heard, Interaction, Recording, Scorecard, Utterance
from courtesy.scoring.describe import sentences
from courtesy.scoring.rubric import Rubric
from courtesy.scoring.rubric_check import check
from courtesy.scoring.rubric_file import find_rubric, load_rubric
from courtesy.scoring.score import score

BUILT_IN = ("window", "telephone", "strict", "training")
HELLO = ("clerk", "您好，请问您办理什么业务？")
ASK = ("customer", "我想查一下社保。")
BYE = ("clerk", "请慢走，再见。")
WAITED = ("customer", "我都等了一个小时了。")
WHERE = ("customer", "缴费在哪个窗口？")


@pytest.fixture
def card(judge: Callable[[Heard], Recording]) -> Callable[..., Scorecard]:
    def make(*lines: tuple) -> Scorecard:
        (only,) = judge(talk(*lines)).scorecards
        return only

    return make


def verdict(card: Scorecard, rule: str) -> str:
    (finding,) = (f for f in card.findings if f.rule == rule)
    return finding.verdict


# rule: (talk, verdict)
JUDGED: dict[str, list[tuple[tuple[tuple[str, str], ...], str]]] = {
    "answer": [
        ((HELLO, ("customer", "要带什么材料？"), ("clerk", "身份证就行。")), "pass"),
        ((HELLO, ("customer", "好的。"), ("clerk", "嗯。")), "na"),
    ],
    "leave_notice": [
        ((HELLO, ASK, ("clerk", "请稍等，我去后面拿一下档案。")), "pass"),
        ((HELLO, ASK, ("clerk", "我出去一趟。"), ("customer", "哦。")), "fail"),
        ((HELLO, ASK, ("clerk", "一共十二年。")), "na"),
        ((HELLO, ASK, ("clerk", "我下楼拿个快递，五分钟，您先坐。")), "pass"),
        ((HELLO, ASK, ("clerk", "我去吃口饭。"), ("customer", "哎。"), BYE), "fail"),
        ((HELLO, ASK, ("clerk", "好。喂，你说，我在呢。"), ("customer", "唉。")), "fail"),
        ((HELLO, ASK, ("clerk", "我带您过去。")), "na"),
        ((HELLO, ASK, ("clerk", "急什么，等一下。")), "na"),
    ],
    "wait_apology": [
        ((HELLO, ASK, ("clerk", "对不起，让您久等了。")), "pass"),
        ((HELLO, ASK, ("clerk", "一共十二年。")), "na"),
        ((HELLO, WAITED, ("clerk", "实在对不住，今天人多。")), "pass"),
        ((HELLO, WAITED, ("clerk", "身份证。"), BYE), "fail"),
        ((HELLO, ("customer", "我昨天在银行等了一个小时。"), ("clerk", "是吗。")), "na"),
        ((HELLO, ("customer", "还要等一个小时吗？"), ("clerk", "快了。")), "na"),
    ],
    "refusal_apology": [
        ((HELLO, ASK, ("clerk", "对不起，今天办不了，还缺一张表，补齐了再来。")), "pass"),
        ((HELLO, ASK, ("clerk", "办不了。"), ("customer", "啊。")), "fail"),
        ((HELLO, ASK, ("clerk", "可以办。")), "na"),
        ((HELLO, ASK, ("clerk", "材料不全，明天再来吧。"), BYE), "fail"),
        ((HELLO, ASK, ("clerk", "对不起，不行就是不行。"), ("customer", "啊。")), "fail"),
        ((HELLO, ASK, ("clerk", "实在抱歉，年限不够，今年退不了。")), "pass"),
        ((HELLO, ASK, ("clerk", "机器认不了，我给您走人工。")), "na"),
        ((HELLO, ASK, ("clerk", "他跟您说下班了，明天再来，是吗？")), "na"),
        ((HELLO, ASK, ("clerk", "您今天没空，明天再来也可以。")), "na"),
    ],
    "direct": [
        ((HELLO, ASK, ("clerk", "这个不在我们这里办，请您到二楼三号窗口。")), "pass"),
        ((HELLO, ASK, ("clerk", "不是我们窗口的事。"), ("customer", "唉。")), "fail"),
        ((HELLO, ASK, ("clerk", "这个我不碰。"), ("customer", "唉。")), "fail"),
        ((HELLO, ASK, ("clerk", "低保归民政局管，在三楼。")), "pass"),
        ((HELLO, WHERE, ("clerk", "自己找。"), ("customer", "唉。")), "fail"),
        ((HELLO, ("customer", "表格呢？"), ("clerk", "自己找。"), ("customer", "唉。")), "na"),
        ((HELLO, WHERE, ("clerk", "我不知道，你去问社保局。")), "pass"),
        ((HELLO, ASK, ("clerk", "要是他说不归他管，您来找我。")), "na"),
        ((HELLO, ASK, ("clerk", "一共十二年。")), "na"),
    ],
    "phone_open": [
        ((("clerk", "您好，这里是政务服务热线，请讲。"), ASK, BYE), "pass"),
        ((HELLO, ASK, BYE), "na"),
    ],
    "told_at_once": [
        ((HELLO, ("customer", "要带什么材料？"), ("clerk", "身份证、户口本、照片两张。")), "pass"),
        ((HELLO, ("customer", "要带什么材料？"), ("clerk", "自己上网查。")), "na"),
    ],
    "honorific": [
        ((HELLO, ASK, ("clerk", "您的表请拿好。")), "pass"),
        ((("clerk", "你要办什么？"), ASK, ("clerk", "你的表拿好。")), "na"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "lines", "wanted"),
    [(rule, lines, wanted) for rule, cases in JUDGED.items() for lines, wanted in cases],
)
def test_each_rule_of_the_sources(
    card: Callable[..., Scorecard], rule: str, lines: tuple, wanted: str
) -> None:
    assert verdict(card(*lines), rule) == wanted


def test_a_quarrel_and_a_long_silence_are_events_that_rules_see(rubric: Rubric) -> None:
    said = (
        Utterance(0, "您好，请问您办什么业务？", "clerk", 0.0, 3.0),
        Utterance(1, "查社保。", "customer", 4.0, 5.0),
        Utterance(2, "查好了，十二年。", "clerk", 95.0, 97.0),
        Utterance(3, "好。", "customer", 98.0, 99.0),
    )
    gap = Event("gap", "unknown", 5.0, 95.0, 90.0, (1, 2), Text("静了 90 秒", "90 s of silence"))
    fight = Event("quarrel", "unknown", 4.0, 5.0, 3.0, (0, 1), Text("争吵", "a quarrel"))
    calm = score(Interaction(0, said), rubric)
    loud = score(Interaction(0, said, events=(fight, gap)), rubric)
    assert (verdict(calm, "quarrel"), verdict(calm, "wait_apology")) == ("pass", "na")
    assert (verdict(loud, "quarrel"), verdict(loud, "wait_apology")) == ("fail", "fail")
    assert calm.score is not None
    assert loud.score == calm.score - 25


@pytest.mark.parametrize(("ended", "wanted"), [(True, "fail"), (False, "unsure")])
def test_the_last_words_are_cut_off_only_where_the_recording_stops(
    rubric: Rubric, ended: bool, wanted: str
) -> None:
    said = (
        Utterance(0, "您好，我查社保。", "customer", 0.0, 2.0),
        Utterance(1, "下班了，明天再来吧。", "clerk", 3.0, 5.0),
    )
    made = score(Interaction(0, said, ended=ended), rubric)
    assert verdict(made, "refusal_apology") == wanted


def test_the_nearest_words_are_the_evidence(rubric: Rubric) -> None:
    said = (
        Utterance(0, "您好，打印机在二楼左手边。", "clerk", 0.0, 3.0),
        Utterance(1, "那低保呢？", "customer", 4.0, 5.0),
        Utterance(2, "低保不归我们科管，请您到三楼民政科。", "clerk", 6.0, 9.0),
        Utterance(3, "好。", "customer", 10.0, 11.0),
    )
    (found,) = (f for f in score(Interaction(0, said), rubric).findings if f.rule == "direct")
    assert (found.verdict, found.utterances) == ("pass", (2,))


# --- the files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_built_in_rubrics_are_in_order(name: str, lexicon: Lexicon) -> None:
    rubric = load_rubric(rubric_file(name))
    assert rubric.name == name
    lists = {p.list for p in lexicon.phrases}
    forbidden = {p.list for p in lexicon.phrases if p.polarity == "forbidden"}
    assert check(rubric, lists, forbidden, [p.id for p in lexicon.phrases]) == []
    for rule in rubric.rules:
        for one in sentences(rule, lexicon.titles):
            assert all(one.say(lang) for lang in LANGUAGES)


@pytest.mark.parametrize(
    ("each", "right"),
    [
        ('{all = [{act = "question"}, {act = "place", before_seconds = 5}]}', True),
        ('{any = [{act = "leaves"}, {all = [{act = "place"}, {not = {act = "reason"}}]}]}', True),
        ('{not = {act = "question"}}', False),
        ('{all = [{not = {act = "question"}}, {act = "place"}]}', False),
    ],
)
def test_an_occasion_may_need_something_beside_it(
    tmp_path: Path, lexicon: Lexicon, each: str, right: bool
) -> None:
    file = tmp_path / "own.toml"
    want = 'want = {pattern = "工号", first_turns = 2}'
    assert want in OWN
    file.write_text(OWN.replace(want, f"{want}\neach = {each}"), encoding="utf-8")
    if not right:
        with pytest.raises(LexiconError):
            load_rubric(file)
        return
    lists, ids = {p.list for p in lexicon.phrases}, [p.id for p in lexicon.phrases]
    assert check(load_rubric(file), lists, {"forbidden", "abuse"}, ids) == []


def test_an_insult_leaves_nothing_under_the_strict_rubric(
    card: Callable[..., Scorecard],
) -> None:
    made = card(HELLO, ASK, ("clerk", "你有病吧！"), BYE)
    strict = score(made.interaction, load_rubric(rubric_file("strict")))
    assert strict.score == 0


def test_what_is_done_well_earns_points_in_training(card: Callable[..., Scorecard]) -> None:
    made = card(HELLO, ASK, ("clerk", "请稍等。"), BYE)
    training = score(made.interaction, load_rubric(rubric_file("training")))
    assert training.score is not None
    assert training.score > 60
    assert training.score == min(100, 60 + sum(f.points for f in training.findings))


OWN = """
schema = 2
extends = "window"
name = "own"
version = "1"
without = ["mandarin"]
[[rule]]
id = "greeting"
points = 15
[[rule]]
id = "number"
title = {zh = "报工号", en = "gives the number"}
want = {pattern = "工号", first_turns = 2}
points = 5
"""


def test_a_rubric_takes_over_what_it_does_not_change(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(OWN, encoding="utf-8")
    own, window = load_rubric(file), load_rubric(rubric_file("window"))
    assert own["greeting"].points == {"": 15.0}
    assert own["greeting"].want == window["greeting"].want
    assert [r.id for r in own.rules] == [r.id for r in window.rules if r.id != "mandarin"] + [
        "number"
    ]
    assert own.grades == window.grades


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("schema = 2", "schema = 3", ("schema",)),
        ('extends = "window"', 'extends = "nothing"', ("nothing.toml",)),
        ('extends = "window"', 'extends = "own"', ("extends",)),
        ('["mandarin"]', '["dancing"]', ("dancing", "own.toml:6")),
        ("{pattern", "{patern", ("patern", "own.toml:11")),
        ('{pattern = "工号", first_turns = 2}', '{pattern = "("}', ("pattern",)),
        ('{pattern = "工号", first_turns = 2}', '{act = "dance"}', ("act",)),
        ("first_turns = 2", 'in = "opening", first_turns = 2', ("number",)),
        ("points = 5", "points = -5", ("number",)),
        ("points = 15", "point = 15", ("point", "own.toml:8")),
        ("points = 15", 'hours = "09:00-12:00"', ("hours", "greeting", "own.toml:8", "14:00")),
        ("points = 15", "hours = [9]", ("hours", "greeting", "own.toml:8", "09:00-12:00")),
        ("points = 15", 'hours = ["09:00"]', ("'09:00'", "greeting", "own.toml:8")),
        ("points = 15", 'hours = ["24:00-25:00"]', ("24:00-25:00", "own.toml:8")),
        ("points = 15", 'hours = ["09:60-12:00"]', ("09:60-12:00", "own.toml:8")),
    ],
)
def test_a_wrong_rubric_names_line_and_entry(
    tmp_path: Path, old: str, new: str, names: tuple[str, ...]
) -> None:
    file = tmp_path / "own.toml"
    assert old in OWN
    file.write_text(OWN.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(LexiconError) as caught:
        load_rubric(file)
    for lang in LANGUAGES:
        for name in names:
            assert name in caught.value.say(lang)


@pytest.mark.parametrize(
    ("want", "level", "word"),
    [
        ('{list = "greetings", in = "opening"}', "error", "greetings"),
        ('{phrase = "no-such-phrase"}', "error", "no-such-phrase"),
        ('{list = "greeting", after_seconds = 5}', "error", "each"),
        ('{event = "gap", over = 30, under = 20}', "error", "over"),
    ],
)
def test_check_finds_rules_that_cannot_work(
    tmp_path: Path, lexicon: Lexicon, want: str, level: str, word: str
) -> None:
    file = tmp_path / "own.toml"
    file.write_text(OWN.replace('{pattern = "工号", first_turns = 2}', want), encoding="utf-8")
    lists = {p.list for p in lexicon.phrases}
    found = check(load_rubric(file), lists, {"forbidden", "abuse"}, [p.id for p in lexicon.phrases])
    assert [(c.level, c.rule) for c in found] == [(level, "number")]
    assert all(word in found[0].text.say(lang) for lang in LANGUAGES)


# --- hours ----------------------------------------------------------------------------------------

BARE = (ASK, ("clerk", "一共十二年。"), ("customer", "好。"))


def at(moment: str | None, hours: str, made: Scorecard, rubric: Path) -> Finding:
    """Judge the rule `greeting` of the window rubric, with hours, on talk that began then."""
    rubric.write_text(
        OWN.replace('id = "greeting"', f'id = "greeting"\nhours = {hours}'), encoding="utf-8"
    )
    began = datetime.fromisoformat(f"2026-11-22T{moment}") if moment else None
    again = score(dataclasses.replace(made.interaction, began=began), load_rubric(rubric))
    return next(f for f in again.findings if f.rule == "greeting")


@pytest.mark.parametrize(
    ("moment", "hours", "wanted"),
    [
        ("09:00:00", '["09:00-12:00", "14:00-17:00"]', "fail"),
        ("11:59:59", '["09:00-12:00", "14:00-17:00"]', "fail"),
        ("12:00:00", '["09:00-12:00", "14:00-17:00"]', "na"),
        ("16:30:00", '["09:00-12:00", "14:00-17:00"]', "fail"),
        ("08:59:59", '["9：00 – 12：00"]', "na"),
        ("23:00:00", '["22:00-06:00"]', "fail"),
        ("05:59:00", '["22:00-06:00"]', "fail"),
        ("06:00:00", '["22:00-06:00"]', "na"),
        ("23:59:59", '["00:00-24:00"]', "fail"),
        ("09:00:00", '["09:00-09:00"]', "na"),
        ("03:00:00", "[]", "fail"),
        (None, "[]", "fail"),
    ],
)
def test_a_rule_with_hours_applies_where_an_interaction_begins_in_them(
    card: Callable[..., Scorecard], tmp_path: Path, moment: str | None, hours: str, wanted: str
) -> None:
    found = at(moment, hours, card(*BARE), tmp_path / "own.toml")
    assert found.verdict == wanted
    assert found.points == (-15.0 if wanted == "fail" else 0.0)
    if wanted == "na":
        assert moment is not None
        assert all(moment[:5] in found.reason.say(lang) for lang in LANGUAGES)


def test_an_unknown_hour_costs_nobody_points(
    card: Callable[..., Scorecard], tmp_path: Path
) -> None:
    found = at(None, '["00:00-24:00"]', card(*BARE), tmp_path / "own.toml")
    assert (found.verdict, found.points) == ("na", 0.0)
    assert "不知道是几点" in found.reason.zh
    assert "not known when" in found.reason.en


def test_hours_are_explained_and_checked(tmp_path: Path, lexicon: Lexicon) -> None:
    file = tmp_path / "own.toml"

    def checked(rule: str, hours: str) -> list[str]:
        file.write_text(OWN + f'[[rule]]\nid = "{rule}"\nhours = {hours}\n', encoding="utf-8")
        lists = {p.list for p in lexicon.phrases}
        ids = [p.id for p in lexicon.phrases]
        own = load_rubric(file)
        for lang in LANGUAGES:
            told = " ".join(one.say(lang) for one in sentences(own[rule], lexicon.titles))
            assert all(str(span) in told for span in own[rule].hours)
        return [c.level for c in check(own, lists, {"forbidden", "abuse"}, ids)]

    assert checked("farewell", '["09:00-12:00", "22:00-06:00"]') == []
    assert checked("farewell", '["09:00-09:00"]') == ["error"]
    assert checked("farewell", '["09:00-09:00", "10:00-11:00"]') == ["warning"]
    # Nobody would judge that list at night.
    assert checked("abuse", '["09:00-12:00"]') == ["warning"]


def test_hours_from_the_name_of_a_file_to_its_verdict(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    changed = OWN.replace('id = "greeting"', 'id = "greeting"\nhours = ["09:00-12:00"]')
    own.write_text(changed, encoding="utf-8")
    found = {}
    for name in ("20261122_093000", "20261122_130000", "morning"):
        talk_file = tmp_path / f"{name}.txt"
        talk_file.write_text("群众：我查社保。\n工作人员：一共十二年。\n", encoding="utf-8")
        scored = CliRunner().invoke(app, ["score", str(talk_file), "--json", "--rubric", str(own)])
        (interaction,) = json.loads(scored.stdout)["recordings"][0]["interactions"]
        verdicts = {f["rule"]: f["verdict"] for f in interaction["findings"]}
        found[name] = verdicts["greeting"]
    assert found == {"20261122_093000": "fail", "20261122_130000": "na", "morning": "na"}


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    def invoke(*words: object, lang: str = "en") -> Result:
        for module in ("courtesy.cli.common", "courtesy.cli.rubric"):
            monkeypatch.setattr(f"{module}.LANG", lang)
        return CliRunner().invoke(app, ["rubric", *map(str, words)], env={"COLUMNS": "120"})

    return invoke


def test_rubrics_are_listed_checked_and_explained(run: Callable[..., Result]) -> None:
    listed = run("list")
    assert listed.exit_code == 0
    assert all(name in listed.stdout for name in BUILT_IN)
    assert run("check").exit_code == 0
    told = run("explain", "window", "thanks_reply")
    assert told.exit_code == 0
    assert "thanks_reply" in told.stdout
    assert "8" in told.stdout
    assert run("explain", "window", "dancing").exit_code == 2


def test_a_wrong_file_is_named_and_fails_the_check(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    file = tmp_path / "own.toml"
    file.write_text(OWN.replace('"工号"', '"工号", by = "nobody"'), encoding="utf-8")
    result = run("check", file)
    assert result.exit_code == 1
    assert "own.toml" in result.stdout
    assert "by" in result.stdout


def test_what_another_rubric_would_change(run: Callable[..., Result]) -> None:
    result = run("diff", "window", "strict", SAMPLES / "transcripts" / "shebao-good.txt")
    assert result.exit_code == 0
    assert "forbidden" in result.stdout
    assert "→" in result.stdout


def test_a_folder_is_compared_and_each_recording_heard_once(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Path] = []
    real = Pipeline.hear
    monkeypatch.setattr(
        Pipeline, "hear", lambda self, path, *rest: heard.append(path) or real(self, path, *rest)
    )
    result = run("diff", "window", "strict", SAMPLES / "transcripts")
    assert result.exit_code == 0, result.output
    assert len(heard) == len(set(heard)) > 1
    assert "huji-mixed.srt" in result.stdout


def test_an_unknown_rubric_names_those_that_there_are(run: Callable[..., Result]) -> None:
    result = run("explain", "nothere")
    assert result.exit_code == 1
    assert all(name in result.output for name in BUILT_IN)


def test_own_lexicons_leave_the_built_in_rubrics(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = lexicon_dir()
    monkeypatch.setenv("COURTESY_LEXICONS", str(tmp_path))
    for file in ours.glob("*.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    assert load_rubric(rubric_file("window")).name == "window"
    (tmp_path / "rubrics").mkdir()
    own = tmp_path / "rubrics" / "window.toml"
    own.write_text(OWN, encoding="utf-8")
    assert rubric_file("window") == own
    assert rubric_file("strict").is_file()


def test_a_result_is_judged_again_without_listening(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    text = SAMPLES / "transcripts" / "shebao-good.txt"
    scored = CliRunner().invoke(app, ["score", str(text), "--json", "--rubric", "strict"])
    assert json.loads(scored.stdout)["made_by"]["rubric"].startswith("strict")
    file = tmp_path / "result.json"
    file.write_text(scored.stdout, encoding="utf-8")
    assert run("diff", "window", "training", file).exit_code == 0


def test_a_built_in_name_and_a_file_of_that_name(tmp_path: Path, monkeypatch) -> None:
    assert find_rubric("strict") == rubric_file("strict")
    monkeypatch.chdir(tmp_path)
    Path("strict").write_text(OWN, encoding="utf-8")
    assert find_rubric("strict") == Path("strict")
