"""A hand-made run that shows every kind of thing a report has to show."""

from courtesy.messages import Text
from courtesy.records import (
    Fault,
    Finding,
    Heard,
    Interaction,
    MadeBy,
    Match,
    Recording,
    Removed,
    Run,
    Scorecard,
    Span,
    Utterance,
)

MADE_BY = MadeBy(
    courtesy="0.1.0",
    model="base sha256:0123456789abcdef",
    lexicons="sha256:fedcba9876543210",
    rubric="standard 1 sha256:aaaabbbbccccdddd",
    options={"matching": {"credit": 0.7, "blame": 0.8}, "speech": {"model": "base"}},
)

REASON_FORBIDDEN = Text(
    "窗口人员在 00:13.4 说了服务忌语“不知道”，又让群众“自己找”，没有说明该去哪里、找谁办理，"
    "按制度应讲明去处并使用“请”字。",
    "At 00:13.4 the clerk says the forbidden phrase “不知道” and then tells the customer to look "
    "for it themselves, without naming a place or a person who can help with the matter.",
)

GOOD = (
    Utterance(0, "您好，请问您要办什么业务？", "clerk", 0.4, 2.6, 0.95, 0),
    Utterance(1, "我想办社保卡。", "customer", 3.1, 4.6, 0.91, 1),
    Utterance(2, "请您出示身份证，请稍等。", "clerk", 5.0, 8.2, 0.93, 0),
    Utterance(3, "好的，谢谢你。", "customer", 9.0, 10.2, 0.9, 1),
    Utterance(4, "不客氣，請慢走，再見。", "clerk", 10.4, 12.9, 0.94, 0),
)
POOR = (
    Utterance(5, "同志，这个表在哪里领？", "customer", 41.0, 43.0, 0.9, 1),
    Utterance(
        6,
        "我跟你说了多少遍了，这个事情不归我管，我也不知道，那边墙上都写着呢你自己找去，"
        "后面还有那么多人排着队呢。",
        "clerk",
        43.4,
        50.1,
        0.88,
        0,
    ),
    Utterance(7, "你这什么态度！", "unknown", 50.4, 51.8, 0.7, None),
)


def match(
    id,
    list,
    polarity,
    phrase,
    heard,
    utterance,
    *,
    severity="",
    how="exact",
    sure=0.97,
    standing="counted",
    why=None,
    source="S0 三(三)",
    likeness=1.0,
    slots=(),
):
    at = utterance.heard.index(heard)
    return Match(
        id=id,
        list=list,
        polarity=polarity,
        phrase=phrase,
        phrase_id=f"{list}-{id:03d}",
        sources=(source, "S1 第六条") if polarity == "forbidden" else (source,),
        severity=severity,
        heard=heard,
        span=Span(at, at + len(heard)),
        utterance=utterance.id,
        role=utterance.role,
        start=utterance.start,
        end=utterance.end,
        how=how,
        confidence=sure,
        standing=standing,
        why=why or Text("原话照说。", "Said word for word."),
        likeness=likeness,
        slots=slots,
    )


def good_card():
    matches = (
        match(0, "greeting", "polite", "您好", "您好", GOOD[0], source="S0 三(一)4"),
        match(
            1,
            "waiting",
            "polite",
            "请稍候",
            "请稍等",
            GOOD[2],
            how="fuzzy",
            sure=0.8642,
            source="S0 三(一)5",
        ),
        match(2, "farewell", "polite", "再见", "再見", GOOD[4], source="S0 二.6 第四"),
    )
    findings = (
        Finding(
            "greeting",
            "pass",
            0,
            Text("开口即问候：“您好”。", "Greets at once: “您好”."),
            0.4,
            2.6,
            (0,),
            (0,),
        ),
        Finding(
            "thanks_reply",
            "pass",
            0,
            Text("群众道谢，答了“不客气”。", "The customer thanks and hears “不客气”."),
            9.0,
            12.9,
            (),
            (3, 4),
        ),
        Finding(
            "farewell",
            "pass",
            0,
            Text("最后一句是道别。", "The last words are a farewell."),
            10.4,
            12.9,
            (2,),
            (4,),
        ),
        Finding("leave_notice", "na", 0, Text("没有中途离开。", "The clerk does not leave.")),
        Finding("forbidden", "pass", 0, Text("没有听到忌语。", "No forbidden phrase is heard.")),
    )
    return Scorecard(
        Interaction(0, GOOD, matches=matches),
        findings,
        100.0,
        Text("优秀", "excellent"),
        scorable=True,
    )


