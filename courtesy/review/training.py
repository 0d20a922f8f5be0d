"""The trainer's page: classes, what they are given, how it goes, certificates."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, StringConstraints

from courtesy.analysis.workbook import Cell, Sheet, written
from courtesy.drill.booklet import requirement_shown
from courtesy.drill.levels import LEVELS, Standing, shows, standings
from courtesy.drill.progress import Progress, of_people, together
from courtesy.drill.scenarios import SITUATIONS, Scenario, name_of
from courtesy.errors import ReviewError
from courtesy.lexicon import Lexicon
from courtesy.messages import Lang, Text
from courtesy.review import charts
from courtesy.review.access import MAY, TheOffice, may
from courtesy.review.answers import language
from courtesy.review.given import Day, Given
from courtesy.review.office import Office
from courtesy.review.refusals import Missing
from courtesy.review.rendering import filled
from courtesy.review.spreadsheet import TYPES, as_csv
from courtesy.review.wording import words
from courtesy.store import accounts, practising, training
from courtesy.store.accounts import Account
from courtesy.store.practising import today
from courtesy.store.training import Certificate, Group

router = APIRouter(prefix="/api/training", tags=["training"])
pages = APIRouter(include_in_schema=False)

Trains = Annotated[Account, may("train")]
Sees = Annotated[Account, may("results")]
Practises = Annotated[Account, may("practise")]
_MANY: Final = 100_000  # drills that are looked at
_OUTCOMES: Final = ("said", "close", "missing", "breach")
_FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {kind: {} for kind in TYPES.values()}}
}
_NAME = Field(min_length=1, max_length=64)
_SCENARIO = Annotated[str, Field(max_length=200)]


class Named(Given):
    """A class to be made."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class Members(Given):
    """Who is in a class, by their names.

    Attributes:
        names: who is from now on.
        before: who was on the page where it was changed, so that nobody else's change is lost.
    """

    names: Annotated[list[Annotated[str, _NAME]], Field(max_length=1000)]
    before: Annotated[list[Annotated[str, _NAME]], Field(max_length=1000)] | None = None


class Task(Given):
    """What a class is to practise."""

    scenarios: Annotated[list[_SCENARIO], Field(min_length=1, max_length=100)]
    due: Day | None = None
    examination: bool = False


class Asked(Given):
    """Of which days, and of which class; None is of everybody."""

    group: Annotated[int, Field(ge=1, le=2**53)] | None = None
    first: Day | None = None
    last: Day | None = None


class Exported(Asked):
    """The same, as a file."""

    format: Literal["csv", "xlsx"] = "csv"


class Certified(Given):
    """Whom to certify, and what."""

    person: Annotated[str, _NAME]
    level: Annotated[str, Field(max_length=15)]


@router.get("")
def overview(account: Sees, office: TheOffice, request: Request) -> dict[str, Any]:
    """Return the classes, who may be in one, and what they may be given."""
    lang = language(request)
    scenarios = office.teacher.scenarios()
    with office.database.reading() as connection:
        found = training.groups(connection)
        people = accounts.everybody(connection)
    return {
        "classes": [
            _group(one, scenarios, lang, everything=account.role in MAY["train"]) for one in found
        ],
        "people": [
            {"name": one.name, "shown": one.shown, "role": one.role}
            for one in people
            if one.closed is None
        ],
        "scenarios": [
            {
                "id": one.id,
                "name": one.name.say(lang),
                "window": one.window.say(lang),
                "situation": SITUATIONS[one.situation].say(lang),
            }
            for one in scenarios.values()
        ],
        "levels": [{"id": one.id, "name": one.name.say(lang)} for one in LEVELS],
        "flaws": [flaw.sentence.say(lang) for flaw in office.teacher.flaws()]
        if account.role in MAY["train"]
        else [],
    }


@router.post("/classes", status_code=201)
def make(account: Trains, office: TheOffice, given: Named) -> int:
    """Make a class; return its number."""
    with office.database.writing() as connection:
        return training.make(connection, account, given.name)


@router.put("/classes/{number}/members", status_code=204)
def members(number: int, account: Trains, office: TheOffice, given: Members) -> None:
    """Say who is in a class."""
    with office.database.writing() as connection:
        training.set_members(connection, account, _row(number), given.names, given.before)


@router.delete("/classes/{number}", status_code=204)
def close(number: int, account: Trains, office: TheOffice) -> None:
    """End a class; results stay."""
    with office.database.writing() as connection:
        training.close(connection, account, _row(number))


@router.post("/classes/{number}/assignments", status_code=201)
def assign(number: int, account: Trains, office: TheOffice, given: Task) -> list[int]:
    """Give a class scenarios to practise; return the numbers of the assignments."""
    unknown = [one for one in given.scenarios if one not in office.teacher.scenarios()]
    if unknown:
        raise Missing(Text(f"没有情景 {unknown[0]}。", f"There is no scenario {unknown[0]}."))
    with office.database.writing() as connection:
        return training.assign(
            connection, account, _row(number), dict.fromkeys(given.scenarios), given.due,
            examination=given.examination,
        )  # fmt: skip


