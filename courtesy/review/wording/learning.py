"""The words of what decisions teach."""

from typing import Final

from courtesy.messages import Text

WORDS: Final[dict[str, Text]] = {
    "learning": Text("从复核中学", "Learning"),
    "learning_about": Text(
        "人的决定说明哪条用语常常误判；改不改词库由人定。",
        "People's decisions tell which phrases accuse wrongly; whether a list is changed, a person "
        "decides.",
    ),
    "learning_method": Text("怎么算的", "How this is worked out"),
    "learning_proposals": Text("建议", "Proposals"),
    "learning_none": Text(
        "没有建议：决定还不够多，或看不出该改什么。",
        "Nothing is proposed: too little was decided, or the decisions point at no change.",
    ),
    "learning_phrases": Text("各条用语", "By phrase"),
    "learning_no_phrases": Text("还没有人决定过。", "Nobody has decided about any yet."),
    "learning_precision": Text("属实的比例", "Confirmed"),
    "learning_interval": Text("95% 区间", "95 % interval"),
    "learning_few": Text("太少，还说明不了", "too few to tell"),
    "learning_decided": Text("次决定", "decided"),
    "learning_change": Text("改成", "Change"),
    "learning_accept": Text("采纳", "Accept"),
    "learning_decline": Text("不采纳", "Decline"),
    "learning_undo": Text("撤销", "Undo"),
    "learning_reason": Text("理由", "Reason"),
    "learning_why_not": Text("为什么不采纳", "Why it is declined"),
    "learning_why_undo": Text("为什么撤销", "Why it is undone"),
    "learning_cited": Text("看这些决定", "The decisions"),
    "learning_working": Text("影响正在后台计算…", "What it would do is being worked out…"),
    "learning_effect": Text("会有什么变化", "What it would do"),
    "learning_talks": Text("试过的录音（最近的）", "Recordings tried (the last ones)"),
    "learning_gone": Text("不再算的", "Findings that go"),
    "learning_come": Text("新算上的", "Findings that come"),
    "learning_scores": Text("得分变了的录音", "Recordings whose scores change"),
    "learning_open": Text("未决定", "undecided"),
    "learning_examples": Text("例子", "Examples"),
    "learning_sentences": Text(
        "词库里必须命中和不能命中的例句", "Sentences of the lists that must and must not match"
    ),
    "learning_all_right": Text("都对", "all as they should be"),
    "learning_fails": Text("改了以后词库检查不通过：", "The changed list fails: "),
    "learning_gold_set": Text(
        "标准对话（样例）里的忌语", "Forbidden phrases of the sample dialogues"
    ),
    "learning_right": Text("对", "found"),
    "learning_wrong": Text("误判", "wrongly found"),
    "learning_missed": Text("漏掉", "missed"),
    "learning_before": Text("现在", "now"),
    "learning_after": Text("改后", "changed"),
    "learning_folder": Text("改动写进", "Changes are written into"),
    "learning_no_folder": Text(
        "没有自己的词库文件夹，只能看，不能采纳：请用 courtesy review serve --lexicons 我的词库/ "
        "启动。",
        "There is no own folder of lists, so nothing can be accepted: start with courtesy review "
        "serve --lexicons my-lexicons/.",
    ),
    "learning_later": Text(
        "已写进词库。加 --lexicons 用这个文件夹，新录音就按它判；以往的用 courtesy rescore。",
        "Written into the list. New recordings are judged by it with --lexicons and this folder; "
        "courtesy rescore judges past ones again.",
    ),
    "learning_accepted": Text("已采纳", "accepted"),
    "learning_declined": Text("未采纳", "declined"),
    "learning_undone": Text("已撤销", "undone"),
    "learning_earlier": Text("以前没有采纳，理由：", "Declined before, because: "),
    "learning_past": Text("处理过的", "Decided before"),
    "learning_threshold": Text("提高门槛", "Higher threshold"),
    "learning_exclusion": Text("无害的说法", "Harmless wording"),
    "learning_variant": Text("新的说法", "New wording"),
    "learning_gold": Text("导出标准答案", "Export gold files"),
    "learning_gold_about": Text(
        "把复核结论写成标准答案（ZIP），用 courtesy eval 文件夹 --at text 检验以后的版本。",
        "What people decided, as gold files in a ZIP: courtesy eval FOLDER --at text holds later "
        "versions against them.",
    ),
    "learning_names": Text("写明大厅、窗口、工作人员", "name hall, window and clerk"),
    "learning_download": Text("下载", "Download"),
}
