"""A rule as a sentence, for those who would rather read it than its TOML."""

from collections.abc import Iterator, Mapping

from courtesy.messages import Text
from courtesy.scoring.conditions import Condition, Joined, Seek
from courtesy.scoring.rubric import MODES, Rule

_BY = {
    "clerk": Text("工作人员", "the clerk"),
    "customer": Text("群众", "the customer"),
    "anybody": Text("任何人", "anybody"),
}
_PART = {
    "opening": Text("开头", "at the opening"),
    "closing": Text("结尾", "at the closing"),
    "first_sentence": Text("第一句", "in the first sentence"),
}
_ACT = {
    "question": Text("提问", "asks"),
    "asks_again": Text("没得到回答又问", "asks again, having had no answer"),
    "asks_needed": Text("问要带什么", "asks what is needed"),
    "materials": Text("列出材料", "lists what to bring"),
    "refusal": Text("拒绝办理", "refuses"),
    "not_here": Text("说不归这里办", "says that it is not done here"),
    "place": Text("指明去处或找谁", "names a place or a person"),
    "sends_on": Text("指引到别处", "sends on"),
    "brushes_off": Text("让对方自己打听", "leaves the other to find out"),
    "asks_where": Text("问去哪里、找谁", "asks where to go"),
    "apology": Text("致歉", "apologises"),
    "reason": Text("说明原因", "gives a reason"),
    "next_step": Text("说明下一步", "says what comes next"),
    "leaves": Text("中途离开", "leaves for a while"),
    "takes_call": Text("接起电话", "takes a call"),
    "bids_wait": Text("让对方等一等", "bids the other wait"),
    "asks_to_wait": Text("请对方等候", "asks the other to wait"),
    "kept_waiting": Text("说让对方久等了", "speaks of having kept the other waiting"),
    "complains_of_wait": Text("说等了很久", "says how long it took"),
    "unit_name": Text("报单位", "names the unit"),
    "request": Text("要求对方做什么", "asks the other to do something"),
    "bare_request": Text("不带“请”地要求", "asks without 请"),
    "polite_request": Text("带“请”地要求", "asks with 请"),
}
_EVENT = {
    "gap": Text("冷场", "a silence"),
    "overlap": Text("两人同时说", "two who speak at once"),
    "interruption": Text("抢话", "an interruption"),
    "fast": Text("说得快", "fast speech"),
    "loud": Text("声音大", "loud speech"),
    "response": Text("回答所用的时间", "the time to an answer"),
    "pace": Text("语速", "the pace of speech"),
    "unanswered": Text("问了没人答", "an unanswered question"),
    "quarrel": Text("争吵", "a quarrel"),
}
_COUNTED = {"turns": Text("轮", "turns"), "seconds": Text("秒", "seconds")}


def sentences(rule: Rule, lists: Mapping[str, Text]) -> Iterator[Text]:
    """Yield what a rule asks, when it applies and what it costs.

    Args:
        rule: of a rubric.
        lists: names of the lexicon's lists for people.
    """
    if set(rule.modes) != set(MODES):
        yield (
            Text("只评窗口接待。", "Only at the counter.")
            if rule.modes == ("counter",)
            else Text("只评电话。", "Only on the telephone.")
        )
    if rule.hours:
        spans = [str(span) for span in rule.hours]
        yield Text(
            f"只评 {'、'.join(spans)} 开始的；不知道几点开始的不评。",
            f"Only where it begins at {' or '.join(spans)}, and not where that is not known.",
        )
    if rule.when_ended:
        yield Text("只评看得到办理结束的。", "Only where the interaction is seen to end.")
    if rule.only_if:
        when = describe(rule.only_if, lists)
        yield Text(f"只在这种情况下：{when.zh}。", f"Only if: {when.en}.")
    yield _asked(rule, lists)
    yield _cost(rule)


def _asked(rule: Rule, lists: Mapping[str, Text]) -> Text:
    if rule.lists:
        named = [lists.get(name, Text(name, name)) for name in sorted(rule.lists) if name]
        zh = "、".join(t.zh for t in named) or "其余各词表的忌语"
        en = ", ".join(t.en for t in named) or "the forbidden phrases of all other lists"
        return Text(f"不得说：{zh}。每说一句算一次。", f"Must not say: {en}. Each counts.")
    if rule.forbid:
        what = describe(rule.forbid, lists)
        return Text(f"不得有：{what.zh}。", f"There must be none of: {what.en}.")
    assert rule.want is not None
    what = describe(rule.want, lists)
    if not rule.each:
        return Text(f"要有：{what.zh}。", f"There must be: {what.en}.")
    when = describe(rule.each, lists)
    share = "" if rule.share == 1 else f"{rule.share:.0%}"
    least = f", {share} of them at least" if share else ""
    return Text(
        f"每当{when.zh}，{'至少 ' + share + ' ' if share else ''}要有：{what.zh}。",
        f"Each time of “{when.en}”{least}: {what.en}.",
    )


