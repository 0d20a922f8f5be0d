"""How fast phrases are found in talk, and what that costs with ten times as many phrases.

    python -m tests.bench.matching [--characters 1000000] [--rounds 3] [--save] [--lang zh|en]

Talk and phrases are made from the scenes in tests/corpus/talk: talk from the odd ones, made-up
phrases from the even ones, so that no phrase was cut out of the talk it is looked for in. One
character in twelve is swapped for another of its sound, as a recogniser does, so that hardly an
utterance comes twice; a third of the utterances is in traditional script.

The program's whole way from utterances to matches is timed on one core: script, syllables,
candidates, alignment, words, context. The plain way is rapidfuzz's partial_ratio over toneless
syllables for every phrase on every utterance; it is timed on a sample of the utterances and scaled,
with its syllables prepared beforehand, outside of the clock.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from rapidfuzz import fuzz, process

from courtesy.config import MatchOptions
from courtesy.folders import lexicon_dir
from courtesy.lexicon import Form, Lexicon, Phrase, load_lexicon
from courtesy.lexicon.phrases import make_form
from courtesy.matching.candidates import Index
from courtesy.matching.matcher import Matcher
from courtesy.messages import Text
from courtesy.records import Utterance
from courtesy.text.normalize import normalize
from courtesy.text.script import traditionalize
from courtesy.text.syllables import readings, syllables, toneless
from courtesy.text.tokens import tokenizer

from .tables import HERE, Report, Table, finish, machine

SCENES = HERE.parent / "corpus" / "talk"
SLOT = re.compile(r"\{(\w+)\}")
SWAPPED = 1 / 12
TRADITIONAL = 1 / 3
ENOUGH = 80.0
SAMPLE = 300  # utterances for the plain way
SIZES = (100, 300, 1000, 3000, 10_000)


def sentences(odd: bool) -> list[tuple[str, str]]:
    """Return (role, sentence with slots) of the odd or the even scenes."""
    found = []
    for file in sorted(SCENES.glob("[0-9]*.toml")):
        if int(file.name[:2]) % 2 == odd:
            for step in tomllib.loads(file.read_text(encoding="utf-8"))["step"]:
                found += [(step["role"], text) for text in step["say"]]
    return found


def filled(text: str, slots: dict[str, list[str]], rng: random.Random) -> str:
    return SLOT.sub(lambda hit: rng.choice(slots[hit.group(1)]), text)


def talk(characters: int) -> list[Utterance]:
    """Return utterances with at least so many characters."""
    rng = random.Random(1)
    slots = tomllib.loads((SCENES / "slots.toml").read_text(encoding="utf-8"))
    slots = slots.get("slots", slots)
    pool = sentences(odd=True)
    alike = homophones("".join(text for _, text in pool))
    out: list[Utterance] = []
    left = characters
    while left > 0:
        role, text = rng.choice(pool)
        text = swapped(filled(text, slots, rng), alike, rng)
        left -= len(text)
        text = traditionalize(text) if rng.random() < TRADITIONAL else text
        out.append(Utterance(len(out), text, "clerk" if role == "clerk" else "customer"))
    return out


def homophones(text: str) -> dict[str, list[str]]:
    """Return for each character of a text the others in it that sound like it."""
    by_sound: dict[str, list[str]] = defaultdict(list)
    for char in sorted(set(text)):
        for sound in readings(char)[:1]:
            by_sound[toneless(sound)].append(char)
    return {
        char: [other for other in chars if other != char]
        for chars in by_sound.values()
        for char in chars
        if len(chars) > 1
    }


def swapped(text: str, alike: dict[str, list[str]], rng: random.Random) -> str:
    """Return the text with one character in twelve swapped for another of its sound."""
    return "".join(
        rng.choice(alike[char]) if char in alike and rng.random() < SWAPPED else char
        for char in text
    )


def made_up(count: int) -> Lexicon:
    """Return a lexicon of so many phrases, cut from other talk at the edges of words."""
    rng = random.Random(2)
    slots = tomllib.loads((SCENES / "slots.toml").read_text(encoding="utf-8"))
    slots = slots.get("slots", slots)
    tokens = tokenizer()
    texts: dict[str, None] = {}
    pool = sentences(odd=False)
    while len(texts) < count:
        norm = normalize(filled(rng.choice(pool)[1], slots, rng))
        words = tokens.cut(norm.text)
        first = rng.randrange(len(words))
        last = min(len(words) - 1, first + rng.randrange(1, 6))
        text = norm.text[words[first].start : words[last].end]
        if 4 <= len(text) <= 12:
            texts[text] = None
    phrases = tuple(_phrase(i, make_form(text, sanctioned=True)) for i, text in enumerate(texts))
    return Lexicon(phrases, (), "", {"own": Text("自定", "own")})


def _phrase(number: int, form: Form) -> Phrase:
    return Phrase(
        id=f"own-{number}", text=form.text, list="own", polarity="polite", sources=("ours",),
        forms=(form,), severity="", reach="anywhere", excused_by_help=False, excepts=(), hits=(),
        misses=(), note=None, file=Path("own.toml"), line=1,
    )  # fmt: skip


def timed(lexicon: Lexicon, said: Sequence[Utterance]) -> tuple[float, int]:
    """Return seconds and matches of one pass by a matcher that has seen nothing yet."""
    normalize.cache_clear()
    matcher = Matcher(lexicon, MatchOptions())
    started = time.perf_counter()
    found = matcher.match(said)
    return time.perf_counter() - started, len(found)


def coded(texts: Sequence[str]) -> list[list[str]]:
    return [list(syllables(normalize(text).text)) for text in texts]


def plain(lexicon: Lexicon, said: Sequence[Utterance]) -> tuple[float, float, set[tuple[int, int]]]:
    """Return seconds an utterance by plain calls and by `process.cdist`, and what they find."""
    phrases = coded([phrase.text for phrase in lexicon.phrases])
    heard = coded([utterance.heard for utterance in said])
    found = set()
    started = time.perf_counter()
    for number, words in enumerate(heard):
        for index, phrase in enumerate(phrases):
            if fuzz.partial_ratio(phrase, words) >= ENOUGH:
                found.add((index, number))
    calls = time.perf_counter() - started
    started = time.perf_counter()
    process.cdist(phrases, heard, scorer=fuzz.partial_ratio, score_cutoff=ENOUGH, workers=1)
    return calls / len(said), (time.perf_counter() - started) / len(said), found


def looked_at(lexicon: Lexicon, said: Sequence[Utterance]) -> set[tuple[int, int]]:
    """Return the pairs of phrase and utterance that the program looks at closely."""
    index = Index([phrase.forms[0] for phrase in lexicon.phrases])
    found = index.find([normalize(utterance.heard).text for utterance in said])
    return set(zip(found.form.tolist(), found.text.tolist(), strict=True))


def report(characters: int, rounds: int) -> Report:
    """Time all contenders in turn."""
    said = talk(characters)
    real = sum(len(utterance.heard) for utterance in said)
    lexicons = {"built-in": load_lexicon([lexicon_dir()])}
    lexicons |= {str(size): made_up(size) for size in SIZES}
    took: dict[str, list[float]] = defaultdict(list)
    matches: dict[str, int] = {}
    for number in range(rounds):
        for name, lexicon in lexicons.items():
            print(f"{number + 1}/{rounds} {name}", file=sys.stderr)
            seconds, matches[name] = timed(lexicon, said)
            took[name].append(seconds)
    sample = random.Random(3).sample(said, min(SAMPLE, len(said)))
    calls, cdist, wanted = plain(lexicons["1000"], sample)
    seen = looked_at(lexicons["1000"], sample)
    by_calls, by_cdist = calls * len(said), cdist * len(said)
    ours = median(took["1000"])
    growth = Table(
        ("用时", "Time"),
        [("词库", "lexicon"), ("短语", "phrases"), ("用时", "time"), ("字/秒", "characters/s"),
         ("找到", "matches")],
        [
            [name, str(len(lexicons[name].phrases)), f"{median(took[name]):.2f} s",
             f"{real / median(took[name]):,.0f}", f"{matches[name]:,}"]
            for name in lexicons
        ],
    )  # fmt: skip
    against = Table(
        ("与逐条比较相比，1,000 条短语", "Against comparing one by one, 1,000 phrases"),
        [("做法", "way"), ("用时", "time"), ("倍数", "ratio")],
        [
            [("本程序", "this program"), f"{ours:.2f} s", "1"],
            [("partial_ratio 逐条调用", "partial_ratio, call by call"), f"{by_calls:.0f} s",
             f"{by_calls / ours:.0f}×"],
            [("process.cdist 一次算完", "process.cdist, all at once"), f"{by_cdist:.0f} s",
             f"{by_cdist / ours:.0f}×"],
            [("partial_ratio ≥ 80 的，本程序也细看", "of what that finds at 80, looked at"),
             f"{len(wanted & seen)}/{len(wanted)}",
             f"{len(wanted & seen) / max(1, len(wanted)):.2%}"],
        ],
    )  # fmt: skip
    ten = median(took["10000"]) / median(took["1000"])
    notes = [
        (
            f"{len(said):,} 句，{real:,} 字，{rounds} 轮取中位数；短语多十倍，用时 {ten:.2f} 倍。",
            f"{len(said):,} utterances, {real:,} characters, median of {rounds} rounds; ten times "
            f"the phrases take {ten:.2f} times as long.",
        )
    ]
    raw: dict[str, object] = {"seconds": dict(took), "characters": real, "matches": matches}
    return Report("matching", [growth, against], notes, machine(), raw)


def curve(made: Report, path: Path) -> None:
    """Draw how the time grows with the number of phrases."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    took = made.raw["seconds"]
    assert isinstance(took, dict)
    seconds = [median(took[str(size)]) for size in SIZES]
    figure, axes = plt.subplots(figsize=(6, 3.5))
    axes.plot(SIZES, seconds, marker="o", label="this program")
    axes.plot(SIZES, [seconds[2] * s / SIZES[2] for s in SIZES], "--", label="in proportion")
    axes.set(xscale="log", yscale="log", xlabel="phrases", ylabel="seconds")
    axes.set_title(f"{made.raw['characters']:,} characters of talk, one core")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--characters", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--save", action="store_true", help="keep the figures in results/")
    parser.add_argument("--lang", choices=("zh", "en"), default="en")
    given = parser.parse_args()
    made = report(given.characters, given.rounds)
    finish(made, save=given.save, lang=given.lang)
    if given.save:
        curve(made, HERE / "results" / "matching.svg")


if __name__ == "__main__":
    main()
