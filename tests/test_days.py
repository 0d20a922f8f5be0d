"""A whole day at one window: customers, calls, colleagues, telephone calls, and its picture."""

import dataclasses
import itertools
import re
from collections.abc import Callable

import pytest
from fakes import talk

from courtesy.config import DialogueOptions
from courtesy.dialogue.boundaries import Habit, voice_change, weights
from courtesy.dialogue.cues import called, read, telephones
from courtesy.dialogue.interactions import split
from courtesy.evaluation.boundaries import boundaries
from courtesy.evaluation.gold import Gold, as_transcript, make_gold
from courtesy.messages import Lang
from courtesy.pipeline import Pipeline
from courtesy.records import Heard, Interaction, Recording, Run
from courtesy.report.day import day
from courtesy.report.html import to_html

Judge = Callable[[Heard], Recording]
Line = tuple[str, str]

FIRST: tuple[Line, ...] = (
    ("clerk", "您好，请问您办什么业务？"),
    ("customer", "我想补办社保卡。"),
    ("clerk", "请出示身份证，社保卡要五块钱工本费。"),
    ("customer", "给您。"),
    ("clerk", "社保卡下周可以来领。"),
    ("customer", "好的，谢谢。"),
    ("clerk", "不客气，请慢走。"),
)
SECOND: tuple[Line, ...] = (
    ("customer", "你好，我来换护照。"),
    ("clerk", "护照照片带了吗？"),
    ("customer", "带了，在这里。"),
    ("clerk", "护照十个工作日以后来取。"),
    ("customer", "谢谢，我走了。"),
)
CHAT: tuple[Line, ...] = (
    ("clerk", "小王，中午吃什么？"),
    ("unknown", "食堂吧。"),
    ("clerk", "好，一起去。"),
)


def laid_out(*parts: tuple[float, tuple[Line, ...]]) -> Heard:
    """Lay out talk: each part after a silence, its lines a second apart."""
    lines, clock = [], 0.0
    for silence, part in parts:
        clock += silence
        for role, text in part:
            lines.append((role, text, clock, clock + 2.0))
            clock += 3.0
        clock -= 1.0
    return talk(*lines)


def nameless(heard: Heard) -> Heard:
    bare = tuple(dataclasses.replace(u, role="unknown") for u in heard.utterances)
    return dataclasses.replace(heard, utterances=bare)


def parts(heard: Heard, **options: object) -> tuple[Interaction, ...]:
    return split(heard.utterances, (), dataclasses.replace(DialogueOptions(), **options))


def said(one: Interaction) -> list[str]:
    return [u.heard for u in one.utterances]


@pytest.mark.parametrize("gap", [2.0, 6.0, 40.0, 600.0])
@pytest.mark.parametrize("roles", [True, False])
def test_one_customer_follows_another(gap: float, roles: bool) -> None:
    heard = laid_out((0.0, FIRST), (gap, SECOND))
    first, second = parts(heard if roles else nameless(heard))
    assert said(first) == [text for _, text in FIRST]
    assert said(second) == [text for _, text in SECOND]


def test_guessed_roles_move_no_boundary() -> None:
    heard = laid_out((0.0, FIRST), (6.0, SECOND))
    roles = itertools.cycle(("customer", "unknown", "clerk"))
    guessed = tuple(
        dataclasses.replace(u, role=r, role_confidence=0.7)
        for u, r in zip(heard.utterances, roles, strict=False)
    )
    found = parts(dataclasses.replace(heard, utterances=guessed))
    assert [said(one) for one in found] == [[t for _, t in FIRST], [t for _, t in SECOND]]


@pytest.mark.parametrize("silence", [15.0, 29.0])
def test_a_clerk_who_types_has_still_the_same_customer(silence: float) -> None:
    assert len(parts(laid_out((0.0, FIRST[:4]), (silence, FIRST[4:])))) == 1


@pytest.mark.parametrize("minutes", [1, 3, 6])
def test_a_clerk_who_asks_to_wait_and_comes_back_has_the_same_customer(minutes: int) -> None:
    away = (*FIRST[:4], ("clerk", "请您稍等，我去后面查一下社保卡。"))
    back = (("clerk", "让您久等了，社保卡查到了。"), *FIRST[4:])
    assert len(parts(laid_out((0.0, away), (60.0 * minutes, back)))) == 1


@pytest.mark.parametrize("away", ["你等着，我去问问。", "我去后面查一下档案。"])
@pytest.mark.parametrize("roles", [True, False])
def test_a_clerk_who_goes_to_look_leaves_nobody(away: str, roles: bool) -> None:
    lines = (*FIRST[:4], ("clerk", "请您稍等。"), ("clerk", away))
    heard = laid_out((0.0, lines), (120.0, (("clerk", "让您就等了。"), *FIRST[4:])))
    assert len(parts(heard if roles else nameless(heard))) == 1


