"""How fast results go into the store, and how fast a month's report comes out of it.

    python -m tests.bench.store [--recordings 2000] [--months 1] [--rounds 3] [--db URL] [--save]

Made-up recordings, each a day at one window: 50 interactions of 10 utterances, 17 findings and 3
matches each, kept one after the other as a worker keeps them: a transaction each, flushed to the
disk. Then `courtesy report` reads a month of them, in processes of its own.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import sqlalchemy as sa

from courtesy.messages import Text
from courtesy.records import (
    Finding,
    Heard,
    Interaction,
    MadeBy,
    Match,
    Recording,
    Scorecard,
    Span,
    Utterance,
    Verdict,
)
from courtesy.store import Database, open_database, tables
from courtesy.store.files import Job, Listed, done
from courtesy.store.saving import Origin, keep

from .children import Child, courtesy, run
from .recordings import SEED
from .tables import Report, Table, Words, finish, machine

INTERACTIONS, UTTERANCES = 50, 10
HALLS, WINDOWS = 5, 20
FIRST_DAY = datetime(2026, 9, 1, 9)
MADE_BY = MadeBy("0.1.0", "base (made up)", "0123456789ab", "window 2 (0123456789ab)")
GRADES = (
    (90.0, Text("优秀", "excellent")),
    (75.0, Text("称职", "competent")),
    (60.0, Text("基本称职", "barely competent")),
    (0.0, Text("不称职", "not competent")),
)
# Of each rule: how often it fails, cannot be told, and applies at all.
RULES = {
    "greeting": (0.15, 0.02, 1.0), "farewell": (0.2, 0.02, 0.9), "answer": (0.05, 0.05, 0.9),
    "please": (0.2, 0.05, 0.6), "thanks_reply": (0.2, 0.05, 0.5), "leave_notice": (0.3, 0.1, 0.1),
    "wait_apology": (0.4, 0.1, 0.05), "refusal_apology": (0.3, 0.1, 0.1), "direct": (0.1, 0.1, 0.1),
    "forbidden": (0.03, 0.02, 1.0), "abuse": (0.002, 0.001, 1.0), "phone_open": (0.2, 0.05, 0.05),
    "phone_close": (0.3, 0.05, 0.05), "quarrel": (0.005, 0.0, 1.0),
    "told_at_once": (0.0, 0.1, 0.1), "honorific": (0.0, 0.0, 0.8), "mandarin": (0.0, 0.0, 1.0),
}  # fmt: skip
TALK = (
    ("clerk", "您好，请问您办什么业务？"), ("customer", "我想查一下社保缴了多少年。"),
    ("clerk", "请出示您的身份证。"), ("customer", "给。"), ("clerk", "请稍等，我帮您查一下。"),
    ("clerk", "您一共缴了十二年零三个月。"), ("customer", "那还差多少年？"),
    ("clerk", "还差两年九个月，您可以继续缴。"), ("customer", "好，谢谢。"),
    ("clerk", "不客气，请慢走。"),
)  # fmt: skip
POLITE = (("greeting", "您好", 0), ("please", "请稍等", 4), ("farewell", "请慢走", 9))
FORBIDDEN = ("不知道", "你问我我问谁", "不归我管", "急什么", "没看见我正忙着吗", "去找领导")
KEEPING: Words = ("把结果存进去", "keeping results")
NAMES: dict[str, Words] = {
    "report": ("一个月的报告，写网页", "a month's report, as a page"),
    "book": ("同上，另写工作簿", "the same, with a workbook"),
    "window": ("一个窗口一个月的报告", "one window's report of the month"),
}


def made_up(count: int, months: int) -> Iterator[tuple[Origin, Recording]]:
    """Yield recordings: all windows of a day, then those of the next."""
    rng = random.Random(SEED)
    days = -(-count // (HALLS * WINDOWS))
    step = months * 30 / days
    for number in range(count):
        day, window = divmod(number, HALLS * WINDOWS)
        hall, window = divmod(window, WINDOWS)
        began = FIRST_DAY + timedelta(days=int(day * step))
        path = f"/recordings/{hall + 1}号厅/{window + 1}号窗口/{began:%Y%m%d_%H%M%S}.wav"
        # Some clerks are at another window every other day.
        clerk = f"{hall + 1}{(window + day % 2) % WINDOWS + 1:02}"
        origin = Origin(f"{number:064x}", path, f"{hall + 1}号厅", f"{window + 1}号窗口", clerk)
        yield origin, _recording(rng, path, began)


def _recording(rng: random.Random, path: str, began: datetime) -> Recording:
    said, cards = [], []
    start = 0.0
    for number in range(INTERACTIONS):
        first = number * UTTERANCES
        own = tuple(
            Utterance(first + at, text, role, start + 5 * at, start + 5 * at + 4, 0.93, at % 2,
                      loudness=-21.5)
            for at, (role, text) in enumerate(TALK)
        )  # fmt: skip
        cards.append(_card(rng, number, own, began + timedelta(seconds=start)))
        said += cards[-1].interaction.utterances
        start += rng.uniform(300, 700)
    return Recording(Heard(path, tuple(said), (), start, 2, began=began), (), tuple(cards))


def _card(
    rng: random.Random, number: int, said: tuple[Utterance, ...], began: datetime
) -> Scorecard:
    findings = []
    matches = [_match(at, name, phrase, said[where]) for at, (name, phrase, where)
               in enumerate(POLITE)]  # fmt: skip
    for rule, (fails, unsure, applies) in RULES.items():
        drawn = rng.random()
        verdict: Verdict = (
            "na" if rng.random() >= applies
            else "fail" if drawn < fails
            else "unsure" if drawn < fails + unsure
            else "pass"
        )  # fmt: skip
        evidence: tuple[int, ...] = (0,) if verdict == "pass" else ()
        if rule == "forbidden" and verdict == "fail":
            phrase = rng.choice(FORBIDDEN)
            rude = dataclasses.replace(said[5], heard=f"{phrase}！您等一下再来。")
            said = (*said[:5], rude, *said[6:])
            matches[2] = _match(2, "forbidden", phrase, rude)
            evidence = (2,)
        points = -10.0 if verdict == "fail" else 0.0
        reason = Text("群众问了 3 次，2 次有回答", "2 of the customer's 3 questions were answered")
        findings.append(Finding(rule, verdict, points, reason, said[0].start, said[0].end, evidence,
                                (said[0].id,)))  # fmt: skip
    interaction = Interaction(number, said, matches=tuple(matches), began=began)
    if rng.random() < 0.02:
        note = Text(
            "声音不能作为评分的依据：太嘈杂，信噪比 2.1 dB（至少要 5）",
            "the sound is no fair basis: too noisy, signal to noise 2.1 dB (at least 5)",
        )
        return Scorecard(interaction, tuple(findings), None, None, scorable=False, note=note)
    score = max(0.0, 100 + sum(f.points for f in findings))
    grade = next(name for least, name in GRADES if score >= least)
    return Scorecard(interaction, tuple(findings), score, grade, scorable=True)


def _match(number: int, name: str, phrase: str, said: Utterance) -> Match:
    return Match(
        number, name, "forbidden" if name == "forbidden" else "polite", phrase,
        f"{name}-{phrase}", ("S0 三(三)",), "serious" if name == "forbidden" else "", phrase,
        Span(0, len(phrase)), said.id, said.role, said.start, said.end, "exact", 0.98, "counted",
        Text("工作人员说的", "said by the clerk"),
    )  # fmt: skip


def fill(database: Database, count: int, months: int) -> float:
    """Keep so many recordings, each as a worker does; return the seconds that keeping took."""
    took = 0.0
    for origin, recording in made_up(count, months):
        listed = Listed(origin.path, 1, 1, origin.hall, origin.window, origin.clerk)
        with database.writing() as connection:
            number = connection.scalar(
                sa.insert(tables.files)
                .values(**vars_of(listed), state="working", attempts=1, added=FIRST_DAY)
                .returning(tables.files.c.id)
            )
        begin = time.perf_counter()
        with database.writing() as connection:
            keep(connection, origin, [recording], MADE_BY)
            done(connection, Job(number, listed, 1), origin.content)
        took += time.perf_counter() - begin
    return took


def vars_of(listed: Listed) -> dict[str, object]:
    """Return a listed file's columns."""
    return {field.name: getattr(listed, field.name) for field in dataclasses.fields(listed)}


