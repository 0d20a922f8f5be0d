"""The overview: how it goes, by clerk, window, hour, phrase and courtesy, and what is behind it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from courtesy.analysis.members import Figures
from courtesy.errors import ReviewError
from courtesy.messages import Lang, Text
from courtesy.report import names
from courtesy.report.plain import number
from courtesy.review import charts, spreadsheet
from courtesy.review.access import MAY, TheOffice, may
from courtesy.review.answers import language
from courtesy.review.given import Day, Given
from courtesy.review.interactions import whose
from courtesy.review.reckoning import (
    MOST_DAYS,
    Asked,
    Breach,
    Line,
    Overview,
    Step,
    by_shift,
    reckon,
)
from courtesy.review.rendering import filled
from courtesy.reviews import OPEN
from courtesy.store.accounts import Account

router = APIRouter(prefix="/api/overview", tags=["overview"])
pages = APIRouter(include_in_schema=False)

Sees = Annotated[Account, may("overview", "own")]
Period = Literal["", "today", "week", "month"]
_TEXT = Field(max_length=200)
_FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {kind: {} for kind in spreadsheet.TYPES.values()}}
}


class Chosen(Given):
    """Which days, and whose; a period ends today, as this machine's clock has it."""

    period: Period = ""
    first: Day | None = None
    last: Day | None = None
    hall: Annotated[str, _TEXT] = ""
    window: Annotated[str, _TEXT] = ""
    clerk: Annotated[str, _TEXT] = ""


class Exported(Chosen):
    """The same, as a file."""

    format: Literal["csv", "xlsx"] = "csv"


class _Links:
    """Leads from a number to what is behind it, for those who may see that."""

    def __init__(self, asked: Asked, account: Account) -> None:
        self._there = account.role in MAY["look"] | MAY["own"]
        # Whose they are goes without saying to a clerk, who is asked for in any case.
        whose = asked.whose if account.role != "clerk" else asked.whose | {"clerk": ""}
        self._asked = {"first": asked.first, "last": asked.last, **whose}

    def to(self, page: str, **more: Any) -> str | None:
        """Return an address; None for those who may not see it."""
        if not self._there:
            return None
        wanted = {name: value for name, value in {**self._asked, **more}.items() if value != ""}
        return f"/{page}?{urlencode(wanted)}"

    @staticmethod
    def narrowed(link: str | None, **more: str) -> str | None:
        """Return the address of a part of what an address leads to."""
        return link and f"{link}&{urlencode(more)}"


@router.get("")
def overview(
    account: Sees, office: TheOffice, chosen: Annotated[Chosen, Query()], request: Request
) -> dict[str, Any]:
    """Return what an overview says, each number with the address of what is behind it.

    Clerks see what is their own.
    """
    asked = _asked(chosen, account)
    with office.database.reading() as connection:
        found = reckon(connection, asked, ("clerk", "window"))
    return _told(found, _Links(asked, account), language(request))


@router.get("/export", response_class=Response, responses=_FILES)
def export(
    account: Sees, office: TheOffice, chosen: Annotated[Exported, Query()], request: Request
) -> Response:
    """Return the overview as a file: one row a clerk and window, or a workbook with all of it."""
    asked, lang = _asked(chosen, account), language(request)
    with office.database.reading() as connection:
        shifts = by_shift(connection, asked)
        whole = reckon(connection, asked) if chosen.format == "xlsx" else None
    data = spreadsheet.to_xlsx(whole, shifts, lang) if whole else spreadsheet.to_csv(shifts, lang)
    name = f"overview-{asked.first}-{asked.last}.{chosen.format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=spreadsheet.TYPES[chosen.format], headers=headers)


@pages.get("/overview")
def page(request: Request, office: TheOffice, account: Sees) -> Response:
    """Show the overview."""
    with office.database.reading() as connection:
        choices = whose(connection, account)
    return filled(
        request,
        "overview.html.j2",
        account,
        choices=choices,
        styled=charts.own_styles(),
        version=charts.version(),
    )


def today() -> date:
    """Return which day it is at this machine."""
    return date.today()