@pytest.mark.parametrize("call", ["请零三七号到三号窗口。", "下一位。", "请A037号到三号窗口"])
def test_a_call_opens_the_interaction_of_whoever_answers_it(call: str) -> None:
    first, second = parts(laid_out((0.0, FIRST), (5.0, (("clerk", call),)), (12.0, SECOND)))
    assert said(second)[0] == call
    assert said(first) == [text for _, text in FIRST]


def test_a_call_that_nobody_answers_is_no_customer() -> None:
    calls = [(20.0, (("unknown", f"请零三{n}号到三号窗口。"),)) for n in "七七八"]
    found = parts(laid_out((0.0, FIRST), *calls, (8.0, SECOND)))
    assert [one.aside for one in found] == [False, True, False]
    assert said(found[-1])[0] == "请零三八号到三号窗口。"


def test_a_hall_without_number_calls() -> None:
    lines = (*FIRST[:4], ("clerk", "请三七号档案袋。"))
    heard = laid_out((0.0, lines), (3.0, FIRST[4:]))
    assert len(parts(heard, number_calls="off")) == 1


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("请零三七号到三号窗口", "零三七"),
        ("三十七号在吗", "三十七"),
        ("下一位", ""),
        ("请到五号窗口缴费", None),
        ("下一位要等多久我也说不准您先坐一会儿", None),
        ("请灵酸二号道五号窗口", "qin lin suan er"),
        ("顾其号到五号参考办理验议", "gu qi"),
        ("零五零后", "lin wu lin"),
        ("请问三号窗口在哪里", None),
        ("您退休以后", None),
        ("你好", None),
    ],
)
def test_what_is_a_call(text: str, number: str | None) -> None:
    assert called(text) == number


def test_colleagues_among_themselves_are_no_interaction(judge: Judge) -> None:
    recording = judge(laid_out((0.0, FIRST), (30.0, CHAT), (30.0, SECOND)))
    assert [c.interaction.aside for c in recording.scorecards] == [False, True, False]
    aside = recording.scorecards[1]
    assert (aside.scorable, aside.score) == (False, None)
    assert aside.note is not None
    assert "没有群众" in aside.note.zh
    assert "no customer" in aside.note.en
    assert not any(f.verdict == "fail" for f in aside.findings)


def test_a_telephone_call_in_the_middle_is_one_of_its_own() -> None:
    call = (
        ("clerk", "喂，您好，社保热线。"),
        ("clerk", "带身份证来就可以。"),
        ("clerk", "不客气，再见。"),
    )
    hold = (*FIRST[:4], ("clerk", "不好意思，我接个电话。"))
    back = (("clerk", "不好意思，让您久等了，咱们接着办。"), *FIRST[4:])
    counter, phone = parts(laid_out((0.0, hold), (2.0, call), (2.0, back)))
    assert (counter.mode, phone.mode) == ("counter", "phone")
    assert said(counter) == [text for _, text in (*hold, *back)]
    assert said(phone) == [text for _, text in call]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("喂社保", True),
        ("为社保", True),
        ("你好这里是名服务任线", True),
        ("为什么", False),
        ("微信也可以", False),
        ("听不清我再说一遍", False),
    ],
)
def test_what_is_a_telephone(text: str, line: bool) -> None:
    assert telephones(text) is line


@pytest.mark.parametrize("roles", [True, False])
def test_after_a_call_the_customer_who_waited_goes_on(roles: bool) -> None:
    call = (
        ("clerk", "喂，您好，社保热线。"),
        ("clerk", "带户口本来登记。"),
        ("clerk", "这不归我管。"),
    )
    back = (("clerk", "好了，我们继续。"), *FIRST[4:])
    heard = laid_out(
        (0.0, (*FIRST[:4], ("clerk", "我接个电话。"))), (2.0, call), (2.0, back), (5.0, SECOND)
    )
    found = parts(heard if roles else nameless(heard))
    assert [one.mode for one in found] == ["counter", "phone", "counter"]
    assert said(found[0])[-1] == FIRST[-1][1]


def test_a_short_word_that_serves_nobody_is_an_aside_without_roles() -> None:
    word = (("clerk", "昨天那场球你看了没有？"), ("unknown", "我睡着了。"))
    heard = nameless(laid_out((0.0, FIRST), (30.0, word), (30.0, SECOND)))
    assert [one.aside for one in parts(heard)] == [False, True, False]


def test_everything_said_in_a_day_is_in_one_interaction() -> None:
    heard = laid_out((0.0, FIRST), (4.0, SECOND), (90.0, CHAT), (3.0, FIRST), (700.0, SECOND))
    found = parts(heard)
    assert sorted(u.id for i in found for u in i.utterances) == [u.id for u in heard.utterances]
    assert [i.id for i in found] == list(range(len(found)))


