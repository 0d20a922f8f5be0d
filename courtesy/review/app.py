"""The desk as an application that any ASGI server serves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles

from courtesy import __version__
from courtesy.config import ReviewOptions
from courtesy.lists.shelf import Shelf
from courtesy.review import (
    agreement,
    answers,
    appealing,
    charts,
    drilling,
    findings,
    interactions,
    learning,
    lists,
    overview,
    pages,
    queues,
    rendering,
    signing,
    trail,
    training,
    trials,
)
from courtesy.review.access import same_site
from courtesy.review.keeping_up import KeepingUp
from courtesy.review.learner import Learning
from courtesy.review.office import Office
from courtesy.store import Database

_ABOUT = "Flags of courtesy, listened to and decided about by people."


def make_app(
    database: Database,
    options: ReviewOptions,
    *,
    secure: bool = False,
    shelf: Shelf | None = None,
) -> FastAPI:
    """Return the application over a store.

    Args:
        database: the store; whoever opened it closes it.
        options: the settings.
        secure: whether it is served by TLS, so that cookies are never sent without.
        shelf: the lists and the rubric in force; None has the built-in ones, which nobody edits.
    """
    office = Office(database, options, secure, shelf=shelf or Shelf())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with KeepingUp(office), Learning(office):
            yield
        office.trials.close()

    app = FastAPI(
        title="courtesy review",
        description=_ABOUT,
        version=__version__,
        openapi_url="/api/openapi.json",
        # Their pages would fetch scripts from a content network.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        dependencies=[Depends(same_site)],
        responses=answers.RESPONSES,
    )
    app.state.office = office
    app.include_router(signing.router)
    app.include_router(findings.router)
    app.include_router(queues.router)
    rooms = (appealing, agreement, interactions, overview, learning, lists, trail)
    for room in (*rooms, drilling, training):
        app.include_router(room.router)
        app.include_router(room.pages)
    app.include_router(charts.router)
    app.include_router(trials.router)
    app.include_router(pages.router)
    static = resources.files("courtesy.review") / "static"
    app.mount("/static", StaticFiles(directory=str(static)), name="static")
    answers.prepare(app, rendering.error)
    return app
