"""What a draft of a list would change in past talk, while the desk goes on answering."""

from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from courtesy.errors import LexiconError, ReviewError
from courtesy.lists.shelf import Shelf
from courtesy.messages import Lang, Text
from courtesy.pipeline import Pipeline, load_pipeline
from courtesy.report import names
from courtesy.review.access import TheOffice, may
from courtesy.review.answers import language
from courtesy.review.given import Given
from courtesy.review.refusals import Missing
from courtesy.store import drafting
from courtesy.store.accounts import Account
from courtesy.trying.differences import Difference
from courtesy.trying.trial import Trial

router = APIRouter(prefix="/api/lists/trials", tags=["lists"])
Edits = Annotated[Account, may("edit")]
_SECONDS: Final = 300.0  # after which a trial tells what it has


class Asked(Given):
    """Which version is tried, and on how many of the newest interactions."""

    file: Annotated[str, Field(max_length=100)]
    revision: Annotated[int, Field(ge=1, le=2**31 - 1)]
    count: Annotated[int, Field(ge=1, le=5000)] = 200


class Begun(BaseModel):
    """A trial that has begun."""

    number: int


@router.post("")
def begin(account: Edits, office: TheOffice, given: Asked) -> Begun:
    """Begin to judge past talk by a saved version, beside what is in force."""
    with office.database.reading() as connection:
        text = drafting.text_of(connection, given.file, given.revision)
    if text is None:
        raise Missing(Text("没有这个版本。", "There is no such version."))
    now, then = _pipeline(office.shelf), _pipeline(office.shelf, given.file, text)
    trial = Trial(office.database, now, then, given.count, _SECONDS)
    number = office.trials.start(account.name, trial)
    if isinstance(number, str):
        raise ReviewError(
            Text(
                f"{number} 正在试算，一次只能有一个。请等它做完，或取消它。",
                f"{number} is trying a list, and there is one at a time. Wait for it, or cancel "
                "it.",
            )
        )
    return Begun(number=number)


def _pipeline(shelf: Shelf, name: str = "", text: str = "") -> Callable[[], Pipeline]:
    """Return what makes a pipeline of the lists in force, or with a draft among them."""

    def make() -> Pipeline:
        if not name:
            return load_pipeline(shelf.settings, shelf.folders[1:])
        with shelf.with_draft(name, text) as folders:
            try:
                return load_pipeline(shelf.settings, folders[1:])
            except LexiconError as error:
                place = f"{folders[-1]}/"
                said = error.text
                raise LexiconError(
                    Text(said.zh.replace(place, ""), said.en.replace(place, ""))
                ) from error

    return make


@router.get("/{number}")
def told(number: int, account: Edits, office: TheOffice, request: Request) -> dict[str, Any]:
    """Return how far a trial is, and what it has found."""
    trial, lang = _known(office.trials.get(number)), language(request)
    found = trial.summary
    return {
        "state": trial.state,
        "fault": trial.fault.say(lang) if trial.fault else "",
        "done": trial.done,
        "total": trial.total,
        "interactions": found.interactions,
        "changed": found.changed,
        "apart": found.apart,
        "before": round(found.before / found.scored, 2) if found.scored else None,
        "after": round(found.after / found.scored, 2) if found.scored else None,
        "kinds": found.kinds,
        "accusations": found.accusations,
        "cleared": found.cleared,
        "differences": [_difference(one, lang) for one in trial.shown],
    }


def _difference(one: Difference, lang: Lang) -> dict[str, Any]:
    def verdict(value: Any) -> str:
        return names.verdict_name(value, one.rule).say(lang) if value else "–"

    return {
        "kind": one.kind,
        "accuses": one.accuses,
        "rule": names.rule_name(one.rule).say(lang),
        "before": verdict(one.before),
        "after": verdict(one.after),
        "points": one.points,
        "phrase": one.phrase,
        "phrase_id": one.phrase_id,
        "sentence": one.sentence,
        "reason": one.reason.say(lang),
    }


@router.delete("/{number}", status_code=204)
def cancel(number: int, account: Edits, office: TheOffice) -> None:
    """Have a trial end; what it has found so far stays."""
    _known(office.trials.get(number)).cancel()


def _known(trial: Trial | None) -> Trial:
    if trial is None:
        raise Missing(Text("没有这次试算，或已有新的。", "No such trial, or there is a newer one."))
    return trial
