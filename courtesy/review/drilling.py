"""Practice in the browser: a scenario walked through, typed or spoken."""

import secrets
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import Field

from courtesy.drill.booklet import requirement_shown
from courtesy.drill.hearing import NOT_UNDERSTOOD
from courtesy.drill.levels import standings
from courtesy.drill.marking import MANNER, Answer, as_dict
from courtesy.drill.memory import exercise_for, next_due, remember, take_breaches
from courtesy.drill.nearness import SLIPS
from courtesy.drill.scenarios import SITUATIONS, Scenario, Step, name_of
from courtesy.drill.session import Walk, taken_up
from courtesy.drill.voices import recorded, spoken
from courtesy.errors import (
    DamagedRecording,
    InputError,
    NotARecording,
    NotReadable,
    Overtaken,
    ReviewError,
    UsageError,
)
from courtesy.lexicon import Lexicon
from courtesy.messages import Lang, Text
from courtesy.review.access import TheOffice, may
from courtesy.review.answers import language
from courtesy.review.given import Given, Number
from courtesy.review.office import Office
from courtesy.review.refusals import Missing, Unheard
from courtesy.review.rendering import filled
from courtesy.store import practising, training
from courtesy.store.accounts import Account
from courtesy.store.practising import Practice, Unfinished, today

router = APIRouter(prefix="/api/drill", tags=["practice"])
pages = APIRouter(include_in_schema=False)

Practises = Annotated[Account, may("practise")]
_RECENT: Final = 20
_KINDS: Final = {
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".opus": "audio/ogg",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
}
_SOUNDS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {kind: {} for kind in _KINDS.values()}}
}


class Chosen(Given):
    """What is to be practised: a scenario, what an assignment asks for, or what is due."""

    scenario: Annotated[str, Field(max_length=200)] = ""
    assignment: Number | None = None
    due: bool = False


class Place(Given):
    """To what something is an answer.

    Attributes:
        turn: which answer of the drill it is, from 0.
        walk: which drill; empty is whichever there is.
    """

    turn: Annotated[int, Field(ge=0, le=1000)]
    walk: Annotated[str, Field(max_length=32)] = ""


class Spoken(Place):
    """A spoken answer, or one that is `repeated` after the model answer to the turn before."""

    repeated: bool = False


class Answered(Place):
    """A typed answer.

    Attributes:
        text: what was typed.
        seconds: it took.
    """

    text: Annotated[str, Field(max_length=2000)]
    seconds: Annotated[float, Field(ge=0, le=86_400)] | None = None


@router.get("")
def practice(account: Practises, office: TheOffice, request: Request) -> dict[str, Any]:
    """Return what one can practise, what one has to, and how far one is."""
    lang, now = language(request), datetime.now(UTC)
    take_breaches(office.database, account.name, account.clerk, now)
    scenarios = office.teacher.scenarios()
    with office.database.reading() as connection:
        left = practising.unfinished(connection, account.name)
        done = practising.practices(connection, [account.name], _RECENT)
        latest = practising.latest(connection, [account.name])
        given = training.given_to(connection, account)
        held = training.certificates(connection, [account.id])
        due = practising.due(connection, account.name, now.timestamp())
    levels = standings(latest, scenarios.values(), today())
    points = {one.scenario: one.points for one in latest}
    return {
        "scenarios": [_listed(one, points, lang) for one in scenarios.values()],
        "due": due,
        "left": left.state["scenario"] if left else None,
        "spoken": office.teacher.hears,
        "assignments": [
            {
                "id": one.id,
                "class": one.group,
                "scenario": one.scenario,
                "name": name_of(scenarios, one.scenario).say(lang),
                "due": one.due and one.due.isoformat(),
                "examination": one.examination,
                "done": one.done,
                "late": bool(one.due and not one.done and one.due < today()),
            }
            for one in given
        ],
        "recent": [_recent(one, scenarios, lang) for one in done],
        "levels": [
            {
                "id": one.level.id,
                "name": one.level.name.say(lang),
                "held": one.held,
                "until": one.until and one.until.isoformat(),
                "situations": [
                    {
                        "name": SITUATIONS[s].say(lang),
                        "shown": one.shown[s],
                        "wanted": one.wanted[s],
                    }
                    for s in one.wanted
                ],
            }
            for one in levels
        ],
        "certificates": [{"id": one.id, "level": one.level} for one in held if one.valid],
    }