def poor_card():
    matches = (
        match(0, "forbidden", "forbidden", "不归我管", "不归我管", POOR[1], severity="serious"),
        match(
            1, "forbidden", "forbidden", "不知道", "不知道", POOR[1], severity="serious", sure=0.934
        ),
        match(
            2,
            "forbidden",
            "forbidden",
            "自己找",
            "自己找",
            POOR[1],
            how="wording",
            sure=0.71,
            standing="near",
            why=Text("把握低于 0.8，只作提示。", "Confidence below 0.8: shown as a hint only."),
        ),
    )
    findings = (
        Finding(
            "greeting",
            "fail",
            -10,
            Text("第一句话里没有问候。", "The first words hold no greeting."),
            43.4,
            50.1,
            (),
            (6,),
        ),
        Finding("forbidden", "fail", -15, REASON_FORBIDDEN, 43.4, 50.1, (0, 1), (6,)),
        Finding(
            "forbidden",
            "unsure",
            0,
            Text(
                "“自己找”听得不准，请复听。", "“自己找” is not heard clearly: please listen again."
            ),
            43.4,
            50.1,
            (2,),
            (6,),
        ),
        Finding(
            "direct",
            "fail",
            -7.5,
            Text(
                "只说不归自己管，没有告诉群众去哪里办。",
                "Says only that it is not their business and names no place.",
            ),
            43.4,
            50.1,
            (0,),
            (6,),
        ),
        Finding(
            "farewell",
            "unsure",
            0,
            Text(
                "没有听到结束，不能确定是否道别。",
                "The end is not heard, so a farewell cannot be told.",
            ),
            50.4,
            51.8,
        ),
        Finding("thanks_reply", "na", 0, Text("群众没有道谢。", "The customer does not thank.")),
    )
    interaction = Interaction(1, POOR, ended=False, matches=matches)
    return Scorecard(interaction, findings, 57.5, Text("不称职", "unsatisfactory"), scorable=True)


def scored():
    heard = Heard(
        path="录音/窗口3/shebao-0312-morning.wav",
        utterances=GOOD + POOR,
        removed=(
            Removed(
                "请不吝点赞订阅转发打赏支持明镜与点点栏目",
                20.0,
                38.0,
                Text(
                    "这段时间没有人声，识别器常在静音处写出这句话。",
                    "Nobody speaks here; recognisers often write this sentence into silence.",
                ),
            ),
        ),
        duration=61.3,
        channels=2,
        notes=(
            Text(
                "录音末尾不完整，只评了读得到的部分。",
                "The end of the recording is missing; what could be read is scored.",
            ),
        ),
    )
    last = "不客气，请慢走，再见。"
    readings = (*(u.heard for u in GOOD[:4]), last, *(u.heard for u in POOR))
    return Recording(heard, readings, (good_card(), poor_card()))


def transcript():
    utterances = (
        Utterance(0, "[red]您好[/red]<script>alert('x')</script> &amp; \u202e好您\u202c", "clerk"),
        Utterance(1, "喂", "customer"),
    )
    matches = (match(0, "greeting", "polite", "您好", "您好", utterances[0]),)
    card = Scorecard(
        Interaction(0, utterances, "phone", matches=matches),
        (
            Finding(
                "phone_open",
                "unsure",
                0,
                Text("没有单位名称。", "No unit is named."),
                matches=(0,),
                utterances=(0,),
            ),
        ),
        None,
        None,
        scorable=False,
        note=Text("说话太少，不评分。", "Too little is said to be scored."),
    )
    return Recording(Heard("稿/茶 \ud800.txt", utterances), ("您好", "喂"), (card,))


def broken():
    return Recording(
        Heard("=cmd|' /C calc'!A0.wav", ()),
        error=Fault(
            "damaged-recording",
            Text(
                "录音损坏，解不出声音。请重新导出这个文件。",
                "The recording is damaged and holds no sound. Please export the file again.",
            ),
        ),
    )


def almost(count=0):
    """What nearly matched, in an order that is not the one to list it in, and more of the same."""
    said = Utterance(
        0, "慢慢走，请到三號窗口，不是給你讲了，别闹了，不知道路就问我。", "clerk", 5.0, 9.0, 0.9, 0
    )
    asked = Utterance(1, "您这是不知道？", "customer", 9.5, 11.0, 0.9, 1)
    unsure = Text("只有 74% 像，不到 80%", "only 74% alike, under 80%")
    ruled_out = Text("只是句子的一部分", "part of a sentence")
    heard = (
        ("farewell", "polite", "请慢走", "慢走", said, "near", 0.59, 0.59, ()),
        ("service", "polite", "请到××窗口", "请到三號窗口", said, "near", 0.743, 0.512, ("三號",)),
        ("farewell", "polite", "走好", "慢走", said, "excluded", 0.9, 0.9, ()),
        ("forbidden", "forbidden", "不是给你讲了吗", "不是給你讲了", said, "near", 0.72, 0.3, ()),
        ("forbidden", "forbidden", "别烦了", "别闹了", said, "context", 0.8, 0.4, ()),
        ("forbidden", "forbidden", "不知道", "不知道", said, "excluded", 1.0, 0.9, ()),
        ("forbidden", "forbidden", "不知道", "不知道", asked, "excluded", 1.0, 0.9, ()),
        *[("thanks", "polite", "谢谢", "不是", said, "near", 0.6, 0.6, ())] * count,
    )
    matches = tuple(
        match(
            id,
            name,
            polarity,
            phrase,
            words,
            utterance,
            standing=standing,
            how="fuzzy",
            likeness=likeness,
            sure=sure,
            slots=slots,
            why=unsure if standing == "near" else ruled_out,
        )
        for id, (name, polarity, phrase, words, utterance, standing, likeness, sure, slots) in (
            enumerate(heard)
        )
    )
    card = Scorecard(Interaction(0, (said, asked), matches=matches), (), 100.0, None, scorable=True)
    readings = (said.heard.translate(str.maketrans("號給", "号给")), asked.heard)
    return Run(MADE_BY, (Recording(Heard("窗口.wav", (said, asked)), readings, (card,)),))


def example_run():
    return Run(MADE_BY, (scored(), transcript(), broken()))
