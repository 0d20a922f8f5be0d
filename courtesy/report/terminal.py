"""Results for people in front of a terminal; plain text when the output goes elsewhere.

Whatever comes from a recording is shown as `rich.text.Text`, so that a transcript that holds
`[red]` shows those five characters. Nothing is cut off: long sentences go on in the next line.
"""

from typing import TYPE_CHECKING, Final

from courtesy.messages import Lang
from courtesy.records import Finding, Match, Recording, Removed, Run, Scorecard, Utterance, Verdict
from courtesy.report import names, words
from courtesy.report.page import Page, Part
from courtesy.report.plain import (
    Converter,
    clock,
    grade_points,
    identity,
    percent,
    period,
    points,
    visible,
)
from courtesy.report.view import (
    Tone,
    by_utterance,
    costliest,
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

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text as Line

_VERDICT_STYLES: Final = {"pass": "green", "fail": "bold red", "na": "dim", "unsure": "yellow"}
_TONE_STYLES: Final = {"": "", "good": "green", "bad": "bold red", "doubt": "yellow"}
_TONE_VERDICTS: Final[dict[Tone, Verdict]] = {
    "": "na",
    "good": "pass",
    "bad": "fail",
    "doubt": "unsure",
}
_AROUND: Final = 24
_GRADE_WIDTH: Final = 16


def print_run(
    run: Run,
    console: "Console",
    lang: Lang,
    *,
    convert: Converter = identity,
    near: bool = False,
) -> None:
    """Print every recording, then a summary where there is more than one line to sum up.

    Args:
        run: what was found.
        console: where to; its width is kept to from about 50 columns upwards.
        lang: the language of all but what was said.
        convert: puts phrases and readings into the reader's script; words heard stay as heard.
        near: list also what almost matched.
    """
    for recording in run.recordings:
        print_recording(recording, console, lang, convert=convert, near=near)
    print_summary(run, console, lang, convert=convert)


def print_summary(
    run: Run, console: "Console", lang: Lang, *, convert: Converter = identity
) -> None:
    """Print one line an interaction, where there is more than one to sum up."""
    if len(rows(run)) > 1:
        _summary(Page(console, lang, convert), run)


def print_recording(
    recording: Recording,
    console: "Console",
    lang: Lang,
    *,
    convert: Converter = identity,
    near: bool = False,
) -> None:
    """Print one recording: heading, scorecards with evidence, and what was not believed."""
    _recording(Page(console, lang, convert), recording, near=near)


def _recording(page: Page, recording: Recording, *, near: bool) -> None:
    heard = recording.heard
    facts = [clock(heard.duration)] if heard.duration is not None else []
    if heard.channels:
        facts.append(page.say(words.channels(heard.channels)))
    page.blank()
    page.line(("━━ ", "cyan"), (visible(heard.path), "bold cyan"), ("  " + " · ".join(facts), ""))
    for note in heard.notes:
        page.line((f"{page.word('notes')}{page.word('colon')}{page.say(note)}", "yellow"))
    if recording.error:
        mark = page.mark("fail")
        page.line(
            (f"{mark} {page.word('failed')}{page.word('colon')}", "bold red"),
            (page.say(recording.error.message), "red"),
        )
    elif not recording.scorecards:
        page.line((page.word("nothing"), "yellow"))
    for card in recording.scorecards:
        readings = readings_by_id(recording)
        _card(page, card, readings)
        if near:
            _near(page, card, readings)
    _removed(page, heard.removed)


def _card(page: Page, card: Scorecard, readings: dict[int, str]) -> None:
    interaction = card.interaction
    title = page.say(names.interaction_name(interaction.id))
    facts = [page.say(names.MODES[interaction.mode])]
    if interaction.start is not None:
        facts.insert(0, period(interaction.start, interaction.end))
    if not interaction.ended:
        facts.append(page.word("not_ended"))
    page.blank()
    page.line((f"{title}  ", "bold"), *_score(page, card), ("  " + " · ".join(facts), ""))
    if card.note:
        page.line((f"{page.word('note')}{page.word('colon')}{page.say(card.note)}", "yellow"))
    _findings(page, card.findings)
    _matches(page, card, readings)


def _score(page: Page, card: Scorecard) -> list[Part]:
    if card.score is None:
        return [(page.word("not_scored"), "bold yellow")]
    grade = f" {page.say(card.grade)}" if card.grade else ""
    style = f"bold {_TONE_STYLES[score_tone(card.score)]}"
    return [(f"{page.word('score')} ", ""), (f"{grade_points(card.score)}{grade}", style)]


def _findings(page: Page, findings: tuple[Finding, ...]) -> None:
    if findings:
        page.columns([_finding(page, f) for f in findings], right=2)


def _finding(page: Page, finding: Finding) -> list["Line"]:
    verdict = page.say(names.verdict_name(finding.verdict, finding.rule))
    style = _VERDICT_STYLES[finding.verdict]
    faded = "dim" if finding.verdict == "na" else ""
    at = f"{clock(finding.start)} " if finding.start is not None else ""
    return [
        page.text((f"{page.mark(finding.verdict)} {verdict}", style)),
        page.text((page.say(names.rule_name(finding.rule)), faded)),
        page.text((points(finding.points), style)),
        page.text((at + page.say(finding.reason), faded)),
    ]


def _matches(page: Page, card: Scorecard, readings: dict[int, str]) -> None:
    from rich.text import Text as Line

    utterances = utterances_by_id(card)
    lines = []
    for at, group in by_utterance(worth_showing(card)).items():
        first = group[0]
        body = _said(page, group, utterances.get(at), readings.get(at))
        body += [_claim(page, match) for match in group]
        time = "" if first.start is None else clock(first.start)
        role = page.say(names.ROLES[first.role])
        lines.append([page.text((time, "")), page.text((role, "")), Line("\n").join(body)])
    if lines:
        page.line((page.word("phrases"), "bold"))
        page.columns(lines)


def _near(page: Page, card: Scorecard, readings: dict[int, str]) -> None:
    from rich.text import Text as Line

    utterances = utterances_by_id(card)
    found, more = near_misses(card)
    if not found:
        page.line((page.word("no_near"), "dim"))
        return
    page.line((page.word("near"), "bold"))
    rows = []
    for match in found:
        at = match.utterance
        body = _said(page, [match], utterances.get(at), readings.get(at))
        body.append(_near_claim(page, match))
        time = "" if match.start is None else clock(match.start)
        role = page.say(names.ROLES[match.role])
        rows.append([page.text((time, "")), page.text((role, "")), Line("\n").join(body)])
    page.columns(rows)
    if more:
        page.columns([[page.text((page.say(words.more_near(more)), "dim"))]])


def _said(
    page: Page, matches: list[Match], utterance: Utterance | None, reading: str | None
) -> list["Line"]:
    """Show an utterance with its phrases marked, and how it is read where that differs."""
    if utterance is None:
        return [page.text((f"【{m.heard}】", _TONE_STYLES[tone_of(m)])) for m in matches]
    pieces = shortened(marked(utterance.heard, matches), _AROUND)
    parts = [(f"【{p.text}】" if p.tone else p.text, _TONE_STYLES[p.tone]) for p in pieces]
    lines = [page.text(*parts)]
    if reading and page.convert(reading) != utterance.heard:
        read = f"{page.word('reading')}{page.word('colon')}{page.convert(reading)}"
        lines.append(page.text((read, "dim")))
    return lines


def _claim(page: Page, match: Match) -> "Line":
    """Say which phrase it is, where that stands, how sure the program is, and if it counts."""
    facts = [
        *match.sources,
        page.say(names.HOW[match.how]),
        f"{page.word('confidence')} {percent(match.confidence)}",
    ]
    counted = page.word("counted" if match.counted else "not_counted")
    return _claimed(page, match, facts, counted)


def _near_claim(page: Page, match: Match) -> "Line":
    """Say which phrase it almost is, how near it comes, and why that does not count."""
    facts = [
        page.say(names.HOW[match.how]),
        f"{page.word('likeness')} {percent(match.likeness)}",
        f"{page.word('confidence')} {percent(match.confidence)}",
    ]
    return _claimed(page, match, facts, page.say(names.STANDINGS[match.standing]))


def _claimed(page: Page, match: Match, facts: list[str], standing: str) -> "Line":
    tone = tone_of(match)
    listed = page.say(names.list_name(match.list, match.polarity))
    if match.severity in names.SEVERITIES:
        listed += f" ({page.say(names.SEVERITIES[match.severity])})"
    return page.text(
        (
            f"{page.mark(_TONE_VERDICTS[tone])} {listed} “{page.convert(match.phrase)}”",
            _TONE_STYLES[tone],
        ),
        (" · " + " · ".join(facts), ""),
        (f" · {standing}{page.word('colon')}{page.say(match.why)}", ""),
    )


def _removed(page: Page, removed: tuple[Removed, ...]) -> None:
    if not removed:
        return
    page.blank()
    page.line((page.word("removed"), "dim"))
    page.columns(
        [
            [
                page.text((clock(item.start), "dim")),
                page.text((f"“{item.heard}” {page.say(item.reason)}", "dim")),
            ]
            for item in removed
        ]
    )


def _summary(page: Page, run: Run) -> None:
    from rich import box
    from rich.table import Table

    lines = [_summary_row(page, r.name, r.card, failed=r.error is not None) for r in rows(run)]
    table = Table(
        box=box.SIMPLE_HEAD,
        title_justify="left",
        title_style="bold",
        title=page.text((page.word("summary"), "bold")),
        expand=False,
    )
    for name in ("file", "which", "score", "grade", "forbidden_count", "worst"):
        right = name in {"which", "score", "forbidden_count"}
        # Words of a grade stay whole as long as a reasonable column holds them.
        least = min(max((r[3].cell_len for r in lines), default=0), _GRADE_WIDTH)
        table.add_column(
            page.text((page.word(name), "bold")),
            overflow="fold",
            min_width=least if name == "grade" else None,
            justify="right" if right else "left",
        )
    for line in lines:
        table.add_row(*line)
    page.blank()
    page.console.print(table)
    errors = sum(r.error is not None for r in run.recordings)
    cards = sum(len(r.scorecards) for r in run.recordings)
    page.line((page.say(words.totals(len(run.recordings), cards, errors)), ""))


def _summary_row(page: Page, name: str, card: Scorecard | None, *, failed: bool) -> list["Line"]:
    if card is None:
        key, style = ("failed", "red") if failed else ("none", "yellow")
        return [
            page.text((name, "")),
            *[page.text(("", ""))] * 4,
            page.text((page.word(key), style)),
        ]
    style = _TONE_STYLES[score_tone(card.score)]
    worst = costliest(card)
    said = len(forbidden_said(card))
    cost = ""
    if worst:
        cost = f"{page.say(names.rule_name(worst.rule))} {points(worst.points)}"
    cells = [
        (name, ""),
        (str(card.interaction.id + 1), ""),
        ("—" if card.score is None else grade_points(card.score), style),
        (page.say(card.grade) if card.grade else page.word("not_scored"), style),
        (str(said), "bold red" if said else ""),
        (cost or page.word("none"), ""),
    ]
    return [page.text(cell) for cell in cells]
