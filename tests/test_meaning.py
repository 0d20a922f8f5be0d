"""The same words as a breach and as none: what stands around them turns their meaning round.

Each class has sentences of our own on either side; none stands in the lexicons. Unless a test says
otherwise the clerk says them.
"""

from collections.abc import Callable

import pytest

from courtesy.lexicon import Lexicon
from courtesy.matching.matcher import Matcher
from courtesy.records import Role, Utterance
from courtesy.text.script import traditionalize

BREACHES = {
    "negation": [
        "别来烦我，找谁都没用。",
        "我没工夫听，这不归我管。",
        "不用问了，不归我管。",
        "不是我不帮你，这不归我管。",
        "别站在这儿，一边去。",
        "不要再问了，我不知道。",
        "没用的，找谁都没用。",
        "不要再说了，关我什么事。",
        "没看我正忙着吗，别问。",
        "没办法，下班了，明天再来。",
        "我不是跟你说了吗，要原件。",
    ],
    "questions": [
        "材料都没带，你急什么？",
        "你问我，我问谁？我也是刚来的。",
        "问了一上午，你有完没完？",
        "你自己弄丢的，关我什么事？",
        "讲了三遍，你怎么还不明白？",
        "几时能好？我怎么知道？",
        "墙上写着，你自己不会看吗？",
        "一趟一趟的，你烦不烦啊？",
        "叫号呢，吵什么吵？",
        "别人都没事，你怎么这么多事？",
    ],
    "reported speech": [
        "我告诉你，找谁都没用。",
        "都跟你说了，自己找。",
        "我再说一遍，不归我管。",
        "我都讲了多少遍了！",
        "领导说了，今天不办，下班了，明天再来。",
        "我就说一句，有意见找领导去。",
        "大家听着，下班了，不办了。",
        "我跟你讲，爱办不办。",
        "我明确告诉你，不归我管。",
        "我跟你说多少遍了，自己看。",
    ],
    "quotation": [
        "“不归我管，走吧。”",
        "“急什么，排队！”",
        "我就告诉你两个字：“不行”，不归我管！",
        "“特事特办”？找谁都没用。",
        "什么“首问负责”，这不归我管。",
        "你那个“加急”，关我什么事。",
        "拿着“通知书”来也没用，下班了，明天再来。",
        "「急件」？急什么，等一下！",
        "“您好”，不归我管。",
    ],
    "supposition": [
        "要是没带身份证，找谁都没用。",
        "如果还问，我就不给你办。",
        "就算你是领导，也不归我管。",
        "如果不想等，爱办不办。",
        "你要是不服，有意见找领导去。",
        "要是嫌慢，你去投诉啊。",
        "虽然你急，可是这不归我管。",
        "就算是这样，不归我管。",
        "万一错了？关我什么事。",
        "你要是再啰嗦，就给我滚。",
    ],
    "naming": [
        "这种事不归我管。",
        "这种话我听多了，别烦我。",
        "没有这回事，你爱找谁找谁。",
        "这种态度怎么了？你去投诉啊。",
        "说法多了去了，关我什么事。",
        "你这种人我见多了，懒得理你。",
        "这种情况找谁都没用。",
        "什么规定不规定，不归我管。",
        "没有这种说法，急什么！",
        "爱办不办，就这态度。",
    ],
    "longer words": [
        "着什么急，急什么！",
        "性别写错了？自己看。",
        "他妈的，又来一个。",
        "别烦我，特别烦你。",
        "寄件？关我什么事。",
        "加急？急什么，等着。",
        "滚动屏上有，自己不会看吗。",
        "急救？不归我管。",
        "神经病，跟神经科没关系！",
        "别烦啦，分别交！",
    ],
    "refusals without help": [
        "不知道，下一位。",
        "我不清楚，你爱问谁问谁。",
        "不知道，别挡着后面的人。",
        "我也不清楚，自己上网查。",
        "这事我不知道，走吧走吧。",
        "我可不知道，下一个。",
        "不知道，你自己打电话去。",
        "这我不知道，排后面去。",
    ],
}

