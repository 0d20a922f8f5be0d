"""What decisions teach, on the desk: numbers, proposals accepted and undone, gold files."""

import io
import json
import shutil
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from desks import Browse, Desk, desk_over, refused, served, staff_of
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect
from stored import command

from courtesy.config import ReviewOptions
from courtesy.errors import StoreError
from courtesy.folders import lexicon_dir
from courtesy.learning.lists import digest_of
from courtesy.lists.shelf import Shelf
from courtesy.messages import Text
from courtesy.pipeline import Pipeline
from courtesy.records import Heard, Utterance
from courtesy.review import learner, learning
from courtesy.review.access import COOKIE
from courtesy.review.app import make_app
from courtesy.review.learner import Learner
from courtesy.reviews import Outcome, Why
from courtesy.store import Database, audit, deciding, lessons, proposing, queueing, reviewed, tables
from courtesy.store.accounts import Account
from courtesy.store.flagging import catch_up
from courtesy.store.opening import open_database
from courtesy.store.saving import Origin, keep

HELPLESS = "forbidden-nobody-can-help"
QUOTED, SAID, MISHEARD = "我跟你讲投诉也没用！", "找谁都没用！", "找谁也没用！"
WORDING, HARMLESS = "找天王老子也不顶事", "我跟你讲投诉也没用"
CLERK = "陈小明"


def keep_talk(database: Database, pipeline: Pipeline, number: int, said: str) -> None:
    words = (f"您好，{CLERK}为您服务。", "我想问一下。", said, "请慢走，再见。")
    roles = ("clerk", "customer", "clerk", "clerk")
    heard = Heard(
        f"/talks/{CLERK}-{number}.txt",
        tuple(
            Utterance(i, text, role, 3.0 * i, 3.0 * i + 2)
            for i, (text, role) in enumerate(zip(words, roles, strict=True))
        ),
        began=datetime(2026, 11, 1 + number % 20, 9, 30),
    )
    origin = Origin(f"{number:064}", heard.path, "一号厅", "3号", CLERK)
    with database.writing() as connection:
        keep(connection, origin, [pipeline.judge(heard)], pipeline.made_by())


def decide(
    database: Database, staff: dict[str, Account], said: str, outcome: Outcome, why: Why = ""
) -> list[int]:
    """Have a reviewer decide about all flags of what was said; return their numbers."""
    own = tables.flags.c
    query = (
        sa.select(own.id)
        .join(
            tables.utterances,
            sa.and_(
                tables.utterances.c.recording_id == own.recording_id,
                tables.utterances.c.number == own.utterance,
            ),
        )
        .where(own.phrase_id == HELPLESS, tables.utterances.c.heard == said)
        .order_by(own.id)
    )
    with database.writing() as connection:
        numbers = list(connection.scalars(query))
        for number in numbers:
            flag = queueing.flag(connection, number)
            assert flag
            deciding.decide(connection, flag, staff["li"], outcome, why)
    return numbers


def make_talks(database: Database, pipeline: Pipeline) -> dict[str, Account]:
    """Keep talks and what people decided about them."""
    for number in range(6):
        keep_talk(database, pipeline, number, QUOTED)
    for number in range(6, 21):
        keep_talk(database, pipeline, number, SAID)
    for number in range(21, 33):
        keep_talk(database, pipeline, number, MISHEARD)
    catch_up(database, 0.0)
    staff = staff_of(database)
    decide(database, staff, QUOTED, "rejected", "quoted")
    confirmed = decide(database, staff, SAID, "confirmed")
    misheard = decide(database, staff, MISHEARD, "rejected", "words")
    own, flags = tables.matches.c, tables.flags.c
    with database.writing() as connection:
        for number in confirmed[:3]:
            flag = queueing.flag(connection, number)
            assert flag
            deciding.correct(connection, flag, staff["li"], flag.utterance, f"{WORDING}！")
        # As if they had been heard by a recogniser, which is not that sure.
        some = sa.select(flags.result_id).where(flags.id.in_(misheard))
        is_it = sa.and_(own.phrase_id == HELPLESS, own.result_id.in_(some))
        connection.execute(sa.update(tables.matches).where(is_it).values(confidence=0.88))
    return staff


