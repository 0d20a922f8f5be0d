"""What figures are called in front of people, in both languages, and how they are written."""

from collections.abc import Iterable
from typing import Final

from courtesy.evaluation.hearing import Side, Unit
from courtesy.evaluation.intervals import ErrorRate, Rate, Scored, Share
from courtesy.evaluation.layers import Layer
from courtesy.messages import Lang, Text
from courtesy.report.plain import NO_TIME, percent

UNDEFINED: Final = NO_TIME

WORDS: Final = {
    "title": Text("文明用语检查的评测", "How well courtesy is heard"),
    "hint": Text(
        "数字只说明在下列标准答案和条件下的表现；换一批录音会有不同。"
        "括号里是 95% 区间，样本越少越宽；全对或全错时 F1 没有区间，并不表示确定。",
        "These figures hold for the gold files and conditions named here; other recordings give "
        "others. The brackets are 95 % intervals: the fewer the cases, the wider. Where all is "
        "right or all is wrong, F1 has none, which does not mean that it is certain.",
    ),
    "overview": Text("概览", "Overview"),
    "condition": Text("条件", "Condition"),
    "dialogues": Text("对话", "n"),
    "character_errors": Text("字错率", "Character errors"),
    "syllable_errors": Text("音节错误率", "Syllable errors"),
    "forbidden_f1": Text("忌语 F1", "Forbidden F1"),
    "turns_found": Text("有忌语的话找出", "Breaches found"),
    "polite_f1": Text("礼貌用语 F1", "Courtesies F1"),
    "an_hour": Text("每小时错怪", "Wrongly accused an hour"),
    "verdicts_right": Text("判定正确", "Verdicts right"),
    "phrases": Text("用语（按词表）", "Phrases, by list"),
    "phrases_note": Text(
        "忌语以标准答案为准；* 以程序自己在标准文字里找到的为准，只说明听得如何，不说明词库如何。",
        "Forbidden phrases are held against the gold file; lists with * against what the program "
        "itself finds in the true words: a figure for hearing, not for the lexicon.",
    ),
    "list": Text("词表", "List"),
    "said": Text("说了", "Said"),
    "found": Text("找到", "Found"),
    "false": Text("误报", "False"),
    "precision": Text("精确率", "Precision"),
    "recall": Text("召回率", "Recall"),
    "f1": Text("F1", "F1"),
    "all": Text("全部词表", "all lists"),
    "polite": Text("全部礼貌用语", "all courtesies"),
    "forbidden": Text("服务忌语", "Forbidden phrases"),
    "turns": Text("逐句看忌语，不论名称", "Breaches by turn, whatever the phrase is called"),
    "measure": Text("项目", "Measure"),
    "count": Text("次数", "Count"),
    "share": Text("比例（95%）", "Share (95 %)"),
    "breach_found": Text("有忌语的话找出", "turns with a breach found"),
    "verbatim": Text("· 来源原话", "· in the sources' own words"),
    "other_words": Text("· 换了说法", "· in other words"),
    "turn_precision": Text("被记的话里属实", "turns held against the clerk that hold a breach"),
    "clerk_turns": Text("没有忌语的话被错怪", "clerk's turns without a breach accused"),
    "customer_turns": Text("群众的话记到工作人员名下", "customers' turns held against the clerk"),
    "false_an_hour": Text("每小时错怪次数", "false accusations an hour"),
    "split_right": Text(
        "接待次数分对的对话（标准 {gold} 次，分出 {found} 次）",
        "dialogues split into the right interactions ({gold} in gold, {found} found)",
    ),
    "speakers": Text("工作人员是谁，有没有差别", "Whether it is fair to all clerks"),
    "speakers_note": Text(
        "各项后面是与其他人相差多少个百分点（95% 区间）；* 是确有差别。"
        "同一段对话里的句子不是互不相干的，所以区间偏窄。",
        "Behind each figure: by how many percentage points it differs from that of the others, and "
        "the 95 % interval; * where they differ for certain. Turns of one dialogue are no "
        "independent cases, so the intervals of shares are rather narrow.",
    ),
    "clerk_is": Text("工作人员", "Clerk"),
    "boundaries": Text("接待的起止", "Where interactions begin and end"),
    "boundaries_note": Text(
        "起止都在 5 秒以内才算找到；录音里最先的起点和最后的终点不用找，不算。",
        "Found when within 5 seconds. The first start and the last end of a recording need no "
        "finding and are not counted.",
    ),
    "there": Text("有", "There"),
    "starts_ends": Text("起点和终点", "starts and ends"),
    "clerk_found": Text("工作人员声道认对", "clerk's channel found"),
    "roles_right": Text("说话人认对（按时间）", "speaking time in the right role"),
    "roles_wrong": Text("说话人认错（按时间）", "speaking time in the wrong role"),
    "roles_unknown": Text("说话人不明（按时间）", "speaking time in no role"),
    "failed": Text("没有评成的录音", "recordings that could not be heard"),
    "rules": Text("逐条规则", "Verdicts, by rule"),
    "rules_note": Text(
        "“不能确定”不算找出，也不算错怪。",
        "“Unsure” finds nothing and accuses nobody.",
    ),
    "rule": Text("规则", "Rule"),
    "right": Text("判对", "Right"),
    "broken_found": Text("没做到的找出", "Broken, found"),
    "fail_right": Text("判没做到的属实", "Failed, rightly"),
    "accuses": Text("错怪", "Accused"),
    "overlooks": Text("漏过", "Overlooked"),
    "confusion": Text("标准 → 判定", "Gold → given"),
    "hearing": Text("听得多准", "Hearing"),
    "side": Text("谁的话", "Whose words"),
    "calibration": Text("把握准不准", "Confidence against truth"),
    "calibration_note": Text(
        "计入、不够像和不知谁说的用语；误差为 0 时，把握 80% 的恰有 80% 属实。",
        "Phrases that count, come near or have no known speaker. At an error of 0, of those at "
        "80 % exactly 80 % were said.",
    ),
    "matches": Text("匹配数", "Matches"),
    "expected_error": Text("期望校准误差", "Expected calibration error"),
    "brier": Text("Brier 分", "Brier score"),
    "bins": Text("把握分十档", "Confidence in ten bins"),
    "bin": Text("把握", "Confidence"),
    "mean": Text("平均把握", "Mean confidence"),
    "share_right": Text("属实", "Right"),
    "accusations": Text("错怪了谁", "Accused and innocent"),
    "place": Text("位置", "Place"),
    "phrase": Text("用语", "Phrase"),
    "accusation": Text("真话 ← 听成", "True words ← heard as"),
    "confusions": Text("最常出错的用语", "Phrases that go wrong most"),
    "examples": Text("例子：真话 ← 听到", "Examples: true words ← heard"),
    "nothing_heard": Text("（没有听到字）", "(no words heard)"),
    "nobody": Text("无人说话", "nobody speaks"),
    "near": Text("听到但不计入的", "Heard and not counted"),
    "reason": Text("理由", "Reason"),
    "really_said": Text("工作人员说了", "Clerk said it"),
    "layers": Text("各层匹配比较", "What each layer of matching brings"),
    "layers_note": Text(
        "同样的话、同样的真实角色。原文：来源原话一字不差；近似：字的 partial ratio ≥ 80；"
        "拼音：无声调音节 ≥ 80；完整：本程序。",
        "The same words, the true roles. Exact: the sources' very words; fuzzy: partial ratio of "
        "characters ≥ 80; phonetic: of toneless syllables ≥ 80; full: this program.",
    ),
    "layer": Text("层", "Layer"),
    "group": Text("范围", "Of"),
    "against": Text("与上次比较", "Against an earlier run"),
    "figure": Text("指标", "Figure"),
    "before": Text("上次", "Before"),
    "now": Text("这次", "Now"),
    "change": Text("变化", "Change"),
    "moved": Text("变了的全部指标（路径同 JSON）", "Figures that moved, by their path in the JSON"),
    "worse": Text("上次对、这次错", "Right before, wrong now"),
    "better": Text("上次错、这次对", "Wrong before, right now"),
    "no_change": Text("没有一处由对变错或由错变对。", "Nothing changed sides."),
    "what": Text("内容", "What"),
    "gold": Text("标准答案", "Gold files"),
    "gold_note": Text(
        "courtesies 为 gold 的，礼貌用语以标准答案为准。",
        "Where courtesies are “gold”, courtesies are held against the gold file.",
    ),
    "name": Text("名称", "Name"),
    "encounters": Text("接待", "Interactions"),
    "turn_count": Text("句数", "Turns"),
    "checksum": Text("SHA-256（前 12 位）", "SHA-256 (first 12)"),
    "courtesies": Text("courtesies", "Courtesies"),
    "made_by": Text("由何生成", "Made by"),
    "program": Text("程序", "Program"),
    "model": Text("语音模型", "Speech model"),
    "no_model": Text("未使用", "none"),
    "lexicons": Text("词库", "Lexicons"),
    "rubric": Text("评分规则", "Rubric"),
    "roles": Text("说话人", "Roles"),
    "roles_heard": Text("由程序判断", "found out by the program"),
    "roles_gold": Text("取自标准答案", "taken from the gold files"),
    "all_gold": Text("全部标准答案的校验和", "Checksum over the gold files"),
    "settings": Text("参数", "Settings"),
    "hours": Text("录音", "recorded"),
    "laid_out": Text(
        "没有时间的对话按每秒四字估算时长", "talk without times is taken at 4 characters a second"
    ),
    "plot_f1": Text("F1（%），各条件（95% 区间）", "F1 in %, by condition (95 % intervals)"),
    "plot_errors": Text(
        "字错率（%），各条件（95% 区间）", "Character errors in %, by condition (95 % intervals)"
    ),
    "plot_calibration": Text("把握与属实", "Confidence against truth"),
    "plot_layers": Text("各层匹配的 F1（%）", "F1 in %, by layer"),
    "by_turn": Text("忌语（逐句）", "forbidden, by turn"),
    "perfect": Text("恰好相符", "exactly right"),
    "colon": Text("：", ": "),
}  # fmt: skip

