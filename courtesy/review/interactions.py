"""Interactions: a list of them, and each with what was said, why it got its score, its sound."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import Field

from courtesy.messages import Lang, Text
from courtesy.records import Clip, Seconds
from courtesy.report import names
from courtesy.report.json_report import finding_dict, match_dict
from courtesy.review import sound
from courtesy.review.access import TheOffice, may
from courtesy.review.answers import language
from courtesy.review.conversation import may_see_changes, spoken
from courtesy.review.given import Day, Given
from courtesy.review.office import Office
from courtesy.review.refusals import Forbidden, Missing
from courtesy.review.rendering import filled
from courtesy.store import accounts, listing, queueing, tables
from courtesy.store.accounts import Account
from courtesy.store.listing import Place, Row, Scored, Sought
from courtesy.store.talk import Talk, talk

router = APIRouter(prefix="/api/interactions", tags=["interactions"])
pages = APIRouter(include_in_schema=False)

Sees = Annotated[Account, may("look", "own")]
Unmasks = Annotated[Account, may("unmask")]
From = Annotated[float | None, Query(ge=0, le=1e6, description="seconds of the recording")]
_TEXT = Field(max_length=200)
_SCORE = Field(ge=0, le=100)
# The result's row, and the number within it.
At = Annotated[str, Path(pattern=r"^[0-9]{1,18}-[0-9]{1,9}$")]
_AFTER = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,15})?,[0-9]{1,18},[0-9]{1,9}$"


class Chosen(Given):
    """Which interactions are asked for."""

    hall: Annotated[str, _TEXT] = ""
    window: Annotated[str, _TEXT] = ""
    clerk: Annotated[str, _TEXT] = ""
    first: Day | None = None
    last: Day | None = None
    score: Scored = ""
    least: Annotated[float | None, _SCORE] = None
    most: Annotated[float | None, _SCORE] = None
    missed: Annotated[str, _TEXT] = ""
    timeless: bool = False
    after: Annotated[str, Field(pattern=rf"^$|{_AFTER}", max_length=64)] = ""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of an interaction that is listened to."""

    recording: int
    path: str
    clips: tuple[Clip, ...]
    place: tuple[Seconds, Seconds] | None


@router.get("")
def interactions(
    account: Sees, office: TheOffice, chosen: Annotated[Chosen, Query()], request: Request
) -> dict[str, Any]:
    """Return one page of interactions, the latest first; a clerk's own only."""
    sought = _sought(chosen, account)
    after = _place(chosen.after)
    with office.database.reading() as connection:
        found = listing.listed(connection, sought, after)
        many, more = listing.count(connection, sought)
    lang = language(request)
    last = found[-1].place if len(found) == listing.PAGE else None
    return {
        "interactions": [_row(one, lang) for one in found],
        "count": many,
        "more": more,
        "next": last and f"{_time(last.began) or ''},{last.result},{last.number}",
    }


@router.get("/{place}")
def interaction(place: At, account: Sees, office: TheOffice, request: Request) -> dict[str, Any]:
    """Return an interaction: what was said, and why it has its score."""
    found, people = _found(office, account, place)
    return _told(found, people, language(request))


@router.get("/{place}/sound", response_class=sound.Wav, responses=sound.RESPONSES)
def listen(
    place: At,
    account: Sees,
    office: TheOffice,
    at: From = None,
    wanted: Annotated[str | None, Header(alias="range")] = None,
) -> Response:
    """Return the sound of an interaction from its beginning, or from some second on.

    Two minutes at most: a WAV file, or a part of it.
    """
    return sound.answer(office.database, _stretch(office, account, place, at), 0.0, wanted)


@router.post("/{place}/unmasked", response_class=sound.Wav, responses=sound.UNMASKED)
def listen_unmasked(
    place: At, account: Unmasks, office: TheOffice, given: sound.Reason, at: From = None
) -> Response:
    """Return the sound with nothing covered; who asks, and why, is kept in the trail."""
    found = _stretch(office, account, place, at)
    subject = f"interaction {place}"
    return sound.unmasked(office.database, found, 0.0, account, subject, given.reason)


def _stretch(office: Office, account: Account, place: str, at: Seconds | None) -> _Stretch:
    found, _ = _found(office, account, place)
    whole = None if found.start is None or found.end is None else (found.start, found.end)
    if whole and at is not None:
        whole = min(max(at, whole[0]), whole[1]), whole[1]
    return _Stretch(found.recording, found.path, found.clips, whole)


