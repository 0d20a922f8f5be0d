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

`speaker = {sex = "女", accent = "四川"}` may say who the clerk is, in words of one's own, so that
figures can be told apart by them. `courtesies = ["您好", …]` may stand in a turn as `forbidden`
does. An interaction may have a `mode` of its own, and what is said to no customer stands under
`[[aside]]`, with turns as an interaction has them. A file whose turns have neither `start` nor
`end` is talk without sound: its times are laid out as people would speak.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, get_args

from courtesy.errors import InputError, reason
from courtesy.messages import Text
from courtesy.records import Heard, Mode, Role, Seconds, Utterance, Verdict
from courtesy.text.normalize import normalize

Channel = Literal["left", "right"]

# How talk without times is laid out: an even pace, a breath between turns, and between customers a
# silence that always ends an interaction.
_CHARACTERS_A_SECOND = 4.0
_BETWEEN_TURNS = 0.8
_BETWEEN_CUSTOMERS = 45.0
_SHORTEST = 0.5
_UNJUDGED: Final[dict[str, Any]] = {"rules": {}}


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
        courtesies: canonical courtesies that the clerk says in it; None where the file does not
            say.
    """

    role: Role
    text: str
    start: Seconds
    end: Seconds
    forbidden: tuple[str, ...] = ()
    polite: bool | None = None
    courtesies: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Encounter:
    """One customer's business, as it really went.

    Attributes:
        start: seconds.
        end: seconds.
        rules: the right verdict of each rule that is judged here.
        turns: in order of time.
        mode: at the counter or by telephone.
    """

    start: Seconds
    end: Seconds
    rules: Mapping[str, Verdict]
    turns: tuple[Turn, ...]
    mode: Mode = "counter"

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
        timed: whether the times are the recording's; False where the file has none.
        asides: what is said to no customer; they have no rules.
        speaker: what is known of the clerk: sex, accent and the like.
    """

    id: str
    scene: str
    mode: Mode
    clerk: Channel | None
    encounters: tuple[Encounter, ...]
    timed: bool = True
    asides: tuple[Encounter, ...] = ()
    speaker: Mapping[str, str] = field(default_factory=dict)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns of all encounters and asides, in order of time."""
        parts = (*self.encounters, *self.asides)
        return tuple(sorted((t for part in parts for t in part.turns), key=lambda t: t.start))


def read_gold(path: Path) -> Gold:
    """Read a gold file.

    Raises:
        NotAGoldFile: it cannot be read, is not TOML, or lacks something or has it of a wrong kind.
    """
    return make_gold(read_table(path), path)


def read_table(path: Path) -> dict[str, Any]:
    """Read a TOML file that may be a gold file.

    Raises:
        NotAGoldFile: it cannot be read or is not TOML.
    """
    unread = Text("读不了", "cannot be read")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise _fault(path, unread, reason(error)) from error
    except UnicodeDecodeError as error:
        raise _fault(path, unread, Text("不是 UTF-8 文本", "it is no text in UTF-8")) from error
    except tomllib.TOMLDecodeError as error:
        raise _fault(path, unread, reason(error)) from error


def make_gold(table: dict[str, Any], path: Path) -> Gold:
    """Make a gold dialogue of what a file holds.

    Args:
        table: the file's contents.
        path: named in complaints.

    Raises:
        NotAGoldFile: something is missing or of a wrong kind.
    """
    try:
        return _gold(table)
    except KeyError as error:
        key = error.args[0]
        raise _fault(path, _BROKEN, Text(f"缺少 '{key}'", f"'{key}' is missing")) from error
    except (TypeError, ValueError) as error:
        raise _fault(path, _BROKEN, Text(str(error), str(error))) from error


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
    parts = _tables(table, "interaction") or [table]
    if not all(_tables(part, "turn") for part in [*parts, *_tables(table, "aside")]):
        msg = "no [[turn]]"
        raise ValueError(msg)
    timed = _timed([*parts, *_tables(table, "aside")])
    mode: Mode = _one_of(table["mode"], get_args(Mode), "mode")
    encounters = tuple(_encounter(part, mode) for part in (parts if timed else _laid_out(parts)))
    asides = tuple(_encounter(part | _UNJUDGED, mode) for part in _tables(table, "aside"))
    clerk: Channel | None = (
        _one_of(table["clerk"], get_args(Channel), "clerk") if "clerk" in table else None
    )
    return Gold(
        id=_text(table, "id"),
        scene=_text(table, "scene"),
        mode=mode,
        clerk=clerk,
        encounters=encounters,
        timed=timed,
        asides=asides,
        speaker=_speaker(table.get("speaker", {})),
    )


def _speaker(told: object) -> dict[str, str]:
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        msg = 'speaker: a table of strings is wanted, such as {sex = "女"}'
        raise TypeError(msg)
    return told


def _timed(parts: list[dict[str, Any]]) -> bool:
    turns = [turn for part in parts for turn in _tables(part, "turn")]
    given = {key in turn for turn in turns for key in ("start", "end")}
    if len(given) > 1:
        msg = "start, end: every turn has both, or no turn has either"
        raise ValueError(msg)
    return given == {True}


def _laid_out(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the turns of a file without times the times that people might take to say them."""
    out = []
    now = 0.0
    for part in parts:
        turns = []
        for turn in _tables(part, "turn"):
            length = len(normalize(_text(turn, "text")).text) / _CHARACTERS_A_SECOND
            end = round(now + max(length, _SHORTEST), 2)
            turns.append({**turn, "start": now, "end": end})
            now = round(end + _BETWEEN_TURNS, 2)
        now = round(now - _BETWEEN_TURNS + _BETWEEN_CUSTOMERS, 2)
        own = {"mode": part["mode"]} if "mode" in part else {}
        out.append({"rules": part["rules"], **own, "turn": turns})
    return out


