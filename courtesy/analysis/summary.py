"""What is to be said of many interactions: the report before it is put into words and pictures."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from courtesy.analysis.even_handed import EvenHanded, even_handed
from courtesy.analysis.figures import need_scipy
from courtesy.analysis.members import (
    By,
    Figures,
    Member,
    Share,
    cells,
    figures,
    known,
    members,
    share,
)
from courtesy.analysis.trend import Trend, trend
from courtesy.collected import Collected
from courtesy.messages import Text
from courtesy.records import Verdict, Whose
from courtesy.report.names import is_prohibition

# Courtesies that a table of members has columns for, besides the forbidden phrases.
_MOST_MAIN: Final = 5
_FORBIDDEN: Final = "forbidden"
# Rules that in most rubrics only inform: "not done" shows as "does not apply" there, and those
# in which it was done would look like all.
_INFORM: Final = frozenset({"told_at_once", "honorific", "mandarin"})


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that the report says.

    Attributes:
        collected: what it is made of.
        made_by: the version of the program.
        first: the first day on which an interaction began; None where none is known.
        last: the last.
        asides: talk that belongs to no customer; counted here and nowhere else.
        everybody: the figures of all.
        by: what members are; None where nothing tells them apart.
        members: clerks, windows or halls.
        rules: how often each rule was kept; those that only inform left out.
        main: the courtesies among them that applied most often, and the forbidden phrases, in the
            rubric's order.
        trend: None where no time is known.
        unscored: how many interactions have no score, by why, the most frequent first.
        even_handed: 五个一样.
    """

    collected: Collected
    made_by: str
    first: date | None
    last: date | None
    asides: int
    everybody: Figures
    by: By | None
    members: tuple[Member, ...]
    rules: Mapping[str, Share]
    main: tuple[str, ...]
    trend: Trend | None
    unscored: tuple[tuple[Text, int], ...]
    even_handed: EvenHanded


def summarise(collected: Collected, made_by: str, by: By | None = None) -> Summary:
    """Reckon everything; a pure function.

    Args:
        collected: what is counted.
        made_by: the version of the program.
        by: what to put together in the table; None for the finest that is known.

    Raises:
        UsageError: scipy is not installed.
    """
    need_scipy()
    judged = [one for one in collected.judged if not one.aside]
    counted = cells(judged)
    dates = {cell.day for cell in counted if cell.day}
    everybody = figures(counted)
    chosen = by or known(counted)
    rules = _rules(collected.verdicts)
    return Summary(
        collected=collected,
        made_by=made_by,
        first=min(dates, default=None),
        last=max(dates, default=None),
        asides=len(collected.judged) - len(judged),
        everybody=everybody,
        by=chosen,
        members=members(counted, collected.verdicts, chosen, everybody) if chosen else (),
        rules=rules,
        main=_main(rules),
        trend=trend(counted),
        unscored=_reasons(one.note for one in judged if one.score is None),
        even_handed=even_handed(collected.judged),
    )


def _rules(verdicts: Mapping[tuple[Whose, str], Mapping[Verdict, int]]) -> dict[str, Share]:
    found: dict[str, Counter[Verdict]] = {}
    for (_, rule), counts in verdicts.items():
        found.setdefault(rule, Counter()).update(counts)
    return {
        rule: share(counts)
        for rule, counts in found.items()
        if counts["fail"] or rule not in _INFORM
    }


def _main(rules: Mapping[str, Share]) -> tuple[str, ...]:
    asked = [rule for rule in rules if rules[rule].applied and not is_prohibition(rule)]
    chosen = {*sorted(asked, key=lambda rule: -rules[rule].applied)[:_MOST_MAIN], _FORBIDDEN}
    return tuple(rule for rule in rules if rule in chosen)


def _reasons(notes: Iterable[Text | None]) -> tuple[tuple[Text, int], ...]:
    unknown = Text("没有说明", "no reason given")
    found = Counter(unknown if note is None else _kind(note) for note in notes)
    return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0].zh)))


def _kind(note: Text) -> Text:
    """Return what a reason has in common with others: its measures left out.

    >>> _kind(Text("依据不足：太嘈杂，信噪比 2.1 dB（至少要 5）；断音太多", "x: too noisy, 2.1 dB"))
    Text(zh='依据不足：太嘈杂', en='x: too noisy')
    """
    return Text(_unmeasured(note.zh), _unmeasured(note.en))


def _unmeasured(text: str) -> str:
    # What stands in brackets may hold the mark that stands between two reasons.
    first = re.split("[；;]", re.sub(r"（[^）]*）| ?\([^)]*\)", "", text))[0]
    clauses = re.split("(，|, )", first)
    kept = clauses[0]
    for comma, clause in zip(clauses[1::2], clauses[2::2], strict=True):
        if re.search(r"\d", clause):
            break
        kept += comma + clause
    return re.sub(r"\d[\d.]*%?", "…", kept)
