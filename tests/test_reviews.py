"""Flags: what people decide about them, and what then stands, whatever happens to the results."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from stored import command, keep_transcripts, people

from courtesy.collected import Choice, Collected
from courtesy.errors import Overtaken, ReviewError
from courtesy.pipeline import Pipeline
from courtesy.records import Whose
from courtesy.reviews import Appeal, Deadlines, Decision, kappa, state
from courtesy.store import Database, appealing, audit, deciding, tables
from courtesy.store.accounts import Account
from courtesy.store.collecting import collect
from courtesy.store.flagging import catch_up
from courtesy.store.queueing import Flag, Wanted, count, flag, listed
from courtesy.store.tallying import Kind, Tally, daily, totals

Make = Callable[..., Pipeline]
WEEKS = Deadlines(timedelta(days=7), timedelta(days=14))


@pytest.fixture
def desk(database: Database, make_pipeline: Make) -> Database:
    """Give a store whose sample transcripts are flagged, each once to be looked at."""
    keep_transcripts(database, make_pipeline())
    catch_up(database, 0.0)
    return database


@pytest.fixture
def staff(database: Database) -> dict[str, Account]:
    """Give two reviewers, a supervisor, and the clerk of the fifth transcript."""
    return people(database)


def waiting(database: Database, **wanted: object) -> list[Flag]:
    with database.reading() as connection:
        found = listed(connection, Wanted(states=("waiting",), **wanted))
        return [one.flag for one in found]


def again(database: Database, one: Flag) -> Flag:
    with database.reading() as connection:
        found = flag(connection, one.id)
    assert found
    return found


# --- the queue ------------------------------------------------------------------------------------


def test_every_failed_finding_waits_once_the_gravest_first(desk: Database) -> None:
    with desk.reading() as connection:
        failed = connection.scalar(
            sa.select(sa.func.count())
            .select_from(tables.findings)
            .where(tables.findings.c.verdict == "fail")
        )
        assert count(connection, Wanted(states=("waiting",))) == (failed, False)
    ranks = [one.rank for one in waiting(desk)]
    assert ranks == sorted(ranks, reverse=True)
    assert waiting(desk)[0].severity in {"fatal", "serious"}
    assert waiting(desk)[-1].phrase == ""


def test_flags_are_chosen_by_what_they_are(desk: Database) -> None:
    everything = waiting(desk)
    for name in ("hall", "window", "clerk", "rule", "phrase", "severity"):
        value = getattr(everything[0], name)
        own = [one for one in everything if getattr(one, name) == value]
        assert [one.id for one in waiting(desk, **{name: value})] == [one.id for one in own]
    assert not waiting(desk, clerk="nobody")


def test_a_list_goes_on_where_its_page_ended(
    desk: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = [one.id for one in waiting(desk)]
    monkeypatch.setattr("courtesy.store.queueing.PAGE", 2)
    found: list[Flag] = []
    while True:
        after = (found[-1].rank, found[-1].id) if found else None
        with desk.reading() as connection:
            page = listed(connection, Wanted(states=("waiting",)), after)
        if not page:
            break
        found += [one.flag for one in page]
    assert [one.id for one in found] == everything


def test_what_was_flagged_is_not_flagged_again(desk: Database) -> None:
    before = waiting(desk)
    assert catch_up(desk, 0.0) == 0
    assert waiting(desk) == before


# --- scored again ---------------------------------------------------------------------------------


def test_a_decision_outlives_the_result_that_it_was_made_about(
    desk: Database, staff: dict[str, Account], db_url: str
) -> None:
    one = next(f for f in waiting(desk) if f.phrase)
    with desk.writing() as connection:
        deciding.decide(connection, one, staff["li"], "rejected", "quoted")
    out = command("rescore", "--db", db_url, "--rubric", "strict", "--write", "--yes").stdout
    assert "Decisions of reviewers: 1; they go on where their finding is still there" in out
    catch_up(desk, 0.0)
    now = again(desk, one)
    assert now.result not in {None, one.result}
    assert now.state == "rejected"
    assert one.id not in [f.id for f in waiting(desk)]


def test_what_is_not_held_against_anybody_any_more_is_gone_and_may_come_back(
    desk: Database, staff: dict[str, Account]
) -> None:
    one = waiting(desk)[0]
    with desk.writing() as connection:
        deciding.decide(connection, one, staff["li"], "confirmed")
        own = tables.results.c.id == one.result
        connection.execute(sa.update(tables.results).where(own).values(current=False))
    catch_up(desk, 0.0)
    gone = again(desk, one)
    assert (gone.state, gone.result) == ("gone", None)
    with desk.writing() as connection, pytest.raises(ReviewError):
        deciding.decide(connection, gone, staff["wang"], "rejected", "words")
    with desk.writing() as connection:
        connection.execute(sa.update(tables.results).where(own).values(current=True))
    catch_up(desk, 0.0)
    assert again(desk, one).state == "confirmed"


# --- deciding -------------------------------------------------------------------------------------


def test_two_who_decide_at_once_are_not_both_kept(
    desk: Database, staff: dict[str, Account]
) -> None:
    one = waiting(desk)[0]
    with desk.writing() as connection:
        assert deciding.decide(connection, one, staff["li"], "confirmed") == "confirmed"
    with pytest.raises(Overtaken), desk.writing() as connection:
        deciding.decide(connection, one, staff["wang"], "rejected", "person")
    with pytest.raises(Overtaken), desk.writing() as connection:
        deciding.current(connection, one.id, one.revision)
    with desk.reading() as connection:
        (kept,) = deciding.history(connection, one).decisions
    assert (kept.by, kept.outcome) == (staff["li"].id, "confirmed")


def test_the_second_look_is_somebody_else_s_and_a_supervisor_tells_where_they_differ(
    database: Database, make_pipeline: Make, staff: dict[str, Account]
) -> None:
    keep_transcripts(database, make_pipeline())
    catch_up(database, 1.0)
    one = waiting(database)[0]
    with database.writing() as connection:
        assert deciding.decide(connection, one, staff["li"], "confirmed") == "second"
    seen = again(database, one)
    with pytest.raises(ReviewError), database.writing() as connection:
        deciding.decide(connection, seen, staff["li"], "confirmed")
    with database.reading() as connection:
        assert count(connection, Wanted(states=("second",), not_by=staff["li"].id)) == (0, False)
        assert count(connection, Wanted(states=("second",), not_by=staff["wang"].id)) == (1, False)
    with database.writing() as connection:
        assert deciding.decide(connection, seen, staff["wang"], "rejected", "words") == "disputed"
    with database.writing() as connection:
        last = deciding.decide(connection, again(database, one), staff["zhao"], "rejected", "words")
    assert last == "rejected"


def test_a_decision_is_taken_back_and_nothing_is_overwritten(
    desk: Database, staff: dict[str, Account]
) -> None:
    one = waiting(desk)[0]
    with desk.writing() as connection:
        deciding.decide(connection, one, staff["li"], "rejected", "sound", note="听不清")
    with pytest.raises(ReviewError), desk.writing() as connection:
        deciding.take_back(connection, again(desk, one), staff["wang"])
    with desk.writing() as connection:
        assert deciding.take_back(connection, again(desk, one), staff["li"]) == "waiting"
    with desk.reading() as connection:
        kept = deciding.history(connection, one).decisions
    assert [(d.outcome, d.note) for d in kept] == [("rejected", "听不清"), (None, "")]


# --- appeals --------------------------------------------------------------------------------------


def test_an_appeal_is_judged_by_somebody_else_and_once(
    desk: Database, staff: dict[str, Account]
) -> None:
    clerk = staff["chen"]
    one = waiting(desk, clerk=clerk.clerk)[0]
    other = next(f for f in waiting(desk) if f.clerk != clerk.clerk)
    with desk.writing() as connection:
        deciding.decide(connection, one, staff["li"], "confirmed")
    with pytest.raises(ReviewError), desk.writing() as connection:
        appealing.appeal(connection, other, clerk, "不是我", WEEKS)
    with desk.writing() as connection:
        assert (
            appealing.appeal(connection, again(desk, one), clerk, "我在念规定", WEEKS) == "appealed"
        )
    with pytest.raises(ReviewError), desk.writing() as connection:
        appealing.appeal(connection, again(desk, one), clerk, "再说一次", WEEKS)
    for judge in ("li", "chen"):
        with pytest.raises(ReviewError), desk.writing() as connection:
            appealing.answer(connection, again(desk, one), staff[judge], "维持", upheld=True)
    with desk.writing() as connection:
        last = appealing.answer(
            connection, again(desk, one), staff["zhao"], "确是引用", upheld=False
        )
    assert last == "rejected"
    with desk.reading() as connection:
        found = deciding.history(connection, one).appeal
    assert found
    assert (found.upheld, found.judge, found.answer) == (False, staff["zhao"].id, "确是引用")
    assert found.until - found.at == WEEKS.answer


def test_an_appeal_comes_in_time_and_about_what_counts(
    desk: Database, staff: dict[str, Account]
) -> None:
    clerk = staff["chen"]
    one, other = waiting(desk, clerk=clerk.clerk)[:2]
    with desk.writing() as connection:
        deciding.decide(connection, one, staff["li"], "confirmed")
        deciding.decide(connection, other, staff["li"], "rejected", "words")
        own = tables.decisions.c.flag_id == one.id
        long_ago = datetime(2026, 1, 1)
        connection.execute(sa.update(tables.decisions).where(own).values(at=long_ago))
    for late in (one, other):
        with pytest.raises(ReviewError), desk.writing() as connection:
            appealing.appeal(connection, again(desk, late), clerk, "不是我", WEEKS)


def test_nobody_decides_about_their_own_words(desk: Database, staff: dict[str, Account]) -> None:
    clerk = staff["chen"]
    one = waiting(desk, clerk=clerk.clerk)[0]
    with pytest.raises(ReviewError), desk.writing() as connection:
        deciding.decide(connection, one, clerk, "rejected", "context")


# --- counted beforehand ---------------------------------------------------------------------------


def counted(database: Database, kind: Kind, *by: str) -> dict[tuple[object, ...], Tally]:
    with database.reading() as connection:
        return totals(connection, kind, by, date(2026, 1, 1), date(2026, 12, 31), {})


def test_an_overview_counts_what_the_findings_say(desk: Database) -> None:
    with desk.reading() as connection:
        findings, cards = tables.findings.c, tables.interactions.c
        rows = connection.execute(
            sa.select(findings.rule, findings.result_id, findings.interaction)
            .select_from(tables.findings.join(tables.interactions))
            .where(findings.verdict == "fail", cards.score.is_not(None))
            .distinct()
        )
        failed = Counter(row.rule for row in rows)
        scores = connection.scalars(sa.select(cards.score).where(cards.score.is_not(None))).all()
    rules = {name: one.bad for (name,), one in counted(desk, "rule", "name").items() if one.bad}
    assert rules == failed
    ((_, one),) = counted(desk, "score").items()
    assert (one.good + one.bad, one.total) == (len(scores), pytest.approx(sum(scores)))


def test_days_are_counted_alike_on_every_database(database: Database) -> None:
    fixed = {"kind": "score", "hall": "一 号\n厅", "window": "3", "name": ""}
    rows = [
        fixed | {"day": date(2026, 11, day), "clerk": clerk, "hour": hour, "good": hour,
                 "bad": 1, "doubt": 2, "total": 100 / 3 + hour}
        for day in (1, 2, 30) for clerk in ("", "陈 晨") for hour in (9, 14)
    ]  # fmt: skip
    with database.writing() as connection:
        connection.execute(sa.insert(tables.tallies), rows)
    with database.reading() as connection:
        days = daily(connection, date(2026, 11, 1), date(2026, 11, 29), {"clerk": ""})
    hall = "一 号\n厅"
    both = {clerk: days[Whose(hall, "3", clerk)] for clerk in ("", "陈 晨")}
    assert len(days) == 2
    assert both[""] == both["陈 晨"]
    assert [day.day for day, _ in both[""]] == [1, 2]  # the 30th is not asked for
    (_, one), _ = both[""]
    assert one == Tally(23, 2, 4, pytest.approx(200 / 3 + 23))
    weekdays = counted(database, "score", "weekday", "hour")
    assert set(weekdays) == {(w, h) for w in (6, 0) for h in (9, 14)}
    assert weekdays[0, 9].doubt == 8  # two Mondays of two people


def test_what_people_rejected_is_not_counted_any_more(
    desk: Database, staff: dict[str, Account]
) -> None:
    one = next(f for f in waiting(desk) if f.phrase)
    before = counted(desk, "phrase", "name", "clerk")[one.phrase, one.clerk].bad
    with desk.writing() as connection:
        deciding.decide(connection, one, staff["li"], "rejected", "quoted")
    after = counted(desk, "phrase", "name", "clerk").get((one.phrase, one.clerk), Tally())
    assert after.bad == before - 1


# --- what then counts -----------------------------------------------------------------------------


def report(database: Database) -> Collected:
    return collect(database, Choice())


def test_what_was_rejected_is_given_back_until_that_is_taken_back(
    desk: Database, staff: dict[str, Account]
) -> None:
    one = next(f for f in waiting(desk) if f.phrase and f.severity == "serious")
    before = report(desk)
    place = next(i for i, j in enumerate(before.judged) if j.whose.clerk == one.clerk)
    with desk.reading() as connection:
        cost = connection.scalar(
            sa.select(tables.findings.c.points).where(
                tables.findings.c.result_id == one.result,
                tables.findings.c.interaction == one.interaction,
                tables.findings.c.number == one.finding,
            )
        )
        findings = tables.findings.c
        all_of_it = connection.scalar(
            sa.select(sa.func.sum(findings.points)).where(
                findings.result_id == one.result, findings.interaction == one.interaction
            )
        )
    with desk.writing() as connection:
        deciding.decide(connection, one, staff["li"], "rejected", "quoted")
    after = report(desk)
    assert after.judged[place].score == pytest.approx(min(100, max(0, 100 + all_of_it - cost)))
    said = [q.heard for p in before.phrases if p.id == one.phrase for q in p.quotes]
    left = [q.heard for p in after.phrases if p.id == one.phrase for q in p.quotes]
    assert len(left) == len(said) - 1
    with desk.writing() as connection:
        deciding.take_back(connection, again(desk, one), staff["li"])
    assert report(desk).judged == before.judged
    assert report(desk).phrases == before.phrases


def test_a_courtesy_that_was_said_after_all_is_no_failure(
    desk: Database, staff: dict[str, Account]
) -> None:
    one = next(f for f in waiting(desk, rule="greeting"))
    key = next(k for k in report(desk).verdicts if k[1] == "greeting" and k[0].clerk == one.clerk)
    assert report(desk).verdicts[key]["fail"] == 1
    with desk.writing() as connection:
        deciding.decide(connection, one, staff["li"], "rejected", "words")
    assert report(desk).verdicts[key] == {"pass": 1}


def test_nothing_counts_while_it_is_under_appeal(desk: Database, staff: dict[str, Account]) -> None:
    clerk = staff["chen"]
    one = next(f for f in waiting(desk, clerk=clerk.clerk) if f.phrase)
    with desk.writing() as connection:
        appealing.appeal(connection, one, clerk, "我在念规定", WEEKS)
    key = next(k for k in report(desk).verdicts if k[1] == one.rule and k[0].clerk == clerk.clerk)
    assert "unsure" in report(desk).verdicts[key] or "fail" in report(desk).verdicts[key]
    quotes = [q.heard for p in report(desk).phrases if p.id == one.phrase for q in p.quotes]
    with desk.writing() as connection:
        appealing.answer(connection, again(desk, one), staff["zhao"], "维持", upheld=True)
    assert len([q for p in report(desk).phrases if p.id == one.phrase for q in p.quotes]) == (
        len(quotes) + 1
    )


# --- the trail ------------------------------------------------------------------------------------


def test_whoever_changes_the_trail_is_seen(desk: Database, staff: dict[str, Account]) -> None:
    for one in waiting(desk)[:3]:
        with desk.writing() as connection:
            deciding.decide(connection, one, staff["li"], "confirmed")
            deciding.say(connection, again_on(connection, one), staff["li"], "请组长看一下")
    with desk.reading() as connection:
        whole = audit.verify(connection)
    assert (whole.entries, whole.broken) == (6, None)
    entries = tables.audit
    with desk.writing() as connection:
        rows = connection.execute(sa.select(entries).order_by(entries.c.id)).all()
        third = entries.c.id == rows[2].id
        connection.execute(sa.update(entries).where(third).values(by="wang"))
    with desk.reading() as connection:
        assert audit.verify(connection).broken == rows[2].id
    with desk.writing() as connection:
        connection.execute(sa.delete(entries).where(third))
    with desk.reading() as connection:
        assert audit.verify(connection).broken == rows[3].id


def test_what_is_refused_leaves_no_trace(desk: Database, staff: dict[str, Account]) -> None:
    one = waiting(desk)[0]
    with desk.writing() as connection:
        deciding.decide(connection, one, staff["li"], "confirmed")
    with pytest.raises(Overtaken), desk.writing() as connection:
        deciding.decide(connection, one, staff["wang"], "rejected", "words")
    with desk.reading() as connection:
        assert audit.verify(connection).entries == 1


def again_on(connection: sa.Connection, one: Flag) -> Flag:
    found = flag(connection, one.id)
    assert found
    return found


# --- what stands ----------------------------------------------------------------------------------

YES, NO = Decision(1, "first", "confirmed"), Decision(2, "second", "rejected")


@pytest.mark.parametrize(
    ("decisions", "twice", "stands"),
    [
        ([], False, "waiting"),
        ([YES], False, "confirmed"),
        ([YES], True, "second"),
        ([YES, Decision(2, "second", "confirmed")], True, "confirmed"),
        ([YES, NO], True, "disputed"),
        ([YES, NO, Decision(3, "final", "unsure")], True, "unsure"),
        ([YES, Decision(1, "first", None)], False, "waiting"),
        ([YES, NO, Decision(2, "second", None)], True, "second"),
    ],
)
def test_what_stands(decisions: list[Decision], twice: bool, stands: str) -> None:
    assert state(decisions, None, twice=twice) == stands


def test_nothing_stands_while_an_appeal_waits() -> None:
    appeal = Appeal(4, "不是我", datetime(2026, 11, 1), datetime(2026, 11, 8))
    assert state([YES], appeal, twice=False) == "appealed"


def test_agreement_is_measured_beyond_chance() -> None:
    assert kappa([("a", "a")] * 5 + [("b", "b")] * 5).value == 1.0
    assert kappa([("a", "a")] * 5) is None
    assert kappa([]) is None
