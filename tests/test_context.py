"""What turns a phrase round, and what does not: denial, report, quotation, concession, help.

None of these sentences stands in the lexicons. The clerk says them all.
"""

from collections.abc import Callable

import pytest

from courtesy.matching.matcher import Matcher
from courtesy.records import Match, Role, Utterance

INNOCENT = {
    "denied": [
        "我们从来不对群众说“不知道”。",
        "您放心，我们绝不会说这不归我管。",
        "窗口规定不准说急什么。",
        "培训的时候强调过，不许讲有牌子自己看。",
        "我可没说过你问我我问谁。",
        "谁也不会让您自己找，我陪您去。",
        "我们不能让您白跑，更不能说找谁都没用。",
        "不是不知道，是系统还没有更新。",
        "我不是说不归我管，是要先请示科长。",
        "您不用找谁，我就能给您办。",
    ],
    "reported": [
        "楼下那个窗口跟您说不归我管，对吧？",
        "您刚才说您不知道密码，对吗？",
        "上午有位大爷骂我白痴，我也没还嘴。",
        "您的意思是，他们告诉您下班了明天再来？",
        "派出所说不清楚，让您来找我们，是吗？",
        "您邻居说找谁都没用，其实可以申请复核。",
        "银行那边回复您不知道，那我帮您联系。",
        "是保安跟您讲快点我要下班了吗？我去核实。",
        "对不起，我刚才说急什么，是我不对。",
    ],
    "quoted": [
        "您投诉的是三号窗口说“别烦啦”这件事，我记下了。",
        "投诉单上写的是“你有完没完”，请您确认。",
        "您说的“自己看”，是哪位同事说的？",
        "规定里的忌语有“急什么”“别烦啦”“不知道”。",
        "考试题里有一句「下班了，明天再来」，选错。",
    ],
    "conceded": [
        "就算不归我管，我也帮您问清楚。",
        "虽然这件事不归我管，但我可以带您去。",
        "即使您不知道编号，也可以查到。",
        "哪怕快下班了，也给您办完。",
    ],
    "followed by help": [
        "这个我不知道，我马上打电话问科室。",
        "具体金额我不清楚，您稍等，我查一下系统。",
        "不归我管，不过我领您去二楼。",
        "我不知道，但是我可以帮您问。",
        "这个不清楚，我请科长来给您解释。",
        "有意见找领导反映也可以，我给您电话。",
        "他们还没上班，等一下办公室开门我带您去。",
    ],
    "about the other": [
        "您知道不知道医保卡的密码？",
        "您要是不清楚，可以看背面的说明。",
        "不知道您方不方便留个电话？",
        "我不知道您贵姓，请问怎么称呼？",
        "不清楚的地方，我再给您讲。",
        "照片不清楚，请您重拍一张。",
        "工作是您自己找的还是单位分配的？",
        "您可以自己看看进度，扫这个码就行。",
        "您想知道我怎么知道的？系统里写着。",
        "材料您自己看一下对不对。",
        "您别烦，我再给您查一遍。",
    ],
    "other words": [
        "您着急什么时候用，我给您加急。",
        "神经病学科在三楼。",
        "您爱人得的是神经病变，要带病历。",
        "请不要急，什么材料都可以补。",
        "牌子上有说明，我带您看一下。",
        "您问我，我问过谁都给您记着呢。",
        "这件事归我管，您放心。",
        "我知道了，马上给您办。",
        "今天上班了，不用明天再来。",
        "没看清楚吗？我再给您念一遍。",
        "您等一下，急件我先盖章。",
    ],
}

# Of phrases that may stand anywhere in a sentence.
ANYWHERE = [
    "这不归我管，下一位。",
    "先生，不归我管。",
    "我跟你说了，不归我管。",
    "都跟你说了不归我管你还问。",
    "跟你说过了，这不归我管。",
    "谁说归我管？不归我管！",
    "我不知道，你去问派出所。",
    "你问别人去，我不知道。",
    "别烦我了，没看我正忙着吗？",
    "你没看见吗？没看我一直在忙吗？",
    "您问我，我问谁？",
    "你要问我，我问谁去？",
    "您讲什么我不懂。",
    "你讲什么我听不懂。",
    "急什么急，等着。",
    "同志，急什么，等一下。",
    "有牌子，你不会自己看啊？",
    "墙上有牌子自己看。",
    "牌子上写着呢，自己看。",
    "下班了，明天再来。",
    "怎么不早来？快下班了，明天再来。",
    "快点，我要下班了。",
    "找谁都没用。",
    "你可以去投诉，找谁都没用。",
    "你不要再来了，找谁都没用。",
    "有意见找领导去。",
    "你有完没完？",
    "我问你，你有完没完？",
    "不是跟你讲了吗，怎么还不明白？",
    "不是给你讲了吗？还问！",
    "我都告诉你一遍了，还不懂？",
    "我怎么知道什么时候办好。",
    "随便你，爱办不办。",
    "关我什么事，你找别人去。",
    "不行就是不行，说什么也没用。",
    "我没空理你。",
    "你有病吧？",
    "别吵了，再吵把你轰出去。",
]
# Of phrases that have to fill a clause.
ALONE = [
    "别问我，我不知道。",
    "不知道！",
    "哎呀，不知道。",
    "您好，不知道，下一个。",
    "对不起，不知道。",
    "急什么？",
    "大家都在等，你急什么？",
    "叫你等你就等，急什么。",
    "窗口上都写着，自己看。",
    "自己找，门口就有。",
    "这个我不清楚，你自己问去。",
]


@pytest.fixture
def blamed(matcher: Matcher) -> Callable[[str], list[Match]]:
    def find(text: str) -> list[Match]:
        found = matcher.match([Utterance(0, text, "clerk")])
        return [m for m in found if m.polarity == "forbidden" and m.counted]

    return find


@pytest.mark.parametrize(
    "text",
    [pytest.param(text, id=f"{why}-{text}") for why, texts in INNOCENT.items() for text in texts],
)
def test_an_innocent_sentence_is_no_breach(blamed: Callable[[str], list[Match]], text: str) -> None:
    assert [(m.phrase, m.heard, m.how) for m in blamed(text)] == []


@pytest.mark.parametrize("text", [*ANYWHERE, *ALONE])
def test_a_breach_counts(blamed: Callable[[str], list[Match]], text: str) -> None:
    assert blamed(text)


@pytest.mark.parametrize("text", ANYWHERE)
def test_a_breach_without_marks_as_recognisers_write_it(
    blamed: Callable[[str], list[Match]], text: str
) -> None:
    assert blamed("".join(char for char in text if char.isalnum()))


@pytest.mark.parametrize(
    "text", ["我刚才没说再见。", "您说的“谢谢”我听到了，是哪位同事？", "他没跟您说您好吗？"]
)
def test_a_courtesy_that_is_only_spoken_of_earns_nothing(matcher: Matcher, text: str) -> None:
    assert [m.heard for m in matcher.match([Utterance(0, text, "clerk")]) if m.counted] == []


@pytest.mark.parametrize(
    ("role", "accused"), [("unknown", False), ("clerk", False), ("customer", True)]
)
def test_an_afterthought_that_may_be_the_clerk_s_excuses(
    matcher: Matcher, role: Role, accused: bool
) -> None:
    said = (
        Utterance(0, "他对你说你问我，我问谁，", "clerk", 0.0, 2.0, 0.9),
        Utterance(1, "是吗？", role, 2.2, 3.0, 0.9),
    )
    assert any(m.counted for m in matcher.match(said)) is accused