def _asked(chosen: Chosen, account: Account) -> Asked:
    """Return which days somebody asks for, and whose, as far as they may see it.

    Raises:
        ReviewError: the last day is before the first, or there are too many between.
    """
    first, last = _days(chosen)
    if first > last:
        raise ReviewError(
            Text(
                f"结束日期 {last} 在开始日期 {first} 之前，请改过来。",
                f"The last day, {last}, is before the first, {first}; change one of them.",
            )
        )
    if (last - first).days >= MOST_DAYS:
        raise ReviewError(
            Text(
                "一次最多看两年，请选短一些。", "Two years can be seen at once; choose fewer days."
            )
        )
    clerk = account.clerk if account.role == "clerk" else chosen.clerk
    return Asked(first, last, chosen.hall, chosen.window, clerk)


def _days(chosen: Chosen) -> tuple[date, date]:
    now = today()
    if chosen.period == "today":
        return now, now
    if chosen.period == "week":
        return now - timedelta(days=now.weekday()), now
    if chosen.period == "month" or not (chosen.first or chosen.last):
        return now.replace(day=1), now
    last = chosen.last or max(now, chosen.first or now)
    return chosen.first or last.replace(day=1), last


def _told(found: Overview, links: _Links, lang: Lang) -> dict[str, Any]:
    scored = found.figures.scored
    # Named once: there are thousands of points.
    steps = sorted(
        {one.step for by in ("clerk", "window") for line in found.lines[by] for one in line.points}
    )
    places = {step: place for place, step in enumerate(steps)}
    return {
        "first": found.asked.first.isoformat(),
        "last": found.asked.last.isoformat(),
        "step": found.asked.step,
        "steps": [{"first": first.isoformat(), "last": last.isoformat()} for first, last in steps],
        "known": found.known and [day.isoformat() for day in found.known],
        "total": _figures(found.figures)
        | {
            "passed": found.passed,
            "low": scored - found.passed,
            "unscored": found.figures.interactions - scored,
            "said": found.said,
            "links": {
                "interactions": links.to("interactions"),
                **{
                    name: links.to("interactions", score=score)
                    for name, score in (
                        ("scored", "scored"),
                        ("passed", "passed"),
                        ("low", "low"),
                        ("unscored", "none"),
                    )
                },
                "said": links.to("findings", state="counted", phrase="*"),
            },
        },
        "flags": [
            {"state": state, "count": many, "link": links.to("findings", state=state)}
            for state, many in sorted(found.flags.items())
            if state in OPEN
        ],
        "clerks": [_line(one, places, links) for one in found.lines["clerk"]],
        "windows": [_line(one, places, links) for one in found.lines["window"]],
        "hours": [
            {
                "weekday": one.weekday,
                "hour": one.hour,
                "interactions": one.interactions,
                "said": one.said,
                "share": number(one.share),
                "link": links.to(
                    "findings", state="counted", phrase="*", weekday=one.weekday, hour=one.hour
                ),
            }
            for one in found.hours
        ],
        "breaches": [_breach(one, links, lang) for one in found.breaches],
        "missed": [
            {
                "rule": rule,
                "name": names.rule_name(rule).say(lang),
                "missed": share.missed,
                "applied": share.applied,
                "unsure": share.unsure,
                "share": number(share.missing),
                "link": links.to("interactions", score="scored", missed=rule),
            }
            for rule, share in found.missed
        ],
    }


def _figures(found: Figures) -> dict[str, Any]:
    return {
        "interactions": found.interactions,
        "scored": found.scored,
        "days": found.days,
        "mean": number(found.mean, 2),
        "interval": found.interval and [number(end, 2) for end in found.interval],
    }


def _line(one: Line, places: Mapping[Step, int], links: _Links) -> dict[str, Any]:
    known = {name: value for name, value in one.member.whose._asdict().items() if value}
    theirs = links.to("interactions", **known)
    return {
        "name": one.member.name.zh,  # as recordings have it, in every language
        "standing": one.member.standing,
        "passed": one.passed,
        **_figures(one.member.figures),
        "links": {
            "interactions": theirs,
            "scored": links.narrowed(theirs, score="scored"),
            "passed": links.narrowed(theirs, score="passed"),
        },
        # Which of the steps, how many have a score, and the mean of those.
        "points": [[places[at.step], at.scored, number(at.mean, 2)] for at in one.points],
    }


def _breach(one: Breach, links: _Links, lang: Lang) -> dict[str, Any]:
    kind: Mapping[str, str] = {"phrase": one.phrase} if one.phrase else {"rule": one.rule}
    return {
        **kind,
        "name": one.name or one.phrase or names.rule_name(one.rule).say(lang),
        "times": one.times,
        "link": links.to("findings", state="counted", **kind)
        if one.phrase
        else links.to("interactions", score="scored", missed=one.rule),
    }
