"""Practice on the desk: typed and spoken, assigned and examined; who sees what of it."""

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from desks import Desk, desk_of, refused
from drills import BYE, HEAD, scenario_file
from fakes import SAMPLES, write_sound
from fastapi.testclient import TestClient

from courtesy.drill.levels import EACH, LEVELS
from courtesy.drill.scenarios import Scenario
from courtesy.errors import StoreError
from courtesy.lists.shelf import Shelf
from courtesy.speech.decode import open_recording
from courtesy.speech.recognise import WhisperRecogniser
from courtesy.store import practising
from courtesy.store.practising import Practice

OPENING = """[[scenario.step]]
id = "opening"
customer = "（走到窗口前）"
require = ["greeting"]
model = "您好，请问您办什么业务？"
next = {otherwise = "bye"}
"""
RIGHT = ("您好，请问您办什么业务？", "您慢走，再见。")


@pytest.fixture
def desk(kept_desk: Path, tmp_path: Path) -> Iterator[Desk]:
    own = tmp_path / "own"
    (own / "drills").mkdir(parents=True)
    scenario_file(own / "drills", HEAD + OPENING + BYE)
    with desk_of(kept_desk, tmp_path, Shelf((own,))) as found:
        yield found


@pytest.fixture
def own(desk: Desk, tmp_path: Path) -> Path:
    return tmp_path / "own" / "drills"


def answer(client: TestClient, turn: int, text: str) -> dict[str, Any]:
    found = client.post("/api/drill/walk/answers", json={"turn": turn, "text": text, "seconds": 3})
    assert found.status_code == 200, found.text
    return found.json()


def walked(client: TestClient, *answers: str, **wanted: Any) -> dict[str, Any]:
    """Practise a scenario to its end."""
    begun = client.post("/api/drill/walk", json=wanted or {"scenario": "one"})
    assert begun.status_code == 200, begun.text
    found = {}
    for turn, text in enumerate(answers):
        found = answer(client, turn, text)
    return found


def test_a_typed_answer_is_marked_at_once(desk: Desk) -> None:
    client = desk.browser("clerk")
    begun = client.post("/api/drill/walk", json={"scenario": "one"}).json()
    assert begun["step"]["customer"] == "（走到窗口前）"
    assert begun["step"]["said"] == ""  # a stage direction is not read out
    found = answer(client, 0, "急什么，等一下！")
    assert found["mark"]["outcome"] == "forbidden"
    assert found["mark"]["breaches"][0]["sources"]
    assert found["mark"]["model"] == "您好，请问您办什么业务？"
    assert found["step"]["id"] == "bye"
    found = answer(client, 1, "您慢走")
    assert found["over"]
    assert found["mark"]["outcome"] == "right"
    assert client.get("/api/drill/walk").status_code == 404
    home = client.get("/api/drill").json()
    assert home["left"] is None
    assert [one["scenario"] for one in home["recent"]] == ["one"]


def test_a_drill_goes_on_where_it_was_left_and_no_line_is_answered_twice(desk: Desk) -> None:
    client = desk.browser("clerk")
    client.post("/api/drill/walk", json={"scenario": "one"})
    answer(client, 0, RIGHT[0])
    assert client.get("/api/drill").json()["left"] == "one"
    other = desk.browser("clerk")  # the same person in another tab
    assert other.get("/api/drill/walk").json()["turn"] == 1
    late = other.post("/api/drill/walk/answers", json={"turn": 0, "text": "您好"})
    refused(late, 409, "overtaken")
    assert answer(other, 1, RIGHT[1])["over"]
    assert desk.browser("reviewer").get("/api/drill").json()["recent"] == []


def test_an_answer_to_another_tabs_drill_is_none_to_this_one(desk: Desk) -> None:
    client = desk.browser("clerk")
    before = client.post("/api/drill/walk", json={"scenario": "one"}).json()["walk"]
    client.post("/api/drill/walk", json={"scenario": "shebao-queue"})
    late = {"turn": 0, "walk": before, "text": RIGHT[0]}
    refused(client.post("/api/drill/walk/answers", json=late), 409, "overtaken")
    assert client.get("/api/drill/walk").json()["turn"] == 0


