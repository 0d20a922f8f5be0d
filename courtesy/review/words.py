"""The words on the desk's pages."""

import functools
from typing import Final

from courtesy.messages import Lang, Text

WORDS: Final[dict[str, Text]] = {
    "title": Text("复核台", "Review desk"),
    "skip": Text("跳到正文", "Skip to the content"),
    "sign_in": Text("登录", "Sign in"),
    "sign_out": Text("退出", "Sign out"),
    "name": Text("用户名", "Name"),
    "password": Text("密码", "Password"),
    "other_lang": Text("English", "中文"),
    "findings": Text("待复核", "To review"),
    "state": Text("状态", "State"),
    "hall": Text("大厅", "Hall"),
    "window": Text("窗口", "Window"),
    "clerk": Text("工作人员", "Clerk"),
    "rule": Text("项目", "Rule"),
    "severity": Text("轻重", "Severity"),
    "first": Text("从", "From"),
    "last": Text("到", "To"),
    "all": Text("全部", "all"),
    "show": Text("显示", "Show"),
    "heard": Text("听到的话", "What was heard"),
    "when": Text("时间", "When"),
    "why": Text("为什么", "Why"),
    "sure": Text("把握", "Likely"),
    "more": Text("下一页", "Next page"),
    "nothing": Text("没有要复核的。", "There is nothing to review."),
    "many": Text("条", "findings"),
    "back": Text("回到列表", "Back to the list"),
    "waiting": Text("待复核", "waiting"),
    "second": Text("待另一人复核", "waiting for a second look"),
    "disputed": Text("意见不一", "disputed"),
    "confirmed": Text("属实", "confirmed"),
    "rejected": Text("不属实", "rejected"),
    "unsure": Text("不能确定", "unsure"),
    "appealed": Text("申诉中", "under appeal"),
    "gone": Text("已不成立", "no longer held"),
    "fatal": Text("严重", "fatal"),
    "serious": Text("较重", "serious"),
    "minor": Text("较轻", "minor"),
    "error": Text("出错了", "Something is wrong"),
    "loading": Text("正在打开…", "Opening…"),
    "offline": Text("和复核台的连接断了，正在重试。", "The desk cannot be reached; trying again."),
    "no_script": Text("本页需要 JavaScript。", "This page needs JavaScript."),
}


@functools.cache
def words(lang: Lang) -> dict[str, str]:
    """Return them in one language."""
    return {name: text.say(lang) for name, text in WORDS.items()}
