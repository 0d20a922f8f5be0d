"""What several reports derive from a run: file names, worst rules, phrases in their context."""

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final, Literal

from courtesy.records import (
    Fault,
    Finding,
    Match,
    Recording,
    Run,
    Scorecard,
    Span,
    Utterance,
    Verdict,
)
from courtesy.report.names import VERDICT_ORDER
from courtesy.report.plain import visible

Tone = Literal["", "good", "bad", "doubt"]
# Colours only: where the grades of the built-in rubric turn good and bad.
GOOD_SCORE: Final = 75.0
LOW_SCORE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a summary: an interaction, or a recording that has none.

    Attributes:
        recording: position in the run.
        name: the file's name, or its path where two files share a name.
        path: as the user gave it.
        card: None where there is no interaction.
        error: None where the recording was scored.
    """

    recording: int
    name: str
    path: str
    card: Scorecard | None
    error: Fault | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an utterance that is shown in one way.

    Attributes:
        text: safe to show.
        tone: "" for plain words, else what kind of phrase it is part of.
    """

    text: str
    tone: Tone = ""


# A phrase that does not count is shown only where it is plainly the phrase.
_PLAIN: Final = 0.85
# Near misses listed of one interaction, and the likeness from which a courtesy is one.
_MOST_NEAR: Final = 12
_LIKE: Final = 0.6


def rows(run: Run) -> tuple[Row, ...]:
    """Return the summary of a run, in the order of its recordings."""
    names = file_names(run)
    found: list[Row] = []
    for at, recording in enumerate(run.recordings):
        cards: tuple[Scorecard | None, ...] = recording.scorecards or (None,)
        path = recording.heard.path
        found += [Row(at, names[at], path, card, recording.error) for card in cards]
    return tuple(found)


def file_names(run: Run) -> tuple[str, ...]:
    """Return a short name for each recording: the file's own, or the path where that is shared."""
    paths = [visible(r.heard.path) for r in run.recordings]
    short = [PurePath(path).name or path for path in paths]
    shared = Counter(short)
    return tuple(p if shared[s] > 1 else s for p, s in zip(paths, short, strict=True))


def rules_of(run: Run) -> tuple[str, ...]:
    """Return every rule that any scorecard mentions, in the order of first mention."""
    findings = (f for r in run.recordings for card in r.scorecards for f in card.findings)
    return tuple(dict.fromkeys(f.rule for f in findings))


def worst_verdict(card: Scorecard, rule: str) -> tuple[Verdict, int] | None:
    """Return a rule's gravest verdict and how often it was given; None if it was not judged."""
    return worst(card.findings, rule)


def worst(findings: Iterable[Finding], rule: str) -> tuple[Verdict, int] | None:
    """Return the same of findings."""
    verdicts = [f.verdict for f in findings if f.rule == rule]
    return next(((one, verdicts.count(one)) for one in VERDICT_ORDER if one in verdicts), None)


def costliest(card: Scorecard) -> Finding | None:
    """Return the failed finding that took the most points; None if none failed."""
    failed = [f for f in card.findings if f.verdict == "fail"]
    return min(failed, key=lambda f: f.points, default=None)


def worth_showing(card: Scorecard) -> tuple[Match, ...]:
    """Return the matches a reader needs: what counts, what findings rest on, what clears someone.

    A courtesy of the customer and what only nearly matched stay in the JSON.
    """
    evidence = {number for finding in card.findings for number in finding.matches}
    return tuple(
        m
        for m in card.interaction.matches
        if m.counted
        or m.id in evidence
        or (
            m.polarity == "forbidden"
            and m.standing in {"context", "customer"}
            and m.confidence >= _PLAIN
        )
    )


