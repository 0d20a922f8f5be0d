"""How well the samples are scored: phrases, abuse, verdicts, false accusations, characters.

    python -m tests.bench.accuracy [--sets text stereo …] [--details] [--save] [--lang zh|en]

Each set holds the same dialogues in another form, scored with the program's own settings; nobody
tells it which channel is the clerk's. The samples were written by those who wrote the program and
are spoken by a machine: good figures here say that nothing is broken, not how a hall would fare.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from courtesy.config import Settings
from courtesy.evaluation.gold import Gold, as_transcript, read_gold
from courtesy.evaluation.measure import Comparison, Judged, Tally, breaches, compare, total
from courtesy.pipeline import Pipeline, load_pipeline
from courtesy.records import Recording
from courtesy.text.normalize import normalize

from .recordings import SAMPLES
from .tables import Report, Table, Words, finish, machine, share

RULES = ("greeting", "farewell", "please", "thanks_reply", "forbidden", "abuse")
Score = Callable[[Pipeline, Gold], Recording]


@dataclass(frozen=True)
class Set:
    """One form of the samples."""

    title: Words
    folder: str
    score: Score


@dataclass(frozen=True)
class Result:
    """One dialogue of one set.

    Attributes:
        comparison: with gold.
        clerk: whether the clerk was taken for the clerk; None where roles are not found by sound.
        errors: wrong characters, and characters in all; None without jiwer.
    """

    comparison: Comparison
    clerk: bool | None
    errors: tuple[int, int] | None


def _text(pipeline: Pipeline, gold: Gold) -> Recording:
    return pipeline.judge(as_transcript(gold, gold.id))


def _sound(pattern: str) -> Score:
    def score(pipeline: Pipeline, gold: Gold) -> Recording:
        return next(pipeline.run(SAMPLES / pattern.format(gold.id)))

    return score


SETS = {
    "text": Set(("文字", "text"), "counter", _text),
    "stereo": Set(("双声道", "stereo"), "counter", _sound("counter/{}.opus")),
    "stereo-10db": Set(
        ("双声道 10 dB", "stereo, 10 dB"), "counter", _sound("variants/{}.stereo-10db.opus")
    ),
    "mono": Set(("单声道", "mono"), "counter", _sound("variants/{}.mono.opus")),
    "mono-10db": Set(
        ("单声道 10 dB", "mono, 10 dB"), "counter", _sound("variants/{}.mono-10db.opus")
    ),
    "session-text": Set(("长录音的文字", "session, text"), "session", _text),
    "session": Set(("长录音，单声道", "session, mono"), "session", _sound("session/{}.opus")),
}


def measure(pipeline: Pipeline, chosen: Set) -> list[Result]:
    """Score every dialogue of a set."""
    results = []
    for path in sorted((SAMPLES / chosen.folder).glob("*.toml")):
        gold = read_gold(path)
        recording = chosen.score(pipeline, gold)
        print(f"  {gold.id}", file=sys.stderr, flush=True)
        results.append(
            Result(
                compare(gold, recording), _clerk_found(gold, recording), _errors(gold, recording)
            )
        )
    return results


def _clerk_found(gold: Gold, recording: Recording) -> bool | None:
    """Tell whether the gold clerk's channel was taken for the clerk's."""
    said = [u for u in recording.heard.utterances if u.channel is not None]
    if gold.clerk is None or not said:
        return None
    return all((u.role == "clerk") == (u.channel == _channel(gold)) for u in said)


def _errors(gold: Gold, recording: Recording) -> tuple[int, int] | None:
    """Count wrong characters: substituted, left out, put in; by channel where there are two."""
    try:
        import jiwer
    except ImportError:
        return None
    heard = recording.heard.utterances
    apart = any(u.channel is not None for u in heard)
    sides = [("clerk", _channel(gold)), ("customer", 1 - _channel(gold))] if apart else [("", -1)]
    wrong = length = 0
    for role, channel in sides:
        truth = "".join(normalize(t.text).text for t in gold.turns if t.role == role or not apart)
        claim = "".join(normalize(u.heard).text for u in heard if u.channel == channel or not apart)
        found = jiwer.process_characters(truth, claim)
        wrong += found.substitutions + found.deletions + found.insertions
        length += len(truth)
    return wrong, length


def _channel(gold: Gold) -> int:
    return 1 if gold.clerk == "right" else 0


def summary(sets: dict[str, list[Result]]) -> Table:
    """Return a line a measure and a column a set."""
    columns = [_column(name, results) for name, results in sets.items()]
    head: list[Words] = [("", ""), *(SETS[name].title for name in sets)]
    rows = [[words, *(c[n] for c in columns)] for n, words in enumerate(MEASURES)]
    judged = [_judged(results) for results in sets.values()]
    for rule in RULES:
        own = [[j for j in column if j.rule == rule] for column in judged]
        if any(own):
            words = (f"判定正确：{rule}", f"verdicts right: {rule}")
            rows.append([words, *(_of(sum(j.right for j in cell), len(cell)) for cell in own)])
    return Table("", head, rows)


MEASURES: tuple[Words, ...] = (
    ("忌语精确率（记到名下的有几条属实）", "forbidden: precision (of those held against a clerk)"),
    ("忌语召回率（说了的找出几条）", "forbidden: recall (of those a clerk said)"),
    ("忌语精确率，连同不知谁说的", "precision, speaker known or not"),
    ("忌语召回率，连同不知谁说的", "recall, speaker known or not"),
    ("侮辱威胁精确率（按次办理）", "abuse: precision (by interaction)"),
    ("侮辱威胁召回率（按次办理）", "abuse: recall (by interaction)"),
    ("错怪（本已做到却判没做到）", "false accusations (kept, yet failed)"),
    ("漏过（没做到却没有指出）", "overlooked (broken, yet passed)"),
    ("不能确定", "unsure"),
    ("工作人员声道认对", "clerk's channel right"),
    ("字错率", "character error rate"),
    ("判定正确：全部", "verdicts right: all"),
)  # fmt: skip


def _column(name: str, results: Sequence[Result]) -> list[str]:
    """Return one set's figures in the order of `MEASURES`."""
    judged = _judged(results)
    clerks = [r.clerk for r in results if r.clerk is not None]
    errors = [r.errors for r in results if r.errors is not None]
    by_ear = SETS[name].score is not _text
    return [
        *_pair(total(r.comparison.counted for r in results)),
        *_pair(total(r.comparison.heard for r in results)),
        *_pair(breaches(judged, "abuse")),
        _of(sum(j.accuses for j in judged), sum(j.gold in {"pass", "na"} for j in judged)),
        _of(sum(j.overlooks for j in judged), sum(j.gold == "fail" for j in judged)),
        _of(sum(j.given == "unsure" for j in judged), len(judged)),
        _of(sum(clerks), len(clerks)),
        share(sum(w for w, _ in errors) / sum(n for _, n in errors)) if errors and by_ear else "–",
        _of(sum(j.right for j in judged), len(judged)),
    ]


