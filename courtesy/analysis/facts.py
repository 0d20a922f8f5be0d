"""The report in sentences: how much there is, what was left out, what to be careful of."""

from collections import Counter
from collections.abc import Iterator, Sequence

from courtesy.analysis.members import LEAST_SCORED, Figures
from courtesy.analysis.summary import Summary
from courtesy.analysis.words import BY, FAULTS
from courtesy.collected import Choice
from courtesy.messages import Text

_SOME = 5


def asked(summary: Summary) -> Text:
    """Say which period it is, and whose interactions these are."""
    choice, found = summary.collected.choice, (summary.first, summary.last)
    since, until = choice.since or found[0], choice.until or found[1]
    if since and until:
        zh = f"{since}" if since == until else f"{since} 至 {until}"
        en = f"{since}" if since == until else f"{since} to {until}"
    else:
        zh, en = "时间不详", "times not known"
    return Text("，".join([zh, *_names(choice, 0)]), ", ".join([en, *_names(choice, 1)]))


def _names(choice: Choice, lang: int) -> Iterator[str]:
    kinds = (("大厅", "hall"), ("窗口", "window"), ("工作人员", "clerk"))
    for names, value in zip(kinds, (choice.hall, choice.window, choice.clerk), strict=True):
        if value is not None:
            yield f"{names[lang]} {value}"


def headline(summary: Summary) -> Text:
    """Say how many interactions there are and how they fared."""
    all_of_it = summary.everybody
    if not all_of_it.interactions:
        return Text("这一期间没有接待。", "There are no interactions in this period.")
    told = Text(
        f"接待 {all_of_it.interactions} 次，评分 {all_of_it.scored} 次",
        f"{all_of_it.interactions} interactions, {all_of_it.scored} of them scored",
    )
    if all_of_it.mean is None:
        return Text(f"{told.zh}。", f"{told.en}.")
    between = span(all_of_it.interval)
    return Text(
        f"{told.zh}，平均 {all_of_it.mean:.1f} 分（95% 区间 {between}）。",
        f"{told.en}, with a mean of {all_of_it.mean:.1f} (95 % interval {between}).",
    )


def span(interval: tuple[float, float] | None) -> str:
    """Return an interval as people read it; a dash where there is none."""
    return "–" if interval is None else f"{interval[0]:.1f}–{interval[1]:.1f}"


def grades(found: Figures) -> Text:
    """Name the grades and how many got each."""
    return Text(
        "，".join(f"{grade.zh} {many}" for grade, many in found.grades),
        ", ".join(f"{grade.en} {many}" for grade, many in found.grades),
    )


def cautions(summary: Summary) -> Iterator[Text]:
    """Yield what a reader must know of the figures."""
    collected, everybody = summary.collected, summary.everybody
    if 0 < everybody.scored < LEAST_SCORED:
        yield Text(
            f"只有 {everybody.scored} 次评分，数目太少，只能当作线索。",
            f"There are only {everybody.scored} scores: too few for more than a hint.",
        )
    if summary.asides:
        yield Text(
            f"另有 {summary.asides} 段没有群众（同事谈话、叫号无人应），不算接待。",
            f"Besides, {summary.asides} stretches of talk had no customer (colleagues, unanswered "
            "calls) and are no interactions.",
        )
    if collected.timeless:
        yield Text(
            f"另有 {collected.timeless} 次接待不知道是几时的，没有算在内。",
            f"{collected.timeless} more interactions are left out: nobody knows when they were.",
        )
    if len(collected.rubrics) > 1:
        yield Text(
            f"这些结果用了不同的评分规则（{'、'.join(collected.rubrics)}），得分不好直接相比。",
            f"These results are by different rubrics ({', '.join(collected.rubrics)}): "
            "their scores can hardly be compared.",
        )
    if collected.twice:
        yield Text(
            f"有 {collected.twice} 个录音的结果出现了不止一次，只算最后一次。",
            f"Results that come again later were left out (recordings: {collected.twice}).",
        )
    if collected.passed_over:
        others = [str(path) for path in collected.passed_over]
        yield Text(
            f"不是评分结果，已略过：{_some(others, '、')}。",
            f"Passed over, being no results: {_some(others, ', ')}.",
        )


def marked(summary: Summary) -> Text | None:
    """Say who lies below or above all; None where there are no members."""
    if not summary.by:
        return None
    of = {
        standing: [m.name for m in summary.members if m.standing == standing]
        for standing in ("below", "above", "few")
    }
    if of["few"] and len(of["few"]) == len(summary.members):
        told = Text("", "")
    elif not of["below"] and not of["above"]:
        told = Text(
            "没有谁的得分明显低于或高于总体。", "Nobody's scores lie clearly below or above all."
        )
    else:
        told = Text("", "")
        for standing, zh, en in (
            ("below", "低于总体的", "Below all together"),
            ("above", "高于总体的", "Above all together"),
        ):
            if names := of[standing]:
                told += Text(
                    f"{zh}：{'、'.join(name.zh for name in names)}。",
                    f"{en}: {', '.join(name.en for name in names)}.",
                )
    if of["few"]:
        told += Text(
            f"{len(of['few'])} 个数目太少，不作比较（*）。",
            f"{len(of['few'])} with too few to be compared (*).",
        )
    return told


def members_title(summary: Summary) -> Text:
    """Return what the table of members is called."""
    assert summary.by is not None
    return BY[summary.by]


def failures(summary: Summary) -> Text | None:
    """Say how many files could not be scored; None where all could."""
    failed = summary.collected.failed
    if not failed:
        return None
    return Text(
        f"有 {len(failed)} 个文件没有评成。",
        f"Files that could not be scored: {len(failed)}.",
    )


def faults(summary: Summary) -> Sequence[tuple[Text, int]]:
    """Return how many files failed for each kind of reason, the most frequent first."""
    found = Counter(one.fault.kind for one in summary.collected.failed)
    return [(FAULTS.get(kind, Text(kind, kind)), many) for kind, many in found.most_common()]


def _some(names: Sequence[str], comma: str) -> str:
    return comma.join(names[:_SOME]) + ("…" if len(names) > _SOME else "")