@router.delete("/assignments/{number}", status_code=204)
def take_back(number: int, account: Trains, office: TheOffice) -> None:
    """End an assignment; results stay."""
    with office.database.writing() as connection:
        if not training.take_back(connection, account, _row(number)):
            raise Missing(Text("没有这个布置，或已结束。", "No such assignment, or it has ended."))


@router.get("/results")
def results(
    account: Sees, office: TheOffice, request: Request, asked: Annotated[Asked, Query()]
) -> dict[str, Any]:
    """Return how it goes, by person and by what is to be said.

    Who is not a trainer is told of examinations only: the rest is nobody's business.
    """
    lang = language(request)
    found = _Found(office, account, asked)
    lexicon = office.teacher.marker().lexicon
    return {
        "people": [_person(one, found, lang) for one in found.people],
        "said": [
            {"name": _requirement(name, lexicon, lang), **{o: counts[o] for o in _OUTCOMES}}
            for name, counts in sorted(
                together(found.practices).outcomes.items(),
                key=lambda item: -(item[1]["missing"] + item[1]["close"] + item[1]["breach"]),
            )
        ],
        "only_examinations": account.role not in MAY["train"],
    }


@router.get("/results/export", response_class=Response, responses=_FILES)
def export(
    account: Sees, office: TheOffice, request: Request, asked: Annotated[Exported, Query()]
) -> Response:
    """Return the same as a table or a workbook."""
    lang = language(request)
    found = _Found(office, account, asked)
    sheets = _sheets(found, office, lang)
    content = as_csv(sheets[0]) if asked.format == "csv" else written(sheets)
    name = f'attachment; filename="practice.{asked.format}"'
    return Response(content, media_type=TYPES[asked.format],
                    headers={"Content-Disposition": name})  # fmt: skip


@router.post("/certificates", status_code=201)
def certify(account: Trains, office: TheOffice, given: Certified) -> int:
    """Certify a level that somebody holds; return the number of the certificate."""
    with office.database.reading() as connection:
        whose = accounts.find(connection, given.person)
        if whose is None:
            raise Missing(Text("没有这个用户。", "There is no such user."))
        done = practising.latest(connection, [whose.name])
    scenarios = office.teacher.scenarios()
    levels = standings(done, scenarios.values(), today())
    standing = next((s for s in levels if s.level.id == given.level), None)
    if standing is None or standing.until is None:
        raise ReviewError(
            Text(
                "还没有达到这一级，不能发证书。", "That level is not held, and cannot be certified."
            )
        )
    wanted = standing.wanted
    grounds = [
        {"scenario": one.scenario, "at": one.day.isoformat(), "points": one.points}
        for one in done
        if one.scenario in scenarios
        and scenarios[one.scenario].situation in wanted
        and shows(one, today())
    ]
    with office.database.writing() as connection:
        return training.certify(connection, account, whose, given.level, standing.until, grounds)


@router.delete("/certificates/{number}", status_code=204)
def withdraw(number: int, account: Trains, office: TheOffice) -> None:
    """Take a certificate back."""
    with office.database.writing() as connection:
        if not training.withdraw(connection, account, _row(number)):
            raise Missing(
                Text(
                    "没有这张证书，或已收回。", "There is no such certificate, or it was withdrawn."
                )
            )


@pages.get("/training")
def page(request: Request, account: Sees) -> Response:
    """Show it."""
    return filled(
        request, "training.html.j2", account, version=charts.version(), styled=charts.own_styles()
    )


@pages.get("/certificates/{number}")
def certificate(number: int, request: Request, account: Practises, office: TheOffice) -> Response:
    """Show a certificate, to be printed: to its owner, and to who may see results."""
    with office.database.reading() as connection:
        found = training.certificates(connection, number=_row(number))
    mine = found and (found[0].account == account.id or account.role in MAY["results"])
    if not mine:
        raise Missing(Text("没有这张证书。", "There is no such certificate."))
    lang, scenarios = language(request), office.teacher.scenarios()
    level = next(one for one in LEVELS if one.id == found[0].level)
    return filled(
        request,
        "certificate.html.j2",
        account,
        one=found[0],
        level=level.name.say(lang),
        situations=[SITUATIONS[name].say(lang) for name in _situations(level.id)],
        grounds=[
            {**ground, "name": name_of(scenarios, ground["scenario"]).say(lang)}
            for ground in found[0].grounds
            # What it rests on is practice, which is nobody else's business.
            if found[0].account == account.id or account.role in MAY["train"]
        ],
    )


