"""The queue, and what people do with a flag."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, Field

from courtesy.messages import Text
from courtesy.review import sound
from courtesy.review.access import SignedIn, TheOffice, may
from courtesy.review.answers import language
from courtesy.review.conversation import Shown, time_of
from courtesy.review.given import Day, Given, Number
from courtesy.review.refusals import Forbidden, Missing
from courtesy.reviews import COUNTED, Outcome, State, Why
from courtesy.store import appealing, deciding, queueing
from courtesy.store.accounts import Account
from courtesy.store.queueing import Flag, Listed, Wanted
from courtesy.store.showing import case

router = APIRouter(prefix="/api/findings", tags=["findings"])

_TEXT = Field(max_length=2000)
Looks = Annotated[Account, may("look")]
Unmasks = Annotated[Account, may("unmask")]
Decides = Annotated[Account, may("decide")]
Settles = Annotated[Account, may("settle")]
Appeals = Annotated[Account, may("appeal")]


class Chosen(Given):
    """Which flags are asked for."""

    state: Annotated[list[State | Literal["counted"]], Field(default_factory=lambda: ["waiting"])]
    hall: str = ""
    window: str = ""
    clerk: str = ""
    rule: str = ""
    phrase: str = ""
    severity: Literal["", "minor", "serious", "fatal"] = ""
    first: Day | None = None
    last: Day | None = None
    weekday: Annotated[int | None, Field(ge=0, le=6)] = None
    hour: Annotated[int | None, Field(ge=0, le=23)] = None
    least: Annotated[float | None, Field(ge=0, le=1)] = None
    most: Annotated[float | None, Field(ge=0, le=1)] = None
    whose: Literal["", "mine", "free"] = ""
    plan: Number | None = None
    after: Annotated[str, Field(pattern=r"^(-?[0-9]+(\.[0-9]+)?,[0-9]{1,18})?$", max_length=40)] = (
        ""
    )


class Decided(Given):
    """What somebody says of a flag as they saw it."""

    revision: Annotated[int, Field(ge=0, lt=2**31)]
    outcome: Outcome
    why: Why = ""
    note: Annotated[str, _TEXT] = ""


class Taken(Given):
    """Which state of a flag somebody saw."""

    revision: Annotated[int, Field(ge=0, lt=2**31)]


class Comment(Given):
    """A comment."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]


class Corrected(Given):
    """What an utterance says, or who says it."""

    utterance: Annotated[int, Field(ge=0, lt=2**31)]
    heard: Annotated[str | None, _TEXT] = None
    role: Literal["clerk", "customer", "unknown"] | None = None


class Stands(BaseModel):
    """What stands of a flag now."""

    state: State
    revision: int


class Done(BaseModel):
    """How many there were."""

    count: int


@router.get("")
def queue(
    account: SignedIn, office: TheOffice, chosen: Annotated[Chosen, Query()], request: Request
) -> dict[str, Any]:
    """Return one page of flags, the most urgent first; a clerk's own only."""
    wanted = wanted_of(chosen, account)
    after = _place(chosen.after)
    with office.database.reading() as connection:
        many, more = queueing.count(connection, wanted)
        found = queueing.listed(connection, wanted, after, many=more)
    lang = language(request)
    last = found[-1].flag if len(found) == queueing.PAGE else None
    return {
        "findings": [_row(one, lang) for one in found],
        "count": many,
        "more": more,
        "next": f"{last.rank},{last.id}" if last else None,
    }


@router.get("/{number}")
def one(number: int, account: SignedIn, office: TheOffice, request: Request) -> dict[str, Any]:
    """Return a flag with all that is needed to decide about it."""
    found = shown(office, account, number)
    past = found.case.history
    until = None if past.appeal else appealing.until_of(past.decisions, office.deadlines)
    return found.as_json(language(request)) | {
        "around": office.options.around_seconds,
        "appeal_until": None if found.blind else time_of(until),
    }


@router.post("/{number}/decision")
def decide(number: int, account: Decides, office: TheOffice, given: Decided) -> Stands:
    """Decide about a flag."""
    with office.database.writing() as connection:
        flag = deciding.current(connection, number, given.revision)
        if flag.state == "disputed" and account.role != "supervisor":
            raise Forbidden(
                Text("两人意见不同的，由主管决定。", "Where two differ a supervisor decides."),
            )
        state = deciding.decide(connection, flag, account, given.outcome, given.why, given.note)
    return Stands(state=state, revision=flag.revision + 1)


