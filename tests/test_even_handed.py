"""五个一样: differences that are there are found, and those that are not are not."""

import importlib.util
import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from courtesy.analysis.even_handed import LEAST, Comparison, EvenHanded, even_handed
from courtesy.analysis.figures import chance, holm, interval
from courtesy.analysis.html import to_html
from courtesy.analysis.summary import summarise
from courtesy.cli import app
from courtesy.collected import Choice, Collected
from courtesy.errors import UsageError
from courtesy.messages import LANGUAGES, Lang
from courtesy.records import Judged
from courtesy.results import read_results

MONDAY = datetime(2026, 9, 7)
# How many customers come in which hour: three busy ones and four quiet ones.
COMING = {9: 3, 10: 8, 11: 7, 13: 3, 14: 4, 15: 9, 16: 3}
BUSY = {10, 11, 15}


def working_days(count: int) -> list[datetime]:
    days = [MONDAY + timedelta(days=n) for n in range(count * 7 // 5 + 7)]
    return [day for day in days if day.weekday() < 5][:count]


def at_the_window(
    days: int,
    seed: int = 1,
    score: Callable[[datetime, np.random.Generator], float] = lambda _, __: 0.0,
    *,
    moods: float = 0.0,
) -> list[Judged]:
    """Make customers at one window; most are treated well, some not.

    Args:
        days: how many working days.
        seed: of what is random.
        score: added to what would be the score at that time.
        moods: how much days differ from each other, and hours of a day, in points.
    """
    random = np.random.default_rng(seed)
    found = []
    for day in working_days(days):
        mood = random.normal(0, moods) if moods else 0.0
        for hour, many in COMING.items():
            now = mood + (random.normal(0, moods) if moods else 0.0)
            for _ in range(max(1, many + int(random.integers(-1, 2)))):
                began = day + timedelta(hours=hour, minutes=int(random.integers(60)))
                given = random.choice([100, 100, 100, 95, 90, 80, 60]) + now + score(began, random)
                path = f"hall/3号窗口_{day:%Y%m%d}_090000.wav"
                found.append(Judged(path, began, float(np.clip(np.round(given), 0, 100))))
    return found


def page_of(judged: Iterable[Judged], lang: Lang) -> str:
    return to_html(summarise(Collected(Choice(), tuple(judged)), "0.1.0"), lang)


def by(found: EvenHanded, kind: str) -> Comparison:
    (one,) = (c for c in found.comparisons if c.kind == kind)
    return one


# --- the comparisons ------------------------------------------------------------------------------


def test_busy_hours_that_score_lower_are_found() -> None:
    found = even_handed(
        at_the_window(15, score=lambda began, _: -12.0 if began.hour in BUSY else 0.0)
    )
    load = by(found, "load")
    assert load.answer == "different"
    assert load.p is not None
    assert load.p < 0.001
    quiet, busy = load.groups
    assert quiet.interval is not None
    assert quiet.interval[0] <= quiet.mean <= quiet.interval[1]
    assert quiet.mean - busy.mean == load.difference
    assert 6 < quiet.mean - busy.mean < 18
    assert "闲时" in quiet.name.zh
    assert "busy" in busy.name.en
    apart = f"{quiet.mean - busy.mean:.1f}"
    for lang in LANGUAGES:
        assert apart in load.sentence.say(lang)
        assert busy.name.say(lang) in load.sentence.say(lang)
    hour = by(found, "hour")
    assert hour.answer == "different"
    assert sum(group.interactions for group in hour.groups) == found.interactions
    assert by(found, "weekday").answer == "few"  # three weeks


def test_late_comers_and_mondays_that_are_treated_worse_are_found() -> None:
    late = at_the_window(20, score=lambda began, _: -25.0 if began.hour == 16 else 0.0)
    ends = by(even_handed(late), "ends")
    assert ends.answer == "different"
    assert [group.name.en for group in ends.groups] == [
        "first half hour", "rest of the day", "last half hour",
    ]  # fmt: skip
    assert min(ends.groups, key=lambda group: group.mean) == ends.groups[2]
    mondays = at_the_window(40, score=lambda began, _: -10.0 if began.weekday() == 0 else 0.0)
    weekday = by(even_handed(mondays), "weekday")
    assert weekday.answer == "different"
    assert weekday.groups[0].name.zh == "周一"
    assert weekday.groups[0].values == 8
    assert "周一" in weekday.sentence.zh


@pytest.mark.parametrize("moods", [0.0, 5.0])
def test_where_nobody_is_treated_otherwise_hardly_anything_is_found(moods: float) -> None:
    """Customers of one hour and one day resemble each other, and that must not pass for more."""
    different = 0
    for seed in range(200):
        found = even_handed(at_the_window(15, seed, moods=moods))
        assert all(one.answer in {"different", "chance", "few"} for one in found.comparisons)
        different += any(one.answer == "different" for one in found.comparisons)
    assert different <= 14


def test_a_few_are_too_few() -> None:
    found = even_handed(at_the_window(2))
    assert found.days == 2
    for kind in ("hour", "weekday", "ends"):
        one = by(found, kind)
        assert (one.answer, one.p, one.difference) == ("few", None, None)
        assert not any(group.compared for group in one.groups)
        assert all(str(LEAST) in one.sentence.say(lang) for lang in LANGUAGES)
    (single,) = even_handed([Judged("a.wav", MONDAY, 90.0)]).comparisons[0].groups
    assert (single.mean, single.interval) == (90.0, None)


def test_nothing_at_all() -> None:
    found = even_handed([])
    assert (found.interactions, found.first, found.comparisons) == (0, None, ())
    for lang in LANGUAGES:
        assert "20261122_090000" in page_of([], lang)


def test_scores_that_are_all_the_same() -> None:
    found = even_handed(Judged(one.path, one.began, 95.0) for one in at_the_window(30))
    for one in found.comparisons:
        assert (one.answer, one.p, one.difference) == ("same", None, 0.0)
        assert all(group.interval is None for group in one.groups)
        assert all("95" in one.sentence.say(lang) for lang in LANGUAGES)


def test_groups_that_do_not_vary_but_differ() -> None:
    found = even_handed(
        Judged(one.path, one.began, 80.0 if one.began.hour in BUSY else 100.0)
        for one in at_the_window(15)
        if one.began
    )
    assert by(found, "hour").answer == "different"
    assert by(found, "hour").difference == 20.0


def test_what_is_left_out_is_counted() -> None:
    visits = at_the_window(6)
    count = len(visits)
    others = [
        Judged("a.wav", None, 10.0),
        Judged("a.wav", None, 10.0),
        Judged("a.wav", MONDAY, None, aside=True),
        Judged("a.wav", MONDAY, None),
        Judged("a.wav", None, None),
    ]
    found = even_handed([*others, *visits])
    assert found.left_out == {"no_time": 2, "aside": 1, "unscored": 2}
    assert found.interactions == count
    assert found.comparisons == even_handed(visits).comparisons


def test_those_who_got_no_score_make_an_hour_busy_too() -> None:
    visits = [
        Judged(f"{day:%Y%m%d}_080000.wav", day + timedelta(hours=hour, minutes=n), 90.0 - hour)
        for day in working_days(6)
        for hour in (9, 10)
        for n in range(3)
    ]
    crowd = [
        Judged(one.path, one.began + timedelta(minutes=20), None)
        for one in visits
        if one.began and one.began.hour == 10
    ]
    assert len(by(even_handed(visits), "load").groups) == 1
    quiet, busy = by(even_handed([*visits, *crowd]), "load").groups
    assert (quiet.mean, busy.mean) == (81.0, 80.0)
    assert "6" in busy.name.zh


def test_two_windows_have_two_loads_and_several_recordings_one() -> None:
    def coming(paths: Iterable[str]) -> list[str]:
        visits = [
            Judged(path.format(day=day, hour=hour), day + timedelta(hours=hour, minutes=n), 90.0)
            for path in paths
            for day in working_days(3)
            for hour in (9, 10)
            for n in range(hour - 8)
        ]
        return [group.name.en for group in by(even_handed(visits), "load").groups]

    one = coming(["hall/3号窗口_{day:%Y%m%d}_{hour:02d}0000.wav"])
    assert one == ["quiet (fewer than 2 an hour)", "busy (2 an hour or more)"]
    assert coming([f"hall/{n}号窗口_{{day:%Y%m%d}}_090000.wav" for n in (3, 4)]) == one


def test_a_short_day_has_no_ends() -> None:
    morning = [one for one in at_the_window(10) if one.began and one.began.hour == 10]
    ends = by(even_handed(morning), "ends")
    assert ends.groups == ()
    assert ends.left_out == len(morning)
    assert ends.answer == "few"


@given(
    st.lists(
        st.builds(
            Judged,
            st.sampled_from(["a.wav", "b/20261122_090000.wav"]),
            st.none() | st.datetimes(MONDAY, MONDAY + timedelta(days=60)),
            st.none() | st.sampled_from([0.0, 60.0, 99.5, 100.0]),
            st.booleans(),
        ),
        max_size=150,
    )
)
def test_nothing_makes_it_stumble(judged: list[Judged]) -> None:
    found = even_handed(judged)
    assert found.interactions + sum(found.left_out.values()) == len(judged)
    for one in found.comparisons:
        assert sum(g.interactions for g in one.groups) + one.left_out == found.interactions
        assert (one.p is None) == (one.answer in {"few", "same"})
        assert one.p is None or 0 <= one.p <= 1
    page_of(judged, "zh")


# --- the figures ----------------------------------------------------------------------------------


def test_intervals_hold_the_mean_about_as_often_as_they_say() -> None:
    random = np.random.default_rng(20261122)
    held = 0
    for _ in range(400):
        values = [fmean(random.choice([100, 100, 90, 80], 4)) for _ in range(10)]
        low, high = interval(values) or (0.0, 0.0)
        assert 0 <= low <= high <= 100
        held += low <= 92.5 <= high
    assert 0.91 <= held / 400 <= 0.98


def test_an_interval_stays_within_scores() -> None:
    assert interval([100, 100, 100, 90]) == (pytest.approx(89.54, abs=0.01), 100.0)
    assert interval([100.0]) is None
    assert interval([100.0, 100.0, 100.0]) is None


def test_tests_are_scipys() -> None:
    from scipy import stats

    groups = [[90.0, 95, 100, 85, 90], [80.0, 85, 90, 70, 75], [95.0, 95, 100, 100, 90]]
    assert chance(groups) == pytest.approx(stats.f_oneway(*groups).pvalue)
    assert chance(groups[:2]) == pytest.approx(stats.ttest_ind(*groups[:2]).pvalue)
    assert chance([[90.0, 90], [90.0, 90]]) is None


def test_holms_correction_on_holms_own_terms() -> None:
    assert holm([]) == []
    assert holm([0.02]) == [0.02]
    assert holm([0.01, 0.02, 0.03, 0.04]) == pytest.approx([0.04, 0.06, 0.06, 0.06])
    assert max(holm([0.9, 0.8, 0.7])) <= 1.0


def test_without_scipy_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "scipy" else real(name, *a)
    )
    with pytest.raises(UsageError) as caught:
        even_handed([])
    assert all("pip install 'courtesy[report]'" in caught.value.say(lang) for lang in LANGUAGES)


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    def invoke(*words: object, lang: Lang = "en") -> Result:
        for module in ("courtesy.cli.common", "courtesy.cli.report"):
            monkeypatch.setattr(f"{module}.LANG", lang)
        return CliRunner().invoke(app, ["report", *map(str, words)], env={"COLUMNS": "120"})

    return invoke


def documents(judged: Iterable[Judged]) -> list[dict]:
    """Return one document a recording, as `courtesy score --jsonl` writes them."""
    recordings: dict[str, dict] = {}
    for one in judged:
        assert one.began
        began = datetime.combine(one.began.date(), MONDAY.time()) + timedelta(hours=9)
        entry = recordings.setdefault(
            one.path,
            {
                "path": one.path, "began": began.isoformat(), "duration": 30000.0, "channels": 2,
                "error": None, "utterances": [], "interactions": [],
            },
        )  # fmt: skip
        entry["interactions"].append(
            {
                "start": (one.began - began).total_seconds(),
                "score": one.score,
                "scorable": one.score is not None,
                "aside": one.aside,
            }
        )
    return [
        {"schema": "courtesy/1", "made_by": {"rubric": "window 2"}, "recordings": [entry]}
        for entry in recordings.values()
    ]


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    judged = at_the_window(15, score=lambda began, _: -12.0 if began.hour in BUSY else 0.0)
    file = tmp_path / "results" / "score.jsonl"
    file.parent.mkdir()
    file.write_text(
        "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in documents(judged)),
        encoding="utf-8",
    )
    return file


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_report_is_printed_and_written(
    run: Callable[..., Result], lines: Path, tmp_path: Path, lang: Lang
) -> None:
    page = tmp_path / "report.html"
    result = run(lines, "--html", page, lang=lang)
    assert result.exit_code == 0, result.output
    html = page.read_text(encoding="utf-8")
    judged = read_results([lines]).judged
    assert len(judged) == len(at_the_window(15))
    printed = "".join(result.stdout.split())
    for one in even_handed(judged).comparisons:
        assert "".join(one.sentence.say(lang).split()) in printed
        assert one.sentence.say(lang).split("(p")[0].split("（p")[0] in html
    assert ("忙时" in result.stdout) is (lang == "zh")
    assert ("busy" in html) is (lang == "en")
    assert not re.search(r"https?://|<script|@import|url\(", html)
    groups = sum(len(one.groups) for one in even_handed(judged).comparisons)
    assert html.partition('id="even"')[2].count("<circle") == groups


def test_the_figures_for_programs(run: Callable[..., Result], lines: Path) -> None:
    result = run(lines, "--json")
    document = json.loads(result.stdout)
    assert document["schema"] == "courtesy-report/1"
    assert document["made_by"]["rubrics"] == ["window 2"]
    found = even_handed(read_results([lines]).judged)
    told = document["even_handed"]
    assert told["interactions"] == found.interactions
    assert [c["by"] for c in told["comparisons"]] == ["hour", "weekday", "load", "ends"]
    for one, shown in zip(found.comparisons, told["comparisons"], strict=True):
        assert shown["answer"] == one.answer
        assert shown["p"] == (None if one.p is None else pytest.approx(one.p, rel=0.01))
        assert [g["mean"] for g in shown["groups"]] == [round(g.mean, 2) for g in one.groups]


def test_a_folder_is_read_and_the_same_recording_counts_once(
    run: Callable[..., Result], lines: Path
) -> None:
    again = lines.with_name("again.json")
    first = json.loads(lines.read_text(encoding="utf-8").partition("\n")[0])
    again.write_text(json.dumps(first), encoding="utf-8")
    lines.with_name("talk.jsonl").write_text('{"role": "clerk", "text": "您好"}\n')
    lines.with_name("list.json").write_text("[1, 2]")
    lines.with_name(".hidden.json").write_text("{")
    whole = read_results([lines.parent, lines])
    assert whole.recordings == 15
    assert whole.twice == 1
    assert [path.name for path in whole.passed_over] == ["list.json", "talk.jsonl"]
    result = run(lines.parent)
    assert result.exit_code == 0, result.output
    assert "talk.jsonl" in result.stdout


def test_scores_by_different_rubrics_are_told_apart(
    run: Callable[..., Result], lines: Path
) -> None:
    other = lines.read_text(encoding="utf-8").replace("window 2", "strict 1")
    file = lines.with_name("strict.jsonl")
    file.write_text(other, encoding="utf-8")
    assert read_results([lines, file]).rubrics == ("strict 1",)  # what was judged last counts
    file.write_text(other.replace("3号窗口", "4号窗口"), encoding="utf-8")
    assert read_results([lines, file]).recordings == 30
    told = " ".join(run(lines, file).stdout.split())
    assert "different rubrics (window 2, strict 1)" in told


def test_results_that_powershell_wrote(tmp_path: Path) -> None:
    document = documents([Judged("a.wav", MONDAY + timedelta(hours=9), 100.0)])[0]
    file = tmp_path / "result.json"
    file.write_bytes(json.dumps(document, indent=2).encode("utf-16"))
    assert len(read_results([file]).judged) == 1


def test_an_older_result_has_its_time_from_the_name(tmp_path: Path) -> None:
    (document,) = documents([Judged("20260907_090000.wav", MONDAY + timedelta(hours=9.5), 100.0)])
    del document["recordings"][0]["began"]
    file = tmp_path / "result.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    (one,) = read_results([file]).judged
    assert one.began == datetime(2026, 9, 7, 9, 30)


def document(**recording: object) -> bytes:
    """Return a result of one recording, as far as it is not said otherwise."""
    entry = {"path": "a.wav", "error": None, "utterances": [], "interactions": []} | recording
    return json.dumps({"schema": "courtesy/1", "recordings": [entry]}).encode()


BAD = {
    "a recording": (b"RIFF\x24\x08\0\0WAVEfmt ", "no result"),
    "a text": ("工作人员：您好。\n".encode(), "no result"),
    "an empty file": (b"", "no result"),
    "damaged JSON": (b'{"schema": "courtesy/1", "recordings": [{"path"', "damaged"),
    "damaged lines": (b'{"schema": "courtesy/1", "recordings": []}\n{"sch', "damaged"),
    "brackets": (b'{"a":' + b"[" * 100_000, "damaged"),
    "no schema": (b'{"recordings": []}', "schema"),
    "another version": (b'{"schema": "courtesy/2", "recordings": []}', "courtesy/2"),
    "an evaluation": (b'{"schema": "courtesy-eval/1"}', "courtesy-eval/1"),
    "a transcript": ('{"role": "clerk", "text": "您好。"}'.encode(), "Score it first"),
    "no recordings": (b'{"schema": "courtesy/1", "recordings": []}', "recordings"),
    "no scores": (document(interactions=None), "Score it first"),
    "no beginning": (document(began="today"), "began"),
    **{
        f"{key} {value}": (document(interactions=[{"score": 90, "start": 0} | {key: value}]), key)
        for key, value in (
            ("score", 101), ("score", "90"), ("score", float("nan")), ("score", True),
            ("start", -1), ("start", 10**400), ("start", "0"),
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", BAD)
def test_what_is_no_result_is_named(
    run: Callable[..., Result], tmp_path: Path, name: str, lang: Lang
) -> None:
    data, word = BAD[name]
    file = tmp_path / "bad.json"
    file.write_bytes(data)
    result = run(file, lang=lang)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "bad.json" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert "courtesy score" in result.stderr
    if lang == "en":
        assert word in result.stderr


@pytest.mark.parametrize("name", ["empty", "missing.json", "talk"])
def test_where_there_are_no_results(run: Callable[..., Result], tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "talk").mkdir()
    (tmp_path / "talk" / "a.jsonl").write_text('{"text": "您好"}\n', encoding="utf-8")
    result = run(tmp_path / name)
    assert result.exit_code == 1
    assert name in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_from_talk_to_report(run: Callable[..., Result], tmp_path: Path) -> None:
    for hour in (9, 10):
        file = tmp_path / "talk" / f"20261123_{hour:02d}0000.txt"
        file.parent.mkdir(exist_ok=True)
        file.write_text(
            "群众：我查社保。\n工作人员：好的，请稍等。\n群众：好。\n", encoding="utf-8"
        )
    out = tmp_path / "out"
    scored = CliRunner().invoke(app, ["score", str(tmp_path / "talk"), "--out", str(out)])
    assert scored.exit_code == 0, scored.output
    result = run(out, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)["even_handed"]
    assert (found["interactions"], found["first"]) == (2, "2026-11-23")
    assert [g["name"] for g in found["comparisons"][0]["groups"]] == ["09:00–10:00", "10:00–11:00"]
