"""route_cost: loop time by route, and the cases in which it cannot be told."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.features.route_cost import OTHERS, heaviest_route, route_costs
from tests.builders import Load, Senders, snapshot
from tests.route_loads import Asked, crammed, routed

SEEDS = (1, 2, 3)
SHOP = {"GET /list": Asked(40, 0.004), "POST /pay": Asked(4, 0.060), "GET /slow": Asked(6, 0.001, waits=0.8)}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("noise", [0.0, 0.02, 0.05])
@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_each_route_costs_what_it_costs(seed: int, noise: float, time_scale: float) -> None:
    costs = route_costs(routed(SHOP, seed=seed, noise=noise, time_scale=time_scale), 600)
    assert costs.routes[0].name == "POST /pay"
    found = {cost.name: cost.seconds for cost in costs.routes}
    assert found["POST /pay"] == pytest.approx(0.060, rel=0.02 + 4 * noise)
    assert found["GET /list"] == pytest.approx(0.004, rel=0.02 + 8 * noise)


@pytest.mark.parametrize("noise", [0.02, 0.05])
def test_the_interval_holds_the_true_share_about_as_often_as_it_says(noise: float) -> None:
    held = []
    for seed in range(1, 41):
        seen = routed(SHOP, seed=seed, noise=noise)
        cost = next(c for c in route_costs(seen, 600).routes if c.name == "POST /pay")
        part = next(p for p in seen.window.instances[0].parts if p.name == "POST /pay")
        recent = part.track.times > seen.processes[0].now - 600
        active = np.nansum(seen.window.instances[0].track.values["loop_active"][-120:])
        true = 0.060 * part.track.values["count"][recent].sum() / active
        held.append(cost.low - 0.005 <= true <= cost.high + 0.005)
    assert np.mean(held) >= 0.7, "of 80 %"


def test_time_spent_waiting_is_no_cost() -> None:
    seen = routed(SHOP, noise=0.02)
    assert seen.routes(600)[0].name == "GET /slow"
    found = heaviest_route(seen, 600)
    assert found is not None
    assert (found.name, found.measured) == ("POST /pay", True)
    assert "by regression" in found.how


def test_work_of_no_route_is_given_to_none() -> None:
    costs = route_costs(routed({"GET /a": Asked(20, 0.005)}, base=0.08, noise=0.01), 600)
    assert costs.routes[0].share == pytest.approx(0.1 / 0.18, rel=0.1)


def test_routes_say_little_where_most_of_the_work_goes_with_none() -> None:
    assert (
        "% of the loop's work goes with no route"
        in route_costs(routed({"GET /a": Asked(20, 0.005)}, base=0.3), 600).doubt
    )
    assert "% of the loop's work goes with no route" in route_costs(snapshot(), 600).doubt


@pytest.mark.parametrize("seed", SEEDS)
def test_on_a_full_loop_routes_share_all_of_it(seed: int) -> None:
    costs = route_costs(crammed({"GET /list": 0.004, "POST /pay": 0.060}, seed), 600)
    assert {cost.name: cost.seconds for cost in costs.routes} == pytest.approx(
        {"GET /list": 0.004, "POST /pay": 0.060}, rel=0.05
    )


def test_routes_that_go_together_cannot_be_told_apart() -> None:
    seen = routed({"GET /a": Asked(20, 0.01, step=0), "GET /b": Asked(10, 0.001, step=0)})
    assert route_costs(seen, 600).routes == ()
    assert "go up and down together" in route_costs(seen, 600).doubt
    found = heaviest_route(seen, 600)
    assert found is not None
    assert not found.measured
    assert "estimated from durations: GET /" in found.how


def test_a_constant_rate_cannot_be_told_from_what_runs_anyway() -> None:
    seen = routed({"GET /a": Asked(20, 0.01, sway=0.0, step=0)})
    assert "same rate all the time" in route_costs(seen, 600).doubt


def test_too_much_noise_leaves_the_share_open() -> None:
    even = {"GET /a": Asked(20, 0.01, sway=0.02), "GET /b": Asked(20, 0.01, sway=0.02)}
    costs = route_costs(routed(even, noise=0.3), 600)
    assert costs.routes == ()
    assert "the samples leave the share of GET /" in costs.doubt


def test_few_samples_are_too_few() -> None:
    costs = route_costs(routed(SHOP), 100)
    assert "samples are too few for 3 routes, 20 are needed" in costs.doubt


@pytest.mark.parametrize("seen", [snapshot(Load(rps=0.0)), snapshot(senders=Senders(probe=False))])
def test_without_routes_there_is_none(seen: object) -> None:
    assert route_costs(seen, 600).doubt == "no process reports both its loop and its routes"  # type: ignore[arg-type]
    assert heaviest_route(seen, 600) is None  # type: ignore[arg-type]


def test_many_small_routes_are_one() -> None:
    many = {f"GET /{n}": Asked(2 + n, 0.001) for n in range(12)} | {"GET /big": Asked(50, 0.008)}
    found = route_costs(routed(many, noise=0.005), 600)
    assert found.routes[0].name == "GET /big"
    assert sum(cost.name == OTHERS for cost in found.routes) == 1
    assert len(found.routes) == 8
