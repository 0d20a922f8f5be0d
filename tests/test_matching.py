"""Phrases found in what was said: the same whatever the script, and never the opposite."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fakes import gold_files, read_gold
from hypothesis import given, settings
from hypothesis import strategies as st

from courtesy.config import MatchOptions, Settings
from courtesy.folders import lexicon_dir
from courtesy.lexicon import SLOT, Lexicon, Phrase, load_lexicon
from courtesy.matching.matcher import Matcher
from courtesy.messages import LANGUAGES
from courtesy.records import Match, Role, Utterance, Word
from courtesy.text.script import traditionalize

PHRASES = load_lexicon([lexicon_dir()]).phrases
FORBIDDEN = [p for p in PHRASES if p.polarity == "forbidden"]
HITS = [(p, hit) for p in PHRASES for hit in p.hits]
FILLED = "三号"  # said where a phrase has a slot


def said(matcher: Matcher, text: str, role: Role = "clerk") -> tuple[Match, ...]:
    return matcher.match([Utterance(0, text, role)])


def counted(matcher: Matcher, text: str) -> set[str]:
    return {m.phrase for m in said(matcher, text) if m.counted}


def shown(matches: tuple[Match, ...]) -> list[tuple]:
    return [(m.phrase_id, m.confidence, m.standing, m.how) for m in matches]


def hold_promises(matches: tuple[Match, ...], utterances: list[Utterance]) -> None:
    by_id = {u.id: u for u in utterances}
    assert [m.id for m in matches] == list(range(len(matches)))
    for m in matches:
        utterance = by_id[m.utterance]
        assert 0 <= m.span.start < m.span.end <= len(utterance.heard)
        assert m.heard == utterance.heard[m.span.start : m.span.end]
        assert 0 <= m.confidence <= 1
        assert m.role == utterance.role
        assert m.counted == (m.standing == "counted")
        assert not m.counted or utterance.role == "clerk"
        assert all(m.why.say(lang) for lang in LANGUAGES)
        assert m.why.zh != m.why.en


# --- laws -----------------------------------------------------------------------------------------


def test_what_is_found_does_not_depend_on_what_others_look_for_meanwhile(lexicon: Lexicon) -> None:
    phrases = [p.text.replace(SLOT, FILLED) for p in FORBIDDEN]
    # Each text has a character that none before it had.
    texts = [f"{chr(0x4E00 + 37 * i)}，{phrase}。" for i, phrase in enumerate(phrases * 3)]
    alone = Matcher(lexicon, MatchOptions())
    expected = [shown(said(alone, text)) for text in texts]
    shared = Matcher(lexicon, MatchOptions())
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(lambda text: shown(said(shared, text)), texts))
    finally:
        sys.setswitchinterval(usual)
    assert found == expected


@pytest.mark.parametrize(
    ("phrase", "hit"), HITS, ids=lambda v: v.id if isinstance(v, Phrase) else v
)
def test_the_script_does_not_change_what_is_found(
    matcher: Matcher, phrase: Phrase, hit: str
) -> None:
    assert shown(said(matcher, traditionalize(hit))) == shown(said(matcher, hit))


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda p: p.id)
def test_a_phrase_matches_itself(matcher: Matcher, phrase: Phrase) -> None:
    """The words of the source, with slots filled: found for certain, in the phrase's own list."""
    for form in phrase.forms:
        if not form.sanctioned:
            continue
        text = form.text.replace(SLOT, FILLED)
        found = [m for m in said(matcher, text) if m.list == phrase.list]
        best = max((m.confidence for m in found), default=0.0)
        assert best == pytest.approx(1.0, abs=0.03 if SLOT in form.text else 1e-9), text
        if phrase.polarity == "polite":
            assert any(m.counted for m in found), text


# Not those that are too short with a filler in them, not those with a slot, which takes the filler,
# and not insults, which are taken to the letter.
LONG = [
    p for p in FORBIDDEN
    if p.forms[0].literal >= 5 and SLOT not in p.forms[0].text and p.severity != "fatal"
]  # fmt: skip


