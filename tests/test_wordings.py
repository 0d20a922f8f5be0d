"""The same phrase in other words, what stands in its slots, and what is kept without counting."""

from collections.abc import Callable
from pathlib import Path

import pytest

from courtesy.config import MatchOptions
from courtesy.errors import LexiconError
from courtesy.lexicon import SLOT, Lexicon, load_lexicon
from courtesy.lexicon.check import check
from courtesy.matching.matcher import Matcher
from courtesy.matching.wordings import by_word, other_wordings
from courtesy.messages import LANGUAGES
from courtesy.records import Match, Utterance
from courtesy.text.script import traditionalize
from courtesy.text.tokens import tokenizer

PHRASES = """schema = 1
list = "own"
kind = "{kind}"
title = {{zh = "自己的", en = "Own"}}
"""
CLASSES = """schema = 1
kind = "wordings"
title = {{zh = "换着说", en = "Other words"}}
{rest}
"""

MakeFolder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> MakeFolder:
    """Write a list of phrases and a file of words that stand for each other."""

    def make(
        *phrases: str, classes: str = '[["讲", "说"]]', kind: str = "forbidden", more: str = ""
    ) -> Path:
        entries = "".join(
            f'[[phrase]]\nid = "p{i}"\ntext = "{text}"\nsources = ["ours"]\n{more}\n'
            for i, text in enumerate(phrases)
        )
        head = PHRASES.format(kind=kind)
        (tmp_path / "own.toml").write_text(head + entries, encoding="utf-8")
        rest = CLASSES.format(rest=f"classes = {classes}")
        (tmp_path / "words.toml").write_text(rest, encoding="utf-8")
        return tmp_path

    return make


@pytest.fixture
def own(folder: MakeFolder) -> Callable[..., Matcher]:
    return lambda *phrases, **how: Matcher(load_lexicon([folder(*phrases, **how)]), MatchOptions())


def said(matcher: Matcher, text: str) -> tuple[Match, ...]:
    return matcher.match([Utterance(0, text, "clerk")])


def only(matcher: Matcher, text: str) -> Match:
    (match,) = said(matcher, text)
    return match


# --- words that stand for each other --------------------------------------------------------------

STILL_NOT_CLEAR = "不是给你讲了吗，怎么还不明白"


def test_a_phrase_of_the_source_is_found_in_other_words(matcher: Matcher) -> None:
    text = "刚才不是跟你说过了吗，怎么还听不懂"
    found = [m for m in said(matcher, text) if m.phrase == STILL_NOT_CLEAR]
    assert found
    assert {(m.how, m.counted) for m in found} == {("wording", True)}
    (itself,) = said(matcher, STILL_NOT_CLEAR)
    assert itself.how == "exact"
    assert all(m.confidence < itself.confidence for m in found)
    why = next(m.why for m in found if m.heard == "不是跟你说过了吗")
    for lang in LANGUAGES:
        for was, word in (("给", "跟"), ("讲", "说"), ("了吗", "过了吗")):
            assert f"{was}→{word}" in why.say(lang)


@pytest.mark.parametrize(
    "text", ["不是跟你说过了吗，怎么还听不懂", "关门了，明儿再来。", "有告示，自个儿看。"]
)
def test_other_words_are_found_in_either_script(matcher: Matcher, text: str) -> None:
    found, other = said(matcher, text), said(matcher, traditionalize(text))
    assert any(m.how == "wording" and m.counted for m in found)
    assert [(m.phrase_id, m.confidence, m.how, m.why, m.span) for m in found] == [
        (m.phrase_id, m.confidence, m.how, m.why, m.span) for m in other
    ]


def test_each_further_word_makes_it_less_likely(own: Callable[..., Matcher]) -> None:
    matcher = own(
        "不给你办事情快走", classes='[["办", "弄"], ["你", "俺"], ["事情", "业务"], ["快", "急"]]'
    )
    texts = ["不给你办事情快走", "不给你弄事情快走", "不给你弄业务快走", "不给俺弄业务快走"]
    found = [only(matcher, text) for text in texts]
    assert [m.how for m in found] == ["exact", "wording", "wording", "wording"]
    assert all(m.counted for m in found)
    certain = [m.confidence for m in found]
    assert certain == sorted(certain, reverse=True)
    assert len(set(certain)) == len(certain)
    assert [m.why.zh.count("→") for m in found] == [0, 1, 2, 3]
    assert all(m.counted is False for m in said(matcher, "不给俺弄业务急走"))  # four are too many


def test_the_reason_names_the_word_that_was_said_and_the_one_it_stands_for(
    own: Callable[..., Matcher],
) -> None:
    match = only(own("我跟你讲没用", classes='[["讲", "说"], ["跟", "給"]]'), "我給你說沒用。")
    assert match.heard == "我給你說沒用"
    for lang in LANGUAGES:
        assert "跟→给" in match.why.say(lang)
        assert "讲→说" in match.why.say(lang)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("供给科的人不在", "供跟科的人不在"),
        ("我们配给你一份", "我们配跟你一份"),
        ("小说窗口已经关了", "小讲窗口已经关了"),
    ],
)
def test_only_whole_words_are_swapped(own: Callable[..., Matcher], phrase: str, text: str) -> None:
    matcher = own(phrase, classes='[["给", "跟"], ["讲", "说"]]')
    assert only(matcher, phrase).how == "exact"
    assert not any(m.how == "wording" or m.counted for m in said(matcher, text))


