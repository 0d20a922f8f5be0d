"""The same phrase in other words: words of a form swapped for others of their class.

不是给你讲了吗 becomes 不是跟你说了吗: 给 and 跟, 讲 and 说 stand for each other. Only whole words
are swapped, as the tokenizer cuts them: 给 in 供给 stays.
"""

import itertools
from collections.abc import Iterator, Sequence

from courtesy.lexicon import SLOT, Form, Phrase
from courtesy.lexicon.phrases import make_form
from courtesy.text.tokens import Tokens

# Shorter forms are too near to harmless speech for their words to be swapped.
_SHORTEST = 4
# Words swapped in one form, and forms made of one.
_MOST_SWAPS = 3
_MOST_FORMS = 120

Classes = dict[str, tuple[str, ...]]


def by_word(classes: Sequence[tuple[str, ...]]) -> Classes:
    """Return for each word the others of its class."""
    return {
        word: tuple(other for other in words if other != word)
        for words in classes
        for word in words
    }


def other_wordings(phrase: Phrase, classes: Classes, tokens: Tokens) -> tuple[Form, ...]:
    """Return the phrase's forms with words swapped, those with fewest swaps first.

    A phrase that counts only when it fills its clause has none, since it is too short for that, and
    insults have none: they are taken to the letter.
    """
    if phrase.reach == "clause" or phrase.severity == "fatal" or not classes:
        return ()
    known = {form.text for form in phrase.forms}
    out: list[Form] = []
    for form in phrase.forms:
        if form.literal < _SHORTEST or not form.sanctioned:
            continue
        for text, swapped in itertools.islice(_swaps(form.text, classes, tokens), _MOST_FORMS):
            if text not in known:
                known.add(text)
                plain = make_form(text.replace(SLOT, "×"), sanctioned=False)
                out.append(Form(plain.text, plain.syllables, False, swapped))
    return tuple(sorted(out, key=lambda form: len(form.swapped)))


def _swaps(
    text: str, classes: Classes, tokens: Tokens
) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Yield texts with one word swapped, then with two, and which words they are."""
    places = _places(text, classes, tokens)
    for count in range(1, _MOST_SWAPS + 1):
        for chosen in itertools.combinations(places, count):
            if any(a[1] > b[0] for a, b in itertools.pairwise(chosen)):
                continue
            others = [classes[text[start:end]] for start, end in chosen]
            for words in itertools.product(*others):
                out, swapped = text, []
                for (start, end), word in reversed(list(zip(chosen, words, strict=True))):
                    out = out[:start] + word + out[end:]
                    swapped.append((word, text[start:end]))
                yield out, tuple(reversed(swapped))


def _places(text: str, classes: Classes, tokens: Tokens) -> list[tuple[int, int]]:
    """Return where words of a class stand, as one or several whole tokens, the longest first."""
    edges = [0, *(span.end for span in tokens.cut(text))]
    found: list[tuple[int, int]] = []
    for start, end in sorted(itertools.combinations(edges, 2), key=lambda s: s[0] - s[1]):
        if text[start:end] in classes and all(end <= a or start >= b for a, b in found):
            found.append((start, end))
    return sorted(found)