class _Found:
    """What was practised by some people on some days.

    Attributes:
        people: whose, by name: who is in a class, and who practised for it before.
        practices: theirs, the latest first.
        progress: by their names.
        levels: how far each is, whatever the days.
        certificates: of each, the last ones first.
    """

    def __init__(self, office: Office, account: Account, asked: Asked) -> None:
        only = account.role not in MAY["train"]
        with office.database.reading() as connection:
            groups = training.groups(connection)
            own = [one for one in groups if asked.group in {None, one.id}]
            if asked.group is not None and not own:
                raise Missing(Text("没有这个班级。", "There is no such class."))
            taken_part = training.took_part(connection, [one.id for one in own])
            people = {a.name: a for a in taken_part}
            # A day begins by this machine's clock, and what is kept is told in UTC.
            begins = datetime.combine(asked.first, time()) if asked.first else None
            since = begins and begins.astimezone(UTC).replace(tzinfo=None)
            found = practising.practices(connection, people, _MANY, since=since, examinations=only)
            held = training.certificates(connection, [a.id for a in people.values()])
            # A level is told of by everything; an outsider is not told at all.
            latest = () if only else practising.latest(connection, people)
        self.people: list[Account] = sorted(people.values(), key=lambda a: a.name)
        self.practices = [one for one in found if asked.last is None or one.day <= asked.last]
        self.progress = of_people(self.practices)
        scenarios = office.teacher.scenarios()
        told = [] if only else self.people
        self.levels: dict[str, tuple[Standing, ...]] = {
            a.name: standings([one for one in latest if one.person == a.name],
                              scenarios.values(), today())
            for a in told
        }  # fmt: skip
        self.certificates: dict[int, list[Certificate]] = {}
        for one in held:
            self.certificates.setdefault(one.account, []).append(one)


def _situations(level: str) -> list[str]:
    found: list[str] = []
    for one in LEVELS:
        found += one.situations
        if one.id == level:
            break
    return found


def _group(
    one: Group, scenarios: Mapping[str, Scenario], lang: Lang, *, everything: bool
) -> dict[str, Any]:
    """Return a class; who has practised is told of examinations, or to whom `everything` is."""
    return {
        "id": one.id,
        "name": one.name,
        "trainer": one.trainer,
        "closed": one.closed,
        "members": [{"name": a.name, "shown": a.shown} for a in one.members],
        "assignments": [
            {
                "id": given.id,
                "scenario": given.scenario,
                "name": name_of(scenarios, given.scenario).say(lang),
                "due": given.due and given.due.isoformat(),
                "examination": given.examination,
                "closed": given.closed,
                "done": given.done if everything or given.examination else None,
            }
            for given in one.assignments
        ],
    }


def _person(one: Account, found: _Found, lang: Lang) -> dict[str, Any]:
    progress = found.progress.get(one.name, Progress())
    return {
        "name": one.name,
        "shown": one.shown,
        "drills": progress.drills,
        "spoken": progress.spoken,
        "mean": progress.mean,
        "weeks": [
            {"first": day.isoformat(), "mean": mean, "drills": len(progress.weeks[day])}
            for day, mean in progress.by_week().items()
        ],
        "levels": [
            {"id": s.level.id, "name": s.level.name.say(lang), "held": s.held,
             "shown": sum(s.shown.values()), "wanted": sum(s.wanted.values())}
            for s in found.levels.get(one.name, ())
        ],
        "certificates": [
            {"id": c.id, "level": c.level, "until": c.until.isoformat()}
            for c in found.certificates.get(one.id, ())
            if c.valid
        ],
    }  # fmt: skip


def _requirement(name: str, lexicon: Lexicon, lang: Lang) -> str:
    return requirement_shown(name, lexicon).say(lang)


def _sheets(found: _Found, office: Office, lang: Lang) -> list[Sheet]:
    w, lexicon = words(lang), office.teacher.marker().lexicon
    scenarios = office.teacher.scenarios()
    shown = {one.name: one.shown for one in found.people}
    drills: list[Sequence[Cell]] = [
        [
            shown[one.person], one.person, one.at.replace(microsecond=0),
            name_of(scenarios, one.scenario).say(lang),
            one.points, w["training_yes"] if one.spoken else "",
            w["training_yes"] if one.examination else "",
        ]
        for one in found.practices
    ]  # fmt: skip
    phrases: list[Sequence[Cell]] = [
        [shown[person], person, _requirement(name, lexicon, lang), *(counts[o] for o in _OUTCOMES)]
        for person, progress in sorted(found.progress.items())
        for name, counts in progress.outcomes.items()
    ]
    weeks: list[Sequence[Cell]] = [
        [shown[person], person, day, mean]
        for person, progress in sorted(found.progress.items())
        for day, mean in progress.by_week().items()
    ]
    who = w["training_person"]
    outcomes = [w[f"training_{name}"] for name in _OUTCOMES]
    return [
        Sheet(w["training_drills"], [who, w["name"], w["training_at"], w["training_scenario"],
                                     w["training_points"], w["training_spoken"],
                                     w["training_examination"]], drills),
        Sheet(w["training_phrases"], [who, w["name"], w["training_phrase"], *outcomes], phrases),
        Sheet(w["training_weeks"], [who, w["name"], w["training_week"], w["training_points"]],
              weeks),
    ]  # fmt: skip


def _row(number: int) -> int:
    if not 0 < number < 2**63:
        raise Missing(Text("没有这个编号。", "There is nothing of that number."))
    return number
