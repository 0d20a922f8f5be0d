"""Who is the clerk: by channel where there are two, by what is said where nobody told us which."""

import dataclasses
import itertools
import re
from collections.abc import Sequence

from courtesy.config import DialogueOptions
from courtesy.messages import Text
from courtesy.records import Interaction, Match, Removed, Role, Utterance
from courtesy.text.normalize import normalize

# What only one side of a counter says. Weights are small whole numbers: a vote, not a measure.
_CLERK_SAYS = re.compile(
    "请问您?.{0,4}(办理?|需要|有)什么|请?您?(出示|提供|填写|签字|核对|稍等|稍候|坐|收好|保管好)|身份证.{0,4}(给我|拿来|带了|出示)"
    "|材料(齐|不齐|不全|都齐)|我(帮|给)您|给您(办|打|查)|已经?(办好|受理|登记)|(工作日|窗口)(领|取|缴|办)|下一位|填(一下|好)这张|补(齐|全)"
    "|这里是|不归我管|你去问|自己看|下班了"
)
_CUSTOMER_SAYS = re.compile(
    "我(想|要)(办|问|查|咨询|申请|交|领|补|换|改|取)|我来(办|问|取|交)|(怎么|如何)办|要(带|准备|交)(什么|哪些)|多(久|长时间)|什么时候能|多少钱"
    "|我(带|拿)(了|来)|能不能|可以吗|你们(这|窗口|怎么)|我(都|已经)跑|我的(身份证|户口|社保|医保)"
)
_CLERK_LISTS = {
    "greeting": 2,
    "service": 1,
    "waiting": 1,
    "explain": 1,
    "phone": 2,
    "farewell": 1,
    "thanks_reply": 2,
    "forbidden": 1,
}
# One channel must outvote the other by this much before a role rests on it.
_MARGIN = 3
_BESIDE = 5.0  # seconds before and after an interaction
_NAMES = ("left", "right")


def assign(
    utterances: Sequence[Utterance], matches: Sequence[Match], options: DialogueOptions
) -> tuple[tuple[Utterance, ...], Text | None]:
    """Give each utterance its role.

    Roles that a transcript brings stay. On one channel of sound nobody is told apart here, and
    nobody is blamed.

    Args:
        utterances: of one recording.
        matches: of the same utterances.
        options: the clerk's channel, if it is told.

    Returns:
        the utterances with roles, and a note on how the clerk's channel was found, or why not.
    """
    if not any(u.channel is not None for u in utterances):
        known = any(u.role != "unknown" for u in utterances)
        note = Text(
            "不知道每句话是谁说的：单声道录音，没有角色。不计分。",
            "It is not known who said what: one channel, no roles. Not scored.",
        )
        return tuple(utterances), note if utterances and not known else None
    utterances, doubled = _without_doubles(utterances)
    if doubled:
        return utterances, Text(
            "两个声道里是同样的话（一个麦克风，或串音太大），分不清谁在说。不计分。",
            "Both channels hold the same words (one microphone, or too much bleed), so it is not "
            "known who said what. Not scored.",
        )
    if options.clerk != "auto":
        return _by_channel(utterances, _NAMES.index(options.clerk)), None
    if len({u.channel for u in utterances if u.channel is not None}) < 2:
        return tuple(utterances), Text(
            "只有一个声道里有人说话，分不清谁是工作人员，没有计分。"
            "请用 --clerk left 或 --clerk right 指明。",
            "Only one channel holds speech, so it is not known who is the clerk and nothing was "
            "scored. Name the clerk's channel with --clerk left or --clerk right.",
        )
    votes = [_votes([u for u in utterances if u.channel == c], matches) for c in (0, 1)]
    if abs(votes[0] - votes[1]) < _MARGIN:
        return tuple(utterances), Text(
            "分不清哪个声道是工作人员，没有计分。请用 --clerk left 或 --clerk right 指明。",
            "It is not clear which channel is the clerk's, so nothing was scored. "
            "Name it with --clerk left or --clerk right.",
        )
    clerk = 0 if votes[0] > votes[1] else 1
    side = Text("左", "left") if clerk == 0 else Text("右", "right")
    return _by_channel(utterances, clerk), Text(
        f"从说的话看，工作人员在{side.zh}声道（{votes[clerk]} 比 {votes[1 - clerk]}）。",
        f"By what is said, the clerk is on the {side.en} channel "
        f"({votes[clerk]} to {votes[1 - clerk]}).",
    )


def lost_words(interaction: Interaction, removed: Sequence[Removed]) -> tuple[Removed, ...]:
    """Return the sound in or beside an interaction that may be the clerk's unheard words."""
    if interaction.start is None or interaction.end is None:
        return ()
    start, end = interaction.start - _BESIDE, interaction.end + _BESIDE
    clerks = {u.channel for u in interaction.utterances if u.role == "clerk"}
    return tuple(
        r
        for r in removed
        if r.end > start and r.start < end and (r.channel in clerks or not clerks)
    )


def _without_doubles(
    utterances: Sequence[Utterance],
) -> tuple[tuple[Utterance, ...], bool]:
    """Take the channel from utterances that stand on both, and tell whether most do.

    The same words at the same time on both channels are one voice in two microphones.
    """
    doubled: set[int] = set()
    for one, other in itertools.pairwise(sorted(utterances, key=lambda u: u.start or 0.0)):
        if one.channel == other.channel or None in {one.start, one.end, other.start, other.end}:
            continue
        shared = min(one.end or 0, other.end or 0) - max(one.start or 0, other.start or 0)
        shorter = min((one.end or 0) - (one.start or 0), (other.end or 0) - (other.start or 0))
        same = normalize(one.heard).text == normalize(other.heard).text
        if same and shared > shorter / 2:
            doubled |= {one.id, other.id}
    kept = (dataclasses.replace(u, channel=None) if u.id in doubled else u for u in utterances)
    return tuple(kept), len(doubled) > len(utterances) / 3


def _by_channel(utterances: Sequence[Utterance], clerk: int) -> tuple[Utterance, ...]:
    def role(utterance: Utterance) -> Role:
        if utterance.channel is None:  # the same sound on both channels: an announcement, music
            return "unknown"
        return "clerk" if utterance.channel == clerk else "customer"

    return tuple(dataclasses.replace(u, role=role(u)) for u in utterances)


def _votes(utterances: Sequence[Utterance], matches: Sequence[Match]) -> int:
    ids = {u.id for u in utterances}
    votes = sum(
        _CLERK_LISTS.get(m.list, 0)
        for m in matches
        if m.utterance in ids and m.standing in {"unknown", "counted"}
    )
    for utterance in utterances:
        text = normalize(utterance.heard).text
        votes += len(_CLERK_SAYS.findall(text)) - 2 * len(_CUSTOMER_SAYS.findall(text))
    return votes
