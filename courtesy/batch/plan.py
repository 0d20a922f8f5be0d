"""How far it goes: how many machines, how much disk, how large a database, for so many windows.

It multiplies what was measured (`measured.toml`, from `tests/bench`) by what is told; nothing in it
was measured on a cluster.
"""

import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

from courtesy.messages import Text

_GB = 1e9


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured, and on what.

    Attributes:
        hours_an_hour: of sound that one machine scores in an hour.
        machine: which it was.
        model: the speech model.
        bytes_an_hour: of database for an hour of sound.
        kept_a_second: interactions that the store takes, on SQLite.
        interactions_an_hour: in an hour of sound, in what was measured.
    """

    hours_an_hour: float
    machine: Text
    model: str
    bytes_an_hour: float
    kept_a_second: float
    interactions_an_hour: float


@dataclass(frozen=True, slots=True)
class Load:
    """What a hall, a city or a province records.

    Attributes:
        windows: how many record.
        hours: of recording a day, each.
        days: working days a year.
        work: hours of the day in which the machines may work.
        kbps: of the recordings, kilobits a second.
        keep: days for which recordings are kept.
        spare: share of the machines' time that is left for what goes wrong, 0 to 1.
    """

    windows: int
    hours: float = 8.0
    days: int = 250
    work: float = 20.0
    kbps: float = 32.0
    keep: int = 90
    spare: float = 0.2


@dataclass(frozen=True, slots=True)
class Plan:
    """What that needs.

    Attributes:
        sound: hours of it a day.
        machines: like the one that was measured.
        recordings: bytes of disk for the recordings.
        database: bytes that a year adds to the database.
        interactions: a day.
        kept_a_second: interactions, while the machines work.
    """

    sound: float
    machines: int
    recordings: float
    database: float
    interactions: float
    kept_a_second: float


def measured() -> Measured:
    """Return what was measured last."""
    text = resources.files("courtesy.batch").joinpath("measured.toml").read_text("utf-8")
    table = tomllib.loads(text)
    machine = table.pop("machine")
    return Measured(machine=Text(machine["zh"], machine["en"]), **table)


def plan(load: Load, by: Measured) -> Plan:
    """Return what a load needs, by what was measured."""
    sound = load.windows * load.hours
    each = by.hours_an_hour * load.work * (1 - load.spare)
    interactions = sound * by.interactions_an_hour
    return Plan(
        sound=sound,
        machines=max(1, math.ceil(sound / each)),
        recordings=sound * load.keep * load.kbps * 1000 / 8 * 3600,
        database=sound * load.days * by.bytes_an_hour,
        interactions=interactions,
        kept_a_second=interactions / (load.work * 3600),
    )


def sentences(load: Load, found: Plan, by: Measured) -> Iterator[Text]:
    """Yield what a plan says and what it rests on."""
    yield Text(
        f"{load.windows:,} 个窗口，每天 {load.hours:g} 小时：每天 {found.sound:,.0f} 小时录音，"
        f"约 {found.interactions:,.0f} 次接待。",
        f"{load.windows:,} windows, {load.hours:g} hours a day: {found.sound:,.0f} hours of sound "
        f"and some {found.interactions:,.0f} interactions a day.",
    )
    yield Text(
        f"机器：{found.machines:,} 台（每天工作 {load.work:g} 小时，留 {load.spare:.0%} 余量）。",
        f"Machines: {found.machines:,}, at work {load.work:g} hours a day, {load.spare:.0%} spare.",
    )
    yield Text(
        f"录音：{found.recordings / _GB:,.0f} GB（{load.kbps:g} kbit/s，保存 {load.keep} 天）。",
        f"Disk for recordings: {found.recordings / _GB:,.0f} GB ({load.kbps:g} kbit/s, kept "
        f"{load.keep} days).",
    )
    yield Text(
        f"数据库：每年增加 {found.database / _GB:,.0f} GB（{load.days} 个工作日）；"
        f"每秒写入 {found.kept_a_second:,.1f} 次接待，单机实测能写 {by.kept_a_second:,.0f} 次。",
        f"Database: {found.database / _GB:,.0f} GB more a year ({load.days} working days); "
        f"{found.kept_a_second:,.1f} interactions kept a second, where one machine was measured to "
        f"take {by.kept_a_second:,.0f}.",
    )
    yield Text(
        f"依据：模型 {by.model}，{by.machine.zh}，每小时能听 {by.hours_an_hour:.1f} 小时；"
        f"每小时录音占数据库 {by.bytes_an_hour / 1e6:.1f} MB。是推算，没有在这么多机器上试过。",
        f"It rests on: model {by.model}, {by.machine.en}, {by.hours_an_hour:.1f} hours of sound an "
        f"hour, {by.bytes_an_hour / 1e6:.1f} MB of database for an hour of sound. It is reckoned, "
        "not tried on so many machines.",
    )
