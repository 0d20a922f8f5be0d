"""One interaction of a result file: its score, its verdicts, and the forbidden phrases in it."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from courtesy.began import of_interaction, place
from courtesy.collected import Quote, gravest
from courtesy.errors import NotAResult
from courtesy.messages import Text
from courtesy.records import Judged, Seconds, Verdict, Whose

Wrong = Callable[[str], NotAResult]
"""Makes the error for a key that is missing or cannot be right."""

Said = tuple[str, str, str, Quote]
_VERDICTS: Final[dict[object, Verdict]] = {"pass": "pass", "fail": "fail", "unsure": "unsure",
                                           "na": "na"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One interaction.

    Attributes:
        judged: its score.
        verdicts: the gravest of each rule.
        said: forbidden phrases that counted: id, words, severity and where.
    """

    judged: Judged
    verdicts: Mapping[str, Verdict]
    said: tuple[Said, ...]


def whose(path: str) -> Whose:
    """Return whom a recording is of, as far as its path tells: the window, if it names a time.

    >>> whose("3号窗口_20261122_090000.wav")
    Whose(hall='', window='3号窗口', clerk='')
    """
    found = place(path)
    return Whose() if found == path else Whose(window=found.strip(" _-./\\"))


def row(
    entry: Any,
    path: str,
    began: datetime | None,
    sentences: Mapping[Any, str],
    wrong: Wrong,
    *,
    first: bool,
) -> Row:
    """Read an interaction.

    Args:
        entry: as JSON has it.
        path: of its recording.
        began: when that began.
        sentences: what was said in it, by the utterances' ids.
        wrong: makes the error for what is wrong.
        first: whether it is the first of its recording.

    Raises:
        NotAResult: something in it is missing or cannot be right.
    """
    if not isinstance(entry, dict) or "score" not in entry:
        raise wrong("score")
    score, start = entry["score"], entry.get("start")
    if score is not None and not (number(score) and 0 <= score <= 100):
        raise wrong("score")
    if start is not None and not (number(start) and start >= 0):
        raise wrong("start")
    seconds: Seconds | None = None if start is None else float(start)
    judged = Judged(
        path=path,
        began=of_interaction(began, seconds, first=first),
        score=float(score) if score is not None and entry.get("scorable") is not False else None,
        aside=entry.get("aside") is True,
        whose=whose(path),
        grade=_told(entry.get("grade")),
        note=_told(entry.get("note")),
    )
    findings = _findings(entry, wrong)
    return Row(
        judged,
        gravest((rule, verdict) for rule, verdict, _ in findings),
        tuple(_said(entry, findings, judged, sentences, wrong)),
    )


def number(value: object) -> bool:
    """Tell whether a value is a number that can be reckoned with."""
    # True is an int too, and JSON as Python reads it may hold NaN.
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) < 1e15 and math.isfinite(value)  # type: ignore[arg-type]


def _told(text: object) -> Text | None:
    # A result is in one language; what it says stands for both.
    return Text(text, text) if isinstance(text, str) else None


def _findings(entry: dict[str, Any], wrong: Wrong) -> list[tuple[str, Verdict, object]]:
    """Return rule, verdict and the first match of each finding; an old result may have none."""
    found = []
    for finding in _listed(entry, "findings", wrong):
        rule, verdict = finding.get("rule"), _VERDICTS.get(str(finding.get("verdict")))
        if not isinstance(rule, str) or verdict is None:
            raise wrong("findings")
        matches = finding.get("matches") or [None]
        found.append((rule, verdict, matches[0] if isinstance(matches, list) else None))
    return found


def _said(
    entry: dict[str, Any],
    findings: list[tuple[str, Verdict, object]],
    judged: Judged,
    sentences: Mapping[Any, str],
    wrong: Wrong,
) -> Iterator[Said]:
    breaches = {match for _, verdict, match in findings if verdict == "fail" and number(match)}
    for match in _listed(entry, "matches", wrong):
        # Only what is forbidden has a severity.
        if match.get("id") not in breaches or not match.get("severity"):
            continue
        words = [match.get(name) for name in ("phrase_id", "phrase", "severity", "heard")]
        if not all(isinstance(word, str) for word in words):
            raise wrong("matches")
        name, phrase, severity, heard = map(str, words)
        start = match.get("start")
        quote = Quote(
            heard=heard,
            sentence=sentences.get(match.get("utterance"), ""),
            whose=judged.whose,
            began=judged.began,
            path=judged.path,
            start=float(start) if start is not None and number(start) else None,
        )
        yield name, phrase, severity, quote


def _listed(entry: dict[str, Any], key: str, wrong: Wrong) -> list[dict[str, Any]]:
    rows = entry.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise wrong(key)
    return rows