def test_an_assignment_is_done_with_its_own_scenario(desk: Desk) -> None:
    task = assign(desk, make_class(desk, "一班", "clerk"), examination=True)
    both = {"assignment": task, "due": True, "scenario": "shebao-queue"}
    begun = desk.browser("clerk").post("/api/drill/walk", json=both).json()
    assert begun["scenario"]["id"] == "one"
    assert begun["examination"]


def test_what_went_wrong_is_due_and_practised(desk: Desk) -> None:
    client = desk.browser("clerk")
    walked(client, "急什么，等一下！", "不送。")
    assert client.get("/api/drill").json()["due"] == 0  # it is only just wrong
    with desk.store.writing() as connection:
        card = practising.next_card(connection, "clerk", 4e9)
        practising.put_card(connection, "clerk", practising.Card(card.item, 0.0, card.memory))
    assert client.get("/api/drill").json()["due"] == 1
    found = client.post("/api/drill/walk", json={"due": True})
    assert found.status_code == 200
    assert found.json()["step"]


def test_a_scenario_that_is_gone_is_told(desk: Desk, own: Path) -> None:
    client = desk.browser("clerk")
    client.post("/api/drill/walk", json={"scenario": "one"})
    (own / "own.toml").unlink()
    refused(client.get("/api/drill/walk"), 404, "not found")
    refused(client.post("/api/drill/walk", json={"scenario": "one"}), 404, "not found")


def greeting(tmp_path: Path, kind: str = "wav", codec: str = "pcm_s16le") -> bytes:
    talk = open_recording(SAMPLES / "counter" / "shebao-good.opus")
    sound = np.concatenate([block[0] for block in talk.between(0.3, 3.3)])
    return write_sound(tmp_path / f"greeting.{kind}", sound, codec).read_bytes()


@pytest.fixture
def hearing(desk: Desk, recogniser: WhisperRecogniser) -> Desk:
    """Give a desk whose recogniser is loaded already."""
    desk.app.state.office.teacher.load = lambda _: recogniser
    return desk


@pytest.mark.parametrize(
    ("kind", "codec"), [("webm", "libopus"), ("mp4", "aac"), ("wav", "pcm_s16le")]
)
def test_a_spoken_answer_is_heard_whatever_the_browser_records(
    hearing: Desk, tmp_path: Path, kind: str, codec: str
) -> None:
    client = hearing.browser("clerk")
    client.post("/api/drill/walk", json={"scenario": "one"})
    sent = {"content": greeting(tmp_path, kind, codec),
            "headers": {"Content-Type": "application/octet-stream"}}  # fmt: skip
    found = client.post("/api/drill/walk/spoken?turn=0", **sent)
    assert found.status_code == 200, found.text
    assert found.json()["mark"]["outcome"] == "right", found.json()["heard"]
    assert found.json()["mark"]["pace"] > 3
    assert found.json()["turn"] == 1
    # Said again after the model, it is marked and not counted.
    again = client.post("/api/drill/walk/spoken?turn=1&repeated=true", **sent).json()
    assert again["mark"]["outcome"] == "right"
    assert client.get("/api/drill/walk").json()["turn"] == 1
    assert not list(tmp_path.glob("courtesy-*"))


def test_what_is_no_sound_is_told_and_the_line_stays(hearing: Desk) -> None:
    client = hearing.browser("clerk")
    client.post("/api/drill/walk", json={"scenario": "one"})
    for content in (b"", b"no sound at all", b"RIFF\x00\x00\x00\x00WAVE"):
        found = client.post("/api/drill/walk/spoken?turn=0", content=content)
        refused(found, 409, "unheard")
    assert client.get("/api/drill/walk").json()["turn"] == 0


# --- the trainer ---


