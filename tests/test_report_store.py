"""`courtesy report` over the store: its figures are recomputed by hand, its pages are opened."""

import csv
import io
import json
import math
import os
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import fmean, stdev

import openpyxl
import pytest
import sqlalchemy as sa
from browser import browser, laid_out, printed, screenshot
from scipy import stats
from typer.testing import CliRunner, Result

from courtesy.analysis.figures import interval, mean_interval
from courtesy.analysis.members import LEAST_DAYS, LEAST_SCORED, cells, figures
from courtesy.analysis.summary import Summary, summarise
from courtesy.analysis.trend import trend
from courtesy.cli import app
from courtesy.collected import MOST_QUOTES, Choice, gravest
from courtesy.errors import StoreError
from courtesy.messages import LANGUAGES, Lang, Text
from courtesy.records import (
    Fault,
    Finding,
    Heard,
    Interaction,
    Judged,
    MadeBy,
    Match,
    Recording,
    Run,
    Scorecard,
    Span,
    Utterance,
    Verdict,
    Whose,
)
from courtesy.report.json_report import to_json
from courtesy.results import read_results
from courtesy.store import Database, files, open_database, tables
from courtesy.store.collecting import collect
from courtesy.store.saving import Origin, keep, keep_result

MADE_BY = MadeBy("0.1.0", None, "0123456789ab", "window 2 (0123456789ab)")
GOOD, FAIR = Text("优秀", "excellent"), Text("称职", "competent")
FIRST = datetime(2026, 9, 1, 9)
RUDE = "急什么，等着，急什么！"
MONTH = Choice(date(2026, 9, 1), date(2026, 9, 30))
# Clerks, where they sit, and their scores on each of six days.
CLERKS: dict[Whose, list[list[float]]] = {
    Whose("一号厅", "2号窗口", "王芳"): [[100, 90, 100, 100]] * 6,
    Whose("一号厅", "10号窗口", "=HYPERLINK(1)"): [[70, 60, 80, 70, 60]] * 5 + [[70, 80]],
    Whose("二号厅", "1号窗口", "李四"): [[100, 80]] * 3,
}


def match(number: int, phrase: str, said: Utterance) -> Match:
    return Match(
        number, "forbidden", "forbidden", phrase, f"forbidden-{phrase}", ("S0 三(三)",), "serious",
        phrase, Span(0, len(phrase)), said.id, "clerk", said.start, said.end, "exact", 0.98,
        "counted", Text("工作人员说的", "said by the clerk"),
    )  # fmt: skip


def card(number: int, score: float | None, began: datetime | None, start: float) -> Scorecard:
    """Judge an interaction: below 90 there was no greeting, below 70 a phrase was said twice."""
    rude = score is not None and score < 70
    talk = (
        Utterance(2 * number, RUDE if rude else "请稍等。", "clerk", start, start + 3),
        Utterance(2 * number + 1, "好。", "customer", start + 4, start + 5),
    )  # fmt: skip
    matches = tuple(match(at, "急什么", talk[0]) for at in range(2)) if rude else ()
    verdicts: list[tuple[str, Verdict, tuple[int, ...]]] = [
        ("greeting", "pass" if score is None or score >= 90 else "fail", ()),
        ("thanks_reply", "unsure" if number == 1 else "na", ()),
        # Two breaches, and one of them the same phrase going on.
        *([("forbidden", "fail", (0,)), ("forbidden", "unsure", ())] if rude else
          [("forbidden", "pass", ())]),
        ("honorific", "pass", ()),
    ]  # fmt: skip
    reason = Text("理由", "reason")
    findings = tuple(
        Finding(rule, verdict if score is not None else "unsure", 0.0, reason, None, None, evidence)
        for rule, verdict, evidence in verdicts
    )
    note = Text(
        "声音不能作为评分的依据：太嘈杂，信噪比 2.1 dB（至少要 5）；断音太多",
        "the sound is no fair basis: too noisy, 2.1 dB (at least 5); it breaks off",
    )
    grade = None if score is None else GOOD if score >= 90 else FAIR
    return Scorecard(
        Interaction(number, talk, matches=matches, began=began),
        findings, score, grade, scorable=score is not None, note=note if score is None else None,
    )  # fmt: skip