SIDES: Final[dict[Side, Text]] = {
    "all": Text("全部", "all"),
    "clerk": Text("工作人员", "clerk"),
    "customer": Text("群众", "customer"),
}
UNITS: Final[dict[Unit, Text]] = {
    "characters": WORDS["character_errors"],
    "syllables": WORDS["syllable_errors"],
}
LAYERS: Final[dict[Layer, Text]] = {
    "exact": Text("原文", "exact"),
    "fuzzy": Text("近似", "fuzzy"),
    "phonetic": Text("拼音", "phonetic"),
    "full": Text("完整", "full"),
}
# What gold files usually say of a clerk; what is missing here is shown by its own name.
TRAITS: Final[dict[str, Text]] = {
    "sex": Text("性别", "sex"),
    "age": Text("年龄", "age"),
    "accent": Text("口音", "accent"),
    "voice": Text("嗓音", "voice"),
    "pace": Text("语速", "pace"),
}
STATES: Final = {
    "right": Text("找到", "found"),
    "missed": Text("漏了", "missed"),
    "false": Text("误报", "claimed falsely"),
    "": Text("没有", "nothing"),
    "none": Text("无结果", "no verdict"),
}


def words(lang: Lang) -> dict[str, str]:
    """Return all fixed words in one language."""
    return {name: text.say(lang) for name, text in WORDS.items()}


