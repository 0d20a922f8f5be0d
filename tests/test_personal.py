"""Personal data is hidden wherever words are judged, shown or kept; all else stays."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from live_events import happened
from stored import command

from courtesy.evaluation.gold import as_transcript, read_gold
from courtesy.lexicon import Lexicon
from courtesy.live.events import Said
from courtesy.matching.matcher import Matcher
from courtesy.pipeline import Pipeline
from courtesy.records import Heard, Scorecard, Utterance, Word
from courtesy.text.numbers import is_card, is_identity
from courtesy.text.personal import find_personal, hidden, hidden_times, without_personal_data


def shown(*texts: str) -> list[str]:
    return [hidden(text, own) for text, own in zip(texts, find_personal(texts), strict=True)]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("我电话13800138000。", "我电话XXXXXXXXXXX。"),
        ("幺三八，零零幺三，八零零零", "XXX，XXXX，XXXX"),
        ("138 0013 8000", "XXX XXXX XXXX"),
        ("身份證號是11010519491231002x", "身份證號是XXXXXXXXXXXXXXXXXX"),
        ("卡号六二二二零二零二零零幺幺二二三三", "卡号XXXXXXXXXXXXXXXX"),
        ("尾号是五六七八", "尾号是XXXX"),
        ("车牌京A·12345", "车牌XX·XXXXX"),
        ("我是一九八零年五月三号生的", "我是XXXX年X月X号生的"),
        ("邮箱是zhang.wei@example.com", "邮箱是XXXXX.XXXXXXXXXXX.XXX"),
        ("我叫李伟。", "我叫某某。"),
        ("我姓欧阳。", "我姓某某。"),
        ("王女士您慢走", "某女士您慢走"),
        ("我叫买买提·艾力", "我叫某某某·某某"),
        ("请张建国到三号窗口", "请某某某到三号窗口"),
        ("麦嘉欣，电话幺三零五九幺零七七零三", "某某某，电话XXXXXXXXXXX"),
        ("普文斌，彝族", "某某某，彝族"),
        ("小名叫糖糖。", "小名叫某某。"),
        ("我找小王", "我找某某"),
        ("是羿吗，羿是后羿射日的那个羿", "是羿吗，某是后羿射日的那个羿"),
        ("简阳市平泉镇荷桥村四社", "某某某某某某某某某X某"),
        ("编号是沪松证字，幺八零三二号", "编号是XXXX，XXXXX号"),
        ("取件码QX三零九", "取件码XXXXX"),
        ("工单编号是WH20250317 04462，五个工作日", "工单编号是XXXXXXXXXX XXXXX，五个工作日"),
        ("最后是五六", "最后是XX"),
        ("农历五三年腊月二十生的", "农历XX年X月XX生的"),
        ("ＴＥＬ：１３８００１３８０００", "ＴＥＬ：XXXXXXXXXXX"),
    ],
)
def test_what_is_personal_is_hidden_and_the_length_stays(said: str, left: str) -> None:
    assert shown(said) == [left]


@pytest.mark.parametrize(
    "said",
    [
        "请A023号到二号窗口。", "打12345或者12333问问。", "一共一千二百三十四块五。",
        "12345678.50元", "国发〔2016〕11号第三十二条", "2026年11月23日上午九点到十二点",
        "2026-11-23之前来", "高兴为您服务，方便的话在二楼东侧302室。", "马上给您办，您先坐一下。",
        "同志，师傅，一二三四。", "人民路派出所往前走，到市民中心。", "您好，请问您要办什么业务？",
        "请您稍等，对不起，让您久等了。", "二零二四年的政策", "于是我就来了，平时常常这样。",
    ],
)  # fmt: skip
def test_what_is_nobodys_stays(said: str) -> None:
    assert shown(said) == [said]


def test_a_number_over_several_utterances_is_hidden_whole() -> None:
    found = shown("请说一下您的手机号。", "幺三八零零", "嗯。", "幺三八零零零")
    assert found == ["请说一下您的手机号。", "XXXXX", "嗯。", "XXXXXX"]


def test_who_was_named_once_is_hidden_everywhere() -> None:
    found = shown("刘芳来过了。", "您怎么称呼？", "刘芳，芬芳的芳。", "好的，刘芳您稍等。")
    assert found == ["某某来过了。", "您怎么称呼？", "某某，芬芳的某。", "好的，某某您稍等。"]


def test_check_digits_are_those_of_the_standards() -> None:
    assert is_identity("11010519491231002X")
    assert not is_identity("110105194912310021")
    assert is_card("6222020200112230")
    assert not is_card("6222020200112233")


def test_words_keep_their_times_and_what_was_heard_is_told_by_no_repr() -> None:
    words = (Word("我叫", 0.0, 0.4, 0.9), Word("李", 0.4, 0.6, 0.9), Word("伟", 0.6, 0.8, 0.9))
    (one,) = without_personal_data([Utterance(0, "我叫李伟", words=words)])
    assert [(w.text, w.start) for w in one.words] == [("我叫", 0.0), ("某", 0.4), ("某", 0.6)]
    assert [p.heard for p in one.personal] == ["李伟"]
    assert "李" not in repr(one)


def test_when_it_was_said_is_known_to_cover_it_in_the_sound() -> None:
    """A word that is hidden, with the recogniser's usual error; without words all of it."""
    said = [
        Utterance(
            0, "电话13800138000", start=1.0, end=4.0,
            words=(Word("电话", 1.0, 1.5, 0.9), Word("13800", 2.0, 3.0, 0.9),
                   Word("138000", 3.1, 4.0, 0.9)),
        ),
        Utterance(1, "我叫李伟", start=6.0, end=7.0),
        Utterance(2, "好的", start=8.0, end=9.0),
        Utterance(3, "我叫李伟"),
    ]  # fmt: skip
    hiding = without_personal_data(said)
    assert [pytest.approx(one) for one in hidden_times(hiding)] == [(1.8, 4.2), (5.8, 7.2)]
    assert hidden_times(said) == []


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    file = tmp_path / "talk.txt"
    file.write_text(
        "工作人员：您好，请问您叫什么名字？\n群众：李伟，电话13800138000。\n"
        "工作人员：好的李伟，请您稍等。\n群众：谢谢。\n工作人员：不客气，您慢走。\n",
        encoding="utf-8",
    )
    return file