def day(whose: Whose, scores: list[float | None], began: datetime | None, name: str) -> Recording:
    path = f"/in/{whose.hall}/{whose.window}/{name}.wav"
    cards = [
        card(at, score, began and began + timedelta(minutes=15 * at), 900.0 * at)
        for at, score in enumerate(scores)
    ]
    said = tuple(u for one in cards for u in one.interaction.utterances)
    return Recording(Heard(path, said, duration=9000.0, began=began), (), tuple(cards))


def put(database: Database, number: int, whose: Whose, recording: Recording) -> None:
    origin = Origin(f"{number:064x}", recording.heard.path, *whose)
    with database.writing() as connection:
        keep(connection, origin, [recording], MADE_BY)


@pytest.fixture
def store(db_url: str) -> Iterator[Database]:
    """Fill a store with three clerks' September, and something around it."""
    made = open_database(db_url)
    number = 0
    for whose, days in CLERKS.items():
        for at, scores in enumerate(days):
            number += 1
            began = FIRST + timedelta(days=at)
            put(made, number, whose, day(whose, list(scores), began, f"{began:%Y%m%d_%H%M%S}"))
    wang = next(iter(CLERKS))
    last = datetime(2026, 9, 30, 23, 50)
    put(made, 90, wang, day(wang, [None], last, "last"))
    put(made, 91, wang, day(wang, [0.0], datetime(2026, 10, 1), "october"))
    put(made, 92, wang, day(wang, [0.0, 0.0], None, "some day"))
    with made.writing() as connection:
        listed = [files.Listed(f"/in/bad{n}.wav", 1, 1, *wang) for n in range(2)]
        files.enlist(connection, [*listed, files.Listed("/in/20251231_090000.wav", 1, 1)])
        while job := files.claim(connection, "here:1"):
            fault = Fault("damaged-recording", Text("录音损坏", "it is damaged"))
            files.failed(connection, job, fault, final=True)
    yield made
    made.close()


def report(*words: object) -> Result:
    return CliRunner().invoke(app, ["report", *map(str, words)], env={"COLUMNS": "120"})


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, store: Database) -> Callable[..., Result]:
    def invoke(*words: object, lang: Lang = "en") -> Result:
        for module in ("courtesy.cli.common", "courtesy.cli.report"):
            monkeypatch.setattr(f"{module}.LANG", lang)
        return report("--db", store.address, *words)

    return invoke


def summary(store: Database, choice: Choice = MONTH) -> Summary:
    return summarise(collect(store, choice), "0.1.0")


# --- the figures ----------------------------------------------------------------------------------


def test_the_figures_are_those_that_a_hand_reckons(store: Database) -> None:
    found = summary(store)
    scores = [score for days in CLERKS.values() for scores in days for score in scores]
    assert found.everybody.interactions == len(scores) + 1
    assert found.everybody.scored == len(scores)
    assert found.everybody.mean == pytest.approx(fmean(scores))
    assert dict(found.everybody.grades) == {
        GOOD: sum(score >= 90 for score in scores),
        FAIR: sum(score < 90 for score in scores),
    }
    assert (found.first, found.last) == (date(2026, 9, 1), date(2026, 9, 30))
    assert (found.collected.timeless, found.asides) == (2, 0)
    assert found.unscored == ((Text("声音不能作为评分的依据：太嘈杂",
                                    "the sound is no fair basis: too noisy"), 1),)  # fmt: skip
    missed = sum(score < 90 for score in scores)
    greeting = found.rules["greeting"]
    assert (greeting.kept, greeting.missed) == (len(scores) - missed, missed)
    rude = sum(score < 70 for score in scores)
    forbidden = found.rules["forbidden"]
    # Where a phrase was said, the doubt about another one does not make it two.
    assert (forbidden.kept, forbidden.missed, forbidden.unsure) == (len(scores) - rude, rude, 0)
    assert found.rules["thanks_reply"].unsure == sum(map(len, CLERKS.values()))
    assert "honorific" not in found.rules  # it only informs
    (phrase,) = found.collected.phrases
    assert (phrase.phrase, phrase.times) == ("急什么", rude)
    assert len(phrase.quotes) == MOST_QUOTES
    assert phrase.quotes[0].sentence == RUDE
    assert phrase.quotes[0].began == max(q.began or FIRST for q in phrase.quotes)
    assert phrase.quotes[0].path.endswith("20260905_090000.wav")
    assert phrase.quotes[0].start == 3600.0


