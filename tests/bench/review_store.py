"""A made-up store for the desk: as many flags as some years of a hall give."""

from __future__ import annotations

import random
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from courtesy.records import Whose
from courtesy.review.passwords import digest
from courtesy.store import Database, accounts, audit, open_database, tables
from courtesy.store.inserting import insert
from courtesy.store.tallying import Shift, tally

from .recordings import SEED
from .store import FIRST_DAY, FORBIDDEN, HALLS, RULES, TALK, WINDOWS

INTERACTIONS = 50  # of a recording
FLAGS = 10  # of an interaction
DECIDED = 0.1  # share of the flags
PASSWORD = "a bench's own password"
PEOPLE = (
    *((f"reviewer{at}", "reviewer") for at in range(12)),
    *((f"supervisor{at}", "supervisor") for at in range(4)),
    ("clerk0", "clerk"), ("clerk1", "clerk"), ("trainer0", "trainer"),
    ("administrator0", "administrator"),
)  # fmt: skip
SECONDS = 600  # of the recording that all of them are said to be
_GRAVE = {"fatal": 3.0, "serious": 2.0, "minor": 1.0, "": 0.0}
_AT_ONCE = 50  # recordings a transaction


@dataclass
class _Rows:
    """Rows of one recording, by table."""

    rows: dict[str, list[tuple[Any, ...]]]

    def add(self, name: str, **values: Any) -> None:
        """Add a row; what is not told is empty."""
        table = tables.metadata.tables[name]
        self.rows.setdefault(name, []).append(
            tuple(
                values.get(column.name, _EMPTY.get((name, column.name))) for column in table.columns
            )
        )


_EMPTY = {("clips", "host"): ""}


def build(folder: Path, findings: int) -> Path:
    """Make the store, unless the folder has it; return its file."""
    file = folder / f"review-{findings}.sqlite3"
    if file.exists():
        return file
    sound = folder / "counter.wav"
    folder.mkdir(parents=True, exist_ok=True)
    _write_sound(sound)
    made = file.with_suffix(".made")
    made.unlink(missing_ok=True)
    with open_database(str(made)) as database:
        _fill(database, sound, findings)
        with database.driver() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    made.rename(file)
    return file


def _write_sound(file: Path) -> None:
    rng = random.Random(SEED)
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        second = b"".join(rng.randrange(-900, 900).to_bytes(2, "little", signed=True)
                          for _ in range(16_000))  # fmt: skip
        for _ in range(SECONDS):
            out.writeframesraw(second)


