"""Gold files: what was really said in a recording, by whom, and which rules it keeps.

A file holds one dialogue, or several customers one after another under `[[interaction]]`:

    id = "shuiwu-poor"
    scene = "税务窗口"
    mode = "counter"
    clerk = "right"
    rules = {greeting = "fail", forbidden = "fail"}

    [[turn]]
    role = "clerk"
    text = "门口，自己找。"
    start = 17.42
    end = 18.74
    forbidden = ["自己找"]
    polite = false
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from courtesy.errors import InputError
from courtesy.messages import Text
from courtesy.records import Heard, Mode, Role, Seconds, Utterance, Verdict

Channel = Literal["left", "right"]


class NotAGoldFile(InputError):
    """Raised when a gold file cannot be read or breaks its format; names file and key."""

    kind = "not-a-gold-file"


@dataclass(frozen=True, slots=True)
class Turn:
    """What one person really said.

    Attributes:
        role: who said it.
        text: the words, with punctuation.
        start: seconds.
        end: seconds.
        forbidden: canonical forbidden phrases that the clerk says in it, each as often as said.
        polite: whether it holds a courtesy; None where the file does not say.
    """

    role: Role
    text: str
    start: Seconds
    end: Seconds
    forbidden: tuple[str, ...] = ()
    polite: bool | None = None


@dataclass(frozen=True, slots=True)
class Encounter:
    """One customer's business, as it really went.

    Attributes:
        start: seconds.
        end: seconds.
        rules: the right verdict of each rule that is judged here.
        turns: in order of time.
    """

    start: Seconds
    end: Seconds
    rules: Mapping[str, Verdict]
    turns: tuple[Turn, ...]

    @property
    def forbidden(self) -> tuple[str, ...]:
        """Every forbidden phrase the clerk says, in order."""
        return tuple(phrase for turn in self.turns for phrase in turn.forbidden)


@dataclass(frozen=True, slots=True)
class Gold:
    """One gold file.

    Attributes:
        id: the name its recordings carry.
        scene: what happens, in a sentence.
        mode: at the counter or by telephone.
        clerk: the clerk's channel in stereo recordings; None for one microphone.
        encounters: in order of time; at least one.
    """

    id: str
    scene: str
    mode: Mode
    clerk: Channel | None
    encounters: tuple[Encounter, ...]

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns of all encounters, in order."""
        return tuple(turn for encounter in self.encounters for turn in encounter.turns)


def read_gold(path: Path) -> Gold:
    """Read a gold file.

    Raises:
        NotAGoldFile: it cannot be read, is not TOML, or lacks something or has it of a wrong kind.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _fault(path, Text("读不了", "cannot be read"), str(error)) from error
    try:
        return _gold(table)
    except (KeyError, TypeError, ValueError) as error:
        raise _fault(path, Text("内容有误", "breaks the format"), str(error)) from error


def as_transcript(gold: Gold, name: str) -> Heard:
    """Return the gold words as a perfect recogniser would have heard them, roles and times known.

    Args:
        gold: the file.
        name: shown as the path.
    """
    said = enumerate(sorted(gold.turns, key=lambda turn: (turn.start, turn.end)))
    utterances = tuple(Utterance(i, t.text, t.role, t.start, t.end) for i, t in said)
    return Heard(name, utterances, duration=max((t.end for t in gold.turns), default=None))


def _gold(table: dict[str, Any]) -> Gold:
    parts = table.get("interaction") or [table]
    encounters = tuple(_encounter(part) for part in parts)
    if not all(encounter.turns for encounter in encounters):
        msg = "no [[turn]]"
        raise ValueError(msg)
    clerk: Channel | None = (
        _one_of(table["clerk"], get_args(Channel), "clerk") if "clerk" in table else None
    )
    mode: Mode = _one_of(table["mode"], get_args(Mode), "mode")
    return Gold(_text(table, "id"), _text(table, "scene"), mode, clerk, encounters)


def _encounter(table: dict[str, Any]) -> Encounter:
    turns = tuple(_turn(entry) for entry in table.get("turn", []))
    rules = {
        rule: _one_of(verdict, get_args(Verdict), f"rules.{rule}")
        for rule, verdict in table["rules"].items()
    }
    start = table.get("start", min((t.start for t in turns), default=0.0))
    end = table.get("end", max((t.end for t in turns), default=0.0))
    return Encounter(float(start), float(end), rules, turns)


def _turn(table: dict[str, Any]) -> Turn:
    phrases = table.get("forbidden", [])
    if not isinstance(phrases, list) or not all(isinstance(p, str) for p in phrases):
        msg = "forbidden: a list of strings is wanted"
        raise TypeError(msg)
    role: Role = _one_of(table["role"], get_args(Role), "role")
    start, end = float(table["start"]), float(table["end"])
    if not 0 <= start <= end:
        msg = f"start {start}, end {end}"
        raise ValueError(msg)
    return Turn(role, _text(table, "text"), start, end, tuple(phrases), table.get("polite"))


def _text(table: dict[str, Any], key: str) -> str:
    value = table[key]
    if not isinstance(value, str):
        msg = f"{key}: a string is wanted"
        raise TypeError(msg)
    return value


def _one_of(value: object, choices: tuple[Any, ...], key: str) -> Any:
    if value not in choices:
        msg = f"{key} = {value!r}: one of {', '.join(choices)} is wanted"
        raise ValueError(msg)
    return value


def _fault(path: Path, what: Text, detail: str) -> NotAGoldFile:
    return NotAGoldFile(
        Text(
            f"标准答案 {path} {what.zh}：{detail}。格式见 samples/README.md。",
            f"The gold file {path} {what.en}: {detail}. See samples/README.md for the format.",
        )
    )
