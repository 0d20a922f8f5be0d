"""The fixed words of a report over many interactions, in both languages."""

from typing import Final

from courtesy.analysis.even_handed import Left
from courtesy.analysis.groups import Kind
from courtesy.messages import Lang, Text

WORDS: Final = {
    "title": Text(
        "五个一样：忙时闲时、来早来晚是否一样", "Even-handed: busy or quiet, early or late"
    ),
    "hint": Text(
        "这里比较的是许多次接待的得分，不是对任何人的结论。得分不同，原因可能是人员、业务或录音不同；"
        "“看不出差别”也不等于没有差别。请结合录音和实际情况判断。",
        "This compares the scores of many interactions; it is no verdict on a person. Scores may "
        "differ because clerks, business or recordings do, and “no more than chance” does not mean "
        "that there is no difference. Listen, and look at what happened.",
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


def words(lang: Lang) -> dict[str, str]:
    """Return all fixed words in one language."""
    return {name: text.say(lang) for name, text in WORDS.items()}
