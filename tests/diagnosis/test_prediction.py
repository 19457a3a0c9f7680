"""prediction: sizes by P1, and effects that a simulation of the same load confirms."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.diagnosis import prediction
from advisor.diagnosis.advice import Expectation
from advisor.diagnosis.prediction import Clones, copies_for, copies_that_survive, of_clones, of_fewer
from advisor.features import Histogram, Snapshot
from advisor.features.queueing import Policy
from tests.builders import Load, Machine, Senders, snapshot


def of(seen: Snapshot, clones: Clones) -> dict[str, Expectation]:
    return {e.metric: e for e in of_clones(seen, clones)}


@pytest.mark.parametrize(
    ("work", "copies", "surviving"), [(0.3, 1, 2), (0.885, 2, 3), (1.0, 2, 3), (2.4, 5, 5), (3.6, 7, 7), (0.0, 1, 1)]
)
def test_copies_are_sized_to_sixty_percent_and_to_survive_a_loss(work: float, copies: int, surviving: int) -> None:
    assert copies_for(work) == copies
    assert copies_that_survive(work) == surviving


def simulated(rate: float, copies: int, seed: int = 3) -> tuple[float, list[float]]:
    """Utilization and durations of round robin over these copies, exponential work of 5 ms, request by request."""
    draw = np.random.default_rng(seed)
    arrivals = np.cumsum(draw.exponential(1 / rate, 30_000))
    work = draw.exponential(0.005, 30_000)
    free, durations = [0.0] * copies, []
    for n, (now, need) in enumerate(zip(arrivals, work, strict=True)):
        free[n % copies] = max(now, free[n % copies]) + need
        durations.append(free[n % copies] - now)
    return float(work.sum() / arrivals[-1] / copies), durations[3000:]


def measured(rate: float) -> Snapshot:
    """One process that is measured while it does this."""
    busy, durations = simulated(rate, 1)
    seen = snapshot(Load(elu=busy, cpu=busy * 0.97, rps=rate, noise=0.0), machine=Machine(cores=8, cpu=0.2))
    bounds = [0.0005 * 1.1**n for n in range(80)]
    counts = np.bincount(np.searchsorted(bounds, durations), minlength=81).tolist()
    whole = Histogram.from_explicit(bounds, counts, sum(durations), min(durations), max(durations))
    latencies = seen.window.instances[0].track.latencies
    assert isinstance(latencies, dict)
    latencies.update(dict.fromkeys(latencies, whole))
    return seen


@pytest.mark.parametrize(("rate", "after"), [(110.0, 2), (140.0, 2), (160.0, 3)])
def test_the_ranges_hold_what_a_simulation_finds(rate: float, after: int) -> None:
    found = of(measured(rate), Clones(1, after, Policy.ROUND_ROBIN, 6.0))
    busy, durations = simulated(rate, after)
    for metric, truth in (("loop_utilization", busy), ("p95", float(np.quantile(durations, 0.95)))):
        low, high = found[metric].low, found[metric].high
        assert low is not None
        assert high is not None
        assert low <= truth <= high


def test_more_copies_need_more_of_the_idle_cores() -> None:
    seen = snapshot(Load(elu=0.885, rps=175), machine=Machine(cores=2, cpu=0.72))
    bounded = of(seen, Clones(1, 2, Policy.ROUND_ROBIN, 0.56))["capacity"]
    own = of(seen, Clones(1, 2, Policy.LEAST_CONNECTIONS))["capacity"]
    assert bounded.high is not None
    assert own.high is not None
    assert bounded.high < own.high


def test_copies_on_a_small_machine_wait_for_its_processors() -> None:
    """The lab's `loop_full_single`: 0.94 of one loop on two cores that are 0.6 busy became 0.55 of two."""
    clones = Clones(1, 2, Policy.ROUND_ROBIN, 0.6)
    tight, roomy = (of(snapshot(Load(elu=0.94, cpu=0.9), machine=machine), clones)["loop_utilization"]
                    for machine in (Machine(cores=2, cpu=0.6), Machine(cores=16, cpu=0.08)))  # fmt: skip
    assert tight.low is not None
    assert tight.high is not None
    assert tight.low < 0.55 < tight.high
    assert roomy.low == pytest.approx(0.47 * 0.9, abs=0.01)
    assert roomy.high == pytest.approx(0.47 * 1.1, abs=0.01)


def test_censored_demand_opens_the_upper_ends() -> None:
    found = of(snapshot(Load(elu=0.97, rps=190)), Clones(1, 2, Policy.ROUND_ROBIN, 1.0))
    assert [e.high for e in found.values()] == [None] * 3
    assert prediction.is_censored(snapshot(Load(elu=0.97)))
    assert not prediction.is_censored(snapshot(Load(elu=0.93)))


def test_without_requests_only_the_loop_is_predicted() -> None:
    assert list(of(snapshot(Load(elu=0.9), senders=Senders(probe=False)), Clones(1, 2, Policy.RANDOM))) == [
        "loop_utilization"
    ]


def test_requests_take_longer_where_copies_wait_for_each_other() -> None:
    """Requests of 5 ms in copies in turn on two cores: their slow ones wait for a processor, and not for the loop."""
    load, clones = Load(elu=0.6, cpu=0.58, rps=120, latency=0.005), Clones(1, 4, Policy.ROUND_ROBIN, 0.6)
    tight, roomy = (of(snapshot(load, machine=machine), clones)["p95"]
                    for machine in (Machine(cores=2, cpu=0.65), Machine(cores=16, cpu=0.08)))  # fmt: skip
    assert tight.low is not None
    assert roomy.low is not None
    assert 1.05 * roomy.low < tight.low < 1.5 * roomy.low


def test_fewer_copies_on_scarce_processors_wait_less_for_each_other() -> None:
    """Three at 0.34 on two cores that are half used compute for less; two of them are at 0.45, not at 0.51."""
    load = Load(elu=0.34, cpu=0.28, rps=40)
    scarce = of_fewer(snapshot(*[load] * 3, machine=Machine(cores=2, cpu=0.55)), 2)
    roomy = of_fewer(snapshot(*[load] * 3, machine=Machine(cores=32, cpu=0.1)), 2)
    assert scarce.low is not None
    assert roomy.low is not None
    assert scarce.low / 0.9 == pytest.approx(0.45, abs=0.01)
    assert roomy.low / 0.9 == pytest.approx(0.51, abs=0.01)


def test_what_a_few_cannot_carry_is_a_full_loop() -> None:
    found = of_fewer(snapshot(*[Load(elu=0.6, cpu=0.55)] * 4, machine=Machine(cores=8)), 1)
    assert (found.low, found.high) == (1.0, 1.0)
