"""JSON: one object a line, .jsonl, and what `courtesy score --json` prints, .json."""

import json
import math
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import cast, get_args

from courtesy.began import read
from courtesy.messages import Text
from courtesy.records import Heard, Role, Seconds, SoundQuality
from courtesy.transcripts.labels import named_role
from courtesy.transcripts.turns import Place, Turn, found, found_at, is_blank, to_heard

__all__ = ["read_json", "read_jsonl"]

_SCHEMA = "courtesy/1"
_LONGEST = 1e6
_LONE = re.compile("[\ud800-\udfff]")

_TURN_OBJECT = Text(
    zh='每行一个对象，如 {"role": "clerk", "text": "您好", "start": 0.0, "end": 1.2}',
    en='one object a line, such as {"role": "clerk", "text": "您好", "start": 0.0, "end": 1.2}',
)
_OUR_JSON = Text(
    zh=f'courtesy score --json 输出的内容（"schema": "{_SCHEMA}"，并有 recordings）',
    en=f'what courtesy score --json prints ("schema": "{_SCHEMA}" and recordings)',
)
_ROLE = Text(zh="、".join(get_args(Role)), en=", ".join(get_args(Role)))


def read_jsonl(text: str, name: str) -> tuple[Heard, ...]:
    """Read one recording: `text` is required; `role`, `start` and `end` are not.

    Raises:
        NotATranscript: a line is not such an object, or nobody says anything.
    """
    return (to_heard(name, _lines(text, name)),)


def _lines(text: str, name: str) -> Iterator[Turn]:
    for number, row in enumerate(text.split("\n"), start=1):
        if not is_blank(row):
            place = Place(name, number)
            entry = _object(_load(row, place, _TURN_OBJECT), place, _TURN_OBJECT)
            yield _turn(entry, "text", place, _TURN_OBJECT)


def read_json(text: str, name: str) -> tuple[Heard, ...]:
    """Read the recordings of an earlier run, but for those that had failed.

    Raises:
        NotATranscript: it is not this program's output, or every recording had failed.
    """
    whole = Place(name)
    data = _object(_load(text, whole, _OUR_JSON), whole, _OUR_JSON)
    if data.get("schema") != _SCHEMA:
        raise whole.refuse(found(data), _OUR_JSON)
    entries = data.get("recordings")
    if not isinstance(entries, list) or not entries:
        raise Place(name, "recordings").refuse(found(entries), _OUR_JSON)
    heard: list[Heard] = []
    failed: list[str] = []
    for at, row in enumerate(entries):
        key = f"recordings[{at}]"
        entry = _object(row, Place(name, key), _OUR_JSON)
        if entry.get("error") is not None:
            failed.append(str(entry.get("path", key)))
        else:
            heard.append(_recording(entry, name, key))
    if not heard:
        every = Text(zh="其中每个录音当时都出错", en="every recording in it had failed")
        raise whole.refuse(every, _OUR_JSON)
    if failed:
        heard[0] = replace(heard[0], notes=(_passed_over(name, failed),))
    return tuple(heard)


def _passed_over(name: str, failed: list[str]) -> Text:
    more = "…" if len(failed) > 5 else ""
    return Text(
        zh=f"{name} 中有 {len(failed)} 个录音当时出错，已略过：{'、'.join(failed[:5])}{more}。",
        en=f"{name}: passed over, because listening had failed (recordings: {len(failed)}): "
        f"{', '.join(failed[:5])}{more}.",
    )


def _recording(entry: dict[str, object], name: str, key: str) -> Heard:
    rows = entry.get("utterances")
    if not isinstance(rows, list):
        raise Place(name, f"{key}.utterances").refuse(found(rows), _OUR_JSON)
    turns: list[Turn] = []
    for at, row in enumerate(rows):
        place = Place(name, f"{key}.utterances[{at}]")
        turns.append(_turn(_object(row, place, _OUR_JSON), "heard", place, _OUR_JSON))
    length = _number(entry, "duration", Place(name, key))
    # Several recordings cannot all be called by the file's name, and a result that is scored again
    # is compared with the first one recording by recording.
    path = entry.get("path")
    called = path if isinstance(path, str) and path else name
    heard = to_heard(called, turns, length, silent=True)
    return replace(heard, began=_began(entry, Place(name, key)))