@pytest.mark.parametrize("filler", ["嗯", "呃", "啊"])
@pytest.mark.parametrize("phrase", LONG, ids=lambda p: p.id)
def test_a_filler_does_not_hide_a_phrase(matcher: Matcher, phrase: Phrase, filler: str) -> None:
    form = phrase.forms[0]
    plain = {m.list for m in said(matcher, form.text) if m.counted}
    middle = len(form.text) // 2
    filled = said(matcher, form.text[:middle] + filler + form.text[middle:])
    assert plain <= {m.list for m in filled if m.counted}


@pytest.mark.parametrize("phrase", FORBIDDEN, ids=lambda p: p.id)
def test_a_filler_before_or_after_changes_nothing(matcher: Matcher, phrase: Phrase) -> None:
    for hit in phrase.hits:
        plain = counted(matcher, hit)
        assert counted(matcher, "嗯，" + hit) >= plain
        assert counted(matcher, "呃" + hit) >= plain


@pytest.mark.parametrize("role", ["customer", "unknown"])
def test_only_the_clerk_s_words_count(matcher: Matcher, role: Role) -> None:
    utterances = [Utterance(i, hit, role) for i, (_, hit) in enumerate(HITS)]
    found = matcher.match(utterances)
    assert found
    assert {m.counted for m in found} == {False}
    assert role in {m.standing for m in found}
    hold_promises(found, utterances)


def test_what_is_found_stands_in_what_was_heard(matcher: Matcher) -> None:
    utterances = [Utterance(i, traditionalize(hit), "clerk") for i, (_, hit) in enumerate(HITS)]
    hold_promises(matcher.match(utterances), utterances)


def test_neighbours_do_not_change_what_is_found(matcher: Matcher) -> None:
    """Each utterance by itself gives what it gives among others."""
    texts = [turn["text"] for file in gold_files() for turn in read_gold(file)["turn"]]
    together = matcher.match([Utterance(i, text, "clerk") for i, text in enumerate(texts)])
    apart = [(i, one) for i, text in enumerate(texts) for one in shown(said(matcher, text))]
    assert [(m.utterance, *shown((m,))) for m in together] == apart


PIECES = st.sampled_from(
    [form.text.replace(SLOT, "三") for p in PHRASES for form in p.forms[:2]]
    + list("，。？！“”嗯啊不没我你您他的了吗 3３号a")
    + ["別著急", "就算", "我幫您", "\ud800", "\u200b", "😀", "不", "说", "没有"]
)


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=8).map("".join), st.sampled_from(["clerk", "customer", "unknown"]))
def test_any_talk_can_be_looked_at(matcher: Matcher, text: str, role: Role) -> None:
    utterance = Utterance(0, text, role)
    hold_promises(matcher.match([utterance]), [utterance])


@settings(max_examples=100)
@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_any_text_can_be_looked_at(matcher: Matcher, text: str) -> None:
    utterance = Utterance(0, text, "clerk")
    hold_promises(matcher.match([utterance]), [utterance])


def test_nothing_said_nothing_found(matcher: Matcher) -> None:
    assert matcher.match([]) == ()
    for text in ("", " ", "……", "。", "😀", "\u200b"):
        assert said(matcher, text) == ()