def _encounter(table: dict[str, Any], mode: Mode) -> Encounter:
    turns = tuple(_turn(entry) for entry in _tables(table, "turn"))
    verdicts = table["rules"]
    if not isinstance(verdicts, dict):
        msg = "rules: a table is wanted"
        raise TypeError(msg)
    rules = {
        rule: _one_of(verdict, get_args(Verdict), f"rules.{rule}")
        for rule, verdict in verdicts.items()
    }
    start = table.get("start", min(t.start for t in turns))
    end = table.get("end", max(t.end for t in turns))
    own: Mode = _one_of(table.get("mode", mode), get_args(Mode), "mode")
    return Encounter(float(start), float(end), rules, turns, own)


def _turn(table: dict[str, Any]) -> Turn:
    role: Role = _one_of(table["role"], get_args(Role), "role")
    start, end = float(table["start"]), float(table["end"])
    if not 0 <= start <= end < math.inf:
        msg = f"start {start}, end {end}"
        raise ValueError(msg)
    return Turn(
        role=role,
        text=_text(table, "text"),
        start=start,
        end=end,
        forbidden=_phrases(table, "forbidden") or (),
        polite=table.get("polite"),
        courtesies=_phrases(table, "courtesies"),
    )


def _phrases(table: dict[str, Any], key: str) -> tuple[str, ...] | None:
    phrases = table.get(key)
    if phrases is None:
        return None
    if not isinstance(phrases, list) or not all(isinstance(p, str) for p in phrases):
        msg = f"{key}: a list of strings is wanted"
        raise TypeError(msg)
    return tuple(phrases)


def _tables(table: dict[str, Any], key: str) -> list[dict[str, Any]]:
    entries = table.get(key, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        msg = f"{key}: [[{key}]] is wanted"
        raise TypeError(msg)
    return entries


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


_BROKEN: Final = Text("内容有误", "breaks the format")


def _fault(path: Path, what: Text, detail: Text) -> NotAGoldFile:
    return NotAGoldFile(
        Text(
            f"标准答案 {path} {what.zh}：{detail.zh}。格式见 samples/README.md。",
            f"The gold file {path} {what.en}: {detail.en}. See samples/README.md for the format.",
        )
    )
