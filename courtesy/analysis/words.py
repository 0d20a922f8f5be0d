"""The fixed words of a report over many interactions, in both languages."""

from typing import Final

from courtesy.analysis.even_handed import Left
from courtesy.analysis.groups import Kind
from courtesy.analysis.members import LEAST_DAYS, LEAST_SCORED, By, Standing
from courtesy.analysis.trend import Step
from courtesy.messages import Lang, Text
from courtesy.report.names import is_prohibition, rule_name

WORDS: Final = {
    "title": Text("窗口文明用语统计报告", "Counter courtesy report: many interactions"),
    "hint": Text(
        "这里统计的是程序对许多次接待的评分，不是对任何人的结论，也不给任何人排名次。得分不同，"
        "原因可能是人员、业务或录音不同。请先听录音，再结合实际情况判断。",
        "A program scored these interactions; it is no verdict on a person, and nobody is ranked. "
        "Scores may differ because clerks, business or recordings do. Listen first, and look at "
        "what happened.",
    ),
    "even_handed": Text(
        "五个一样：忙时闲时、来早来晚是否一样", "Even-handed: busy or quiet, early or late"
    ),
    "method": Text("怎样比较", "How it is compared"),
    "how": Text(
        "同一窗口同一小时（或同一天）的接待互相影响，先合成一个平均值，再比较这些平均值。"
        "95% 区间按 t 分布。检验用方差分析，几项比较一起按 Holm 法校正，"
        "p 小于 0.05 才说超出偶然。不够 5 个值的组不参与检验。",
        "Interactions of one hour at one window (or of one day) influence each other, so their "
        "mean makes one value, and these are compared. The 95 % intervals are Student's. "
        "The test is an analysis of variance, corrected by Holm's method for making "
        "several; below p = 0.05 it is called more than chance. Groups with fewer than five values "
        "do not enter the test.",
    ),
    "group": Text("组别", "Group"),
    "interactions": Text("接待", "Interactions"),
    "hours": Text("小时", "Hours"),
    "days": Text("天", "Days"),
    "mean": Text("平均分", "Mean"),
    "interval": Text("95% 区间", "95 % interval"),
    "few": Text("* 不到 5 个值，不参与检验", "* fewer than five values: not tested"),
    "made_by": Text("由何生成", "Made by"),
    "program": Text("程序", "Program"),
    "rubric": Text("评分规则", "Rubric"),
    "plot": Text(
        "点是平均分，横线是它的 95% 区间；空心点的组不够数。",
        "Dots are means, lines their 95 % intervals; groups with a hollow dot are too small.",
    ),
    "axis": Text("横轴起于", "The axis begins at"),
    "stop": Text("。", "."),
    "colon": Text("：", ": "),
    "comma": Text("、", ", "),
    "all": Text("总体", "All"),
    "scored": Text("已评分", "Scored"),
    "grades": Text("等次", "Grades"),
    "compared": Text("与总体比", "Against all"),
    "kept": Text("做到的比例", "Kept"),
    "rule": Text("规则", "Rule"),
    "applied": Text("该做到", "Applied"),
    "missed": Text("未做到", "Missed"),
    "share": Text("未做到的比例", "Share missed"),
    "unsure": Text("不能确定", "Cannot tell"),
    "phrase": Text("忌语", "Phrase"),
    "severity": Text("程度", "Severity"),
    "times": Text("次数", "Times"),
    "latest": Text("最近一次", "Latest"),
    "reason": Text("原因", "Reason"),
    "files": Text("文件", "Files"),
    "file": Text("文件", "File"),
    "when": Text("时间", "When"),
    "hall": Text("大厅", "Hall"),
    "window": Text("窗口", "Window"),
    "clerk": Text("工作人员", "Clerk"),
    "at": Text("录音里的时刻", "At"),
    "at_seconds": Text("录音里的时刻（秒）", "At (s)"),
    "sentence": Text("原句", "Sentence"),
    "heard": Text("听到的词", "Words heard"),
    "low": Text("区间下限", "Interval from"),
    "high": Text("区间上限", "Interval to"),
    "standing": Text("与总体比", "Against all"),
    "overview": Text("概况", "Overview"),
    "database": Text("数据库", "Database"),
    "members_plot": Text(
        "点是平均分，横线是它的 95% 区间，竖线是总体平均分。",
        "Dots are means, lines their 95 % intervals, the upright line is the mean of all.",
    ),
    "trend_plot": Text(
        "点是平均分，竖线是它的 95% 区间；下面的柱子是接待次数。",
        "Dots are means, upright lines their 95 % intervals; the bars below are interactions.",
    ),
    "how_members": Text(
        "同一窗口同一天的接待互相影响，区间按天合在一起计算。区间整个在总体区间之下或之上的才标"
        "出来；即使人人一样，一百人里也可能有几个因为偶然被标出。"
        f"评分不到 {LEAST_SCORED} 次或不到 {LEAST_DAYS} 天的标 *，不作比较。按名称排列，不排名次。",
        "Interactions of one day at one window influence each other; intervals are reckoned by "
        "days. Marked are those whose whole interval lies below or above that of all; even where "
        "all are alike, chance may mark a few in a hundred. Those with fewer than "
        f"{LEAST_SCORED} scores or {LEAST_DAYS} days bear a * and are not compared. The order is "
        "by name and no ranking.",
    ),
    "how_rules": Text(
        "比例的分母是这条规则适用而且听得清的接待；“不能确定”的另列，要人来听。",
        "Shares are of interactions to which the rule applies and where it can be told; those "
        "where it cannot are counted apart, for people to listen to.",
    ),
    "in_figures": Text("看数字", "In figures"),
    "latest_of": Text("最近的 {} 次：", "The latest {}:"),
    "nothing_said": Text("没有听到服务忌语。", "No forbidden phrase was heard."),
    "nothing_missed": Text("没有未做到的。", "Nothing was missed."),
    "all_scored": Text("全部都评了分。", "Everything was scored."),
}