def make_class(desk: Desk, name: str, *members: str) -> int:
    trainer = desk.browser("trainer")
    number = trainer.post("/api/training/classes", json={"name": name}).json()
    found = trainer.put(f"/api/training/classes/{number}/members", json={"names": list(members)})
    assert found.status_code == 204, found.text
    return number


def assign(desk: Desk, group: int, **more: Any) -> int:
    body = {"scenarios": ["one"]} | more
    found = desk.browser("trainer").post(f"/api/training/classes/{group}/assignments", json=body)
    assert found.status_code == 201, found.text
    return found.json()[0]


def test_two_classes_are_given_different_things_and_kept_apart(desk: Desk) -> None:
    first = make_class(desk, "一班", "clerk")
    second = make_class(desk, "二班", "reviewer")
    mine = assign(desk, first, due="2026-12-01")
    theirs = assign(desk, second)
    clerk, reviewer = desk.browser("clerk"), desk.browser("reviewer")
    (given,) = clerk.get("/api/drill").json()["assignments"]
    assert (given["id"], given["due"], given["done"]) == (mine, "2026-12-01", 0)
    refused(clerk.post("/api/drill/walk", json={"assignment": theirs}), 409, "review")
    walked(clerk, *RIGHT, assignment=mine)
    walked(reviewer, "急什么，等一下！", "您慢走", assignment=theirs)
    assert clerk.get("/api/drill").json()["assignments"][0]["done"] == 1
    trainer = desk.browser("trainer")
    groups = {one["name"]: one for one in trainer.get("/api/training").json()["classes"]}
    assert [one["done"] for one in groups["一班"]["assignments"]] == [1]
    (person,) = trainer.get(f"/api/training/results?group={first}").json()["people"]
    assert (person["name"], person["drills"], person["mean"]) == ("clerk", 1, 100.0)
    (person,) = trainer.get(f"/api/training/results?group={second}").json()["people"]
    assert (person["name"], person["drills"]) == ("reviewer", 1)
    assert person["mean"] < 100
    everybody = trainer.get("/api/training/results").json()
    assert [one["name"] for one in everybody["people"]] == ["clerk", "reviewer"]
    assert sum(one["breach"] for one in everybody["said"]) == 1


def test_an_examination_is_taken_once_and_tells_nothing_before_its_end(desk: Desk) -> None:
    exam = assign(desk, make_class(desk, "一班", "clerk"), examination=True)
    clerk = desk.browser("clerk")
    clerk.post("/api/drill/walk", json={"assignment": exam})
    found = answer(clerk, 0, "急什么，等一下！")
    assert "mark" not in found
    assert found["points"] is None
    assert [turn["mark"] for turn in found["turns"]] == [None]
    # There is no way round it.
    refused(clerk.delete("/api/drill/walk"), 409, "review")
    refused(clerk.post("/api/drill/walk", json={"scenario": "one"}), 409, "review")
    found = answer(clerk, 1, "您慢走")
    assert found["over"]
    assert [turn["mark"]["outcome"] for turn in found["turns"]] == ["forbidden", "right"]
    refused(clerk.post("/api/drill/walk", json={"assignment": exam}), 409, "review")


def test_only_examinations_are_anybody_elses_business(desk: Desk) -> None:
    group = make_class(desk, "一班", "clerk")
    clerk = desk.browser("clerk")
    walked(clerk, *RIGHT, assignment=assign(desk, group))
    supervisor = desk.browser("supervisor")
    found = supervisor.get("/api/training/results").json()
    assert found["only_examinations"]
    assert [one["drills"] for one in found["people"]] == [0]
    assert found["people"][0]["levels"] == []
    walked(clerk, "急什么，等一下！", RIGHT[1], assignment=assign(desk, group, examination=True))
    found = supervisor.get("/api/training/results").json()
    assert [one["drills"] for one in found["people"]] == [1]
    table = supervisor.get("/api/training/results/export?format=csv").content.decode("utf-8-sig")
    assert len(table.strip().splitlines()) == 2
    trainer = desk.browser("trainer")
    book = trainer.get("/api/training/results/export?format=xlsx").content
    sheets = openpyxl.load_workbook(io.BytesIO(book)).worksheets
    assert sheets[0].max_row - 1 == 2
    assert len(sheets) == 3