@router.post("/walk")
def begin(account: Practises, office: TheOffice, request: Request, given: Chosen) -> dict[str, Any]:
    """Begin a drill. Another one that is unfinished is given up, unless it is an examination."""
    scenarios = office.teacher.scenarios()
    due = _exercise(office, account, scenarios) if given.due and not given.assignment else ""
    with office.database.writing() as connection:
        left = practising.unfinished(connection, account.name, to_write=True)
        if left and left.examination and _finishable(left, scenarios):
            raise ReviewError(
                Text("考试还没答完，请先答完。", "There is an examination to be finished first.")
            )
        wanted = due or given.scenario
        if given.assignment:
            wanted = training.scenario_of(connection, account, given.assignment)
        scenario = scenarios.get(wanted)
        if scenario is None:
            raise Missing(Text("没有这个情景。", "There is no such scenario."))
        walk = Walk(scenario)
        # By which an answer is known to be one to this drill, and not to another tab's.
        state = walk.state() | {"walk": secrets.token_hex(8)}
        practising.leave(connection, account.name, state, given.assignment)
        left = practising.unfinished(connection, account.name)
    assert left
    return _state(walk, left, office, language(request))


@router.get("/walk")
def walk(account: Practises, office: TheOffice, request: Request) -> dict[str, Any]:
    """Return the drill that one is in."""
    now, left = _walk(account, office)
    return _state(now, left, office, language(request))


@router.delete("/walk", status_code=204)
def give_up(account: Practises, office: TheOffice) -> None:
    """Give a drill up; an examination cannot be."""
    with office.database.writing() as connection:
        left = practising.unfinished(connection, account.name, to_write=True)
        if left and left.examination and _finishable(left, office.teacher.scenarios()):
            raise ReviewError(
                Text("考试不能放弃，请答完。", "An examination cannot be given up; finish it.")
            )
        practising.forget(connection, account.name)


@router.post("/walk/answers")
def answer(
    account: Practises, office: TheOffice, request: Request, given: Answered
) -> dict[str, Any]:
    """Mark a typed answer, and go on to what the customer says to it."""
    return _marked(account, office, given, Answer(given.text, given.seconds), language(request))


@router.post("/walk/spoken")
def speak(
    account: Practises,
    office: TheOffice,
    request: Request,
    given: Annotated[Spoken, Query()],
    sound: Annotated[bytes, Body(media_type="application/octet-stream")] = b"",
) -> dict[str, Any]:
    """Mark a spoken answer: a recording that begins when the customer has finished. It is not kept.

    One that is `repeated`, after the model answer to the turn before, is marked and not counted.
    """
    lang = language(request)
    now, left = _walk(account, office)
    _check(now, left, given)  # before it is listened to
    if given.repeated and (left.examination or not now.turns):
        raise ReviewError(Text("现在不能再说一遍。", "There is nothing to repeat now."))
    step = now.scenario.step(now.turns[-1]["step"]) if given.repeated else now.step
    with tempfile.TemporaryDirectory(prefix="courtesy-") as folder:
        file = Path(folder) / "answer"
        file.write_bytes(sound)
        try:
            heard = office.teacher.hear(file, step)
        except (NotReadable, NotARecording, DamagedRecording) as error:
            raise Unheard(
                Text(
                    "这段录音无法识别，请再说一遍。", "The recording cannot be heard. Say it again."
                )
            ) from error
        except InputError as error:
            raise Unheard(error.text) from error
    if heard.unclear:
        raise Unheard(Text(f"{NOT_UNDERSTOOD.zh}。", f"{NOT_UNDERSTOOD.en.capitalize()}."))
    if not given.repeated:
        return _marked(account, office, given, heard, lang)
    marker = office.teacher.marker()
    mark = marker.mark(now.scenario, step, heard)
    return {"heard": heard.text, "mark": _told(as_dict(mark), step, marker.lexicon, lang)}


@router.get("/sound/{scenario}/{step}", response_class=Response, responses=_SOUNDS)
def sound(
    scenario: str,
    step: str,
    account: Practises,
    office: TheOffice,
    model: Annotated[bool, Query()] = False,
) -> Response:
    """Return the recording of a customer's line, or of a model answer."""
    one = office.teacher.scenarios().get(scenario)
    own = {s.id: s for s in one.steps} if one else {}
    file = recorded(one, own[step], model=model) if one and step in own else None
    with office.database.reading() as connection:
        left = practising.unfinished(connection, account.name)
    if model and left and left.examination:  # it is shown at the end
        file = None
    if file is None:
        raise Missing(Text("没有这句的录音。", "There is no recording of that line."))
    return FileResponse(file, media_type=_KINDS[file.suffix])  # Safari asks for parts of it


@pages.get("/drill")
def page(request: Request, account: Practises) -> Response:
    """Show it; this page alone may ask for the microphone."""
    found = filled(request, "drill.html.j2", account)
    found.headers["Permissions-Policy"] = "microphone=(self)"
    return found


def _walk(account: Account, office: Office) -> tuple[Walk, Unfinished]:
    with office.database.reading() as connection:
        left = practising.unfinished(connection, account.name)
    if left is None:
        raise Missing(Text("没有在练的情景，请选一个。", "There is no drill; choose one."))
    try:
        return taken_up(left.state, office.teacher.scenarios()), left
    except UsageError as error:
        raise Missing(
            Text(
                "这个情景已经改动或不在了，请另选一个。",
                "That scenario was changed or is gone; choose another.",
            )
        ) from error