def test_each_clerk_stands_by_name_and_nobody_is_ranked(store: Database) -> None:
    found = summary(store)
    assert found.by == "clerk"
    assert [one.whose.clerk for one in found.members] == ["=HYPERLINK(1)", "王芳", "李四"]
    assert found.members[0].name.zh == "一号厅 =HYPERLINK(1)"
    by_clerk = {one.whose.clerk: one for one in found.members}
    for whose, days in CLERKS.items():
        own = by_clerk[whose.clerk]
        assert own.figures.mean == pytest.approx(fmean(s for scores in days for s in scores))
        assert own.figures.scored == sum(map(len, days))
    assert by_clerk["李四"].standing == "few"
    assert by_clerk["=HYPERLINK(1)"].standing == "below"
    windows = summarise(collect(store, MONTH), "0.1.0", "window").members
    assert [one.whose.window for one in windows] == ["2号窗口", "10号窗口", "1号窗口"]
    halls = summarise(collect(store, MONTH), "0.1.0", "hall").members
    assert [one.name.zh for one in halls] == ["一号厅", "二号厅"]


def test_too_few_are_not_compared() -> None:
    def some(days: int, each: int) -> bool:
        judged = [
            Judged(f"{n}.wav", FIRST + timedelta(days=n), 90.0 + n, whose=Whose(window="3"))
            for n in range(days)
            for _ in range(each)
        ]
        return figures(cells(judged)).few

    assert not some(LEAST_DAYS, LEAST_SCORED // LEAST_DAYS)
    assert some(LEAST_DAYS, LEAST_SCORED // LEAST_DAYS - 1)
    assert some(LEAST_DAYS - 1, LEAST_SCORED)


def test_the_interval_of_single_values_is_students_and_of_days_it_is_wider() -> None:
    values = [90.0, 95, 85, 80, 99, 92]
    low, high = stats.t.interval(0.95, 5, loc=fmean(values), scale=stats.sem(values))
    assert interval(values) == pytest.approx((low, high))
    # Days of three like customers each are as many as days, and not as many as customers.
    assert mean_interval((3, 3 * value) for value in values) == pytest.approx((low, high))
    error = stdev(values) / math.sqrt(len(values))
    assert high - fmean(values) == pytest.approx(error * stats.t.ppf(0.975, 5))
    assert mean_interval([(5, 450.0)]) is None


@pytest.mark.parametrize(
    ("days", "step", "points"),
    [(1, "day", 1), (31, "day", 31), (32, "week", 5), (300, "month", 10)],
)
def test_the_course_of_time_has_as_many_points_as_can_be_read(
    days: int, step: str, points: int
) -> None:
    ends = [datetime(2026, 9, 1), datetime(2026, 9, 1) + timedelta(days=days - 1)]
    found = trend(cells(Judged("a.wav", when, 90.0) for when in ends))
    assert found is not None
    assert (found.step, len(found.points)) == (step, points)
    assert sum(point.figures.interactions for point in found.points) == 2
    assert trend(cells([Judged("a.wav", None, 90.0)])) is None


def test_the_gravest_verdict_counts() -> None:
    said: list[tuple[str, Verdict]] = [("a", "pass"), ("b", "na"), ("a", "unsure"), ("a", "fail")]
    assert gravest(said) == {"a": "fail", "b": "na"}


def test_letters_say_what_the_findings_say(store: Database) -> None:
    counted: dict[tuple[str, str], int] = {}
    with store.reading() as connection:
        f = tables.findings.c
        for rule, verdict, many in connection.execute(
            sa.select(f.rule, f.verdict, sa.func.count())
            .where(f.rule.in_(["greeting", "honorific", "thanks_reply"]))
            .join_from(tables.findings, tables.interactions)
            .where(tables.interactions.c.score.is_not(None))
            .group_by(f.rule, f.verdict)
        ):
            counted[rule, verdict] = many
    found: dict[tuple[str, str], int] = {}
    for (_, rule), counts in collect(store, Choice()).verdicts.items():
        for verdict, many in counts.items():
            found[rule, verdict] = found.get((rule, verdict), 0) + many
    assert {key: many for key, many in found.items() if key[0] != "forbidden"} == counted


def test_only_what_counts_now_is_counted(store: Database) -> None:
    before = summary(store)
    wang = next(iter(CLERKS))
    again = day(wang, [50.0, 50.0, 50.0, 50.0], FIRST, "again")
    newer = MadeBy("0.2.0", None, "0123456789ab", "strict 1")
    with store.writing() as connection:
        keep_result(connection, 1, again, newer)
    after = summary(store)
    assert after.everybody.interactions == before.everybody.interactions
    assert after.everybody.mean is not None
    assert before.everybody.mean is not None
    assert after.everybody.mean < before.everybody.mean
    assert after.collected.rubrics == (MADE_BY.rubric, "strict 1")


# --- which interactions ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "count"),
    [
        (Choice(), 61), (Choice(since=date(2026, 10, 1)), 1), (Choice(until=date(2026, 9, 1)), 11),
        (Choice(date(2026, 9, 30), date(2026, 9, 30)), 1), (Choice(hall="二号厅"), 6),
        (Choice(window="2号窗口"), 28), (Choice(clerk="李四", since=date(2026, 9, 3)), 2),
        (Choice(date(2026, 9, 6), date(2026, 9, 6), hall="一号厅"), 6),
        (Choice(clerk="李四", window="2号窗口"), 0),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_counted(store: Database, choice: Choice, count: int) -> None:
    assert len(collect(store, choice).judged) == count


def test_an_empty_period_is_said_and_no_error(run: Callable[..., Result], tmp_path: Path) -> None:
    page, book = tmp_path / "page.html", tmp_path / "book.xlsx"
    words = ("--since", "2027-01-01", "--until", "2027-01-31", "--html", page, "--xlsx", book)
    for lang, told in (("zh", "没有接待"), ("en", "no interactions")):
        done = run(*words, lang=lang)
        assert done.exit_code == 0, done.output
        assert told in done.stdout
        assert told in page.read_text(encoding="utf-8")
    done = run("--since", "2027-01-01", "--json")
    assert json.loads(done.stdout)["everybody"]["mean"] is None


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        (("--since", "yesterday"), 2, "--since yesterday"),
        (("--until", "2026-02-30"), 2, "--until 2026-02-30"),
        (("--since", "2026-09-02", "--until", "2026-09-01"), 2, "before"),
        (("--by", "colour"), 2, "--by colour"),
        (("--hall", "三号厅"), 1, "一号厅"),
        (("--clerk", "nobody"), 1, "李四"),
        (("result.json",), 2, "--db"),
        (("--html", "no/such/folder/x.html"), 1, "no/such/folder"),
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_bad_input_gets_one_sentence(
    run: Callable[..., Result], words: tuple[str, ...], code: int, named: str, lang: Lang
) -> None:
    done = run(*words, lang=lang)
    assert done.exit_code == code, done.output
    assert len(done.stderr.strip().splitlines()) == 1
    if lang == "en" or named.startswith("--"):
        assert named in done.stderr


def test_a_store_that_is_missing_or_empty_gets_one_sentence(tmp_path: Path) -> None:
    done = report("--db", tmp_path / "none.sqlite3")
    assert (done.exit_code, len(done.stderr.strip().splitlines())) == (1, 1)
    assert not (tmp_path / "none.sqlite3").exists()
    open_database(str(tmp_path / "empty.sqlite3")).close()
    done = report("--db", tmp_path / "empty.sqlite3")
    assert (done.exit_code, len(done.stderr.strip().splitlines())) == (1, 1)
    assert "batch run" in done.stderr
    with pytest.raises(StoreError):
        collect(open_database(str(tmp_path / "empty.sqlite3")), MONTH)


# --- from files, the same -------------------------------------------------------------------------


def test_result_files_give_the_same_figures_as_the_store(store: Database, tmp_path: Path) -> None:
    recordings = [
        day(whose, list(scores), began, f"{began:%Y%m%d_%H%M%S}")
        for whose, days in CLERKS.items()
        for at, scores in enumerate(days)
        for began in [FIRST + timedelta(days=at)]
    ]
    file = tmp_path / "results.json"
    file.write_text(to_json(Run(MADE_BY, tuple(recordings)), "zh"), encoding="utf-8")
    until = Choice(date(2026, 9, 1), date(2026, 9, 29))
    one = summarise(read_results([file]).collected(until), "0.1.0", "window")
    other = summarise(collect(store, until), "0.1.0", "window")
    assert one.everybody.mean == other.everybody.mean
    assert one.everybody.interval == pytest.approx(other.everybody.interval)
    assert one.rules == other.rules
    windows = [m.whose.window.split("/")[-1] for m in one.members]
    assert windows == ["2号窗口", "10号窗口", "1号窗口"]
    assert {m.figures.mean for m in one.members} == {m.figures.mean for m in other.members}
    (phrase,), (same,) = one.collected.phrases, other.collected.phrases
    assert phrase.times == same.times
    assert [q.sentence for q in phrase.quotes] == [q.sentence for q in same.quotes]
    assert len(read_results([file]).collected(Choice(window="none")).judged) == 0


# --- what is written ------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_holds_all_and_asks_the_network_for_nothing(
    run: Callable[..., Result], tmp_path: Path, lang: Lang
) -> None:
    page = tmp_path / "page.html"
    done = run("--since", "2026-09-01", "--until", "2026-09-30", "--html", page, lang=lang)
    assert done.exit_code == 0, done.output
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"https?://|<script|@import|url\(|<link|<img", text)
    for told in ("王芳", "急什么", "20260905_090000.wav @ 1:00:00.0", "2026-09-30", "/in/bad1.wav"):
        assert told in text
    assert ("低于总体" in text) is (lang == "zh")
    assert ("Against all" in text) is (lang == "en")
    assert "None" not in text
    assert "王芳" in done.stdout
    assert "20251231" not in text  # it failed, but in another year


def test_the_workbook_holds_real_numbers_and_runs_nothing(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    file = tmp_path / "book.xlsx"
    assert run("--since", "2026-09-01", "--until", "2026-09-30", "--xlsx", file).exit_code == 0
    book = openpyxl.load_workbook(file)
    assert len(book.sheetnames) >= 6
    sheet = book["By clerk"]
    assert sheet.freeze_panes == "B2"
    head = [cell.value for cell in sheet[1]]
    first = dict(zip(head, [cell.value for cell in sheet[2]], strict=True))
    scores = [s for days in list(CLERKS.values())[1] for s in days]
    assert first["Mean"] == pytest.approx(fmean(scores), abs=0.01)
    assert first["Interactions"] == len(scores)
    assert first["Clerk"] == "'=HYPERLINK(1)"
    for one in book:
        assert all(cell.data_type != "f" for row in one for cell in row)
        assert one.column_dimensions["A"].width >= 8
    day_by_day = book["Day by day"]
    assert day_by_day["A2"].value.date() == date(2026, 9, 1)


def test_csv_has_a_row_for_each(run: Callable[..., Result], tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    assert run("--by", "hall", "--csv", file, lang="zh").exit_code == 0
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    assert [row["大厅"] for row in rows] == ["一号厅", "二号厅"]
    assert rows[1]["平均分"] == "90.0"
    assert run("--csv", file).exit_code == 0
    assert "'=HYPERLINK(1)" in file.read_text(encoding="utf-8-sig")


def test_json_grows_and_changes_nothing(run: Callable[..., Result]) -> None:
    document = json.loads(run("--since", "2026-09-01", "--until", "2026-09-30", "--json").stdout)
    assert document["schema"] == "courtesy-report/1"
    assert document["by"] == "clerk"
    assert document["choice"]["since"] == "2026-09-01"
    assert document["members"][0]["standing"] == "below"
    assert document["members"][0]["rules"]["greeting"]["kept"] == 0
    assert document["phrases"][0]["latest"][0]["start"] == 3600.0
    assert [one["kind"] for one in document["failed"]] == ["damaged-recording"] * 2
    assert {"interactions", "days", "comparisons"} <= set(document["even_handed"])


# --- in a browser ---------------------------------------------------------------------------------


@pytest.fixture
def needs_a_browser() -> None:
    if browser() is None:
        if os.environ.get("CI"):
            pytest.fail("needs Chromium (apt-get install chromium)")
        pytest.skip("needs Chromium")


@pytest.mark.usefixtures("needs_a_browser")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_fits_a_telephone_and_paper(
    run: Callable[..., Result], tmp_path: Path, lang: Lang
) -> None:
    page = tmp_path / "page.html"
    assert run("--html", page, lang=lang).exit_code == 0
    for width in (400, 1000):
        told = laid_out(page, width)
        assert told["width"] <= width
        assert told["wide"] == []
        assert told["height"] > 1500
    picture, paper = tmp_path / "page.png", tmp_path / "page.pdf"
    screenshot(page, 400, picture)
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 20_000
    printed(page, paper)
    assert paper.read_bytes().startswith(b"%PDF")
