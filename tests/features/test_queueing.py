"""queueing: the formulas beside small discrete-event simulations."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import pytest

from advisor.features.queueing import Policy, Queue, erlang_c, gamma_quantiles, inferred_spread, pool_size

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


@pytest.mark.parametrize("busy", [0.02, 0.3, 0.6, 0.9, 0.99])
def test_without_copies_it_is_the_textbooks_exponential(busy: float) -> None:
    for share in (0.5, 0.95, 0.99):
        exact = -math.log(1 - share) * 0.005 / (1 - busy)
        assert Queue(busy / 0.005, 0.005, 1.0).response(share) == pytest.approx(exact, rel=0.02)


@pytest.mark.parametrize("busy", [0.1, 0.4, 0.8, 0.95])
def test_work_that_is_always_alike_only_adds_its_wait(busy: float) -> None:
    queue = Queue(busy / 0.005, 0.005, 0.0)
    waits, mean = queue.waiting()
    assert queue.response() == pytest.approx(0.005 + mean / waits * math.log(waits / 0.05), rel=0.01)


def test_shares_at_both_ends_are_the_least_and_the_most() -> None:
    queue = Queue(100, 0.005, 1.0)
    assert 0 < queue.response(0.0) < queue.response(0.001) < queue.response(0.999) < queue.response(1.0) < 1
    assert Queue(0.0, 0.005, 0.0).response() == 0.005


@pytest.mark.parametrize(("shape", "exact"), [
    (1.0, lambda share: -math.log(1 - share)),
    (0.5, lambda share: NormalDist().inv_cdf((1 + share) / 2) ** 2),  # chi-square with one degree of freedom
])  # fmt: skip
def test_gamma_quantiles_are_those_of_the_tables(shape: float, exact: Callable[[float], float]) -> None:
    shares = np.array([0.001, 0.1, 0.5, 0.9, 0.999])
    assert gamma_quantiles(shape, shares).tolist() == pytest.approx([exact(share) for share in shares], rel=1e-3)


@pytest.mark.parametrize("shape", [0.05, 0.25, 4.0, 100.0])
def test_gamma_quantiles_have_the_mean_and_the_spread_asked_for(shape: float) -> None:
    found = gamma_quantiles(shape, (np.arange(400_000) + 0.5) / 400_000)
    assert (found.mean(), found.var()) == (pytest.approx(1, rel=0.002), pytest.approx(1 / shape, rel=0.01))


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
