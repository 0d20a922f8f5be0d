"""How far it goes: what a load needs, by what was measured."""

import dataclasses

import pytest
from typer.testing import CliRunner

from courtesy.batch.plan import Load, measured, plan, sentences
from courtesy.cli import app
from courtesy.messages import LANGUAGES


def test_a_plan_can_be_reckoned_by_hand() -> None:
    by = dataclasses.replace(
        measured(), hours_an_hour=10.0, bytes_an_hour=2e6, interactions_an_hour=30.0
    )
    found = plan(Load(windows=100, hours=8, days=250, work=20, kbps=32, keep=90, spare=0.2), by)
    assert found.sound == 800
    assert found.machines == 5  # 800 hours, of which each does 10 × 20 × 0.8
    assert found.recordings == pytest.approx(800 * 90 * 4000 * 3600)
    assert found.database == pytest.approx(800 * 250 * 2e6)
    assert found.interactions == 24_000


def test_more_windows_never_need_less() -> None:
    by = measured()
    plans = [plan(Load(windows=count), by) for count in (1, 10, 1000, 10_000)]
    assert [p.machines for p in plans] == sorted(p.machines for p in plans)
    assert plans[0].machines == 1


def test_it_says_that_it_is_reckoned_and_from_what() -> None:
    by = measured()
    load = Load(windows=10_000)
    for lang in LANGUAGES:
        told = " ".join(one.say(lang) for one in sentences(load, plan(load, by), by))
        assert by.machine.say(lang) in told
        assert {"zh": "推算", "en": "reckoned"}[lang] in told


def test_the_command() -> None:
    result = CliRunner().invoke(app, ["batch", "plan", "10000", "--speed", "10"])
    assert result.exit_code == 0, result.output
    assert "500" in result.output  # 80,000 hours a day, of which each does 160
    assert CliRunner().invoke(app, ["batch", "plan", "0"]).exit_code == 2
