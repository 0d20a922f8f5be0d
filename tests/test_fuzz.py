"""Whatever a transcript holds: nothing breaks, and what was said is found all the same."""

import random
import sys
from itertools import pairwise

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from test_matching import counted, hold_promises, said, shown

from courtesy.folders import lexicon_dir
from courtesy.lexicon import SLOT, load_lexicon
from courtesy.matching.matcher import Matcher
from courtesy.records import Asked, NormText, Utterance, Word
from courtesy.text.normalize import normalize
from courtesy.text.script import _converter, _entries, simplify, traditionalize

PHRASES = load_lexicon([lexicon_dir()]).phrases
# The words of the source, without slots and brackets.
SAYINGS = [p.forms[0].text for p in PHRASES if SLOT not in p.forms[0].text]

# No letters: they take no part in a text and may stand anywhere.
UNSEEN = [
    *("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"),  # no width
    *("\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2069"),
    *("\u0301", "\u0308", "\u20e3", "\u3099", "\ufe0f", "\U000e0100"),  # on the one before
    *("\ud800", "\udbff", "\udc00", "\udfff"),  # halves of a character
    *("😀", "👩‍👩‍👧‍👦", "🇨🇳", "👍🏽", "\ue000", "\U0010ffff", "\x00", "\x7f", "\x1b"),
]
# Letters of every kind, that change their number when they are made one width, too.
LETTERS = [
    *("שלום", "مرحبا", "नमस्ते", "ไทย", "한국어", "ひらがな", "カタカナ", "ｶﾀｶﾅ", "İı", "ﬁ", "ß"),
    *("㎏", "℃", "ﷺ", "𝔘𝔫𝔦", "Ⅻ", "ⅷ", "Σας", "ǅ", "Abc", "Ａｂ", "𠮷", "𰻞", "豈", "㐀", "\u31c0"),
]
NUMBERS = ["٣٤", "①", "½", "12", "１２", "007", "3.5", "〇", "㈱", "々", "〆", "⼈", "\u2f00", "…"]
MARKS = list("，。！？；：、,.!?;:…—\n\r\t\u3000 「」『』《》()（）")
EVERYTHING = st.text(
    st.characters(min_codepoint=0, max_codepoint=sys.maxunicode, categories=None), max_size=12
)
PIECES = st.one_of(
    st.sampled_from(SAYINGS),
    st.sampled_from(SAYINGS).map(traditionalize),
    st.sampled_from(
        [*UNSEEN, *LETTERS, *NUMBERS, *MARKS, "“", "”", "不", "没有", "别著急", "甚麼", "嗯"]
    ),
    EVERYTHING,
)
TEXTS = st.lists(PIECES, max_size=7).map("".join)


def spoken(text: str, quality: float) -> tuple[Word, ...]:
    return tuple(Word(char, i * 0.2, (i + 1) * 0.2, quality) for i, char in enumerate(text))


# --- the matcher ----------------------------------------------------------------------------------


@settings(max_examples=80)
@given(
    st.lists(
        st.tuples(
            TEXTS, st.sampled_from(["clerk", "customer", "unknown"]), st.none() | st.floats(0, 1)
        ),
        max_size=4,
    )
)
@example([("\ud800不归我管", "clerk", 0.9), ("", "clerk", 0.9), ("，", "customer", None)])
def test_no_talk_breaks_it(matcher: Matcher, talk: list[tuple]) -> None:
    utterances = []
    for number, (text, role, quality) in enumerate(talk):
        words = spoken(text, quality) if quality is not None else ()
        asked = tuple(
            Asked(q.span, q.wording, -1.0)
            for q in (matcher.questions(text, words) if words else ())
        )
        start, end = (number * 9.0, number * 9.0 + 8.5) if words else (None, None)
        utterances.append(Utterance(number, text, role, start, end, quality, None, words, asked))
    found = matcher.match(utterances)
    hold_promises(found, utterances)
    assert matcher.match(utterances) == found
    assert [m.utterance for m in found] == sorted(m.utterance for m in found)
    for m in found:
        assert 0 <= m.likeness <= 1
        assert all(slot and slot in utterances[m.utterance].heard for slot in m.slots)


