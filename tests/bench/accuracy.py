"""How well phrases are heard: the table in the READMEs, out of what `courtesy eval --json` printed.

    courtesy eval FOLDER/report --roles gold --at text --at clean --at 10db --at 0db --json > r.json
    courtesy eval FOLDER/talk --roles gold --at text --at clean --json > t.json
    python -m tests.bench.accuracy --dialogues r.json --talk t.json [--save] [--lang zh|en]

FOLDER is what `tests/corpus/build_corpus.py` made of the reporting dialogues and of polite talk.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .tables import Report, Table, Words, finish, machine, share

Condition = Mapping[str, Any]

CONDITIONS: dict[str, Words] = {
    "text": ("文字", "text"),
    "clean": ("安静", "clean"),
}


def heading(condition: Condition) -> Words:
    """Return what a condition is called at the head of its column."""
    name = str(condition["name"])
    return CONDITIONS.get(name, name.replace("db", " dB"))


def of(rate: Mapping[str, Any]) -> str:
    """Return a share with the counts it is made of."""
    if rate["value"] is None:
        return "–"
    return f"{share(rate['value'])} ({rate['part']}/{rate['whole']})"


def errors(condition: Condition) -> str:
    """Return the character error rate."""
    found = condition["errors"] or {}
    return share(found["characters"]["all"]["value"]) if found else "–"


def in_own_words(condition: Condition) -> str:
    """Return F1 of breaches in the sources' own words, by turn."""
    precision = condition["forbidden_by_turn"]["precision"]["value"]
    recall = condition["forbidden_by_turn"]["verbatim"]["value"]
    both = (precision or 0.0) + (recall or 0.0)
    return share(2 * precision * recall / both) if precision and recall else share(both and 0.0)


def dialogues(document: Mapping[str, Any]) -> Table:
    """Return a line a measure and a column a condition."""
    conditions: Sequence[Condition] = document["conditions"]
    by_turn = [c["forbidden_by_turn"] for c in conditions]
    polite = [c["groups"]["polite"] for c in conditions]
    rows: list[list[Words]] = [
        [("字错率", "character error rate"), *map(errors, conditions)],
        [
            ("记为忌语的话里属实", "turns held against the clerk that hold a breach"),
            *(of(t["precision"]) for t in by_turn),
        ],
        [
            ("有忌语的话找出：来源原话", "breaches found, in the sources' own words"),
            *(of(t["verbatim"]) for t in by_turn),
        ],
        [
            ("有忌语的话找出：换了说法", "breaches found, in other words"),
            *(of(t["other_words"]) for t in by_turn),
        ],
        [("F1，来源原话", "F1, in the sources' own words"), *map(in_own_words, conditions)],
        [
            ("没有忌语的话被错怪", "clerk's turns without a breach accused"),
            *(of(c["innocents"]["clerk_turns"]) for c in conditions),
        ],
        [
            ("群众的话记到工作人员名下", "customers' turns held against the clerk"),
            *(of(c["innocents"]["customer_turns"]) for c in conditions),
        ],
        [("礼貌用语精确率", "courtesies: precision"), *(of(p["precision"]) for p in polite)],
        [("礼貌用语召回率", "courtesies: recall"), *(of(p["recall"]) for p in polite)],
        [("礼貌用语 F1", "courtesies: F1"), *(share(p["f1"]["value"]) for p in polite)],
        [("判定正确", "verdicts right"), *(of(c["verdicts_right"]) for c in conditions)],
    ]
    title = ("评测对话", "Reporting dialogues")
    return Table(title, [("", ""), *map(heading, conditions)], rows)


def talk(document: Mapping[str, Any]) -> Table:
    """Return how many are accused in talk in which nobody says anything forbidden."""
    conditions: Sequence[Condition] = document["conditions"]
    rows: list[list[Words]] = [
        [("小时", "hours"), *(f"{c['hours']:.1f}" for c in conditions)],
        [
            ("错怪次数", "false accusations"),
            *(str(c["innocents"]["an_hour"]["count"]) for c in conditions),
        ],
        [
            ("95% 的把握下每小时至多", "an hour at most, at 95 %"),
            *(f"{c['innocents']['an_hour']['high']:.1f}" for c in conditions),
        ],
    ]
    title = ("没有忌语的对话", "Talk without anything forbidden")
    return Table(title, [("", ""), *map(heading, conditions)], rows)


NOTES: list[Words] = [
    (
        "评测对话与调试对话由不同的人写、不同的声音说，没有一段相同；合成语音。"
        "谁在说话按标准答案。“来源原话”指规范所列说法，“换了说法”指意思相同、词不相同。",
        "The reporting dialogues come from another hand and other voices than those that were "
        "tuned on; synthetic speech. Who speaks is told by the gold files. “The sources' own "
        "words” are the phrases as listed, “other words” say the same otherwise.",
    ),
    (
        "噪声为粉红噪声。文字一栏里礼貌用语由程序自己找出，不作比较。",
        "The noise is pink. In the column of text courtesies are found by the program itself "
        "and so are not compared.",
    ),
]


def main() -> None:
    """Read the options and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--dialogues", type=Path, required=True, help="JSON of courtesy eval")
    parser.add_argument("--talk", type=Path, required=True, help="JSON of courtesy eval")
    parser.add_argument("--save", action="store_true", help="keep the figures in results/")
    parser.add_argument("--lang", choices=("zh", "en"), default="en")
    given = parser.parse_args()
    runs = {
        name: json.loads(path.read_text(encoding="utf-8"))
        for name, path in (("dialogues", given.dialogues), ("talk", given.talk))
    }
    raw = {
        name: {k: run[k] for k in ("made_by", "method", "checksum")} for name, run in runs.items()
    }
    tables = [dialogues(runs["dialogues"]), talk(runs["talk"])]
    finish(Report("accuracy", tables, NOTES, machine(), raw), save=given.save, lang=given.lang)


if __name__ == "__main__":
    main()