def _fill(database: Database, sound: Path, findings: int) -> None:
    rng, kept = random.Random(SEED), digest(PASSWORD)
    with database.writing() as connection:
        for at, (name, role) in enumerate(PEOPLE):
            clerk = f"1{at - 15:02}" if role == "clerk" else ""
            accounts.add(connection, name, kept, role, clerk=clerk)  # type: ignore[arg-type]
        connection.execute(
            sa.insert(tables.versions).values(
                id=1, digest="0" * 64, courtesy="0.1.0", lexicons="0", rubric="window 2",
                options={}, scale={"base": 100.0, "grades": [[0.0, "称职", "competent"]]},
            )
        )  # fmt: skip
    recordings = -(-findings // (INTERACTIONS * FLAGS))
    for first in range(0, recordings, _AT_ONCE):
        rows = _Rows({})
        shifts = set()
        for number in range(first, min(first + _AT_ONCE, recordings)):
            shifts.add(_recording(rows, rng, number, sound))
        with database.writing() as connection:
            for table in tables.metadata.sorted_tables:
                insert(connection, table, rows.rows.get(table.name, []))
            tally(connection, sorted(shifts))
    with database.writing() as connection:
        for at in range(20_000):
            audit.note(connection, "reviewer0", "decide", f"flag {at}", {"outcome": "confirmed"})
        connection.exec_driver_sql("ANALYZE")


def _recording(rows: _Rows, rng: random.Random, number: int, sound: Path) -> Shift:
    day, place = divmod(number, HALLS * WINDOWS)
    hall, window = divmod(place, WINDOWS)
    began = FIRST_DAY + timedelta(days=day)
    whose = Whose(f"{hall + 1}号厅", f"{window + 1}号窗口", f"{hall + 1}{window + 1:02}")
    row, names = number + 1, dict(zip(("hall", "window", "clerk"), whose, strict=True))
    rows.add("recordings", id=row, content=f"{number:064x}", part=0, path=str(sound),
             began=began, duration=SECONDS, channels=1, whole=True, details={}, added=began,
             **names)  # fmt: skip
    rows.add("results", id=row, recording_id=row, versions_id=1, made=began, current=True,
             rules=list(RULES))  # fmt: skip
    rows.add("flagged", recording_id=row, result_id=row)
    for at in range(INTERACTIONS):
        _interaction(rows, rng, row, at, began + timedelta(minutes=9 * at), names)
    return Shift(began.date(), whose)


def _interaction(
    rows: _Rows, rng: random.Random, row: int, number: int, began: datetime, names: dict[str, str]
) -> None:
    first, start = number * len(TALK), 11.0 * number
    for at, (role, text) in enumerate(TALK):
        phrase = FORBIDDEN[at % len(FORBIDDEN)]
        heard = f"{phrase}！您等一下再来。" if role == "clerk" else text
        rows.add("utterances", recording_id=row, number=first + at, start=start + at, end=start + at
                 + 0.9, role=role, role_confidence=0.9, channel=0, heard=heard)  # fmt: skip
    rows.add("interactions", result_id=row, number=number, first=first, last=first + len(TALK) - 1,
             start=start, end=start + 10, began=began, mode="counter", verdicts="f" * len(RULES),
             ended=True, aside=False, scorable=True, score=float(rng.randrange(20, 100)),
             grade_zh="称职", grade_en="competent",
             details={"utterances": list(range(first, first + len(TALK)))})  # fmt: skip
    for at, rule in zip(range(FLAGS), RULES, strict=False):
        said = at % 3 == 0  # the others say that something is missing
        utterance = first + (at * 2) % len(TALK)
        phrase = FORBIDDEN[at % len(FORBIDDEN)] if said else ""
        severity = rng.choice(("minor", "serious", "serious", "fatal")) if said else ""
        sure = round(rng.random(), 3) if said else None
        if said:
            rows.add("matches", result_id=row, interaction=number, number=at, list="forbidden",
                     polarity="forbidden", phrase=phrase, phrase_id=f"forbidden-{phrase}",
                     severity=severity, utterance=utterance, heard=phrase, role="clerk",
                     start=start + at, end=start + at + 0.9, how="exact", confidence=sure,
                     likeness=1.0, standing="counted", why_zh="工作人员说的",
                     why_en="said by the clerk",
                     details={"sources": ["S0 三(三)"], "span": [0, len(phrase)],
                              "slots": []})  # fmt: skip
        rows.add("findings", result_id=row, interaction=number, number=at, rule=rule,
                 verdict="fail", points=-10.0, reason_zh="群众问了 3 次，2 次有回答",
                 reason_en="2 of the customer's 3 questions were answered", start=start + at,
                 end=start + at + 0.9,
                 evidence=[[at] if said else [], [utterance]])  # fmt: skip
        flag = ((row - 1) * INTERACTIONS + number) * FLAGS + at + 1
        _flag(rows, rng, flag, {"recording_id": row, "result_id": row, "interaction": number,
              "finding": at, "rule": rule, "phrase_id": phrase and f"forbidden-{phrase}",
              "utterance": utterance, "severity": severity, "confidence": sure, "began": began,
              **names})  # fmt: skip


def _flag(rows: _Rows, rng: random.Random, flag: int, values: dict[str, Any]) -> None:
    state = "waiting"
    if rng.random() < DECIDED:
        state = rng.choice(("confirmed", "confirmed", "rejected", "unsure", "appealed"))
        outcome = "confirmed" if state == "appealed" else state
        at = values["began"] + timedelta(days=1)
        rows.add("decisions", id=flag, flag_id=flag, account_id=1 + flag % 12, part="first",
                 outcome=outcome, why="words" if outcome == "rejected" else "", note="",
                 at=at)  # fmt: skip
        if state == "appealed":
            rows.add("appeals", id=flag, flag_id=flag, account_id=17, reason="我在念墙上的规定",
                     at=at, until=at + timedelta(days=7), answer="")  # fmt: skip
    sure = 0.5 if values["confidence"] is None else values["confidence"]
    rank = round(_GRAVE[values["severity"]] + 0.9 * (1.0 - abs(2.0 * sure - 1.0)), 4)
    rows.add("flags", id=flag, nth=0, verdict="fail", state=state, rank=rank, twice=False,
             revision=int(state != "waiting"), **values)  # fmt: skip


def flags_of(database: Database) -> Iterator[int]:
    """Yield the numbers of all flags."""
    with database.reading() as connection:
        yield from connection.scalars(sa.select(tables.flags.c.id))
