"""This run held against an earlier one: which figures moved, and which turns changed sides."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from courtesy.errors import UsageError, reason
from courtesy.evaluation.json_report import SCHEMA
from courtesy.messages import Text

Document = Mapping[str, Any]

_BARE: Final = frozenset({"expected_error", "brier"})


@dataclass(frozen=True, slots=True)
class Delta:
    """One figure then and now.

    Attributes:
        condition: under which.
        figure: the path to it in the JSON, without `value`.
        before: None where it was undefined.
        now: likewise.
    """

    condition: str
    figure: tuple[str, ...]
    before: float | None
    now: float | None

    @property
    def change(self) -> float | None:
        """Now less then; None where one of them is undefined."""
        if self.before is None or self.now is None:
            return None
        return round(self.now - self.before, 4)


@dataclass(frozen=True, slots=True)
class Change:
    """Something in one place that was right and is wrong now, or the reverse.

    Attributes:
        condition: under which.
        dialogue: its name, for a verdict with the encounter's number where there are several.
        turn: position in the dialogue, from 0; None for a verdict, or where nobody speaks.
        said: the true words; empty likewise.
        what: a phrase, or a rule's id.
        before: "right", "missed", "false", or "" for not claimed and not said; or a verdict.
        now: the same.
        better: whether it is right now.
    """

    condition: str
    dialogue: str
    turn: int | None
    said: str
    what: str
    before: str
    now: str
    better: bool


@dataclass(frozen=True, slots=True)
class Against:
    """Two runs compared, as far as they evaluated the same.

    Attributes:
        earlier: the file.
        notes: in what the runs differ besides the program.
        deltas: every figure of the conditions that both have.
        changes: what was wrong before and is right now, and the reverse, in gold files that are
            the same.
    """

    earlier: str
    notes: tuple[Text, ...]
    deltas: tuple[Delta, ...]
    changes: tuple[Change, ...]


def read_earlier(path: Path) -> Document:
    """Read an earlier run's JSON.

    Raises:
        UsageError: it cannot be read, is no JSON, or is no `courtesy-eval/1`.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        why = reason(error)
        if isinstance(error, ValueError):
            why = Text("不是 JSON", "it is no JSON")
        raise _refused(path, why) from error
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema != SCHEMA:
        raise _refused(
            path,
            Text(
                f"格式是 {schema or '未知'}，不是 {SCHEMA}",
                f"its schema is {schema or 'unknown'} and not {SCHEMA}",
            ),
        )
    found: Document = document
    try:
        against(found, found, "")  # better now than after hours of listening
    except (KeyError, TypeError, AttributeError) as error:
        raise _refused(path, Text("内容不完整", "it is not whole")) from error
    return found


def against(earlier: Document, now: Document, name: str) -> Against:
    """Compare two documents of `courtesy eval --json`.

    Args:
        earlier: the run before.
        now: this run.
        name: of the earlier one's file.
    """
    was = {one["name"]: one for one in earlier["conditions"]}
    is_now = {one["name"]: one for one in now["conditions"]}
    both = [name for name in is_now if name in was]
    same = _same_gold(earlier, now)
    deltas: list[Delta] = []
    changes: list[Change] = []
    for condition in both:
        before, after = was[condition], is_now[condition]
        old, new = dict(_figures(before)), dict(_figures(after))
        deltas += [Delta(condition, key, old.get(key), new.get(key)) for key in {**new, **old}]
        changes += _phrase_changes(condition, before, after, same)
        changes += _verdict_changes(condition, before, after, same)
    return Against(name, tuple(_notes(earlier, now, both)), tuple(deltas), tuple(changes))


def as_dict(one: Against) -> dict[str, Any]:
    """Return a comparison for the JSON document."""
    return {
        "earlier": one.earlier,
        "notes": [{"zh": note.zh, "en": note.en} for note in one.notes],
        "deltas": [
            {
                "condition": delta.condition,
                "figure": list(delta.figure),
                "before": delta.before,
                "now": delta.now,
                "change": delta.change,
            }
            for delta in one.deltas
        ],
        "changes": [
            {
                "condition": change.condition,
                "dialogue": change.dialogue,
                "turn": change.turn,
                "said": change.said,
                "what": change.what,
                "before": change.before,
                "now": change.now,
                "better": change.better,
            }
            for change in one.changes
        ],
    }


