"""The overview: its numbers are those of the plain report, and each leads to what is behind it."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import openpyxl
import pytest
import sqlalchemy as sa
from desks import Desk, desk_of, refused
from stored import DAYS, RUDE, command

from courtesy.collected import Choice, Collected
from courtesy.review import overview
from courtesy.store import Database, deciding, purging, queueing, tables
from courtesy.store.collecting import collect
from courtesy.store.flagging import catch_up

ALL = {"first": "2026-11-01", "last": "2026-11-30"}
COURTESIES = {"greeting", "farewell", "answer", "please", "thanks_reply"}


@pytest.fixture(scope="module")
def kept(kept_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Give a desk that nobody changes."""
    with desk_of(kept_desk, tmp_path_factory.mktemp("overview")) as found:
        yield found


@pytest.fixture
def desk(kept_desk: Path, tmp_path: Path) -> Iterator[Desk]:
    """Give a desk of one's own."""
    with desk_of(kept_desk, tmp_path) as found:
        yield found


def seen(desk: Desk, role: str = "supervisor", **asked: Any) -> Any:
    answer = desk.browser(role).get("/api/overview", params={**ALL, **asked})
    assert answer.status_code == 200, answer.text
    return answer.json()


def report(database: Database, **choice: Any) -> Collected:
    """Return what `courtesy report --db` counts in the same days."""
    return collect(database, Choice(date(2026, 11, 1), date(2026, 11, 30), **choice))


def told(found: Any) -> tuple[Any, ...]:
    """Return the numbers of an overview that a report has, too."""
    total = found["total"]
    phrases = {one["phrase"]: one["times"] for one in found["breaches"] if "phrase" in one}
    missed = {one["rule"]: one["missed"] for one in found["missed"]}
    return total["interactions"], total["scored"], total["mean"], total["passed"], phrases, missed


def counted(collected: Collected) -> tuple[Any, ...]:
    """Count the same one by one."""
    judged = [one for one in collected.judged if not one.aside]
    scores = [one.score for one in judged if one.score is not None]
    missed: dict[str, int] = {}
    for (_, rule), verdicts in collected.verdicts.items():
        if rule not in {"forbidden", "abuse", "quarrel"} and verdicts.get("fail"):
            missed[rule] = missed.get(rule, 0) + verdicts["fail"]
    return (
        len(judged),
        len(scores),
        pytest.approx(sum(scores) / len(scores), abs=0.01),
        sum(score >= 60 for score in scores),
        {one.id: one.times for one in collected.phrases},
        missed,
    )


def test_its_numbers_are_those_of_the_report(kept: Desk) -> None:
    found = seen(kept)
    assert told(found) == counted(report(kept.store))
    assert found["total"]["interactions"] == len(DAYS)
    assert found["total"]["said"] == sum(one["times"] for one in found["breaches"])
    low, high = found["total"]["interval"]
    assert low < found["total"]["mean"] < high


@pytest.mark.parametrize(
    "choice", [{"window": "1号"}, {"clerk": RUDE}, {"hall": "一号厅"}], ids=str
)
def test_part_of_it_is_counted_alike(kept: Desk, choice: dict[str, str]) -> None:
    assert told(seen(kept, **choice)) == counted(report(kept.store, **choice))


def behind(desk: Desk, link: str, role: str = "supervisor") -> int:
    """Return how many there are behind a number."""
    answer = desk.browser(role).get(f"/api{link}")
    assert answer.status_code == 200, answer.text
    count: int = answer.json()["count"]
    return count


def points(found: Any, line: Any) -> list[tuple[str, int]]:
    """Return what is behind each point of a line, as the page has it, and how many it counts."""
    link: str = line["links"]["scored"]
    asked = dict(parse_qsl(link.partition("?")[2]))
    return [
        (f"/interactions?{urlencode(asked | found['steps'][at])}", scored)
        for at, scored, _ in line["points"]
    ]