def near_misses(card: Scorecard) -> tuple[tuple[Match, ...], int]:
    """Return what almost counted and is not shown anyway, and how many more there are.

    Forbidden phrases come first, then the most alike. What a customer said never counts, however
    near it comes, and is no near miss.
    """
    shown = {match.id for match in worth_showing(card)}
    found = [
        m
        for m in card.interaction.matches
        if m.standing in {"near", "excluded", "context"}
        and m.role != "customer"
        and m.id not in shown
        and (m.polarity == "forbidden" or m.likeness >= _LIKE)
    ]
    found.sort(key=lambda m: (m.polarity != "forbidden", -m.likeness, -m.confidence, m.id))
    return tuple(found[:_MOST_NEAR]), max(0, len(found) - _MOST_NEAR)


def forbidden_said(card: Scorecard) -> tuple[Match, ...]:
    """Return the forbidden phrases that count against the clerk, one a finding."""
    return breaches(card.findings, card.interaction.matches)


def breaches(findings: Iterable[Finding], matches: Iterable[Match]) -> tuple[Match, ...]:
    """Return the same of findings and matches."""
    by_id = {m.id: m for m in matches}
    found = (by_id.get(f.matches[0]) for f in findings if f.verdict == "fail" and f.matches)
    return tuple(m for m in found if m is not None and m.polarity == "forbidden")


def tone_of(match: Match) -> Tone:
    """Tell how a phrase is to be marked: one that does not count must not look like a breach."""
    if not match.counted:
        return "doubt"
    return "bad" if match.polarity == "forbidden" else "good"


def score_tone(score: float | None) -> Tone:
    """Tell the colour of a score; the grade's word stands beside it, since rubrics differ."""
    if score is None:
        return ""
    if score >= GOOD_SCORE:
        return "good"
    return "bad" if score < LOW_SCORE else "doubt"


def marked(heard: str, matches: Iterable[Match]) -> tuple[Piece, ...]:
    """Return a whole utterance cut where phrases begin and end; breaches show over courtesies."""
    spans = [(*_inside(m.span, len(heard)), tone_of(m)) for m in matches]
    cuts = sorted({0, len(heard)}.union(*((start, end) for start, end, _ in spans)))
    pieces: list[Piece] = []
    for start, end in itertools.pairwise(cuts):
        tones = {tone for left, right, tone in spans if left <= start and end <= right}
        tone: Tone = next((t for t in ("bad", "good", "doubt") if t in tones), "")
        pieces.append(Piece(visible(heard[start:end]), tone))
    return tuple(pieces)


def shortened(pieces: tuple[Piece, ...], around: int) -> tuple[Piece, ...]:
    """Return pieces with at most `around` plain characters on either side of a phrase."""
    last = len(pieces) - 1
    return tuple(
        Piece(_short(p.text, 0 if at == 0 else around, 0 if at == last else around))
        if not p.tone and len(p.text) > 2 * around + 1
        else p
        for at, p in enumerate(pieces)
    )


def by_utterance(matches: Iterable[Match]) -> dict[int, list[Match]]:
    """Return matches grouped by the utterance they stand in, in the order of the utterances."""
    groups: dict[int, list[Match]] = {}
    for match in sorted(matches, key=lambda m: (m.utterance, m.span.start, m.id)):
        groups.setdefault(match.utterance, []).append(match)
    return groups


def utterances_by_id(card: Scorecard) -> dict[int, Utterance]:
    """Return an interaction's utterances by their id in the recording."""
    return {u.id: u for u in card.interaction.utterances}


def readings_by_id(recording: Recording) -> dict[int, str]:
    """Return the reading of each utterance by its id; those without one are left out."""
    pairs = zip(recording.heard.utterances, recording.readings, strict=False)
    return {utterance.id: reading for utterance, reading in pairs}


def _short(text: str, head: int, tail: int) -> str:
    return f"{text[:head]}…{text[len(text) - tail :]}"


def _inside(span: Span, length: int) -> tuple[int, int]:
    start = min(max(span.start, 0), length)
    return start, min(max(span.end, start), length)