@settings(max_examples=80)
@given(st.sampled_from(SAYINGS), st.lists(st.sampled_from(UNSEEN), min_size=1, max_size=6))
def test_what_is_no_letter_changes_nothing(
    matcher: Matcher, saying: str, unseen: list[str]
) -> None:
    places = random.Random(len(unseen)).choices(range(len(saying) + 1), k=len(unseen))
    strewn = saying
    for at, char in sorted(zip(places, unseen, strict=True), reverse=True):
        strewn = strewn[:at] + char + strewn[at:]
    plain, found = said(matcher, saying), said(matcher, strewn)
    assert shown(found) == shown(plain)
    for one, other in zip(plain, found, strict=True):
        left = "".join(char for char in other.heard if char.isalnum())
        assert left == one.heard


@settings(max_examples=60)
@given(
    st.sampled_from(SAYINGS),
    st.lists(st.sampled_from(LETTERS), max_size=4).map("".join),
    st.lists(st.sampled_from(LETTERS), max_size=4).map("".join),
)
def test_a_phrase_is_found_among_other_scripts(
    matcher: Matcher, saying: str, before: str, after: str
) -> None:
    found = said(matcher, f"{before}。{saying}。{after}")
    itself = [m for m in said(matcher, saying) if m.counted]
    here = {(m.phrase_id, m.heard, m.confidence) for m in found if m.counted}
    assert {(m.phrase_id, m.heard, m.confidence) for m in itself} <= here


HAN = st.lists(
    st.sampled_from(SAYINGS)
    | st.sampled_from([*"我你您他的了吗不没别，。！？嗯啊", "三号", "说", "如果"]),
    max_size=6,
).map("".join)


@settings(max_examples=100)
@given(HAN)
def test_the_script_makes_no_difference(matcher: Matcher, text: str) -> None:
    other = traditionalize(text)
    assume(simplify(other) == text)
    plain, found = said(matcher, text), said(matcher, other)
    assert shown(found) == shown(plain)
    assert [m.span for m in found] == [m.span for m in plain]


@settings(max_examples=100)
@given(HAN, st.sampled_from(["嗯，", "啊，", "嗯嗯，", "嗯……"]))
def test_a_filler_before_makes_no_difference(matcher: Matcher, text: str, filler: str) -> None:
    assert counted(matcher, filler + text) == counted(matcher, text)


@settings(max_examples=100)
@given(st.sampled_from(PHRASES), st.sampled_from(["", "。", "！", "\u200b", "嗯，"]))
def test_a_phrase_is_itself_for_certain(matcher: Matcher, phrase, before: str) -> None:
    form = phrase.forms[0]
    assume(SLOT not in form.text)
    found = [m for m in said(matcher, before + form.text) if m.list == phrase.list]
    assert max(m.confidence for m in found) == 1


# --- long lines -----------------------------------------------------------------------------------


def long_line(length: int = 100_000, seed: int = 1) -> str:
    """Return common and rare ideographs, marks but those of quotation, letters and signs."""
    chance = random.Random(seed)
    rare = [chr(chance.randrange(0x4E00, 0x9FCB)) for _ in range(2000)]
    usual = [
        *"今天气很好我们去办公室拿材料表格签字核对身份证户口本社保医保",
        *"，。！？；\n abc1２😀",
    ]
    return "".join(chance.choices(usual * 20 + rare, k=length))[:length]


@pytest.mark.parametrize("quality", [None, 0.9], ids=["typed", "heard"])
def test_a_long_line_holds_what_stands_in_it_and_nothing_else_of_it(
    matcher: Matcher, quality: float | None
) -> None:
    line = long_line()
    sayings = ["您好，请问您要办什么业务", "找谁都没用", "你有完没完", "请慢走，再见"]
    places = [0, 33_333, 66_666, 99_000]
    whole = line
    for at, saying in sorted(zip(places, sayings, strict=True), reverse=True):
        whole = f"{whole[:at]}。{saying}。{whole[at + len(saying) + 2 :]}"
    assert len(whole) == len(line) == 100_000
    for text, there in ((line, False), (whole, True)):
        utterances = [Utterance(0, text, "clerk", quality=quality)]
        found = matcher.match(utterances)
        hold_promises(found, utterances)
        blamed = [m.heard for m in found if m.polarity == "forbidden" and m.counted]
        assert blamed == (["找谁都没用", "有完没完"] if there else [])
        for at, saying in zip(places, sayings, strict=True):
            inside = [m for m in found if at <= m.span.start and m.span.end <= at + len(saying) + 1]
            assert any(m.counted for m in inside) is there


