"""The report's tables, the same in the terminal and on the page."""

from courtesy.analysis.facts import faults, span
from courtesy.analysis.members import Figures, Member, Share
from courtesy.analysis.summary import Summary
from courtesy.analysis.words import STANDINGS, kept_name, words
from courtesy.collected import Quote
from courtesy.messages import Lang
from courtesy.records import Whose
from courtesy.report.grid import Grid
from courtesy.report.names import SEVERITIES, rule_name
from courtesy.report.plain import clock, percent

# Rows that a terminal shows; the page and the files hold all.
_MOST = 40


def scores(summary: Summary, lang: Lang) -> Grid:
    """Return the scores of each member, and of all."""
    w = words(lang)
    return Grid(
        title="",
        head=(
            w[summary.by or "group"],
            w["interactions"],
            w["scored"],
            w["mean"],
            w["interval"],
            w["compared"],
        ),
        rows=(
            *(
                (m.name.say(lang), *_figures(m.figures), _standing(m, lang))
                for m in summary.members
            ),
            (w["all"], *_figures(summary.everybody), ""),
        ),
        most=_MOST,
    )


def kept(summary: Summary, lang: Lang) -> Grid:
    """Return of each member, and of all, the grades and how often the main rules were kept."""
    w = words(lang)
    grades = [grade for grade, _ in summary.everybody.grades]

    def cells(figures: Figures, rules: "dict[str, Share]") -> tuple[str, ...]:
        many = dict(figures.grades)
        shares = (rules.get(rule, Share()).missing for rule in summary.main)
        return (
            *(str(many.get(grade, 0)) for grade in grades),
            *("–" if missed is None else percent(1 - missed) for missed in shares),
        )

    return Grid(
        title="",
        head=(
            w[summary.by or "group"],
            *(grade.say(lang) for grade in grades),
            *(kept_name(rule).say(lang) for rule in summary.main),
        ),
        rows=(
            *((m.name.say(lang), *cells(m.figures, dict(m.rules))) for m in summary.members),
            (w["all"], *cells(summary.everybody, dict(summary.rules))),
        ),
        most=_MOST,
    )


def trend(summary: Summary, lang: Lang) -> Grid | None:
    """Return the course of the scores; None where no time is known."""
    w = words(lang)
    if summary.trend is None:
        return None
    return Grid(
        title="",
        head=(w["when"], w["interactions"], w["scored"], w["mean"], w["interval"]),
        rows=tuple((p.name.say(lang), *_figures(p.figures)) for p in summary.trend.points),
        most=_MOST,
    )


def missed(summary: Summary) -> list[tuple[str, Share]]:
    """Return the rules that were missed, those missed most often first."""
    found = [(rule, share) for rule, share in summary.rules.items() if share.missed or share.unsure]
    return sorted(found, key=lambda item: (-item[1].missed, -item[1].unsure))


def rules(summary: Summary, lang: Lang) -> Grid:
    """Return what was missed."""
    w = words(lang)
    return Grid(
        title="",
        head=(w["rule"], w["missed"], w["applied"], w["share"], w["unsure"]),
        rows=tuple(
            (
                rule_name(rule).say(lang),
                str(share.missed),
                str(share.applied),
                part(share.missing),
                str(share.unsure),
            )
            for rule, share in missed(summary)
        ),
    )


def part(value: float | None) -> str:
    """Return a share in per cent, never 0 % where there is some; a dash where there is none.

    >>> part(0.004), part(0.0), part(None)
    ('<1%', '0%', '–')
    """
    if value is None:
        return "–"
    return "<1%" if 0 < value < 0.01 else percent(value)


def phrases(summary: Summary, lang: Lang) -> Grid:
    """Return the forbidden phrases, each with where it was said last."""
    w = words(lang)
    return Grid(
        title="",
        head=(w["phrase"], w["times"], w["severity"], w["latest"]),
        rows=tuple(
            (
                one.phrase,
                str(one.times),
                severity(one.severity, lang),
                f"{where(one.quotes[0], lang)}\n{one.quotes[0].sentence or one.quotes[0].heard}",
            )
            for one in summary.collected.phrases
        ),
        wordy=True,
        most=_MOST,
    )


def severity(name: str, lang: Lang) -> str:
    """Return how grave a phrase is, in words."""
    return SEVERITIES[name].say(lang) if name in SEVERITIES else name


def where(quote: Quote, lang: Lang) -> str:
    """Say when and at which window something was said, and where in which file that is."""
    began = f"{quote.began:%Y-%m-%d %H:%M}" if quote.began else ""
    at = f"{quote.path} @ {clock(quote.start)}" if quote.start is not None else quote.path
    return " · ".join(filter(None, (began, theirs(quote.whose, lang), at)))


def theirs(whose: Whose, lang: Lang) -> str:
    """Name hall, window and clerk, as far as they are known."""
    clerk = f"{words(lang)['clerk']} {whose.clerk}" if whose.clerk else ""
    return " ".join(filter(None, (whose.hall, whose.window, clerk)))


def unscored(summary: Summary, lang: Lang) -> Grid | None:
    """Return why interactions have no score; None where all have one."""
    w = words(lang)
    rows = tuple((why.say(lang), str(many)) for why, many in summary.unscored)
    return Grid("", (w["reason"], w["interactions"]), rows) if rows else None


def failed(summary: Summary, lang: Lang) -> Grid | None:
    """Return why files could not be scored; None where all could."""
    w = words(lang)
    rows = tuple((why.say(lang), str(many)) for why, many in faults(summary))
    return Grid("", (w["reason"], w["files"]), rows) if rows else None


def _figures(found: Figures) -> tuple[str, str, str, str]:
    mean = "–" if found.mean is None else f"{found.mean:.1f}"
    return str(found.interactions), str(found.scored), mean, span(found.interval)


def _standing(member: Member, lang: Lang) -> str:
    return STANDINGS[member.standing].say(lang)