# --- cases ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("不好意思。", {"你还好意思说"}),
        ("不好意思，您稍等。", {"你还好意思说"}),
        ("你好意思吗？", {"不好意思", "您好"}),
        ("您着急什么？", {"急什么", "急什么等一下"}),
        ("您是着急什么事吗？", {"急什么"}),
        ("在建工程请到二楼登记。", {"再见"}),
        ("这个项目在建。", {"再见"}),
        ("我们不说再见。", {"再见"}),
        ("上班了，明天再来也可以。", {"下班了，明天再来"}),
        ("我们上班了。", {"下班了，明天再来", "快点，我要下班了"}),
        ("您好像走错了。", {"您好"}),
        ("你好像填错了一行。", {"您好"}),
        ("我知道了。", {"不知道", "我怎么知道"}),
        ("我知道了，谢谢。", {"不知道"}),
        ("您知道的。", {"不知道"}),
        ("归我管。", {"我不知道，这不归我管"}),
        ("这归我管，您坐。", {"我不知道，这不归我管"}),
        ("很清楚。", {"不清楚"}),
        ("您懂我讲什么吗？", {"你讲什么我不懂"}),
        ("找谁都有用。", {"找谁都没用"}),
        ("你别急。", {"急什么"}),
        ("谁问我，我问你。", {"你问我，我问谁"}),
        ("您可以自己照相。", {"自己找"}),
        ("我去找。", {"自己找"}),
        ("白吃的东西没有。", {"白痴"}),
        ("您的材料不用写。", {"不用谢"}),
        ("请做核酸。", {"请坐"}),
        ("我问水务局。", {"你问我，我问谁"}),
    ],
)
def test_opposites_neighbours_and_homophones_are_not_taken_for_it(
    matcher: Matcher, text: str, never: set[str]
) -> None:
    assert not counted(matcher, text) & never


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("您好。", "您好"),
        ("您好，好像要带照片。", "您好"),
        ("不好意思，让您久等了。", "不好意思"),
        ("您的手续一半好，请核对。", "您的手续已办好，请核对"),
        ("您的手续已半好，请和对。", "您的手续已办好，请核对"),
        ("那个，不归我管。", "我不知道，这不归我管"),
        ("这不归我们管。", "我不知道，这不归我管"),
        ("这布贵我管。", "我不知道，这不归我管"),
        ("有油拍子，自己看。", "有牌子，自己看"),
        ("这个不归我们管。", "我不知道，这不归我管"),
        ("你问我，我问水。", "你问我，我问谁"),
        ("别烦了。", "别烦啦"),
        ("谢谢者。", "谢谢"),
        ("谢谢您。", "谢谢"),
        ("请绍后。", "请稍候"),
        ("請稍候。", "请稍候"),
        ("請慢走，再見！", "再见"),
        ("你有完没完", "你有完没完，有意见找领导去"),
        ("怎麼不早來？快下班了，明天再來辦。", "怎么不早来，快下班了，明天再来办"),
        ("您　好", "您好"),
        ("您 好", "您好"),
    ],
)
def test_what_recognisers_make_of_a_phrase_is_still_found(
    matcher: Matcher, text: str, wanted: str
) -> None:
    assert wanted in counted(matcher, text)


def test_what_is_too_far_off_to_count_is_kept_to_be_listened_to(matcher: Matcher) -> None:
    (match,) = [m for m in said(matcher, "就下班了明天晚来。") if m.polarity == "forbidden"]
    assert match.standing == "near"
    assert 0.75 <= match.confidence < 0.85


def test_a_slot_takes_what_is_said_there(matcher: Matcher) -> None:
    for place in ("医院", "派出所的同志", "二楼三号窗口"):
        (match,) = [
            m for m in said(matcher, f"我不知道，你去问{place}。") if m.polarity == "forbidden"
        ]
        assert (match.phrase, match.counted) == ("我不知道，你去问××", True)


def test_every_time_a_phrase_is_said_is_found(matcher: Matcher) -> None:
    found = [m for m in said(matcher, "不归我管，我说了不归我管！") if m.phrase.endswith("归我管")]
    assert [m.heard for m in found] == ["不归我管", "不归我管"]
    assert len([m for m in said(matcher, "再见，再见。") if m.list == "farewell"]) == 2


def two(first: str, then: str, gap: float = 0.6, role: Role = "clerk") -> list[Utterance]:
    """Two stretches of one channel that the voice activity cut apart."""
    end = 1.0 + gap
    return [
        Utterance(0, first, "clerk", 0.0, 1.0, 0.9, 0),
        Utterance(1, then, role, end, end + 1, 0.9, 0),
    ]


def test_a_phrase_may_go_on_after_a_breath(matcher: Matcher) -> None:
    (match,) = (m for m in matcher.match(two("有牌子,", "自己看。")) if m.polarity == "forbidden")
    assert (match.phrase, match.counted) == ("有牌子，自己看", True)
    assert (match.utterance, match.heard, match.start, match.end) == (0, "有牌子,", 0.0, 2.6)
    assert "自己看" in match.why.zh
    assert "自己看" in match.why.en