def test_behind_each_number_are_as_many(kept: Desk) -> None:
    found = seen(kept)
    total, links = found["total"], found["total"]["links"]
    for name in ("interactions", "scored", "passed", "low", "unscored", "said"):
        assert behind(kept, links[name]) == total[name], name
    rows = [(one["link"], one["count"]) for one in found["flags"]]
    rows += [(one["link"], one["times"]) for one in found["breaches"]]
    rows += [(one["link"], one["missed"]) for one in found["missed"]]
    rows += [(one["link"], one["said"]) for one in found["hours"]]
    for line in (*found["clerks"], *found["windows"]):
        rows += [(line["links"][name], line[name]) for name in line["links"]]
        rows += points(found, line)
    assert len(rows) > 40
    for link, count in rows:
        assert behind(kept, link) == count, link


# --- after people did something -------------------------------------------------------------------


def decide(desk: Desk, number: int, outcome: Any) -> None:
    with desk.store.writing() as connection:
        one = queueing.flag(connection, number)
        assert one
        deciding.decide(connection, one, desk.staff["reviewer"], outcome, "quoted")


@pytest.mark.parametrize("outcome", ["confirmed", "rejected", "unsure"])
def test_what_people_decide_is_in_it_at_once(desk: Desk, outcome: str) -> None:
    own = tables.flags.c
    said, missing = (
        desk.flag(own.phrase_id != "", own.verdict == "fail"),
        desk.flag(own.rule == "greeting"),
    )
    before = seen(desk)
    decide(desk, said, outcome)
    decide(desk, missing, outcome)
    after = seen(desk)
    assert told(after) == counted(report(desk.store))
    counts = outcome == "confirmed"
    assert after["total"]["said"] == before["total"]["said"] - (0 if counts else 1)
    assert (told(after) == told(before)) is counts
    waiting = [
        {one["state"]: one["count"] for one in found["flags"]}["waiting"]
        for found in (before, after)
    ]
    assert waiting[1] == waiting[0] - 2


def test_what_is_under_appeal_counts_nowhere_until_it_is_answered(desk: Desk) -> None:
    number = desk.flag(tables.flags.c.clerk == RUDE, tables.flags.c.phrase_id != "")
    before = seen(desk)
    clerk, supervisor = desk.browser("clerk"), desk.browser("supervisor")
    asked = {"revision": 0, "reason": "我在念墙上的规定"}
    assert clerk.post(f"/api/findings/{number}/appeal", json=asked).status_code == 200
    meanwhile = seen(desk)
    assert meanwhile["total"]["said"] == before["total"]["said"] - 1
    assert told(meanwhile) == counted(report(desk.store))
    answer = {"revision": 1, "upheld": True, "answer": "听得很清楚"}
    assert supervisor.post(f"/api/findings/{number}/answer", json=answer).status_code == 200
    assert told(seen(desk)) == told(before) == counted(report(desk.store))


def test_what_was_purged_is_in_it_no_more(desk: Desk) -> None:
    middle = date(2026, 11, 5)
    with desk.store.writing() as connection:
        purging.purge(connection, purging.Step("scores", middle))
    found = seen(desk)
    assert told(found) == counted(report(desk.store))
    assert found["total"]["interactions"] == sum(day.date() >= middle for day in DAYS)
    assert found["known"][0] == middle.isoformat()


def test_scored_again_it_is_counted_again(desk: Desk, tmp_path: Path) -> None:
    before = seen(desk)
    decide(desk, desk.flag(tables.flags.c.rule == "greeting"), "rejected")
    store = tmp_path / "desk.sqlite3"
    command("rescore", "--db", store, "--rubric", "strict", "--write", "--yes")
    assert catch_up(desk.store, 0.0)
    after = seen(desk)
    assert told(after) == counted(report(desk.store))
    assert told(after) != told(before)


def test_scores_that_are_kept_without_words_still_count(desk: Desk) -> None:
    before = seen(desk)
    with desk.store.writing() as connection:
        purging.purge(connection, purging.Step("words", date(2026, 12, 1)))
    after = seen(desk)
    assert told(after)[:4] == told(before)[:4]
    place = told_place(after, desk)
    one = desk.browser("supervisor").get(f"/api/interactions/{place}").json()
    assert one["utterances"] == []