@router.delete("/{number}/decision")
def take_back(
    number: int, account: Decides, office: TheOffice, given: Annotated[Taken, Query()]
) -> Stands:
    """Take back one's own decision."""
    with office.database.writing() as connection:
        flag = deciding.current(connection, number, given.revision)
        state = deciding.take_back(connection, flag, account)
    return Stands(state=state, revision=flag.revision + 1)


@router.post("/{number}/comments", status_code=201)
def comment(number: int, account: Looks, office: TheOffice, given: Comment) -> None:
    """Comment on a flag."""
    with office.database.writing() as connection:
        deciding.say(connection, _flag(connection, number), account, given.text)


@router.post("/{number}/corrections", status_code=201)
def correct(number: int, account: Decides, office: TheOffice, given: Corrected) -> None:
    """Correct what was said, or who said it."""
    with office.database.writing() as connection:
        flag = _flag(connection, number)
        deciding.correct(connection, flag, account, given.utterance, given.heard, given.role)


@router.post("/{number}/roles")
def swap_roles(number: int, account: Decides, office: TheOffice) -> Done:
    """Correct that clerk and customer are the wrong way round in this interaction."""
    with office.database.writing() as connection:
        return Done(count=deciding.swap_roles(connection, _flag(connection, number), account))


@router.get("/{number}/sound", response_class=sound.Wav, responses=sound.RESPONSES)
def listen(
    number: int,
    account: SignedIn,
    office: TheOffice,
    wanted: Annotated[str | None, Header(alias="range")] = None,
) -> Response:
    """Return the sound around what was said, as a WAV file, or a part of it."""
    found = shown(office, account, number)
    return sound.answer(office.database, found, office.options.around_seconds, wanted)


@router.post("/{number}/unmasked", response_class=sound.Wav, responses=sound.UNMASKED)
def listen_unmasked(
    number: int, account: Unmasks, office: TheOffice, given: sound.Reason
) -> Response:
    """Return the sound with nothing covered; who asks, and why, is kept in the trail."""
    found, around = shown(office, account, number), office.options.around_seconds
    return sound.unmasked(office.database, found, around, account, f"flag {number}", given.reason)


def shown(office: Any, account: Account, number: int) -> Shown:
    """Return a flag as an account may see it.

    Raises:
        ReviewError: there is none of that number, or it is somebody else's.
    """
    with office.database.reading() as connection:
        flag = _flag(connection, number)
        if account.role == "clerk" and account.clerk != flag.clerk:
            raise Forbidden(Text("只能看自己的。", "People see their own only."))
        return Shown(case(connection, flag), account)


def wanted_of(chosen: Chosen, account: Account) -> Wanted:
    """Return which flags somebody asks for, as far as they may see them."""
    own = account.role == "clerk"
    second = "second" in chosen.state
    # What an overview counts: said for certain, and not found otherwise by anybody.
    counted = "counted" in chosen.state
    return Wanted(
        states=tuple(COUNTED) if counted else tuple(s for s in chosen.state if s != "counted"),
        verdict="fail" if counted else "",
        hall=chosen.hall,
        window=chosen.window,
        clerk=account.clerk if own else chosen.clerk,
        rule=chosen.rule,
        phrase=chosen.phrase,
        severity=chosen.severity,
        first=chosen.first,
        last=chosen.last,
        weekday=chosen.weekday,
        hour=chosen.hour,
        least=chosen.least,
        most=chosen.most,
        assigned=account.id if chosen.whose == "mine" else None,
        free=datetime.now(UTC).replace(tzinfo=None) if chosen.whose == "free" else None,
        plan=chosen.plan,
        not_by=account.id if second else None,
    )


def _row(one: Listed, lang: Any) -> dict[str, Any]:
    flag = one.flag
    return {
        "id": flag.id,
        "rule": flag.rule,
        "phrase": flag.phrase,
        "verdict": flag.verdict,
        "severity": flag.severity,
        "confidence": flag.confidence,
        "hall": flag.hall,
        "window": flag.window,
        "clerk": flag.clerk,
        "began": flag.began and flag.began.isoformat(timespec="seconds"),
        "state": flag.state,
        "revision": flag.revision,
        "heard": one.said,
        "reason": one.reason_zh if lang == "zh" else one.reason_en,
        "start": one.start,
        "assigned": one.assigned,
    }


def _flag(connection: Any, number: int) -> Flag:
    found = queueing.flag(connection, number)
    if found is None:
        raise Missing(Text("没有这一条，可能已清理。", "There is no such flag; it may be purged."))
    return found


def _place(after: str) -> tuple[float, int] | None:
    rank, _, number = after.partition(",")
    return (float(rank), int(number)) if number else None
