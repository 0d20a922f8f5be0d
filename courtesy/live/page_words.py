"""The fixed words of the counter's page, in both languages, by the name the page uses."""

from typing import Final

from courtesy.messages import Lang, Text

WORDS: Final = {
    "title": Text("窗口文明用语 · 实时", "Counter courtesy, live"),
    "starting": Text("正在打开麦克风…", "Opening the microphone…"),
    "on": Text("正在听", "Listening"),
    "break": Text("休息中", "On a break"),
    "break_more": Text("现在什么都不听，也不录。", "Nothing is heard or recorded now."),
    "trouble": Text("听不到", "Cannot hear"),
    "ended": Text("已停止，没有在听", "Stopped: not listening"),
    "lost": Text("不知道是否在听", "It is not known whether anybody listens"),
    "lost_more": Text(
        "与程序的连接断了，正在重连。下面可能不是现在的情形。",
        "The connection is lost and is tried again. What stands below may be old.",
    ),
    "connecting": Text("正在连接…", "Connecting…"),
    "no_script": Text("本页需要 JavaScript。", "This page needs JavaScript."),
    "take_break": Text("休息", "Take a break"),
    "resume": Text("继续听", "Listen again"),
    "button_failed": Text("没有成功，请再按一次。", "That did not work; press it again."),
    "speaking": Text("有人在说话", "somebody speaks"),
    "signs": Text("警示与提醒", "Alerts and prompts"),
    "may_go_on": Text("话可能还没有说完，也许会收回", "still speaking: this may be taken back"),
    "heard_again": Text("前面说的，再听一遍才发现", "said a while ago; found on hearing it again"),
    "served": Text("正在接待", "Being served"),
    "last": Text("上一位", "The last customer"),
    "nobody": Text("还没有人来", "Nobody has come yet"),
    "score": Text("得分", "Score"),
    "so_far": Text("到此为止", "so far"),
    "not_scored": Text("未评分", "not scored"),
    "aside": Text("没有群众", "no customer"),
    "failed_none": Text("没有未做到的。", "Nothing is missing."),
    "talk": Text("对话", "The talk"),
    "silence": Text("还没有人说话。", "Nobody has spoken yet."),
    "missed": Text("没听清", "not made out"),
    "gap": Text("漏听", "not heard"),
    "rest": Text("休息", "break"),
    "seconds": Text("秒", "s"),
    "minutes": Text("分钟", "min"),
    "to_recognise": Text("句待识别", "waiting to be recognised"),
    "behind": Text("机器来不及：", "The machine is too slow: "),
}


def words(lang: Lang) -> dict[str, str]:
    """Return them in one language."""
    return {name: text.say(lang) for name, text in WORDS.items()}
