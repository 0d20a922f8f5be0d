"""One script, one width, and the way back to what was heard."""

import stat
import string
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtesy.lexicon import Lexicon
from courtesy.records import NormText, Span
from courtesy.text.normalize import normalize
from courtesy.text.script import simplify, traditionalize
from courtesy.text.syllables import syllables
from courtesy.text.tokens import Tokens, dictionary, tokenizer

# Everything: also lone surrogates, which a damaged transcript can hold.
ANY_CHARACTER = st.characters(min_codepoint=0, max_codepoint=sys.maxunicode, categories=None)
TRICKY = st.sampled_from(
    "著甚妳囉罗啰唆嗦週裏喫乾安县干系后裡隻麵"
    "０９Ａｚ㈱①½㎏ﷺ℃ǆİßﬁ〇零一10 　\t\n，。：…—“”「」!?,.:;\"'"
    "\u200b\u200d\ufeff\u0301\ud800\udfff👩‍👩‍👧‍👦🇨🇳𠮷𠀀\U000e0001\x00"
)
ANY_TEXT = st.text(ANY_CHARACTER | TRICKY | st.sampled_from("您好请问谢谢不知道這邊請著急"))


@pytest.mark.parametrize(
    ("heard", "wanted"),
    [
        ("什么", "什么"),
        ("怎么", "怎么"),
        ("急什么", "急什么"),
        ("什麼", "什么"),
        ("甚麼", "什么"),
        ("甚么", "什么"),
        ("妳", "你"),
        ("裡面", "里面"),
        ("裏面", "里面"),
        ("看著", "看着"),
        ("忙著", "忙着"),
        ("正忙著嗎", "正忙着吗"),
        ("著急", "着急"),
        ("別著急", "别着急"),
        ("著裝", "着装"),
        ("沿著", "沿着"),
        ("執著", "执着"),
        ("穿著", "穿着"),
        ("接著", "接着"),
        ("著作", "著作"),
        ("著名", "著名"),
        ("著作權登記", "著作权登记"),
        ("顯著", "显著"),
        ("名著", "名著"),
        ("原著", "原著"),
        ("土著", "土著"),
        ("專著", "专著"),
        ("編著", "编著"),
        ("論著", "论著"),
        ("著述", "著述"),
        ("您拿著名片", "您拿着名片"),
        ("請對著名單核對", "请对着名单核对"),
        ("程序", "程序"),
        ("办事程序", "办事程序"),
        ("文件", "文件"),
        ("影印", "影印"),
        ("信息", "信息"),
        ("视窗", "视窗"),
        ("視窗", "视窗"),
        ("乾安县", "乾安县"),
        ("乾安縣", "乾安县"),
        ("乾淨", "干净"),
        ("罗嗦", "啰嗦"),
        ("囉嗦", "啰嗦"),
        ("囉唆", "啰嗦"),
        ("啰唆", "啰嗦"),
        ("联系", "联系"),
        ("聯繫", "联系"),
        ("係", "系"),
        ("一週", "一周"),
        ("後面", "后面"),
        ("皇后", "皇后"),
        ("頭髮", "头发"),
        ("發票", "发票"),
        ("身份證影印件", "身份证影印件"),
        ("請問您要辦什麼業務", "请问您要办什么业务"),
        ("", ""),
        ("Hello, 3", "Hello, 3"),
    ],
)
def test_one_script(heard: str, wanted: str) -> None:
    assert simplify(heard) == wanted


def test_what_is_simplified_already_stays_as_it_is(lexicon: Lexicon) -> None:
    for phrase in lexicon.phrases:
        assert simplify(phrase.text) == phrase.text
        for form in phrase.forms:
            assert simplify(form.text) == form.text