def _began(entry: dict[str, object], place: Place) -> datetime | None:
    value = entry.get("began")
    if value is None:
        return None
    moment = read(value) if isinstance(value, str) else None
    if moment is None:
        raise place.refuse(
            found_at("began", value),
            Text(
                zh="日期和时间，如 2026-11-22T09:00:00，或不写",
                en="date and time, such as 2026-11-22T09:00:00, or none",
            ),
        )
    return moment


def _turn(entry: dict[str, object], key: str, place: Place, expected: Text) -> Turn:
    words = entry.get(key)
    if not isinstance(words, str):
        raise place.refuse(found_at(key, words), expected)
    if _LONE.search(words):
        raise place.refuse(
            Text(zh="文字里有半个字符（单独的代理项）", en="half a character (a lone surrogate)"),
            Text(zh="完整的 Unicode 文字", en="whole Unicode text"),
        )
    name = entry.get("role")
    role = named_role(name or "unknown") if name is None or isinstance(name, str) else None
    if role is None:
        raise place.refuse(found_at("role", name), _ROLE)
    start, end = _number(entry, "start", place), _number(entry, "end", place)
    # Only this program's own output says how sure its recogniser was.
    quality = _number(entry, "quality", place) if key == "heard" else None
    if quality is not None and quality > 1:
        raise place.refuse(found_at("quality", quality), Text(zh="0 到 1", en="0 to 1"))
    # And how it sounded, so that what was not judged for its sound is not judged now.
    sound = _sound(entry, place) if key == "heard" else None
    return Turn(place, words.strip(), role, start, end, quality, sound)


def _sound(entry: dict[str, object], place: Place) -> SoundQuality | None:
    value = entry.get("sound")
    if value is None:
        return None
    given = _object(value, place, _OUR_JSON)
    inside = Place(place.file, f"{place.where}.sound")

    def measured(key: str, low: float, high: float) -> float:
        number = given.get(key)
        # True is an int too, and a whole number may be too large for a float.
        a_number = isinstance(number, int | float) and not isinstance(number, bool)
        value = cast("float", number) if a_number else math.nan
        if low <= value <= high:
            return float(value)
        limits = Text(zh=f"{low:g} 到 {high:g}", en=f"{low:g} to {high:g}")
        raise inside.refuse(found_at(key, number), limits)

    return SoundQuality(
        channel=None if given.get("channel") is None else int(measured("channel", 0, 1)),
        seconds=measured("seconds", 0, _LONGEST),
        level=measured("level", -200, 20),
        noise=measured("noise", -200, 20),
        clipped=measured("clipped", 0, 1),
        dropouts=int(measured("dropouts", 0, _LONGEST)),
        chinese=None if given.get("chinese") is None else measured("chinese", 0, 1),
    )


def _load(text: str, place: Place, expected: Text) -> object:
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError as error:
        if "\n" in text:
            place = Place(place.file, error.lineno)
        raise place.refuse(Text(zh="不是 JSON", en=f"not JSON ({error.msg})"), expected) from error
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits, or brackets thousands deep.
        beyond = Text(zh="无法读取的 JSON", en="JSON beyond reading")
        raise place.refuse(beyond, expected) from error
    return value


def _object(value: object, place: Place, expected: Text) -> dict[str, object]:
    if not isinstance(value, dict):
        raise place.refuse(found(value), expected)
    return value


def _number(entry: dict[str, object], key: str, place: Place) -> Seconds | None:
    value = entry.get(key)
    if value is None:
        return None
    # True is an int too, and a whole number may be too large for a float.
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else -1
    if 0 <= number <= sys.float_info.max:
        return float(number)
    raise place.refuse(
        found_at(key, value),
        Text(zh="不小于 0 的有限数，或不写", en="a finite number of 0 or more, or none"),
    )