def test_several_words_may_stand_for_one(own: Callable[..., Matcher]) -> None:
    """等 一下 is two words of the tokenizer and one of the class."""
    matcher = own("你到外面等一下", classes='[["等一下", "待会儿"]]')
    assert only(matcher, "你到外面待会儿").why.zh.endswith("（等一下→待会儿）")


@pytest.mark.parametrize(
    "more", ['span = "clause"', 'severity = "fatal"'], ids=["clause", "insult"]
)
def test_what_is_taken_to_the_letter_has_no_other_words(
    own: Callable[..., Matcher], more: str
) -> None:
    matcher = own("跟你说没用", more=more)
    assert only(matcher, "跟你说没用。").counted
    assert not any(m.how == "wording" or m.counted for m in said(matcher, "跟你讲没用。"))


def test_a_short_phrase_has_no_other_words(own: Callable[..., Matcher]) -> None:
    matcher = own("不许说")
    assert not any(m.how == "wording" or m.counted for m in said(matcher, "不许讲"))


def test_a_wording_of_ours_is_not_varied_further(own: Callable[..., Matcher]) -> None:
    matcher = own("这事情没法办", more='variants = ["我跟你说办不成"]')
    assert only(matcher, "我跟你说办不成").how == "wording"
    assert not any(m.counted for m in said(matcher, "我跟你讲办不成"))


def test_other_words_need_no_more_than_the_phrase_has(lexicon: Lexicon) -> None:
    """Laws over the lexicon: who may have other wordings, and what was swapped in them."""
    classes, tokens = by_word(lexicon.classes), tokenizer(lexicon.words)
    some = 0
    for phrase in lexicon.phrases:
        forms = other_wordings(phrase, classes, tokens)
        some += len(forms)
        assert not forms or (phrase.reach == "anywhere" and phrase.severity != "fatal")
        assert not {form.text for form in forms} & {form.text for form in phrase.forms}
        assert len({form.text for form in forms}) == len(forms)
        for form in forms:
            assert not form.sanctioned
            assert len(form.syllables) == len(form.text)
            assert 1 <= len(form.swapped) <= 3
            for word, was in form.swapped:
                assert word in form.text
                assert word in classes[was]
    assert some > 100
    for phrase in lexicon.phrases[:5]:
        assert other_wordings(phrase, {}, tokens) == ()


# --- the file -------------------------------------------------------------------------------------


def test_a_good_file_is_read_in_one_script(folder: MakeFolder) -> None:
    place = folder("我跟你说没用", classes='[["講", "說"], ["給", "跟", "和"]]')
    assert load_lexicon([place]).classes == (("讲", "说"), ("给", "跟", "和"))
    assert [c for c in check([place]) if c.level == "error"] == []