@pages.get("/interactions")
def all_of_them(request: Request, office: TheOffice, account: Sees) -> Response:
    """Show the list."""
    with office.database.reading() as connection:
        choices = whose(connection, account)
        rules = queueing.values(connection, tables.flags.c.rule)
    lang = language(request)
    return filled(
        request,
        "interactions.html.j2",
        account,
        choices=choices,
        rules={rule: names.rule_name(rule).say(lang) for rule in rules},
    )


@pages.get("/interactions/{place}")
def one(place: str, request: Request, account: Sees) -> Response:
    """Show one interaction."""
    return filled(request, "interaction.html.j2", account, place=place)


def whose(connection: Any, account: Account) -> dict[str, tuple[str, ...]]:
    """Return the halls, windows and clerks that somebody may choose; a clerk none at all."""
    if account.role == "clerk":
        return {}
    own = tables.recordings.c
    return {name: queueing.values(connection, own[name]) for name in ("hall", "window", "clerk")}


def _sought(chosen: Chosen, account: Account) -> Sought:
    """Return which interactions somebody asks for, as far as they may see them."""
    return Sought(
        hall=chosen.hall,
        window=chosen.window,
        clerk=account.clerk if account.role == "clerk" else chosen.clerk,
        first=chosen.first,
        last=chosen.last,
        scored=chosen.score,
        least=chosen.least,
        most=chosen.most,
        missed=chosen.missed,
        timeless=chosen.timeless,
    )


def _found(office: Office, account: Account, place: str) -> tuple[Talk, dict[int, str]]:
    """Return an interaction as an account may see it, and the names of who corrected it.

    Raises:
        ReviewError: there is none at that place, or it is somebody else's.
    """
    result, _, number = place.partition("-")
    with office.database.reading() as connection:
        found = talk(connection, int(result), int(number))
        if found is None:
            raise Missing(
                Text(
                    "没有这次接待，可能已清理。", "There is no such interaction; it may be purged."
                )
            )
        if account.role == "clerk" and account.clerk != found.clerk:
            raise Forbidden(Text("只能看自己的。", "People see their own only."))
        if not may_see_changes(account, found.second_looks):
            found = replace(found, corrections=())
        people = sorted({one.by for one in found.corrections})
        return found, accounts.names(connection, people)


def _told(found: Talk, people: dict[int, str], lang: Lang) -> dict[str, Any]:
    corrected = {one.utterance: one for one in found.corrections}
    lines = []
    for said in found.utterances:
        own = [m for m in found.matches if m.utterance == said.id and m.counted]
        correction = corrected.get(said.id)
        by = people.get(correction.by, "") if correction else ""
        lines.append(spoken(said, own, correction, by, lang))
    return {
        "id": f"{found.place.result}-{found.place.number}",
        "current": found.current,
        "hall": found.hall,
        "window": found.window,
        "clerk": found.clerk,
        "began": _time(found.place.began),
        "start": found.start,
        "end": found.end,
        "mode": names.MODES[found.mode].say(lang),
        "score": found.score,
        "first_score": found.heard,
        "grade": found.grade and found.grade.say(lang),
        "note": found.note and found.note.say(lang),
        "findings": [
            finding_dict(one, lang)
            | {
                "name": names.rule_name(one.rule).say(lang),
                "told": names.verdict_name(one.verdict, one.rule).say(lang),
                "flag": _flag(found.flags.get(at)),
            }
            for at, one in enumerate(found.findings)
        ],
        "matches": [match_dict(one, lang) for one in found.matches if one.counted],
        "utterances": lines,
        "versions": found.made_by
        and {"courtesy": found.made_by.courtesy, "rubric": found.made_by.rubric},
    }


def _flag(held: tuple[int, str] | None) -> dict[str, Any] | None:
    return None if held is None else {"id": held[0], "state": held[1]}


def _row(one: Row, lang: Lang) -> dict[str, Any]:
    at = 0 if lang == "zh" else 1
    return {
        "id": f"{one.place.result}-{one.place.number}",
        "began": _time(one.place.began),
        "hall": one.hall,
        "window": one.window,
        "clerk": one.clerk,
        "seconds": one.seconds,
        "mode": names.MODES[one.mode].say(lang),
        "score": one.score,
        "grade": one.grade[at],
        "note": one.note[at],
        "flags": one.flags,
    }


def _place(after: str) -> Place | None:
    if not after:
        return None
    began, result, number = after.split(",")
    try:
        return Place(datetime.fromisoformat(began) if began else None, int(result), int(number))
    except ValueError as error:
        raise Missing(Text("没有这一页。", "There is no such page.")) from error


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