STANDINGS: Final[dict[Standing, Text]] = {
    "": Text("", ""),
    "few": Text("*", "*"),
    "below": Text("▼ 低于总体", "▼ below"),
    "above": Text("▲ 高于总体", "▲ above"),
}

BY: Final[dict[By, Text]] = {
    "clerk": Text("按工作人员", "By clerk"),
    "window": Text("按窗口", "By window"),
    "hall": Text("按大厅", "By hall"),
}

STEPS: Final[dict[Step, Text]] = {
    "day": Text("逐日变化", "Day by day"),
    "week": Text("逐周变化", "Week by week"),
    "month": Text("逐月变化", "Month by month"),
}

SECTIONS: Final = {
    "rules": Text("最常没有做到的", "Most often missed"),
    "phrases": Text("服务忌语", "Forbidden phrases"),
    "unscored": Text("没有评分的", "What has no score"),
}

FAULTS: Final = {
    "not-readable": Text("打不开、没有权限", "missing or no permission"),
    "unreachable": Text("磁盘或网络存储没有回应", "disk or network storage failed"),
    "not-a-recording": Text("不是录音", "no recording"),
    "damaged-recording": Text("录音损坏或是空的", "damaged or empty recording"),
    "not-a-transcript": Text("文字稿看不懂", "transcript that cannot be read"),
    "speech": Text("语音识别出错", "the recogniser failed"),
    "broken": Text("处理时程序中断", "the program broke off"),
}

TITLES: Final[dict[Kind, Text]] = {
    "hour": Text("按钟点", "By hour of the day"),
    "weekday": Text("按星期", "By weekday"),
    "load": Text("忙时与闲时", "Quiet and busy hours"),
    "ends": Text("一天的头尾", "The ends of the day"),
}

LEFT: Final[dict[Left, Text]] = {
    "aside": Text("没有群众（同事谈话、叫号无人应）", "no customer: colleagues, unanswered calls"),
    "unscored": Text(
        "没有评分（听不清、没有听到工作人员等）", "no score: poor sound, no clerk heard"
    ),
    "no_time": Text(
        "不知道几点开始（文件名和录音里都没有时间）",
        "it is not known when it began: neither the name nor the recording tells",
    ),
}


def kept_name(rule: str) -> Text:
    """Return what it is called that a rule was kept: of what must not happen, that it did not."""
    name = rule_name(rule)
    return Text(f"没有{name.zh}", f"No {name.en.lower()}") if is_prohibition(rule) else name


def words(lang: Lang) -> dict[str, str]:
    """Return all fixed words in one language."""
    return {name: text.say(lang) for name, text in WORDS.items()}
