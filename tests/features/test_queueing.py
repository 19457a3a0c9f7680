"""queueing: the formulas beside small discrete-event simulations."""

from __future__ import annotations

import heapq
import math

import numpy as np
import pytest

from advisor.features.queueing import Policy, Queue, _high_quantile, erlang_c, inferred_spread, pool_size
from advisor.features.window import Array

REQUESTS = 40_000


def simulated_p95(queue: Queue, seed: int = 7) -> float:
    """The p95 of requests that arrive at random and queue at their copy, event by event."""
    draw = np.random.default_rng(seed)
    arrivals = np.cumsum(draw.exponential(1 / queue.arrivals, REQUESTS))
    work = draw.gamma(1 / queue.spread, queue.spread * queue.service, REQUESTS)
    free = [0.0] * queue.copies
    responses = []
    for n, (now, need) in enumerate(zip(arrivals, work, strict=True)):
        if queue.policy is Policy.LEAST_CONNECTIONS:
            start = max(now, heapq.heappop(free))
            heapq.heappush(free, start + need)
        else:
            copy = n % queue.copies if queue.policy is Policy.ROUND_ROBIN else int(draw.integers(queue.copies))
            start = max(now, free[copy])
            free[copy] = start + need
        responses.append(start + need - now)
    return float(np.quantile(responses[REQUESTS // 10 :], 0.95))


@pytest.mark.parametrize("policy", list(Policy))
@pytest.mark.parametrize("utilization", [0.45, 0.75])
@pytest.mark.parametrize("spread", [0.5, 1.0])
def test_p95_is_close_to_a_simulation(policy: Policy, utilization: float, spread: float) -> None:
    queue = Queue(utilization * 2 / 0.005, 0.005, spread, 2, policy)
    assert queue.response() == pytest.approx(simulated_p95(queue), rel=0.22)


def test_one_loop_over_its_limit_has_no_p95() -> None:
    assert math.isinf(Queue(210, 0.005, 1.0).response())
    assert Queue(210, 0.005, 1.0, 2).response() < 0.05


def test_more_copies_answer_faster_and_least_connections_fastest() -> None:
    before = Queue(175, 0.005, 1.0).response()
    copies = [Queue(175, 0.005, 1.0, 2, policy).response() for policy in Policy]
    assert before > copies[0] > copies[1] > copies[2] > 0.005


def test_time_spent_elsewhere_stays() -> None:
    queue = Queue(100, 0.005, 1.0)
    assert queue.response(elsewhere=0.2) == pytest.approx(queue.response() + 0.2)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.95, 0.999, 1.0])
@pytest.mark.parametrize("figures", [
    np.random.default_rng(3).gamma(1.0, 1.0, 5000), np.ones(5000), np.arange(50.0), np.tile([1.0] + [0.0] * 19, 250),
    np.tile([0.0] + [1.0] * 19, 250),
])  # fmt: skip
def test_high_quantiles_are_those_of_all_figures(figures: Array, share: float) -> None:
    assert _high_quantile(figures, share) == pytest.approx(np.quantile(figures, share), rel=1e-12)


def test_the_same_queue_gives_the_same_answer() -> None:
    assert Queue(150, 0.005, 2.0, 3).response() == Queue(150, 0.005, 2.0, 3).response()


@pytest.mark.parametrize(("servers", "offered", "expected"), [(1, 0.5, 0.5), (2, 1.0, 1 / 3), (2, 2.5, 1.0)])
def test_erlang_c_by_the_textbook(servers: int, offered: float, expected: float) -> None:
    assert erlang_c(servers, offered) == pytest.approx(expected)


@pytest.mark.parametrize("spread", [0.25, 1.0, 2.0])
def test_a_spread_is_inferred_from_the_p95_it_makes(spread: float) -> None:
    p95 = Queue(120, 0.005, spread).response()
    assert inferred_spread(120, 0.005, 1, p95, 0.0) == spread


def test_waiting_that_a_server_does_not_see_means_no_spread() -> None:
    assert inferred_spread(175, 0.005, 1, 0.006, 0.0) == 0.0
    assert inferred_spread(210, 0.005, 1, 0.5, 0.0) == 1.0


@pytest.mark.parametrize(
    ("offered", "budget", "most", "expected"),
    [(0.075, 0.3, 1, 1), (0.4, 0.8, 4, 2), (0.05, 0.8, 4, 1), (3.0, 0.1, 2, 2)],
)
def test_a_pool_is_as_small_as_its_budget_allows(offered: float, budget: float, most: int, expected: int) -> None:
    assert pool_size(offered, 0.8, budget, most) == expected
