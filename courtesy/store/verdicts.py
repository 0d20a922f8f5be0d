"""The verdicts of an interaction in a few letters, one for each rule of its result."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from courtesy.collected import gravest
from courtesy.records import Scorecard, Verdict

_LETTERS: Final[dict[Verdict, str]] = {"pass": "p", "fail": "f", "unsure": "u", "na": "n"}
_NOT_JUDGED: Final = "-"


def rules(cards: Iterable[Scorecard]) -> list[str]:
    """Return the rules by which interactions were judged, in the rubric's order."""
    return list(dict.fromkeys(f.rule for card in cards for f in card.findings))


def letters(card: Scorecard, rules: Sequence[str]) -> str:
    """Return the gravest verdict of each rule as a letter."""
    return written(gravest((f.rule, f.verdict) for f in card.findings), rules)


def written(found: Mapping[str, Verdict], rules: Sequence[str]) -> str:
    """Return the verdict of each rule as a letter."""
    return "".join(_LETTERS[found[r]] if r in found else _NOT_JUDGED for r in rules)


def counts(rules: Sequence[str], written: Sequence[str]) -> dict[str, dict[Verdict, int]]:
    """Count the verdicts of each rule in what `letters` wrote of many interactions.

    >>> counts(["greeting", "farewell"], ["pf", "pn", "fn"])["greeting"]
    {'pass': 2, 'fail': 1}
    """
    everything = "".join(written)
    assert len(everything) == len(rules) * len(written)
    found: dict[str, dict[Verdict, int]] = {}
    for at, rule in enumerate(rules):
        column = everything[at :: len(rules)]
        many = {verdict: column.count(letter) for verdict, letter in _LETTERS.items()}
        found[rule] = {verdict: count for verdict, count in many.items() if count}
    return found
