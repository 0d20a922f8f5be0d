"""Lists edited on the desk: checked, kept in versions, tried on past talk, put in force."""

import difflib
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from desks import Desk, desk_of, refused
from fastapi.testclient import TestClient
from stored import keep_transcripts, people

from courtesy.errors import LexiconError, Overtaken, ReviewError
from courtesy.folders import REPOSITORY
from courtesy.lexicon import load_lexicon
from courtesy.lists import bounds, changing
from courtesy.lists.patterns import dangerous
from courtesy.lists.shelf import Shelf
from courtesy.pipeline import Pipeline
from courtesy.scoring.rubric_file import load_rubric
from courtesy.store import Database, again, audit, drafting, tables
from courtesy.store.drafting import Edit

THANKS = (REPOSITORY / "lexicons" / "thanks.toml").read_text(encoding="utf-8")
HALL = """schema = 1
list = "hall"
kind = "forbidden"
title = {zh = "本厅忌语", en = "This hall's own"}

# 以下是大厅自己定的
[[phrase]]
id = "hall-after-lunch"   # 别改编号
text = "吃完饭再来"
sources = ["大厅公约 第三条"]
variants = ["下午再来吧"]   # 老说法
severity = "minor"
hit = ["吃完饭再来吧。"]
miss = ["请您下午到三号窗口。"]

# 这条管别的
[[phrase]]
id = "hall-not-open"
text = "还没开门呢"
sources = ["ours"]
"""


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have two built-in lists only, which are checked in no time."""
    folder = tmp_path / "built-in"
    folder.mkdir()
    for name in ("thanks", "greeting"):
        text = (REPOSITORY / "lexicons" / f"{name}.toml").read_text(encoding="utf-8")
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("COURTESY_LEXICONS", str(folder))
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "own"


@pytest.fixture
def desk(kept_desk: Path, tmp_path: Path, small: Path, own: Path) -> Iterator[Desk]:
    with desk_of(kept_desk, tmp_path, Shelf((own,))) as found:
        yield found


@pytest.fixture
def trainer(desk: Desk) -> TestClient:
    return desk.browser("trainer")


def saved(client: TestClient, text: str, revision: int = 0, file: str = "hall.toml") -> int:
    body = {"text": text, "revision": revision, "why": "试试"}
    answer = client.put(f"/api/lists/files/{file}", json=body)
    assert answer.status_code == 200, answer.text
    number: int = answer.json()["number"]
    return number


def forced(client: TestClient, revision: int, file: str = "hall.toml") -> None:
    body = {"revision": revision, "why": "组长同意"}
    answer = client.post(f"/api/lists/files/{file}/in-force", json=body)
    assert answer.status_code == 204, answer.text


def messages(client: TestClient, text: str, file: str = "hall.toml") -> dict:
    answer = client.post("/api/lists/check", json={"file": file, "text": text})
    assert answer.status_code == 200, answer.text
    found: dict = answer.json()
    return found


def trail(desk: Desk) -> list[tuple[str, str]]:
    with desk.store.reading() as connection:
        assert audit.verify(connection).whole
        rows = connection.execute(sa.select(tables.audit.c.action, tables.audit.c.by))
        return [(action, by) for action, by in rows if "list" in action]


# --- seen and searched ----------------------------------------------------------------------------


def test_every_list_in_force_is_seen_with_where_it_is_from(desk: Desk, own: Path) -> None:
    own.mkdir()
    (own / "thanks.toml").write_text(THANKS, encoding="utf-8")
    found = desk.browser("reviewer").get("/api/lists").json()
    by_name = {one["file"]: one for one in found["lists"]}
    assert set(by_name) == {"thanks.toml", "greeting.toml", "rubric.toml"}
    assert by_name["thanks.toml"]["own"]
    assert not by_name["greeting.toml"]["own"]
    assert by_name["thanks.toml"]["phrases"] == THANKS.count("[[phrase]]")
    assert found["folder"] == str(own)


@pytest.mark.parametrize(
    "search",
    ["謝謝合作", "thanks-cooperation", "合作医疗在五号", "多些合作社", "多谢 S0 三(一)1 合作"],
)
def test_a_phrase_is_found_by_words_in_either_script_its_id_sentences_and_source(
    desk: Desk, search: str
) -> None:
    found = desk.browser("reviewer").get("/api/lists/phrases", params={"search": search}).json()
    assert [one["id"] for one in found["phrases"]] == ["thanks-cooperation"]
    (one,) = found["phrases"]
    assert one["text"] == "多谢合作"
    assert one["sources"] == ["S0 三(一)1"]
    assert "谢谢合作" in one["variants"]
    assert one["excepts"] == ["多些合作"]
    assert one["hits"]
    assert one["misses"]


def test_the_rubric_in_force_is_told_in_plain_words(desk: Desk) -> None:
    client = desk.browser("reviewer")
    rules = client.get("/api/lists/files/rubric.toml", headers={"accept-language": "en"}).json()
    greeting = next(one for one in rules["rules"] if one["id"] == "greeting")
    assert greeting["line"] > 1
    assert any("point" in said for said in greeting["says"])


def test_clerks_see_nothing_and_reviewers_change_nothing(desk: Desk) -> None:
    clerk, reviewer = desk.browser("clerk"), desk.browser("reviewer")
    for path in ("/api/lists", "/api/lists/phrases", "/api/lists/files/thanks.toml"):
        refused(clerk.get(path), 403, "forbidden")
        assert reviewer.get(path).status_code == 200
    body = {"text": HALL, "revision": 0}
    refused(reviewer.put("/api/lists/files/hall.toml", json=body), 403, "forbidden")


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_shown(
    desk: Desk, trainer: TestClient, own: Path
) -> None:
    own.mkdir()
    (own / "gbk.toml").write_bytes("吃完饭再来".encode("gbk"))
    by_name = {one["file"]: one for one in trainer.get("/api/lists").json()["lists"]}
    assert "UTF-8" in by_name["gbk.toml"]["fault"]
    assert by_name["thanks.toml"]["phrases"]
    found = trainer.get("/api/lists/phrases", params={"search": "谢谢合作"}).json()
    assert found["count"] == 1
    body = {"text": HALL, "revision": 0}
    refused(trainer.put("/api/lists/files/gbk.toml", json=body), 409, "lexicon")


# --- checked --------------------------------------------------------------------------------------


def test_the_linter_answers_with_the_line(trainer: TestClient) -> None:
    wrong = HALL.replace('hit = ["吃完饭再来吧。"]', 'hit = ["请慢走。"]')
    found = messages(trainer, wrong)
    assert not found["passes"]
    (one,) = [one for one in found["found"] if one["level"] == "error"]
    assert wrong.splitlines()[one["line"] - 1] == "[[phrase]]"
    assert one["entry"] == "hall-after-lunch"
    assert "请慢走" in one["message"]
    assert messages(trainer, HALL)["passes"]


def test_what_a_draft_breaks_in_another_list_is_told(trainer: TestClient) -> None:
    taken = HALL.replace("hall-not-open", "thanks-xiexie")
    found = messages(trainer, taken, "a-hall.toml")
    assert not found["passes"]
    assert [one["file"] for one in found["found"] if one["level"] == "error"] == ["thanks.toml"]


def test_what_another_file_has_wrong_already_keeps_no_draft_back(
    trainer: TestClient, own: Path
) -> None:
    own.mkdir()
    (own / "other.toml").write_text('schema = 1\nlist = "x"', encoding="utf-8")
    assert messages(trainer, HALL)["passes"]


def test_a_list_that_the_rubric_needs_cannot_be_renamed(trainer: TestClient) -> None:
    renamed = THANKS.replace('list = "thanks"', 'list = "merci"')
    found = messages(trainer, renamed, "thanks.toml")
    assert not found["passes"]
    assert "window.toml" in {one["file"] for one in found["found"]}


def test_a_rubric_is_checked_as_one(trainer: TestClient, own: Path) -> None:
    good = 'schema = 2\nname = "hall"\nversion = "1"\nextends = "window"\n'
    assert not [o for o in messages(trainer, good, "rubric.toml")["found"] if o["file"]]
    rule = (
        '\n[[rule]]\nid = "x"\ntitle = {zh = "x", en = "x"}\npoints = 5\nwant = {act = "sings"}\n'
    )
    found = messages(trainer, good + rule, "rubric.toml")
    assert not found["passes"]
    (one,) = [o for o in found["found"] if "act" in o["message"]]
    assert (good + rule).splitlines()[one["line"] - 1] == 'id = "x"'
    assert "courtesy-lists" not in one["message"]  # where it was checked is nobody's business


# --- hostile --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("".join(f"a{i}{'.a' * 2400}=1\n" for i in range(25)), "dots"),
        (f"x = {'[' * 100_000}", "deep"),
        (f"x = {'{a=' * 30}1{'}' * 30}", "deep"),
        (f"x = {'9' * 5000}", "TOML"),
        ("x = 1\n" * 20_000, "long"),
        ('x = "谢\u202e谢"', "U+202E"),
        ("x = '谢\u200b谢'", "U+200B"),
        (HALL.replace('"下午再来吧"', f'"{"{a|b}" * 100}"'), "forms"),
        (HALL.replace("吃完饭再来吧。", "哎" * 2000), "1000"),
    ],
    ids=["dots", "brackets", "tables", "number", "lines", "turned", "unseen", "forms", "sentence"],
)
def test_a_text_that_is_made_to_hurt_is_refused_at_once(
    trainer: TestClient, text: str, about: str
) -> None:
    answer = trainer.post(
        "/api/lists/check",
        json={"file": "hall.toml", "text": text},
        headers={"accept-language": "en"},
    )
    found = answer.json()
    assert not found["passes"]
    assert about in found["found"][0]["message"]


def test_a_file_of_a_mebibyte_is_refused(trainer: TestClient) -> None:
    body = {"file": "hall.toml", "text": "#" * 2**20}
    assert trainer.post("/api/lists/check", json=body).status_code == 413
    body["text"] = "#" * (bounds.LONGEST + 1)
    assert trainer.post("/api/lists/check", json=body).status_code == 422


@pytest.mark.parametrize(
    "name", ["..%2Fhall.toml", "%2e%2e%5chall.toml", ".hall.toml", "ha ll.toml", "h\u202eall.toml"]
)
def test_no_name_leads_out_of_the_folder(trainer: TestClient, own: Path, name: str) -> None:
    answer = trainer.put(f"/api/lists/files/{name}", json={"text": HALL, "revision": 0})
    assert answer.status_code in {404, 409, 422}
    assert not list(own.parent.rglob("*hall.toml"))


@pytest.mark.parametrize("name", ["../../rubric", "/etc/x", "a\\\\b"])
def test_a_rubric_extends_no_path(trainer: TestClient, name: str) -> None:
    text = f'schema = 2\nname = "hall"\nversion = "1"\nextends = "{name}"\n'
    found = messages(trainer, text, "rubric.toml")
    assert not found["passes"]
    assert "extends" in found["found"][0]["message"]


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(a|a)*b", "(?:您+好)*", "((a)?)+", "a*a*a*a*", "a{1000}", "(a{2,})+", "x" * 300],
)
def test_a_pattern_that_could_take_for_ever_is_no_rule(trainer: TestClient, pattern: str) -> None:
    assert dangerous(pattern)
    text = (
        'schema = 2\nname = "hall"\nversion = "1"\nextends = "window"\n[[rule]]\nid = "x"\n'
        f'title = {{zh = "x", en = "x"}}\npoints = 5\n'
        f'forbid = {{any = [{{pattern = "{pattern}"}}]}}\n'
    )
    (one,) = messages(trainer, text, "rubric.toml")["found"]
    assert one["line"] == text.count("\n")


@pytest.mark.parametrize(
    "pattern", ["[您你](?!们|好)", "谢谢|感谢", "(?:请|麻烦)您", "等.{0,6}分钟"]
)
def test_patterns_as_people_write_them_are_let_through(pattern: str) -> None:
    assert dangerous(pattern) is None


# --- one phrase -----------------------------------------------------------------------------------


def test_the_form_changes_the_lines_of_one_phrase_and_no_comment(trainer: TestClient) -> None:
    body = {"file": "hall.toml", "text": HALL, "phrase": "hall-after-lunch", "key": "variants",
            "add": ['吃了"饭"再来'], "severity": "serious"}  # fmt: skip
    after = trainer.post("/api/lists/changed", json=body).json()["text"]
    lines = [
        line for line in difflib.ndiff(HALL.splitlines(), after.splitlines()) if line[0] in "+-"
    ]
    assert lines == [
        '- variants = ["下午再来吧"]   # 老说法',
        '- severity = "minor"',
        '+ variants = ["下午再来吧", "吃了\\"饭\\"再来"]   # 老说法',
        '+ severity = "serious"',
    ] or sorted(lines) == sorted(
        [
            '- variants = ["下午再来吧"]   # 老说法',
            '+ variants = ["下午再来吧", "吃了\\"饭\\"再来"]   # 老说法',
            '- severity = "minor"',
            '+ severity = "serious"',
        ]
    )


def test_what_a_phrase_did_not_have_yet_is_put_at_its_own_end() -> None:
    change = changing.Change("hall-after-lunch", add=[("except", "请您吃完饭再来")])
    after = changing.changed(HALL, change)
    before, _, rest = after.partition('except = ["请您吃完饭再来"]\n')
    assert before.endswith('miss = ["请您下午到三号窗口。"]\n')
    assert rest.startswith("\n# 这条管别的\n")
    back = changing.Change("hall-after-lunch", drop=[("except", "请您吃完饭再来")])
    assert changing.changed(after, back) == HALL


@pytest.mark.parametrize("text", ["[[phrase", HALL.replace("吃完", "吃\u202e完"), ""])
def test_the_form_says_what_is_to_be_corrected_first(text: str) -> None:
    with pytest.raises(LexiconError):
        changing.changed(text, changing.Change("hall-after-lunch", severity="fatal"))


# --- versions -------------------------------------------------------------------------------------


def test_every_version_is_kept_with_who_when_why_and_its_checksum(
    desk: Desk, trainer: TestClient
) -> None:
    saved(trainer, THANKS + "# 一\n", 0, "thanks.toml")
    saved(desk.browser("administrator"), THANKS + "# 二\n", 2, "thanks.toml")
    found = trainer.get("/api/lists/files/thanks.toml/versions").json()
    assert [(one["number"], one["by"]) for one in found] == [
        (3, "administrator"),
        (2, "trainer"),
        (1, ""),
    ]
    assert found[2]["taken"]  # as it was in force before anybody touched it
    assert found[0]["why"] == "试试"
    for one in found:
        path = f"/api/lists/files/thanks.toml/versions/{one['number']}"
        text = trainer.get(path).json()["text"]
        assert hashlib.sha256(text.encode()).hexdigest() == one["sha256"]
    rows = trainer.get("/api/lists/files/thanks.toml/differences?before=1&after=3").json()
    assert [(o["kind"], o["text"]) for o in rows if o["kind"] != "same"] == [("new", "# 二")]
    assert trail(desk) == [("save list", "trainer"), ("save list", "administrator")]


def test_who_saves_second_is_told_and_loses_nothing(desk: Desk, trainer: TestClient) -> None:
    saved(trainer, HALL)
    body = {"text": HALL + "# 我的\n", "revision": 0}
    other = desk.browser("administrator")
    message = refused(other.put("/api/lists/files/hall.toml", json=body), 409, "overtaken")
    assert "trainer" in message
    assert trainer.get("/api/lists/files/hall.toml").json()["text"] == HALL
    assert saved(other, HALL + "# 我的\n", 1) == 2


def test_an_old_version_comes_back_as_a_new_one(desk: Desk, trainer: TestClient) -> None:
    saved(trainer, HALL)
    saved(trainer, HALL + "# 多余\n", 1)
    body = {"number": 1, "revision": 2, "why": "写错了"}
    one = trainer.post("/api/lists/files/hall.toml/restored", json=body).json()
    assert (one["number"], one["restored"]) == (3, 1)
    assert trainer.get("/api/lists/files/hall.toml").json()["text"] == HALL
    body = {"number": 9, "revision": 3}
    refused(trainer.post("/api/lists/files/hall.toml/restored", json=body), 404, "not found")


def test_what_is_the_same_is_not_kept_again(trainer: TestClient) -> None:
    saved(trainer, HALL)
    body = {"text": HALL, "revision": 1}
    refused(trainer.put("/api/lists/files/hall.toml", json=body), 409, "review")
    body = {"text": THANKS, "revision": 0}
    refused(trainer.put("/api/lists/files/thanks.toml", json=body), 409, "review")


def test_versions_are_the_same_on_every_database(database: Database) -> None:
    li = people(database)["li"]
    with database.writing() as connection:
        drafting.save(connection, li, "a.toml", Edit("二", 0), "一")
        drafting.save(connection, li, "b.toml", Edit("乙", 0), None)
        drafting.take(connection, li, "a.toml", 2, "一", "好")
    with database.reading() as connection:
        found = drafting.newest_of_all(connection)
        assert {name: one.number for name, one in found.items()} == {"a.toml": 2, "b.toml": 1}
        assert drafting.text_of(connection, "a.toml", 1) == "一"
        assert not drafting.changed_elsewhere(connection, "a.toml", "二")
    with pytest.raises(Overtaken), database.writing() as connection:
        drafting.save(connection, li, "a.toml", Edit("三", 1), "二")
    with pytest.raises(ReviewError), database.writing() as connection:
        drafting.take(connection, li, "a.toml", 2, "二", "再来")


def test_the_newest_talk_is_tried_first(
    database: Database, make_pipeline: Callable[..., Pipeline]
) -> None:
    keep_transcripts(database, make_pipeline())
    with database.reading() as connection:
        every = again.newest(connection, 1000)
        assert sorted(every) == again.numbers(connection)
        assert again.newest(connection, 1) == every[:1]
        own = tables.recordings.c
        order = connection.scalars(sa.select(own.id).order_by(own.began.desc())).all()
    assert every == list(order)


# --- taking effect --------------------------------------------------------------------------------


def test_a_draft_takes_effect_as_a_file_and_is_found(
    desk: Desk, trainer: TestClient, own: Path
) -> None:
    number = saved(trainer, HALL)
    assert not own.exists()
    assert "hall-after-lunch" not in {p.id for p in load_lexicon(Shelf((own,)).folders).phrases}
    forced(trainer, number)
    assert (own / "hall.toml").read_text(encoding="utf-8") == HALL
    assert [path.name for path in own.iterdir()] == ["hall.toml"]
    lexicon = load_lexicon(Shelf((own,)).folders)
    assert lexicon["hall-after-lunch"].severity == "minor"
    assert trail(desk)[-1] == ("put list in force", "trainer")
    (one,) = trainer.get("/api/lists/files/hall.toml/versions").json()
    assert (one["taken_by"], one["taken_why"]) == ("trainer", "组长同意")
    assert not trainer.get("/api/lists/files/hall.toml").json()["draft"]


def test_a_list_with_an_error_cannot_take_effect(
    desk: Desk, trainer: TestClient, own: Path
) -> None:
    number = saved(trainer, HALL.replace("吃完饭再来吧。", "您慢走。"))
    body = {"revision": number, "why": "急"}
    message = refused(trainer.post("/api/lists/files/hall.toml/in-force", json=body), 409, "review")
    assert "您慢走" in message
    assert not own.exists()
    assert ("put list in force", "trainer") not in trail(desk)


def test_only_the_newest_version_takes_effect_and_only_with_a_reason(
    trainer: TestClient, own: Path
) -> None:
    saved(trainer, HALL)
    saved(trainer, HALL + "# 二\n", 1)
    path = "/api/lists/files/hall.toml/in-force"
    refused(trainer.post(path, json={"revision": 1, "why": "好"}), 409, "overtaken")
    refused(trainer.post(path, json={"revision": 2, "why": " "}), 422, "invalid")
    assert not own.exists()


def test_the_built_in_file_is_never_written(trainer: TestClient, small: Path, own: Path) -> None:
    before = (small / "thanks.toml").read_bytes()
    changed = THANKS.replace('"谢谢合作"', '"谢谢合作", "谢您合作"')
    number = saved(trainer, changed, 0, "thanks.toml")
    forced(trainer, number, "thanks.toml")
    assert (small / "thanks.toml").read_bytes() == before
    assert (own / "thanks.toml").read_text(encoding="utf-8") == changed


def test_a_folder_that_cannot_be_written_is_told_and_nothing_is_noted(
    desk: Desk, trainer: TestClient, own: Path
) -> None:
    own.write_text("a file where a folder should be", encoding="utf-8")
    number = saved(trainer, HALL)
    body = {"revision": number, "why": "好"}
    answer = trainer.post("/api/lists/files/hall.toml/in-force", json=body)
    assert "hall.toml" in refused(answer, 409, "output")
    assert trail(desk) == [("save list", "trainer")]
    assert trainer.get("/api/lists/files/hall.toml").json()["draft"]


def test_without_a_folder_of_ones_own_nothing_takes_effect(
    kept_desk: Path, tmp_path: Path, small: Path
) -> None:
    with desk_of(kept_desk, tmp_path) as desk:
        trainer = desk.browser("trainer")
        number = saved(trainer, HALL)
        body = {"revision": number, "why": "好"}
        answer = trainer.post("/api/lists/files/hall.toml/in-force", json=body)
        assert "--lexicons" in refused(answer, 409, "review")


def test_what_was_changed_in_the_folder_is_taken_in_before_anything_is_saved_over_it(
    desk: Desk, trainer: TestClient, own: Path
) -> None:
    forced(trainer, saved(trainer, HALL))
    saved(trainer, HALL + "# 草稿\n", 1)
    by_hand = HALL + "# 手改\n"
    (own / "hall.toml").write_text(by_hand, encoding="utf-8")
    assert trainer.get("/api/lists/files/hall.toml").json()["elsewhere"]
    body = {"text": HALL + "# 草稿二\n", "revision": 2}
    refused(trainer.put("/api/lists/files/hall.toml", json=body), 409, "overtaken")
    body = {"revision": 2, "why": "好"}
    refused(trainer.post("/api/lists/files/hall.toml/in-force", json=body), 409, "overtaken")
    assert (own / "hall.toml").read_text(encoding="utf-8") == by_hand
    assert trainer.post("/api/lists/files/hall.toml/taken-in").status_code == 204
    found = trainer.get("/api/lists/files/hall.toml").json()
    assert (found["text"], found["revision"], found["draft"]) == (by_hand, 3, False)
    saved(trainer, HALL + "# 草稿二\n", 3)
    refused(trainer.post("/api/lists/files/hall.toml/taken-in"), 404, "not found")


def test_a_rubric_of_ones_own_takes_effect(trainer: TestClient, own: Path) -> None:
    found = trainer.get("/api/lists/files/rubric.toml").json()
    lists = {"thanks", "greeting"}
    text = (
        'schema = 2\nname = "hall"\nversion = "1"\nbase = 100\n'
        '[[grade]]\nat_least = 0\ntitle = {zh = "好", en = "good"}\n'
        '[[rule]]\nid = "hello"\ntitle = {zh = "问好", en = "Greets"}\npoints = 7\n'
        'want = {list = "greeting"}\n'
    )
    assert found["revision"] == 0
    assert lists
    number = saved(trainer, text, 0, "rubric.toml")
    forced(trainer, number, "rubric.toml")
    assert load_rubric(own / "rubric.toml")["hello"].points[""] == 7.0
    (rule,) = trainer.get("/api/lists/files/rubric.toml").json()["rules"]
    assert rule["id"] == "hello"


# --- tried on past talk ---------------------------------------------------------------------------


def tried(client: TestClient, revision: int, **more: object) -> dict:
    body = {"file": "hall.toml", "revision": revision, **more}
    begun = client.post("/api/lists/trials", json=body)
    assert begun.status_code == 200, begun.text
    return ended(client, begun.json()["number"])


def ended(client: TestClient, number: int) -> dict:
    while True:
        found: dict = client.get(f"/api/lists/trials/{number}").json()
        if found["state"] != "running":
            return found
        time.sleep(0.05)


def said_by_a_clerk(desk: Desk) -> str:
    with desk.store.reading() as connection:
        own = tables.utterances.c
        wanted = sa.select(own.heard).where(own.role == "clerk", own.heard.like("______，%"))
        found = connection.scalars(wanted.order_by(own.recording_id, own.number)).first()
    assert isinstance(found, str)
    return found


def test_a_trial_tells_what_would_come_with_the_sentence_and_changes_nothing(
    desk: Desk, trainer: TestClient
) -> None:
    sentence = said_by_a_clerk(desk)
    phrase = sentence.partition("，")[0]
    text = (
        'schema = 1\nlist = "hall"\nkind = "forbidden"\ntitle = {zh = "a", en = "b"}\n[[phrase]]\n'
        f'id = "hall-x"\ntext = "{phrase}"\nsources = ["ours"]\nseverity = "serious"\n'
    )

    def results() -> list[object]:
        with desk.store.reading() as connection:
            return [connection.scalar(sa.select(sa.func.count()).select_from(t))
                    for t in (tables.results, tables.findings, tables.flags)]  # fmt: skip

    before = results()
    found = tried(trainer, saved(trainer, text))
    assert found["state"] == "done", found
    assert found["done"] == found["total"] > 5
    come = [one for one in found["differences"] if one["phrase_id"] == "hall-x"]
    assert sentence in {one["sentence"] for one in come}
    assert all(one["kind"] == "came" and one["accuses"] and one["points"] < 0 for one in come)
    assert found["accusations"] == found["kinds"]["came"] == len(come)
    assert found["after"] < found["before"]
    assert results() == before


def test_a_draft_that_changes_no_finding_changes_nothing(trainer: TestClient) -> None:
    found = tried(trainer, saved(trainer, HALL))
    assert found["state"] == "done"
    assert found["differences"] == []
    assert found["changed"] == 0
    assert found["before"] == found["after"]


def test_as_many_are_tried_as_are_asked_for(trainer: TestClient) -> None:
    assert tried(trainer, saved(trainer, HALL), count=1)["total"] == 1


def test_a_draft_that_cannot_be_read_fails_with_the_reason(trainer: TestClient) -> None:
    found = tried(trainer, saved(trainer, HALL.replace("sources", "sauces")))
    assert found["state"] == "failed"
    assert "hall.toml" in found["fault"]
    assert "/" not in found["fault"].partition("hall.toml")[0]


def test_one_trial_at_a_time_and_it_can_be_cancelled(
    desk: Desk, trainer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, real = threading.Event(), again.judged

    def slow(*arguments: object) -> object:
        go_on.wait(30)
        return real(*arguments)

    monkeypatch.setattr(again, "judged", slow)
    number = saved(trainer, HALL)
    body = {"file": "hall.toml", "revision": number}
    running = trainer.post("/api/lists/trials", json=body).json()["number"]
    other = desk.browser("administrator")
    assert "trainer" in refused(other.post("/api/lists/trials", json=body), 409, "review")
    assert other.get("/api/lists").status_code == 200  # the desk answers meanwhile
    assert other.delete(f"/api/lists/trials/{running}").status_code == 204
    go_on.set()
    assert ended(trainer, running)["state"] == "cancelled"
    refused(other.get("/api/lists/trials/99"), 404, "not found")
