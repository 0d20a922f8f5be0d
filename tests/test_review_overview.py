"""The overview: its numbers are those of the plain report, and each leads to what is behind it."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from desks import Desk, desk_of, refused
from stored import DAYS, RUDE

from courtesy.collected import Choice, Collected
from courtesy.review import overview
from courtesy.store import Database, deciding, purging, queueing, tables
from courtesy.store.collecting import collect

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


@pytest.mark.parametrize("choice", [{"window": "1号"}, {"clerk": RUDE}, {"hall": "一号厅"}], ids=str)
def test_part_of_it_is_counted_alike(kept: Desk, choice: dict[str, str]) -> None:
    assert told(seen(kept, **choice)) == counted(report(kept.store, **choice))


def behind(desk: Desk, link: str, role: str = "supervisor") -> int:
    """Return how many there are behind a number."""
    answer = desk.browser(role).get(f"/api{link}")
    assert answer.status_code == 200, answer.text
    count: int = answer.json()["count"]
    return count


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
        rows += [(point["link"], point["scored"]) for point in line["points"]]
    assert len(rows) > 40
    for link, count in rows:
        assert behind(kept, link) == count, link
