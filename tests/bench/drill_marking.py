"""How often marks agree with the intended ones: `python -m tests.bench.drill_marking [--report]`.

Generated and hand-written answers. The tuning set and the reporting set have other scenarios, other
seeds, other plain sentences and other hand-written answers; `--report` is for the end only.
What is intended follows from how an answer was made, never from the marker.
"""

import argparse
import functools
import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from courtesy.drill.marking import Answer, Marker
from courtesy.drill.nearness import slip_between
from courtesy.drill.reading import load_scenarios
from courtesy.drill.scenarios import RULE, Scenario, Step, alternatives
from courtesy.folders import lexicon_dir, rubric_file
from courtesy.lexicon import SLOT, Phrase, load_lexicon
from courtesy.scoring.rubric_file import load_rubric
from courtesy.text.normalize import normalize
from courtesy.text.syllables import syllables

DATA = Path(__file__).resolve().parents[1] / "data" / "drill"
PLAIN = {
    "tune": [
        "这个要看情况。", "嗯。", "材料在这里。", "就是这样的。", "三百二十块。", "行。",
        "我看看。", "原件和复印件。", "已经录进去了。", "下一个。",
    ],
    "report": [
        "大概是吧。", "哦。", "打印机没纸了。", "身份证号多少？", "在系统里能看到。", "可以。",
        "两个月之内。", "要本人来。", "单位盖过章了。", "前面那张表。",
    ],
}  # fmt: skip
SEEDS = {"tune": 7, "report": 1949}
SILENCES = ["", " ", "……", "。", "　", "？！"]


@dataclass(frozen=True)
class Case:
    kind: str
    scenario: Scenario
    step: Step
    answer: Answer
    outcome: str
    fast: bool = False


@functools.cache
def marker() -> Marker:
    return Marker(load_lexicon([lexicon_dir()]), load_rubric(rubric_file("window")))


def cases(name: str) -> Iterator[Case]:
    """Yield every case of a set."""
    scenarios = load_scenarios()
    yield from _written(name, {s.id: s for s in scenarios})
    own = [s for at, s in enumerate(scenarios) if (at % 2 == 0) == (name == "tune")]
    dice = random.Random(SEEDS[name])
    for scenario in own:
        for step in scenario.steps:
            yield from _generated(name, scenario, step, dice)


def _written(name: str, scenarios: dict[str, Scenario]) -> Iterator[Case]:
    for row in (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
        scenario, step, outcome, text = row.split("\t")
        one = scenarios[scenario]
        yield Case("by hand", one, one.step(step), Answer(text), outcome)


def _generated(name: str, scenario: Scenario, step: Step, dice: random.Random) -> Iterator[Case]:
    def case(kind: str, text: str, outcome: str, pace: float | None = None) -> Case:
        spoken = len(normalize(text).text) / pace if pace else None
        fast = pace is not None and pace > 6.7 and len(normalize(text).text) >= 6
        return Case(kind, scenario, step, Answer(text, 2.0, spoken), outcome, fast)

    right = [dice.choice(examples(ref)) for ref in step.require]
    whole = "".join(right)
    yield case("right", whole, "right")
    yield case("right", step.model, "right")
    yield case("too fast", step.model, "right", dice.uniform(7.5, 11))
    yield case("right", step.model, "right", dice.uniform(3, 5.5))
    yield case("silent", dice.choice(SILENCES), "silent")
    yield case("wrong", dice.choice(PLAIN[name]), "missing")
    if len(right) > 1 and not _shares(step, right[0]):
        yield case("one missing", right[0], "missing")
    breach = dice.choice([p for p in marker().lexicon.phrases if p.polarity == "forbidden"])
    for wrong in {breach.id: breach, **{i: marker().lexicon[i] for i in step.tempt[:2]}}.values():
        yield case("forbidden", dice.choice(wrong.hits), "forbidden")
        yield case("forbidden", whole + dice.choice(wrong.hits), "forbidden")
    at = dice.randrange(len(right))
    almost = _almost(step.require[at], dice)
    if almost:
        rest = "".join(right[:at] + right[at + 1 :])
        if not holds(step.require[at], rest):
            yield case("almost right", rest + almost, "close")


def phrases_of(ref: str) -> list[Phrase]:
    names = [n for n in alternatives(ref) if not n.startswith(RULE)]
    return list(itertools.chain.from_iterable(marker().phrases(n) for n in names))


def examples(ref: str) -> list[str]:
    return [hit for phrase in phrases_of(ref) for hit in phrase.hits]


def _forms(ref: str) -> set[str]:
    return {form.text for phrase in phrases_of(ref) for form in phrase.forms}


def holds(ref: str, text: str) -> bool:
    plain = normalize(text).text
    return any(all(part in plain for part in form.split(SLOT)) for form in _forms(ref))


def _shares(step: Step, first: str) -> bool:
    return all(holds(ref, first) for ref in step.require[1:])


@functools.cache
def _sounding() -> dict[str, str]:
    """Return a usual character for every syllable of the lexicons."""
    text = "".join(normalize(h).text for p in marker().lexicon.phrases for h in p.hits)
    return {sound: char for char, sound in zip(text, syllables(text), strict=True)}


def _almost(ref: str, dice: random.Random) -> str | None:
    """Return a phrase with one usual slip that no form of the requirement has."""
    found = []
    for phrase in phrases_of(ref):
        text = phrase.forms[0].text
        if SLOT in text or len(text) < 2:
            continue
        slips = []
        if text[0] == "请" and len(text) > 2:
            slips.append(text[1:])
        for at, sound in enumerate(syllables(text)):
            for other, char in _sounding().items():
                if slip_between(sound, other) in {"retroflex", "nasal", "nl", "fh"}:
                    slips.append(text[:at] + char + text[at + 1 :])
        found += [one for one in slips if not holds(ref, one)]
    return dice.choice(found) if found else None


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    name = "report" if given.report else "tune"
    good, count = Counter[str](), Counter[str]()
    for case in cases(name):
        mark = marker().mark(case.scenario, case.step, case.answer)
        agrees = mark.outcome == case.outcome and ("fast" in mark.manner) == case.fast
        count[case.kind] += 1
        good[case.kind] += agrees
        if not agrees and given.show:
            ask = [(w.ref, w.verdict, w.heard) for w in mark.wanted]
            made = [b.phrase_id for b in mark.breaches]
            print(case.kind, case.scenario.id, case.step.id, repr(case.answer.text))
            print("   ", case.outcome, "->", mark.outcome, mark.manner, ask, made)
    table = {kind: [good[kind], count[kind]] for kind in sorted(count)}
    table["all"] = [good.total(), count.total()]
    print(json.dumps({"set": name, "agree": table}, ensure_ascii=False, indent=1))
    print(f"{good.total() / count.total():.1%}")


if __name__ == "__main__":
    main()