def test_a_class_that_ended_takes_nothing_new_and_keeps_its_results(desk: Desk) -> None:
    group = make_class(desk, "一班", "clerk")
    walked(desk.browser("clerk"), *RIGHT, assignment=assign(desk, group))
    trainer = desk.browser("trainer")
    assert trainer.delete(f"/api/training/classes/{group}").status_code == 204
    task = {"scenarios": ["one"]}
    path = f"/api/training/classes/{group}/assignments"
    refused(trainer.post(path, json=task), 409, "review")
    assert desk.browser("clerk").get("/api/drill").json()["assignments"] == []
    (person,) = trainer.get(f"/api/training/results?group={group}").json()["people"]
    assert person["drills"] == 1
    refused(trainer.post("/api/training/classes", json={"name": "一班"}), 409, "review")
    refused(trainer.post(path, json={"scenarios": ["nothing"]}), 404, "not found")


def test_nothing_is_assigned_twice(desk: Desk) -> None:
    group = make_class(desk, "一班", "clerk")
    task = assign(desk, group, examination=True)
    again = {"scenarios": ["one"], "examination": True}
    trainer = desk.browser("trainer")
    refused(trainer.post(f"/api/training/classes/{group}/assignments", json=again), 409, "review")
    walked(desk.browser("clerk"), *RIGHT, assignment=task)
    # It is to be taken anew.
    trainer.delete(f"/api/training/assignments/{task}")
    walked(desk.browser("clerk"), *RIGHT, assignment=assign(desk, group, examination=True))


def test_the_last_day_of_an_examination_binds_and_that_of_practice_does_not(desk: Desk) -> None:
    group = make_class(desk, "一班", "clerk")
    yesterday = (practising.today() - dt.timedelta(days=1)).isoformat()
    exam = assign(desk, group, due=yesterday, examination=True)
    task = assign(desk, group, due=yesterday)
    clerk = desk.browser("clerk")
    assert [one["late"] for one in clerk.get("/api/drill").json()["assignments"]] == [True, True]
    refused(clerk.post("/api/drill/walk", json={"assignment": exam}), 409, "review")
    assert walked(clerk, *RIGHT, assignment=task)["over"]


def test_an_examination_is_kept_once_whatever_happens(desk: Desk) -> None:
    task = assign(desk, make_class(desk, "一班", "clerk"), examination=True)
    at = dt.datetime(2026, 11, 20)
    taken = Practice("clerk", "one", at, 95.0, [], assignment=task, examination=True)
    with desk.store.writing() as connection:
        practising.keep_practice(connection, taken)
    with pytest.raises(StoreError), desk.store.writing() as connection:
        practising.keep_practice(connection, taken)


def test_two_trainers_do_not_undo_each_others_members(desk: Desk) -> None:
    group = make_class(desk, "一班", "clerk")
    trainer, path = desk.browser("trainer"), f"/api/training/classes/{group}/members"
    mine = {"names": ["clerk", "reviewer"], "before": ["clerk"]}
    assert trainer.put(path, json=mine).status_code == 204
    refused(trainer.put(path, json={"names": ["trainer"], "before": ["clerk"]}), 409, "overtaken")
    (one,) = trainer.get("/api/training").json()["classes"]
    assert [a["name"] for a in one["members"]] == ["clerk", "reviewer"]


