"""What was close but not right, syllable beside syllable."""

from dataclasses import dataclass
from typing import Final, Literal

from courtesy.messages import Text
from courtesy.records import Span

Slip = Literal["", "retroflex", "nasal", "nl", "fh", "dropped", "added", "other"]

SLIPS: Final[dict[Slip, Text]] = {
    "retroflex": Text("平翘舌", "z/c/s and zh/ch/sh"),
    "nasal": Text("前后鼻音", "-n and -ng"),
    "nl": Text("n 和 l", "n and l"),
    "fh": Text("f 和 h", "f and h"),
    "dropped": Text("漏了", "left out"),
    "added": Text("多了", "too much"),
    "other": Text("不同", "another sound"),
}
_INITIALS: Final[tuple[tuple[str, str, Slip], ...]] = (
    ("zh", "z", "retroflex"), ("ch", "c", "retroflex"), ("sh", "s", "retroflex"),
    ("n", "l", "nl"), ("f", "h", "fh"),
)  # fmt: skip
# Sounds that are easily taken for each other count for less than others.
_EASY: Final = 0.5
_POLITE: Final = frozenset({"请", "您"})


@dataclass(frozen=True, slots=True)
class Pair:
    """One syllable as it should be, and as it was.

    Attributes:
        wanted: the character; empty where one was added.
        said: the character; empty where one was left out.
        wanted_sound: its syllable, without tone.
        said_sound: likewise.
        slip: how they differ; empty where they do not.
    """

    wanted: str
    said: str
    wanted_sound: str
    said_sound: str
    slip: Slip


def slip_between(wanted: str, said: str) -> Slip:
    """Tell how two syllables differ, by the first of the usual confusions that explains it.

    >>> slip_between("shao", "sao"), slip_between("nin", "ning"), slip_between("nin", "lin")
    ('retroflex', 'nasal', 'nl')
    >>> slip_between("hao", "hao"), slip_between("hao", "zai")
    ('', 'other')
    """
    if wanted == said:
        return ""
    head_wanted, rest_wanted = _cut(wanted)
    head_said, rest_said = _cut(said)
    head = _head_slip(head_wanted, head_said)
    tail: Slip = ""
    if rest_wanted != rest_said:
        tail = "nasal" if {rest_wanted, rest_said} in _NASALS else "other"
    if "other" in (head, tail):
        return "other"
    return head or tail


_NASALS: Final = [{f"{v}n", f"{v}ng"} for v in ("a", "e", "i", "ia", "ua", "ue")]


def _cut(sound: str) -> tuple[str, str]:
    size = 2 if sound[:2] in {"zh", "ch", "sh"} else 1
    return sound[:size], sound[size:]


def _head_slip(wanted: str, said: str) -> Slip:
    if wanted == said:
        return ""
    for one, other, slip in _INITIALS:
        if {wanted, said} == {one, other}:
            return slip
    return "other"


def beside(
    wanted: str, wanted_sounds: tuple[str, ...], said: str, said_sounds: tuple[str, ...]
) -> tuple[float, tuple[Pair, ...], Span]:
    """Lay a phrase beside the stretch of an answer that comes nearest to it.

    Args:
        wanted: characters of the phrase.
        wanted_sounds: their syllables.
        said: characters of the whole answer.
        said_sounds: their syllables.

    Returns:
        how far they are apart, 0 for the same sounds, 1 for each syllable that is another one, is
        missing or is too much, half for usual confusions and for 请 and 您 left out; the pairs; and
        where in the answer the stretch is.
    """
    rows, columns = len(wanted), len(said)
    cost = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(1, rows + 1):
        cost[i][0] = cost[i - 1][0] + _dropped(wanted[i - 1])
        for j in range(1, columns + 1):
            cost[i][j] = min(
                cost[i - 1][j - 1] + _replaced(wanted_sounds[i - 1], said_sounds[j - 1]),
                cost[i - 1][j] + _dropped(wanted[i - 1]),
                cost[i][j - 1] + 1.0,
            )
    # Of two stretches that are as near, other syllables are likelier than syllables left out.
    end = min(range(columns + 1), key=lambda j: (cost[rows][j], -j))
    pairs: list[Pair] = []
    i, j = rows, end
    while i > 0:
        here = cost[i][j]
        replaced = cost[i - 1][j - 1] if j else 0.0
        if j and here == replaced + _replaced(wanted_sounds[i - 1], said_sounds[j - 1]):
            i, j = i - 1, j - 1
            slip = slip_between(wanted_sounds[i], said_sounds[j])
            pairs.append(Pair(wanted[i], said[j], wanted_sounds[i], said_sounds[j], slip))
        elif here == cost[i - 1][j] + _dropped(wanted[i - 1]):
            i -= 1
            pairs.append(Pair(wanted[i], "", wanted_sounds[i], "", "dropped"))
        else:
            j -= 1
            pairs.append(Pair("", said[j], "", said_sounds[j], "added"))
    return cost[rows][end], tuple(reversed(pairs)), Span(j, end)


def _replaced(wanted: str, said: str) -> float:
    slip = slip_between(wanted, said)
    return 0.0 if not slip else 1.0 if slip == "other" else _EASY


def _dropped(char: str) -> float:
    return _EASY if char in _POLITE else 1.0