def reports(url: str, folder: Path) -> dict[str, list[str]]:
    """Return the commands that are timed."""
    month = ("--since", f"{FIRST_DAY:%Y-%m-%d}",
             "--until", f"{FIRST_DAY + timedelta(days=29):%Y-%m-%d}")  # fmt: skip
    page, book = str(folder / "report.html"), str(folder / "report.xlsx")
    return {
        "report": courtesy("report", "--db", url, *month, "--html", page),
        "book": courtesy("report", "--db", url, *month, "--html", page, "--xlsx", book),
        "window": courtesy("report", "--db", url, *month, "--hall", "1号厅", "--window", "1号窗口",
                           "--html", page),
    }  # fmt: skip


def main() -> None:
    """Fill a store, time its reports, print both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recordings", type=int, default=2000)
    parser.add_argument("--months", type=int, default=1, help="over which they are spread")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--db", help="a new, empty database; default: a SQLite file that goes away")
    parser.add_argument("--save", action="store_true", help="keep the figures in results/")
    parser.add_argument("--lang", choices=("zh", "en"), default="en")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.db or str(Path(folder) / "store.sqlite3")
        database = open_database(url)
        kept = fill(database, given.recordings, given.months)
        on, size = database.on_sqlite, database.file and database.file.stat().st_size / 2**20
        database.close()
        took: dict[str, list[Child]] = {name: [] for name in NAMES}
        for _ in range(given.rounds):
            for name, command in reports(url, Path(folder)).items():
                took[name].append(run(command))
    interactions = given.recordings * INTERACTIONS
    rows: list[list[Words]] = [
        [KEEPING, f"{kept:.1f}", f"{interactions / kept:,.0f}", "–"],
        *(
            [NAMES[name], f"{median(c.wall for c in runs):.2f}", "–",
             f"{median(c.peak for c in runs) / 2**20:.0f}"]
            for name, runs in took.items()
        ),
    ]  # fmt: skip
    head: list[Words] = [
        ("做什么", "what"), ("用时（秒）", "wall (s)"), ("每秒接待", "interactions a second"),
        ("内存峰值（MB）", "peak memory (MB)"),
    ]  # fmt: skip
    name = "SQLite" if on else "PostgreSQL"
    notes: list[Words] = [
        (
            f"{name}，{interactions:,} 次接待、{interactions * UTTERANCES:,} 句，"
            f"分在 {given.months} 个月里"
            + (f"，{size:.0f} MB" if size else "")
            + "；每个录音一次事务，写到盘上才算。报告各跑 "
            f"{given.rounds} 次，从启动到退出。",
            f"{name}, {interactions:,} interactions of {interactions * UTTERANCES:,} utterances, "
            f"spread over {given.months} month(s)"
            + (f", {size:.0f} MB" if size else "")
            + "; a transaction a recording, flushed to the disk. "
            f"Reports: {given.rounds} runs each, from start to exit.",
        )
    ]
    raw = {n: [{"wall": c.wall, "cpu": c.cpu, "peak": c.peak} for c in r] for n, r in took.items()}
    report = Report(
        "store" if on else "store-postgresql",
        [Table("", head, rows)],
        notes,
        machine(),
        {"keeping": kept, **raw},
    )
    finish(report, save=given.save, lang=given.lang)


if __name__ == "__main__":
    main()