def told_place(found: Any, desk: Desk) -> str:
    """Return the first interaction behind an overview."""
    link = found["total"]["links"]["interactions"]
    place: str = desk.browser("supervisor").get(f"/api{link}").json()["interactions"][0]["id"]
    return place


# --- who sees what --------------------------------------------------------------------------------


def test_a_clerk_sees_own_figures_and_no_other_name(kept: Desk) -> None:
    others = {one["name"] for one in seen(kept)["clerks"]} - {RUDE}
    assert others
    found = seen(kept, "clerk", clerk=sorted(others)[0])
    assert told(found) == counted(report(kept.store, clerk=RUDE))
    client = kept.browser("clerk")
    pages = ("/overview", "/interactions", "/api/overview", "/api/interactions",
             "/api/overview/export")  # fmt: skip
    for page in pages:
        shown = client.get(page, params=ALL if page.startswith("/api/overview") else {}).text
        assert not any(f'"{other}"' in shown or f">{other}<" in shown for other in others), page
    assert behind(kept, found["total"]["links"]["interactions"], "clerk") == 1
    assert "clerk=" not in found["total"]["links"]["interactions"]


def test_a_clerk_opens_no_other_s_interaction(kept: Desk) -> None:
    client = kept.browser("clerk")
    (own,) = client.get("/api/interactions").json()["interactions"]
    assert own["clerk"] == RUDE
    assert client.get(f"/api/interactions/{own['id']}").status_code == 200
    rows = kept.browser("reviewer").get("/api/interactions").json()["interactions"]
    other = next(one for one in rows if one["clerk"] != RUDE)
    for address in (other["id"], f"{other['id']}/sound"):
        refused(client.get(f"/api/interactions/{address}"), 403, "forbidden")
    refused(
        client.get("/api/interactions", params={"clerk": "工号0", "after": "x"}), 422, "invalid"
    )


def test_a_trainer_sees_figures_and_nothing_behind_them(kept: Desk) -> None:
    found = seen(kept, "trainer")
    assert told(found) == told(seen(kept))
    assert set(found["total"]["links"].values()) == {None}
    assert {one["link"] for one in (*found["breaches"], *found["missed"])} == {None}
    refused(kept.browser("trainer").get("/api/interactions"), 403, "forbidden")


# --- which days -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "first"), [("today", "2026-11-05"), ("week", "2026-11-02"), ("month", "2026-11-01")]
)
def test_a_period_ends_today(
    kept: Desk, monkeypatch: pytest.MonkeyPatch, period: str, first: str
) -> None:
    monkeypatch.setattr(overview, "today", lambda: date(2026, 11, 5))  # a Thursday
    answer = kept.browser("supervisor").get("/api/overview", params={"period": period}).json()
    assert (answer["first"], answer["last"]) == (first, "2026-11-05")
    days = sum(first <= day.date().isoformat() <= "2026-11-05" for day in DAYS)
    assert answer["total"]["interactions"] == days


def test_long_times_are_shown_by_week(kept: Desk) -> None:
    found = seen(kept, first="2026-10-01")
    assert found["step"] == "week"
    assert all(date.fromisoformat(step["first"]).weekday() == 0 for step in found["steps"])
    rows = [row for line in found["windows"] for row in points(found, line)]
    assert sum(scored for _, scored in rows) == found["total"]["scored"]
    assert all(behind(kept, link) == scored for link, scored in rows)


@pytest.mark.parametrize(
    "days", [{"first": "2026-11-30", "last": "2026-11-01"}, {"first": "2020-01-01"}], ids=str
)
def test_days_that_make_no_sense_are_refused(kept: Desk, days: dict[str, str]) -> None:
    answer = kept.browser("supervisor").get("/api/overview", params=ALL | days)
    assert answer.status_code == 409
    assert answer.json()["error"]["message"]


def test_days_without_anything_say_which_have(kept: Desk) -> None:
    found = seen(kept, first="2025-01-01", last="2025-01-31")
    assert found["total"]["interactions"] == 0
    assert found["total"]["mean"] is None
    assert found["known"] == [DAYS[0].date().isoformat(), DAYS[-1].date().isoformat()]


# --- as a file ------------------------------------------------------------------------------------


