"""Reading and writing the gold files of the samples, and placing their turns in time.

Runs in the throw-away environment of README.md only. Nothing in the product imports this module.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

Table = dict[str, Any]

SAMPLE_RATE_HZ = 16_000
GAP_S = (0.4, 1.2)
PLAIN_KEYS = ("id", "scene", "mode", "licence", "clerk", "speaker")
TURN_KEYS = ("role", "text", "start", "end", "forbidden", "polite")


def read(path: Path) -> Table:
    """Return a TOML file as plain tables."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _value(value: object) -> str:
    """Return a value of a gold file in TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    message = f"no TOML for {type(value).__name__}"
    raise TypeError(message)


def _turns(header: str, turns: Sequence[Table]) -> list[str]:
    """Return each turn as a block of lines."""
    return [
        "\n".join([f"[[{header}]]", *(f"{key} = {_value(turn[key])}" for key in TURN_KEYS)])
        for turn in turns
    ]


def write(path: Path, gold: Table) -> None:
    """Write a gold file, a dialogue or a session, in its fixed order of keys."""
    head = [f"{key} = {_value(gold[key])}" for key in PLAIN_KEYS if key in gold]
    if "rules" in gold:
        head.append(f"rules = {_value(gold['rules'])}")
    blocks = ["\n".join(head), *_turns("turn", gold.get("turn", []))]
    for interaction in gold.get("interaction", []):
        lines = ["[[interaction]]"]
        keys = ("start", "end", *(["mode"] if "mode" in interaction else []), "rules")
        lines += [f"{key} = {_value(interaction[key])}" for key in keys]
        blocks += ["\n".join(lines), *_turns("interaction.turn", interaction["turn"])]
    for aside in gold.get("aside", []):
        lines = [
            "[[aside]]",
            *(f"{key} = {_value(aside[key])}" for key in ("start", "end", "kind")),
        ]
        blocks += ["\n".join(lines), *_turns("aside.turn", aside["turn"])]
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8", newline="\n")


def place(
    turns: Sequence[Table],
    lengths: Sequence[int],
    begin_s: float,
    pauses: Mapping[str, float],
    random: np.random.Generator,
) -> float:
    """Fill in `start` and `end` of each turn, and return the end of the last, in seconds.

    Args:
        turns: The turns, in order; changed in place.
        lengths: Length of each turn's clip, in samples.
        begin_s: Start of the first turn, in seconds.
        pauses: Silence before a turn, in seconds, by the turn's number counted from 1.
        random: A seeded generator for the other gaps.
    """
    clock = begin_s
    for number, (turn, length) in enumerate(zip(turns, lengths, strict=True), start=1):
        drawn = float(random.uniform(*GAP_S))  # drawn even if not used: later gaps stay put
        if number > 1:
            clock += pauses.get(str(number), drawn)
        turn["start"] = round(clock, 2)
        clock = turn["start"] + length / SAMPLE_RATE_HZ
        turn["end"] = round(clock, 2)
    return clock
