"""The words of the trail."""

from typing import Final

from courtesy.messages import Text

WORDS: Final[dict[str, Text]] = {
    "audit": Text("操作记录", "Trail"),
    "audit_who": Text("谁", "Who"),
    "audit_what": Text("做了什么", "What"),
    "audit_subject": Text("对什么（写全）", "With what (in full)"),
    "audit_with": Text("对什么", "With what"),
    "audit_when": Text("时间（UTC）", "When (UTC)"),
    "audit_details": Text("内容", "Details"),
    "audit_nothing": Text("没有这样的记录。", "There are no such entries."),
    "audit_machine": Text("命令行", "command line"),
    "audit_verify": Text("核对", "Verify"),
    "audit_noted": Text("上次记下的校验码", "Checksum noted last time"),
    "audit_verifying": Text("正在核对…", "Verifying…"),
    "audit_title": Text("有没有被改过", "Was it changed?"),
}
# What is done, as the trail names it; what is missing here is shown by that name.
ACTIONS: Final[dict[str, Text]] = {
    "sign in": Text("登录", "signed in"),
    "sign-in failed": Text("登录失败", "sign-in failed"),
    "decide": Text("作决定", "decided"),
    "take back": Text("撤回决定", "took a decision back"),
    "comment": Text("留言", "commented"),
    "unmask": Text("听原声", "listened unmasked"),
    "correct": Text("改正", "corrected"),
    "swap roles": Text("对调说话人", "swapped speakers"),
    "assign": Text("分派", "assigned"),
    "take": Text("领取", "took"),
    "plan": Text("开始抽查", "drew a sample"),
    "end plan": Text("结束抽查", "ended a sample"),
    "appeal": Text("申诉", "appealed"),
    "withdraw": Text("撤回申诉", "withdrew an appeal"),
    "answer": Text("答复申诉", "answered an appeal"),
    "save list": Text("保存词库", "saved a list"),
    "put list in force": Text("词库生效", "put a list in force"),
    "take list in": Text("收下词库在别处的改动", "took a list's change in"),
    "add user": Text("新建账号", "made an account"),
    "close user": Text("停用账号", "closed an account"),
    "accept proposal": Text("采纳建议", "accepted a proposal"),
    "decline proposal": Text("不采纳建议", "declined a proposal"),
    "undo proposal": Text("撤销改动", "undid a change"),
    "export gold": Text("导出标准答案", "exported gold files"),
    "set password": Text("重设密码", "set a password"),
}