def share(one: Share) -> str:
    """Return a share with its interval.

    >>> share(Share(12, 17)), share(Share(0, 0))
    ('71% (47–87)', '—')
    """
    return _with_interval(one.value, one.interval)


def fraction(one: Share) -> str:
    """Return the counts of a share.

    >>> fraction(Share(12, 17)), fraction(Share(0, 0))
    ('12/17', '—')
    """
    return f"{one.part}/{one.whole}" if one.whole else UNDEFINED


def f1(one: Scored) -> str:
    """Return F1 with its interval, in per cent."""
    return _with_interval(one.f1, one.f1_interval)


def error_rate(one: ErrorRate | None) -> str:
    """Return an error rate with its interval, in per cent; it may exceed 100."""
    if one is None or one.value is None or one.interval is None:
        return UNDEFINED
    low, high = one.interval
    return f"{one.value * 100:.1f}% ({low * 100:.1f}–{high * 100:.1f})"


def an_hour(one: Rate) -> str:
    """Return a count per hour with its interval.

    >>> an_hour(Rate(2, 4.0)), an_hour(Rate(0, 0.0))
    ('0.5 (0.1–1.8)', '—')
    """
    if one.value is None or one.interval is None:
        return UNDEFINED
    low, high = one.interval
    return f"{one.value:.1f} ({low:.1f}–{high:.1f})"


def figure_name(path: Iterable[str]) -> str:
    """Return a figure's path as it stands in the JSON."""
    return ".".join(path)


def _with_interval(value: float | None, interval: tuple[float, float] | None) -> str:
    if value is None:
        return UNDEFINED
    # Where nothing went wrong, drawing again shows no spread, and that is no certainty.
    if interval is None or interval[0] == interval[1]:
        return percent(value)
    low, high = (percent(bound).removesuffix("%") for bound in interval)
    return f"{percent(value)} ({low}–{high})"
