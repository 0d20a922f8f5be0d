"""What a proposal says, in sentences for people."""

from typing import Any

from courtesy.learning.exclusions import SEVERAL
from courtesy.learning.precision import FEWEST
from courtesy.learning.thresholds import KEEPS
from courtesy.lessons import Kind
from courtesy.messages import Text


def change(kind: Kind, value: str, grounds: dict[str, Any]) -> Text:
    """Say what would be changed."""
    if kind == "threshold":
        high, now = _percent(float(value)), _percent(grounds["now"])
        return Text(
            f"把握到 {high} 才算（现在 {now}）", f"count it from {high} on (now from {now})"
        )
    if kind == "exclusion":
        return Text(f"这样说不算：“{value}”", f"harmless in “{value}”")
    return Text(f"也这样说：“{value}”", f"also said as “{value}”")


def why(kind: Kind, grounds: dict[str, Any]) -> Text:
    """Say what it rests on."""
    if kind == "threshold":
        seen, unseen = grounds["seen"], grounds["unseen"]
        return Text(
            f"在用来选它的决定上：{seen['rejected']} 条“没有这样说”里去掉 {seen['dropped']} 条，"
            f"{seen['confirmed']} 条属实里丢掉 {seen['lost']} 条。"
            f"轮流留出一部分录音（{grounds['parts']} 次）、在没用来选的决定上：去掉 "
            f"{unseen['dropped']} 条，丢掉 {unseen['lost']} 条。",
            f"On the decisions it was chosen by it drops {seen['dropped']} of {seen['rejected']} "
            f"rejected for other words and loses {seen['lost']} of {seen['confirmed']} confirmed. "
            f"With part of the recordings left out in turn ({grounds['parts']} times), on those "
            f"left out: drops {unseen['dropped']}, loses {unseen['lost']}.",
        )
    count, recordings, against = (
        len(grounds["flags"]), grounds["recordings"], grounds["against"],
    )  # fmt: skip
    if kind == "exclusion":
        return Text(
            f"{recordings} 个录音里有 {count} 条因“引用或转述”或“在这里不算不礼貌”被否定；"
            f"属实的 {against} 条里没有这个说法。",
            f"{count} rejected as quoted or not rude here, in {recordings} recordings; none of "
            f"the {against} confirmed ones has it.",
        )
    return Text(
        f"{recordings} 个录音里，复核人把属实的 {count} 条改正成这个说法；"
        f"不属实的和词库里不能命中的 {against} 句里没有它。",
        f"Reviewers typed it in {count} confirmed ones, of {recordings} recordings; none of the "
        f"{against} rejected ones and of the sentences that must not match has it.",
    )


def method() -> Text:
    """Say by which rules proposals are made."""
    keeps = _percent(KEEPS)
    return Text(
        f"少于 {FEWEST} 条决定的用语不提建议：那时 95% 区间可能比一半还宽，说明不了什么。"
        f"门槛：在至少留住 {keeps} 属实的里面，取去掉“没有这样说”最多的，并列取最低的；"
        "轮流留出一部分录音再选、再试，两者的 95% 区间分得开才提。"
        f"说法：至少 {SEVERAL} 个录音里出现过。"
        "决定过的不是随机抽的（除非用抽查），所以这里的比例不等于全部的比例。",
        f"Nothing is proposed for a phrase with fewer than {FEWEST} decisions: the 95 % interval "
        "may then be wider than half of all there is, and says little. Thresholds: of those that "
        f"keep {keeps} of the confirmed, the one that drops most of what was rejected for other "
        "words, of several the lowest; it is chosen again with part of the recordings left out "
        "and tried on these, and proposed where the two 95 % intervals do not meet. Wordings: met "
        f"in {SEVERAL} recordings at least. What people decide about is not drawn at random "
        "(samples are), so these shares are not those of everything.",
    )


def _percent(value: float) -> str:
    return f"{100 * value:.3g} %"