@pytest.fixture(scope="module")
def learned(
    tmp_path_factory: pytest.TempPathFactory, make_pipeline: Callable[..., Pipeline]
) -> Path:
    """Give the file of a store in which everything was worked out once."""
    file = tmp_path_factory.mktemp("learned") / "desk.sqlite3"
    with open_database(str(file)) as database:
        make_talks(database, make_pipeline())
        Learner(make_app(database, ReviewOptions()).state.office).look()
    return file


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf((tmp_path / "own",))


@pytest.fixture
def desk(learned: Path, tmp_path: Path, shelf: Shelf) -> Iterator[Desk]:
    file = tmp_path / "desk.sqlite3"
    shutil.copy(learned, file)
    with desk_over(open_database(str(file))) as found:
        found.app = make_app(found.store, ReviewOptions(twice=0.0), shelf=shelf)
        yield found


@pytest.fixture
def browse(desk: Desk) -> Browse:
    names = {"reviewer": "li", "supervisor": "zhao"}
    return lambda role: desk.browser(names.get(role, role))


@pytest.fixture
def trainer(browse: Browse) -> TestClient:
    return browse("trainer")


def proposal(client: TestClient, kind: str) -> dict[str, Any]:
    found = client.get("/api/learning").json()["proposals"]
    (one,) = [one for one in found if one["kind"] == kind]
    return dict(one)


def act(client: TestClient, one: dict[str, Any], what: str, **more: object) -> Any:
    body = {"revision": one["revision"], **more}
    return client.post(f"/api/learning/proposals/{one['id']}/{what}", json=body)


def actions(desk: Desk) -> list[str]:
    with desk.store.reading() as connection:
        return [one.action for one in audit.listed(connection, audit.Asked())]


# --- what is told ---------------------------------------------------------------------------------


def test_a_phrase_is_told_with_counts_interval_and_the_decisions_behind(
    trainer: TestClient,
) -> None:
    (one,) = trainer.get("/api/learning").json()["phrases"]
    assert (one["phrase"], one["name"]) == (HELPLESS, "找谁都没用")
    assert (one["confirmed"], one["rejected"]) == (15, 18)
    assert one["precision"] == pytest.approx(15 / 33)
    low, high = one["interval"]
    assert low == pytest.approx(0.298, abs=0.001)
    assert high == pytest.approx(0.620, abs=0.001)
    behind = trainer.get("/api/findings", params={"phrase": HELPLESS, "state": "rejected"})
    assert behind.json()["count"] == 18


def test_what_is_open_counts_for_neither_side_and_an_appeal_has_the_last_word(
    desk: Desk, trainer: TestClient
) -> None:
    own = tables.flags.c
    with desk.store.writing() as connection:
        confirmed = sa.select(own.id).where(own.state == "confirmed").order_by(own.id)
        some = list(connection.scalars(confirmed))
        for number, state in zip(
            some, ("appealed", "disputed", "unsure", "rejected"), strict=False
        ):
            connection.execute(sa.update(tables.flags).where(own.id == number).values(state=state))
    (one,) = trainer.get("/api/learning").json()["phrases"]
    assert (one["confirmed"], one["rejected"]) == (11, 19)


def test_each_kind_is_proposed_with_its_grounds_and_its_effect(trainer: TestClient) -> None:
    found = trainer.get("/api/learning").json()["proposals"]
    assert {one["kind"]: one["value"] for one in found} == {
        "threshold": "0.94",
        "exclusion": HARMLESS,
        "variant": WORDING,
    }
    threshold = proposal(trainer, "threshold")
    assert "12" in threshold["why"]
    assert len(threshold["flags"]) == 12
    harmless = proposal(trainer, "exclusion")
    assert harmless["effect"]["gone"] == {"rejected": 6}
    assert harmless["effect"]["recordings"] == 33
    assert harmless["effect"]["come"] == {}
    assert harmless["effect"]["refused"] is None
    assert harmless["effect"]["gold"]["before"] == harmless["effect"]["gold"]["after"]
    assert harmless["effect"]["gold"]["dialogues"] > 5
    assert harmless["effect"]["lexicons"] == digest_of(Shelf())