def test_who_leaves_a_class_goes_on_freely_and_keeps_their_results(desk: Desk) -> None:
    group = make_class(desk, "一班", "clerk")
    clerk, trainer = desk.browser("clerk"), desk.browser("trainer")
    walked(clerk, *RIGHT, assignment=assign(desk, group))
    walked(clerk, RIGHT[0], assignment=assign(desk, group, examination=True))
    trainer.put(f"/api/training/classes/{group}/members", json={"names": ["reviewer"]})
    left = clerk.get("/api/drill/walk").json()
    assert (left["turn"], left["examination"]) == (1, False)
    people = trainer.get(f"/api/training/results?group={group}").json()["people"]
    assert [(one["name"], one["drills"]) for one in people] == [("clerk", 1), ("reviewer", 0)]


def test_a_drill_that_was_partly_spoken_stays_so(hearing: Desk, tmp_path: Path) -> None:
    client = hearing.browser("clerk")
    client.post("/api/drill/walk", json={"scenario": "one"})
    client.post("/api/drill/walk/spoken?turn=0", content=greeting(tmp_path))
    assert answer(client, 1, RIGHT[1])["over"]
    assert client.get("/api/drill").json()["recent"][0]["spoken"]


def test_a_recorded_line_is_given_in_parts(desk: Desk, own: Path, tmp_path: Path) -> None:
    (own / "sound").mkdir()
    (own / "sound" / "one.opening.wav").write_bytes(greeting(tmp_path))
    path = "/api/drill/sound/one/opening"
    part = desk.browser("clerk").get(path, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"RIFF")


def passed(scenarios: dict[str, Scenario], level: int) -> Iterator[str]:
    """Yield the scenarios that a level asks for."""
    wanted = [name for one in LEVELS[: level + 1] for name in one.situations]
    for name in wanted:
        own = [one.id for one in scenarios.values() if one.situation == name]
        yield from own[:EACH]


def test_a_level_that_is_held_is_certified_and_lapses_with_what_it_rests_on(desk: Desk) -> None:
    make_class(desk, "一班", "clerk")
    trainer, scenarios = desk.browser("trainer"), desk.app.state.office.teacher.scenarios()
    early = {"person": "clerk", "level": "basic"}
    refused(trainer.post("/api/training/certificates", json=early), 409, "review")
    at = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0) - dt.timedelta(days=3)
    with desk.store.writing() as connection:
        for name in passed(scenarios, 0):
            practising.keep_practice(connection, Practice("clerk", name, at, 95.0, []))
    number = trainer.post("/api/training/certificates", json=early).json()
    clerk = desk.browser("clerk")
    page = clerk.get(f"/certificates/{number}").text
    assert "基础" in page
    assert (practising.day_of(at) + dt.timedelta(days=180)).isoformat() in page
    # A second click makes no second one.
    assert trainer.post("/api/training/certificates", json=early).json() == number
    assert clerk.get("/api/drill").json()["certificates"] == [{"id": number, "level": "basic"}]
    assert desk.browser("reviewer").get(f"/certificates/{number}").status_code == 404
    # What goes wrong afterwards takes the level back; the certificate stays until it is withdrawn.
    with desk.store.writing() as connection:
        worse = Practice("clerk", next(passed(scenarios, 0)), at + dt.timedelta(days=1), 40.0, [])
        practising.keep_practice(connection, worse)
    assert not clerk.get("/api/drill").json()["levels"][0]["held"]
    assert trainer.delete(f"/api/training/certificates/{number}").status_code == 204
    assert "收回" in clerk.get(f"/certificates/{number}").text
    assert clerk.get("/api/drill").json()["certificates"] == []


def test_a_broken_scenario_is_told_to_the_trainer_and_spoils_no_other(
    desk: Desk, own: Path
) -> None:
    (own / "broken.toml").write_text("schema = 1\n[[scenario]]\nid = 3\n", encoding="utf-8")
    told = desk.browser("trainer").get("/api/training").json()
    assert any("broken.toml" in flaw for flaw in told["flaws"])
    assert desk.browser("supervisor").get("/api/training").json()["flaws"] == []
    assert "one" in [
        one["id"] for one in desk.browser("clerk").get("/api/drill").json()["scenarios"]
    ]
