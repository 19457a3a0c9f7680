"""scale-down: a quarter or one fewer at most, never below two, and never beside another trouble."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
import yaml

from advisor.diagnosis import Option, Rejection
from advisor.diagnosis.entry import with_limits
from advisor.engine import STRATEGIES
from advisor.features import Snapshot
from advisor.vocabulary import Family
from tests.answers import expected, option, rejection, ruled
from tests.builders import Load, Machine, snapshot
from tests.rules.test_overprovisioned import fleet
from tests.strategies.tools import shell

fewer = partial(option, "scale-down", "overprovisioned")


def test_a_quarter_fewer_with_what_it_saves() -> None:
    found = fewer(fleet(8))
    assert found.title == "Run 6 processes instead of 8"
    assert found.cost == "saves 2 processes and 180 MB of memory"
    assert found.family is Family.SHRINK
    assert "40%" in found.why
    assert "48%" in found.why
    assert "go back to 8" in found.check_first


@pytest.mark.parametrize(("count", "after"), [(3, 2), (4, 3), (5, 4), (8, 6), (16, 12)])
def test_never_more_than_a_quarter_or_one(count: int, after: int) -> None:
    assert fewer(fleet(count, peak=0.1)).title == f"Run {after} processes instead of {count}"


@pytest.mark.parametrize(("count", "after"), [(4, 3), (16, 13)])
def test_a_step_of_its_own_is_at_least_one_process(count: int, after: int) -> None:
    with with_limits(STRATEGIES, {"scale-down": {"step": 0.2}}):
        assert fewer(fleet(count, peak=0.05)).title == f"Run {after} processes instead of {count}"


def test_the_third_machine_may_go() -> None:
    assert fewer(fleet(3, peak=0.1, hosts=3)).title == "Run 2 machines instead of 3, with 2 processes"


def test_two_processes_stay() -> None:
    assert "none could be lost" in rejection("scale-down", "overprovisioned", fleet(2, peak=0.02))


def test_whole_machines_where_it_comes_out_even() -> None:
    found = fewer(fleet(8, hosts=4))
    assert found.title == "Run 3 machines instead of 4, with 6 processes"
    assert found.cost == "saves 1 machine of 4"
    assert not any("pm2" in step.code for step in found.steps)


def test_two_machines_stay() -> None:
    assert fewer(fleet(8, hosts=2)).title == "Run 6 processes instead of 8"


def test_loops_rise_by_what_is_conserved() -> None:
    found = fewer(fleet(8, elu=0.15, machine=Machine(cores=16, cpu=0.1)))
    after = expected(found, "loop_utilization")
    assert after.low is not None
    assert after.high is not None
    assert after.low < 0.15 * 8 / 6 < after.high
    lost = expected(found, "loop_after_loss")
    assert lost.high is not None
    assert lost.high <= 0.8


def test_the_shell_reads_every_command_and_the_patch_is_one() -> None:
    commands = shell.read(fewer(fleet(8)).steps)
    (patch,) = (command for command in commands if "patch" in command)
    assert yaml.safe_load(patch.split("'")[1]) == {"spec": {"minReplicas": 6}}


@pytest.mark.parametrize("hindrance", [{"peak": 0.65}, {"growth": 1.15}, {"days": 6}, {"memory": 0.72}, {"count": 3}])
def test_rejected_where_the_rule_does_not_hold(hindrance: dict[str, Any]) -> None:
    rejection("scale-down", "overprovisioned", fleet(**hindrance))


@pytest.mark.parametrize("count", [1, 2])
def test_rejected_where_none_could_be_lost(count: int) -> None:
    reason = rejection("scale-down", "overprovisioned", fleet(count, peak=0.05))
    assert "none could be lost" in reason


@pytest.mark.parametrize("rule", ["event-loop-saturated", "crash-loop"])
def test_rejected_beside_any_other_trouble(rule: str) -> None:
    seen: Snapshot = snapshot(*[Load(elu=0.9)] * 4)
    ruling = ruled(rule, seen)
    assert isinstance(STRATEGIES["scale-down"].answer(seen, ruling), Rejection)


def _told_to_pm2(found: Option) -> str:
    [text] = [step.text for step in found.steps if step.platform == "PM2"]
    return text


@pytest.mark.parametrize(
    ("count", "after", "told"),
    [(4, 3, "Scale to 1 on 1 host and to 2 on 1 other,"), (6, 5, "Scale to 2 on 1 host and to 3 on 1 other,")],
)
def test_pm2_keeps_as_many_on_all_hosts_as_it_says(count: int, after: int, told: str) -> None:
    found = fewer(fleet(count, peak=0.2, hosts=2))
    assert found.title == f"Run {after} processes instead of {count}"
    assert _told_to_pm2(found).startswith(told)


def test_pm2_scales_hosts_alike_where_that_comes_out_even() -> None:
    assert _told_to_pm2(fewer(fleet(8, hosts=2))).startswith("Scale to 3 on each host;")