@pytest.mark.parametrize(
    "text",
    [
        "\ud800" * 100_000,
        "😀" * 100_000,
        "您\u0301" * 50_000,
        "1" * 100_000,
        "1 " * 50_000,
        " " * 100_000,
    ],
    ids=["halves", "emoji", "combining", "digits", "numbers", "space"],
)
def test_a_long_line_of_no_words_holds_nothing(matcher: Matcher, text: str) -> None:
    assert not any(m.counted for m in said(matcher, text))
    assert len(simplify(text)) == len(text)


@pytest.mark.parametrize(
    ("phrase", "times"), [("再见", 2000), ("不归我管，", 400), ("急什么等一下。", 300)]
)
def test_what_is_said_again_and_again_is_found_each_time(
    matcher: Matcher, phrase: str, times: int
) -> None:
    utterances = [Utterance(0, phrase * times, "clerk")]
    found = matcher.match(utterances)
    hold_promises(found, utterances)
    assert [m.span.start for m in found] == [i * len(phrase) for i in range(times)]
    assert all(m.counted and m.confidence == 1 for m in found)


@pytest.mark.parametrize("phrase", ["不归我管，", "請您看著這個窗口。", "3號 ", "一二"])
def test_ten_thousand_times_the_same_reads_as_once(phrase: str) -> None:
    once, often = normalize(phrase), normalize(phrase * 10_000)
    assert simplify(phrase * 10_000) == simplify(phrase) * 10_000
    assert often.text == once.text * 10_000
    assert often.ends[-1] == once.ends[-1] + 9_999 * len(phrase)


# --- one script, one width ------------------------------------------------------------------------

# Of these the rules of the project make something else than OpenCC does; the others are OpenCC's.
OWN = frozenset("著甚妳囉羅罗啰唆週裏喫乾")
KEYS = [
    key
    for name in ("TSCharacters.txt", "TSPhrases.txt")
    for key, _ in _entries(name)
    if len(key) < 12
]
TRADITIONAL = st.lists(
    st.sampled_from(KEYS)
    | st.sampled_from([*"请问您要办什么业务著甚妳囉嗦唆週裏喫乾", *MARKS, "a", "1", "😀"]),
    max_size=24,
).map(lambda pieces: "".join(pieces)[:190])


@settings(max_examples=300)
@given(TRADITIONAL | EVERYTHING)
def test_simplified_text_is_opencc_s_but_for_our_own_rules(text: str) -> None:
    wanted = str(_converter("t2s").convert(text))
    assume(len(wanted) == len(text))
    got = simplify(text)
    assert len(got) == len(text)
    assert not set("妳週裏喫") & set(got)
    if not OWN & set(text + wanted):
        assert got == wanted
    for char, ours, theirs in zip(text, got, wanted, strict=True):
        assert ours == theirs or OWN & {char, theirs}


@pytest.mark.parametrize(
    "text", ["只有那瞭望臺上的人纔瞭解", "一隻后面的皇后", "幺麼小丑", "反覆徵收"]
)
def test_characters_that_depend_on_their_neighbours_are_opencc_s(text: str) -> None:
    assert simplify(text) == _converter("t2s").convert(text)


ORDINARY = st.text(
    st.sampled_from("請您看著這個窗口急什么她它嘛乾縣后裡，。！？；：“”‘’—…\n\t、（）一鿋")
    | st.characters(min_codepoint=0x4E00, max_codepoint=0x9FCB),
    max_size=40,
)


def edges(norm: NormText) -> set[int]:
    return {clause.start for clause in norm.clauses}


@settings(max_examples=300)
@given(ORDINARY)
def test_the_quick_way_reads_as_the_slow_way_does(text: str) -> None:
    """A letter at the end makes the whole line go the slow way."""
    quick, slow = normalize(text), normalize(text + " a")
    length = len(quick.text)
    assert slow.text == quick.text + "a"
    assert (slow.starts[:length], slow.ends[:length]) == (quick.starts, quick.ends)
    assert edges(slow) - {length} == edges(quick) - {length}


@settings(max_examples=150)
@given(TEXTS)
def test_any_text_is_read_and_keeps_its_way_back(text: str) -> None:
    norm = normalize(text)
    assert norm.original == text
    assert len(norm.starts) == len(norm.ends) == len(norm.text)
    for start, end in zip(norm.starts, norm.ends, strict=True):
        assert 0 <= start < end <= len(text)
    assert all(one <= other for one, other in pairwise(norm.starts))
    assert [c.start for c in norm.clauses] == [0, *(c.end for c in norm.clauses)][
        : len(norm.clauses)
    ]
    assert sum(map(len, norm.clauses)) == len(norm.text)
    assert len(simplify(text)) == len(text)