def _cost(rule: Rule) -> Text:
    if rule.info:
        return Text("仅供参考，不扣分。", "For information; takes no points.")
    if rule.lists:
        steps = ", ".join(f"{name} {points:g}" for name, points in rule.points.items())
        return Text(
            f"扣分：{steps}；最多扣 {rule.most:g}。", f"Points off: {steps}; {rule.most:g} at most."
        )
    parts = [
        Text(f"没做到扣 {rule.points.get('', 0):g} 分", f"{rule.points.get('', 0):g} points off")
    ]
    if rule.bonus:
        parts.append(Text(f"做到加 {rule.bonus:g} 分", f"{rule.bonus:g} points for doing it"))
    if rule.fatal:
        parts.append(Text("犯了就是零分", "failing leaves nothing"))
    return Text("，".join(p.zh for p in parts) + "。", "; ".join(p.en for p in parts) + ".")


def describe(condition: Condition, lists: Mapping[str, Text]) -> Text:
    """Return a condition in words."""
    if isinstance(condition, Joined):
        parts = [describe(part, lists) for part in condition.parts]
        if condition.how == "not":
            return Text(f"没有（{parts[0].zh}）", f"not ({parts[0].en})")
        zh, en = ("，并且", " and ") if condition.how == "all" else ("，或者", " or ")
        return Text(
            "（" + zh.join(p.zh for p in parts) + "）", "(" + en.join(p.en for p in parts) + ")"
        )
    what, where = _what(condition, lists), _where(condition)
    often = condition.at_least
    times = Text(f" {often} 次", f" {often} times") if often > 1 else Text("", "")
    who = _BY[condition.by]
    if condition.event:
        return Text(f"{where.zh}{what.zh}{times.zh}", f"{what.en}{times.en}{where.en}")
    return Text(f"{who.zh}{where.zh}{what.zh}{times.zh}", f"{who.en} {what.en}{times.en}{where.en}")


def _what(seek: Seek, lists: Mapping[str, Text]) -> Text:
    if seek.lists or seek.phrases:
        named = [lists.get(name, Text(name, name)) for name in sorted(seek.lists | seek.phrases)]
        return Text(
            f"说“{'、'.join(t.zh for t in named)}”", f"says {' or '.join(t.en for t in named)}"
        )
    if seek.act:
        return _ACT.get(seek.act, Text(seek.act, seek.act))
    if seek.pattern:
        return Text(f"说 /{seek.pattern.pattern}/", f"says /{seek.pattern.pattern}/")
    if seek.event:
        name = _EVENT.get(seek.event, Text(seek.event, seek.event))
        if seek.over is not None:
            name = Text(f"{name.zh}（至少 {seek.over:g}）", f"{name.en} ({seek.over:g} or more)")
        if seek.under is not None:
            name = Text(f"{name.zh}（不到 {seek.under:g}）", f"{name.en} (under {seek.under:g})")
        return name
    return Text("说话", "speaks")


def _where(seek: Seek) -> Text:
    if seek.part:
        part = _PART[seek.part]
        return Text(f"在{part.zh}", f" {part.en}")
    if seek.within:
        which, many = seek.within
        unit = _COUNTED[which.partition("_")[2]]
        zh = "前" if which.startswith("first") else "最后"
        en = "first" if which.startswith("first") else "last"
        return Text(f"在{zh} {many:g} {unit.zh}里", f" in the {en} {many:g} {unit.en}")
    seconds = f"{seek.seconds:g}"
    return {
        None: Text("", ""),
        "same": Text("同一句里", " in the same sentence"),
        "after": Text(f"之后 {seconds} 秒内", f" within {seconds} s after"),
        "before": Text(f"之前 {seconds} 秒内", f" within {seconds} s before"),
        "near": Text(f"前后 {seconds} 秒内", f" within {seconds} s of it"),
    }[seek.around]