def details(sets: dict[str, list[Result]]) -> str:
    """Return what went wrong, one line each; where nobody could be judged, only what was heard."""
    lines = []
    for name, results in sets.items():
        lines.append(f"\n## {name}")
        for result in results:
            c = result.comparison
            own = [j for j in _judged([result]) if not j.right]
            lines += [f"- {c.where}: could not be scored"] if c.failed else []
            lines += [f"- {c.where}: not heard: {p}" for p in c.unheard]
            known = len(c.missed) - len(c.unheard)
            lines += [f"- {c.where}: {known} heard, but not who said it"] if known else []
            lines += [f"- {c.where}: ACCUSED of {p}" for p in c.accused]
            lines += [
                f"- {j.where}: {j.rule} is {j.gold}, given {j.given}: {j.reason}"
                for j in own
                if "it is not known which words" not in j.reason
            ]
    return "\n".join(lines)


def report(names: Sequence[str], pipeline: Pipeline) -> tuple[Report, dict[str, list[Result]]]:
    """Measure the sets of those names."""
    sets = {}
    for name in names:
        print(name, file=sys.stderr)
        sets[name] = measure(pipeline, SETS[name])
    notes: list[Words] = [
        (
            "十段对话和一段长录音（五位群众），合成语音。"
            "忌语按规范说法逐次比对；侮辱威胁按“有没有”比对。",
            "Ten dialogues and one session of five customers, synthetic speech. Forbidden phrases "
            "are compared one by one, abuse by whether there was any.",
        ),
        (
            "单声道录音里不知道谁在说话，按设计不评分、不责怪任何人：没听到忌语和侮辱的算通过，"
            "其余都是“不能确定”。",
            "On one channel it is not known who speaks; by design nothing is scored and nobody is "
            "blamed: where no forbidden phrase was heard that rule passes, all else is “unsure”.",
        ),
        (
            "样例与程序同出一手，只说明程序没有坏，不代表在真实大厅里的效果。",
            "The samples come from the same hands as the program: they show that nothing is "
            "broken, not how it fares in a real hall.",
        ),
    ]
    raw = {
        name: [
            {
                "where": r.comparison.where,
                "counted": _numbers(r.comparison.counted),
                "heard": _numbers(r.comparison.heard),
                "missed": list(r.comparison.missed),
                "accused": list(r.comparison.accused),
                "verdicts": [[j.where, j.rule, j.gold, j.given] for j in _judged([r])],
                "errors": r.errors and list(r.errors),
            }
            for r in results
        ]
        for name, results in sets.items()
    }
    return Report("accuracy", [summary(sets)], notes, machine(), raw), sets


def _judged(results: Sequence[Result]) -> list[Judged]:
    """Return the verdicts of the rules this program has."""
    return [j for r in results for j in r.comparison.judged if j.rule in RULES]


def _pair(found: Tally) -> list[str]:
    return [
        f"{found.right}/{found.right + found.wrong}" if found.precision is not None else "–",
        f"{found.right}/{found.right + found.missed}" if found.recall is not None else "–",
    ]


def _numbers(found: Tally) -> list[int]:
    return [found.right, found.wrong, found.missed]


def _of(part: int, whole: int) -> str:
    return f"{part}/{whole}" if whole else "–"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sets", nargs="+", choices=tuple(SETS), default=list(SETS))
    parser.add_argument("--details", action="store_true", help="list what went wrong")
    parser.add_argument("--out", type=Path, help="write the details there as well")
    parser.add_argument("--save", action="store_true", help="keep the figures in results/")
    parser.add_argument("--lang", choices=("zh", "en"), default="en")
    given = parser.parse_args()
    made, sets = report(given.sets, load_pipeline(Settings()))
    finish(made, save=given.save, lang=given.lang)
    if given.details:
        print(details(sets))
    if given.out:
        given.out.write_text(details(sets) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
