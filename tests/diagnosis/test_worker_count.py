"""Workers: as many as carry the work, and as many more as carry it with one lost, within the idle cores."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from advisor.diagnosis.worker_count import Plan, carrying, surviving
from advisor.features import Snapshot, control_groups
from advisor.features.process import OF_CPU, OF_LOOP
from tests.additions import with_figures
from tests.builders import Load, Machine, snapshot

FULL = Load(elu=0.88, cpu=0.85, rps=175, noise=0.0)
ROOMY = Machine(cores=8, cpu=0.15)


def _plan(seen: Snapshot, rule: str = "event-loop-saturated") -> Plan:
    group = control_groups.tightest(seen, 300.0)
    assert group is not None
    return carrying(seen, group, rule)


@pytest.mark.parametrize(
    ("loads", "machine", "carry", "survive"),
    [
        ([FULL], ROOMY, 2, 3),
        ([FULL], Machine(cores=2, cpu=0.5), 2, 2),
        ([FULL] * 2, ROOMY, 4, 4),
        ([replace(FULL, elu=0.3)], ROOMY, 1, 2),
    ],
)
def test_one_more_where_a_loss_would_fill_the_others_and_there_is_a_core(
    loads: list[Load], machine: Machine, carry: int, survive: int
) -> None:
    """0.97 erlangs with growth: two at 60%, and two more than one at 80%; 1.94 erlangs: four, and three and one."""
    plan = _plan(snapshot(*loads, machine=machine))
    assert plan.after == carry
    assert surviving(snapshot(*loads, machine=machine), plan).after == survive


def test_a_service_on_several_machines_loses_one_worker_of_all_of_them() -> None:
    """2.9 erlangs with growth on three machines: two on each make six, and five would do."""
    seen = snapshot(FULL, machine=ROOMY, hosts=3)
    assert _plan(seen).after == surviving(seen, _plan(seen)).after == 2


@pytest.mark.parametrize(("rule", "workers"), [("dropped-at-deploy", 2), ("event-loop-blocked", 2), ("gc-pressure", 1)])
def test_some_troubles_need_a_second_one_for_little_work(rule: str, workers: int) -> None:
    assert _plan(snapshot(replace(FULL, elu=0.2), machine=ROOMY), rule).after == workers


def test_work_that_nobody_tells_adds_none() -> None:
    silent = dict.fromkeys((*OF_LOOP, *OF_CPU), math.nan)
    seen = with_figures(snapshot(FULL, machine=ROOMY), None, **silent)
    assert math.isnan(seen.work(60.0))
    plan = _plan(seen)
    assert surviving(seen, plan) is plan
    assert plan.after == 1
