"""The fixed words of the reports, in both languages, by the name that code and template use."""

from typing import Final

from courtesy.messages import Lang, Text

WORDS: Final = {
    "title": Text("窗口文明用语检查报告", "Counter courtesy report"),
    "hint": Text(
        "本报告由程序听辨得出，每条发现只提示哪里值得再听一遍，不是对任何人的结论；"
        "是否属实，以录音和人工复核为准。",
        "A program made this report: each finding is a hint where to listen again, not a verdict "
        "on a person; the recording and a review by people decide.",
    ),
    "summary": Text("汇总", "Summary"),
    "summary_caption": Text("每次接待一行", "One row an interaction"),
    "file": Text("文件", "File"),
    "interaction": Text("接待", "Interaction"),
    "which": Text("接待", "No."),
    "start": Text("开始（秒）", "Start (s)"),
    "end": Text("结束（秒）", "End (s)"),
    "duration": Text("时长", "Length"),
    "mode": Text("方式", "Mode"),
    "score": Text("得分", "Score"),
    "grade": Text("等次", "Grade"),
    "scorable": Text("可评分", "Scorable"),
    "yes": Text("是", "yes"),
    "no": Text("否", "no"),
    "note": Text("说明", "Note"),
    "notes": Text("须知", "Please note"),
    "error": Text("错误", "Error"),
    "not_scored": Text("未评分", "not scored"),
    "failed": Text("没有评成", "could not be scored"),
    "not_ended": Text("未听到结束", "end not heard"),
    "nothing": Text("没有听到接待对话。", "No interaction was heard."),
    "forbidden_count": Text("忌语数", "Forbidden"),
    "forbidden_said": Text("听到的忌语", "Forbidden phrases heard"),
    "worst": Text("扣分最多", "Costliest rule"),
    "none": Text("无", "none"),
    "rule": Text("规则", "Rule"),
    "verdict": Text("结果", "Result"),
    "points": Text("分值", "Points"),
    "reason": Text("理由", "Reason"),
    "reason_evidence": Text("理由与依据", "Reason and evidence"),
    "findings": Text("逐条结果", "Rule by rule"),
    "phrases": Text("听到的用语", "Phrases heard"),
    "other_phrases": Text("其他听到的用语", "Other phrases heard"),
    "near": Text("差一点命中的用语（都不计入）", "What almost matched (none of it counts)"),
    "no_near": Text("没有差一点命中的用语。", "Nothing almost matched."),
    "role": Text("说话人", "Speaker"),
    "heard": Text("听到的话", "Words heard"),
    "phrase": Text("标准说法", "Phrase"),
    "source": Text("出处", "Source"),
    "likeness": Text("相像", "likeness"),
    "confidence": Text("把握", "confidence"),
    "counted": Text("计入", "Counted"),
    "not_counted": Text("不计入", "Not counted"),
    "reading": Text("读作", "Read as"),
    "removed": Text(
        "未采信的文字（识别器写出、但不像有人说过）",
        "Not believed: written by the recogniser, but probably said by nobody",
    ),
    "dialogue": Text("全部对话", "The whole dialogue"),
    "timeline": Text("时间轴", "Timeline"),
    "day_key": Text("图例", "Key"),
    "day_counter": Text("接待（数字是得分）", "interaction (the number is its score)"),
    "day_phone": Text("电话（虚线框）", "telephone (dashed outline)"),
    "day_aside": Text("没有群众（空框）", "no customer (hollow)"),
    "day_clerk": Text("工作人员说话", "clerk talks"),
    "day_others": Text("其他人说话", "others talk"),
    "day_silence": Text("空白处无人说话", "blank where nobody talks"),
    "day_marks": Text("✗ 未做到或出现忌语，? 不能确定", "✗ not done or found, ? cannot tell"),
    "flags_good": Text("通过", "Passed"),
    "flags_look": Text("请再听", "Listen"),
    "made_by": Text("由何生成", "Made by"),
    "program": Text("程序", "Program"),
    "model": Text("语音模型", "Speech model"),
    "no_model": Text("未使用（文字稿）", "none (transcripts)"),
    "lexicons": Text("词库", "Lexicons"),
    "rubric": Text("评分规则", "Rubric"),
    "options": Text("参数", "Settings"),
    "hall": Text("大厅", "Hall"),
    "window": Text("窗口", "Window"),
    "clerk": Text("工作人员", "Clerk"),
    "began": Text("开始时间", "Began"),
    "seconds": Text("时长（秒）", "Length (s)"),
    "colon": Text("：", ": "),
    "comma": Text("；", "; "),
}


def words(lang: Lang) -> dict[str, str]:
    """Return all fixed words in one language."""
    return {name: text.say(lang) for name, text in WORDS.items()}


OTHERS: Final = Text("群众及其他人", "Customers and others")


def day_title(length: str, interactions: int, asides: int, flagged: int) -> Text:
    """Describe the picture of a day to those who cannot see it."""
    return Text(
        f"全天时间轴，每行一小时：录音 {length}，接待 {interactions} 次，"
        f"没有群众的谈话 {asides} 段，有 {flagged} 处要复核。",
        f"The day, one row an hour: {length} recorded, {interactions} interactions, {asides} "
        f"stretches of talk without a customer, {flagged} places to listen to again.",
    )


def timeline_title(clerk: int, customer: int, flagged: int) -> Text:
    """Describe a timeline to those who cannot see it."""
    return Text(
        f"时间轴：工作人员说了 {clerk} 段，群众说了 {customer} 段，{flagged} 处请再听。",
        f"Timeline: the clerk speaks {clerk} times, the customer {customer} times; "
        f"{flagged} places to listen to again.",
    )


def totals(recordings: int, interactions: int, errors: int) -> Text:
    """Say how much a run covers."""
    zh = f"共 {recordings} 个文件，{interactions} 次接待"
    en = f"{_many(recordings, 'file')}, {_many(interactions, 'interaction')}"
    if errors:
        zh += f"，{errors} 个文件没有评成"
        en += f", {_many(errors, 'file')} could not be scored"
    return Text(zh + "。", en + ".")


def more_near(count: int) -> Text:
    """Say how many near misses are not listed."""
    return Text(f"另有 {count} 处，见 JSON。", f"{count} more, in the JSON.")


def channels(count: int) -> Text:
    """Name the number of channels."""
    return Text("单声道", "mono") if count == 1 else Text(f"{count} 声道", f"{count} channels")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