def test_the_table_has_a_row_a_clerk_and_window(kept: Desk) -> None:
    client = kept.browser("supervisor", cookies={"lang": "zh"})
    answer = client.get("/api/overview/export", params=ALL)
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    found = seen(kept)
    assert {row["工作人员"] for row in rows} == {one["name"] for one in found["clerks"]}
    assert sum(int(row["接待次数"]) for row in rows) == found["total"]["interactions"]
    assert sum(int(row["忌语"]) for row in rows) == found["total"]["said"]


def test_the_workbook_has_all_that_the_page_has(kept: Desk) -> None:
    client = kept.browser("supervisor", cookies={"lang": "zh"})
    answer = client.get("/api/overview/export", params=ALL | {"format": "xlsx"})
    assert "spreadsheetml" in answer.headers["content-type"]
    assert 'filename="overview-2026-11-01-2026-11-30.xlsx"' in answer.headers["content-disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    found = seen(kept)
    cells = dict(book["总览"].iter_rows(values_only=True))
    assert cells["平均分"] == found["total"]["mean"]
    said = dict(list(book["最多的忌语"].iter_rows(values_only=True))[1:])
    assert said == {one["name"]: one["times"] for one in found["breaches"]}


def test_no_name_becomes_a_formula(desk: Desk) -> None:
    formula = "=HYPERLINK(1)"
    with desk.store.writing() as connection:
        connection.execute(sa.update(tables.tallies).values(clerk=formula))
    client = desk.browser("supervisor")
    table = client.get("/api/overview/export", params=ALL).content.decode("utf-8-sig")
    assert formula in table
    assert f",{formula}" not in table
    answer = client.get("/api/overview/export", params=ALL | {"format": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(formula in str(cell.value) for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)


# --- interactions ---------------------------------------------------------------------------------


def listed(desk: Desk, **asked: Any) -> list[Any]:
    answer = desk.browser("supervisor").get("/api/interactions", params=asked)
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["interactions"]
    return found


def test_interactions_are_listed_the_latest_first(kept: Desk) -> None:
    rows = listed(kept)
    assert [one["began"][:10] for one in rows] == [f"{day:%Y-%m-%d}" for day in reversed(DAYS)]
    assert [one["clerk"] for one in listed(kept, clerk=RUDE)] == [RUDE]
    low = listed(kept, score="low")
    assert low
    assert all(one["score"] < 60 for one in low)
    assert {one["id"] for one in low} | {one["id"] for one in listed(kept, score="passed")} == {
        one["id"] for one in listed(kept, score="scored")
    }
    some = listed(kept, least=30, most=80)
    assert [one["id"] for one in some] == [
        one["id"] for one in rows if one["score"] is not None and 30 <= one["score"] <= 80
    ]
    day = listed(kept, first=DAYS[2].date().isoformat(), last=DAYS[3].date().isoformat())
    assert [one["began"][:10] for one in day] == [f"{DAYS[at]:%Y-%m-%d}" for at in (3, 2)]


@pytest.mark.parametrize("timeless", [False, True])
def test_pages_of_interactions_follow_each_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, *, timeless: bool
) -> None:
    monkeypatch.setattr("courtesy.store.listing.PAGE", 3)
    if timeless:
        with desk.store.writing() as connection:
            connection.execute(sa.update(tables.interactions).values(began=None))
    client, seen_ids, after = desk.browser("supervisor"), [], ""
    while True:
        found = client.get(
            "/api/interactions", params={"timeless": timeless, "after": after}
        ).json()
        seen_ids += [one["id"] for one in found["interactions"]]
        if not found["next"]:
            break
        after = found["next"]
    assert len(seen_ids) == len(set(seen_ids)) == found["count"] >= len(DAYS)


def test_an_interaction_says_why_it_has_its_score(desk: Desk) -> None:
    own = tables.flags.c
    number = desk.flag(own.clerk == RUDE, own.phrase_id != "", own.severity == "serious")
    row = listed(desk, clerk=RUDE)[0]
    client = desk.browser("reviewer", cookies={"lang": "zh"})
    before = client.get(f"/api/interactions/{row['id']}").json()
    assert row["score"] == before["score"] == before["first_score"]
    flagged = {one["flag"]["id"]: one for one in before["findings"] if one["flag"]}
    assert flagged[number]["flag"]["state"] == "waiting"
    assert row["flags"] == len(flagged)
    marked = [mark for said in before["utterances"] for mark in said["marks"]]
    assert marked
    decide(desk, number, "rejected")
    after = client.get(f"/api/interactions/{row['id']}").json()
    flagged = {one["flag"]["id"]: one for one in after["findings"] if one["flag"]}
    assert flagged[number]["flag"]["state"] == "rejected"
    assert after["first_score"] == before["score"]
    assert after["score"] >= before["score"]
    english = desk.browser("reviewer", cookies={"lang": "en"})
    there = english.get(f"/api/interactions/{row['id']}").json()["findings"][0]
    assert there["name"].isascii()
    assert not before["findings"][0]["name"].isascii()


def test_an_interaction_is_heard_from_any_of_its_seconds(kept: Desk) -> None:
    (row, *_) = listed(kept, timeless=True)
    client = kept.browser("reviewer")
    one = client.get(f"/api/interactions/{row['id']}").json()
    sound = f"/api/interactions/{row['id']}/sound"
    whole = client.get(sound)
    assert whole.headers["content-type"] == "audio/wav"
    later = client.get(sound, params={"at": one["end"] - 1})
    assert 0 < len(later.content) < len(whole.content)
    part = client.get(sound, headers={"range": "bytes=0-99"})
    assert (part.status_code, len(part.content)) == (206, 100)
    refused(client.get(f"/api/interactions/{listed(kept)[0]['id']}/sound"), 404, "no sound")


@pytest.mark.parametrize("place", ["0-0", "1-99", f"{10**17}-0", f"1-{10**8}"])
def test_what_is_not_there_is_not_found(kept: Desk, place: str) -> None:
    refused(kept.browser("reviewer").get(f"/api/interactions/{place}"), 404, "not found")


@pytest.mark.parametrize("place", ["1", "1-", "-1-0", "x-1", f"{10**30}-1", "1-٣"])
def test_what_is_no_place_is_invalid(kept: Desk, place: str) -> None:
    refused(kept.browser("reviewer").get(f"/api/interactions/{place}"), 422, "invalid")


def test_flags_are_found_by_weekday_and_hour_however_they_are_asked_for(kept: Desk) -> None:
    client = kept.browser("supervisor")
    day = DAYS[4]
    hour = {"state": "counted", "weekday": day.weekday(), "hour": day.hour}
    many = client.get("/api/findings", params=hour).json()
    some = client.get("/api/findings", params=hour | ALL).json()
    assert {one["began"][:13] for one in many["findings"]} == {f"{day:%Y-%m-%dT%H}"}
    assert many["count"] == some["count"] > 0
    assert [one["id"] for one in many["findings"]] == [one["id"] for one in some["findings"]]
    other = hour | ALL | {"hour": day.hour + 1}
    assert client.get("/api/findings", params=other).json()["count"] == 0


def test_who_looks_second_sees_no_correction_of_the_first(desk: Desk) -> None:
    own = tables.flags.c
    number = desk.flag(own.clerk == RUDE, own.phrase_id != "")
    with desk.store.writing() as connection:
        connection.execute(sa.update(tables.flags).where(own.id == number).values(twice=True))
    first = desk.browser("reviewer")
    said = first.get(f"/api/findings/{number}").json()["utterances"][0]["id"]
    given = {"utterance": said, "heard": "您好"}
    assert first.post(f"/api/findings/{number}/corrections", json=given).status_code == 201
    decide(desk, number, "confirmed")
    row = listed(desk, clerk=RUDE)[0]

    def corrected(role: str) -> list[Any]:
        found = desk.browser(role).get(f"/api/interactions/{row['id']}").json()
        return [one["corrected"] for one in found["utterances"] if one["corrected"]]

    assert corrected("administrator")
    assert corrected("reviewer"), "who corrected it sees it"
    assert not corrected("supervisor"), "who may look second does not"