@pytest.mark.parametrize(
    "utterances",
    [two("有牌子,", "自己看。", gap=1.5), two("有牌子,", "自己看。", role="customer")],
    ids=["after a long silence", "from somebody else"],
)
def test_it_does_not_go_on(matcher: Matcher, utterances: list[Utterance]) -> None:
    assert "有牌子，自己看" not in {m.phrase for m in matcher.match(utterances)}


def test_what_undoes_a_phrase_may_stand_before_the_breath(matcher: Matcher) -> None:
    assert not any(m.counted for m in matcher.match(two("我们不能说", "不归我管。")))


def test_a_match_is_timed_by_its_words(matcher: Matcher) -> None:
    words = tuple(Word(c, 10 + i, 11 + i, 0.9) for i, c in enumerate("好的，不归我管。"))
    utterance = Utterance(3, "好的，不归我管。", "clerk", 9.8, 18.2, 0.9, 0, words)
    (match,) = (m for m in matcher.match([utterance]) if m.counted)
    assert (match.utterance, match.start, match.end) == (3, 13, 17)


def test_words_the_recogniser_was_not_sure_of_accuse_nobody(matcher: Matcher) -> None:
    for quality in (0.0, 0.2, 0.4):
        found = matcher.match([Utterance(0, "不归我管。", "clerk", 0, 1, quality)])
        assert found
        assert not any(m.counted for m in found)
    assert any(m.counted for m in matcher.match([Utterance(0, "不归我管。", "clerk", 0, 1, 0.8)]))


# --- a lexicon of one's own -----------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., Matcher]:
    def make(kind: str, *phrases: str, options: MatchOptions | None = None) -> Matcher:
        entries = "\n".join(
            f'[[phrase]]\nid = "p{i}"\ntext = "{text}"\nsources = ["ours"]\n'
            for i, text in enumerate(phrases)
        )
        header = f'schema = 1\nlist = "own"\nkind = "{kind}"\ntitle = {{zh = "自", en = "own"}}\n'
        (tmp_path / "own.toml").write_text(header + entries, encoding="utf-8")
        return Matcher(load_lexicon([tmp_path]), options or Settings().matching)

    return make


@pytest.mark.parametrize("kind", ["polite", "forbidden"])
@pytest.mark.parametrize(
    ("phrase", "opposite"),
    [
        ("不能办", "能办"),
        ("能办", "不能办"),
        ("办不了", "办得了"),
        ("好意思", "不好意思"),
        ("不好意思", "好意思"),
        ("知道", "不知道"),
        ("不知道", "我知道了"),
        ("下班了", "上班了"),
        ("急什么", "着急什么时候"),
        ("您好", "您好像来过"),
        ("没有材料", "有材料"),
        ("有材料", "没有材料"),
        ("不要钱", "要钱"),
        ("我不管", "我管"),
        ("帮你办", "帮我办"),
        ("你不懂", "我不懂"),
    ],
)
def test_the_opposite_never_counts(
    own: Callable[..., Matcher], kind: str, phrase: str, opposite: str
) -> None:
    matcher = own(kind, phrase)
    assert counted(matcher, phrase + "。") == {phrase}
    for text in (opposite, f"{opposite}。", f"这个{opposite}。"):
        assert counted(matcher, text) == set(), text


def test_thresholds_are_those_of_the_settings(own: Callable[..., Matcher]) -> None:
    near = "这个事情不规我管"
    strict = own("forbidden", "这事情不归我管", options=MatchOptions(blame=1.0, doubt=0.5))
    lax = own("forbidden", "这事情不归我管", options=MatchOptions(blame=0.5, doubt=0.5))
    (match,) = said(strict, near)
    assert (match.standing, match.counted) == ("near", False)
    assert said(lax, near)[0].counted


def test_an_empty_lexicon_finds_nothing(own: Callable[..., Matcher]) -> None:
    assert said(own("forbidden"), "不归我管") == ()


def test_the_lexicon_knows_its_phrases(lexicon: Lexicon) -> None:
    assert lexicon[FORBIDDEN[0].id].text == FORBIDDEN[0].text
    with pytest.raises(KeyError):
        lexicon["no-such-phrase"]
