"""What decisions teach: how good each phrase is, and what might be changed in the lists."""

import hashlib
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from courtesy.learning import telling
from courtesy.learning.accepting import accepted, withdrawn
from courtesy.learning.gold import zipped
from courtesy.learning.lists import put_back, write
from courtesy.learning.precision import FEWEST, Precision, worst_first
from courtesy.messages import Lang, Text
from courtesy.review.access import TheOffice, may
from courtesy.review.answers import language
from courtesy.review.given import Given
from courtesy.review.refusals import Missing
from courtesy.review.rendering import filled
from courtesy.store import audit, lessons, proposing, queueing, reviewed
from courtesy.store.accounts import Account
from courtesy.store.proposing import Kept

router = APIRouter(prefix="/api/learning", tags=["learning"])
pages = APIRouter(include_in_schema=False)
Looks = Annotated[Account, may("learning")]
Edits = Annotated[Account, may("edit")]
Exports = Annotated[Account, may("gold")]


class Zip(Response):
    """Files in one."""

    media_type = "application/zip"


class Seen(Given):
    """Which state of a proposal somebody saw."""

    revision: Annotated[int, Field(ge=0, lt=2**31)]


class Refused(Seen):
    """Why a proposal is not to be followed, or not any more."""

    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class Days(Given):
    """Of which days decisions are exported."""

    first: date | None = None
    last: date | None = None
    names: bool = False


class Stands(BaseModel):
    """What stands of a proposal now, and the list that was changed."""

    state: proposing.State
    revision: int
    file: str = ""


@router.get("")
def learned(_: Looks, office: TheOffice, request: Request) -> dict[str, Any]:
    """Return how good each phrase is, the worst first, and what is proposed."""
    with office.database.reading() as connection:
        counts = lessons.counts(connection)
        kept = proposing.listed(connection)
        known = {*counts, *(one.found.phrase for one in kept)}
        names = queueing.phrase_names(connection, sorted(known))
    lang = language(request)
    found = worst_first(Precision(phrase, *sides) for phrase, sides in counts.items())
    return {
        "fewest": FEWEST,
        "folder": str(office.shelf.edited) if office.shelf.edited else None,
        "phrases": [_phrase(one, names) for one in found],
        "proposals": [_proposal(one, names, lang) for one in kept],
    }


@router.post("/proposals/{number}/accept")
def accept(number: int, account: Edits, office: TheOffice, given: Seen) -> Stands:
    """Change the list as is proposed."""
    with office.editing:
        with office.database.reading() as connection:
            one = _current(connection, number, given.revision)
        proposing.check(one, "accepted")
        found = one.found
        edit = accepted(office.shelf, found.kind, found.phrase, found.value, one.effect)
        with put_back(edit.file), office.database.writing() as connection:
            # First what may still be refused; then the list, as a whole or not at all.
            proposing.move(connection, one, account, "accepted", before=edit.before)
            write(edit.file, edit.text)
    return Stands(state="accepted", revision=one.revision + 1, file=str(edit.file))


@router.post("/proposals/{number}/decline")
def decline(number: int, account: Edits, office: TheOffice, given: Refused) -> Stands:
    """Leave the list as it is."""
    with office.database.writing() as connection:
        one = _current(connection, number, given.revision)
        proposing.move(connection, one, account, "declined", given.reason)
    return Stands(state="declined", revision=one.revision + 1)


@router.post("/proposals/{number}/undo")
def undo(number: int, account: Edits, office: TheOffice, given: Refused) -> Stands:
    """Take a change out of the list again."""
    with office.editing:
        with office.database.reading() as connection:
            one = _current(connection, number, given.revision)
        proposing.check(one, "undone")
        found = one.found
        edit = withdrawn(office.shelf, found.kind, found.phrase, found.value, one.before)
        with put_back(edit.file), office.database.writing() as connection:
            proposing.move(connection, one, account, "undone", given.reason)
            write(edit.file, edit.text)
    return Stands(state="undone", revision=one.revision + 1, file=str(edit.file))


@router.get("/gold", response_class=Zip, responses={200: {"content": {"application/zip": {}}}})
def gold(account: Exports, office: TheOffice, days: Annotated[Days, Query()]) -> Response:
    """Return what people decided as gold files for `courtesy eval`, in a ZIP file."""
    with office.database.reading() as connection:
        made = zipped(reviewed.sessions(connection, days.first, days.last), names=days.names)
    told = {
        "first": days.first and days.first.isoformat(),
        "last": days.last and days.last.isoformat(),
        "names": days.names,
        "files": made.files,
        "sha256": hashlib.sha256(made.content).hexdigest(),
    }
    with office.database.writing() as connection:
        audit.note(connection, account.name, "export gold", "gold", told)
    return Zip(made.content, headers={"Content-Disposition": 'attachment; filename="gold.zip"'})


@pages.get("/learning")
def page(request: Request, account: Looks) -> Response:
    """Show it."""
    lang = language(request)
    return filled(request, "learning.html.j2", account, method=telling.method().say(lang))


def _current(connection: Any, number: int, revision: int) -> Kept:
    found = proposing.current(connection, number, revision)
    if found is None:
        raise Missing(
            Text("没有这条建议，可能已不成立。", "There is no such proposal; it may have lapsed.")
        )
    return found


def _phrase(one: Precision, names: dict[str, str]) -> dict[str, Any]:
    interval = one.share.interval
    return {
        "phrase": one.phrase,
        "name": names.get(one.phrase, one.phrase),
        "confirmed": one.confirmed,
        "rejected": one.rejected,
        "precision": one.share.value,
        "interval": interval and list(interval),
        "few": one.few,
    }


def _proposal(one: Kept, names: dict[str, str], lang: Lang) -> dict[str, Any]:
    found = one.found
    effect = one.effect and dict(one.effect)
    if effect and effect["refused"]:
        zh, en = effect["refused"]
        effect["refused"] = Text(zh, en).say(lang)
    return {
        "id": one.id,
        "kind": found.kind,
        "phrase": found.phrase,
        "name": names.get(found.phrase, found.phrase),
        "value": found.value,
        "change": telling.change(found.kind, found.value, found.grounds).say(lang),
        "why": telling.why(found.kind, found.grounds).say(lang),
        "evidence": found.evidence,
        "flags": found.grounds["flags"],
        "effect": effect,
        "state": one.state,
        "reason": one.reason,
        "by": one.by,
        "at": one.at.isoformat(timespec="seconds"),
        "revision": one.revision,
    }
