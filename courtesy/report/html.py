"""One HTML page that needs nothing else: no network, no script, no other file."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any, Final

from courtesy.messages import Lang
from courtesy.records import Finding, MadeBy, Match, Recording, Run, Scorecard, Utterance, Verdict
from courtesy.report import names, words
from courtesy.report.day import day
from courtesy.report.plain import (
    Converter,
    clean,
    clock,
    grade_points,
    identity,
    percent,
    period,
    points,
    visible,
)
from courtesy.report.rendering import resource, template
from courtesy.report.timeline import flag_rows, timeline
from courtesy.report.view import (
    Piece,
    Tone,
    by_utterance,
    costliest,
    file_names,
    forbidden_said,
    marked,
    near_misses,
    readings_by_id,
    rows,
    score_tone,
    shortened,
    tone_of,
    utterances_by_id,
    worth_showing,
)

_PACKAGE: Final = "courtesy.report"
_AROUND: Final = 60
_TONE_VERDICTS: Final[dict[Tone, Verdict]] = {"good": "pass", "bad": "fail", "doubt": "unsure"}


@dataclass(frozen=True, slots=True)
class Claim:
    """One phrase that is said to have been heard.

    Attributes:
        match: the match itself.
        tone: how it is marked.
        mark: says the same without colour.
        phrase: in the reader's script.
    """

    match: Match
    tone: Tone
    mark: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One utterance with what was found in it.

    Attributes:
        utterance: who said it and when; None where a match names one that is not there.
        pieces: its words, phrases marked.
        reading: its words in the reader's script; "" where they are the same.
        claims: the phrases.
    """

    utterance: Utterance | None
    pieces: tuple[Piece, ...]
    reading: str
    claims: tuple[Claim, ...]


def to_html(run: Run, lang: Lang, *, convert: Converter = identity, near: bool = False) -> str:
    """Return a whole page about a run.

    Args:
        run: what was found.
        lang: the language of all but what was said.
        convert: puts phrases and readings into the reader's script; words heard stay as heard.
        near: list also what almost matched.
    """
    style = resource(_PACKAGE, "score.css")
    # A browser takes the page's line ends for "\n" before it makes its own sum.
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    errors = sum(r.error is not None for r in run.recordings)
    cards = sum(len(r.scorecards) for r in run.recordings)
    page = template(_PACKAGE, "score.html.j2").render(
        lang=lang,
        w=words.words(lang),
        style=style,
        digest=digest,
        rows=rows(run),
        totals=words.totals(len(run.recordings), cards, errors).say(lang),
        recordings=[
            _recording(recording, name, lang, convert)
            for recording, name in zip(run.recordings, file_names(run), strict=True)
        ],
        near=near,
        made_by=_made_by(run.made_by, lang),
        **_helpers(lang),
    )
    return clean(page)


def _recording(recording: Recording, name: str, lang: Lang, convert: Converter) -> dict[str, Any]:
    readings = readings_by_id(recording)
    whole_day = day(recording, lang)
    return {
        "name": name,
        "heard": recording.heard,
        "error": recording.error,
        "timeline": None if whole_day else timeline(recording, lang),
        "day": whole_day,
        "cards": [_card(card, readings, convert) for card in recording.scorecards],
    }


def _card(card: Scorecard, readings: dict[int, str], convert: Converter) -> dict[str, Any]:
    shown: set[int] = set()
    findings = []
    for finding in card.findings:
        evidence = _evidence(finding, card, readings, convert)
        shown.update(c.match.id for e in evidence for c in e.claims)
        findings.append((finding, evidence))
    rest = [m for m in worth_showing(card) if m.id not in shown]
    near, more = near_misses(card)
    return {
        "card": card,
        "findings": findings,
        "others": _quotes(rest, (), card, readings, convert),
        # One by one, since they are in order of their weight and not of time.
        "near": [q for m in near for q in _quotes([m], (), card, readings, convert)],
        "more_near": words.more_near(more) if more else None,
        "dialogue": [
            Evidence(
                utterance,
                marked(
                    utterance.heard,
                    [m for m in card.interaction.matches if m.utterance == utterance.id],
                ),
                _reading(utterance, readings, convert),
                (),
            )
            for utterance in card.interaction.utterances
        ],
    }


def _evidence(
    finding: Finding, card: Scorecard, readings: dict[int, str], convert: Converter
) -> list[Evidence]:
    # A rule that does not apply has nothing to show.
    if finding.verdict == "na":
        return []
    wanted = set(finding.matches)
    matches = [m for m in card.interaction.matches if m.id in wanted]
    return _quotes(matches, finding.utterances, card, readings, convert)


def _quotes(
    matches: list[Match],
    utterances: tuple[int, ...],
    card: Scorecard,
    readings: dict[int, str],
    convert: Converter,
) -> list[Evidence]:
    groups = by_utterance(matches)
    known = utterances_by_id(card)
    quotes = []
    for at in sorted({*groups, *(u for u in utterances if u in known)}):
        group = groups.get(at, [])
        claims = tuple(
            Claim(m, tone_of(m), names.MARKS[_TONE_VERDICTS[tone_of(m)]], convert(m.phrase))
            for m in group
        )
        utterance = known.get(at)
        if utterance is None:
            pieces = tuple(Piece(visible(m.heard), tone_of(m)) for m in group)
            quotes.append(Evidence(None, pieces, "", claims))
            continue
        pieces = shortened(marked(utterance.heard, group), _AROUND)
        quotes.append(Evidence(utterance, pieces, _reading(utterance, readings, convert), claims))
    return quotes


def _reading(utterance: Utterance, readings: dict[int, str], convert: Converter) -> str:
    reading = convert(readings.get(utterance.id, ""))
    return "" if reading == utterance.heard else visible(reading)


def _made_by(made_by: MadeBy, lang: Lang) -> list[tuple[str, str]]:
    w = words.words(lang)
    options = [
        f"{stage}.{name} = {value}"
        for stage, values in made_by.options.items()
        for name, value in values.items()
    ]
    return [
        (w["program"], f"courtesy {made_by.courtesy}"),
        (w["model"], made_by.model or w["no_model"]),
        (w["lexicons"], made_by.lexicons),
        (w["rubric"], made_by.rubric),
        *([(w["options"], ", ".join(options))] if options else []),
    ]


def _helpers(lang: Lang) -> dict[str, Any]:
    """Return what the template calls; it decides where things stand and nothing else."""
    return {
        "say": lambda text: visible(text.say(lang)),
        "clock": clock,
        "period": period,
        "percent": percent,
        # A true minus sign stands as wide as the digits do.
        "points": lambda value: points(value).replace("-", "−"),
        "score": grade_points,
        "score_tone": score_tone,
        "costliest": costliest,
        "forbidden_said": forbidden_said,
        "flag_rows": flag_rows,
        "visible": visible,
        "marks": names.MARKS,
        "roles": names.ROLES,
        "modes": names.MODES,
        "aside": names.ASIDE,
        "how": names.HOW,
        "standings": names.STANDINGS,
        "severities": names.SEVERITIES,
        "rule_name": names.rule_name,
        "verdict_name": names.verdict_name,
        "list_name": names.list_name,
        "interaction_name": names.interaction_name,
        "channels": words.channels,
    }