def test_the_page_is_there_for_those_who_have_an_overview(browse: Browse) -> None:
    for role in ("supervisor", "trainer", "administrator"):
        assert "/static/learning.js" in browse(role).get("/learning").text
    refused(browse("reviewer").get("/api/learning"), 403, "forbidden")


# --- accepted, declined, undone -------------------------------------------------------------------


def test_what_is_accepted_stands_in_ones_own_list_and_can_be_undone(
    desk: Desk, trainer: TestClient, shelf: Shelf
) -> None:
    built_in = (lexicon_dir() / "forbidden.toml").read_bytes()
    before = digest_of(shelf)
    one = proposal(trainer, "exclusion")
    done = act(trainer, one, "accept")
    assert done.status_code == 200, done.text
    own = shelf.own[0] / "forbidden.toml"
    assert done.json()["file"] == str(own)
    text = own.read_text(encoding="utf-8")
    (entry,) = [p for p in tomllib.loads(text)["phrase"] if p["id"] == HELPLESS]
    assert HARMLESS in entry["except"]
    assert HARMLESS in entry["miss"]
    assert text.count("#") == built_in.decode().count("#")  # its comments are kept
    assert (lexicon_dir() / "forbidden.toml").read_bytes() == built_in
    assert digest_of(shelf) != before
    one = proposal(trainer, "exclusion")
    assert (one["state"], one["by"]) == ("accepted", "trainer")
    back = act(trainer, one, "undo", reason="太宽了")
    assert back.status_code == 200, back.text
    assert own.read_bytes() == built_in
    assert digest_of(shelf) == before
    assert proposal(trainer, "exclusion")["reason"] == "太宽了"
    assert actions(desk)[:2] == ["undo proposal", "accept proposal"]


def test_what_somebody_else_decided_meanwhile_is_not_decided_again(
    desk: Desk, browse: Browse, shelf: Shelf
) -> None:
    one = proposal(browse("trainer"), "variant")
    assert act(browse("administrator"), one, "decline", reason="没人这样说").status_code == 200
    refused(act(browse("trainer"), one, "accept"), 409, "overtaken")
    assert not shelf.own[0].exists()
    fresh = proposal(browse("trainer"), "variant")
    refused(act(browse("trainer"), fresh, "accept"), 409, "review")
    refused(act(browse("trainer"), fresh, "undo", reason="x"), 409, "review")


def test_after_one_change_the_others_wait_until_their_effect_is_known_again(
    trainer: TestClient, shelf: Shelf
) -> None:
    assert act(trainer, proposal(trainer, "variant"), "accept").status_code == 200
    written = (shelf.own[0] / "forbidden.toml").read_bytes()
    one = proposal(trainer, "exclusion")
    refused(act(trainer, one, "accept"), 409, "overtaken")
    assert (shelf.own[0] / "forbidden.toml").read_bytes() == written
    assert proposal(trainer, "exclusion")["state"] == "open"


def test_without_a_folder_of_ones_own_nothing_is_accepted(desk: Desk, browse: Browse) -> None:
    desk.app = make_app(desk.store, ReviewOptions())
    client = browse("trainer")
    assert client.get("/api/learning").json()["folder"] is None
    message = refused(act(client, proposal(client, "variant"), "accept"), 409, "lexicon")
    assert "--lexicons" in message
    assert proposal(client, "variant")["state"] == "open"


def test_what_the_linter_refuses_is_not_written(
    desk: Desk, trainer: TestClient, shelf: Shelf
) -> None:
    own = tables.proposals.c
    one = proposal(trainer, "exclusion")
    effect = one["effect"] | {"refused": ["hit 里的一句没有命中。", "A sentence is not found."]}
    with desk.store.writing() as connection:
        wanted = sa.update(tables.proposals).where(own.id == one["id"])
        connection.execute(wanted.values(effect=effect))
    trainer.headers["accept-language"] = "en"
    message = refused(act(trainer, one, "accept"), 409, "lexicon")
    assert "A sentence is not found." in message
    assert not shelf.own[0].exists()
    assert proposal(trainer, "exclusion")["state"] == "open"