# name: (what follows the head, words of the message in Chinese, in English)
BAD = {
    "one-word": ('classes = [["讲"]]', "不足两个词", "fewer than two words"),
    "the-same-twice": ('classes = [["讲", "讲"]]', "不足两个词", "fewer than two words"),
    "none": ("", "缺少 classes", "`classes` is missing"),
    "no-list": ('classes = "讲说"', "缺少 classes", "`classes` is missing"),
    "no-lists": ('classes = ["讲", "说"]', "缺少 classes", "`classes` is missing"),
    "no-words": ('classes = [["讲", 1]]', "缺少 classes", "`classes` is missing"),
    "two-classes": (
        'classes = [["讲", "说"], ["说", "告诉"]]',
        "“说”写了两次",
        "“说” is there twice",
    ),
    "two-scripts": (
        'classes = [["讲", "说"], ["說", "告诉"]]',
        "“说、說”写了两次",
        "“说、說” is there twice",
    ),
    "no-text": ('classes = [["讲", "！"]]', "“！”里没有文字", "“！” holds no text"),
    "unknown-key": ('classes = [["讲", "说"]]\ncolour = 1', "不认识的键：colour", "key: colour"),
    "phrases": (
        'classes = [["讲", "说"]]\n[[phrase]]\nid = "a"',
        "不认识的键：phrase",
        "key: phrase",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_named_with_what_is_wrong_in_it(folder: MakeFolder, name: str) -> None:
    rest, zh, en = BAD[name]
    place = folder("我跟你说没用")
    file = place / "words.toml"
    file.write_text(CLASSES.format(rest=rest), encoding="utf-8")
    with pytest.raises(LexiconError) as caught:
        load_lexicon([place])
    for lang, words in (("zh", zh), ("en", en)):
        assert f"{file}:1" in caught.value.say(lang)
        assert words in caught.value.say(lang)
    (complaint,) = [c for c in check([place]) if c.level == "error"]
    assert (complaint.file, complaint.line) == (file, 1)
    assert zh in complaint.text.zh
    assert en in complaint.text.en


def test_a_schema_of_another_time_is_refused(folder: MakeFolder) -> None:
    place = folder("我跟你说没用")
    file = place / "words.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("schema = 1", "schema = 9"), "utf-8")
    with pytest.raises(LexiconError, match="must be 1, not 9"):
        load_lexicon([place])


# --- slots ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "text", "slots"),
    [
        ("请到××窗口", "请到三号窗口", ("三号",)),
        ("请到××窗口", "请到三號窗口", ("三號",)),
        ("请到××窗口", "請到３號窗口，謝謝。", ("３號",)),
        ("请到××窗口", "麻烦您，请到二樓東側 12 號窗口辦理。", ("二樓東側 12 號",)),
        ("请到××窗口", "请到窗口", ()),
        ("请到××窗口找××", "请到三號窗口找王科長辦手續，謝謝。", ("三號", "王科長辦手續")),
        ("请到××窗口找××", "请到三號窗口找王科長", ("三號", "王科長")),
        ("请到××窗口找××", "请到三号窗口找。王科长", ("三号",)),
        ("按××规定我们不能办理", "按《社會保險法》规定，我们不能办理。", ("社會保險法",)),
        ("请您找××科", "请您找不動產登記科，再见。", ("不動產登記",)),
        ("请您稍等", "请您稍等。", ()),
    ],
)
def test_what_was_said_in_a_slot_is_told_as_it_was_heard(
    own: Callable[..., Matcher], phrase: str, text: str, slots: tuple[str, ...]
) -> None:
    match = only(own(phrase, kind="polite"), text)
    assert match.counted
    assert match.slots == slots
    assert all(slot in text for slot in match.slots)


def test_slots_are_told_in_other_words_too(own: Callable[..., Matcher]) -> None:
    matcher = own("请到××窗口找××", kind="polite", classes='[["到", "去"]]')
    match = only(matcher, "请去三號窗口找王科長")
    assert (match.how, match.slots) == ("wording", ("三號", "王科長"))


def test_a_slot_does_not_swallow_a_speech(own: Callable[..., Matcher]) -> None:
    text = "请您去问二楼左转第三个房间里面那位穿红衣服戴眼镜的女同志"
    (slot,) = only(own("请您去问××", kind="polite"), text).slots
    assert text.startswith("请您去问" + slot)
    assert len(slot) <= 14


def test_the_lexicon_tells_its_slots(matcher: Matcher, lexicon: Lexicon) -> None:
    texts = ["我不知道，你去问二樓的同志，下一位。", "请到三號窗口缴费。", "您好，请您稍等。"]
    found = [m for text in texts for m in said(matcher, text)]
    assert [m.slots for m in found if m.slots] == [("二樓的同志",), ("三號",)]
    for m in found:
        assert not m.slots or any(SLOT in form.text for form in lexicon[m.phrase_id].forms)


# --- kept, but not counted ------------------------------------------------------------------------

KEPT = [
    ("就下班了明天晚来。", "near", "像，不到"),
    ("您这个找谁都没有。", "near", "像，不到"),
    ("您着急什么，等一下跟我说。", "excluded", "普通词"),
    ("您自己找的单位吗？", "excluded", "句子的一部分"),
    ("不归我管理的档案在三楼。", "excluded", "普通词"),
    ("你油饼吧。", "excluded", "字字相同"),
    ("这张旧表找谁都没用过。", "excluded", "普通词"),
]


@pytest.mark.parametrize(("text", "standing", "why"), KEPT)
def test_what_comes_near_is_kept_with_the_reason_why_it_is_none(
    matcher: Matcher, text: str, standing: str, why: str
) -> None:
    (match,) = [m for m in said(matcher, text) if m.polarity == "forbidden"]
    assert (match.standing, match.counted) == (standing, False)
    assert why in match.why.zh
    assert match.heard in text


@pytest.mark.parametrize("text", [text for text, _, _ in KEPT])
def test_what_does_not_count_does_not_count_in_any_script_or_for_anybody(
    matcher: Matcher, text: str
) -> None:
    for heard in (text, traditionalize(text)):
        for role in ("clerk", "customer", "unknown"):
            found = matcher.match([Utterance(0, heard, role)])
            assert not any(m.counted for m in found if m.polarity == "forbidden")


def test_a_near_miss_says_how_near_it_came(own: Callable[..., Matcher]) -> None:
    match = only(own("这件事情没法办"), "这件事情没发钱")
    assert match.standing == "near"
    for lang in LANGUAGES:
        assert f"{match.likeness:.0%}" in match.why.say(lang)
        assert "85%" in match.why.say(lang)


def test_a_courtesy_without_its_word_of_courtesy_earns_nothing(own: Callable[..., Matcher]) -> None:
    match = only(own("请您核对信息", kind="polite"), "您核对信息")
    assert (match.standing, match.counted) == ("near", False)
