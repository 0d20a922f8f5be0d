"""The rubric: which rules there are, what they cost, and what a score is called."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from courtesy.errors import LexiconError, reason
from courtesy.messages import Text

SCHEMA = 1
SEVERITIES = ("minor", "serious", "fatal")
# The settings each rule knows beside id, title, sources and points, and their defaults.
SETTINGS: dict[str, dict[str, float]] = {
    "greeting": {"within_seconds": 10.0},
    "farewell": {},
    "please": {"share": 0.5},
    "thanks_reply": {"within_seconds": 8.0},
    "forbidden": {"most": 60.0},
    "abuse": {"most": 100.0},
}
BY_SEVERITY = {"forbidden", "abuse"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the rubric.

    Attributes:
        id: a key of `SETTINGS`.
        title: its name for people.
        sources: documents and clauses it comes from.
        points: taken off when it fails, by severity; rules without severities use "".
        settings: the rule's own numbers.
    """

    id: str
    title: Text
    sources: tuple[str, ...]
    points: Mapping[str, float]
    settings: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Grade:
    """A name for the scores from `at_least` upwards."""

    at_least: float
    title: Text


@dataclass(frozen=True, slots=True)
class Rubric:
    """Rules, grades and the base they start from.

    Attributes:
        name: of the rubric, with its version and checksum in `stamp`.
        base: points before anything is taken off.
        rules: in the order in which findings are listed.
        grades: the highest first.
    """

    name: str
    stamp: str
    base: float
    rules: tuple[Rule, ...]
    grades: tuple[Grade, ...]

    def grade(self, score: float) -> Text:
        """Return what the rubric calls a score."""
        return next(g.title for g in self.grades if score >= g.at_least)


def load_rubric(file: Path) -> Rubric:
    """Read a rubric file.

    Raises:
        LexiconError: it cannot be read or breaks the format; the message names file and entry.
    """
    try:
        raw = file.read_bytes()
        table = tomllib.loads(raw.decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        why = reason(error)
        raise LexiconError(
            Text(f"读不了评分规则 {file}：{why.zh}。", f"Cannot read the rubric {file}: {why.en}.")
        ) from error
    for key, kind in (
        ("schema", int),
        ("name", str),
        ("version", str),
        ("base", int),
        ("rule", list),
        ("grade", list),
    ):
        if not isinstance(table.get(key), kind):
            raise _fault(
                file,
                key,
                Text(f"缺少 {key} 或类型不对", f"`{key}` is missing or of the wrong type"),
            )
    if not _positive(table["base"]):
        raise _fault(file, "base", Text("base 应为不小于 0 的数", "`base` must be 0 or more"))
    for key in ("rule", "grade"):
        if not all(isinstance(entry, dict) for entry in table[key]):
            raise _fault(file, key, Text(f"应写成 [[{key}]]", f"must be written as [[{key}]]"))
    if table["schema"] != SCHEMA:
        raise _fault(file, "schema", Text(f"应为 {SCHEMA}", f"must be {SCHEMA}"))
    grades = sorted((_grade(file, g) for g in table["grade"]), key=lambda g: -g.at_least)
    if not grades or grades[-1].at_least > 0:
        raise _fault(
            file, "grade", Text("要有一档 at_least = 0", "one grade must have at_least = 0")
        )
    rules = tuple(_rule(file, r) for r in table["rule"])
    twice = {r.id for r in rules if sum(other.id == r.id for other in rules) > 1}
    if twice:
        raise _fault(file, ", ".join(sorted(twice)), Text("规则重复", "the rule stands twice"))
    digest = hashlib.sha256(raw).hexdigest()[:12]
    stamp = f"{table['name']} {table['version']} ({digest})"
    return Rubric(table["name"], stamp, float(table["base"]), rules, tuple(grades))


def _rule(file: Path, entry: dict[str, Any]) -> Rule:
    name = str(entry.get("id"))
    if name not in SETTINGS:
        known = ", ".join(SETTINGS)
        raise _fault(
            file, repr(name), Text(f"不认识的规则；可用：{known}", f"unknown rule; known: {known}")
        )
    unknown = set(entry) - {"id", "title", "sources", "points"} - set(SETTINGS[name])
    if unknown:
        raise _fault(
            file,
            name,
            Text(
                f"不认识的键：{', '.join(sorted(unknown))}",
                f"unknown key: {', '.join(sorted(unknown))}",
            ),
        )
    points = entry.get("points")
    wanted = SEVERITIES if name in BY_SEVERITY else ("",)
    given: dict[str, Any] = points if isinstance(points, dict) else {"": points}
    if set(given) != set(wanted) or not all(_positive(p) for p in given.values()):
        shape = "{minor = 10, serious = 20, fatal = 40}" if name in BY_SEVERITY else "10"
        raise _fault(
            file,
            name,
            Text(f"points 应写成 {shape}，不小于 0", f"`points` must look like {shape}, 0 or more"),
        )
    settings = {key: entry.get(key, default) for key, default in SETTINGS[name].items()}
    if not all(_positive(value) for value in settings.values()):
        raise _fault(file, name, Text("数值应不小于 0", "numbers must be 0 or more"))
    sources = entry.get("sources", [])
    if not isinstance(sources, list) or not all(isinstance(s, str) for s in sources):
        text = Text("sources 应为字符串列表", "`sources` must be a list of strings")
        raise _fault(file, name, text)
    return Rule(
        name,
        _title(file, name, entry),
        tuple(sources),
        {k: float(v) for k, v in given.items()},
        settings,
    )


def _grade(file: Path, entry: dict[str, Any]) -> Grade:
    at_least = entry.get("at_least")
    if not _positive(at_least):
        raise _fault(
            file,
            "grade",
            Text("at_least 应为不小于 0 的数", "`at_least` must be a number, 0 or more"),
        )
    return Grade(float(str(at_least)), _title(file, "grade", entry))


def _title(file: Path, name: str, entry: dict[str, Any]) -> Text:
    title = entry.get("title")
    if not isinstance(title, dict) or not all(isinstance(title.get(k), str) for k in ("zh", "en")):
        raise _fault(
            file,
            name,
            Text('缺少 title = {zh = "…", en = "…"}', '`title = {zh = "…", en = "…"}` is missing'),
        )
    return Text(title["zh"], title["en"])


def _positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6


def _fault(file: Path, entry: str, what: Text) -> LexiconError:
    return LexiconError(
        Text(
            f"评分规则有误 {file}（{entry}）：{what.zh}。",
            f"Rubric error {file} ({entry}): {what.en}.",
        )
    )