def test_a_list_that_cannot_be_written_leaves_the_proposal_open(
    desk: Desk, trainer: TestClient, shelf: Shelf
) -> None:
    shelf.own[0].write_text("in the way", encoding="utf-8")
    message = refused(act(trainer, proposal(trainer, "variant"), "accept"), 409, "lexicon")
    assert str(shelf.own[0]) in message
    assert proposal(trainer, "variant")["state"] == "open"
    assert "accept proposal" not in actions(desk)


def test_a_change_that_is_not_kept_is_not_left_in_the_list(
    desk: Desk, trainer: TestClient, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = learning.write

    def full(file: Path, text: str) -> None:
        real(file, text)
        raise StoreError(Text("磁盘已满。", "The disk is full."))

    monkeypatch.setattr(learning, "write", full)
    answer = act(trainer, proposal(trainer, "variant"), "accept")
    assert answer.status_code == 503
    assert list(shelf.own[0].iterdir()) == []
    assert proposal(trainer, "variant")["state"] == "open"


def test_in_a_browser_it_is_accepted_and_undone_by_keys(
    desk: Desk, shelf: Shelf, chromium: Browser
) -> None:
    with served(desk.app) as site:
        context = chromium.new_context(viewport={"width": 390, "height": 844}, base_url=site)
        token = desk.token("trainer")
        context.add_cookies([{"name": COOKIE, "value": token, "url": site}])
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto("/lang/en?back=/learning")
        accept = page.get_by_role("button", name=f"Accept 找谁都没用: harmless in “{HARMLESS}”")
        accept.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#told")).to_contain_text(str(shelf.own[0]))
        assert HARMLESS in (shelf.own[0] / "forbidden.toml").read_text(encoding="utf-8")
        page.locator("#past > summary").press("Enter")
        page.get_by_role("button", name="Undo").press("Enter")
        page.get_by_label("Reason").fill("too wide")
        page.get_by_role("button", name="Send").press("Enter")
        expect(page.locator("#done")).to_contain_text("too wide")
        assert HARMLESS not in (shelf.own[0] / "forbidden.toml").read_text(encoding="utf-8")
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        context.close()
    assert not wide
    assert not faults


@pytest.fixture
def quick(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Learner:
    """Give a learner that works out no effects, which takes seconds each."""
    effect = {"lexicons": digest_of(Shelf()), "refused": None}

    class NoTrial:
        def __init__(self, *_: object) -> None:
            self.digest = effect["lexicons"]

        def effect(self, *_: object) -> dict[str, Any]:
            return effect

    monkeypatch.setattr(learner, "Trial", NoTrial)
    return Learner(desk.app.state.office)


def test_what_was_declined_stays_so_until_much_more_speaks_for_it(
    desk: Desk, trainer: TestClient, quick: Learner, make_pipeline: Callable[..., Pipeline]
) -> None:
    one = proposal(trainer, "exclusion")
    assert act(trainer, one, "decline", reason="是真的在说").status_code == 200
    quick.look()
    assert proposal(trainer, "exclusion")["state"] == "declined"
    people = {"li": desk.staff["li"]}
    for batch, state in ((range(100, 105), "declined"), (range(105, 106), "open")):
        for number in batch:
            keep_talk(desk.store, make_pipeline(), number, QUOTED)
        catch_up(desk.store, 0.0)
        own = tables.flags.c
        with desk.store.writing() as connection:
            waiting = sa.select(own.id).where(own.phrase_id == HELPLESS, own.state == "waiting")
            for number in list(connection.scalars(waiting)):
                flag = queueing.flag(connection, number)
                assert flag
                deciding.decide(connection, flag, people["li"], "rejected", "quoted")
        quick.look()
        found = proposal(trainer, "exclusion")
        assert (found["state"], found["reason"]) == (state, "是真的在说")
    assert found["evidence"] == 12


def test_a_proposal_lapses_when_the_decisions_speak_for_it_no_more(
    desk: Desk, trainer: TestClient, quick: Learner
) -> None:
    own = tables.decisions.c
    with desk.store.writing() as connection:
        wanted = sa.update(tables.decisions).where(own.why == "quoted")
        connection.execute(wanted.values(why="sound"))
    quick.look()
    kinds = {one["kind"] for one in trainer.get("/api/learning").json()["proposals"]}
    assert kinds == {"threshold", "variant"}


def test_a_proposal_that_is_not_there_is_told(trainer: TestClient) -> None:
    for number in (999, 0, -1, 2**70):
        answer = trainer.post(f"/api/learning/proposals/{number}/accept", json={"revision": 0})
        refused(answer, 404, "not found")


# --- gold files -----------------------------------------------------------------------------------


def test_decisions_become_gold_files_on_which_the_evaluation_runs(
    desk: Desk, learned: Path, tmp_path: Path
) -> None:
    out = tmp_path / "gold"
    made = command("review", "gold", out, "--db", learned)
    assert made.exit_code == 0, made.output
    # 12 were misheard, and nobody has typed what was said in them.
    assert len(list(out.iterdir())) == 21
    assert "12" in made.output
    assert not any(CLERK in file.name + file.read_text("utf-8") for file in out.iterdir())
    found = command("eval", out, "--at", "text", "--json")
    assert found.exit_code == 0, found.output
    (result,) = json.loads(found.stdout)["conditions"]
    # Those that were quoted are what the lists of today accuse wrongly.
    told = result["forbidden_by_turn"]
    assert (told["right"], told["false"], told["missed"]) == (12, 6, 3)
    assert {one["said"] for one in result["innocents"]["accusations"]} == {QUOTED}
    again = command("review", "gold", out, "--db", learned)
    assert again.exit_code == 2


def test_gold_files_are_of_some_days_and_name_people_if_asked(
    learned: Path, tmp_path: Path
) -> None:
    out = tmp_path / "gold"
    days = ("--first", "2026-11-02", "--last", "2026-11-02")
    assert command("review", "gold", out, "--db", learned, *days, "--names").exit_code == 0
    (file,) = out.iterdir()
    assert file.name == f"{CLERK}-1.toml"
    assert CLERK in tomllib.loads(file.read_text(encoding="utf-8"))["scene"]


def test_gold_files_are_fetched_by_those_who_may_and_that_is_noted(
    desk: Desk, browse: Browse
) -> None:
    answer = browse("supervisor").get("/api/learning/gold", params={"last": "2026-11-03"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert texts
    assert not any(CLERK in name + text for name, text in texts.items())
    assert actions(desk)[0] == "export gold"
    refused(browse("trainer").get("/api/learning/gold"), 403, "forbidden")


# --- the store, on both kinds of databases --------------------------------------------------------


def test_what_is_learned_from_is_the_same_on_every_database(
    database: Database, make_pipeline: Callable[..., Pipeline]
) -> None:
    staff = make_talks(database, make_pipeline())
    with database.reading() as connection:
        assert lessons.counts(connection) == {HELPLESS: (15, 18)}
        found = lessons.lessons(connection, HELPLESS)
        flagged = lessons.talks(connection, HELPLESS, 10)
        sessions = list(reviewed.sessions(connection))
        before = lessons.mark(connection)
    assert len(found) == 33
    assert {(one.outcome, one.why, one.said) for one in found} == {
        ("rejected", "quoted", QUOTED),
        ("confirmed", "", SAID),
        ("rejected", "words", MISHEARD),
    }
    assert sum(one.typed == f"{WORDING}！" for one in found) == 3
    assert {one.said[one.span.start : one.span.end] for one in found if one.confirmed} == {
        "找谁都没用"
    }
    assert len(flagged) == 10
    assert len(sessions) == 33
    one = proposing.Found("variant", HELPLESS, WORDING, 3, {"flags": [1]})
    with database.writing() as connection:
        proposing.keep(connection, [one])
    with database.writing() as connection:
        (kept,) = proposing.listed(connection)
        proposing.move(connection, kept, staff["trainer"], "declined", "不要")
        proposing.keep(connection, [])
    with database.reading() as connection:
        (kept,) = proposing.listed(connection)
        assert (kept.state, kept.reason, kept.by, kept.effect) == (
            "declined",
            "不要",
            "trainer",
            None,
        )
        assert lessons.mark(connection) == before