def test_another_voice_is_somebody_else() -> None:
    def voiced(heard: Heard, vectors: list[tuple[float, ...]]) -> list:
        read_ = read(heard.utterances, ())
        return [dataclasses.replace(s, voice=v) for s, v in zip(read_, vectors, strict=True)]

    lines = (("unknown", "好。"), ("unknown", "嗯。"))
    clerk, one, other = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
    before = voiced(laid_out((0.0, lines)), [clerk, one])
    assert voice_change(before, voiced(laid_out((9.0, lines)), [clerk, one])) == 0.0
    assert voice_change(before, voiced(laid_out((9.0, lines)), [clerk, other])) == 1.0
    assert voice_change(before, read(laid_out((9.0, lines)).utterances, ())) == 0.0


def test_longer_silences_are_rarer() -> None:
    habit = Habit([0.5] * 90 + [5.0] * 9 + [60.0])
    rarities = [habit.rarity(s) for s in (0.0, 0.6, 6.0, 61.0, 1e4)]
    assert rarities == sorted(rarities)
    assert 0 <= rarities[0] <= rarities[-1] <= 5.0


def test_the_weights_are_of_cues_that_exist() -> None:
    from courtesy.dialogue.boundaries import cues

    lines = read(laid_out((0.0, SECOND)).utterances, ())
    assert weights().keys() <= cues(lines[:2], lines[2:], 1.0, Habit([]), DialogueOptions()).keys()


# --- held against gold ----------------------------------------------------------------------------


def gold_day() -> Gold:
    def turns(start: float, lines: tuple[Line, ...]) -> list[dict]:
        return [
            {"role": r, "text": t, "start": start + 3.0 * i, "end": start + 3.0 * i + 2.0}
            for i, (r, t) in enumerate(lines)
        ]

    return make_gold(
        {
            "id": "day", "scene": "x", "mode": "counter", "clerk": "left",
            "interaction": [
                {"rules": {"greeting": "pass"}, "turn": turns(5.0, FIRST)},
                {"rules": {}, "turn": turns(100.0, SECOND)},
                {"rules": {}, "mode": "phone", "turn": turns(1600.0, FIRST)},
            ],
            "aside": [{"kind": "colleagues", "turn": turns(60.0, CHAT)}],
        },
        "day.toml",
    )  # fmt: skip


def test_a_gold_day_has_asides_and_modes() -> None:
    gold = gold_day()
    assert [e.mode for e in gold.encounters] == ["counter", "counter", "phone"]
    assert len(gold.asides) == 1
    assert [t.start for t in gold.turns] == sorted(t.start for t in gold.turns)


def test_boundaries_are_held_against_gold(judge: Judge) -> None:
    gold = gold_day()
    tally = boundaries(gold, judge(as_transcript(gold, "day")))
    # Three interactions have six edges; the first and the last of all need no finding.
    assert (tally.right, tally.wrong, tally.missed) == (4, 0, 0)


def test_a_boundary_that_is_far_off_is_missed_and_wrong(judge: Judge) -> None:
    recording = judge(as_transcript(gold_day(), "day"))
    gold = gold_day()
    moved = tuple(dataclasses.replace(e, start=e.start + 6.0) for e in gold.encounters)
    tally = boundaries(dataclasses.replace(gold, encounters=moved), recording)
    assert (tally.right, tally.wrong, tally.missed) == (2, 3, 2)


# --- the picture ----------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_picture_of_a_day_has_a_row_an_hour(judge: Judge, lang: Lang) -> None:
    heard = laid_out((0.0, FIRST), (60.0, CHAT), (3570.0, SECOND), (40.0, FIRST))
    picture = day(judge(heard), lang)
    assert picture is not None
    assert [row.label for row in picture.rows] == ["0:00", "1:00"]
    visits = [v for row in picture.rows for v in row.visits]
    assert [v.look for v in visits] == ["counter", "aside", "counter", "counter"]
    bars = [b for row in picture.rows for b in (*row.clerk, *row.others)]
    assert all(0 <= b.x <= 100 and b.width > 0 for b in [*bars, *(v.bar for v in visits)])
    assert any(row.marks for row in picture.rows)


def test_a_short_recording_has_no_picture_of_a_day(judge: Judge) -> None:
    assert day(judge(laid_out((0.0, FIRST))), "zh") is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_the_day(make_pipeline: Callable[..., Pipeline], lang: Lang) -> None:
    pipeline = make_pipeline()
    recording = pipeline.judge(laid_out((0.0, FIRST), (60.0, CHAT), (3500.0, SECOND)))
    page = to_html(Run(pipeline.made_by(), (recording,)), lang)
    assert page.count('<span class="label">') == 3
    assert {"visit counter", "visit aside"} <= set(re.findall(r"visit (?:counter|aside)", page))
    assert 'href="#r0i2"' in page