def _figures(
    node: Document, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], float | None]]:
    """Yield every figure of a condition with its path: what has a `value`, and calibration."""
    for key, value in node.items():
        if isinstance(value, dict):
            if "value" in value:
                yield (*path, key), value["value"]
            yield from _figures(value, (*path, key))
        elif key in _BARE:
            yield (*path, key), value


def _phrase_changes(
    condition: str, before: Document, after: Document, same: frozenset[str]
) -> Iterator[Change]:
    old, new = _phrases(before, same), _phrases(after, same)
    said = {(t["dialogue"], t["turn"]): t.get("said", "") for t in after["turns"]}
    for place in {**new, **old}:
        dialogue, turn, _, phrase = place
        was, is_now = old.get(place, Counter()), new.get(place, Counter())
        lost, gained = was - is_now, is_now - was
        for outcome, other, better in (
            ("missed", "right", False),  # said, and found no more
            ("false", "", False),  # not said, and claimed now
            ("right", "missed", True),
        ):
            for _ in range(gained[outcome]):
                before_it = other if lost[other] or not other else ""
                yield Change(
                    condition, dialogue, turn, said.get((dialogue, turn), ""), phrase,
                    before_it, outcome, better,
                )  # fmt: skip
        for _ in range(lost["false"]):
            yield Change(
                condition, dialogue, turn, said.get((dialogue, turn), ""), phrase,
                "false", "", better=True,
            )  # fmt: skip


def _verdict_changes(
    condition: str, before: Document, after: Document, same: frozenset[str]
) -> Iterator[Change]:
    old = {(one["where"], one["rule"]): one for one in before["verdicts"]}
    for one in after["verdicts"]:
        was = old.get((one["where"], one["rule"]))
        if was is None or was["given"] == one["given"] or was["gold"] != one["gold"]:
            continue
        if not any(one["where"] == name or one["where"].startswith(f"{name} ") for name in same):
            continue
        rights = [verdict["given"] == verdict["gold"] for verdict in (was, one)]
        if rights[0] != rights[1]:
            yield Change(
                condition, one["where"], None, "", one["rule"],
                was["given"] or "none", one["given"] or "none", rights[1],
            )  # fmt: skip


def _phrases(
    condition: Document, same: frozenset[str]
) -> dict[tuple[str, int | None, str, str], Counter[str]]:
    found: dict[tuple[str, int | None, str, str], Counter[str]] = {}
    for turn in condition["turns"]:
        if turn["dialogue"] not in same:
            continue
        for one in turn["phrases"]:
            key = turn["dialogue"], turn["turn"], one["list"], one["phrase"]
            found.setdefault(key, Counter())[one["outcome"]] += 1
    return found


def _same_gold(earlier: Document, now: Document) -> frozenset[str]:
    """Return the dialogues whose gold file is the same in both runs."""
    then = {one["name"]: one["sha256"] for one in earlier["gold"]}
    return frozenset(one["name"] for one in now["gold"] if then.get(one["name"]) == one["sha256"])


def _notes(earlier: Document, now: Document, both: Iterable[str]) -> Iterator[Text]:
    shared = list(both)
    if not shared:
        yield Text(
            "两次没有相同的条件，无可比较。",
            "The two runs have no condition in common: there is nothing to compare.",
        )
    names = [{one["name"] for one in document["gold"]} for document in (earlier, now)]
    if names[0] != names[1]:
        only = "、".join(sorted(names[0] ^ names[1]))
        yield Text(
            f"两次的对话不同（{only}），指标不能直接比较。",
            "The runs are not over the same dialogues "
            f"({only.replace('、', ', ')}): figures cannot be compared as they stand.",
        )
    changed = sorted((names[0] & names[1]) - _same_gold(earlier, now))
    if changed:
        yield Text(
            f"标准答案改过（{'、'.join(changed)}），不逐句比较。",
            f"The gold files of {', '.join(changed)} have changed: their turns are not compared.",
        )
    then_roles, roles = earlier["method"]["roles"], now["method"]["roles"]
    if then_roles != roles:
        yield Text(
            f"说话人的来源不同：那次 {then_roles}，这次 {roles}。",
            f"Roles come from elsewhere: {then_roles} then, {roles} now.",
        )
    if not (earlier["complete"] and now["complete"]):
        yield Text("有一次没有评完。", "One of the runs was stopped before its end.")


def _refused(path: Path, why: Text) -> UsageError:
    return UsageError(
        Text(
            f"--against {path}：{why.zh}。请给出 courtesy eval --json 的输出。",
            f"--against {path}: {why.en}. Name what courtesy eval --json printed.",
        )
    )
