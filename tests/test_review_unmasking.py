"""In the sound what is personal is covered by a tone; who may hear it leaves a trace."""

import io
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import numpy as np
import pytest
import sqlalchemy as sa
from desks import Desk, desk_of, refused
from numpy.typing import NDArray
from stored import hide_a_word

from courtesy.store import tables

WHY = {"reason": "复核需要听清"}
Stretch = tuple[float, float]


@pytest.fixture
def desk(kept_desk: Path, tmp_path: Path) -> Iterator[Desk]:
    with desk_of(kept_desk, tmp_path) as found:
        yield found


@pytest.fixture
def personal(desk: Desk) -> tuple[int, Stretch]:
    """Hide a word near what a flag is about; return the flag and when the word is said."""
    flag = desk.flag(tables.flags.c.hall == "", tables.flags.c.phrase_id != "")
    return flag, hide_a_word(desk.store, flag)


def samples(answer: httpx.Response) -> NDArray[np.float64]:
    assert answer.status_code == 200, answer.text
    with wave.open(io.BytesIO(answer.content)) as file:
        assert file.getframerate() == 16_000
        found = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
        return found.reshape(-1, file.getnchannels())[:, 0]


def is_tone(sound: NDArray[np.float64]) -> bool:
    strength = np.abs(np.fft.rfft(sound)) ** 2
    loudest = np.argmax(strength) * 16_000 / len(sound)
    return abs(loudest - 1000) < 20 and strength.max() > 0.3 * strength.sum()


def test_a_tone_covers_what_is_personal_and_nothing_else(
    desk: Desk, personal: tuple[int, Stretch]
) -> None:
    flag, (start, end) = personal
    reviewer, supervisor = desk.browser("reviewer"), desk.browser("supervisor")
    one = reviewer.get(f"/api/findings/{flag}").json()
    first = max(0.0, one["place"][0] - one["around"])
    heard = reviewer.get(f"/api/findings/{flag}/sound")
    plain = supervisor.post(f"/api/findings/{flag}/unmasked", json=WHY)
    assert (heard.headers["courtesy-covered"], plain.headers["courtesy-covered"]) == ("1", "0")
    covered, whole = samples(heard), samples(plain)
    assert len(covered) == len(whole)
    said = slice(round((start - first) * 16_000), round((end - first) * 16_000))
    assert is_tone(covered[said])
    assert not is_tone(whole[said])
    differs = np.flatnonzero(covered != whole) / 16_000 + first
    assert start - 0.25 < differs.min() <= start
    assert end <= differs.max() < end + 0.25


def test_an_interaction_is_covered_and_heard_likewise(
    desk: Desk, personal: tuple[int, Stretch]
) -> None:
    flag, (start, _) = personal
    supervisor = desk.browser("supervisor")
    own = tables.flags.c
    with desk.store.reading() as connection:
        row = connection.execute(
            sa.select(own.result_id, own.interaction).where(own.id == flag)
        ).one()
    place = f"/api/interactions/{row.result_id}-{row.interaction}"
    at = {"at": max(0.0, start - 1)}
    heard = supervisor.get(f"{place}/sound", params=at)
    plain = supervisor.post(f"{place}/unmasked", params=at, json=WHY)
    assert heard.headers["courtesy-covered"] == "1"
    assert (samples(heard) != samples(plain)).any()


def entries(desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.browser("administrator").get("/api/audit").json()["entries"]
    return [one for one in found if one["action"] == "unmask"]


def test_who_hears_it_says_why_and_leaves_a_trace(
    desk: Desk, personal: tuple[int, Stretch]
) -> None:
    flag, _ = personal
    supervisor = desk.browser("supervisor")
    refused(supervisor.post(f"/api/findings/{flag}/unmasked", json={"reason": ""}), 422, "invalid")
    assert entries(desk) == []
    assert supervisor.post(f"/api/findings/{flag}/unmasked", json=WHY).status_code == 200
    (left,) = entries(desk)
    assert (left["by"], left["subject"]) == ("supervisor", f"flag {flag}")
    assert WHY["reason"] in left["details"]


def test_without_sound_there_is_no_trace_of_having_heard_it(
    desk: Desk, personal: tuple[int, Stretch]
) -> None:
    flag, _ = personal
    with desk.store.writing() as connection:
        connection.execute(sa.update(tables.recordings).values(path="/gone"))
    answer = desk.browser("supervisor").post(f"/api/findings/{flag}/unmasked", json=WHY)
    refused(answer, 404, "no sound")
    assert entries(desk) == []


def test_sound_whose_words_are_gone_is_not_played_uncovered(
    desk: Desk, personal: tuple[int, Stretch]
) -> None:
    """Nobody knows any more where a number was said."""
    flag, _ = personal
    with desk.store.writing() as connection:
        gone = {"words_removed": "2026-11-20"}
        connection.execute(sa.update(tables.recordings).values(details=gone))
    refused(desk.browser("reviewer").get(f"/api/findings/{flag}/sound"), 410, "words gone")
    answer = desk.browser("supervisor").post(f"/api/findings/{flag}/unmasked", json=WHY)
    assert answer.status_code == 200