INNOCENT = {
    "negation": [
        "我们不会让您自己找的，我领您过去。",
        "绝不会跟您说找谁都没用。",
        "我没有说不归我管，我是说要先取号。",
        "我们从来没讲过爱办不办。",
        "对群众不准说自己看。",
        "并不是找谁都没用，您可以申请复议。",
        "这不是不归我管，是材料还没到我这儿。",
        "谁说找谁都没用？我来帮您办。",
        "我们绝不能跟老人家讲听不懂人话。",
        "窗口上不允许说关我什么事。",
        "以后再也不会有人跟您说不行就是不行了。",
        "我们不会把您轰出去的。",
        "没人说你没文化。",
        "我从没说过没空理你。",
    ],
    "questions": [
        "您不知道密码也没关系，我讲给您听。",
        "这表是不是您自己找的？",
        "是不是自己找不到窗口？",
        "工作是自己找的还是学校分的？",
        "这一栏您是不是不清楚怎么填？",
        "您是着急什么时候拿证吗？",
        "您清楚不清楚流程？",
        "您怎么不早来电话预约呢？",
        "是哪个窗口说不归我管？",
        "您一个人自己看得清吗？",
        "您觉得自己找方便，还是我陪您去？",
        "您是自己找，还是我帮您找？",
        "还有什么不清楚？",
        "孩子的生日您不知道吗？",
    ],
    "reported speech": [
        "前面那位老人家跟我说自己找。",
        "上午那位师傅说他不知道。",
        "是不是门口保安跟您说自己看的？",
        "昨天那位同事说下班了明天再来，对吗？",
        "社区的人告诉您不归我管，是吧？",
        "您儿子说不清楚，那我再给您讲一遍。",
        "群众反映说有人讲找谁都没用。",
        "人家问我急什么，我说给您办急件。",
        "您是说他们讲没空理你？",
        "您说有人让您滚出去，是谁？",
        "有位大姐喊我别烦了，我就没再问。",
        "您老伴刚才冲我喊你有完没完，我理解。",
    ],
    "quotation": [
        "您说的“自己看”是谁讲的？",
        "守则里列了“急什么”“别烦啦”这些话。",
        "录音里有一句“你有完没完”，我们在查。",
        "墙上写着“禁止说‘不知道’”。",
        "他回了一句「找谁都没用」，是他不对。",
        "意见簿上写的是“爱办不办”，我们会整改。",
        "培训材料上印着“关我什么事”，这是反面例子。",
        '您投诉的是"一边去"这句话，对吗？',
        "那句“你有病吧”，是谁对您说的？",
        "您听到的原话是“没空理你”，对吗？",
        "牌子上印的“有牌子，自己看”已经撤了。",
    ],
    "supposition": [
        "就算不归我管，我也领您过去。",
        "要是您不知道，可以打电话问我。",
        "如果您不清楚，我再讲一遍。",
        "万一下班了明天再来也行。",
        "哪怕找谁都没用，我也陪您跑一趟。",
        "假如您自己找不到，就打这个电话。",
        "不管归不归我管，我都给您问。",
        "虽然这不归我管，我给您叫他们来。",
        "如果他说不知道，您就来找我。",
        "倘若不归我管，我会告诉您去哪儿。",
        "就算你有完没完地问，我也耐心答。",
    ],
    "naming": [
        "没有找谁都没用这回事。",
        "自己找这种话我们不说。",
        "急什么这样的话是服务忌语。",
        "不归我管这句话谁说的？",
        "在我们这儿不存在不归我管的情况。",
        "不知道这三个字不能挂在嘴边。",
        "爱办不办这种态度要不得。",
        "有完没完这类话会扣分。",
        "没有下班了明天再来这种规定。",
        "别烦啦属于服务忌语。",
        "找谁都没用的说法不对。",
        "关我什么事这种说法，窗口上不许有。",
    ],
    "longer words": [
        "您着急什么时候用？",
        "神经病学门诊在三楼。",
        "他妈妈的户口本要带来。",
        "您分别烦请到一号和三号窗口。",
        "您要是特别烦，我给您倒杯水。",
        "应急什么的物资在仓库登记。",
        "您的姓名和性别烦您再核对。",
        "工程有完没完工要看验收报告。",
        "自己找工作的补贴在二楼申请。",
        "缓存不清除页面打不开。",
        "该办不办的要追责。",
        "这不归我管辖的片区，归城东所。",
        "你是不是傻眼了，别急，能补。",
    ],
    "honest, then help": [
        "这个我不知道，我帮您问一下办公室。",
        "不知道，您稍等，我查一下。",
        "这个我不清楚，我去问问窗口长。",
        "对不起，我不知道，我给您打电话问。",
        "我也不清楚，请您到二楼咨询处。",
        "不清楚，我马上联系经办人。",
        "具体哪天我不知道，您留个电话，我通知您。",
        "我不知道，不过我同事知道，我叫他来。",
        "抱歉，这事我不清楚，我替您问。",
        "我不知道，您到三号窗口问一下，他们管这个。",
        "不清楚，系统坏了，修好了我通知您。",
    ],
}

