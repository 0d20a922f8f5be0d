"""What all tests share: one lexicon, one matcher, one model, and each sample heard at most once."""

import functools
import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from browser import FLAGS, browser
from databases import PostgreSQL
from pulse import Pulse
from stored import keep_transcripts

from courtesy.config import Settings
from courtesy.errors import ModelError
from courtesy.folders import lexicon_dir, rubric_file
from courtesy.lexicon import Lexicon, load_lexicon
from courtesy.matching.matcher import Matcher
from courtesy.pipeline import LoadRecogniser, Pipeline, whisper
from courtesy.records import Heard, Recording
from courtesy.scoring.rubric import Rubric
from courtesy.scoring.rubric_file import load_rubric
from courtesy.speech.listen import listen
from courtesy.speech.models import locate
from courtesy.speech.recognise import Recogniser
from courtesy.store import Database, open_database

if TYPE_CHECKING:
    from playwright.sync_api import Browser

IN_CI = bool(os.environ.get("CI"))

# How long one case takes depends on what else the machine does.
hypothesis.settings.register_profile("courtesy", deadline=None, derandomize=IN_CI)
hypothesis.settings.load_profile("courtesy")


@pytest.fixture(autouse=True)
def no_settings_of_the_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Keep the settings of whoever runs the tests out of them."""
    for name in ("COURTESY_CONFIG", "COURTESY_DB", "COURTESY_LEXICONS", "COURTESY_LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.getbasetemp() / "no-config"))
    no_prints = tmp_path_factory.getbasetemp() / "no-prints" / "voiceprints.json"
    monkeypatch.setenv("COURTESY_VOICEPRINTS", str(no_prints))


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return load_lexicon([lexicon_dir()])


@pytest.fixture(scope="session")
def rubric() -> Rubric:
    return load_rubric(rubric_file("window"))


@pytest.fixture(scope="session")
def matcher(lexicon: Lexicon) -> Matcher:
    return Matcher(lexicon, Settings().matching)


@pytest.fixture(scope="session")
def make_pipeline(lexicon: Lexicon, rubric: Rubric) -> Callable[..., Pipeline]:
    """Make a pipeline with the built-in lexicons around a recogniser."""

    def make(recogniser: Recogniser | None = None, settings: Settings | None = None) -> Pipeline:
        load: LoadRecogniser = (lambda: recogniser) if recogniser else _nothing_to_hear
        return Pipeline(settings or Settings(), lexicon, rubric, load)

    return make


def _nothing_to_hear() -> Recogniser:
    msg = "this test has no recogniser"
    raise AssertionError(msg)


@pytest.fixture(scope="session")
def judge(make_pipeline: Callable[..., Pipeline]) -> Callable[[Heard], Recording]:
    """Judge talk that needs no listening."""
    return make_pipeline().judge


@pytest.fixture(scope="session")
def model_folder() -> Path:
    """Give the folder of the model `base`; without it a test is skipped, in CI it fails."""
    try:
        return locate("base")
    except ModelError as error:
        if IN_CI:
            pytest.fail(error.say("en"))
        pytest.skip(error.say("en"))


@pytest.fixture(scope="session")
def recogniser(model_folder: Path) -> Recogniser:
    return whisper(Settings())


@pytest.fixture(scope="session")
def hear(recogniser: Recogniser) -> Callable[[Path], Heard]:
    """Listen to a file with the real model; the same file only once a session."""

    @functools.cache
    def heard(path: Path) -> Heard:
        return listen(path, recogniser, Settings().speech)

    return heard


@pytest.fixture(scope="session")
def scored(
    hear: Callable[[Path], Heard], judge: Callable[[Heard], Recording]
) -> Callable[[Path], Recording]:
    """Listen to a file with the real model and judge it."""
    return lambda path: judge(hear(path))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """Start a PostgreSQL of our own; without its programs a test is skipped, in CI it fails."""
    if not PostgreSQL.installed():
        missing = "needs PostgreSQL (apt-get install postgresql)"
        if IN_CI:
            pytest.fail(missing)
        pytest.skip(missing)
    with PostgreSQL() as server:
        yield server


@pytest.fixture(scope="session")
def pulse() -> Iterator[Pulse]:
    """Start a sound server of our own; without its programs a test is skipped, in CI it fails."""
    missing = Pulse.missing()
    if missing:
        if IN_CI:
            pytest.fail(f"needs {missing}")
        pytest.skip(f"needs {missing}")
    with Pulse() as server:
        yield server


_numbers = itertools.count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of a database that is new, or not there yet: on SQLite, and on PostgreSQL."""
    if request.param == "sqlite":
        return str(tmp_path / "courtesy.sqlite3")
    return request.getfixturevalue("postgresql").new_database(f"test{next(_numbers)}")


@pytest.fixture
def database(db_url: str) -> Iterator[Database]:
    """Give a new database with its tables."""
    made = open_database(db_url)
    yield made
    made.close()


@pytest.fixture(scope="session")
def kept_desk(
    tmp_path_factory: pytest.TempPathFactory, make_pipeline: Callable[..., Pipeline]
) -> Path:
    """Give the file of a store that the desk shows, made once; `desks.desk_of` copies it."""
    from desks import make_store

    file = tmp_path_factory.mktemp("kept") / "desk.sqlite3"
    make_store(file, make_pipeline)
    return file


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """Start a browser; where none is installed a test is skipped, in CI it fails."""
    found = browser()
    if found is None:
        if IN_CI:
            pytest.fail("needs Chromium (apt-get install chromium)")
        pytest.skip("needs Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def full(database: Database, make_pipeline: Callable[..., Pipeline]) -> Database:
    """Give a database with the sample transcripts, one a day."""
    keep_transcripts(database, make_pipeline())
    return database


@pytest.fixture
def file(tmp_path: Path, make_pipeline: Callable[..., Pipeline]) -> Iterator[Path]:
    """Give the file of a SQLite store with the sample transcripts."""
    file = tmp_path / "courtesy.sqlite3"
    with open_database(str(file)) as database:
        keep_transcripts(database, make_pipeline())
        yield file
