"""How long the next card takes: `python -m tests.bench.practice [--clerks 500] [--cards 10000]`."""

import argparse
import json
import random
import statistics
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa

from courtesy.store import practising, tables
from courtesy.store.opening import open_database


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--clerks", type=int, default=500)
    parser.add_argument("--cards", type=int, default=10_000, help="of each clerk")
    given = parser.parse_args()
    dice = random.Random(1)
    memory = json.dumps({"stability": 1.0, "due": "2026-11-23T10:09:56.948740+00:00"})
    took = []
    with (
        tempfile.TemporaryDirectory() as folder,
        open_database(str(Path(folder) / "practice.sqlite3")) as database,
    ):
        for clerk in range(given.clerks):
            rows = [
                {
                    "person": f"clerk{clerk}",
                    "item": f"item{at}",
                    "due": dice.uniform(0, 1e6),
                    "memory": memory,
                }
                for at in range(given.cards)
            ]
            with database.writing() as connection:
                connection.execute(sa.insert(tables.cards), rows)
        for _ in range(500):
            person, now = f"clerk{dice.randrange(given.clerks)}", dice.uniform(0, 1e6)
            began = time.perf_counter()
            with database.reading() as connection:
                practising.next_card(connection, person, now)
            took.append(1000 * (time.perf_counter() - began))
    took.sort()
    told = {
        "clerks": given.clerks,
        "cards_each": given.cards,
        "median_ms": round(statistics.median(took), 2),
        "p99_ms": round(took[494], 2),
        "slowest_ms": round(took[-1], 2),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