# Said by the clerk these are breaches; by the customer they are a complaint, or their own affair.
ANYBODYS = [
    "不归我管，那归谁管？",
    "你急什么？我先来的。",
    "你有病吧！",
    "你有完没完，我就问一句。",
    "别烦我，我自己看。",
    "关我什么事，又不是我弄的。",
    "找谁都没用，你们就会推。",
    "你聋了吗，我叫你半天了。",
    "他妈的，等了一上午。",
    "我不知道，别问我。",
]


def cases(sentences: dict[str, list[str]]) -> list:
    return [
        pytest.param(text, id=f"{kind}-{text}")
        for kind, texts in sentences.items()
        for text in texts
    ]


@pytest.fixture
def blamed(matcher: Matcher) -> Callable[..., list[str]]:
    """Name the forbidden phrases that count in a sentence."""

    def find(text: str, role: Role = "clerk") -> list[str]:
        found = matcher.match([Utterance(0, text, role)])
        return [m.phrase for m in found if m.polarity == "forbidden" and m.counted]

    return find


@pytest.mark.parametrize("text", cases(BREACHES))
def test_a_breach_counts(blamed: Callable[..., list[str]], text: str) -> None:
    assert blamed(text)


@pytest.mark.parametrize("text", cases(INNOCENT))
def test_what_only_sounds_like_a_breach_is_none(
    blamed: Callable[..., list[str]], text: str
) -> None:
    assert blamed(text) == []


@pytest.mark.parametrize("text", cases(BREACHES) + cases(INNOCENT))
def test_neither_script_nor_filler_changes_the_meaning(
    blamed: Callable[..., list[str]], text: str
) -> None:
    plain = blamed(text)
    assert blamed(traditionalize(text)) == plain
    # Inside the marks, where the whole sentence stands in them.
    opening = len(text) - len(text.lstrip("“「"))
    assert blamed(f"{text[:opening]}嗯，{text[opening:]}") == plain


@pytest.mark.parametrize("text", ANYBODYS)
def test_the_customer_may_say_what_the_clerk_may_not(
    blamed: Callable[..., list[str]], text: str
) -> None:
    assert blamed(text, "clerk")
    assert blamed(text, "customer") == []
    assert blamed(text, "unknown") == []


def test_every_class_has_enough_on_either_side() -> None:
    for sentences in (*BREACHES.values(), *INNOCENT.values(), ANYBODYS):
        assert len(set(sentences)) == len(sentences) >= 8


def test_the_lexicons_have_none_of_these_sentences(lexicon: Lexicon) -> None:
    """What the lexicons list is found or passed over by their own word."""
    known = {text for phrase in lexicon.phrases for text in (*phrase.hits, *phrase.misses)}
    own = {t for kind in (BREACHES, INNOCENT) for texts in kind.values() for t in texts}
    assert not own & known