# S0 and everyday words at a counter: none of them may turn into something else.
COMMON = (
    "您好请问办理什么业务出示身份证户口本结婚证驾驶证营业执照材料复印件原件表格填写签字核对稍等稍候缴费"
    "窗口大厅科室领导同事程序文件系统网络信息软件硬件打印复印默认登录登记注册质量项目资料档案公章钥匙"
    "怎么什么那么这么多么要么干部干净干脆乾坤才能刚才里面公里后面皇后只有一只台风台湾面条表面发展头发"
    "了解了不起着急睡着谷物山谷出口进出松树放松划分计划借口凭借云彩说云准备批准制度制造征收特征"
)


def test_common_simplified_words_stay_as_they_are() -> None:
    assert simplify(COMMON) == COMMON
    assert simplify(simplify(COMMON)) == COMMON


@pytest.mark.parametrize("text", ["请问您要办什么业务", "我帮您看看程序", "别着急", "您后面还有人"])
def test_there_and_back(text: str) -> None:
    assert traditionalize(text) != text
    assert simplify(traditionalize(text)) == text


@given(ANY_TEXT)
def test_the_length_never_changes(text: str) -> None:
    assert len(simplify(text)) == len(text)


@given(ANY_TEXT)
def test_simplifying_twice_changes_nothing_more(text: str) -> None:
    once = simplify(text)
    assert simplify(once) == once


@given(st.text(st.sampled_from("這邊請著急麼甚妳後裡髮發乾縣安"), min_size=190, max_size=420))
def test_long_text_reads_as_its_pieces_do(text: str) -> None:
    """Nothing happens at the seams where text is cut for the converter."""
    assert simplify("。".join([text, text])) == "。".join([simplify(text)] * 2)


def test_a_hundred_thousand_characters() -> None:
    text = "請問您要辦什麼業務？我正忙著，" * 7000
    short = simplify(text)
    assert short == "请问您要办什么业务？我正忙着，" * 7000
    norm = normalize(text)
    check(norm)
    assert len(norm.text) == 13 * 7000
    assert len(syllables(norm.text)) == len(norm.text)
    assert covers(tokenizer().cut(norm.text), len(norm.text))


# --- normalize ------------------------------------------------------------------------------------


def check(norm: NormText) -> None:
    """Hold a normalized text to what it promises."""
    assert len(norm.starts) == len(norm.ends) == len(norm.text)
    for start, end in zip(norm.starts, norm.ends, strict=True):
        assert 0 <= start < end <= len(norm.original)
    assert list(norm.starts) == sorted(norm.starts)
    assert list(norm.ends) == sorted(norm.ends)
    assert covers(norm.clauses, len(norm.text))


def covers(spans: tuple[Span, ...], length: int) -> bool:
    """Tell whether spans stand one behind the other without gaps and are none of them empty."""
    edges = [0, *(span.end for span in spans)]
    return edges[-1] == length and all(
        span.start == edge and len(span) > 0 for span, edge in zip(spans, edges, strict=False)
    )


@given(ANY_TEXT)
def test_every_character_knows_where_it_comes_from(text: str) -> None:
    norm = normalize(text)
    check(norm)
    assert norm.original == text
    for start in range(len(norm.text)):
        back = norm.back(Span(start, len(norm.text)))
        assert 0 <= back.start <= back.end <= len(text)
    for at in range(len(norm.text) + 1):
        assert 0 <= norm.back(Span(at, at)).start <= len(text)


@given(st.lists(st.sampled_from(["您好", "請問", "3", "号", "，", "。", " ", "嗯", "Ａ", "著急"])))
def test_the_way_back_shows_the_words_that_were_heard(pieces: list[str]) -> None:
    heard = "".join(pieces)
    norm = normalize(heard)
    at = norm.text.find("您好")
    if at >= 0:
        span = norm.back(Span(at, at + 2))
        assert "".join(heard[span.start : span.end].split()).strip("，。") == "您好" or (
            normalize(heard[span.start : span.end]).text == "您好"
        )


