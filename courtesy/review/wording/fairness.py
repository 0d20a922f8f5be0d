"""The words of appeals and agreement."""

from typing import Final

from courtesy.messages import Text

WORDS: Final[dict[str, Text]] = {
    "appeals": Text("申诉", "Appeals"),
    "appeals_open": Text("待答复", "Waiting for an answer"),
    "appeals_answered": Text("已了结", "Settled"),
    "appeals_possible": Text("还可以申诉的", "May still be appealed"),
    "appeals_none": Text("没有。", "There are none."),
    "appeal_reason": Text("理由", "Reason"),
    "appeal_by": Text("申诉人", "By"),
    "answer_until": Text("答复期限", "Answer by"),
    "appeal_until": Text("可申诉至", "Appeal until"),
    "appeal_over": Text(
        "申诉期已过，可以请主管重新看。",
        "The days for an appeal are over. Ask a supervisor to look at it again.",
    ),
    "overdue": Text("已过期", "overdue"),
    "decided_by": Text("作过决定的：", "Decided by:"),
    "may_answer": Text("您可以终审", "The last word may be yours"),
    "may_not_answer": Text(
        "由没有决定过这一条的主管终审",
        "The last word is a supervisor's who has not decided about it before",
    ),
    "nobody_may": Text(
        "没有能终审的主管：请管理员用 courtesy review users add 添一位。",
        "There is no supervisor left to judge it: have the administrator add one with "
        "courtesy review users add.",
    ),
    "withdraw": Text("撤回申诉", "Withdraw the appeal"),
    "withdrawn": Text("已撤回", "withdrawn"),
    "kind_withdrawal": Text("撤回申诉", "withdrew the appeal"),
    "kind_comment": Text("留言", "commented"),
    "kind_correction": Text("改正", "corrected"),
    "kind_appeal": Text("申诉", "appealed"),
    "kind_answer": Text("终审", "judged"),
    "sentence": Text("第 {} 句", "utterance {}"),
    "page_before": Text("上一页", "Previous page"),
    "page_after": Text("下一页", "Next page"),
    "agreement": Text("一致程度", "Agreement"),
    "between_reviewers": Text("复核员之间", "Between reviewers"),
    "looked_twice": Text("两人都听过的", "Looked at by two"),
    "same_outcome": Text("意见相同", "Same outcome"),
    "kappa": Text("Cohen κ（95% 区间）", "Cohen’s kappa (95 % interval)"),
    "kappa_means": Text(
        "κ 是去掉碰巧相同以后的一致程度：1 为完全一致，0 为只是碰巧。"
        "两人各听各的，不知道对方的意见。",
        "Kappa is agreement beyond chance: 1 is complete, 0 is chance alone. Neither knew what the "
        "other one had said.",
    ),
    "too_few": Text(
        "不足 {} 条，算不出有意义的 κ。", "With fewer than {} kappa would mean nothing."
    ),
    "with_program": Text("人与程序之间，按项目", "Between people and the program, by rule"),
    "precision_means": Text(
        "准确率：程序标出的，有多少属实。漏掉的不在其中；申诉中的、意见不一的也不在其中。",
        "Precision: how many of those that the program flagged were confirmed. What it missed is "
        "not in it, nor what is under appeal or disputed.",
    ),
    "precision": Text("准确率（95% 区间）", "Precision (95 % interval)"),
    "days_utc": Text("日期按作决定的时间（UTC）。", "Days are those of the decisions (UTC)."),
}
