"""Strategies that size things answer every rule, whatever a window lacks: with finite figures, and never by failing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.diagnosis import Option
from advisor.engine import STRATEGIES
from advisor.features import Snapshot
from advisor.vocabulary import PartKind
from tests import rulings
from tests.additions import with_figures, with_host_figures, with_part
from tests.builders import NOW, Load, Machine, service
from tests.engine.test_robustness import spoiled

SIZING = ("autoscale", "cluster", "decompose", "relieve-host", "vertical")

ODD = (math.nan, 0.0, 1.0, 512.0, 4e9)


def _peopled(each: list[Load], machine: Machine, figures: list[float]) -> Snapshot:
    """A service with limits, pools, a database, a program and a disk, whose figures may be anything."""
    first, second, third, fourth = figures
    seen = Snapshot(service(*each, machine=machine, seconds=400.0), NOW)
    seen = with_figures(seen, cgroup_cpu_limit=first / 512, cgroup_memory_limit=second)
    seen = with_figures(seen, cgroup_periods=third, cgroup_throttled=fourth, fd_open=first, fd_sockets=second)
    seen = with_host_figures(with_figures(seen, fd_limit=third), cpu_effective=fourth)
    seen = with_part(seen, PartKind.POOL, "postgresql db:5432/shop", capacity=first, used=second, unused=third)
    store = {"capacity": second, "used": first, "size": fourth, "hits": third, "misses": first}
    seen = with_part(seen, PartKind.DATASTORE, "postgresql 127.0.0.1 5432 shop", **store)
    seen = with_part(seen, PartKind.PROGRAM, "backup", busy=first, memory=second)
    return with_part(seen, PartKind.DISK, "/data", used=third, capacity=fourth)


@pytest.mark.parametrize("strategy", SIZING)
@pytest.mark.parametrize("seed", range(6))
def test_each_answers_each_rule(strategy: str, seed: int) -> None:
    draw = np.random.default_rng(seed)
    each = [Load(elu=draw.choice([0.3, 0.97]), rps=draw.choice([0.0, 175.0]), block=draw.choice([0.0, 0.3]))]
    machine = Machine(
        cores=draw.choice([0.5, 2.0, 64.0]), cpu=draw.choice([0.2, 0.9]), available=draw.choice([0.0, 6e9])
    )
    whole = _peopled(each, machine, draw.choice(ODD, 4).tolist())
    seen = whole if seed == 0 else Snapshot(spoiled(whole.window, seed), NOW)
    for rule in rulings.ALL:
        answer = STRATEGIES[strategy].answer(seen, rulings.firing(rule))
        if not isinstance(answer, Option):
            assert any(character.isdigit() for character in answer.reason), (rule, answer.reason)
            continue
        for e in answer.expected:
            assert all(x is None or np.isfinite(x) for x in (e.now, e.low, e.high)), (rule, e)
            assert e.low is None or e.high is None or e.low <= e.high + 1e-9, (rule, e)