@pytest.mark.parametrize(
    ("heard", "wanted"),
    [
        ("3号窗口", "三号窗口"),
        ("３號窗口", "三号窗口"),
        ("１２号", "十二号"),
        ("12号", "十二号"),
        ("十二号", "十二号"),
        ("2026年", "二零二六年"),
        ("二〇二六年", "二零二六年"),
        ("A037", "a零三七"),
        ("Ａ０３７", "a零三七"),
        ("100元", "一百元"),
        ("110", "一百一十"),
        ("101", "一百零一"),
        ("20天", "二十天"),
        ("1005", "一千零五"),
        ("0", "零"),
        ("12345", "一二三四五"),
        ("13800138000", "一三八零零一三八零零零"),
        ("10：30", "十三十"),
        ("ABC", "abc"),
        ("ＡＢＣ", "abc"),
        ("您好！！！", "您好"),
        ("您 好", "您好"),
        ("您　好", "您好"),
        ("您\u200b好", "您好"),
        ("她的", "他的"),
        ("是嘛", "是吗"),
        ("  ", ""),
        ("。。。", ""),
        ("😀", ""),
    ],
)
def test_one_width_and_numbers_as_they_are_spoken(heard: str, wanted: str) -> None:
    assert normalize(heard).text == wanted


def clauses(heard: str) -> list[str]:
    norm = normalize(heard)
    return [norm.text[c.start : c.end] for c in norm.clauses]


@pytest.mark.parametrize(
    ("heard", "wanted"),
    [
        ("您 好", ["您好"]),
        ("您 好 请 问", ["您好请问"]),
        ("您好 请问", ["您好", "请问"]),
        ("您好，请问", ["您好", "请问"]),
        ("您好, 请问", ["您好", "请问"]),
        ("，您好，", ["您好"]),
        ("您好。。请问", ["您好", "请问"]),
        ("“您好”请问", ["您好", "请问"]),
        ("您好\n请问", ["您好", "请问"]),
        ("", []),
        ("！？", []),
    ],
)
def test_marks_and_pauses_divide_clauses(heard: str, wanted: list[str]) -> None:
    assert clauses(heard) == wanted


def test_a_number_goes_back_to_its_digits() -> None:
    norm = normalize("请到12号窗口")
    at = norm.text.index("十")
    for span in (Span(at, at + 1), Span(at + 1, at + 2), Span(at, at + 2)):
        back = norm.back(span)
        assert norm.original[back.start : back.end] == "12"


def test_phrases_of_the_lexicons_are_normal_already(lexicon: Lexicon) -> None:
    for phrase in lexicon.phrases:
        text = normalize(phrase.text).text
        assert normalize(text).text == text


# --- syllables and words --------------------------------------------------------------------------


@given(ANY_TEXT)
def test_one_syllable_a_character(text: str) -> None:
    normal = normalize(text).text
    assert len(syllables(normal)) == len(normal)
    assert len(syllables(text)) == len(text)


def test_syllables_have_no_tone() -> None:
    assert syllables("您好女士a") == ("nin", "hao", "nv", "shi", "a")
    assert set("".join(syllables("请问您要办理什么业务绿色"))) <= set(string.ascii_lowercase)


@given(ANY_TEXT)
def test_words_cover_the_text(text: str) -> None:
    normal = normalize(text).text
    assert covers(tokenizer().cut(normal), len(normal))


def test_words_of_the_trade_stay_whole(lexicon: Lexicon) -> None:
    tokens = tokenizer(lexicon.words)
    for word in lexicon.words:
        assert tokens.cut(word) == (Span(0, len(word)),)


def test_the_cache_of_words_is_private_and_no_other_user_of_jieba_is_affected(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import jieba

    shared, own = tmp_path / "tmp", tmp_path / "cache"
    shared.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(shared))
    monkeypatch.setenv("XDG_CACHE_HOME", str(own))
    dictionary.cache_clear()
    Tokens(("不归我管",))
    assert list(shared.iterdir()) == []
    (cache,) = own.rglob("*.cache")
    assert stat.S_IMODE(cache.parent.stat().st_mode) & 0o077 == 0
    assert not jieba.dt.initialized or "不归我管" not in jieba.dt.FREQ
