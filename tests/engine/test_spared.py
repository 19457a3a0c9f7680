"""Slow calls beside uneven load or a crash loop: both are told where the processes show it that these leave alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.diagnosis import Judgement
from advisor.engine import judge
from advisor.features import InstanceWindow, Snapshot
from advisor.vocabulary import PartKind
from tests.additions import with_part, with_window
from tests.builders import Load, Machine, snapshot
from tests.engine.invented import of
from tests.engine.test_follows import advised, ended

DB = "postgresql db.internal:5432/shop"
ROOMY = Machine(cores=8, cpu=0.3)
SLOW = Load(elu=0.2, rps=40, latency=0.9)
HOT = Load(elu=0.85, rps=120, latency=0.9)
QUICK = Load(elu=0.2, rps=40, latency=0.02)


def called(seen: Snapshot, share: float = 0.8) -> Snapshot:
    """Each process spends this share of the time of its requests in calls to a database."""
    instances: list[InstanceWindow] = []
    for one in seen.window.instances:
        alone = with_window(seen, instances=(one,))
        if "requests" in one.track.values:
            count, spent = one.track.values["requests"], one.track.values["request_time"]
            alone = with_part(alone, PartKind.DATABASE, DB, count=count, duration=share * spent, errors=0.0)
        instances += alone.window.instances
    return with_window(seen, instances=tuple(instances))


def offered(judgement: Judgement, rule: str) -> set[str]:
    advice = next(one for one in judgement.advice if one.ruling.rule == rule)
    return {option.id for option in advice.options}


def test_slow_calls_of_all_processes_are_told_beside_uneven_load() -> None:
    judgement = judge(called(snapshot(HOT, SLOW, SLOW, machine=ROOMY)), {})
    assert advised(judgement) == ["uneven-load", "downstream-bound"]
    assert not offered(judgement, "downstream-bound") & {"cluster", "autoscale", "vertical", "load-balance"}


def test_a_hot_process_that_alone_is_slow_is_uneven_load() -> None:
    judgement = judge(called(snapshot(HOT, QUICK, QUICK, machine=ROOMY)), {})
    assert advised(judgement) == ["uneven-load"]
    assert of(judgement, "downstream-bound").held_back_by in ("", "uneven-load")


def test_slow_calls_of_a_process_that_lives_are_told_beside_a_crash_loop_of_another() -> None:
    seen = ended({"memory_rss": 9e7}, called(snapshot(SLOW, machine=ROOMY)), exit_code=1)
    assert advised(judge(seen, {})) == ["crash-loop", "downstream-bound"]


@pytest.mark.parametrize("age", [130.0, 200.0])
def test_a_process_that_just_began_again_tells_nothing_of_calls(age: float) -> None:
    young = Load(elu=0.2, rps=40, latency=0.9, age=age)
    seen = ended({"memory_rss": 9e7}, called(snapshot(young, machine=ROOMY)), exit_code=1)
    assert advised(judge(seen, {})) == ["crash-loop"]


FULL = Load(elu=0.9, cpu=0.87, rps=150)


@pytest.mark.parametrize(("age", "told"), [
    (86_400.0, ["crash-loop", "event-loop-saturated"]), (1_000.0, ["crash-loop", "event-loop-saturated"]),
    (600.0, ["crash-loop"]),
])  # fmt: skip
def test_full_loops_that_go_on_are_told_beside_a_crash_loop_of_another(age: float, told: list[str]) -> None:
    full = replace(FULL, age=age)
    judgement = judge(ended({"memory_rss": 9e7}, snapshot(full, full, machine=ROOMY), exit_code=1), {})
    assert advised(judgement) == told
    if len(told) > 1:
        assert not offered(judgement, "event-loop-saturated") & {"cluster", "autoscale", "load-balance"}