def test_no_output_of_score_holds_any(talk: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    for options in (["--json"], [], ["--html", page]):
        told = command("score", talk, *options).output
        assert "李伟" not in told
        assert "13800138000" not in told
    assert "李伟" not in page.read_text(encoding="utf-8")
    told = json.loads(command("score", talk, "--json").stdout)
    assert told["recordings"][0]["utterances"][1]["heard"] == "某某，电话XXXXXXXXXXX。"
    (card,) = told["recordings"][0]["interactions"]
    assert {f["rule"]: f["verdict"] for f in card["findings"]}["greeting"] == "pass"


def test_who_wants_it_all_says_so_in_the_settings(talk: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[privacy]\nmask = "off"\n', encoding="utf-8")
    assert "李伟" in command("score", talk, "--json", "--config", own).stdout


def test_what_happens_at_a_counter_tells_none(make_pipeline: Callable[..., Pipeline]) -> None:
    turns = (
        ("clerk", "您好，请报一下您的手机号。"), ("customer", "幺三八零零幺三八零零零"),
        ("clerk", "好的，请问您叫什么名字？"), ("customer", "李伟。"), ("clerk", "李伟，您慢走。"),
    )  # fmt: skip
    out = happened(make_pipeline, turns)
    said = [one.utterance.heard for one in out if isinstance(one, Said)]
    assert said[1] == "XXXXXXXXXXX"
    assert said[3:] == ["某某。", "某某，您慢走。"]


def test_judged_talk_is_as_good_without_it(make_pipeline: Callable[..., Pipeline]) -> None:
    said = (
        Utterance(0, "您好，王女士，请问您办什么业务？", "clerk"),
        Utterance(1, "我电话13800138000。", "customer"),
        Utterance(2, "好的王女士，请您慢走，再见。", "clerk"),
    )
    pipeline = make_pipeline()
    full, masked = (
        pipeline.judge(Heard("x", one)).scorecards[0] for one in (said, pipeline.hide(said))
    )
    assert full.score == masked.score
    assert verdicts(full) == verdicts(masked)


def test_no_dialogue_is_judged_otherwise_for_what_is_hidden(
    make_pipeline: Callable[..., Pipeline],
) -> None:
    """找小曲 says where to go, and so does 找某某."""
    pipeline, looked = make_pipeline(), 0
    for file in sorted((Path(__file__).parent / "corpus" / "dialogues" / "tune").glob("*.toml")):
        heard = as_transcript(read_gold(file), file.stem)
        hiding = pipeline.hide(heard.utterances)
        if hiding == heard.utterances:
            continue
        looked += 1
        full, masked = (
            pipeline.judge(replace(heard, utterances=one)).scorecards[0]
            for one in (heard.utterances, hiding)
        )
        assert full.score == masked.score, file.name
        assert verdicts(full) == verdicts(masked), file.name
    assert looked >= 20


def verdicts(card: Scorecard) -> list[tuple[str, str]]:
    return [(finding.rule, finding.verdict) for finding in card.findings]


def test_nothing_that_the_lists_ask_for_or_forbid_is_hidden(lexicon: Lexicon) -> None:
    """王八蛋 begins with a surname."""
    for phrase in lexicon.phrases:
        for text in (phrase.text, f"{phrase.text}！"):
            assert shown(text) == [text], phrase.id


def test_what_is_hidden_in_examples_costs_no_phrase(lexicon: Lexicon, matcher: Matcher) -> None:
    """您找的李科长在三〇二室: the name goes, and what was to be found is found."""
    looked = 0
    for phrase in lexicon.phrases:
        for sentence in phrase.hits:
            (left,) = shown(sentence)
            if left == sentence:
                continue
            looked += 1
            found = matcher.match([Utterance(0, left, "clerk")])
            assert phrase.id in {one.phrase_id for one in found}, left
    assert looked >= 5


def test_a_whole_talk_in_one_line_is_hidden_to_its_end() -> None:
    one = "我叫李伟，电话幺三八零零幺三八零零零。"
    (left,) = shown(one)
    assert shown(one * 200) == [left * 200]
