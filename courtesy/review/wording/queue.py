"""The words of the queue: filters, samples, whose a flag is."""

from typing import Final

from courtesy.messages import Text

WORDS: Final[dict[str, Text]] = {
    "whose": Text("归谁", "Whose"),
    "mine": Text("分给我的", "mine"),
    "free": Text("还没有人领的", "nobody's"),
    "plan": Text("抽查", "Sample"),
    "phrase": Text("用语", "Phrase"),
    "least": Text("把握至少（%）", "Likely, at least (%)"),
    "most": Text("把握至多（%）", "Likely, at most (%)"),
    "clear_choice": Text("清除", "Clear"),
    "kept_filters": Text("存下的筛选", "Kept filters"),
    "filter_name": Text("名称", "Name"),
    "keep_filter": Text("存下这个筛选", "Keep this filter"),
    "drop_filter": Text("删除", "Delete"),
    "take": Text("领 20 条", "Take 20"),
    "taken": Text("已领：", "Taken:"),
    "assign_to": Text("选中的交给", "Give the chosen ones to"),
    "everybody": Text("所有人", "everybody"),
    "assign": Text("分派", "Assign"),
    "assigned": Text("分给", "Assigned to"),
    "choose": Text("选", "Choose"),
    "choose_all": Text("全选", "Choose all"),
    "choose_first": Text("请先在表里选。", "Choose some in the table first."),
    "plans": Text("抽查", "Samples"),
    "name_of_plan": Text("名称", "Name"),
    "kind": Text("抽法", "Drawn"),
    "kind_fatal": Text("全部严重忌语", "all that is fatal"),
    "kind_random": Text("每人每周随机", "at random, a clerk a week"),
    "kind_near": Text("程序最没把握的", "where the program is least sure"),
    "share": Text("比例（%）", "Share (%)"),
    "drawn": Text("抽到", "Drawn"),
    "decided": Text("已有结论", "Decided"),
    "end_plan": Text("结束", "End"),
    "ended": Text("已结束", "ended"),
    "make_plan": Text("开始抽查", "Draw"),
}
