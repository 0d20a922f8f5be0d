"""Phrases laid against speech: the fast way gives what the slow, obvious way gives."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courtesy.config import MatchOptions
from courtesy.lexicon import SLOT, Form, Lexicon
from courtesy.lexicon.phrases import make_form
from courtesy.matching.align import LONGEST_SLOT, align, patterns, sounds_of
from courtesy.matching.candidates import Index
from courtesy.matching.find import Finder
from courtesy.matching.sounds import CostTable, added, left_out, substitution
from courtesy.text.normalize import normalize
from courtesy.text.syllables import readings

IN_SLOT = 1 / 128


def slow(form: Form, text: str, most: float) -> list[tuple[int, int, float]]:
    """The textbook's table, cell by cell: (start, end, cost) of each place, the best first."""
    costs, starts = [0.0] * (len(text) + 1), list(range(len(text) + 1))
    for char, sound in zip(form.text, sounds_of(form), strict=True):
        if char == SLOT:
            run = [0] * len(costs)
            for j in range(1, len(costs)):
                through = costs[j - 1] + IN_SLOT
                if starts[j - 1] < j - 1 and run[j - 1] < LONGEST_SLOT and through < costs[j]:
                    costs[j], starts[j], run[j] = through, starts[j - 1], run[j - 1] + 1
            continue
        next_costs, next_starts = [costs[0] + left_out(char)], [starts[0]]
        for j, heard in enumerate(text, start=1):
            ways = [
                (costs[j - 1] + substitution(char, sound, heard, readings(heard)), starts[j - 1]),
                (costs[j] + left_out(char), starts[j]),
                (next_costs[j - 1] + added(heard), next_starts[j - 1]),
            ]
            cost, start = min(ways, key=lambda way: way[0])
            next_costs.append(cost)
            next_starts.append(start)
        costs, starts = next_costs, next_starts
    places: list[tuple[int, int, float]] = []
    for cost, end in sorted((cost, end) for end, cost in enumerate(costs) if cost <= most):
        if starts[end] < end and all(end <= s or starts[end] >= e for s, e, _ in places):
            places.append((starts[end], end, cost))
    return places


def fast(forms: list[Form], texts: list[str], most: float) -> list[list[tuple[int, int, float]]]:
    table = CostTable()
    lines = patterns(forms, table)
    width = max(map(len, texts))
    stretches = np.full((len(texts), width), -1, np.int32)
    for i, text in enumerate(texts):
        stretches[i, : len(text)] = table.columns(text)
    found = align(
        lines,
        stretches,
        np.full(len(forms), most, np.float32),
        table.substitutions,
        table.additions,
    )
    out: list[list[tuple[int, int, float]]] = [[] for _ in forms]
    places = zip(found.pair, found.start, found.end, found.cost, strict=True)
    for pair, start, end, cost in places:
        out[pair].append((int(start), int(end), float(cost)))
    return out


CHARS = st.sampled_from(
    "您你我他好请问办什么业务不没别烦知道自己找看急等一下了吗啊嗯那个再见谢会建四十是"
)
TEXTS = st.text(CHARS, min_size=1, max_size=14)
FORMS = st.one_of(
    st.text(CHARS, min_size=1, max_size=8),
    st.sampled_from(["请您到××窗口", "按××规定我们不能办理", "您的××请收好慢走", "自己找", "再见"]),
).map(lambda text: make_form(text, sanctioned=True))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(FORMS, TEXTS), min_size=1, max_size=6), st.sampled_from([0.0, 0.7, 2.5]))
def test_many_at_once_give_what_one_by_one_gives(
    pairs: list[tuple[Form, str]], most: float
) -> None:
    forms, texts = [form for form, _ in pairs], [text for _, text in pairs]
    # More places in one stretch than the fast way keeps are not compared.
    wanted = [slow(form, text, most)[:3] for form, text in pairs]
    assert fast(forms, texts, most) == wanted


def test_a_stretch_with_the_phrase_twice_gives_it_twice() -> None:
    form = make_form("再见", sanctioned=True)
    assert fast([form], ["再见再见"], 0.0) == [[(0, 2, 0.0), (2, 4, 0.0)]]


def misheard(form: Form, rng: random.Random) -> str:
    """A form as a recogniser may give it: a filler between, another character of a near sound."""
    near = {
        "shi": "四",
        "si": "是",
        "zhi": "自",
        "zi": "知",
        "lan": "烂",
        "ban": "帮",
        "jian": "建",
    }
    out = []
    for char, sound in zip(form.text.replace(SLOT, "三号"), readings_of(form), strict=True):
        if rng.random() < 0.12:
            out.append(rng.choice("嗯啊呃"))
        out.append(near.get(sound, char) if rng.random() < 0.5 else char)
    return "".join(out)


def readings_of(form: Form) -> list[str]:
    text = form.text.replace(SLOT, "三号")
    return [(readings(char) or (char,))[0].rstrip("12345") for char in text]


def test_no_counted_phrase_is_lost_before_it_is_looked_at(lexicon: Lexicon) -> None:
    """The quick search lets pass what the slow comparison with every form would count."""
    rng = random.Random(7)
    forms = [form for phrase in lexicon.phrases for form in phrase.forms]
    sample = rng.sample(forms, 60)
    texts = [normalize("嗯那" + misheard(form, rng) + "知道了").text for form in sample]
    found = Index(forms).find(texts)
    looked_at = set(zip(found.form.tolist(), found.text.tolist(), strict=True))
    there = lost = 0
    for t, text in enumerate(texts):
        for f in [*rng.sample(range(len(forms)), 40), forms.index(sample[t])]:
            if slow(forms[f], text, 0.2 * max(1, forms[f].literal - 1)):
                there += 1
                lost += (f, t) not in looked_at
    assert there >= 50
    assert lost == 0


@pytest.mark.parametrize("deep", [False, True])
def test_the_texts_around_it_do_not_change_what_a_text_holds(lexicon: Lexicon, deep: bool) -> None:
    finder = Finder(lexicon, MatchOptions())
    texts = [
        "急什么，等一下！",
        "",
        "您好，请问您要办什么业务？",
        "自己",
        "找",
        "再见再见",
        "好",
    ] * 2
    norms = [normalize(text) for text in texts]
    together = finder.find(norms, deep=deep)
    apart = [Finder(lexicon, MatchOptions()).find([norm], deep=deep)[0] for norm in norms[:7]] * 2
    assert together == apart