def _finishable(left: Unfinished, scenarios: Mapping[str, Scenario]) -> bool:
    """Tell whether a drill can still be gone on with: its scenario may be gone, or another one."""
    try:
        taken_up(left.state, scenarios)
    except UsageError:
        return False
    return True


def _check(now: Walk, left: Unfinished, given: Place) -> None:
    """Refuse what was answered to another line, or in another drill."""
    other = given.walk and given.walk != left.state.get("walk")
    if other or len(now.turns) != given.turn or now.over:
        raise _overtaken()


def _overtaken() -> Overtaken:
    return Overtaken(
        Text(
            "这一句已在别处答过，页面已更新。",
            "This line was answered elsewhere; the page was brought up to date.",
        )
    )


def _marked(
    account: Account, office: Office, given: Place, answer: Answer, lang: Lang
) -> dict[str, Any]:
    now, left = _walk(account, office)
    _check(now, left, given)
    marker, step = office.teacher.marker(), now.step
    mark = now.answer(marker, answer)
    with office.database.writing() as connection:
        # Nobody else has answered it meanwhile, or begun another. What it is done for may be over.
        kept = practising.unfinished(connection, account.name, to_write=True)
        if kept is None or kept.state != left.state:
            raise _overtaken()
        if now.over:
            remember(connection, account.name, now, datetime.now(UTC), kept)
        else:
            state = left.state | now.state()
            practising.leave(connection, account.name, state, kept.assignment)
            kept = practising.unfinished(connection, account.name)
            assert kept
    found = _state(now, kept, office, lang)
    if not kept.examination:
        found["mark"] = _told(as_dict(mark), step, marker.lexicon, lang)
    return found | {"heard": answer.text}


def _exercise(office: Office, account: Account, scenarios: Mapping[str, Scenario]) -> str:
    item = next_due(office.database, account.name, datetime.now(UTC))
    lexicon = office.teacher.marker().lexicon
    found = exercise_for(item, list(scenarios.values()), lexicon) if item else None
    if found is None:
        raise Missing(Text("现在没有到期该复习的。", "Nothing is due now."))
    return found.id


def _state(now: Walk, left: Unfinished, office: Office, lang: Lang) -> dict[str, Any]:
    """Return a drill as the page shows it; of an examination no marks before its end."""
    lexicon = office.teacher.marker().lexicon
    shown = now.over or not left.examination
    return {
        "scenario": {
            "id": now.scenario.id,
            "name": now.scenario.name.say(lang),
            "window": now.scenario.window.say(lang),
            "situation": SITUATIONS[now.scenario.situation].say(lang),
        },
        "assignment": left.assignment,
        "examination": left.examination,
        "walk": left.state.get("walk", ""),
        "turn": len(now.turns),
        "over": now.over,
        "points": now.points if shown else None,
        "step": None if now.over else _step(now.scenario, now.step),
        "turns": [
            {
                "customer": now.scenario.step(turn["step"]).customer,
                "answer": turn["answer"],
                "mark": _told(turn["mark"], now.scenario.step(turn["step"]), lexicon, lang)
                if shown
                else None,
            }
            for turn in now.turns
        ],
    }


def _step(scenario: Scenario, step: Step) -> dict[str, Any]:
    return {
        "id": step.id,
        "customer": step.customer,
        "said": spoken(step.customer),
        "recorded": recorded(scenario, step) is not None,
    }


def _told(mark: Mapping[str, Any], step: Step, lexicon: Lexicon, lang: Lang) -> dict[str, Any]:
    """Return a mark with what people read of it."""
    told = dict(mark)
    told["wanted"] = [
        one
        | {
            "name": requirement_shown(one["ref"], lexicon).say(lang),
            "slips": [
                SLIPS[slip].say(lang)
                for slip in dict.fromkeys(s["slip"] for s in one["syllables"] if s["slip"])
            ],
        }
        for one in mark["wanted"]
    ]
    told["better"] = [one | {"say": one["say"][lang]} for one in mark["better"]]
    told["manner"] = [MANNER[name].say(lang) for name in mark["manner"]]
    return told | {"model": step.model, "step": step.id}


def _listed(one: Scenario, points: Mapping[str, float], lang: Lang) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name.say(lang),
        "window": one.window.say(lang),
        "situation": SITUATIONS[one.situation].say(lang),
        "steps": len(one.steps),
        "points": points.get(one.id),
    }


def _recent(one: Practice, scenarios: Mapping[str, Scenario], lang: Lang) -> dict[str, Any]:
    return {
        "scenario": one.scenario,
        "name": name_of(scenarios, one.scenario).say(lang),
        "at": one.at.isoformat(timespec="seconds") + "Z",
        "points": one.points,
        "spoken": one.spoken,
        "examination": one.examination,
    }
