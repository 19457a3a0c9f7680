"""How evenly work is spread, and what sets the hottest process apart."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from advisor.features import Snapshot, balance
from advisor.features.balance import Apart, Balance
from tests.additions import with_machines, with_window
from tests.builders import Load, snapshot

COOL = Load(elu=0.3, rps=60)


def of(*loads: Load) -> Balance:
    found = balance.of(snapshot(*loads), 600.0, 1.15)
    assert found is not None
    return found


def test_figures_of_a_known_spread() -> None:
    """Loops of 0.9, 0.3 and 0.3: mean 0.5, deviations 0.4, -0.2 and -0.2."""
    found = of(*[replace(COOL, elu=elu, noise=0.0) for elu in (0.9, 0.3, 0.3)])
    assert found.ratio == pytest.approx(1.8)
    assert found.variation == pytest.approx(math.sqrt(0.08) / 0.5)
    assert found.price == pytest.approx(3.0, rel=0.05)
    assert found.hot_minutes == 1.0


def test_a_minute_of_which_one_process_tells_nothing_is_judged_by_the_others() -> None:
    """A third that is silent for half of the time is no busy one, beside which the first would not be hot."""
    seen = snapshot(*[replace(COOL, elu=elu, noise=0.0) for elu in (0.5, 0.3, 0.3)])
    silent = seen.window.instances[2].track
    late = silent.times > seen.now - 300
    values = {name: np.where(late, np.nan, figures) for name, figures in silent.values.items()}
    quiet = replace(seen.window.instances[2], track=replace(silent, values=values))
    found = balance.of(with_window(seen, instances=(*seen.window.instances[:2], quiet)), 600.0, 1.15)
    assert found is not None
    assert found.hot_minutes == 1.0


def test_chance_is_what_counting_makes() -> None:
    """Requests of equal length: one over the root of the requests of each process."""
    found = of(*[replace(COOL, spread=0.0)] * 4)
    assert found.noise == pytest.approx(1 / math.sqrt(found.pieces / 4), rel=0.05)


def test_requests_of_different_length_differ_more() -> None:
    assert of(*[replace(COOL, spread=1.5)] * 2).noise > 2 * of(*[replace(COOL, spread=0.0)] * 2).noise


@pytest.mark.parametrize(
    ("hot", "apart"),
    [
        (Load(elu=0.9, rps=180), Apart.MORE),
        (Load(elu=0.9, rps=60, routes={"GET /": 0.5, "GET /report": 0.5}), Apart.DEARER),
        (Load(elu=0.9, rps=60), Apart.SICK),
        (Load(elu=0.9, cpu=0.4, rps=60, routes={"GET /report": 1.0}), Apart.SICK),
        (Load(elu=1.0, rps=0), Apart.SICK),
    ],
)
def test_what_sets_it_apart(hot: Load, apart: Apart) -> None:
    assert of(hot, COOL, COOL).apart is apart


def test_a_slower_machine_is_no_sick_process() -> None:
    slow = Load(elu=0.8, rps=60)
    loads = [replace(COOL, elu=0.4)] * 4 + [slow] * 2
    found = balance.of(with_machines(snapshot(*loads, hosts=3), 2, 2, 2), 600.0, 1.15)
    assert found is not None
    assert found.apart is Apart.SLOWER
    assert found.slowness == pytest.approx(2.0, rel=0.03)
    assert math.isnan(of(*loads).slowness)


def test_one_process_or_idle_ones_have_no_spread() -> None:
    assert balance.of(snapshot(COOL), 600.0, 1.15) is None
    assert balance.of(snapshot(*[Load(elu=0.0, cpu=0.0, rps=0)] * 3), 600.0, 1.15) is None


@pytest.mark.parametrize("ages", [(3_600.0, 90_000.0), (90_000.0, 3_600.0)])
def test_a_release_that_stands_by_is_left_out_unless_it_is_the_same(ages: tuple[float, float]) -> None:
    serving, idle = Load(rps=60, age=ages[0]), Load(elu=0.01, rps=0, age=ages[1])
    seen = snapshot(serving, serving, idle)
    assert len(balance.comparable(seen, 600.0)) == 2
    assert len(balance.comparable(_versioned(seen, "1"), 600.0)) == 3


def _versioned(seen: Snapshot, version: str) -> Snapshot:
    return with_window(seen, instances=tuple(replace(one, version=version) for one in seen.window.instances))
